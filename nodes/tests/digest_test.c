/* Digests of values, and of nodes: equal where the further behaviour is, absolute time apart. */
#include "digest.h"
#include "coap-eap/peer.h"
#include "eap/psk.h"
#include "seeded.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool equal(const struct digest *a, const struct digest *b) {
  return a->high == b->high && a->low == b->low;
}

static void test_octets_have_bounds(void **state) {
  (void)state;
  struct digest a, b;
  digest_init(&a);
  digest_init(&b);
  digest_octets(&a, "ab", 2);
  digest_octets(&a, "c", 1);
  digest_octets(&b, "a", 1);
  digest_octets(&b, "bc", 2);
  assert_false(equal(&a, &b));
}

static struct digest of_times(uint64_t due_ns, uint64_t until_ns, uint64_t now_ns, bool exact) {
  struct digest digest;
  digest_init(&digest);
  digest.exact_lifetimes = exact;
  digest_deadline(&digest, due_ns, now_ns);
  digest_lifetime(&digest, until_ns, now_ns);
  return digest;
}

static void test_times_are_relative(void **state) {
  (void)state;
  static const struct {
    uint64_t due_ns, until_ns, now_ns;
    bool equal, equal_if_exact; /* to 20, 30 at 10 */
  } times[] = {
      {120, 130, 110, true, true},         {120, 130, 111, false, false},
      {121, 130, 110, false, false},       {120, 131, 110, true, false},
      {120, 110, 110, false, false},       {NODE_NEVER, 130, 110, false, false},
      {120, NODE_NEVER, 110, true, false},
  };
  for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
    for (int exact = 0; exact <= 1; exact++) {
      const struct digest a = of_times(20, 30, 10, exact);
      const struct digest b = of_times(times[i].due_ns, times[i].until_ns, times[i].now_ns, exact);
      assert_int_equal(equal(&a, &b), exact ? times[i].equal_if_exact : times[i].equal);
    }
  }
}

/* A peer whose trigger departs at `start_ns`, `age_ns` later. */
static struct digest of_peer(uint64_t start_ns, uint64_t age_ns, uint64_t seed) {
  struct seeded seeded = {seed};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  static const struct option_values defaults;
  const struct lower_peer_config config = {
      .options = &defaults, .begins = true, .start_ns = start_ns};
  struct node *node = coap_eap_peer_create(&config, &hooks);
  assert_non_null(node);
  assert_int_equal(node_handle_expiry(node, start_ns), 0);
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  assert_int_equal(node_write(node, &datagram, start_ns), 1);
  struct digest digest;
  digest_init(&digest);
  assert_true(node_digest(node, &digest, start_ns + age_ns));
  node_destroy(node);
  return digest;
}

static void test_peer(void **state) {
  (void)state;
  const struct digest peer = of_peer(0, NODE_MS, 1), later = of_peer(NODE_SECOND, NODE_MS, 1),
                      older = of_peer(0, 2 * NODE_MS, 1), other = of_peer(0, NODE_MS, 2);
  assert_true(equal(&peer, &later));
  assert_false(equal(&peer, &older));
  assert_false(equal(&peer, &other));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_octets_have_bounds),
      cmocka_unit_test(test_times_are_relative),
      cmocka_unit_test(test_peer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
