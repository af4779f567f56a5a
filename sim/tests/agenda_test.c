/* Several authentications and application requests in one run, through the program: what each
 * counts, that neither changes the other's figures, and that all that is on the air is booked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

#define WITHOUT_WALL "sed 's/,\"wall_ms\":[^}]*//'"

static json_t *agenda_established(const char *folder, const char *spec) {
  json_t *result = shell_simulate(folder, spec, "");
  if (strcmp(shell_text(result, "outcome"), "established") != 0)
    fail_msg("%s: %s", spec, shell_text(result, "reason"));
  return result;
}

static const json_t *authentications_of(const json_t *result, size_t peer) {
  return json_object_get(json_array_get(json_object_get(result, "peer"), peer), "authentications");
}

/* Authentications */

static void test_counts_are_sums(void **state) {
  (void)state;
  static const char *const more[] = {"", ", \"trigger\": \"off\"", ", \"aaa\": \"local\"",
                                     ", \"method\": \"eap-edhoc\", \"hops\": 2"};
  static const char *const keys[] = {"bytes_udp", "bytes_air", "bytes_air_peer_link",
                                     "frames",    "datagrams", "coap_messages"};
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
    char spec[200];
    snprintf(spec, sizeof spec, "{\"authentications\": 1%s}", more[i]);
    json_t *one = agenda_established(folder, spec);
    snprintf(spec, sizeof spec, "{\"authentications\": 3%s}", more[i]);
    json_t *three = agenda_established(folder, spec);
    for (size_t j = 0; j < sizeof keys / sizeof keys[0]; j++)
      assert_int_equal(shell_count(three, keys[j]), 3 * shell_count(one, keys[j]));
    assert_int_equal(shell_count(three, "authentications_established"), 3);
    assert_int_equal(json_array_size(authentications_of(three, 0)), 3);
    json_decref(one), json_decref(three);
  }
  shell_remove(folder);
}

/* The next begins the delay after the end of the former; the run's times are those of the last. */
static void test_times_of_each(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result =
      agenda_established(folder, "{\"authentications\": 3, \"reauthentication_delay_ms\": 250}");
  const json_t *all = authentications_of(result, 0);
  for (size_t i = 1; i < 3; i++) {
    const json_t *former = json_array_get(all, i - 1), *next = json_array_get(all, i);
    const double pause = shell_figure(next, "first_ms") - shell_figure(former, "first_ms") -
                         shell_figure(former, "time_ms");
    assert_true(pause > 250 - 1e-6 && pause < 250 + 1e-6);
  }
  const json_t *last = json_array_get(all, 2);
  assert_true(json_equal(json_object_get(last, "time_ms"), json_object_get(result, "time_ms")));
  assert_true(
      json_equal(json_object_get(last, "energy_mj"), json_object_get(result, "energy_peer_mj")));
  json_decref(result);
  shell_remove(folder);
}

/* The first resource is /b/5, the second /b/6. */
static void test_new_resource_each_time(void **state) {
  (void)state;
  char *folder = shell_make_folder(), log[300];
  snprintf(log, sizeof log, "--log %s/log", folder);
  json_t *result = shell_simulate(folder, "{\"authentications\": 3}", log);
  for (int resource = 5; resource <= 8; resource++) {
    int status;
    char *found = shell_output(&status, "grep -c '\"from\":\"authenticator\".*b162013%d' %s/log",
                               resource, folder);
    assert_int_equal(atoi(found), resource == 8 ? 0 : 2); /* steps 3 and 5 */
    free(found);
  }
  json_decref(result);
  shell_remove(folder);
}

/* One that fails does not stop the others, and the run is as good as the worst. */
static void test_failures(void **state) {
  (void)state;
  static const struct {
    const char *spec, *outcome, *reason;
    int count;
  } cases[] = {
      {"{\"authentications\": 3, \"fault\": \"no-authenticator\"}", "failed",
       "peer: no-authenticator", 3},
      {"{\"authentications\": 3, \"fault\": \"wrong-key\", \"aaa\": \"local\"}", "failed",
       "peer: EAP-Failure while the method ran; authenticator: wrong MAC_P", 3},
      {"{\"authentications\": 2, \"fault\": \"silent-aaa\", \"trigger\": \"off\"}", "failed",
       "peer: authenticator-silent; authenticator: aaa-silent", 2},
      {"{\"authentications\": 3, \"reauthentication_delay_ms\": 5000, \"time_limit_s\": 4}",
       "timeout", "simulated time limit of 4 s", 1},
      {"{\"app_messages\": 10, \"time_limit_s\": 4}", "timeout",
       "simulated time limit of 4 s, among the application's requests", 1},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *result = shell_simulate(folder, cases[i].spec, "");
    assert_string_equal(shell_text(result, "outcome"), cases[i].outcome);
    assert_string_equal(shell_text(result, "reason"), cases[i].reason);
    int ended = 0;
    size_t j;
    json_t *one;
    json_array_foreach((json_t *)(uintptr_t)authentications_of(result, 0), j, one) ended +=
        strcmp(shell_text(one, "outcome"), "timeout") != 0;
    assert_int_equal(ended, cases[i].count);
    json_decref(result);
  }
  shell_remove(folder);
}

