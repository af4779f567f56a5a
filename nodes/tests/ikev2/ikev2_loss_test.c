/* A link that loses, doubles, delays and reorders: each message of an exchange once; and when
 * requests are repeated, and given up (RFC 7296 sections 2.1 to 2.4). */
#include "ikev2/ikev2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "ikev2_world.h"

static struct ikev2_world world;

enum { SHAPES = 4 };

static struct ikev2_world_config config_of(int shape) {
  struct ikev2_world_config config = ikev2_world_default();
  for (int side = 0; side < 2; side++)
    config.end[side].child = (shape & 1) != 0 ? IKEV2_CHILD_TRANSPORT : IKEV2_CHILD_NONE;
  config.end[IKEV2_RESPONDER].cookie = (shape & 2) != 0;
  return config;
}

static void check_established(bool has_child) {
  const struct ikev2_world_end *a = &world.end[IKEV2_INITIATOR], *b = &world.end[IKEV2_RESPONDER];
  assert_true(ikev2_world_established(&world));
  assert_memory_equal(a->ike_keys, b->ike_keys, sizeof a->ike_keys);
  assert_memory_equal(a->esp_keys, b->esp_keys, sizeof a->esp_keys);
  assert_int_equal(a->esp_keys_length > 0, has_child);
  assert_int_equal(ikev2_expiry(a->ike), NODE_NEVER);
  assert_int_equal(ikev2_expiry(b->ike), NODE_NEVER);
}

/* A copy has the octets of the first. */
static void check_copies(void) {
  for (size_t i = 0; i < world.count; i++)
    for (size_t j = 0; j < i; j++) {
      const struct ikev2_world_datagram *later = &world.log[i], *first = &world.log[j];
      if (later->copy == 0 || first->copy != 0 || first->from != later->from ||
          strcmp(first->label, later->label) != 0 || memcmp(first->data, later->data, 28) != 0)
        continue;
      if (later->length == first->length)
        assert_memory_equal(later->data, first->data, first->length);
    }
}

/* Both ends still understand each other, in both directions, and agree on the end. */
static void check_afterwards(void) {
  world.fault = IKEV2_NO_FAULT;
  for (enum ikev2_world_side side = IKEV2_INITIATOR; side <= IKEV2_RESPONDER; side++) {
    struct ikev2 *const ike = world.end[side].ike;
    assert_int_equal(ikev2_check_liveness(ike, world.now_ns), 0);
    assert_true(ikev2_is_asking(ike));
    assert_int_equal(ikev2_check_liveness(ike, world.now_ns), NODE_ERR_BUSY);
    ikev2_world_run(&world);
    assert_false(ikev2_is_asking(ike));
    assert_true(ikev2_world_established(&world));
  }
  assert_int_equal(ikev2_delete(world.end[IKEV2_RESPONDER].ike, world.now_ns), 0);
  ikev2_world_run(&world);
  for (int side = 0; side < 2; side++) {
    assert_int_equal(ikev2_state(world.end[side].ike), IKEV2_FAILED);
    assert_string_equal(ikev2_reason(world.end[side].ike), "ikev2-deleted");
  }
}

static void every_message_once(void **state) {
  (void)state;
  static const struct {
    enum ikev2_world_fault fault;
    uint64_t argument;
  } faults[] = {
      {IKEV2_LOSE, 0},          {IKEV2_DOUBLE, 0},           {IKEV2_DOUBLE_LATER, 5},
      {IKEV2_DOUBLE_LATER, 25}, {IKEV2_DOUBLE_LATER, 10000}, {IKEV2_DELAY, 1995},
      {IKEV2_DELAY, 2005},      {IKEV2_DELAY, 7000},         {IKEV2_DELAY, 20000},
  };
  for (int shape = 0; shape < SHAPES; shape++) {
    const size_t messages = (shape & 2) != 0 ? 6 : 4;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
      for (size_t at = 0; at < messages; at++) {
        const struct ikev2_world_config config = config_of(shape);
        ikev2_world_init(&world, &config);
        world.fault = faults[i].fault;
        world.argument = faults[i].argument;
        world.fault_at = at;
        ikev2_world_run(&world);
        check_established((shape & 1) != 0);
        check_copies();
        check_afterwards();
        ikev2_world_deinit(&world);
      }
  }
}

/* The same for INFORMATIONAL. */
static void every_later_message_once(void **state) {
  (void)state;
  static const enum ikev2_world_fault faults[] = {IKEV2_LOSE, IKEV2_DOUBLE, IKEV2_DELAY};
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    for (size_t at = 0; at < 4; at++) {
      const struct ikev2_world_config config = config_of(1);
      ikev2_world_init(&world, &config);
      ikev2_world_run(&world);
      world.fault = faults[i];
      world.argument = 3000;
      world.fault_at = world.count + at;
      assert_int_equal(ikev2_check_liveness(world.end[IKEV2_INITIATOR].ike, world.now_ns), 0);
      ikev2_world_run(&world);
      assert_true(ikev2_world_established(&world));
      assert_int_equal(ikev2_delete(world.end[IKEV2_INITIATOR].ike, world.now_ns), 0);
      ikev2_world_run(&world);
      assert_int_equal(ikev2_world_state(&world, IKEV2_INITIATOR), IKEV2_FAILED);
      assert_int_equal(ikev2_world_state(&world, IKEV2_RESPONDER), IKEV2_FAILED);
      assert_string_equal(ikev2_reason(world.end[IKEV2_INITIATOR].ike), "ikev2-deleted");
      ikev2_world_deinit(&world);
    }
}

