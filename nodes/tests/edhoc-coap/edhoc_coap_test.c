/* EDHOC over CoAP as peer and authenticator speak it: whole exchanges, and a network that loses,
 * doubles, delays and spoils datagrams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coap-eap/pipe.h"

static struct pipe pipe_;

static struct pipe_config plain(void) {
  struct pipe_config config = PIPE_DEFAULT;
  config.edhoc = true;
  config.edhoc_method = EDHOC_STATIC_STATIC;
  pipe_set(&config, "lower_layer", "edhoc");
  return config;
}

enum way { PLAIN, MESSAGE_4, COMBINED, WAYS };

static struct pipe_config by_way(size_t way) {
  struct pipe_config config = plain();
  if (way == MESSAGE_4)
    pipe_set(&config, "edhoc_message_4", "on");
  if (way == COMBINED)
    pipe_set(&config, "edhoc_combined", "on");
  return config;
}

static void run(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
}

static void assert_shared_key(void) {
  assert_int_equal(pipe_.peer[0].secret_length, 16 + 8);
  assert_int_equal(pipe_.authenticator[0].secret_length, 16 + 8);
  assert_memory_equal(pipe_.peer[0].secret, pipe_.authenticator[0].secret, 16 + 8);
}

static size_t length_of(const char *label) {
  return pipe_.flight[pipe_find(&pipe_, label)].length;
}

/* Either side asks the other for something under the association. */
static void assert_associated(size_t peer) {
  for (int from_peer = 0; from_peer < 2; from_peer++) {
    assert_int_equal(
        pipe_request(&pipe_, peer, from_peer != 0, LOWER_POST, (const uint8_t *)"x", 1), 0);
    assert_true(pipe_run(&pipe_));
  }
  assert_true(pipe_.peer[peer].answered >= 1 && pipe_.peer[peer].served >= 1);
  assert_true(pipe_.authenticator[peer].answered >= 1 && pipe_.authenticator[peer].served >= 1);
  assert_int_equal(pipe_.peer[peer].unanswered + pipe_.authenticator[peer].unanswered, 0);
}

/* What the RFC's sizes make of the messages, with method 3 and kid: 37, 45 and 19 octets. */
static void messages(void **state) {
  (void)state;
  enum { HEADER = 4 + 1, PATH = 12 + 6, FORMAT = 2, MARKER = 1, PREFIX = 1 };
  const char *const last[] = {"EDHOC message_3 taken", "EDHOC message_4", "confirmation"};
  for (size_t way = 0; way < WAYS; way++) {
    const struct pipe_config config = by_way(way);
    run(&config);
    assert_true(pipe_established(&pipe_, 0));
    assert_shared_key();
    assert_int_equal(pipe_.flight_count, 4);
    assert_int_equal(length_of("EDHOC message_1"), HEADER + PATH + FORMAT + MARKER + PREFIX + 37);
    assert_int_equal(length_of("EDHOC message_2"), HEADER + FORMAT + MARKER + 45);
    if (way == COMBINED) /* OSCORE option with Partial IV and kid; EDHOC; code, path and tag */
      assert_int_equal(length_of("EDHOC message_3, request"),
                       HEADER + 4 + 1 + MARKER + 19 + 1 + 2 + 8);
    else
      assert_int_equal(length_of("EDHOC message_3"), HEADER + PATH + FORMAT + MARKER + PREFIX + 19);
    assert_int_equal(pipe_count(&pipe_, last[way]), 1);
    assert_int_equal(pipe_.peer[0].delivered, way == MESSAGE_4 ? 2 : 1);
    assert_int_equal(pipe_.authenticator[0].delivered, 2);
    assert_int_equal(pipe_.authenticator[0].served, 0);
    assert_associated(0);
    pipe_deinit(&pipe_);
  }
}

/* The authenticator has the key when message_3 verifies; the peer without message_4 when its answer
 * comes. */
static void moments(void **state) {
  (void)state;
  const struct pipe_config config = by_way(PLAIN);
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 35 * NODE_MS)); /* from 1 ms on, 10 ms each */
  assert_int_equal(pipe_.authenticator[0].confirmed, 1);
  assert_int_equal(pipe_.peer[0].confirmed, 0);
  assert_int_equal(pipe_.peer[0].keys, 1);
  assert_int_equal(pipe_lower(&pipe_)->peer_begin(pipe_.hosts[1].node, pipe_.now_ns),
                   NODE_ERR_BUSY);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].confirmed, 1);
  pipe_deinit(&pipe_);
}

