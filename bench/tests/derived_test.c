/* Sums of metrics, computed cases and baselines: their values, the files that show them, and what
 * is wrong in their sections. */
#include "fixture.h"
#include "scenario/derived.h"
#include "scenario/scenario.h"
#include "support/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static double derived_number(const void *context, const char *metric) {
  (void)context;
  if (strcmp(metric, "bytes_air") == 0)
    return 100;
  if (strcmp(metric, "app_exchanges") == 0)
    return 0;
  return strcmp(metric, "messages.EAP-PSK 1.bytes_udp") == 0 ? 7 : NAN;
}

static void sums_have_values(void **state) {
  const struct fixture *fixture = *state;
  static char gap[] = "gap";
  struct derived_constant constant = {.name = gap, .value = 18};
  const struct derived derived = {.constant = &constant, .constant_count = 1};
  static const struct {
    const char *sum;
    double value; /* NaN: it has none */
  } CASES[] = {
      {"bytes_air", 100},
      {"bytes_air + bytes_air", 200},
      {"2 * bytes_air - gap * messages.EAP-PSK 1.bytes_udp + 0.5", 200 - 126 + 0.5},
      {"-1 * bytes_air * bytes_air", -10000},
      {"gap - gap - 1", -1},
      {"bytes_air + time_ms", NAN},
      {"bytes_air + app_exchanges * time_ms", 100},
      {"bytes_air + 0 * time_ms", 100},
      {"bytes_air / 8 * gap - gap / bytes_air", 225 - 0.18},
      {"gap / 4 / 3", 1.5},
      {"1 / app_exchanges", NAN},
      {"app_exchanges / app_exchanges", NAN},
      {"app_exchanges / time_ms", NAN},
      {"bytes_air / time_ms", NAN},
      {"app_exchanges / bytes_air", 0},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    struct derived_sum sum;
    struct text error = {0};
    assert_int_equal(derived_sum_parse(&sum, CASES[i].sum, &derived, &fixture->schema, &error), 0);
    double value = derived_sum_value(&sum, derived_number, NULL);
    assert_int_equal(isnan(value), isnan(CASES[i].value));
    if (!isnan(value))
      assert_true(fabs(value - CASES[i].value) < 1e-9);
    derived_sum_deinit(&sum);
    text_deinit(&error);
  }
}

/* The complaint about a scenario with these sections. */
static char *derived_complaint(const struct fixture *fixture, const char *sections) {
  char *content = text_format("sweep: {hops: [1, 2], ordering: [seqnum, mid-random]}\n"
                              "cases: {a: {}, b: {association: dtls}}\n%s\n",
                              sections);
  char *path = fixture_write(fixture, "bad.yaml", content);
  struct scenario scenario;
  struct text error = {0};
  assert_int_equal(scenario_init(&scenario, path, &fixture->schema, &error), -1);
  free(content);
  free(path);
  return error.data;
}

