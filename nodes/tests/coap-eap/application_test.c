/* What flows under an association, OSCORE and DTLS, after one authentication and after a second:
 * under every single fault of the network, and under replay and corruption. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/peer_state.h"
#include "oscore/oscore.h"
#include "pipe.h"

enum { ROUNDS = 4, PAYLOAD_MAX = 1024 };

static const uint8_t PAYLOAD[PAYLOAD_MAX] = {1, 2, 3};
static const char *const KINDS[] = {"oscore", "dtls"};
static const enum lower_request REQUESTS[] = {LOWER_POST, LOWER_GET};

static struct pipe pipe_;

static struct pipe_config application_config(const char *kind) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "association", kind);
  config.fault_at = SIZE_MAX;
  return config;
}

static unsigned served(bool from_peer) {
  return (from_peer ? pipe_.authenticator : pipe_.peer)[0].served;
}

static unsigned answered(bool from_peer) {
  return (from_peer ? pipe_.peer : pipe_.authenticator)[0].answered;
}

/* One request to its end. */
static void exchange(bool from_peer, enum lower_request kind, size_t length) {
  const unsigned before = answered(from_peer), served_before = served(from_peer);
  assert_int_equal(pipe_request(&pipe_, 0, from_peer, kind, PAYLOAD, length), 0);
  assert_int_equal(pipe_request(&pipe_, 0, from_peer, kind, PAYLOAD, length), NODE_ERR_BUSY);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(answered(from_peer), before + 1);
  assert_int_equal(served(from_peer), served_before + 1);
}

static void authenticate(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, PAYLOAD, 1), NODE_ERR_BAD_STATE);
  assert_int_equal(pipe_request(&pipe_, 0, false, LOWER_POST, PAYLOAD, 1), NODE_ERR_BAD_STATE);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
}

static void test_exchanges(void **state) {
  (void)state;
  static const size_t lengths[] = {0, 1, 16, 128, PAYLOAD_MAX};
  for (size_t k = 0; k < 2; k++)
    for (size_t l = 0; l < 5; l++) {
      struct pipe_config config = application_config(KINDS[k]);
      config.payload_bytes = lengths[l];
      authenticate(&config);
      for (size_t c = 0; c < 2; c++) {
        exchange(true, REQUESTS[c], REQUESTS[c] == LOWER_POST ? lengths[l] : 0);
        exchange(false, REQUESTS[c], REQUESTS[c] == LOWER_POST ? lengths[l] : 0);
      }
      assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, PAYLOAD, 1200), NODE_ERR_TOO_LONG);
      pipe_deinit(&pipe_);
    }
}

/* Every datagram of an authentication and some exchanges lost, doubled or delayed once. */
static void test_single_faults(void **state) {
  (void)state;
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } faults[] = {{PIPE_LOSE, 0}, {PIPE_DOUBLE, 0}, {PIPE_DELAY, 15}, {PIPE_DELAY, 2500}};
  for (size_t k = 0; k < 2; k++)
    for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++) {
      size_t count = SIZE_MAX;
      for (size_t at = 0; at < count; at++) {
        struct pipe_config config = application_config(KINDS[k]);
        config.fault = faults[f].fault;
        config.argument = faults[f].argument;
        config.fault_at = at;
        authenticate(&config);
        for (size_t i = 0; i < ROUNDS; i++)
          exchange(i % 2 == 0, REQUESTS[i / 2], 16);
        count = pipe_.flight_count;
        pipe_deinit(&pipe_);
      }
    }
}

