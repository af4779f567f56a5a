/* A peer that is not let in: how its triggers are repeated, and when it begins again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "coap-eap/options.h"
#include "pipe.h"

#define LATENCY_NS (10 * NODE_MS)

static struct pipe pipe_;

/* When the trigger of this number, from 0, departed. */
static uint64_t trigger_ns(size_t number) {
  for (size_t i = 0; i < pipe_.flight_count; i++)
    if (strcmp(pipe_.labels[i], "trigger") == 0 && number-- == 0)
      return pipe_.flight[i].arrival_ns - LATENCY_NS;
  fail_msg("there are not so many triggers");
  return 0;
}

static uint64_t wait_ms(size_t number) {
  return (trigger_ns(number) - trigger_ns(number - 1)) / NODE_MS;
}

static struct pipe_config nobody_answers(void) {
  struct pipe_config config = PIPE_DEFAULT;
  config.no_authenticator = true;
  return config;
}

static void expect_end(unsigned retrying, const char *reason) {
  assert_int_equal(pipe_.peer[0].retrying, retrying);
  assert_int_equal(pipe_.peer[0].failed, 1);
  assert_string_equal(pipe_.peer[0].reason, reason);
  assert_true(node_expiry(pipe_.hosts[1].node) == NODE_NEVER);
}

static void repetitions(void **state) {
  (void)state;
  static const struct {
    const char *backoff;
    size_t repetitions, factor;
  } table[] = {
      {"exponential", 4, 2}, {"exponential", 0, 2}, {"exponential", 7, 2}, {"fixed", 9, 1}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct pipe_config config = nobody_answers();
    pipe_set(&config, "trigger_backoff", table[i].backoff);
    pipe_set_number(&config, "trigger_repetitions", table[i].repetitions);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_count(&pipe_, "trigger"), 1 + table[i].repetitions);
    uint64_t expected_ms = 0;
    for (size_t j = 1; j <= table[i].repetitions; j++) {
      if (j == 1)
        assert_in_range(wait_ms(1), 2000, 3000);
      else
        assert_int_equal(wait_ms(j), expected_ms);
      expected_ms = wait_ms(j) * table[i].factor;
    }
    expect_end(0, "no-authenticator");
    pipe_deinit(&pipe_);
  }
}

/* Attempts of one trigger each; their waits, beside that for an answer to the trigger. */
static void attempts(void **state) {
  (void)state;
  static const struct {
    const char *backoff;
    uint64_t least_ms[6];
  } table[] = {{"exponential", {0, 1000, 2000, 4000, 5000, 5000}},
               {"fixed", {0, 1000, 1000, 1000, 1000, 1000}}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct pipe_config config = nobody_answers();
    pipe_set(&config, "trigger_backoff", table[i].backoff);
    pipe_set_number(&config, "trigger_repetitions", 0);
    pipe_set_number(&config, "join_attempts", 6);
    pipe_set_number(&config, "join_backoff_ms", 1000);
    pipe_set_number(&config, "join_backoff_max_ms", 5000);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_count(&pipe_, "trigger"), 6);
    for (size_t j = 1; j < 6; j++)
      assert_in_range(wait_ms(j), 2000 + table[i].least_ms[j], 3000 + table[i].least_ms[j] * 3 / 2);
    expect_end(5, "no-authenticator");
    pipe_trigger(&pipe_, 0); /* anew, and as often */
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_count(&pipe_, "trigger"), 12);
    assert_int_equal(pipe_.peer[0].retrying, 10);
    assert_int_equal(pipe_.peer[0].failed, 2);
    pipe_deinit(&pipe_);
  }
}

/* Whatever is lost from some datagram on, until it is not: the next attempt succeeds. */
static void broken_off(void **state) {
  (void)state;
  static const char *const associations[] = {"oscore", "dtls"};
  for (size_t i = 0; i < 2; i++) {
    for (size_t lost = 0;; lost++) {
      struct pipe_config config = PIPE_DEFAULT;
      pipe_set(&config, "association", associations[i]);
      pipe_set_number(&config, "join_attempts", 3);
      pipe_set_number(&config, "join_backoff_ms", 200000);
      config.fault = PIPE_LOSE_ALL_TO_PEERS;
      config.fault_at = lost;
      pipe_init(&pipe_, &config);
      assert_true(pipe_run_until(&pipe_, 150 * NODE_SECOND));
      const unsigned retrying = pipe_.peer[0].confirmed == 0;
      assert_int_equal(pipe_.peer[0].retrying, retrying);
      if (retrying)
        assert_int_equal(pipe_lower(&pipe_)->peer_begin(pipe_.hosts[1].node, pipe_.now_ns),
                         NODE_ERR_BUSY);
      pipe_.config.fault = PIPE_NO_FAULT;
      assert_true(pipe_run(&pipe_));
      assert_true(pipe_established(&pipe_, 0));
      assert_int_equal(pipe_.peer[0].retrying, retrying);
      assert_int_equal(pipe_.peer[0].failed, 0);
      pipe_deinit(&pipe_);
      if (!retrying) {
        assert_true(lost > 5);
        break;
      }
    }
  }
}

/* The authenticator begins while the peer waits for its next attempt. */
static void asked_meanwhile(void **state) {
  (void)state;
  struct pipe_config config = nobody_answers();
  pipe_set_number(&config, "trigger_repetitions", 0);
  pipe_set_number(&config, "join_attempts", 2);
  pipe_set_number(&config, "join_backoff_ms", 60000);
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 10 * NODE_SECOND));
  assert_int_equal(pipe_.peer[0].retrying, 1);
  pipe_restart_authenticator(&pipe_);
  pipe_begin(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  assert_int_equal(pipe_count(&pipe_, "trigger"), 1);
  assert_int_equal(pipe_.peer[0].confirmed, 1);
  pipe_deinit(&pipe_);
}

/* The authenticator begins before the first trigger is due: that is the attempt, and the only one.
 */
static void asked_before(void **state) {
  (void)state;
  struct pipe_config config = PIPE_DEFAULT;
  config.fault = PIPE_LOSE_ALL_TO_PEERS;
  config.fault_at = 1;
  pipe_init(&pipe_, &config);
  pipe_begin(&pipe_, 0);
  pipe_.flight[0].arrival_ns = 0;
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_count(&pipe_, "trigger"), 0);
  expect_end(0, "authenticator-silent");
  pipe_deinit(&pipe_);
}

static void rejected(void **state) {
  (void)state;
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set_number(&config, "join_attempts", 3);
  config.peer_psk = "another password";
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_count(&pipe_, "trigger"), 1);
  expect_end(0, "EAP-Failure while the method ran");
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(repetitions),  cmocka_unit_test(attempts),
      cmocka_unit_test(broken_off),   cmocka_unit_test(asked_meanwhile),
      cmocka_unit_test(asked_before), cmocka_unit_test(rejected),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
