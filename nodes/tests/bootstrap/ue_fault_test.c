/* A UE whose messages are lost, doubled, late; whose application servers are silent, refuse,
 * restart or lie; whose keys end; and who is authenticated anew meanwhile. Every request ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap/message.h"
#include "ue_world.h"

static struct ue_world world;

static int tear_down(void **state) {
  (void)state;
  ue_world_end(&world);
  return 0;
}

static const struct ue_world_event *unanswered(size_t aps, enum node_phase phase) {
  return ue_world_last(&world, aps, phase, NODE_EVENT_UNANSWERED);
}

static void assert_unanswered(size_t aps, enum node_phase phase, const char *why) {
  assert_string_equal(unanswered(aps, phase)->label, why);
  assert_string_equal(unanswered(aps, NODE_PHASE_APPLICATION)->label, why);
}

static unsigned count(size_t aps, enum node_phase phase, enum node_event_type type) {
  return ue_world_count(&world, aps, phase, type);
}

static unsigned pulls(size_t aps) {
  return count(aps, NODE_PHASE_PULL, NODE_EVENT_STARTED);
}

static unsigned closed(size_t aps) {
  return count(aps, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED);
}

static void assert_closed(size_t aps, const char *why) {
  assert_string_equal(ue_world_last(&world, aps, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED)->label,
                      why);
}

/* Channels */

static enum bootstrap_channel channels[] = {BOOTSTRAP_CHANNEL_DTLS, BOOTSTRAP_CHANNEL_IKEV2,
                                            BOOTSTRAP_CHANNEL_IKEV2_UDP};

/* Over the channel that is the test's state. Of the pulls in a handshake it is the one that goes
 * with it. */
static void configure(void *const *state, enum bootstrap_pull pull) {
  const enum bootstrap_channel channel = *(const enum bootstrap_channel *)*state;
  ue_world_configure_over(
      &world, channel, bootstrap_pull_goes_with(pull, channel) ? pull : BOOTSTRAP_PULL_IKEV2_IDI);
}

static void begin(void *const *state, enum bootstrap_pull pull) {
  configure(state, pull);
  ue_world_start(&world);
  ue_world_authenticate(&world);
}

/* Why a handshake fails: IKEv2 does not tell who is unknown from who has another key. */
static const struct reasons {
  const char *silent, *unknown, *another_key;
} REASONS[] = {
    [BOOTSTRAP_DTLS] = {"dtls-timeout", "dtls-unknown-identity", "dtls-alert"},
    [BOOTSTRAP_IKEV2] = {"ikev2-timeout", "ikev2-authentication", "ikev2-authentication"}};

static const struct reasons *reasons(void) {
  return &REASONS[bootstrap_channel_use(world.config.channel)];
}

/* The network */

/* Each message of two requests, once, by each fault: both are answered, by one key. */
static void test_each_message(void **state) {
  static const enum bootstrap_pull designs[] = {BOOTSTRAP_PULL_ERP, BOOTSTRAP_PULL_PSK_IDENTITY};
  static const uint64_t takes_ms[] = {0, 3000}, delays_ms[] = {15, 900, 2500};
  enum { ROUNDS = 2 * POST_FAULTS * 2 * 3, MESSAGES = 14 };
  for (size_t i = 0; i < ROUNDS; i++)
    for (size_t at = 0; at < MESSAGES; at++) {
      begin(state, designs[i % 2]);
      world.aps[0].conduct.takes_ms = takes_ms[i / 2 % 2];
      world.post.delay_ms = delays_ms[i / 4 % 3];
      world.post.fault = (enum post_fault)(i / 12);
      world.post.fault_at = at;
      ue_world_assert_answered(&world, 0);
      ue_world_assert_answered(&world, 0);
      assert_int_equal(pulls(0), 1);
      assert_int_equal(world.aps[0].served, 2);
      assert_int_equal(world.aps[0].handshakes, 1);
      assert_int_equal(world.event_count >= 7, 1);
      if (i + 1 < ROUNDS || at + 1 < MESSAGES)
        ue_world_end(&world);
    }
}

