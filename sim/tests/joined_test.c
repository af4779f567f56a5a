/* Through the program: when which share of the peers has joined is what the peers themselves say.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shell.h"

#define BEGIN_MS 10. /* the first peer begins then, or later */

enum { PEERS_MAX = 40 };

static int joined_compare(const void *a, const void *b) {
  const double first = *(const double *)a, second = *(const double *)b;
  return (first > second) - (first < second);
}

/* When each peer's first authentication that was established ended, ascending; INFINITY: never. */
static size_t joined_of_peers(const json_t *result, double moment[PEERS_MAX]) {
  const json_t *peers = json_object_get(result, "peer");
  const size_t count = json_array_size(peers);
  assert_in_range(count, 1, PEERS_MAX);
  for (size_t i = 0; i < count; i++) {
    const json_t *all = json_object_get(json_array_get(peers, i), "authentications");
    moment[i] = INFINITY;
    for (size_t j = json_array_size(all); j-- > 0;) {
      const json_t *one = json_array_get(all, j);
      if (strcmp(shell_text(one, "outcome"), "established") == 0)
        moment[i] = shell_figure(one, "first_ms") + shell_figure(one, "time_ms") - BEGIN_MS;
    }
  }
  qsort(moment, count, sizeof *moment, joined_compare);
  return count;
}

static void joined_assert(const json_t *figure, double expected) {
  if (isinf(expected))
    assert_true(json_is_null(figure));
  else
    assert_true(fabs(json_number_value(figure) - expected) < 1e-6);
}

static size_t joined_rank(size_t count, unsigned percent) {
  size_t rank = 1;
  while (rank * 100 < count * percent)
    rank++;
  return rank;
}

static void test_shares_are_those_of_the_peers(void **state) {
  (void)state;
  static const struct {
    const char *spec;
    size_t peers, joined;
  } cases[] = {
      {"{\"peers\": 13, \"topology\": \"star\", \"start_spread_ms\": 5000}", 13, 13},
      {"{\"peers\": 2, \"hops\": 2}", 2, 2},
      /* Each of them again and again: the first that is established is meant. */
      {"{\"peers\": 5, \"authentications\": 3, \"frame_loss\": 0.2, \"start_spread_ms\": 1000}", 5,
       5},
      {"{\"peers\": 3, \"fault\": \"wrong-key\"}", 3, 0},
  };
  char *folder = shell_make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    json_t *result = shell_simulate(folder, cases[i].spec, "");
    double moment[PEERS_MAX];
    const size_t count = joined_of_peers(result, moment);
    assert_int_equal(count, cases[i].peers);
    const json_t *all = json_object_get(result, "joined_ms");
    assert_int_equal(json_object_size(all), 22);
    const char *percent;
    json_t *figure;
    json_object_foreach((json_t *)all, percent, figure) {
      joined_assert(figure, moment[joined_rank(count, (unsigned)atoi(percent)) - 1]);
    }
    joined_assert(json_object_get(result, "joined_50_ms"), moment[joined_rank(count, 50) - 1]);
    joined_assert(json_object_get(result, "joined_90_ms"), moment[joined_rank(count, 90) - 1]);
    joined_assert(json_object_get(result, "joined_99_ms"), moment[joined_rank(count, 99) - 1]);
    joined_assert(json_object_get(result, "joined_100_ms"), moment[count - 1]);
    assert_true(fabs(shell_figure(result, "joined_ratio") -
                     (double)cases[i].joined / (double)count) < 1e-12);
    json_decref(result);
  }
  shell_remove(folder);
}

/* Some peers give up, since nearly every frame is lost: the curve ends below one. */
static void test_some_never_join(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result =
      shell_simulate(folder,
                     "{\"peers\": 12, \"topology\": \"star\", \"frame_loss\": 0.5, \"seed\": 3, "
                     "\"mac_max_retries\": 0, \"start_spread_ms\": 2000}",
                     "");
  double moment[PEERS_MAX];
  const size_t count = joined_of_peers(result, moment);
  size_t joined = 0;
  while (joined < count && isfinite(moment[joined]))
    joined++;
  assert_in_range(joined, 1, count - 1);
  assert_true(fabs(shell_figure(result, "joined_ratio") - (double)joined / (double)count) < 1e-12);
  assert_true(json_is_null(json_object_get(result, "joined_100_ms")));
  const json_t *all = json_object_get(result, "joined_ms");
  assert_false(json_is_null(json_object_get(all, "1")));
  assert_true(json_is_null(json_object_get(all, "100")));
  json_decref(result);
  shell_remove(folder);
}

static void test_one_peer(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  json_t *result = shell_simulate(folder, "{\"start_spread_ms\": 3000}", "");
  double moment[PEERS_MAX];
  joined_of_peers(result, moment);
  assert_true(json_is_null(json_object_get(result, "joined_ms")));
  joined_assert(json_object_get(result, "joined_50_ms"), moment[0]);
  joined_assert(json_object_get(result, "joined_100_ms"), moment[0]);
  assert_true(moment[0] > shell_figure(result, "time_ms"));
  json_decref(result);
  shell_remove(folder);
}

/* Without `peer` a result is all else that it was, and does not grow with the peers. */
static void test_peers_are_left_out(void **state) {
  (void)state;
  static const char SPEC[] = "{\"peers\": %d, \"topology\": \"star\", \"peer_detail\": \"%s\"}";
  char *folder = shell_make_folder(), spec[120];
  snprintf(spec, sizeof spec, SPEC, 4, "on");
  json_t *with = shell_simulate(folder, spec, "");
  snprintf(spec, sizeof spec, SPEC, 4, "off");
  json_t *without = shell_simulate(folder, spec, "");
  assert_int_equal(json_array_size(json_object_get(with, "peer")), 4);
  assert_true(json_is_null(json_object_get(without, "peer")));
  static const char *const DIFFERENT[] = {"peer", "spec", "wall_ms"};
  for (size_t i = 0; i < sizeof DIFFERENT / sizeof DIFFERENT[0]; i++) {
    json_object_del(with, DIFFERENT[i]);
    json_object_del(without, DIFFERENT[i]);
  }
  assert_true(json_equal(with, without));
  json_decref(with), json_decref(without);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_shares_are_those_of_the_peers),
      cmocka_unit_test(test_some_never_join),
      cmocka_unit_test(test_one_peer),
      cmocka_unit_test(test_peers_are_left_out),
  };
  return cmocka_run_group_tests_name("joined", tests, NULL, NULL);
}
