/* Datagrams that a DTLS endpoint should not have got: replayed, reordered, forged, senseless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dtls/session.h"
#include "dtls_world.h"

enum {
  HANDSHAKE_MESSAGES = 6,
  WINDOW = 64, /* of the library's anti-replay */
  STATE_PEAK_MAX = 80000,
};

static struct dtls_world world;

static void hostile_start(void) {
  const struct dtls_world_config config = dtls_world_default();
  dtls_world_init(&world, &config);
}

static void hostile_start_established(void) {
  hostile_start();
  dtls_world_run(&world);
  assert_true(dtls_world_established(&world));
}

static int hostile_teardown(void **state) {
  (void)state;
  dtls_world_deinit(&world);
  memset(&world, 0, sizeof world);
  return 0;
}

static int hostile_receive(enum dtls_world_side to, const uint8_t *data, size_t length) {
  return dtls_world_receive(&world, to, data, length);
}

static int receive_again(const struct dtls_world_datagram *datagram) {
  return hostile_receive(!datagram->from, datagram->data, datagram->length);
}

/* Both directions carry data, and whatever it has got has not made an end say anything. */
static void assert_undisturbed(void) {
  const size_t sent = world.count;
  dtls_world_run(&world);
  assert_int_equal(world.count, sent);
  assert_true(dtls_world_established(&world));
  assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "step 7"));
  assert_true(dtls_world_transfer(&world, DTLS_SERVER, "step 8"));
  world.count = sent;
}

/* Records of an established session */

static void test_dtls_replay(void **state) {
  (void)state;
  hostile_start_established();
  for (int side = 0; side < 2; side++) {
    struct dtls_world_datagram *const record =
        dtls_world_protect(&world, (enum dtls_world_side)side, "once", 4);
    assert_int_equal(receive_again(record), 1);
    for (int i = 0; i < 3; i++)
      assert_int_equal(receive_again(record), 0);
    assert_int_equal(world.end[!side].got_count, 1);
  }
  assert_undisturbed();
}

/* In any order, but not once the window has moved past them. */
static void test_reordering(void **state) {
  enum { RECORDS = 40 };
  (void)state;
  hostile_start_established();
  for (uint8_t i = 0; i < RECORDS; i++)
    assert_non_null(dtls_world_protect(&world, DTLS_CLIENT, &i, 1));
  for (size_t i = 0; i < RECORDS; i++) {
    const size_t at = i * 7 % RECORDS;
    assert_int_equal(receive_again(&world.log[HANDSHAKE_MESSAGES + at]), 1);
    assert_int_equal(world.end[DTLS_SERVER].got[0], at);
  }
  for (size_t i = 0; i < RECORDS; i++)
    assert_int_equal(receive_again(&world.log[HANDSHAKE_MESSAGES + i]), 0);
  assert_undisturbed();
}

static void test_window(void **state) {
  (void)state;
  hostile_start_established();
  world.count = 0;
  struct dtls_world_datagram old[2];
  for (size_t i = 0; i < 2; i++)
    old[i] = *dtls_world_protect(&world, DTLS_CLIENT, "old", 3);
  for (size_t i = 2; i < WINDOW + 1; i++, world.count = 0)
    assert_int_equal(receive_again(dtls_world_protect(&world, DTLS_CLIENT, "new", 3)), 1);
  assert_int_equal(receive_again(&old[0]), 0);
  assert_int_equal(receive_again(&old[1]), 1);
  assert_undisturbed();
}

