/* The use case of the draft's section 5 in runs: messages have the sizes that their formats say;
 * nothing but authentications comes to the AAA server; who may not have a token, or not what the
 * token is for, is served nothing; tokens that end are asked for anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"
#include "sums.h"

static const char *const profiles[] = {"coap_oscore", "coap_dtls"};

enum { PROFILES = 2, MESSAGES = 3 };

/* "{"topology": "five", "ace_profile": ..., <more>}" */
static json_t *use_case_run(const char *profile, const char *more) {
  char spec[1024];
  char *folder = shell_make_folder();
  snprintf(spec, sizeof spec, "{%s\"ace_profile\": \"%s\", \"app_messages\": %d%s%s}",
           strstr(more, "topology") == NULL ? "\"topology\": \"five\", " : "", profile, MESSAGES,
           more[0] == '\0' ? "" : ", ", more);
  json_t *result = shell_simulate(folder, spec, "");
  shell_remove(folder);
  return result;
}

/* What a party has completed of a phase; -1: it is at none of this name. */
static long long party_completed(const json_t *result, const char *party, const char *phase) {
  const json_t *of = json_object_get(json_object_get(result, "parties"), party);
  const json_t *acts = json_object_get(of, phase);
  return acts == NULL ? -1 : shell_count(acts, "completed");
}

static bool party_has_energy(const json_t *result, const char *party, const char *phase) {
  const json_t *of = json_object_get(json_object_get(result, "parties"), party);
  return json_is_number(json_object_get(json_object_get(of, phase), "energy_mj"));
}

/* Clients that asked are served, by a token each. */
static void check_all_served(const json_t *result, long long clients) {
  assert_string_equal(shell_text(result, "outcome"), "established");
  assert_int_equal(shell_count(result, "app_exchanges"), clients * MESSAGES);
  assert_int_equal(shell_count(result, "app_refused"), 0);
  assert_int_equal(shell_count(result, "app_unanswered"), 0);
  assert_int_equal(sums_phase_count(result, "authorization", "completed"), clients);
  assert_int_equal(sums_phase_count(result, "token-transfer", "completed"), clients);
  assert_int_equal(sums_phase_count(result, "application", "completed"), clients * MESSAGES);
  sums_check(result);
}

/* The AAA server authenticates, and that is all. */
static void check_aaa(const json_t *result) {
  const json_t *links = json_object_get(result, "links");
  const char *name, *phase;
  json_t *link, *traffic;
  bool found = false;
  json_object_foreach((json_t *)(uintptr_t)links, name, link) {
    if (strstr(name, "aaa") == NULL)
      continue;
    found = true;
    json_object_foreach(link, phase, traffic) assert_string_equal(phase, "authentication");
  }
  assert_true(found);
}

static void test_sizes(void **state) {
  (void)state;
  static const struct {
    const char *profile, *more;
    long long request, response, transfer, answer, key_exchange, access,
        value; /* 0: there is none */
  } cases[] = {
      {"coap_oscore", "", 39, 118, 108, 24, 0, 25, 21},
      {"coap_oscore", "\"token_audience\": \"on\"", 39, 125, 115, 24, 0, 25, 21},
      {"coap_oscore", "\"token_lifetime_told\": \"on\"", 39, 122, 108, 24, 0, 25, 21},
      {"coap_oscore", "\"token_audience\": \"on\", \"token_lifetime_told\": \"on\"", 39, 129, 115,
       24, 0, 25, 21},
      {"coap_dtls", "", 39, 104, 73, 5, 104, 40, 39},
      {"coap_dtls", "\"token_kid_bytes\": \"8\"", 39, 118, 80, 5, 111, 40, 39},
      {"coap_dtls", "\"token_kid_bytes\": \"8\", \"token_audience\": \"on\"", 39, 125, 87, 5, 111,
       40, 39},
      {"coap_dtls", "\"token_transfer\": \"handshake\"", 39, 104, 0, 0, 148, 40, 39},
      {"coap_dtls", "\"token_transfer\": \"handshake\", \"token_kid_bytes\": \"8\"", 39, 118, 0, 0,
       155, 40, 39},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char more[200];
    snprintf(more, sizeof more, "\"app_method\": \"get\", \"app_payload_bytes\": 4%s%s",
             cases[i].more[0] == '\0' ? "" : ", ", cases[i].more);
    json_t *result = use_case_run(cases[i].profile, more);
    check_all_served(result, 2);
    assert_int_equal(sums_message_bytes(result, "token request"), cases[i].request);
    assert_int_equal(sums_message_bytes(result, "token response"), cases[i].response);
    assert_int_equal(sums_message_bytes(result, "authz-info"), cases[i].transfer);
    assert_int_equal(sums_message_bytes(result, "authz-info response"), cases[i].answer);
    assert_int_equal(sums_message_bytes(result, "DTLS ClientKeyExchange"), cases[i].key_exchange);
    assert_int_equal(sums_message_bytes(result, "access request"), cases[i].access);
    assert_int_equal(sums_message_bytes(result, "access response"), cases[i].value);
    json_decref(result);
  }
}

