/* Peers that sleep: when they do, what that costs them of what they should hear, and that data
 * requests are counted as tshark counts them. */
#define _GNU_SOURCE
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

enum { PHY_OCTETS = 6 };

#define TSHARK "tshark -n -o 6lowpan.context0:fd00::/64 "

/* A number that a command prints. */
static long long number(const char *format, const char *folder) {
  char command[512];
  int status;
  snprintf(command, sizeof command, format, folder);
  char *text = shell_output(&status, "%s", command);
  const long long value = strtoll(text, NULL, 10);
  free(text);
  return value;
}

static json_t *simulate(const char *spec) {
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, spec, "");
  shell_remove(folder);
  return result;
}

static void assert_established(const json_t *result, const char *spec) {
  if (strcmp(shell_text(result, "outcome"), "established") != 0)
    fail_msg("%s: %s", spec, shell_text(result, "reason"));
}

static double radio_ms(const json_t *result, const char *state) {
  return shell_figure(json_object_get(json_object_get(result, "radio_ms"), "peer"), state);
}

/* polling */

/* Data requests, with those that the MAC repeats, and all octets. */
static void test_polls_as_tshark_counts(void **state) {
  (void)state;
  static const char *const specs[] = {
      "{\"radio_policy\": \"polling\", \"poll_ms\": 200, \"app_messages\": 2}",
      "{\"radio_policy\": \"polling\", \"poll_ms\": 500, \"hops\": 3, \"frame_loss\": 0.2, "
      "\"authentications\": 2, \"app_messages\": 3, \"app_direction\": \"from-authenticator\"}",
      "{\"radio_policy\": \"polling\", \"poll_ms\": 100, \"topology\": \"star\", \"peers\": 8, "
      "\"start_spread_ms\": 2000, \"frame_loss\": 0.1, \"association\": \"dtls\", "
      "\"channel\": \"addressed\", \"authentications\": 2}",
  };
  for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
    char *folder = shell_make_folder(), arguments[256];
    snprintf(arguments, sizeof arguments, "--pcap %s", folder);
    json_t *result = shell_simulate(folder, specs[i], arguments);
    assert_established(result, specs[i]);
    assert_true(shell_count(result, "polls") > shell_count(result, "polls_idle"));
    assert_true(shell_count(result, "polls_idle") > 0);
    assert_int_equal(number(TSHARK "-r %s/air.pcap -Y 'wpan.cmd == 4' 2>/dev/null | "
                                   "grep -c 'Data Request'",
                            folder),
                     shell_count(result, "polls"));
    assert_int_equal(number(TSHARK "-r %s/air.pcap -Y 'wpan.cmd == 4 && frame.len != 12' "
                                   "2>/dev/null | wc -l",
                            folder),
                     0);
    const long long frames = number(TSHARK "-r %s/air.pcap 2>/dev/null | wc -l", folder);
    const long long octets = number(TSHARK "-r %s/air.pcap -T fields -e frame.len 2>/dev/null | "
                                           "awk '{sum += $1} END {print sum}'",
                                    folder);
    assert_int_equal(octets + frames * PHY_OCTETS, shell_count(result, "bytes_air") +
                                                       shell_count(result, "app_bytes_air") +
                                                       shell_count(result, "bytes_air_idle"));
    json_decref(result);
    shell_remove(folder);
  }
}

/* Each of the authenticator's messages waits for a poll, for no longer than an interval; and the
 * radio is on for as long as it would be with another interval. */
static void test_a_poll_for_each_message(void **state) {
  (void)state;
  json_t *always = simulate("{}");
  const double awake_ms = radio_ms(always, "transmit");
  json_decref(always);
  for (int poll_ms = 100; poll_ms <= 1000; poll_ms += 300) {
    char spec[200];
    snprintf(spec, sizeof spec,
             "{\"radio_policy\": \"polling\", \"poll_ms\": %d, \"start_spread_ms\": 20000}",
             poll_ms);
    json_t *result = simulate(spec);
    assert_established(result, spec);
    const double time_ms = shell_figure(result, "time_ms");
    const long long within = shell_count(result, "polls") - shell_count(result, "polls_idle");
    assert_int_equal(shell_count(result, "coap_retransmissions"), 0);
    assert_true(time_ms > 3 * poll_ms && time_ms < 4 * poll_ms + 100);
    assert_true(radio_ms(result, "off") > 0.6 * time_ms);
    /* a data request is 18 octets of 32 us */
    assert_true(fabs(radio_ms(result, "transmit") - awake_ms - 0.576 * (double)within) < 1e-6);
    json_decref(result);
  }
}

