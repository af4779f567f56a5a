/* Sessions that are resumed: octets, rows and costs of the abbreviated handshake, keys that are
 * new, every single fault, and ends that do not know the session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/crypto.h"
#include "dtls_world.h"

enum { SESSION_ID = 13 + 12 + 2 + 32, LONGEST = 173, FLIGHTS = 5 };

/* The session that is resumed, and the one that resumes it. */
static struct dtls_world former, world;
static struct dtls_resumption taken[2];

static int resumption_setup(void **state) {
  const struct dtls_world_config config = dtls_world_default();
  (void)state;
  dtls_world_init(&former, &config);
  dtls_world_run(&former);
  assert_true(dtls_world_established(&former));
  for (int side = 0; side < 2; side++) {
    assert_int_equal(dtls_resumption_take(former.end[side].dtls, &taken[side]), 0);
    assert_false(dtls_is_resumed(former.end[side].dtls));
  }
  return 0;
}

static int resumption_teardown(void **state) {
  (void)state;
  dtls_world_deinit(&world);
  dtls_world_deinit(&former);
  memset(&world, 0, sizeof world);
  return 0;
}

static struct dtls_world_config resuming(bool cookie, uint64_t seed) {
  struct dtls_world_config config = dtls_world_default();
  config.seed = seed;
  for (int side = 0; side < 2; side++)
    config.end[side].resumption = &taken[side];
  config.end[DTLS_SERVER].cookie = cookie;
  return config;
}

static void resume(const struct dtls_world_config *config) {
  dtls_world_init(&world, config);
  dtls_world_run(&world);
}

static bool are_resumed(const struct dtls_world *at) {
  return dtls_world_established(at) && dtls_is_resumed(at->end[DTLS_CLIENT].dtls) &&
         dtls_is_resumed(at->end[DTLS_SERVER].dtls);
}

static void assert_transfer(struct dtls_world *at) {
  assert_true(dtls_world_transfer(at, DTLS_CLIENT, "request"));
  assert_true(dtls_world_transfer(at, DTLS_SERVER, "response"));
}

/* Octets */

struct expected {
  enum dtls_world_side from;
  const char *label;
  size_t length;
  struct span spans[12];
};

#define HEADER                                                                                     \
  { ROW_DTLS_RECORD, 13 }
#define CHANGE_AND_FINISHED                                                                        \
  HEADER, {ROW_DTLS_CHANGE_CIPHER_SPEC, 1}, HEADER, {ROW_DTLS_NONCE, 8}, {ROW_DTLS_FINISHED, 24},  \
  {                                                                                                \
    ROW_DTLS_TAG, 8                                                                                \
  }

/* Hellos as of a full handshake, the client's with an id of 32 octets, as the server's has anyway.
 */
static const struct expected WITH_COOKIE[FLIGHTS] = {
    {DTLS_CLIENT, "DTLS ClientHello", 101 + 32, {HEADER, {ROW_DTLS_CLIENT_HELLO, 88 + 32}}},
    {DTLS_SERVER, "DTLS HelloVerifyRequest", 36, {HEADER, {ROW_DTLS_HELLO_VERIFY_REQUEST, 23}}},
    {DTLS_CLIENT, "DTLS ClientHello, cookie", 109 + 32, {HEADER, {ROW_DTLS_CLIENT_HELLO, 96 + 32}}},
    {DTLS_SERVER,
     "DTLS ServerHello, resumed",
     106 + 14 + 53,
     {HEADER, {ROW_DTLS_SERVER_HELLO, 93}, CHANGE_AND_FINISHED}},
    {DTLS_CLIENT, "DTLS Finished", 14 + 53, {CHANGE_AND_FINISHED}},
};

static void assert_flow(const struct expected *expected, size_t i) {
  const struct dtls_world_datagram *const sent = &world.log[i];
  assert_int_equal(sent->from, expected->from);
  assert_string_equal(sent->label, expected->label);
  assert_int_equal(sent->length, expected->length);
  assert_int_equal(span_list_length(&sent->spans), sent->length);
  for (size_t j = 0; j < sent->spans.count; j++) {
    assert_int_equal(sent->spans.item[j].row, expected->spans[j].row);
    assert_int_equal(sent->spans.item[j].length, expected->spans[j].length);
  }
}

