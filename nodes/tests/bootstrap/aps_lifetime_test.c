/* How long keys and channels of the application server last: restarts, lifetimes, other pulls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

static struct aps_world world;

static void restart(void **state) {
  aps_world_configure_over(&world, aps_world_channel_of(state));
  world.aps_config[0].pulls[aps_world_handshake_pull(world.channel)] = false;
  aps_world_start(&world);
  assert_true(aps_world_serve(&world, 0, 0));
  aps_world_restart(&world, 0);
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run_ms(&world, 100000);
  assert_int_equal(world.ues[0].answers, 0);
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 60000);
  assert_string_equal(world.ues[0].failure, aps_world_refusal(world.channel));
  assert_true(aps_world_serve(&world, 0, 0));
  aps_world_end(&world);
}

/* A key, and what was opened with it, until their end. */
static void lifetime(void **state) {
  aps_world_configure_over(&world, aps_world_channel_of(state));
  world.aps_config[0].pulls[aps_world_handshake_pull(world.channel)] = false;
  world.aps_config[0].key_lifetime_s = 3600;
  aps_world_start(&world);
  assert_true(aps_world_serve(&world, 0, 0));
  aps_world_run(&world, 3500 * NODE_SECOND);
  world.now_ns = 3500 * NODE_SECOND;
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run(&world, 3590 * NODE_SECOND);
  assert_int_equal(world.ues[0].answers, 1);
  aps_world_run_ms(&world, 200000);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
  assert_string_equal(aps_world_why(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED),
                      "lifetime");
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run_ms(&world, 100000);
  assert_int_equal(world.ues[0].answers, 0);
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 60000);
  assert_string_equal(world.ues[0].failure, aps_world_refusal(world.channel));
  aps_world_end(&world);
}

/* What says how long: the Finish, else Session-Timeout (of psk-identity: what is left of the EMSK),
 * else the configuration. */
static void lifetime_by_finish(void **state) {
  aps_world_configure_over(&world, aps_world_channel_of(state));
  world.roots_config.rmsk_lifetime_s = 100;
  world.ues[0].erp_config.lifetimes = true;
  world.aps_config[0].pulls[aps_world_handshake_pull(world.channel)] = false;
  aps_world_start(&world);
  aps_world_pull(&world, 0, 0, "aps1");
  aps_world_run_ms(&world, 1000);
  aps_world_take_rmsk(&world, 0, "aps1");
  for (unsigned i = 0; i < 2; i++) {
    aps_world_open(&world, 0, 0);
    aps_world_run_ms(&world, 1000);
    assert_int_equal(aps_world_is_open(&world, 0), i == 0);
    world.now_ns = 102 * NODE_SECOND;
  }
  aps_world_end(&world);
}

static void lifetime_by_session_timeout(void **state) {
  aps_world_configure_over(&world, aps_world_channel_of(state));
  world.roots_config.rrk_lifetime_s = 200;
  aps_world_start(&world);
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 150000);
  assert_true(aps_world_ask(&world, 0, LOWER_GET));
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[0].answers, 1);
  aps_world_run_ms(&world, 60000);
  assert_string_equal(aps_world_why(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED),
                      "lifetime");
  aps_world_end(&world);
}

/* The ClientKeyExchange beside the ClientHello, in one datagram. */
static void name_early(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  static const uint8_t head[] = {22,   0xfe,
                                 0xfd, 0,
                                 0,    0,
                                 0,    0,
                                 0,    0,
                                 2,    0,
                                 30, /* record */
                                 16,   0,
                                 0,    18,
                                 0,    2,
                                 0,    0,
                                 0,    0,
                                 0,    18, /* handshake */
                                 0,    BOOTSTRAP_IDENTITY_LENGTH};
  (void)number;
  if (strcmp(datagram->label, "DTLS ClientHello, cookie") != 0)
    return;
  memcpy(datagram->data + datagram->length, head, sizeof head);
  datagram->length += sizeof head;
  memcpy(datagram->data + datagram->length, in->ues[0].identity, BOOTSTRAP_IDENTITY_LENGTH);
  datagram->length += BOOTSTRAP_IDENTITY_LENGTH;
}

/* Who names itself before it is asked to has no more of its key than others. */
static void lifetime_of_an_early_name(void **state) {
  (void)state;
  aps_world_configure(&world);
  world.aps_config[0].pulls[BOOTSTRAP_PULL_PSK_IDENTITY] = false;
  world.aps_config[0].key_lifetime_s = 200;
  aps_world_start(&world);
  world.fate = name_early;
  assert_true(aps_world_serve(&world, 0, 0));
  aps_world_run_ms(&world, 200000);
  assert_string_equal(aps_world_why(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED),
                      "lifetime");
  aps_world_end(&world);
}

/* Another pull replaces the key; what is open goes on, and what opens has the new one. */
static void replaced_key(void **state) {
  aps_world_configure_over(&world, aps_world_channel_of(state));
  aps_world_start(&world);
  assert_true(aps_world_serve(&world, 0, 0));
  aps_world_pull(&world, 0, 0, "aps1");
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[0].finish, ERP_PEER_SUCCESS);
  assert_true(aps_world_ask(&world, 0, LOWER_POST));
  aps_world_run_ms(&world, 1000);
  assert_int_equal(world.ues[0].answers, 1);
  /* The old key is of no use. */
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 1000);
  assert_false(aps_world_is_open(&world, 0));
  aps_world_take_rmsk(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 60000);
  assert_true(aps_world_is_open(&world, 0));
  aps_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      APS_WORLD_OVER_ALL(restart),
      APS_WORLD_OVER_ALL(lifetime),
      APS_WORLD_OVER_ALL(lifetime_by_finish),
      APS_WORLD_OVER_ALL(lifetime_by_session_timeout),
      APS_WORLD_OVER_ALL(replaced_key),
      cmocka_unit_test(lifetime_of_an_early_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