/* Octets of a message are wrong. What comes under no protection may be lost for good, or be an
 * error; there is an end. */
static void test_wrong_octets(void **state) {
  enum { BITS = 8 * 160, STEP = 7 };
  configure(state, BOOTSTRAP_PULL_ERP);
  const size_t messages = bootstrap_channel_use(world.config.channel) == BOOTSTRAP_DTLS ? 10 : 8;
  for (size_t at = 0; at < messages; at++)
    for (size_t bit = 0; bit < BITS; bit += STEP) {
      begin(state, BOOTSTRAP_PULL_ERP);
      assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
      while (world.post.flight_count <= at)
        post_run_ms(&world.post, POST_LATENCY_MS);
      struct post_datagram *datagram = &world.post.flight[at];
      datagram->data[bit / 8 % datagram->length] ^= (uint8_t)(1 << bit % 8);
      ue_world_run(&world);
      assert_int_equal(count(0, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) +
                           count(0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED),
                       1);
      if (at + 1 < messages || bit + STEP < BITS)
        ue_world_end(&world);
    }
}

/* Silence */

static void test_silence_at_the_pull(void **state) {
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  world.aps[0].conduct.mute = true;
  ue_world_assert_unanswered(&world, 0, "pull-timeout");
  assert_unanswered(0, NODE_PHASE_PULL, "pull-timeout");
  assert_int_equal(post_flown(&world.post, "EAP-Initiate/Re-auth"), 5);
  assert_int_equal(world.post.flight[4].copy, 4);
  assert_memory_equal(world.post.flight[4].data, world.post.flight[0].data,
                      world.post.flight[0].length);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_NOTHING);
  world.aps[0].conduct.mute = false;
  ue_world_assert_answered(&world, 0); /* with another number */
  assert_int_equal(pulls(0), 2);
}

static void test_silence_after_the_acknowledgement(void **state) {
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  world.aps[0].conduct.takes_ms = 500000;
  ue_world_assert_unanswered(&world, 0, "pull-timeout");
  assert_int_equal(post_flown(&world.post, "EAP-Initiate/Re-auth"), 1);
}

static void test_silence_at_the_handshake(void **state) {
  begin(state, BOOTSTRAP_PULL_PSK_IDENTITY);
  world.aps[0].conduct.mute = true;
  ue_world_assert_unanswered(&world, 0, reasons()->silent);
  assert_unanswered(0, NODE_PHASE_SECURE, reasons()->silent);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_KEY);
  world.aps[0].conduct.mute = false;
  ue_world_assert_answered(&world, 0);
  assert_int_equal(pulls(0), 1);
}

/* An ApS that has lost the channel, but not the key. */
static void test_silence_in_the_channel(void **state) {
  begin(state, BOOTSTRAP_PULL_ERP);
  ue_world_assert_answered(&world, 0);
  association_pair_close(&world.aps[0].channel);
  ue_world_assert_unanswered(&world, 0, "app-timeout");
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_KEY);
  ue_world_assert_answered(&world, 0);
  assert_int_equal(pulls(0), 1);
  assert_int_equal(world.aps[0].handshakes, 2);
}

/* Responses that are no key */

static void test_errors_of_pulls(void **state) {
  static const struct {
    uint8_t code;
    const char *why;
  } table[] = {
      {COAP_CODE_FORBIDDEN, "pull-refused"},    {COAP_CODE_GATEWAY_TIMEOUT, "pull-unavailable"},
      {COAP_CODE_UNAVAILABLE, "pull-rejected"}, {COAP_CODE_BAD_REQUEST, "pull-rejected"},
      {COAP_CODE_NOT_FOUND, "pull-rejected"},   {COAP_CODE_INTERNAL_ERROR, "pull-rejected"},
      {COAP_CODE_BAD_OPTION, "pull-rejected"},
  };
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    world.aps[0].conduct.code = table[i].code;
    const uint64_t began_ns = world.post.now_ns;
    ue_world_assert_unanswered(&world, 0, table[i].why);
    assert_unanswered(0, NODE_PHASE_PULL, table[i].why);
    assert_true(unanswered(0, NODE_PHASE_PULL)->at_ns - began_ns < NODE_SECOND);
  }
  world.aps[0].conduct.code = 0;
  ue_world_assert_answered(&world, 0); /* the root is as good as before */
}