/* 550 octets in 5 datagrams, where a full handshake has 551 in 6; without a cookie 373 in 3, for
 * 406 in 4: with a pre-shared key there is little to leave out, and the id is said twice. */
static void test_octets(void **state) {
  static const size_t without[] = {0, 3, 4};
  (void)state;
  for (int cookie = 1; cookie >= 0; cookie--) {
    const struct dtls_world_config config = resuming(cookie, 7);
    resume(&config);
    assert_true(are_resumed(&world));
    assert_int_equal(world.count, cookie ? 5 : 3);
    for (size_t i = 0; i < world.count; i++)
      assert_flow(&WITH_COOKIE[cookie ? i : without[i]], i);
    assert_int_equal(dtls_world_bytes(&world), cookie ? 550 : 373);
    assert_int_equal(world.now_ns, world.count * DTLS_WORLD_LATENCY_MS * NODE_MS);
    assert_int_equal(world.log[0].data[SESSION_ID], 32);
    assert_memory_equal(world.log[0].data + SESSION_ID + 1, taken[DTLS_SERVER].id, 32);
    assert_transfer(&world);
    if (cookie)
      dtls_world_deinit(&world);
  }
}

/* Keys */

/* Both sessions have sent as much: records of the same number and text differ, and none is good
 * under the keys of the other. */
static void test_keys_are_new(void **state) {
  const struct dtls_world_config config = resuming(true, 7);
  (void)state;
  resume(&config);
  assert_memory_equal(taken[DTLS_CLIENT].master, taken[DTLS_SERVER].master, DTLS_MASTER_LENGTH);
  for (int side = 0; side < 2; side++) {
    const enum dtls_world_side from = (enum dtls_world_side)side;
    const struct dtls_world_datagram *a = dtls_world_protect(&former, from, "same", 4);
    const struct dtls_world_datagram *b = dtls_world_protect(&world, from, "same", 4);
    assert_memory_equal(a->data, b->data, 13 + 8);
    assert_memory_not_equal(a->data + 13 + 8, b->data + 13 + 8, 4 + 8);
    assert_int_equal(dtls_world_receive(&world, !from, a->data, a->length), 0);
    assert_int_equal(dtls_world_receive(&former, !from, b->data, b->length), 0);
    assert_int_equal(dtls_world_receive(&world, !from, b->data, b->length), 1);
    assert_int_equal(dtls_world_receive(&world, !from, b->data, b->length), 0); /* replayed */
    assert_int_equal(dtls_world_receive(&former, !from, a->data, a->length), 1);
  }
}

/* What was resumed can be resumed again: the same id and secret, and keys of its own each time. */
static void test_again_and_again(void **state) {
  uint8_t record[3][4 + 8];
  struct dtls_resumption again;
  (void)state;
  for (uint64_t i = 0; i < 3; i++) {
    const struct dtls_world_config config = resuming(i % 2 == 0, 20 + i);
    if (i > 0)
      dtls_world_deinit(&world);
    resume(&config);
    assert_true(are_resumed(&world));
    assert_transfer(&world);
    for (int side = 0; side < 2; side++) {
      assert_int_equal(dtls_resumption_take(world.end[side].dtls, &again), 0);
      assert_memory_equal(again.id, taken[side].id, again.id_length);
      assert_memory_equal(again.master, taken[side].master, DTLS_MASTER_LENGTH);
      taken[side] = again;
    }
    memcpy(record[i], dtls_world_protect(&world, DTLS_CLIENT, "same", 4)->data + 13 + 8, 4 + 8);
    for (uint64_t j = 0; j < i; j++)
      assert_memory_not_equal(record[i], record[j], 4 + 8);
  }
}

