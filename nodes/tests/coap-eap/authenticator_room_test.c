/* Who keeps a place, who gives way, and how long an association lasts; with peers of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "coap-eap/authenticator.h"
#include "coap-eap/pipe.h"

#include <string.h>

enum { LIFETIME_S = 60, INTERVAL_MS = 10000, HALF_OPEN_MAX = 4, RECORDS = 91, RECORD_BYTES = 14 };

static struct pipe pipe;

static struct pipe_config with_limits(size_t peers, size_t peers_max) {
  struct pipe_config config = PIPE_DEFAULT;
  config.peers = peers;
  config.numbered = true;
  config.limits.half_open_max = HALF_OPEN_MAX;
  config.limits.peers_max = peers_max;
  return config;
}

/* Whether the authenticator has an association with this peer. */
static bool holds(size_t peer) {
  return coap_eap_authenticator_lifetime_s(pipe.hosts[0].node, &pipe.hosts[1 + peer].address) > 0;
}

static void run_for_ms(unsigned ms) {
  const uint64_t until_ns = pipe.now_ns + ms * NODE_MS;
  assert_true(pipe_run_until(&pipe, until_ns));
  pipe.now_ns = until_ns;
}

static void run_for(unsigned seconds) {
  run_for_ms(1000 * seconds);
}

/* A trigger that claims to come from this peer. */
static void forge_trigger(size_t peer, uint16_t message_id) {
  const uint8_t trigger[] = {
      0x50, COAP_CODE_POST, (uint8_t)(message_id >> 8), (uint8_t)message_id, 0xb1, 'b'};
  pipe_inject(&pipe, &pipe.hosts[1 + peer].address, &pipe.hosts[0].address, trigger,
              sizeof trigger);
}

static void the_least_recently_used_gives_way(void **state) {
  const struct pipe_config config = with_limits(3, 2);
  (void)state;
  pipe_init(&pipe, &config);
  assert_true(
      pipe_run_until(&pipe, NODE_MS)); /* the third's trigger comes when the two are there */
  node_destroy(pipe.hosts[3].node);
  pipe.hosts[3].node = NULL;
  run_for(10);
  assert_true(holds(0) && holds(1));
  assert_int_equal(pipe_request(&pipe, 0, true, LOWER_POST, NULL, 0), 0);
  run_for(10);
  assert_int_equal(pipe.authenticator[0].served, 1);
  pipe_restart_peer(&pipe, 2);
  run_for(10);
  assert_true(pipe_established(&pipe, 2));
  assert_true(holds(0) && !holds(1) && holds(2));
  assert_int_equal(pipe.authenticator[1].closed, 1);
  assert_string_equal(pipe.authenticator[1].last_close, "made room for another peer");
  pipe_deinit(&pipe);
}

/* One place and two peers at once: who is under way keeps it, and the other has it afterwards. */
static void who_has_just_answered_stays(void **state) {
  const struct pipe_config config = with_limits(2, 1);
  (void)state;
  pipe_init(&pipe, &config);
  run_for(1);
  assert_true(pipe_established(&pipe, 0) && holds(0));
  assert_int_equal(pipe.authenticator[0].failed, 0);
  assert_string_equal(pipe.authenticator[1].last_discard, "no room for another peer");
  run_for(60);
  assert_true(pipe_established(&pipe, 1));
  assert_true(!holds(0) && holds(1));
  pipe_deinit(&pipe);
}

/* Triggers of forged addresses end no association where there is no room for another. */
static void a_trigger_ends_no_association(void **state) {
  const struct pipe_config config = with_limits(2, 2);
  (void)state;
  pipe_init(&pipe, &config);
  run_for(10);
  for (unsigned i = 0; i < 100; i++) {
    const uint8_t trigger[] = {0x50, COAP_CODE_POST, 0, 0, 0xb1, 'b'};
    const struct node_address stranger = {.ip = {2, (uint8_t)i}, .port = COAP_EAP_PORT};
    pipe_inject(&pipe, &stranger, &pipe.hosts[0].address, trigger, sizeof trigger);
  }
  run_for(200);
  assert_true(holds(0) && holds(1));
  pipe_deinit(&pipe);
}