/* Under heavy loss some fail, others after them do not, and the counts say so. */
static void test_goes_on_after_a_failure(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder,
                                  "{\"authentications\": 60, \"reauthentication_delay_ms\": 0, "
                                  "\"frame_loss\": 0.6, \"hops\": 2, \"time_limit_s\": 86400}",
                                  "");
  int count = 0, after_failure = 0;
  bool failed = false;
  size_t i;
  json_t *one;
  json_array_foreach((json_t *)(uintptr_t)authentications_of(result, 0), i, one) {
    const bool good = strcmp(shell_text(one, "outcome"), "established") == 0;
    assert_string_not_equal(shell_text(one, "outcome"), "timeout");
    count += good;
    after_failure += good && failed;
    failed = failed || !good;
  }
  assert_true(failed);
  assert_true(after_failure > 0);
  assert_int_equal(shell_count(result, "authentications_established"), count);
  assert_string_equal(shell_text(result, "outcome"), "failed");
  json_decref(result);
  shell_remove(folder);
}

/* A session whose lifetime is over before all is done: what it would have carried is not sent, and
 * the story goes on, whoever comes next. */
static void test_goes_on_after_a_session(void **state) {
  (void)state;
  static const struct {
    const char *direction;
    int authentications;
    const char *termination;
  } cases[] = {{"from-peer", 1, "on"},
               {"from-authenticator", 1, "on"},
               {"from-authenticator", 2, "off"},
               {"from-peer", 2, "on"}};
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char spec[300];
    snprintf(spec, sizeof spec,
             "{\"lower_layer\": \"coap-eap-rfc9820\", \"session_lifetime_s\": 20, "
             "\"app_messages\": 25, \"app_direction\": \"%s\", \"authentications\": %d, "
             "\"termination\": \"%s\"}",
             cases[i].direction, cases[i].authentications, cases[i].termination);
    json_t *result = agenda_established(folder, spec);
    /* The first a second after step 8, then each second: the twentieth comes too late. */
    assert_int_equal(shell_count(result, "app_exchanges"), cases[i].authentications * 19);
    assert_int_equal(shell_count(result, "app_unanswered"), cases[i].authentications * 6);
    assert_int_equal(shell_count(result, "authentications_established"), cases[i].authentications);
    json_decref(result);
  }
  shell_remove(folder);
}

/* A lower layer that has no message for it ends no session. */
static void test_nothing_to_end_by(void **state) {
  (void)state;
  static const char *const layers[] = {"coap-eap", "edhoc", "pana"};
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
    char spec[100];
    snprintf(spec, sizeof spec, "{\"lower_layer\": \"%s\", \"termination\": \"on\"}", layers[i]);
    json_t *result = agenda_established(folder, spec);
    assert_null(json_object_get(json_object_get(result, "phases"), "termination"));
    json_decref(result);
  }
  shell_remove(folder);
}

/* The application */

/* By hand: CoAP header 4, token 1, Uri-Path 2, marker 1, payload 16 (not: marker and payload in
 * what carries none); OSCORE adds 13 to a request with an empty kid, 14 to the peer's (kid 0x01),
 * 11 to a response (RFC 8613 section 7.1 of the option; tag 8, code 1, marker 1). */
static void test_lengths_by_hand(void **state) {
  (void)state;
  static const struct {
    const char *more;
    long long request, response;
  } cases[] = {
      {"", 24 + 14, 5 + 11},
      {", \"app_direction\": \"from-authenticator\"", 24 + 13, 5 + 11},
      {", \"app_method\": \"get\"", 7 + 14, 22 + 11},
      {", \"app_method\": \"get\", \"app_direction\": \"from-authenticator\"", 7 + 13, 22 + 11},
      {", \"app_payload_bytes\": 0", 7 + 14, 5 + 11},
      {", \"app_payload_bytes\": 1024", 1032 + 14, 5 + 11},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char spec[200];
    snprintf(spec, sizeof spec, "{\"app_messages\": 3%s}", cases[i].more);
    json_t *result = agenda_established(folder, spec);
    assert_int_equal((long long)shell_figure(result, "app_request_bytes_udp"), cases[i].request);
    assert_int_equal((long long)shell_figure(result, "app_response_bytes_udp"), cases[i].response);
    assert_int_equal(shell_count(result, "app_exchanges"), 3);
    assert_int_equal(shell_count(result, "app_unanswered"), 0);
    assert_int_equal(shell_count(result, "app_bytes_udp"),
                     3 * (cases[i].request + cases[i].response));
    json_decref(result);
  }
  shell_remove(folder);
}

