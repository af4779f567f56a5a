/* Cipher suites: octets, rows and costs of each; what an end offers and the other takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dtls_world.h"

enum {
  CCM_8 = DTLS_SUITE_AES_128_CCM_8,
  CCM = DTLS_SUITE_AES_128_CCM,
  GCM = DTLS_SUITE_AES_128_GCM
};

static struct dtls_world world;

static int suites_teardown(void **state) {
  (void)state;
  dtls_world_deinit(&world);
  memset(&world, 0, sizeof world);
  return 0;
}

static void meet(unsigned offered, unsigned taken, bool cookie) {
  struct dtls_world_config config = dtls_world_default();
  config.end[DTLS_CLIENT].suites = offered;
  config.end[DTLS_SERVER].suites = taken;
  config.end[DTLS_SERVER].cookie = cookie;
  dtls_world_init(&world, &config);
  dtls_world_run(&world);
}

static size_t octets_of(uint16_t row, const struct dtls_world_datagram *sent) {
  size_t octets = 0;
  for (size_t i = 0; i < sent->spans.count; i++)
    octets += sent->spans.item[i].row == row ? sent->spans.item[i].length : 0;
  return octets;
}

/* RFC 6655 section 4, RFC 5487 section 2; a tag of 16 has each of both Finished, and each record, 8
 * octets more. The ClientHello is as long whichever is offered. */
static void test_octets(void **state) {
  static const struct {
    uint8_t number[2];
    size_t tag, handshake;
  } table[] = {[CCM_8] = {{0xc0, 0xa8}, 8, 551},
               [CCM] = {{0xc0, 0xa4}, 16, 551 + 2 * 8},
               [GCM] = {{0x00, 0xa8}, 16, 551 + 2 * 8}};
  enum { SERVER_HELLO = 3, SUITE_POSITION = 13 + 12 + 2 + 32 + 1 + 32 };
  (void)state;
  for (unsigned suite = 0; suite < DTLS_SUITE_COUNT; suite++) {
    meet(1U << suite, DTLS_SUITES_ALL, true);
    assert_true(dtls_world_established(&world));
    assert_int_equal(world.count, 6);
    assert_int_equal(dtls_world_bytes(&world), table[suite].handshake);
    assert_memory_equal(world.log[SERVER_HELLO].data + SUITE_POSITION, table[suite].number, 2);
    for (size_t i = 4; i < 6; i++) {
      assert_int_equal(octets_of(ROW_DTLS_FINISHED, &world.log[i]), 24);
      assert_int_equal(octets_of(ROW_DTLS_NONCE, &world.log[i]), 8);
      assert_int_equal(octets_of(ROW_DTLS_TAG, &world.log[i]), table[suite].tag);
    }
    for (int side = 0; side < 2; side++) {
      const struct dtls_world_datagram *record =
          dtls_world_protect(&world, (enum dtls_world_side)side, "step 7", 6);
      assert_non_null(record);
      assert_int_equal(record->length, 13 + 8 + 6 + table[suite].tag);
      assert_int_equal(octets_of(ROW_DTLS_TAG, record), table[suite].tag);
      assert_int_equal(octets_of(ROW_COAP_PAYLOAD, record), 6);
      assert_int_equal(dtls_world_receive(&world, !side, record->data, record->length), 1);
      assert_int_equal(dtls_suite_of(world.end[side].dtls)->tag_length, table[suite].tag);
    }
    if (suite + 1 < DTLS_SUITE_COUNT)
      dtls_world_deinit(&world);
  }
}

static void test_longest(void **state) {
  static const uint8_t plain[DTLS_MTU_DEFAULT];
  static const size_t overhead[] = {[CCM_8] = DTLS_RECORD_OVERHEAD,
                                    [CCM] = DTLS_RECORD_OVERHEAD_MAX,
                                    [GCM] = DTLS_RECORD_OVERHEAD_MAX};
  (void)state;
  for (unsigned suite = 0; suite < DTLS_SUITE_COUNT; suite++) {
    const size_t most = DTLS_MTU_DEFAULT - overhead[suite];
    meet(1U << suite, 1U << suite, false);
    assert_null(dtls_world_protect(&world, DTLS_CLIENT, plain, most + 1));
    assert_int_equal(dtls_world_protect(&world, DTLS_CLIENT, plain, most)->length,
                     DTLS_MTU_DEFAULT);
    if (suite + 1 < DTLS_SUITE_COUNT)
      dtls_world_deinit(&world);
  }
}

