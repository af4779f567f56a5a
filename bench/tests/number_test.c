/* Numbers are read and written as the C library does, however few or many digits they have. */
#include "support/number.h"
#include "fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DRAWN = 20000 };

/* What number_add has to write. */
static void write_plainly(char text[40], double number) {
  snprintf(text, 40, "%.15g", number);
  if (strtod(text, NULL) < number || strtod(text, NULL) > number)
    snprintf(text, 40, "%.17g", number);
}

static void check(double number) {
  char plainly[40];
  struct text written = {0};
  double back;
  write_plainly(plainly, number);
  number_add(&written, number);
  assert_string_equal(written.data, plainly);
  const char *at = written.data;
  assert_true(number_read(&at, &back));
  assert_int_equal(*at, '\0');
  assert_memory_equal(&back, &number, sizeof number);
  text_deinit(&written);
}

/* Of few decimals, of many, of all sizes. */
static double drawn(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  const uint64_t bits = *state >> 11;
  switch (*state >> 3 & 3) {
  case 0:
    return (double)(bits % 100000000) / 1e4;
  case 1:
    return -(double)(bits % 1000) / 1e9;
  case 2:
    return ldexp((double)bits, (int)(*state >> 5 & 127) - 110);
  default:
    return (double)(bits % 1000000);
  }
}

static void as_the_library(void **state) {
  (void)state;
  static const double SOME[] = {0,        -0.0,
                                1,        -1,
                                0.1,      1e-4,
                                9.9e-5,   1e15,
                                1e22,     123456789e-9,
                                0.3,      1e300,
                                5e-324,   2.5,
                                1 / 3.0,  999999999999999,
                                1e14 / 3, 4503599627370497.5,
                                1e-9,     37.339999};
  for (size_t i = 0; i < sizeof SOME / sizeof SOME[0]; i++)
    check(SOME[i]);
  uint64_t seed = 1;
  for (int i = 0; i < DRAWN; i++)
    check(drawn(&seed));
  struct text none = {0};
  number_add(&none, NAN);
  assert_int_equal(none.length, 0);
}

/* JSON's grammar: what is read, and where it ends. */
static void grammar(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int length; /* of the number; 0: there is none */
  } TEXTS[] = {{"1,", 1},  {"-1.5e3}", 6}, {"0.25 ", 4}, {"1E+2", 4}, {"12345678901234567890]", 20},
               {"", 0},    {"-", 0},       {"01", 0},    {"1.", 0},   {".5", 0},
               {"1e", 0},  {"1e+", 0},     {"+1", 0},    {"x", 0},    {"1e999", 0},
               {"1-2", 1}, {"0", 1},       {"-0", 2},    {"1.5.5", 3}};
  for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
    const char *at = TEXTS[i].text;
    double number;
    if (number_read(&at, &number) != (TEXTS[i].length > 0))
      fail_msg("%s", TEXTS[i].text);
    if (TEXTS[i].length > 0) {
      assert_int_equal(at - TEXTS[i].text, TEXTS[i].length);
      const double expected = strtod(TEXTS[i].text, NULL);
      assert_memory_equal(&number, &expected, sizeof number);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_the_library),
      cmocka_unit_test(grammar),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
