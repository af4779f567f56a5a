/* How an association of RFC 9820 ends: by the lifetime of step 7 at both ends, and by DELETE, under
 * every single fault of the network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "pipe.h"

static const char *const KINDS[] = {"oscore", "dtls"};

static struct pipe pipe_;

static struct pipe_config end_config(const char *kind) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "lower_layer", "coap-eap-rfc9820");
  pipe_set(&config, "association", kind);
  config.fault_at = SIZE_MAX;
  return config;
}

static void establish(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run_until(&pipe_, 200 * NODE_SECOND));
  assert_true(pipe_established(&pipe_, 0));
}

static int end_session(void) {
  return pipe_end(&pipe_, 0);
}

static void assert_closed(const char *peer_why, const char *authenticator_why) {
  assert_int_equal(pipe_.peer[0].closed, 1);
  assert_int_equal(pipe_.authenticator[0].closed, 1);
  assert_string_equal(pipe_.peer[0].last_close, peer_why);
  assert_string_equal(pipe_.authenticator[0].last_close, authenticator_why);
  for (int from_peer = 0; from_peer < 2; from_peer++)
    assert_int_equal(pipe_request(&pipe_, 0, from_peer, LOWER_GET, NULL, 0), NODE_ERR_BAD_STATE);
  assert_int_equal(end_session(), NODE_ERR_BAD_STATE);
}

/* CON DELETE /a/x: 4 header, 1 token, OSCORE option 1 + 3 (flags, Partial IV, kid of an octet),
 * marker 1, code 1, Uri-Path 2 + 2, tag 8: 23. ACK 2.02: 4, 1, empty OSCORE option 1, marker 1,
 * code 1, tag 8: 16. Under DTLS a record has 13 octets of header, 8 of nonce, 8 of tag: of the
 * request 4 + 1 + 2 + 2, of the response 4 + 1. */
static void test_delete(void **state) {
  (void)state;
  static const size_t lengths[][2] = {{23, 16}, {29 + 9, 29 + 5}};
  for (size_t k = 0; k < 2; k++) {
    const struct pipe_config config = end_config(KINDS[k]);
    establish(&config);
    const size_t before = pipe_.flight_count;
    assert_int_equal(end_session(), 0);
    assert_int_equal(end_session(), NODE_ERR_BUSY);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.flight_count, before + 2);
    for (size_t i = 0; i < 2; i++) {
      assert_int_equal(pipe_.flight[before + i].length, lengths[k][i]);
      assert_int_equal(pipe_.flight[before + i].phase, NODE_PHASE_TERMINATION);
    }
    assert_int_equal(pipe_.authenticator[0].answered, 1);
    assert_closed("deleted", "deleted");
    pipe_deinit(&pipe_);
  }
}

/* What the network does to DELETE or to its answer: both ends have closed in the end, but for a
 * peer that never had it. */
static void test_single_faults(void **state) {
  (void)state;
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } faults[] = {{PIPE_LOSE, 0}, {PIPE_DOUBLE, 0}, {PIPE_DELAY, 2500}, {PIPE_FLIP, 100}};
  for (size_t k = 0; k < 2; k++)
    for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++)
      for (size_t at = 0; at < 2; at++) {
        struct pipe_config config = end_config(KINDS[k]);
        establish(&config);
        pipe_.config.fault = faults[f].fault;
        pipe_.config.argument = faults[f].argument;
        pipe_.config.fault_at = pipe_.flight_count + at;
        assert_int_equal(end_session(), 0);
        assert_true(pipe_run(&pipe_));
        assert_closed("deleted", "deleted");
        pipe_deinit(&pipe_);
      }
}

/* Nobody answers: the authenticator forgets, and the peer has its lifetime. */
static void test_unanswered(void **state) {
  (void)state;
  for (size_t k = 0; k < 2; k++) {
    struct pipe_config config = end_config(KINDS[k]);
    establish(&config);
    pipe_.config.fault = PIPE_LOSE_ALL_TO_PEERS;
    pipe_.config.fault_at = pipe_.flight_count;
    assert_int_equal(end_session(), 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.authenticator[0].unanswered, 1);
    assert_closed("its lifetime is over", "deleted");
    pipe_deinit(&pipe_);
  }
}

