/* Hosts of IKEv2: places, cookies, children, in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "esp/esp.h"
#include "esp/inner.h"
#include "esp/udp.h"
#include "ikev2/host.h"
#include "seeded.h"

#define ARRAY(array) (sizeof(array) / sizeof(array)[0])
enum { EVENTS = 20, MOVES_MAX = 200, PROBE = 40 };

static const uint8_t PSK[] = "a key of two hosts";
static const struct node_address SERVER = {.ip = {0xfd, [15] = 1}, .port = IKEV2_PORT};

struct end {
  struct node *node;
  struct node_hooks hooks;
  struct seeded seeded;
  unsigned events[EVENTS];
  const char *label[EVENTS]; /* the last of each */
  uint8_t name[IKEV2_ID_MAX];
  size_t name_length;
  uint8_t esp_keys[2 * (4 + IKEV2_ESP_KEY_LENGTH + IKEV2_ESP_SALT_LENGTH)];
};

static void hook_random(void *context, uint8_t *bytes, size_t length) {
  seeded_bytes(&((struct end *)context)->seeded, bytes, length);
}

static void hook_event(void *context, const struct node_event *event) {
  struct end *end = context;
  assert_in_range(event->type, 0, EVENTS - 1);
  end->events[event->type]++;
  end->label[event->type] = event->label;
  if (event->secret_name != NULL && strcmp(event->secret_name, "esp_keys") == 0)
    memcpy(end->esp_keys, event->secret, sizeof end->esp_keys);
  if (event->type == NODE_EVENT_CONFIRMED && event->name_length <= sizeof end->name) {
    memcpy(end->name, event->name, event->name_length);
    end->name_length = event->name_length;
  }
}

static void end_init(struct end *end, unsigned number, const struct ikev2_host_config *config) {
  *end = (struct end){.seeded = {.state = number + 1},
                      .hooks = {.context = end, .random = hook_random, .event = hook_event}};
  end->node = ikev2_host_create(config, &end->hooks);
  assert_non_null(end->node);
}

static struct ikev2_host_config usual(bool initiator, unsigned number) {
  struct ikev2_host_config config = {
      .ike = {.initiator = initiator,
              .local = SERVER,
              .remote = SERVER,
              .phase = NODE_PHASE_SECURE,
              .local_id = {IKEV2_ID_KEY_ID, (const uint8_t *)(initiator ? "peer" : "server"),
                           initiator ? 4 : 6},
              .psk = PSK,
              .psk_length = sizeof PSK,
              .childless = true},
      .sas_max = initiator ? 1 : 3,
      .half_open_max = 2};
  if (initiator)
    config.ike.local.ip[14] = (uint8_t)(number + 1);
  return config;
}

/* Both ends' datagrams, until there are no more; those from the client up to `most`. */
static unsigned carry(struct end *client, struct end *server, unsigned most, uint64_t now_ns) {
  uint8_t data[NODE_DATAGRAM_MAX];
  unsigned carried = 0;
  for (unsigned quiet = 0; quiet < 2;) {
    assert_true(carried < MOVES_MAX);
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    const bool from_client = quiet == 0;
    struct end *from = from_client ? client : server, *to = from_client ? server : client;
    const int result = node_write(from->node, &datagram, now_ns);
    assert_true(result >= 0);
    if (result == 0) {
      quiet++;
      continue;
    }
    assert_int_equal(span_list_length(&datagram.spans), datagram.length);
    carried += from_client;
    quiet = 0;
    if (from_client && carried > most)
      continue;
    uint8_t copy[NODE_DATAGRAM_MAX];
    memcpy(copy, data, datagram.length);
    datagram.data = copy;
    assert_int_equal(node_read(to->node, &datagram, now_ns), 0);
  }
  return carried;
}

