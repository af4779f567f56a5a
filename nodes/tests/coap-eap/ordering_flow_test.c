/* The ordering policies in whole authentications: every token length, piggybacked and separate
 * responses, each datagram lost, doubled and delayed once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/options.h"
#include "pipe.h"

enum { POLICIES = 4, MESSAGES = 9, SEPARATE_MESSAGES = MESSAGES + 2 * 4 };

static struct pipe pipe_;

static void assert_orderly(const struct pipe_config *config, size_t confirmed) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  const struct pipe_party *const parties[] = {&pipe_.authenticator[0], &pipe_.peer[0]};
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(parties[i]->confirmed, confirmed);
    assert_int_equal(parties[i]->failed, 0);
    assert_false(parties[i]->delivered_twice);
  }
}

/* Every datagram, up to the last that a run without faults sends, meets each fault. */
static void assert_survives_each_fault(struct pipe_config config) {
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } faults[] = {
      {PIPE_LOSE, 0}, {PIPE_DOUBLE, 0}, {PIPE_DELAY, 15}, {PIPE_DELAY, 2500}, {PIPE_DELAY, 60000}};
  config.fault = PIPE_NO_FAULT;
  assert_orderly(&config, 1);
  const size_t count = pipe_.flight_count;
  pipe_deinit(&pipe_);
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    for (config.fault_at = 0; config.fault_at < count; config.fault_at++) {
      config.fault = faults[i].fault;
      config.argument = faults[i].argument;
      assert_orderly(&config, 1);
      pipe_deinit(&pipe_);
    }
  }
}

static void psk_survives_each_fault(void **state) {
  (void)state;
  for (unsigned policy = 0; policy < POLICIES; policy++) {
    for (size_t token_bytes = 0; token_bytes <= COAP_TOKEN_MAX; token_bytes++) {
      for (unsigned bits = 0; bits < 4; bits++) {
        struct pipe_config config = PIPE_DEFAULT;
        pipe_set(&config, "ordering", COAP_EAP_ORDERING_NAMES[policy]);
        pipe_set_number(&config, "token_bytes", token_bytes);
        pipe_set_number(&config, "separate_response", (bits & 1) != 0);
        config.radius = bits & 2;
        assert_survives_each_fault(config);
      }
    }
  }
}

static void edhoc_survives_each_fault(void **state) {
  (void)state;
  static const size_t token_bytes[] = {0, 1, 4, COAP_TOKEN_MAX};
  for (unsigned policy = 0; policy < POLICIES; policy++) {
    for (unsigned bits = 0; bits < 8; bits++) {
      struct pipe_config config = PIPE_DEFAULT;
      pipe_set(&config, "ordering", COAP_EAP_ORDERING_NAMES[policy]);
      pipe_set_number(&config, "token_bytes", token_bytes[bits / 2]);
      pipe_set_number(&config, "separate_response", (bits % 2 == 0) != 0);
      config.radius = bits % 2 == 1;
      config.edhoc = true;
      config.edhoc_method = 3;
      assert_survives_each_fault(config);
    }
  }
}

static void dtls_survives_each_fault(void **state) {
  (void)state;
  for (unsigned policy = 0; policy < POLICIES; policy++) {
    for (unsigned bits = 0; bits < 2; bits++) {
      struct pipe_config config = PIPE_DEFAULT;
      pipe_set(&config, "ordering", COAP_EAP_ORDERING_NAMES[policy]);
      pipe_set(&config, "association", "dtls");
      pipe_set_number(&config, "token_bytes", bits == 0 ? 0 : COAP_TOKEN_MAX);
      pipe_set_number(&config, "separate_response", (bits == 0) != 0);
      assert_survives_each_fault(config);
    }
  }
}

/* The octets that each policy saves of Figure 2: a SeqNum has four (delta in two, value in two),
 * under OSCORE too; the trigger has none. */
static void octets_saved(void **state) {
  (void)state;
  size_t figure_2[MESSAGES];
  for (unsigned policy = 0; policy < POLICIES; policy++) {
    for (size_t token_bytes = 0; token_bytes <= COAP_TOKEN_MAX; token_bytes++) {
      struct pipe_config config = pipe_with_ordering(policy);
      pipe_set_number(&config, "token_bytes", token_bytes);
      assert_orderly(&config, 1);
      assert_int_equal(pipe_.flight_count, MESSAGES);
      for (size_t i = 0; i < MESSAGES; i++) {
        const size_t length = pipe_.flight[i].length - token_bytes;
        const bool request = i % 2 == 1;
        const bool numbered = policy == COAP_EAP_ORDERING_SEQNUM ||
                              (policy == COAP_EAP_ORDERING_SEQNUM_REQUESTS && request);
        const size_t seqnum = i == 0 ? 0 : 4;
        if (policy == COAP_EAP_ORDERING_SEQNUM && token_bytes == 0)
          figure_2[i] = length;
        assert_int_equal(length, figure_2[i] - (numbered ? 0 : seqnum));
      }
      pipe_deinit(&pipe_);
    }
  }
}

