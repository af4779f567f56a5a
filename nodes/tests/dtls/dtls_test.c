/* A DTLS handshake and its records: octets, rows, memory, costs, timers, and keys that differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dtls_world.h"

enum {
  STATE_PEAK_MAX = 80000,
  STATE_REST_MAX = 2000,
};

static struct dtls_world world;

static void dtls_start(const struct dtls_world_config *config) {
  dtls_world_init(&world, config);
  dtls_world_run(&world);
}

static void dtls_start_established(void) {
  const struct dtls_world_config config = dtls_world_default();
  dtls_start(&config);
  assert_true(dtls_world_established(&world));
}

static int dtls_teardown(void **state) {
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
  struct span spans[8];
};

#define HEADER                                                                                     \
  { ROW_DTLS_RECORD, 13 }
#define NONCE                                                                                      \
  { ROW_DTLS_NONCE, 8 }
#define TAG                                                                                        \
  { ROW_DTLS_TAG, 8 }

static const struct expected WITH_COOKIE[] = {
    {DTLS_CLIENT, "DTLS ClientHello", 101, {HEADER, {ROW_DTLS_CLIENT_HELLO, 88}}},
    {DTLS_SERVER, "DTLS HelloVerifyRequest", 36, {HEADER, {ROW_DTLS_HELLO_VERIFY_REQUEST, 23}}},
    {DTLS_CLIENT, "DTLS ClientHello, cookie", 109, {HEADER, {ROW_DTLS_CLIENT_HELLO, 96}}},
    {DTLS_SERVER,
     "DTLS ServerHello",
     131,
     {HEADER, {ROW_DTLS_SERVER_HELLO, 93}, HEADER, {ROW_DTLS_SERVER_HELLO_DONE, 12}}},
    {DTLS_CLIENT,
     "DTLS ClientKeyExchange",
     107,
     {HEADER,
      {ROW_DTLS_CLIENT_KEY_EXCHANGE, 27},
      HEADER,
      {ROW_DTLS_CHANGE_CIPHER_SPEC, 1},
      HEADER,
      NONCE,
      {ROW_DTLS_FINISHED, 24},
      TAG}},
    {DTLS_SERVER,
     "DTLS Finished",
     67,
     {HEADER, {ROW_DTLS_CHANGE_CIPHER_SPEC, 1}, HEADER, NONCE, {ROW_DTLS_FINISHED, 24}, TAG}},
};

static void assert_flow(const struct expected *expected, size_t i) {
  const struct dtls_world_datagram *const sent = &world.log[i];
  assert_int_equal(sent->from, expected->from);
  assert_string_equal(sent->label, expected->label);
  assert_int_equal(sent->length, expected->length);
  assert_int_equal(sent->copy, 0);
  assert_int_equal(span_list_length(&sent->spans), sent->length);
  for (size_t j = 0; j < sent->spans.count; j++) {
    assert_int_equal(sent->spans.item[j].row, expected->spans[j].row);
    assert_int_equal(sent->spans.item[j].length, expected->spans[j].length);
  }
}

static void test_handshake_with_cookie(void **state) {
  (void)state;
  dtls_start_established();
  assert_int_equal(world.count, 6);
  for (size_t i = 0; i < 6; i++)
    assert_flow(&WITH_COOKIE[i], i);
  assert_int_equal(dtls_world_bytes(&world), 551);
  assert_int_equal(world.now_ns, 6 * DTLS_WORLD_LATENCY_MS * NODE_MS);
}

static void test_handshake_without_cookie(void **state) {
  static const size_t order[] = {0, 3, 4, 5};
  struct dtls_world_config config = dtls_world_default();
  (void)state;
  config.end[DTLS_SERVER].cookie = false;
  dtls_start(&config);
  assert_true(dtls_world_established(&world));
  assert_int_equal(world.count, 4);
  for (size_t i = 0; i < 4; i++)
    assert_flow(&WITH_COOKIE[order[i]], i);
  assert_int_equal(dtls_world_bytes(&world), 406);
}

/* Content type, epoch and number, length, explicit nonce: RFC 6347 section 4.1, RFC 6655. */
static void test_record(void **state) {
  static const uint8_t header[] = {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0, 22};
  (void)state;
  dtls_start_established();
  const struct dtls_world_datagram *const record =
      dtls_world_protect(&world, DTLS_CLIENT, "step 7", 6);
  assert_non_null(record);
  assert_int_equal(record->length, 6 + DTLS_RECORD_OVERHEAD);
  assert_memory_equal(record->data, header, sizeof header);
  assert_memory_equal(record->data + 13, header + 3, 8); /* the nonce is epoch and number */
  assert_int_equal(record->spans.count, 4);
  assert_int_equal(record->spans.item[2].row, ROW_COAP_PAYLOAD);
  assert_int_equal(span_list_length(&record->spans), record->length);
  assert_true(dtls_is_application_data(record->data, record->length));
  assert_false(dtls_is_application_data(world.log[0].data, world.log[0].length));
  assert_false(dtls_is_application_data(record->data, 0));
}

