/* Scenarios: what is read, and how mistakes are shown. */
#include "fixture.h"
#include "scenario/check.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* `error` has to be in what is said; DIR stands for the folder. */
static const struct mistake {
  const char *yaml, *error;
} MISTAKES[] = {
    {"sweep:\n  frame_los: [0]\n",
     "t.yaml:2:3: unknown key `frame_los`; did you mean `frame_loss`?\n"
     "    2 |   frame_los: [0]\n"
     "      |   ^~~~~~~~~\n"
     "        accepted: lower_layer, method,"},
    {"sweep:\n  frame_loss: [0, 0.1x]\n", "t.yaml:2:19: `0.1x` is not accepted for `frame_loss`\n"
                                          "    2 |   frame_loss: [0, 0.1x]\n"
                                          "      |                   ^~~~\n"
                                          "        accepted: a number from 0 to 1\n"},
    {"fixed: {frame_loss: 1.5}\n", "t.yaml:1:21: `1.5` is not accepted"},
    {"fixed: {frame_loss: 0x1}\n", "`0x1` is not accepted"},
    {"fixed: {frame_loss: nan}\n", "`nan` is not accepted"},
    {"fixed: {frame_loss: [0.1]}\n", "`a list` is not accepted"},
    {"fixed: {hops: 2.0}\n", "`2.0` is not accepted for `hops`"},
    {"fixed: {hops: 17}\n", "accepted: an integer from 1 to 16\n"},
    {"fixed: {hops: ''}\n", "`` is not accepted"},
    {"fixed: {topology: ring}\n", "accepted: line or star\n"},
    {"fixed: {seed: 3}\n", "t.yaml:1:9: `seed` is set for each run"},
    {"sweeps: {}\n", "t.yaml:1:1: unknown key `sweeps`; did you mean `sweep`?"},
    {"fixed: {hops: 1}\nsweep: {hops: [1]}\n", "t.yaml:2:9: `hops` is fixed above"},
    {"sweep: {hops: [1, 2, 1]}\n", "t.yaml:1:22: this value is here twice"},
    {"sweep: {hops: []}\n", "t.yaml:1:15: an empty list"},
    {"sweep: {hops: {from: 1, to: 3}}\n", "`step` is missing: {from, to, step}"},
    {"sweep: {hops: {from: 1, to: 3, step: 0}}\n", "`step` has to be above 0"},
    {"sweep: {hops: {from: 3, to: 1, step: 1}}\n", "this gives 0 values; 1 to 10000 are accepted"},
    {"sweep: {seqnum_number: {from: 13, to: 20013, step: 1}}\n",
     "this gives 20001 values; 1 to 10000 are accepted"},
    {"sweep: {hops: {from: 1, to: 2, step: 0.5}}\n", "this gives 1.5, not accepted for `hops`"},
    {"sweep: {hops: {from: 1, to: 17, step: 1}}\n", "accepted: an integer from 1 to 16\n"},
    {"sweep: [hops]\n", "t.yaml:1:8: a mapping (key: [values]) is expected here"},
    {"repeat: 0\n", "`0` is not accepted for `repeat`\n"},
    {"repeat: 1\nrepeat: 2\n", "t.yaml:2:1: `repeat` is here twice"},
    {"cases: {a: {hops: 1}}\nsweep: {hops: [1]}\n", "`hops` is in the sweep already"},
    {"cases: {}\n", "cases are a mapping"},
    {"sweep: {hops: [1]}\nskip: [{case: a}]\n",
     "there is no such case: the scenario has no `cases`"},
    {"skip: [{}]\n", "this would skip everything"},
    {"extends: nothing\n", "t.yaml:1:10: there is no file"},
    {"extends: t\n", "or in a circle"},
    {"extends: ../t\n", "names one scenario of the same folder"},
    {"name: ../x\n", "`name` names a folder"},
    {"sweep: {hops: [1]\n", "t.yaml:2:1: did not find expected ',' or '}'"},
    {"title: \"a\tb\n", "t.yaml:"},
    {"fixed: {hops: 1}\n# ü\ntitle: \"aü\xff\"\n",
     "t.yaml:3:11: invalid leading UTF-8 octet\n    3 | title: \"aü\xff\"\n      |           ^\n"},
    {"title: a\nname: \"\xc3z\"\n", "t.yaml:2:9: invalid trailing UTF-8 octet"},
    {"title: a\x01\n", "t.yaml:1:9: control characters are not allowed"},
    {"- a\n", "t.yaml:1:1: a scenario is a mapping"},
    {"", "t.yaml:1:1: a scenario is a mapping"},
    {"title: a\n---\ntitle: b\n", "t.yaml:3:1: a second document"},
    {"title: \"a\\0b\"\n", "a text with a zero byte"},
    {"[a]: 1\n", "a key has to be one word"},
    {"tables: [{name: t, columns: [median time]}]\n",
     "`median time` has an unknown metric `time`; did you mean `time_ms`?"},
    {"tables: [{name: t, columns: [time_ms]}]\n", "t.yaml:1:30: `time_ms` needs a statistic"},
    {"tables: [{name: t, columns: [medium time_ms]}]\n", "needs a statistic"},
    {"tables: [{name: t, columns: [p100 time_ms]}]\n", "needs a statistic"},
    {"tables: [{name: t, columns: [mean success]}]\n", "is a ratio already"},
    {"tables: [{name: t, columns: [mean ledger.coap_tokn]}]\n", "unknown metric"},
    {"tables: [{name: t}]\n",
     "a table has `columns: [measures]`, `ledger: ...` or `sheets: [files]`"},
    {"tables: [{name: t, ledger: time_ms}]\n", "is no ledger"},
    {"tables: [{name: a/b, columns: [success]}]\n", "a name has letters"},
    {"tables:\n- {name: t, columns: [success]}\n- {name: t, columns: [success]}\n",
     "t.yaml:3:3: the name `t` is used above"},
    {"figures: [{name: f, type: band}]\n", "unknown type `band`; did you mean `bands`?"},
    {"figures: [bands]\n", "a mapping (key: value) is expected here"},
    {"figures: [{name: f}]\n", "a figure has a `type`"},
    {"figures: [{name: f, type: bands, x: hops, y: median time_ms}]\n",
     "`x` has to be a numeric key of `sweep`"},
    {"sweep: {hops: [1]}\nfigures: [{name: f, type: bands, x: hops, y: [median time_ms, mean "
     "frames]}]\n",
     "measures of one axis need one unit"},
    {"sweep: {hops: [1]}\nfigures: [{name: f, type: bands, x: hops, y: mean frames, series: "
     "peers}]\n",
     "`peers` is not varied here"},
    {"figures: [{name: f, type: stack, of: ledger, by: familly}]\n",
     "unknown `by` `familly`; did you mean `family`?\n"},
    {"figures: [{name: f, type: stack, of: ledger, by: [group]}]\n", "unknown `by` ``"},
    {"figures: [{name: f, type: stack, of: ledger, groups: [CoAP]}]\n",
     "a mapping (words: [rows, groups or families]) is expected here"},
    {"figures: [{name: f, type: stack, of: ledger, groups: {a: [coap_tokn]}}]\n",
     "        accepted: EAP, lower layer, association, network, link, EAP method, EAP header, "
     "CoAP, "},
    {"figures: [{name: f, type: stack, of: ledger, groups: {a: [[CoAP]]}}]\n",
     "a name is expected here"},
    {"figures: [{name: f, type: stack, of: ledger, groups: {a: CoAP, b: coap_token}}]\n",
     "`coap_token` is in `a` already"},
    {"figures: [{name: f, type: stack, of: ledger, groups: {words that take up far too much of a "
     "legend: CoAP}}]\n",
     "this is too long for a legend"},
    {"figures: [{name: f, type: cdf, of: time_ms, by: family}]\n", "unknown key `by`"},
    {"figures: [{name: f, type: cdf, of: ledger}]\n", "`of` has to be a numeric result"},
    {"figures: [{name: f, type: progress, of: time_ms}]\n",
     "`of` has to be what results have by percent (`time_ms_ms`) and as a share "
     "(`time_ms_ratio`), as joined"},
    {"figures: [{name: f, type: progress, of: joined, x: hops}]\n", "unknown key `x`"},
    {"figures: [{name: f, type: cdf, of: time_ms, title: This is a title of more words than a "
     "figure of three inches and a half is wide by itself}]\n",
     "this is too long for a figure"},
    {"expect: [{metric: success}]\n", "`at_least` or `at_most` is missing"},
    {"expect: [{metric: success, at_least: most}]\n", "`at_least` is a number"},
    {"expect: [{metric: success, at_least: 1, at_most: 0.5}]\n",
     "t.yaml:1:38: `at_least` is above `at_most`: nothing is both"},
    {"expect: [{metric: success, at_least: 1, as: ratio}]\n",
     "t.yaml:1:45: `as` needs a baseline: `against: {column: value}`"},
    {"sweep: {hops: [1, 2]}\nexpect: [{metric: success, at_least: 1, against: {hops: 1}, as: "
     "ratios}]\n",
     "unknown comparison `ratios`; did you mean `ratio`?"},
    {"sweep: {hops: [1, 2]}\nexpect: [{metric: success, at_least: 1, against: {hops: [1, 2]}}]\n",
     "`against` names one value of each of its columns"},
    {"sweep: {hops: [1, 2]}\nexpect: [{metric: success, at_least: 1, against: {peers: 1}}]\n",
     "`peers` is not varied here"},
    {"sweep: {hops: [1, 2]}\nexpect: [{metric: success, at_least: 1, against: {}}]\n",
     "names what the baseline has"},
    {"expect: [{metric: success, ratio_at_least: 1}]\n", "unknown key `ratio_at_least`"},
};

