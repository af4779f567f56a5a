/* Small multiples: panels of one figure over the same axes, the lines that are told apart in them,
 * and what is drawn only where it says something. */
#include "fixture.h"
#include "scenario/scenario.h"
#include "support/process.h"
#include "support/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static size_t count_of(const char *text, const char *words) {
  size_t count = 0;
  for (const char *at = text; (at = strstr(at, words)) != NULL; at++)
    count++;
  return count;
}

/* The script of the figure `f` with these keys, over these cells. */
static char *script_of(const struct fixture *fixture, const char *cells, const char *keys) {
  char *scenario = text_format("%s\nrepeat: 3\nfigures: [{name: f, title: T, %s}]\n", cells, keys);
  free(fixture_run(fixture, scenario, true));
  free(scenario);
  return fixture_read(fixture, "figures/f.gp");
}

/* One of each type: headings, and a block of data or a bar for each series of each panel. */
static const struct {
  const char *keys, *expected;
  size_t blocks;
} PANELS[] = {
    {"type: bands, x: frame_loss, y: mean time_ms, panels: hops, labels: {hops 1: a hop}",
     "\"a hop\", \"hops 2\", \"hops 3\"", 6},
    {"type: cdf, of: time_ms, panels: hops, where: {frame_loss: 0}",
     "\"hops 1\", \"hops 2\", \"hops 3\"", 6},
    {"type: progress, of: joined, panels: hops, where: {frame_loss: 0}",
     "\"hops 1\", \"hops 2\", \"hops 3\"", 12},
    {"type: stack, of: ledger, bars: association, panels: hops, where: {frame_loss: 0}",
     "\"hops 1\", \"hops 2\", \"hops 3\"", 0},
};

static void panels_of_each_type(void **state) {
  for (size_t i = 0; i < sizeof PANELS / sizeof PANELS[0]; i++) {
    char *script = script_of(
        *state, "sweep: {association: [oscore, dtls], hops: [1, 2, 3], frame_loss: [0, 0.1]}",
        PANELS[i].keys);
    char *data = fixture_read(*state, "figures/f.tsv");
    fixture_assert_has(script, PANELS[i].expected);
    if (PANELS[i].blocks > 0) {
      fixture_assert_has(script, "SERIES = 2;");
      fixture_assert_has(script, "TILES = 3\n");
      assert_int_equal(count_of(data, "# "), PANELS[i].blocks);
    } else {
      fixture_assert_has(data, "\"hops 3, dtls\"\t");
      assert_int_equal(count_of(data, "\n"), 7);
    }
    free(data);
    free(script);
  }
}

/* All panels have the same axes: those of the largest. */
static void axes_are_shared(void **state) {
  char *script = script_of(*state, "sweep: {hops: [1, 2, 3, 4], frame_loss: [0, 0.1]}",
                           "type: bands, x: frame_loss, y: mean time_ms, panels: hops");
  assert_int_equal(count_of(script, "array HIGH[1]"), 1);
  assert_int_equal(count_of(script, "X_LOW = "), 1);
  fixture_assert_has(script, "array ROW[4] = [1, 1, 2, 2]\narray COLUMN[4] = [1, 2, 1, 2]\n"
                             "array LOWEST[4] = [0, 0, 1, 1]\n");
  free(script);
}

/* A panel that lacks a series leaves its place free: the others keep their lines. */
static void a_series_that_a_panel_lacks(void **state) {
  char *script = script_of(*state,
                           "sweep: {association: [oscore, dtls], hops: [1, 2], frame_loss: [0, "
                           "0.1]}\nskip: [{association: oscore, hops: 2}]",
                           "type: bands, x: frame_loss, y: mean time_ms, panels: hops");
  char *data = fixture_read(*state, "figures/f.tsv");
  fixture_assert_has(script, "array NAME[2] = [\"oscore\", \"dtls\"]");
  fixture_assert_has(data, "# hops 2, oscore\nframe_loss\tmean time_ms\tlow\thigh\tn\nNaN\n");
  free(data);
  free(script);
}

