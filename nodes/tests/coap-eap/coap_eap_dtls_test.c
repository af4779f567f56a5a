/* The draft's Figure 5 in virtual time: DTLS between steps 6 and 7, under every single fault, with
 * keys that differ, and with an attacker who speaks in the clear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dtls/session.h"
#include "coap-eap/authenticator.h"
#include "coap-eap/peer_state.h"
#include "pipe.h"
#include "seeded.h"

enum { LONGEST = 160 };

static const char *const FIGURE_5[] = {
    "trigger",
    "EAP-Request/Identity",
    "EAP-Response/Identity",
    "EAP-PSK 1",
    "EAP-PSK 2",
    "EAP-PSK 3",
    "EAP-PSK 4",
    "DTLS ClientHello",
    "DTLS HelloVerifyRequest",
    "DTLS ClientHello, cookie",
    "DTLS ServerHello",
    "DTLS ClientKeyExchange",
    "DTLS Finished",
    "EAP-Success",
    "confirmation",
};
enum { MESSAGES = sizeof FIGURE_5 / sizeof FIGURE_5[0], STEP_7 = MESSAGES - 2, HELLO = 7 };

static struct pipe pipe_;

static struct pipe_config config_with(bool cookie) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "association", "dtls");
  pipe_set_number(&config, "dtls_cookie", cookie);
  return config;
}

static struct pipe *dtls_run(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  assert_false(pipe_.peer[0].delivered_twice);
  assert_false(pipe_.authenticator[0].delivered_twice);
  return &pipe_;
}

static bool is_secure(const struct pipe_datagram *datagram) {
  return datagram->destination.port == DTLS_PORT;
}

static void test_figure_5(void **state) {
  (void)state;
  const struct pipe_config config = config_with(true);
  const struct pipe *pipe = dtls_run(&config);
  assert_true(pipe_established(pipe, 0));
  assert_int_equal(pipe->flight_count, MESSAGES);
  for (size_t i = 0; i < MESSAGES; i++) {
    assert_string_equal(pipe->labels[i], FIGURE_5[i]);
    assert_int_equal(is_secure(&pipe->flight[i]), i >= HELLO);
  }
  /* Step 7: CoAP header 4, token 1, "/b/5" 4, marker 1, EAP-Success 4; step 8: header and token. */
  assert_int_equal(pipe->flight[STEP_7].length, 14 + DTLS_RECORD_OVERHEAD);
  assert_int_equal(pipe->flight[STEP_7 + 1].length, 5 + DTLS_RECORD_OVERHEAD);
  assert_int_equal(pipe->peer[0].secret_length, 16 + 1);
  pipe_deinit(&pipe_);
}

/* The handshake as published: 13 octets of identity, cookie of 8; 551 in 6, 406 in 4. */
static void test_handshake_octets(void **state) {
  (void)state;
  for (int cookie = 0; cookie < 2; cookie++) {
    const struct pipe_config config = config_with(cookie);
    const struct pipe *pipe = dtls_run(&config);
    size_t octets = 0, count = 0;
    for (size_t i = HELLO; i + 2 < pipe->flight_count; i++, count++)
      octets += pipe->flight[i].length;
    assert_int_equal(count, cookie ? 6 : 4);
    assert_int_equal(octets, cookie ? 551 : 406);
    pipe_deinit(&pipe_);
  }
}

static void test_dtls_each_message_lost_doubled_delayed(void **state) {
  (void)state;
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } faults[] = {{PIPE_LOSE, 0},     {PIPE_DOUBLE, 0},    {PIPE_DELAY, 15},
                {PIPE_DELAY, 1200}, {PIPE_DELAY, 10000}, {PIPE_DELAY, 60000}};
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
    for (size_t at = 0; at < MESSAGES; at++) {
      struct pipe_config config = config_with(true);
      config.fault = faults[i].fault;
      config.argument = faults[i].argument;
      config.fault_at = at;
      assert_true(pipe_established(dtls_run(&config), 0));
      assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
      pipe_deinit(&pipe_);
    }
}

/* Both ends have the same key, or whoever began says why not. */
static void dtls_assert_ended(void) {
  const struct pipe_party *a = &pipe_.authenticator[0], *p = &pipe_.peer[0];
  assert_true(p->confirmed > 0 || p->failed > 0 || p->delivered == 0);
  assert_true(a->confirmed > 0 || a->failed > 0 || a->delivered == 0);
  if (a->confirmed > 0 && p->confirmed > 0)
    assert_memory_equal(a->secret, p->secret, sizeof a->secret);
  assert_true(a->failed == 0 || a->reason != NULL);
  assert_true(p->failed == 0 || p->reason != NULL);
}

