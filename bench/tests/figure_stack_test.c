/* Stack figures: what is put together, how many parts are told apart, and what is not there. */
#include "fixture.h"
#include "scenario/scenario.h"
#include "support/markup.h"
#include "support/memory.h"
#include "support/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Draws the figure `f` with these keys; what the program printed. */
static char *draw_stack(const struct fixture *fixture, const char *keys, bool good) {
  char *scenario = text_format("sweep: {hops: [1, 2]}\nrepeat: 2\n"
                               "figures: [{name: f, type: stack, of: ledger%s}]\n",
                               keys);
  char *printed = fixture_run(fixture, scenario, good);
  free(scenario);
  return printed;
}

static const struct {
  const char *keys, *parts;
} STACKS[] = {
    {"", "[7] = [\"EAP method\", \"EAP header\", \"CoAP\", \"OSCORE, DTLS\", "
         "\"UDP, IPv6, 6LoWPAN\", \"MAC and PHY\", \"MAC acks\"]"},
    {", by: group", "[7] = [\"EAP method\", \"EAP header\""},
    {", by: family", "[5] = [\"EAP\", \"lower layer\", \"association\", \"network\", \"link\"]"},
    {", groups: {ours: [CoAP, 'OSCORE, DTLS'], acks: mac_ack, token: []}",
     "[6] = [\"EAP method\", \"EAP header\", \"ours\", \"UDP, IPv6, 6LoWPAN\", \"MAC and PHY\", "
     "\"acks\"]"},
    {", by: family, groups: {method: eap_method, below: [network, link]}",
     "[5] = [\"method\", \"EAP\", \"lower layer\", \"association\", \"below\"]"},
};

static void parts(void **state) {
  for (size_t i = 0; i < sizeof STACKS / sizeof STACKS[0]; i++) {
    free(draw_stack(*state, STACKS[i].keys, true));
    char *script = fixture_read(*state, "figures/f.gp");
    fixture_assert_has(script, STACKS[i].parts);
    free(script);
  }
}

/* The parts of the first bar, and that they add up to its total. */
static size_t count_parts(const struct fixture *fixture) {
  char *data = fixture_read(fixture, "figures/f.tsv"), *field = strchr(data, '\n') + 1, *word;
  double number[64], sum = 0;
  size_t count = 0;
  field[strcspn(field, "\n")] = '\0';
  strsep(&field, "\t");
  while ((word = strsep(&field, "\t")) != NULL)
    number[count++] = strtod(word, NULL);
  for (size_t i = 0; i + 3 < count; i++)
    sum += number[i];
  assert_float_equal(sum, number[count - 3], 1e-6);
  free(data);
  return count - 3;
}

/* Behind seven plain fills, there are hatches; behind the last of these, a figure is refused. */
static void many_parts(void **state) {
  static const struct {
    int more; /* than the seven groups of the simulator */
    bool good, hatched;
    const char *keys;
  } MANY[] = {{0, true, false, ""},   {1, true, true, ""},
              {5, true, true, ""},    {13, true, true, ""},
              {14, false, false, ""}, {14, true, true, ", groups: {others: [part_0, Part 1]}"}};
  for (size_t i = 0; i < sizeof MANY / sizeof MANY[0]; i++) {
    char *more = text_format("%d", MANY[i].more);
    assert_int_equal(setenv("FAKE_PARTS", more, 1), 0);
    assert_int_equal(setenv("FAKE_CODE", more, 1), 0);
    free(draw_stack(*state, MANY[i].keys, MANY[i].good));
    unsetenv("FAKE_PARTS");
    unsetenv("FAKE_CODE");
    free(more);
    if (!MANY[i].good)
      continue;
    char *svg = fixture_read(*state, "figures/f.svg");
    assert_int_equal(strstr(svg, "<pattern id=") != NULL, MANY[i].hatched);
    assert_int_equal(count_parts(*state), 7 + MANY[i].more - (MANY[i].keys[0] != '\0'));
    free(svg);
  }
}