static void methods_and_credentials(void **state) {
  (void)state;
  static const enum parties_credential credentials[] = {PARTIES_KID, PARTIES_X5T, PARTIES_X5CHAIN};
  for (unsigned method = 0; method < EDHOC_METHODS; method++)
    for (size_t i = 0; i < sizeof credentials / sizeof credentials[0]; i++)
      for (size_t way = 0; way < WAYS; way++) {
        struct pipe_config config = by_way(way);
        config.edhoc_method = method;
        config.edhoc_credential = credentials[i];
        run(&config);
        assert_true(pipe_established(&pipe_, 0));
        assert_shared_key();
        assert_associated(0);
        pipe_deinit(&pipe_);
        config.edhoc_wrong_key = true;
        run(&config);
        assert_false(pipe_established(&pipe_, 0));
        assert_int_equal(pipe_.peer[0].failed, 1);
        assert_int_equal(pipe_.authenticator[0].failed, 1);
        assert_string_equal(pipe_.peer[0].reason, "peer sent an error message");
        pipe_deinit(&pipe_);
      }
}

/* Peers have connection identifiers of their own. */
static void many(void **state) {
  (void)state;
  struct pipe_config config = plain();
  config.peers = 60;
  run(&config);
  for (size_t i = 0; i < config.peers; i++)
    assert_true(pipe_established(&pipe_, i));
  /* message_2 differs in length by C_R alone: 47 octets of one, without C_I, then of two */
  size_t longer = 0;
  for (size_t i = 0; i < pipe_.flight_count; i++)
    longer += strcmp(pipe_.labels[i], "EDHOC message_2") == 0 && pipe_.flight[i].length == 53 + 2;
  assert_int_equal(longer, 60 - 47);
  for (size_t i = 0; i < config.peers; i++)
    assert_associated(i);
  pipe_deinit(&pipe_);
}

/* Each new key takes the place of the last. */
static void again(void **state) {
  (void)state;
  for (size_t way = 0; way < WAYS; way++) {
    const struct pipe_config config = by_way(way);
    run(&config);
    for (unsigned i = 2; i < 6; i++) {
      uint8_t before[EAP_KEY_LENGTH];
      memcpy(before, pipe_.peer[0].secret, sizeof before);
      pipe_trigger(&pipe_, 0);
      assert_true(pipe_run(&pipe_));
      assert_int_equal(pipe_.peer[0].confirmed, i);
      assert_int_equal(pipe_.authenticator[0].confirmed, i);
      assert_shared_key();
      assert_memory_not_equal(before, pipe_.peer[0].secret, 24);
      if (i % 2 == 0)
        assert_associated(0);
    }
    pipe_deinit(&pipe_);
  }
}

/* The association stays in use while another is agreed on, and when that fails. */
static void former_stays(void **state) {
  (void)state;
  for (size_t way = 0; way < WAYS; way++)
    for (size_t lost = 0; lost < 2; lost++) { /* from message_1 or message_2 on */
      const struct pipe_config config = by_way(way);
      run(&config);
      pipe_trigger(&pipe_, 0);
      pipe_.config.fault = lost == 0 ? PIPE_LOSE_ALL_TO_AUTHENTICATOR : PIPE_LOSE_ALL_TO_PEERS;
      pipe_.config.fault_at = 4;
      assert_true(pipe_run(&pipe_));
      assert_int_equal(pipe_.peer[0].failed, 1);
      assert_string_equal(pipe_.peer[0].reason, "no-authenticator");
      pipe_.config.fault = PIPE_NO_FAULT;
      assert_associated(0);
      pipe_deinit(&pipe_);
    }
}

/* The answer to message_3 is lost: the authenticator has the new key, the peer has not, and both
 * still have the former. */
static void half(void **state) {
  (void)state;
  for (size_t way = 0; way < COMBINED; way++) {
    const struct pipe_config config = by_way(way);
    run(&config);
    pipe_trigger(&pipe_, 0);
    pipe_.config.fault = PIPE_LOSE_ALL_TO_PEERS;
    pipe_.config.fault_at = 6;
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.authenticator[0].confirmed, 2);
    assert_int_equal(pipe_.peer[0].confirmed, 1);
    assert_string_equal(pipe_.peer[0].reason, "authenticator-silent");
    pipe_.config.fault = PIPE_NO_FAULT;
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_GET, NULL, 0), 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].answered, 1);
    pipe_trigger(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    assert_associated(0);
    pipe_deinit(&pipe_);
  }
}

