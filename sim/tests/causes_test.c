/* The time of an authentication is the sum of its causes, to the nanosecond: of every variant that
 * the proof has; and what each comes to, where it can be computed by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proof/proof_matrix.h"
#include "shell.h"

#define MS 1000000LL
enum { US = 1000, OCTET_NS = 32 * US, FLIGHT_NS = 33, ACK_OCTETS = 11 };

static long long to_ns(double ms) {
  return llround(ms * 1e6);
}

static long long part_ns(const json_t *object, const char *cause) {
  return to_ns(shell_figure(json_object_get(object, "time_parts_ms"), cause));
}

/* Of one authentication of a peer: no cause took less than nothing. Returns whether it is
 * established. */
static bool check_sum(const json_t *authentication, const char *spec) {
  const json_t *parts = json_object_get(authentication, "time_parts_ms");
  const bool established = strcmp(shell_text(authentication, "outcome"), "established") == 0;
  long long sum_ns = 0;
  const char *cause;
  json_t *part;
  assert_true(json_is_object(parts) == established);
  if (!established)
    return false;
  json_object_foreach((json_t *)(uintptr_t)parts, cause, part) {
    assert_true(json_number_value(part) >= 0);
    sum_ns += to_ns(json_number_value(part));
  }
  if (sum_ns != to_ns(shell_figure(authentication, "time_ms")))
    fail_msg("%s: the causes of %f ms come to %lld ns", spec,
             shell_figure(authentication, "time_ms"), sum_ns);
  return true;
}

/* That of the run is the mean of the peers' last. */
static void check_mean(const json_t *result, const json_t *peers) {
  long long sum_ns = 0, established = 0;
  double mean_ms = 0;
  const char *cause;
  json_t *part, *peer;
  size_t i;
  json_array_foreach((json_t *)(uintptr_t)peers, i, peer) {
    const json_t *last = json_object_get(peer, "time_parts_ms");
    established += json_is_object(last);
    json_object_foreach((json_t *)(uintptr_t)last, cause, part) {
      sum_ns += to_ns(json_number_value(part));
    }
  }
  json_object_foreach(json_object_get(result, "time_parts_ms"), cause, part) {
    mean_ms += json_number_value(part);
  }
  assert_true(json_is_object(json_object_get(result, "time_parts_ms")) == (established > 0));
  if (established > 0)
    assert_true(fabs(mean_ms - (double)sum_ns / 1e6 / (double)established) < 1e-6 * mean_ms);
}

/* All authentications of a run. Returns how many are established. */
static size_t check_run(const json_t *result, const char *spec) {
  const json_t *peers = json_object_get(result, "peer");
  size_t count = 0, i, j;
  json_t *peer, *authentication;
  if (strcmp(shell_text(result, "outcome"), "crashed") == 0)
    fail_msg("%s: crashed", spec);
  json_array_foreach((json_t *)(uintptr_t)peers, i, peer) {
    json_array_foreach(json_object_get(peer, "authentications"), j, authentication) {
      count += check_sum(authentication, spec);
    }
  }
  if (json_is_array(peers))
    check_mean(result, peers);
  return count;
}

