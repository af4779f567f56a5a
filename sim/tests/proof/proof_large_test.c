/* The ledger proved in networks of a thousand peers: all that is proved of small ones. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proof.h"
#include "shell.h"

/* Sent in so long that the channel carries it, with collisions and losses. */
static const char *const specs[] = {
    "{\"topology\": \"star\", \"peers\": 1000, \"start_spread_ms\": 300000, "
    "\"channel\": \"addressed\", \"peer_detail\": \"off\"}",
};

static void prove(const char *spec) {
  char *folder = shell_make_folder(), *differences = NULL;
  size_t length;
  struct proof_report report = proof_report_begin(&differences, &length);
  proof_run(folder, spec);
  json_t *result = proof_result(folder);
  assert_non_null(result);
  assert_string_equal(shell_text(result, "outcome"), "established");
  assert_int_equal(shell_count(result, "authentications_established"), 1000);
  assert_true(shell_count(result, "mac_retries") > 0);
  json_t *derived = proof_derive(folder, result, &report);
  proof_compare(result, derived, &report);
  fclose(report.file);
  if (report.differences > 0)
    fail_msg("%s\n%s", spec, differences);
  print_message("%lld frames, %lld octets\n", shell_count(result, "frames"),
                shell_count(result, "bytes_air"));
  free(differences);
  json_decref(result);
  json_decref(derived);
  shell_remove(folder);
}

static void test_large(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
    prove(specs[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_large)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
