/* Figures of pairs of cells, and bounds of their changes. Expected values are R's, of
 * a <- c(10,12,9,11,14,8,10,13); b <- c(11,15,9,13,17,10,11,18). */
#include "compare/bounds.h"
#include "fixture.h"
#include "support/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RUNS_MOST = 64, COUNT = 8 };

static const double A[] = {10, 12, 9, 11, 14, 8, 10, 13}, B[] = {11, 15, 9, 13, 17, 10, 11, 18};

/* Two sides of some cells, as they are compared. */
struct sides {
  struct measures measures;
  struct measures_known known;
  struct cell_runs runs[SIDE_COUNT];
  size_t cell_of[SIDE_COUNT][RUNS_MOST];
  json_t *columns[RUNS_MOST];
  struct cell_pairs pairs;
  struct figures figures;
};

static void sides_init(struct sides *sides, const struct fixture *fixture,
                       const char *const *measures) {
  *sides = (struct sides){.known = {{&fixture->schema, &fixture->schema}}};
  for (; *measures != NULL; measures++) {
    struct text error = {0};
    size_t index;
    assert_int_equal(measures_add(&sides->measures, *measures, &sides->known, &index, &error), 0);
  }
}

/* Adds a run; one whose time is NaN has failed. */
static void add(struct sides *sides, enum side side, size_t cell, int seed, double time_ms) {
  json_t *result = isnan(time_ms)
                       ? json_pack("{s:s, s:{s:i}}", "outcome", "timeout", "spec", "seed", seed)
                       : json_pack("{s:s, s:{s:i}, s:f}", "outcome", "established", "spec", "seed",
                                   seed, "time_ms", time_ms);
  assert_true(sides->runs[side].count < RUNS_MOST);
  sides->cell_of[side][sides->runs[side].count] = cell;
  cell_runs_add(&sides->runs[side], &sides->measures, result);
  json_decref(result);
}

static void find(struct sides *sides, size_t cells) {
  size_t *const cell_of[SIDE_COUNT] = {sides->cell_of[SIDE_A], sides->cell_of[SIDE_B]};
  for (size_t i = 0; i < cells; i++)
    sides->columns[i] = json_pack("{s:i}", "hops", (int)i + 1);
  cell_pairs_init(&sides->pairs, sides->runs, cell_of, sides->columns, cells);
  figures_find(&sides->figures, &sides->measures, &sides->pairs);
}

static void sides_deinit(struct sides *sides) {
  figures_deinit(&sides->figures);
  cell_pairs_deinit(&sides->pairs);
  for (size_t i = 0; i < RUNS_MOST; i++)
    json_decref(sides->columns[i]);
  cell_runs_deinit(&sides->runs[SIDE_A]);
  cell_runs_deinit(&sides->runs[SIDE_B]);
  measures_deinit(&sides->measures);
}

/* The figure of a cell's measure. */
static const struct figure *figure_of(const struct sides *sides, size_t cell, const char *measure) {
  for (size_t i = 0; i < sides->figures.count; i++) {
    const struct figure *figure = &sides->figures.item[i];
    if (figure->cell == cell && strcmp(sides->measures.words[figure->measure], measure) == 0)
      return figure;
  }
  fail_msg("no figure of %s", measure);
  return NULL;
}

static const char *const ALL[] = {"success",     "time_ms",     "median time_ms",
                                  "p95 time_ms", "max time_ms", NULL};

