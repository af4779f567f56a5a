/* Triggers from forged addresses, in virtual time: what goes out for them, who joins meanwhile, and
 * what is left of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "coap-eap/authenticator.h"
#include "coap-eap/peer.h"
#include "crowd/heap.h"
#include "eap/psk.h"
#include "seeded.h"

#include <stdlib.h>
#include <string.h>

enum {
  SOURCES_MAX = 100000,
  RATE_PER_S = 4000,
  PEERS_MAX = 1000,
  HALF_OPEN_MAX = 100,
  LATENCY_MS = 20,
  FLIGHT_MAX = 64,
  TRANSMISSIONS = 5, /* of a confirmable message that nobody answers */
  AMPLIFICATION_MAX = 3,
  REPETITIONS = 4,
  MEMORY_MAX = 20 * 1000 * 1000,
};

#define PSK "0123456789abcdef"
#define NAME "newcomer"

static const struct node_address AUTHENTICATOR = {.ip = {1}, .port = COAP_EAP_PORT};
static const struct node_address NEWCOMER = {.ip = {3}, .port = COAP_EAP_PORT};

struct flying {
  struct node_address source, destination;
  uint64_t arrival_ns;
  size_t length;
  uint8_t data[NODE_DATAGRAM_MAX];
};

/* An authenticator, one true peer at most, and sources of triggers that never answer. */
struct world {
  struct seeded seeded;
  struct node_hooks hooks;
  struct node *authenticator, *peer;
  uint64_t now_ns;
  struct flying flight[FLIGHT_MAX]; /* to and from the peer */
  size_t first, count;
  unsigned confirmed; /* by both sides */
  struct source {
    unsigned octets_in, octets_out, requests;
  } sources[SOURCES_MAX];
};

static struct world world;

static struct node_address source_address(size_t source) {
  return (struct node_address){
      .ip = {2, (uint8_t)(source >> 16), (uint8_t)(source >> 8), (uint8_t)source}, .port = 9};
}

static size_t source_of(const struct node_address *address) {
  return (size_t)address->ip[1] << 16 | (size_t)address->ip[2] << 8 | address->ip[3];
}

static void flood_on_event(void *context, const struct node_event *event) {
  (void)context;
  world.confirmed += event->type == NODE_EVENT_CONFIRMED;
}

static const struct eap_user *flood_lookup(void *context, const uint8_t *identity, size_t length) {
  static const struct eap_server_method method = {
      .method = &EAP_PSK_SERVER,
      .credential = {.psk = (const uint8_t *)PSK,
                     .local_id = (const uint8_t *)"server",
                     .local_id_length = 6}};
  static const struct eap_user user = {.identity = (const uint8_t *)NAME,
                                       .identity_length = sizeof NAME - 1,
                                       .methods = &method,
                                       .method_count = 1};
  (void)context;
  const bool known = length == sizeof NAME - 1 && memcmp(identity, NAME, length) == 0;
  return known ? &user : NULL;
}

static const struct option_values DEFAULTS;

static void world_begin(struct lower_authenticator_config config) {
  memset(&world, 0, sizeof world);
  world.seeded.state = 5;
  world.hooks = (struct node_hooks){
      .context = &world.seeded, .random = seeded_bytes, .event = flood_on_event};
  config.options = &DEFAULTS;
  config.local = AUTHENTICATOR;
  config.eap.lookup = flood_lookup;
  world.authenticator = coap_eap_authenticator_create(&config, &world.hooks);
  assert_non_null(world.authenticator);
}

static void world_end(void) {
  node_destroy(world.authenticator);
  node_destroy(world.peer);
}

static void launch(const struct node_datagram *datagram) {
  assert_true(world.count < FLIGHT_MAX);
  struct flying *flying = &world.flight[(world.first + world.count++) % FLIGHT_MAX];
  *flying = (struct flying){.source = datagram->source,
                            .destination = datagram->destination,
                            .arrival_ns = world.now_ns + LATENCY_MS * NODE_MS,
                            .length = datagram->length};
  memcpy(flying->data, datagram->data, datagram->length);
}

static void flood_drain(struct node *node) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  while (node_write(node, &datagram, world.now_ns) == 1) {
    if (datagram.destination.ip[0] != source_address(0).ip[0]) {
      launch(&datagram);
    } else {
      struct source *source = &world.sources[source_of(&datagram.destination)];
      source->octets_out += (unsigned)datagram.length;
      source->requests += datagram.part == NODE_PART_REQUEST;
    }
    datagram = (struct node_datagram){.data = data, .capacity = sizeof data};
  }
}