/* Wherever the phone is, nothing of ACE comes to the AAA server; what a phone on a wire sends is
 * backhaul, and of its energy nothing is known. */
static void test_phones(void **state) {
  (void)state;
  static const char *const phases[] = {"authorization", "token-transfer", "application"};
  for (size_t i = 0; i < 2 * PROFILES; i++) {
    const bool behind = i >= PROFILES;
    json_t *result = use_case_run(profiles[i % PROFILES], behind ? "\"phone_at\": \"behind\"" : "");
    check_all_served(result, 2);
    check_aaa(result);
    for (size_t j = 0; j < sizeof phases / sizeof phases[0]; j++) {
      const long long each = strcmp(phases[j], "application") == 0 ? MESSAGES : 1;
      assert_int_equal(sums_phase_count(result, phases[j], "bytes_backhaul") > 0, behind);
      assert_int_equal(party_completed(result, "peer", phases[j]), each);
      assert_int_equal(party_completed(result, "phone", phases[j]), each);
      assert_int_equal(party_completed(result, "resource-server", phases[j]), 2 * each);
      assert_int_equal(party_completed(result, "authenticator", phases[j]), 2 * each);
      assert_true(party_has_energy(result, "peer", phases[j]));
      assert_true(party_has_energy(result, "resource-server", phases[j]));
      assert_true(party_has_energy(result, "authenticator", phases[j]));
      assert_int_equal(party_has_energy(result, "phone", phases[j]), !behind);
    }
    assert_int_equal(party_completed(result, "peer", "authentication"), 1);
    assert_int_equal(party_completed(result, "resource-server", "authentication"), 1);
    assert_int_equal(party_completed(result, "authenticator", "authentication"), -1);
    json_decref(result);
  }
}

static void test_no_phone(void **state) {
  (void)state;
  json_t *result = use_case_run("coap_oscore", "\"phones\": 0, \"aaa\": \"local\"");
  check_all_served(result, 1);
  assert_int_equal(shell_count(result, "bytes_backhaul"), 0);
  assert_int_equal(party_completed(result, "phone", "authorization"), -1);
  json_decref(result);
}

/* Each association protects the way to the authorization server. */
static void test_associations(void **state) {
  (void)state;
  static const char *const more[] = {
      "\"association\": \"dtls\"",
      "\"association\": \"ikev2\", \"lower_layer\": \"coap-eap-rfc9820\"",
      "\"association\": \"ikev2-udp\", \"coap_roles\": \"peer-client\"",
      "\"lower_layer\": \"coap-eap-rfc9820\", \"method\": \"eap-edhoc\", \"token_scope\": \"aif\"",
      "\"hops\": 3, \"server_hops\": 1, \"apart_hops\": 2, \"forwarding\": \"joined\"",
      "\"hops\": 2, \"server_hops\": 3, \"apart_hops\": 3, \"phones\": 1",
  };
  for (size_t i = 0; i < PROFILES * sizeof more / sizeof more[0]; i++) {
    json_t *result = use_case_run(profiles[i % PROFILES], more[i / PROFILES]);
    check_all_served(result, 2);
    json_decref(result);
  }
}

