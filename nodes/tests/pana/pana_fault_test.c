/* PANA over a network that loses, doubles and delays: one message, and all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "pana_world.h"

static struct pipe pipe_;

static const struct {
  const char *option, *value;
} WAYS[] = {{"pana_piggyback", "on"}, {"pana_piggyback", "off"},   {"pana_optimized_init", "on"},
            {"pana_stateless", "on"}, {"association", "oscore"},   {"association", "dtls"},
            {"association", "ikev2"}, {"association", "ikev2-udp"}};

enum { WAY_COUNT = sizeof WAYS / sizeof WAYS[0] };

static struct pipe_config config_of(size_t way) {
  struct pipe_config config = pana_published();
  pipe_set(&config, WAYS[way].option, WAYS[way].value);
  return config;
}

/* Every single message of an authentication and of another in the session. */
static void one_fault(enum pipe_fault fault, size_t argument) {
  for (size_t way = 0; way < WAY_COUNT; way++)
    for (unsigned trigger = 0; trigger < 2; trigger++)
      for (size_t at = 0;; at++) {
        struct pipe_config config = config_of(way);
        config.trigger_off = trigger == 0;
        config.fault = fault;
        config.fault_at = at;
        config.argument = argument;
        pipe_init(&pipe_, &config);
        assert_true(pipe_run(&pipe_));
        if (!pipe_established(&pipe_, 0))
          fail_msg("%s=%s, trigger %u, message %zu: first", WAYS[way].option, WAYS[way].value,
                   trigger, at);
        pipe_trigger(&pipe_, 0);
        assert_true(pipe_run(&pipe_));
        if (pipe_.peer[0].confirmed != 2 || pipe_.authenticator[0].confirmed != 2 ||
            !pipe_established(&pipe_, 0) ||
            pipe_.peer[0].failed + pipe_.authenticator[0].failed > 0)
          fail_msg("%s=%s, trigger %u, message %zu: second", WAYS[way].option, WAYS[way].value,
                   trigger, at);
        const bool over = at >= pipe_.flight_count;
        pipe_deinit(&pipe_);
        if (over)
          break;
      }
}

static void any_lost(void **state) {
  (void)state;
  one_fault(PIPE_LOSE, 0);
}

static void any_doubled(void **state) {
  (void)state;
  one_fault(PIPE_DOUBLE, 0);
}

static void any_delayed(void **state) {
  (void)state;
  static const size_t delays_ms[] = {15, 1500, 5000};
  for (size_t i = 0; i < sizeof delays_ms / sizeof delays_ms[0]; i++)
    one_fault(PIPE_DELAY, delays_ms[i]);
}

/* Whoever sends gives up after ten transmissions, the other by its timer; neither is left hanging.
 */
static void all_lost(void **state) {
  (void)state;
  static const enum pipe_fault faults[] = {PIPE_LOSE_ALL_TO_PEERS, PIPE_LOSE_ALL_TO_AUTHENTICATOR};
  for (size_t f = 0; f < 2; f++)
    for (size_t at = 4; at < 10; at++) {
      struct pipe_config config = pana_published();
      config.fault = faults[f];
      config.fault_at = at;
      pipe_init(&pipe_, &config);
      assert_true(pipe_run_until(&pipe_, 1000 * NODE_SECOND));
      const bool confirmed = pipe_.peer[0].confirmed > 0; /* the last PAN was lost */
      if (!confirmed) {
        assert_int_equal(pipe_.peer[0].failed, 1);
        assert_string_equal(pipe_.peer[0].reason, "authenticator-silent");
      }
      assert_int_equal(pipe_.authenticator[0].failed, 1);
      assert_string_equal(pipe_.authenticator[0].reason, "peer-silent");
      assert_int_equal(node_expiry(pipe_.hosts[0].node) == NODE_NEVER &&
                           node_expiry(pipe_.hosts[1].node) == NODE_NEVER,
                       1);
      pipe_deinit(&pipe_);
    }
}

/* Section 9: intervals double from 1 s to 30 s, each a tenth longer or shorter at most. */
static void ten_transmissions(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  config.fault = PIPE_LOSE_ALL_TO_PEERS;
  config.fault_at = 3;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 250 * NODE_SECOND));
  assert_int_equal(pipe_count(&pipe_, "EAP-Request/Identity"), 10);
  pipe_deinit(&pipe_);
}

static void pci_has_no_end(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  config.no_authenticator = true;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 24 * 3600 * NODE_SECOND));
  assert_int_equal(pipe_.peer[0].failed, 0);
  const size_t sent = pipe_.flight_count;
  assert_in_range(sent, 24 * 3600 / 132, 24 * 3600 / 108 + 8);
  assert_int_equal(pipe_count(&pipe_, "PANA PCI"), sent);
  pipe_deinit(&pipe_);
}

static void another_attempt(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  pipe_set_number(&config, "join_attempts", 3);
  config.radius = true;
  config.no_aaa = true;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 300 * NODE_SECOND));
  assert_int_equal(pipe_.peer[0].retrying, 1);
  pipe_restart_aaa(&pipe_);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  pipe_deinit(&pipe_);
}

/* A PAA that has forgotten all: re-authentication has no answer, and another session begins. */
static void restarted_authenticator(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  pipe_restart_authenticator(&pipe_);
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].closed, 1);
  assert_string_equal(pipe_.peer[0].last_close, "authenticator-silent");
  assert_int_equal(pipe_.peer[0].failed, 0);
  assert_int_equal(pipe_.peer[0].confirmed, 2);
  assert_true(pipe_established(&pipe_, 0));
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_lost),          cmocka_unit_test(any_doubled),
      cmocka_unit_test(any_delayed),       cmocka_unit_test(all_lost),
      cmocka_unit_test(ten_transmissions), cmocka_unit_test(pci_has_no_end),
      cmocka_unit_test(another_attempt),   cmocka_unit_test(restarted_authenticator),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