static void test_each_message_truncated_and_flipped(void **state) {
  (void)state;
  for (size_t at = HELLO; at < MESSAGES; at++)
    for (size_t i = 0; i < LONGEST * 8; i++) {
      struct pipe_config config = config_with(true);
      config.fault_at = at;
      config.fault = i < LONGEST ? PIPE_TRUNCATE : PIPE_FLIP;
      config.argument = i < LONGEST ? i : i - LONGEST;
      (void)dtls_run(&config);
      dtls_assert_ended();
      pipe_deinit(&pipe_);
    }
}

/* Different MSKs: each end says why, within the handshake's retransmissions, and neither takes
 * anything that comes afterwards in the clear. */
static void test_wrong_key(void **state) {
  (void)state;
  for (int lost = 0; lost < 2; lost++) {
    struct pipe_config config = config_with(true);
    config.wrong_msk = true;
    if (lost) { /* what the peer answers to the wrong Finished */
      config.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR;
      config.fault_at = 12;
    }
    (void)dtls_run(&config);
    assert_int_equal(pipe_.peer[0].confirmed + pipe_.authenticator[0].confirmed, 0);
    assert_int_equal(pipe_.peer[0].failed, 1);
    assert_int_equal(pipe_.authenticator[0].failed, 1);
    assert_string_equal(pipe_.peer[0].reason, "dtls-rejected");
    assert_string_equal(pipe_.authenticator[0].reason, lost ? "dtls-timeout" : "dtls-alert");
    assert_in_range(pipe_.now_ns, 0, 130 * NODE_SECOND);

    uint8_t success[] = {0x41, 0x02, 0x12, 0x34, 0,    0xb1, 'b', 0x01, '5',
                         0xd2, 0x25, 0x00, 0x00, 0xff, 3,    1,   0,    4};
    success[4] = pipe_.flight[1].data[4];
    for (uint16_t secure = 0; secure < 2; secure++) {
      struct node_address from = pipe_.hosts[0].address, to = pipe_.hosts[1].address;
      from.port = (uint16_t)(from.port + secure);
      to.port = (uint16_t)(to.port + secure);
      pipe_inject(&pipe_, &from, &to, success, sizeof success);
      pipe_inject(&pipe_, &to, &from, success, sizeof success);
      assert_true(pipe_run(&pipe_));
    }
    assert_int_equal(pipe_.peer[0].confirmed + pipe_.authenticator[0].confirmed, 0);
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, success, 1), NODE_ERR_BAD_STATE);
    pipe_deinit(&pipe_);
  }
}

/* Under a DTLS association, a request that says to be of OSCORE is one in the clear. */
static void test_oscore_option_in_the_clear(void **state) {
  (void)state;
  const struct pipe_config config = config_with(true);
  (void)dtls_run(&config);
  assert_true(pipe_established(&pipe_, 0));
  uint8_t request[] = {0x40, COAP_CODE_POST, 0, 0, 0x90, 0x21, 'a'};
  const struct node_address authenticator = pipe_.hosts[0].address, peer = pipe_.hosts[1].address;
  for (uint8_t type = COAP_CON; type <= COAP_NON; type++) {
    request[0] = (uint8_t)(0x40 | type << 4);
    request[3]++;
    pipe_inject(&pipe_, &peer, &authenticator, request, sizeof request);
    pipe_inject(&pipe_, &authenticator, &peer, request, sizeof request);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.authenticator[0].served + pipe_.peer[0].served, 0);
    assert_int_equal(pipe_count(&pipe_, "app response"), 0);
  }
  pipe_deinit(&pipe_);
}

/* DTLS has no empty PSK identity: who claims it in the peer's place ends nothing. */
static void test_empty_identity(void **state) {
  (void)state;
  const struct pipe_config config = config_with(true);
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 25 * NODE_MS));
  struct pipe_datagram forged = pipe_.flight[2];
  assert_string_equal(pipe_.labels[2], "EAP-Response/Identity");
  assert_false(forged.arrived);
  forged.length -= strlen(config.peer_identity);
  forged.data[forged.length - 2] = EAP_HEADER_LENGTH + EAP_TYPE_LENGTH;
  pipe_inject_again(&pipe_, &forged);
  assert_true(pipe_run(&pipe_));
  assert_string_equal(pipe_.authenticator[0].last_discard, "identity of no use");
  assert_true(pipe_established(&pipe_, 0));

  struct lower_peer_config peer = {.options = &config.options, .eap = pipe_.peer_eap[0]};
  peer.eap.identity_length = 0;
  assert_null(pipe_lower(&pipe_)->peer(&peer, &pipe_.hosts[1].hooks));
  pipe_deinit(&pipe_);
}