/* No bit of a record may differ. */
static void test_wrong_bits(void **state) {
  (void)state;
  hostile_start_established();
  for (int side = 0; side < 2; side++) {
    struct dtls_world_datagram *const record =
        dtls_world_protect(&world, (enum dtls_world_side)side, "some text", 9);
    const unsigned got = world.end[!side].got_count;
    for (size_t bit = 0; bit < 8 * record->length; bit++) {
      record->data[bit / 8] ^= (uint8_t)(1U << bit % 8);
      if (bit / 8 != 2) /* an older version of DTLS: not authenticated, and not looked at */
        assert_int_equal(receive_again(record), 0);
      record->data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t length = 0; length < record->length; length++)
      assert_int_equal(hostile_receive(!side, record->data, length), 0);
    assert_int_equal(world.end[!side].got_count, got);
    assert_int_equal(receive_again(record), 1);
  }
  assert_undisturbed();
}

static void test_wrong_sender(void **state) {
  (void)state;
  hostile_start_established();
  const struct dtls_world_datagram *const record =
      dtls_world_protect(&world, DTLS_CLIENT, "mirror", 6);
  assert_int_equal(hostile_receive(DTLS_CLIENT, record->data, record->length), 0);
  assert_int_equal(receive_again(record), 1);
  assert_undisturbed();
}

/* More than one record in a datagram, good ones and bad ones; what is behind a bad one is lost. */
static void test_many_records(void **state) {
  uint8_t data[NODE_DATAGRAM_MAX + 1] = {0};
  size_t length = 0;
  (void)state;
  hostile_start_established();
  for (uint8_t i = 0; i < 5; i++) {
    const struct dtls_world_datagram *const record = dtls_world_protect(&world, DTLS_CLIENT, &i, 1);
    memcpy(data + length, record->data, record->length);
    length += record->length;
  }
  data[length - 1] ^= 1;
  assert_int_equal(hostile_receive(DTLS_SERVER, data, length + 5), 4);
  data[length - 1] ^= 1;
  assert_int_equal(hostile_receive(DTLS_SERVER, data, NODE_DATAGRAM_MAX + 1), 0);
  assert_int_equal(hostile_receive(DTLS_SERVER, data, length), 1);
  assert_int_equal(world.end[DTLS_SERVER].got_count, 5);
  assert_undisturbed();
}

static void hostile_answer(void *context, const uint8_t *plain, size_t length) {
  assert_non_null(dtls_world_protect(context, DTLS_SERVER, plain, length));
}

static void test_protection_while_delivering(void **state) {
  (void)state;
  hostile_start_established();
  for (size_t i = 0; i < 3; i++) {
    const struct dtls_world_datagram *const request =
        dtls_world_protect(&world, DTLS_CLIENT, "echo", 4);
    assert_int_equal(dtls_receive(world.end[DTLS_SERVER].dtls, request->data, request->length,
                                  world.now_ns, hostile_answer, &world),
                     1);
    assert_int_equal(receive_again(&world.log[world.count - 1]), 1);
    assert_memory_equal(world.end[DTLS_CLIENT].got, "echo", 4);
  }
  assert_undisturbed();
}

/* Application data right behind the Finished, in one datagram. */
static void test_data_behind_finished(void **state) {
  (void)state;
  hostile_start();
  world.fault = DTLS_LOSE;
  world.fault_at = 5;
  while (world.count < HANDSHAKE_MESSAGES)
    dtls_world_step(&world);
  struct dtls_world_datagram *const finished = &world.log[5];
  const struct dtls_world_datagram *const data =
      dtls_world_protect(&world, DTLS_SERVER, "early", 5);
  memcpy(finished->data + finished->length, data->data, data->length);
  assert_int_equal(hostile_receive(DTLS_CLIENT, finished->data, finished->length + data->length),
                   1);
  assert_undisturbed();
}

/* What was before, and what is in clear */

static void replay_handshake(void) {
  for (size_t i = 0; i < HANDSHAKE_MESSAGES; i++)
    for (int side = 0; side < 2; side++)
      assert_int_equal(
          hostile_receive((enum dtls_world_side)side, world.log[i].data, world.log[i].length), 0);
}

/* What one datagram may cause */

static const char *hostile_why;
static unsigned hostile_discarded;