static const struct {
  const char *sections, *expected;
} MISTAKES[] = {
    {"derived: {x: {is: bytes_air + tim_ms}}",
     "bad.yaml:3:19: `bytes_air + tim_ms` has an unknown metric `tim_ms`; did you mean `time_ms`?"
     "\n    3 | derived: {x: {is: bytes_air + tim_ms}}\n"
     "      |                   ^~~~~~~~~~~~~~~~~~\n        accepted: success,"},
    {"derived: {x: {is: bytes_air+bytes_udp}}", "has an unknown metric `bytes_air+bytes_udp`"},
    {"derived: {x: {is: bytes_air + y}, y: {is: bytes_air}}", "has an unknown metric `y`"},
    {"derived: {x: {is: bytes_air * }}", "unknown metric `bytes_air *`"},
    {"derived: {x: {is: ''}}", "unknown metric ``"},
    {"derived: {x: {is: [1]}}", "a sum is expected here"},
    {"derived: {x: {}}", "bad.yaml:3:14: `is` is missing"},
    {"derived: {x: {iz: 1}}", "unknown key `iz`; did you mean `is`?"},
    {"derived: {x: {is: bytes_air, unit: [B]}}", "`unit` is missing"},
    {"derived: [x]", "a mapping (NAME: {is: SUM}) is expected here"},
    {"derived: {bytes_air: {is: 1}}", "the name `bytes_air` is in use"},
    {"derived: {hops: {is: 1}}", "the name `hops` is in use"},
    {"derived: {success: {is: 1}}", "the name `success` is in use"},
    {"derived: {2x: {is: 1}}", "a name begins with a small letter"},
    {"derived: {a b: {is: 1}}", "a name begins with a small letter"},
    {"constants: {c: {file: data.csv}}", "`column` is missing"},
    {"constants: {c: {file: data.csv, column: x}}", "unknown row `c`"},
    {"constants: {c: {file: data.csv, row: psk, column: y}}",
     "bad.yaml:3:51: unknown column `y`; did you mean `x`?"},
    {"constants: {c: {file: data.csv, row: none, column: x}}", "there is no figure in this field"},
    {"constants: {c: {file: no.csv, row: psk, column: x}}", "this file cannot be used"},
    {"constants: {c: {file: data.csv, row: psk, column: x}}\nderived: {c: {is: 1}}",
     "the name `c` is in use"},
    {"constants: {c: {file: data.csv, row: psk, column: x}}\nderived: {d: {is: cc}}",
     "retransmission_share, time_ms,"},
    {"constants: {c: {file: data.csv, row: psk, column: x}}\nderived: {d: {is: cc}}",
     "ledger_peer_link.ROW, numbers, c\n"},
    {"constants: {c: {value: 1}}", "bad.yaml:3:16: `why` is missing"},
    {"constants: {c: {value: x, why: w}}", "`value` is a number"},
    {"constants: {c: {value: 1, why: w, file: data.csv}}", "unknown key `file`"},
    {"constants: {c: {value: 1, unit: [h], why: w}}", "`unit` is missing"},
    {"constants: {c: 1}", "a mapping (key: value) is expected here"},
    {"constants: {c: {value: 0, why: w}}\nderived: {d: {is: bytes_air / c}}",
     "`bytes_air / c` divides by `c`, which is 0"},
    {"derived: {d: {is: bytes_air/8}}", "has an unknown metric `bytes_air/8`"},
    {"computed: {x: {from: a, note: n, metrics: {}}}", "it lacks the word `computed`"},
    {"computed: {x computed: {from: c, note: n, metrics: {}}}", "bad.yaml:3:31: unknown case `c`"},
    {"computed: {x computed: {from: a, metrics: {}}}", "`note` is missing"},
    {"computed: {x computed: {from: a, note: n}}", "`metrics: {METRIC: SUM}` is missing"},
    {"computed: {x computed: {from: a, note: n, metrics: {tim_ms: 1}}}",
     "unknown metric `tim_ms`; did you mean `time_ms`?"},
    {"derived: {x: {is: bytes_air}}\n"
     "computed: {x computed: {from: a, note: n, metrics: {x: 1}}}",
     "`x` is derived, and follows from what it is made of"},
    {"tables: [{name: t, columns: [{saving: mean bytes_air}]}]",
     "bad.yaml:3:30: `saving` needs a baseline: `against: {column: value}` in this table"},
    {"tables: [{name: t, against: {hops: 1}, columns: [{savings: mean bytes_air}]}]",
     "unknown key `savings`; did you mean `saving`?"},
    {"tables: [{name: t, against: {hops: 1}, columns: [{saving: mean byte_air}]}]",
     "did you mean `bytes_air`?"},
    {"tables: [{name: t, against: {hops: 1}, columns: [{}]}]", "a column is one pair"},
    {"tables: [{name: t, against: {hops: [1, 2]}, columns: [success]}]",
     "`against` names one value of each of its columns"},
    {"tables: [{name: t, against: {peers: 2}, columns: [success]}]", "`peers` is not varied here"},
    {"tables: [{name: t, against: {case: c}, columns: [success]}]", "unknown case `c`"},
    {"tables: [{name: t, against: {}, columns: [success]}]", "names what the baseline has"},
    {"tables: [{name: t, against: {hops: 1}, ledger: ledger}]",
     "`against` and `side_by_side` are for tables with `columns`"},
    {"tables: [{name: t, against: {hops: 1}, side_by_side: true, columns: [{saving: mean "
     "bytes_air}]}]",
     "side by side, columns are measures"},
    {"tables: [{name: t, columns: [{rank: mean bytes_air}]}]",
     "bad.yaml:3:30: `rank` is among cells: `among: column` in this table says which"},
    {"tables: [{name: t, among: peers, columns: [{rank: mean bytes_air}]}]",
     "`peers` is not varied here"},
    {"figures: [{name: f, type: savings, of: mean bytes_air}]",
     "`against: {column: value}` is missing: what the savings are of"},
    {"figures: [{name: f, type: savings, against: {hops: 1}}]", "`of: [measures]` is missing"},
    {"figures: [{name: f, type: savings, against: {hops: 1}, of: mean bytes_air, rows: [hops, "
     "ordering, case]}]",
     "rows are told apart by one or two columns"},
    {"figures: [{name: f, type: bands, x: hops, y: mean bytes_air, against: {hops: 1}, as: "
     "save}]",
     "unknown comparison `save`"},
    {"figures: [{name: f, type: bands, x: hops, y: mean bytes_air, as: saving}]",
     "bad.yaml:3:66: `as` needs a baseline: `against: {column: value}`"},
    {"figures: [{name: f, type: bands, x: hops, y: mean bytes_air, crossings: maybe}]",
     "`crossings` is true or false"},
};

