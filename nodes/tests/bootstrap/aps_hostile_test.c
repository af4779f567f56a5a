/* What strangers, and those who send in the name of others, come to at the application server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

enum { FLOOD = 2000, ROUNDS = 3000 };

static struct aps_world world;
static const struct node_address STRANGER = {.ip = {0x77, 1}, .port = 40000};

static void start_over(enum bootstrap_channel channel) {
  aps_world_configure_over(&world, channel);
  aps_world_start(&world);
}

static void start(void) {
  start_over(BOOTSTRAP_CHANNEL_DTLS);
}

static struct node_address channel_port(size_t aps) {
  const struct node_address address = aps_world_address(aps);
  return association_address(bootstrap_channel_kind(world.channel), &address);
}

static struct node_address radius_port(size_t aps) {
  struct node_address address = aps_world_address(aps);
  address.port = RADIUS_FIRST_PORT_DEFAULT;
  return address;
}

/* What answers a datagram of a stranger; its octets. */
static size_t strange_of(enum node_protocol protocol, const struct node_address *from,
                         const struct node_address *to, const uint8_t *data, size_t length) {
  world.is_cut = true;
  world.cut_octets = world.cut_last_length = 0;
  aps_world_inject_of(&world, protocol, from, to, data, length);
  world.is_cut = false;
  return world.cut_octets;
}

static size_t strange(const struct node_address *from, const struct node_address *to,
                      const uint8_t *data, size_t length) {
  return strange_of(NODE_UDP, from, to, data, length);
}

/* Channels */

static const struct aps_world_datagram *first_hello(void) {
  return aps_world_flown(&world, "DTLS ClientHello");
}

/* Nothing is kept of who has shown no cookie, and it is not sent more than it sends. */
static void flood_of_hellos(void **state) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_address from = STRANGER;
  (void)state;
  start();
  assert_true(aps_world_serve(&world, 0, 0));
  const struct node_address to = channel_port(0);
  const struct aps_world_datagram *hello = first_hello();
  memcpy(data, hello->data, hello->length);
  const uint64_t before = aps_world_state(&world, 0);
  for (unsigned i = 0; i < FLOOD; i++) {
    from.port++;
    data[30]++;
    const size_t answered = strange(&from, &to, data, hello->length);
    assert_true(answered > 0 && answered <= hello->length);
    assert_true(aps_world_state(&world, 0) == before);
  }
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_STARTED), 1);
  /* In the name of the UE, too. */
  assert_true(strange(&hello->source, &to, data, hello->length) > 0);
  assert_true(aps_world_state(&world, 0) == before);
  aps_world_end(&world);
}

/* Many who are at their addresses, and go no further: three of four places are for who has a key.
 */
static void flood_of_handshakes(void **state) {
  (void)state;
  aps_world_configure(&world);
  world.aps_config[0].channels_max = 4;
  aps_world_start(&world);
  for (size_t i = 0; i < 2; i++)
    assert_true(aps_world_serve(&world, i, 0));
  const struct aps_world_datagram *hello = first_hello();
  const struct aps_world_datagram *cookie = aps_world_flown(&world, "DTLS ClientHello, cookie");
  const struct node_address to = channel_port(0);
  struct node_address from = STRANGER;
  uint8_t first[NODE_DATAGRAM_MAX], second[NODE_DATAGRAM_MAX];
  memcpy(first, hello->data, hello->length);
  memcpy(second, cookie->data, cookie->length);
  for (unsigned i = 0; i < FLOOD; i++) {
    from.port++;
    assert_true(strange(&from, &to, first, hello->length) > 0);
    /* The cookie stands behind the random and the session id, in both. */
    memcpy(second + 25 + 2 + 32 + 1 + 1, world.cut_last + 25 + 2 + 1, 8);
    (void)strange(&from, &to, second, cookie->length);
  }
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_STARTED), 2 + FLOOD);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 0);
  for (size_t i = 0; i < 2; i++) {
    assert_true(aps_world_ask(&world, i, LOWER_GET));
    aps_world_run_ms(&world, 100);
    assert_int_equal(world.ues[i].answers, 1);
  }
  assert_true(aps_world_serve(&world, 2, 0));
  aps_world_end(&world);
}

