/* Frames of a log: in order, in words, by datagram; and how a ladder marks what was lost. */
#include "fixture.h"
#include "show/frames_list.h"
#include "show/ladder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A line of a log; what is NULL or 0 is left out, but a datagram's number and a fragment's offset.
 */
struct row {
  const char *what;
  int t_ms;
  const char *from, *to;
  int datagram; /* NONE */
  const char *kind, *fate, *cause;
  int number, sequence, try, tries, acknowledges;
  int offset, packet_bytes; /* of a fragment */
};

enum { NONE = -1 };

static void add_text(json_t *line, const char *key, const char *value) {
  if (value != NULL)
    json_object_set_new(line, key, json_string(value));
}

static void add_integer(json_t *line, const char *key, int value, bool there) {
  if (there)
    json_object_set_new(line, key, json_integer(value));
}

static json_t *line_of(const struct row *row) {
  json_t *line = json_pack("{s:i,s:s,s:i,s:[[s,i]]}", "t_ms", row->t_ms, "what", row->what, "bytes",
                           50, "spans", "udp", 50);
  add_text(line, "from", row->from);
  add_text(line, "to", row->to);
  add_text(line, "kind", row->kind);
  add_text(line, "fate", row->fate);
  add_text(line, "cause", row->cause);
  add_text(line, "label", row->datagram == NONE ? NULL : "hello");
  add_integer(line, "datagram", row->datagram, row->datagram != NONE);
  add_integer(line, "number", row->number, row->number != 0);
  add_integer(line, "sequence", row->sequence, row->sequence != 0);
  add_integer(line, "try", row->try, row->try != 0);
  add_integer(line, "tries", row->tries, row->tries != 0);
  add_integer(line, "acknowledges", row->acknowledges, row->acknowledges != 0);
  add_integer(line, "offset", row->offset, row->packet_bytes != 0);
  add_integer(line, "packet_bytes", row->packet_bytes, row->packet_bytes != 0);
  return line;
}

#define MESSAGE(t, id, a, b)                                                                       \
  { .what = "message", .t_ms = t, .datagram = id, .from = a, .to = b }
#define FRAME(t, id, a, b, became, ...)                                                            \
  { .what = "frame", .t_ms = t, .datagram = id, .from = a, .to = b, .fate = became, __VA_ARGS__ }
#define DATA(place, nth) .kind = "data", .number = place, .try = nth
#define ACK(place, of) .kind = "acknowledgement", .number = place, .acknowledges = of
#define PART(begin) .offset = begin, .packet_bytes = 150

/* Two fragments, one of them sent twice and received twice; an answer that is given up; a data
 * request; and what no simulator of today says. Frames are told when they end. */
static const struct row LOG[] = {
    MESSAGE(10, 0, "p", "a"),
    FRAME(11, 0, "p", "a", "received", DATA(1, 1), PART(0), .sequence = 7),
    FRAME(12, 0, "a", "p", "collision", ACK(2, 1), .sequence = 7),
    FRAME(14, 0, "a", "p", "received", ACK(4, 3), .sequence = 7),
    FRAME(13, 0, "p", "a", "received", DATA(3, 2), PART(0), .sequence = 7),
    FRAME(15, 0, "p", "a", "loss", DATA(5, 1), PART(96), .sequence = 8),
    FRAME(16, 0, "p", "a", "later", DATA(6, 2), PART(96), .sequence = 8),
    FRAME(17, 0, "p", "a", "received", DATA(7, 3), PART(96), .sequence = 8),
    {.what = "arrival", .t_ms = 18, .datagram = 0},
    MESSAGE(20, 1, "a", "p"),
    FRAME(21, 1, "a", "p", "asleep", DATA(8, 1), .sequence = 9),
    {.what = "given up",
     .t_ms = 22,
     .datagram = 1,
     .from = "a",
     .to = "p",
     .cause = "access",
     .tries = 1,
     .sequence = 9},
    FRAME(23, NONE, "p", "a", "received", .kind = "data request", .number = 9, .try = 1,
          .sequence = 10),
};

/* A message of which only a part arrived, one that nobody forwarded, one that nobody sent, and one
 * that was not taken. */
static const struct row ABSENT[] = {
    MESSAGE(1, 0, "p", "a"),
    MESSAGE(2, 1, "p", "a"),
    MESSAGE(3, 2, "p", "a"),
    FRAME(4, 0, "r", "a", "received", DATA(1, 1)),
    FRAME(5, 1, "p", "r", "received", DATA(2, 1)),
    MESSAGE(6, 3, "p", "a"),
    {.what = "arrival", .t_ms = 7, .datagram = 3},
    {.what = "dropped", .t_ms = 7, .datagram = 3},
};

static const struct row OLD[] = {
    {.what = "message", .t_ms = 1, .datagram = NONE, .from = "p", .to = "a"}};

