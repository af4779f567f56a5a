/* Effect sizes, computed once more by R from their definitions. */
#include "compare/effect_size.h"
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

/* mean(b - a) / sd(b - a); (sum(b > a) - sum(b < a)) / 8 */
static void of_pairs(void **state) {
  (void)state;
  fixture_assert_near(effect_size_paired_means(A, B, COUNT).value, 1.36863002603, 1e-11);
  fixture_assert_near(effect_size_paired_means(B, A, COUNT).value, -1.36863002603, 1e-11);
  fixture_assert_near(effect_size_paired_order(A, B, COUNT).value, 0.875, 1e-15);
  assert_string_equal(effect_size_word(effect_size_paired_means(A, B, COUNT).kind), "d_z");
}

/* x <- c(3,5,8); y <- c(1,9,2,4): (mean(y) - mean(x)) / pooled * (1 - 3 / (4 * 5 - 1));
 * (sum(outer(y, x, ">")) - sum(outer(y, x, "<"))) / 12 */
static void of_samples(void **state) {
  (void)state;
  static const double X[] = {3, 5, 8}, Y[] = {1, 2, 4, 9};
  const struct statistics_sample x = {X, 3}, y = {Y, 4};
  fixture_assert_near(effect_size_means(x, y).value, -0.352719080667, 1e-11);
  fixture_assert_near(effect_size_order(x, y).value, -1.0 / 3, 1e-15);
  fixture_assert_near(effect_size_order(y, x).value, 1.0 / 3, 1e-15);
}

/* Equal values count for neither; what failed is infinite, and above all. */
static void ties_and_failures(void **state) {
  (void)state;
  static const double X[] = {1, 2, 2, INFINITY}, Y[] = {2, 2, INFINITY, INFINITY};
  /* of 16: above 1 + 1 + 3 + 3, below 1 + 1 */
  fixture_assert_near(
      effect_size_order((struct statistics_sample){X, 4}, (struct statistics_sample){Y, 4}).value,
      6.0 / 16, 1e-15);
  fixture_assert_near(effect_size_paired_order(X, Y, 4).value, 2.0 / 4, 1e-15);
}

static void nothing_varies(void **state) {
  (void)state;
  static const double ONE[] = {1.1, 1.1, 1.1}, TWO[] = {3.3, 3.3, 3.3};
  assert_true(isinf(effect_size_paired_means(ONE, TWO, 3).value));
  assert_true(effect_size_paired_means(TWO, ONE, 3).value < 0);
  fixture_assert_near(effect_size_paired_means(ONE, ONE, 3).value, 0, 0);
  const struct statistics_sample one = {ONE, 3}, two = {TWO, 3};
  assert_true(isinf(effect_size_means(one, two).value));
}

static void too_few(void **state) {
  (void)state;
  const struct statistics_sample none = {NULL, 0}, one = {A, 1};
  assert_true(isnan(effect_size_paired_means(A, B, 1).value));
  assert_true(isnan(effect_size_paired_order(A, B, 0).value));
  assert_true(isnan(effect_size_means(one, one).value));
  assert_true(isnan(effect_size_order(none, one).value));
}

/* 2 * asin(sqrt(0.75)) - 2 * asin(sqrt(0.5)) */
static void of_shares(void **state) {
  (void)state;
  fixture_assert_near(effect_size_shares(0.5, 0.75).value, 0.5235988, 1e-7);
  fixture_assert_near(effect_size_shares(1, 0).value, -3.14159265, 1e-8);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(of_pairs),          cmocka_unit_test(of_samples),
      cmocka_unit_test(ties_and_failures), cmocka_unit_test(nothing_varies),
      cmocka_unit_test(too_few),           cmocka_unit_test(of_shares),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
