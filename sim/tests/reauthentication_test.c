/* Authentications after the first, and cipher suites of DTLS: octets by hand, what tells the first
 * from those that follow, and what fails visibly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

static const json_t *turn_of(const json_t *result, const char *turn) {
  return json_object_get(json_object_get(json_object_get(result, "phases"), "authentication"),
                         turn);
}

static long long count_of(const json_t *result, const char *turn, const char *key) {
  return json_integer_value(json_object_get(turn_of(result, turn), key));
}

static double figure_of(const json_t *result, const char *turn, const char *key) {
  return json_number_value(json_object_get(turn_of(result, turn), key));
}

static long long row_of(const json_t *result, const char *turn, const char *row) {
  return json_integer_value(json_object_get(json_object_get(turn_of(result, turn), "ledger"), row));
}

static json_t *reauthentication_run(const char *folder, const char *more) {
  char spec[300];
  snprintf(spec, sizeof spec, "{\"association\": \"dtls\", \"authentications\": 3%s}", more);
  json_t *result = shell_simulate(folder, spec, "");
  assert_string_equal(shell_text(result, "outcome"), "established");
  assert_int_equal(shell_count(result, "authentications_established"), 3);
  return result;
}

/* Each of two: ClientHello 133 and, with a cookie of 8, 141, HelloVerifyRequest 36, ServerHello
 * with ChangeCipherSpec and Finished 173, and 67; the trigger, where the peer begins, has 10.
 * Nothing of EAP, and no message of the AAA server. */
static void test_octets_of_resumption(void **state) {
  static const struct {
    const char *more;
    long long octets, messages;
  } table[] = {
      {"", 133 + 36 + 141 + 173 + 67 + 10, 6},
      {", \"trigger\": \"off\"", 133 + 36 + 141 + 173 + 67, 5},
      {", \"dtls_cookie\": \"off\"", 133 + 173 + 67 + 10, 4},
      {", \"dtls_suite\": \"aes128-gcm\"", 133 + 36 + 141 + 173 + 67 + 10 + 2 * 8, 6},
  };
  (void)state;
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    char more[200];
    snprintf(more, sizeof more, ", \"reauthentication\": \"resumption\"%s", table[i].more);
    json_t *result = reauthentication_run(folder, more);
    assert_int_equal(count_of(result, "again", "completed"), 2);
    assert_int_equal(count_of(result, "again", "bytes_udp"), 2 * table[i].octets);
    assert_int_equal(count_of(result, "again", "datagrams"), 2 * table[i].messages);
    assert_int_equal(count_of(result, "again", "bytes_backhaul"), 0);
    assert_int_equal(row_of(result, "again", "eap_header"), 0);
    assert_int_equal(row_of(result, "again", "dtls_finished"), 2 * 2 * 24);
    assert_int_equal(row_of(result, "again", "dtls_server_hello_done"), 0);
    assert_true(row_of(result, "first", "eap_header") > 0);
    json_decref(result);
  }
  shell_remove(folder);
}

/* The first is what it is without; those that follow are quicker, and cost less. */
static void test_resumption_and_full(void **state) {
  static const char *const keys[] = {"bytes_udp", "bytes_air", "datagrams", "bytes_backhaul"};
  (void)state;
  char *folder = shell_make_folder();
  json_t *full = reauthentication_run(folder, ", \"hops\": 3");
  json_t *resumed =
      reauthentication_run(folder, ", \"hops\": 3, \"reauthentication\": \"resumption\"");
  assert_true(json_equal(turn_of(full, "first"), turn_of(resumed, "first")));
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    assert_true(count_of(resumed, "again", keys[i]) < count_of(full, "again", keys[i]));
  assert_true(figure_of(resumed, "again", "time_ms") < figure_of(full, "again", "time_ms"));
  assert_true(figure_of(resumed, "again", "energy_peer_mj") <
              figure_of(full, "again", "energy_peer_mj"));
  assert_true(json_is_null(json_object_get(resumed, "time_method_ms")));
  json_decref(full), json_decref(resumed);
  shell_remove(folder);
}

/* All of many peers, whatever is lost. */
static void test_resumption_under_loss(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  for (int seed = 1; seed <= 5; seed++) {
    char spec[300];
    snprintf(spec, sizeof spec,
             "{\"association\": \"dtls\", \"authentications\": 3, \"hops\": 2, \"peers\": 4, "
             "\"reauthentication\": \"resumption\", \"frame_loss\": 0.3, \"app_messages\": 2, "
             "\"time_limit_s\": 3000, \"seed\": %d}",
             seed);
    json_t *result = shell_simulate(folder, spec, "");
    assert_string_equal(shell_text(result, "outcome"), "established");
    assert_int_equal(shell_count(result, "authentications_established"), 3 * 4);
    json_decref(result);
  }
  shell_remove(folder);
}

static json_t *erp_run(const char *folder, const char *by, const char *more) {
  char spec[300];
  snprintf(spec, sizeof spec, "{\"authentications\": 3, \"reauthentication\": \"erp-%s\"%s}", by,
           more);
  json_t *result = shell_simulate(folder, spec, "");
  assert_string_equal(shell_text(result, "outcome"), "established");
  return result;
}

/* Each of two: Initiate and Finish have 27 octets and a keyName-NAI of 16 + 1 + 12; a trigger
 * 10, and with an Initiate a marker; a Start 8 + 12 and 12 of CoAP, its response 14; step 7 25, and
 * 2 more where a resource was named; step 8 20. One round trip to the AAA server. */