/* An exchange without loss costs the same each time, and takes its time at a radio that is on. */
static void test_cost_of_an_exchange(void **state) {
  (void)state;
  static const char *const figures[] = {"app_exchange_bytes_udp", "app_exchange_bytes_air",
                                        "app_exchange_bytes_air_peer_link", "app_exchange_frames"};
  char *folder = shell_make_folder();
  json_t *few = agenda_established(folder, "{\"app_messages\": 2, \"hops\": 3}");
  json_t *many =
      agenda_established(folder, "{\"app_messages\": 50, \"hops\": 3, \"authentications\": 2}");
  assert_int_equal(shell_count(many, "app_exchanges"), 100);
  for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
    assert_int_equal((long long)(shell_figure(few, figures[i]) * 1000),
                     (long long)(shell_figure(many, figures[i]) * 1000));
  assert_int_equal(shell_count(many, "app_frames"), 100 * 3 * 4);
  const double seconds = shell_figure(many, "app_exchange_ms") / 1e3;
  const double energy_mj = shell_figure(many, "app_exchange_energy_mj");
  assert_true(energy_mj > 3 * 6.40 * seconds && energy_mj < 3 * 6.53 * seconds);
  json_decref(few), json_decref(many);
  shell_remove(folder);
}

/* All figures of the authentication are as without an application. */
static void test_authentication_is_untouched(void **state) {
  (void)state;
  static const char *const others[] = {"spec", "events", "messages", "phases", "wall_ms"};
  char *folder = shell_make_folder();
  json_t *without = agenda_established(folder, "{\"hops\": 2, \"frame_loss\": 0.1, \"seed\": 3}");
  json_t *with = agenda_established(
      folder, "{\"hops\": 2, \"frame_loss\": 0.1, \"seed\": 3, \"app_messages\": 20}");
  const char *key;
  json_t *value;
  assert_int_equal(shell_count(with, "app_exchanges"), 20);
  json_object_foreach(without, key, value) {
    bool other = strncmp(key, "app_", 4) == 0;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
      other = other || strcmp(key, others[i]) == 0;
    if (!other && !json_equal(value, json_object_get(with, key)))
      fail_msg("%s differs", key);
  }
  assert_true(json_equal(json_object_get(json_object_get(without, "phases"), "authentication"),
                         json_object_get(json_object_get(with, "phases"), "authentication")));
  json_decref(without), json_decref(with);
  shell_remove(folder);
}

/* What is booked to authentications and application is all that the radios sent: each frame of
 * air.pcap, with the 6 octets of the PHY before it. */
static void test_all_octets_are_booked(void **state) {
  (void)state;
  char *folder = shell_make_folder(), pcap[300];
  int status;
  snprintf(pcap, sizeof pcap, "--pcap %s/p", folder);
  json_t *result = shell_simulate(folder,
                                  "{\"hops\": 3, \"peers\": 2, \"frame_loss\": 0.2, "
                                  "\"authentications\": 2, \"app_messages\": 5, "
                                  "\"app_payload_bytes\": 200, \"app_method\": \"get\", "
                                  "\"app_direction\": \"from-authenticator\"}",
                                  pcap);
  char *lengths = shell_output(&status,
                               "tshark -n -r %s/p/air.pcap -T fields -e frame.len 2>/dev/null | "
                               "awk '{n++; b += $1 + 6} END {print n, b}'",
                               folder);
  long long frames = 0, bytes = 0;
  assert_int_equal(sscanf(lengths, "%lld %lld", &frames, &bytes), 2);
  assert_true(shell_count(result, "app_bytes_air") > 0);
  assert_int_equal(shell_count(result, "bytes_air") + shell_count(result, "app_bytes_air"), bytes);
  assert_int_equal(shell_count(result, "frames") + shell_count(result, "app_frames"), frames);
  free(lengths);
  json_decref(result);
  shell_remove(folder);
}

