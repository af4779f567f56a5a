/* compare: published figures beside ours, exactly, and what is wrong in the section or in a file
 * of data. */
#include "fixture.h"
#include "scenario/scenario.h"
#include "support/csv_file.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char DATA[] = "# Made up,\n#   for a test.\nmessage,theirs,other\n"
                           "trigger,21,\npsk,20.5,0.1\ntotal,60,7\n";

static const char SCENARIO[] =
    "sweep: {hops: [1, 2]}\nrepeat: 3\n"
    "compare:\n"
    "  - name: one\n    title: The messages\n    file: data.csv\n    column: theirs\n"
    "    where: {hops: 2}\n    rows:\n"
    "      trigger: {ours: mean messages.trigger.bytes_udp, why: {path: -12, \"token, more\": 1}}\n"
    "      psk: {ours: mean messages.EAP-PSK 1.bytes_udp, why: an octet <less>}\n"
    "      down: {row: total, ours: [mean messages.down.frames, -mean messages.up.frames, 10, "
    "-0.5],"
    " why: {it: -48.5}}\n"
    "      other: {row: psk, column: other, why: 'missing: it'}\n"
    "      none: {row: trigger, column: other, ours: max messages.up.ledger.coap_header, why: w}\n"
    "      unused: {row: total, ours: mean messages.up.ledger.mac_ack, why: {all: -60}}\n"
    "      nowhere: {row: total, ours: mean messages.NoSuch.frames, why: no such message}\n"
    "      own: {theirs: none, ours: mean messages.trigger.bytes_udp, why: theirs has no trigger}\n"
    "      rest: {row: total, without: [mean messages.trigger.bytes_udp, 9, -mean "
    "messages.up.frames],"
    " why: nobody knows}\n";

static void figures_are_exact(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "data.csv", DATA));
  free(fixture_run(fixture, SCENARIO, true));
  char *csv = fixture_read(fixture, "tables/one.csv");
  assert_string_equal(csv, "row,published,ours,difference,explained,why\n"
                           "trigger,21,10,-11,-11,\"path: -12; token, more: +1\"\n"
                           "psk,20.5,21,0.5,,an octet <less>\n"
                           "down,60,11.5,-48.5,-48.5,it: -48.5\n"
                           "other,0.1,,,,missing: it\n"
                           "none,,30,,,w\n"
                           "unused,60,0,-60,-60,all: -60\n"
                           "nowhere,60,,,,no such message\n"
                           "own,,10,,,theirs has no trigger\n"
                           "rest,43,,,,nobody knows\n");
  char *text = fixture_read(fixture, "tables/one.txt");
  fixture_assert_has(text, "The messages (B)\n\n"
                           "figure   published  ours  difference  why\n"
                           "trigger         21    10         -11  path: -12; token, more: +1\n"
                           "psk           20.5    21        +0.5  an octet <less>\n");
  fixture_assert_has(text,
                     "\n\nOurs: hops 2, 3 runs. Published: Made up, for a test.\n\ncoap-eap-sim");
  fixture_assert_has(text, "campaign c · ns-3 3.37 · seeds 1–3");
  char *page = fixture_read(fixture, "report.html");
  fixture_assert_has(page, "an octet &lt;less&gt;");
  fixture_assert_has(page, "What the scenario expects of its results holds.");
  free(page);
  free(text);
  free(csv);
}

static void a_wrong_reason_is_told(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "data.csv", DATA));
  char *printed =
      fixture_run(fixture,
                  "compare:\n  - name: one\n    file: data.csv\n    column: theirs\n    rows:\n"
                  "      trigger:\n"
                  "        ours: mean messages.trigger.bytes_udp\n"
                  "        why: {path: -12}\n",
                  false);
  fixture_assert_has(printed,
                     "/c.yaml:6: trigger: the difference is -11, but its reasons sum up to -12\n");
  char *page = fixture_read(fixture, "report.html");
  fixture_assert_has(page,
                     "c.yaml:6: trigger: the difference is -11, but its reasons sum up to -12\n");
  free(page);
  free(printed);
}

/* The complaint about a scenario with this `compare` section. */
static char *comparison_complaint(const struct fixture *fixture, const char *section) {
  char *content = text_format("sweep: {hops: [1, 2]}\ntables: [{name: t, columns: [success]}]\n"
                              "compare:\n  - %s\n",
                              section);
  char *path = fixture_write(fixture, "bad.yaml", content);
  struct scenario scenario;
  struct text error = {0};
  assert_int_equal(scenario_init(&scenario, path, &fixture->schema, &error), -1);
  free(content);
  free(path);
  return error.data;
}

