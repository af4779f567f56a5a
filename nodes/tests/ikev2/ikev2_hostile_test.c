/* Octets that nobody should believe: cut off, changed, replayed, reflected, of other exchanges;
 * cookies that are wrong; floods. What is dropped leaves the endpoint's digest as it was. */
#include "ikev2/compose.h"
#include "ikev2/sa.h"

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

static size_t messages_of(int shape) {
  return (shape & 2) != 0 ? 6 : 4;
}

static struct digest digest_of(enum ikev2_world_side side) {
  struct digest digest;
  digest_init(&digest);
  ikev2_digest(world.end[side].ike, &digest, world.now_ns);
  return digest;
}

static bool is_same(const struct digest *a, const struct digest *b) {
  return a->high == b->high && a->low == b->low;
}

/* These octets are dropped, and an event says so. */
static void check_dropped(enum ikev2_world_side to, const uint8_t *data, size_t length) {
  const struct digest before = digest_of(to);
  const unsigned discarded = world.end[to].discarded;
  ikev2_world_receive_octets(&world, to, data, length);
  const struct digest after = digest_of(to);
  assert_true(is_same(&before, &after));
  assert_int_equal(world.end[to].discarded, discarded + 1);
}

static void check_all_well(void) {
  ikev2_world_run(&world);
  assert_true(ikev2_world_established(&world));
  assert_memory_equal(world.end[0].ike_keys, world.end[1].ike_keys, sizeof world.end[0].ike_keys);
}

/* Before each message arrives, all its beginnings do. */
static void truncated(void **state) {
  (void)state;
  for (int shape = 0; shape < SHAPES; shape++)
    for (size_t at = 0; at < messages_of(shape); at++) {
      const struct ikev2_world_config config = config_of(shape);
      ikev2_world_init(&world, &config);
      ikev2_world_run_to(&world, at + 1);
      const struct ikev2_world_datagram *datagram = &world.log[at];
      for (size_t length = 0; length < datagram->length; length++)
        check_dropped(!datagram->from, datagram->data, length);
      check_all_well();
      ikev2_world_deinit(&world);
    }
}

/* Before each message under protection arrives, all that differ from it in one octet do: by one
 * bit, and by all. */
static void changed_under_protection(void **state) {
  (void)state;
  for (int shape = 0; shape < SHAPES; shape++)
    for (size_t at = messages_of(shape) - 2; at < messages_of(shape); at++) {
      const struct ikev2_world_config config = config_of(shape);
      ikev2_world_init(&world, &config);
      ikev2_world_run_to(&world, at + 1);
      struct ikev2_world_datagram changed = world.log[at];
      for (size_t i = 0; i < changed.length; i++)
        for (unsigned bit = 0; bit <= 8; bit++) {
          const uint8_t mask = (uint8_t)(bit == 8 ? 0xff : 1U << bit);
          changed.data[i] ^= mask;
          check_dropped(!changed.from, changed.data, changed.length);
          changed.data[i] ^= mask;
        }
      check_all_well();
      ikev2_world_deinit(&world);
    }
}

/* A message in clear that differs in one octet may be believed for a while, but AUTH covers it,
 * unless it is one that asks for a cookie, or the answer to that. */
static void changed_in_clear(void **state) {
  (void)state;
  for (int shape = 0; shape < SHAPES; shape++)
    for (size_t at = 0; at + 2 < messages_of(shape); at++) {
      size_t octets = 1, established = 0;
      for (size_t bit = 0; bit < octets * 8; bit += shape == 0 ? 1 : 5) {
        const struct ikev2_world_config config = config_of(shape);
        ikev2_world_init(&world, &config);
        world.fault = IKEV2_FLIP;
        world.fault_at = at;
        world.argument = bit;
        ikev2_world_run(&world);
        octets = world.log[at].length;
        const bool either = ikev2_world_state(&world, 0) == IKEV2_ESTABLISHED ||
                            ikev2_world_state(&world, 1) == IKEV2_ESTABLISHED;
        if (either) { /* it was dropped, and its repetition came */
          assert_true(ikev2_world_established(&world));
          if (at + 4 >= messages_of(shape))
            assert_true(world.end[0].discarded + world.end[1].discarded > 0);
          assert_memory_equal(world.end[0].ike_keys, world.end[1].ike_keys,
                              sizeof world.end[0].ike_keys);
          established++;
        }
        ikev2_world_deinit(&world);
      }
      assert_in_range(established, 1, octets * 8 - 1);
    }
}

/* Nothing that was said once makes an established end move, but for the last request, which is
 * answered as before; and nothing that it has said itself. */
