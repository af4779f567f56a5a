/* What says that times and energies are of the radio only, and where. */
#include "report/modelled.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void figures_that_computing_adds_to(void **state) {
  (void)state;
  static const struct {
    const char *metric, *unit;
    bool expected;
  } TABLE[] = {{"time_ms", "ms", true},
               {"energy_peer_mj", "mJ", true},
               {"year_j", "J", true},
               {"bytes_air", "B", false},
               {"success", "ratio", false},
               {"wall_ms", "ms", false},
               {"energy_peer_cpu_mj", "mJ", false},
               {"frames_air", "", false}};
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++)
    assert_int_equal(modelled_concerns(TABLE[i].metric, TABLE[i].unit), TABLE[i].expected);
}

#define RADIO_ONLY "Times and energies are radio only (no computing is modelled)"

/* Of a table over these cells, with this column; NULL: nothing is said. */
static const struct {
  const char *cells, *column, *expected;
} TABLES[] = {
    {"sweep: {hops: [1, 2]}", "mean time_ms", RADIO_ONLY "."},
    {"sweep: {hops: [1, 2]}", "mean energy_peer_mj", RADIO_ONLY "."},
    {"sweep: {hops: [1, 2]}", "mean bytes_air", NULL},
    {"fixed: {crypto: none}\nsweep: {hops: [1, 2]}", "p95 time_ms", RADIO_ONLY "."},
    {"fixed: {crypto: slow}\nsweep: {hops: [1, 2]}", "p95 time_ms", NULL},
    {"sweep: {crypto: [none, slow]}", "mean time_ms", RADIO_ONLY " where crypto is none."},
    {"cases: {a: {}, b: {crypto: slow}, c: {crypto: none}}\nsweep: {hops: [1, 2]}", "mean time_ms",
     RADIO_ONLY " of a; c."},
};

static void tables_say_it(void **state) {
  for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
    char *scenario = text_format("%s\nrepeat: 2\ntables: [{name: t, columns: [%s]}]\n",
                                 TABLES[i].cells, TABLES[i].column);
    free(fixture_run(*state, scenario, true));
    char *table = fixture_read(*state, "tables/t.txt");
    if (TABLES[i].expected == NULL)
      assert_null(strstr(table, "radio only"));
    else
      fixture_assert_has(table, TABLES[i].expected);
    free(table);
    free(scenario);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_that_computing_adds_to),
      cmocka_unit_test(tables_say_it),
  };
  return cmocka_run_group_tests_name("modelled", tests, fixture_setup, fixture_teardown);
}
