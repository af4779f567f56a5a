/* EDHOC over CoAP, without EAP, in the simulator: what it puts on the air, counted by hand; that
 * nobody else takes part; who fails and why; and what cannot be run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

#define EDHOC "\"lower_layer\": \"edhoc\""

static void assert_outcome(const json_t *result, const char *outcome, const char *reason) {
  assert_string_equal(shell_text(result, "outcome"), outcome);
  assert_string_equal(shell_text(result, "reason"), reason);
}

static void test_bytes(void **state) {
  (void)state;
  static const struct {
    const char *spec;
    long long messages; /* 1 to 3, and 4 where it is sent */
    long long correlation, formats;
  } cases[] = {
      {"{" EDHOC "}", 37 + 45 + 19, 2, 3},
      {"{" EDHOC ", \"edhoc_message_4\": \"on\"}", 37 + 45 + 19 + 9, 2, 4},
      {"{" EDHOC ", \"edhoc_combined\": \"on\"}", 37 + 45 + 19, 1, 2},
      {"{" EDHOC ", \"credential\": \"x5t\"}", 37 + 58 + 33, 2, 3},
      {"{" EDHOC ", \"edhoc_method\": 0, \"credential\": \"x5chain\"}", 37 + 398 + 373, 2, 3},
      {"{" EDHOC ", \"edhoc_method\": 1}", 37 + 45 + 77, 2, 3},
      {"{" EDHOC ", \"edhoc_method\": 2}", 37 + 102 + 19, 2, 3},
      {"{" EDHOC ", \"edhoc_suite\": 0}", 37 + 45 + 19, 2, 3},
      {"{" EDHOC ", \"edhoc_suite\": 3, \"edhoc_message_4\": \"on\"}", 37 + 53 + 36 + 17, 2, 4},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *result = shell_simulate(folder, cases[i].spec, "");
    const json_t *ledger = json_object_get(result, "ledger");
    assert_outcome(result, "established", "");
    assert_int_equal(shell_count(ledger, "edhoc_message"), cases[i].messages);
    assert_int_equal(shell_count(ledger, "edhoc_correlation"), cases[i].correlation);
    assert_int_equal(shell_count(ledger, "coap_content_format"), 2 * cases[i].formats);
    assert_null(json_object_get(ledger, "other"));
    assert_int_equal(shell_count(result, "coap_messages"), 4);
    assert_int_equal(shell_count(result, "datagrams_backhaul"), 0);
    assert_string_equal(shell_text(json_object_get(result, "spec"), "method"), "eap-edhoc");
    json_decref(result);
  }
  shell_remove(folder);
}

/* Four frames and their acknowledgements, as on the boards of the published measurement, whose
 * messages have 103 octets. */
static void test_frames(void **state) {
  (void)state;
  static const char *const labels[] = {"EDHOC message_1", "EDHOC message_2", "EDHOC message_3",
                                       "EDHOC message_3 taken"};
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, "{" EDHOC "}", "");
  const json_t *ledger = json_object_get(result, "ledger");
  const json_t *messages = json_object_get(result, "messages");
  assert_int_equal(shell_count(result, "frames") - shell_count(result, "frames_ack"), 4);
  assert_int_equal(shell_count(ledger, "edhoc_message") + shell_count(ledger, "edhoc_correlation"),
                   103);
  assert_int_equal(json_array_size(messages), 4);
  for (size_t i = 0; i < 4; i++)
    assert_string_equal(shell_text(json_array_get(messages, i), "label"), labels[i]);
  json_decref(result);
  shell_remove(folder);
}

/* Static Diffie-Hellman with P-256 on both sides, as inside EAP; and no third party. */
static void test_primitives(void **state) {
  (void)state;
  static const char *const sides[] = {"peers", "authenticator"};
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, "{" EDHOC "}", "");
  const json_t *primitives = json_object_get(result, "primitives");
  for (size_t i = 0; i < 2; i++) {
    const json_t *side = json_object_get(primitives, sides[i]);
    assert_int_equal(shell_count(side, "p256_keygen"), 1);
    assert_int_equal(shell_count(side, "p256_ecdh"), 3);
    assert_int_equal(shell_count(side, "p256_decompress"), 1);
  }
  assert_int_equal(json_object_size(json_object_get(primitives, "aaa")), 0);
  json_decref(result);
  shell_remove(folder);
}

