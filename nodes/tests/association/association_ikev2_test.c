/* IKEv2 and ESP as an association: what goes out and where, keys by identity, names, faults, octets
 * of others, a new association beside the one in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "esp/esp.h"
#include "esp/udp.h"
#include "ikev2/ikev2.h"
#include "ikev2_pair.h"

enum {
  CLIENT = IKEV2_PAIR_CLIENT,
  SERVER = IKEV2_PAIR_SERVER,
  HANDSHAKE = 4,       /* datagrams */
  MARKER = 4,          /* octets */
  ESP = 8 + 8 + 2 + 8, /* octets of a packet besides segment and padding: explicit IV */
};

static struct ikev2_pair world;

/* Both kinds, one after the other. */
#define FOR_BOTH(kind) for (size_t kind = 0; kind < 2; kind++)

static void begin(size_t kind) {
  ikev2_pair_init(&world, IKEV2_PAIR_KINDS[kind]);
}

static void establish(size_t kind) {
  begin(kind);
  ikev2_pair_open(&world);
  ikev2_pair_run(&world);
  for (int side = 0; side < 2; side++)
    assert_true(association_is_ready(ikev2_pair_current(&world, side)));
}

static void assert_answered(int side) {
  const unsigned before = world.end[side].responses;
  ikev2_pair_ask(&world, side);
  assert_int_equal(world.end[side].responses, before + 1);
}

/* IKE, then an application both ways: addresses, protocols, marker, events. */
static void assert_place(const struct ikev2_sent *sent, bool in_udp, bool ike) {
  const struct node_datagram *datagram = &sent->datagram;
  const struct ikev2_end *end = &world.end[sent->side];
  const uint16_t behind = IKEV2_PAIR_CLIENT_PORT + 1;
  const uint16_t port = in_udp ? behind : ike ? IKEV2_PORT : 0;
  static const uint8_t zeros[MARKER];
  assert_int_equal(datagram->protocol, in_udp || ike ? NODE_UDP : NODE_ESP);
  assert_int_equal(datagram->source.port, port);
  assert_int_equal(datagram->destination.port, port);
  assert_memory_equal(datagram->source.ip, end->config.local.ip, 16);
  assert_memory_equal(datagram->destination.ip, end->config.remote.ip, 16);
  assert_true(datagram->is_protected);
  assert_int_equal(memcmp(sent->data, zeros, MARKER) == 0, in_udp && ike);
  assert_int_equal(association_kind_is_application_data(end->config.kind, datagram), !ike);
  assert_true(association_is_for(end->config.kind, &end->config.remote, datagram));
  assert_true(association_is_from(end->config.kind, &end->config.local, datagram));
}

static void test_ikev2_session(void **state) {
  static const char *const labels[] = {"IKE_SA_INIT request",
                                       "IKE_SA_INIT response",
                                       "IKE_AUTH request",
                                       "IKE_AUTH response",
                                       "request",
                                       "response",
                                       "request",
                                       "response"};
  (void)state;
  FOR_BOTH(kind) {
    establish(kind);
    assert_answered(CLIENT);
    assert_answered(SERVER);
    assert_int_equal(world.sent_count, sizeof labels / sizeof labels[0]);
    for (size_t i = 0; i < world.sent_count; i++) {
      assert_string_equal(world.sent[i].datagram.label, labels[i]);
      assert_place(&world.sent[i], kind == 1, i < HANDSHAKE);
      assert_int_equal(association_kind_opens(IKEV2_PAIR_KINDS[kind], &world.sent[i].datagram),
                       i == 0);
      assert_int_equal(
          association_has_opened(ikev2_pair_current(&world, SERVER), &world.sent[i].datagram),
          i == 0);
    }
    for (int side = 0; side < 2; side++) {
      assert_int_equal(world.end[side].keys, 1);
      assert_int_equal(world.end[side].discarded + world.end[side].dropped, 0);
      assert_false(association_can_resume(ikev2_pair_current(&world, side)));
    }
    ikev2_pair_close(&world);
  }
}

