/* Peers that are phones: beside constrained ones, with a radio or on a wire. All of topology five
 * join, whatever is lost; what a phone on a wire says to the authenticator is backhaul; and its
 * energy is in no mean of the others. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

/* Two runs of a spec in one process: the second one is in the network of the first. */
static json_t *simulate(const char *spec) {
  char *folder = shell_make_folder(), lines[1200];
  int status;
  snprintf(lines, sizeof lines, "%s\n%s\n", spec, spec);
  shell_write_specs(folder, lines);
  free(shell_output(&status,
                    "cd %s && %s -j 1 specs | sed 's/,\"wall_ms\":[^}]*//' > out && "
                    "[ $(sort -u out | wc -l) = 1 ]",
                    folder, SIMULATOR));
  if (status != 0)
    fail_msg("%s: two results", spec);
  char *text = shell_output(&status, "head -n 1 %s/out", folder);
  json_t *result = shell_json(text);
  free(text);
  shell_remove(folder);
  return result;
}

static const json_t *peer_named(const json_t *result, const char *name) {
  size_t i;
  const json_t *peer;
  json_array_foreach(json_object_get(result, "peer"), i, peer) {
    if (strcmp(shell_text(peer, "name"), name) == 0)
      return peer;
  }
  fail_msg("there is no %s", name);
  return NULL;
}

static void assert_hops(const json_t *result, const char *name, long long hops) {
  assert_int_equal(shell_count(peer_named(result, name), "hops"), hops);
}

/* One time each: methods, associations, EAP servers, and where the phone is. */
static void test_all_join(void **state) {
  (void)state;
  static const char *const methods[] = {"eap-psk", "eap-edhoc"};
  static const char *const associations[] = {"oscore", "dtls"};
  static const char *const servers[] = {"radius", "local"};
  static const char *const places[] = {"mesh", "behind"};
  for (unsigned i = 0; i < 16; i++) {
    char spec[500];
    snprintf(spec, sizeof spec,
             "{\"topology\": \"five\", \"hops\": 3, \"server_hops\": 2, \"apart_hops\": 3, "
             "\"method\": \"%s\", \"association\": \"%s\", \"aaa\": \"%s\", \"phone_at\": \"%s\", "
             "\"phone_delay_ms\": 20, \"frame_loss\": 0.2, \"join_attempts\": 20, \"seed\": %u}",
             methods[i & 1], associations[i >> 1 & 1], servers[i >> 2 & 1], places[i >> 3], i + 1);
    json_t *result = simulate(spec);
    if (strcmp(shell_text(result, "outcome"), "established") != 0)
      fail_msg("%s: %s", spec, shell_text(result, "reason"));
    assert_true(shell_figure(result, "joined_ratio") == 1);
    assert_int_equal(json_array_size(json_object_get(result, "peer")), 3);
    assert_hops(result, "peer-1", 3);
    assert_hops(result, "resource-server-1", 2);
    assert_hops(result, "phone-1", i < 8);
    assert_true(shell_figure(json_object_get(result, "network"), "hops_mean") == (i < 8 ? 2 : 2.5));
    json_decref(result);
  }
}

#define BEHIND "{\"topology\": \"five\", \"aaa\": \"local\", \"phone_at\": \"behind\""

/* Nothing of it is on the air: the others' figures are those that they have without it. */
static void test_wire(void **state) {
  (void)state;
  static const char *const same[] = {"bytes_air", "bytes_udp",     "datagrams",
                                     "frames",    "coap_messages", "bytes_air_peer_link"};
  json_t *without = simulate(BEHIND ", \"phones\": 0}"), *with = simulate(BEHIND "}"),
         *three = simulate(BEHIND ", \"phones\": 3}");
  for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
    assert_int_equal(shell_count(without, same[i]), shell_count(with, same[i]));
  assert_true(json_equal(json_object_get(without, "ledger"), json_object_get(with, "ledger")));
  assert_true(json_equal(json_object_get(without, "radio_ms"), json_object_get(with, "radio_ms")));
  assert_int_equal(shell_count(without, "bytes_backhaul"), 0);
  assert_true(shell_count(with, "datagrams_backhaul") > 0);
  assert_int_equal(shell_count(three, "datagrams_backhaul"),
                   3 * shell_count(with, "datagrams_backhaul"));
  assert_int_equal(shell_count(three, "bytes_backhaul"), 3 * shell_count(with, "bytes_backhaul"));
  assert_non_null(json_object_get(json_object_get(with, "ledger_backhaul"), "coap_header"));
  json_decref(without);
  json_decref(with);
  json_decref(three);
}

