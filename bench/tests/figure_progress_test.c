/* Figures of progress, and statistics of all runs: failed ones count with what they have. */
#include "fixture.h"
#include "store/paired.h"
#include "support/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Statistics */

enum { RUNS = 5, CELLS = 2 };

struct failing_world {
  double number[CELLS][RUNS];
  struct dataset_run run[CELLS][RUNS];
  struct dataset_cell cell[CELLS];
  struct plan_cell planned[CELLS];
  struct plan plan;
  char *metric[1];
  struct dataset dataset;
};

/* Of the first cell, the last three runs failed; the last one has no figure, and hung in the
 * second.
 */
static void failing_init(struct failing_world *world) {
  static char name[] = "joined_50_ms";
  static const double NUMBER[CELLS][RUNS] = {{10, 20, 30, 40, NAN}, {1, 2, 3, 4, 5}};
  *world = (struct failing_world){.metric = {name}};
  for (size_t i = 0; i < CELLS; i++) {
    for (size_t j = 0; j < RUNS; j++) {
      world->number[i][j] = NUMBER[i][j];
      world->run[i][j] = (struct dataset_run){.seed = (long long)j + 1,
                                              .established = i == 1 || j < 2,
                                              .left_out = i == 1 && j == 4,
                                              .number = &world->number[i][j]};
    }
    world->cell[i] = (struct dataset_cell){.run = world->run[i], .run_count = RUNS};
    world->planned[i].columns = json_pack("{s:i}", "hops", (int)i + 1);
  }
  world->plan = (struct plan){.cell = world->planned, .cell_count = CELLS};
  world->dataset = (struct dataset){
      .plan = &world->plan, .metric = world->metric, .metric_count = 1, .cell = world->cell};
}

static double failing_value(const struct fixture *fixture, const struct failing_world *world,
                            size_t cell, const char *text) {
  const struct derived none = {0};
  struct text error = {0};
  struct measure measure;
  char *whole = text_format("%s time_ms", text);
  assert_int_equal(measure_parse(&measure, whole, &fixture->schema, &none, &error), 0);
  free(measure.metric);
  measure.metric = memory_string("joined_50_ms");
  const double value = dataset_estimate(&world->dataset, cell, &measure).value;
  measure_deinit(&measure);
  free(whole);
  return value;
}

static void test_failed_runs_count_with_what_they_have(void **state) {
  struct failing_world world;
  failing_init(&world);
  assert_true(isinf(failing_value(*state, &world, 0, "median")));
  fixture_assert_near(failing_value(*state, &world, 0, "median_all"), 30, 1e-9);
  assert_true(isinf(failing_value(*state, &world, 0, "p95_all")));
  fixture_assert_near(failing_value(*state, &world, 0, "p25_all"), 20, 1e-9);
  fixture_assert_near(failing_value(*state, &world, 0, "mean"), 15, 1e-9);
  fixture_assert_near(failing_value(*state, &world, 0, "mean_all"), 25, 1e-9);
  fixture_assert_near(failing_value(*state, &world, 1, "median_all"),
                      failing_value(*state, &world, 1, "median"), 1e-9);
  for (size_t i = 0; i < CELLS; i++)
    json_decref(world.planned[i].columns);
}

/* The last pair is of a run that hung; the fourth of one that failed with a figure. */
static void test_failed_runs_are_paired_with_what_they_have(void **state) {
  (void)state;
  static char word[] = "median_all", metric[] = "joined_50_ms";
  struct failing_world world;
  failing_init(&world);
  const struct presentation_column column = {
      COLUMN_RATIO, {.statistic = MEASURE_QUANTILE_ALL, .p = 0.5, .word = word, .metric = metric}};
  const struct estimate ratio = paired_estimate(&world.dataset, 0, 1, &column);
  fixture_assert_near(ratio.value, 10, 1e-9);
  assert_int_equal(ratio.count, 4);
  for (size_t i = 0; i < CELLS; i++)
    json_decref(world.planned[i].columns);
}