/* Each option makes the difference that it is said to make. */
static void test_ikev2_options(void **state) {
  enum { REQUEST = HANDSHAKE, PLAIN = 8 + 4 + 1 + 1 + 1 }; /* UDP; header, token, marker, "?" */
  static const struct {
    const char *option, *value;
    size_t init, more; /* octets of IKE_SA_INIT request; datagrams besides */
    int esp;           /* octets of an ESP packet, more */
  } rows[] = {
      {"ikev2_tries", "5", 128, 0, 0},
      {"ikev2_proposal", "aes128ccm8-prfsha256-ecp256", 160, 0, 0},
      {"ikev2_proposal", "aes128ccm8-prfaescmac-x25519", 128, 0, 0},
      {"ikev2_nonce_bytes", "32", 144, 0, 0},
      {"ikev2_cookie", "on", 128, 2, 0},
      {"esp_iv", "implicit", 128, 0, -8},
  };
  (void)state;
  FOR_BOTH(kind)
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    begin(kind);
    ikev2_pair_set(&world, rows[i].option, rows[i].value);
    ikev2_pair_open(&world);
    ikev2_pair_run(&world);
    assert_int_equal(world.sent_count, HANDSHAKE + rows[i].more);
    assert_int_equal(world.sent[0].datagram.length, rows[i].init + (kind == 1 ? MARKER : 0));
    assert_answered(CLIENT);
    const size_t length = world.sent[REQUEST + rows[i].more].datagram.length;
    const size_t least = (size_t)(ESP + PLAIN - 1 + rows[i].esp);
    assert_in_range(length, least, least + 4);
    assert_int_equal(length % 4, 0);
    ikev2_pair_close(&world);
  }
}

static void test_ikev2_each_lost(void **state) {
  (void)state;
  FOR_BOTH(kind)
  for (size_t lost = 0; lost < HANDSHAKE + 4; lost++) {
    begin(kind);
    world.lost = lost;
    ikev2_pair_open(&world);
    ikev2_pair_run(&world);
    assert_answered(CLIENT);
    assert_answered(SERVER);
    assert_int_equal(world.end[SERVER].requests, 1);
    ikev2_pair_close(&world);
  }
}

static void assert_failures(const char *client, const char *server) {
  static const char *const unknown = NULL;
  const char *const expected[] = {client, server};
  for (int side = 0; side < 2; side++) {
    size_t length;
    const char *reason = association_failure(ikev2_pair_current(&world, side));
    if (expected[side] == unknown) {
      assert_null(reason);
      continue;
    }
    assert_non_null(reason);
    assert_string_equal(reason, expected[side]);
    assert_true(association_kind_fails(world.end[side].config.kind, reason));
    assert_false(association_is_ready(ikev2_pair_current(&world, side)));
    (void)length;
  }
  ikev2_pair_close(&world);
}

static void test_ikev2_wrong_key(void **state) {
  static const uint8_t other[IKEV2_PAIR_KEY] = {9};
  (void)state;
  FOR_BOTH(kind) {
    begin(kind);
    world.end[CLIENT].config.key = other;
    ikev2_pair_open(&world);
    ikev2_pair_run(&world);
    assert_failures("ikev2-authentication", "ikev2-authentication");
  }
}

static void test_ikev2_nobody_answers(void **state) {
  (void)state;
  FOR_BOTH(kind) {
    begin(kind);
    ikev2_pair_set(&world, "ikev2_timeout_ms", "100");
    ikev2_pair_set(&world, "ikev2_tries", "3");
    const struct association_config *config = &world.end[CLIENT].config;
    assert_int_equal(association_open(&world.end[CLIENT].pair.current, config, NULL,
                                      &world.end[CLIENT].hooks, 0),
                     0);
    ikev2_pair_run(&world);
    assert_int_equal(world.sent_count, 3);
    assert_failures("ikev2-timeout", NULL);
  }
}

