/* Application bootstrapping in runs: every use case with every way to come by keys serves the
 * application; messages have the sizes that their formats say; what the AS refuses, or leaves
 * unanswered, serves nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"
#include "sums.h"

static const char *const uses[] = {
    "\"bootstrapping\": \"integrated\"",
    "\"bootstrapping\": \"integrated\", \"aaa\": \"local\"",
    "\"bootstrapping\": \"integrated\", \"lower_layer\": \"pana\"",
    "\"bootstrapping\": \"integrated\", \"lower_layer\": \"pana\", \"association\": \"none\", "
    "\"aaa\": \"local\"",
    "\"bootstrapping\": \"integrated\", \"lower_layer\": \"coap-eap-rfc9820\", \"hops\": 2",
    "\"bootstrapping\": \"integrated\", \"coap_roles\": \"peer-client\", \"aps_at\": \"behind\", "
    "\"aps_delay_ms\": 5",
    "\"bootstrapping\": \"non-integrated\", \"aa_delay_ms\": 3, \"aaa_delay_ms\": 4",
    "\"bootstrapping\": \"non-integrated\", \"aaa\": \"local\", \"topology\": \"star\"",
    "\"bootstrapping\": \"non-integrated\", \"lower_layer\": \"pana\", \"method\": \"eap-edhoc\"",
};
static const char *const pulls[] = {"erp", "psk-identity", "configured"};

enum { USES = sizeof uses / sizeof uses[0], PULLS = sizeof pulls / sizeof pulls[0] };

/* "{<use>, "pull": ..., <more>}" */
static json_t *bootstrapping_run(const char *use, const char *pull, const char *more,
                                 const char *arguments) {
  char spec[1024];
  char *folder = shell_make_folder();
  snprintf(spec, sizeof spec, "{%s, \"pull\": \"%s\"%s%s}", use, pull, more[0] == '\0' ? "" : ", ",
           more);
  json_t *result = shell_simulate(folder, spec, arguments);
  shell_remove(folder);
  return result;
}

static void check_served(const json_t *result, const char *pull, long long servers) {
  const bool pulled = strcmp(pull, "configured") != 0;
  assert_string_equal(shell_text(result, "outcome"), "established");
  assert_int_equal(shell_count(result, "app_exchanges"), 3);
  assert_int_equal(sums_phase_count(result, "pull", "completed"), pulled ? servers : 0);
  assert_int_equal(sums_phase_count(result, "pull", "failed"), 0);
  assert_int_equal(sums_phase_count(result, "secure", "completed"), servers);
  assert_int_equal(sums_phase_count(result, "application", "completed"), 3);
  assert_int_equal(sums_phase_count(result, "application-authentication", "completed"),
                   sums_has_phase(result, "application-authentication"));
  assert_true(sums_phase_figure(result, "secure", "time_ms") > 0);
  assert_true(sums_phase_figure(result, "secure", "energy_peer_mj") > 0);
  assert_true(shell_figure(result, "first_app_ms") > shell_figure(result, "time_ms"));
  assert_true(shell_figure(result, "first_app_energy_mj") > shell_figure(result, "energy_peer_mj"));
  assert_true(shell_count(result, "first_app_bytes_air") > shell_count(result, "bytes_air"));
  sums_check(result);
}

static void test_each_use_and_pull(void **state) {
  (void)state;
  for (size_t i = 0; i < USES; i++)
    for (size_t j = 0; j < PULLS; j++) {
      json_t *result = bootstrapping_run(uses[i], pulls[j],
                                         "\"app_messages\": 3, \"application_servers\": 2", "");
      assert_int_equal(sums_has_phase(result, "application-authentication"),
                       strstr(uses[i], "non-integrated") != NULL);
      check_served(result, pulls[j], 2);
      json_decref(result);
    }
}

/* With a realm of 12 octets and a name of 4: 64 and 62, 66 + 4 and 64 + 4 where it is named. */
static void test_sizes(void **state) {
  (void)state;
  static const struct {
    const char *pull, *more;
    long long initiate, finish, request, accept;
  } cases[] = {
      {"erp", "\"aps_named\": \"on\"", 70, 68, 145, 218},
      {"erp", "\"aps_named\": \"off\"", 64, 62, 139, 212},
      {"psk-identity", "\"app_method\": \"get\"", 0, 0, 87, 160},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char more[200];
    snprintf(more, sizeof more, "%s, \"app_messages\": 1", cases[i].more);
    json_t *result = bootstrapping_run(uses[0], cases[i].pull, more, "");
    assert_int_equal(sums_message_bytes(result, "EAP-Initiate/Re-auth"), cases[i].initiate);
    assert_int_equal(sums_message_bytes(result, "EAP-Finish/Re-auth"), cases[i].finish);
    assert_int_equal(sums_message_bytes(result, "Access-Request"), cases[i].request);
    assert_int_equal(sums_message_bytes(result, "Access-Accept"), cases[i].accept);
    json_decref(result);
  }
}

static void test_faults(void **state) {
  (void)state;
  static const char *const faults[] = {"silent", "refusing"};
  for (size_t i = 0; i < 2; i++)
    for (size_t j = 0; j < 2; j++)
      for (size_t use = 0; use < USES; use += 6) {
        char more[200];
        snprintf(more, sizeof more, "\"app_messages\": 1, \"as_fault\": \"%s\"", faults[i]);
        json_t *result = bootstrapping_run(uses[use], pulls[j], more, "");
        assert_string_equal(shell_text(result, "outcome"), "established");
        assert_int_equal(shell_count(result, "app_exchanges"), 0);
        assert_int_equal(shell_count(result, "app_unanswered"), 1);
        assert_int_equal(sums_phase_count(result, "pull", "completed"), 0);
        assert_int_equal(sums_phase_count(result, "pull", "failed"), 1);
        assert_int_equal(sums_phase_count(result, "secure", "completed"), 0);
        assert_true(json_is_null(json_object_get(result, "first_app_ms")));
        json_decref(result);
      }
}