/* A server that has no root, and says so: likewise. */
static void test_refusal(void **state) {
  (void)state;
  ue_world_configure(&world, BOOTSTRAP_PULL_ERP);
  ue_world_start(&world);
  ue_world_authenticate(&world);
  world.aps[0].conduct.called = "aps2"; /* lies to the UE or to the AS */
  ue_world_assert_unanswered(&world, 0, "pull-refused");
  world.aps[1].conduct.called = "aps2";
  ue_world_assert_answered(&world, 1);
  world.aps[0].conduct.called = "aps1";
  ue_world_assert_answered(&world, 0);
}

/* What is of no use ends nothing; and at the end of the exchange it is told. */
static void test_useless_responses(void **state) {
  static const struct ue_world_conduct table[] = {
      {.flip = 1},
      {.flip = 1 + 8 * 20},
      {.flip = 1 + 8 * 55 + 3},
      {.code = COAP_CODE_CONTENT},
      {.code = COAP_CODE_CHANGED},
      {.option = COAP_NUMBER_URI_PATH},
      {.says_no = true},
  };
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
    world.aps[0].conduct = table[i];
    const uint64_t began_ns = world.post.now_ns;
    ue_world_assert_unanswered(&world, 0, "pull-rejected");
    assert_true(unanswered(0, NODE_PHASE_PULL)->at_ns - began_ns > 30 * NODE_SECOND);
    assert_true(count(0, NODE_PHASE_PULL, NODE_EVENT_DISCARDED) > 0);
    world.aps[0].conduct = (struct ue_world_conduct){.mute = true};
    ue_world_assert_unanswered(&world, 0, "pull-timeout");
    world.aps[0].conduct.mute = false;
    ue_world_assert_answered(&world, 0);
    if (i + 1 < sizeof table / sizeof table[0])
      ue_world_end(&world);
  }
}

/* The AS has given the key to somebody of another name, and says so under protection; whether the
 * UE has named its ApS or not. */
static void test_wrong_server(void **state) {
  static const char *const names[] = {"aps2", "aps", "aps11"};
  enum { NAMES = sizeof names / sizeof names[0] };
  (void)state;
  for (size_t i = 0; i < 2 * NAMES; i++) {
    ue_world_configure(&world, BOOTSTRAP_PULL_ERP);
    world.config.names_server = i < NAMES;
    ue_world_start(&world);
    ue_world_authenticate(&world);
    world.aps[0].conduct.renamed = names[i % NAMES];
    const uint64_t began_ns = world.post.now_ns;
    ue_world_assert_unanswered(&world, 0, "pull-wrong-server");
    assert_unanswered(0, NODE_PHASE_PULL, "pull-wrong-server");
    assert_true(unanswered(0, NODE_PHASE_PULL)->at_ns - began_ns < NODE_SECOND);
    assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_NOTHING);
    ue_world_assert_answered(&world, 1);
    if (i + 1 < 2 * NAMES)
      ue_world_end(&world);
  }
}

/* Restarts */

static void test_restart(void **state) {
  begin(state, BOOTSTRAP_PULL_ERP);
  ue_world_assert_answered(&world, 0);
  ue_world_restart(&world, 0);
  ue_world_assert_unanswered(&world, 0, "app-timeout");
  ue_world_assert_answered(&world, 0); /* in one request: refused, pulled anew, secured */
  assert_int_equal(pulls(0), 2);
  assert_string_equal(unanswered(0, NODE_PHASE_SECURE)->label, reasons()->unknown);
  assert_int_equal(closed(0), 0);
}