static void replayed_and_reflected(void **state) {
  (void)state;
  for (int shape = 0; shape < SHAPES; shape++) {
    const struct ikev2_world_config config = config_of(shape);
    ikev2_world_init(&world, &config);
    ikev2_world_run(&world);
    const size_t count = world.count, last_request = count - 2;
    for (size_t i = 0; i < count; i++) {
      const struct ikev2_world_datagram said = world.log[i];
      check_dropped(said.from, said.data, said.length);
      if (i != last_request)
        check_dropped(!said.from, said.data, said.length);
    }
    ikev2_world_receive(&world, &world.log[last_request]);
    ikev2_world_write_all(&world, IKEV2_RESPONDER);
    assert_int_equal(world.count, count + 1);
    assert_int_equal(world.log[count].copy, 1);
    assert_int_equal(world.log[count].length, world.log[count - 1].length);
    assert_memory_equal(world.log[count].data, world.log[count - 1].data, world.log[count].length);
    check_all_well();
    ikev2_world_deinit(&world);
  }
}

/* In each state, all messages of an exchange of others. */
static void of_another_exchange(void **state) {
  (void)state;
  static struct ikev2_world other;
  for (int shape = 0; shape < SHAPES; shape++) {
    struct ikev2_world_config config = config_of(shape);
    config.seed = 2;
    ikev2_world_init(&other, &config);
    ikev2_world_run(&other);
    for (size_t at = 1; at <= messages_of(shape); at++) {
      config = config_of(shape);
      ikev2_world_init(&world, &config);
      ikev2_world_run_to(&world, at);
      for (size_t i = 0; i < other.count; i++)
        for (enum ikev2_world_side to = IKEV2_INITIATOR; to <= IKEV2_RESPONDER; to++) {
          const struct ikev2_world_datagram *foreign = &other.log[i];
          if (ikev2_world_state(&world, to) != IKEV2_BEGINNING ||
              !ikev2_opens(foreign->data, foreign->length))
            check_dropped(to, foreign->data, foreign->length);
        }
      check_all_well();
      ikev2_world_deinit(&world);
    }
    ikev2_world_deinit(&other);
  }
}

/* The same exchange begun by another end with the same SPI, but another nonce. */
static void same_spi(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(0);
  ikev2_world_init(&world, &config);
  ikev2_world_run_to(&world, 2);
  struct ikev2_world_datagram changed = world.log[0];
  const struct ikev2 *responder = world.end[IKEV2_RESPONDER].ike;
  assert_true(ikev2_has_opened(responder, changed.data, changed.length));
  changed.data[changed.length - 1] ^= 1;
  assert_false(ikev2_has_opened(responder, changed.data, changed.length));
  assert_true(ikev2_opens(changed.data, changed.length));
  check_dropped(IKEV2_RESPONDER, changed.data, changed.length);
  check_all_well();
  ikev2_world_deinit(&world);
}

/* Cookies */

static size_t written_by_responder(void) {
  const size_t before = world.count;
  ikev2_world_write_all(&world, IKEV2_RESPONDER);
  return world.count - before;
}

/* Whoever asks without a cookie, or with one of its own, leaves nothing behind. */
static void flood(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(2);
  ikev2_world_init(&world, &config);
  ikev2_world_run_to(&world, 3);
  const struct ikev2_world_datagram bare = world.log[0], asked = world.log[2];
  const struct digest before = digest_of(IKEV2_RESPONDER);
  const size_t bytes = ikev2_state_bytes(world.end[IKEV2_RESPONDER].ike);
  struct seeded seeded = {7};
  for (unsigned i = 0; i < 1000; i++) {
    struct ikev2_world_datagram request = i % 2 == 0 ? bare : asked;
    seeded_bytes(&seeded, request.data, IKEV2_SPI_LENGTH);
    seeded_bytes(&seeded, request.data + request.length - IKEV2_NONCE_LEAST, IKEV2_NONCE_LEAST);
    ikev2_world_receive(&world, &request);
    assert_int_equal(written_by_responder(), 1);
    assert_int_equal(world.log[--world.count].length, 36 + IKEV2_COOKIE_LENGTH);
    const struct digest after = digest_of(IKEV2_RESPONDER);
    assert_true(is_same(&before, &after));
    assert_int_equal(ikev2_state_bytes(world.end[IKEV2_RESPONDER].ike), bytes);
  }
  assert_int_equal(world.end[IKEV2_RESPONDER].cost[NODE_PRIMITIVE_X25519], 0);
  check_all_well();
  ikev2_world_deinit(&world);
}