/* Two wires a message: the delay is in its time, and in nobody else's. */
static void test_delay(void **state) {
  (void)state;
  json_t *none = simulate(BEHIND "}"), *some = simulate(BEHIND ", \"phone_delay_ms\": 100}");
  const double before = shell_figure(peer_named(none, "phone-1"), "time_ms"),
               after = shell_figure(peer_named(some, "phone-1"), "time_ms");
  const json_t *parts = json_object_get(peer_named(some, "phone-1"), "time_parts_ms");
  assert_true(before == 0);
  assert_true(after > 0 && fmod(after, 100) == 0);
  assert_true(shell_figure(parts, "aaa_delay") == after);
  assert_true(shell_figure(peer_named(none, "peer-1"), "time_ms") ==
              shell_figure(peer_named(some, "peer-1"), "time_ms"));
  json_decref(none);
  json_decref(some);
}

static double energy_of(const json_t *result, const char *name) {
  return shell_figure(peer_named(result, name), "energy_mj");
}

/* Means are of peer and resource server; a phone's own is by what it is. */
static void test_energy(void **state) {
  (void)state;
  static const char *const platforms[] = {"nrf52840", "cc2538"};
  json_t *results[2];
  for (size_t i = 0; i < 2; i++) {
    char spec[300];
    snprintf(spec, sizeof spec,
             "{\"topology\": \"five\", \"server_hops\": 3, \"phone_platform\": \"%s\", "
             "\"crypto\": \"cortex-m4-asm\"}",
             platforms[i]);
    results[i] = simulate(spec);
    const double mean =
        (energy_of(results[i], "peer-1") + energy_of(results[i], "resource-server-1")) / 2;
    assert_true(fabs(shell_figure(results[i], "energy_peer_mj") - mean) < 1e-9 * mean);
    assert_true(shell_figure(results[i], "energy_relays_mj") > 0);
    const json_t *phone = json_object_get(json_object_get(results[i], "radio_ms"), "phone");
    assert_true(shell_figure(phone, "transmit") > 0);
    assert_non_null(json_object_get(json_object_get(results[i], "energy_mj"), "phone"));
    assert_non_null(json_object_get(json_object_get(results[i], "primitives"), "phones"));
  }
  assert_true(shell_figure(results[0], "energy_peer_mj") ==
              shell_figure(results[1], "energy_peer_mj"));
  assert_true(energy_of(results[0], "phone-1") < energy_of(results[1], "phone-1"));
  json_decref(results[0]);
  json_decref(results[1]);
  json_t *wired = simulate(BEHIND "}");
  assert_true(json_is_null(json_object_get(peer_named(wired, "phone-1"), "energy_mj")));
  assert_null(json_object_get(json_object_get(wired, "radio_ms"), "phone"));
  json_decref(wired);
}

/* Roles that a run has not are not named in it. */
static void test_absent(void **state) {
  (void)state;
  static const char *const parties[] = {"resource-servers", "phones"};
  json_t *line = simulate("{}"), *none = simulate("{\"topology\": \"five\", \"phones\": 0}");
  for (size_t i = 0; i < 2; i++)
    assert_null(json_object_get(json_object_get(line, "primitives"), parties[i]));
  assert_non_null(json_object_get(json_object_get(none, "primitives"), "resource-servers"));
  assert_null(json_object_get(json_object_get(none, "primitives"), "phones"));
  json_decref(line);
  json_decref(none);
}

/* Only phones with a radio poll. */
static void test_polling(void **state) {
  (void)state;
  json_t *mesh =
      simulate("{\"topology\": \"five\", \"radio_policy\": \"polling\", \"poll_ms\": 100, "
               "\"aaa\": \"local\", \"start_spread_ms\": 3000}");
  json_t *behind = simulate(BEHIND ", \"radio_policy\": \"polling\", \"poll_ms\": 100, "
                                   "\"start_spread_ms\": 3000}");
  assert_string_equal(shell_text(mesh, "outcome"), "established");
  assert_string_equal(shell_text(behind, "outcome"), "established");
  assert_true(shell_count(mesh, "polls") > shell_count(behind, "polls"));
  assert_true(shell_count(behind, "polls") > 0);
  json_decref(mesh);
  json_decref(behind);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_all_join), cmocka_unit_test(test_wire),
      cmocka_unit_test(test_delay),    cmocka_unit_test(test_energy),
      cmocka_unit_test(test_absent),   cmocka_unit_test(test_polling),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
