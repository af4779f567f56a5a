/* The draft's flow with IKEv2 and ESP in the place of DTLS, over both kinds: IKE between steps 6
 * and 7, these inside ESP; under every single fault, with keys that differ, and with octets of
 * others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/authenticator.h"
#include "ikev2/ikev2.h"
#include "pipe.h"

enum { MARKER = IKEV2_MARKER_LENGTH, ESP = 8 + 8 + 2 + 8, UDP = 8, LONGEST = 260 };

static const char *const FLOW[] = {
    "trigger",
    "EAP-Request/Identity",
    "EAP-Response/Identity",
    "EAP-PSK 1",
    "EAP-PSK 2",
    "EAP-PSK 3",
    "EAP-PSK 4",
    "IKE_SA_INIT request",
    "IKE_SA_INIT response",
    "IKE_AUTH request",
    "IKE_AUTH response",
    "EAP-Success",
    "confirmation",
};
enum { MESSAGES = sizeof FLOW / sizeof FLOW[0], INIT = 7, STEP_7 = MESSAGES - 2 };

/* Where each kind has its datagrams. */
static const struct kind {
  const char *name;
  uint16_t port;
  enum node_protocol protocol;
  size_t marker;
} KINDS[] = {{"ikev2", IKEV2_PORT, NODE_ESP, 0},
             {"ikev2-udp", COAP_EAP_PORT + 1, NODE_UDP, MARKER}};

#define FOR_BOTH(kind) for (const struct kind *kind = KINDS; kind < KINDS + 2; kind++)

static struct pipe pipe_;

static struct pipe_config config_with(const struct kind *kind) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "association", kind->name);
  return config;
}

static void ikev2_run(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  assert_false(pipe_.peer[0].delivered_twice);
  assert_false(pipe_.authenticator[0].delivered_twice);
}

/* Octets: 13 of identity, IDi and IDr; step 7: CoAP header 4, token 1, "/b/5" 4, marker 1,
 * EAP-Success 4; step 8: header and token. */
static void test_flow(void **state) {
  static const size_t octets[] = {128, 128, 97 + 13 + 140, 97 + 13 + 140};
  (void)state;
  FOR_BOTH(kind) {
    const struct pipe_config config = config_with(kind);
    ikev2_run(&config);
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(pipe_.flight_count, MESSAGES);
    for (size_t i = 0; i < MESSAGES; i++) {
      const struct pipe_datagram *datagram = &pipe_.flight[i];
      const bool ike = i >= INIT && i < STEP_7, esp = i >= STEP_7;
      const bool own = esp && kind->protocol == NODE_ESP;
      assert_string_equal(pipe_.labels[i], FLOW[i]);
      assert_int_equal(datagram->protocol, esp ? kind->protocol : NODE_UDP);
      assert_int_equal(datagram->destination.port, own          ? 0
                                                   : ike || esp ? kind->port
                                                                : COAP_EAP_PORT);
      assert_int_equal(datagram->source.port, datagram->destination.port);
      if (ike)
        assert_int_equal(datagram->length, octets[i - INIT] + kind->marker);
    }
    assert_int_equal(pipe_.flight[STEP_7].length, ESP + UDP + 14);
    assert_int_equal(pipe_.flight[STEP_7 + 1].length, ESP + UDP + 5 + 1);
    assert_int_equal(pipe_.peer[0].secret_length, 32);
    assert_int_equal(pipe_.peer[0].discarded + pipe_.authenticator[0].discarded, 0);
    pipe_assert_answered(&pipe_, 0, true);
    pipe_assert_answered(&pipe_, 0, false);
    pipe_deinit(&pipe_);
  }
}

static void test_ikev2_each_message_lost_doubled_delayed(void **state) {
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } faults[] = {{PIPE_LOSE, 0},     {PIPE_DOUBLE, 0},    {PIPE_DELAY, 15},
                {PIPE_DELAY, 1200}, {PIPE_DELAY, 10000}, {PIPE_DELAY, 60000}};
  (void)state;
  FOR_BOTH(kind)
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    for (size_t at = 0; at < MESSAGES + 2; at++)
      for (int cookie = 0; cookie < 2; cookie++) {
        struct pipe_config config = config_with(kind);
        pipe_set_number(&config, "ikev2_cookie", (size_t)cookie);
        config.fault = faults[i].fault;
        config.argument = faults[i].argument;
        config.fault_at = at;
        ikev2_run(&config);
        assert_true(pipe_established(&pipe_, 0));
        assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
        pipe_assert_answered(&pipe_, 0, true);
        pipe_deinit(&pipe_);
      }
}

/* Both ends have the same key, or say why not. */
static void ikev2_assert_ended(void) {
  const struct pipe_party *a = &pipe_.authenticator[0], *p = &pipe_.peer[0];
  assert_true(p->confirmed > 0 || p->failed > 0 || p->delivered == 0);
  assert_true(a->confirmed > 0 || a->failed > 0 || a->delivered == 0);
  if (a->confirmed > 0 && p->confirmed > 0)
    assert_memory_equal(a->secret, p->secret, sizeof a->secret);
}