/* Reads what can be read, and checks it: whatever is missing, nothing is left behind. */
static void check_part(const struct fixture *fixture, const char *path) {
  struct scenario scenario;
  struct complaints complaints = {0};
  scenario_read(&scenario, path, &fixture->schema, &complaints);
  if (scenario.has_runs)
    scenario_check(&scenario, &fixture->schema, &complaints);
  complaints_deinit(&complaints);
  scenario_deinit(&scenario);
}

static void scenario_mistakes(void **state) {
  const struct fixture *fixture = *state;
  for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
    struct scenario scenario;
    struct text error = {0};
    char *path = fixture_write(fixture, "t.yaml", MISTAKES[i].yaml);
    int status = scenario_init(&scenario, path, &fixture->schema, &error);
    if (status == 0 || strstr(text_string(&error), MISTAKES[i].error) == NULL)
      fail_msg("%s\n: expected:\n%s\n: but:\n%s", MISTAKES[i].yaml, MISTAKES[i].error,
               text_string(&error));
    check_part(fixture, path);
    text_deinit(&error);
    free(path);
  }
}

/* Every truncation of a good scenario is read or refused, and nothing worse. */
static void truncations(void **state) {
  static const char WHOLE[] =
      "title: x\nfixed: {peers: 2}\nsweep:\n  hops: [1, 2]\n  frame_loss: {from: 0, to: 0.2, step: "
      "0.1}\ncases:\n  a: {seqnum_bytes: 1}\nskip:\n  - {hops: 2, case: a}\ntables:\n  - {name: t, "
      "columns: [success, p95 time_ms], where: {hops: 1}}\nfigures:\n  - {name: f, type: bands, x: "
      "hops, y: [median time_ms], labels: {a: b}}\n  - {name: g, type: savings, of: [mean sum], "
      "against: {hops: 1}, rows: hops}\nderived:\n  sum: {is: bytes_air + 2 * app_bytes_air, unit: "
      "B}\ncomputed:\n  b computed: {from: a, note: n, metrics: {bytes_air: 2 * bytes_air}}\n"
      "expect:\n  - {metric: success, at_least: 1}\n";
  const struct fixture *fixture = *state;
  bool read = false;
  for (size_t length = 0; length <= strlen(WHOLE); length++) {
    char *part = text_format("%.*s", (int)length, WHOLE);
    char *path = fixture_write(fixture, "part.yaml", part);
    struct scenario scenario;
    struct text error = {0};
    read = scenario_init(&scenario, path, &fixture->schema, &error) == 0;
    if (read)
      scenario_deinit(&scenario);
    else
      assert_non_null(strstr(text_string(&error), "part.yaml:"));
    check_part(fixture, path);
    text_deinit(&error);
    free(path);
    free(part);
  }
  assert_true(read); /* the whole of it is good */
}