/* With more UEs than places the one that was used last longest ago makes room. */
static void crowded_channels(void **state) {
  aps_world_configure_over(&world, aps_world_channel_of(state));
  world.aps_config[0].channels_max = 2;
  aps_world_start(&world);
  for (size_t i = 0; i < 3; i++)
    assert_true(aps_world_serve(&world, i, 0));
  assert_string_equal(aps_world_why(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED),
                      "made room for another");
  for (size_t i = 0; i < 3; i++) {
    assert_true(aps_world_ask(&world, i, LOWER_GET));
    aps_world_run_ms(&world, 100);
    assert_int_equal(world.ues[i].answers, i > 0);
  }
  aps_world_end(&world);
}

/* Likewise keys. */
static void crowded_keys(void **state) {
  static const bool kept[] = {true, false, true};
  aps_world_configure_over(&world, aps_world_channel_of(state));
  world.aps_config[0].keys_max = 2;
  world.aps_config[0].pulls[aps_world_handshake_pull(world.channel)] = false;
  aps_world_start(&world);
  for (size_t i = 0; i < 2; i++)
    assert_true(aps_world_serve(&world, i, 0));
  aps_world_open(&world, 0, 0); /* a use */
  aps_world_run_ms(&world, 1000);
  assert_true(aps_world_serve(&world, 2, 0));
  for (size_t i = 0; i < 3; i++) {
    aps_world_open(&world, i, 0);
    aps_world_run_ms(&world, 1000);
    assert_int_equal(aps_world_is_open(&world, i), kept[i]);
  }
  aps_world_end(&world);
}

static void lose_key_exchange(struct aps_world *in, size_t number,
                              struct aps_world_datagram *datagram) {
  (void)in;
  (void)number;
  if (strcmp(datagram->label, "DTLS ClientKeyExchange") == 0)
    datagram->arrival_ns[0] = NODE_NEVER;
}

/* A client that names one identity after another in one handshake, which does not end by it, since
 * the library waits for another message: the AS is asked once. */
static void many_identities(void **state) {
  enum { MESSAGE_SEQUENCE = 13 + 4 + 1, IDENTITY = 13 + 12 + 2, NAMES = 50 };
  uint8_t data[NODE_DATAGRAM_MAX];
  (void)state;
  start();
  world.fate = lose_key_exchange;
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 500);
  const struct aps_world_datagram *flight = aps_world_flown(&world, "DTLS ClientKeyExchange");
  assert_memory_equal(flight->data + IDENTITY, world.ues[0].identity, sizeof world.ues[0].identity);
  memcpy(data, flight->data, flight->length);
  data[MESSAGE_SEQUENCE] += 100;
  for (unsigned i = 0; i < NAMES; i++) {
    data[IDENTITY] = (uint8_t)('0' + i % 10);
    data[IDENTITY + 1] = (uint8_t)('0' + i / 10);
    aps_world_inject(&world, &flight->source, &flight->destination, data, flight->length);
    aps_world_run_ms(&world, 100);
  }
  assert_int_equal(aps_world_count(&world, "Access-Request"), 1);
  aps_world_end(&world);
}

/* Who speaks from the UE's address without its key does not end its channel. */
static void handshake_in_another_name(void **state) {
  struct association_pair kept;
  start_over(aps_world_channel_of(state));
  assert_true(aps_world_serve(&world, 0, 0));
  kept = world.ues[0].channel;
  world.ues[0].channel = (struct association_pair){.bytes_peak = 0};
  memset(world.ues[0].psk, 0, sizeof world.ues[0].psk);
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 100000);
  assert_false(aps_world_is_open(&world, 0));
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_FAILED), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 0);
  association_pair_close(&world.ues[0].channel);
  world.ues[0].channel = kept;
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[0].answers, 1);
  aps_world_end(&world);
}

/* A handshake comes again when it is over. */
static void replayed_handshake(void **state) {
  start_over(aps_world_channel_of(state));
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 1000);
  const size_t count = world.count;
  const struct node_address to = channel_port(0);
  for (size_t i = 0; i < count; i++)
    if (world.log[i].protocol == NODE_UDP && node_address_equal(&world.log[i].destination, &to))
      (void)strange(&world.log[i].source, &to, world.log[i].data, world.log[i].length);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_STARTED), 1);
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[0].answers, 1);
  const struct aps_world_datagram *request = aps_world_flown(&world, "app request");
  assert_int_equal(strange_of(request->protocol, &request->source, &request->destination,
                              request->data, request->length),
                   0);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 1);
  aps_world_end(&world);
}

/* All ports */

/* Random octets, and what has flown, changed: from strangers, and in the name of those who are
 * known. Nothing is granted, and the open channel stays. */