enum rubbish { CUT, RESPONSE, SUCCESS, RUBBISH_COUNT };

static struct pipe_datagram spoil(const struct pipe_datagram *datagram, enum rubbish rubbish) {
  struct pipe_datagram spoilt = *datagram;
  struct coap_message message;
  assert_int_equal(coap_message_parse(spoilt.data, spoilt.length, &message), 0);
  uint8_t *eap = spoilt.data + (message.payload - spoilt.data);
  if (rubbish == CUT)
    spoilt.length--;
  else
    eap[0] = rubbish == RESPONSE ? EAP_RESPONSE : EAP_SUCCESS;
  return spoilt;
}

/* What EAP discards has no answer, and the request whose place it wanted is still the next. */
static void rubbish_moves_nothing(void **state) {
  (void)state;
  for (unsigned i = 0; i < 2 * POLICIES * RUBBISH_COUNT; i++) {
    struct pipe_config config = pipe_with_ordering(i % POLICIES);
    pipe_set_number(&config, "separate_response", (i / POLICIES % 2) != 0);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, 40 * NODE_MS)); /* step 3 is under way */
    const struct pipe_datagram *step_3 = &pipe_.flight[pipe_find(&pipe_, "EAP-PSK 1")];
    assert_false(step_3->arrived);
    const struct pipe_datagram rubbish = spoil(step_3, i / POLICIES / 2);
    const unsigned discarded = pipe_.peer[0].discarded;
    const size_t sent = pipe_.flight_count;
    pipe_inject_again(&pipe_, &rubbish);
    assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
    assert_int_equal(pipe_.peer[0].discarded, discarded + 1);
    assert_int_equal(pipe_.flight_count, sent + 1);
    assert_true(pipe_run(&pipe_));
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(pipe_count(&pipe_, "EAP-PSK 1"), 1);
    pipe_deinit(&pipe_);
  }
}

/* Each datagram of the first authentication once more in the midst of the second. */
static void leftovers_meet_the_next(void **state) {
  (void)state;
  for (unsigned bits = 0; bits < 4 * POLICIES; bits++) {
    struct pipe_config config = pipe_with_ordering(bits / 4);
    pipe_set_number(&config, "separate_response", (bits & 1) != 0);
    pipe_set_number(&config, "token_bytes", bits & 2 ? 0 : 1);
    const size_t count = bits & 1 ? SEPARATE_MESSAGES : MESSAGES;
    for (size_t i = 0; i < count; i++) {
      for (uint64_t after_ms = 5; after_ms < 100; after_ms += 10) {
        assert_orderly(&config, 1);
        assert_int_equal(pipe_.flight_count, count);
        pipe_begin(&pipe_, 0);
        assert_true(pipe_run_until(&pipe_, pipe_.now_ns + after_ms * NODE_MS));
        pipe_inject_again(&pipe_, &pipe_.flight[i]);
        assert_true(pipe_run(&pipe_));
        assert_true(pipe_established(&pipe_, 0));
        assert_int_equal(pipe_.peer[0].confirmed, 2);
        assert_int_equal(pipe_.authenticator[0].confirmed, 2);
        assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
        pipe_deinit(&pipe_);
      }
    }
  }
}

static void state_at_most(void **state) {
  (void)state;
  static const struct {
    unsigned policy;
    bool edhoc;
    size_t bytes;
  } table[] = {
      {COAP_EAP_ORDERING_SEQNUM, false, 2},         {COAP_EAP_ORDERING_SEQNUM_REQUESTS, false, 2},
      {COAP_EAP_ORDERING_MID_RANDOM, false, 2 * 4}, {COAP_EAP_ORDERING_MID_MONOTONIC, false, 2},
      {COAP_EAP_ORDERING_SEQNUM, true, 2},          {COAP_EAP_ORDERING_MID_RANDOM, true, 2 * 5},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct pipe_config config = pipe_with_ordering(table[i].policy);
    config.edhoc = table[i].edhoc;
    config.edhoc_method = 3;
    assert_orderly(&config, 1);
    pipe_begin(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    struct lower_state held;
    pipe_lower(&pipe_)->peer_state(pipe_.hosts[1].node, &held);
    assert_int_equal(held.ordering_bytes, table[i].bytes);
    pipe_deinit(&pipe_);
  }
}

/* After the success, and when the message layer remembers no more: an old request is discarded;
 * under random Message IDs because the authentication is over, for they are forgotten. */
static void long_after_the_success(void **state) {
  (void)state;
  for (unsigned policy = 0; policy < POLICIES; policy++) {
    const struct pipe_config config = pipe_with_ordering(policy);
    assert_orderly(&config, 1);
    const size_t sent = pipe_.flight_count;
    pipe_.now_ns += 300 * NODE_SECOND;
    pipe_inject_again(&pipe_, &pipe_.flight[pipe_find(&pipe_, "EAP-PSK 1")]);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.flight_count, sent + 1);
    assert_string_equal(pipe_.peer[0].last_discard, policy == COAP_EAP_ORDERING_MID_RANDOM
                                                        ? "the authentication is over"
                                                        : "old or unexpected request");
    pipe_deinit(&pipe_);
  }
}

