/* The RADIUS client: Identifiers and ports, those that wait, retransmission, which answers count.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "radius/client.h"
#include "seeded.h"

enum { EXCHANGES = 600 };

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};

struct client_world {
  struct seeded seeded;
  struct node_hooks hooks;
  struct radius_client client;
  struct radius_exchange exchanges[EXCHANGES];
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram; /* the last that was written */
  uint64_t now_ns;
};

static struct client_world world;

static const struct radius_client_config CONFIG = {.local = {.ip = {1}, .port = 50000},
                                                   .port_count = 2,
                                                   .server = {.ip = {2}, .port = 1812},
                                                   .secret = {(const uint8_t *)"radius", 6},
                                                   .nas_identifier = "nas"};

static int client_set_up(void **state) {
  (void)state;
  memset(&world, 0, sizeof world);
  world.seeded.state = 11;
  world.hooks = (struct node_hooks){.context = &world.seeded, .random = seeded_bytes};
  assert_true(radius_client_init(&world.client, &CONFIG, &world.hooks));
  return 0;
}

static int client_tear_down(void **state) {
  (void)state;
  for (size_t i = 0; i < EXCHANGES; i++)
    radius_client_cancel(&world.client, &world.exchanges[i]);
  radius_client_deinit(&world.client);
  return 0;
}

static void client_send(size_t number) {
  struct span_writer out;
  radius_client_compose(&world.client, (const uint8_t *)"user", 4, &out);
  radius_add_eap(&out, (const uint8_t *)&number, sizeof number);
  assert_int_equal(radius_client_send(&world.client, &world.exchanges[number], &out), 0);
}

/* Writes one datagram; false if there is none. */
static bool write_one(void) {
  struct node_datagram datagram = {.data = world.data, .capacity = sizeof world.data};
  const int result = radius_client_write(&world.client, &datagram, world.now_ns);
  assert_in_range(result, 0, 1);
  if (result == 1)
    world.datagram = datagram;
  return result == 1;
}

/* Which exchange the written request belongs to. */
static size_t client_written(void) {
  struct radius_packet packet;
  uint8_t eap[sizeof(size_t)];
  size_t number;
  assert_int_equal(radius_packet_parse(world.datagram.data, world.datagram.length, &packet), 0);
  assert_null(radius_request_check(&packet, &SECRET));
  assert_int_equal(radius_eap_join(&packet, eap, sizeof eap), sizeof number);
  memcpy(&number, eap, sizeof number);
  return number;
}

/* An answer to the written request. */
static struct node_datagram client_answer(uint8_t code, uint8_t data[NODE_DATAGRAM_MAX]) {
  struct span_writer out;
  span_writer_init(&out, data, NODE_DATAGRAM_MAX, NULL);
  radius_begin(&out, code, world.data[1]);
  assert_int_equal(radius_response_seal(&out, world.data + 4, &SECRET), 0);
  return (struct node_datagram){.source = world.datagram.destination,
                                .destination = world.datagram.source,
                                .data = data,
                                .length = out.length};
}

static void a_request(void **state) {
  (void)state;
  client_send(0);
  assert_true(write_one());
  struct radius_packet packet;
  struct radius_attribute attribute;
  assert_int_equal(radius_packet_parse(world.data, world.datagram.length, &packet), 0);
  assert_int_equal(packet.code, RADIUS_ACCESS_REQUEST);
  assert_string_equal(world.datagram.label, "Access-Request");
  assert_true(node_address_equal(&world.datagram.source, &CONFIG.local));
  assert_true(node_address_equal(&world.datagram.destination, &CONFIG.server));
  assert_true(radius_attribute_find(&packet, RADIUS_USER_NAME, &attribute));
  assert_memory_equal(attribute.value, "user", 4);
  assert_true(radius_attribute_find(&packet, RADIUS_NAS_IDENTIFIER, &attribute));
  assert_memory_equal(attribute.value, "nas", 3);
  uint32_t mtu = 0;
  assert_true(radius_attribute_number(&packet, RADIUS_FRAMED_MTU, &mtu));
  assert_int_equal(mtu, 1020);
  assert_false(write_one());
}