static void flood_wake(struct node *node) {
  if (node == NULL || node_expiry(node) > world.now_ns)
    return;
  assert_int_equal(node_handle_expiry(node, world.now_ns), 0);
  flood_drain(node);
}

static void flood_deliver(const struct flying *flying) {
  uint8_t data[NODE_DATAGRAM_MAX];
  memcpy(data, flying->data, flying->length);
  const struct node_datagram datagram = {.source = flying->source,
                                         .destination = flying->destination,
                                         .data = data,
                                         .length = flying->length};
  struct node *node =
      node_address_equal(&flying->destination, &AUTHENTICATOR) ? world.authenticator : world.peer;
  assert_int_equal(node_read(node, &datagram, world.now_ns), 0);
  flood_drain(node);
}

static uint64_t next_ns(void) {
  uint64_t next = node_expiry(world.authenticator);
  if (world.peer != NULL && node_expiry(world.peer) < next)
    next = node_expiry(world.peer);
  if (world.count > 0 && world.flight[world.first].arrival_ns < next)
    next = world.flight[world.first].arrival_ns;
  return next;
}

static void run_until(uint64_t until_ns) {
  while (next_ns() <= until_ns) {
    if (next_ns() > world.now_ns)
      world.now_ns = next_ns();
    if (world.count > 0 && world.flight[world.first].arrival_ns <= world.now_ns) {
      const struct flying flying = world.flight[world.first];
      world.first = (world.first + 1) % FLIGHT_MAX;
      world.count--;
      flood_deliver(&flying);
    }
    flood_wake(world.authenticator);
    flood_wake(world.peer);
  }
  world.now_ns = until_ns;
}

/* `type`: COAP_CON or COAP_NON. */
static void send_trigger(size_t source, enum coap_type type, uint16_t message_id) {
  uint8_t data[] = {(uint8_t)(0x40 | type << 4), COAP_CODE_POST, (uint8_t)(message_id >> 8),
                    (uint8_t)message_id,         0xb1,           'b'};
  const struct node_datagram datagram = {.source = source_address(source),
                                         .destination = AUTHENTICATOR,
                                         .data = data,
                                         .length = sizeof data};
  world.sources[source].octets_in += sizeof data;
  assert_int_equal(node_read(world.authenticator, &datagram, world.now_ns), 0);
  flood_drain(world.authenticator);
}

/* The true peer joins, for the first time or anew from nothing. */
static void let_join(void) {
  static const struct eap_peer_method method = {
      .method = &EAP_PSK_PEER,
      .credential = {.psk = (const uint8_t *)PSK,
                     .local_id = (const uint8_t *)"client",
                     .local_id_length = 6}};
  const struct lower_peer_config config = {.options = &DEFAULTS,
                                           .local = NEWCOMER,
                                           .authenticator = AUTHENTICATOR,
                                           .begins = true,
                                           .start_ns = world.now_ns,
                                           .eap = {.identity = (const uint8_t *)NAME,
                                                   .identity_length = sizeof NAME - 1,
                                                   .methods = &method,
                                                   .method_count = 1}};
  node_destroy(world.peer);
  world.peer = coap_eap_peer_create(&config, &world.hooks);
  assert_non_null(world.peer);
  world.confirmed = 0;
}

/* Triggers of `count` sources from `first` on, one after the other. */
static void flood(size_t first, size_t count) {
  for (size_t i = first; i < first + count; i++) {
    run_until(world.now_ns + NODE_SECOND / RATE_PER_S);
    send_trigger(i, COAP_NON, 0);
  }
}

static void expect_limit(size_t count) {
  for (size_t i = 0; i < count; i++)
    assert_true(world.sources[i].octets_out <= AMPLIFICATION_MAX * world.sources[i].octets_in);
}

/* A newcomer joins within 15 s during the flood and within 3 s after it; of all that came nothing
 * is left when it is over. */