static void known_pairs(void **state) {
  struct sides sides;
  sides_init(&sides, *state, ALL);
  for (int i = 0; i < COUNT; i++) {
    add(&sides, SIDE_A, 0, i + 1, A[i]);
    add(&sides, SIDE_B, 0, COUNT - i, B[COUNT - 1 - i]); /* in another order */
  }
  find(&sides, 1);
  const struct figure *mean = figure_of(&sides, 0, "mean time_ms");
  assert_int_equal(mean->verdict, VERDICT_LARGER);
  assert_true(mean->paired);
  assert_int_equal(mean->pairs, COUNT);
  fixture_assert_near(mean->difference.value, 2.125, 1e-12);
  fixture_assert_near(mean->difference.low, 0.826954198961, 1e-9);
  fixture_assert_near(mean->difference.high, 3.423045801039, 1e-9);
  fixture_assert_near(mean->relative.value, 0.195402, 1e-6);
  fixture_assert_near(mean->correlation, 0.948209311862, 1e-9);
  fixture_assert_near(mean->width, 0.429418738733, 1e-9);
  fixture_assert_near(mean->effect.value, 1.36863002603, 1e-9);
  fixture_assert_near(mean->p, 0.00612320852114, 1e-9);
  const struct figure *median = figure_of(&sides, 0, "median time_ms");
  fixture_assert_near(median->difference.value, 2, 1e-12);
  fixture_assert_near(median->correlation, 0.951807228916, 1e-9);
  fixture_assert_near(median->effect.value, 0.875, 1e-12);
  fixture_assert_near(median->p, 0.0703125, 1e-9);    /* 7 above, one the same */
  assert_int_equal(median->verdict, VERDICT_UNSHOWN); /* the least difference is 0 */
  assert_int_equal(figure_of(&sides, 0, "success")->verdict, VERDICT_EQUAL);
  assert_int_equal(figure_of(&sides, 0, "p95 time_ms")->verdict, VERDICT_FEW);
  assert_int_equal(figure_of(&sides, 0, "max time_ms")->verdict, VERDICT_UNKNOWN);
  fixture_assert_near(figure_of(&sides, 0, "max time_ms")->difference.value, 4, 1e-12);
  assert_int_equal(sides.figures.intervals, 2);
  assert_int_equal(sides.figures.miss, 1);
  fixture_assert_near(mean->holm, 2 * mean->p, 1e-12);
  assert_int_equal(sides.figures.stand, 1);
  assert_ptr_equal(&sides.figures.item[0], mean); /* what differs is first */
  sides_deinit(&sides);
}

/* Without equal seeds they are two samples: t.test(b, a). */
static void two_samples(void **state) {
  struct sides sides;
  sides_init(&sides, *state, ALL);
  for (int i = 0; i < COUNT; i++) {
    add(&sides, SIDE_A, 0, i + 1, A[i]);
    add(&sides, SIDE_B, 0, i + 6, B[i]); /* three of eight are equal */
  }
  find(&sides, 1);
  const struct figure *mean = figure_of(&sides, 0, "mean time_ms");
  assert_true(sides.pairs.item[0].apart && !mean->paired);
  assert_int_equal(sides.pairs.item[0].partners, 3);
  assert_int_equal(mean->verdict, VERDICT_UNSHOWN);
  assert_int_equal(mean->difference.interval, INTERVAL_WELCH);
  fixture_assert_near(mean->difference.low, -0.897797293081, 1e-9);
  fixture_assert_near(mean->difference.high, 5.147797293081, 1e-9);
  fixture_assert_near(mean->p, 0.150912864381, 1e-9);
  fixture_assert_near(mean->effect.value, 0.72715256849, 1e-9);
  assert_true(isnan(mean->correlation) && isnan(mean->width));
  const struct figure *success = figure_of(&sides, 0, "success");
  assert_int_equal(success->verdict, VERDICT_UNSHOWN); /* equal is said of pairs alone */
  fixture_assert_near(figure_of(&sides, 0, "median time_ms")->effect.value, 0.375, 1e-12);
  sides_deinit(&sides);
}

/* A run that failed says nothing of the mean, all of success, and is infinite in medians. */
static void failures(void **state) {
  struct sides sides;
  sides_init(&sides, *state, ALL);
  for (int i = 0; i < 40; i++) {
    add(&sides, SIDE_A, 0, i, i % 10 == 0 ? NAN : 100.0 + i);
    add(&sides, SIDE_B, 0, i, i % 2 == 0 ? NAN : 100.0 + i);
  }
  find(&sides, 1);
  const struct figure *success = figure_of(&sides, 0, "success");
  assert_int_equal(success->verdict, VERDICT_SMALLER);
  fixture_assert_near(success->difference.value, 0.5 - 0.9, 1e-12);
  assert_true(success->difference.low >= -1 && success->difference.interval == INTERVAL_NEWCOMBE);
  /* binom.test(0, 16)$p.value */
  fixture_assert_near(success->p, 3.0517578125e-05, 1e-12);
  const struct figure *mean = figure_of(&sides, 0, "mean time_ms");
  assert_int_equal(mean->pairs, 20);
  assert_int_equal(mean->verdict, VERDICT_EQUAL);
  /* of 36 pairs of which one at least succeeded, 16 differ by infinity */
  const struct figure *median = figure_of(&sides, 0, "median time_ms");
  assert_int_equal(median->pairs, 36);
  fixture_assert_near(median->effect.value, 16.0 / 36, 1e-12);
  sides_deinit(&sides);
}

