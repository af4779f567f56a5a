/* Later authentications that resume the DTLS session: begun by either end, under every single
 * fault, towards a peer that has nothing to resume, and with an attacker who speaks in the clear.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/authenticator.h"
#include "dtls/dtls.h"
#include "pipe.h"

enum { FIRST = 15, LONGEST = 173, PAUSE_S = 20 };

static const char *const RESUMED[] = {
    "trigger",
    "DTLS ClientHello",
    "DTLS HelloVerifyRequest",
    "DTLS ClientHello, cookie",
    "DTLS ServerHello, resumed",
    "DTLS Finished",
};
enum { MESSAGES = sizeof RESUMED / sizeof RESUMED[0] };

static struct pipe pipe_;

static struct pipe_config resuming(bool cookie) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "association", "dtls");
  pipe_set_number(&config, "dtls_cookie", cookie);
  config.resumes = true;
  return config;
}

/* The first authentication, a request under it, and a pause. */
static void join(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  pipe_.now_ns += PAUSE_S * NODE_SECOND;
}

static void again(const struct pipe_config *config) {
  join(config);
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
}

static void assert_usable(void) {
  for (int i = 0; i < 2; i++) {
    pipe_assert_answered(&pipe_, 0, true);
    pipe_assert_answered(&pipe_, 0, false);
  }
}

static void assert_confirmed(unsigned times) {
  assert_int_equal(pipe_.peer[0].confirmed, times);
  assert_int_equal(pipe_.authenticator[0].confirmed, times);
  assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
}

/* Octets: the trigger; hellos with an id, as dtls_resumption_test.c has them. No EAP, and nothing
 * behind the Finished. */
static void test_flow(void **state) {
  static const size_t lengths[] = {0, 101 + 32, 36, 109 + 32, 106 + 14 + 53, 14 + 53};
  static const size_t without[] = {0, 1, 4, 5};
  (void)state;
  for (int cookie = 1; cookie >= 0; cookie--) {
    const struct pipe_config config = resuming(cookie);
    again(&config);
    const size_t first = cookie ? FIRST : FIRST - 2, count = cookie ? MESSAGES : MESSAGES - 2;
    assert_int_equal(pipe_.flight_count, first + count);
    for (size_t i = 0; i < count; i++) {
      const size_t step = cookie ? i : without[i];
      assert_string_equal(pipe_.labels[first + i], RESUMED[step]);
      assert_true(step == 0 || pipe_.flight[first + i].length == lengths[step]);
      assert_int_equal(pipe_.flight[first + i].destination.port == DTLS_PORT, step > 0);
      assert_int_equal(pipe_.flight[first + i].phase, NODE_PHASE_AUTHENTICATION);
    }
    assert_confirmed(2);
    assert_int_equal(pipe_.peer[0].keys, 2);
    assert_int_equal(pipe_.authenticator[0].keys, 2);
    assert_int_equal(pipe_.peer[0].delivered + pipe_.authenticator[0].delivered, 0);
    assert_usable();
    pipe_deinit(&pipe_);
  }
}

static void test_begun_by_authenticator(void **state) {
  struct pipe_config config = resuming(true);
  (void)state;
  config.trigger_off = true;
  join(&config);
  const size_t first = pipe_.flight_count;
  pipe_begin(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.flight_count - first, MESSAGES - 1);
  for (size_t i = 1; i < MESSAGES; i++)
    assert_string_equal(pipe_.labels[first + i - 1], RESUMED[i]);
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* By RFC 9820 as by the draft, but that the peer knows how long the association may last, and that
 * goes on, too. */
static void test_rfc9820(void **state) {
  struct pipe_config config = resuming(true);
  (void)state;
  pipe_set(&config, "lower_layer", "coap-eap-rfc9820");
  pipe_set_number(&config, "session_lifetime_s", 100);
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 60 * NODE_SECOND));
  const size_t first = pipe_.flight_count;
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run_until(&pipe_, 90 * NODE_SECOND));
  assert_int_equal(pipe_.flight_count - first, MESSAGES);
  for (size_t i = 0; i < MESSAGES; i++)
    assert_string_equal(pipe_.labels[first + i], RESUMED[i]);
  assert_confirmed(2);
  const struct lower_layer *lower = pipe_lower(&pipe_);
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_GET, NULL, 0), 0);
  assert_true(pipe_run_until(&pipe_, 99 * NODE_SECOND));
  assert_int_equal(pipe_.peer[0].answered, 1);
  assert_true(pipe_run_until(&pipe_, 101 * NODE_SECOND));
  assert_int_equal(lower->peer_request(pipe_.hosts[1].node, LOWER_GET, NULL, 0),
                   NODE_ERR_BAD_STATE);
  pipe_deinit(&pipe_);
}

