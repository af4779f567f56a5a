/* UE, application servers and AS together, all real: the draft's step 2, the channel, and the
 * application, by each pull and channel; and what each says where it does not come to that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

enum { LATE_MS = 3000, DATAGRAMS_MAX = 40 };

static struct aps_world world;
static struct bootstrap_ue_config config;

/* The ways by which a key is pulled, and a channel opened with it. */
static struct way {
  enum bootstrap_channel channel;
  enum bootstrap_pull pull;
} ways[BOOTSTRAP_CHANNEL_COUNT * BOOTSTRAP_PULL_COUNT];
static size_t way_count;

static int find_ways(void **state) {
  (void)state;
  for (unsigned channel = 0; channel < BOOTSTRAP_CHANNEL_COUNT; channel++)
    for (unsigned pull = 0; pull < BOOTSTRAP_PULL_COUNT; pull++)
      if (bootstrap_pull_goes_with(pull, channel) &&
          bootstrap_pull_trigger(pull) != BOOTSTRAP_TRIGGER_NONE)
        ways[way_count++] = (struct way){channel, pull};
  return way_count == 2 * BOOTSTRAP_CHANNEL_COUNT ? 0 : -1;
}

static bool is_by_erp(const struct way *way) {
  return way->pull == BOOTSTRAP_PULL_ERP;
}

static void start_with(const struct way *way, bool names_server) {
  for (size_t i = 0; i < APS_WORLD_APS; i++)
    for (unsigned j = 0; j < BOOTSTRAP_PULL_COUNT; j++)
      world.aps_config[i].pulls[j] = j == (unsigned)way->pull;
  aps_world_start(&world);
  config = aps_world_ue_config(&world, 0, way->pull);
  config.names_server = names_server;
  aps_world_place(&world, 0, &config);
  aps_world_learn(&world, 0);
}

static void start(const struct way *way) {
  aps_world_configure_over(&world, way->channel);
  start_with(way, true);
}

/* Why the UE has no channel with an ApS that comes by no key of it. */
static const char *reason(const struct way *way, const char *by_erp) {
  return is_by_erp(way) ? by_erp : aps_world_refusal(way->channel);
}

static unsigned told(enum node_phase phase, enum node_event_type type) {
  return world.ues[0].party.told.count[phase][type];
}