static void test_dtls_record_overhead(void **state) {
  static const uint8_t plain[DTLS_MTU_DEFAULT];
  (void)state;
  dtls_start_established();
  for (size_t length = 1; length <= DTLS_MTU_DEFAULT - DTLS_RECORD_OVERHEAD; length++) {
    const struct dtls_world_datagram *const record =
        dtls_world_protect(&world, DTLS_SERVER, plain, length);
    assert_non_null(record);
    assert_int_equal(record->length, length + 29);
    world.count = 0;
  }
  assert_null(
      dtls_world_protect(&world, DTLS_SERVER, plain, DTLS_MTU_DEFAULT - DTLS_RECORD_OVERHEAD + 1));
}

static void test_transfer(void **state) {
  (void)state;
  dtls_start_established();
  for (int i = 0; i < 10; i++) {
    assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "step 7"));
    assert_true(dtls_world_transfer(&world, DTLS_SERVER, "step 8"));
    assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "and one that is longer"));
  }
  for (size_t i = 6; i < world.count; i++) /* no number is used twice */
    for (size_t j = 6; j < i; j++)
      assert_false(world.log[i].from == world.log[j].from &&
                   memcmp(world.log[i].data + 3, world.log[j].data + 3, 8) == 0);
}

static void test_protect_too_early(void **state) {
  const struct dtls_world_config config = dtls_world_default();
  (void)state;
  dtls_world_init(&world, &config);
  assert_null(dtls_world_protect(&world, DTLS_CLIENT, "x", 1));
  assert_null(dtls_world_protect(&world, DTLS_SERVER, "x", 1));
}

/* Messages longer than a datagram of the least size travel in fragments. */
static void test_fragments(void **state) {
  uint8_t identity[NODE_IDENTITY_MAX];
  struct dtls_world_config config = dtls_world_default();
  (void)state;
  memset(identity, 'i', sizeof identity);
  for (int side = 0; side < 2; side++) {
    config.end[side].mtu = DTLS_MTU_MIN;
    config.end[side].identity = identity;
    config.end[side].identity_length = sizeof identity;
  }
  dtls_start(&config);
  assert_true(dtls_world_established(&world));
  assert_int_equal(world.count, 7);
  for (size_t i = 0; i < world.count; i++) {
    assert_in_range(world.log[i].length, 1, DTLS_MTU_MIN);
    assert_int_equal(world.log[i].copy, 0);
    assert_int_equal(span_list_length(&world.log[i].spans), world.log[i].length);
  }
  assert_string_equal(world.log[4].label, "DTLS ClientKeyExchange");
  assert_string_equal(world.log[5].label, "DTLS ClientKeyExchange");
}

/* Reproduction */

static struct dtls_world other;

static bool is_equal_to_other(void) {
  bool equal = world.count == other.count;
  for (size_t i = 0; equal && i < world.count; i++)
    equal = world.log[i].length == other.log[i].length &&
            memcmp(world.log[i].data, other.log[i].data, world.log[i].length) == 0;
  return equal;
}

static void run_other(uint64_t seed) {
  struct dtls_world_config config = dtls_world_default();
  config.seed = seed;
  dtls_world_init(&other, &config);
  dtls_world_run(&other);
  assert_true(dtls_world_established(&other));
  assert_true(dtls_world_transfer(&other, DTLS_CLIENT, "step 7"));
  dtls_world_deinit(&other);
}