static void derived_mistakes(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "data.csv", "# Made up.\nname,x\npsk,18\nnone,\n"));
  for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
    char *error = derived_complaint(fixture, MISTAKES[i].sections);
    fixture_assert_has(error, MISTAKES[i].expected);
    free(error);
  }
}

static void assert_file(const struct fixture *fixture, const char *name, const char *expected) {
  char *content = fixture_read(fixture, name);
  assert_string_equal(content, expected);
  free(content);
}

static void assert_file_has(const struct fixture *fixture, const char *name, const char *words,
                            bool has) {
  char *content = fixture_read(fixture, name);
  if (has)
    fixture_assert_has(content, words);
  else
    assert_null(strstr(content, words));
  free(content);
}

/* At no loss the fake simulator's octets are exact: 1014 on air to establish (520 more with DTLS),
 * and for each message 194, 227 with DTLS, of two records. */
static const char SCENARIO[] =
    "cases: {one: {}, other: {association: dtls}}\n"
    "sweep: {app_messages: [0, 10, 100]}\nrepeat: 8\n"
    "constants:\n"
    "  old_record: {file: records.csv, column: octets}\n"
    "  new_record: {file: records.csv, column: octets, row: newer}\n"
    "derived:\n"
    "  total_bytes_air: {is: bytes_air + app_bytes_air}\n"
    "  total_energy_mj: {is: energy_peer_mj + app_exchanges * app_exchange_energy_mj}\n"
    "computed:\n"
    "  newer records, computed:\n"
    "    from: other\n    note: less octets a record\n"
    "    metrics:\n"
    "      bytes_air: bytes_air\n"
    "      app_bytes_air: app_bytes_air + new_record * app_coap_messages - old_record * "
    "app_coap_messages\n"
    "tables:\n"
    "  - {name: t, against: {case: one}, columns: [success, mean total_bytes_air,\n"
    "     {difference: mean total_bytes_air}, {saving: max bytes_udp}], where: {app_messages: "
    "10}}\n"
    "  - {name: s, against: {case: one}, side_by_side: true, columns: [mean total_bytes_air,\n"
    "     success], where: {app_messages: 100, case: [one, other]}}\n"
    "figures:\n"
    "  - {name: f, type: bands, x: app_messages, y: mean total_bytes_air, log_x: true, log_y: "
    "true,\n"
    "     crossings: true}\n"
    "  - {name: g, type: bands, x: app_messages, y: mean total_bytes_air, against: {case: one}}\n"
    "  - {name: e, type: bands, x: app_messages, y: mean total_energy_mj, crossings: true}\n"
    "  - {name: h, type: bands, x: app_messages, y: mean total_bytes_air, against: {case: one}, "
    "as: "
    "saving_share,\n     where: {case: other}}\n"
    "expect:\n"
    "  - {metric: mean total_bytes_air, at_least: 1014}\n"
    "  - {metric: mean total_bytes_air, against: {case: one}, as: ratio, at_least: 1.16, at_most: "
    "1.17,\n     where: {case: 'newer records, computed', app_messages: 10}}\n";

