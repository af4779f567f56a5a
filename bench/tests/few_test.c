/* Means given success where most runs fail: marked in tables, told of below figures. */
#include "fixture.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* With frame_loss 0.6 four of twenty runs succeed, with 0.1 all, with 0.9 none. */
static const char SCENARIO[] =
    "sweep: {frame_loss: [0.1, 0.6, 0.9]}\n"
    "repeat: 20\n"
    "tables:\n"
    "  - {name: t, columns: [success, mean time_ms]}\n"
    "  - {name: s, columns: [mean time_ms], side_by_side: true}\n"
    "  - {name: d, columns: [{difference: max time_ms}, {ratio: p95 time_ms}],\n"
    "     against: {frame_loss: 0.1}}\n"
    "figures:\n"
    "  - {name: f, type: bands, x: frame_loss, y: mean time_ms}\n"
    "  - {name: g, type: bands, x: frame_loss, y: success}\n"
    "  - {name: h, type: bands, x: frame_loss, y: mean time_ms, where: {frame_loss: 0.1}}\n";

static void marked_in_tables(void **state) {
  static const char *const FORMATS[] = {"txt", "md", "tex"};
  char *said = fixture_run(*state, SCENARIO, true);
  char *text = fixture_read(*state, "tables/t.txt"), *sides = fixture_read(*state, "tables/s.txt");
  char *csv = fixture_read(*state, "tables/t.csv"),
       *extremes = fixture_read(*state, "tables/d.txt");
  fixture_assert_has(text, "] (n = 4)\n");
  fixture_assert_has(sides, "] (n = 4)");
  assert_null(strstr(text, "(n = 20)"));
  assert_null(strstr(text, "(n = 0)"));
  assert_null(strstr(csv, "(n"));
  assert_null(strstr(extremes, "(n = 0)")); /* of how many some are is not known */
  for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++) {
    char *name = text_format("tables/t.%s", FORMATS[i]), *table = fixture_read(*state, name);
    fixture_assert_has(table, "(n = 4)");
    fixture_assert_has(table, "(n = ..): so many runs, less than half of the");
    free(table);
    free(name);
  }
  free(extremes);
  free(csv);
  free(sides);
  free(text);
  free(said);
}

static void told_below_figures(void **state) {
  static const char TOLD[] =
      "1 value is of less than half of a cell&#39;s runs, as of frame_loss 60 % (n = 4 of 20). As "
      "data: figures/f.tsv";
  char *said = fixture_run(*state, SCENARIO, true), *page = fixture_read(*state, "report.html");
  fixture_assert_has(said, "figure f: 1 value is of less than half of a cell's runs");
  fixture_assert_has(page, TOLD);
  assert_null(strstr(strstr(page, TOLD) + sizeof TOLD, "value is of less than half"));
  free(page);
  free(said);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(marked_in_tables, fixture_setup, fixture_teardown),
      cmocka_unit_test_setup_teardown(told_below_figures, fixture_setup, fixture_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