/* One fault at each datagram, with and without a key that there is. */
static void faults(void **state) {
  (void)state;
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } all[] = {{PIPE_LOSE, 0}, {PIPE_DOUBLE, 0}, {PIPE_DELAY, 2500}, {PIPE_DELAY, 9000}};
  for (size_t way = 0; way < WAYS; way++)
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
      for (size_t at = 0; at < 8; at++) {
        struct pipe_config config = by_way(way);
        config.fault = all[i].fault;
        config.argument = all[i].argument;
        config.fault_at = at;
        run(&config);
        assert_true(pipe_established(&pipe_, 0));
        pipe_trigger(&pipe_, 0);
        assert_true(pipe_run(&pipe_));
        assert_int_equal(pipe_.peer[0].confirmed, 2);
        assert_int_equal(pipe_.authenticator[0].confirmed, 2);
        assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
        assert_false(pipe_.peer[0].delivered_twice || pipe_.authenticator[0].delivered_twice);
        assert_shared_key();
        assert_associated(0);
        pipe_deinit(&pipe_);
      }
}

/* Spoilt octets end nothing but an authentication, and never with different keys. Not those of the
 * Message ID: who takes one for another's takes a later message for a repetition. */
static void spoilt(void **state) {
  (void)state;
  for (size_t way = 0; way < WAYS; way++)
    for (size_t at = 0; at < 4; at++)
      for (size_t bit = 0; bit < 8 * 66; bit += bit < 8 * 27 ? 1 : 5) {
        if (bit / 16 == 1)
          continue;
        struct pipe_config config = by_way(way);
        config.fault = bit % 9 == 4 ? PIPE_TRUNCATE : PIPE_FLIP;
        config.argument = config.fault == PIPE_FLIP ? bit : bit / 8;
        config.fault_at = at;
        run(&config);
        if (config.fault == PIPE_FLIP && bit / 8 >= pipe_.flight[at].length) {
          pipe_deinit(&pipe_);
          break;
        }
        if (pipe_established(&pipe_, 0))
          assert_shared_key();
        pipe_trigger(&pipe_, 0);
        assert_true(pipe_run(&pipe_));
        assert_true(pipe_.peer[0].confirmed >= 1 && pipe_.authenticator[0].confirmed >= 1);
        assert_shared_key();
        assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, NULL, 0), 0);
        assert_true(pipe_run(&pipe_));
        assert_int_equal(pipe_.peer[0].answered, 1);
        pipe_deinit(&pipe_);
      }
}

/* Attempts */

static void attempts(void **state) {
  (void)state;
  for (size_t way = 0; way < WAYS; way++)
    for (size_t at = 0; at < 4; at++) {
      struct pipe_config config = by_way(way);
      pipe_set_number(&config, "join_attempts", 3);
      pipe_set_number(&config, "join_backoff_ms", 200000);
      config.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR;
      config.fault_at = at;
      pipe_init(&pipe_, &config);
      assert_true(pipe_run_until(&pipe_, 150 * NODE_SECOND));
      const unsigned broken = pipe_.peer[0].confirmed == 0;
      assert_int_equal(broken, at <= 2);
      assert_int_equal(pipe_.peer[0].retrying, broken);
      if (broken)
        assert_string_equal(pipe_.peer[0].reason,
                            at == 0 ? "no-authenticator" : "authenticator-silent");
      pipe_.config.fault = PIPE_NO_FAULT;
      assert_true(pipe_run(&pipe_));
      assert_true(pipe_established(&pipe_, 0));
      assert_int_equal(pipe_.peer[0].failed, 0);
      pipe_deinit(&pipe_);
    }
}

static void rejected_once(void **state) {
  (void)state;
  struct pipe_config config = plain();
  pipe_set_number(&config, "join_attempts", 3);
  config.edhoc_wrong_key = true;
  run(&config);
  assert_int_equal(pipe_.peer[0].retrying, 0);
  assert_int_equal(pipe_.peer[0].failed, 1);
  pipe_deinit(&pipe_);
}

