/* Values p; those of the tests are R's. */
#include "support/significance.h"
#include "fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* a <- c(10,12,9,11,14,8,10,13); b <- c(11,15,9,13,17,10,11,18) */
static const double A[] = {10, 12, 9, 11, 14, 8, 10, 13}, B[] = {11, 15, 9, 13, 17, 10, 11, 18};
enum { COUNT = sizeof A / sizeof A[0] };

/* t.test(b, a, paired = TRUE); t.test(b, a) */
static void means(void **state) {
  (void)state;
  double difference[COUNT];
  for (size_t i = 0; i < COUNT; i++)
    difference[i] = B[i] - A[i];
  fixture_assert_near(significance_mean(difference, COUNT), 0.00612320852114, 1e-12);
  fixture_assert_near(significance_means_apart((struct statistics_sample){B, COUNT},
                                               (struct statistics_sample){A, COUNT}),
                      0.150912864381, 1e-12);
  assert_true(isnan(significance_mean(difference, 1)));
}

/* Where nothing varies, the signs are what is left: 2 / 2^8. */
static void means_without_variance(void **state) {
  (void)state;
  static const double SAME[COUNT] = {12, 12, 12, 12, 12, 12, 12, 12}, NOTHING[COUNT] = {0};
  const struct statistics_sample same = {SAME, COUNT}, nothing = {NOTHING, COUNT};
  fixture_assert_near(significance_mean(SAME, COUNT), 2.0 / 256, 1e-15);
  fixture_assert_near(significance_mean(NOTHING, COUNT), 1, 0);
  assert_true(isnan(significance_means_apart(same, nothing)));
}

/* Sums that overflow give no value, and end nothing. */
static void means_that_overflow(void **state) {
  (void)state;
  static const double HUGE_VALUES[] = {1e308, -1e308, 1e308, -1e308, 1e308};
  const struct statistics_sample a = {A, COUNT}, b = {HUGE_VALUES, 5};
  assert_true(isnan(significance_mean(HUGE_VALUES, 5)));
  assert_true(isnan(significance_means_apart(a, b)));
  (void)statistics_difference_apart(a, b);
  (void)statistics_ratio_apart(a, b);
}

/* binom.test(1, 8); binom.test(3, 12), of which one difference is 0 */
static void signs(void **state) {
  (void)state;
  fixture_assert_near(significance_sign(7, 1, 0), 0.0703125, 1e-12);
  fixture_assert_near(significance_sign(2, 9, 1), 0.14599609375, 1e-12);
  fixture_assert_near(significance_sign(4, 4, 0), 1, 1e-12);
  assert_true(isnan(significance_sign(0, 0, 0)));
  fixture_assert_near(significance_shares(1, 7), 0.0703125, 1e-12);
  fixture_assert_near(significance_shares(0, 0), 1, 0);
}

/* fisher.test(matrix(c(9, 1, 3, 7), 2)) and so on */
static void shares(void **state) {
  (void)state;
  fixture_assert_near(significance_shares_apart(9, 10, 3, 10), 0.0197666110979, 1e-12);
  fixture_assert_near(significance_shares_apart(5, 56, 0, 29), 0.160621443209, 1e-12);
  fixture_assert_near(significance_shares_apart(10, 10, 0, 20), 3.32833916042e-08, 1e-18);
  assert_true(isnan(significance_shares_apart(0, 0, 1, 2)));
}

/* p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") */
static void holm(void **state) {
  (void)state;
  static const double EXPECTED[] = {0.03, 0.06, 0.06, 0.02};
  double p[] = {0.01, NAN, 0.04, 0.03, 0.005};
  significance_holm(p, 5);
  assert_true(isnan(p[1]));
  for (size_t i = 0, j = 0; i < 5; i++)
    if (i != 1)
      fixture_assert_near(p[i], EXPECTED[j++], 1e-12);
  double large[] = {0.9, 0.8};
  significance_holm(large, 2);
  fixture_assert_near(large[0], 1, 0);
  significance_holm(NULL, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(means),
      cmocka_unit_test(means_without_variance),
      cmocka_unit_test(means_that_overflow),
      cmocka_unit_test(signs),
      cmocka_unit_test(shares),
      cmocka_unit_test(holm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
