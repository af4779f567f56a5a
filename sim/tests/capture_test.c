/* tshark decrypts what OSCORE and DTLS protect, from nothing but the secrets of --log; and captures
 * are the same whenever they are made. (That captures and ledger agree is in proof_test.c.) */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* DTLS */

/* tshark takes a flight that is sent again, or passed on by a relay, for one more part of the
 * handshake, and then has no session hash (RFC 7627) to decrypt with. So each is left once, by
 * taking away the frames that complete the others; the MAC may have repeated these, too. */
#define LEAVE_FLIGHTS_ONCE                                                                         \
  "cd %s && cp air.pcap once.pcap && while again=$(" TSHARK                                        \
  "-r once.pcap -Y dtls.handshake.type -T fields -e frame.number -e ipv6.src "                     \
  "-e dtls.handshake.type -e dtls.handshake.message_seq -e dtls.handshake.random 2>/dev/null | "   \
  "awk '{ number = $1; $1 = \"\"; if (seen[$0]++) print number }') && [ -n \"$again\" ]; do "      \
  "editcap once.pcap less.pcap $again 2>/dev/null && mv less.pcap once.pcap || exit; done"

/* How many frames that hold a DTLS datagram are such, as tshark reads the capture with the key. */
static long count_frames(const char *folder, const char *key, const char *filter) {
  int status;
  char *text = shell_output(&status,
                            TSHARK "-r %s/once.pcap -o dtls.psk:%s -Y 'dtls && %s' -T fields "
                                   "-e frame.number 2>/dev/null | wc -l",
                            folder, key, filter);
  const long count = strtol(text, NULL, 10);
  free(text);
  return count;
}

/* Runs the spec and has everything decrypted; returns how many flights were sent again. */
static long decrypt_dtls(const char *spec) {
  char *folder = shell_make_folder(), *text, arguments[256], key[65] = "";
  int status;
  snprintf(arguments, sizeof arguments, "--pcap %s --log %s/log", folder, folder);
  json_t *result = shell_simulate(folder, spec, arguments);
  assert_string_equal(shell_text(result, "outcome"), "established");
  const long exchanges = (long)shell_count(result, "app_exchanges");
  json_decref(result);
  text = shell_output(&status, "grep -m1 -o 'dtls_psk\":\"[0-9a-f]*' %s/log", folder);
  assert_int_equal(sscanf(text, "dtls_psk\":\"%64[0-9a-f]", key), 1);
  free(text);
  free(shell_output(&status, LEAVE_FLIGHTS_ONCE, folder));
  assert_int_equal(status, 0);
  /* Finished of both ends; EAP-Success and confirmation; application data. */
  assert_true(count_frames(folder, key, "dtls.handshake.type == 20 && udp.srcport == 5684") >= 2);
  assert_true(count_frames(folder, key, "coap.code == 2 && coap.opt.uri_path == \"b\"") >= 1);
  assert_true(count_frames(folder, key, "coap.opt.uri_path == \"a\" && data.len == 16") >=
              exchanges);
  assert_true(count_frames(folder, key, "coap.code == 68") >= 1 + exchanges);
  assert_int_equal(count_frames(folder, key, "dtls.app_data && !coap.code"), 0);
  assert_int_equal(
      count_frames(folder, key, "coap && _ws.malformed && !coap.invalid_option_number"), 0);
  assert_int_equal(count_frames(folder, "00", "(coap || dtls.handshake.type == 20)"), 0);
  text = shell_output(&status, "grep 'DTLS' %s/log | grep -c '\"copy\":[1-9]'", folder);
  const long again = strtol(text, NULL, 10);
  free(text);
  shell_remove(folder);
  return again;
}

static void test_dtls_decrypts(void **state) {
  (void)state;
  static const char *const lossy =
      "{\"association\": \"dtls\", \"app_messages\": 3, \"hops\": 2, \"frame_loss\": 0.25, "
      "\"mac_max_retries\": 1, \"dtls_cookie\": \"%s\", \"seed\": %d}";
  long again = 0;
  assert_int_equal(decrypt_dtls("{\"association\": \"dtls\", \"app_messages\": 3}"), 0);
  for (int seed = 2; seed <= 3; seed++) {
    char spec[256];
    snprintf(spec, sizeof spec, lossy, seed % 2 == 0 ? "off" : "on", seed);
    again += decrypt_dtls(spec);
  }
  assert_true(again > 0);
}

/* Nothing of the wall clock comes into a run: not the seconds in the randoms of a DTLS handshake,
 * either. */
static void test_same_at_any_time(void **state) {
  (void)state;
  static const char *const spec =
      "{\"association\": \"dtls\", \"app_messages\": 2, \"authentications\": 2}";
  char *first = shell_make_folder(), *second = shell_make_folder(), arguments[256];
  int status;
  snprintf(arguments, sizeof arguments, "--pcap %s", first);
  const time_t begin = time(NULL);
  json_decref(shell_simulate(first, spec, arguments));
  while (time(NULL) <= begin + 1)
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
  snprintf(arguments, sizeof arguments, "--pcap %s", second);
  json_t *result = shell_simulate(second, spec, arguments);
  assert_string_equal(shell_text(result, "outcome"), "established");
  json_decref(result);
  char *text = shell_output(&status, "diff -r -x specs %s %s && ls %s", first, second, first);
  assert_int_equal(status, 0);
  assert_non_null(strstr(text, "air.pcap"));
  free(text);
  shell_remove(first);
  shell_remove(second);
}

/* --air-only leaves out the captures of single nodes, and nothing else is different. */
static void test_air_only(void **state) {
  (void)state;
  static const char *const spec = "{\"hops\": 2, \"frame_loss\": 0.1, \"channel\": \"addressed\"}";
  char *all = shell_make_folder(), *air = shell_make_folder(), arguments[256];
  int status;
  snprintf(arguments, sizeof arguments, "--pcap %s", all);
  json_decref(shell_simulate(all, spec, arguments));
  snprintf(arguments, sizeof arguments, "--pcap %s --air-only", air);
  json_decref(shell_simulate(air, spec, arguments));
  char *text =
      shell_output(&status, "diff -r -x specs -x 'node-*.pcap' %s %s && ls %s && ls %s/node-*.pcap",
                   all, air, air, all);
  assert_int_equal(status, 0);
  free(text);
  text = shell_output(&status, "cd %s && ls *.pcap", air);
  assert_string_equal(text, "air.pcap\nbackhaul.pcap\n");
  free(text);
  shell_remove(all);
  shell_remove(air);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_oscore_decrypts), cmocka_unit_test(test_dtls_decrypts),
      cmocka_unit_test(test_same_at_any_time), cmocka_unit_test(test_air_only)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