/* Metrics of one unit, as the scenario orders them; a bar that lacks a part's figure is marked. */
static const char ENERGY[] =
    "sweep: {crypto: [none, slow]}\nrepeat: 2\nfigures:\n"
    "  - {name: f, type: stack, bars: crypto%s, parts: {computing: energy_peer_cpu_mj,\n"
    "     radio: [energy_peer_listen_mj, energy_peer_transmit_mj], pause: "
    "[app_exchange_energy_mj]}}\n"
    "tables: [{name: t, blank: not modelled, columns: [max energy_peer_cpu_mj]}]\n";

static void metrics(void **state) {
  char *scenario = text_format(ENERGY, "");
  free(fixture_run(*state, scenario, true));
  char *script = fixture_read(*state, "figures/f.gp"),
       *data = fixture_read(*state, "figures/f.tsv");
  fixture_assert_has(script, "array GROUP[2] = [\"computing\", \"radio\"]\n");
  fixture_assert_has(script,
                     "NOTES = 2\narray NOTE[2] = [\"\xe2\x80\xa0 not modelled: computing\", "
                     "\"\xe2\x80\xa0\xe2\x80\xa0 not modelled: pause\"]\n");
  const char *numbers = strstr(script, "array NUMBER[2] = [");
  assert_non_null(numbers);
  double none, slow;
  assert_int_equal(sscanf(numbers,
                          "array NUMBER[2] = [\"%lf \xe2\x80\xa0 \xe2\x80\xa0\xe2\x80\xa0\", "
                          "\"%lf \xe2\x80\xa0\xe2\x80\xa0\"]",
                          &none, &slow),
                   2);
  double cpu, radio, total;
  assert_int_equal(sscanf(strstr(data, "\"none\""), "\"none\" %lf %lf %lf", &cpu, &radio, &total),
                   3);
  assert_true(!(cpu > 0) && radio > 0);
  fixture_assert_near(total, radio, 1e-6);
  fixture_assert_near(none, total, 0.01 * total);
  assert_int_equal(sscanf(strstr(data, "\"slow\""), "\"slow\" %lf %lf %lf", &cpu, &radio, &total),
                   3);
  fixture_assert_near(cpu, radio, 1e-6);
  fixture_assert_near(total, 2 * radio, 1e-6);
  char *cells = fixture_read(*state, "cells.csv"), *table = fixture_read(*state, "tables/t.txt");
  fixture_assert_has(table, "\nnone    2     not modelled\n");
  fixture_assert_has(cells, "slow,energy_peer_cpu_mj,mean,");
  assert_null(strstr(cells, "none,energy_peer_cpu_mj"));
  free(cells);
  free(table);
  free(data);
  free(script);
  free(scenario);
}

static void shares(void **state) {
  char *scenario = text_format(ENERGY, ", shares: true");
  free(fixture_run(*state, scenario, true));
  char *script = fixture_read(*state, "figures/f.gp"),
       *data = fixture_read(*state, "figures/f.tsv");
  fixture_assert_has(data, "\"none\"\t0\t1\t1\t1\t1\n");
  fixture_assert_has(data, "\"slow\"\t0.5\t0.5\t1\t1\t1\n");
  fixture_assert_has(script, " mJ \xe2\x80\xa0 ");
  free(data);
  free(script);
  free(scenario);
}

/* Parts of the time inside of a JSON key: their sum is the time. */
static void inside_of_json(void **state) {
  free(fixture_run(*state,
                   "sweep: {hops: [1, 2]}\nrepeat: 2\n"
                   "derived: {rest_ms: {is: time_ms - time_parts_ms.air - time_parts_ms.cpu_peer"
                   " - time_parts_ms.backoff}}\n"
                   "figures: [{name: f, type: stack, parts: {air: time_parts_ms.air, processor: "
                   "time_parts_ms.cpu_peer, waiting: time_parts_ms.backoff}}]\n"
                   "expect: [{metric: max rest_ms, at_least: -1e-9, at_most: 1e-9}]\n",
                   true));
  assert_int_equal(count_parts(*state), 3);
  char *script = fixture_read(*state, "figures/f.gp");
  fixture_assert_has(script, "NOTES = 0\n");
  free(script);
}