/* Longer than the repetition of a request takes: the parent holds both, and the device gets both.
 */
static void test_long_intervals_make_repetitions(void **state) {
  (void)state;
  json_t *result = simulate("{\"radio_policy\": \"polling\", \"poll_ms\": 5000}");
  assert_established(result, "poll_ms: 5000");
  assert_true(shell_count(result, "coap_retransmissions") > 0);
  json_decref(result);
  result = simulate("{\"radio_policy\": \"polling\", \"poll_ms\": 60000}");
  assert_true(shell_count(result, "frames_dropped_expired") > 0);
  json_decref(result);
}

/* off-while-idle */

/* Frames of a capture. */
static long long frames_of(const char *folder, const char *capture) {
  char format[200];
  snprintf(format, sizeof format, TSHARK "-r %%s/%s 2>/dev/null | wc -l", capture);
  return number(format, folder);
}

/* Of two peers that are there at different times, how many frames both hear, for each that is on
 * the air. */
static double heard_by_both(const char *more) {
  char spec[512], arguments[256];
  char *folder = shell_make_folder();
  snprintf(spec, sizeof spec,
           "{\"topology\": \"star\", \"peers\": 2, \"start_spread_ms\": 60000, \"seed\": 3%s%s}",
           *more == '\0' ? "" : ", ", more);
  snprintf(arguments, sizeof arguments, "--pcap %s", folder);
  json_t *result = shell_simulate(folder, spec, arguments);
  assert_established(result, spec);
  assert_int_equal(shell_count(result, "coap_retransmissions"), 0);
  assert_int_equal(shell_count(result, "app_coap_retransmissions"), 0);
  const long long air = frames_of(folder, "air.pcap");
  const long long heard = frames_of(folder, "node-1.pcap") + frames_of(folder, "node-2.pcap");
  json_decref(result);
  shell_remove(folder);
  assert_true(heard >= air);
  return (double)(heard - air) / (double)air;
}

/* Before a peer begins, and behind its end, it hears nothing of the other; unless it cannot know
 * that it is not meant. */
static void test_sleeps_while_idle(void **state) {
  (void)state;
  static const struct {
    const char *spec;
    bool hears; /* what is not for it */
  } cases[] = {
      {"", true},
      {"\"radio_policy\": \"off-while-idle\"", false},
      {"\"radio_policy\": \"off-while-idle\", \"linger_ms\": 0", false},
      {"\"radio_policy\": \"off-while-idle\", \"linger_ms\": 100000", true},
      {"\"radio_policy\": \"off-while-idle\", \"app_messages\": 2, \"app_interval_ms\": 5000",
       false},
      {"\"radio_policy\": \"off-while-idle\", \"association\": \"dtls\", \"app_messages\": 2",
       false},
      {"\"radio_policy\": \"off-while-idle\", \"authentications\": 2, "
       "\"reauthentication_delay_ms\": 100000",
       false},
      {"\"radio_policy\": \"off-while-idle\", \"app_messages\": 1, \"app_interval_ms\": 100000, "
       "\"app_direction\": \"from-authenticator\"",
       true},
      {"\"radio_policy\": \"off-while-idle\", \"app_messages\": 2, \"app_interval_ms\": 100, "
       "\"linger_ms\": 0, \"app_direction\": \"from-authenticator\"",
       false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const double both = heard_by_both(cases[i].spec);
    if ((both > 0) != cases[i].hears)
      fail_msg("%s: %g of the frames", cases[i].spec, both);
  }
}

/* All but events and what is said of sleeping. */
static void assert_same_figures(const char *a_spec, const char *b_spec) {
  static const char *const apart[] = {"spec", "events", "wall_ms"};
  json_t *a = simulate(a_spec), *b = simulate(b_spec);
  for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
    json_object_del(a, apart[i]);
    json_object_del(b, apart[i]);
  }
  if (!json_equal(a, b))
    fail_msg("%s differs", b_spec);
  json_decref(a);
  json_decref(b);
}

/* Who is begun with cannot sleep before; so nothing of its authentication differs. */
static void test_who_waits_for_another_listens(void **state) {
  (void)state;
  assert_same_figures("{\"trigger\": \"off\", \"hops\": 2, \"frame_loss\": 0.1}",
                      "{\"trigger\": \"off\", \"hops\": 2, \"frame_loss\": 0.1, "
                      "\"radio_policy\": \"off-while-idle\"}");
}