/* Cells and figures of one side alone, cells of one run, and seeds that come twice. */
static void what_is_not_there(void **state) {
  static const char *const MEASURES[] = {"time_ms", "bytes_air", NULL};
  struct sides sides;
  sides_init(&sides, *state, MEASURES);
  add(&sides, SIDE_A, 0, 1, 5);
  add(&sides, SIDE_B, 1, 1, 5);
  add(&sides, SIDE_A, 2, 1, 5);
  add(&sides, SIDE_B, 2, 1, 6);
  add(&sides, SIDE_A, 3, 1, NAN);
  add(&sides, SIDE_B, 3, 1, 6);
  for (int i = 0; i < 3; i++) {
    add(&sides, SIDE_A, 4, 7, 5);
    add(&sides, SIDE_B, 4, 7, 6);
  }
  find(&sides, 5);
  assert_true(cell_pair_is_only(&sides.pairs.item[0], SIDE_A));
  assert_true(cell_pair_is_only(&sides.pairs.item[1], SIDE_B));
  assert_int_equal(sides.figures.count, 3); /* nobody has bytes_air */
  assert_int_equal(figure_of(&sides, 2, "mean time_ms")->verdict, VERDICT_FEW);
  assert_int_equal(figure_of(&sides, 3, "mean time_ms")->verdict, VERDICT_ONLY_B);
  const struct figure *same = figure_of(&sides, 4, "mean time_ms");
  assert_int_equal(same->pairs, 3);
  assert_int_equal(same->verdict, VERDICT_LARGER);
  assert_int_equal(same->difference.interval, INTERVAL_EQUAL);
  assert_true(isinf(same->effect.value));
  fixture_assert_near(same->p, 0.25, 1e-12); /* 2 / 2^3: three pairs show little */
  assert_int_equal(sides.figures.intervals, 0);
  sides_deinit(&sides);
}

/* What is larger by the size of its effect; then what is not shown, then what is equal. */
static void order(void **state) {
  static const char *const MEASURES[] = {"time_ms", NULL};
  static const double LIFT[] = {0, 5, 0.01, 50};
  struct sides sides;
  sides_init(&sides, *state, MEASURES);
  for (size_t cell = 0; cell < 4; cell++)
    for (int i = 0; i < COUNT; i++) {
      add(&sides, SIDE_A, cell, i, A[i]);
      add(&sides, SIDE_B, cell, i, A[i] + (cell == 0 ? 0 : LIFT[cell] + (i % 2 == 0 ? 1 : -1)));
    }
  find(&sides, 4);
  static const size_t EXPECTED[] = {3, 1, 2, 0};
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(sides.figures.item[i].cell, EXPECTED[i]);
  assert_int_equal(sides.figures.of[VERDICT_LARGER], 2);
  assert_int_equal(sides.figures.of[VERDICT_UNSHOWN], 1);
  assert_int_equal(sides.figures.of[VERDICT_EQUAL], 1);
  sides_deinit(&sides);
}

/* Of time: 11 on average, 2.125 or 19.5 % more in B; median time: no difference shown. */
static void bounds(void **state) {
  static const struct {
    const char *bound;
    enum bound_state state;
  } CASES[] = {
      {"time_ms > +5%", BOUND_PASSED},    {"time_ms>5 %", BOUND_PASSED},
      {"time_ms > 20%", BOUND_KEPT},      {" mean time_ms >= 2.125 ", BOUND_PASSED},
      {"time_ms > 2.125", BOUND_KEPT},    {"time_ms < 0", BOUND_KEPT},
      {"time_ms < -1", BOUND_KEPT},       {"time_ms > -10%", BOUND_PASSED},
      {"median time_ms > 1", BOUND_KEPT}, {"median time_ms > -1", BOUND_PASSED},
      {"success < 0", BOUND_KEPT},        {"success <= 0", BOUND_PASSED},
      {"p95 time_ms > 1", BOUND_UNKNOWN}, {"max time_ms > 1", BOUND_UNKNOWN},
      {"success > -1e300", BOUND_PASSED},
  };
  struct sides sides;
  struct bounds held = {0};
  struct text error = {0};
  sides_init(&sides, *state, ALL);
  enum { CASE_COUNT = sizeof CASES / sizeof CASES[0] };
  for (size_t i = 0; i < CASE_COUNT; i++)
    assert_int_equal(bounds_add(&held, CASES[i].bound, &sides.measures, &sides.known, &error), 0);
  for (int i = 0; i < COUNT; i++) {
    add(&sides, SIDE_A, 0, i + 1, A[i]);
    add(&sides, SIDE_B, 0, i + 1, B[i]);
  }
  find(&sides, 1);
  for (size_t i = 0; i < CASE_COUNT; i++) {
    const char *measure = sides.measures.words[held.item[i].measure];
    if (bound_judge(&held.item[i], figure_of(&sides, 0, measure)) != CASES[i].state)
      fail_msg("%s", CASES[i].bound);
  }
  bounds_deinit(&held);
  sides_deinit(&sides);
}

