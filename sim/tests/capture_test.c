/* tshark decrypts what OSCORE protects, from nothing but the secrets of --log. (That the captures
 * and the ledger agree is in proof_test.c.) */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

#define TSHARK "tshark -n -o 6lowpan.context0:fd00::/64 "

/* The master secret and salt in the log, as hexadecimal digits. */
static void read_secret(const char *folder, char secret[65], char salt[17]) {
  int status;
  char *text = shell_output(&status, "grep -m1 -o 'salt\":\"[0-9a-f]*' %s/log", folder);
  assert_int_equal(sscanf(text, "salt\":\"%64[0-9a-f]%16[0-9a-f]", secret, salt), 2);
  free(text);
}

/* tshark decrypts steps 7 and 8. It matches a response to a request by token, and the token is
 * constant, so it is given these two alone. */
static void test_oscore_decrypts(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  char arguments[256], secret[65], salt[17];
  snprintf(arguments, sizeof arguments, "--pcap %s --log %s/log", folder, folder);
  json_t *result = shell_simulate(folder, "{\"oscore_id_context\": \"none\"}", arguments);
  assert_string_equal(shell_text(result, "outcome"), "established");
  read_secret(folder, secret, salt);
  int status;
  free(shell_output(&status, TSHARK "-r %s/air.pcap -Y oscore -w %s/oscore.pcap 2>&1", folder,
                    folder));
  assert_int_equal(status, 0);
  char *text = shell_output(
      &status,
      TSHARK "-r %s/oscore.pcap -o 'uat:oscore_contexts:\"\",\"01\",\"%s\",\"%s\",\"\","
             "\"AES-CCM-16-64-128 (CCM*)\"' -T fields -E separator=';' -e oscore.code "
             "-e oscore.opt.length -e oscore.payload_length -e data.data 2>/dev/null",
      folder, secret, salt);
  /* POST, Uri-Path b and 5, SeqNum, EAP-Success; 2.04 with SeqNum. */
  unsigned identifier;
  assert_int_equal(sscanf(text, "2;1,1,2;4;%*[^,],03%2x0004\n", &identifier), 1);
  assert_non_null(strstr(text, "\n68;2;;"));
  free(text);
  json_decref(result);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_oscore_decrypts)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