static void comparison_mistakes(void **state) {
  const struct fixture *fixture = *state;
  static const struct {
    const char *section, *expected;
  } CASES[] = {
      {"{name: a}", "bad.yaml:4:5: `file` is missing"},
      {"{name: a, fil: x}", "bad.yaml:4:15: unknown key `fil`; did you mean `file`?"},
      {"{name: t, file: data.csv}", "bad.yaml:4:12: there is a table `t` already"},
      {"{name: a, file: none.csv}", "bad.yaml:4:21: this file cannot be used"},
      {"{name: a, file: bad.csv}", "bad.csv:3: expected 2 fields without quotes"},
      {"{name: a, file: data.csv, column: x}",
       "bad.yaml:4:39: unknown column `x`\n    4 |   - {name: a, file: data.csv, column: x}\n"
       "      |                                       ^\n        accepted: theirs, other"},
      {"{name: a, file: data.csv, column: theirs}", "bad.yaml:4:5: `rows: {NAME: {ours, why}}`"},
      {"{name: a, file: data.csv, rows: {triger: {why: x, column: theirs}}}",
       "unknown row `triger`; did you mean `trigger`?"},
      {"{name: a, file: data.csv, rows: {trigger: {why: x}}}", "`column` is missing"},
      {"{name: a, file: data.csv, column: theirs, rows: {trigger: {ours: mean time_ms}}}",
       "`why` is missing"},
      {"{name: a, file: data.csv, column: theirs, rows: {trigger: {ours: mean tim_ms, why: x}}}",
       "unknown metric `tim_ms`; did you mean `time_ms`?"},
      {"{name: a, file: data.csv, column: theirs, rows: {trigger: {ours: [p95 time_ms, 1], why: "
       "x}}}",
       "only means can be added; `p95 time_ms` is none"},
      {"{name: a, file: data.csv, column: theirs, rows: {trigger: {why: {x: 1}}}}",
       "reasons with numbers need both figures"},
      {"{name: a, file: data.csv, column: theirs, rows: {trigger: {ours: 3, why: {x: y}}}}",
       "a number is expected: how much of the difference this explains"},
      {"{name: a, file: data.csv, column: theirs, rows: {total: {theirs: 3, why: x}}}",
       "`theirs` is none, or left out"},
      {"{name: a, file: data.csv, column: theirs, rows: {x: {theirs: none, row: total, why: x}}}",
       "there is no `row` and no `column`"},
      {"{name: a, file: data.csv, column: theirs, rows: {total: {ours: 1, without: 2, why: x}}}",
       "`without` is taken off theirs: it does not go with `ours`"},
      {"{name: a, file: data.csv, column: theirs, rows: {trigger: {column: other, without: 2, why: "
       "x}}}",
       "`without` needs a published figure"},
      {"{name: a, file: data.csv, column: theirs, rows: {total: {without: 1, why: {x: 1}}}}",
       "reasons with numbers need both figures"},
      {"{name: a, file: data.csv, column: message, rows: {trigger: {why: x}}}",
       "unknown column `message`"},
      {"{name: a, file: data.csv, scale: x, rows: {}}", "`scale` is a number"},
      {"{name: a, file: words.csv, column: w, rows: {a: {why: x}}}",
       "words.csv has no number here, but `many`"},
  };
  free(fixture_write(fixture, "data.csv", DATA));
  free(fixture_write(fixture, "bad.csv", "a,b\n1,2\n1,2,3\n"));
  free(fixture_write(fixture, "words.csv", "n,w\na,many\n"));
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char *error = comparison_complaint(fixture, CASES[i].section);
    fixture_assert_has(error, CASES[i].expected);
    free(error);
  }
}

static void one_cell_is_meant(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "data.csv", DATA));
  free(fixture_run(fixture,
                   "sweep: {hops: [1, 2]}\ncompare:\n"
                   "  - {name: a, file: data.csv, column: theirs, rows: {trigger: {why: x}}}\n",
                   false));
}

static void files_of_data(void **state) {
  const struct fixture *fixture = *state;
  static const struct {
    const char *content, *error; /* NULL: it is good */
  } CASES[] = {
      {"# c\na,b\nx,1\ny,\n", NULL},
      {"a,b\r\nx,1\r\ny,\r\n", NULL},
      {"a,b\nx,1\n\ny,", NULL},
      {"", "f.csv: there is no line of column names"},
      {"# c\n", "f.csv: there is no line of column names"},
      {"a,b\nx\n", "f.csv:2: expected 2 fields"},
      {"a,b\n\"x\",1\n", "f.csv:2: expected 2 fields without quotes"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    struct csv_file file;
    struct text error = {0};
    char *path = fixture_write(fixture, "f.csv", CASES[i].content);
    int status = csv_file_init(&file, path, &error);
    free(path);
    assert_int_equal(status, CASES[i].error == NULL ? 0 : -1);
    if (status < 0) {
      fixture_assert_has(error.data, CASES[i].error);
      text_deinit(&error);
      continue;
    }
    assert_int_equal(csv_file_line(&file, "y"), 2);
    assert_int_equal(csv_file_line(&file, "a"), file.lines);
    assert_int_equal(csv_file_column(&file, "b"), 1);
    assert_string_equal(csv_file_field(&file, 1, 1), "1");
    assert_string_equal(csv_file_field(&file, 2, 1), "");
    csv_file_deinit(&file);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_are_exact),   cmocka_unit_test(a_wrong_reason_is_told),
      cmocka_unit_test(comparison_mistakes), cmocka_unit_test(one_cell_is_meant),
      cmocka_unit_test(files_of_data),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
