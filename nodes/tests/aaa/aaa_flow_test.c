/* The whole authentication through an AAA server, in virtual time: every message, of CoAP or
 * RADIUS, under every single fault, and each way to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/authenticator.h"
#include "coap-eap/pipe.h"

enum { MESSAGES = 15, REQUEST = 3 /* the first to the AAA server */ };

static const char *const FLOW[MESSAGES] = {
    "trigger",
    "EAP-Request/Identity",
    "EAP-Response/Identity",
    "Access-Request",
    "Access-Challenge",
    "EAP-PSK 1",
    "EAP-PSK 2",
    "Access-Request",
    "Access-Challenge",
    "EAP-PSK 3",
    "EAP-PSK 4",
    "Access-Request",
    "Access-Accept",
    "EAP-Success",
    "confirmation",
};

static struct pipe pipe_;

static bool is_radius(const char *label) {
  return strncmp(label, "Access-", 7) == 0;
}

static struct pipe_config radius(void) {
  struct pipe_config config = PIPE_DEFAULT;
  config.radius = true;
  return config;
}

/* Runs a configuration to its end and checks what must hold in every one. */
static struct pipe *aaa_flow_run(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  for (size_t i = 0; i < config->peers; i++) {
    assert_false(pipe_.peer[i].delivered_twice);
    assert_false(pipe_.authenticator[i].delivered_twice);
  }
  assert_false(config->peers == 1 && pipe_.aaa.delivered_twice);
  return &pipe_;
}

static void test_aaa_flow(void **state) {
  (void)state;
  const struct pipe_config config = radius();
  const struct pipe *pipe = aaa_flow_run(&config);
  assert_true(pipe_established(pipe, 0));
  assert_int_equal(pipe->flight_count, MESSAGES);
  for (size_t i = 0; i < MESSAGES; i++)
    assert_string_equal(pipe->labels[i], FLOW[i]);
  assert_int_equal(pipe->peer[0].delivered, 4);
  assert_int_equal(pipe->authenticator[0].delivered, 3);
  assert_int_equal(pipe->aaa.delivered, 3);
  assert_int_equal(pipe->aaa.keys, 1);
  assert_int_equal(pipe->aaa.confirmed, 1);
  assert_int_equal(pipe->aaa.discarded + pipe->authenticator[0].discarded, 0);
  pipe_deinit(&pipe_);
}

/* To the peer, pass-through looks like an EAP server in the authenticator. */
static void test_aaa_the_same_towards_the_peer(void **state) {
  (void)state;
  size_t lengths[MESSAGES], count = 0, passed = 0;
  const struct pipe *pipe = aaa_flow_run(&PIPE_DEFAULT);
  for (; count < pipe->flight_count; count++)
    lengths[count] = pipe->flight[count].length;
  pipe_deinit(&pipe_);
  const struct pipe_config config = radius();
  pipe = aaa_flow_run(&config);
  for (size_t i = 0; i < pipe->flight_count; i++)
    if (!is_radius(pipe->labels[i]))
      assert_int_equal(pipe->flight[i].length, lengths[passed++]);
  assert_int_equal(passed, count);
  pipe_deinit(&pipe_);
}

static void test_each_radius_packet_lost_doubled_delayed(void **state) {
  (void)state;
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } faults[] = {{PIPE_LOSE, 0},     {PIPE_DOUBLE, 0},    {PIPE_DELAY, 15},
                {PIPE_DELAY, 2500}, {PIPE_DELAY, 10000}, {PIPE_DELAY, 60000}};
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    for (size_t at = 0; at < MESSAGES; at++) {
      struct pipe_config config = radius();
      config.fault = faults[i].fault;
      config.argument = faults[i].argument;
      config.fault_at = at;
      const struct pipe *pipe = aaa_flow_run(&config);
      assert_true(pipe_established(pipe, 0));
      assert_int_equal(pipe->peer[0].failed + pipe->authenticator[0].failed, 0);
      /* A request so late that the AAA server has forgotten it: the first begins a conversation of
       * its own, which nobody goes on with; the others are of none. */
      const bool forgotten = strcmp(FLOW[at], "Access-Request") == 0 && faults[i].argument == 60000;
      assert_int_equal(pipe->aaa.failed, forgotten);
      if (forgotten)
        assert_string_equal(pipe->aaa.reason,
                            at == REQUEST ? "conversation abandoned" : "unknown State");
      assert_int_equal(pipe->aaa.confirmed, 1);
      pipe_deinit(&pipe_);
    }
  }
}

