/* Statistics against values of R (t.test, quantile, prop.test without correction) and of tables of
 * binomial order statistics. */
#include "fixture.h"
#include "support/statistics.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>

#include <cmocka.h>

enum { MOST = 200 };

/* cmocka compares floats only. */
static void fill_counting(double *value, size_t count) {
  for (size_t i = 0; i < count; i++)
    value[i] = (double)(i + 1);
}

static void quantile_intervals(void **state) {
  /* For the values 1 to n, the ends of the interval are ranks. 0 stands for none. */
  static const struct {
    size_t count;
    double p, value, low, high;
  } TABLE[] = {
      {1, 0.5, 1, 0, 0},         {5, 0.5, 3, 0, 0},           {6, 0.5, 3.5, 1, 6},
      {10, 0.5, 5.5, 2, 9},      {20, 0.5, 10.5, 6, 15},      {25, 0.5, 13, 8, 18},
      {100, 0.5, 50.5, 40, 61},  {10, 0.95, 9.55, 0, 0},      {71, 0.95, 67.5, 0, 0},
      {72, 0.95, 68.45, 64, 72}, {100, 0.95, 95.05, 90, 100}, {100, 0.25, 25.75, 17, 35},
  };
  (void)state;
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    double value[MOST];
    fill_counting(value, TABLE[i].count);
    struct estimate estimate = statistics_quantile(value, TABLE[i].count, TABLE[i].p);
    fixture_assert_near(estimate.value, TABLE[i].value, 1e-9);
    assert_int_equal(isnan(estimate.low), TABLE[i].low < 1);
    assert_int_equal(isnan(estimate.high), TABLE[i].low < 1);
    if (TABLE[i].low < 1)
      continue;
    fixture_assert_near(estimate.low, TABLE[i].low, 1e-9);
    fixture_assert_near(estimate.high, TABLE[i].high, 1e-9);
  }
}

static void quantile_of_failures(void **state) {
  (void)state;
  double value[MOST];
  fill_counting(value, 100);
  for (size_t i = 95; i < 100; i++)
    value[i] = INFINITY;
  /* Rank 95.05 lies between a success and a failure. */
  struct estimate p95 = statistics_quantile(value, 100, 0.95);
  assert_true(isinf(p95.value));
  fixture_assert_near(p95.low, 90, 1e-9);
  assert_true(isinf(p95.high));
  fixture_assert_near(statistics_quantile(value, 100, 0.5).value, 50.5, 1e-9);
  double faster[] = {-INFINITY, 1};
  assert_true(statistics_quantile(faster, 2, 0.5).value < 0);
  double failures[] = {INFINITY, INFINITY};
  assert_true(isinf(statistics_quantile(failures, 2, 0.5).value));
}

static void mean_of_r(void **state) {
  (void)state;
  double value[MOST];
  fill_counting(value, 10);
  struct estimate mean = statistics_mean(value, 10); /* t.test(1:10) */
  fixture_assert_near(mean.value, 5.5, 1e-12);
  fixture_assert_near(mean.low, 3.334149, 1e-6);
  fixture_assert_near(mean.high, 7.665851, 1e-6);
  assert_true(isnan(statistics_mean(value, 1).low));
  assert_true(isnan(statistics_mean(value, 0).value));
}

/* Both ends of Fieller's interval are where mean(own - r base) is t of its standard errors away
 * from 0: looked at with statistics_mean, whose interval is that. */
static void ratio_of_means(void **state) {
  (void)state;
  static const double BASE[] = {10, 12, 9, 11, 14, 10}, OWN[] = {8, 9.5, 7, 9, 10, 8.5};
  enum { COUNT = sizeof BASE / sizeof BASE[0] };
  double difference[COUNT], doubled[COUNT];
  struct estimate ratio = statistics_ratio_of_means(OWN, BASE, COUNT);
  fixture_assert_near(ratio.value, 52.0 / 66, 1e-12);
  assert_true(ratio.low < ratio.value && ratio.value < ratio.high);
  for (size_t i = 0; i < COUNT; i++)
    difference[i] = OWN[i] - ratio.low * BASE[i];
  fixture_assert_near(statistics_mean(difference, COUNT).low, 0, 1e-9);
  for (size_t i = 0; i < COUNT; i++)
    difference[i] = OWN[i] - ratio.high * BASE[i];
  fixture_assert_near(statistics_mean(difference, COUNT).high, 0, 1e-9);
  for (size_t i = 0; i < COUNT; i++)
    doubled[i] = 1.7 * BASE[i];
  ratio = statistics_ratio_of_means(doubled, BASE, COUNT);
  fixture_assert_near(ratio.low, 1.7, 1e-12);
  fixture_assert_near(ratio.high, 1.7, 1e-12);
  assert_true(isnan(statistics_ratio_of_means(OWN, BASE, 1).low));
  assert_true(isnan(statistics_ratio_of_means(OWN, BASE, 0).value));
  /* A base that may be 0 gives no interval. */
  static const double AROUND[] = {-1, 1, 2, -2, 0.5, 1};
  assert_true(isnan(statistics_ratio_of_means(OWN, AROUND, COUNT).low));
}

static void ratio_of_wilson(void **state) {
  static const struct {
    size_t successes, count;
    double low, high;
  } TABLE[] = {
      {10, 20, 0.2992980, 0.7007020},  {0, 100, 0, 0.03699350}, {100, 100, 0.9630065, 1},
      {81, 263, 0.2552715, 0.3661771}, /* Newcombe 1998, table I: 0.2553 to 0.3662 */
      {15, 148, 0.0624, 0.1605},       /* likewise */
      {1, 29, 0.0061, 0.1718},
  };
  (void)state;
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    struct estimate ratio = statistics_ratio(TABLE[i].successes, TABLE[i].count);
    fixture_assert_near(ratio.low, TABLE[i].low, 6e-5);
    fixture_assert_near(ratio.high, TABLE[i].high, 6e-5);
  }
  assert_true(isnan(statistics_ratio(0, 0).value));
}