/* The longest waits between repetitions: whichever message is lost, the responder still waits. */
static void test_ikev2_slow_repetition(void **state) {
  static const char *const timeouts_ms[] = {"2000", "20000", "60000"};
  (void)state;
  FOR_BOTH(kind) {
    for (size_t i = 0; i < sizeof timeouts_ms / sizeof timeouts_ms[0]; i++)
      for (size_t lost = 0; lost < 4; lost++) {
        begin(kind);
        ikev2_pair_set(&world, "ikev2_timeout_ms", timeouts_ms[i]);
        ikev2_pair_set(&world, "ikev2_tries", "10");
        world.lost = lost;
        ikev2_pair_open(&world);
        ikev2_pair_run(&world);
        assert_true(association_is_ready(ikev2_pair_current(&world, CLIENT)));
        assert_true(association_is_ready(ikev2_pair_current(&world, SERVER)));
        ikev2_pair_close(&world);
      }
  }
}

/* Names of servers: that which the client wants, or another. */
static void test_ikev2_server_name(void **state) {
  static const char *const names[][2] = {
      {"aps.example", "aps.example"}, {"aps.example", "aps.example.org"}, {"", "aps.example"}};
  (void)state;
  FOR_BOTH(kind)
  for (size_t i = 0; i < 3; i++) {
    begin(kind);
    for (int side = 0; side < 2; side++) {
      world.end[side].config.server_name = (const uint8_t *)names[i][side];
      world.end[side].config.server_name_length = strlen(names[i][side]);
    }
    ikev2_pair_open(&world);
    ikev2_pair_run(&world);
    assert_int_equal(association_is_ready(ikev2_pair_current(&world, CLIENT)), i == 0);
    ikev2_pair_close(&world);
  }
}

/* Keys by identity. */

static size_t find_key(void *context, const uint8_t *identity, size_t length,
                       uint8_t psk[ASSOCIATION_PSK_MAX]) {
  const struct association_config *client = &world.end[CLIENT].config;
  ++*(unsigned *)context;
  if (length != client->identity_length - 1 || memcmp(identity, client->identity, length) != 0)
    return 0;
  memcpy(psk, client->key, client->key_length);
  return client->key_length;
}

static void begin_with_keys(size_t kind, const struct association_keys *keys) {
  static const char name[] = "aps.example";
  begin(kind);
  for (int side = 0; side < 2; side++) {
    world.end[side].config.server_name = (const uint8_t *)name;
    world.end[side].config.server_name_length = sizeof name - 1;
  }
  world.end[SERVER].config.key_length = world.end[SERVER].config.identity_length = 0;
  world.end[SERVER].config.keys = keys;
}

static void open_with_keys(size_t kind, const struct association_keys *keys, size_t cut) {
  begin_with_keys(kind, keys);
  const size_t length = world.end[CLIENT].config.identity_length;
  world.end[CLIENT].config.identity_length = length - cut;
  ikev2_pair_open(&world);
  world.end[CLIENT].config.identity_length = length;
}

static void test_ikev2_keys(void **state) {
  unsigned asked = 0;
  const struct association_keys keys = {.find = find_key, .context = &asked};
  (void)state;
  FOR_BOTH(kind) {
    size_t length;
    open_with_keys(kind, &keys, 1);
    assert_null(association_identity(ikev2_pair_current(&world, SERVER), &length));
    ikev2_pair_run(&world);
    assert_int_equal(asked, 1 + kind);
    assert_int_equal(world.end[SERVER].keys, 0);
    for (int side = 0; side < 2; side++) {
      const uint8_t *identity = association_identity(ikev2_pair_current(&world, side), &length);
      assert_non_null(identity);
      assert_int_equal(length, world.end[CLIENT].config.identity_length - 1);
      assert_memory_equal(identity, world.end[CLIENT].config.identity, length);
    }
    assert_answered(CLIENT);
    assert_answered(SERVER);
    ikev2_pair_close(&world);
  }
}

static void test_ikev2_keys_unknown(void **state) {
  unsigned asked = 0;
  const struct association_keys keys = {.find = find_key, .context = &asked};
  (void)state;
  FOR_BOTH(kind) {
    open_with_keys(kind, &keys, 0);
    ikev2_pair_run(&world);
    assert_failures("ikev2-authentication", "ikev2-authentication");
  }
}