/* It has asked for another key by the identity meanwhile, as one does that serves both pulls. */
static void test_restart_with_another_key(void **state) {
  begin(state, BOOTSTRAP_PULL_ERP);
  ue_world_assert_answered(&world, 0);
  ue_world_restart(&world, 0);
  ue_world_assert_unanswered(&world, 0, "app-timeout");
  world.aps[0].has_key = true;
  world.aps[0].psk[0] ^= 1;
  ue_world_assert_answered(&world, 0);
  assert_int_equal(pulls(0), 2);
  assert_string_equal(unanswered(0, NODE_PHASE_SECURE)->label, reasons()->another_key);
  assert_int_equal(count(0, NODE_PHASE_SECURE, NODE_EVENT_UNANSWERED), 1);
}

/* A key that was pulled just now is not pulled again, and stays. */
static void test_another_key_at_once(void **state) {
  begin(state, BOOTSTRAP_PULL_ERP);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  while (count(0, NODE_PHASE_PULL, NODE_EVENT_ANSWERED) == 0)
    post_run_ms(&world.post, 1);
  world.aps[0].psk[0] ^= 1;
  ue_world_run(&world);
  assert_unanswered(0, NODE_PHASE_SECURE, reasons()->another_key);
  assert_int_equal(pulls(0), 1);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_KEY);
}

/* An ApS that pulls a key and forgets it at once: the UE does not go on for ever. */
static void forget_at_once(void) {
  for (size_t i = 0; i < 100; i++) {
    post_run_ms(&world.post, 1);
    world.aps[0].has_key = false;
  }
}

static void test_restart_again_and_again(void **state) {
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  for (size_t i = 0; i < 5; i++)
    forget_at_once();
  assert_unanswered(0, NODE_PHASE_SECURE, "dtls-unknown-identity");
  assert_int_equal(pulls(0), 2);
  assert_int_equal(count(0, NODE_PHASE_SECURE, NODE_EVENT_STARTED), 2);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_NOTHING);
  ue_world_run(&world);
  assert_int_equal(pulls(0), 2);
  ue_world_assert_answered(&world, 0);
}

/* Where no pull brings another key, the request ends at once, and the key stays. */
static void test_unknown_without_another_key(void **state) {
  static const enum bootstrap_pull designs[] = {BOOTSTRAP_PULL_PSK_IDENTITY,
                                                BOOTSTRAP_PULL_CONFIGURED};
  for (size_t i = 0; i < 2; i++) {
    begin(state, designs[i]);
    ue_world_restart(&world, 0);
    ue_world_assert_unanswered(&world, 0, reasons()->unknown);
    assert_int_equal(count(0, NODE_PHASE_SECURE, NODE_EVENT_STARTED), 1);
    assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_KEY);
    world.aps[0].has_key = true;
    ue_world_assert_answered(&world, 0);
    if (i == 0)
      ue_world_end(&world);
  }
}

/* Lifetimes */

static void begin_with_lifetimes(void *const *state, enum bootstrap_pull design, uint32_t key_s,
                                 uint32_t emsk_s) {
  configure(state, design);
  world.config.key_lifetime_s = key_s;
  world.config.erp.rrk_lifetime_s = emsk_s;
  ue_world_start(&world);
  ue_world_authenticate(&world);
}

static void test_end_of_a_key(void **state) {
  begin_with_lifetimes(state, BOOTSTRAP_PULL_ERP, 300, 0);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  post_run_ms(&world.post, 299000);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_SECURED);
  post_run_ms(&world.post, 1100);
  assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_NOTHING);
  assert_int_equal(closed(0), 1);
  assert_closed(0, "lifetime");
  assert_int_equal(count(0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), 0);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  post_run_ms(&world.post, 1000);
  assert_int_equal(world.aps[0].served, 2);
  assert_int_equal(pulls(0), 2);
}

