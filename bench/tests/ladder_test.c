/* The ladder of any cast: who has a column, in which order, and how wide. */
#include "fixture.h"
#include "show/ladder.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A log of any cast: each message is "from to label", an event "node label". */
static char *log_of(const char *const *lines) {
  struct text log = {0};
  double t_ms = 5;
  for (; *lines != NULL; lines++, t_ms++) {
    char from[32], to[32], label[32];
    if (sscanf(*lines, "%31s %31s %31s", from, to, label) == 3)
      text_add(&log,
               "{\"t_ms\":%g,\"what\":\"message\",\"from\":\"%s\",\"to\":\"%s\",\"label\":\"%s\","
               "\"phase\":\"join\",\"copy\":0,\"bytes\":7,\"spans\":[[\"udp\",7]]}\n",
               t_ms, from, to, label);
    else
      text_add(&log,
               "{\"t_ms\":%g,\"what\":\"event\",\"node\":\"%s\",\"remote\":\"\",\"event\":\"key\","
               "\"label\":\"%s\"}\n",
               t_ms, from, to);
  }
  return log.data;
}

static json_t *result_of(const char *const *peers) {
  json_t *names = json_array();
  for (; *peers != NULL; peers++)
    json_array_append_new(names, json_pack("{s:s}", "name", *peers));
  return json_pack("{s:o, s:{}, s:[{s:s, s:s, s:s, s:i, s:i, s:i},{s:s, s:s, s:s, s:i, s:i, s:i}]}",
                   "peer", names, "spec", "messages", "label", "hello", "direction", "up", "phase",
                   "join", "datagrams", 1, "bytes_air", 11, "frames", 1, "label", "hello",
                   "direction", "down", "phase", "join", "datagrams", 1, "bytes_air", 22, "frames",
                   1);
}

/* Relays, wired nodes, peers that speak with each other: each has its column, and every message is
 * there. */
static const struct cast {
  const char *peers[4], *log[16];
  size_t peer;
  const char *columns; /* from left to right */
  size_t items;
  const char *expected[6]; /* lines of the text */
} CASTS[] = {
    {{"p"},
     {"p auth hello", "auth p hello", "auth s hello"},
     1,
     "p auth s",
     3,
     {" 1) hello ---", "<-----", " 2) hello ---|"}},
    {{"p"},
     {"auth relay hello", "relay p hello", "p relay hello", "relay auth hello", "auth s1 a",
      "s1 s2 b", "s2 s3 c", "s3 s1 d", "late x"},
     1,
     "p relay auth s1 s2 s3 late",
     9,
     {"|<--------- 2) hello ---|", "|--- 1) hello --------->|", "|--- b -----",
      "|<---------------------------------------- d ---|", "* x"}},
    {{"p", "q", "r"},
     {"p auth hello", "auth q hello", "p q hello", "q p hello", "q r hello", "r auth hello"},
     1,
     "p q auth",
     3,
     {"Of 3 peers one is shown"}},
    {{"p", "q", "r"},
     {"p auth hello", "auth q hello", "p q hello", "q p hello", "q r hello", "r auth hello"},
     LADDER_ALL_PEERS,
     "p q r auth",
     6,
     {"Of 3 peers all are shown"}},
    {{"p"}, {"p p hello", "p auth hello"}, 1, "p auth", 2, {"| * hello  "}},
    {{"peer-with-a-name-of-some-length"},
     {"peer-with-a-name-of-some-length a x", "a b x", "b c x", "c d x",
      "d the-last-node-with-a-long-name x"},
     1,
     "peer-with-a-name-of-some-length a b c d the-last-node-with-a-long-name",
     5,
     {" peer-with-a-name-of-some-length ", " the-last-node-with-a-long-name "}},
};

static void any_cast(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof CASTS / sizeof CASTS[0]; i++) {
    const struct cast *cast = &CASTS[i];
    char *log = log_of(cast->log);
    json_t *result = result_of(cast->peers);
    struct ladder ladder;
    struct text error = {0}, columns = {0}, text = {0}, svg = {0};
    assert_int_equal(ladder_init(&ladder, result, log, cast->peer, &error), 0);
    for (size_t j = 0; j < ladder.node_count; j++)
      text_add(&columns, "%s%s", j == 0 ? "" : " ", ladder.node[j].name);
    assert_string_equal(columns.data, cast->columns);
    assert_int_equal(ladder.count, cast->items);
    ladder_print(&ladder, &text);
    for (size_t j = 0; cast->expected[j] != NULL; j++)
      fixture_assert_has(text.data, cast->expected[j]);
    ladder_draw(&ladder, "foot", &svg);
    fixture_assert_well_formed(svg.data);
    text_deinit(&columns);
    text_deinit(&text);
    text_deinit(&svg);
    ladder_deinit(&ladder);
    json_decref(result);
    free(log);
  }
}