/* The identity that is encrypted in an IKE_AUTH request, before that is read. */
static void test_ikev2_names(void **state) {
  enum { REQUEST = 2 };
  unsigned asked = 0;
  const struct association_keys keys = {.find = find_key, .context = &asked};
  (void)state;
  FOR_BOTH(kind) {
    struct association *const server = &world.end[SERVER].pair.current;
    size_t length;
    open_with_keys(kind, &keys, 1);
    world.lost = REQUEST;
    /* Until the request of IKE_AUTH is lost. */
    for (unsigned i = 0; world.sent_count <= REQUEST; i++) {
      assert_in_range(i, 0, 9);
      ikev2_pair_step(&world);
    }
    struct node_datagram first = world.sent[0].datagram, named = world.sent[REQUEST].datagram;
    assert_null(association_names(server, &first, &length));
    const uint8_t *identity = association_names(server, &named, &length);
    assert_non_null(identity);
    assert_int_equal(length, world.end[CLIENT].config.identity_length - 1);
    assert_memory_equal(identity, world.end[CLIENT].config.identity, length);
    ikev2_pair_inject(&world, SERVER, &named, named.data, named.length);
    ikev2_pair_run(&world);
    assert_true(association_is_ready(server));
    assert_answered(CLIENT);
    ikev2_pair_close(&world);
  }
}

/* Octets of others */

/* Neither told apart by what comes, nor hindered: each end drops it, and the application goes on.
 */
static void assert_drops(int side, const struct node_datagram *datagram, const uint8_t *data,
                         size_t length) {
  struct ikev2_end *const end = &world.end[side];
  const unsigned before = end->dropped + end->discarded, requests = end->requests,
                 responses = end->responses;
  ikev2_pair_inject(&world, side, datagram, data, length);
  assert_true(length == 0 || end->dropped + end->discarded > before);
  assert_int_equal(end->requests, requests);
  assert_int_equal(end->responses, responses);
}

static void test_ikev2_hostile_packets(void **state) {
  enum { REQUEST = HANDSHAKE };
  (void)state;
  FOR_BOTH(kind) {
    establish(kind);
    world.lost = REQUEST + 1; /* the response: the request is not taken for a repetition yet */
    assert_answered(CLIENT);
    const struct node_datagram packet = world.sent[REQUEST].datagram;
    uint8_t data[NODE_DATAGRAM_MAX];
    assert_drops(SERVER, &packet, packet.data, packet.length); /* seen before */
    assert_string_equal(world.end[SERVER].why, "record does not verify");
    for (size_t length = 0; length < packet.length; length++)
      assert_drops(SERVER, &packet, packet.data, length);
    for (size_t bit = 0; bit < 8 * packet.length; bit++) {
      memcpy(data, packet.data, packet.length);
      data[bit / 8] ^= (uint8_t)(1 << bit % 8);
      assert_drops(SERVER, &packet, data, packet.length);
    }
    memset(data, 0xff, sizeof data);
    assert_drops(SERVER, &packet, data, sizeof data);
    assert_drops(CLIENT, &packet, packet.data, packet.length); /* reflected */
    world.lost = IKEV2_PAIR_ALL_ARRIVE;
    assert_answered(CLIENT);
    assert_answered(SERVER);
    ikev2_pair_close(&world);
  }
}

/* Messages of IKE that are cut or flipped, at an end that stands. Repetitions are answered. */
static void test_ikev2_hostile_messages(void **state) {
  (void)state;
  FOR_BOTH(kind) {
    establish(kind);
    for (size_t at = 0; at < HANDSHAKE; at++)
      for (size_t i = 0; i < world.sent[at].datagram.length; i++) {
        const struct ikev2_sent sent = world.sent[at];
        const int side = !sent.side;
        uint8_t data[NODE_DATAGRAM_MAX];
        memcpy(data, sent.data, sent.datagram.length);
        ikev2_pair_inject(&world, side, &sent.datagram, data, i);
        data[i] ^= 0x10;
        ikev2_pair_inject(&world, side, &sent.datagram, data, sent.datagram.length);
        world.sent_count = HANDSHAKE;
        ikev2_pair_run(&world);
        assert_int_equal(world.end[SERVER].requests + world.end[CLIENT].requests, 0);
      }
    world.sent_count = HANDSHAKE;
    assert_answered(CLIENT);
    assert_answered(SERVER);
    ikev2_pair_close(&world);
  }
}

