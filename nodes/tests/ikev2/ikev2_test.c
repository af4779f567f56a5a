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

/* The same seed gives the same octets. */
static void deterministic(void **state) {
  (void)state;
  static struct ikev2_world again;
  const struct ikev2_world_config config = config_of(0, IKEV2_CHILD_TRANSPORT, true);
  ikev2_world_init(&world, &config);
  ikev2_world_init(&again, &config);
  ikev2_world_run(&world);
  ikev2_world_run(&again);
  assert_int_equal(world.count, again.count);
  for (size_t i = 0; i < world.count; i++)
    assert_memory_equal(world.log[i].data, again.log[i].data, world.log[i].length);
  ikev2_world_deinit(&again);
  ikev2_world_deinit(&world);
}

/* Nonces as long as each end wants, and all that can be in IKE_AUTH beside. */
static void longest(void **state) {
  (void)state;
  static const uint8_t octets[IKEV2_ID_MAX] = "an identity as long as can be";
  struct ikev2_world_config config = config_of(0, IKEV2_CHILD_TRANSPORT, true);
  for (int side = 0; side < 2; side++) {
    config.end[side].nonce_bytes = IKEV2_NONCE_MAX - (unsigned)side;
    config.end[side].local_id = config.end[side].remote_id =
        (struct ikev2_id){IKEV2_ID_KEY_ID, octets, sizeof octets};
    config.end[side].psk = octets;
    config.end[side].psk_length = IKEV2_PSK_MAX;
    config.end[side].nat = IKEV2_NAT_FORCE;
  }
  config.end[IKEV2_INITIATOR].initial_contact = true;
  ikev2_world_init(&world, &config);
  ikev2_world_run(&world);
  assert_true(ikev2_world_established(&world));
  assert_int_equal(world.log[2].length, 128 + 240 + (8 + 17) + 2 * 28);
  assert_int_equal(world.log[4].length, 4 + 105 + 2 * IKEV2_ID_MAX + 8 + 140);
  check_keys(true);
  ikev2_world_deinit(&world);
}

/* Sizes of INFORMATIONAL. */
static void informational(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(0, IKEV2_CHILD_NONE, false);
  ikev2_world_init(&world, &config);
  ikev2_world_run(&world);
  assert_int_equal(ikev2_check_liveness(world.end[IKEV2_INITIATOR].ike, world.now_ns), 0);
  ikev2_world_run(&world);
  assert_int_equal(ikev2_delete(world.end[IKEV2_INITIATOR].ike, world.now_ns), 0);
  ikev2_world_run(&world);
  static const size_t lengths[] = {49, 49, 57, 49};
  assert_int_equal(world.count, 8);
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(world.log[4 + i].length, lengths[i]);
  assert_string_equal(world.log[4].label, "INFORMATIONAL request");
  assert_string_equal(world.log[7].label, "INFORMATIONAL response");
  ikev2_world_deinit(&world);
}

/* Who looks for the key elsewhere learns the identity first; nothing is decrypted twice. */
static void peek(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(0, IKEV2_CHILD_NONE, false);
  uint32_t cost[2];
  for (int peeks = 0; peeks < 2; peeks++) {
    struct ikev2_id id;
    ikev2_world_init(&world, &config);
    ikev2_world_run_to(&world, 3);
    struct ikev2 *const responder = world.end[IKEV2_RESPONDER].ike;
    struct ikev2_world_datagram request = world.log[2];
    if (peeks) {
      for (size_t i = 0; i < 2; i++)
        assert_false(ikev2_peek_id(responder, world.log[i].data, world.log[i].length, &id));
      assert_false(
          ikev2_peek_id(world.end[IKEV2_INITIATOR].ike, request.data, request.length, &id));
      for (size_t length = 0; length < request.length; length++)
        assert_false(ikev2_peek_id(responder, request.data, length, &id));
      world.end[IKEV2_RESPONDER].cost[NODE_PRIMITIVE_AES_BLOCK] = 0;
      for (int twice = 0; twice < 2; twice++) {
        assert_true(ikev2_peek_id(responder, request.data, request.length, &id));
        assert_int_equal(id.type, IKEV2_ID_KEY_ID);
        assert_int_equal(id.length, 8);
        assert_memory_equal(id.octets, "EMSKname", 8);
      }
      request.data[request.length - 1] ^= 1; /* which does not make it forget */
      const uint32_t before = world.end[IKEV2_RESPONDER].cost[NODE_PRIMITIVE_AES_BLOCK];
      ikev2_world_receive(&world, &request);
      world.end[IKEV2_RESPONDER].cost[NODE_PRIMITIVE_AES_BLOCK] = before;
      assert_int_equal(ikev2_state(responder), IKEV2_NEGOTIATING);
    } else {
      world.end[IKEV2_RESPONDER].cost[NODE_PRIMITIVE_AES_BLOCK] = 0;
    }
    ikev2_world_run(&world);
    assert_true(ikev2_world_established(&world));
    cost[peeks] = world.end[IKEV2_RESPONDER].cost[NODE_PRIMITIVE_AES_BLOCK];
    ikev2_world_deinit(&world);
  }
  assert_int_equal(cost[0], cost[1]);
}

/* An established endpoint holds no more than itself, its child, the other's name and the response
 * that may be asked for again. */
static void bytes(void **state) {
  (void)state;
  for (enum ikev2_child_mode child = IKEV2_CHILD_NONE; child <= IKEV2_CHILD_TUNNEL; child++) {
    const struct ikev2_world_config config = config_of(0, child, false);
    ikev2_world_init(&world, &config);
    const size_t begun = ikev2_state_bytes(world.end[IKEV2_RESPONDER].ike);
    ikev2_world_run(&world);
    for (int side = 0; side < 2; side++) {
      const size_t now = ikev2_state_bytes(world.end[side].ike);
      const size_t peak = ikev2_state_bytes_peak(world.end[side].ike);
      assert_true(now < begun && begun < peak && peak < 3000);
    }
    ikev2_world_deinit(&world);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_exchange), cmocka_unit_test(sizes),
      cmocka_unit_test(deterministic),  cmocka_unit_test(longest),
      cmocka_unit_test(informational),  cmocka_unit_test(peek),
      cmocka_unit_test(bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