static void extending(void **state) {
  const struct fixture *fixture = *state;
  char *base = fixture_write(fixture, "base.yaml",
                             "title: base\nfixed: {peers: 3, mac_max_retries: 1}\n"
                             "sweep: {hops: [1, 2], frame_loss: [0, 0.1]}\nrepeat: 5\n"
                             "tables: [{name: one, columns: [success]}]\n");
  char *path = fixture_write(fixture, "child.yaml",
                             "extends: base\nfixed: {hops: 4, peers: 2}\n"
                             "sweep: {mac_max_retries: [0, 7]}\n");
  struct scenario scenario;
  struct text error = {0};
  assert_int_equal(scenario_init(&scenario, path, &fixture->schema, &error), 0);
  assert_string_equal(scenario.name, "child");
  assert_string_equal(scenario.title, "base");
  assert_int_equal(scenario.repeat, 5);
  assert_int_equal(json_integer_value(json_object_get(scenario.fixed, "peers")), 2);
  assert_int_equal(json_integer_value(json_object_get(scenario.fixed, "hops")), 4);
  assert_null(json_object_get(scenario.fixed, "mac_max_retries"));
  assert_int_equal(json_object_size(scenario.sweep), 2);
  assert_int_equal(scenario.presentation.table_count, 1);
  scenario_deinit(&scenario);
  text_deinit(&error);
  free(base);
  free(path);
}