static void test_refusals(void **state) {
  (void)state;
  static const struct {
    const char *more, *refusal; /* label; NULL: there is a token */
    long long served, refused, unanswered;
  } cases[] = {
      {"\"token_rights\": \"get\"", NULL, 6, 6, 0},
      {"\"token_rights\": \"get\", \"app_method\": \"get\"", NULL, 6, 0, 0},
      {"\"token_rights\": \"other\"", NULL, 6, 6, 0},
      {"\"token_rights\": \"none\"", "token refused", 0, 0, 6},
      {"\"authorization\": \"controller-only\"", "token refused", 0, 0, 6},
      {"\"authorization\": \"denied\"", "app response", 0, 0, 6},
      {"\"authorization\": \"rules\"", NULL, 6, 0, 0},
  };
  for (size_t i = 0; i < PROFILES * sizeof cases / sizeof cases[0]; i++) {
    const size_t of = i / PROFILES;
    json_t *result = use_case_run(profiles[i % PROFILES], cases[of].more);
    assert_string_equal(shell_text(result, "outcome"), "established");
    assert_int_equal(shell_count(result, "app_exchanges"), cases[of].served);
    assert_int_equal(shell_count(result, "app_refused"), cases[of].refused);
    assert_int_equal(shell_count(result, "app_unanswered"), cases[of].unanswered);
    if (cases[of].refusal != NULL) {
      assert_int_equal(sums_message_count(result, cases[of].refusal), 6);
      assert_int_equal(sums_phase_count(result, "authorization", "failed"), 6);
      assert_int_equal(sums_message_count(result, "token response"), 0);
      assert_int_equal(sums_phase_count(result, "token-transfer", "datagrams"), 0);
    }
    sums_check(result);
    json_decref(result);
  }
}

/* Requests are three seconds apart, so that each finds its token ended: the client knows, or is
 * told by 4.01. */
static void test_lifetime(void **state) {
  (void)state;
  for (size_t i = 0; i < 2 * PROFILES; i++) {
    const bool told = i >= PROFILES, oscore = i % PROFILES == 0;
    char more[200];
    snprintf(more, sizeof more,
             "\"phones\": 0, \"token_lifetime_s\": 1, \"app_interval_ms\": 3000, "
             "\"token_lifetime_told\": \"%s\"",
             told ? "on" : "off");
    json_t *result = use_case_run(profiles[i % PROFILES], more);
    assert_int_equal(shell_count(result, "app_exchanges"), MESSAGES);
    assert_int_equal(shell_count(result, "app_unanswered"), 0);
    assert_int_equal(sums_phase_count(result, "authorization", "completed"), MESSAGES);
    assert_int_equal(sums_phase_count(result, "token-transfer", "completed"), MESSAGES);
    assert_int_equal(sums_message_count(result, "access request"),
                     told ? MESSAGES : 2 * MESSAGES - 1);
    /* In clear, for the context has ended with the token; inside the session, which has not. */
    assert_int_equal(sums_message_count(result, "4.01 Unauthorized"),
                     told || !oscore ? 0 : MESSAGES - 1);
    assert_int_equal(sums_message_count(result, "access response"),
                     told || oscore ? MESSAGES : 2 * MESSAGES - 1);
    sums_check(result);
    json_decref(result);
  }
}

/* Associations end with the key's lifetime, and tokens no later. */
static void test_key_lifetime(void **state) {
  (void)state;
  for (size_t i = 0; i < PROFILES; i++) {
    json_t *result =
        use_case_run(profiles[i], "\"phones\": 0, \"lifetime_s\": 5, \"app_interval_ms\": 2000, "
                                  "\"token_lifetime_told\": \"on\"");
    assert_string_equal(shell_text(result, "outcome"), "established");
    assert_int_equal(shell_count(result, "app_exchanges"), 2);
    assert_int_equal(shell_count(result, "app_unanswered"), MESSAGES - 2);
    assert_int_equal(sums_message_bytes(result, "token response"), i == 0 ? 120 : 106);
    json_decref(result);
  }
}

/* Resource servers stay until their clients have come to their end. */
static void test_termination(void **state) {
  (void)state;
  for (size_t i = 0; i < PROFILES; i++) {
    json_t *result =
        use_case_run(profiles[i], "\"lower_layer\": \"coap-eap-rfc9820\", \"termination\": \"on\"");
    check_all_served(result, 2);
    assert_int_equal(sums_phase_count(result, "termination", "completed"), 3);
    json_decref(result);
  }
}

/* After each authentication there are other tokens of other keys, or those that there are. */
static void test_again(void **state) {
  (void)state;
  for (size_t i = 0; i < PROFILES; i++) {
    json_t *result = use_case_run(profiles[i], "\"authentications\": 3, \"frame_loss\": 0.1");
    assert_string_equal(shell_text(result, "outcome"), "established");
    assert_int_equal(shell_count(result, "app_exchanges"), 3 * 2 * MESSAGES);
    sums_check(result);
    json_decref(result);
  }
}

