/* Cells against their baselines, in runs made by hand. */
#include "fixture.h"
#include "store/paired.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { RUNS = 7, CELLS = 3 };
static const double EXACT = 1e-9;

/* Hops 1 and 2 of one case, hops 1 of another. A run without a time failed. */
struct paired_world {
  double number[CELLS][RUNS];
  struct dataset_run run[CELLS][RUNS];
  struct dataset_cell cell[CELLS];
  struct plan_cell planned[CELLS];
  struct plan plan;
  char *metric[1];
  struct dataset dataset;
};

static void paired_init(struct paired_world *world) {
  static char name[] = "time_ms";
  static const double TIME[CELLS][RUNS] = {
      {10, 20, 30, 40, 50, 60, NAN}, {9, 18, NAN, 36, 45, 54, NAN}, {8, 20, 24, 32, 40, 48, 1}};
  static const struct {
    const char *name;
    int hops;
  } COLUMNS[CELLS] = {{"a", 1}, {"a", 2}, {"b", 1}};
  *world = (struct paired_world){.metric = {name}};
  for (size_t i = 0; i < CELLS; i++) {
    for (size_t j = 0; j < RUNS; j++) {
      world->number[i][j] = TIME[i][j];
      world->run[i][j] = (struct dataset_run){.seed = (long long)j + 1,

                                              .established = !isnan(TIME[i][j]),
                                              .number = &world->number[i][j]};
    }
    world->cell[i] = (struct dataset_cell){.run = world->run[i], .run_count = RUNS};
    world->planned[i].columns =
        json_pack("{s:s, s:i}", "case", COLUMNS[i].name, "hops", COLUMNS[i].hops);
  }
  world->plan = (struct plan){.cell = world->planned, .cell_count = CELLS};
  world->dataset = (struct dataset){
      .plan = &world->plan, .metric = world->metric, .metric_count = 1, .cell = world->cell};
}

static void paired_deinit(struct paired_world *world) {
  for (size_t i = 0; i < CELLS; i++)
    json_decref(world->planned[i].columns);
}

static void baselines(void **state) {
  (void)state;
  struct paired_world world;
  paired_init(&world);
  json_t *hops = json_pack("{s:[i]}", "hops", 1),
         *both = json_pack("{s:[s], s:[i]}", "case", "b", "hops", 1);
  assert_int_equal(paired_baseline(&world.dataset, 1, hops), 0);
  assert_int_equal(paired_baseline(&world.dataset, 0, hops), 0);
  assert_int_equal(paired_baseline(&world.dataset, 2, hops), 2);
  assert_int_equal(paired_baseline(&world.dataset, 1, both), 2);
  json_t *other = json_pack("{s:[s]}", "case", "b");
  assert_int_equal(paired_baseline(&world.dataset, 1, other), CELLS); /* b has no 2 hops */
  assert_int_equal(paired_baseline(&world.dataset, 1, NULL), 1);
  json_decref(hops);
  json_decref(both);
  json_decref(other);
  paired_deinit(&world);
}

static struct estimate paired_compare(const struct paired_world *world, size_t cell,
                                      size_t baseline, enum presentation_kind kind,
                                      enum measure_statistic statistic, const char *word) {
  char name[] = "time_ms", copy[16];
  strcpy(copy, word);
  const struct presentation_column column = {
      kind, {.statistic = statistic, .p = 0.5, .word = copy, .metric = name}};
  return paired_estimate(&world->dataset, cell, baseline, &column);
}