/* Somebody begins an SA in the client's name: before the client does, or while it is at it. */
static void test_ikev2_rival(void **state) {
  (void)state;
  FOR_BOTH(kind)
  for (size_t at = 0; at < HANDSHAKE; at++) {
    const size_t spi = kind == 1 ? MARKER : 0;
    establish(kind);
    struct ikev2_sent forged = world.sent[0];
    forged.data[spi] ^= 0x55;
    ikev2_pair_close(&world);
    begin(kind);
    ikev2_pair_open(&world);
    if (at == 0)
      ikev2_pair_inject(&world, SERVER, &forged.datagram, forged.data, forged.datagram.length);
    world.lost = at; /* time passes, in which the forged one comes */
    while (world.sent_count <= at)
      (void)ikev2_pair_step(&world);
    ikev2_pair_inject(&world, SERVER, &forged.datagram, forged.data, forged.datagram.length);
    ikev2_pair_run(&world);
    assert_true(association_is_ready(ikev2_pair_current(&world, SERVER)));
    assert_answered(CLIENT);
    assert_answered(SERVER);
    ikev2_pair_close(&world);
  }
}

/* The responder has only the forged one: it fails when that does. */
static void test_ikev2_rival_alone(void **state) {
  (void)state;
  FOR_BOTH(kind) {
    establish(kind);
    const struct ikev2_sent first = world.sent[0];
    ikev2_pair_close(&world);
    begin(kind);
    assert_int_equal(association_open(&world.end[SERVER].pair.current, &world.end[SERVER].config,
                                      NULL, &world.end[SERVER].hooks, 0),
                     0);
    for (uint8_t i = 0; i < 3; i++) {
      struct ikev2_sent forged = first;
      forged.data[kind == 1 ? MARKER : 0] ^= i;
      ikev2_pair_inject(&world, SERVER, &forged.datagram, forged.data, forged.datagram.length);
      world.now_ns += NODE_SECOND;
    }
    assert_null(association_failure(ikev2_pair_current(&world, SERVER)));
    ikev2_pair_run(&world);
    assert_failures(NULL, "ikev2-timeout");
  }
}