static void totals_and_computed_cases(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "records.csv", "# Made up.\nname,octets\nold_record,29\nnewer,11\n"));
  char *printed = fixture_run(fixture, SCENARIO, true);
  fixture_assert_has(printed,
                     "Against case one, in pairs of equal seeds; intervals of 95 %. newer records, "
                     "computed: less octets a "
                     "record.\n");
  free(printed);
  assert_file(fixture, "tables/t.csv",
              "case,app_messages,runs,success,success low,success high,"
              "mean total_bytes_air,mean total_bytes_air low,mean total_bytes_air high,"
              "difference mean total_bytes_air,difference mean total_bytes_air low,"
              "difference mean total_bytes_air high,"
              "saving max bytes_udp,saving max bytes_udp low,saving max bytes_udp high\n"
              "one,10,8,1,0.675592435,1,2954,2954,2954,0,0,0,0,,\n"
              "other,10,8,1,0.675592435,1,3804,3804,3804,850,850,850,-520,,\n"
              "\"newer records, computed\",10,8,,,,3444,3444,3444,490,490,490,,,\n");
  assert_file(fixture, "tables/s.csv",
              "statistic,metric,case,app_messages,runs,value,low,high,difference,difference low,"
              "difference high,ratio,ratio low,ratio high\n"
              "mean,total_bytes_air,one,100,8,20414,20414,20414,,,,,,\n"
              "mean,total_bytes_air,other,100,8,24234,24234,24234,3820,3820,3820,1.18712648,"
              "1.18712648,1.18712648\n"
              "ratio,success,one,100,8,1,0.675592435,1,,,,,,\n"
              "ratio,success,other,100,8,1,0.675592435,1,0,0,0,1,1,1\n");
  assert_file_has(
      fixture, "tables/s.txt",
      "figure                unit  one               other             difference  ratio\n", true);
  /* What was computed is in cells.csv by its name, and in no list of runs. */
  assert_file_has(fixture, "cells.csv",
                  "\"newer records, computed\",100,total_bytes_air,mean,20634,20634,20634,8,B,equal\n",
                  true);
  assert_file_has(fixture, "cells.csv", "computed\",100,success", false);
  assert_file_has(fixture, "runs.csv", "computed", false);
  /* No exchanges take no energy. */
  assert_file_has(fixture, "cells.csv", "one,0,total_energy_mj,mean,", true);
}