/* Means leave out pairs of which one failed: five are left, each a tenth less. */
static void means_of_pairs(void **state) {
  (void)state;
  struct paired_world world;
  paired_init(&world);
  struct estimate saving = paired_compare(&world, 1, 0, COLUMN_SAVING, MEASURE_MEAN, "mean");
  assert_int_equal(saving.count, 5);
  fixture_assert_near(saving.value, 3.6, EXACT);
  assert_true(saving.low < 3.6 && saving.high > 3.6);
  struct estimate difference =
      paired_compare(&world, 1, 0, COLUMN_DIFFERENCE, MEASURE_MEAN, "mean");
  fixture_assert_near(difference.value, -3.6, EXACT);
  fixture_assert_near(difference.low, -saving.high, EXACT);
  fixture_assert_near(difference.high, -saving.low, EXACT);
  struct estimate share = paired_compare(&world, 1, 0, COLUMN_SAVING_SHARE, MEASURE_MEAN, "mean");
  fixture_assert_near(share.value, 0.1, EXACT);
  fixture_assert_near(share.low, 0.1, EXACT);
  fixture_assert_near(share.high, 0.1, EXACT);
  fixture_assert_near(paired_compare(&world, 1, 0, COLUMN_RATIO, MEASURE_MEAN, "mean").value, 0.9,
                      EXACT);
  paired_deinit(&world);
}

/* Cells that have seeds of their own: all runs of both that succeeded, 10 to 60 and 9, 18, 36, 45,
 * 54; the interval is that of R's t.test. */
static void cells_apart(void **state) {
  (void)state;
  struct paired_world world;
  paired_init(&world);
  world.plan.independent = true;
  struct estimate difference =
      paired_compare(&world, 1, 0, COLUMN_DIFFERENCE, MEASURE_MEAN, "mean");
  assert_int_equal(difference.interval, INTERVAL_WELCH);
  assert_int_equal(difference.count, 5);
  fixture_assert_near(difference.value, -2.6, EXACT);
  fixture_assert_near(difference.low, -28.3509653935, 1e-4);
  fixture_assert_near(difference.high, 23.1509653935, 1e-4);
  struct estimate ratio = paired_compare(&world, 1, 0, COLUMN_RATIO, MEASURE_MEAN, "mean");
  fixture_assert_near(ratio.value, 32.4 / 35, EXACT);
  assert_int_equal(ratio.interval, INTERVAL_FIELLER);
  struct estimate median =
      paired_compare(&world, 2, 0, COLUMN_DIFFERENCE, MEASURE_QUANTILE, "median");
  fixture_assert_near(median.value, 24 - 40, EXACT);
  assert_int_equal(median.interval, INTERVAL_BOOTSTRAP);
  /* The cell itself is its own partner. */
  fixture_assert_near(paired_compare(&world, 1, 1, COLUMN_RATIO, MEASURE_MEAN, "mean").low, 1,
                      EXACT);
  paired_deinit(&world);
}

/* A median has the pairs of which one failed at an end: differences are, ascending,
 * -infinity -12 -10 -8 -6 -2 0. */
static void medians_of_pairs(void **state) {
  (void)state;
  struct paired_world world;
  paired_init(&world);
  struct estimate difference =
      paired_compare(&world, 2, 0, COLUMN_DIFFERENCE, MEASURE_QUANTILE, "median");
  assert_int_equal(difference.count, RUNS);
  fixture_assert_near(difference.value, -8, EXACT);
  assert_true(isinf(difference.low) && difference.low < 0);
  fixture_assert_near(difference.high, 0, EXACT);
  struct estimate saving = paired_compare(&world, 2, 0, COLUMN_SAVING, MEASURE_QUANTILE, "median");
  fixture_assert_near(saving.low, 0, EXACT);
  assert_true(isinf(saving.high) && saving.high > 0);
  struct estimate ratio = paired_compare(&world, 2, 0, COLUMN_RATIO, MEASURE_QUANTILE, "median");
  fixture_assert_near(ratio.value, 0.8, EXACT);
  fixture_assert_near(ratio.low, 0, EXACT);
  fixture_assert_near(ratio.high, 1, EXACT);
  /* Seed 3 failed in one of these, seed 7 in both. */
  difference = paired_compare(&world, 1, 0, COLUMN_DIFFERENCE, MEASURE_QUANTILE, "median");
  assert_int_equal(difference.count, RUNS - 1);
  assert_true(isinf(difference.high));
  paired_deinit(&world);
}

