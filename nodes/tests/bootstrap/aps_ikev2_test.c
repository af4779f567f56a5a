/* What of an application server is IKEv2's: sizes, cookies, floods of IKE_SA_INIT, ESP of nobody,
 * and identities. The rest is in the tests that run over all channels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

enum { FLOOD = 300, PLACES = 4, SPI = 7, MARKER = 4, HEADER = 28 };

static struct aps_world world;
static const struct node_address STRANGER = {.ip = {0x77, 1}, .port = 500};

static void configure(void *const *state) {
  aps_world_configure_over(&world, aps_world_channel_of(state));
}

static void set_cookie(bool on) {
  option_set(&world.options, lower_option("ikev2_cookie"), on);
}

static bool is_in_udp(void) {
  return world.channel == BOOTSTRAP_CHANNEL_IKEV2_UDP;
}

static unsigned told(enum node_phase phase, enum node_event_type type) {
  return aps_world_told(&world, 0, phase, type);
}

static size_t strange(enum node_protocol protocol, const struct node_address *from,
                      const struct node_address *to, const uint8_t *data, size_t length) {
  world.is_cut = true;
  world.cut_octets = world.cut_last_length = 0;
  aps_world_inject_of(&world, protocol, from, to, data, length);
  world.is_cut = false;
  return world.cut_octets;
}

/* UE 0 opens a channel by the pull in its handshake. */
static void open_by_identity(void) {
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 1000);
  assert_true(aps_world_is_open(&world, 0));
}

/* The handshake with IDi of 8 octets and IDr of 6, and a child; in UDP with the marker. The AS is
 * asked between the last two. */
static void sizes(void **state) {
  static const struct bootstrap_name name = {(const uint8_t *)"server", 6};
  static const struct {
    const char *label;
    size_t octets;
  } steps[] = {{"IKE_SA_INIT request", 128}, {"IKE_SA_INIT response", 128},
               {"IKE_AUTH request", 259},    {"Access-Request", 0},
               {"Access-Accept", 0},         {"IKE_AUTH response", 243}};
  configure(state);
  world.servers[0].name = world.aps_config[0].name = world.key_clients[0].name = name;
  aps_world_start(&world);
  aps_world_take_root(&world, 0, "server");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 1000);
  assert_true(aps_world_is_open(&world, 0));
  assert_int_equal(world.count, sizeof steps / sizeof steps[0]);
  for (size_t i = 0; i < world.count; i++) {
    assert_string_equal(world.log[i].label, steps[i].label);
    if (steps[i].octets == 0)
      continue;
    assert_int_equal(world.log[i].length, steps[i].octets + (is_in_udp() ? MARKER : 0));
    assert_int_equal(world.log[i].destination.port, is_in_udp() ? 5684 : 500);
    assert_int_equal(world.log[i].phase, NODE_PHASE_SECURE);
  }
  aps_world_end(&world);
}

/* What is inside is a segment of UDP in ESP, which has a protocol of its own, or is in UDP. */
static void esp(void **state) {
  configure(state);
  aps_world_start(&world);
  open_by_identity();
  uint8_t digits[BOOTSTRAP_IDENTITY_LENGTH];
  bootstrap_identity_write(world.ues[0].identity, digits);
  assert_int_equal(world.aps_party[0].told.name_length, sizeof digits);
  assert_memory_equal(world.aps_party[0].told.name, digits, sizeof digits);
  const size_t before = world.count;
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[0].answers, 1);
  assert_int_equal(world.count, before + 2);
  for (size_t i = before; i < world.count; i++) {
    assert_int_equal(world.log[i].protocol, is_in_udp() ? NODE_UDP : NODE_ESP);
    assert_int_equal(world.log[i].source.port, is_in_udp() ? 5684 : 0);
    assert_int_equal(world.log[i].destination.port, is_in_udp() ? 5684 : 0);
    assert_int_equal(world.log[i].phase, NODE_PHASE_APPLICATION);
  }
  aps_world_end(&world);
}

static void cookie(void **state) {
  configure(state);
  set_cookie(true);
  aps_world_start(&world);
  open_by_identity();
  assert_int_equal(aps_world_count(&world, "IKE_SA_INIT request"), 2);
  assert_int_equal(told(NODE_PHASE_SECURE, NODE_EVENT_STARTED), 1);
  assert_int_equal(told(NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 1);
  assert_true(aps_world_ask(&world, 0, LOWER_POST));
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[0].answers, 1);
  aps_world_end(&world);
}

/* Requests of many: each from another address, with another SPI. */
static void flood(const struct aps_world_datagram *init, void (*look)(size_t answered)) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_address from = STRANGER;
  const size_t spi = SPI + (is_in_udp() ? MARKER : 0);
  from.port = init->source.port;
  memcpy(data, init->data, init->length);
  for (unsigned i = 0; i < FLOOD; i++) {
    from.ip[14] = (uint8_t)(i >> 8);
    from.ip[15] = (uint8_t)i;
    data[spi]++;
    look(strange(NODE_UDP, &from, &init->destination, data, init->length));
  }
}

static uint64_t state_before;

static void look_stateless(size_t answered) {
  assert_true(answered > 0 && answered <= 128);
  assert_true(aps_world_state(&world, 0) == state_before);
}