/* Where the scenario is, or where it is said to be; also of one that is extended. */
static void paths_of_files(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "base.yaml", "fixed: {links: other/a.csv}\n"));
  char *path = fixture_write(fixture, "child.yaml",
                             "extends: base\ncases: {near: {links: b.csv}, far: {links: /c.csv}, "
                             "none: {links: ''}, name: {platform: z1}, "
                             "mine: {platform: my/z1.yaml}}\n");
  char *placed = text_format("%s/b.csv", fixture->folder);
  char *placed_platform = text_format("%s/my/z1.yaml", fixture->folder);
  struct scenario scenario;
  struct text error = {0};
  assert_int_equal(scenario_init(&scenario, path, &fixture->schema, &error), 0);
  const struct {
    const char *name, *key, *value;
  } cases[] = {{"near", "links", placed},
               {"far", "links", "/c.csv"},
               {"none", "links", ""},
               {"name", "platform", "z1"},
               {"mine", "platform", placed_platform}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const json_t *settings = json_object_get(scenario.cases, cases[i].name);
    assert_string_equal(json_string_value(json_object_get(settings, cases[i].key)), cases[i].value);
  }
  scenario_deinit(&scenario);
  text_deinit(&error);
  free(placed_platform);
  free(placed);
  free(path);
}

static void finding(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  free(fixture_write(fixture, "losses.yaml", "title: x\n"));
  assert_null(scenario_find("lossis", fixture->folder, &error));
  assert_non_null(strstr(text_string(&error), "did you mean `losses`?"));
  char *near = text_format("%s/lossis.yaml", fixture->folder);
  char *asked = text_format("did you mean the file `%s/losses.yaml`?", fixture->folder);
  assert_null(scenario_find(near, fixture->folder, &error));
  fixture_assert_has(text_string(&error), asked);
  assert_null(scenario_find("nosuch/losse.yaml", fixture->folder, &error));
  assert_non_null(strstr(text_string(&error), "nosuch/losse.yaml\n  did you mean `losses`?"));
  free(near);
  free(asked);
  char *path = scenario_find("losses", fixture->folder, &error);
  assert_non_null(path);
  free(path);
  text_deinit(&error);
}