static void confirmed(void **state) {
  const struct ikev2_host_config client_config = usual(true, 0), server_config = usual(false, 0);
  struct end client, server;
  (void)state;
  end_init(&client, 1, &client_config);
  end_init(&server, 2, &server_config);
  assert_int_equal(ikev2_host_begin(client.node, 0), 0);
  assert_int_equal(ikev2_host_begin(client.node, 0), NODE_ERR_BUSY);
  assert_int_equal(carry(&client, &server, MOVES_MAX, 0), 2);
  assert_int_equal(client.events[NODE_EVENT_CONFIRMED], 1);
  assert_int_equal(server.events[NODE_EVENT_STARTED], 1);
  assert_memory_equal(server.name, "peer", 4);
  assert_memory_equal(client.name, "server", 6);
  assert_int_equal(ikev2_host_load(server.node).established, 1);
  assert_int_equal(ikev2_host_check(client.node, 0), 0);
  assert_int_equal(carry(&client, &server, MOVES_MAX, 0), 1);
  ikev2_host_delete(server.node, 0);
  carry(&client, &server, MOVES_MAX, 0);
  assert_string_equal(client.label[NODE_EVENT_CLOSED], "ikev2-deleted");
  assert_string_equal(server.label[NODE_EVENT_CLOSED], "ikev2-deleted");
  assert_int_equal(ikev2_host_load(server.node).established, 0);
  node_destroy(client.node);
  node_destroy(server.node);
}

/* Those that do not go on leave the first places to others, which are asked for cookies from the
 * third on; SAs that stand keep theirs. */
static void places(void **state) {
  const struct ikev2_host_config server_config = usual(false, 0);
  struct end server, clients[6];
  (void)state;
  end_init(&server, 1, &server_config);
  for (unsigned i = 0; i < ARRAY(clients); i++) {
    const struct ikev2_host_config config = usual(true, i);
    end_init(&clients[i], i + 2, &config);
    assert_int_equal(ikev2_host_begin(clients[i].node, 0), 0);
    const bool stops = i < 2;
    carry(&clients[i], &server, stops ? 1 : MOVES_MAX, 0);
    const struct ikev2_host_load load = ikev2_host_load(server.node);
    assert_int_equal(clients[i].events[NODE_EVENT_CONFIRMED], !stops && i < 5);
    assert_true(load.half_open + load.established <= server_config.sas_max);
    assert_int_equal(load.established, i < 2 ? 0 : i < 5 ? i - 1 : 3);
  }
  assert_int_equal(server.events[NODE_EVENT_FAILED], 2);
  assert_string_equal(server.label[NODE_EVENT_FAILED], "gave way");
  assert_int_equal(ikev2_host_load(server.node).cookies, 2);
  assert_string_equal(server.label[NODE_EVENT_DISCARDED],
                      "IKE_SA_INIT request, and all places are taken");
  for (unsigned i = 0; i < ARRAY(clients); i++)
    node_destroy(clients[i].node);
  node_destroy(server.node);
}

/* All have one identity: who says that it is the first contact takes the place of those before, and
 * of none with another identity; who does not, stands beside them. */
static void first_contact(void **state) {
  struct ikev2_host_config server_config = usual(false, 0);
  struct end server, clients[5];
  (void)state;
  server_config.sas_max = ARRAY(clients);
  server_config.ike.child = IKEV2_CHILD_TRANSPORT;
  end_init(&server, 1, &server_config);
  for (unsigned i = 0; i < ARRAY(clients); i++) {
    static const unsigned standing[ARRAY(clients)] = {1, 2, 3, 2, 3};
    struct ikev2_host_config config = usual(true, i);
    config.ike.initial_contact = i == 0 || i == 3;
    config.ike.child = i == 1 ? IKEV2_CHILD_NONE : IKEV2_CHILD_TRANSPORT;
    if (i == 2)
      config.ike.local_id = (struct ikev2_id){IKEV2_ID_FQDN, (const uint8_t *)"peer", 4};
    end_init(&clients[i], i + 2, &config);
    assert_int_equal(ikev2_host_begin(clients[i].node, 0), 0);
    carry(&clients[i], &server, MOVES_MAX, 0);
    assert_int_equal(clients[i].events[NODE_EVENT_CONFIRMED], 1);
    assert_int_equal(ikev2_host_load(server.node).established, standing[i]);
  }
  assert_int_equal(server.events[NODE_EVENT_CLOSED], 2);
  assert_string_equal(server.label[NODE_EVENT_CLOSED], "replaced");
  for (unsigned i = 0; i < ARRAY(clients); i++) { /* which have not been told */
    assert_int_equal(ikev2_host_check(clients[i].node, 0), 0);
    carry(&clients[i], &server, MOVES_MAX, 0);
    node_destroy(clients[i].node);
  }
  assert_int_equal(server.events[NODE_EVENT_DISCARDED], 2);
  node_destroy(server.node);
}