/* Runs the specs, a line each, from the folder in which their file of links is, if any. */
static size_t check_specs(const char *const *specs, size_t count) {
  char *folder = shell_make_folder();
  size_t established = 0;
  int status;
  char path[256];
  snprintf(path, sizeof path, "%s/specs", folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  for (size_t i = 0; i < count; i++)
    fprintf(file, "%s\n", specs[i]);
  fclose(file);
  char *lines = shell_output(&status, "%s -j 2 %s", SIMULATOR, path), *rest = lines;
  for (size_t i = 0; i < count; i++) {
    char *line = strtok_r(rest, "\n", &rest);
    assert_non_null(line);
    json_t *result = shell_json(line);
    established += check_run(result, specs[i]);
    json_decref(result);
  }
  free(lines);
  shell_remove(folder);
  return established;
}

static void test_every_variant(void **state) {
  (void)state;
  struct proof_matrix matrix = {0};
  json_t *description = shell_describe();
  proof_matrix_pairs(&matrix, description);
  proof_matrix_faults(&matrix, description);
  assert_true(check_specs((const char *const *)matrix.specs, matrix.count) > matrix.count);
  proof_matrix_free(&matrix);
  json_decref(description);
}

#define COMPUTING                                                                                  \
  "\"crypto\": \"cortex-m4-tinycrypt\", \"authenticator_crypto\": \"cortex-m4-tinycrypt\", "       \
  "\"aaa_platform\": \"nrf52840\", \"aaa_crypto\": \"cortex-m4-tinycrypt\", "

/* Crowds, long waits, peers that try again, and all of it where nodes take time to compute. */
static const char *const rare[] = {
    "{\"topology\": \"star\", \"peers\": 50, \"frame_loss\": 0.3, \"start_spread_ms\": 1000, "
    "\"identity_bytes\": 253, \"mac_queue_frames\": 4}",
    "{\"topology\": \"tree\", \"fan_out\": 2, \"peers\": 40, \"frame_loss\": 0.2, "
    "\"forwarding\": \"joined\", \"join_attempts\": 5, \"capture\": \"none\"}",
    "{\"hops\": 4, \"peers\": 5, \"frame_loss\": 0.4, \"association\": \"dtls\", "
    "\"authentications\": 4, \"app_messages\": 3, \"app_interval_ms\": 0, "
    "\"reauthentication_delay_ms\": 0, \"join_attempts\": 10, \"mac_max_retries\": 1}",
    "{\"frame_loss\": 0.6, \"peers\": 10, \"join_attempts\": 20, \"time_limit_s\": 20000, "
    "\"trigger_repetitions\": 2, \"separate_response\": \"on\"}",
    "{\"aaa_delay_ms\": 7000, \"peers\": 3, \"frame_loss\": 0.2, \"separate_response\": \"on\"}",
    "{\"aaa_delay_ms\": 5000, \"peers\": 300, \"topology\": \"star\", \"radius_ports\": 1, "
    "\"channel\": \"addressed\", \"start_spread_ms\": 4000}",
    "{" COMPUTING "\"method\": \"eap-edhoc\", \"topology\": \"star\", \"peers\": 12, "
    "\"frame_loss\": 0.1, \"cpu_queue_datagrams\": 2, \"join_attempts\": 10, "
    "\"time_limit_s\": 20000}",
    "{" COMPUTING "\"association\": \"dtls\", \"peers\": 12, \"authentications\": 3, "
    "\"app_messages\": 2, \"app_interval_ms\": 0, \"app_direction\": \"from-authenticator\", "
    "\"frame_loss\": 0.3, \"cpu_queue_datagrams\": 3}",
    "{" COMPUTING "\"method\": \"eap-edhoc\", \"edhoc_method\": 0, \"credential\": \"x5t\", "
    "\"trigger\": \"off\", \"peers\": 6, \"hops\": 3, \"separate_response\": \"on\", "
    "\"authentications\": 2, \"reauthentication_delay_ms\": 0, \"cpu_queue_datagrams\": 100}",
    "{" COMPUTING "\"lower_layer\": \"edhoc\", \"method\": \"eap-edhoc\", \"peers\": 5, "
    "\"frame_loss\": 0.2, \"join_attempts\": 5, \"authentications\": 2}",
    "{" COMPUTING "\"radio_policy\": \"off-while-computing\", \"association\": \"dtls\", "
    "\"peers\": 3, \"frame_loss\": 0.1, \"authentications\": 3}",
    "{" COMPUTING "\"radio_policy\": \"polling\", \"poll_ms\": 50, \"hops\": 2, \"peers\": 8, "
    "\"frame_loss\": 0.2, \"authentications\": 2, \"app_messages\": 2}",
    "{" COMPUTING "\"topology\": \"tree\", \"fan_out\": 2, \"peers\": 15, \"frame_loss\": 0.2, "
    "\"forwarding\": \"joined\", \"join_attempts\": 5, \"aaa_delay_ms\": 40}",
    "{\"aaa_delay_ms\": 900, \"aaa_hops\": 2, \"peers\": 20, \"topology\": \"star\", "
    "\"start_spread_ms\": 1000, \"frame_loss\": 0.1}",
};
enum { WITH_ONE_PORT = 5 }; /* more than it has Identifiers */

static void test_rare_runs(void **state) {
  (void)state;
  assert_true(check_specs(rare, sizeof rare / sizeof rare[0]) > 300);
}

/* One hop without loss. From the last datagram's arrival on, which ends the authentication, its
 * acknowledgement is nobody's time. Each frame's own air, and 192 us before each; after each
 * acknowledgement the node that sent it turns round as long, less the time that it flies. */
static void check_one_hop(const json_t *result) {
  const long long frames = shell_count(result, "frames") - shell_count(result, "frames_ack");
  const long long air_ns =
      (shell_count(result, "bytes_air") - ACK_OCTETS) * OCTET_NS + (2 * frames - 1) * FLIGHT_NS;
  const long long turnaround_ns = (3 * frames - 2) * 192 * US - (frames - 1) * FLIGHT_NS;
  const long long access_ns = part_ns(result, "backoff") - frames * 128 * US;
  assert_int_equal(shell_count(result, "frames_ack"), frames);
  assert_int_equal(part_ns(result, "air"), air_ns);
  assert_int_equal(part_ns(result, "turnaround"), turnaround_ns);
  assert_true(access_ns >= 0 && access_ns % (320 * US) == 0);
  assert_int_equal(air_ns + turnaround_ns + part_ns(result, "backoff"),
                   to_ns(shell_figure(result, "time_ms")));
}

static void test_one_hop_by_hand(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  for (int seed = 1; seed <= 5; seed++) {
    char spec[100];
    snprintf(spec, sizeof spec, "{\"aaa\": \"%s\", \"seed\": %d}", seed % 2 ? "local" : "radius",
             seed);
    json_t *result = shell_simulate(folder, spec, "");
    check_one_hop(result);
    json_decref(result);
  }
  shell_remove(folder);
}

/* Each round trip twice the delay, of each hop, whatever else goes on meanwhile. */
static void test_delay_by_hand(void **state) {
  (void)state;
  static const double delays_ms[] = {0.1, 10.5, 250, 3000};
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof delays_ms / sizeof delays_ms[0]; i++) {
    char spec[100];
    const long long proxies = (long long)i % 3;
    snprintf(spec, sizeof spec, "{\"aaa_delay_ms\": %g, \"hops\": %zu, \"aaa_hops\": %lld}",
             delays_ms[i], i + 1, proxies);
    json_t *result = shell_simulate(folder, spec, "");
    const long long trips = shell_count(result, "radius_requests");
    assert_true(trips > 1);
    assert_int_equal(shell_count(result, "radius_retransmissions"), i == 3 ? trips : 0);
    assert_int_equal(part_ns(result, "aaa_delay"), 2 * trips * (1 + proxies) * to_ns(delays_ms[i]));
    json_decref(result);
  }
  shell_remove(folder);
}