/* The clock of the library stands still: the first four octets of each hello's random are 0. */
static void test_reproduction(void **state) {
  enum { CLIENT_RANDOM = 13 + 12 + 2 };
  static const uint8_t zero[4];
  (void)state;
  dtls_start_established();
  assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "step 7"));
  assert_memory_equal(world.log[0].data + CLIENT_RANDOM, zero, 4);
  assert_memory_equal(world.log[3].data + CLIENT_RANDOM, zero, 4);
  run_other(1);
  assert_true(is_equal_to_other());
  run_other(2);
  assert_false(is_equal_to_other());
  assert_int_not_equal(memcmp(world.log[0].data, other.log[0].data, 101), 0);
}

/* A cookie depends on the server's secret and the client's address alone. */
static void test_cookie(void **state) {
  uint8_t cookie[2][8];
  struct dtls_world_config config = dtls_world_default();
  (void)state;
  for (int i = 0; i < 2; i++) {
    config.end[DTLS_SERVER].remote.port = (uint16_t)(DTLS_PORT + i);
    dtls_world_init(&other, &config);
    dtls_world_run(&other);
    assert_true(dtls_world_established(&other));
    memcpy(cookie[i], other.log[1].data + 36 - 8, 8);
    dtls_world_deinit(&other);
  }
  assert_memory_not_equal(cookie[0], cookie[1], 8);
  dtls_start_established();
  assert_memory_equal(world.log[1].data + 36 - 8, cookie[0], 8);
}

/* Memory and costs */

static void test_dtls_state_bytes(void **state) {
  (void)state;
  dtls_start_established();
  for (int side = 0; side < 2; side++) {
    const size_t peak = dtls_state_bytes_peak(world.end[side].dtls);
    assert_in_range(peak, 30000, STATE_PEAK_MAX);
  }
  const size_t at_server = dtls_state_bytes(world.end[DTLS_SERVER].dtls);
  assert_in_range(at_server, 30000, STATE_PEAK_MAX); /* its last flight may be asked for again */
  assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "step 7"));
  assert_true(dtls_world_transfer(&world, DTLS_SERVER, "step 8"));
  for (int side = 0; side < 2; side++) {
    const size_t now = dtls_state_bytes(world.end[side].dtls);
    assert_in_range(now, sizeof(void *), STATE_REST_MAX);
    for (int i = 0; i < 3; i++)
      assert_true(dtls_world_transfer(&world, (enum dtls_world_side)side, "again"));
    assert_int_equal(dtls_state_bytes(world.end[side].dtls), now);
    assert_in_range(dtls_state_bytes_peak(world.end[side].dtls), now, STATE_PEAK_MAX);
  }
}

/* The same twice, wherever the blocks may lie. */
static void test_state_bytes_reproduced(void **state) {
  size_t peak[2];
  (void)state;
  dtls_start_established();
  for (int side = 0; side < 2; side++)
    peak[side] = dtls_state_bytes_peak(world.end[side].dtls);
  dtls_world_deinit(&world);
  void *const in_the_way = malloc(10000);
  dtls_start_established();
  free(in_the_way);
  for (int side = 0; side < 2; side++)
    assert_int_equal(dtls_state_bytes_peak(world.end[side].dtls), peak[side]);
}

/* RFC 3610 section 2: B_0, the 13 octets of associated data with their length in one block, each
 * block of the text twice, and the one that encrypts the tag; and the key expanded anew, as the
 * session was at rest. At both ends, for one is what the other is. */
static void test_cost_of_record(void **state) {
  static const uint8_t zero[128];
  (void)state;
  dtls_start_established();
  assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "first"));
  for (size_t length = 1; length < 100; length += 7) {
    uint32_t expected[NODE_PRIMITIVE_COUNT] = {0};
    expected[NODE_PRIMITIVE_AES_KEY_SCHEDULE] = 1;
    expected[NODE_PRIMITIVE_AES_BLOCK] = 1 + 1 + 2 * (uint32_t)((length + 15) / 16) + 1;
    for (int side = 0; side < 2; side++)
      memset(world.end[side].cost, 0, sizeof world.end[side].cost);
    const struct dtls_world_datagram *const record =
        dtls_world_protect(&world, DTLS_SERVER, zero, length);
    assert_int_equal(dtls_world_receive(&world, DTLS_CLIENT, record->data, record->length), 1);
    for (int side = 0; side < 2; side++)
      assert_memory_equal(world.end[side].cost, expected, sizeof expected);
  }
}

