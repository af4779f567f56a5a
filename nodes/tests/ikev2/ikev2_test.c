/* Both ends of an IKE SA: every proposal, child and cookie; sizes; keys; what either says of the
 * other. */
#include "ikev2/ikev2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "ikev2_world.h"

enum { ORDINARY, WITH_COOKIE, COOKIES };

static struct ikev2_world world;

static struct ikev2_world_config config_of(unsigned proposal, enum ikev2_child_mode child,
                                           bool cookie) {
  struct ikev2_world_config config = ikev2_world_default();
  for (int side = 0; side < 2; side++) {
    config.end[side].proposals = 1U << proposal;
    config.end[side].child = child;
    config.end[side].local_port = config.end[side].remote_port = 5683;
  }
  config.end[IKEV2_RESPONDER].cookie = cookie;
  return config;
}

static bool is_cmac(unsigned proposal) {
  return strstr(ikev2_proposal_name(proposal), "prfaescmac") != NULL;
}

static bool is_p256(unsigned proposal) {
  return strstr(ikev2_proposal_name(proposal), "ecp256") != NULL;
}

/* What the messages of an undisturbed exchange are long. */
static size_t expected_bytes(unsigned proposal, enum ikev2_child_mode child, bool cookie) {
  static const size_t childless = 128 + 136 + 119 + 103;
  static const size_t of_child[] = {0, 2 * 140 - 8, 2 * 132 - 8}; /* less notify 16418 */
  size_t sum = childless + of_child[child];
  if (is_p256(proposal))
    sum += 2 * 32;
  if (is_cmac(proposal))
    sum -= 2 * 16;
  if (cookie)
    sum += 128 + (is_p256(proposal) ? 32U : 0U) + (36 + 17) + (8 + 17);
  return sum;
}

static void check_keys(bool has_child) {
  const struct ikev2_world_end *a = &world.end[IKEV2_INITIATOR], *b = &world.end[IKEV2_RESPONDER];
  assert_int_equal(a->ike_keys_length, 8 + 8 + 19 + 19);
  assert_int_equal(b->ike_keys_length, a->ike_keys_length);
  assert_memory_equal(a->ike_keys, b->ike_keys, a->ike_keys_length);
  assert_int_equal(a->esp_keys_length, has_child ? 2 * (4 + 16 + 3) : 0);
  assert_int_equal(b->esp_keys_length, a->esp_keys_length);
  assert_memory_equal(a->esp_keys, b->esp_keys, a->esp_keys_length);
}

static void check_address(const struct node_address *address, enum ikev2_world_side side,
                          uint16_t port) {
  assert_int_equal(address->ip[15], side + 1);
  assert_int_equal(address->port, port);
}

static void check_children(enum ikev2_child_mode mode) {
  struct ikev2_child child[2];
  for (enum ikev2_world_side side = IKEV2_INITIATOR; side <= IKEV2_RESPONDER; side++) {
    assert_int_equal(ikev2_child(world.end[side].ike, &child[side]), mode != IKEV2_CHILD_NONE);
    if (mode == IKEV2_CHILD_NONE)
      continue;
    assert_int_equal(child[side].mode, mode);
    assert_false(child[side].in_udp);
    check_address(&child[side].local, side, 5683);
    check_address(&child[side].remote, !side, 5683);
  }
  if (mode == IKEV2_CHILD_NONE)
    return;
  assert_memory_equal(&child[0].in, &child[1].out, sizeof child[0].in);
  assert_memory_equal(&child[0].out, &child[1].in, sizeof child[0].in);
  assert_int_not_equal(child[0].in.spi, child[0].out.spi);
  assert_true(child[0].in.spi >= 256 && child[0].out.spi >= 256);
}

static void check_ids(void) {
  struct ikev2_id id;
  assert_true(ikev2_remote_id(world.end[IKEV2_RESPONDER].ike, &id));
  assert_int_equal(id.type, IKEV2_ID_KEY_ID);
  assert_int_equal(id.length, 8);
  assert_memory_equal(id.octets, "EMSKname", 8);
  assert_true(ikev2_remote_id(world.end[IKEV2_INITIATOR].ike, &id));
  assert_int_equal(id.type, IKEV2_ID_FQDN);
  assert_int_equal(id.length, 6);
  assert_memory_equal(id.octets, "aps.ex", 6);
}

static void check_labels(bool cookie) {
  static const char *const labels[] = {"IKE_SA_INIT request", "IKE_SA_INIT response",
                                       "IKE_AUTH request", "IKE_AUTH response"};
  const size_t before = cookie ? 2 : 0;
  assert_int_equal(world.count, before + 4);
  for (size_t i = 0; i < world.count; i++) {
    assert_string_equal(world.log[i].label, labels[i < before ? i : i - before]);
    assert_int_equal(world.log[i].copy, 0);
    assert_int_equal(world.log[i].from, i % 2);
  }
}

static void every_exchange(void **state) {
  (void)state;
  for (unsigned proposal = 0; proposal < IKEV2_PROPOSAL_COUNT; proposal++)
    for (enum ikev2_child_mode child = IKEV2_CHILD_NONE; child <= IKEV2_CHILD_TUNNEL; child++)
      for (int cookie = ORDINARY; cookie < COOKIES; cookie++) {
        const struct ikev2_world_config config = config_of(proposal, child, cookie);
        ikev2_world_init(&world, &config);
        ikev2_world_run(&world);
        assert_true(ikev2_world_established(&world));
        assert_int_equal(ikev2_world_bytes(&world), expected_bytes(proposal, child, cookie));
        assert_int_equal(world.end[0].discarded + world.end[1].discarded, 0);
        check_keys(child != IKEV2_CHILD_NONE);
        check_children(child);
        check_ids();
        check_labels(cookie);
        ikev2_world_deinit(&world);
      }
}

/* Sizes of single messages. */
static void sizes(void **state) {
  (void)state;
  static const struct {
    unsigned proposal;
    enum ikev2_child_mode child;
    bool cookie;
    size_t lengths[6];
  } table[] = {
      {IKEV2_PROPOSAL_X25519, IKEV2_CHILD_NONE, false, {128, 136, 119, 103}},
      {IKEV2_PROPOSAL_X25519_CMAC, IKEV2_CHILD_NONE, false, {128, 136, 103, 87}},
      {IKEV2_PROPOSAL_ECP256, IKEV2_CHILD_NONE, false, {160, 168, 119, 103}},
      {IKEV2_PROPOSAL_ECP256_CMAC, IKEV2_CHILD_NONE, false, {160, 168, 103, 87}},
      {IKEV2_PROPOSAL_X25519, IKEV2_CHILD_TRANSPORT, false, {128, 128, 259, 243}},
      {IKEV2_PROPOSAL_X25519_CMAC, IKEV2_CHILD_TRANSPORT, false, {128, 128, 243, 227}},
      {IKEV2_PROPOSAL_X25519, IKEV2_CHILD_TUNNEL, false, {128, 128, 251, 235}},
      {IKEV2_PROPOSAL_X25519, IKEV2_CHILD_NONE, true, {128, 53, 153, 136, 119, 103}},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct ikev2_world_config config =
        config_of(table[i].proposal, table[i].child, table[i].cookie);
    ikev2_world_init(&world, &config);
    ikev2_world_run(&world);
    for (size_t at = 0; at < world.count; at++)
      assert_int_equal(world.log[at].length, table[i].lengths[at]);
    ikev2_world_deinit(&world);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_exchange),
      cmocka_unit_test(sizes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