/* Two ports carry 512; the others wait, and follow in order, each as an answer makes room. */
static void identifiers(void **state) {
  (void)state;
  bool used[2][256] = {0};
  uint8_t last[NODE_DATAGRAM_MAX], data[NODE_DATAGRAM_MAX];
  for (size_t i = 0; i < EXCHANGES; i++)
    client_send(i);
  for (size_t i = 0; i < 512; i++) {
    assert_true(write_one());
    assert_int_equal(client_written(), i);
    bool *slot = &used[world.datagram.source.port - 50000][world.data[1]];
    assert_false(*slot);
    *slot = true;
    assert_true(i == 0 || memcmp(last + 4, world.data + 4, 16) != 0);
    memcpy(last, world.data, sizeof last);
  }
  assert_false(write_one());
  assert_int_equal(world.client.load.requests, 512);
  assert_int_equal(world.client.load.outstanding_peak, 512);
  assert_int_equal(world.client.load.waiting_peak, EXCHANGES - 512);
  radius_client_cancel(&world.client, &world.exchanges[EXCHANGES - 1]); /* one that waits */
  for (size_t i = 512; i < EXCHANGES - 1; i++) {
    struct radius_packet packet;
    const char *why;
    const struct node_datagram datagram = client_answer(RADIUS_ACCESS_CHALLENGE, data);
    struct radius_exchange *ended = radius_client_receive(&world.client, &datagram, &packet, &why);
    assert_ptr_equal(ended, &world.exchanges[i - 1]);
    assert_int_equal(ended->phase, RADIUS_IDLE);
    assert_true(write_one());
    assert_int_equal(client_written(), i);
    assert_false(write_one());
  }
}

/* A new request takes the Identifier that was used longest ago. */
static void identifiers_in_turn(void **state) {
  (void)state;
  uint8_t data[NODE_DATAGRAM_MAX];
  for (unsigned i = 0; i < 1100; i++) {
    struct radius_packet packet;
    const char *why;
    client_send(0);
    assert_true(write_one());
    assert_int_equal(world.data[1], i % 256);
    assert_int_equal(world.datagram.source.port, 50000 + i / 256 % 2);
    const struct node_datagram datagram = client_answer(RADIUS_ACCESS_REJECT, data);
    assert_non_null(radius_client_receive(&world.client, &datagram, &packet, &why));
    assert_null(radius_client_receive(&world.client, &datagram, &packet, &why));
    assert_string_equal(why, "answer to no outstanding request");
    assert_true(radius_client_expiry(&world.client) == NODE_NEVER);
  }
}

/* An Identifier that is given back is the last to be taken again, also where others are kept. */
static void identifiers_that_are_kept(void **state) {
  (void)state;
  uint8_t data[NODE_DATAGRAM_MAX];
  for (size_t i = 0; i < 511; i++) {
    client_send(i);
    assert_true(write_one());
  }
  for (size_t i = 0; i < 1000; i++) { /* one Identifier is free, and now the other */
    struct radius_packet packet;
    const char *why;
    client_send(511);
    assert_true(write_one());
    assert_int_equal(world.data[1], 255 - i % 2);
    assert_int_equal(world.datagram.source.port, 50001);
    if (i == 0)
      radius_client_cancel(&world.client, &world.exchanges[510]);
    const struct node_datagram datagram = client_answer(RADIUS_ACCESS_REJECT, data);
    assert_non_null(radius_client_receive(&world.client, &datagram, &packet, &why));
  }
  assert_int_equal(world.client.load.requests, 1511);
  assert_int_equal(world.client.load.retransmissions, 0);
  assert_int_equal(world.client.load.outstanding_peak, 512);
  assert_int_equal(world.client.load.waiting_peak, 0);
}