static void test_octets_of_erp(void **state) {
  enum { REAUTH = 27 + 29, BY_PEER = 11 + 25 + 2 * REAUTH + 20 };
  enum { BY_AUTHENTICATOR = 12 + 20 + 14 + 25 + 2 + 2 * REAUTH + 20 };
  static const struct {
    const char *by, *more;
    long long octets, messages;
  } table[] = {
      {"peer", "", BY_PEER, 3},
      {"peer", ", \"method\": \"eap-edhoc\"", BY_PEER, 3},
      {"authenticator", "", BY_AUTHENTICATOR + 10, 5},
      {"authenticator", ", \"trigger\": \"off\"", BY_AUTHENTICATOR, 4},
  };
  (void)state;
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    json_t *result = erp_run(folder, table[i].by, table[i].more);
    assert_int_equal(count_of(result, "again", "completed"), 2);
    assert_int_equal(count_of(result, "again", "bytes_udp"), 2 * table[i].octets);
    assert_int_equal(count_of(result, "again", "datagrams"), 2 * table[i].messages);
    if (strstr(table[i].more, "edhoc") == NULL)
      assert_int_equal(shell_count(result, "radius_requests"), 3 + 2);
    assert_int_equal(shell_count(result, "authentications_established"), 3);
    json_decref(result);
  }
  shell_remove(folder);
}

/* By EAP where the key is over, or the authenticator has forgotten with the association that the
 * peer has one; a month is as good as a second. */
static void test_virtual_years(void **state) {
  static const struct {
    const char *by, *more;
    long long messages; /* of each */
  } table[] = {
      {"peer", ", \"root_lifetime_s\": 31557600", 3},
      {"peer", "", 9},
      {"authenticator", ", \"root_lifetime_s\": 31557600", 5},
      {"authenticator", ", \"root_lifetime_s\": 31557600, \"lifetime_s\": 2591999", 9},
      {"peer", ", \"root_lifetime_s\": 31557600, \"lifetime_s\": 2591999", 3},
      {"peer", ", \"root_lifetime_s\": 31557600, \"aaa\": \"local\"", 3},
  };
  (void)state;
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    char more[250];
    snprintf(more, sizeof more,
             ", \"reauthentication_delay_ms\": 2592000000, \"time_limit_s\": 31557600%s",
             table[i].more);
    json_t *result = erp_run(folder, table[i].by, more);
    assert_int_equal(shell_count(result, "authentications_established"), 3);
    assert_int_equal(count_of(result, "again", "datagrams"), 2 * table[i].messages);
    json_decref(result);
  }
  shell_remove(folder);
}

static void test_erp_under_loss(void **state) {
  static const char *const ends[] = {"peer", "authenticator"};
  (void)state;
  char *folder = shell_make_folder();
  for (int seed = 1; seed <= 6; seed++) {
    char more[200];
    snprintf(more, sizeof more,
             ", \"hops\": 2, \"peers\": 4, \"frame_loss\": 0.3, \"app_messages\": 2, "
             "\"time_limit_s\": 3000, \"seed\": %d, \"association\": \"%s\"",
             seed, seed % 3 == 0 ? "dtls" : "oscore");
    json_t *result = erp_run(folder, ends[seed % 2], more);
    assert_int_equal(shell_count(result, "authentications_established"), 3 * 4);
    json_decref(result);
  }
  shell_remove(folder);
}

/* Handshake and both messages in it: a tag of 16 for 8, four times; nothing else. */
static void test_octets_of_suites(void **state) {
  static const char *const suites[] = {"aes128-ccm-8", "aes128-ccm", "aes128-gcm"};
  long long octets[3];
  (void)state;
  char *folder = shell_make_folder();
  for (size_t i = 0; i < 3; i++) {
    char spec[200];
    snprintf(spec, sizeof spec, "{\"association\": \"dtls\", \"dtls_suite\": \"%s\"}", suites[i]);
    json_t *result = shell_simulate(folder, spec, "");
    octets[i] = shell_count(result, "bytes_udp");
    assert_int_equal(row_of(result, "first", "dtls_tag"), 4 * (i == 0 ? 8 : 16));
    assert_int_equal(row_of(result, "first", "dtls_nonce"), 4 * 8);
    json_decref(result);
  }
  assert_int_equal(octets[1], octets[0] + 4 * 8);
  assert_int_equal(octets[2], octets[1]);
  shell_remove(folder);
}

/* All of EAP has been paid by then: what is saved are 146 octets of 551, and steps 7 and 8. */
static void test_no_common_suite(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder,
                                  "{\"association\": \"dtls\", \"dtls_suite\": \"aes128-gcm\", "
                                  "\"dtls_suites_taken\": \"aes128-ccm-8\"}",
                                  "");
  assert_string_equal(shell_text(result, "outcome"), "failed");
  assert_string_equal(shell_text(result, "reason"),
                      "peer: dtls-no-common-suite; authenticator: dtls-no-common-suite");
  /* ClientHello twice, HelloVerifyRequest, alert */
  assert_int_equal(row_of(result, "first", "dtls_record"), 4 * 13);
  assert_int_equal(row_of(result, "first", "dtls_client_hello"), 88 + 96);
  assert_int_equal(row_of(result, "first", "dtls_alert"), 2);
  assert_int_equal(row_of(result, "first", "dtls_server_hello"), 0);
  json_decref(result);
  shell_remove(folder);
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_octets_of_resumption),  cmocka_unit_test(test_resumption_and_full),
      cmocka_unit_test(test_resumption_under_loss), cmocka_unit_test(test_octets_of_suites),
      cmocka_unit_test(test_octets_of_erp),         cmocka_unit_test(test_virtual_years),
      cmocka_unit_test(test_erp_under_loss),        cmocka_unit_test(test_no_common_suite),
  };
  return cmocka_run_group_tests_name("reauthentication", tests, NULL, NULL);
}