/* Damages message `at`; true if that was noticed by a party of RADIUS. */
static bool run_damaged(size_t at, enum pipe_fault fault, size_t argument) {
  struct pipe_config config = radius();
  config.fault = fault;
  config.fault_at = at;
  config.argument = argument;
  const struct pipe *pipe = aaa_flow_run(&config);
  assert_true(pipe_established(pipe, 0));
  const unsigned discarded = pipe->aaa.discarded + pipe->authenticator[0].discarded;
  pipe_deinit(&pipe_);
  return discarded > 0;
}

/* No damaged RADIUS packet is accepted, and none hinders: its sender sends it again. */
static void test_each_radius_packet_damaged(void **state) {
  (void)state;
  size_t lengths[MESSAGES];
  const struct pipe_config config = radius();
  (void)aaa_flow_run(&config);
  for (size_t at = 0; at < MESSAGES; at++)
    lengths[at] = pipe_.flight[at].length;
  pipe_deinit(&pipe_);
  for (size_t at = 0; at < MESSAGES; at++) {
    if (!is_radius(FLOW[at]))
      continue;
    for (size_t length = 0; length < lengths[at]; length++)
      assert_true(run_damaged(at, PIPE_TRUNCATE, length));
    for (size_t bit = 0; bit < 8 * lengths[at]; bit++)
      assert_true(run_damaged(at, PIPE_FLIP, bit));
  }
}

/* What of a peer's response EAP discards at the AAA server is asked for once more: the
 * authenticator forwards what it is given, the AAA server's EAP is handed the good one only. */
static void test_each_bit_of_the_peers_responses_flipped(void **state) {
  (void)state;
  enum { RAND_S = 4 + 1 + 4 + 1 + 5 + 1 }; /* where it begins in EAP-PSK 2 and 4 */
  static const size_t responses[] = {2, 6, 10};
  for (size_t i = 0; i < sizeof responses / sizeof responses[0]; i++) {
    for (size_t bit = 0; bit < 8 * 100; bit++) {
      struct pipe_config config = radius();
      config.fault = PIPE_FLIP;
      config.fault_at = responses[i];
      config.argument = bit;
      pipe_init(&pipe_, &config);
      assert_true(pipe_run(&pipe_));
      assert_false(pipe_.peer[0].delivered_twice || pipe_.aaa.delivered_twice);
      if (i > 0 && bit >= 8 * RAND_S && bit < 8 * (RAND_S + 16)) {
        assert_true(pipe_established(&pipe_, 0));
        assert_int_equal(pipe_.aaa.discarded, 1);
        assert_int_equal(pipe_.aaa.failed, 0);
        assert_int_equal(pipe_.authenticator[0].delivered, 4);
      }
      assert_true(pipe_established(&pipe_, 0) ||
                  (pipe_.peer[0].failed > 0 && pipe_.authenticator[0].failed > 0));
      pipe_deinit(&pipe_);
    }
  }
}