static void assert_interval(unsigned copy, uint64_t interval_ns, uint64_t previous_ns) {
  if (copy == 1)
    assert_in_range(interval_ns, 1800 * NODE_MS, 2200 * NODE_MS);
  else if (copy == 4) /* the longest there is */
    assert_in_range(interval_ns, 12300 * NODE_MS, 17600 * NODE_MS);
  else
    assert_in_range(interval_ns, previous_ns * 19 / 10, previous_ns * 21 / 10);
}

/* Until it is given up; the same octets, and RFC 5080's intervals. */
static void run_to_the_end(unsigned *copies) {
  uint8_t first[NODE_DATAGRAM_MAX];
  const uint64_t start_ns = world.now_ns;
  uint64_t last_ns = start_ns, interval_ns = 0;
  const struct radius_exchange *silent;
  *copies = 0;
  do {
    while (write_one()) {
      assert_int_equal(world.datagram.copy, *copies);
      if (*copies == 0)
        memcpy(first, world.data, sizeof first);
      else
        assert_interval(*copies, world.now_ns - last_ns, interval_ns);
      assert_memory_equal(first, world.data, world.datagram.length);
      assert_int_equal(span_list_length(&world.datagram.spans), world.datagram.length);
      assert_true(world.exchanges[0].interval_ns <= 17600 * NODE_MS);
      interval_ns = world.now_ns - last_ns;
      last_ns = world.now_ns;
      ++*copies;
    }
    world.now_ns = radius_client_expiry(&world.client);
    assert_null(radius_client_handle_expiry(&world.client, world.now_ns - 1));
    silent = radius_client_handle_expiry(&world.client, world.now_ns);
  } while (silent == NULL);
  assert_ptr_equal(silent, &world.exchanges[0]);
  assert_int_equal(silent->phase, RADIUS_IDLE);
  assert_true(world.now_ns - start_ns == 30 * NODE_SECOND);
}

static void retransmission(void **state) {
  (void)state;
  unsigned runs_with[6] = {0};
  for (unsigned run = 0; run < 200; run++) {
    unsigned copies;
    client_send(0);
    run_to_the_end(&copies);
    assert_in_range(copies, 4, 5);
    runs_with[copies]++;
    assert_false(write_one());
  }
  assert_int_equal(world.client.load.requests, 200);
  assert_int_equal(world.client.load.retransmissions, 3 * runs_with[4] + 4 * runs_with[5]);
  assert_true(runs_with[4] > 20 && runs_with[5] > 20); /* the fifth is due after about 30 s */
}

/* Answers that are none: each leaves the exchange as it was. */
static void answers_that_do_not_count(void **state) {
  (void)state;
  uint8_t data[NODE_DATAGRAM_MAX];
  static const struct {
    const char *why;
    uint8_t code;
    size_t flip; /* octet to change, or SIZE_MAX */
    uint16_t server_port, our_port;
    size_t cut;
  } table[] = {
      {"not from the AAA server", RADIUS_ACCESS_ACCEPT, SIZE_MAX, 1813, 50000, 0},
      {"answer to no outstanding request", RADIUS_ACCESS_ACCEPT, SIZE_MAX, 1812, 50001, 0},
      {"answer to no outstanding request", RADIUS_ACCESS_ACCEPT, 1, 1812, 50000, 0},
      {"malformed RADIUS packet", RADIUS_ACCESS_ACCEPT, SIZE_MAX, 1812, 50000, 1},
      {"RADIUS code that is no answer", RADIUS_ACCESS_REQUEST, SIZE_MAX, 1812, 50000, 0},
      {"RADIUS code that is no answer", 5, SIZE_MAX, 1812, 50000, 0},
      {"wrong Response Authenticator", RADIUS_ACCESS_ACCEPT, 4, 1812, 50000, 0},
      {"wrong Response Authenticator", RADIUS_ACCESS_ACCEPT, 30, 1812, 50000, 0},
      {NULL, RADIUS_ACCESS_ACCEPT, SIZE_MAX, 1812, 50000, 0},
  };
  client_send(0);
  struct radius_packet packet;
  const char *why;
  assert_true(write_one());
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct node_datagram datagram = client_answer(table[i].code, data);
    datagram.source.port = table[i].server_port;
    datagram.destination.port = table[i].our_port;
    datagram.length -= table[i].cut;
    if (table[i].flip != SIZE_MAX)
      data[table[i].flip] ^= 1;
    assert_true(radius_client_is_for(&world.client, &datagram.destination));
    struct radius_exchange *ended = radius_client_receive(&world.client, &datagram, &packet, &why);
    assert_int_equal(ended == NULL, table[i].why != NULL);
    if (ended == NULL)
      assert_string_equal(why, table[i].why);
  }
}

