/* Runs in the addressed channel are those in ns-3's: results, logs and captures are equal to the
 * byte, of whatever is run and however many contend, but for events. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "shell.h"

enum { RUNS = 80, CAPTURED_RUNS = 10 };

#define ALIKE                                                                                      \
  "sed -e 's/,\"wall_ms\":[^}]*//' -e 's/\"events\":[0-9]*,//' -e "                                \
  "'s/\"channel\":\"[a-z0-9]*\",//'"

/* Each key with its values, of which a spec has some. */
static const struct choice {
  const char *key;
  const char *values[6];
} choices[] = {
    {"topology", {"\"line\"", "\"star\"", "\"star\"", "\"tree\"", "\"grid\"", "\"disc\""}},
    {"fan_out", {"2", "4"}},
    {"neighbourhood", {"\"von-neumann\"", "\"moore\""}},
    {"forwarding", {"\"always\"", "\"joined\""}},
    {"hops", {"1", "2", "3", "4", "5", "6"}},
    {"peers", {"1", "1", "2", "5", "12", "25"}},
    {"start_spread_ms", {"0", "0", "10", "100", "1000"}},
    {"frame_loss", {"0", "0", "0.05", "0.2", "0.3"}},
    {"loss_model", {"\"frame\"", "\"bit\""}},
    {"mac_max_retries", {"0", "1", "3", "7"}},
    {"capture", {"\"ns3\"", "\"ns3\"", "\"none\"", "\"sinr\""}},
    {"capture_db", {"3", "-0.5", "-4"}},
    {"method", {"\"eap-psk\"", "\"eap-edhoc\""}},
    {"credential", {"\"kid\"", "\"x5chain\""}},
    {"association", {"\"oscore\"", "\"dtls\""}},
    {"authentications", {"1", "1", "2"}},
    {"reauthentication_delay_ms", {"0", "200"}},
    {"app_messages", {"0", "0", "2", "8"}},
    {"app_payload_bytes", {"16", "300"}},
    {"app_interval_ms", {"0", "20"}},
    {"app_direction", {"\"from-peer\"", "\"from-authenticator\""}},
    {"aaa", {"\"radius\"", "\"local\""}},
    {"aaa_delay_ms", {"0", "3.5"}},
    {"trigger", {"\"on\"", "\"off\""}},
    {"time_limit_s", {"600", "600", "2"}},
};

/* splitmix64 */
static size_t draw_below(uint64_t *random, size_t bound) {
  uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return (size_t)((z ^ (z >> 31)) % bound);
}

static void draw_spec(FILE *to, uint64_t *random) {
  fprintf(to, "{\"seed\": %zu", draw_below(random, 1000000));
  for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
    size_t count = 0;
    while (count < 6 && choices[i].values[count] != NULL)
      count++;
    fprintf(to, ", \"%s\": %s", choices[i].key, choices[i].values[draw_below(random, count)]);
  }
  fprintf(to, "}\n");
}

static char *draw_specs(size_t count, uint64_t random) {
  char *specs = NULL;
  size_t size;
  FILE *memory = open_memstream(&specs, &size);
  assert_non_null(memory);
  for (size_t i = 0; i < count; i++)
    draw_spec(memory, &random);
  /* A frame, an assessment of the one whom it is for, and another frame end and begin at one
   * moment. */
  fprintf(memory, "{\"seed\": 742318, \"peers\": 40, \"frame_loss\": 0.3, \"aaa\": \"local\", "
                  "\"topology\": \"tree\", \"fan_out\": 2, \"time_limit_s\": 100}\n");
  fclose(memory);
  return specs;
}

/* What is printed, logged and captured, into <folder>/<channel>. */
static void run_in(const char *folder, const char *channel, bool captures) {
  int status;
  free(shell_output(&status,
                    "cd %s && mkdir %s && sed 's/}$/, \"channel\": \"%s\"}/' specs > specs.%s && "
                    "%s -j 2 --log %s/log %s%s%s specs.%s > out; " ALIKE " out > %s/out",
                    folder, channel, channel, channel, SIMULATOR, channel,
                    captures ? "--pcap " : "", captures ? channel : "", captures ? "/pcap" : "",
                    channel, channel));
  assert_int_equal(status, 0);
}

static void compare_runs(size_t count, uint64_t random, bool captures) {
  char *folder = shell_make_folder(), *specs = draw_specs(count, random);
  int status;
  shell_write_specs(folder, specs);
  run_in(folder, "ns3", captures);
  run_in(folder, "addressed", captures);
  free(shell_output(&status, "cd %s && [ $(wc -l < ns3/out) = %zu ] && diff -r ns3 addressed",
                    folder, count + 1));
  assert_int_equal(status, 0);
  free(shell_output(&status, "grep -q '\"outcome\":\"established\"' %s/ns3/out", folder));
  assert_int_equal(status, 0);
  free(specs);
  shell_remove(folder);
}

static void test_results_and_logs(void **state) {
  (void)state;
  compare_runs(RUNS, 1, false);
}

static void test_captures(void **state) {
  (void)state;
  compare_runs(CAPTURED_RUNS, 2, true);
}

/* A hundred peers cost some hundred times what one costs. */
static void test_events_are_linear_in_peers(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  long long events[2];
  for (size_t i = 0; i < 2; i++) {
    char spec[200];
    snprintf(spec, sizeof spec,
             "{\"topology\": \"star\", \"channel\": \"addressed\", \"peers\": %d, "
             "\"start_spread_ms\": %d}",
             i == 0 ? 1 : 100, i == 0 ? 0 : 20000);
    json_t *result = shell_simulate(folder, spec, "");
    events[i] = shell_count(result, "events");
    json_decref(result);
  }
  assert_true(events[1] < 120 * events[0]);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_results_and_logs),
                                     cmocka_unit_test(test_captures),
                                     cmocka_unit_test(test_events_are_linear_in_peers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