static const struct row ODD[] = {
    MESSAGE(1, 0, "p", "a"),
    FRAME(2, -7, "p", "a", "", .number = -5, .acknowledges = 99),
};

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static void init(struct ladder *ladder, const struct row *rows, size_t count) {
  json_t *result = json_pack("{s:[{s:s}], s:{}, s:[]}", "peer", "name", "p", "spec", "messages");
  struct text error = {0}, log = {0};
  for (size_t i = 0; i < count; i++) {
    json_t *line = line_of(&rows[i]);
    char *words = json_dumps(line, JSON_COMPACT);
    text_add(&log, "%s\n", words);
    free(words);
    json_decref(line);
  }
  assert_int_equal(ladder_init(ladder, result, text_string(&log), 1, &error), 0);
  text_deinit(&log);
  json_decref(result);
}

static void a_list(void **state) {
  (void)state;
  static const char *const EXPECTED[] = {
      "\n1      1.000   p     a   7    50      1    hello, fragment 1 of 2  "
      "received, its acknowledgement lost (collision)\n2 ",
      "\n2      2.000   a     p   7    50           acknowledgement of 1    lost (collision)\n3 ",
      "\n3      3.000   p     a   7    50      2    hello, fragment 1 of 2  received\n4 ",
      "\n5      5.000   p     a   8    50      1    hello, fragment 2 of 2  lost (on the link)\n6 ",
      "    2    hello, fragment 2 of 2  lost (unknown)\n7 ",
      "\n8      11.000  a     p   9    50      1    hello                   lost (receiver "
      "asleep)\n",
      "\n       12.000  a     p   9    50      1    hello                   given up (channel "
      "busy)\n",
      "\n9      13.000  p     a   10   50      1    data request            received\n",
      "\nAll of the run: 9 frames, 5 received; 3 frames lost (on the link 1, receiver asleep 1, "
      "unknown 1); 1 acknowledgement lost (collision); 1 frame given up (channel busy)\n",
  };
  struct ladder ladder;
  struct text text = {0};
  init(&ladder, LOG, COUNT(LOG));
  frames_list_print(&ladder, &text);
  for (size_t i = 0; i < COUNT(EXPECTED); i++)
    fixture_assert_has(text_string(&text), EXPECTED[i]);
  json_t *lines = frames_json(&ladder.frames);
  assert_int_equal(json_array_size(lines), 10);
  json_decref(lines);
  text_deinit(&text);
  ladder_deinit(&ladder);
}

static void marks(void **state) {
  (void)state;
  struct ladder ladder;
  struct text text = {0}, svg = {0};
  init(&ladder, LOG, COUNT(LOG));
  assert_true(ladder.item[0].arrived);
  assert_string_equal(
      ladder.item[0].losses,
      "2 frames lost (on the link 1, unknown 1); 1 acknowledgement lost (collision)");
  assert_false(ladder.item[1].arrived);
  assert_string_equal(ladder.item[1].losses, "1 frame lost (receiver asleep); 1 frame given up "
                                             "(channel busy); it did not arrive");
  ladder_print(&ladder, &text);
  fixture_assert_has(text_string(&text), "|--- hello ---");
  fixture_assert_has(text_string(&text), "->|");
  fixture_assert_has(text_string(&text), "| 2 frames lost (on the link 1, ");
  fixture_assert_has(text_string(&text), "|   x---");
  ladder_draw(&ladder, "foot", &svg);
  fixture_assert_well_formed(text_string(&svg));
  fixture_assert_has(text_string(&svg), ">1 frame lost (receiver ");
  fixture_assert_has(text_string(&svg), " l6.0,6.0 m0,-6.0 l-6.0,6.0");
  text_deinit(&text);
  text_deinit(&svg);
  ladder_deinit(&ladder);
}

static void how_far(void **state) {
  (void)state;
  static const char *const LOSSES[] = {"it did not arrive as a whole",
                                       "it did not arrive (no further than r)", "it did not arrive",
                                       "no room for it where it arrived: a computed"};
  struct ladder ladder;
  init(&ladder, ABSENT, COUNT(ABSENT));
  for (size_t i = 0; i < COUNT(LOSSES); i++)
    assert_string_equal(ladder.item[i].losses, LOSSES[i]);
  ladder_deinit(&ladder);
}

/* Of a simulator that tells nothing of frames, nothing is said; nor do odd numbers harm. */
static void nothing_told(void **state) {
  (void)state;
  struct ladder ladder;
  struct text text = {0};
  init(&ladder, OLD, COUNT(OLD));
  assert_true(ladder.item[0].arrived);
  assert_string_equal(ladder.item[0].losses, "");
  ladder_print(&ladder, &text);
  assert_null(strstr(text_string(&text), "x: it did not arrive"));
  frames_list_print(&ladder, &text);
  fixture_assert_has(text_string(&text), "This simulator does not tell of frames.\n");
  text_deinit(&text);
  ladder_deinit(&ladder);
  init(&ladder, ODD, COUNT(ODD));
  frames_list_print(&ladder, &text);
  text_deinit(&text);
  ladder_deinit(&ladder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_list),
      cmocka_unit_test(marks),
      cmocka_unit_test(how_far),
      cmocka_unit_test(nothing_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