/* No letter of a word that is longer than there is room gets lost. */
static void long_words(void **state) {
  (void)state;
  static const char *const PEERS[] = {"p", NULL};
  static const char *const LOG[] = {"p a m", "a p m", NULL};
  char *log = log_of(LOG), word[150] = "";
  json_t *result = result_of(PEERS);
  struct ladder ladder;
  struct text error = {0}, text = {0};
  memset(word, 'x', sizeof word - 1);
  assert_int_equal(ladder_init(&ladder, result, log, 1, &error), 0);
  for (size_t i = 0; i < ladder.count; i++) {
    free(ladder.item[i].words);
    ladder.item[i].words = memory_string(word);
  }
  ladder_print(&ladder, &text);
  size_t letters = 0;
  for (const char *at = text.data; *at != '\0'; at++)
    letters += *at == 'x';
  assert_true(letters >= ladder.count * strlen(word));
  text_deinit(&text);
  ladder_deinit(&ladder);
  json_decref(result);
  free(log);
}

/* What the result counts of a message depends on its way. */
static void weights_by_direction(void **state) {
  (void)state;
  static const char *const PEERS[] = {"p", NULL};
  static const char *const LOG[] = {"p relay hello", "relay auth hello", "auth relay hello",
                                    "relay p hello", NULL};
  static const long long AIR[] = {11, 11, 22, 22};
  char *log = log_of(LOG);
  json_t *result = result_of(PEERS);
  struct ladder ladder;
  struct text error = {0};
  assert_int_equal(ladder_init(&ladder, result, log, 1, &error), 0);
  for (size_t i = 0; i < ladder.count; i++)
    assert_int_equal(ladder_weigh(ladder.item[i].message).bytes_air, AIR[i]);
  ladder_deinit(&ladder);
  json_decref(result);
  free(log);
}

/* Empty acknowledgements have one label, and so one entry in the result: what all of them weigh
 * stands at the first. */
static void weights_once(void **state) {
  (void)state;
  static const char *const PEERS[] = {"p", NULL};
  static const char *const LOG[] = {"p auth hello", "auth p hello", "p auth hello",
                                    "auth p hello", "p auth other", NULL};
  static const bool WEIGHS[] = {true, true, false, false, false};
  char *log = log_of(LOG);
  json_t *result = result_of(PEERS);
  struct ladder ladder;
  struct text error = {0};
  assert_int_equal(ladder_init(&ladder, result, log, 1, &error), 0);
  for (size_t i = 0; i < ladder.count; i++)
    assert_int_equal(ladder.item[i].weighs, WEIGHS[i]);
  ladder_deinit(&ladder);
  json_decref(result);
  free(log);
}

/* The drawing is as wide as its nodes need. */
static void width_of_the_drawing(void **state) {
  (void)state;
  static const struct {
    size_t nodes;
    const char *width;
  } WIDTHS[] = {{2, "\"0 0 336 "},
                {3, "\"0 0 672 "},
                {4, "\"0 0 672 "},
                {6, "\"0 0 884 "},
                {12, "\"0 0 1784 "}};
  static const char *const PEERS[] = {"n0", NULL};
  for (size_t i = 0; i < sizeof WIDTHS / sizeof WIDTHS[0]; i++) {
    const char *lines[13] = {NULL};
    for (size_t j = 0; j + 1 < WIDTHS[i].nodes; j++)
      lines[j] = text_format("n%zu n%zu m", j, j + 1);
    char *log = log_of(lines);
    json_t *result = result_of(PEERS);
    struct ladder ladder;
    struct text error = {0}, svg = {0};
    assert_int_equal(ladder_init(&ladder, result, log, 1, &error), 0);
    ladder_draw(&ladder, "", &svg);
    fixture_assert_has(svg.data, WIDTHS[i].width);
    text_deinit(&svg);
    ladder_deinit(&ladder);
    json_decref(result);
    free(log);
    for (size_t j = 0; lines[j] != NULL; j++)
      free((char *)lines[j]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_cast),
      cmocka_unit_test(long_words),
      cmocka_unit_test(weights_by_direction),
      cmocka_unit_test(weights_once),
      cmocka_unit_test(width_of_the_drawing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
