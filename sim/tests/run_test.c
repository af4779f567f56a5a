/* Runs through the program: times and counts are what is computed by hand, and a run that ends
 * without a key says why. */
#define _GNU_SOURCE
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

static void test_another_seed_differs(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *a = shell_simulate(folder, "{\"seed\": 1}", "");
  json_t *b = shell_simulate(folder, "{\"seed\": 2}", "");
  assert_true(shell_figure(a, "time_ms") != shell_figure(b, "time_ms"));
  assert_int_equal(shell_count(a, "bytes_air"), shell_count(b, "bytes_air"));
  json_decref(a), json_decref(b);
  shell_remove(folder);
}

/* By hand: 5 datagrams of the peer (10, 32, 70, 53, 20 octets) and 4 of the authenticator (17, 43,
 * 73, 31), each with 26 octets below UDP; the peer acknowledges 4 frames, and is acknowledged 4
 * before the authenticator has step 8; 32 us an octet; 192 us of turnaround before what is sent. */
static void test_radio_times_by_hand(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, "{}", "");
  const json_t *radio = json_object_get(json_object_get(result, "radio_ms"), "peer");
  const long long up = 10 + 32 + 70 + 53 + 20 + 5 * 26, down = 17 + 43 + 73 + 31 + 4 * 26;
  const long long acks = 4 * 11;
  assert_int_equal(shell_count(result, "bytes_air"), up + down + 9 * 11);
  assert_int_equal((long long)(shell_figure(radio, "transmit") * 1000 + 0.5), (up + acks) * 32);
  assert_int_equal((long long)(shell_figure(radio, "receive") * 1000 + 0.5), (down + acks) * 32);
  double sum = 0;
  const char *state_name;
  json_t *time;
  json_object_foreach((json_t *)radio, state_name, time) sum += json_number_value(time);
  assert_true(sum - shell_figure(result, "time_ms") < 1e-6);
  assert_true(shell_figure(result, "time_ms") - sum < 1e-6);
  const double energy =
      3 * (6.40 * (double)(up + acks) * 32e-6 + 6.53 * (sum / 1e3 - (double)(up + acks) * 32e-6));
  assert_true(energy - shell_figure(result, "energy_peer_mj") < 1e-9);
  assert_true(shell_figure(result, "energy_peer_mj") - energy < 1e-9);
  json_decref(result);
  shell_remove(folder);
}

static void test_phases_sum_to_the_whole(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, "{\"hops\": 2, \"frame_loss\": 0.2}", "");
  const double sum =
      shell_figure(result, "time_trigger_ms") + shell_figure(result, "time_identity_ms") +
      shell_figure(result, "time_method_ms") + shell_figure(result, "time_association_ms");
  assert_true(sum - shell_figure(result, "time_ms") < 1e-6);
  assert_true(shell_figure(result, "time_ms") - sum < 1e-6);
  json_decref(result);
  shell_remove(folder);
}

/* The authenticator holds what the AAA server grants against each request, and tells no peer more.
 */
static void test_run_authorization(void **state) {
  (void)state;
  static const struct {
    const char *spec;
    long long authorization, refused; /* octets of the backhaul; of three requests */
  } cases[] = {
      {"{\"app_messages\": 3}", 0, 0},
      {"{\"app_messages\": 3, \"authorization\": \"filter-id\"}", 2 + 6, 0},
      {"{\"app_messages\": 3, \"authorization\": \"rules\"}", 2 + 33 + 1 + 33, 0},
      {"{\"app_messages\": 3, \"authorization\": \"denied\"}", 2 + 33 + 1 + 26, 3},
      {"{\"app_messages\": 3, \"authorization\": \"denied\", \"association\": \"dtls\"}",
       2 + 33 + 1 + 26, 3},
      {"{\"app_messages\": 3, \"authorization\": \"denied\", \"lower_layer\": \"pana\"}",
       2 + 33 + 1 + 26, 3},
      {"{\"app_messages\": 3, \"authorization\": \"denied\", "
       "\"app_direction\": \"from-authenticator\"}",
       2 + 33 + 1 + 26, 0},
      {"{\"app_messages\": 3, \"authorization\": \"saml\"}", 400 + 2 * 4, 0},
      {"{\"app_messages\": 3, \"aaa_suite\": \"0\"}", 2 + 4 + 2 + 4, 0},
      {"{\"app_messages\": 3, \"aaa_suite\": \"0\", \"authorization\": \"filter-id\", "
       "\"aaa_hops\": 2}",
       3 * (12 + 8), 0},
      {"{\"app_messages\": 3, \"aaa_suite\": \"2\", \"oscore_suite\": \"2\", "
       "\"authorization\": \"denied\"}",
       12 + 2 + 33 + 1 + 26, 3},
      {"{\"app_messages\": 3, \"aaa_suite\": \"aes128-gcm\", \"association\": \"dtls\"}", 12, 0},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *result = shell_simulate(folder, cases[i].spec, "");
    json_t *backhaul = json_object_get(result, "ledger_backhaul");
    assert_int_equal(json_integer_value(json_object_get(backhaul, "radius_authorization")),
                     cases[i].authorization);
    assert_int_equal(shell_count(result, "app_exchanges"), 3);
    assert_int_equal(shell_count(result, "app_refused"), cases[i].refused);
    json_decref(result);
  }
  shell_remove(folder);
}

