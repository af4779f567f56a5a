/* Heat maps: which cell is where, what stands in it, which colour it has, and what is said where
 * there is no number or no room. */
#include "fixture.h"
#include "support/memory.h"
#include "support/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The script of the heat map `f` with these keys, over these cells; `data` gets what it draws. */
static char *draw_heat(const struct fixture *fixture, const char *cells, const char *keys,
                       char **data) {
  char *scenario =
      text_format("%s\nfigures: [{name: f, title: T, type: heat, %s}]\n"
                  "tables: [{name: t, columns: [median time_ms, retransmission_share]}]\n",
                  cells, keys);
  free(fixture_run(fixture, scenario, true));
  free(scenario);
  *data = fixture_read(fixture, "figures/f.tsv");
  return fixture_read(fixture, "figures/f.gp");
}

/* The words stand in the script, whether on one line of the figure or broken into two. */
static bool says(const char *script, const char *words) {
  struct text joined = {0};
  for (const char *at = script; *at != '\0'; at++) {
    const bool broken = strncmp(at, "\", \"", 4) == 0;
    text_add_bytes(&joined, broken ? " " : at, 1);
    at += broken ? 3 : 0;
  }
  const bool said = strstr(text_string(&joined), words) != NULL;
  text_deinit(&joined);
  return said;
}

static double number_of(const char *script, const char *name) {
  char *definition = text_format("%s = ", name);
  const char *at = strstr(script, definition);
  if (at == NULL)
    fail_msg("%s is not in the script", name);
  const double number = strtod(at + strlen(definition), NULL);
  free(definition);
  return number;
}

/* Numbers in order, from the left and from the top, whatever the order of the sweep; each has the
 * figure that the table has. */
static void cells_have_their_places(void **state) {
  char *data;
  char *script = draw_heat(*state, "repeat: 12\nsweep: {hops: [3, 1, 2], frame_loss: [0.1, 0]}",
                           "of: median time_ms, x: hops, rows: frame_loss", &data);
  char *table = fixture_read(*state, "tables/t.csv");
  fixture_assert_has(script, "array X_NAME[3] = [\"1\", \"2\", \"3\"]\n"
                             "array ROW_NAME[2] = [\"0\", \"10\"]\n");
  fixture_assert_has(script, "\"frame loss (%)\"");
  size_t lines = 0;
  char *rest = strchr(strchr(data, '\n') + 1, '\n') + 1, *line;
  while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
    unsigned place, row, runs;
    double hops, loss, value, low, high;
    assert_int_equal(sscanf(line, "%u %u %lf %lf %lf %lf %lf %u", &place, &row, &hops, &loss,
                            &value, &low, &high, &runs),
                     8);
    assert_int_equal(place, (unsigned)hops);
    assert_int_equal(row, loss > 0 ? 2 : 1);
    assert_int_equal(runs, 12);
    char *cell = text_format("\n%g,%g,12,", hops, loss);
    const char *at = strstr(table, cell);
    assert_non_null(at);
    fixture_assert_near(value, strtod(at + strlen(cell), NULL), 1e-4);
    free(cell);
    lines++;
  }
  assert_int_equal(lines, 6);
  free(table);
  free(data);
  free(script);
}

#define LOSSY "repeat: 20\nsweep: {hops: [1, 2], frame_loss: [0, 0.1]}"
#define FAILING "repeat: 20\nsweep: {hops: [1, 2], frame_loss: [0, 0.75]}"
#define OF_LOSS "x: hops, rows: frame_loss"

/* What stands below the numbers, and what is said once instead. */
static void shares_below(void **state) {
  static const struct {
    const char *cells, *keys, *header, *said;
    int lines;
  } TABLE[] = {
      {LOSSY, "of: median time_ms, " OF_LOSS,
       "\tn\twords\tretransmission_share\tlow\thigh\twords\n",
       "small: runs in which a message is repeated; all authentications succeed", 1},
      {FAILING, "of: median time_ms, " OF_LOSS,
       "\tn\twords\tretransmission_share\tlow\thigh\twords\tsuccess\tlow\thigh\twords\n",
       "ok: authentications that succeed, where some fail", 2},
      {FAILING, "of: median time_ms, below: [success, retransmission_share], " OF_LOSS,
       "\tretransmission_share\tlow\thigh\twords\tsuccess\tlow\thigh\twords\n", "; ok: ", 2},
      {FAILING, "of: median time_ms, below: [], " OF_LOSS, "\tn\twords\n", "radio only", 0},
      {LOSSY, "of: mean bytes_air, " OF_LOSS, "\tn\twords\n", "all authentications succeed", 0},
      {FAILING, "of: success, " OF_LOSS, "success\tlow\thigh\tn\twords\n", "success (%)", 0},
      {"repeat: 5\nsweep: {hops: [1, 2], association: [oscore, dtls]}",
       "of: median time_ms, x: hops, rows: association", "\tn\twords\n",
       "no message is repeated; all authentications succeed; radio", 0},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    char *data, *script = draw_heat(*state, TABLE[i].cells, TABLE[i].keys, &data);
    fixture_assert_has(data, TABLE[i].header);
    if (!says(script, TABLE[i].said))
      fail_msg("%s", TABLE[i].said);
    assert_int_equal((int)number_of(script, "LINES"), TABLE[i].lines);
    free(data);
    free(script);
  }
}