/* By hand. B(n) compressions of SHA-256 hash n octets: n and 9 more of padding, in blocks of 64
 * (RFC 6234 section 4.1); an HMAC over n takes B(n) + 3, for both pads and the outer hash (RFC
 * 2104).
 *
 * The PRF (RFC 5246 section 5) makes A(1) of label and seed, then for each 32 octets of its output
 * an HMAC over A(i), label and seed, and A(i + 1) of A(i), which the library does after the last,
 * too: a compression for each of 4 that nobody needs.
 *   master secret      label 22, seed 32 (RFC 7627), output 48: 4 + 2 (5 + 4)    22
 *   key block          label 13, seed 64, output 256:           5 + 8 (5 + 4)    77
 *     (the library asks for 256 octets whatever the cipher suite; this one uses 40)
 *   two verify_data    label 15, seed 32, output 12:            4 + 5 + 4        13 each
 * The transcript has ClientHello 96 with a cookie (88 without), ServerHello 93, ServerHelloDone 12,
 * ClientKeyExchange 27, two Finished of 24: 276 (268), 4 whole blocks. It is concluded for the
 * session hash at 228 (220), the client's Finished there, too, and the server's at 252 (244): one
 * compression each, but two where more than 55 octets of a block are left: 60 at 252.
 * With a cookie, ClientHello 88 and HelloVerifyRequest 23 have been hashed in vain: one block; and
 * the server makes the cookie twice, HMACs over 18 octets: 4 each.
 *
 * AES: keys for both directions; a Finished of 24 octets each way: B_0, 13 octets of associated
 * data in one block, two blocks twice, the tag: 7. */
static void test_cost_of_handshake(void **state) {
  enum { PRF = 22 + 77 + 2 * 13, WHOLE = 4, VAIN = 1, COOKIES = 2 * 4 };
  static const struct {
    bool cookie;
    uint32_t client, server;
  } table[] = {{true, PRF + WHOLE + 1 + 1 + 2 + VAIN, PRF + WHOLE + 1 + 1 + 2 + VAIN + COOKIES},
               {false, PRF + WHOLE + 1 + 1 + 1, PRF + WHOLE + 1 + 1 + 1}};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    struct dtls_world_config config = dtls_world_default();
    config.end[DTLS_SERVER].cookie = table[i].cookie;
    dtls_start(&config);
    const uint32_t expected[] = {table[i].client, table[i].server};
    for (int side = 0; side < 2; side++) {
      const uint32_t *const cost = world.end[side].cost;
      assert_int_equal(cost[NODE_PRIMITIVE_AES_KEY_SCHEDULE], 2);
      assert_int_equal(cost[NODE_PRIMITIVE_AES_BLOCK], 2 * 7);
      assert_int_equal(cost[NODE_PRIMITIVE_SHA256_BLOCK], expected[side]);
    }
    if (i == 0)
      dtls_world_deinit(&world);
  }
}

/* The server's Finished is lost: the client seals its own anew, in a record of another number; the
 * server opens that, knows the message, and seals its own anew. SHA-256 has no part in it. */
static void test_cost_of_repetition(void **state) {
  uint32_t blocks[2];
  (void)state;
  dtls_start_established();
  for (int side = 0; side < 2; side++)
    blocks[side] = world.end[side].cost[NODE_PRIMITIVE_SHA256_BLOCK];
  dtls_world_deinit(&world);
  const struct dtls_world_config config = dtls_world_default();
  dtls_world_init(&world, &config);
  world.fault = DTLS_LOSE;
  world.fault_at = 5;
  dtls_world_run(&world);
  assert_true(dtls_world_established(&world));
  for (int side = 0; side < 2; side++) {
    const uint32_t *const cost = world.end[side].cost;
    assert_int_equal(cost[NODE_PRIMITIVE_AES_KEY_SCHEDULE], 2);
    assert_int_equal(cost[NODE_PRIMITIVE_AES_BLOCK], (side == DTLS_CLIENT ? 3 : 4) * 7);
    assert_int_equal(cost[NODE_PRIMITIVE_SHA256_BLOCK], blocks[side]);
  }
}