static void newcomers_join(void **state) {
  const struct lower_authenticator_config config = {.peers_max = PEERS_MAX,
                                                    .half_open_max = HALF_OPEN_MAX,
                                                    .lifetime_s = 120,
                                                    .one_per_identity = true};
  (void)state;
  world_begin(config);
  const size_t before = heap_octets(0);
  flood(0, 5 * RATE_PER_S);
  let_join();
  flood(5 * RATE_PER_S, 15 * RATE_PER_S);
  assert_int_equal(world.confirmed, 2);
  flood(20 * RATE_PER_S, SOURCES_MAX - 20 * RATE_PER_S);
  assert_true(heap_octets(0) - before < MEMORY_MAX);
  let_join();
  run_until(world.now_ns + 3 * NODE_SECOND);
  assert_int_equal(world.confirmed, 2);
  expect_limit(SOURCES_MAX);
  node_destroy(world.peer);
  world.peer = NULL;
  run_until(world.now_ns + 300 * NODE_SECOND);
  assert_true(node_expiry(world.authenticator) == NODE_NEVER);
  assert_in_range(heap_octets(0), 0, before + before / 10);
  for (size_t i = 0; i < SOURCES_MAX; i++)
    assert_int_equal(world.sources[i].requests, 1);
  world_end();
}

/* Up to the limit nothing differs from CoAP; one more, and no timer repeats anything. */
static void the_limit_is_where_it_says(void **state) {
  const struct lower_authenticator_config config = {.peers_max = PEERS_MAX,
                                                    .half_open_max = HALF_OPEN_MAX};
  (void)state;
  for (size_t count = HALF_OPEN_MAX; count <= HALF_OPEN_MAX + 1; count++) {
    const unsigned expected = count == HALF_OPEN_MAX ? TRANSMISSIONS : 1;
    world_begin(config);
    for (size_t i = 0; i < count; i++)
      send_trigger(i, COAP_NON, 7);
    run_until(60 * NODE_SECOND);
    for (size_t i = 0; i < count; i++)
      assert_int_equal(world.sources[i].requests, expected);
    run_until(200 * NODE_SECOND);
    assert_true(node_expiry(world.authenticator) == NODE_NEVER);
    world_end();
  }
}

/* Above the limit step 1 goes out once for each trigger, also for the same one again. */
static void each_trigger_is_answered_once(void **state) {
  const struct lower_authenticator_config config = {.peers_max = PEERS_MAX, .half_open_max = 1};
  (void)state;
  world_begin(config);
  for (size_t i = 0; i < 2; i++)
    send_trigger(i, COAP_NON, 1);
  for (unsigned i = 1; i <= REPETITIONS; i++) {
    run_until(i * 10 * NODE_SECOND);
    send_trigger(0, COAP_NON, 1);
    send_trigger(1, COAP_NON, (uint16_t)(1 + i));
    for (size_t j = 0; j < 2; j++)
      assert_int_equal(world.sources[j].requests, 1 + i);
  }
  expect_limit(2);
  world_end();
}

/* Three octets at most for each that came, whatever is asked for. */
static void confirmable_triggers_are_limited_too(void **state) {
  const struct lower_authenticator_config config = {.peers_max = 8, .half_open_max = 2};
  (void)state;
  world_begin(config);
  for (size_t i = 0; i < HALF_OPEN_MAX; i++)
    send_trigger(i, COAP_NON, 0);
  for (unsigned i = 0; i < 50; i++)
    for (size_t source = HALF_OPEN_MAX; source < HALF_OPEN_MAX + 3; source++) {
      send_trigger(source, COAP_CON, (uint16_t)(i / 3));
      run_until(world.now_ns + NODE_SECOND / 4);
      expect_limit(HALF_OPEN_MAX + 3);
    }
  assert_true(world.sources[HALF_OPEN_MAX].requests > 1);
  world_end();
}

/* What the authenticator begins is repeated as CoAP does, whoever else comes. */
static void own_beginnings_are_exempt(void **state) {
  const struct lower_authenticator_config config = {.peers_max = 8, .half_open_max = 2};
  const size_t begun = SOURCES_MAX - 1;
  const struct node_address address = source_address(begun);
  (void)state;
  world_begin(config);
  assert_int_equal(coap_eap_authenticator_begin(world.authenticator, &address), 0);
  flood_drain(world.authenticator);
  flood(0, 20 * RATE_PER_S);
  run_until(60 * NODE_SECOND);
  assert_int_equal(world.sources[begun].requests, TRANSMISSIONS);
  world_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(newcomers_join),
      cmocka_unit_test(the_limit_is_where_it_says),
      cmocka_unit_test(each_trigger_is_answered_once),
      cmocka_unit_test(confirmable_triggers_are_limited_too),
      cmocka_unit_test(own_beginnings_are_exempt),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
