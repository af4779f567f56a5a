/* Output that cannot be written is an error of the program, and a reader that went away is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

static void test_lost_output(void **state) {
  (void)state;
  static const struct {
    const char *arguments;
    int status;
  } cases[] = {
      {"--help >/dev/full", 2},
      {"--usage >/dev/full", 2},
      {"--describe >/dev/full", 2},
      {"--resolve >/dev/full", 2},
      {">/dev/full", 2},
      {">&-", 2},
      {"--log '%s/log' >&-", 2}, /* the results are not in the log */
      {"--log /dev/full >/dev/null", 2},
      {"--log '%s/no/such' >/dev/null", 2},
      {"--pcap '%s/no/such' >/dev/null", 2},
      {"--log '%s/log' >/dev/null", 0},
  };
  char *folder = shell_make_folder(), arguments[256];
  int status;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *place = strstr(cases[i].arguments, "%s");
    const int before =
        place == NULL ? (int)strlen(cases[i].arguments) : (int)(place - cases[i].arguments);
    snprintf(arguments, sizeof arguments, "%.*s%s%s", before, cases[i].arguments,
             place == NULL ? "" : folder, place == NULL ? "" : place + 2);
    char *said = shell_output(&status, "echo '{}' | { %s %s; } 2>&1", SIMULATOR, arguments);
    if (status != cases[i].status)
      fail_msg("%s: status %d", arguments, status);
    assert_int_equal(strlen(said) > 0, status != 0);
    free(said);
  }
  char *results = shell_output(&status, "grep -c '\"outcome\"' '%s/log'", folder);
  assert_string_equal(results, "0\n");
  free(results);
  shell_remove(folder);
}

/* A file may have 512 octets: the captures are not whole, and not left. */
static void test_captures(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  int status;
  char *said = shell_output(
      &status, "sh -c \"trap '' XFSZ; ulimit -f 1; echo '{\\\"hops\\\":3}' | %s --pcap '%s'\" 2>&1",
      SIMULATOR, folder);
  assert_int_equal(status, 2);
  assert_non_null(strstr(said, "\"outcome\":\"established\""));
  assert_non_null(strstr(said, "a capture could not be written to its end"));
  free(said);
  said = shell_output(
      &status, "cd '%s' && for f in *.pcap; do tshark -r \"$f\" 2>&1 >/dev/null; done", folder);
  assert_null(strstr(said, "cut short"));
  free(said);
  said = shell_output(&status, "ls '%s'", folder);
  assert_null(strstr(said, "air.pcap"));
  free(said);
  shell_remove(folder);
}

/* A pipe whose only reader is closed. */
static void test_reader_that_went_away(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  int status;
  char *said = shell_output(&status,
                            "cd '%s' && mkfifo pipe && exec 3<>pipe 4>pipe 3>&- && "
                            "{ echo '{}' | %s 2>said >&4; echo $?; cat said; }",
                            folder, SIMULATOR);
  assert_string_equal(said, "141\n");
  free(said);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lost_output),
      cmocka_unit_test(test_captures),
      cmocka_unit_test(test_reader_that_went_away),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