static void sorting(void **state) {
  (void)state;
  double value[] = {3, INFINITY, -1, 2};
  statistics_sort(value, 4);
  fixture_assert_near(value[0], -1, 0);
  fixture_assert_near(value[2], 3, 0);
  assert_true(isinf(value[3]));
}

/* Of values that cannot be negative. */
static void positive_means(void **state) {
  (void)state;
  const double few[] = {0, 0, 0, 10}, alike[] = {3, 3, 3}, one[] = {3};
  struct estimate cut = statistics_mean(few, 4);
  fixture_assert_near(cut.low, 0, 1e-12); /* Student's is -5.46 */
  fixture_assert_near(cut.high, 10.4561157, 1e-6);
  assert_int_equal(cut.interval, INTERVAL_STUDENT);
  assert_true(statistics_mean_signed(few, 4).low < -5);
  assert_int_equal(statistics_mean(alike, 3).interval, INTERVAL_EQUAL);
  assert_int_equal(statistics_mean(one, 1).interval, INTERVAL_FEW);
  double value[MOST];
  fill_counting(value, 100);
  assert_int_equal(statistics_mean(value, 100).interval, INTERVAL_STUDENT);
  for (size_t i = 0; i < 100; i++)
    value[i] = i < 98 ? 1 : 5000;
  struct estimate skewed = statistics_mean(value, 100);
  assert_int_equal(skewed.interval, INTERVAL_BOOTSTRAP);
  assert_true(skewed.low >= 0 && skewed.low < skewed.value && skewed.high > skewed.value);
  struct estimate again = statistics_mean(value, 100);
  assert_memory_equal(&skewed, &again, sizeof skewed);
}

/* A time under loss: three of a hundred repeat a message, after two seconds. */
static double rarely_late(gsl_rng *generator) {
  return (gsl_rng_uniform(generator) < 0.03 ? 2000 : 50) + gsl_ran_gaussian(generator, 5);
}

static double log_normal(gsl_rng *generator) {
  return gsl_ran_lognormal(generator, 0, 1);
}

/* How often the interval has the mean in it, which should be 95 % of the times: no less often than
 * Student's, which has it less often of skewed values; and it ends within them. */
static void coverage_of_skewed_means(void **state) {
  enum { TRIES = 400 };
  static const struct {
    double (*draw)(gsl_rng *generator);
    size_t count;
    double mean, least; /* share of the tries */
  } TABLE[] = {{log_normal, 50, 1.6487212707, 0.88}, {rarely_late, 100, 108.5, 0.9}};
  (void)state;
  gsl_rng *generator = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(generator, 7);
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    unsigned within = 0, student = 0;
    for (size_t j = 0; j < TRIES; j++) {
      double value[MOST], most = 0;
      for (size_t k = 0; k < TABLE[i].count; k++) {
        value[k] = TABLE[i].draw(generator);
        most = fmax(most, value[k]);
      }
      const struct estimate ours = statistics_mean(value, TABLE[i].count),
                            theirs = statistics_mean_signed(value, TABLE[i].count);
      assert_true(ours.low > 0 && ours.high <= most);
      within += ours.low <= TABLE[i].mean && TABLE[i].mean <= ours.high;
      student += theirs.low <= TABLE[i].mean && TABLE[i].mean <= theirs.high;
    }
    print_message("%.3f, by Student %.3f\n", within / (double)TRIES, student / (double)TRIES);
    assert_true(within + 4 >= student && within > TABLE[i].least * TRIES && within < 0.98 * TRIES);
  }
  gsl_rng_free(generator);
}

/* Values of R: t.test(own, base). */
static void samples_apart(void **state) {
  (void)state;
  const double own[] = {12, 15, 11, 18, 14}, base[] = {9, 8, 12, 10, 7, 11};
  const struct statistics_sample a = {own, 5}, b = {base, 6};
  struct estimate difference = statistics_difference_apart(a, b);
  fixture_assert_near(difference.value, 4.5, 1e-9);
  fixture_assert_near(difference.low, 1.075189, 1e-5);
  fixture_assert_near(difference.high, 7.924811, 1e-5);
  assert_int_equal(difference.interval, INTERVAL_WELCH);
  struct estimate ratio = statistics_ratio_apart(a, b);
  fixture_assert_near(ratio.value, 14 / 9.5, 1e-9);
  assert_true(ratio.low > 1 && ratio.high < 2);
  double mine[MOST], theirs[MOST];
  fill_counting(mine, 100);
  fill_counting(theirs, 80);
  const struct statistics_sample more = {mine, 100}, less = {theirs, 80};
  struct estimate medians = statistics_quantiles_apart(more, less, 0.5, false);
  fixture_assert_near(medians.value, 10, 1e-9);
  assert_true(medians.low < 10 && medians.low > -10 && medians.high > 10 && medians.high < 30);
  assert_int_equal(medians.interval, INTERVAL_BOOTSTRAP);
  assert_int_equal(statistics_quantiles_apart(a, b, 0.95, true).interval, INTERVAL_FEW);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quantile_intervals), cmocka_unit_test(quantile_of_failures),
      cmocka_unit_test(mean_of_r),          cmocka_unit_test(ratio_of_means),
      cmocka_unit_test(ratio_of_wilson),    cmocka_unit_test(sorting),
      cmocka_unit_test(positive_means),     cmocka_unit_test(coverage_of_skewed_means),
      cmocka_unit_test(samples_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