/* A lifetime that the AS says in the Finish. */
static void test_lifetime_of_the_server(void **state) {
  (void)state;
  ue_world_configure(&world, BOOTSTRAP_PULL_ERP);
  world.config.key_lifetime_s = 300;
  world.config.erp.lifetimes = true;
  world.roots_config.rmsk_lifetime_s = 100;
  ue_world_start(&world);
  ue_world_authenticate(&world);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  post_run_ms(&world.post, 99000);
  assert_int_equal(closed(0), 0);
  post_run_ms(&world.post, 2000);
  assert_int_equal(closed(0), 1);
}

/* The key's end while a request is under way: in the handshake, or in the channel. */
static void test_end_of_a_key_in_use(void **state) {
  for (size_t i = 0; i < 2; i++) {
    begin_with_lifetimes(state, BOOTSTRAP_PULL_PSK_IDENTITY, 20, 0);
    world.aps[0].conduct.mute = i == 0;
    world.aps[0].conduct.mute_inside = i == 1;
    assert_int_equal(ue_world_ask(&world, 0, LOWER_POST), 0);
    post_run_ms(&world.post, 19000);
    assert_int_equal(bootstrap_ue_state(world.ue, 0),
                     i == 0 ? BOOTSTRAP_UE_SECURING : BOOTSTRAP_UE_SECURED);
    post_run_ms(&world.post, 2000);
    assert_string_equal(unanswered(0, NODE_PHASE_APPLICATION)->label, "lifetime");
    assert_closed(0, "lifetime");
    assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_NOTHING);
    world.aps[0].conduct.mute = world.aps[0].conduct.mute_inside = false;
    assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
    post_run_ms(&world.post, 5000);
    assert_int_equal(world.aps[0].served, 1);
    if (i == 0)
      ue_world_end(&world);
  }
}

/* The EMSK's end is that of all keys, whatever they say, and of pulls. */
static void test_end_of_the_emsk(void **state) {
  static const struct bootstrap_name provider = {(const uint8_t *)"p", 1};
  uint8_t identity[BOOTSTRAP_IDENTITY_LENGTH], psk[BOOTSTRAP_EAP_PSK_LENGTH];
  begin_with_lifetimes(state, BOOTSTRAP_PULL_ERP, 10000, 60);
  post_run_ms(&world.post, 30000);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  post_run_ms(&world.post, 10000);
  world.aps[1].conduct.mute = true;
  assert_int_equal(ue_world_ask(&world, 1, LOWER_GET), 0);
  assert_int_equal(ue_world_ask(&world, 2, LOWER_GET), 0);
  post_run_ms(&world.post, 30000);
  assert_closed(0, "lifetime");
  for (size_t i = 1; i < UE_WORLD_APS; i++) {
    assert_unanswered(i, NODE_PHASE_PULL, "no-authentication");
    assert_int_equal(closed(i), 0);
  }
  assert_int_equal(bootstrap_ue_bytes(world.ue), 0);
  assert_int_equal(node_expiry(world.ue), NODE_NEVER);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), NODE_ERR_BAD_STATE);
  assert_int_equal(bootstrap_ue_credential(world.ue, &provider, identity, psk), NODE_ERR_BAD_STATE);
  ue_world_authenticate(&world);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
}

/* A host that is late with the timer finds nothing alive. */
static void test_late_timer(void **state) {
  begin_with_lifetimes(state, BOOTSTRAP_PULL_ERP, 0, 60);
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
  post_run_ms(&world.post, 10000);
  world.post.now_ns += 100 * NODE_SECOND;
  assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), NODE_ERR_BAD_STATE);
  assert_closed(0, "lifetime");
}

/* Keys that are configured end never. */
static void test_configured_keys_stay(void **state) {
  begin_with_lifetimes(state, BOOTSTRAP_PULL_CONFIGURED, 10, 20);
  ue_world_assert_answered(&world, 0);
  bootstrap_ue_forget(world.ue);
  ue_world_authenticate(&world);
  ue_world_assert_answered(&world, 0);
  assert_int_equal(world.aps[0].handshakes, 1);
}