/* A right cookie with a bit changed; from another address; one of another secret. */
static void wrong_cookies(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(2);
  ikev2_world_init(&world, &config);
  ikev2_world_run_to(&world, 3);
  const struct ikev2_world_datagram right = world.log[2];
  enum { COOKIE_AT = 28 + 8 };
  for (size_t bit = 0; bit < IKEV2_COOKIE_LENGTH * 8; bit++) {
    struct ikev2_world_datagram wrong = right;
    wrong.data[COOKIE_AT + bit / 8] ^= (uint8_t)(1U << bit % 8);
    ikev2_world_receive(&world, &wrong);
    assert_int_equal(written_by_responder(), 1);
    assert_int_equal(world.log[--world.count].length, 36 + IKEV2_COOKIE_LENGTH);
  }
  struct ikev2_world_datagram elsewhere = right;
  elsewhere.source.ip[15] = 77;
  ikev2_world_receive(&world, &elsewhere);
  assert_int_equal(ikev2_world_state(&world, IKEV2_RESPONDER), IKEV2_BEGINNING);
  assert_int_equal(written_by_responder(), 1);
  world.log[--world.count].under_way = false;
  check_all_well();
  ikev2_world_deinit(&world);
}

/* The secret has changed between the cookie and its return: the initiator follows the new one. */
static void old_cookie(void **state) {
  (void)state;
  uint8_t secret[IKEV2_COOKIE_SECRET] = {1};
  struct ikev2_world_config config = config_of(2);
  config.end[IKEV2_RESPONDER].cookie_secret = secret;
  ikev2_world_init(&world, &config);
  ikev2_world_run_to(&world, 3);
  secret[0] = 2;
  ikev2_world_run(&world);
  assert_int_equal(world.count, 8);
  assert_true(ikev2_world_established(&world));
  ikev2_world_deinit(&world);
}

/* A forged reply with a cookie: the initiator brings back whatever it is, but not for ever. */
static void forged_cookies(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(0);
  ikev2_world_init(&world, &config);
  ikev2_world_run_to(&world, 1);
  for (unsigned i = 0; i < 2 * IKEV2_COOKIES_FOLLOWED; i++) {
    const uint8_t cookie[IKEV2_COOKIE_MAX + 1] = {(uint8_t)i};
    struct ikev2_header header = {.exchange = IKEV2_IKE_SA_INIT, .flags = IKEV2_FLAG_RESPONSE};
    struct ikev2_composer composer;
    struct span_writer out;
    uint8_t data[NODE_DATAGRAM_MAX];
    for (size_t length = IKEV2_COOKIE_MAX + 1; length >= IKEV2_COOKIE_MAX; length--) {
      memcpy(header.spi_i, world.log[0].data, sizeof header.spi_i);
      span_writer_init(&out, data, sizeof data, NULL);
      ikev2_compose_message(&composer, &out, &header);
      ikev2_put_notify(&composer, IKEV2_PROTOCOL_NONE, IKEV2_N_COOKIE, cookie, length);
      assert_int_equal(ikev2_compose_end(&composer), 0);
      if (length > IKEV2_COOKIE_MAX || i >= IKEV2_COOKIES_FOLLOWED) {
        check_dropped(IKEV2_INITIATOR, data, out.length);
        continue;
      }
      ikev2_world_receive_octets(&world, IKEV2_INITIATOR, data, out.length);
      check_dropped(IKEV2_INITIATOR, data, out.length); /* once */
      const size_t count = world.count;
      ikev2_world_write_all(&world, IKEV2_INITIATOR);
      assert_int_equal(world.count, count + 1);
      assert_int_equal(world.log[count].length, 128 + 8 + IKEV2_COOKIE_MAX);
    }
  }
  ikev2_world_deinit(&world);
}

/* Errors without protection */

static void put_reply(uint8_t *data, size_t *length, enum ikev2_notify_type type) {
  struct ikev2_header header = {.exchange = IKEV2_IKE_SA_INIT, .flags = IKEV2_FLAG_RESPONSE};
  struct ikev2_composer composer;
  struct span_writer out;
  memcpy(header.spi_i, world.log[0].data, sizeof header.spi_i);
  span_writer_init(&out, data, NODE_DATAGRAM_MAX, NULL);
  ikev2_compose_message(&composer, &out, &header);
  ikev2_put_notify(&composer, IKEV2_PROTOCOL_NONE, type, NULL, 0);
  assert_int_equal(ikev2_compose_end(&composer), 0);
  *length = out.length;
}