/* Under a dead network the request is given up, and the association stays. */
static void test_unanswered(void **state) {
  (void)state;
  for (size_t k = 0; k < 2; k++)
    for (int from_peer = 0; from_peer < 2; from_peer++) {
      struct pipe_config config = application_config(KINDS[k]);
      authenticate(&config);
      pipe_.config.fault = from_peer ? PIPE_LOSE_ALL_TO_AUTHENTICATOR : PIPE_LOSE_ALL_TO_PEERS;
      pipe_.config.fault_at = pipe_.flight_count;
      assert_int_equal(pipe_request(&pipe_, 0, from_peer, LOWER_POST, PAYLOAD, 16), 0);
      assert_true(pipe_run(&pipe_));
      assert_int_equal((from_peer ? pipe_.peer : pipe_.authenticator)[0].unanswered, 1);
      pipe_.config.fault_at = SIZE_MAX;
      exchange(from_peer, LOWER_POST, 16);
      pipe_deinit(&pipe_);
    }
}

/* A second authentication replaces the association; its keys are others, and requests go on. A
 * request that is under way when it begins is given up. */
static void test_second_authentication(void **state) {
  (void)state;
  for (size_t k = 0; k < 2; k++) {
    const struct pipe_config config = application_config(KINDS[k]);
    authenticate(&config);
    exchange(true, LOWER_POST, 16);
    exchange(false, LOWER_GET, 0);
    uint8_t first[EAP_KEY_LENGTH];
    memcpy(first, pipe_.peer[0].secret, sizeof first);
    pipe_trigger(&pipe_, 0);
    assert_int_equal(pipe_request(&pipe_, 0, false, LOWER_POST, PAYLOAD, 16), 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    assert_int_equal(pipe_.authenticator[0].confirmed, 2);
    assert_true(pipe_established(&pipe_, 0));
    assert_memory_not_equal(first, pipe_.peer[0].secret, 16);
    exchange(true, LOWER_POST, 16);
    exchange(false, LOWER_GET, 0);
    pipe_begin(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 3);
    exchange(true, LOWER_GET, 0);
    pipe_deinit(&pipe_);
  }
}

/* What an attacker who has recorded everything sends again, in either order. */
static void replay(size_t from, size_t to, bool backwards) {
  for (size_t i = 0; i < to - from; i++) {
    const struct pipe_datagram *old = &pipe_.flight[backwards ? to - 1 - i : from + i];
    const struct pipe_datagram copy = *old;
    pipe_inject(&pipe_, &copy.source, &copy.destination, copy.data, copy.length);
    assert_true(pipe_run(&pipe_));
  }
}

static void test_application_replay(void **state) {
  (void)state;
  for (size_t k = 0; k < 2; k++)
    for (int backwards = 0; backwards < 2; backwards++) {
      const struct pipe_config config = application_config(KINDS[k]);
      authenticate(&config);
      const size_t first = pipe_.flight_count;
      for (size_t i = 0; i < ROUNDS; i++)
        exchange(i % 2 == 0, REQUESTS[i / 2], 16);
      const unsigned served_peer = served(true), served_authenticator = served(false);
      pipe_run_until(&pipe_, pipe_.now_ns + 300 * NODE_SECOND); /* Message IDs are forgotten */
      pipe_.now_ns += 300 * NODE_SECOND;
      replay(first, pipe_.flight_count, backwards);
      assert_int_equal(served(true), served_peer);
      assert_int_equal(served(false), served_authenticator);
      assert_int_equal(answered(true), ROUNDS / 2);
      assert_int_equal(answered(false), ROUNDS / 2);
      exchange(true, LOWER_POST, 16);
      pipe_deinit(&pipe_);
    }
}

/* No octet of a request or response can be changed unnoticed, but for the head of the CoAP message
 * outside OSCORE, which is not protected; and what is refused disturbs nothing. */
static void test_corruption(void **state) {
  (void)state;
  for (size_t k = 0; k < 2; k++) {
    const struct pipe_config plain = application_config(KINDS[k]);
    authenticate(&plain);
    const size_t first = pipe_.flight_count;
    pipe_deinit(&pipe_);
    for (size_t message = 0; message < 2; message++)
      for (size_t bit = 0;; bit++) {
        struct pipe_config config = plain;
        config.fault = PIPE_FLIP;
        config.fault_at = first + message;
        config.argument = bit;
        authenticate(&config);
        assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, PAYLOAD, 16), 0);
        assert_true(pipe_run(&pipe_));
        assert_true(pipe_.authenticator[0].served <= 1);
        assert_int_equal(pipe_.peer[0].answered + pipe_.peer[0].unanswered, 1);
        const bool done = bit >= 8 * pipe_.flight[first + message].length;
        exchange(true, LOWER_POST, 16);
        pipe_deinit(&pipe_);
        if (done)
          break;
      }
  }
}