static void hostile_octets(void **state) {
  struct seeded seeded = {.state = 4711};
  uint8_t data[NODE_DATAGRAM_MAX];
  start_over(aps_world_channel_of(state));
  assert_true(aps_world_serve(&world, 0, 0));
  const unsigned keys = aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY);
  const struct node_address ports[] = {aps_world_address(0), channel_port(0), radius_port(0)};
  const struct node_address as = {.ip = {0x0a}, .port = RADIUS_PORT};
  const struct node_address ue = world.ues[0].address;
  const struct node_address from[] = {
      STRANGER, as, ue, association_address(bootstrap_channel_kind(world.channel), &ue)};
  const size_t count = world.count;
  for (unsigned i = 0; i < ROUNDS; i++) {
    const struct aps_world_datagram *flown = &world.log[seeded_below(&seeded, (uint32_t)count)];
    size_t length = flown->length;
    memcpy(data, flown->data, length);
    if (seeded_below(&seeded, 4) == 0) {
      length = seeded_below(&seeded, 100);
      seeded_bytes(&seeded, data, length);
    } else {
      for (unsigned j = seeded_below(&seeded, 4); j > 0; j--)
        data[seeded_below(&seeded, (uint32_t)length)] ^= (uint8_t)seeded_below(&seeded, 256);
      length = seeded_below(&seeded, 3) == 0 ? seeded_below(&seeded, (uint32_t)length) : length;
    }
    world.is_cut = true;
    aps_world_inject_of(&world, flown->protocol, &from[seeded_below(&seeded, 4)],
                        &ports[seeded_below(&seeded, 3)], data, length);
    if (i % 50 == 0)
      aps_world_run_ms(&world, 100);
    world.is_cut = false;
  }
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), keys);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 1);
  world.is_cut = true;
  aps_world_run_ms(&world, 600000);
  world.is_cut = false;
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[0].answers, 1);
  assert_true(aps_world_serve(&world, 1, 0));
  aps_world_end(&world);
}

/* Cut off at every octet, and followed by one more. */
static void truncated(void **state) {
  static uint8_t data[NODE_DATAGRAM_MAX];
  start_over(aps_world_channel_of(state));
  assert_true(aps_world_serve(&world, 0, 0));
  const size_t count = world.count;
  for (size_t i = 0; i < count; i++) {
    const struct aps_world_datagram flown = world.log[i];
    if (flown.destination.ip[0] != aps_world_address(0).ip[0])
      continue;
    memcpy(data, flown.data, flown.length);
    for (size_t length = 0; length <= flown.length + 1; length++)
      (void)strange_of(flown.protocol, &flown.source, &flown.destination, data, length);
  }
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 1);
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[0].answers, 1);
  aps_world_end(&world);
}

/* Configurations */

static void bad_configurations(void **state) {
  struct bootstrap_aps_config config;
  struct radius_client_config radius;
  (void)state;
  aps_world_configure(&world);
  const struct bootstrap_aps_config good = world.aps_config[0];
  for (unsigned i = 0; i < 11; i++) {
    config = good;
    radius = world.radius[0];
    config.radius = &radius;
    config.name.length = i == 0 ? 0 : i == 1 ? BOOTSTRAP_NAME_MAX + 1 : config.name.length;
    config.keys_max = i == 2 ? 0 : config.keys_max;
    config.channels_max = i == 3 ? 0 : config.channels_max;
    config.radius = i == 4 ? NULL : config.radius;
    config.realm_length = i == 5 ? 0 : config.realm_length;
    config.payload_bytes = i == 6 ? ASSOCIATION_PAYLOAD_MAX + 1 : config.payload_bytes;
    radius.server.port = i == 7 ? 0 : radius.server.port;
    config.name.octets = i == 8 ? (const uint8_t *)"a\0bc" : config.name.octets;
    config.channel = i == 9 ? BOOTSTRAP_CHANNEL_COUNT : config.channel;
    config.pulls[BOOTSTRAP_PULL_IKEV2_IDI] = i == 10;
    assert_null(bootstrap_aps_create(&config, &world.aps_party[0].hooks));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flood_of_hellos),      cmocka_unit_test(flood_of_handshakes),
      APS_WORLD_OVER_ALL(crowded_channels),   APS_WORLD_OVER_ALL(crowded_keys),
      cmocka_unit_test(many_identities),      APS_WORLD_OVER_ALL(handshake_in_another_name),
      APS_WORLD_OVER_ALL(replayed_handshake), APS_WORLD_OVER_ALL(hostile_octets),
      APS_WORLD_OVER_ALL(truncated),          cmocka_unit_test(bad_configurations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