/* The words of shares: a cell where all succeed says nothing of it. */
static void words_of_shares(void **state) {
  char *data;
  char *script = draw_heat(*state, FAILING, "of: median time_ms, " OF_LOSS, &data);
  fixture_assert_has(data, "\t\"0 %\"\t1\t0.83887484\t1\t\"\"\n");
  fixture_assert_has(data, "\t\"100 %\"\t0\t0\t0.16112516\t\"0 % ok\"\n");
  free(data);
  free(script);
}

/* A pair that nobody ran, a quantile of too many failures, a mean of none that succeeded. */
static void cells_without_a_number(void **state) {
  static const struct {
    const char *cells, *keys, *line, *said;
  } TABLE[] = {
      {LOSSY "\nskip: [{hops: 2, frame_loss: 0.1}]", "of: median time_ms, " OF_LOSS,
       "\n2\t2\t2\t0.1\tNaN\tNaN\tNaN\t0\t\"\"\tNaN\tNaN\tNaN\t\"\"\n", "hatched: not run"},
      {FAILING, "of: median time_ms, " OF_LOSS, "\n2\t2\t2\t0.75\tInf\tInf\tInf\t20\t\"∞\"\t",
       "∞: too many runs fail"},
      {FAILING, "of: mean time_ms, " OF_LOSS, "\n2\t2\t2\t0.75\tNaN\tNaN\tNaN\t20\t\"–\"\t",
       "–: there is no such figure"},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    char *data, *script = draw_heat(*state, TABLE[i].cells, TABLE[i].keys, &data);
    fixture_assert_has(data, TABLE[i].line);
    for (size_t j = 0; j < sizeof TABLE / sizeof TABLE[0]; j++)
      if (says(script, TABLE[j].said) != (i == j))
        fail_msg("%s", TABLE[j].said);
    free(data);
    free(script);
  }
}

static size_t count_of(const char *text, const char *words) {
  size_t count = 0;
  for (const char *at = text; (at = strstr(at, words)) != NULL; at++)
    count++;
  return count;
}

/* As it is drawn: numbers and shares as text, no number as a grey cell, and nothing where nobody
 * ran it. */
static void what_is_drawn(void **state) {
  char *data, *script = draw_heat(*state, FAILING "\nskip: [{hops: 1, frame_loss: 0}]",
                                  "of: median time_ms, " OF_LOSS, &data);
  char *drawing = fixture_read(*state, "figures/f.svg");
  assert_int_equal(count_of(drawing, ">219<"), 1);
  assert_int_equal(count_of(drawing, ">∞<"), 2);
  assert_int_equal(count_of(drawing, ">0 %<"), 1);
  assert_int_equal(count_of(drawing, ">0 % ok<"), 2);
  assert_int_equal(count_of(drawing, "<polygon fill = 'rgb(230, 230, 230)'"), 2);
  assert_null(strstr(drawing, "NaN<"));
  assert_null(strstr(drawing, "<polygon fill = 'rgb(  0,   0,   0)'"));
  free(drawing);
  free(script);
  free(data);
}

