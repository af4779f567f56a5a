/* What a crowd of peers costs the nodes: no more for each of many than for each of few. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>
#include <cmocka.h>

#include "crowd.h"

enum {
  FEW = 500,
  MANY = 8000,
  ATTEMPTS = 5, /* to measure: others use the processor, too */
  /* Octets on the heap of each node, for each peer that has joined. */
  PEER_MAX = 4096,
  SESSION_MAX = 4096,
  CONVERSATION_MAX = 1024,
};

static const struct crowd_config CROWD = {
    .peers = FEW,
    .latency_ns = 10 * NODE_MS,
    .aaa_latency_ns = 5 * NODE_MS,
    .radius_ports = RADIUS_PORTS_MAX,
};

static double seconds_each(size_t peers) {
  struct crowd_config config = CROWD;
  struct crowd_result result;
  config.peers = peers;
  config.spread_ns = peers * NODE_MS / 10;
  const clock_t begin = clock();
  crowd_run(&config, &result);
  assert_int_equal(result.established, peers);
  assert_int_equal(result.datagrams, 15 * peers); /* none was repeated */
  return (double)(clock() - begin) / CLOCKS_PER_SEC / (double)peers;
}

/* Whoever looked at all peers for each datagram would need several times as long. */
static void cost_is_that_of_those_who_act(void **state) {
  (void)state;
  double ratio = 10;
  for (unsigned i = 0; i < ATTEMPTS && ratio > 1.8; i++) {
    const double few = seconds_each(FEW);
    ratio = seconds_each(MANY) / few;
  }
  printf("%d peers, each: %.2f of %d\n", MANY, ratio, FEW);
  assert_true(ratio <= 1.8);
}

static void memory_of_those_who_have_joined(void **state) {
  (void)state;
  for (unsigned i = 0; i < 2; i++) {
    struct crowd_config config = CROWD;
    struct crowd_result result;
    config.spread_ns = i * FEW * NODE_MS; /* all at once, or one after another */
    crowd_run(&config, &result);
    assert_int_equal(result.established, FEW);
    assert_in_range(result.heap_at_rest[CROWD_PEER], 1, FEW * PEER_MAX);
    assert_in_range(result.heap_at_rest[CROWD_AUTHENTICATOR], 1, FEW * SESSION_MAX);
    assert_in_range(result.heap_at_rest[CROWD_AAA], 1, FEW * CONVERSATION_MAX);
  }
}

/* One port has 256 Identifiers: the others wait in order, and nobody fails. */
static void requests_wait_for_identifiers(void **state) {
  (void)state;
  struct crowd_config config = CROWD;
  struct crowd_result result;
  config.radius_ports = 1;
  crowd_run(&config, &result);
  assert_int_equal(result.established, FEW);
  assert_int_equal(result.load.requests, 3 * FEW);
  assert_int_equal(result.load.retransmissions, 0);
  assert_int_equal(result.load.outstanding_peak, 256);
  assert_int_equal(result.load.waiting_peak, FEW - 256);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cost_is_that_of_those_who_act),
      cmocka_unit_test(memory_of_those_who_have_joined),
      cmocka_unit_test(requests_wait_for_identifiers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