/* Nobody can answer what was not sent yet. */
static void an_answer_before_the_departure(void **state) {
  (void)state;
  uint8_t data[NODE_DATAGRAM_MAX];
  struct radius_packet packet;
  const char *why;
  client_send(0);
  memcpy(world.data, world.exchanges[0].request.data, world.exchanges[0].request.length);
  world.datagram = (struct node_datagram){.source = CONFIG.local, .destination = CONFIG.server};
  const struct node_datagram datagram = client_answer(RADIUS_ACCESS_ACCEPT, data);
  assert_null(radius_client_receive(&world.client, &datagram, &packet, &why));
}

static void cancelled(void **state) {
  (void)state;
  client_send(0);
  client_send(1);
  client_send(2);
  radius_client_cancel(&world.client, &world.exchanges[1]); /* before its departure */
  assert_true(write_one());
  assert_int_equal(client_written(), 0);
  radius_client_cancel(&world.client, &world.exchanges[0]);
  assert_true(write_one());
  assert_int_equal(client_written(), 2);
  assert_false(write_one());
  radius_client_cancel(&world.client, &world.exchanges[2]);
  radius_client_cancel(&world.client, &world.exchanges[2]);
  assert_true(radius_client_expiry(&world.client) == NODE_NEVER);
  assert_null(radius_client_handle_expiry(&world.client, NODE_NEVER - 1));
}

static void ports(void **state) {
  (void)state;
  static const struct {
    uint16_t port;
    bool ours;
  } table[] = {{0, false}, {49999, false}, {50000, true}, {50001, true}, {50002, false}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct node_address address = {.port = table[i].port};
    assert_int_equal(radius_client_is_for(&world.client, &address), table[i].ours);
  }
}

static void configurations(void **state) {
  (void)state;
  static char long_name[255];
  memset(long_name, 'x', sizeof long_name - 1);
  assert_true(radius_client_config_valid(&CONFIG));
  struct radius_client_config bad[9];
  for (size_t i = 0; i < 9; i++)
    bad[i] = CONFIG;
  bad[0].port_count = 0;
  bad[1].port_count = RADIUS_PORTS_MAX + 1;
  bad[2].local.port = UINT16_MAX;
  bad[3].local.port = 0;
  bad[4].server.port = 0;
  bad[5].secret.length = 0;
  bad[6].nas_identifier = "";
  bad[7].nas_identifier = long_name;
  bad[8].request_max = RADIUS_REQUEST_MAX + 1;
  for (size_t i = 0; i < 9; i++)
    assert_false(radius_client_config_valid(&bad[i]));
}

static void client_request_too_long(void **state) {
  (void)state;
  uint8_t octets[1020] = {0};
  struct span_writer out;
  radius_client_compose(&world.client, octets, 253, &out);
  radius_add_eap(&out, octets, sizeof octets);
  assert_int_equal(radius_client_send(&world.client, &world.exchanges[0], &out), NODE_ERR_TOO_LONG);
  assert_int_equal(world.exchanges[0].phase, RADIUS_IDLE);
  assert_false(write_one());
}

/* Where the network carries it, the longest that is composed goes: names and State of 253 octets,
 * and an EAP packet of its MTU. */
