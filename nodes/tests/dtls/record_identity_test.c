/* The PSK identity that a datagram of a handshake names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dtls/record.h"
#include "dtls_world.h"

enum { KEY_EXCHANGE = 4, MESSAGES = 6, RECORD_LENGTH = 13 + 12 + 2 + 13 };

static const char IDENTITY[] = "tfg-user-test";

/* Looks into a copy that ends where it ends; the place of what was found, or -1. */
static long find(const uint8_t *data, size_t length, size_t *identity_length) {
  uint8_t *const exact = malloc(length == 0 ? 1 : length);
  memcpy(exact, data, length);
  const uint8_t *const identity = dtls_record_identity(exact, length, identity_length);
  const long at = identity == NULL ? -1 : (long)(identity - exact);
  if (at >= 0) {
    assert_in_range(*identity_length, 1, NODE_IDENTITY_MAX);
    assert_true((size_t)at + *identity_length <= length);
  }
  free(exact);
  return at;
}

static bool finds(const uint8_t *data, size_t length, const char *expected) {
  size_t found;
  const long at = find(data, length, &found);
  return at >= 0 && found == strlen(expected) && memcmp(data + at, expected, found) == 0;
}

static bool finds_none(const uint8_t *data, size_t length) {
  size_t found;
  return find(data, length, &found) < 0;
}

/* Datagrams that were sent */

static const struct dtls_world *handshake(void) {
  static struct dtls_world world;
  const struct dtls_world_config config = dtls_world_default();
  dtls_world_init(&world, &config);
  dtls_world_run(&world);
  assert_true(dtls_world_established(&world));
  assert_int_equal(world.count, MESSAGES);
  assert_non_null(dtls_world_protect(&world, DTLS_CLIENT, "request", 7));
  dtls_world_deinit(&world);
  return &world;
}

static void test_handshake(void **state) {
  const struct dtls_world *const world = handshake();
  (void)state;
  for (size_t i = 0; i < world->count; i++)
    assert_int_equal(finds(world->log[i].data, world->log[i].length, IDENTITY), i == KEY_EXCHANGE);
  for (size_t i = 0; i < world->count; i++)
    assert_int_equal(finds_none(world->log[i].data, world->log[i].length), i != KEY_EXCHANGE);
}

/* It is there as soon as its record is. */
static void test_truncated(void **state) {
  const struct dtls_world_datagram *const sent = &handshake()->log[KEY_EXCHANGE];
  (void)state;
  for (size_t length = 0; length <= sent->length; length++)
    assert_int_equal(!finds_none(sent->data, length), length >= RECORD_LENGTH);
}

/* Of the identity, any bit: another identity. Of all lengths in front of it, and of what says that
 * it is one: none. */
static void test_bits(void **state) {
  struct dtls_world_datagram sent = handshake()->log[KEY_EXCHANGE];
  size_t found, others = 0, none = 0;
  (void)state;
  for (size_t bit = 0; bit < 8 * sent.length; bit++) {
    sent.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    if (find(sent.data, sent.length, &found) < 0)
      none++;
    else if (!finds(sent.data, sent.length, IDENTITY))
      others++;
    sent.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
  }
  assert_int_equal(others, 8 * strlen(IDENTITY));
  /* record: type, epoch, and length where it is less or too much (not 4, 32 and 64 more, which are
   * behind the message); message: type, length, fragment length; and the identity's own length */
  assert_int_equal(none, 8 + 16 + 13 + 8 + 24 + 24 + 16);
}

/* Datagrams that nobody of ours sends */

struct datagram {
  uint8_t data[1500];
  size_t length;
  size_t record; /* where the last begins */
};

static void put(struct datagram *to, const void *octets, size_t length) {
  assert_in_range(to->length + length, 0, sizeof to->data);
  memcpy(to->data + to->length, octets, length);
  to->length += length;
}

static void begin_record(struct datagram *to, uint8_t type, uint8_t epoch) {
  const uint8_t header[13] = {type, 0xfe, 0xfd, 0, epoch};
  to->record = to->length;
  put(to, header, sizeof header);
}

static void end_record(struct datagram *to) {
  const size_t length = to->length - to->record - 13;
  to->data[to->record + 11] = (uint8_t)(length >> 8);
  to->data[to->record + 12] = (uint8_t)length;
}

/* `left`: what of the message comes in other fragments. */
static void put_message(struct datagram *to, uint8_t type, const void *body, size_t length,
                        size_t left) {
  const size_t all = length + left;
  const uint8_t header[12] = {type, [2] = (uint8_t)(all >> 8),
                              (uint8_t)all, [10] = (uint8_t)(length >> 8), (uint8_t)length};
  put(to, header, sizeof header);
  put(to, body, length);
}

static struct datagram of_record(uint8_t type, uint8_t epoch, const void *body, size_t length,
                                 size_t left) {
  struct datagram datagram = {.length = 0};
  begin_record(&datagram, type, epoch);
  put_message(&datagram, 16, body, length, left);
  end_record(&datagram);
  return datagram;
}

