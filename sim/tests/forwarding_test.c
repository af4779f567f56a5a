/* Peers that forward: what the result says of their network, and that with forwarding: joined
 * nobody joins before whom it joins through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

static json_t *simulate(const char *spec) {
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, spec, "");
  shell_remove(folder);
  return result;
}

static void test_network(void **state) {
  (void)state;
  static const struct {
    const char *spec, *nodes_by_hops;
    double hops_mean, neighbours_mean;
  } cases[] = {
      {"{\"hops\": 3, \"peers\": 2}", "[1,1,1,2]", 3, 2},
      {"{\"topology\": \"star\", \"peers\": 4}", "[1,4]", 1, 4},
      {"{\"topology\": \"tree\", \"fan_out\": 2, \"peers\": 5}", "[1,2,3]", 1.6, 14 / 6.0},
      {"{\"topology\": \"grid\", \"peers\": 8}", "[1,2,3,2,1]", 2.25, 24 / 9.0},
      {"{\"topology\": \"grid\", \"peers\": 8, \"neighbourhood\": \"moore\", "
       "\"authenticator_at\": \"centre\"}",
       "[1,8]", 1, 40 / 9.0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *result = simulate(cases[i].spec);
    const json_t *network = json_object_get(result, "network");
    char *nodes = json_dumps(json_object_get(network, "nodes_by_hops"), JSON_COMPACT);
    assert_string_equal(shell_text(result, "outcome"), "established");
    assert_string_equal(nodes, cases[i].nodes_by_hops);
    assert_int_equal(shell_count(network, "hops_max"),
                     json_array_size(json_object_get(network, "nodes_by_hops")) - 1);
    assert_true(shell_figure(network, "hops_mean") - cases[i].hops_mean < 1e-9);
    assert_true(cases[i].hops_mean - shell_figure(network, "hops_mean") < 1e-9);
    assert_true(shell_figure(network, "neighbours_mean") - cases[i].neighbours_mean < 1e-9);
    assert_true(cases[i].neighbours_mean - shell_figure(network, "neighbours_mean") < 1e-9);
    free(nodes);
    json_decref(result);
  }
}

/* When both ends of a peer had confirmed. */
static double joined_ms(const json_t *result, size_t peer) {
  const json_t *record = json_array_get(json_object_get(result, "peer"), peer);
  return shell_figure(record, "first_ms") + shell_figure(record, "time_ms");
}

/* Of a tree with two children of each: those that were there before their parent. */
static size_t count_early(const json_t *result) {
  size_t early = 0;
  for (size_t i = 2; i < json_array_size(json_object_get(result, "peer")); i++)
    early += joined_ms(result, i) < joined_ms(result, i / 2 - 1);
  return early;
}

#define TREE "\"topology\": \"tree\", \"fan_out\": 2, \"peers\": 14, \"start_spread_ms\": 5000"

static void test_joined(void **state) {
  (void)state;
  for (size_t seed = 1; seed <= 5; seed++) {
    char always[300], joined[300], again[300];
    snprintf(always, sizeof always, "{" TREE ", \"seed\": %zu}", seed);
    snprintf(joined, sizeof joined, "{" TREE ", \"forwarding\": \"joined\", \"seed\": %zu}", seed);
    snprintf(again, sizeof again,
             "{" TREE ", \"forwarding\": \"joined\", \"fault\": \"wrong-key\", \"seed\": %zu}",
             seed);
    json_t *result = simulate(always);
    assert_string_equal(shell_text(result, "outcome"), "established");
    assert_true(count_early(result) > 0);
    assert_int_equal(shell_count(result, "bytes_air_peer_link"), shell_count(result, "bytes_air"));
    json_decref(result);
    result = simulate(joined);
    assert_string_equal(shell_text(result, "outcome"), "established");
    assert_int_equal(count_early(result), 0);
    json_decref(result);
    /* where nobody joins, nobody behind the first hop is ever heard */
    result = simulate(again);
    const json_t *peers = json_object_get(result, "peer");
    for (size_t i = 0; i < 14; i++) {
      const char *reason = shell_text(json_array_get(peers, i), "reason");
      assert_int_equal(strstr(reason, "no-authenticator") != NULL, i >= 2);
    }
    json_decref(result);
  }
}

/* A star keeps what it had: nobody is behind its peers. */
static void test_no_effect_elsewhere(void **state) {
  (void)state;
  json_t *result = simulate("{\"hops\": 2, \"peers\": 2, \"forwarding\": \"joined\"}");
  assert_string_equal(shell_text(result, "outcome"), "established");
  assert_true(shell_count(result, "bytes_air_peer_link") < shell_count(result, "bytes_air"));
  json_decref(result);
}

/* Over links of which some frames arrive: MAC and CoAP repeat the others. */
static void test_file(void **state) {
  (void)state;
  char *folder = shell_make_folder(), spec[600];
  char path[300];
  snprintf(path, sizeof path, "%s/links.csv", folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs("from,to,ratio\nroof,hall,0.8\nhall,roof,0.9\nhall,cellar,0.7\ncellar,hall,0.6\n", file);
  fclose(file);
  snprintf(spec, sizeof spec, "{\"topology\": \"file\", \"links\": \"%s\"}", path);
  json_t *result = shell_simulate(folder, spec, "");
  assert_string_equal(shell_text(result, "outcome"), "established");
  assert_true(shell_count(result, "mac_retries") > 5);
  const json_t *peer = json_array_get(json_object_get(result, "peer"), 1);
  assert_string_equal(shell_text(peer, "node"), "cellar");
  assert_string_equal(shell_text(peer, "name"), "peer-2");
  assert_int_equal(shell_count(peer, "hops"), 2);
  assert_int_equal(shell_count(json_object_get(result, "spec"), "peers"), 2);
  json_decref(result);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_network),
      cmocka_unit_test(test_joined),
      cmocka_unit_test(test_no_effect_elsewhere),
      cmocka_unit_test(test_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