/* What is flipped before AUTH ends the exchange, or goes unnoticed where it has no meaning; never
 * is one end alone content for good. */
static void test_ikev2_each_message_truncated_and_flipped(void **state) {
  (void)state;
  FOR_BOTH(kind)
  for (size_t at = INIT; at < MESSAGES; at++)
    for (size_t i = 0; i < 2 * LONGEST; i++) {
      struct pipe_config config = config_with(kind);
      config.fault_at = at;
      config.fault = i < LONGEST ? PIPE_TRUNCATE : PIPE_FLIP;
      config.argument = i < LONGEST ? i : 8 * (i - LONGEST) + i % 8;
      ikev2_run(&config);
      ikev2_assert_ended();
      if (at >= INIT + 2) /* protected: it is repeated */
        assert_true(pipe_established(&pipe_, 0));
      pipe_deinit(&pipe_);
    }
}

/* Different MSKs: each end says why, and neither takes anything that comes in clear afterwards. */
static void test_ikev2_wrong_key(void **state) {
  (void)state;
  FOR_BOTH(kind)
  for (int lost = 0; lost < 2; lost++) {
    struct pipe_config config = config_with(kind);
    config.wrong_msk = true;
    if (lost) { /* that the peer refuses */
      config.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR;
      config.fault_at = INIT + 3;
    }
    ikev2_run(&config);
    assert_int_equal(pipe_.peer[0].confirmed + pipe_.authenticator[0].confirmed, 0);
    assert_int_equal(pipe_.peer[0].failed, 1);
    assert_int_equal(pipe_.authenticator[0].failed, 1);
    assert_string_equal(pipe_.peer[0].reason, "ikev2-authentication");
    assert_string_equal(pipe_.authenticator[0].reason,
                        lost ? "ikev2-timeout" : "ikev2-authentication");
    assert_in_range(pipe_.now_ns, 0, 130 * NODE_SECOND);
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, (const uint8_t *)"x", 1),
                     NODE_ERR_BAD_STATE);
    pipe_deinit(&pipe_);
  }
}

static void test_ikev2_peer_is_silent(void **state) {
  (void)state;
  FOR_BOTH(kind) {
    struct pipe_config config = config_with(kind);
    config.fault = PIPE_LOSE_ALL_TO_PEERS;
    config.fault_at = INIT;
    ikev2_run(&config);
    assert_string_equal(pipe_.authenticator[0].reason, "ikev2-timeout");
    assert_int_equal(pipe_.authenticator[0].failed, 1);
    assert_int_equal(pipe_.peer[0].failed, 1);
    assert_int_equal(pipe_count(&pipe_, "IKE_SA_INIT request"), IKEV2_TRIES_DEFAULT);
    assert_true(node_expiry(pipe_.hosts[0].node) == NODE_NEVER);
    pipe_deinit(&pipe_);
  }
}

/* Octets that come to where IKE and ESP are, from the other end's address, from a stranger, in the
 * name of either: the association that is there goes on, and the next one comes about. */
static void hostile(const struct kind *kind, const struct node_address *from,
                    const struct node_address *to, const uint8_t *data, size_t length) {
  for (int esp = 0; esp < 2; esp++) {
    struct pipe_datagram datagram = {.source = *from, .destination = *to, .length = length};
    if (esp == 1)
      datagram.protocol = kind->protocol;
    const bool own = esp == 1 && kind->protocol == NODE_ESP;
    datagram.source.port = datagram.destination.port = own ? 0 : kind->port;
    datagram.arrival_ns = pipe_.now_ns;
    memcpy(datagram.data, data, length);
    pipe_inject_again(&pipe_, &datagram);
  }
}

static void hostile_round(const struct kind *kind) {
  static const size_t lengths[] = {0, 1, 4, 8, 27, 28, 33, 64, NODE_DATAGRAM_MAX};
  const struct node_address stranger = {.ip = {0xfd, [15] = 99}};
  uint8_t data[NODE_DATAGRAM_MAX] = {0};
  const struct pipe_datagram init = pipe_.flight[INIT], auth = pipe_.flight[INIT + 2];
  for (int to = 0; to < 2; to++)
    for (int from = 0; from < 3; from++) {
      const struct node_address *source =
          from == 2 ? &stranger : &pipe_.hosts[from == 0 ? 1 - to : to].address;
      const struct node_address *destination = &pipe_.hosts[to].address;
      for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        hostile(kind, source, destination, data, lengths[i]);
      hostile(kind, source, destination, init.data, init.length);
      hostile(kind, source, destination, auth.data, auth.length);
      data[0]++;
      assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
    }
}