/* What verifies, and is not for this association all the same. */
static void test_ikev2_selectors(void **state) {
  static const struct {
    uint16_t source, destination;
    uint8_t next_header, flip; /* of the checksum */
    unsigned taken;
  } rows[] = {
      {IKEV2_PAIR_CLIENT_PORT, IKEV2_PAIR_SERVER_PORT, ESP_NEXT_HEADER_UDP, 0, 1},
      {IKEV2_PAIR_CLIENT_PORT, IKEV2_PAIR_SERVER_PORT, ESP_NEXT_HEADER_UDP, 1, 0},
      {IKEV2_PAIR_CLIENT_PORT, IKEV2_PAIR_SERVER_PORT, 6, 0, 0},
      {IKEV2_PAIR_CLIENT_PORT, IKEV2_PAIR_SERVER_PORT, ESP_NEXT_HEADER_NONE, 0, 0},
      {IKEV2_PAIR_CLIENT_PORT, IKEV2_PAIR_SERVER_PORT + 1, ESP_NEXT_HEADER_UDP, 0, 0},
      {IKEV2_PAIR_CLIENT_PORT + 1, IKEV2_PAIR_SERVER_PORT, ESP_NEXT_HEADER_UDP, 0, 0},
  };
  static const uint8_t request[] = {0x40, COAP_CODE_GET, 0x12, 0x34};
  (void)state;
  FOR_BOTH(kind)
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    uint8_t segment[64], data[NODE_DATAGRAM_MAX];
    size_t length;
    struct span_list plain = {.count = 0}, spans;
    struct esp_sa sa;
    assert_true(span_list_add(&plain, ROW_COAP_HEADER, sizeof request));
    establish(kind);
    assert_answered(CLIENT);
    const uint8_t *keys = world.end[CLIENT].esp_keys;
    struct node_address source = world.end[CLIENT].config.local,
                        destination = world.end[SERVER].config.local;
    struct node_datagram packet = world.sent[HANDSHAKE].datagram;
    packet.data = data;
    packet.capacity = sizeof data;
    source.port = rows[i].source;
    destination.port = rows[i].destination;
    const uint32_t spi = (uint32_t)keys[0] << 24 | (uint32_t)keys[1] << 16 |
                         (uint32_t)keys[2] << 8 | (uint32_t)keys[3];
    assert_int_equal(esp_sa_init(&sa, spi, false, keys + 4, keys + 4 + ESP_KEY_LENGTH), 0);
    sa.sequence = 100;
    assert_int_equal(esp_udp_compose(&source, &destination, request, sizeof request, &plain,
                                     segment, sizeof segment, &length, &spans),
                     0);
    segment[7] ^= rows[i].flip;
    assert_int_equal(esp_protect(&sa, &world.end[CLIENT].hooks, rows[i].next_header, segment,
                                 length, &spans, &packet),
                     0);
    ikev2_pair_inject(&world, SERVER, &packet, data, packet.length);
    assert_int_equal(world.end[SERVER].requests, 1 + rows[i].taken);
    assert_int_equal(world.end[SERVER].dropped, !rows[i].taken);
    ikev2_pair_close(&world);
  }
}

/* A new association beside the one in use: what is of that comes to it, of IKE and of ESP, and does
 * not disturb the new one, before and after that has its keys. */
static void test_ikev2_pending(void **state) {
  (void)state;
  FOR_BOTH(kind) {
    establish(kind);
    ikev2_pair_open_pending(&world);
    for (size_t i = 0; i < HANDSHAKE; i++) /* late copies */
      ikev2_pair_inject(&world, !world.sent[i].side, &world.sent[i].datagram, world.sent[i].data,
                        world.sent[i].datagram.length);
    for (int side = 0; side < 2; side++)
      assert_false(association_has_begun(&world.end[side].pair.pending) && side == SERVER);
    assert_answered(CLIENT);
    for (int side = 0; side < 2; side++)
      assert_true(association_is_ready(&world.end[side].pair.pending));
    assert_answered(SERVER);
    for (int side = 0; side < 2; side++)
      association_pair_replace(&world.end[side].pair);
    assert_answered(CLIENT);
    assert_answered(SERVER);
    ikev2_pair_close(&world);
  }
}

/* Ends whose CoAP is on other ports: what is protected is for the port of the client, too, which
 * the server does not know otherwise. */
static void test_ikev2_port_of_client(void **state) {
  (void)state;
  begin(0);
  world.end[CLIENT].config.local.port = 40000;
  ikev2_pair_open(&world);
  ikev2_pair_run(&world);
  assert_answered(CLIENT);
  assert_answered(SERVER);
  ikev2_pair_close(&world);
}

static void test_ikev2_too_long(void **state) {
  static const uint8_t payload[NODE_DATAGRAM_MAX];
  (void)state;
  FOR_BOTH(kind)
  for (size_t i = 0; i < 2; i++) {
    establish(kind);
    struct association *const client = &world.end[CLIENT].pair.current;
    struct coap_message request = {.type = COAP_CON, .code = COAP_CODE_POST, .payload = payload};
    request.payload_length = i == 0 ? ASSOCIATION_PAYLOAD_MAX : ASSOCIATION_PAYLOAD_MAX + 20;
    assert_int_equal(association_request(client, &request, "request"), 0);
    assert_int_equal(association_seal(client), i == 0 ? 0 : NODE_ERR_TOO_LONG);
    ikev2_pair_close(&world);
  }
}