/* Fails unless a report of the scenario says so, instead of drawing. */
static void assert_said(const struct fixture *fixture, const char *words) {
  char program[] = "sh", option[] = "-c";
  char *command = text_format(COAP_EAP_BENCH " report --results %s/results %s/c.yaml 2>&1; true",
                              fixture->folder, fixture->folder);
  char *argv[] = {program, option, command, NULL};
  struct text output = {0}, error = {0};
  assert_int_equal(process_capture(argv, NULL, false, &output, &error), 0);
  fixture_assert_has(text_string(&output), words);
  text_deinit(&output);
  free(command);
}

#define EIGHT "sweep: {association: [oscore, dtls], hops: [1, 2, 3, 4], frame_loss: [0, 0.1]}"

/* Eight lines, each with a style of its own; ten are refused, and so are too many panels. */
static void how_many_there_may_be(void **state) {
  char *script = script_of(*state, EIGHT, "type: bands, x: frame_loss, y: mean time_ms");
  fixture_assert_has(script, "SERIES = 8;");
  for (int i = 1; i <= 8; i++) {
    char *style = text_format("set style line %d linecolor rgb", i);
    fixture_assert_has(script, style);
    free(style);
  }
  free(script);
  static const struct {
    const char *cells, *keys, *said;
  } TOO_MANY[] = {
      {"sweep: {association: [oscore, dtls], hops: [1, 2, 3, 4, 5], frame_loss: [0, 0.1]}",
       "type: bands, x: frame_loss, y: mean time_ms",
       "figure f: 10 series, more than 8 can be told apart"},
      {"sweep: {frame_loss: {from: 0, to: 0.24, step: 0.02}}",
       "type: cdf, of: time_ms, panels: frame_loss", "figure f: 13 panels, more than 12"},
  };
  for (size_t i = 0; i < sizeof TOO_MANY / sizeof TOO_MANY[0]; i++) {
    char *scenario = text_format("%s\nfigures: [{name: f, title: T, %s}]\n", TOO_MANY[i].cells,
                                 TOO_MANY[i].keys);
    /* Of runs that are there: before any is made, run refuses it. */
    free(fixture_run(*state, TOO_MANY[i].cells, true));
    free(fixture_write(*state, "c.yaml", scenario));
    free(scenario);
    assert_said(*state, TOO_MANY[i].said);
  }
}

/* Success of all is words, not a strip; what fails somewhere is drawn. */
static void ratios_above(void **state) {
  static const char KEYS[] =
      "type: bands, x: hops, y: mean time_ms, above: [success, retransmission_share]";
  char *script = script_of(*state, "sweep: {hops: [1, 2]}", KEYS);
  fixture_assert_has(script, "STRIPS = 1;");
  fixture_assert_has(script, "\"all authentications succeed; no message is repeated; radio only");
  free(script);
  script = script_of(*state, "fixed: {frame_loss: 0.75}\nsweep: {hops: [1, 2]}", KEYS);
  fixture_assert_has(script, "Authentications that succeed (%)");
  assert_null(strstr(script, "all authentications succeed"));
  free(script);
}