/* Of one peer that nobody keeps waiting: all that each node computes until the peer is established,
 * and that is all that it computes. */
static void test_computing_by_hand(void **state) {
  (void)state;
  static const char *const specs[] = {
      "{" COMPUTING "\"aaa\": \"local\"}",
      "{" COMPUTING "\"aaa\": \"local\", \"method\": \"eap-edhoc\", \"hops\": 2}",
      "{" COMPUTING "\"method\": \"eap-edhoc\", \"aaa_delay_ms\": 5}",
      "{" COMPUTING "\"method\": \"eap-edhoc\", \"association\": \"dtls\", \"trigger\": \"off\"}",
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
    json_t *result = shell_simulate(folder, specs[i], "");
    assert_int_equal(check_run(result, specs[i]), 1);
    assert_int_equal(part_ns(result, "cpu_peer"), to_ns(shell_figure(result, "cpu_peer_ms")));
    assert_int_equal(part_ns(result, "cpu_authenticator"),
                     to_ns(shell_figure(result, "cpu_authenticator_ms")));
    assert_true(part_ns(result, "cpu_peer") > 0);
    assert_true((part_ns(result, "cpu_aaa") > 0) == (i >= 2));
    assert_int_equal(part_ns(result, "queue"), 0);
    json_decref(result);
  }
  shell_remove(folder);
}

/* Four messages are held for a peer that polls once in a second: the first for a part of it, each
 * other for what is left of one. */
static void test_polling(void **state) {
  (void)state;
  static const char spec[] = "{\"radio_policy\": \"polling\", \"poll_ms\": 1000, "
                             "\"max_retransmit\": 0, \"ack_timeout_ms\": 60000, "
                             "\"aaa\": \"local\", \"trigger_retry_ms\": 60000}";
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, spec, "");
  assert_int_equal(check_run(result, spec), 1);
  assert_true(part_ns(result, "poll") > 3 * 900 * MS);
  assert_true(part_ns(result, "poll") < 4 * 1000 * MS);
  assert_int_equal(part_ns(result, "repetition") + part_ns(result, "attempt"), 0);
  json_decref(result);
  shell_remove(folder);
}

/* A gap by each of its names: an answer of RADIUS that comes too late repeats nothing that anybody
 * waits for. */
static void test_gaps(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *calm = shell_simulate(folder, "{\"aaa_delay_ms\": 3000}", "");
  json_t *lossy = shell_simulate(
      folder, "{\"frame_loss\": 0.4, \"mac_max_retries\": 0, \"ack_random_factor\": 1}", "");
  json_t *again = shell_simulate(
      folder,
      "{\"seed\": 6, \"frame_loss\": 0.2, \"mac_max_retries\": 0, \"max_retransmit\": 0, "
      "\"join_attempts\": 20}",
      "");
  json_t *crowd = shell_simulate(folder, rare[WITH_ONE_PORT], "");
  assert_true(shell_count(calm, "radius_retransmissions") > 0);
  assert_int_equal(part_ns(calm, "repetition") + part_ns(calm, "attempt"), 0);
  assert_true(shell_count(lossy, "coap_retransmissions") > 0);
  assert_true(part_ns(lossy, "repetition") > 0);
  assert_int_equal(part_ns(lossy, "attempt"), 0);
  assert_true(shell_count(again, "attempts") > 1);
  assert_true(part_ns(again, "attempt") > 0);
  assert_true(shell_count(crowd, "radius_waiting_peak") > 0);
  assert_true(part_ns(crowd, "queue") > 1000 * MS);
  json_decref(calm), json_decref(lossy), json_decref(again), json_decref(crowd);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_variant),
      cmocka_unit_test(test_rare_runs),
      cmocka_unit_test(test_one_hop_by_hand),
      cmocka_unit_test(test_delay_by_hand),
      cmocka_unit_test(test_computing_by_hand),
      cmocka_unit_test(test_polling),
      cmocka_unit_test(test_gaps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
