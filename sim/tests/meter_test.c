/* Energy: of each state's time by hand, and in the result of a run, party by party. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "account/meter.h"
#include "shell.h"
#include "spec/spec.h"

#define NODE_FIGURES                                                                               \
  "processor=p supply_v=2 transmit_ma=50 receive_ma=30 listen_ma=20 turnaround_ma=10 "             \
  "sleep_ua=700 cpu_active_ma=4 cpu_idle_ma=0.5 clock_mhz=48"
#define WITHOUT "{\"platform_figures\": \"" NODE_FIGURES "\"}"
#define WITH                                                                                       \
  "{\"platform_figures\": \"" NODE_FIGURES "\", \"crypto\": \"x\", "                               \
  "\"crypto_figures\": \"processor=p x25519=1\"}"
#define WITH_OWN_CURRENT                                                                           \
  "{\"platform_figures\": \"" NODE_FIGURES "\", \"crypto\": \"x\", "                               \
  "\"crypto_figures\": \"processor=p active_ma=6 x25519=1\"}"

#define SECOND UINT64_C(1000000000)

static void parse(const char *text, struct spec *spec) {
  char error[SPEC_ERROR_MAX];
  if (!spec_parse(text, spec, error))
    fail_msg("%s: %s", text, error);
}

/* To 1e-9 J. */
static void assert_mj(double is, double expected) {
  if (!(fabs(is - expected) < 1e-6))
    fail_msg("%.9f mJ, not %.9f", is, expected);
}

/* 2 V: off for 100 s, listening for 7, receiving for 3, ready for 2, transmitting for 1; of these
 * 13 s with the radio on the processor computes for 4, and is idle for 9. */
static void test_by_hand(void **state) {
  (void)state;
  const struct meter_reading reading = {.ns = {[WORLD_RADIO_OFF] = 100 * SECOND,
                                               [WORLD_RADIO_LISTEN] = 7 * SECOND,
                                               [WORLD_RADIO_RECEIVE] = 3 * SECOND,
                                               [WORLD_RADIO_READY] = 2 * SECOND,
                                               [WORLD_RADIO_TRANSMIT] = 1 * SECOND},
                                        .cpu_ns = 4 * SECOND};
  static const struct {
    const char *spec;
    double cpu_mj; /* NaN: not modelled */
  } cases[] = {{WITHOUT, NAN}, {WITH, 2 * 4 * 4 + 2 * 0.5 * 9}, {WITH_OWN_CURRENT, 2 * 6 * 4 + 9}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec;
    parse(cases[i].spec, &spec);
    const struct device *device = spec_device(&spec, PARTY_PEERS);
    assert_mj(meter_energy_mj(&reading, ENERGY_SLEEP, device), 2 * 0.7 * 100);
    assert_mj(meter_energy_mj(&reading, ENERGY_LISTEN, device), 2 * 20 * 7);
    assert_mj(meter_energy_mj(&reading, ENERGY_RECEIVE, device), 2 * 30 * 3);
    assert_mj(meter_energy_mj(&reading, ENERGY_TURNAROUND, device), 2 * 10 * 2);
    assert_mj(meter_energy_mj(&reading, ENERGY_TRANSMIT, device), 2 * 50 * 1);
    const double radio_mj = 140 + 280 + 180 + 40 + 100;
    const double cpu_mj = meter_energy_mj(&reading, ENERGY_CPU, device);
    assert_int_equal(isnan(cpu_mj), isnan(cases[i].cpu_mj));
    if (!isnan(cpu_mj))
      assert_mj(cpu_mj, cases[i].cpu_mj);
    assert_mj(meter_energy_sum_mj(&reading, device), radio_mj + (isnan(cpu_mj) ? 0 : cpu_mj));
  }
}

/* The radio is on from 1 s to 4 s; the processor computes from 0 s to 2 s and from 3 s to 5 s: 2 s
 * of these 4 with the radio off, and is idle for 1 s. The radio listens for 2 s, in one of which it
 * has overheard a frame for 0.5 s, and transmits for 1 s. */
static void test_meter(void **state) {
  (void)state;
  struct meter meter = {.state = WORLD_RADIO_OFF};
  struct spec spec;
  parse(WITH, &spec);
  meter_compute(&meter, true, 0);
  meter_enter(&meter, WORLD_RADIO_LISTEN, 1 * SECOND);
  meter_compute(&meter, false, 2 * SECOND);
  meter_enter(&meter, WORLD_RADIO_TRANSMIT, 3 * SECOND);
  meter_compute(&meter, true, 3 * SECOND);
  meter_enter(&meter, WORLD_RADIO_OFF, 4 * SECOND);
  const struct meter_reading reading = meter_read(&meter, 5 * SECOND, SECOND / 2);
  const struct meter_reading expected = {.ns = {[WORLD_RADIO_OFF] = 2 * SECOND,
                                                [WORLD_RADIO_LISTEN] = 3 * SECOND / 2,
                                                [WORLD_RADIO_RECEIVE] = SECOND / 2,
                                                [WORLD_RADIO_TRANSMIT] = 1 * SECOND},
                                         .cpu_ns = 4 * SECOND,
                                         .cpu_off_ns = 2 * SECOND};
  assert_memory_equal(&reading, &expected, sizeof reading);
  const struct device *device = spec_device(&spec, PARTY_PEERS);
  assert_mj(meter_energy_mj(&reading, ENERGY_CPU, device), 2 * 4 * 4 + 2 * 0.5 * 1);
  assert_mj(meter_energy_mj(&reading, ENERGY_SLEEP, device), 2 * 0.7 * 2);
}

