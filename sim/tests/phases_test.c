/* Results by phase: what peers go through for the first time and what comes again add up to the
 * figures of the whole run, and the first is as if it were alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

/* A figure of a phase and turn; of a turn that is not there 0. */
static long long phases_count(const json_t *result, const char *phase, const char *turn,
                              const char *key) {
  const json_t *phases = json_object_get(result, "phases");
  const json_t *figures = json_object_get(json_object_get(phases, phase), turn);
  return json_integer_value(json_object_get(figures, key));
}

static long long phases_sum(const json_t *result, const char *phase, const char *key) {
  return phases_count(result, phase, "first", key) + phases_count(result, phase, "again", key);
}

static void check_sums(const json_t *result) {
  static const char *const authentication[] = {
      "coap_messages", "coap_retransmissions", "datagrams",         "datagrams_repeated",
      "frames",        "frames_ack",           "bytes_udp",         "mac_retries",
      "bytes_air",     "bytes_air_peer_link",  "bytes_air_repeated"};
  static const char *const application[] = {"coap_messages", "coap_retransmissions",
                                            "frames",        "bytes_udp",
                                            "bytes_air",     "bytes_air_peer_link"};
  for (size_t i = 0; i < sizeof authentication / sizeof authentication[0]; i++)
    assert_int_equal(phases_sum(result, "authentication", authentication[i]),
                     shell_count(result, authentication[i]));
  for (size_t i = 0; i < sizeof application / sizeof application[0]; i++) {
    char key[60];
    snprintf(key, sizeof key, "app_%s", application[i]);
    assert_int_equal(phases_sum(result, "application", application[i]), shell_count(result, key));
  }
  assert_int_equal(phases_sum(result, "authentication", "completed"),
                   shell_count(result, "authentications_established"));
  assert_int_equal(phases_sum(result, "application", "completed"),
                   shell_count(result, "app_exchanges"));
  assert_int_equal(phases_sum(result, "application", "failed"),
                   shell_count(result, "app_unanswered"));
  assert_int_equal(phases_sum(result, "authentication", "bytes_backhaul") +
                       phases_sum(result, "application", "bytes_backhaul"),
                   shell_count(result, "bytes_backhaul"));
}

static void test_sums(void **state) {
  (void)state;
  static const char *const specs[] = {
      "{}",
      "{\"app_messages\": 3}",
      "{\"authentications\": 3, \"app_messages\": 2, \"peers\": 3, \"start_spread_ms\": 200}",
      "{\"authentications\": 3, \"app_messages\": 2, \"hops\": 3, \"frame_loss\": 0.3}",
      "{\"authentications\": 4, \"frame_loss\": 0.5, \"hops\": 2, \"peers\": 2, \"seed\": 3}",
      "{\"authentications\": 2, \"association\": \"dtls\", \"method\": \"eap-edhoc\", \"trigger\": "
      "\"off\", \"app_messages\": 2, \"app_direction\": \"from-authenticator\"}",
      "{\"authentications\": 3, \"fault\": \"wrong-key\"}",
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
    json_t *result = shell_simulate(folder, specs[i], "");
    check_sums(result);
    json_decref(result);
  }
  shell_remove(folder);
}

/* Of three authentications without loss, the first costs what the only one of another run does, and
 * the others twice as much; RADIUS included. */
static void test_first_is_as_if_alone(void **state) {
  (void)state;
  static const char *const keys[] = {"datagrams", "bytes_udp",      "bytes_air",
                                     "frames",    "bytes_backhaul", "completed"};
  static const char *const phases[] = {"authentication", "application"};
  char *folder = shell_make_folder();
  json_t *one = shell_simulate(folder, "{\"app_messages\": 2, \"hops\": 2}", "");
  json_t *three =
      shell_simulate(folder, "{\"authentications\": 3, \"app_messages\": 2, \"hops\": 2}", "");
  for (size_t i = 0; i < 2; i++) {
    const json_t *phase = json_object_get(json_object_get(one, "phases"), phases[i]);
    assert_null(json_object_get(phase, "again"));
    for (size_t j = 0; j < sizeof keys / sizeof keys[0]; j++) {
      const long long alone = phases_count(one, phases[i], "first", keys[j]);
      assert_int_equal(phases_count(three, phases[i], "first", keys[j]), alone);
      assert_int_equal(phases_count(three, phases[i], "again", keys[j]), 2 * alone);
    }
  }
  assert_true(phases_count(one, "authentication", "first", "bytes_backhaul") > 0);
  json_decref(one), json_decref(three);
  shell_remove(folder);
}

/* Primitives of both turns add up, party by party; what is computed once is the first's. */
static void test_primitives(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(
      folder, "{\"authentications\": 3, \"method\": \"eap-edhoc\", \"app_messages\": 1}", "");
  const json_t *all = json_object_get(result, "primitives");
  const json_t *phase = json_object_get(json_object_get(result, "phases"), "authentication");
  const char *party, *primitive;
  json_t *counts, *blocks;
  size_t checked = 0;
  json_object_foreach((json_t *)(uintptr_t)all, party, counts) {
    json_object_foreach(counts, primitive, blocks) {
      const json_t *first = json_object_get(json_object_get(phase, "first"), "primitives");
      const json_t *again = json_object_get(json_object_get(phase, "again"), "primitives");
      const json_int_t once =
          json_integer_value(json_object_get(json_object_get(first, party), primitive));
      const json_int_t later =
          json_integer_value(json_object_get(json_object_get(again, party), primitive));
      assert_int_equal(once + later, json_integer_value(blocks));
      assert_true(once > 0 && later > 0);
      checked++;
    }
  }
  assert_true(checked > 6);
  json_decref(result);
  shell_remove(folder);
}

/* The mean time of those that come again is that of what the peer tells. */
static void test_times(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, "{\"authentications\": 3}", "");
  const json_t *peer = json_array_get(json_object_get(result, "peer"), 0);
  const json_t *each = json_object_get(peer, "authentications");
  const json_t *phase = json_object_get(json_object_get(result, "phases"), "authentication");
  const double first = shell_figure(json_object_get(phase, "first"), "time_ms");
  const double again = shell_figure(json_object_get(phase, "again"), "time_ms");
  const double sum = shell_figure(json_array_get(each, 1), "time_ms") +
                     shell_figure(json_array_get(each, 2), "time_ms");
  assert_true(first == shell_figure(json_array_get(each, 0), "time_ms"));
  assert_true(again > sum / 2 - 1e-6 && again < sum / 2 + 1e-6);
  json_decref(result);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sums),
      cmocka_unit_test(test_first_is_as_if_alone),
      cmocka_unit_test(test_primitives),
      cmocka_unit_test(test_times),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