/* With cookies nothing is kept of who has shown none, and it is not sent more than it sends. */
static void flood_with_cookies(void **state) {
  configure(state);
  set_cookie(true);
  world.aps_config[0].channels_max = PLACES;
  aps_world_start(&world);
  open_by_identity();
  state_before = aps_world_state(&world, 0);
  flood(aps_world_flown(&world, "IKE_SA_INIT request"), look_stateless);
  assert_int_equal(told(NODE_PHASE_SECURE, NODE_EVENT_STARTED), 1);
  aps_world_end(&world);
}

static void look_answered(size_t answered) {
  assert_true(answered > 0);
}

/* Without, each has one of the places of handshakes, and those who have a channel lose nothing. */
static void flood_without_cookies(void **state) {
  configure(state);
  world.aps_config[0].channels_max = PLACES;
  aps_world_start(&world);
  for (size_t i = 0; i < 2; i++)
    assert_true(aps_world_serve(&world, i, 0));
  flood(aps_world_flown(&world, "IKE_SA_INIT request"), look_answered);
  assert_int_equal(told(NODE_PHASE_SECURE, NODE_EVENT_STARTED), 2 + FLOOD);
  assert_true(told(NODE_PHASE_SECURE, NODE_EVENT_FAILED) >= FLOOD - PLACES);
  assert_int_equal(told(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 0);
  for (size_t i = 0; i < 2; i++) {
    assert_true(aps_world_ask(&world, i, LOWER_GET));
    aps_world_run_ms(&world, 100);
    assert_int_equal(world.ues[i].answers, 1);
  }
  assert_true(aps_world_serve(&world, 2, 0));
  aps_world_run_ms(&world, 60000); /* half-open ones end */
  assert_int_equal(told(NODE_PHASE_SECURE, NODE_EVENT_FAILED), FLOOD);
  aps_world_end(&world);
}

/* An IKE_SA_INIT in a UE's name costs it no channel; IKE_AUTH without its keys no question. */
static void init_in_another_name(void **state) {
  uint8_t data[NODE_DATAGRAM_MAX];
  configure(state);
  aps_world_start(&world);
  open_by_identity();
  const size_t spi = SPI + (is_in_udp() ? MARKER : 0);
  const struct aps_world_datagram init = *aps_world_flown(&world, "IKE_SA_INIT request");
  const struct aps_world_datagram auth = *aps_world_flown(&world, "IKE_AUTH request");
  memcpy(data, init.data, init.length);
  data[spi] ^= 1;
  assert_true(strange(NODE_UDP, &init.source, &init.destination, data, init.length) > 0);
  /* With the SPIs of the new handshake. */
  memcpy(data, auth.data, auth.length);
  memcpy(data + spi - SPI, world.cut_last + spi - SPI, 16);
  assert_int_equal(strange(NODE_UDP, &auth.source, &auth.destination, data, auth.length), 0);
  assert_int_equal(aps_world_count(&world, "Access-Request"), 1);
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[0].answers, 1);
  aps_world_run_ms(&world, 60000);
  assert_int_equal(told(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 0);
  aps_world_end(&world);
}

/* ESP of who has no channel, of a SPI that is nobody's, of no length: drops. */
static void esp_of_nobody(void **state) {
  uint8_t data[64] = {1, 2, 3, 4, 0, 0, 0, 1};
  configure(state);
  aps_world_start(&world);
  open_by_identity();
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run_ms(&world, 1000);
  const struct aps_world_datagram sent = *aps_world_flown(&world, "app request");
  const struct node_address from[] = {STRANGER, sent.source};
  const uint64_t before = aps_world_state(&world, 0);
  for (size_t i = 0; i < 2; i++)
    for (size_t length = 0; length <= sizeof data; length++)
      assert_int_equal(strange(sent.protocol, &from[i], &sent.destination, data, length), 0);
  assert_true(aps_world_state(&world, 0) == before);
  assert_int_equal(told(NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 1);
  /* The UE's own, from another address, and again. */
  assert_int_equal(strange(sent.protocol, &STRANGER, &sent.destination, sent.data, sent.length), 0);
  assert_int_equal(strange(sent.protocol, &sent.source, &sent.destination, sent.data, sent.length),
                   0);
  assert_int_equal(told(NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 1);
  aps_world_end(&world);
}

/* A channel of the same UE takes the former's place once it is confirmed. */
static void replaced(void **state) {
  configure(state);
  aps_world_start(&world);
  open_by_identity();
  for (unsigned i = 0; i < 3; i++) {
    aps_world_open(&world, 0, 0);
    aps_world_run_ms(&world, 1000);
    assert_true(aps_world_is_open(&world, 0));
    assert_true(aps_world_ask(&world, 0, LOWER_GET));
    aps_world_run_ms(&world, 1000);
    assert_int_equal(world.ues[0].answers, 1);
  }
  assert_int_equal(aps_world_count(&world, "Access-Request"), 1);
  assert_int_equal(told(NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 4);
  aps_world_end(&world);
}

#define OVER_BOTH(test)                                                                            \
  cmocka_unit_test_prestate(test, &aps_world_channels[BOOTSTRAP_CHANNEL_IKEV2]),                   \
      cmocka_unit_test_prestate(test, &aps_world_channels[BOOTSTRAP_CHANNEL_IKEV2_UDP])

int main(void) {
  const struct CMUnitTest tests[] = {
      OVER_BOTH(sizes),
      OVER_BOTH(esp),
      OVER_BOTH(cookie),
      OVER_BOTH(flood_with_cookies),
      OVER_BOTH(flood_without_cookies),
      OVER_BOTH(init_in_another_name),
      OVER_BOTH(esp_of_nobody),
      OVER_BOTH(replaced),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