/* A pull that does not go with the channel has no effect where there are no requests. */
static void test_pull_without_requests(void **state) {
  (void)state;
  for (size_t use = 0; use < USES; use += 6) {
    json_t *result = bootstrapping_run(uses[use], "psk-identity", "\"secure\": \"ikev2\"", "");
    assert_string_equal(shell_text(result, "outcome"), "established");
    json_decref(result);
  }
}

/* An authentication for applications is one more, for which a run can fail. */
static void test_failing_authentication(void **state) {
  (void)state;
  json_t *result =
      bootstrapping_run(uses[6], "erp", "\"app_messages\": 1, \"fault\": \"wrong-key\"", "");
  assert_string_equal(shell_text(result, "outcome"), "failed");
  assert_int_equal(shell_count(result, "app_exchanges"), 0);
  json_decref(result);
}

/* Each authentication makes new keys: all is pulled again. */
static void test_again(void **state) {
  (void)state;
  for (size_t j = 0; j < 2; j++) {
    json_t *result = bootstrapping_run(
        uses[0], pulls[j], "\"app_messages\": 2, \"authentications\": 3, \"frame_loss\": 0.1", "");
    const json_t *pull = json_object_get(json_object_get(result, "phases"), "pull");
    assert_int_equal(shell_count(json_object_get(pull, "again"), "completed"), 2);
    assert_int_equal(shell_count(result, "app_exchanges"), 6);
    json_decref(result);
  }
}

/* Each time another provider: with its own AS, which has the credential from the manufacturer's. */
static void test_recommissioning(void **state) {
  (void)state;
  static const char *const more[] = {
      "\"lower_layer\": \"coap-eap\"", "\"lower_layer\": \"pana\", \"peers\": 2",
      "\"method\": \"eap-edhoc\", \"application_servers\": 2, \"aps_at\": \"behind\""};
  static const long long peers[] = {1, 2, 1}, servers[] = {1, 1, 2};
  for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
    for (size_t j = 0; j < 2; j++) {
      char text[300];
      snprintf(text, sizeof text,
               "\"recommissioning\": \"on\", \"authentications\": 3, \"app_messages\": 2, %s",
               more[i]);
      json_t *result = bootstrapping_run(uses[0], pulls[j], text, "");
      const json_t *links = json_object_get(result, "links");
      const json_t *credentials =
          json_object_get(json_object_get(links, "manufacturer-provider"), "commissioning");
      assert_string_equal(shell_text(result, "outcome"), "established");
      assert_int_equal(shell_count(result, "app_exchanges"), 3 * 2 * peers[i]);
      assert_int_equal(sums_phase_count(result, "commissioning", "completed"), peers[i]);
      assert_int_equal(sums_phase_count(result, "pull", "completed"), servers[i] * peers[i]);
      assert_int_equal(shell_count(credentials, "datagrams"), 3 * 2 * peers[i]);
      assert_int_equal(shell_count(credentials, "bytes_air"), 0);
      json_decref(result);
    }
}

static void test_failing_commissioning(void **state) {
  (void)state;
  json_t *result =
      bootstrapping_run(uses[0], "erp",
                        "\"recommissioning\": \"on\", \"authentications\": 2, \"app_messages\": 1, "
                        "\"fault\": \"wrong-key\"",
                        "");
  assert_string_equal(shell_text(result, "outcome"), "failed");
  assert_non_null(strstr(shell_text(result, "reason"), "aaa: wrong MAC_P"));
  assert_int_equal(sums_phase_count(result, "commissioning", "failed"), 1);
  assert_int_equal(shell_count(result, "app_exchanges"), 0);
  json_decref(result);
}

/* Under loss, with many UEs and servers, some with radios that sleep. */
static void test_crowds(void **state) {
  (void)state;
  static const char *const more[] = {
      "\"peers\": 5, \"start_spread_ms\": 2000, \"application_servers\": 3, \"frame_loss\": 0.1",
      "\"peers\": 2, \"radio_policy\": \"off-while-idle\", \"application_servers\": 2",
      "\"radio_policy\": \"polling\", \"poll_ms\": 100",
      "\"peers\": 3, \"crypto\": \"cortex-m4-tinycrypt\", \"aps_crypto\": "
      "\"cortex-m4-tinycrypt\"",
      "\"peers\": 12, \"method\": \"eap-edhoc\", \"start_spread_ms\": 10000",
  };
  static const long long peers[] = {5, 2, 1, 3, 12};
  for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
    for (size_t j = 0; j < PULLS; j++) {
      char text[400];
      snprintf(text, sizeof text, "%s, \"app_messages\": 4", more[i]);
      json_t *result = bootstrapping_run(uses[0], pulls[j], text, "");
      assert_string_equal(shell_text(result, "outcome"), "established");
      assert_int_equal(shell_count(result, "app_exchanges"), 4 * peers[i]);
      assert_true(shell_figure(result, "first_app_ms") > 0);
      sums_check(result);
      json_decref(result);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_use_and_pull),
      cmocka_unit_test(test_sizes),
      cmocka_unit_test(test_faults),
      cmocka_unit_test(test_pull_without_requests),
      cmocka_unit_test(test_failing_authentication),
      cmocka_unit_test(test_again),
      cmocka_unit_test(test_crowds),
      cmocka_unit_test(test_recommissioning),
      cmocka_unit_test(test_failing_commissioning),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
