/* DTLS as the association, through the program: it is established, also under loss; costs what the
 * RFCs say; and fails as OSCORE where the method fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

static json_t *association_established(const char *folder, const char *spec,
                                       const char *arguments) {
  json_t *result = shell_simulate(folder, spec, arguments);
  if (strcmp(shell_text(result, "outcome"), "established") != 0)
    fail_msg("%s: %s", spec, shell_text(result, "reason"));
  return result;
}

static long long association_row(const json_t *result, const char *ledger, const char *name) {
  return json_integer_value(json_object_get(json_object_get(result, ledger), name));
}

/* RFC 6347 and RFC 6655: 13 octets of header for each record, 8 of nonce and 8 of tag for those of
 * epoch 1: two Finished, steps 7 and 8. */
static void test_handshake_by_hand(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *with = association_established(folder, "{\"association\": \"dtls\"}", "");
  json_t *without =
      association_established(folder, "{\"association\": \"dtls\", \"dtls_cookie\": \"off\"}", "");
  /* ClientHello, HelloVerifyRequest, ClientHello, ServerHello and its Done, ClientKeyExchange,
   * ChangeCipherSpec, Finished, ChangeCipherSpec, Finished, step 7, step 8. */
  assert_int_equal(association_row(with, "ledger", "dtls_record"), 12 * 13);
  assert_int_equal(association_row(without, "ledger", "dtls_record"), 10 * 13);
  assert_true(association_row(with, "ledger", "dtls_hello_verify_request") > 0);
  assert_int_equal(association_row(without, "ledger", "dtls_hello_verify_request"), 0);
  const json_t *results[] = {with, without};
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(association_row(results[i], "ledger", "dtls_nonce"), 4 * 8);
    assert_int_equal(association_row(results[i], "ledger", "dtls_tag"), 4 * 8);
    assert_int_equal(association_row(results[i], "ledger", "dtls_finished"), 2 * (12 + 12));
    assert_int_equal(association_row(results[i], "ledger", "dtls_change_cipher_spec"), 2);
    assert_int_equal(association_row(results[i], "ledger", "oscore_tag"), 0);
    assert_int_equal(shell_count(results[i], "coap_messages"), 9);
    assert_int_equal(shell_count(results[i], "datagrams"), i == 0 ? 15 : 13);
  }
  json_decref(with), json_decref(without);
  shell_remove(folder);
}

/* Without SeqNum inside: CoAP header 4, token 1, Uri-Path 2, marker 1, and 29 octets of DTLS. */
static void test_overhead_of_a_message(void **state) {
  (void)state;
  static const char *const directions[] = {"from-peer", "from-authenticator"};
  char *folder = shell_make_folder();
  for (size_t i = 0; i < 2; i++) {
    char spec[200];
    snprintf(spec, sizeof spec,
             "{\"association\": \"dtls\", \"app_messages\": 4, \"authentications\": 2, "
             "\"app_direction\": \"%s\"}",
             directions[i]);
    json_t *result = association_established(folder, spec, "");
    assert_int_equal((long long)shell_figure(result, "app_request_bytes_udp"), 24 + 29);
    assert_int_equal((long long)shell_figure(result, "app_response_bytes_udp"), 5 + 29);
    assert_int_equal(shell_count(result, "app_exchanges"), 8);
    assert_int_equal(association_row(result, "app_ledger", "dtls_record"), 16 * 13);
    json_decref(result);
  }
  shell_remove(folder);
}

static void test_established_under_loss(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  long long repeated = 0;
  for (int seed = 1; seed <= 20; seed++) {
    char spec[200];
    snprintf(spec, sizeof spec,
             "{\"association\": \"dtls\", \"hops\": 3, \"frame_loss\": 0.2, \"seed\": %d, "
             "\"dtls_timeout_ms\": 300, \"app_messages\": 3}",
             seed);
    json_t *result = association_established(folder, spec, "");
    repeated +=
        shell_count(result, "datagrams_repeated") - shell_count(result, "coap_retransmissions");
    assert_int_equal(shell_count(result, "app_exchanges"), 3);
    json_decref(result);
  }
  assert_true(repeated > 0); /* flights of the handshake */
  shell_remove(folder);
}

static void test_authentications_are_sums(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *one = association_established(folder, "{\"association\": \"dtls\"}", "");
  json_t *three =
      association_established(folder, "{\"association\": \"dtls\", \"authentications\": 3}", "");
  assert_int_equal(shell_count(three, "bytes_air"), 3 * shell_count(one, "bytes_air"));
  assert_int_equal(shell_count(three, "frames"), 3 * shell_count(one, "frames"));
  json_decref(one), json_decref(three);
  shell_remove(folder);
}

/* Where the method fails, no association begins: all is as under OSCORE. */
static void test_method_fails_before(void **state) {
  (void)state;
  static const char *const keys[] = {"outcome", "reason", "bytes_air", "time_end_ms", "messages"};
  char *folder = shell_make_folder();
  json_t *oscore = shell_simulate(folder, "{\"fault\": \"wrong-key\"}", "");
  json_t *dtls =
      shell_simulate(folder, "{\"fault\": \"wrong-key\", \"association\": \"dtls\"}", "");
  assert_string_equal(shell_text(dtls, "outcome"), "failed");
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    assert_true(json_equal(json_object_get(oscore, keys[i]), json_object_get(dtls, keys[i])));
  json_decref(oscore), json_decref(dtls);
  shell_remove(folder);
}

static void test_association_refused(void **state) {
  (void)state;
  static const struct {
    const char *spec, *reason;
  } cases[] = {
      {"{\"association\": \"dtls\", \"dtls_timeout_ms\": 2000, \"dtls_timeout_max_ms\": 1999}",
       "dtls_timeout_max_ms is less than dtls_timeout_ms"},
      {"{\"seqnum_number\": 35}", "seqnum_number: 35 and 39 are Proxy-Uri and Proxy-Scheme, which "
                                  "OSCORE does not encrypt"},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *result = shell_simulate(folder, cases[i].spec, "");
    assert_string_equal(shell_text(result, "outcome"), "unsupported");
    assert_string_equal(shell_text(result, "reason"), cases[i].reason);
    json_decref(result);
  }
  json_decref(
      association_established(folder, "{\"seqnum_number\": 35, \"ordering\": \"mid-random\"}", ""));
  shell_remove(folder);
}

/* What a peer holds: contexts of OSCORE are small; a DTLS handshake is not, its session is. */
static void test_state(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *oscore = association_established(folder, "{\"authentications\": 2}", "");
  json_t *dtls =
      association_established(folder, "{\"association\": \"dtls\", \"authentications\": 2}", "");
  assert_true(shell_count(oscore, "state_bytes_after") > 0);
  assert_true(shell_count(oscore, "state_bytes_peak") > shell_count(oscore, "state_bytes_after"));
  assert_true(shell_count(dtls, "state_bytes_peak") < 80000);
  assert_true(shell_count(dtls, "state_bytes_peak") > shell_count(oscore, "state_bytes_peak"));
  assert_in_range(shell_count(dtls, "state_bytes_after"), 1, 2000);
  json_decref(oscore), json_decref(dtls);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_handshake_by_hand),
      cmocka_unit_test(test_overhead_of_a_message),
      cmocka_unit_test(test_established_under_loss),
      cmocka_unit_test(test_authentications_are_sums),
      cmocka_unit_test(test_method_fails_before),
      cmocka_unit_test(test_association_refused),
      cmocka_unit_test(test_state),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
