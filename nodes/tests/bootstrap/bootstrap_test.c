/* UE, application servers and AS together, all real: the draft's step 2, the channel, and the
 * application, by either pull; and what each says where it does not come to that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

enum { LATE_MS = 3000, DATAGRAMS_MAX = 40 };

static struct aps_world world;
static struct bootstrap_ue_config config;

static const enum bootstrap_pull PULLS[] = {BOOTSTRAP_PULL_ERP, BOOTSTRAP_PULL_PSK_IDENTITY};

static void start_with(enum bootstrap_pull pull, bool names_server) {
  for (size_t i = 0; i < APS_WORLD_APS; i++)
    for (unsigned j = 0; j < BOOTSTRAP_PULL_COUNT; j++)
      world.aps_config[i].pulls[j] = j == (unsigned)pull;
  aps_world_start(&world);
  config = aps_world_ue_config(&world, 0, pull);
  config.names_server = names_server;
  aps_world_place(&world, 0, &config);
  aps_world_learn(&world, 0);
}

static void start(enum bootstrap_pull pull) {
  aps_world_configure(&world);
  start_with(pull, true);
}

static unsigned told(enum node_phase phase, enum node_event_type type) {
  return world.ues[0].party.told.count[phase][type];
}

static void served(void **state) {
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    start(PULLS[i]);
    for (size_t server = 0; server < 2; server++)
      for (unsigned again = 0; again < 3; again++)
        assert_true(aps_world_request(&world, 0, server, again % 2 == 0 ? LOWER_GET : LOWER_POST));
    for (size_t aps = 0; aps < 2; aps++) {
      assert_int_equal(aps_world_told(&world, aps, NODE_PHASE_PULL, NODE_EVENT_KEY), 1);
      assert_int_equal(aps_world_told(&world, aps, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 1);
      assert_int_equal(aps_world_told(&world, aps, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 3);
    }
    assert_memory_not_equal(world.aps_party[0].told.secret, world.aps_party[1].told.secret,
                            BOOTSTRAP_DTLS_PSK_LENGTH);
    assert_memory_equal(world.aps_party[1].told.secret, world.ues[0].party.told.secret,
                        BOOTSTRAP_DTLS_PSK_LENGTH);
    assert_int_equal(aps_world_count(&world, "EAP-Initiate/Re-auth"), i == 0 ? 2 : 0);
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
  for (size_t i = 0; i < 2; i++) {
    start(PULLS[i]);
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
  static const char *const why[] = {"pull-unavailable", "dtls-unknown-identity"};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    start(PULLS[i]);
    world.as_is_dead = true;
    assert_false(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_string_equal(aps_world_ue_why(&world, 0), why[i]);
    world.as_is_dead = false;
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    aps_world_end(&world);
  }
}

static void slow_as(void **state) {
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    start(PULLS[i]);
    world.as_latency_ns = 1200 * NODE_MS;
    assert_true(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_int_equal(aps_world_count(&world, "CoAP ACK"), i == 0 ? 2 : 0);
    aps_world_end(&world);
  }
}

/* It may have keys under another name alone. */
static void not_authorised(void **state) {
  static const char *const why[] = {"pull-refused", "dtls-unknown-identity"};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    aps_world_configure(&world);
    world.key_clients[0].name.octets = (const uint8_t *)"aps9";
    start_with(PULLS[i], true);
    assert_false(aps_world_request(&world, 0, 0, LOWER_GET));
    assert_string_equal(aps_world_ue_why(&world, 0), why[i]);
    assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), 0);
    assert_true(aps_world_request(&world, 0, 1, LOWER_GET));
    aps_world_end(&world);
  }
}

/* The UE goes to aps1, as it believes, and aps2 answers: under its own name towards the AS. Where
 * the UE says in its Initiate whom it means the AS refuses; where it does not, it finds the name in
 * the Finish; by psk-identity the two keys differ. */
static void lying_aps(void **state) {
  static const struct {
    enum bootstrap_pull pull;
    bool names_server;
    const char *why;
  } rows[] = {{BOOTSTRAP_PULL_ERP, true, "pull-refused"},
              {BOOTSTRAP_PULL_ERP, false, NULL},
              {BOOTSTRAP_PULL_PSK_IDENTITY, true, NULL}};
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    aps_world_configure(&world);
    world.servers[0].address = world.servers[1].address;
    world.servers[1].address = aps_world_address(0);
    start_with(rows[i].pull, rows[i].names_server);
    assert_false(aps_world_request(&world, 0, 0, LOWER_GET));
    if (rows[i].why != NULL)
      assert_string_equal(aps_world_ue_why(&world, 0), rows[i].why);
    assert_int_equal(told(NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 0);
    assert_int_equal(aps_world_told(&world, 1, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 0);
    aps_world_end(&world);
  }
}

/* Nothing works after its lifetime: a new key is pulled, until the EMSK's is over, too. */
static void lifetimes(void **state) {
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    aps_world_configure(&world);
    world.roots_config.rrk_lifetime_s = 3000;
    world.ues[0].erp_config.rrk_lifetime_s = 3000;
    world.aps_config[0].key_lifetime_s = 1000;
    start_with(PULLS[i], true);
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
  for (size_t i = 0; i < 2; i++) {
    start(PULLS[i]);
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
  for (size_t i = 0; i < 2; i++) {
    start(PULLS[i]);
    for (size_t ue = 1; ue < APS_WORLD_UES; ue++) {
      config = aps_world_ue_config(&world, ue, PULLS[i]);
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

static void any_one(void **state) {
  static void (*const fates[])(struct aps_world *, size_t,
                               struct aps_world_datagram *) = {lose, double_late, delay};
  (void)state;
  for (size_t pull = 0; pull < 2; pull++)
    for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++)
      for (size_t at = 0, count = 1; at < count; at++) {
        start(PULLS[pull]);
        world.fate = fates[i];
        world.fate_at = at;
        const bool good = aps_world_request(&world, 0, 0, LOWER_POST);
        if (!good)
          print_error("pull %zu, fate %zu of datagram %zu: %s\n", pull, i, at,
                      aps_world_ue_why(&world, 0));
        assert_true(good);
        assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 1);
        count = world.count;
        assert_true(count < DATAGRAMS_MAX);
        aps_world_end(&world);
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(served),         cmocka_unit_test(restart),
      cmocka_unit_test(silent_as),      cmocka_unit_test(slow_as),
      cmocka_unit_test(not_authorised), cmocka_unit_test(lying_aps),
      cmocka_unit_test(lifetimes),      cmocka_unit_test(authenticated_anew),
      cmocka_unit_test(many_at_once),   cmocka_unit_test(any_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