static void test_run_ends_without_a_key(void **state) {
  (void)state;
  static const struct {
    const char *spec, *outcome, *reason;
  } cases[] = {
      {"{\"frame_loss\": 1}", "failed", "peer: no-authenticator"},
      {"{\"frame_loss\": 1, \"trigger\": \"off\"}", "failed", "authenticator: peer-silent"},
      {"{\"frame_loss\": 1, \"time_limit_s\": 3}", "timeout", "simulated time limit of 3 s"},
      {"{\"fault\": \"no-authenticator\"}", "failed", "peer: no-authenticator"},
      {"{\"fault\": \"wrong-key\", \"aaa\": \"local\"}", "failed",
       "peer: EAP-Failure while the method ran; authenticator: wrong MAC_P"},
      {"{\"fault\": \"wrong-key\"}", "failed",
       "peer: EAP-Failure while the method ran; authenticator: Access-Reject; aaa: wrong MAC_P"},
      {"{\"fault\": \"unknown-user\"}", "failed",
       "peer: EAP-Failure before a method began; authenticator: Access-Reject; aaa: unknown "
       "identity"},
      {"{\"refused\": \"in-method\"}", "failed",
       "peer: the server indicates failure in the protected channel; authenticator: Access-Reject; "
       "aaa: not authorized"},
      {"{\"refused\": \"after-method\"}", "failed",
       "peer: authenticator-silent; authenticator: filter rule that cannot be applied"},
      {"{\"refused\": \"after-method\", \"aaa\": \"local\"}", "unsupported",
       "refused: after-method needs aaa: radius: an EAP server inside the authenticator refuses in "
       "the method"},
      {"{\"aaa_suite\": \"1\"}", "failed", "peer: oscore-rejected; authenticator: oscore-rejected"},
      {"{\"aaa_suite\": \"1\", \"lower_layer\": \"coap-eap-rfc9820\"}", "failed",
       "peer: authenticator-silent; authenticator: aaa-cipher-suite"},
      {"{\"aaa_suite\": \"aes128-ccm\", \"association\": \"dtls\", \"dtls_suites_taken\": "
       "\"aes128-ccm-8\"}",
       "failed", "peer: dtls-no-common-suite; authenticator: dtls-no-common-suite"},
      {"{\"aaa_suite\": \"aes128-ccm\"}", "failed",
       "peer: authenticator-silent; authenticator: cipher suite of another association"},
      {"{\"fault\": \"silent-aaa\"}", "failed",
       "peer: authenticator-silent; authenticator: aaa-silent"},
      {"{\"fault\": \"silent-aaa\", \"aaa\": \"local\"}", "unsupported",
       "fault: silent-aaa needs aaa: radius"},
      {"{\"hops\": 99}", "invalid", "hops: 99 is not accepted; it takes an integer from 1 to 16"},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *result = shell_simulate(folder, cases[i].spec, "");
    assert_string_equal(shell_text(result, "outcome"), cases[i].outcome);
    assert_string_equal(shell_text(result, "reason"), cases[i].reason);
    assert_true(json_is_null(json_object_get(result, "time_ms")));
    json_decref(result);
  }
  shell_remove(folder);
}

/* Attempts that nobody answers, that break off, and one after which only the peer takes itself for
 * joined: another follows each, until one is established. */