/* Both ask at the same time, and their messages cross. */
static void both_ask(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(0);
  ikev2_world_init(&world, &config);
  ikev2_world_run(&world);
  for (int side = 0; side < 2; side++)
    assert_int_equal(ikev2_check_liveness(world.end[side].ike, world.now_ns), 0);
  ikev2_world_run(&world);
  assert_int_equal(world.count, 4 + 4);
  assert_true(ikev2_world_established(&world));
  for (int side = 0; side < 2; side++)
    assert_int_equal(ikev2_delete(world.end[side].ike, world.now_ns), 0);
  ikev2_world_run(&world);
  for (int side = 0; side < 2; side++)
    assert_string_equal(ikev2_reason(world.end[side].ike), "ikev2-deleted");
  ikev2_world_deinit(&world);
}

/* 2, 4, 8 s, and as long again after the last. */
static void times(void **state) {
  (void)state;
  static const uint64_t seconds[] = {0, 2, 6, 14, 30};
  const struct ikev2_world_config config = config_of(0);
  for (size_t cut_at = 0; cut_at <= 2; cut_at += 2) {
    ikev2_world_init(&world, &config);
    world.fault = IKEV2_CUT_LINK;
    world.fault_at = cut_at;
    ikev2_world_run(&world);
    const uint64_t begun_ns = world.log[cut_at].sent_ns;
    assert_int_equal(world.count, cut_at + 5);
    for (unsigned copy = 0; copy < 5; copy++) {
      const struct ikev2_world_datagram *datagram = &world.log[cut_at + copy];
      assert_int_equal(datagram->sent_ns - begun_ns, seconds[copy] * NODE_SECOND);
      assert_int_equal(datagram->copy, copy);
      assert_int_equal(datagram->length, world.log[cut_at].length);
      assert_memory_equal(datagram->data, world.log[cut_at].data, datagram->length);
    }
    assert_int_equal(world.now_ns - begun_ns, 62 * NODE_SECOND);
    assert_string_equal(ikev2_reason(world.end[IKEV2_INITIATOR].ike), "ikev2-timeout");
    assert_int_equal(ikev2_world_state(&world, IKEV2_RESPONDER),
                     cut_at == 0 ? IKEV2_BEGINNING : IKEV2_FAILED);
    ikev2_world_deinit(&world);
  }
}

static void configured_times(void **state) {
  (void)state;
  struct ikev2_world_config config = config_of(0);
  config.end[IKEV2_INITIATOR].timeout_ms = 500;
  config.end[IKEV2_INITIATOR].tries = 2;
  ikev2_world_init(&world, &config);
  world.fault = IKEV2_CUT_LINK;
  ikev2_world_run(&world);
  assert_int_equal(world.count, 2);
  assert_int_equal(world.now_ns, 1500 * NODE_MS);
  ikev2_world_deinit(&world);
}

static void check_half_open(uint32_t configured_s, uint32_t lasts_s) {
  struct ikev2_world_config config = config_of(0);
  config.end[IKEV2_RESPONDER].half_open_s = configured_s;
  ikev2_world_init(&world, &config);
  ikev2_world_run_to(&world, 2);
  struct ikev2 *const responder = world.end[IKEV2_RESPONDER].ike;
  const uint64_t due_ns = world.now_ns + lasts_s * NODE_SECOND;
  assert_int_equal(ikev2_expiry(responder), due_ns);
  assert_int_equal(ikev2_handle_expiry(responder, due_ns - 1), 0);
  assert_int_equal(ikev2_state(responder), IKEV2_NEGOTIATING);
  assert_int_equal(ikev2_handle_expiry(responder, due_ns), 0);
  assert_int_equal(ikev2_state(responder), IKEV2_FAILED);
  assert_string_equal(ikev2_reason(responder), "ikev2-timeout");
  ikev2_world_receive(&world, &world.log[0]); /* nothing is left that could be repeated */
  const size_t count = world.count;
  ikev2_world_write_all(&world, IKEV2_RESPONDER);
  assert_int_equal(world.count, count);
  ikev2_world_deinit(&world);
}

static void half_open(void **state) {
  (void)state;
  check_half_open(0, IKEV2_HALF_OPEN_S_DEFAULT);
  check_half_open(1, 1);
  check_half_open(100000, 100000);
}

static void liveness_gives_up(void **state) {
  (void)state;
  for (int deletes = 0; deletes < 2; deletes++) {
    const struct ikev2_world_config config = config_of(0);
    ikev2_world_init(&world, &config);
    ikev2_world_run(&world);
    world.fault = IKEV2_CUT_LINK;
    world.fault_at = world.count;
    struct ikev2 *const ike = world.end[IKEV2_RESPONDER].ike;
    assert_int_equal(
        deletes ? ikev2_delete(ike, world.now_ns) : ikev2_check_liveness(ike, world.now_ns), 0);
    ikev2_world_run(&world);
    assert_int_equal(world.count, 4 + 5);
    assert_int_equal(ikev2_state(ike), IKEV2_FAILED);
    assert_string_equal(ikev2_reason(ike), "ikev2-timeout");
    assert_int_equal(ikev2_check_liveness(ike, world.now_ns), NODE_ERR_BAD_STATE);
    assert_int_equal(ikev2_world_state(&world, IKEV2_INITIATOR), IKEV2_ESTABLISHED);
    ikev2_world_deinit(&world);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_message_once), cmocka_unit_test(every_later_message_once),
      cmocka_unit_test(both_ask),           cmocka_unit_test(times),
      cmocka_unit_test(configured_times),   cmocka_unit_test(half_open),
      cmocka_unit_test(liveness_gives_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
