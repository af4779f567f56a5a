/* A DTLS handshake under every single fault of one datagram: lost, doubled, late, cut off, with a
 * wrong bit. It is established with the same keys at both ends, or fails with a reason at both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dtls_world.h"

enum { MESSAGES = 6, LONGEST = 131 };

static struct dtls_world world;

static const char *const SIDES[] = {"client", "server"};

static void dtls_fault_run(enum dtls_world_fault fault, size_t at, uint64_t argument) {
  const struct dtls_world_config config = dtls_world_default();
  dtls_world_init(&world, &config);
  world.fault = fault;
  world.fault_at = at;
  world.argument = argument;
  dtls_world_run(&world);
  for (size_t i = 0; i < world.count; i++)
    assert_int_equal(span_list_length(&world.log[i].spans),
                     fault == DTLS_TRUNCATE && i == at ? span_list_length(&world.log[i].spans)
                                                       : world.log[i].length);
}

static void assert_usable(void) {
  assert_true(dtls_world_established(&world));
  assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "step 7"));
  assert_true(dtls_world_transfer(&world, DTLS_SERVER, "step 8"));
  assert_int_equal(world.end[DTLS_CLIENT].got_count, 1);
  assert_int_equal(world.end[DTLS_SERVER].got_count, 1);
}

static void test_loss(void **state) {
  (void)state;
  for (size_t at = 0; at < MESSAGES; at++) {
    dtls_fault_run(DTLS_LOSE, at, 0);
    assert_usable();
    dtls_world_deinit(&world);
  }
}

/* The last flight is the server's: it is repeated when the client repeats its own. */
static void test_loss_of_last_flight(void **state) {
  (void)state;
  dtls_fault_run(DTLS_LOSE, 5, 0);
  assert_int_equal(world.count, 8);
  assert_string_equal(world.log[6].label, "DTLS ClientKeyExchange");
  assert_int_equal(world.log[6].copy, 1);
  assert_string_equal(world.log[7].label, "DTLS Finished");
  assert_int_equal(world.log[7].copy, 1);
  assert_usable();
  dtls_world_deinit(&world);
}

static void test_doubling(void **state) {
  (void)state;
  for (size_t at = 0; at < MESSAGES; at++) {
    dtls_fault_run(DTLS_DOUBLE, at, 0);
    assert_usable();
    dtls_world_deinit(&world);
  }
}

/* Past one or more later ones: repetitions come after 1 s, 2 s, 4 s. */
static void test_delay(void **state) {
  static const uint64_t delays_ms[] = {1, 15, 995, 1005, 1500, 3500, 8000, 90000};
  (void)state;
  for (size_t at = 0; at < MESSAGES; at++)
    for (size_t i = 0; i < sizeof delays_ms / sizeof *delays_ms; i++) {
      dtls_fault_run(DTLS_DELAY, at, delays_ms[i]);
      assert_usable();
      dtls_world_deinit(&world);
    }
}

/* Records that are cut off are dropped; what is before them in the datagram may be taken. */
static void test_truncation(void **state) {
  (void)state;
  for (size_t at = 0; at < MESSAGES; at++)
    for (size_t length = 0; length < LONGEST; length++) {
      dtls_fault_run(DTLS_TRUNCATE, at, length);
      assert_usable();
      dtls_world_deinit(&world);
    }
}

static bool has_reason(const struct dtls *dtls) {
  static const char *const reasons[] = {"dtls-timeout", "dtls-alert", "dtls-rejected",
                                        "dtls-no-common-suite", "dtls-unknown-identity"};
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
    if (strcmp(dtls_reason(dtls), reasons[i]) == 0)
      return true;
  return false;
}

/* No server fails that has not answered a ClientHello yet. */
static void assert_dtls_ended(void) {
  if (dtls_world_established(&world)) {
    assert_usable();
    return;
  }
  const struct dtls *const client = world.end[DTLS_CLIENT].dtls, *const server =
                                                                     world.end[DTLS_SERVER].dtls;
  assert_int_equal(dtls_state(client), DTLS_FAILED);
  assert_true(has_reason(client));
  assert_true(dtls_state(server) != DTLS_FAILED || has_reason(server));
  assert_int_equal(world.end[DTLS_CLIENT].got_count + world.end[DTLS_SERVER].got_count, 0);
  assert_true(dtls_expiry(client) == NODE_NEVER && dtls_expiry(server) == NODE_NEVER);
}

/* Of all that is in clear or protected, every bit. What must come through all the same: a
 * ClientHello without cookie, a Finished of the server's, and a header whose record is dropped. */
static void test_bits(void **state) {
  static const size_t lengths[MESSAGES] = {101, 36, 109, 131, 107, 67};
  unsigned established[MESSAGES] = {0};
  (void)state;
  for (size_t at = 0; at < MESSAGES; at++)
    for (size_t bit = 0; bit < 8 * lengths[at]; bit++) {
      dtls_fault_run(DTLS_FLIP, at, bit);
      assert_dtls_ended();
      established[at] += dtls_world_established(&world);
      dtls_world_deinit(&world);
    }
  for (size_t at = 0; at < MESSAGES; at++)
    print_message("datagram %zu from %s: established after %u of %zu wrong bits\n", at,
                  SIDES[at % 2], established[at], 8 * lengths[at]);
  for (size_t at = 0; at < MESSAGES; at++)
    assert_in_range(established[at], 8 * 11, 8 * lengths[at]);
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_loss),       cmocka_unit_test(test_loss_of_last_flight),
      cmocka_unit_test(test_doubling),   cmocka_unit_test(test_delay),
      cmocka_unit_test(test_truncation), cmocka_unit_test(test_bits),
  };
  return cmocka_run_group_tests_name("dtls_fault", tests, NULL, NULL);
}