/* Requests are repeated, some are given up, and the next goes all the same. */
static void test_under_loss(void **state) {
  (void)state;
  static const char *const associations[] = {"oscore", "dtls"};
  char *folder = shell_make_folder();
  for (size_t i = 0; i < 2; i++) {
    char spec[200];
    snprintf(spec, sizeof spec,
             "{\"association\": \"%s\", \"hops\": 2, \"frame_loss\": 0.65, \"seed\": 4, "
             "\"app_messages\": 100, \"time_limit_s\": 86400}",
             associations[i]);
    json_t *result = agenda_established(folder, spec);
    const long long answered = shell_count(result, "app_exchanges");
    assert_int_equal(answered + shell_count(result, "app_unanswered"), 100);
    assert_in_range(answered, 50, 99);
    assert_true(shell_count(result, "app_coap_retransmissions") > 0);
    json_decref(result);
  }
  shell_remove(folder);
}

static void test_equal_at_any_number_of_workers(void **state) {
  (void)state;
  static const char specs[] =
      "{\"app_messages\": 7, \"frame_loss\": 0.3, \"hops\": 2, \"seed\": 5}\n"
      "{\"authentications\": 4, \"frame_loss\": 0.3, \"hops\": 2, \"seed\": 6}\n"
      "{\"authentications\": 3, \"trigger\": \"off\", \"app_messages\": 3, \"peers\": 3, "
      "\"app_direction\": \"from-authenticator\", \"frame_loss\": 0.2, \"seed\": 7}\n"
      "{\"token_bytes\": 0, \"separate_response\": \"on\", \"ordering\": \"mid-random\", "
      "\"frame_loss\": 0.2, \"authentications\": 2, \"seed\": 8}\n"
      "{\"association\": \"dtls\", \"frame_loss\": 0.3, \"authentications\": 2, \"peers\": 2, "
      "\"app_messages\": 2, \"seed\": 9}\n";
  char *folder = shell_make_folder();
  int status;
  shell_write_specs(folder, specs);
  for (int workers = 1; workers <= 2; workers++)
    free(shell_output(&status,
                      "cd %s && %s -j %d --pcap p%d --log log%d specs | " WITHOUT_WALL " > out%d",
                      folder, SIMULATOR, workers, workers, workers, workers));
  free(shell_output(&status,
                    "cd %s && [ $(wc -l < out1) = 5 ] && cmp out1 out2 && cmp log1 log2 && "
                    "diff -r p1 p2",
                    folder));
  assert_int_equal(status, 0);
  shell_remove(folder);
}

/* Message layer */

static void test_each_ordering_and_token(void **state) {
  (void)state;
  static const char *const associations[] = {"oscore", "dtls"};
  static const char *const orderings[] = {"seqnum", "seqnum-requests", "mid-random",
                                          "mid-monotonic"};
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof orderings / sizeof orderings[0]; i++) {
    for (int token = 0; token <= 8; token++) {
      for (int lossy = 0; lossy < 2; lossy++) {
        char spec[300];
        snprintf(spec, sizeof spec,
                 "{\"ordering\": \"%s\", \"token_bytes\": %d, \"frame_loss\": %s, "
                 "\"authentications\": 3, \"separate_response\": \"%s\", "
                 "\"association\": \"%s\"}",
                 orderings[i], token, lossy ? "0.2" : "0", token % 2 == 0 ? "off" : "on",
                 associations[token / 2 % 2]);
        json_t *result = agenda_established(folder, spec);
        const json_t *ledger = json_object_get(result, "ledger");
        if (lossy == 0 && token % 2 == 0) { /* the trigger, and steps 1 to 8 */
          const json_t *octets = json_object_get(ledger, "coap_token");
          assert_int_equal(json_integer_value(octets), 3 * 9 * token);
        }
        assert_int_equal(json_object_get(ledger, "coap_seqnum") != NULL, i < 2);
        json_decref(result);
      }
    }
  }
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_counts_are_sums),
      cmocka_unit_test(test_times_of_each),
      cmocka_unit_test(test_new_resource_each_time),
      cmocka_unit_test(test_failures),
      cmocka_unit_test(test_goes_on_after_a_failure),
      cmocka_unit_test(test_goes_on_after_a_session),
      cmocka_unit_test(test_nothing_to_end_by),
      cmocka_unit_test(test_lengths_by_hand),
      cmocka_unit_test(test_cost_of_an_exchange),
      cmocka_unit_test(test_authentication_is_untouched),
      cmocka_unit_test(test_all_octets_are_booked),
      cmocka_unit_test(test_under_loss),
      cmocka_unit_test(test_equal_at_any_number_of_workers),
      cmocka_unit_test(test_each_ordering_and_token),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