static void the_longest_request(void **state) {
  (void)state;
  static char name[254];
  static struct radius_exchange exchange;
  uint8_t octets[RADIUS_MTU] = {0}, data[RADIUS_PACKET_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  struct radius_client_config config = CONFIG;
  struct radius_client client;
  struct radius_packet packet;
  struct span_writer out;
  memset(name, 'n', sizeof name - 1);
  config.nas_identifier = name;
  config.request_max = RADIUS_REQUEST_MAX;
  assert_true(radius_client_config_valid(&config));
  assert_true(radius_client_init(&client, &config, &world.hooks));
  radius_client_compose(&client, octets, RADIUS_VALUE_MAX, &out);
  radius_add(&out, RADIUS_STATE, octets, RADIUS_VALUE_MAX);
  radius_add_eap(&out, octets, sizeof octets);
  assert_int_equal(radius_client_send(&client, &exchange, &out), 0);
  assert_int_equal(radius_client_write(&client, &datagram, 0), 1);
  assert_int_equal(datagram.length, RADIUS_REQUEST_MAX);
  assert_int_equal(radius_packet_parse(data, datagram.length, &packet), 0);
  assert_null(radius_request_check(&packet, &SECRET));
  radius_client_cancel(&client, &exchange);
  radius_client_deinit(&client);
}

/* An answer may have 4096 octets; one of 4097 is none. */
static void answers_as_long_as_can_be(void **state) {
  (void)state;
  uint8_t data[RADIUS_PACKET_MAX + 1], value[RADIUS_VALUE_MAX] = {0};
  struct radius_packet packet;
  struct span_writer out;
  const char *why;
  client_send(0);
  assert_true(write_one());
  span_writer_init(&out, data, sizeof data, NULL);
  radius_begin(&out, RADIUS_ACCESS_CHALLENGE, world.data[1]);
  while (RADIUS_PACKET_MAX - out.length >= 2 + sizeof value)
    radius_add(&out, RADIUS_VENDOR_SPECIFIC, value, sizeof value);
  radius_add(&out, RADIUS_VENDOR_SPECIFIC, value, RADIUS_PACKET_MAX - out.length - 2);
  assert_int_equal(radius_response_seal(&out, world.data + 4, &SECRET), 0);
  struct node_datagram datagram = {.source = CONFIG.server,
                                   .destination = world.datagram.source,
                                   .data = data,
                                   .length = RADIUS_PACKET_MAX + 1};
  data[3]++; /* Length */
  assert_null(radius_client_receive(&world.client, &datagram, &packet, &why));
  assert_string_equal(why, "malformed RADIUS packet");
  data[3]--;
  datagram.length = RADIUS_PACKET_MAX;
  assert_ptr_equal(radius_client_receive(&world.client, &datagram, &packet, &why),
                   &world.exchanges[0]);
}

/* A Reject without Message-Authenticator is for who asks for it. */
static void unsigned_rejects(void **state) {
  (void)state;
  for (unsigned allowed = 0; allowed < 2; allowed++) {
    uint8_t data[20] = {RADIUS_ACCESS_REJECT, 0, 0, sizeof data};
    struct radius_packet packet;
    const char *why = NULL;
    client_send(allowed);
    assert_true(write_one());
    data[1] = world.data[1];
    const struct crypto_slice slices[] = {
        {data, 4}, {world.data + 4, 16}, {SECRET.octets, SECRET.length}};
    assert_int_equal(crypto_md5(slices, 3, data + 4), 0);
    const struct node_datagram datagram = {.source = CONFIG.server,
                                           .destination = world.datagram.source,
                                           .data = data,
                                           .length = sizeof data};
    world.client.config.unsigned_rejects = allowed != 0;
    const struct radius_exchange *ended =
        radius_client_receive(&world.client, &datagram, &packet, &why);
    assert_int_equal(ended != NULL, allowed);
    if (ended == NULL)
      assert_string_equal(why, "no Message-Authenticator");
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, client_set_up, client_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_request),
      TEST(identifiers),
      TEST(identifiers_in_turn),
      TEST(identifiers_that_are_kept),
      TEST(retransmission),
      TEST(answers_that_do_not_count),
      TEST(an_answer_before_the_departure),
      TEST(cancelled),
      TEST(ports),
      TEST(configurations),
      TEST(client_request_too_long),
      TEST(the_longest_request),
      TEST(answers_as_long_as_can_be),
      TEST(unsigned_rejects),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