/* Times and energies say what is not in them, in every type; other figures do not. */
static void what_is_not_modelled(void **state) {
  static const struct {
    const char *cells, *keys, *expected;
  } TABLE[] = {
      {"sweep: {hops: [1, 2]}", "type: bands, x: hops, y: mean time_ms", "radio only (no"},
      {"sweep: {hops: [1, 2]}", "type: bands, x: hops, y: mean bytes_air", NULL},
      {"sweep: {hops: [1, 2]}", "type: cdf, of: time_ms", "radio only (no"},
      {"fixed: {crypto: slow}\nsweep: {hops: [1, 2]}", "type: cdf, of: time_ms", NULL},
      {"sweep: {hops: [1, 2]}", "type: progress, of: joined", "radio only (no"},
      {"sweep: {hops: [1, 2]}", "type: stack, of: ledger", NULL},
      {"sweep: {crypto: [none, slow]}", "type: stack, parts: {radio: energy_peer_mj}",
       "radio only (no computing is modelled) where crypto is none"},
      {"sweep: {hops: [1, 2]}",
       "type: savings, of: [mean bytes_air, mean time_ms], against: {hops: 1}, rows: hops",
       "times and energies are radio only (no"},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    char *script = script_of(*state, TABLE[i].cells, TABLE[i].keys);
    if (TABLE[i].expected == NULL)
      assert_null(strstr(script, "radio only"));
    else
      fixture_assert_has(script, TABLE[i].expected);
    free(script);
  }
}

/* Intervals that lie over each other become bars: two of a second measure, three of the first. */
static void intervals_over_each_other(void **state) {
  static const struct {
    const char *cells, *keys, *whiskers, *second, *note;
  } TABLE[] = {
      {"sweep: {association: [oscore, dtls], frame_loss: [0, 0.1]}",
       "y: [mean time_ms, median time_ms]", "WHISKERS[1] = [0]", "SECOND_WHISKERS = 1",
       "mean (lines) and median (points); shaded, bars: intervals"},
      {"sweep: {hops: [1, 8], frame_loss: [0, 0.01]}", "y: [mean time_ms, median time_ms]",
       "WHISKERS[1] = [0]", "SECOND_WHISKERS = 0", "mean (with marks) and median (thin); shaded"},
      {"cases: {a: {}, b: {}, c: {}}\nsweep: {frame_loss: [0, 0.1]}", "y: median time_ms",
       "WHISKERS[1] = [1]", "SECOND_WHISKERS = 0", "median; bars: interval"},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    char *scenario = text_format(
        "%s\nrepeat: 12\nfigures: [{name: f, title: T, type: bands, x: frame_loss, %s}]\n",
        TABLE[i].cells, TABLE[i].keys);
    free(fixture_run(*state, scenario, true));
    char *script = fixture_read(*state, "figures/f.gp");
    fixture_assert_has(script, TABLE[i].whiskers);
    fixture_assert_has(script, TABLE[i].second);
    fixture_assert_has(script, TABLE[i].note);
    free(script);
    free(scenario);
  }
}

static void panels_mistakes(void **state) {
  const struct fixture *fixture = *state;
  static const struct {
    const char *keys, *expected;
  } CASES[] = {
      {"type: cdf, of: time_ms, panels: seed", "`seed` is not varied here"},
      {"type: cdf, of: time_ms, panels: [hops, frame_loss]", "panels are of one column"},
      {"type: bands, x: hops, y: mean time_ms, panels: hops", "`x` cannot split panels"},
      {"type: stack, of: ledger, bars: hops, panels: hops",
       "what splits panels tells nothing apart inside of one"},
      {"type: savings, of: [mean time_ms], against: {hops: 1}, panels: hops",
       "unknown key `panels`"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char *content = text_format(
        "sweep: {hops: [1, 2], frame_loss: [0, 0.1]}\nfigures: [{name: f, title: T, %s}]\n",
        CASES[i].keys);
    fixture_assert_mistake(fixture, content, CASES[i].expected);
    free(content);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(panels_of_each_type),
      cmocka_unit_test(axes_are_shared),
      cmocka_unit_test(a_series_that_a_panel_lacks),
      cmocka_unit_test(how_many_there_may_be),
      cmocka_unit_test(ratios_above),
      cmocka_unit_test(what_is_not_modelled),
      cmocka_unit_test(intervals_over_each_other),
      cmocka_unit_test(panels_mistakes),
  };
  return cmocka_run_group_tests_name("figure_panels", tests, fixture_setup, fixture_teardown);
}