static void test_ikev2_hostile(void **state) {
  (void)state;
  FOR_BOTH(kind) {
    const struct pipe_config config = config_with(kind);
    ikev2_run(&config);
    hostile_round(kind);
    assert_string_equal(pipe_.peer[0].last_discard, "not from the authenticator");
    assert_int_equal(pipe_.peer[0].served + pipe_.authenticator[0].served, 0);
    pipe_assert_answered(&pipe_, 0, true);
    pipe_assert_answered(&pipe_, 0, false);
    pipe_trigger(&pipe_, 0);
    for (size_t i = 0; i < MESSAGES; i++) { /* at each moment of the next authentication */
      pipe_.now_ns += 10 * NODE_MS;
      assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
      hostile_round(kind);
    }
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    assert_int_equal(pipe_.authenticator[0].confirmed, 2);
    pipe_assert_answered(&pipe_, 0, true);
    pipe_assert_answered(&pipe_, 0, false);
    pipe_deinit(&pipe_);
  }
}

/* Somebody begins an SA in the authenticator's name before it does: its own comes about all the
 * same. */
static void test_ikev2_begun_by_another(void **state) {
  (void)state;
  FOR_BOTH(kind) {
    const struct pipe_config config = config_with(kind);
    pipe_init(&pipe_, &config);
    while (pipe_.flight_count <= INIT)
      assert_true(pipe_run_until(&pipe_, pipe_.now_ns += NODE_MS));
    struct pipe_datagram forged = pipe_.flight[INIT];
    assert_string_equal(pipe_.labels[INIT], "IKE_SA_INIT request");
    forged.data[kind->marker] ^= 0x55; /* another SPI */
    pipe_inject_again(&pipe_, &forged);
    assert_true(pipe_run(&pipe_));
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
    pipe_assert_answered(&pipe_, 0, true);
    pipe_deinit(&pipe_);
  }
}

/* Fresh keys, begun by either end: the former ones stay in use until then. */
static void test_ikev2_reauthentication(void **state) {
  (void)state;
  FOR_BOTH(kind)
  for (int by_peer = 0; by_peer < 2; by_peer++) {
    const struct pipe_config config = config_with(kind);
    ikev2_run(&config);
    uint8_t first[32];
    memcpy(first, pipe_.peer[0].secret, sizeof first);
    if (by_peer)
      pipe_trigger(&pipe_, 0);
    else
      pipe_begin(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    assert_int_equal(pipe_.authenticator[0].confirmed, 2);
    assert_memory_not_equal(first, pipe_.peer[0].secret, sizeof first);
    pipe_assert_answered(&pipe_, 0, true);
    pipe_assert_answered(&pipe_, 0, false);
    pipe_deinit(&pipe_);
  }
}

/* RADIUS, EDHOC, roles, RFC 9820; identities of any length. */
static void test_ikev2_variants(void **state) {
  (void)state;
  FOR_BOTH(kind)
  for (unsigned variant = 0; variant < 16; variant++) {
    struct pipe_config config = config_with(kind);
    config.radius = (variant & 1) != 0;
    config.edhoc = (variant & 2) != 0;
    config.edhoc_method = 3;
    if ((variant & 4) != 0)
      pipe_set(&config, "coap_roles", "peer-client");
    if ((variant & 8) != 0)
      pipe_set(&config, "lower_layer", "coap-eap-rfc9820");
    pipe_set_number(&config, "session_lifetime_s", 0);
    ikev2_run(&config);
    assert_true(pipe_established(&pipe_, 0));
    pipe_assert_answered(&pipe_, 0, true);
    pipe_assert_answered(&pipe_, 0, false);
    pipe_deinit(&pipe_);
  }
}

static void test_ikev2_long_identity(void **state) {
  char identity[NODE_IDENTITY_MAX + 1];
  (void)state;
  memset(identity, 'i', NODE_IDENTITY_MAX);
  identity[NODE_IDENTITY_MAX] = '\0';
  FOR_BOTH(kind) {
    struct pipe_config config = config_with(kind);
    config.peer_identity = identity;
    config.any_identity = true;
    ikev2_run(&config);
    assert_true(pipe_established(&pipe_, 0));
    pipe_deinit(&pipe_);
  }
}

static void test_ikev2_many_peers(void **state) {
  (void)state;
  FOR_BOTH(kind) {
    struct pipe_config config = config_with(kind);
    config.peers = 20;
    ikev2_run(&config);
    for (size_t i = 0; i < config.peers; i++) {
      assert_true(pipe_established(&pipe_, i));
      pipe_assert_answered(&pipe_, i, true);
      pipe_assert_answered(&pipe_, i, false);
    }
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_flow),
      cmocka_unit_test(test_ikev2_each_message_lost_doubled_delayed),
      cmocka_unit_test(test_ikev2_each_message_truncated_and_flipped),
      cmocka_unit_test(test_ikev2_wrong_key),
      cmocka_unit_test(test_ikev2_peer_is_silent),
      cmocka_unit_test(test_ikev2_hostile),
      cmocka_unit_test(test_ikev2_begun_by_another),
      cmocka_unit_test(test_ikev2_reauthentication),
      cmocka_unit_test(test_ikev2_variants),
      cmocka_unit_test(test_ikev2_long_identity),
      cmocka_unit_test(test_ikev2_many_peers),
  };
  return cmocka_run_group_tests_name("coap_eap_ikev2", tests, NULL, NULL);
}