/* The half-open ones end in time, the probe does, and a lost end is missed. */
static void time_passes(void **state) {
  struct ikev2_host_config client_config = usual(true, 0), server_config = usual(false, 0);
  struct end client, server, half;
  (void)state;
  client_config.ike.child = server_config.ike.child = IKEV2_CHILD_TRANSPORT;
  server_config.liveness_s = 10;
  end_init(&client, 1, &client_config);
  end_init(&server, 2, &server_config);
  const struct ikev2_host_config half_config = usual(true, 1);
  end_init(&half, 3, &half_config);
  assert_int_equal(ikev2_host_begin(half.node, 0), 0);
  carry(&half, &server, 1, 0);
  assert_int_equal(ikev2_host_begin(client.node, 0), 0);
  carry(&client, &server, MOVES_MAX, 0);
  assert_int_equal(ikev2_host_probe(client.node, PROBE, 0), 0);
  carry(&client, &server, 0, 0); /* it is lost */
  assert_int_equal(node_expiry(client.node), IKEV2_HOST_PROBE_MS * NODE_MS);
  assert_int_equal(node_handle_expiry(client.node, IKEV2_HOST_PROBE_MS * NODE_MS), 0);
  assert_int_equal(client.events[NODE_EVENT_UNANSWERED], 1);
  assert_int_equal(node_expiry(server.node), 10 * NODE_SECOND);
  uint8_t data[NODE_DATAGRAM_MAX];
  for (unsigned i = 0; i < 20 && node_expiry(server.node) != NODE_NEVER; i++) {
    const uint64_t now_ns = node_expiry(server.node);
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    assert_int_equal(node_handle_expiry(server.node, now_ns), 0);
    while (node_write(server.node, &datagram, now_ns) > 0)
      continue;
  }
  assert_string_equal(server.label[NODE_EVENT_FAILED], "ikev2-timeout");
  assert_string_equal(server.label[NODE_EVENT_CLOSED], "ikev2-timeout");
  assert_int_equal(ikev2_host_load(server.node).established, 0);
  node_destroy(client.node);
  node_destroy(server.node);
  node_destroy(half.node);
}