/* Timers */

/* Repetitions after 1, 2, 4, ... 32, 60 s, and the end 60 s after the last. */
static void test_timeout(void **state) {
  static const uint64_t sent_s[] = {0, 1, 3, 7, 15, 31, 63};
  struct dtls_world_config config = dtls_world_default();
  (void)state;
  dtls_world_init(&world, &config);
  world.fault = DTLS_CUT_LINK;
  dtls_world_run(&world);
  assert_int_equal(dtls_state(world.end[DTLS_CLIENT].dtls), DTLS_FAILED);
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), "dtls-timeout");
  assert_int_equal(dtls_state(world.end[DTLS_SERVER].dtls), DTLS_HANDSHAKING);
  assert_int_equal(world.count, 7);
  assert_int_equal(world.now_ns, 123 * NODE_SECOND);
  for (size_t i = 0; i < world.count; i++) {
    assert_int_equal(world.log[i].sent_ns, sent_s[i] * NODE_SECOND);
    assert_int_equal(world.log[i].copy, i);
    assert_memory_equal(world.log[i].data + 13, world.log[0].data + 13,
                        88); /* but for its number */
  }
  assert_in_range(dtls_state_bytes(world.end[DTLS_CLIENT].dtls), 1, STATE_REST_MAX);
}

static void test_timeout_configured(void **state) {
  struct dtls_world_config config = dtls_world_default();
  (void)state;
  config.end[DTLS_CLIENT].timeout_ms = 250;
  config.end[DTLS_CLIENT].timeout_max_ms = 1000;
  dtls_world_init(&world, &config);
  world.fault = DTLS_CUT_LINK;
  dtls_world_run(&world);
  assert_int_equal(world.count, 3);
  assert_int_equal(world.log[2].sent_ns, 750 * NODE_MS);
  assert_int_equal(world.now_ns, 1750 * NODE_MS);
}

/* A datagram that departs late has its answer awaited from then on. */
static void test_timer_begins_at_departure(void **state) {
  const struct dtls_world_config config = dtls_world_default();
  (void)state;
  dtls_world_init(&world, &config);
  struct dtls *const client = world.end[DTLS_CLIENT].dtls;
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  assert_true(dtls_expiry(client) == NODE_NEVER);
  assert_int_equal(dtls_handle_expiry(client, 5 * NODE_SECOND), 0);
  assert_int_equal(dtls_write(client, &datagram, 5 * NODE_SECOND), 1);
  assert_int_equal(dtls_write(client, &datagram, 5 * NODE_SECOND), 0);
  assert_true(dtls_expiry(client) == 6 * NODE_SECOND);
}

/* Keys and identities that differ */

static void assert_both_failed(const char *client, const char *server) {
  assert_int_equal(dtls_state(world.end[DTLS_CLIENT].dtls), DTLS_FAILED);
  assert_int_equal(dtls_state(world.end[DTLS_SERVER].dtls), DTLS_FAILED);
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), client);
  assert_string_equal(dtls_reason(world.end[DTLS_SERVER].dtls), server);
  for (int side = 0; side < 2; side++) {
    assert_int_equal(world.end[side].got_count, 0);
    assert_null(dtls_world_protect(&world, (enum dtls_world_side)side, "x", 1));
    assert_in_range(dtls_state_bytes(world.end[side].dtls), 1, STATE_REST_MAX);
  }
}

static struct dtls_world_config with_wrong_psk(void) {
  struct dtls_world_config config = dtls_world_default();
  config.end[DTLS_SERVER].psk = (const uint8_t *)"0123456789abcdeF";
  return config;
}

static void test_wrong_psk(void **state) {
  const struct dtls_world_config config = with_wrong_psk();
  (void)state;
  dtls_start(&config);
  assert_int_equal(world.count, 6);
  assert_string_equal(world.log[5].label, "DTLS alert");
  assert_int_equal(world.log[5].spans.item[1].row, ROW_DTLS_ALERT);
  assert_int_equal(span_list_length(&world.log[5].spans), 15);
  assert_both_failed("dtls-alert", "dtls-rejected");
  /* nothing that comes later is answered */
  for (size_t i = 0; i < 5; i++)
    assert_int_equal(
        dtls_world_receive(&world, !world.log[i].from, world.log[i].data, world.log[i].length), 0);
  dtls_world_run(&world);
  assert_int_equal(world.count, 6);
}

