/* A planted fault is found: this program is linked with one. */
#include "ladder.h"
#include "suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_fault_is_found(void **state) {
  (void)state;
  struct model model = *model_default();
  char error[256];
  assert_true(suite_set(&model, MODEL, error, sizeof error));
  struct explore_result result;
  const enum monitor_violation expected = monitor_violation_find(VIOLATION);
  assert_int_not_equal(expected, MONITOR_NONE);
  explore(&model, true, &result);
  if (result.violations[expected].states == 0) { /* behind one that ends no run */
    explore_result_deinit(&result);
    explore(&model, false, &result);
  }
  const struct explore_end *found = &result.violations[expected];
  printf("%s: %s after %llu states in %.3f s\n", FAULT, VIOLATION,
         (unsigned long long)result.states, result.seconds);
  assert_true(found->states > 0);
  bool possible;
  char outcome[160];
  assert_int_equal(ladder_write(stdout, &model, found->path.choices, found->path.length, false,
                                &possible, outcome, sizeof outcome),
                   expected);
  explore_result_deinit(&result);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_fault_is_found)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