/* A peer of our own making in the place of the first, which has derived its DTLS_PSK. */
static void dtls_ignore_record(void *context, const uint8_t *plain, size_t length) {
  (void)context, (void)plain, (void)length;
}

static void send_all(struct dtls *dtls, const struct node_address *from,
                     const struct node_address *to) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  while (dtls_write(dtls, &datagram, pipe_.now_ns) == 1)
    pipe_inject(&pipe_, from, to, data, datagram.length);
}

static void dtls_talk(struct dtls *dtls, const char *last_label) {
  const struct node_address to = association_address(&ASSOCIATION_DTLS, &pipe_.hosts[0].address);
  const struct node_address from = association_address(&ASSOCIATION_DTLS, &pipe_.hosts[1].address);
  for (size_t i = HELLO; i < PIPE_FLIGHT_MAX; i++) {
    assert_true(i < pipe_.flight_count);
    const struct pipe_datagram *datagram = &pipe_.flight[i];
    if (node_address_equal(&datagram->destination, &from)) {
      assert_true(dtls_receive(dtls, datagram->data, datagram->length, pipe_.now_ns,
                               dtls_ignore_record, NULL) >= 0);
      send_all(dtls, &from, &to);
      assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
      if (strcmp(pipe_.labels[i], last_label) == 0)
        break;
    }
  }
}

/* The peer ends the session by an alert while step 7 is outstanding: the place of what has failed
 * is free at once, and waits for nothing. */
static void test_alert_before_step_8(void **state) {
  (void)state;
  struct pipe_config config = config_with(false);
  config.fault = PIPE_LOSE_ALL_TO_PEERS;
  config.fault_at = HELLO;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 100 * NODE_MS));
  assert_string_equal(pipe_.labels[HELLO], "DTLS ClientHello");

  struct seeded seeded = {.state = 5};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  const struct dtls_config server = {.psk = pipe_.peer[0].secret,
                                     .psk_length = pipe_.peer[0].secret_length,
                                     .identity = (const uint8_t *)config.peer_identity,
                                     .identity_length = strlen(config.peer_identity),
                                     .timeout_ms = 1000,
                                     .timeout_max_ms = 60000,
                                     .mtu = DTLS_MTU_DEFAULT};
  struct dtls *dtls = dtls_create(&server, &hooks, pipe_.now_ns);
  assert_non_null(dtls);
  dtls_talk(dtls, "DTLS ClientKeyExchange");
  assert_int_equal(dtls_state(dtls), DTLS_ESTABLISHED);
  assert_int_equal(pipe_count(&pipe_, "EAP-Success"), 1);

  assert_int_equal(mbedtls_ssl_send_alert_message(&dtls->library->ssl,
                                                  MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                                  MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR),
                   0);
  const struct node_address to = association_address(&ASSOCIATION_DTLS, &pipe_.hosts[0].address);
  const struct node_address from = association_address(&ASSOCIATION_DTLS, &pipe_.hosts[1].address);
  send_all(dtls, &from, &to);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
  assert_int_equal(pipe_.authenticator[0].failed, 1);
  assert_string_equal(pipe_.authenticator[0].reason, "dtls-alert");
  assert_true(node_expiry(pipe_.hosts[0].node) == NODE_NEVER);
  const struct node_address stranger = {.ip = {0xfd, [15] = 99}, .port = COAP_EAP_PORT};
  assert_int_equal(coap_eap_authenticator_begin(pipe_.hosts[0].node, &stranger), 0);
  dtls_destroy(dtls);
  pipe_deinit(&pipe_);
}

static unsigned joined, left;

static void note_joined(void *context, const struct lower_client *client,
                        const uint8_t msk[EAP_KEY_LENGTH], uint64_t now_ns) {
  (void)context;
  (void)client;
  (void)now_ns;
  joined += msk != NULL;
}

static void note_left(void *context, const struct lower_client *client) {
  (void)context;
  (void)client;
  left++;
}