/* All that a client has ever said, said again to a server that grants the session. */
static void test_replay(void **state) {
  (void)state;
  for (int cookie = 0; cookie < 2; cookie++) {
    static struct dtls_world heard;
    const struct dtls_world_config first = resuming(cookie, 7), second = resuming(cookie, 8);
    dtls_world_init(&heard, &first);
    dtls_world_run(&heard);
    assert_true(are_resumed(&heard));
    dtls_world_init(&world, &second);
    for (size_t i = 0; i < heard.count; i++)
      if (heard.log[i].from == DTLS_CLIENT)
        assert_int_equal(
            dtls_world_receive(&world, DTLS_SERVER, heard.log[i].data, heard.log[i].length), 0);
    assert_int_not_equal(dtls_state(world.end[DTLS_SERVER].dtls), DTLS_ESTABLISHED);
    assert_int_equal(world.end[DTLS_SERVER].got_count, 0);
    dtls_world_deinit(&heard);
    if (cookie == 0)
      dtls_world_deinit(&world);
  }
}

/* Ends that do not know it */

enum { KNOWN, UNKNOWN, OTHER_ID, OTHER_SUITE };

static void forget(struct dtls_config *end, struct dtls_resumption *other, int how) {
  *other = *end->resumption;
  other->id[31] ^= how == OTHER_ID;
  if (how == OTHER_SUITE) {
    end->suites = DTLS_SUITES_ALL;
    other->suite = DTLS_SUITE_AES_128_CCM;
  }
  end->resumption = how == UNKNOWN ? NULL : other;
}

/* A full handshake then, by the key that both have; the session is another. */
static void test_full_instead(void **state) {
  struct dtls_resumption other, new;
  (void)state;
  for (int side = 0; side < 2; side++)
    for (int how = UNKNOWN; how <= (side == DTLS_SERVER ? OTHER_SUITE : OTHER_ID); how++) {
      struct dtls_world_config config = resuming(true, 7);
      forget(&config.end[side], &other, how);
      resume(&config);
      assert_true(dtls_world_established(&world));
      for (int end = 0; end < 2; end++)
        assert_false(dtls_is_resumed(world.end[end].dtls));
      assert_int_equal(world.count, 6);
      assert_int_equal(dtls_world_bytes(&world),
                       551 + (config.end[DTLS_CLIENT].resumption == NULL ? 0 : 2 * 32));
      assert_transfer(&world);
      assert_int_equal(dtls_resumption_take(world.end[DTLS_SERVER].dtls, &new), 0);
      assert_memory_not_equal(new.id, taken[DTLS_SERVER].id, 32);
      assert_memory_not_equal(new.master, taken[DTLS_SERVER].master, DTLS_MASTER_LENGTH);
      dtls_world_deinit(&world);
    }
  const struct dtls_world_config config = resuming(true, 7);
  resume(&config);
}

/* Nor do the keys match any more: each end says why. */
static void test_another_key_instead(void **state) {
  struct dtls_world_config config = resuming(true, 7);
  (void)state;
  config.end[DTLS_SERVER].resumption = NULL;
  config.end[DTLS_SERVER].psk = (const uint8_t *)"0123456789abcdeF";
  resume(&config);
  assert_string_equal(dtls_reason(world.end[DTLS_SERVER].dtls), "dtls-rejected");
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), "dtls-alert");
}

/* The right id, and not its secret: it is the server's Finished that is seen first. */
static void test_wrong_master(void **state) {
  struct dtls_world_config config = resuming(true, 7);
  struct dtls_resumption wrong = taken[DTLS_SERVER];
  (void)state;
  wrong.master[47] ^= 1;
  config.end[DTLS_SERVER].resumption = &wrong;
  resume(&config);
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), "dtls-rejected");
  assert_string_equal(dtls_reason(world.end[DTLS_SERVER].dtls), "dtls-alert");
}

/* Each end has the key, and knows another end's session: the key is of no use to whoever asks. */
static void test_key_is_not_needed(void **state) {
  struct dtls_world_config config = resuming(false, 7);
  (void)state;
  config.end[DTLS_SERVER].psk = (const uint8_t *)"0123456789abcdeF";
  resume(&config);
  assert_true(are_resumed(&world));
  assert_transfer(&world);
}