static void test_wrong_psk_and_alert_lost(void **state) {
  const struct dtls_world_config config = with_wrong_psk();
  (void)state;
  dtls_world_init(&world, &config);
  world.fault = DTLS_LOSE;
  world.fault_at = 5;
  dtls_world_run(&world);
  assert_both_failed("dtls-timeout", "dtls-rejected");
}

static void test_wrong_identity(void **state) {
  struct dtls_world_config config = dtls_world_default();
  (void)state;
  config.end[DTLS_CLIENT].identity = (const uint8_t *)"tfg-user-tesT";
  dtls_start(&config);
  assert_both_failed("dtls-unknown-identity", "dtls-unknown-identity");
}

static void test_config(void **state) {
  static const struct {
    size_t psk_length, identity_length, mtu;
    uint32_t timeout_ms, timeout_max_ms;
  } refused[] = {
      {0, 13, 1232, 1, 1},
      {DTLS_PSK_MAX + 1, 13, 1232, 1, 1},
      {16, 0, 1232, 1, 1},
      {16, NODE_IDENTITY_MAX + 1, 1232, 1, 1},
      {16, 13, DTLS_MTU_MIN - 1, 1, 1},
      {16, 13, NODE_DATAGRAM_MAX + 1, 1, 1},
      {16, 13, 1232, 0, 1},
      {16, 13, 1232, 2, 1},
  };
  struct dtls_world_config config = dtls_world_default();
  const struct node_hooks hooks = {.random = seeded_bytes};
  uint8_t octets[NODE_IDENTITY_MAX + 1] = {0};
  (void)state;
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    struct dtls_config *const end = &config.end[DTLS_SERVER];
    end->cookie = false;
    end->psk = end->identity = octets;
    end->psk_length = refused[i].psk_length;
    end->identity_length = refused[i].identity_length;
    end->mtu = refused[i].mtu;
    end->timeout_ms = refused[i].timeout_ms;
    end->timeout_max_ms = refused[i].timeout_max_ms;
    assert_null(dtls_create(end, &hooks, 0));
  }
}

/* What is not given back is found by LeakSanitizer. */
static void test_many_sessions(void **state) {
  struct dtls_world_config config = dtls_world_default();
  (void)state;
  for (uint64_t seed = 1; seed <= 100; seed++) {
    config.seed = seed;
    dtls_world_init(&world, &config);
    world.fault = seed % 3 == 0 ? DTLS_LOSE : seed % 3 == 1 ? DTLS_CUT_LINK : DTLS_NO_FAULT;
    world.fault_at = seed % 6;
    dtls_world_run(&world);
    if (dtls_world_established(&world))
      assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "step 7"));
    if (seed < 100)
      dtls_world_deinit(&world);
  }
}

int main(void) {
#define TEST(test) cmocka_unit_test_teardown(test, dtls_teardown)
  static const struct CMUnitTest tests[] = {
      TEST(test_handshake_with_cookie),
      TEST(test_handshake_without_cookie),
      TEST(test_record),
      TEST(test_dtls_record_overhead),
      TEST(test_transfer),
      TEST(test_protect_too_early),
      TEST(test_fragments),
      TEST(test_reproduction),
      TEST(test_cookie),
      TEST(test_dtls_state_bytes),
      TEST(test_state_bytes_reproduced),
      TEST(test_cost_of_record),
      TEST(test_cost_of_handshake),
      TEST(test_cost_of_repetition),
      TEST(test_timeout),
      TEST(test_timeout_configured),
      TEST(test_timer_begins_at_departure),
      TEST(test_wrong_psk),
      TEST(test_wrong_psk_and_alert_lost),
      TEST(test_wrong_identity),
      TEST(test_config),
      TEST(test_many_sessions),
  };
  return cmocka_run_group_tests_name("dtls", tests, NULL, NULL);
}