/* Over and over; what was sent under a former session is nothing under those that follow. */
static void test_again_and_again(void **state) {
  const struct pipe_config config = resuming(true);
  (void)state;
  join(&config);
  for (unsigned i = 2; i <= 6; i++) {
    pipe_assert_answered(&pipe_, 0, true);
    const struct pipe_datagram former = pipe_.flight[pipe_find(&pipe_, "app request")];
    pipe_trigger(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_confirmed(i);
    const unsigned served = pipe_.authenticator[0].served;
    pipe_inject_again(&pipe_, &former);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.authenticator[0].served, served);
    assert_usable();
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
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    for (size_t at = 0; at < MESSAGES; at++) {
      struct pipe_config config = resuming(true);
      config.fault = faults[i].fault;
      config.argument = faults[i].argument;
      config.fault_at = FIRST + at;
      again(&config);
      assert_confirmed(2);
      assert_usable();
      pipe_deinit(&pipe_);
    }
}

/* What was changed is repeated, or fails: where the authenticator sees that, there is an
 * authentication by EAP; where the peer alone does, since it waits for the last message and what
 * comes is none, it can ask again. In the end both have the same association. */
static void test_each_truncated_and_flipped(void **state) {
  unsigned eap = 0;
  (void)state;
  for (size_t at = 1; at < MESSAGES; at++)
    for (size_t i = 0; i < LONGEST * 2; i++) {
      struct pipe_config config = resuming(true);
      config.fault_at = FIRST + at;
      config.fault = i < LONGEST ? PIPE_TRUNCATE : PIPE_FLIP;
      config.argument = i < LONGEST ? i : (i - LONGEST) * 8 + i % 8; /* a bit of each octet */
      again(&config);
      assert_true(pipe_.authenticator[0].confirmed >= 2);
      assert_int_equal(pipe_.authenticator[0].failed, 0);
      if (pipe_.peer[0].failed > 0) {
        pipe_trigger(&pipe_, 0);
        assert_true(pipe_run(&pipe_));
      }
      assert_true(pipe_.peer[0].confirmed >= 2);
      eap += pipe_.authenticator[0].delivered > 0;
      assert_usable();
      pipe_deinit(&pipe_);
    }
  print_message("%u of %d by EAP\n", eap, (MESSAGES - 1) * LONGEST * 2);
}

/* It has lost all that it had, and says so: fifteen octets, and EAP begins a round trip later. */
static void test_peer_without_session(void **state) {
  const struct pipe_config config = resuming(true);
  (void)state;
  join(&config);
  pipe_restart_peer(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_string_equal(pipe_.labels[FIRST], "trigger");
  assert_string_equal(pipe_.labels[FIRST + 1], "DTLS ClientHello");
  assert_string_equal(pipe_.labels[FIRST + 2], "DTLS alert");
  assert_int_equal(pipe_.flight[FIRST + 2].length, 15);
  assert_string_equal(pipe_.labels[FIRST + 3], "EAP-Request/Identity");
  assert_int_equal(pipe_.flight_count, FIRST + 3 + FIRST - 1);
  assert_int_equal(pipe_.authenticator[0].retrying, 1);
  assert_string_equal(pipe_.authenticator[0].reason, "dtls-alert");
  assert_string_equal(pipe_.peer[0].last_discard, "no session to resume");
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* Nor does the authenticator know the peer any more: there is nothing that it could resume. */
static void test_authenticator_without_session(void **state) {
  const struct pipe_config config = resuming(true);
  (void)state;
  join(&config);
  pipe_restart_authenticator(&pipe_);
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.flight_count, 2 * FIRST);
  assert_string_equal(pipe_.labels[FIRST + 1], "EAP-Request/Identity");
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* A peer that resumes nothing takes no hello: EAP when the handshake has had its time. */
static void test_peer_that_resumes_nothing(void **state) {
  struct pipe_config config = resuming(true);
  (void)state;
  config.peer_does_not_resume = true;
  config.trigger_off = true;
  join(&config);
  pipe_begin(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.authenticator[0].retrying, 1);
  assert_string_equal(pipe_.authenticator[0].reason, "dtls-timeout");
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* OSCORE has no sessions: by EAP, as ever. */
static void test_kind_that_cannot(void **state) {
  struct pipe_config config = PIPE_DEFAULT;
  (void)state;
  config.resumes = true;
  join(&config);
  const size_t first = pipe_.flight_count;
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.flight_count, 2 * first);
  assert_confirmed(2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* Nothing comes through any more, either way: who knows of it says why, and what was there is
 * there.
 */
static void test_cut_off(void **state) {
  (void)state;
  for (size_t at = 1; at < MESSAGES; at++)
    for (int up = 0; up < 2; up++) {
      struct pipe_config config = resuming(true);
      config.fault = up ? PIPE_LOSE_ALL_TO_AUTHENTICATOR : PIPE_LOSE_ALL_TO_PEERS;
      config.fault_at = FIRST + at;
      again(&config);
      const struct pipe_party *a = &pipe_.authenticator[0], *p = &pipe_.peer[0];
      assert_true(a->failed == 1 || a->confirmed == 2);
      assert_true(p->failed > 0 || p->confirmed == 2 || at <= 1);
      assert_true(a->confirmed < 2 || strcmp(pipe_.labels[FIRST + at], RESUMED[at]) == 0);
      pipe_.config.fault = PIPE_NO_FAULT;
      if (a->failed == 1 && p->confirmed < 2)
        assert_usable();
      pipe_trigger(&pipe_, 0);
      assert_true(pipe_run(&pipe_));
      assert_usable();
      pipe_deinit(&pipe_);
    }
}

/* A late copy of the hello that has begun the session begins nothing. Of one that the authenticator
 * never sent, the peer awaits more in vain, and goes on with what it has meanwhile, and afterwards.
 */
static void test_forged_hello(void **state) {
  const struct pipe_config config = resuming(true);
  (void)state;
  join(&config);
  struct pipe_datagram hello = pipe_.flight[7];
  assert_string_equal(pipe_.labels[7], "DTLS ClientHello");
  pipe_inject_again(&pipe_, &hello);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].failed, 0);
  assert_int_equal(pipe_count(&pipe_, "DTLS HelloVerifyRequest"), 1);
  hello.data[13 + 12 + 2 + 31]++;
  pipe_inject_again(&pipe_, &hello);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns + NODE_SECOND));
  assert_int_equal(pipe_count(&pipe_, "DTLS HelloVerifyRequest"), 2);
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, (const uint8_t *)"x", 1), 0);
  assert_int_equal(pipe_request(&pipe_, 0, false, LOWER_POST, (const uint8_t *)"x", 1), 0);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns + NODE_SECOND));
  assert_int_equal(pipe_.peer[0].answered, 1);
  assert_int_equal(pipe_.authenticator[0].answered, 1);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].failed, 1);
  assert_string_equal(pipe_.peer[0].reason, "authenticator-silent");
  assert_int_equal(pipe_.peer[0].confirmed, 1);
  assert_usable();
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].confirmed, 2);
  assert_usable();
  pipe_deinit(&pipe_);
}