/* What a sent datagram's OSCORE option says; false if there is none with a Partial IV. */
static bool read_partial_iv(const struct pipe_datagram *datagram, struct oscore_option *option) {
  struct coap_message message;
  if (coap_message_parse(datagram->data, datagram->length, &message) < 0)
    return false;
  const struct coap_option *found = coap_message_find(&message, COAP_NUMBER_OSCORE);
  return found != NULL && oscore_option_parse(found->value, found->length, option) == 0 &&
         option->piv_length > 0;
}

static bool same_octets(const struct pipe_datagram *a, const struct pipe_datagram *b) {
  return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

/* Partial IVs of one key never come twice, but for repetitions of the same octets. */
static void assert_partial_ivs_differ(size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    for (size_t j = from; j < i; j++) {
      const struct pipe_datagram *a = &pipe_.flight[i], *b = &pipe_.flight[j];
      struct oscore_option x, y;
      if (!node_address_equal(&a->source, &b->source) || same_octets(a, b) ||
          !read_partial_iv(a, &x) || !read_partial_iv(b, &y))
        continue;
      assert_false(x.piv_length == y.piv_length && memcmp(x.piv, y.piv, x.piv_length) == 0);
    }
}

static void test_partial_ivs(void **state) {
  (void)state;
  struct pipe_config config = application_config("oscore");
  authenticate(&config);
  size_t from = 0;
  for (size_t authentication = 0; authentication < 3; authentication++) {
    for (size_t i = 0; i < 300; i++)
      exchange(i % 2 == 0, LOWER_POST, 4);
    assert_partial_ivs_differ(from, pipe_.flight_count);
    from = pipe_.flight_count;
    pipe_begin(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
  }
  pipe_deinit(&pipe_);
}

/* What is verified, but asks for something else (a late step 7 of a former authentication, say), is
 * answered and not served. */
static void test_application_refused(void **state) {
  (void)state;
  static const struct {
    uint8_t code;
    const char *path;
  } cases[] = {{COAP_CODE_POST, "x"}, {COAP_CODE_POST, "b"}, {COAP_CODE(0, 4), "a"}};
  for (size_t k = 0; k < 2; k++) {
    const struct pipe_config config = application_config(KINDS[k]);
    authenticate(&config);
    struct coap_eap_peer *peer = (struct coap_eap_peer *)pipe_.hosts[1].node;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      struct coap_message request = {.type = COAP_CON, .code = cases[i].code};
      coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, cases[i].path, 1);
      assert_int_equal(association_request(&peer->associations.current, &request, "app request"),
                       0);
      peer->requesting = true;
      pipe_inject(&pipe_, &pipe_.hosts[0].address, &pipe_.hosts[1].address, PAYLOAD, 1);
      assert_true(pipe_run(&pipe_));
      assert_int_equal(answered(true), i + 1);
      assert_int_equal(served(true), 0);
    }
    exchange(true, LOWER_POST, 1);
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_exchanges),          cmocka_unit_test(test_single_faults),
      cmocka_unit_test(test_unanswered),         cmocka_unit_test(test_second_authentication),
      cmocka_unit_test(test_application_replay), cmocka_unit_test(test_corruption),
      cmocka_unit_test(test_partial_ivs),        cmocka_unit_test(test_application_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
