/* Networks under which a rule of the draft's section 6.4.2 fails, each as the sequence of datagrams
 * that shows it; and the policies that the same network does no harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/options.h"
#include "pipe.h"

enum { POLICIES = 4 };

static struct pipe pipe_;

/* `peer` NULL: for whatever reason. */
static void assert_failed(const char *peer, const char *authenticator) {
  assert_false(pipe_established(&pipe_, 0));
  assert_non_null(pipe_.peer[0].reason);
  if (peer != NULL)
    assert_string_equal(pipe_.peer[0].reason, peer);
  assert_non_null(pipe_.authenticator[0].reason);
  assert_string_equal(pipe_.authenticator[0].reason, authenticator);
}

/* A copy of step 3 is late. The peer restarts, and names its resource as before. To random Message
 * IDs (2A) the old request is a new one, and takes the place of the true step 3. */
static void old_request_meets_a_restarted_peer(void **state) {
  (void)state;
  for (unsigned policy = 0; policy < POLICIES; policy++) {
    const struct pipe_config config = pipe_with_ordering(policy);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, 40 * NODE_MS));
    struct pipe_datagram *late = &pipe_.flight[pipe_find(&pipe_, "EAP-PSK 1")];
    assert_false(late->arrived);
    late->arrived = true;
    pipe_restart_peer(&pipe_, 0);
    while (pipe_count(&pipe_, "EAP-Response/Identity") < 2) {
      assert_true(pipe_.now_ns < 100 * NODE_SECOND);
      pipe_.now_ns += NODE_MS;
      assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
    }
    pipe_inject_again(&pipe_, late);
    assert_true(pipe_run(&pipe_));
    if (policy == COAP_EAP_ORDERING_MID_RANDOM)
      assert_failed("authenticator-silent", "peer-silent");
    else
      assert_true(pipe_established(&pipe_, 0));
    pipe_deinit(&pipe_);
  }
}

/* Whatever else takes one of the authenticator's Message IDs, here its answer to a stray NON,
 * leaves a gap that a peer which counts them (2B) does not cross. */
static void stray_request_to_the_authenticator(void **state) {
  (void)state;
  static const uint8_t stray[] = {0x50, 0x01, 0x22, 0x22, 0xb1, 'x'};
  for (unsigned policy = 0; policy < POLICIES; policy++) {
    const struct pipe_config config = pipe_with_ordering(policy);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, 40 * NODE_MS));
    pipe_inject(&pipe_, &pipe_.hosts[1].address, &pipe_.hosts[0].address, stray, sizeof stray);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_count(&pipe_, "4.04 Not Found"), 1);
    if (policy == COAP_EAP_ORDERING_MID_MONOTONIC)
      assert_failed("authenticator-silent", "peer-silent");
    else
      assert_true(pipe_established(&pipe_, 0));
    pipe_deinit(&pipe_);
  }
}

/* The peer has acknowledged step 3 and restarts before its separate response has come through. The
 * authenticator retransmits no more, so that nothing tells it; the triggers end before it does. */
static void restart_between_acknowledgement_and_response(void **state) {
  (void)state;
  for (unsigned policy = 0; policy < POLICIES; policy++) {
    struct pipe_config config = pipe_with_ordering(policy);
    pipe_set(&config, "separate_response", "on");
    config.fault = PIPE_LOSE;
    config.fault_at = 7;
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, 55 * NODE_MS));
    assert_int_equal(pipe_find(&pipe_, "EAP-PSK 2"), config.fault_at);
    pipe_restart_peer(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_failed("no-authenticator", "peer-silent");
    pipe_deinit(&pipe_);
  }
}

/* A copy of step 1 is late, and meets a peer that has restarted since: any number may be the first.
 * The peer believes in an authentication whose other steps it never saw, and triggers no more. */
static void old_step_1_meets_a_restarted_peer(void **state) {
  (void)state;
  for (unsigned policy = 0; policy < POLICIES; policy++) {
    const struct pipe_config config = pipe_with_ordering(policy);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, 60 * NODE_MS));
    assert_false(pipe_.flight[pipe_find(&pipe_, "EAP-PSK 3")].arrived);
    pipe_restart_peer(&pipe_, 0);
    pipe_inject_again(&pipe_, &pipe_.flight[pipe_find(&pipe_, "EAP-Request/Identity")]);
    assert_true(pipe_run(&pipe_));
    assert_failed("authenticator-silent", "peer-silent");
    pipe_deinit(&pipe_);
  }
}

/* Until all that it sends is lost, the peer of a first authentication has got as far as its
 * separate response to step 3. Then the authenticator begins again, and has sent step 3. */
static void go_to_second_step_3(const struct pipe_config *config, uint64_t random) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run_until(&pipe_, 94 * NODE_SECOND));
  assert_string_equal(pipe_.authenticator[0].reason, "peer-silent");
  pipe_.config.fault = PIPE_NO_FAULT;
  pipe_.hosts[0].random = random;
  pipe_begin(&pipe_, 0);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns + 25 * NODE_MS));
}

static uint8_t eap_identifier(const struct pipe_datagram *datagram) {
  struct coap_message message;
  assert_int_equal(coap_message_parse(datagram->data, datagram->length, &message), 0);
  return message.payload[1];
}

/* A late separate response of the former authentication: with an empty token (or one that is the
 * same again) and no SeqNum in responses, nothing below EAP tells it from the one that is due. EAP
 * has its Identifier, and one in 256 is the same. Then message_1 of one EDHOC session begins
 * another. */
static void old_separate_response(void **state) {
  (void)state;
  enum { STEP_3 = 5, LATE = 7, ATTEMPTS_MAX = 5000 };
  for (unsigned policy = 0; policy < POLICIES; policy++) {
    struct pipe_config config = pipe_with_ordering(policy);
    pipe_set(&config, "separate_response", "on");
    pipe_set_number(&config, "token_bytes", 0);
    config.edhoc = true;
    config.edhoc_method = 3;
    config.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR;
    config.fault_at = LATE;
    unsigned attempt = 0;
    for (;; attempt++) {
      assert_true(attempt < ATTEMPTS_MAX);
      go_to_second_step_3(&config, attempt);
      if (eap_identifier(&pipe_.flight[pipe_find(&pipe_, pipe_.labels[STEP_3])]) ==
          eap_identifier(&pipe_.flight[LATE]))
        break;
      pipe_deinit(&pipe_);
    }
    pipe_inject_again(&pipe_, &pipe_.flight[LATE]);
    assert_true(pipe_run(&pipe_));
    if (policy == COAP_EAP_ORDERING_SEQNUM)
      assert_true(pipe_established(&pipe_, 0));
    else
      assert_failed(NULL, "peer sent an error message");
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(old_request_meets_a_restarted_peer),
      cmocka_unit_test(stray_request_to_the_authenticator),
      cmocka_unit_test(restart_between_acknowledgement_and_response),
      cmocka_unit_test(old_step_1_meets_a_restarted_peer),
      cmocka_unit_test(old_separate_response),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