static void test_other_suites(void **state) {
  (void)state;
  for (unsigned suite = DTLS_SUITE_AES_128_CCM; suite < DTLS_SUITE_COUNT; suite++) {
    static struct dtls_world first;
    struct dtls_world_config config = dtls_world_default();
    for (int side = 0; side < 2; side++)
      config.end[side].suites = 1U << suite;
    dtls_world_init(&first, &config);
    dtls_world_run(&first);
    for (int side = 0; side < 2; side++) {
      assert_int_equal(dtls_resumption_take(first.end[side].dtls, &taken[side]), 0);
      assert_int_equal(taken[side].suite, suite);
      config.end[side].resumption = &taken[side];
    }
    config.seed = 9;
    resume(&config);
    assert_true(are_resumed(&world));
    assert_int_equal(dtls_world_bytes(&world), 550 + 2 * 8);
    assert_transfer(&world);
    dtls_world_deinit(&first);
    if (suite + 1 < DTLS_SUITE_COUNT)
      dtls_world_deinit(&world);
  }
}

/* Faults */

static void resumption_run(enum dtls_world_fault fault, size_t at, uint64_t argument) {
  const struct dtls_world_config config = resuming(true, 7);
  dtls_world_init(&world, &config);
  world.fault = fault;
  world.fault_at = at;
  world.argument = argument;
  dtls_world_run(&world);
}

static void test_each_lost_doubled_delayed(void **state) {
  static const struct {
    enum dtls_world_fault fault;
    uint64_t argument;
  } faults[] = {
      {DTLS_LOSE, 0}, {DTLS_DOUBLE, 0}, {DTLS_DELAY, 15}, {DTLS_DELAY, 1200}, {DTLS_DELAY, 10000}};
  (void)state;
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    for (size_t at = 0; at < FLIGHTS; at++) {
      resumption_run(faults[i].fault, at, faults[i].argument);
      assert_true(are_resumed(&world));
      assert_transfer(&world);
      dtls_world_deinit(&world);
    }
  resumption_run(DTLS_NO_FAULT, 0, 0);
}

/* The client's Finished is the last, and is lost: it is the server that asks again, and it may take
 * as often as it likes. What the client sends meanwhile is not for a server without keys. */
static void test_last_flight_lost(void **state) {
  (void)state;
  resumption_run(DTLS_LOSE, 4, 0);
  assert_int_equal(world.count, 7);
  assert_string_equal(world.log[5].label, "DTLS ServerHello, resumed");
  assert_int_equal(world.log[5].copy, 1);
  assert_string_equal(world.log[6].label, "DTLS Finished");
  assert_int_equal(world.log[6].copy, 1);
  assert_transfer(&world);
}

/* It has the session, and the server has nothing, for as long as the server hears nothing: then
 * that says so, and its former session is what it has. */
static void test_client_cut_off(void **state) {
  (void)state;
  resumption_run(DTLS_CUT_LINK, 4, 0);
  assert_int_equal(dtls_state(world.end[DTLS_CLIENT].dtls), DTLS_ESTABLISHED);
  assert_string_equal(dtls_reason(world.end[DTLS_SERVER].dtls), "dtls-timeout");
  assert_transfer(&former);
}

static void test_each_truncated_and_flipped(void **state) {
  unsigned established = 0;
  (void)state;
  for (size_t at = 0; at < FLIGHTS; at++)
    for (size_t i = 0; i < LONGEST * 9; i++) {
      resumption_run(i < LONGEST ? DTLS_TRUNCATE : DTLS_FLIP, at, i < LONGEST ? i : i - LONGEST);
      if (dtls_world_established(&world)) {
        assert_transfer(&world);
        established++;
      } else {
        assert_true(dtls_state(world.end[DTLS_CLIENT].dtls) == DTLS_FAILED ||
                    dtls_state(world.end[DTLS_SERVER].dtls) == DTLS_FAILED);
      }
      dtls_world_deinit(&world);
    }
  print_message("%u of %d established\n", established, FLIGHTS * LONGEST * 9);
  assert_transfer(&former);
  resumption_run(DTLS_NO_FAULT, 0, 0);
}