static void test_words_of_statistics(void **state) {
  const struct fixture *fixture = *state;
  static const char *const BAD[] = {"median_al time_ms", "_all time_ms",   "p_all time_ms",
                                    "min_all time_ms",   "p0_all time_ms", "p95_all_all time_ms"};
  const struct derived none = {0};
  for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
    struct text error = {0};
    struct measure measure;
    assert_int_equal(measure_parse(&measure, BAD[i], &fixture->schema, &none, &error), -1);
    fixture_assert_has(text_string(&error), "median_all, p95_all, mean_all");
    text_deinit(&error);
  }
}

/* The figure */

static const char SCENARIO[] = "title: Restart\n"
                               "sweep: {hops: [1, 2], frame_loss: [0, 0.75]}\n"
                               "repeat: 12\n"
                               "figures: [{name: f, type: progress, of: joined, log_x: true}]\n";

/* The next line of the data, as numbers; false at the end of the block. */
static bool next_point(char **at, double *x, double *share) {
  char *line = strsep(at, "\n");
  if (line == NULL || *line == '\0')
    return false;
  assert_int_equal(sscanf(line, "%lf\t%lf", x, share), 2);
  return true;
}

/* Of the block that begins with this comment, behind its line of names. */
static char *block_of(char *data, const char *comment) {
  char *at = strstr(data, comment);
  assert_non_null(at);
  at = strchr(at, '\n');
  assert_non_null(at);
  at = strchr(at + 1, '\n');
  assert_non_null(at);
  return at + 1;
}

static double last_share(char *at) {
  double x = 0, share = 0, former_x = 0, former = 0;
  assert_true(next_point(&at, &x, &share));
  fixture_assert_near(share, 0, 1e-9);
  for (; next_point(&at, &x, &share); former_x = x, former = share) {
    assert_true(x >= former_x);
    assert_true(share >= former);
  }
  return share;
}

static void test_curves_rise_to_what_is_done(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_run(fixture, SCENARIO, true));
  char *svg = fixture_read(fixture, "figures/f.svg");
  fixture_assert_well_formed(svg);
  fixture_assert_has(svg, "hops 1, frame loss 0 %");
  char *data = fixture_read(fixture, "figures/f.tsv");
  fixture_assert_near(last_share(block_of(data, "# hops 1, frame loss 0 %: median")), 1, 1e-9);
  free(data);
  data = fixture_read(fixture, "figures/f.tsv");
  const double lossy = last_share(block_of(data, "# hops 2, frame loss 75 %: median"));
  fixture_assert_near(lossy, 0.8, 1e-9); /* most runs failed, with 80 % done */
  free(data);
  char *cells = fixture_read(fixture, "cells.csv");
  fixture_assert_has(cells, "joined_ms.75,median_all,");
  assert_null(strstr(cells, "joined_ms.74"));
  free(cells);
  free(svg);
}

static void test_range_is_from_quickest_to_slowest(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_run(fixture, SCENARIO, true));
  char *data = fixture_read(fixture, "figures/f.tsv");
  char *at = block_of(data, "# hops 1, frame loss 0 %: from the quickest");
  double x[6], share[6];
  for (size_t i = 0; i < 6; i++)
    assert_true(next_point(&at, &x[i], &share[i]));
  for (size_t i = 0; i < 3; i++) {
    fixture_assert_near(share[i], share[5 - i], 1e-9);
    assert_true(x[i] < x[5 - i]);
  }
  assert_false(next_point(&at, &x[0], &share[0]));
  free(data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_failed_runs_count_with_what_they_have),
      cmocka_unit_test(test_failed_runs_are_paired_with_what_they_have),
      cmocka_unit_test(test_words_of_statistics),
      cmocka_unit_test(test_curves_rise_to_what_is_done),
      cmocka_unit_test(test_range_is_from_quickest_to_slowest),
  };
  return cmocka_run_group_tests_name("figure_progress", tests, fixture_setup, fixture_teardown);
}