static void test_attempts(void **state) {
  (void)state;
  static const char frail[] =
      "{\"frame_loss\": 0.4, \"mac_max_retries\": 0, \"ack_timeout_ms\": 500, "
      "\"max_retransmit\": 2, \"join_backoff_ms\": 2000, "
      "\"trigger_backoff\": \"fixed\", \"time_limit_s\": 3000";
  char *folder = shell_make_folder();
  char spec[400];
  for (int seed = 1; seed <= 4; seed++) {
    snprintf(spec, sizeof spec, "%s, \"seed\": %d}", frail, seed);
    json_t *once = shell_simulate(folder, spec, "");
    assert_string_equal(shell_text(once, "outcome"), "failed");
    assert_int_equal(shell_count(once, "attempts"), 1);
    json_decref(once);
    snprintf(spec, sizeof spec, "%s, \"join_attempts\": 100, \"seed\": %d}", frail, seed);
    json_t *result = shell_simulate(folder, spec, "");
    assert_string_equal(shell_text(result, "outcome"), "established");
    assert_in_range(shell_count(result, "attempts"), 2, 100);
    const double sum =
        shell_figure(result, "time_trigger_ms") + shell_figure(result, "time_identity_ms") +
        shell_figure(result, "time_method_ms") + shell_figure(result, "time_association_ms");
    assert_true(fabs(sum - shell_figure(result, "time_ms")) < 1e-6);
    json_decref(result);
  }
  json_t *result = shell_simulate(folder, "{\"frame_loss\": 1, \"join_attempts\": 3}", "");
  assert_string_equal(shell_text(result, "reason"), "peer: no-authenticator");
  assert_int_equal(shell_count(result, "attempts"), 3);
  json_decref(result);
  result = shell_simulate(folder, "{\"fault\": \"wrong-key\", \"join_attempts\": 3}", "");
  assert_int_equal(shell_count(result, "attempts"), 1);
  json_decref(result);
  shell_remove(folder);
}

/* An answer that takes 6 s is asked for twice or thrice. */
static void test_radius_load(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, "{\"peers\": 3, \"aaa_delay_ms\": 3000}", "");
  assert_string_equal(shell_text(result, "outcome"), "established");
  assert_int_equal(shell_count(result, "radius_requests"), 3 * 3);
  assert_in_range(shell_count(result, "radius_retransmissions"), 3 * 3, 2 * 3 * 3);
  assert_int_equal(shell_count(result, "radius_outstanding_peak"), 3);
  assert_int_equal(shell_count(result, "radius_waiting_peak"), 0);
  json_decref(result);
  result = shell_simulate(folder, "{\"aaa\": \"local\"}", "");
  assert_int_equal(shell_count(result, "radius_requests"), 0);
  json_decref(result);
  shell_remove(folder);
}

/* Where the EAP server is changes nothing on the air, frame by frame, if the way to it takes no
 * time. */
static void test_radius_without_delay_is_as_local(void **state) {
  (void)state;
  static const char *const aaa[] = {"local", "radius"};
  char *folder = shell_make_folder();
  int status;
  for (unsigned seed = 1; seed <= 3; seed++) {
    for (size_t i = 0; i < 2; i++) {
      free(shell_output(&status,
                        "echo '{\"hops\": 2, \"frame_loss\": 0.2, \"identity_bytes\": 150, "
                        "\"seed\": %u, \"aaa\": \"%s\"}' | %s --pcap %s/%s > %s/result && "
                        "tshark -n -r %s/%s/air.pcap -T fields -e frame.time_epoch -e frame.len "
                        "-e wpan.src16 -e wpan.seq_no > %s/%s.txt 2>/dev/null",
                        seed, aaa[i], SIMULATOR, folder, aaa[i], folder, folder, aaa[i], folder,
                        aaa[i]));
      assert_int_equal(status, 0);
    }
    free(shell_output(&status, "cd %s && [ -s local.txt ] && cmp local.txt radius.txt", folder));
    assert_int_equal(status, 0);
  }
  shell_remove(folder);
}

/* EAP-PSK asks the AAA server three times, and each answer takes the way there and back. (An answer
 * without delay meets the MAC while it acknowledges, so that it is no base to compare with.) */
static void test_delay_of_the_backhaul(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *none = shell_simulate(folder, "{\"aaa_delay_ms\": 5}", "");
  json_t *some = shell_simulate(folder, "{\"aaa_delay_ms\": 17.5}", "");
  const double more = shell_figure(some, "time_ms") - shell_figure(none, "time_ms");
  assert_true(more > 3 * 2 * 12.5 - 1e-6 && more < 3 * 2 * 12.5 + 1e-6);
  json_decref(none), json_decref(some);
  shell_remove(folder);
}

static void test_run_of_many_peers(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(
      folder, "{\"topology\": \"star\", \"peers\": 50, \"start_spread_ms\": 20000}", "");
  assert_string_equal(shell_text(result, "outcome"), "established");
  const json_t *peers = json_object_get(result, "peer");
  assert_int_equal(json_array_size(peers), 50);
  size_t i;
  json_t *peer;
  json_array_foreach((json_t *)peers, i, peer)
      assert_string_equal(shell_text(peer, "outcome"), "established");
  json_decref(result);
  shell_remove(folder);
}

