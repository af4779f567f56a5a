/* Later authentications by ERP: begun by either end, under every single fault, by replays, with an
 * ER server that says no, or nothing; and what is done then by EAP. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/authenticator.h"
#include "coap-eap/ordering.h"
#include "pipe.h"

enum { PAUSE_S = 20, FULL = 9 }; /* trigger, and steps 1 to 8 */

static const char *const BY_PEER[] = {"trigger", "EAP-Finish/Re-auth", "confirmation"};
static const char *const BY_AUTHENTICATOR[] = {"trigger", "EAP-Initiate/Re-auth-Start",
                                               "EAP-Initiate/Re-auth", "EAP-Finish/Re-auth",
                                               "confirmation"};

static struct pipe pipe_;
static size_t first_;

static struct pipe_config by(enum pipe_erp erp) {
  struct pipe_config config = PIPE_DEFAULT;
  config.erp = erp;
  return config;
}

static void join(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  pipe_.now_ns += PAUSE_S * NODE_SECOND;
  first_ = pipe_.flight_count;
}

static void again(void) {
  first_ = pipe_.flight_count;
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
}

static void join_again(const struct pipe_config *config) {
  join(config);
  again();
}

static void assert_usable(void) {
  pipe_assert_answered(&pipe_, 0, true);
  pipe_assert_answered(&pipe_, 0, false);
}

static void assert_confirmed(unsigned times) {
  assert_int_equal(pipe_.peer[0].confirmed, times);
  assert_int_equal(pipe_.authenticator[0].confirmed, times);
  assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
  assert_true(pipe_established(&pipe_, 0));
}

/* The datagrams since the second authentication began. */
static void assert_flow(const char *const *labels, const size_t *lengths, size_t count) {
  assert_int_equal(pipe_.flight_count - first_, count);
  for (size_t i = 0; i < count; i++) {
    assert_string_equal(pipe_.labels[first_ + i], labels[i]);
    if (lengths != NULL)
      assert_int_equal(pipe_.flight[first_ + i].length, lengths[i]);
    assert_int_equal(pipe_.flight[first_ + i].phase, NODE_PHASE_AUTHENTICATION);
  }
}

/* Octets. Initiate and Finish: 27 and a keyName-NAI of 16 + 1 + 12; the trigger: header and token
 * 5, "b" 2, No-Response 3, marker 1. Step 7: header and token 5, OSCORE 3, marker 1, and inside
 * code 1, "b" 2, SeqNum 4, marker 1, tag 8. Step 8: 5, OSCORE 1, marker 1; 1, SeqNum 4, tag 8. */
enum { REAUTH = 27 + 29, TRIGGER = 11 + REAUTH, STEP_7 = 9 + 16 + REAUTH, STEP_8 = 7 + 13 };

