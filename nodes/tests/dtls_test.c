/* A DTLS handshake and its records: octets, rows, memory, costs, and ways to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dtls_world.h"

static struct dtls_world world;

static void start(const struct dtls_world_config *config) {
  dtls_world_init(&world, config);
  dtls_world_run(&world);
}

static void start_established(void) {
  const struct dtls_world_config config = dtls_world_default();
  start(&config);
  assert_true(dtls_world_established(&world));
}

static int teardown(void **state) {
  (void)state;
  dtls_world_deinit(&world);
  memset(&world, 0, sizeof world);
  return 0;
}

/* Octets */

struct expected {
  enum dtls_world_side from;
  const char *label;
  size_t length;
};

static void assert_flow(const struct expected *expected, size_t count, size_t bytes) {
  assert_int_equal(world.count, count);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(world.log[i].from, expected[i].from);
    assert_string_equal(world.log[i].label, expected[i].label);
    assert_int_equal(world.log[i].length, expected[i].length);
    assert_int_equal(world.log[i].copy, 0);
    assert_int_equal(span_list_length(&world.log[i].spans), world.log[i].length);
  }
  assert_int_equal(dtls_world_bytes(&world), bytes);
}

static void test_handshake_with_cookie(void **state) {
  static const struct expected expected[] = {
      {DTLS_CLIENT, "DTLS ClientHello", 101},         {DTLS_SERVER, "DTLS HelloVerifyRequest", 36},
      {DTLS_CLIENT, "DTLS ClientHello, cookie", 109}, {DTLS_SERVER, "DTLS ServerHello", 131},
      {DTLS_CLIENT, "DTLS ClientKeyExchange", 107},   {DTLS_SERVER, "DTLS Finished", 67},
  };
  (void)state;
  start_established();
  assert_flow(expected, 6, 551);
  assert_int_equal(world.now_ns, 6 * DTLS_WORLD_LATENCY_MS * NODE_MS);
}

static void test_handshake_without_cookie(void **state) {
  static const struct expected expected[] = {
      {DTLS_CLIENT, "DTLS ClientHello", 101},
      {DTLS_SERVER, "DTLS ServerHello", 131},
      {DTLS_CLIENT, "DTLS ClientKeyExchange", 107},
      {DTLS_SERVER, "DTLS Finished", 67},
  };
  (void)state;
  struct dtls_world_config config = dtls_world_default();
  config.end[DTLS_SERVER].cookie = false;
  start(&config);
  assert_true(dtls_world_established(&world));
  assert_flow(expected, 4, 406);
}

static void test_transfer(void **state) {
  (void)state;
  start_established();
  assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "step 7"));
  assert_true(dtls_world_transfer(&world, DTLS_SERVER, "step 8"));
  assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "and more"));
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(test_handshake_with_cookie, teardown),
      cmocka_unit_test_teardown(test_transfer, teardown),
      cmocka_unit_test_teardown(test_handshake_without_cookie, teardown),
  };
  return cmocka_run_group_tests_name("dtls", tests, NULL, NULL);
}