/* A server takes the first of the table that it has in common with its client. */
static void test_choice(void **state) {
  static const struct {
    unsigned offered, taken, agreed;
  } table[] = {{DTLS_SUITES_ALL, DTLS_SUITES_ALL, CCM_8},
               {DTLS_SUITES_ALL, 1U << CCM | 1U << GCM, CCM},
               {1U << CCM_8 | 1U << GCM, 1U << CCM | 1U << GCM, GCM},
               {0, DTLS_SUITES_ALL, CCM_8},
               {DTLS_SUITES_ALL, 0, CCM_8}};
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    meet(table[i].offered, table[i].taken, i % 2 == 0);
    assert_true(dtls_world_established(&world));
    for (int side = 0; side < 2; side++)
      assert_ptr_equal(dtls_suite_of(world.end[side].dtls), dtls_suite(table[i].agreed));
    assert_true(dtls_world_transfer(&world, DTLS_SERVER, "step 8"));
    if (i + 1 < sizeof table / sizeof table[0])
      dtls_world_deinit(&world);
  }
}

/* A fatal alert of handshake_failure, of 15 octets, instead of the ServerHello (RFC 5246 sections
 * 7.2.2 and 7.4.1.3); where a cookie is asked for, not before it has come: 101, 36 and 109. */
static void test_no_common_suite(void **state) {
  static const struct {
    unsigned offered, taken;
  } table[] = {{1U << GCM, 1U << CCM_8}, {1U << CCM_8, 1U << CCM | 1U << GCM}, {1U << CCM, 0}};
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const bool cookie = i % 2 == 0;
    const size_t last = cookie ? 3 : 1;
    meet(table[i].offered, table[i].taken, cookie);
    assert_int_equal(world.count, last + 1);
    assert_string_equal(world.log[last].label, "DTLS alert");
    assert_int_equal(dtls_world_bytes(&world), (cookie ? 101 + 36 + 109 : 101) + 15);
    assert_int_equal(world.log[last].data[13], 2);
    assert_int_equal(world.log[last].data[14], 40);
    for (int side = 0; side < 2; side++) {
      assert_int_equal(dtls_state(world.end[side].dtls), DTLS_FAILED);
      assert_string_equal(dtls_reason(world.end[side].dtls), "dtls-no-common-suite");
    }
    if (i + 1 < sizeof table / sizeof table[0])
      dtls_world_deinit(&world);
  }
}

/* Its alert is lost: the client cannot know. */
static void test_refusal_lost(void **state) {
  struct dtls_world_config config = dtls_world_default();
  (void)state;
  config.end[DTLS_CLIENT].suites = 1U << GCM;
  dtls_world_init(&world, &config);
  world.fault = DTLS_LOSE;
  world.fault_at = 3;
  dtls_world_run(&world);
  assert_string_equal(dtls_reason(world.end[DTLS_SERVER].dtls), "dtls-no-common-suite");
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), "dtls-timeout");
}

/* The same alert later says something else. */
static void test_handshake_failure_later(void **state) {
  static const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40};
  const struct dtls_world_config config = dtls_world_default();
  (void)state;
  dtls_world_init(&world, &config);
  while (world.count < 5)
    assert_true(dtls_world_step(&world));
  assert_int_equal(dtls_world_receive(&world, DTLS_CLIENT, alert, sizeof alert), 0);
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), "dtls-alert");
}

/* A hello that asks for what was not offered is refused: suite of the ServerHello changed. */
static void test_suite_not_offered(void **state) {
  struct dtls_world_config config = dtls_world_default();
  (void)state;
  config.end[DTLS_SERVER].suites = DTLS_SUITES_ALL;
  dtls_world_init(&world, &config);
  world.fault = DTLS_FLIP;
  world.fault_at = 3;
  world.argument = (13 + 12 + 2 + 32 + 1 + 32 + 1) * 8 + 2; /* 0xc0a8 becomes 0xc0ac */
  dtls_world_run(&world);
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), "dtls-rejected");
  assert_false(dtls_world_established(&world));
}