static void hostile_event(void *context, const struct node_event *event) {
  (void)context;
  if (event->type == NODE_EVENT_SECRET)
    return;
  assert_int_equal(event->type, NODE_EVENT_DISCARDED);
  hostile_why = event->label;
  hostile_discarded++;
}

static void hostile_listen(enum dtls_world_side side) {
  world.end[side].hooks.event = hostile_event;
  hostile_why = NULL;
  hostile_discarded = 0;
}

/* Records beyond the eighth are lost, as whole datagrams may be; and an event says so. */
static void test_records_of_a_datagram(void **state) {
  (void)state;
  for (size_t records = 7; records <= 10; records++) {
    uint8_t data[NODE_DATAGRAM_MAX];
    size_t length = 0;
    hostile_start_established();
    hostile_listen(DTLS_SERVER);
    for (uint8_t i = 0; i < records; i++) {
      const struct dtls_world_datagram *record = dtls_world_protect(&world, DTLS_CLIENT, &i, 1);
      memcpy(data + length, record->data, record->length);
      length += record->length;
      world.count--;
    }
    assert_int_equal(hostile_receive(DTLS_SERVER, data, length),
                     records > DTLS_RECORDS_MAX ? DTLS_RECORDS_MAX : (int)records);
    assert_int_equal(hostile_discarded, records > DTLS_RECORDS_MAX);
    if (records > DTLS_RECORDS_MAX)
      assert_string_equal(hostile_why, DTLS_TOO_MANY_RECORDS);
    assert_undisturbed();
    dtls_world_deinit(&world);
  }
  hostile_start();
}

/* A handshake with as many senseless records before each flight as fit with it in a datagram. */
static void test_records_before_a_flight(void **state) {
  static const uint8_t senseless[DTLS_RECORD_HEADER + 1] = {22, 0xfe, 0xfd, 0, 0, 0, 0,
                                                            0,  0,    0,    9, 0, 1};
  (void)state;
  for (size_t records = DTLS_RECORDS_MAX - 1; records <= DTLS_RECORDS_MAX; records++) {
    uint8_t data[NODE_DATAGRAM_MAX];
    const size_t before = records * sizeof senseless;
    hostile_start();
    hostile_listen(DTLS_SERVER);
    while (world.count < 1)
      dtls_world_step(&world);
    for (size_t i = 0; i < records; i++)
      memcpy(data + i * sizeof senseless, senseless, sizeof senseless);
    memcpy(data + before, world.log[0].data, world.log[0].length);
    assert_int_equal(hostile_receive(DTLS_SERVER, data, before + world.log[0].length), 0);
    assert_int_equal(hostile_discarded, records == DTLS_RECORDS_MAX);
    dtls_world_run(&world);
    assert_undisturbed();
    dtls_world_deinit(&world);
  }
  hostile_start();
}

/* Writes the handshake message of `record` anew, as one record for each of `fragments` parts. */
static size_t cut(const struct dtls_world_datagram *whole, size_t fragments, uint8_t *out) {
  enum { HEADS = DTLS_RECORD_HEADER + 12, FRAGMENT_OFFSET = 19, FRAGMENT_LENGTH = 22 };
  const size_t total = whole->length - HEADS;
  size_t length = 0;
  for (size_t i = 0, at = 0; i < fragments; i++) {
    const size_t part = i == fragments - 1 ? total - at : total / fragments;
    uint8_t *const record = out + length;
    memcpy(record, whole->data, HEADS);
    memcpy(record + HEADS, whole->data + HEADS + at, part);
    record[DTLS_RECORD_HEADER - 3] = (uint8_t)i; /* of the sequence number */
    record[DTLS_RECORD_HEADER - 1] = (uint8_t)(12 + part);
    record[FRAGMENT_OFFSET + 2] = (uint8_t)at;
    record[FRAGMENT_LENGTH + 2] = (uint8_t)part;
    length += HEADS + part;
    at += part;
  }
  return length;
}