/* Against a baseline, colours are as far from the middle on both sides; what costs less is blue. */
static void colours_diverge(void **state) {
  static const struct {
    const char *as, *said;
    int logarithmic, saving;
  } TABLE[] = {
      {"difference", "against dtls (0)", 0, 0},
      {"saving", "against dtls (0)", 0, 1},
      {"saving_share", "against dtls (0)", 0, 1},
      {"ratio", "against dtls (1)", 1, 0},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    char *data;
    char *keys = text_format("of: mean bytes_air, x: hops, rows: association, against: "
                             "{association: dtls}, as: %s",
                             TABLE[i].as);
    char *script = draw_heat(
        *state, "repeat: 4\nsweep: {hops: [1, 2, 3], association: [oscore, dtls]}", keys, &data);
    const double low = number_of(script, "; LOW"), high = number_of(script, "; HIGH");
    assert_int_equal((int)number_of(script, "DIVERGING"), 1);
    assert_int_equal((int)number_of(script, "SAVING"), TABLE[i].saving);
    assert_int_equal((int)number_of(script, "LOG"), TABLE[i].logarithmic);
    fixture_assert_near(TABLE[i].logarithmic ? log(low) + log(high) : low + high, 0, 1e-6);
    assert_true(high > low);
    fixture_assert_has(script, TABLE[i].said);
    char *column = text_format("\t%s mean bytes_air\t", TABLE[i].as);
    fixture_assert_has(data, column);
    free(column);
    free(script);
    free(keys);
    free(data);
  }
}

/* Signs of what is compared, decimals by the largest number, shares in per cent. */
/* Colours end where the author says, and what is beyond is said. */
static void colours_end_at_limits(void **state) {
  static const char CELLS[] = "repeat: 12\nsweep: {hops: [1, 2, 3], frame_loss: [0, 0.1]}";
  static const struct {
    const char *keys;
    double low, high;
    const char *said; /* NULL: nothing is beyond */
  } CASES[] = {
      {"of: mean bytes_air, limits: [500, 20000]", 500, 20000, NULL},
      {"of: mean bytes_air, limits: [2000, 20000.5], log: true", 2000, 20000.5, "cells are beyond"},
      {"of: mean bytes_air, limits: [1e9, 2e9]", 1e9, 2e9, "6 cells are beyond the colours"},
      {"of: success, limits: [0, 1]", 0, 1, NULL},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char *keys = text_format("%s, x: hops, rows: frame_loss", CASES[i].keys), *data;
    char *script = draw_heat(*state, CELLS, keys, &data);
    fixture_assert_near(number_of(script, "BAR_LOW"), CASES[i].low, 1e-9 * CASES[i].high);
    fixture_assert_near(number_of(script, "BAR_HIGH"), CASES[i].high, 1e-9 * CASES[i].high);
    fixture_assert_near(number_of(script, "LOW"), CASES[i].low, 1e-9 * CASES[i].high);
    fixture_assert_near(number_of(script, "HIGH"), CASES[i].high, 1e-9 * CASES[i].high);
    assert_int_equal(says(script, CASES[i].said == NULL ? "beyond" : CASES[i].said),
                     CASES[i].said != NULL);
    free(script);
    free(data);
    free(keys);
  }
}

static void limits_against_a_baseline(void **state) {
  char *data;
  char *script =
      draw_heat(*state,
                "repeat: 12\nsweep: {hops: [1, 2, 3], frame_loss: [0, 0.1], association: "
                "[oscore, dtls]}",
                "of: mean bytes_air, x: hops, rows: frame_loss, against: {association: "
                "oscore}, as: ratio, where: {association: dtls}, limits: [0.25, 2]",
                &data);
  fixture_assert_near(number_of(script, "BAR_LOW"), 0.25, 1e-9);
  fixture_assert_near(number_of(script, "BAR_HIGH"), 2, 1e-9);
  fixture_assert_near(number_of(script, "LOW"), 0.25, 1e-9); /* as far from 1 as 4 */
  fixture_assert_near(number_of(script, "HIGH"), 4, 1e-9);
  free(script);
  free(data);
}

static void numbers_in_cells(void **state) {
  static const struct {
    const char *keys, *words;
  } TABLE[] = {
      {"of: mean bytes_air", "\t\"1014\"\n"},
      {"of: mean energy_peer_mj, below: []", "\t\"4.40\"\n"},
      {"of: mean bytes_air, against: {association: dtls}", "\t\"-520\"\n"},
      {"of: mean bytes_air, against: {association: dtls}, as: saving", "\t\"+520\"\n"},
      {"of: mean bytes_air, against: {association: dtls}, as: ratio", "\t\"0.66\"\n"},
      {"of: mean bytes_air, against: {association: dtls}, as: saving_share", "\t\"+33.9\"\n"},
      {"of: mean bytes_air, against: {association: dtls}, as: ratio", "\t\"1.00\"\n"},
      {"of: success", "\t\"100\"\n"},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    char *data;
    char *keys = text_format("%s, x: hops, rows: association", TABLE[i].keys);
    free(draw_heat(*state, "repeat: 4\nsweep: {hops: [1, 2], association: [oscore, dtls]}", keys,
                   &data));
    fixture_assert_has(data, TABLE[i].words);
    free(data);
    free(keys);
  }
}