/* No token for who has not joined. */
static void test_stranger_serves_nobody(void **state) {
  (void)state;
  static const char *const methods[] = {"eap-psk", "eap-edhoc"};
  for (size_t i = 0; i < 2; i++) {
    char more[120];
    snprintf(more, sizeof more, "\"fault\": \"unknown-resource-server\", \"method\": \"%s\"",
             methods[i]);
    json_t *result = use_case_run(profiles[i % PROFILES], more);
    assert_string_equal(shell_text(result, "outcome"), "failed");
    assert_int_equal(shell_count(result, "authentications_established"), 2);
    assert_int_equal(shell_count(result, "app_exchanges"), 0);
    assert_int_equal(shell_count(result, "app_unanswered"), 2 * MESSAGES);
    assert_int_equal(sums_message_count(result, "token response"), 0);
    assert_int_equal(sums_message_count(result, "authz-info"), 0);
    json_decref(result);
  }
}

/* Clients take turns with the resource servers. */
static void test_servers(void **state) {
  (void)state;
  static const struct {
    const char *more;
    long long servers, clients;
  } cases[] = {
      {"\"topology\": \"star\", \"peers\": 8, \"resource_servers\": 3", 3, 5},
      {"\"topology\": \"tree\", \"fan_out\": 2, \"peers\": 9, \"resource_servers\": 2", 2, 7},
      {"\"topology\": \"line\", \"hops\": 2, \"peers\": 2", 1, 1},
      {"\"topology\": \"star\", \"peers\": 2, \"resource_servers\": 2", 2, 0},
      {"\"topology\": \"star\", \"peers\": 5, \"resource_servers\": 3, \"method\": \"eap-edhoc\"",
       3, 2},
      {"\"topology\": \"five\", \"server_hops\": 2, \"apart_hops\": 1, \"method\": \"eap-edhoc\"",
       1, 2},
  };
  for (size_t i = 0; i < PROFILES * sizeof cases / sizeof cases[0]; i++) {
    char more[200];
    snprintf(more, sizeof more, "%s, \"start_spread_ms\": 3000", cases[i / PROFILES].more);
    json_t *result = use_case_run(profiles[i % PROFILES], more);
    check_all_served(result, cases[i / PROFILES].clients);
    assert_int_equal(party_completed(result, "resource-server", "authentication"),
                     cases[i / PROFILES].servers);
    json_decref(result);
  }
}

static void test_loss(void **state) {
  (void)state;
  for (size_t i = 0; i < 3 * PROFILES; i++) {
    char more[200];
    snprintf(more, sizeof more,
             "\"hops\": 3, \"server_hops\": 3, \"apart_hops\": 4, \"frame_loss\": 0.2, "
             "\"join_attempts\": 5, \"start_spread_ms\": 2000, \"seed\": %zu",
             1 + i / PROFILES);
    json_t *result = use_case_run(profiles[i % PROFILES], more);
    assert_string_equal(shell_text(result, "outcome"), "established");
    assert_int_equal(shell_count(result, "app_exchanges"), 2 * MESSAGES);
    sums_check(result);
    json_decref(result);
  }
}

static void test_same_again(void **state) {
  (void)state;
  static const char more[] = "\"frame_loss\": 0.1, \"phone_at\": \"behind\", \"seed\": 9";
  for (size_t i = 0; i < PROFILES; i++) {
    json_t *first = use_case_run(profiles[i], more), *second = use_case_run(profiles[i], more);
    json_object_del(first, "wall_ms");
    json_object_del(second, "wall_ms");
    assert_true(json_equal(first, second));
    json_decref(first);
    json_decref(second);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sizes),        cmocka_unit_test(test_phones),
      cmocka_unit_test(test_no_phone),     cmocka_unit_test(test_associations),
      cmocka_unit_test(test_refusals),     cmocka_unit_test(test_lifetime),
      cmocka_unit_test(test_key_lifetime), cmocka_unit_test(test_termination),
      cmocka_unit_test(test_again),        cmocka_unit_test(test_stranger_serves_nobody),
      cmocka_unit_test(test_servers),      cmocka_unit_test(test_loss),
      cmocka_unit_test(test_same_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