static void test_ikev2_refused(void **state) {
  static const uint8_t long_name[NODE_DATAGRAM_MAX];
  static const struct association_keys keys = {.find = find_key};
  (void)state;
  FOR_BOTH(kind) {
    struct association association = {.kind = NULL};
    begin(kind);
    const struct ikev2_end *const end = &world.end[SERVER];
    struct association_config bad[7];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
      bad[i] = end->config;
    bad[0].key_length = 0;
    bad[1].key_length = IKEV2_PSK_MAX + 1;
    bad[2].identity_length = 0;
    bad[3].identity = long_name;
    bad[3].identity_length = IKEV2_ID_MAX + 1;
    bad[4].server_name = long_name;
    bad[4].server_name_length = IKEV2_ID_MAX + 1;
    bad[5].keys = &keys;
    bad[6].keys = &keys; /* of a server without a name */
    bad[6].key_length = bad[6].identity_length = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
      assert_int_equal(association_open(&association, &bad[i], NULL, &end->hooks, 0),
                       NODE_ERR_BAD_CONFIG);
      assert_false(association_is_open(&association));
    }
    ikev2_pair_close(&world);
  }
}

/* Of one conversation, whatever is drawn at random. */
static void digest_all(size_t kind, uint64_t seed, struct digest *digest) {
  begin(kind);
  for (int side = 0; side < 2; side++)
    world.end[side].seeded.state += seed;
  ikev2_pair_open(&world);
  ikev2_pair_run(&world);
  assert_answered(CLIENT);
  digest_init(digest);
  for (size_t i = 0; i < world.sent_count; i++)
    association_digest_datagram(IKEV2_PAIR_KINDS[kind], &world.sent[i].datagram, digest);
  for (int side = 0; side < 2; side++)
    association_pair_digest(&world.end[side].pair, digest, world.now_ns);
  ikev2_pair_close(&world);
}

static void test_ikev2_digests(void **state) {
  (void)state;
  FOR_BOTH(kind) {
    struct digest a, b;
    digest_all(kind, 0, &a);
    digest_all(kind, 0, &b);
    assert_memory_equal(&a, &b, sizeof a);
  }
}

/* The keys of an end that stands, without those of the exchange. */
static void test_ikev2_bytes(void **state) {
  (void)state;
  FOR_BOTH(kind) {
    establish(kind);
    for (int side = 0; side < 2; side++) {
      struct association_pair *pair = &world.end[side].pair;
      association_pair_note(pair);
      assert_in_range(association_pair_bytes(pair), 60, 1200);
      assert_in_range(pair->bytes_peak, association_pair_bytes(pair), 4000);
    }
    ikev2_pair_close(&world);
  }
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ikev2_session),         cmocka_unit_test(test_ikev2_options),
      cmocka_unit_test(test_ikev2_each_lost),       cmocka_unit_test(test_ikev2_wrong_key),
      cmocka_unit_test(test_ikev2_nobody_answers),  cmocka_unit_test(test_ikev2_slow_repetition),
      cmocka_unit_test(test_ikev2_server_name),     cmocka_unit_test(test_ikev2_keys),
      cmocka_unit_test(test_ikev2_keys_unknown),    cmocka_unit_test(test_ikev2_names),
      cmocka_unit_test(test_ikev2_hostile_packets), cmocka_unit_test(test_ikev2_hostile_messages),
      cmocka_unit_test(test_ikev2_rival),           cmocka_unit_test(test_ikev2_rival_alone),
      cmocka_unit_test(test_ikev2_selectors),       cmocka_unit_test(test_ikev2_pending),
      cmocka_unit_test(test_ikev2_port_of_client),  cmocka_unit_test(test_ikev2_too_long),
      cmocka_unit_test(test_ikev2_refused),         cmocka_unit_test(test_ikev2_digests),
      cmocka_unit_test(test_ikev2_bytes),
  };
  return cmocka_run_group_tests_name("association_ikev2", tests, NULL, NULL);
}