/* Panels side by side while the numbers fit, then below each other; at last colours alone. */
static void what_there_is_room_for(void **state) {
  static const struct {
    const char *cells, *keys, *columns;
    bool numbers, said;
  } TABLE[] = {
      {"repeat: 2\nsweep: {hops: [1, 2], frame_loss: [0, 0.1], association: [oscore, dtls]}",
       "x: hops, rows: frame_loss, panels: association", "array COLUMN[2] = [1, 2]\n", true, false},
      {"repeat: 2\nsweep: {peers: {from: 1, to: 11, step: 1}, frame_loss: [0, 0.1], association: "
       "[oscore, dtls]}",
       "x: peers, rows: frame_loss, panels: association", "array COLUMN[2] = [1, 1]\n", true,
       false},
      {"repeat: 1\nsweep: {peers: {from: 1, to: 60, step: 1}, frame_loss: [0, 0.1], association: "
       "[oscore, dtls]}",
       "x: peers, rows: frame_loss, panels: association", "array COLUMN[2] = [1, 2]\n", false,
       true},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    char *data, *keys = text_format("of: median time_ms, %s", TABLE[i].keys);
    char *script = draw_heat(*state, TABLE[i].cells, keys, &data);
    fixture_assert_has(script, TABLE[i].columns);
    assert_true((number_of(script, "NUMBERS") >= 5) == TABLE[i].numbers);
    assert_true(says(script, "the numbers have no room") == TABLE[i].said);
    fixture_assert_has(script, "COLUMNS = ");
    fixture_assert_has(data, "\n\n# dtls\n");
    free(script);
    free(data);
    free(keys);
  }
}

/* What nobody ran but is computed of others has cells, too, and says how. */
static void computed_cells(void **state) {
  char *data;
  char *script = draw_heat(*state,
                           "repeat: 3\ncases: {one: {}}\nsweep: {hops: [1, 2]}\n"
                           "computed: {twice computed: {from: one, note: bytes doubled, metrics: "
                           "{bytes_air: bytes_air + bytes_air}}}",
                           "of: mean bytes_air, x: hops, rows: case", &data);
  fixture_assert_has(data, "\n2\t1\t2\t\"one\"\t2028\t");
  fixture_assert_has(data, "\n2\t2\t2\t\"twice computed\"\t4056\t");
  fixture_assert_has(script, "twice computed: bytes doubled");
  free(data);
  free(script);
}

/* Words below narrow cells are turned; of numbers some are left out. */
static void labels_of_axes(void **state) {
  char *data;
  char *script = draw_heat(
      *state, "repeat: 2\nsweep: {hops: [1, 2], ordering: [seqnum, mid-random, mid-monotonic]}",
      "of: mean bytes_air, x: ordering, rows: hops, labels: {hops: links, seqnum: a number that "
      "counts requests}",
      &data);
  fixture_assert_has(script, "TURNED = 1\n");
  fixture_assert_has(script, "\"links\"");
  free(data);
  free(script);
  script =
      draw_heat(*state, "repeat: 1\nsweep: {peers: {from: 101, to: 140, step: 1}, hops: [1, 2]}",
                "of: mean bytes_air, x: peers, rows: hops, log: true", &data);
  fixture_assert_has(script, "TURNED = 0\n");
  fixture_assert_has(script, "[\"101\", \"\", \"\"");
  fixture_assert_has(script, "LOG = 1; ");
  free(data);
  free(script);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_have_their_places), cmocka_unit_test(shares_below),
      cmocka_unit_test(words_of_shares),         cmocka_unit_test(cells_without_a_number),
      cmocka_unit_test(what_is_drawn),           cmocka_unit_test(colours_diverge),
      cmocka_unit_test(colours_end_at_limits),   cmocka_unit_test(limits_against_a_baseline),
      cmocka_unit_test(numbers_in_cells),        cmocka_unit_test(what_there_is_room_for),
      cmocka_unit_test(computed_cells),          cmocka_unit_test(labels_of_axes),
  };
  return cmocka_run_group_tests_name("figure_heat", tests, fixture_setup, fixture_teardown);
}