/* Who answers, but has no key, takes the places of few associations, however many they are. */
static void without_a_key_few_places(void **state) {
  enum { ASSOCIATIONS = 16, STRANGERS = 24 };
  struct pipe_config config = with_limits(ASSOCIATIONS + STRANGERS, ASSOCIATIONS);
  (void)state;
  config.limits.half_open_max = STRANGERS;
  pipe_init(&pipe, &config);
  for (size_t i = ASSOCIATIONS; i < ASSOCIATIONS + STRANGERS; i++) {
    node_destroy(pipe.hosts[1 + i].node);
    pipe.hosts[1 + i].node = NULL;
  }
  run_for(10);
  for (size_t i = ASSOCIATIONS; i < ASSOCIATIONS + STRANGERS; i++) {
    pipe.identities[i][0] = 'x';
    pipe_restart_peer(&pipe, i);
  }
  run_for(200);
  size_t held = 0, rejected = 0;
  for (size_t i = 0; i < ASSOCIATIONS + STRANGERS; i++) {
    held += holds(i);
    rejected += pipe.peer[i].failed > 0;
  }
  assert_int_equal(held, ASSOCIATIONS - ASSOCIATIONS / 8);
  assert_int_equal(rejected, STRANGERS); /* each had its turn */
  pipe_deinit(&pipe);
}

static void the_limit_of_an_address(void **state) {
  struct pipe_config config = with_limits(2, 10);
  (void)state;
  config.limits.address_max = 1;
  pipe_init(&pipe, &config);
  run_for(10);
  assert_true(holds(0) && holds(1));
  /* Others at the first one's address, who never answer, take one place in all, and not its own. */
  for (uint16_t port = 1; port < 10; port++) {
    const uint8_t trigger[] = {0x50, COAP_CODE_POST, 0, 0, 0xb1, 'b'};
    struct node_address other = pipe.hosts[1].address;
    other.port = port;
    pipe_inject(&pipe, &other, &pipe.hosts[0].address, trigger, sizeof trigger);
  }
  run_for(1);
  assert_int_equal(pipe_count(&pipe, "EAP-Request/Identity"), 2 + 9);
  run_for(200); /* of the nine the last one waits, and is asked four times more */
  assert_int_equal(pipe_count(&pipe, "EAP-Request/Identity"), 2 + 9 + 4);
  assert_true(holds(0) && holds(1));
  pipe_deinit(&pipe);
}

/* Two peers of one identity at two addresses. */
static void an_identity_has_one_association(void **state) {
  static const char *const anonymous[] = {NULL, "@example.org", "anonymous@example.org"};
  (void)state;
  struct pipe_config config = with_limits(2, 10);
  config.numbered = false;
  config.limits.one_per_identity = true;
  pipe_init(&pipe, &config);
  run_for(10);
  assert_true(pipe_established(&pipe, 0) && pipe_established(&pipe, 1));
  assert_true(!holds(0) && holds(1));
  assert_string_equal(pipe.authenticator[0].last_close, "its identity authenticated anew");
  pipe_trigger(&pipe, 0);
  run_for(10);
  assert_true(holds(0) && !holds(1));
  pipe_deinit(&pipe);
  for (size_t i = 1; i < sizeof anonymous / sizeof anonymous[0]; i++) {
    config.peer_identity = anonymous[i];
    config.any_identity = true;
    pipe_init(&pipe, &config);
    run_for(10);
    assert_true(holds(0) && holds(1));
    pipe_deinit(&pipe);
  }
}

static void lifetimes(void **state) {
  static const struct {
    uint32_t ours_s, aaa_s;
    unsigned lasts_s; /* 0: for ever */
  } table[] = {{0, 0, 0}, {LIFETIME_S, 0, LIFETIME_S}, {LIFETIME_S, 7, 7}, {7, 3 * 60, 3 * 60}};
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct pipe_config config = with_limits(1, 10);
    config.numbered = false;
    config.radius = true;
    config.aaa_session_timeout_s = table[i].aaa_s;
    config.limits.lifetime_s = table[i].ours_s;
    pipe_init(&pipe, &config);
    run_for(5);
    assert_true(holds(0));
    if (table[i].lasts_s > 0) {
      run_for(table[i].lasts_s - 5);
      assert_true(holds(0));
    }
    run_for(5);
    assert_int_equal(holds(0), table[i].lasts_s == 0);
    assert_int_equal(pipe.authenticator[0].closed, table[i].lasts_s > 0);
    pipe_deinit(&pipe);
  }
}