/* What --describe says of every key is what the program does. */
static void test_describe(void **state) {
  (void)state;
  int status;
  char *text = shell_output(&status, "%s --describe", SIMULATOR);
  assert_int_equal(status, 0);
  json_t *described = shell_json(text);
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, "{}", "");
  size_t i;
  json_t *field;
  json_array_foreach(json_object_get(described, "result"), i, field)
      assert_non_null(json_object_get(result, shell_text(field, "name")));
  assert_int_equal(json_object_size(result), json_array_size(json_object_get(described, "result")));
  const json_t *spec = json_object_get(result, "spec");
  json_array_foreach(json_object_get(described, "spec"), i, field) {
    if (strcmp(shell_text(field, "name"), "id") == 0)
      continue;
    json_t *value = json_object_get(spec, shell_text(field, "name"));
    assert_true(json_equal(value, json_object_get(field, "default")));
  }
  json_decref(result), json_decref(described);
  free(text);
  shell_remove(folder);
}

/* --resolve says what would be run, and under which key it is kept: nothing else than what is run.
 */
static void test_resolve(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  int status;
  shell_write_specs(folder, "{\"id\": \"a\", \"hops\": 2}\n\n{\"seed\": 1, \"hops\": 2}\n"
                            "{\"id\": \"b\", \"hopps\": 2}\n{\"hops\": 3}\n");
  char *text = shell_output(&status, "%s --resolve %s/specs | sed '1s/^/[/; $!s/$/,/; $s/$/]/'",
                            SIMULATOR, folder);
  json_t *answers = shell_json(text), *result = shell_simulate(folder, "{\"hops\": 2}", "-j 1");
  const json_t *first = json_array_get(answers, 0), *second = json_array_get(answers, 1);
  assert_int_equal(json_array_size(answers), 4);
  assert_string_equal(shell_text(first, "id"), "a");
  assert_string_equal(shell_text(first, "key"), shell_text(second, "key"));
  assert_string_not_equal(shell_text(first, "key"), shell_text(json_array_get(answers, 3), "key"));
  assert_true(json_equal(json_object_get(second, "spec"), json_object_get(result, "spec")));
  assert_non_null(strstr(shell_text(json_array_get(answers, 2), "error"), "hopps"));
  free(shell_output(&status, "printf '{\"hopps\": 2}' | %s --resolve", SIMULATOR));
  assert_int_equal(status, 2);
  json_decref(answers), json_decref(result);
  free(text);
  shell_remove(folder);
}

/* With --seeds a spec stands for as many runs: the keys are those that it has with each seed. */
static void test_resolve_seeds(void **state) {
  (void)state;
  int status;
  char *together = shell_output(&status,
                                "echo '{\"hops\": 2, \"seed\": 7}' | %s --resolve --seeds 3 | "
                                "grep -o '\"key\":\"[0-9a-f]*\"'",
                                SIMULATOR);
  char *each = shell_output(&status,
                            "for seed in 7 8 9; do echo \"{\\\"hops\\\": 2, \\\"seed\\\": "
                            "$seed}\"; done | %s --resolve | grep -o '\"key\":\"[0-9a-f]*\"'",
                            SIMULATOR);
  assert_int_equal(strlen(each), 3 * strlen("\"key\":\"0123456789abcdef0123456789abcdef\"\n"));
  assert_string_equal(together, each);
  char *beyond = shell_output(
      &status, "echo '{\"seed\": 9007199254740990}' | %s --resolve --seeds 3", SIMULATOR);
  assert_int_equal(status, 2);
  assert_non_null(strstr(beyond, "9007199254740991"));
  free(beyond);
  free(shell_output(&status, "echo '{}' | %s --seeds 3 2>&1", SIMULATOR));
  assert_int_equal(status, 2);
  free(together);
  free(each);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_another_seed_differs),
      cmocka_unit_test(test_radio_times_by_hand),
      cmocka_unit_test(test_phases_sum_to_the_whole),
      cmocka_unit_test(test_run_authorization),
      cmocka_unit_test(test_run_ends_without_a_key),
      cmocka_unit_test(test_attempts),
      cmocka_unit_test(test_radius_load),
      cmocka_unit_test(test_radius_without_delay_is_as_local),
      cmocka_unit_test(test_delay_of_the_backhaul),
      cmocka_unit_test(test_run_of_many_peers),
      cmocka_unit_test(test_describe),
      cmocka_unit_test(test_resolve),
      cmocka_unit_test(test_resolve_seeds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