/* A DELETE without protection, or of the draft's resource, ends nothing. */
static void test_delete_in_clear(void **state) {
  (void)state;
  const struct pipe_config config = end_config("oscore");
  establish(&config);
  const struct pipe_datagram last = pipe_.flight[pipe_find(&pipe_, "EAP-PSK 3")];
  uint8_t data[64];
  memcpy(data, last.data, sizeof data);
  data[1] = COAP_CODE_DELETE;
  data[2] ^= 0x80; /* another Message ID */
  pipe_inject(&pipe_, &pipe_.hosts[0].address, &pipe_.hosts[1].address, data, sizeof data);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns + 10 * NODE_SECOND));
  assert_int_equal(pipe_.peer[0].closed, 0);
  assert_int_equal(end_session(), 0);
  assert_true(pipe_run(&pipe_));
  assert_closed("deleted", "deleted");
  pipe_deinit(&pipe_);
}

/* Both ends close by themselves; without a lifetime neither does. */
static void test_lifetime(void **state) {
  (void)state;
  for (size_t k = 0; k < 2; k++) {
    struct pipe_config config = end_config(KINDS[k]);
    pipe_set_number(&config, "session_lifetime_s", 3600);
    establish(&config);
    assert_true(pipe_run_until(&pipe_, 3599 * NODE_SECOND));
    assert_int_equal(pipe_.peer[0].closed + pipe_.authenticator[0].closed, 0);
    assert_true(pipe_run_until(&pipe_, 3602 * NODE_SECOND));
    assert_closed("its lifetime is over", "its lifetime is over");
    pipe_deinit(&pipe_);

    pipe_set_number(&config, "session_lifetime_s", 0);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].closed + pipe_.authenticator[0].closed, 0);
    pipe_deinit(&pipe_);
  }
}

/* The association that a failed authentication leaves in use still has its own resource: DELETE
 * goes there, and ends it at both ends. */
static void test_delete_after_failure(void **state) {
  (void)state;
  enum { STEPS = 8 };
  for (size_t k = 0; k < 2; k++)
    for (size_t lost = 1; lost < STEPS; lost++) {
      const struct pipe_config config = end_config(KINDS[k]);
      establish(&config);
      pipe_trigger(&pipe_, 0);
      pipe_.config.fault = PIPE_LOSE_ALL_TO_PEERS;
      pipe_.config.fault_at = pipe_.flight_count + lost;
      assert_true(pipe_run_until(&pipe_, pipe_.now_ns + 1000 * NODE_SECOND));
      assert_int_equal(pipe_.authenticator[0].failed, 1);
      pipe_.config.fault = PIPE_NO_FAULT;
      assert_int_equal(end_session(), 0);
      assert_true(pipe_run_until(&pipe_, pipe_.now_ns + 10 * NODE_SECOND));
      assert_closed("deleted", "deleted");
      pipe_deinit(&pipe_);
    }
}

/* What the AAA server says comes before what the authenticator would. */
static void test_session_timeout(void **state) {
  (void)state;
  struct pipe_config config = end_config("oscore");
  config.radius = true;
  config.aaa_session_timeout_s = 100;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 99 * NODE_SECOND));
  assert_true(pipe_established(&pipe_, 0));
  assert_true(pipe_run(&pipe_));
  assert_closed("its lifetime is over", "its lifetime is over");
  assert_true(pipe_.now_ns < 102 * NODE_SECOND);
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_delete),
      cmocka_unit_test(test_single_faults),
      cmocka_unit_test(test_unanswered),
      cmocka_unit_test(test_delete_in_clear),
      cmocka_unit_test(test_lifetime),
      cmocka_unit_test(test_session_timeout),
      cmocka_unit_test(test_delete_after_failure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