/* They are believed only where nothing better comes. */
static void forged_error(void **state) {
  (void)state;
  for (int alone = 0; alone < 2; alone++) {
    const struct ikev2_world_config config = config_of(0);
    uint8_t data[NODE_DATAGRAM_MAX];
    size_t length;
    ikev2_world_init(&world, &config);
    world.fault = alone ? IKEV2_CUT_LINK : IKEV2_NO_FAULT;
    ikev2_world_run_to(&world, 1);
    put_reply(data, &length, IKEV2_N_NO_PROPOSAL_CHOSEN);
    ikev2_world_receive_octets(&world, IKEV2_INITIATOR, data, length);
    assert_int_equal(ikev2_world_state(&world, IKEV2_INITIATOR), IKEV2_NEGOTIATING);
    ikev2_world_run(&world);
    if (alone) {
      assert_string_equal(ikev2_reason(world.end[IKEV2_INITIATOR].ike), "ikev2-no-proposal");
      assert_int_equal(world.now_ns, 2 * NODE_SECOND);
    } else {
      check_all_well();
    }
    ikev2_world_deinit(&world);
  }
}

/* What a responder answers to an IKE_SA_INIT request that it can make nothing of. */
static const struct ikev2_world_datagram *answer_to(const struct ikev2_world_datagram *request) {
  const struct digest before = digest_of(IKEV2_RESPONDER);
  ikev2_world_receive(&world, request);
  assert_int_equal(written_by_responder(), 1);
  const struct digest after = digest_of(IKEV2_RESPONDER);
  assert_true(is_same(&before, &after));
  const struct ikev2_world_datagram *answer = &world.log[--world.count];
  world.log[world.count].under_way = false;
  assert_memory_equal(answer->data, request->data, IKEV2_SPI_LENGTH);
  return answer;
}

static void refused_requests(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(0);
  ikev2_world_init(&world, &config);
  ikev2_world_run_to(&world, 1);
  struct ikev2_message message;
  struct ikev2_fault fault;
  struct ikev2_notify notify;
  assert_true(ikev2_message_parse(world.log[0].data, world.log[0].length, &message, &fault));
  const size_t ke = ikev2_find(&message.chain, IKEV2_PAYLOAD_KE)->offset;
  const size_t nonce = ikev2_find(&message.chain, IKEV2_PAYLOAD_NONCE)->offset;

  /* a payload that nobody knows, and is critical, behind the nonce */
  struct ikev2_world_datagram request = world.log[0];
  request.data[nonce] = 200;
  const uint8_t unknown[] = {0, 0x80, 0, 4};
  memcpy(request.data + request.length, unknown, sizeof unknown);
  request.length += sizeof unknown;
  request.data[27] = (uint8_t)request.length;
  const struct ikev2_world_datagram *answer = answer_to(&request);
  assert_true(ikev2_message_parse(answer->data, answer->length, &message, &fault));
  assert_true(ikev2_find_error(&message.chain, &notify));
  assert_int_equal(notify.type, IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD);
  assert_int_equal(notify.data[0], 200);

  /* a proposal of one group, and a key of another */
  request = world.log[0];
  request.data[ke + 5] = IKEV2_GROUP_ECP_256;
  answer = answer_to(&request);
  assert_true(ikev2_message_parse(answer->data, answer->length, &message, &fault));
  assert_true(ikev2_find_error(&message.chain, &notify));
  assert_int_equal(notify.type, IKEV2_N_INVALID_KE_PAYLOAD);
  assert_int_equal(notify.data[1], IKEV2_GROUP_CURVE25519);

  /* a key whose secret would be zero: nothing is said */
  request = world.log[0];
  memset(request.data + ke + 8, 0, 32);
  check_dropped(IKEV2_RESPONDER, request.data, request.length);
  check_all_well();
  ikev2_world_deinit(&world);
}

/* The initiator takes no such key, either. */
static void zero_secret_of_responder(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(0);
  ikev2_world_init(&world, &config);
  ikev2_world_run_to(&world, 2);
  struct ikev2_world_datagram response = world.log[1];
  struct ikev2_message message;
  struct ikev2_fault fault;
  assert_true(ikev2_message_parse(response.data, response.length, &message, &fault));
  memset(response.data + ikev2_find(&message.chain, IKEV2_PAYLOAD_KE)->offset + 8, 0, 32);
  check_dropped(IKEV2_INITIATOR, response.data, response.length);
  check_all_well();
  ikev2_world_deinit(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(truncated),
      cmocka_unit_test(changed_under_protection),
      cmocka_unit_test(changed_in_clear),
      cmocka_unit_test(replayed_and_reflected),
      cmocka_unit_test(of_another_exchange),
      cmocka_unit_test(same_spi),
      cmocka_unit_test(flood),
      cmocka_unit_test(wrong_cookies),
      cmocka_unit_test(old_cookie),
      cmocka_unit_test(forged_cookies),
      cmocka_unit_test(forged_error),
      cmocka_unit_test(refused_requests),
      cmocka_unit_test(zero_secret_of_responder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