static void cumulative_figures(void **state) {
  const struct fixture *fixture = *state;
  assert_file(fixture, "figures/g.tsv",
              "# one\napp_messages\tmean total_bytes_air\tlow\thigh\tn\n"
              "0\t0\t0\t0\t8\n10\t0\t0\t0\t8\n100\t0\t0\t0\t8\n\n\n"
              "# other\napp_messages\tmean total_bytes_air\tlow\thigh\tn\n"
              "0\t520\t520\t520\t8\n10\t850\t850\t850\t8\n100\t3820\t3820\t3820\t8\n\n\n"
              "# newer records, computed\napp_messages\tmean total_bytes_air\tlow\thigh\tn\n"
              "0\t520\t520\t520\t8\n10\t490\t490\t490\t8\n100\t220\t220\t220\t8\n");
  assert_file_has(fixture, "figures/f.gp",
                  "\"no two lines cross\", \"newer records, computed: less octets a record\"",
                  true);
  assert_file_has(fixture, "figures/f.gp", "X_LOG = 1; X_ZERO = 5; ", true);
  assert_file_has(fixture, "figures/f.gp", "'0' 5\"", true);
  assert_file(fixture, "figures/h.tsv",
              "# \napp_messages\tmean total_bytes_air\tlow\thigh\tn\n"
              "0\t-0.51282051\t-0.51282051\t-0.51282051\t8\n"
              "10\t-0.28774543\t-0.28774543\t-0.28774543\t8\n"
              "100\t-0.18712648\t-0.18712648\t-0.18712648\t8\n");
  assert_file_has(fixture, "figures/h.gp", "array TEXT[3] = [\"h (%)\", ", true);
  assert_file_has(fixture, "figures/h.gp", "'-40' -0.4", true);
  /* A computed case without a figure's measure has no line in it. */
  assert_file_has(fixture, "figures/e.tsv", "# other\n", true);
  assert_file_has(fixture, "figures/e.tsv", "computed", false);
}

/* 520 more to establish; 3 less in each exchange: they meet at 520 / 3. */
static void lines_that_cross(void **state) {
  const struct fixture *fixture = *state;
  char *content = text_format("%s", SCENARIO), *at = strstr(content, "[0, 10, 100]");
  memcpy(at, "[0, 10, 500]", strlen("[0, 10, 500]"));
  at = strstr(content, "app_messages: 100");
  memcpy(at, "app_messages: 500", strlen("app_messages: 500"));
  free(fixture_run(fixture, content, true));
  free(content);
  assert_file_has(fixture, "figures/f.gp", "\"one and newer records, computed cross at about 173\"",
                  true);
}

/* What a battery lasts, of which a table says what was assumed. */
static void numbers_with_reasons(void **state) {
  free(fixture_run(
      *state,
      "repeat: 2\nconstants:\n  battery_mj: {value: 5000, unit: mJ, why: made up}\n"
      "  unused: {value: 3, why: nobody asks}\n"
      "derived:\n  per_octet_mj: {is: battery_mj / bytes_air, unit: mJ}\n"
      "  twice_mj: {is: 2 * per_octet_mj, unit: mJ}\n  plain: {is: 3 * bytes_air}\n"
      "tables:\n  - {name: t, columns: [max twice_mj]}\n  - {name: u, columns: [max plain]}\n",
      true));
  assert_file_has(*state, "tables/t.csv", "\n2,9.86193294,,\n", true);
  assert_file_has(*state, "tables/t.txt", "\nbattery_mj is 5000 mJ: made up. Times ", true);
  assert_file_has(*state, "tables/t.txt", "nobody", false);
  assert_file_has(*state, "tables/u.txt", "made up", false);
}

/* Fewest octets first, by association; where intervals leave places open, they are said. */
static void places(void **state) {
  free(fixture_run(*state,
                   "cases: {a: {ordering: mid-random}, b: {}, c: {token_bytes: 4}, d: {}}\n"
                   "sweep: {association: [oscore, dtls]}\nrepeat: 6\n"
                   "tables:\n  - {name: t, among: case, columns: [max bytes_udp, {rank: max "
                   "bytes_udp}]}\n  - {name: u, among: case, columns: [{rank: mean time_ms}]}\n",
                   true));
  static const char *const LINES[] = {
      "\na,oscore,6,404,,,1,1,1\n", "\na,dtls,6,924,,,1,1,1\n",   "\nb,oscore,6,436,,,2,2,2\n",
      "\nb,dtls,6,956,,,2,2,2\n",   "\nc,oscore,6,463,,,4,4,4\n", "\nd,oscore,6,436,,,2,2,2\n",
  };
  for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++)
    assert_file_has(*state, "tables/t.csv", LINES[i], true);
  assert_file_has(*state, "tables/u.txt", " [1, 4]\n", true);
}

