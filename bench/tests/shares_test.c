/* Differences of shares: the examples of Newcombe's papers. */
#include "support/shares.h"
#include "fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Statistics in Medicine 17 (1998) p. 873, table II, method 10. */
static void published_samples(void **state) {
  (void)state;
  static const struct {
    struct shares_sample own, base;
    double low, high;
  } EXAMPLES[] = {
      {{56, 70}, {48, 80}, 0.0524, 0.3339}, {{9, 10}, {3, 10}, 0.1705, 0.8090},
      {{6, 7}, {2, 7}, 0.0582, 0.8062},     {{5, 56}, {0, 29}, -0.0381, 0.1926},
      {{0, 10}, {0, 20}, -0.1611, 0.2775},  {{10, 10}, {0, 20}, 0.6791, 1.0},
  };
  for (size_t i = 0; i < sizeof EXAMPLES / sizeof EXAMPLES[0]; i++) {
    const struct estimate got = shares_difference_apart(EXAMPLES[i].own, EXAMPLES[i].base);
    assert_int_equal(got.interval, INTERVAL_NEWCOMBE);
    fixture_assert_near(got.low, EXAMPLES[i].low, 5e-5);
    fixture_assert_near(got.high, EXAMPLES[i].high, 5e-5);
  }
}

/* The same, p. 2635: 36 pairs succeed both, 12 on one side, 2 on the other. */
static void published_pairs(void **state) {
  (void)state;
  const struct estimate got =
      shares_difference((struct shares_pairs){.both = 36, .only_own = 12, .only_base = 2});
  fixture_assert_near(got.value, 0.2, 1e-12);
  fixture_assert_near(got.low, 0.0569, 5e-5);
  fixture_assert_near(got.high, 0.3404, 5e-5);
  assert_int_equal(got.count, 50);
}

/* Pairs that go together have a narrower interval than two samples; none is beyond 1. */
static void correlated_pairs(void **state) {
  (void)state;
  const struct estimate pairs = shares_difference((struct shares_pairs){60, 5, 0, 35});
  const struct estimate apart =
      shares_difference_apart((struct shares_sample){65, 100}, (struct shares_sample){60, 100});
  fixture_assert_near(pairs.value, apart.value, 1e-12);
  assert_true(pairs.high - pairs.low < (apart.high - apart.low) / 2);
  assert_true(pairs.low <= pairs.value && pairs.value <= pairs.high);
  const struct estimate all = shares_difference((struct shares_pairs){.only_own = 8});
  assert_true(all.value >= 1 && all.high <= 1 && all.low > 0);
}

static void no_pairs(void **state) {
  (void)state;
  const struct estimate pairs = shares_difference((struct shares_pairs){0});
  assert_true(isnan(pairs.value) && isnan(pairs.low) && pairs.interval == INTERVAL_NONE);
  const struct estimate apart =
      shares_difference_apart((struct shares_sample){1, 2}, (struct shares_sample){0, 0});
  assert_true(isnan(apart.value) && apart.count == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_samples),
      cmocka_unit_test(published_pairs),
      cmocka_unit_test(correlated_pairs),
      cmocka_unit_test(no_pairs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