/* Without loss to sleep costs the start of the radio for the first frame, and nothing else. */
static void test_sleep_costs_no_message(void **state) {
  (void)state;
  json_t *awake = simulate("{\"mac_max_retries\": 0}");
  json_t *asleep = simulate("{\"mac_max_retries\": 0, \"radio_policy\": \"off-while-idle\"}");
  static const char *const counts[] = {"frames", "bytes_air", "datagrams", "coap_messages"};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
    assert_int_equal(shell_count(awake, counts[i]), shell_count(asleep, counts[i]));
  assert_true(fabs(shell_figure(asleep, "time_ms") - shell_figure(awake, "time_ms") - 0.192) <
              1e-9);
  assert_true(radio_ms(asleep, "off") == 0);
  json_decref(awake);
  json_decref(asleep);
}

/* How long the peer's radio is off until both ends have confirmed the key. */
static double off_ms(const char *more) {
  char spec[256];
  snprintf(spec, sizeof spec, "{\"radio_policy\": \"off-while-idle\", \"linger_ms\": 0%s}", more);
  json_t *result = simulate(spec);
  assert_established(result, spec);
  const double ms = radio_ms(result, "off");
  json_decref(result);
  return ms;
}

/* Who has nothing to repeat sleeps once it has sent its last message, before that has arrived; who
 * is to be asked for something does not. */
static void test_sleeps_as_soon_as_it_may(void **state) {
  (void)state;
  assert_true(off_ms(", \"hops\": 3") > 5);
  assert_true(off_ms(", \"hops\": 3, \"app_messages\": 1") > 5);
  assert_true(off_ms(", \"hops\": 3, \"app_messages\": 1, "
                     "\"app_direction\": \"from-authenticator\"") == 0);
}

/* Who falls asleep at once does not hear that its last response was lost. */
static long long established(int linger_ms) {
  long long sum = 0;
  for (int seed = 1; seed <= 20; seed++) {
    char spec[256];
    snprintf(spec, sizeof spec,
             "{\"radio_policy\": \"off-while-idle\", \"linger_ms\": %d, \"frame_loss\": 0.3, "
             "\"mac_max_retries\": 0, \"seed\": %d}",
             linger_ms, seed);
    json_t *result = simulate(spec);
    sum += shell_count(result, "authentications_established");
    json_decref(result);
  }
  return sum;
}

static void test_lingering_saves_authentications(void **state) {
  (void)state;
  const long long none = established(0), usual = established(3000), always = established(100000);
  assert_true(none < usual && usual <= always);
}

/* Both */

static void test_channels_agree(void **state) {
  (void)state;
  static const char *const specs[] = {
      "\"radio_policy\": \"polling\", \"poll_ms\": 300, \"peers\": 12, \"frame_loss\": 0.1",
      "\"radio_policy\": \"off-while-idle\", \"linger_ms\": 500, \"peers\": 12, "
      "\"authentications\": 2, \"app_messages\": 2",
      "\"radio_policy\": \"polling\", \"poll_ms\": 40, \"peers\": 12, \"association\": \"dtls\"",
  };
  for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
    char ns3[400], addressed[400];
    snprintf(ns3, sizeof ns3, "{%s, \"topology\": \"star\", \"start_spread_ms\": 3000}", specs[i]);
    snprintf(addressed, sizeof addressed,
             "{%s, \"topology\": \"star\", \"start_spread_ms\": 3000, \"channel\": \"addressed\"}",
             specs[i]);
    assert_same_figures(ns3, addressed);
  }
}

static void test_who_forwards_does_not_sleep(void **state) {
  (void)state;
  static const char *const topologies[] = {"tree", "grid", "disc"};
  for (size_t i = 0; i < sizeof topologies / sizeof topologies[0]; i++) {
    char spec[200];
    snprintf(spec, sizeof spec,
             "{\"topology\": \"%s\", \"peers\": 3, \"radio_policy\": \"polling\"}", topologies[i]);
    json_t *result = simulate(spec);
    assert_string_equal(shell_text(result, "outcome"), "unsupported");
    json_decref(result);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_polls_as_tshark_counts),
      cmocka_unit_test(test_a_poll_for_each_message),
      cmocka_unit_test(test_long_intervals_make_repetitions),
      cmocka_unit_test(test_sleeps_while_idle),
      cmocka_unit_test(test_who_waits_for_another_listens),
      cmocka_unit_test(test_sleep_costs_no_message),
      cmocka_unit_test(test_sleeps_as_soon_as_it_may),
      cmocka_unit_test(test_lingering_saves_authentications),
      cmocka_unit_test(test_channels_agree),
      cmocka_unit_test(test_who_forwards_does_not_sleep),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