/* It is told, and does no harm. */
static void test_client_hello_in_fragments(void **state) {
  (void)state;
  for (size_t fragments = 1; fragments <= 3; fragments++) {
    uint8_t data[NODE_DATAGRAM_MAX];
    hostile_start();
    hostile_listen(DTLS_SERVER);
    while (world.count < 1)
      dtls_world_step(&world);
    const size_t length = cut(&world.log[0], fragments, data);
    assert_int_equal(hostile_receive(DTLS_SERVER, data, length), 0);
    assert_int_equal(hostile_discarded, fragments > 1);
    if (fragments > 1)
      assert_string_equal(hostile_why, DTLS_HELLO_IN_FRAGMENTS);
    assert_int_equal(dtls_state(world.end[DTLS_SERVER].dtls), DTLS_HANDSHAKING);
    dtls_world_run(&world);
    assert_undisturbed();
    dtls_world_deinit(&world);
  }
  hostile_start();
}

/* Also the ClientHello with a valid cookie, which the library would begin anew with. */
static void test_old_handshake(void **state) {
  (void)state;
  hostile_start_established();
  replay_handshake(); /* the server has its contexts yet */
  assert_undisturbed();
  replay_handshake(); /* both are at rest */
  assert_undisturbed();
}

/* At rest, a datagram without a record of the session's epoch makes no work. */
static void test_no_work_for_clear_records(void **state) {
  (void)state;
  hostile_start_established();
  assert_undisturbed();
  for (int side = 0; side < 2; side++) {
    memset(world.end[side].cost, 0, sizeof world.end[side].cost);
    for (size_t i = 0; i < 4; i++)
      assert_int_equal(
          hostile_receive((enum dtls_world_side)side, world.log[i].data, world.log[i].length), 0);
    for (int i = 0; i < NODE_PRIMITIVE_COUNT; i++)
      assert_int_equal(world.end[side].cost[i], 0);
  }
}

/* The ClientHello with a valid cookie comes in one datagram with the Finished. */
static void test_hello_behind_finished(void **state) {
  (void)state;
  hostile_start();
  world.fault = DTLS_LOSE;
  world.fault_at = 4;
  while (world.count < 5)
    dtls_world_step(&world);
  struct dtls_world_datagram *const finished = &world.log[4];
  memcpy(finished->data + finished->length, world.log[2].data, world.log[2].length);
  assert_int_equal(
      hostile_receive(DTLS_SERVER, finished->data, finished->length + world.log[2].length), 0);
  dtls_world_run(&world);
  assert_undisturbed();
}

/* A client that has begun anew from the same port. */
static void test_new_client(void **state) {
  static struct dtls_world other;
  struct dtls_world_config config = dtls_world_default();
  (void)state;
  hostile_start_established();
  config.seed = 7;
  dtls_world_init(&other, &config);
  dtls_world_run(&other);
  for (size_t i = 0; i < other.count; i++)
    assert_int_equal(hostile_receive(!other.log[i].from, other.log[i].data, other.log[i].length),
                     0);
  dtls_world_deinit(&other);
  assert_undisturbed();
}

static void put_alert(uint8_t data[15], uint8_t epoch, uint8_t level, uint8_t description) {
  const uint8_t alert[15] = {21, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 1, 0, 0, 2, level, description};
  memcpy(data, alert, sizeof alert);
}

static void test_forged_alerts(void **state) {
  uint8_t data[15];
  (void)state;
  hostile_start_established();
  for (int rest = 0; rest < 2; rest++) {
    for (uint8_t epoch = 0; epoch < 3; epoch++)
      for (unsigned description = 0; description < 256; description++)
        for (uint8_t level = 1; level <= 2; level++)
          for (int side = 0; side < 2; side++) {
            put_alert(data, epoch, level, (uint8_t)description);
            assert_int_equal(hostile_receive((enum dtls_world_side)side, data, sizeof data), 0);
          }
    assert_undisturbed();
  }
}