static void test_three_messages(void **state) {
  static const size_t lengths[] = {TRIGGER, STEP_7, STEP_8};
  const struct pipe_config config = by(PIPE_ERP_BY_PEER);
  (void)state;
  join_again(&config);
  assert_flow(BY_PEER, lengths, 3);
  assert_confirmed(2);
  assert_int_equal(pipe_.peer[0].keys, 2);
  assert_int_equal(pipe_.authenticator[0].keys, 2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* Step 1: 5, "b" 2, SeqNum 4, marker 1, a Start of 8 + 12; step 2: 5, "b" and "5" 4, SeqNum 4,
 * marker 1; step 7 has a segment more. */
static void test_begun_by_authenticator(void **state) {
  static const size_t lengths[] = {10, 12 + 20, 14 + REAUTH, STEP_7 + 2, STEP_8};
  struct pipe_config config = by(PIPE_ERP_BY_AUTHENTICATOR);
  (void)state;
  join_again(&config);
  assert_flow(BY_AUTHENTICATOR, lengths, 5);
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);

  config.trigger_off = true;
  join(&config);
  pipe_begin(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_flow(BY_AUTHENTICATOR + 1, lengths + 1, 4);
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

static void test_every_ordering(void **state) {
  (void)state;
  for (unsigned policy = 0; COAP_EAP_ORDERING_NAMES[policy] != NULL; policy++)
    for (int i = 0; i < 4; i++) {
      const bool peer = i % 2 == 0, dtls = i >= 2;
      struct pipe_config config = pipe_with_ordering(policy);
      pipe_set(&config, "association", dtls ? "dtls" : "oscore");
      config.erp = peer ? PIPE_ERP_BY_PEER : PIPE_ERP_BY_AUTHENTICATOR;
      join_again(&config);
      assert_true(dtls || pipe_.flight_count - first_ == (peer ? 3 : 5));
      assert_confirmed(2);
      assert_usable();
      pipe_deinit(&pipe_);
    }
}

static void test_edhoc_and_radius(void **state) {
  (void)state;
  for (int peer = 0; peer < 2; peer++)
    for (int edhoc = 0; edhoc < 2; edhoc++) {
      struct pipe_config config = by(peer ? PIPE_ERP_BY_PEER : PIPE_ERP_BY_AUTHENTICATOR);
      config.radius = true;
      config.edhoc = edhoc;
      join_again(&config);
      assert_int_equal(pipe_.flight_count - first_, (peer ? 3 : 5) + 2);
      assert_int_equal(pipe_count(&pipe_, "EAP-Finish/Re-auth"), 1);
      assert_confirmed(2);
      assert_usable();
      pipe_deinit(&pipe_);
    }
}

/* The trigger's token, of whatever length, is a part of the PSK. */
static void test_dtls(void **state) {
  (void)state;
  for (int peer = 0; peer < 2; peer++) {
    struct pipe_config config = by(peer ? PIPE_ERP_BY_PEER : PIPE_ERP_BY_AUTHENTICATOR);
    pipe_set(&config, "association", "dtls");
    pipe_set_number(&config, "token_bytes", 4);
    join_again(&config);
    assert_int_equal(pipe_count(&pipe_, "EAP-Finish/Re-auth"), 1);
    assert_int_equal(pipe_count(&pipe_, "EAP-Request/Identity"), 1);
    assert_confirmed(2);
    assert_usable();
    pipe_deinit(&pipe_);
  }
}

/* Step 0 names the resource; OSCORE's names are agreed on in steps 1 and 2, as ever. */
static void test_rfc9820(void **state) {
  struct pipe_config config = by(PIPE_ERP_BY_AUTHENTICATOR);
  (void)state;
  pipe_set(&config, "lower_layer", "coap-eap-rfc9820");
  pipe_set_number(&config, "session_lifetime_s", 0);
  join_again(&config);
  assert_flow(BY_AUTHENTICATOR, NULL, 5);
  assert_confirmed(2);
  assert_usable();
  pipe_restart_peer(&pipe_, 0);
  first_ = pipe_.flight_count;
  assert_true(pipe_run(&pipe_));
  assert_string_equal(pipe_.labels[first_ + 2], "no root for re-authentication");
  assert_int_equal(pipe_.flight_count - first_, FULL + 2);
  assert_confirmed(3);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* Keys: never twice the same, and a full authentication keeps a new root. */
static void test_again_and_again(void **state) {
  const struct pipe_config config = by(PIPE_ERP_BY_PEER);
  uint8_t secrets[8][EAP_KEY_LENGTH];
  (void)state;
  join(&config);
  for (unsigned i = 0; i < 8; i++) {
    assert_confirmed(1 + i);
    assert_usable();
    memcpy(secrets[i], pipe_.peer[0].secret, sizeof secrets[i]);
    for (unsigned j = 0; j < i; j++)
      assert_memory_not_equal(secrets[i], secrets[j], pipe_.peer[0].secret_length);
    again();
    assert_int_equal(pipe_.flight_count - first_, 3);
  }
  pipe_deinit(&pipe_);
}

static void test_each_lost_doubled_delayed(void **state) {
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } faults[] = {{PIPE_LOSE, 0},     {PIPE_DOUBLE, 0},    {PIPE_DELAY, 15},
                {PIPE_DELAY, 1200}, {PIPE_DELAY, 10000}, {PIPE_DELAY, 60000}};
  (void)state;
  for (int peer = 0; peer < 2; peer++)
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
      for (size_t at = 0; at < (peer ? 3 : 5); at++) {
        struct pipe_config config = by(peer ? PIPE_ERP_BY_PEER : PIPE_ERP_BY_AUTHENTICATOR);
        config.fault = faults[i].fault;
        config.argument = faults[i].argument;
        config.fault_at = FULL + at;
        join_again(&config);
        assert_confirmed(2);
        assert_int_equal(pipe_.authenticator[0].retrying, 0);
        assert_usable();
        pipe_deinit(&pipe_);
      }
}

/* What was changed is repeated, or makes it an authentication by EAP. */
static void test_each_truncated_and_flipped(void **state) {
  unsigned eap = 0, runs = 0;
  (void)state;
  for (int peer = 0; peer < 2; peer++)
    for (size_t at = 0; at < (peer ? 3 : 5); at++)
      for (size_t i = 0; i < 2 * STEP_7 + 4; i++, runs++) {
        struct pipe_config config = by(peer ? PIPE_ERP_BY_PEER : PIPE_ERP_BY_AUTHENTICATOR);
        config.fault_at = FULL + at;
        config.fault = i < STEP_7 + 2 ? PIPE_TRUNCATE : PIPE_FLIP;
        config.argument = i < STEP_7 + 2 ? i : (i - STEP_7 - 2) * 8 + i % 8;
        join_again(&config);
        if (pipe_.peer[0].failed + pipe_.authenticator[0].failed > 0)
          again();
        assert_true(pipe_.peer[0].confirmed >= 2 && pipe_.authenticator[0].confirmed >= 2);
        assert_true(pipe_established(&pipe_, 0));
        eap += pipe_count(&pipe_, "EAP-Success") > 1;
        assert_usable();
        pipe_deinit(&pipe_);
      }
  print_message("%u of %u by EAP\n", eap, runs);
}

/* The same trigger in a message of its own, much later, and from elsewhere: its number is old, and
 * step 1 is what any trigger brings. The association stays in use. */
static void test_replayed_trigger(void **state) {
  const struct pipe_config config = by(PIPE_ERP_BY_PEER);
  (void)state;
  join_again(&config);
  struct pipe_datagram old = pipe_.flight[first_];
  pipe_inject_again(&pipe_, &old);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.authenticator[0].retrying, 0); /* the message layer knows it */
  pipe_.now_ns += 300 * NODE_SECOND;
  pipe_inject_again(&pipe_, &old);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns + 5 * NODE_MS));
  assert_string_equal(pipe_.authenticator[0].reason, "old sequence number");
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.authenticator[0].retrying, 1);
  assert_confirmed(3);
  assert_int_equal(pipe_count(&pipe_, "EAP-Success"), 2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* The server has forgotten all: by EAP in the same attempt, and by ERP after it. */
static void test_unknown_key(void **state) {
  (void)state;
  for (int peer = 0; peer < 2; peer++) {
    struct pipe_config config = by(peer ? PIPE_ERP_BY_PEER : PIPE_ERP_BY_AUTHENTICATOR);
    config.radius = true;
    join(&config);
    pipe_restart_aaa(&pipe_);
    again();
    assert_int_equal(pipe_.authenticator[0].retrying, 1);
    assert_string_equal(pipe_.authenticator[0].reason, "Access-Reject");
    assert_int_equal(pipe_.peer[0].retrying, 0);
    assert_int_equal(pipe_count(&pipe_, "trigger"), 2);
    assert_int_equal(pipe_count(&pipe_, "EAP-Success"), 2);
    assert_confirmed(2);
    again();
    assert_int_equal(pipe_.flight_count - first_, (peer ? 3 : 5) + 2);
    assert_confirmed(3);
    assert_usable();
    pipe_deinit(&pipe_);
  }
}

static void test_expired_root(void **state) {
  struct pipe_config config = by(PIPE_ERP_BY_PEER);
  (void)state;
  config.erp_peer.rrk_lifetime_s = PAUSE_S - 1;
  join_again(&config);
  assert_int_equal(pipe_.flight_count - first_, FULL);
  assert_int_equal(pipe_.authenticator[0].retrying, 0);
  assert_confirmed(2);
  pipe_deinit(&pipe_);

  config.erp_peer.rrk_lifetime_s = 0;
  config.erp_server.rrk_lifetime_s = PAUSE_S - 1;
  join_again(&config);
  assert_int_equal(pipe_.flight_count - first_, FULL);
  assert_int_equal(pipe_.authenticator[0].retrying, 1);
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

static void test_wrong_realm(void **state) {
  struct pipe_config config = by(PIPE_ERP_BY_PEER);
  (void)state;
  config.erp_peer.realm = (const uint8_t *)"else.test";
  config.erp_peer.realm_length = 9;
  join_again(&config);
  assert_int_equal(pipe_.flight_count - first_, FULL);
  assert_int_equal(pipe_.authenticator[0].retrying, 1);
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* It has said nothing for its 30 s, and is there again when EAP begins. */
static void test_silent_aaa(void **state) {
  (void)state;
  for (int peer = 0; peer < 2; peer++) {
    struct pipe_config config = by(peer ? PIPE_ERP_BY_PEER : PIPE_ERP_BY_AUTHENTICATOR);
    config.radius = true;
    join(&config);
    pipe_stop_aaa(&pipe_);
    pipe_trigger(&pipe_, 0);
    const uint64_t silent_ns = pipe_.now_ns + 30 * NODE_SECOND;
    assert_true(pipe_run_until(&pipe_, silent_ns - NODE_SECOND));
    assert_int_equal(pipe_.authenticator[0].retrying, 0);
    assert_true(pipe_run_until(&pipe_, silent_ns + NODE_SECOND));
    assert_string_equal(pipe_.authenticator[0].reason, "aaa-silent");
    pipe_restart_aaa(&pipe_);
    assert_true(pipe_run(&pipe_));
    assert_confirmed(2);
    assert_usable();
    pipe_deinit(&pipe_);
  }
}

/* Asked for a key that it has lost, or has never had any use for, the peer says so at once, or is
 * silent. */
static void test_peer_without_root(void **state) {
  static const char *const labels[] = {"trigger", "EAP-Initiate/Re-auth-Start",
                                       "no root for re-authentication", "EAP-Request/Identity"};
  const struct pipe_config config = by(PIPE_ERP_BY_AUTHENTICATOR);
  (void)state;
  join(&config);
  pipe_restart_peer(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  for (size_t i = 0; i < 4; i++)
    assert_string_equal(pipe_.labels[first_ + i], labels[i]);
  assert_int_equal(pipe_.flight[first_ + 2].length, 5 + 4 + 4);
  assert_int_equal(pipe_.flight_count - first_, FULL + 2);
  assert_string_equal(pipe_.authenticator[0].reason, "the peer has no root");
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* An authenticator that has lost all takes an Initiate nevertheless: the AAA server knows the peer.
 */
static void test_other_authenticator(void **state) {
  struct pipe_config config = by(PIPE_ERP_BY_PEER);
  (void)state;
  config.radius = true;
  join(&config);
  pipe_restart_authenticator(&pipe_);
  again();
  assert_int_equal(pipe_.flight_count - first_, 5);
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* A step 1 that the authenticator never sent, in the clear, when a trigger is on its way: that
 * attempt is lost; the root, and the association that there is, are not. */
static void test_forged_identity(void **state) {
  struct pipe_config config = by(PIPE_ERP_BY_PEER);
  (void)state;
  config.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR;
  config.fault_at = FULL;
  join(&config);
  struct pipe_datagram forged = pipe_.flight[1];
  assert_string_equal(pipe_.labels[1], "EAP-Request/Identity");
  forged.data[3] ^= 0x55; /* Message ID, and token */
  forged.data[4] ^= 0x55;
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns + NODE_SECOND));
  pipe_inject_again(&pipe_, &forged);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].failed, 1);
  assert_string_equal(pipe_.peer[0].reason, "authenticator-silent");
  pipe_.config.fault = PIPE_NO_FAULT;
  assert_usable();
  again();
  assert_int_equal(pipe_.flight_count - first_, 3);
  assert_int_equal(pipe_.peer[0].confirmed, 2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* The peer begins, the authenticator does so, too, and the messages cross. */
static void test_crossing(void **state) {
  struct pipe_config config = by(PIPE_ERP_BY_AUTHENTICATOR);
  (void)state;
  join(&config);
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
  pipe_begin(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* Until step 8 requests under the former association are answered; at the end of a lifetime none
 * are, and the ER server says how long. */
static void test_lifetime(void **state) {
  struct pipe_config config = by(PIPE_ERP_BY_PEER);
  (void)state;
  config.limits.lifetime_s = 100;
  config.erp_peer.lifetimes = true;
  config.erp_server.rmsk_lifetime_s = 70;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 60 * NODE_SECOND));
  pipe_.now_ns = 60 * NODE_SECOND;
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run_until(&pipe_, 61 * NODE_SECOND));
  assert_confirmed(2);
  assert_int_equal(coap_eap_authenticator_lifetime_s(pipe_.hosts[0].node, &pipe_.hosts[1].address),
                   70);
  assert_true(pipe_run_until(&pipe_, 129 * NODE_SECOND));
  assert_int_equal(pipe_.authenticator[0].closed + pipe_.peer[0].closed, 0);
  assert_true(pipe_run_until(&pipe_, 131 * NODE_SECOND));
  assert_int_equal(pipe_.authenticator[0].closed, 1);
  assert_int_equal(pipe_.peer[0].closed, 1);
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, (const uint8_t *)"x", 1),
                   NODE_ERR_BAD_STATE);
  pipe_deinit(&pipe_);
}

/* Nobody is there: the later attempts are by EAP, and need no number. */
static void test_attempts(void **state) {
  struct pipe_config config = by(PIPE_ERP_BY_PEER);
  (void)state;
  pipe_set_number(&config, "join_attempts", 2);
  config.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR;
  config.fault_at = FULL;
  join(&config);
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.flight_count - first_, 5 + 5);
  assert_int_equal(pipe_.flight[first_ + 4].length, TRIGGER);
  assert_int_equal(pipe_.flight[first_ + 5].length, 10);
  assert_int_equal(pipe_.peer[0].retrying, 1);
  assert_int_equal(pipe_.peer[0].failed, 1);
  pipe_.config.fault = PIPE_NO_FAULT;
  assert_usable();
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_three_messages),
      cmocka_unit_test(test_begun_by_authenticator),
      cmocka_unit_test(test_every_ordering),
      cmocka_unit_test(test_edhoc_and_radius),
      cmocka_unit_test(test_dtls),
      cmocka_unit_test(test_rfc9820),
      cmocka_unit_test(test_again_and_again),
      cmocka_unit_test(test_each_lost_doubled_delayed),
      cmocka_unit_test(test_each_truncated_and_flipped),
      cmocka_unit_test(test_replayed_trigger),
      cmocka_unit_test(test_unknown_key),
      cmocka_unit_test(test_expired_root),
      cmocka_unit_test(test_wrong_realm),
      cmocka_unit_test(test_silent_aaa),
      cmocka_unit_test(test_peer_without_root),
      cmocka_unit_test(test_other_authenticator),
      cmocka_unit_test(test_forged_identity),
      cmocka_unit_test(test_crossing),
      cmocka_unit_test(test_lifetime),
      cmocka_unit_test(test_attempts),
  };
  return cmocka_run_group_tests_name("coap_eap_erp", tests, NULL, NULL);
}
