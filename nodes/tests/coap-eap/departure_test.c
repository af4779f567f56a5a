/* Departures: a node computes nothing while it writes, which pipe.c asserts, over all that is said
 * between all parties, with each datagram lost; and its timers begin when what they are for
 * departs, so that a slow node repeats nothing by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pipe.h"

enum { METHODS = 4, CREDENTIALS = 3, FLIGHT_MOST = 400 };

static struct pipe pipe_;

struct variant {
  const char *association;
  bool cookie, separate, radius, begun; /* begun: by the authenticator */
  int method;                           /* of EAP-EDHOC; -1: EAP-PSK */
  enum parties_credential credential;
};

static struct pipe_config variant_config(const struct variant *variant) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "association", variant->association);
  pipe_set_number(&config, "dtls_cookie", variant->cookie);
  pipe_set(&config, "separate_response", variant->separate ? "on" : "off");
  config.radius = variant->radius;
  config.trigger_off = variant->begun;
  config.edhoc = variant->method >= 0;
  config.edhoc_method = (unsigned)(config.edhoc ? variant->method : 0);
  config.edhoc_credential = variant->credential;
  config.fault_at = SIZE_MAX;
  return config;
}

/* Requests in both directions. */
static void ask_and_answer(void) {
  static const uint8_t payload[16] = {1};
  static const enum lower_request kinds[] = {LOWER_POST, LOWER_GET};
  for (size_t i = 0; i < 4; i++) {
    const bool post = kinds[i / 2] == LOWER_POST;
    const int result = pipe_request(&pipe_, 0, i % 2 == 0, kinds[i / 2], post ? payload : NULL,
                                    post ? sizeof payload : 0);
    assert_int_equal(result, 0);
    assert_true(pipe_run(&pipe_));
  }
  assert_int_equal(pipe_.peer[0].answered + pipe_.authenticator[0].answered, 4);
}

/* Two authentications, and requests under the second's association. */
static void run_variant(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].confirmed, 2);
  ask_and_answer();
}

static size_t repetitions(void) {
  size_t count = 0;
  for (size_t i = 0; i < pipe_.flight_count; i++)
    count += pipe_.flight[i].copy > 0;
  return count;
}

static void each_variant(void (*test)(const struct pipe_config *config)) {
  static const char *const associations[] = {"oscore", "dtls"};
  for (unsigned bits = 0; bits < 32; bits++)
    for (int method = -1; method < METHODS; method++) {
      const struct variant variant = {
          .association = associations[bits & 1],
          .separate = (bits & 2) != 0,
          .radius = (bits & 4) != 0,
          .begun = (bits & 8) != 0,
          .cookie = (bits & 16) != 0,
          .method = method,
          .credential = (enum parties_credential)(bits % CREDENTIALS),
      };
      const struct pipe_config config = variant_config(&variant);
      test(&config);
    }
}

static void lose_none(const struct pipe_config *config) {
  run_variant(config);
  for (size_t i = 0; i < pipe_.host_count; i++) /* what is asserted of costs is of some */
    assert_true(pipe_.hosts[i].cost[NODE_PRIMITIVE_AES_BLOCK] +
                    pipe_.hosts[i].cost[NODE_PRIMITIVE_SHA256_BLOCK] >
                0);
  assert_int_equal(repetitions(), 0);
  pipe_deinit(&pipe_);
}

static void test_nothing_is_computed_in_write(void **state) {
  (void)state;
  each_variant(lose_none);
}

static void test_nor_when_each_datagram_is_lost(void **state) {
  (void)state;
  for (unsigned bits = 0; bits < 8; bits++) {
    const struct variant variant = {.association = bits & 1 ? "dtls" : "oscore",
                                    .separate = (bits & 2) != 0,
                                    .radius = (bits & 4) != 0,
                                    .cookie = true,
                                    .method = -1};
    struct pipe_config config = variant_config(&variant);
    size_t count = FLIGHT_MOST;
    config.fault = PIPE_LOSE;
    for (config.fault_at = 0; config.fault_at < count; config.fault_at++) {
      run_variant(&config);
      count = pipe_.flight_count;
      pipe_deinit(&pipe_);
    }
  }
}

/* So slowly that what began when a node was called, and not when its datagrams departed, would be
 * over before the answer: CoAP, DTLS as set here, and RADIUS wait 2 s (less 10 %), for one datagram
 * or for an acknowledgement and what follows it. */
static void compute_slowly(const struct pipe_config *config) {
  struct pipe_config slow = *config;
  const bool separate = option_is_on(&slow.options, lower_option("separate_response"));
  slow.busy_ns = (separate ? 900 : 1500) * NODE_MS;
  pipe_set_number(&slow, "dtls_timeout_ms", 2000);
  run_variant(&slow);
  assert_int_equal(repetitions(), 0);
  pipe_deinit(&pipe_);
}

static void test_timers_begin_with_departures(void **state) {
  (void)state;
  each_variant(compute_slowly);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_nothing_is_computed_in_write),
      cmocka_unit_test(test_nor_when_each_datagram_is_lost),
      cmocka_unit_test(test_timers_begin_with_departures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