static void test_ends(void **state) {
  (void)state;
  static const struct {
    const char *spec, *outcome, *reason;
  } cases[] = {
      {"{" EDHOC ", \"fault\": \"wrong-key\"}", "failed",
       "peer: peer sent an error message; authenticator: Signature_or_MAC_3 is wrong"},
      {"{" EDHOC ", \"fault\": \"wrong-key\", \"edhoc_combined\": \"on\", \"edhoc_method\": 0}",
       "failed", "peer: peer sent an error message; authenticator: Signature_or_MAC_3 is wrong"},
      {"{" EDHOC ", \"fault\": \"unknown-user\"}", "failed",
       "peer: peer does not know our credential; authenticator: unknown credential"},
      {"{" EDHOC ", \"fault\": \"unknown-user\", \"credential\": \"x5chain\"}", "failed",
       "peer: peer sent an error message; authenticator: certificate from an unknown authority"},
      {"{" EDHOC ", \"fault\": \"no-authenticator\"}", "failed", "peer: no-authenticator"},
      {"{" EDHOC ", \"fault\": \"silent-aaa\"}", "unsupported",
       "fault: silent-aaa needs an AAA server, and lower_layer: edhoc has none: the authenticator "
       "knows the peers itself"},
      {"{" EDHOC ", \"trigger\": \"off\"}", "unsupported",
       "trigger: off, which is EDHOC's reverse message flow (RFC 9528 appendix A.2.2), is not "
       "modelled: with lower_layer: edhoc the peer begins"},
      {"{" EDHOC ", \"association\": \"dtls\"}", "unsupported",
       "lower_layer: edhoc makes the keys of OSCORE (RFC 9528 appendix A.1), and no session: "
       "it takes association: oscore"},
      {"{" EDHOC ", \"method\": \"eap-psk\"}", "unsupported",
       "lower_layer: edhoc has the keys of method: eap-edhoc, which is filled in where method is "
       "left out"},
      {"{" EDHOC ", \"edhoc_suite\": 0, \"edhoc_method\": 0}", "unsupported",
       "edhoc_suite: 0 and 1 sign with Ed25519, which is not modelled: they need edhoc_method: 3"},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *result = shell_simulate(folder, cases[i].spec, "");
    assert_outcome(result, cases[i].outcome, cases[i].reason);
    json_decref(result);
  }
  shell_remove(folder);
}

/* Many peers, topologies and losses; requests of either side; keys again and again. */
static void test_many(void **state) {
  (void)state;
  static const struct {
    const char *spec;
    long long established, exchanges;
  } cases[] = {
      {"{" EDHOC ", \"topology\": \"star\", \"peers\": 60, \"start_spread_ms\": 60000, "
       "\"app_messages\": 1}",
       60, 60},
      {"{" EDHOC ", \"topology\": \"tree\", \"peers\": 30, \"start_spread_ms\": 30000, "
       "\"edhoc_combined\": \"on\", \"authentications\": 2, \"app_messages\": 2, "
       "\"app_direction\": \"from-authenticator\"}",
       60, 120},
      {"{" EDHOC ", \"topology\": \"grid\", \"peers\": 8, \"frame_loss\": 0.3, "
       "\"join_attempts\": 10, \"authentications\": 3, \"edhoc_message_4\": \"on\", "
       "\"time_limit_s\": 4000}",
       24, 0},
      {"{" EDHOC ", \"topology\": \"disc\", \"peers\": 10, \"forwarding\": \"joined\", "
       "\"join_attempts\": 10, \"credential\": \"x5t\"}",
       10, 0},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *result = shell_simulate(folder, cases[i].spec, "");
    assert_outcome(result, "established", "");
    assert_int_equal(shell_count(result, "authentications_established"), cases[i].established);
    assert_int_equal(shell_count(result, "app_exchanges"), cases[i].exchanges);
    assert_int_equal(shell_count(result, "app_unanswered"), 0);
    json_decref(result);
  }
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bytes),      cmocka_unit_test(test_frames),
      cmocka_unit_test(test_primitives), cmocka_unit_test(test_ends),
      cmocka_unit_test(test_many),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