/* Nothing is authenticated yet: a client must believe a fatal alert, of handshake_failure; not so a
 * server that has seen no ClientHello. */
static void test_alert_in_handshake(void **state) {
  uint8_t data[15];
  (void)state;
  hostile_start();
  put_alert(data, 0, 2, 40);
  assert_int_equal(hostile_receive(DTLS_SERVER, data, sizeof data), 0);
  assert_int_equal(dtls_state(world.end[DTLS_SERVER].dtls), DTLS_HANDSHAKING);
  assert_int_equal(hostile_receive(DTLS_CLIENT, data, sizeof data), 0);
  assert_int_equal(dtls_state(world.end[DTLS_CLIENT].dtls), DTLS_FAILED);
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), "dtls-no-common-suite");
  dtls_world_run(&world);
  assert_int_equal(world.count, 0);
}

/* Records in clear that are none, before anything was agreed upon. */
static void test_senseless_records_in_handshake(void **state) {
  static const uint8_t bodies[][4] = {
      {20, 2, 1, 1}, {20, 1, 2}, {21, 1, 2}, {22, 3, 2, 0}, {23, 1, 0}};
  (void)state;
  hostile_start();
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    uint8_t data[13 + 3] = {bodies[i][0], 0xfe, 0xfd};
    data[10] = (uint8_t)(i + 10); /* numbers that the server does not use */
    data[12] = bodies[i][1];
    memcpy(data + 13, bodies[i] + 2, 2);
    assert_int_equal(hostile_receive(DTLS_CLIENT, data, 13U + bodies[i][1]), 0);
  }
  dtls_world_run(&world);
  assert_int_equal(world.count, HANDSHAKE_MESSAGES);
  assert_undisturbed();
}

/* Alerts that the remote has authenticated */

static void test_close(void **state) {
  (void)state;
  hostile_start_established();
  assert_int_equal(mbedtls_ssl_close_notify(&world.end[DTLS_SERVER].dtls->library->ssl), 0);
  dtls_world_run(&world);
  assert_string_equal(world.log[6].label, "DTLS alert");
  assert_int_equal(world.log[6].length, 2 + DTLS_RECORD_OVERHEAD);
  assert_int_equal(world.log[6].spans.item[2].row, ROW_DTLS_ALERT);
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), "dtls-closed");
  assert_null(dtls_world_protect(&world, DTLS_CLIENT, "x", 1));
}

static void test_fatal_alert(void **state) {
  (void)state;
  hostile_start_established();
  assert_int_equal(mbedtls_ssl_send_alert_message(&world.end[DTLS_SERVER].dtls->library->ssl,
                                                  MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                                  MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR),
                   0);
  dtls_world_run(&world);
  assert_string_equal(dtls_reason(world.end[DTLS_CLIENT].dtls), "dtls-alert");
}

static void test_warning_and_empty_record(void **state) {
  (void)state;
  hostile_start_established();
  mbedtls_ssl_context *const ssl = &world.end[DTLS_SERVER].dtls->library->ssl;
  assert_int_equal(mbedtls_ssl_send_alert_message(ssl, MBEDTLS_SSL_ALERT_LEVEL_WARNING,
                                                  MBEDTLS_SSL_ALERT_MSG_USER_CANCELED),
                   0);
  assert_int_equal(mbedtls_ssl_write(ssl, (const uint8_t *)"", 0), 0);
  dtls_world_run(&world);
  assert_int_equal(world.count, 8);
  assert_int_equal(world.end[DTLS_CLIENT].got_count, 0);
  assert_undisturbed();
}

/* Senseless octets */

static size_t mutate(struct seeded *seeded, uint8_t data[NODE_DATAGRAM_MAX]) {
  const struct dtls_world_datagram *const from =
      &world.log[seeded_below(seeded, HANDSHAKE_MESSAGES)];
  size_t length = from->length;
  memcpy(data, from->data, length);
  for (uint32_t changes = seeded_below(seeded, 6); changes > 0; changes--)
    data[seeded_below(seeded, (uint32_t)length)] = (uint8_t)seeded_below(seeded, 256);
  if (seeded_below(seeded, 4) == 0)
    length = seeded_below(seeded, (uint32_t)length + 1);
  if (seeded_below(seeded, 4) == 0) /* shorter or longer inside, and whole as a record */
    data[12] = (uint8_t)(length - 13);
  return length;
}