static void test_rows(void **state) {
  static const struct {
    const char *what;
    uint8_t type, epoch;
    uint8_t body[8];
    size_t length, left;
    const char *identity; /* NULL: none is found */
  } rows[] = {
      {"one", 22, 0, {0, 2, 'u', 'e'}, 4, 0, "ue"},
      {"the shortest", 22, 0, {0, 1, 'u'}, 3, 0, "u"},
      {"of no octets", 22, 0, {0, 0}, 2, 0, NULL},
      {"without a length", 22, 0, {0}, 1, 0, NULL},
      {"of nothing", 22, 0, {0}, 0, 0, NULL},
      {"longer than its message", 22, 0, {0, 3, 'u', 'e'}, 4, 0, NULL},
      {"shorter than its message", 22, 0, {0, 1, 'u', 'e'}, 4, 0, NULL},
      {"in fragments", 22, 0, {0, 2, 'u', 'e'}, 4, 1, NULL},
      {"protected", 22, 1, {0, 2, 'u', 'e'}, 4, 0, NULL},
      {"of another epoch", 22, 2, {0, 2, 'u', 'e'}, 4, 0, NULL},
      {"application data", 23, 0, {0, 2, 'u', 'e'}, 4, 0, NULL},
      {"an alert", 21, 0, {0, 2, 'u', 'e'}, 4, 0, NULL},
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct datagram datagram =
        of_record(rows[i].type, rows[i].epoch, rows[i].body, rows[i].length, rows[i].left);
    if (rows[i].identity == NULL ? !finds_none(datagram.data, datagram.length)
                                 : !finds(datagram.data, datagram.length, rows[i].identity))
      fail_msg("%s", rows[i].what);
  }
}

static void test_length(void **state) {
  (void)state;
  for (size_t length = NODE_IDENTITY_MAX - 1; length <= NODE_IDENTITY_MAX + 8; length++) {
    uint8_t body[2 + NODE_IDENTITY_MAX + 8];
    memset(body, 'x', sizeof body);
    body[0] = (uint8_t)(length >> 8);
    body[1] = (uint8_t)length;
    const struct datagram datagram = of_record(22, 0, body, 2 + length, 0);
    assert_int_equal(finds_none(datagram.data, datagram.length), length > NODE_IDENTITY_MAX);
  }
}

/* Behind other messages of its record, a fragment among them, and behind other records; the first
 * of two. */
static void test_company(void **state) {
  struct datagram datagram = {.length = 0};
  (void)state;
  begin_record(&datagram, 22, 1);
  put_message(&datagram, 16, "\0\2no", 4, 0);
  end_record(&datagram);
  begin_record(&datagram, 20, 0);
  put(&datagram, "\1", 1);
  end_record(&datagram);
  begin_record(&datagram, 22, 0);
  put_message(&datagram, 11, "certificate", 11, 0);
  put_message(&datagram, 16, "\0\2xx", 4, 9);
  put_message(&datagram, 16, "\0\2ue", 4, 0);
  end_record(&datagram);
  begin_record(&datagram, 22, 0);
  put_message(&datagram, 16, "\0\5other", 7, 0);
  end_record(&datagram);
  assert_true(finds(datagram.data, datagram.length, "ue"));
}

/* A message that is cut off hides what is behind it in its record, not the next record. */
static void test_cut_off_message(void **state) {
  struct datagram datagram = {.length = 0};
  (void)state;
  begin_record(&datagram, 22, 0);
  put_message(&datagram, 11, "certificate", 11, 0);
  datagram.data[datagram.record + 13 + 9] = 1; /* 65536 octets more */
  put_message(&datagram, 16, "\0\2no", 4, 0);
  end_record(&datagram);
  assert_true(finds_none(datagram.data, datagram.length));
  begin_record(&datagram, 22, 0);
  put_message(&datagram, 16, "\0\2ue", 4, 0);
  end_record(&datagram);
  assert_true(finds(datagram.data, datagram.length, "ue"));
}

/* As an endpoint does not look at it. */
static void test_too_many_records(void **state) {
  (void)state;
  for (unsigned before = 0; before <= DTLS_RECORDS_MAX; before++) {
    struct datagram datagram = {.length = 0};
    for (unsigned i = 0; i <= before; i++) {
      begin_record(&datagram, 22, 0);
      put_message(&datagram, i == before ? 16 : 11, "\0\2ue", 4, 0);
      end_record(&datagram);
    }
    assert_int_equal(finds_none(datagram.data, datagram.length), before >= DTLS_RECORDS_MAX);
  }
}

static void test_random(void **state) {
  struct seeded seeded = {.state = 19};
  const struct dtls_world_datagram *const sent = &handshake()->log[KEY_EXCHANGE];
  size_t found, hits = 0;
  (void)state;
  for (unsigned round = 0; round < 100000; round++) {
    uint8_t data[sizeof sent->data];
    memcpy(data, sent->data, sent->length);
    for (unsigned i = seeded_below(&seeded, 4); i > 0; i--)
      data[seeded_below(&seeded, RECORD_LENGTH)] = (uint8_t)seeded_below(&seeded, 256);
    hits += find(data, seeded_below(&seeded, (uint32_t)sent->length + 1), &found) >= 0;
  }
  assert_in_range(hits, 10000, 90000);
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_handshake),
      cmocka_unit_test(test_truncated),
      cmocka_unit_test(test_bits),
      cmocka_unit_test(test_rows),
      cmocka_unit_test(test_length),
      cmocka_unit_test(test_company),
      cmocka_unit_test(test_cut_off_message),
      cmocka_unit_test(test_too_many_records),
      cmocka_unit_test(test_random),
  };
  return cmocka_run_group_tests_name("record_identity", tests, NULL, NULL);
}