static const char SAVINGS[] =
    "sweep: {ordering: [seqnum, seqnum-requests, mid-random], token_bytes: [4, 1]}\nrepeat: 6\n"
    "tables:\n"
    "  - {name: t, against: {ordering: seqnum, token_bytes: 1}, columns: [{saving: mean "
    "bytes_udp},\n"
    "     {saving_share: mean bytes_udp}, {ratio: mean bytes_udp}, {saving_share: mean frames}]}\n"
    "figures:\n"
    "  - {name: f, type: savings, title: 'Saved', of: [mean bytes_udp, mean frames],\n"
    "     against: {ordering: seqnum, token_bytes: 1}, rows: [ordering, token_bytes],\n"
    "     labels: {mean frames: frames, token_bytes 4: four}}\n";

static void savings(void **state) {
  const struct fixture *fixture = *state;
  char *printed = fixture_run(fixture, SAVINGS, true);
  fixture_assert_has(printed,
                     "saving: mean bytes udp (B)  saving: mean bytes udp (%)  ratio: mean bytes udp");
  fixture_assert_has(printed, "mid-random       1                6     32                          7.339  ");
  free(printed);
  assert_file_has(fixture, "tables/t.csv",
                  "\nmid-random,1,6,32,32,32,0.0733944954,0.0733944954,0.0733944954,0.926605505,"
                  "0.926605505,0.926605505,0,0,0\n",
                  true);
  assert_file(
      fixture, "figures/f.tsv",
      "row\tmean bytes_udp\tlow\thigh\tnumber\tmean frames\tlow\thigh\tnumber\n"
      "\"seqnum, four\"\t-0.061926606\t-0.061926606\t-0.061926606\t-6.2\t0\t0\t0\t0\n"
      "\"seqnum-requests, four\"\t-0.025229358\t-0.025229358\t-0.025229358\t-2.5\t0\t0\t0\t0\n"
      "\"seqnum-requests, token bytes 1\"\t0.036697248\t0.036697248\t0.036697248\t3.7\t0\t0\t0\t0\n"
      "\"mid-random, four\"\t0.01146789\t0.01146789\t0.01146789\t1.1\t0\t0\t0\t0\n"
      "\"mid-random, token bytes 1\"\t0.073394495\t0.073394495\t0.073394495\t7.3\t0\t0\t0\t0\n");
  assert_file_has(fixture, "figures/f.gp", "array PANEL[2] = [\"mean bytes_udp\", \"frames\"]",
                  true);
  char *page = fixture_read(fixture, "report.html");
  fixture_assert_has(page, "id=\"f-gnuplot_canvas\"");
  fixture_assert_has(page, "Shares of the baseline, with intervals of 95 %");
  free(page);
}

static void a_baseline_that_was_not_run(void **state) {
  const struct fixture *fixture = *state;
  char *content = text_format("%s%s", "skip: [{ordering: seqnum, token_bytes: 1}]\n", SAVINGS);
  free(fixture_run(fixture, content, false));
  free(content);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_have_values),
      cmocka_unit_test(derived_mistakes),
      cmocka_unit_test(totals_and_computed_cases),
      cmocka_unit_test(cumulative_figures),
      cmocka_unit_test(lines_that_cross),
      cmocka_unit_test(numbers_with_reasons),
      cmocka_unit_test(places),
      cmocka_unit_test(savings),
      cmocka_unit_test(a_baseline_that_was_not_run),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
