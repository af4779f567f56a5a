/* What json_line writes is what the library would have written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec/json_line.h"

#include <float.h>

static void expect_same(json_t *value) {
  char *expected = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
  char *line = json_line(value);
  assert_string_equal(line, expected);
  free(line);
  free(expected);
  json_decref(value);
}

static void test_numbers(void **state) {
  (void)state;
  static const double reals[] = {0,
                                 -0.0,
                                 1,
                                 -1,
                                 0.1,
                                 -0.5,
                                 1e-4,
                                 0.00012,
                                 0.000099,
                                 1e-5,
                                 0.0001005,
                                 999999999,
                                 1e9,
                                 999999999.5,
                                 1e15,
                                 1e16,
                                 1e300,
                                 DBL_MIN,
                                 DBL_MAX,
                                 1.0 / 3,
                                 2.0 / 3e6,
                                 0.999999,
                                 0.9999995,
                                 0.9999999,
                                 1.000001,
                                 1.0000005,
                                 123456.789,
                                 9.2,
                                 35.648,
                                 100,
                                 1000000,
                                 999999999.999999,
                                 999999998.9999995};
  static const json_int_t integers[] = {0,  1,   -1,        9,         10,       -10,
                                        99, 100, INT32_MAX, INT64_MAX, INT64_MIN};
  for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++)
    expect_same(json_real(reals[i]));
  for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++)
    expect_same(json_integer(integers[i]));
}

/* Times and sums of times, means, and whatever bits there can be. */
static void test_random_numbers(void **state) {
  (void)state;
  uint64_t random = 1;
  for (int i = 0; i < 60000; i++) {
    random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    const uint64_t bits = random ^ random >> 32;
    double any;
    memcpy(&any, &bits, sizeof any);
    json_t *const values[] = {json_real((double)(bits >> (bits % 60)) / 1e6),
                              json_real((double)(bits >> 40) / 1e6 + (double)(bits & 0xfff) / 1e6),
                              json_real((double)(bits >> 44) / 3e6),
                              json_real((double)(bits >> 30) / 1e7), json_real(any)};
    for (size_t j = 0; j < sizeof values / sizeof values[0]; j++)
      if (values[j] != NULL) /* not a number */
        expect_same(values[j]);
  }
}

static void test_texts(void **state) {
  (void)state;
  static const char *const texts[] = {"",
                                      "plain",
                                      "a \"word\"",
                                      "back\\slash",
                                      "line\nend",
                                      "\x01",
                                      "\x7f",
                                      "/",
                                      "\u00e4\u20ac\U0001f600",
                                      "\u2028",
                                      "tab\t"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    expect_same(json_string(texts[i]));
    expect_same(json_pack("{s:s,s:[s]}", texts[i], "value", "other", texts[i]));
  }
  expect_same(json_stringn("a\0b", 3));
}

static void test_structures(void **state) {
  (void)state;
  expect_same(json_object());
  expect_same(json_array());
  expect_same(json_pack("[n,b,b,{},[],{s:{s:[i,f,s]},s:n}]", 1, 0, "b", "a", 1, 2.5, "c", "a"));
  json_t *large = json_array();
  for (int i = 0; i < 20000; i++)
    json_array_append_new(large, json_pack("{s:i,s:f}", "count", i, "figure", i / 8.0));
  expect_same(large);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_random_numbers),
      cmocka_unit_test(test_texts),
      cmocka_unit_test(test_structures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