/* The peer ends its session by an alert: who offers a service is told that it has left. */
static void test_alert_after_step_8(void **state) {
  (void)state;
  static const struct lower_service service = {
      .path = "x", .joined = note_joined, .left = note_left};
  struct pipe_config config = config_with(true);
  config.limits.service = &service;
  (void)dtls_run(&config);
  assert_int_equal(joined, 1);
  assert_int_equal(left, 0);
  const struct coap_eap_peer *peer = (const struct coap_eap_peer *)pipe_.hosts[1].node;
  struct dtls *dtls = *(struct dtls **)peer->associations.current.state; /* its first member */
  assert_int_equal(dtls_state(dtls), DTLS_ESTABLISHED);
  assert_int_equal(dtls_library_wake(dtls), 0);
  assert_int_equal(mbedtls_ssl_send_alert_message(&dtls->library->ssl,
                                                  MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                                  MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR),
                   0);
  dtls_library_rest(dtls);
  const struct node_address to = association_address(&ASSOCIATION_DTLS, &pipe_.hosts[0].address);
  const struct node_address from = association_address(&ASSOCIATION_DTLS, &pipe_.hosts[1].address);
  send_all(dtls, &from, &to);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
  assert_int_equal(left, 1);
  pipe_deinit(&pipe_);
}

/* The AAA server behind RADIUS, tokens of every length (a part of DTLS_PSK). */
static void test_variants(void **state) {
  (void)state;
  for (size_t token = 0; token <= COAP_TOKEN_MAX; token++) {
    struct pipe_config config = config_with(token % 2 == 0);
    pipe_set_number(&config, "token_bytes", token);
    config.radius = token % 3 == 0;
    config.edhoc = token % 4 == 0;
    config.edhoc_method = 3;
    assert_true(pipe_established(dtls_run(&config), 0));
    assert_int_equal(pipe_.peer[0].secret_length, 16 + token);
    pipe_deinit(&pipe_);
  }
}

static void test_dtls_many_peers(void **state) {
  (void)state;
  struct pipe_config config = config_with(true);
  config.peers = 20;
  (void)dtls_run(&config);
  for (size_t i = 0; i < config.peers; i++)
    assert_true(pipe_established(&pipe_, i));
  pipe_deinit(&pipe_);
}

/* As many records as a datagram can have, of an octet each: the first eight are looked at, by peer
 * and authenticator. */
static void test_a_datagram_of_many_records(void **state) {
  enum { RECORD = 14 };
  (void)state;
  const struct pipe_config config = config_with(true);
  (void)dtls_run(&config);
  uint8_t data[NODE_DATAGRAM_MAX];
  size_t length = 0;
  for (; length + RECORD <= sizeof data; length += RECORD) {
    const uint8_t record[RECORD] = {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 1, 'x'};
    memcpy(data + length, record, sizeof record);
  }
  for (int to = 0; to < 2; to++) {
    const struct pipe_party *party = to == 0 ? &pipe_.authenticator[0] : &pipe_.peer[0];
    const struct node_address destination =
        association_address(&ASSOCIATION_DTLS, &pipe_.hosts[to].address);
    const struct node_address source =
        association_address(&ASSOCIATION_DTLS, &pipe_.hosts[1 - to].address);
    const unsigned before = party->discarded;
    pipe_inject(&pipe_, &source, &destination, data, length);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(party->discarded - before, 8 + 1);
    assert_string_equal(party->last_discard, "more than 8 records in a datagram");
  }
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, (const uint8_t *)"x", 1), 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.authenticator[0].served, 1);
  pipe_deinit(&pipe_);
}

/* What a peer holds: library contexts only while the handshake needs them. */
static void test_association_state_bytes(void **state) {
  (void)state;
  const struct pipe_config config = config_with(true);
  (void)dtls_run(&config);
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, (const uint8_t *)"x", 1), 0);
  assert_true(pipe_run(&pipe_));
  struct lower_state held;
  pipe_lower(&pipe_)->peer_state(pipe_.hosts[1].node, &held);
  assert_in_range(held.association_bytes_peak, 16384, 80000);
  assert_in_range(held.association_bytes, 100, 2000);
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_figure_5),
      cmocka_unit_test(test_handshake_octets),
      cmocka_unit_test(test_dtls_each_message_lost_doubled_delayed),
      cmocka_unit_test(test_each_message_truncated_and_flipped),
      cmocka_unit_test(test_wrong_key),
      cmocka_unit_test(test_oscore_option_in_the_clear),
      cmocka_unit_test(test_empty_identity),
      cmocka_unit_test(test_alert_before_step_8),
      cmocka_unit_test(test_alert_after_step_8),
      cmocka_unit_test(test_variants),
      cmocka_unit_test(test_dtls_many_peers),
      cmocka_unit_test(test_a_datagram_of_many_records),
      cmocka_unit_test(test_association_state_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