static void test_senseless_when_established(void **state) {
  struct seeded seeded = {.state = 77};
  uint8_t data[NODE_DATAGRAM_MAX];
  (void)state;
  hostile_start_established();
  for (int i = 0; i < 20000; i++) {
    const size_t length = mutate(&seeded, data);
    if (i % 1000 == 999)
      assert_undisturbed();
    assert_int_equal(hostile_receive((enum dtls_world_side)(i % 2), data, length), 0);
  }
  for (int i = 0; i < 5000; i++) {
    const size_t length = seeded_below(&seeded, NODE_DATAGRAM_MAX);
    seeded_bytes(&seeded, data, length);
    assert_int_equal(hostile_receive((enum dtls_world_side)(i % 2), data, length), 0);
  }
  assert_undisturbed();
}

/* A server that has answered none is not to be stopped, whatever comes. */
static void test_senseless_instead_of_hello(void **state) {
  struct seeded seeded = {.state = 78};
  uint8_t data[NODE_DATAGRAM_MAX];
  (void)state;
  hostile_start_established(); /* for its datagrams */
  const struct dtls_world_config config = dtls_world_default();
  struct dtls *const server =
      dtls_create(&config.end[DTLS_SERVER], &world.end[DTLS_SERVER].hooks, 0);
  for (int i = 0; i < 20000; i++) {
    const size_t length = mutate(&seeded, data);
    assert_int_equal(dtls_receive(server, data, length, 0, NULL, NULL), 0);
    assert_int_equal(dtls_state(server), DTLS_HANDSHAKING);
    assert_true(dtls_expiry(server) == NODE_NEVER);
    assert_in_range(dtls_state_bytes(server), 1, STATE_PEAK_MAX);
  }
  dtls_destroy(world.end[DTLS_SERVER].dtls);
  dtls_destroy(world.end[DTLS_CLIENT].dtls);
  dtls_queue_clear(server, false);
  world.end[DTLS_SERVER].dtls = server;
  world.end[DTLS_CLIENT].dtls =
      dtls_create(&config.end[DTLS_CLIENT], &world.end[DTLS_CLIENT].hooks, 0);
  world.count = 0;
  dtls_world_run(&world);
  assert_int_equal(world.count, HANDSHAKE_MESSAGES);
  assert_undisturbed();
}

/* In the midst of handshakes: no more than that they may fail. */
static void test_senseless_in_handshake(void **state) {
  struct seeded seeded = {.state = 79};
  uint8_t data[NODE_DATAGRAM_MAX];
  unsigned established = 0;
  (void)state;
  for (size_t i = 0; i < 2000; i++) {
    hostile_start();
    while (world.count < i % HANDSHAKE_MESSAGES + 1)
      dtls_world_step(&world);
    for (size_t j = 0; j < 3; j++) {
      const struct dtls_world_datagram *const from =
          &world.log[seeded_below(&seeded, (uint32_t)world.count)];
      memcpy(data, from->data, from->length);
      data[seeded_below(&seeded, (uint32_t)from->length)] ^=
          (uint8_t)(1 + seeded_below(&seeded, 255));
      assert_int_equal(hostile_receive(!from->from, data, from->length), 0);
    }
    dtls_world_run(&world);
    established += dtls_world_established(&world);
    if (dtls_world_established(&world))
      assert_true(dtls_world_transfer(&world, DTLS_CLIENT, "step 7"));
    else
      assert_int_equal(world.end[DTLS_SERVER].got_count, 0);
    for (int side = 0; side < 2; side++)
      assert_in_range(dtls_state_bytes_peak(world.end[side].dtls), 1, STATE_PEAK_MAX);
    dtls_world_deinit(&world);
  }
  print_message("%u of 2000 handshakes established\n", established);
  assert_in_range(established, 500, 2000);
  hostile_start();
}

