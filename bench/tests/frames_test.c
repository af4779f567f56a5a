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

#define FRAME(t, number, from, to, sequence, kind, more)                                           \
  "{\"t_ms\":" t ",\"what\":\"frame\",\"number\":" number ",\"from\":\"" from "\",\"to\":\"" to    \
  "\",\"bytes\":50,\"sequence\":" sequence ",\"kind\":\"" kind "\"," more "}\n"
#define MESSAGE(t, datagram, from, to)                                                             \
  "{\"t_ms\":" t ",\"what\":\"message\",\"datagram\":" datagram ",\"from\":\"" from                \
  "\",\"to\":\"" to "\",\"label\":\"hello\",\"phase\":\"join\",\"copy\":0,\"bytes\":7,"            \
  "\"spans\":[[\"udp\",7]]}\n"
#define OF(datagram, fate, more)                                                                   \
  "\"datagram\":" datagram ",\"label\":\"hello\",\"fate\":\"" fate "\"" more

/* Two fragments, one of them sent twice and received twice; an answer that is given up; a data
 * request; and what no simulator of today says. Frames are told when they end. */
static const char LOG[] = MESSAGE("10", "0", "p", "a") FRAME(
    "11", "1", "p", "a", "7", "data",
    OF("0", "received",
       ",\"try\":1,\"offset\":0,\"packet_bytes\":150")) FRAME("12", "2", "a", "p", "7",
                                                              "acknowledgement",
                                                              OF("0", "collision",
                                                                 ",\"acknowledges\":1"))
    FRAME("14", "4", "a", "p", "7", "acknowledgement",
          OF("0", "received",
             ",\"acknowledges\":3")) FRAME("13", "3", "p", "a", "7", "data",
                                           OF("0", "received",
                                              ",\"try\":2,\"offset\":0,\"packet_bytes\":150"))
        FRAME("15", "5", "p", "a", "8", "data",
              OF("0", "loss", ",\"try\":1,\"offset\":96,\"packet_bytes\":150"))
            FRAME("16", "6", "p", "a", "8", "data",
                  OF("0", "later", ",\"try\":2,\"offset\":96,\"packet_bytes\":150"))
                FRAME(
                    "17",
                    "7", "p",
                    "a", "8",
                    "data",
                    OF("0", "received",
                       ",\"try\":3,\"offset\":96,\"packet_bytes\":150")) "{\"t_ms\":18,\"what\":"
                                                                         "\"arrival\",\"datagram\":"
                                                                         "0,\"node\":\"a\"}"
                                                                         "\n" MESSAGE("20", "1",
                                                                                      "a", "p")
                                                                             FRAME("21", "8", "a",
                                                                                   "p", "9", "data",
                                                                                   OF(
                                                                                       "1",
                                                                                       "asleep",
                                                                                       ",\"try\":"
                                                                                       "1")) "{\"t_"
                                                                                             "ms\":"
                                                                                             "22,"
                                                                                             "\"wha"
                                                                                             "t\":"
                                                                                             "\"giv"
                                                                                             "en "
                                                                                             "up\","
                                                                                             "\"fro"
                                                                                             "m\":"
                                                                                             "\"a\""
                                                                                             ",\"to"
                                                                                             "\":"
                                                                                             "\"p\""
                                                                                             ",\"by"
                                                                                             "tes\""
                                                                                             ":50,"
                                                                                             "\"cau"
                                                                                             "se\":"
                                                                                             "\"acc"
                                                                                             "ess\""
                                                                                             ","
                                                                                             "\"tri"
                                                                                             "es\":"
                                                                                             "1,"
                                                                                             "\"seq"
                                                                                             "uence"
                                                                                             "\":9,"
                                                                                             "\"dat"
                                                                                             "agram"
                                                                                             "\":1,"
                                                                                             "\"lab"
                                                                                             "el\":"
                                                                                             "\"hel"
                                                                                             "lo\"}"
                                                                                             "\n" FRAME(
                                                                                                 "2"
                                                                                                 "3",
                                                                                                 "9",
                                                                                                 "p",
                                                                                                 "a",
                                                                                                 "1"
                                                                                                 "0",
                                                                                                 "d"
                                                                                                 "a"
                                                                                                 "t"
                                                                                                 "a"
                                                                                                 " "
                                                                                                 "r"
                                                                                                 "e"
                                                                                                 "q"
                                                                                                 "u"
                                                                                                 "e"
                                                                                                 "s"
                                                                                                 "t",
                                                                                                 "\"try\":1,\"fate\":\"received\"");

static void init(struct ladder *ladder, const char *log) {
  json_t *result = json_pack("{s:[{s:s}], s:{}, s:[]}", "peer", "name", "p", "spec", "messages");
  struct text error = {0};
  assert_int_equal(ladder_init(ladder, result, log, 1, &error), 0);
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
  init(&ladder, LOG);
  frames_list_print(&ladder, &text);
  for (size_t i = 0; i < sizeof EXPECTED / sizeof EXPECTED[0]; i++)
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
  init(&ladder, LOG);
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

/* A message of which only a part arrived, and one that nobody forwarded. */
static void how_far(void **state) {
  (void)state;
  static const char *const LOSSES[] = {
      "it did not arrive as a whole", "it did not arrive (no further than r)", "it did not arrive"};
  struct ladder ladder;
  init(&ladder, MESSAGE("1", "0", "p", "a") MESSAGE("2", "1", "p", "a") MESSAGE("3", "2", "p", "a")
                    FRAME("4", "1", "r", "a", "1", "data", OF("0", "received", ",\"try\":1"))
                        FRAME("5", "2", "p", "r", "1", "data", OF("1", "received", ",\"try\":1")));
  for (size_t i = 0; i < sizeof LOSSES / sizeof LOSSES[0]; i++)
    assert_string_equal(ladder.item[i].losses, LOSSES[i]);
  ladder_deinit(&ladder);
}

/* Of a simulator that tells nothing of frames, nothing is said; nor do odd numbers harm. */
static void nothing_told(void **state) {
  (void)state;
  struct ladder ladder;
  struct text text = {0};
  init(&ladder, MESSAGE("1", "0", "p", "a"));
  assert_true(ladder.item[0].arrived);
  assert_string_equal(ladder.item[0].losses, "");
  ladder_print(&ladder, &text);
  assert_null(strstr(text_string(&text), "x: it did not arrive"));
  frames_list_print(&ladder, &text);
  fixture_assert_has(text_string(&text), "This simulator does not tell of frames.\n");
  text_deinit(&text);
  ladder_deinit(&ladder);
  init(&ladder, MESSAGE("1", "0", "p", "a")
                    FRAME("2", "-5", "p", "a", "1", "data", "\"acknowledges\":99,\"datagram\":-7"));
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