static void test_aaa_failures_have_reasons(void **state) {
  (void)state;
  static const struct {
    struct pipe_config config;
    const char *peer, *authenticator, *aaa; /* NULL: it has not failed */
    const char *aaa_discards;               /* NULL: nothing */
  } cases[] = {
      {{.peer_psk = "not-the-password"},
       "EAP-Failure while the method ran",
       "Access-Reject",
       "wrong MAC_P",
       NULL},
      {{.peer_identity = "stranger"},
       "EAP-Failure before a method began",
       "Access-Reject",
       "unknown identity",
       NULL},
      {{.peer_identity = ""},
       "EAP-Failure before a method began",
       "Access-Reject",
       "unknown identity",
       NULL},
      {{.aaa_secret = "not-the-secret"},
       "authenticator-silent",
       "aaa-silent",
       NULL,
       "wrong Message-Authenticator"},
      {{.no_aaa = true}, "authenticator-silent", "aaa-silent", NULL, NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct pipe_config config = cases[i].config;
    config.peers = 1;
    config.radius = true;
    config.options = PIPE_DEFAULT.options;
    if (config.peer_psk == NULL)
      config.peer_psk = PIPE_DEFAULT.peer_psk;
    if (config.peer_identity == NULL)
      config.peer_identity = PIPE_DEFAULT.peer_identity;
    const struct pipe *pipe = aaa_flow_run(&config);
    assert_false(pipe_established(pipe, 0));
    const char *const expected[] = {cases[i].peer, cases[i].authenticator, cases[i].aaa};
    const struct pipe_party *const parties[] = {&pipe->peer[0], &pipe->authenticator[0],
                                                &pipe->aaa};
    for (size_t j = 0; j < 3; j++) {
      assert_int_equal(parties[j]->failed, expected[j] != NULL);
      assert_int_equal(parties[j]->keys, 0);
      if (expected[j] != NULL)
        assert_string_equal(parties[j]->reason, expected[j]);
    }
    assert_int_equal(pipe->aaa.discarded > 0, cases[i].aaa_discards != NULL);
    if (cases[i].aaa_discards != NULL)
      assert_string_equal(pipe->aaa.last_discard, cases[i].aaa_discards);
    pipe_deinit(&pipe_);
  }
}

/* A silent AAA server: the same octets up to five times within 30 s, and nothing to the peer; when
 * it is there again, so is everything. */
static void test_silent_aaa_that_comes_back(void **state) {
  (void)state;
  struct pipe_config config = radius();
  config.no_aaa = true;
  const struct pipe *pipe = aaa_flow_run(&config);
  const size_t sent = pipe->flight_count;
  assert_in_range(sent, 3 + 4, 3 + 5);
  const struct pipe_datagram *first = &pipe->flight[3];
  for (size_t i = 3; i < sent; i++) {
    const struct pipe_datagram *again = &pipe->flight[i];
    assert_string_equal(pipe->labels[i], "Access-Request");
    assert_int_equal(again->length, first->length);
    assert_memory_equal(again->data, first->data, first->length);
    assert_int_equal(again->source.port, first->source.port);
    assert_true(again->arrival_ns - first->arrival_ns < 30 * NODE_SECOND);
  }
  pipe_restart_aaa(&pipe_);
  pipe_begin(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  pipe_deinit(&pipe_);
}

/* The AAA server starts when the authenticator has already asked: a retransmission finds it. */
static void test_late_aaa(void **state) {
  (void)state;
  struct pipe_config config = radius();
  config.no_aaa = true;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 10 * NODE_SECOND));
  pipe_restart_aaa(&pipe_);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed + pipe_.aaa.failed, 0);
  pipe_deinit(&pipe_);
}

/* It loses its memory while a message is under way. */
static void test_restarted_aaa(void **state) {
  (void)state;
  static const struct {
    const char *peer, *authenticator, *aaa;
  } expected[MESSAGES] = {
      [4 ... 7] = {"EAP-Failure while the method ran", "Access-Reject", "unknown State"},
      /* The peer has authenticated the server, and no longer believes in EAP-Failure. */
      [8 ... 11] = {"authenticator-silent", "Access-Reject", "unknown State"},
  };
  for (size_t at = 0; at < MESSAGES; at++) {
    const struct pipe_config config = radius();
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, (1 + 10 * at) * NODE_MS + NODE_MS / 2));
    assert_int_equal(pipe_.flight_count, at + 1);
    pipe_restart_aaa(&pipe_);
    assert_true(pipe_run(&pipe_));
    const char *const reasons[] = {expected[at].peer, expected[at].authenticator, expected[at].aaa};
    const struct pipe_party *const parties[] = {&pipe_.peer[0], &pipe_.authenticator[0],
                                                &pipe_.aaa};
    assert_int_equal(pipe_established(&pipe_, 0), reasons[0] == NULL);
    for (size_t j = 0; j < 3; j++) {
      assert_int_equal(parties[j]->failed, reasons[j] != NULL);
      if (reasons[j] != NULL)
        assert_string_equal(parties[j]->reason, reasons[j]);
    }
    pipe_deinit(&pipe_);
  }
}