/* From 0 every change is infinite in per cent; what nobody can tell, and cells of one side, fail.
 */
static void bounds_fail_closed(void **state) {
  static const char *const NONE[] = {NULL};
  struct sides sides;
  struct bounds held = {0};
  struct text words = {0};
  sides_init(&sides, *state, NONE);
  assert_int_equal(bounds_add(&held, "time_ms > 900%", &sides.measures, &sides.known, &words), 0);
  assert_int_equal(bounds_add(&held, "p95 time_ms > 5", &sides.measures, &sides.known, &words), 0);
  for (int i = 0; i < COUNT; i++) {
    add(&sides, SIDE_A, 0, i + 1, 0);
    add(&sides, SIDE_B, 0, i + 1, 1 + 0.01 * i);
  }
  add(&sides, SIDE_A, 1, 1, 1);
  find(&sides, 2);
  assert_true(bounds_fail(&held, &sides.figures, &words));
  fixture_assert_has(words.data, "--fail-if 'time_ms > 900%': cell #1 (hops=1): mean time_ms from "
                                 "0 to 1.035, by +1.03 [1.01, 1.06]\n");
  fixture_assert_has(words.data, "--fail-if 'p95 time_ms > 5': no cell tells: ");
  fixture_assert_has(words.data, "--fail-if: 1 cell is on one side only\n");
  bounds_deinit(&held);
  text_deinit(&words);
  sides_deinit(&sides);
}

/* What cannot be read is told with its place. */
static void bad_bounds(void **state) {
  static const struct {
    const char *bound, *said;
  } CASES[] = {
      {"time_ms", ": a relation is expected here\n  time_ms\n         ^\naccepted: MEASURE OP "},
      {"", ": a relation is expected here\n  \n  ^\n"},
      {"time_ms == 5", ": a relation is expected here\n  time_ms == 5\n          ^\n"},
      {"> 5", ": a measure is expected here\n  > 5\n  ^\n"},
      {"time_ms >", ": a number is expected here\n  time_ms >\n           ^\n"},
      {"time_ms >> 5", ": a number is expected here\n"},
      {"time_ms > 5 ms", ": a number is expected here\n"},
      {"time_ms > 5%%", ": a number is expected here\n"},
      {"time_ms > %", ": a number is expected here\n"},
      {"time_ms > nan", ": a number is expected here\n"},
      {"time_ms > 1e999", ": a number is expected here\n"},
      {"time_ms > 0x5", ": a number is expected here\n"},
      {"time_m > 5", ": `time_m` has an unknown metric `time_m`; did you mean `time_ms`?"},
      {"p95 success > 5", ": `p95 success` is a ratio already"},
      {"p101 time_ms > 5", ": `p101 time_ms` needs a statistic"},
      {"\xc3\xa4 ms ? 5", "a relation is expected here\n"},
  };
  struct sides sides;
  static const char *const NONE[] = {NULL};
  sides_init(&sides, *state, NONE);
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    struct bounds held = {0};
    struct text error = {0};
    assert_int_equal(bounds_add(&held, CASES[i].bound, &sides.measures, &sides.known, &error), -1);
    fixture_assert_has(text_string(&error), CASES[i].said);
    assert_int_equal(held.count, 0);
    text_deinit(&error);
    bounds_deinit(&held);
  }
  sides_deinit(&sides);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_pairs),
      cmocka_unit_test(two_samples),
      cmocka_unit_test(failures),
      cmocka_unit_test(what_is_not_there),
      cmocka_unit_test(order),
      cmocka_unit_test(bounds),
      cmocka_unit_test(bounds_fail_closed),
      cmocka_unit_test(bad_bounds),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
