/* Ladders on paper: how many sheets, what is left out of a long one, and who finds no room. */
#include "fixture.h"
#include "show/ladder_sheets.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A ladder of so many messages along so many nodes. */
static void ladder_make(struct ladder *ladder, size_t nodes, size_t messages, const char *causes) {
  struct text log = {0}, error = {0};
  json_t *result = json_pack("{s:[{s:s}], s:{}, s:[]}", "peer", "name", "n0", "spec", "messages");
  if (causes != NULL)
    json_object_set_new(result, "time_parts_ms", json_loads(causes, 0, NULL));
  for (size_t i = 0; i < messages; i++)
    text_add(&log,
             "{\"t_ms\":%zu,\"what\":\"message\",\"from\":\"n%zu\",\"to\":\"n%zu\",\"label\":"
             "\"message-%zu\",\"phase\":\"join\",\"copy\":0,\"bytes\":7,\"spans\":[[\"udp\",7]]}\n",
             i, i % (nodes - 1), i % (nodes - 1) + 1, i);
  assert_int_equal(ladder_init(ladder, result, text_string(&log), 1, &error), 0);
  text_deinit(&log);
  json_decref(result);
}

/* Whether message number `index` stands on a sheet, exactly once on all of them. */
static bool stands(const struct ladder_sheets *sheets, size_t index) {
  char *words = text_format(">message-%zu<", index);
  size_t found = 0;
  for (size_t i = 0; i < sheets->count; i++)
    found += strstr(sheets->sheet[i].data, words) != NULL;
  free(words);
  assert_true(found <= 1);
  return found == 1;
}

static void cuts(void **state) {
  (void)state;
  static const char CAUSES[] = "{\"air\": 4, \"backoff\": 3}";
  static const struct {
    size_t nodes, messages, sheets;
    const char *causes;
    bool wide, cut;
  } CASES[] = {
      {2, 1, 1, NULL, false, false},    {2, 10, 1, CAUSES, false, false},
      {3, 20, 2, CAUSES, false, false}, {4, 1000, 3, CAUSES, false, true},
      {2, 5000, 3, NULL, false, true},  {5, 8, 1, NULL, true, false},
      {6, 300, 3, CAUSES, true, true},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    struct ladder ladder;
    struct ladder_sheets sheets;
    ladder_make(&ladder, CASES[i].nodes, CASES[i].messages, CASES[i].causes);
    assert_true(ladder_sheets_draw(&sheets, &ladder));
    assert_int_equal(sheets.count, CASES[i].sheets);
    assert_int_equal(sheets.wide, CASES[i].wide);
    assert_int_equal(sheets.left_out > 0, CASES[i].cut);
    size_t shown = 0;
    for (size_t j = 0; j < CASES[i].messages; j++)
      shown += stands(&sheets, j);
    assert_int_equal(shown + sheets.left_out, CASES[i].messages);
    assert_true(stands(&sheets, 0));
    assert_true(stands(&sheets, CASES[i].messages - 1));
    const char *last = sheets.sheet[sheets.count - 1].data;
    assert_int_equal(strstr(last, "are left out here") != NULL, CASES[i].cut);
    assert_int_equal(strstr(last, "Time by cause") != NULL, CASES[i].causes != NULL);
    for (size_t j = 0; j < sheets.count; j++)
      fixture_assert_well_formed(sheets.sheet[j].data);
    ladder_sheets_deinit(&sheets);
    ladder_deinit(&ladder);
  }
}

/* Each sheet fits its page: as wide as that, its text is of 8 points. */
static void sizes(void **state) {
  (void)state;
  for (size_t messages = 1; messages < 80; messages++) {
    struct ladder ladder;
    struct ladder_sheets sheets;
    ladder_make(&ladder, 3, messages, "{\"air\": 4, \"backoff\": 3, \"repetition\": 10}");
    assert_true(ladder_sheets_draw(&sheets, &ladder));
    for (size_t i = 0; i < sheets.count; i++) {
      double width, height;
      const char *box = strstr(sheets.sheet[i].data, "viewBox=");
      assert_int_equal(sscanf(box, "viewBox=\"0 0 %lf %lf\"", &width, &height), 2);
      const double scale = 182 / 25.4 * 96 / width;
      assert_true(6 * scale >= 8);
      assert_true(height * scale <= (i == 0 ? 225.0 : 245.0) / 25.4 * 96);
    }
    ladder_sheets_deinit(&sheets);
    ladder_deinit(&ladder);
  }
}

static void no_room(void **state) {
  (void)state;
  struct ladder ladder;
  struct ladder_sheets sheets;
  ladder_make(&ladder, 7, 20, NULL);
  assert_false(ladder_sheets_draw(&sheets, &ladder));
  assert_int_equal(sheets.count, 0);
  ladder_sheets_deinit(&sheets);
  ladder_deinit(&ladder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cuts),
      cmocka_unit_test(sizes),
      cmocka_unit_test(no_room),
  };
  return cmocka_run_group_tests_name("ladder_sheets", tests, NULL, NULL);
}