/* Seeds without a partner say nothing. */
static void missing_partners(void **state) {
  (void)state;
  struct paired_world world;
  paired_init(&world);
  world.cell[0].run = &world.run[0][2];
  world.cell[0].run_count = 2;
  struct estimate ratio = paired_compare(&world, 2, 0, COLUMN_RATIO, MEASURE_MEAN, "mean");
  assert_int_equal(ratio.count, 2);
  fixture_assert_near(ratio.value, 56.0 / 70, EXACT);
  world.cell[0].run_count = 0;
  assert_true(isnan(paired_compare(&world, 2, 0, COLUMN_RATIO, MEASURE_MEAN, "mean").value));
  assert_true(isnan(paired_compare(&world, 2, CELLS, COLUMN_RATIO, MEASURE_MEAN, "mean").value));
  paired_deinit(&world);
}

/* What pairs do not make: the figures themselves. */
static void other_statistics(void **state) {
  (void)state;
  struct paired_world world;
  paired_init(&world);
  struct estimate saving = paired_compare(&world, 2, 0, COLUMN_SAVING, MEASURE_MAX, "max");
  fixture_assert_near(saving.value, 12, EXACT);
  assert_true(isnan(saving.low));
  fixture_assert_near(paired_compare(&world, 2, 0, COLUMN_RATIO, MEASURE_MAX, "max").value, 0.8,
                      EXACT);
  fixture_assert_near(paired_compare(&world, 2, 0, COLUMN_VALUE, MEASURE_MAX, "max").value, 48,
                      EXACT);
  paired_deinit(&world);
}

/* Seeds 1 to 4 repeated something in both cells, 5 and 6 in the second alone, 7 in none: pairs of 1
 * and 0, so that difference and ratio of the shares have intervals. */
static void shares(void **state) {
  (void)state;
  static char repeated[] = "datagrams_repeated", success[] = "success",
              retransmission[] = "retransmission_share", empty[] = "";
  struct paired_world world;
  paired_init(&world);
  for (size_t i = 0; i < RUNS; i++) {
    world.number[0][i] = i < 4;
    world.number[1][i] = i < 6 ? 2 : 0;
  }
  world.metric[0] = repeated;
  const struct presentation_column
      difference = {COLUMN_DIFFERENCE,
                    {.statistic = MEASURE_RATIO, .word = empty, .metric = retransmission}},
      ratio = {COLUMN_RATIO, difference.measure},
      succeeded = {COLUMN_DIFFERENCE,
                   {.statistic = MEASURE_RATIO, .word = empty, .metric = success}};
  struct estimate estimate = paired_estimate(&world.dataset, 1, 0, &difference);
  assert_int_equal(estimate.count, RUNS);
  fixture_assert_near(estimate.value, 2.0 / 7, EXACT);
  /* Student: t(0.975, 6) = 2.446912, standard deviation sqrt(10 / 42). */
  fixture_assert_near(estimate.high, 2.0 / 7 + 2.446912 * sqrt(10.0 / 42 / 7), 1e-6);
  estimate = paired_estimate(&world.dataset, 1, 0, &ratio);
  fixture_assert_near(estimate.value, 1.5, EXACT);
  /* Fieller, by hand: 0.0821478 r^2 - 2 * 0.4083350 r + 0.6125025 = 0. */
  fixture_assert_near(estimate.low, 0.817170, 1e-5);
  fixture_assert_near(estimate.high, 9.124294, 1e-5);
  /* Seed 3 failed in the second cell; seed 7 in both. */
  estimate = paired_estimate(&world.dataset, 1, 0, &succeeded);
  fixture_assert_near(estimate.value, -1.0 / 7, EXACT);
  /* A computed cell has no shares. */
  const struct derived_case computed = {0};
  world.planned[1].computed = &computed;
  assert_true(isnan(paired_estimate(&world.dataset, 1, 0, &difference).value));
  paired_deinit(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(baselines),        cmocka_unit_test(means_of_pairs),
      cmocka_unit_test(medians_of_pairs), cmocka_unit_test(missing_partners),
      cmocka_unit_test(other_statistics), cmocka_unit_test(shares),
      cmocka_unit_test(cells_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