/* Of each mode, with and without UDP: an echo, the same packet once more, and a bit of it. */
static void child(enum ikev2_child_mode mode, enum ikev2_nat nat) {
  struct ikev2_host_config client_config = usual(true, 0), server_config = usual(false, 0);
  struct end client, server;
  uint8_t data[NODE_DATAGRAM_MAX], copy[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  client_config.ike.child = server_config.ike.child = mode;
  client_config.ike.nat = server_config.ike.nat = nat;
  end_init(&client, 1, &client_config);
  end_init(&server, 2, &server_config);
  assert_int_equal(ikev2_host_probe(client.node, PROBE, 0), NODE_ERR_BAD_STATE);
  assert_int_equal(ikev2_host_begin(client.node, 0), 0);
  carry(&client, &server, MOVES_MAX, 0);
  assert_int_equal(ikev2_host_probe(client.node, IKEV2_HOST_PROBE_MAX + 1, 0), NODE_ERR_TOO_LONG);
  assert_int_equal(ikev2_host_probe(client.node, PROBE, 0), 0);
  assert_int_equal(ikev2_host_probe(client.node, PROBE, 0), NODE_ERR_BUSY);
  assert_int_equal(node_write(client.node, &datagram, 0), 1);
  assert_int_equal(datagram.protocol, nat == IKEV2_NAT_FORCE ? NODE_UDP : NODE_ESP);
  assert_int_equal(datagram.source.port, nat == IKEV2_NAT_FORCE ? IKEV2_PORT_ENCAPSULATED : 0);
  for (size_t i = 0; i < datagram.length; i++) { /* cut off, and changed */
    struct node_datagram bad = datagram;
    memcpy(copy, data, datagram.length);
    bad.data = copy;
    bad.length = i;
    assert_int_equal(node_read(server.node, &bad, 0), 0);
    bad.length = datagram.length;
    copy[i] ^= 1;
    assert_int_equal(node_read(server.node, &bad, 0), 0);
  }
  assert_int_equal(server.events[NODE_EVENT_SERVED], 0);
  for (size_t i = 0; i < 2; i++) {
    memcpy(copy, data, datagram.length);
    struct node_datagram good = datagram;
    good.data = copy;
    assert_int_equal(node_read(server.node, &good, 0), 0);
  }
  assert_int_equal(server.events[NODE_EVENT_SERVED], 1);
  assert_string_equal(server.label[NODE_EVENT_DISCARDED], "ESP packet that has come before");
  carry(&client, &server, MOVES_MAX, 0);
  assert_int_equal(client.events[NODE_EVENT_ANSWERED], 1);
  node_destroy(client.node);
  node_destroy(server.node);
}

static void children(void **state) {
  (void)state;
  child(IKEV2_CHILD_TRANSPORT, IKEV2_NAT_OFF);
  child(IKEV2_CHILD_TRANSPORT, IKEV2_NAT_FORCE);
  child(IKEV2_CHILD_TUNNEL, IKEV2_NAT_OFF);
  child(IKEV2_CHILD_TUNNEL, IKEV2_NAT_FORCE);
}

/* Who has the keys may send what the selectors have, and nothing else: of the inner packet one
 * address is another. */
static void selectors(void **state) {
  static const size_t at[] = {15, 14, 39};
  struct ikev2_host_config client_config = usual(true, 0), server_config = usual(false, 0);
  struct end client, server;
  (void)state;
  client_config.ike.child = server_config.ike.child = IKEV2_CHILD_TUNNEL;
  end_init(&client, 1, &client_config);
  end_init(&server, 2, &server_config);
  assert_int_equal(ikev2_host_begin(client.node, 0), 0);
  carry(&client, &server, MOVES_MAX, 0);
  const uint8_t *keys = client.esp_keys;
  struct esp_sa sa;
  const uint32_t spi =
      (uint32_t)keys[0] << 24 | (uint32_t)keys[1] << 16 | (uint32_t)keys[2] << 8 | keys[3];
  assert_int_equal(esp_sa_init(&sa, spi, false, keys + 4, keys + 20), 0);
  for (size_t i = 0; i <= ARRAY(at); i++) {
    struct node_address from = client_config.ike.local, to = SERVER;
    struct span_list spans = {.count = 0}, all;
    uint8_t segment[64], packet[128], data[256];
    struct node_datagram datagram = {.source = from,
                                     .destination = to,
                                     .protocol = NODE_ESP,
                                     .data = data,
                                     .capacity = sizeof data};
    size_t length;
    if (i < ARRAY(at))
      (at[i] < 16 ? &from : &to)->ip[at[i] % 16] ^= 0x40;
    from.port = 9;
    to.port = IKEV2_HOST_ECHO_PORT;
    assert_true(span_list_add(&spans, ROW_COAP_PAYLOAD, 3));
    assert_int_equal(esp_udp_compose(&from, &to, (const uint8_t *)"abc", 3, &spans, segment,
                                     sizeof segment, &length, &all),
                     0);
    assert_int_equal(esp_inner_compose(&from, &to, ESP_NEXT_HEADER_UDP, segment, length, packet,
                                       sizeof packet, &length),
                     ESP_NEXT_HEADER_IPV6);
    spans.count = 0;
    assert_true(span_list_add(&spans, ROW_ESP_UDP, length));
    assert_int_equal(
        esp_protect(&sa, NULL, ESP_NEXT_HEADER_IPV6, packet, length, &spans, &datagram), 0);
    assert_int_equal(node_read(server.node, &datagram, 0), 0);
    assert_int_equal(server.events[NODE_EVENT_SERVED], i == ARRAY(at));
    assert_string_equal(server.label[NODE_EVENT_DISCARDED],
                        "UDP in ESP outside the traffic selectors");
  }
  node_destroy(client.node);
  node_destroy(server.node);
}

static void configuration(void **state) {
  struct ikev2_host_config config = usual(false, 0);
  struct end end = {.hooks = {.context = &end, .random = hook_random}, .seeded = {.state = 1}};
  (void)state;
  config.half_open_max = 0;
  assert_null(ikev2_host_create(&config, &end.hooks));
  config = usual(true, 0);
  config.sas_max = 0;
  assert_null(ikev2_host_create(&config, &end.hooks));
  config = usual(true, 0);
  config.ike.psk_length = 0;
  struct node *node = ikev2_host_create(&config, &end.hooks);
  assert_non_null(node);
  assert_true(ikev2_host_begin(node, 0) < 0);
  node_destroy(node);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(confirmed),     cmocka_unit_test(places),
                                     cmocka_unit_test(first_contact), cmocka_unit_test(time_passes),
                                     cmocka_unit_test(children),      cmocka_unit_test(selectors),
                                     cmocka_unit_test(configuration)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
