/* Tables of data sheets: what is from a source and what is assumed, and what is wrong in a file. */
#include "fixture.h"
#include "scenario/scenario.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char SHEET[] = "description: Made up\nprocessor: cortex-m4\n"
                            "supply_v: {value: 3, source: a data sheet}\n"
                            "listen_ma: {value: 6.50, source: \"a, b\", assumption: no frame}\n"
                            "sleep_ua: {value: 2, assumption: \"nobody knows\"}\n";

static void figures_with_their_sources(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "board.yaml", SHEET));
  free(fixture_write(fixture, "code.yaml", "aes: {cycles: 635, source: a paper}\n"));
  free(fixture_run(fixture,
                   "tables: [{name: t, title: Figures, sheets: [board.yaml, code.yaml]}]\n", true));
  char *csv = fixture_read(fixture, "tables/t.csv"), *text = fixture_read(fixture, "tables/t.txt");
  assert_string_equal(csv, "sheet,figure,value,source,assumption\n"
                           "board,supply_v,3,a data sheet,\n"
                           "board,listen_ma,6.50,\"a, b\",no frame\n"
                           "board,sleep_ua,2,,nobody knows\n"
                           "code,aes,635 cycles,a paper,\n");
  fixture_assert_has(text, "\nboard  supply (V)   3           source              a data sheet\n");
  fixture_assert_has(text, "  source, assumption  a, b; assumed: no frame\n");
  fixture_assert_has(text, "\n       sleep (µA)   2           assumed             nobody knows\n");
  char *page = fixture_read(fixture, "report.html");
  fixture_assert_has(page, "a, b; assumed: no frame");
  free(page);
  free(text);
  free(csv);
}

static void sheet_mistakes(void **state) {
  const struct fixture *fixture = *state;
  static const struct {
    const char *sheet, *keys, *expected;
  } CASES[] = {
      {SHEET, "sheets: none.yaml", "1:28: this file cannot be used"},
      {SHEET, "sheets: [[x]]", "the path of a file beside the scenario is expected here"},
      {SHEET, "sheets: []", "`sheets` have no figures"},
      {SHEET, "sheets: s.yaml, columns: [success]", "a table has `columns: [measures]`,"},
      {SHEET, "sheets: s.yaml, against: {hops: 1}", "`hops` is not varied here"},
      {"a: b\n", "sheets: s.yaml", "`sheets` have no figures"},
      {"a: {value: 1}\n", "sheets: s.yaml",
       "s.yaml:1:1: this figure has neither `source` nor `assumption`"},
      {"a: {source: x}\n", "sheets: s.yaml", "s.yaml:1:4: this figure has no number"},
      {"a: {value: x, source: x}\n", "sheets: s.yaml", "s.yaml:1:4: this figure has no number"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char *content = text_format("tables: [{name: t, %s}]\n", CASES[i].keys);
    free(fixture_write(fixture, "s.yaml", CASES[i].sheet));
    fixture_assert_mistake(fixture, content, CASES[i].expected);
    free(content);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_with_their_sources),
      cmocka_unit_test(sheet_mistakes),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