static void served(void **state) {
  (void)state;
  for (size_t i = 0; i < way_count; i++) {
    start(&ways[i]);
    for (size_t server = 0; server < 2; server++)
      for (unsigned again = 0; again < 3; again++)
        assert_true(aps_world_request(&world, 0, server, again % 2 == 0 ? LOWER_GET : LOWER_POST));
    for (size_t aps = 0; aps < 2; aps++) {
      assert_int_equal(aps_world_told(&world, aps, NODE_PHASE_PULL, NODE_EVENT_KEY), 1);
      assert_int_equal(aps_world_told(&world, aps, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 1);
      assert_int_equal(aps_world_told(&world, aps, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 3);
    }
    assert_memory_not_equal(world.aps_party[0].told.secret, world.aps_party[1].told.secret,
                            bootstrap_channel_psk_length(ways[i].channel));
    assert_memory_equal(world.aps_party[1].told.secret, world.ues[0].party.told.secret,
                        bootstrap_channel_psk_length(ways[i].channel));
    assert_int_equal(aps_world_count(&world, "EAP-Initiate/Re-auth"), is_by_erp(&ways[i]) ? 2 : 0);
    assert_int_equal(aps_world_count(&world, "Access-Request"), 2);
    for (size_t j = 0; j < world.count; j++)
      assert_true(world.log[j].phase != NODE_PHASE_AUTHENTICATION && world.log[j].copy == 0);
    aps_world_end(&world);
  }
}

/* The ApS knows nothing any more. With psk-identity it asks again; with ERP the UE does, who is
 * told in the handshake, once the old channel is found to be dead. */
static void restart(void **state) {
  (void)state;
  for (size_t i = 0; i < way_count; i++) {
    start(&ways[i]);
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    aps_world_restart(&world, 0);
    assert_false(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_string_equal(aps_world_ue_why(&world, 0), "app-timeout");
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), 2);
    aps_world_end(&world);
  }
}

static void silent_as(void **state) {
  (void)state;
  for (size_t i = 0; i < way_count; i++) {
    start(&ways[i]);
    world.as_is_dead = true;
    assert_false(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_string_equal(aps_world_ue_why(&world, 0), reason(&ways[i], "pull-unavailable"));
    world.as_is_dead = false;
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    aps_world_end(&world);
  }
}

static void slow_as(void **state) {
  (void)state;
  for (size_t i = 0; i < way_count; i++) {
    start(&ways[i]);
    world.as_latency_ns = 1200 * NODE_MS;
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_int_equal(aps_world_count(&world, "CoAP ACK"), is_by_erp(&ways[i]) ? 2 : 0);
    aps_world_end(&world);
  }
}

/* It may have keys under another name alone. */
static void not_authorised(void **state) {
  (void)state;
  for (size_t i = 0; i < way_count; i++) {
    aps_world_configure_over(&world, ways[i].channel);
    world.key_clients[0].name.octets = (const uint8_t *)"aps9";
    start_with(&ways[i], true);
    assert_false(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_string_equal(aps_world_ue_why(&world, 0), reason(&ways[i], "pull-refused"));
    assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), 0);
    assert_true(aps_world_request(&world, 0, 1, LOWER_GET));
    aps_world_end(&world);
  }
}

/* The UE goes to aps1, as it believes, and aps2 answers: under its own name towards the AS. Where
 * the UE says in its Initiate whom it means the AS refuses; where it does not, it finds the name in
 * the Finish; by psk-identity the two keys differ. */
static void lie(const struct way *way, bool names_server, const char *why) {
  aps_world_configure_over(&world, way->channel);
  world.servers[0].address = world.servers[1].address;
  world.servers[1].address = aps_world_address(0);
  start_with(way, names_server);
  assert_false(aps_world_request(&world, 0, 0, LOWER_GET));
  if (why != NULL)
    assert_string_equal(aps_world_ue_why(&world, 0), why);
  assert_int_equal(told(NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 0);
  assert_int_equal(aps_world_told(&world, 1, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 0);
  aps_world_end(&world);
}

static void lying_aps(void **state) {
  (void)state;
  for (size_t i = 0; i < way_count; i++) {
    lie(&ways[i], true, is_by_erp(&ways[i]) ? "pull-refused" : NULL);
    if (is_by_erp(&ways[i]))
      lie(&ways[i], false, NULL);
  }
}

/* Nothing works after its lifetime: a new key is pulled, until the EMSK's is over, too. */
static void lifetimes(void **state) {
  (void)state;
  for (size_t i = 0; i < way_count; i++) {
    aps_world_configure_over(&world, ways[i].channel);
    world.roots_config.rrk_lifetime_s = 3000;
    world.ues[0].erp_config.rrk_lifetime_s = 3000;
    world.aps_config[0].key_lifetime_s = 1000;
    start_with(&ways[i], true);
    config.key_lifetime_s = 1000;
    config.erp = world.ues[0].erp_config;
    aps_world_place(&world, 0, &config);
    aps_world_learn(&world, 0);
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    aps_world_run_ms(&world, 1000000);
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_int_equal(told(NODE_PHASE_PULL, NODE_EVENT_ANSWERED), 2);
    aps_world_run_ms(&world, 2000000);
    const size_t count = world.count;
    assert_false(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_int_equal(world.count, count);
    aps_world_learn(&world, 0);
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    aps_world_end(&world);
  }
}

/* Another authentication: the old keys are of no use to either. */
static void authenticated_anew(void **state) {
  (void)state;
  for (size_t i = 0; i < way_count; i++) {
    start(&ways[i]);
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    aps_world_learn(&world, 0);
    assert_int_equal(told(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), 2);
    assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 2);
    aps_world_end(&world);
  }
}

/* All UEs at once, to both ApS. */
static void many_at_once(void **state) {
  (void)state;
  for (size_t i = 0; i < way_count; i++) {
    start(&ways[i]);
    for (size_t ue = 1; ue < APS_WORLD_UES; ue++) {
      config = aps_world_ue_config(&world, ue, ways[i].pull);
      aps_world_place(&world, ue, &config);
      aps_world_learn(&world, ue);
    }
    for (size_t ue = 0; ue < APS_WORLD_UES; ue++)
      for (size_t server = 0; server < 2; server++)
        assert_int_equal(aps_world_begin(&world, ue, server, LOWER_GET), 0);
    assert_int_equal(aps_world_begin(&world, 0, 0, LOWER_GET), NODE_ERR_BUSY);
    aps_world_run_ms(&world, 1000);
    for (size_t ue = 0; ue < APS_WORLD_UES; ue++)
      assert_int_equal(world.ues[ue].party.told.count[NODE_PHASE_APPLICATION][NODE_EVENT_ANSWERED],
                       2);
    aps_world_end(&world);
  }
}

/* Any one datagram */

static void lose(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  if (number == in->fate_at)
    datagram->arrival_ns[0] = NODE_NEVER;
}

static void double_late(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  if (number == in->fate_at)
    datagram->arrival_ns[1] = datagram->arrival_ns[0] + LATE_MS * NODE_MS;
}

static void delay(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  if (number == in->fate_at)
    datagram->arrival_ns[0] += LATE_MS * NODE_MS;
}

static void request_with(const struct way *way,
                         void (*fate)(struct aps_world *, size_t, struct aps_world_datagram *)) {
  for (size_t at = 0, count = 1; at < count; at++) {
    start(way);
    world.fate = fate;
    world.fate_at = at;
    const bool good = aps_world_request(&world, 0, 0, LOWER_POST);
    if (!good)
      print_error("%s by %s, datagram %zu: %s\n", bootstrap_channel_name(way->channel),
                  bootstrap_pull_name(way->pull), at, aps_world_ue_why(&world, 0));
    assert_true(good);
    assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 1);
    count = world.count;
    assert_true(count < DATAGRAMS_MAX);
    aps_world_end(&world);
  }
}

static void any_one(void **state) {
  static void (*const fates[])(struct aps_world *, size_t,
                               struct aps_world_datagram *) = {lose, double_late, delay};
  (void)state;
  for (size_t i = 0; i < way_count; i++)
    for (size_t j = 0; j < sizeof fates / sizeof fates[0]; j++)
      request_with(&ways[i], fates[j]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(served),         cmocka_unit_test(restart),
      cmocka_unit_test(silent_as),      cmocka_unit_test(slow_as),
      cmocka_unit_test(not_authorised), cmocka_unit_test(lying_aps),
      cmocka_unit_test(lifetimes),      cmocka_unit_test(authenticated_anew),
      cmocka_unit_test(many_at_once),   cmocka_unit_test(any_one),
  };
  return cmocka_run_group_tests(tests, find_ways, NULL);
}