static void test_lifetime(void **state) {
  (void)state;
  static const struct {
    uint32_t sent, lifetime;
  } table[] = {{0, 8 * 3600}, {1, 1}, {86400, 86400}, {UINT32_MAX, UINT32_MAX}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct pipe_config config = radius();
    config.aaa_session_timeout_s = table[i].sent;
    const struct pipe *pipe = aaa_flow_run(&config);
    assert_int_equal(
        coap_eap_authenticator_lifetime_s(pipe->hosts[0].node, &pipe->hosts[1].address),
        table[i].lifetime);
    assert_int_equal(
        coap_eap_authenticator_lifetime_s(pipe->hosts[0].node, &pipe->hosts[0].address), 0);
    pipe_deinit(&pipe_);
  }
}

static void test_aaa_many_peers(void **state) {
  (void)state;
  struct pipe_config config = radius();
  config.peers = PIPE_PEERS_MAX;
  const struct pipe *pipe = aaa_flow_run(&config);
  for (size_t i = 0; i < config.peers; i++) {
    assert_true(pipe_established(pipe, i));
    for (size_t j = 0; j < i; j++)
      assert_memory_not_equal(pipe->peer[i].secret, pipe->peer[j].secret, 40);
  }
  assert_int_equal(pipe->aaa.confirmed, config.peers);
  pipe_deinit(&pipe_);
}

static void test_aaa_again(void **state) {
  (void)state;
  const struct pipe_config config = radius();
  (void)aaa_flow_run(&config);
  for (unsigned i = 2; i < 20; i++) {
    pipe_begin(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, i);
    assert_int_equal(pipe_.authenticator[0].confirmed, i);
    assert_int_equal(pipe_.aaa.confirmed, i);
  }
  pipe_deinit(&pipe_);
}

/* While the AAA server thinks, the peer's further messages change nothing. */
static void test_trigger_while_the_aaa_thinks(void **state) {
  (void)state;
  struct pipe_config config = radius();
  config.fault = PIPE_DELAY;
  config.fault_at = 4;
  config.argument = 1000;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 500 * NODE_MS));
  uint8_t trigger[NODE_DATAGRAM_MAX];
  const struct pipe_datagram *sent = &pipe_.flight[0];
  memcpy(trigger, sent->data, sent->length);
  trigger[2] ^= 1; /* another Message ID */
  pipe_inject(&pipe_, &sent->source, &sent->destination, trigger, sent->length);
  const struct pipe_datagram *answer = &pipe_.flight[2]; /* step 2 once more */
  pipe_inject(&pipe_, &answer->source, &answer->destination, answer->data, answer->length);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  assert_int_equal(pipe_.flight_count, MESSAGES + 2);
  assert_string_equal(pipe_.authenticator[0].last_discard, "trigger while an authentication runs");
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_aaa_flow),
      cmocka_unit_test(test_aaa_the_same_towards_the_peer),
      cmocka_unit_test(test_each_radius_packet_lost_doubled_delayed),
      cmocka_unit_test(test_each_radius_packet_damaged),
      cmocka_unit_test(test_each_bit_of_the_peers_responses_flipped),
      cmocka_unit_test(test_aaa_failures_have_reasons),
      cmocka_unit_test(test_silent_aaa_that_comes_back),
      cmocka_unit_test(test_late_aaa),
      cmocka_unit_test(test_restarted_aaa),
      cmocka_unit_test(test_lifetime),
      cmocka_unit_test(test_aaa_many_peers),
      cmocka_unit_test(test_aaa_again),
      cmocka_unit_test(test_trigger_while_the_aaa_thinks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