/* The last response to a failure is separate, and its acknowledgement is lost: a trigger waits. */
static void trigger_after_a_separate_response(void **state) {
  (void)state;
  struct pipe_config config = PIPE_DEFAULT;
  config.peer_psk = "not-the-password";
  pipe_set(&config, "separate_response", "on");
  config.fault = PIPE_LOSE;
  config.fault_at = SEPARATE_MESSAGES - 5; /* the authenticator's last */
  pipe_init(&pipe_, &config);
  while (pipe_.peer[0].failed == 0) {
    pipe_.now_ns += NODE_MS;
    assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
  }
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_string_equal(pipe_.labels[config.fault_at], "CoAP ACK");
  assert_string_equal(pipe_.labels[config.fault_at + 1], "failure acknowledged");
  assert_string_equal(pipe_.labels[config.fault_at + 2], "CoAP ACK");
  assert_string_equal(pipe_.labels[config.fault_at + 3], "trigger");
  assert_int_equal(pipe_.peer[0].failed, 2);
  assert_int_equal(pipe_.authenticator[0].failed, 2);
  pipe_deinit(&pipe_);
}

/* A SeqNum that the policy does not have is an option that is not understood; one that is missing
 * makes the request none. */
static void options_of_another_policy(void **state) {
  (void)state;
  static const char numbered[] = "\x40\x02\x11\x11\xb1"
                                 "b\xd2\x25\x12\x34\xff\x01\x09\x00\x05\x01";
  static const char bare[] = "\x40\x02\x11\x11\xb1"
                             "b\xff\x01\x09\x00\x05\x01";
  static const struct {
    unsigned policy;
    const char *to_numbered, *to_bare; /* NULL: nothing */
  } table[] = {
      {COAP_EAP_ORDERING_SEQNUM, "EAP-Response/Identity", NULL},
      {COAP_EAP_ORDERING_SEQNUM_REQUESTS, "EAP-Response/Identity", NULL},
      {COAP_EAP_ORDERING_MID_RANDOM, "4.02 Bad Option", "EAP-Response/Identity"},
      {COAP_EAP_ORDERING_MID_MONOTONIC, "4.02 Bad Option", "EAP-Response/Identity"},
  };
  for (size_t i = 0; i < 2 * POLICIES; i++) {
    const bool with = i % 2 == 0;
    struct pipe_config config = pipe_with_ordering(table[i / 2].policy);
    config.no_authenticator = true;
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, 5 * NODE_MS));
    const size_t sent = pipe_.flight_count + 1;
    pipe_inject(&pipe_, &pipe_.hosts[0].address, &pipe_.hosts[1].address,
                (const uint8_t *)(with ? numbered : bare),
                with ? sizeof numbered - 1 : sizeof bare - 1);
    assert_true(pipe_run_until(&pipe_, 6 * NODE_MS));
    const char *answer = with ? table[i / 2].to_numbered : table[i / 2].to_bare;
    assert_int_equal(pipe_.flight_count, sent + (answer != NULL));
    if (answer != NULL)
      assert_string_equal(pipe_.labels[sent], answer);
    pipe_deinit(&pipe_);
  }
}

/* The AAA server ignores a response that was damaged on its way: the request goes out once more,
 * the same octets, and has the same response. */