/* Costs: as dtls_test.c counts them. No master secret is made (22 blocks), and no session hash; the
 * client's random is hashed with 32 octets more. The transcript has ClientHello 128, ServerHello
 * 93, two Finished of 24: 269, 4 whole blocks; it is concluded at 221 and 245, a block each, since
 * 29 and 53 octets are left there. In vain with a cookie: ClientHello 120 and HelloVerifyRequest
 * 23, two blocks. Without one, ClientHello 120: 261, and 213 and 237 with 21 and 45 left. */
static void test_cost(void **state) {
  enum { PRF = 77 + 2 * 13, WHOLE = 4, ENDS = 2, VAIN = 2, COOKIES = 2 * 4 };
  (void)state;
  for (int cookie = 0; cookie < 2; cookie++) {
    const struct dtls_world_config config = resuming(cookie, 7);
    if (cookie)
      dtls_world_deinit(&world);
    resume(&config);
    for (int side = 0; side < 2; side++) {
      const uint32_t *const cost = world.end[side].cost;
      const uint32_t with = side == DTLS_CLIENT ? VAIN : VAIN + COOKIES;
      assert_int_equal(cost[NODE_PRIMITIVE_AES_KEY_SCHEDULE], 2);
      assert_int_equal(cost[NODE_PRIMITIVE_AES_BLOCK], 2 * 7);
      assert_int_equal(cost[NODE_PRIMITIVE_SHA256_BLOCK], PRF + WHOLE + ENDS + (cookie ? with : 0));
    }
  }
}

static void test_take(void **state) {
  struct dtls_resumption resumption;
  struct dtls_world_config config = resuming(true, 7);
  struct dtls_resumption wrong = taken[DTLS_CLIENT];
  (void)state;
  dtls_world_init(&world, &config);
  assert_int_equal(dtls_resumption_take(world.end[DTLS_CLIENT].dtls, &resumption),
                   NODE_ERR_BAD_STATE);
  dtls_world_run(&world);
  assert_transfer(&world);
  for (int side = 0; side < 2; side++) {
    struct dtls *dtls = world.end[side].dtls;
    const size_t bytes = dtls_state_bytes(dtls), peak = dtls_state_bytes_peak(dtls);
    memset(world.end[side].cost, 0, sizeof world.end[side].cost);
    assert_int_equal(dtls_resumption_take(dtls, &resumption), 0);
    assert_int_equal(dtls_state_bytes(dtls), bytes);
    assert_int_equal(dtls_state_bytes_peak(dtls), peak);
    for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++)
      assert_int_equal(world.end[side].cost[i], 0);
  }
  assert_transfer(&world);
  const struct node_hooks hooks = {.random = seeded_bytes};
  config.end[DTLS_SERVER].cookie = false;
  config.end[DTLS_SERVER].resumption = &wrong;
  for (int i = 0; i < 4; i++) {
    wrong = taken[DTLS_CLIENT];
    wrong.id_length = i == 0 ? 0 : i == 1 ? DTLS_SESSION_ID_MAX + 1 : wrong.id_length;
    wrong.suite = i == 2   ? DTLS_SUITE_COUNT
                  : i == 3 ? DTLS_SUITE_AES_128_GCM /* which is not taken */
                           : wrong.suite;
    assert_null(dtls_create(&config.end[DTLS_SERVER], &hooks, 0));
  }
}

int main(void) {
#define TEST(test) cmocka_unit_test_setup_teardown(test, resumption_setup, resumption_teardown)
  static const struct CMUnitTest tests[] = {
      TEST(test_octets),
      TEST(test_keys_are_new),
      TEST(test_again_and_again),
      TEST(test_replay),
      TEST(test_full_instead),
      TEST(test_another_key_instead),
      TEST(test_wrong_master),
      TEST(test_key_is_not_needed),
      TEST(test_other_suites),
      TEST(test_each_lost_doubled_delayed),
      TEST(test_last_flight_lost),
      TEST(test_client_cut_off),
      TEST(test_each_truncated_and_flipped),
      TEST(test_cost),
      TEST(test_take),
  };
  return cmocka_run_group_tests_name("dtls_resumption", tests, NULL, NULL);
}