/* The AAA server has said how long; fresh keys are no longer life. */
static void test_lifetime_goes_on(void **state) {
  struct pipe_config config = resuming(true);
  (void)state;
  config.limits.lifetime_s = 100;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 60 * NODE_SECOND));
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run_until(&pipe_, 99 * NODE_SECOND));
  assert_confirmed(2);
  assert_int_equal(coap_eap_authenticator_lifetime_s(pipe_.hosts[0].node, &pipe_.hosts[1].address),
                   100);
  assert_int_equal(pipe_.authenticator[0].closed, 0);
  assert_true(pipe_run_until(&pipe_, 101 * NODE_SECOND));
  assert_int_equal(pipe_.authenticator[0].closed, 1);
  pipe_deinit(&pipe_);
}

/* The lifetime ends in the middle of the handshake, of which one message is lost: what it began
 * with is over, and so is what would come of it, which would have neither end nor guard.
 * Where the peer asks again, it is by EAP, and for a lifetime of its own. */
static void test_lifetime_ends_in_handshake(void **state) {
  struct pipe_config config = resuming(true);
  (void)state;
  config.limits.lifetime_s = 100;
  config.fault = PIPE_LOSE;
  for (size_t at = 1; at < MESSAGES - 1; at++) {
    config.fault_at = FIRST + at;
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, 60 * NODE_SECOND));
    pipe_.now_ns = 99 * NODE_SECOND + 500 * NODE_MS;
    pipe_trigger(&pipe_, 0);
    assert_true(pipe_run_until(&pipe_, 260 * NODE_SECOND));
    const struct pipe_party *authenticator = &pipe_.authenticator[0];
    assert_int_equal(authenticator->failed, 1);
    assert_string_equal(authenticator->reason, "its lifetime is over");
    assert_int_equal(authenticator->closed, authenticator->confirmed);
    pipe_deinit(&pipe_);
  }
}