/* Authentications */

enum { MOMENTS = 6 };

/* In each state of a request there is a new authentication, or the old is forgotten: the request
 * ends, and what is begun then is of the new EMSK. */
static void test_replacement(void **state) {
  for (size_t moment = 0; moment < 2 * MOMENTS; moment++) {
    const bool forgets = moment >= MOMENTS;
    const char *why = forgets ? "forgotten" : "replaced";
    begin(state, BOOTSTRAP_PULL_ERP);
    assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), 0);
    post_run_ms(&world.post, moment % MOMENTS * 2 * POST_LATENCY_MS + POST_LATENCY_MS / 2);
    const bool had_key = bootstrap_ue_state(world.ue, 0) > BOOTSTRAP_UE_PULLING;
    const bool done = count(0, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) == 1;
    if (forgets)
      bootstrap_ue_forget(world.ue);
    else
      ue_world_authenticate(&world);
    assert_int_equal(bootstrap_ue_state(world.ue, 0), BOOTSTRAP_UE_NOTHING);
    assert_int_equal(count(0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), !done);
    assert_int_equal(closed(0), had_key);
    if (!done)
      assert_string_equal(unanswered(0, NODE_PHASE_APPLICATION)->label, why);
    if (had_key)
      assert_closed(0, why);
    if (forgets) {
      ue_world_run(&world);
      assert_int_equal(ue_world_ask(&world, 0, LOWER_GET), NODE_ERR_BAD_STATE);
      ue_world_authenticate(&world);
    }
    ue_world_assert_answered(&world, 0);
    if (moment + 1 < 2 * MOMENTS)
      ue_world_end(&world);
  }
}

/* ... with others that wait for their turn. */
static void test_replacement_of_many(void **state) {
  (void)state;
  ue_world_begin(&world, BOOTSTRAP_PULL_ERP);
  for (size_t i = 0; i < UE_WORLD_APS; i++)
    assert_int_equal(ue_world_ask(&world, i, LOWER_GET), 0);
  ue_world_authenticate(&world);
  for (size_t i = 0; i < UE_WORLD_APS; i++) {
    assert_unanswered(i, NODE_PHASE_PULL, "replaced");
    assert_int_equal(count(i, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), 1);
    ue_world_assert_answered(&world, i);
  }
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
#define TEST_OVER(name, channel)                                                                   \
  cmocka_unit_test_prestate_setup_teardown(name, NULL, tear_down, channel)
#define TEST_OVER_ALL(name)                                                                        \
  TEST_OVER(name, &channels[0]), TEST_OVER(name, &channels[1]), TEST_OVER(name, &channels[2])

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST_OVER_ALL(test_each_message),
      TEST_OVER_ALL(test_wrong_octets),
      TEST(test_silence_at_the_pull),
      TEST(test_silence_after_the_acknowledgement),
      TEST_OVER_ALL(test_silence_at_the_handshake),
      TEST_OVER_ALL(test_silence_in_the_channel),
      TEST(test_errors_of_pulls),
      TEST(test_refusal),
      TEST(test_useless_responses),
      TEST(test_wrong_server),
      TEST_OVER_ALL(test_restart),
      TEST_OVER_ALL(test_restart_with_another_key),
      TEST_OVER_ALL(test_another_key_at_once),
      TEST(test_restart_again_and_again),
      TEST_OVER_ALL(test_unknown_without_another_key),
      TEST_OVER_ALL(test_end_of_a_key),
      TEST(test_lifetime_of_the_server),
      TEST_OVER_ALL(test_end_of_a_key_in_use),
      TEST_OVER_ALL(test_end_of_the_emsk),
      TEST_OVER_ALL(test_late_timer),
      TEST_OVER_ALL(test_configured_keys_stay),
      TEST_OVER_ALL(test_replacement),
      TEST(test_replacement_of_many),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