/* A phase that no run has is no figure that is missing, but no octets; its time is no time. */
static void phases_that_are_not_there(void **state) {
  free(fixture_run(*state,
                   "sweep: {hops: [1, 2]}\nrepeat: 2\n"
                   "derived: {all: {is: phases.authentication.first.bytes_air + "
                   "phases.pull.first.bytes_air, unit: B}}\n"
                   "tables: [{name: t, blank: none, columns: [mean phases.pull.first.time_ms]}]\n"
                   "figures: [{name: f, type: stack, parts: {a: "
                   "phases.authentication.first.bytes_air, b: phases.pull.first.bytes_air}}]\n"
                   "expect: [{metric: mean all, at_least: 1}]\n",
                   true));
  assert_int_equal(count_parts(*state), 1); /* what no bar has is not in the legend */
  char *script = fixture_read(*state, "figures/f.gp"),
       *table = fixture_read(*state, "tables/t.txt");
  fixture_assert_has(script, "NOTES = 0\n");
  fixture_assert_has(table, " none\n");
  free(script);
  free(table);
}

/* Bars of one group stand together, in whatever order the cells are. */
static void groups_of_bars(void **state) {
  free(fixture_run(*state,
                   "sweep: {association: [oscore, dtls], hops: [1, 2]}\nfigures:\n"
                   "  - {name: f, type: stack, bars: [hops, association], parts: {a: bytes_air}}\n",
                   true));
  char *script = fixture_read(*state, "figures/f.gp");
  fixture_assert_has(script, "array OUTER[4] = [\"hops 1\", \"\", \"hops 2\", \"\"]\n"
                             "array INNER[4] = [\"oscore\", \"dtls\", \"oscore\", \"dtls\"]\n");
  free(script);
}

static void stack_mistakes(void **state) {
  const struct fixture *fixture = *state;
  static const struct {
    const char *keys, *expected;
  } CASES[] = {
      {"parts: [time_ms]", "a mapping (words: metric or [metrics]) is expected here"},
      {"parts: {}", "`parts` names no metric"},
      {"parts: {a: []}", "`parts` names no metric"},
      {"parts: {a: [[time_ms]]}", "a metric is expected here"},
      {"parts: {a: tim_ms}", "1:45: this has an unknown metric `tim_ms`; did you mean `time_ms`?"},
      {"parts: {a: time_ms, b: energy_peer_mj}", "`energy_peer_mj` has `mJ`, those before it `ms`"},
      {"parts: {a: time_ms, b: time_ms}", "`time_ms` is in `a` already"},
      {"parts: {a: time_ms}, by: family", "`by` is of a ledger: it does not go with `parts`"},
      {"of: ledger, parts: {a: time_ms}", "`of` is of a ledger"},
      {"parts: {a: time_ms}, shares: maybe", "`shares` is true or false"},
      {"shares: true", "`of` is missing"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char *content = text_format("figures: [{name: f, type: stack, %s}]\n", CASES[i].keys);
    fixture_assert_mistake(fixture, content, CASES[i].expected);
    free(content);
  }
}

/* The patterns of two figures on one page do not mix. */
static void patterns_on_a_page(void **state) {
  (void)state;
  struct text html = {0};
  markup_add_svg(&html, "<svg><defs><pattern id='gpPat1'/></defs><path fill='url(#gpPat1)'/></svg>",
                 "f", "T < U");
  assert_string_equal(
      html.data,
      "<svg role=\"img\" aria-label=\"T &lt; U\"><defs><pattern id='f-gpPat1'/></defs><path "
      "fill='url(#f-gpPat1)'/></svg>");
  text_deinit(&html);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parts),
      cmocka_unit_test(many_parts),
      cmocka_unit_test(metrics),
      cmocka_unit_test(shares),
      cmocka_unit_test(inside_of_json),
      cmocka_unit_test(phases_that_are_not_there),
      cmocka_unit_test(groups_of_bars),
      cmocka_unit_test(stack_mistakes),
      cmocka_unit_test(patterns_on_a_page),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