static void test_readings(void **state) {
  (void)state;
  const struct meter_reading begin = {.ns = {1, 2, 3, 4, 5}, .cpu_ns = 6, .cpu_off_ns = 7};
  const struct meter_reading end = {.ns = {11, 22, 33, 44, 55}, .cpu_ns = 66, .cpu_off_ns = 77};
  struct meter_reading sum = meter_difference(&end, &begin);
  for (size_t i = 0; i < WORLD_RADIO_COUNT; i++)
    assert_int_equal(sum.ns[i], 10 * (i + 1));
  assert_int_equal(sum.cpu_ns, 60);
  assert_int_equal(sum.cpu_off_ns, 70);
  meter_add(&sum, &begin);
  assert_memory_equal(&sum, &end, sizeof sum);
}

static const struct {
  const char *party;
  double supply_v, transmit_ma, receive_ma, listen_ma, turnaround_ma;
} PARTIES[] = {{"peer", 2, 50, 30, 20, 10},
               {"relays", 3, 5, 3, 2, 1},
               {"authenticator", 4, 500, 300, 200, 100}};

static double part(const json_t *result, const char *key, const char *party, const char *name) {
  const json_t *object = json_object_get(json_object_get(result, key), party);
  return shell_figure(object, name);
}

/* Each party's energy is that of its own platform, and its parts are those of its radio's states.
 */
static void test_of_a_run(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(
      folder,
      "{\"hops\": 3, \"frame_loss\": 0.1, \"platform_figures\": \"" NODE_FIGURES "\", "
      "\"relay_platform_figures\": \"processor=p supply_v=3 transmit_ma=5 receive_ma=3 listen_ma=2 "
      "turnaround_ma=1 sleep_ua=1 cpu_active_ma=1 cpu_idle_ma=1 clock_mhz=1\", "
      "\"authenticator_platform_figures\": \"processor=p supply_v=4 transmit_ma=500 receive_ma=300 "
      "listen_ma=200 turnaround_ma=100 sleep_ua=1 cpu_active_ma=1 cpu_idle_ma=1 clock_mhz=1\"}",
      "");
  static const char *const totals[] = {"energy_peer_mj", "energy_relays_mj",
                                       "energy_authenticator_mj"};
  for (size_t i = 0; i < sizeof PARTIES / sizeof PARTIES[0]; i++) {
    const struct {
      const char *energy, *state;
      double current_ma;
    } parts[] = {{"transmit", "transmit", PARTIES[i].transmit_ma},
                 {"receive", "receive", PARTIES[i].receive_ma},
                 {"listen", "listen", PARTIES[i].listen_ma},
                 {"turnaround", "ready", PARTIES[i].turnaround_ma},
                 {"sleep", "off", 0}};
    double sum = 0;
    for (size_t j = 0; j < sizeof parts / sizeof parts[0]; j++) {
      const double ms = part(result, "radio_ms", PARTIES[i].party, parts[j].state);
      const double mj = parts[j].current_ma * PARTIES[i].supply_v * ms / 1e3;
      assert_mj(part(result, "energy_mj", PARTIES[i].party, parts[j].energy), mj);
      sum += mj;
    }
    assert_mj(shell_figure(result, totals[i]), sum);
    assert_true(json_is_null(json_object_get(
        json_object_get(json_object_get(result, "energy_mj"), PARTIES[i].party), "cpu")));
  }
  static const char *const names[] = {"transmit", "receive", "listen", "turnaround", "sleep"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    char key[60];
    snprintf(key, sizeof key, "energy_peer_%s_mj", names[i]);
    assert_mj(shell_figure(result, key), part(result, "energy_mj", "peer", names[i]));
  }
  assert_true(json_is_null(json_object_get(result, "energy_peer_cpu_mj")));
  assert_true(json_is_null(json_object_get(result, "idle_peer_mw")));
  json_decref(result);
  shell_remove(folder);
}

/* Between its authentications a peer that only listens draws its listening current. */
static void test_idle(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result =
      shell_simulate(folder,
                     "{\"authentications\": 3, \"reauthentication_delay_ms\": 600000, "
                     "\"time_limit_s\": 3600, \"platform_figures\": \"" NODE_FIGURES "\"}",
                     "");
  const double idle_mw = shell_figure(result, "idle_peer_mw");
  if (!(fabs(idle_mw - 2 * 20) < 0.01))
    fail_msg("%.9f mW", idle_mw);
  json_decref(result);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_by_hand),  cmocka_unit_test(test_meter),
      cmocka_unit_test(test_readings), cmocka_unit_test(test_of_a_run),
      cmocka_unit_test(test_idle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
