/* A test program of whose functions some pass, some are skipped and, with an argument, one fails:
 * what count_test.sh counts. */
#include "skip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void passes(void **state) {
  (void)state;
  skip_without("sh");
}

static void lacks_a_program(void **state) {
  (void)state;
  skip_without("no-such-program");
  fail_msg("it goes on");
}

static void lacks_something(void **state) {
  (void)state;
  skip_because("there is no %s", "moon");
  fail_msg("it goes on");
}

static void fails(void **state) {
  (void)state;
  fail();
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(passes),
      cmocka_unit_test(lacks_a_program),
      cmocka_unit_test(lacks_something),
  };
  const struct CMUnitTest failing[] = {
      cmocka_unit_test(passes),
      cmocka_unit_test(fails),
      cmocka_unit_test(lacks_something),
  };
  (void)argv;
  return argc > 1 ? cmocka_run_group_tests(failing, NULL, NULL)
                  : cmocka_run_group_tests(tests, NULL, NULL);
}