static void ordering_asked_again(void **state) {
  (void)state;
  enum { PSK_2 = 60, FLAGS = 5 }; /* the length of the EAP packet; which octet is changed */
  for (unsigned bits = 0; bits < 2 * POLICIES; bits++) {
    struct pipe_config config = pipe_with_ordering(bits / 2);
    pipe_set_number(&config, "separate_response", (bits & 1) != 0);
    config.radius = true;
    assert_orderly(&config, 1);
    config.fault = PIPE_FLIP;
    config.fault_at = pipe_find(&pipe_, "EAP-PSK 2");
    config.argument = 8 * (pipe_.flight[config.fault_at].length - PSK_2 + FLAGS) + 6;
    pipe_deinit(&pipe_);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    const size_t again = pipe_find(&pipe_, "EAP-PSK 1");
    size_t first = again;
    while (first > 0 && strcmp(pipe_.labels[--first], "EAP-PSK 1") != 0)
      ;
    assert_int_equal(pipe_count(&pipe_, "EAP-PSK 1"), 2);
    assert_int_equal(pipe_.flight[again].length, pipe_.flight[first].length);
    assert_memory_equal(pipe_.flight[again].data, pipe_.flight[first].data,
                        pipe_.flight[first].length);
    assert_int_equal(pipe_count(&pipe_, "EAP-PSK 2"), 2);
    assert_memory_equal(pipe_.flight[pipe_find(&pipe_, "EAP-PSK 2")].data,
                        pipe_.flight[config.fault_at].data, 4);
    assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
    assert_true(pipe_established(&pipe_, 0));
    pipe_deinit(&pipe_);
  }
}

/* Application requests of either end. The peer's answers are separate, too: four datagrams, which
 * all belong to the application; and those of the authenticator are not. */
static void application_requests(void **state) {
  (void)state;
  for (unsigned bits = 0; bits < 4; bits++) {
    struct pipe_config config = PIPE_DEFAULT;
    pipe_set(&config, "association", bits & 1 ? "dtls" : "oscore");
    pipe_set_number(&config, "separate_response", (bits & 2) != 0);
    assert_orderly(&config, 1);
    for (size_t i = 0; i < pipe_.flight_count; i++)
      assert_int_equal(pipe_.flight[i].phase, NODE_PHASE_AUTHENTICATION);
    for (int from_peer = 0; from_peer < 2; from_peer++) {
      const size_t first = pipe_.flight_count;
      assert_int_equal(pipe_request(&pipe_, 0, from_peer, LOWER_POST, NULL, 0), 0);
      assert_true(pipe_run(&pipe_));
      const bool separate = (bits & 2) != 0 && !from_peer;
      assert_int_equal(pipe_.flight_count - first, separate ? 4 : 2);
      for (size_t i = first; i < pipe_.flight_count; i++)
        assert_int_equal(pipe_.flight[i].phase, NODE_PHASE_APPLICATION);
    }
    assert_int_equal(pipe_.peer[0].answered, 1);
    assert_int_equal(pipe_.authenticator[0].answered, 1);
    pipe_begin(&pipe_, 0);
    const size_t first = pipe_.flight_count;
    assert_true(pipe_run(&pipe_));
    for (size_t i = first; i < pipe_.flight_count; i++)
      assert_int_equal(pipe_.flight[i].phase, NODE_PHASE_AUTHENTICATION);
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    pipe_deinit(&pipe_);
  }
}

/* A peer that restarts in the midst of an authentication says so to the next request, which is
 * given up in its time; the trigger begins another then. */
static void restarted_peer(void **state) {
  (void)state;
  enum { FIRST_MS = 25, CONFIRMED_MS = 85, LAST_MS = 125 };
  for (unsigned bits = 0; bits < 2 * POLICIES; bits++) {
    struct pipe_config config = pipe_with_ordering(bits / 2);
    pipe_set_number(&config, "separate_response", (bits & 1) != 0);
    for (unsigned at_ms = FIRST_MS; at_ms <= LAST_MS; at_ms += 10) {
      pipe_init(&pipe_, &config);
      assert_true(pipe_run_until(&pipe_, at_ms * NODE_MS));
      pipe_restart_peer(&pipe_, 0);
      assert_true(pipe_run(&pipe_));
      assert_true(pipe_established(&pipe_, 0));
      assert_int_equal(pipe_.peer[0].confirmed, at_ms < CONFIRMED_MS ? 1 : 2);
      assert_int_equal(pipe_.peer[0].failed, 0);
      assert_int_equal(pipe_.authenticator[0].failed, at_ms < CONFIRMED_MS);
      pipe_deinit(&pipe_);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(psk_survives_each_fault),
      cmocka_unit_test(edhoc_survives_each_fault),
      cmocka_unit_test(dtls_survives_each_fault),
      cmocka_unit_test(octets_saved),
      cmocka_unit_test(rubbish_moves_nothing),
      cmocka_unit_test(leftovers_meet_the_next),
      cmocka_unit_test(state_at_most),
      cmocka_unit_test(options_of_another_policy),
      cmocka_unit_test(ordering_asked_again),
      cmocka_unit_test(application_requests),
      cmocka_unit_test(long_after_the_success),
      cmocka_unit_test(trigger_after_a_separate_response),
      cmocka_unit_test(restarted_peer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