static void test_set_out_of_range(void **state) {
  struct dtls_world_config config = dtls_world_default();
  const struct node_hooks hooks = {.random = seeded_bytes};
  (void)state;
  config.end[DTLS_SERVER].cookie = false;
  config.end[DTLS_SERVER].suites = DTLS_SUITES_ALL + 1;
  assert_null(dtls_create(&config.end[DTLS_SERVER], &hooks, 0));
}

/* NIST SP 800-38D sections 7.1 and 7.2: the text and the tag have a block of AES each, of GHASH the
 * text, 13 octets of associated data in one, and one of the lengths; and as the session was at rest
 * the key is expanded anew, and that of GHASH made by a block. Of CCM as of CCM-8 (RFC 3610). */
static void test_cost_of_records(void **state) {
  static const uint8_t zero[128];
  (void)state;
  for (unsigned suite = CCM; suite <= GCM; suite++) {
    meet(1U << suite, 1U << suite, false);
    assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "first"));
    for (size_t length = 1; length < 100; length += 7) {
      const uint32_t blocks = (uint32_t)((length + 15) / 16);
      uint32_t expected[NODE_PRIMITIVE_COUNT] = {0};
      expected[NODE_PRIMITIVE_AES_KEY_SCHEDULE] = 1;
      expected[NODE_PRIMITIVE_AES_BLOCK] = suite == GCM ? 1 + blocks + 1 : 1 + 1 + 2 * blocks + 1;
      expected[NODE_PRIMITIVE_GHASH_BLOCK] = suite == GCM ? 1 + blocks + 1 : 0;
      for (int side = 0; side < 2; side++)
        memset(world.end[side].cost, 0, sizeof world.end[side].cost);
      const struct dtls_world_datagram *const record =
          dtls_world_protect(&world, DTLS_SERVER, zero, length);
      assert_int_equal(dtls_world_receive(&world, DTLS_CLIENT, record->data, record->length), 1);
      for (int side = 0; side < 2; side++)
        assert_memory_equal(world.end[side].cost, expected, sizeof expected);
      world.count--; /* the log is short */
    }
    dtls_world_deinit(&world);
  }
  meet(0, 0, false);
}

/* Beside what SHA-256 does, which is the same whatever the suite: keys for both directions; of GCM
 * a block for each key's own of GHASH; and a Finished of 24 octets each way. */
static void test_cost_of_handshakes(void **state) {
  uint32_t sha256[2];
  (void)state;
  meet(0, 0, true);
  for (int side = 0; side < 2; side++)
    sha256[side] = world.end[side].cost[NODE_PRIMITIVE_SHA256_BLOCK];
  dtls_world_deinit(&world);
  meet(1U << GCM, DTLS_SUITES_ALL, true);
  for (int side = 0; side < 2; side++) {
    const uint32_t *cost = world.end[side].cost;
    assert_int_equal(cost[NODE_PRIMITIVE_AES_KEY_SCHEDULE], 2);
    assert_int_equal(cost[NODE_PRIMITIVE_AES_BLOCK], 2 * 1 + 2 * (1 + 2));
    assert_int_equal(cost[NODE_PRIMITIVE_GHASH_BLOCK], 2 * (1 + 2 + 1));
    assert_int_equal(cost[NODE_PRIMITIVE_SHA256_BLOCK], sha256[side]);
  }
}

int main(void) {
#define TEST(test) cmocka_unit_test_teardown(test, suites_teardown)
  static const struct CMUnitTest tests[] = {
      TEST(test_octets),
      TEST(test_longest),
      TEST(test_choice),
      TEST(test_no_common_suite),
      TEST(test_refusal_lost),
      TEST(test_handshake_failure_later),
      TEST(test_suite_not_offered),
      cmocka_unit_test(test_set_out_of_range),
      TEST(test_cost_of_records),
      TEST(test_cost_of_handshakes),
  };
  return cmocka_run_group_tests_name("dtls_suites", tests, NULL, NULL);
}