/* Either end has lost what it knew. */
static void restarted(void **state) {
  (void)state;
  const struct pipe_config config = plain();
  run(&config);
  pipe_restart_peer(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].confirmed, 2);
  assert_associated(0);
  pipe_restart_authenticator(&pipe_);
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_GET, NULL, 0), 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].unanswered, 1);
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].confirmed, 3);
  pipe_deinit(&pipe_);
}

/* The authenticator's tables */

static void lifetime(void **state) {
  (void)state;
  struct pipe_config config = plain();
  config.limits.lifetime_s = 100;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 99 * NODE_SECOND));
  assert_int_equal(pipe_.authenticator[0].closed, 0);
  assert_true(pipe_run_until(&pipe_, 101 * NODE_SECOND));
  assert_int_equal(pipe_.authenticator[0].closed, 1);
  assert_int_equal(pipe_request(&pipe_, 0, false, LOWER_GET, NULL, 0), NODE_ERR_BAD_STATE);
  pipe_deinit(&pipe_);
}

static void places(void **state) {
  (void)state;
  struct pipe_config config = plain();
  config.peers = 6;
  config.limits.peers_max = 4;
  run(&config); /* all at once: the first are too new to give way */
  size_t established = 0;
  for (size_t i = 0; i < config.peers; i++)
    established += pipe_established(&pipe_, i);
  assert_int_equal(established, config.peers); /* the others come again until they may */
  size_t closed = 0;
  for (size_t i = 0; i < config.peers; i++)
    closed += pipe_.authenticator[i].closed;
  assert_int_equal(closed, 2);
  pipe_deinit(&pipe_);
}

/* Of those who have proved nothing the oldest gives way, and no association. */
static void half_open(void **state) {
  (void)state;
  struct pipe_config config = plain();
  config.limits.half_open_max = 2;
  run(&config);
  const struct pipe_datagram first = pipe_.flight[pipe_find(&pipe_, "EDHOC message_1")];
  for (uint16_t port = 20000; port < 20010; port++) {
    struct node_address stranger = {.ip = {0xfd, [13] = 9}, .port = port};
    uint8_t data[NODE_DATAGRAM_MAX];
    memcpy(data, first.data, first.length);
    pipe_inject(&pipe_, &stranger, &pipe_.hosts[0].address, data, first.length);
  }
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_count(&pipe_, "EDHOC message_2"), 11);
  assert_int_equal(pipe_.authenticator[0].closed, 0);
  assert_associated(0);
  pipe_deinit(&pipe_);
}

static void one_association_of_a_name(void **state) {
  (void)state;
  struct pipe_config config = plain();
  config.peers = 2;
  config.limits.one_per_identity = true;
  pipe_init(&pipe_, &config);
  pipe_.parties->peers[1] = pipe_.parties->peers[0];
  pipe_restart_peer(&pipe_, 1);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.authenticator[0].closed + pipe_.authenticator[1].closed, 1);
  pipe_deinit(&pipe_);
}

/* Configurations */

static void refused(void **state) {
  (void)state;
  struct pipe_config config = plain();
  const struct lower_layer *lower = lower_of(&config.options);
  assert_true(lower->without_eap);
  assert_null(lower->unsupported(&config.options));
  const struct node_hooks hooks = {.context = NULL};
  const struct lower_peer_config peer = {.options = &config.options};
  const struct lower_authenticator_config authenticator = {.options = &config.options,
                                                           .peers_max = 1};
  assert_null(lower->peer(&peer, &hooks)); /* without `edhoc` */
  assert_null(lower->authenticator(&authenticator, &hooks));
  pipe_set(&config, "association", "dtls");
  assert_non_null(lower->unsupported(&config.options));
  config = plain();
  run(&config);
  assert_int_equal(lower->authenticator_begin(pipe_.hosts[0].node, &pipe_.hosts[1].address),
                   NODE_ERR_UNSUPPORTED);
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages),
      cmocka_unit_test(moments),
      cmocka_unit_test(many),
      cmocka_unit_test(again),
      cmocka_unit_test(former_stays),
      cmocka_unit_test(half),
      cmocka_unit_test(faults),
      cmocka_unit_test(spoilt),
      cmocka_unit_test(attempts),
      cmocka_unit_test(rejected_once),
      cmocka_unit_test(restarted),
      cmocka_unit_test(lifetime),
      cmocka_unit_test(places),
      cmocka_unit_test(half_open),
      cmocka_unit_test(refused),
      cmocka_unit_test(one_association_of_a_name),
      cmocka_unit_test(methods_and_credentials),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