enum { VALUES = 60000, KEYS = 40000, CPU_MOST_S = 5, ERROR_MOST = 16000 };

/* `count` times, with a number. */
static void add_many(struct text *yaml, const char *before, int count, const char *behind) {
  for (int i = 0; i < count; i++)
    text_add(yaml, "%s%d%s", before, i, behind);
}

/* Large scenarios are read at once, and what is wrong with them is a short text. */
static void large(void **state) {
  const struct fixture *fixture = *state;
  static const struct {
    const char *begin, *before, *behind, *end;
    int count;
    const char *error; /* NULL: it is good */
  } CASES[] = {
      {"sweep: {app_interval_ms: [", "", ", ", "]}\n", VALUES, NULL},
      {"sweep: {app_interval_ms: [", "", ", ", "59999]}\n", VALUES, "this value is here twice"},
      {"sweep: {app_interval_ms: [", "", ", ", "x, 1]}\n", VALUES, "`x` is not accepted for"},
      {"cases:\n", "  c", ": {hops: 1}\n", "", KEYS, NULL},
      {"cases:\n", "  c", ": {hops: 1}\n", "  c39999: {}\n", KEYS, "`c39999` is here twice"},
      {"fixed: {", "key", ": 1, ", "}\n", KEYS, "unknown key `key0`"},
      {"fixed: {topology: ", "x", "", "}\n", KEYS, "` is not accepted for `topology`"},
      {"titel: ", "x", "", "\n", KEYS, "unknown key `titel`"},
      {"fixed: {hops: ]", "x", " ", "\n", KEYS, "did not find expected node content"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    struct text yaml = {0}, error = {0};
    struct scenario scenario;
    text_add(&yaml, "%s", CASES[i].begin);
    add_many(&yaml, CASES[i].before, CASES[i].count, CASES[i].behind);
    text_add(&yaml, "%s", CASES[i].end);
    char *path = fixture_write(fixture, "large.yaml", yaml.data);
    const clock_t begin = clock();
    const int status = scenario_init(&scenario, path, &fixture->schema, &error);
    if (clock() - begin > (clock_t)CPU_MOST_S * CLOCKS_PER_SEC)
      fail_msg("%s: this took long", CASES[i].begin);
    assert_int_equal(status, CASES[i].error == NULL ? 0 : -1);
    if (status == 0)
      scenario_deinit(&scenario);
    else
      fixture_assert_has(text_string(&error), CASES[i].error);
    assert_true(error.length < ERROR_MOST);
    text_deinit(&yaml);
    text_deinit(&error);
    free(path);
  }
}

/* The caret stands under the same character, whatever is cut. */
static void cut_lines(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  struct scenario scenario;
  char *path = fixture_write(
      fixture, "cut.yaml",
      "fixed: {hops: 1, frame_loss: 0, token_bytes: 1, seqnum_bytes: 2, method: eap-psk, hopps: 1, "
      "app_messages: 1, app_payload_bytes: 1, app_interval_ms: 1, app_method: get}\n");
  assert_int_equal(scenario_init(&scenario, path, &fixture->schema, &error), -1);
  fixture_assert_has(
      text_string(&error),
      "    1 | …_loss: 0, token_bytes: 1, seqnum_bytes: 2, method: eap-psk, hopps: 1, "
      "app_messages: 1, app_payload_bytes: 1, app_interva…\n"
      "      |                                                              ^~~~~\n");
  text_deinit(&error);
  free(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scenario_mistakes),
      cmocka_unit_test(truncations),
      cmocka_unit_test(large),
      cmocka_unit_test(cut_lines),
      cmocka_unit_test(extending),
      cmocka_unit_test(paths_of_files),
      cmocka_unit_test(finding),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