/* An authentication that runs when the association ends goes on. */
static void a_lifetime_ends_no_authentication(void **state) {
  struct pipe_config config = with_limits(1, 10);
  (void)state;
  config.limits.lifetime_s = LIFETIME_S;
  pipe_init(&pipe, &config);
  run_for(LIFETIME_S);
  assert_true(holds(0));
  pipe.config.fault = PIPE_LOSE;
  pipe.config.fault_at = pipe.flight_count + 1; /* step 1: the authentication takes seconds */
  pipe_trigger(&pipe, 0);
  run_for(1);
  assert_int_equal(pipe.authenticator[0].closed, 1);
  assert_false(holds(0));
  run_for(20);
  assert_int_equal(pipe.authenticator[0].confirmed, 2);
  assert_true(holds(0));
  pipe_deinit(&pipe);
}

/* Triggers that claim to be a peer with an association. */
static void forged_triggers_have_an_interval(void **state) {
  struct pipe_config config = with_limits(1, 10);
  (void)state;
  config.limits.trigger_interval_ms = INTERVAL_MS;
  pipe_init(&pipe, &config);
  run_for(5);
  for (uint16_t i = 0; i < 90; i++) { /* 9 s */
    forge_trigger(0, (uint16_t)(0x4000 + i));
    run_for_ms(100);
    assert_true(holds(0));
  }
  assert_int_equal(pipe_count(&pipe, "EAP-Request/Identity"), 2);
  assert_string_equal(pipe.authenticator[0].last_discard, "trigger too soon after the last");
  run_for(5);
  assert_int_equal(pipe_request(&pipe, 0, true, LOWER_POST, NULL, 0), 0);
  run_for(5);
  assert_int_equal(pipe.authenticator[0].served, 1);
  forge_trigger(0, 0x5000);
  run_for(5);
  assert_int_equal(pipe_count(&pipe, "EAP-Request/Identity"), 3);
  pipe_deinit(&pipe);
}

/* Of the records of one datagram some are looked at, and one event is for the others. */
static void records_are_bounded(void **state) {
  struct pipe_config config = PIPE_DEFAULT;
  uint8_t data[RECORDS * RECORD_BYTES] = {0};
  (void)state;
  pipe_set(&config, "association", "dtls");
  pipe_init(&pipe, &config);
  run_for(60);
  assert_true(pipe_established(&pipe, 0));
  for (size_t i = 0; i < RECORDS; i++) {
    const uint8_t head[] = {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 1, 0, (uint8_t)i, 0, 1};
    memcpy(data + i * RECORD_BYTES, head, sizeof head);
  }
  for (size_t side = 0; side < 2; side++) {
    const struct pipe_party *party = side == 0 ? &pipe.authenticator[0] : &pipe.peer[0];
    const unsigned before = party->discarded;
    const struct node_address to =
        association_address(&ASSOCIATION_DTLS, &pipe.hosts[side].address);
    const struct node_address from =
        association_address(&ASSOCIATION_DTLS, &pipe.hosts[1 - side].address);
    pipe_inject(&pipe, &from, &to, data, sizeof data);
    run_for(1);
    assert_in_range(party->discarded - before, 1, ASSOCIATION_RECORDS_MAX + 1);
    assert_string_equal(party->last_discard, "more than 8 records in a datagram");
  }
  assert_int_equal(pipe_request(&pipe, 0, true, LOWER_POST, NULL, 0), 0);
  run_for(5);
  assert_int_equal(pipe.authenticator[0].served, 1);
  pipe_deinit(&pipe);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_least_recently_used_gives_way),
      cmocka_unit_test(who_has_just_answered_stays),
      cmocka_unit_test(a_trigger_ends_no_association),
      cmocka_unit_test(without_a_key_few_places),
      cmocka_unit_test(the_limit_of_an_address),
      cmocka_unit_test(an_identity_has_one_association),
      cmocka_unit_test(lifetimes),
      cmocka_unit_test(a_lifetime_ends_no_authentication),
      cmocka_unit_test(forged_triggers_have_an_interval),
      cmocka_unit_test(records_are_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