/* A request that comes at the end, before the authenticator's timer is looked at. */
static void test_late_timer(void **state) {
  static const char *const kinds[] = {"oscore", "dtls"};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    struct pipe_config config = PIPE_DEFAULT;
    pipe_set(&config, "association", kinds[i]);
    config.limits.lifetime_s = 100;
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, 60 * NODE_SECOND));
    const size_t at = pipe_.flight_count;
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, (const uint8_t *)"x", 1), 0);
    const struct pipe_datagram *request = &pipe_.flight[at];
    const struct node_datagram datagram = {.source = request->source,
                                           .destination = request->destination,
                                           .protocol = request->protocol,
                                           .data = pipe_.flight[at].data,
                                           .length = request->length};
    assert_int_equal(node_read(pipe_.hosts[0].node, &datagram, 150 * NODE_SECOND), 0);
    assert_int_equal(pipe_.authenticator[0].served, 0);
    assert_int_equal(pipe_.authenticator[0].closed, 1);
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_flow),
      cmocka_unit_test(test_begun_by_authenticator),
      cmocka_unit_test(test_rfc9820),
      cmocka_unit_test(test_again_and_again),
      cmocka_unit_test(test_each_lost_doubled_delayed),
      cmocka_unit_test(test_each_truncated_and_flipped),
      cmocka_unit_test(test_peer_without_session),
      cmocka_unit_test(test_authenticator_without_session),
      cmocka_unit_test(test_peer_that_resumes_nothing),
      cmocka_unit_test(test_kind_that_cannot),
      cmocka_unit_test(test_cut_off),
      cmocka_unit_test(test_forged_hello),
      cmocka_unit_test(test_lifetime_goes_on),
      cmocka_unit_test(test_lifetime_ends_in_handshake),
      cmocka_unit_test(test_late_timer),
  };
  return cmocka_run_group_tests_name("coap_eap_resumption", tests, NULL, NULL);
}