/* Announced messages of 16 kB make the library set memory apart; it has a limit. */
static void test_dtls_memory(void **state) {
  (void)state;
  hostile_start();
  for (uint8_t i = 0; i < 64; i++) {
    uint8_t data[13 + 12 + 100] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, i, 0, 12 + 100};
    uint8_t *const handshake = data + 13;
    handshake[0] = 2;
    handshake[1] = 0;
    handshake[2] = 0x3e;
    handshake[5] = i % 4;
    handshake[11] = 100;
    assert_int_equal(hostile_receive(DTLS_CLIENT, data, sizeof data), 0);
  }
  assert_in_range(dtls_state_bytes_peak(world.end[DTLS_CLIENT].dtls), 50000, STATE_PEAK_MAX);
}

static void never_delivered(void *context, const uint8_t *plain, size_t length) {
  (void)context;
  (void)plain;
  (void)length;
  fail();
}

/* A server that shares the secret takes up what another has begun; before, it has nothing to keep.
 */
static void test_cookie_of_another_endpoint(void **state) {
  static const uint8_t secret[DTLS_COOKIE_SECRET] = {1, 2, 3};
  (void)state;
  for (int shared = 0; shared < 2; shared++) {
    struct dtls_world_config config = dtls_world_default();
    config.end[DTLS_SERVER].cookie = true;
    config.end[DTLS_SERVER].cookie_secret = shared ? secret : NULL;
    dtls_world_init(&world, &config);
    while (world.count < 3)
      assert_true(dtls_world_step(&world));
    const struct dtls_world_datagram *hello = &world.log[2];
    assert_string_equal(hello->label, "DTLS ClientHello, cookie");
    assert_false(dtls_has_begun(world.end[DTLS_SERVER].dtls));
    struct dtls *other =
        dtls_create(&config.end[DTLS_SERVER], &world.end[DTLS_SERVER].hooks, world.now_ns);
    assert_int_equal(
        dtls_receive(other, hello->data, hello->length, world.now_ns, never_delivered, NULL), 0);
    assert_int_equal(dtls_has_begun(other), shared);
    dtls_destroy(other);
    dtls_world_run(&world);
    assert_true(dtls_world_established(&world));
    assert_true(dtls_has_begun(world.end[DTLS_SERVER].dtls));
    dtls_world_deinit(&world);
  }
}

int main(void) {
#define TEST(test) cmocka_unit_test_teardown(test, hostile_teardown)
  static const struct CMUnitTest tests[] = {
      TEST(test_dtls_replay),
      TEST(test_reordering),
      TEST(test_window),
      TEST(test_wrong_bits),
      TEST(test_wrong_sender),
      TEST(test_many_records),
      TEST(test_protection_while_delivering),
      TEST(test_data_behind_finished),
      TEST(test_records_of_a_datagram),
      TEST(test_records_before_a_flight),
      TEST(test_client_hello_in_fragments),
      TEST(test_old_handshake),
      TEST(test_no_work_for_clear_records),
      TEST(test_hello_behind_finished),
      TEST(test_new_client),
      TEST(test_forged_alerts),
      TEST(test_alert_in_handshake),
      TEST(test_senseless_records_in_handshake),
      TEST(test_close),
      TEST(test_fatal_alert),
      TEST(test_warning_and_empty_record),
      TEST(test_senseless_when_established),
      TEST(test_senseless_instead_of_hello),
      TEST(test_senseless_in_handshake),
      TEST(test_dtls_memory),
      cmocka_unit_test(test_cookie_of_another_endpoint),
  };
  return cmocka_run_group_tests_name("dtls_hostile", tests, NULL, NULL);
}
