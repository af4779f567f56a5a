/* CoAP-EAP with the roles reversed in virtual time: the EAP peer as CoAP client. Under OSCORE and
 * DTLS and with every ordering policy: its messages and octets, under every single fault, and each
 * way to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/options.h"
#include "dtls/session.h"
#include "reversed.h"

static struct pipe pipe_;

static void test_messages(void **state) {
  (void)state;
  for (unsigned way = 0; way < REVERSED_WAYS; way++) {
    const struct pipe_config config = reversed_by_way(way);
    const size_t count = reversed_messages(way);
    const struct pipe *pipe = reversed_run(&pipe_, &config);
    assert_true(pipe_established(pipe, 0));
    assert_int_equal(pipe->flight_count, count);
    for (size_t i = 0; i < count; i++) {
      const bool handshake = i >= REVERSED_CLEAR && i < REVERSED_CLEAR + count - REVERSED_MESSAGES;
      assert_int_equal(pipe->flight[i].destination.port == DTLS_PORT,
                       way == 4 && i >= REVERSED_CLEAR);
      if (!handshake)
        assert_string_equal(
            pipe->labels[i],
            REVERSED_LABELS[i < REVERSED_CLEAR ? i : i + REVERSED_MESSAGES - count]);
      /* the peer begins, and each side has its turn */
      assert_int_equal(pipe->flight[i].source.ip[15] == 1, i % 2 == 0);
    }
    assert_int_equal(pipe->peer[0].delivered, 4);          /* Identity, PSK 1, PSK 3, Success */
    assert_int_equal(pipe->authenticator[0].delivered, 3); /* Identity, PSK 2, PSK 4 */
    assert_int_equal(pipe->now_ns, (1 + count * 10) * NODE_MS);
    reversed_assert_associated(&pipe_, 0);
    pipe_deinit(&pipe_);
  }
}

/* Octets, but for what is random. A header has 4, the token 1, "/b" 2 and what is below it 2,
 * SeqNum 2 and as many in front, the marker of a payload 1; EAP-Request/Identity 5, its response 5
 * and 13 of identity, EAP-PSK 29, 60, 59 and 43, EAP-Success 4. Under OSCORE an option of 3 in the
 * request (Partial IV of 1, empty kid) and 1 in the response, the marker, the code and 8 of tag. */
static void test_octets(void **state) {
  (void)state;
  static const struct {
    size_t length;
    const char *mask; /* hex; xx: random */
  } expected[REVERSED_MESSAGES] = {
      {4 + 1 + 2 + 4, "4102xxxxxxb162d225xxxx"},
      {4 + 1 + 4 + 4 + 1 + 5, "6141xxxxxxb16201xxd225xxxxff01xx000501"},
      {4 + 1 + 4 + 4 + 1 + 5 + 13, "4102xxxxxxb16201xxd225xxxxff02xx001201"
                                   "7466672d757365722d74657374"},
      {4 + 1 + 4 + 1 + 29, "6144xxxxxxd230xxxxff01xx001d2f00"},
      {4 + 1 + 4 + 4 + 1 + 60, "4102xxxxxxb16201xxd225xxxxff02xx003c2f40"},
      {4 + 1 + 4 + 1 + 59, "6144xxxxxxd230xxxxff01xx003b2f80"},
      {4 + 1 + 4 + 4 + 1 + 43, "4102xxxxxxb16201xxd225xxxxff02xx002b2fc0"},
      {4 + 1 + 4 + 1 + 4, "6144xxxxxxd230xxxxff03xx0004"},
      {4 + 1 + 3 + 1 + (1 + 4 + 4) + 8, "4102xxxxxx920900ff"},
      {4 + 1 + 1 + 1 + (1 + 4) + 8, "6144xxxxxx90ff"},
  };
  size_t octets = 0;
  const struct pipe_config config = reversed_by_way(0);
  const struct pipe *pipe = reversed_run(&pipe_, &config);
  for (size_t i = 0; i < REVERSED_MESSAGES; i++) {
    const struct pipe_datagram *datagram = &pipe->flight[i];
    octets += datagram->length;
    assert_int_equal(datagram->length, expected[i].length);
    for (size_t j = 0; 2 * j < strlen(expected[i].mask); j++) {
      const char octet[3] = {expected[i].mask[2 * j], expected[i].mask[2 * j + 1], 0};
      if (octet[0] != 'x')
        assert_int_equal(datagram->data[j], strtoul(octet, NULL, 16));
    }
  }
  assert_int_equal(octets, 11 + 19 + 32 + 39 + 74 + 69 + 57 + 14 + 26 + 20);
  pipe_deinit(&pipe_);
}

/* The other policies and DTLS: without SeqNum in responses 4 octets less in each of 5, without any
 * 4 less in each of 10; inside DTLS neither number nor OSCORE. */
static void test_octets_of_policies(void **state) {
  (void)state;
  static const size_t octets[REVERSED_WAYS] = {361, 361 - 5 * 4, 361 - 10 * 4, 361 - 10 * 4,
                                               361 - 26 - 20 + (9 + DTLS_RECORD_OVERHEAD) +
                                                   (5 + DTLS_RECORD_OVERHEAD)};
  for (unsigned way = 0; way < REVERSED_WAYS; way++) {
    const struct pipe_config config = reversed_by_way(way);
    const struct pipe *pipe = reversed_run(&pipe_, &config);
    size_t sum = 0;
    for (size_t i = 0; i < pipe->flight_count; i++)
      if (strncmp(pipe->labels[i], "DTLS", 4) != 0)
        sum += pipe->flight[i].length;
    assert_int_equal(sum, octets[way]);
    pipe_deinit(&pipe_);
  }
}

static void test_each_message_lost_doubled_delayed(void **state) {
  (void)state;
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } faults[] = {{PIPE_LOSE, 0},     {PIPE_DOUBLE, 0},    {PIPE_DELAY, 15},
                {PIPE_DELAY, 2500}, {PIPE_DELAY, 10000}, {PIPE_DELAY, 60000}};
  for (unsigned way = 0; way < REVERSED_WAYS; way++)
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
      for (size_t at = 0; at < reversed_messages(way); at++) {
        struct pipe_config config = reversed_by_way(way);
        config.fault = faults[i].fault;
        config.argument = faults[i].argument;
        config.fault_at = at;
        assert_true(pipe_established(reversed_run(&pipe_, &config), 0));
        assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
        assert_int_equal(pipe_.peer[0].confirmed + pipe_.authenticator[0].confirmed, 2);
        pipe_deinit(&pipe_);
      }
}

static void test_each_message_truncated(void **state) {
  (void)state;
  for (unsigned way = 0; way < REVERSED_WAYS; way++)
    for (size_t at = 0; at < reversed_messages(way); at++)
      for (size_t length = 0; length < REVERSED_LONGEST; length++) {
        struct pipe_config config = reversed_by_way(way);
        config.fault = PIPE_TRUNCATE;
        config.fault_at = at;
        config.argument = length;
        reversed_run(&pipe_, &config);
        reversed_assert_ended(&pipe_);
        pipe_deinit(&pipe_);
      }
}

static void test_each_bit_flipped(void **state) {
  (void)state;
  for (unsigned way = 0; way < 4; way += 2)
    for (size_t at = 0; at < REVERSED_MESSAGES; at++)
      for (size_t bit = 0; bit < 8 * REVERSED_LONGEST; bit++) {
        struct pipe_config config = reversed_by_way(way);
        config.fault = PIPE_FLIP;
        config.fault_at = at;
        config.argument = bit;
        reversed_run(&pipe_, &config);
        reversed_assert_ended(&pipe_);
        pipe_deinit(&pipe_);
      }
}

static void test_failures_have_reasons(void **state) {
  (void)state;
  static const struct {
    struct pipe_config config;
    const char *peer, *authenticator; /* NULL: it has not failed */
  } cases[] = {
      {{.peer_psk = "not-the-password"}, "EAP-Failure while the method ran", "wrong MAC_P"},
      {{.peer_identity = "stranger"}, "EAP-Failure before a method began", "unknown identity"},
      {{.no_authenticator = true}, "no-authenticator", NULL},
      {{.fault = PIPE_LOSE_ALL_TO_PEERS}, "no-authenticator", "peer-silent"},
      {{.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR, .fault_at = 1},
       "authenticator-silent",
       "peer-silent"},
      {{.fault = PIPE_LOSE_ALL_TO_PEERS, .fault_at = 3}, "authenticator-silent", "peer-silent"},
      {{.fault = PIPE_LOSE_ALL_TO_PEERS, .fault_at = 7}, "authenticator-silent", "peer-silent"},
      {{.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR, .fault_at = 8},
       "authenticator-silent",
       "peer-silent"},
      {{.fault = PIPE_LOSE_ALL_TO_PEERS, .fault_at = 9}, "authenticator-silent", NULL},
      {{.wrong_msk = true}, "oscore-rejected", "oscore-rejected"},
      {{.radius = true, .no_aaa = true}, "authenticator-silent", "aaa-silent"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct pipe_config config = cases[i].config;
    config.peers = 1;
    config.options = reversed_by_way(0).options;
    if (config.peer_psk == NULL)
      config.peer_psk = PIPE_DEFAULT.peer_psk;
    if (config.peer_identity == NULL)
      config.peer_identity = PIPE_DEFAULT.peer_identity;
    const struct pipe *pipe = reversed_run(&pipe_, &config);
    const char *const expected[] = {cases[i].peer, cases[i].authenticator};
    const struct pipe_party *const parties[] = {&pipe->peer[0], &pipe->authenticator[0]};
    for (size_t j = 0; j < 2; j++) {
      assert_int_equal(parties[j]->failed, expected[j] != NULL);
      if (expected[j] != NULL)
        assert_string_equal(parties[j]->reason, expected[j]);
    }
    pipe_deinit(&pipe_);
  }
}

/* The first request is repeated as CoAP repeats, and the next attempt is another. */
static void test_first_request_schedule(void **state) {
  (void)state;
  struct pipe_config config = reversed_by_way(0);
  pipe_set_number(&config, "join_attempts", 2);
  config.no_authenticator = true;
  const struct pipe *pipe = reversed_run(&pipe_, &config);
  assert_int_equal(pipe->flight_count, 2 * 5);
  assert_int_equal(pipe->peer[0].retrying, 1);
  for (size_t attempt = 0; attempt < 2; attempt++) {
    const struct pipe_datagram *flight = &pipe->flight[5 * attempt];
    const uint64_t first = flight[1].arrival_ns - flight[0].arrival_ns;
    assert_in_range(first, 2 * NODE_SECOND, 3 * NODE_SECOND);
    for (size_t i = 1; i < 5; i++) {
      assert_memory_equal(flight[i].data, flight[0].data, flight[0].length);
      if (i < 4)
        assert_int_equal(flight[i + 1].arrival_ns - flight[i].arrival_ns, first << i);
    }
  }
  assert_memory_not_equal(pipe->flight[0].data + 2, pipe->flight[5].data + 2, 3);
  pipe_deinit(&pipe_);
}

static void test_many_peers(void **state) {
  (void)state;
  for (unsigned way = 0; way < REVERSED_WAYS; way += 4) {
    struct pipe_config config = reversed_by_way(way);
    config.peers = PIPE_PEERS_MAX;
    config.radius = true;
    const struct pipe *pipe = reversed_run(&pipe_, &config);
    for (size_t i = 0; i < config.peers; i++)
      assert_true(pipe_established(pipe, i));
    pipe_deinit(&pipe_);
  }
}

/* A new key takes the place of the last; and the last stays where there is none. */
static void test_again(void **state) {
  (void)state;
  for (unsigned way = 0; way < REVERSED_WAYS; way++)
    for (unsigned lost = 0; lost < 3; lost++) { /* nothing, requests, responses */
      uint8_t first[16];
      const struct pipe_config config = reversed_by_way(way);
      reversed_run(&pipe_, &config);
      memcpy(first, pipe_.peer[0].secret, sizeof first);
      pipe_trigger(&pipe_, 0);
      assert_int_equal(pipe_lower(&pipe_)->peer_begin(pipe_.hosts[1].node, pipe_.now_ns),
                       NODE_ERR_BUSY);
      pipe_.config.fault = lost == 0   ? PIPE_NO_FAULT
                           : lost == 1 ? PIPE_LOSE_ALL_TO_AUTHENTICATOR
                                       : PIPE_LOSE_ALL_TO_PEERS;
      pipe_.config.fault_at = reversed_messages(way) + 4;
      assert_true(pipe_run(&pipe_));
      assert_int_equal(pipe_.peer[0].confirmed, lost == 0 ? 2 : 1);
      assert_int_equal(pipe_.authenticator[0].confirmed, lost == 0 ? 2 : 1);
      assert_int_equal(memcmp(first, pipe_.peer[0].secret, sizeof first) != 0, lost == 0);
      pipe_.config.fault = PIPE_NO_FAULT;
      reversed_assert_associated(&pipe_, 0);
      pipe_deinit(&pipe_);
    }
}

/* An answer of the AAA server that comes in time is piggybacked; else an empty acknowledgement goes
 * before, and the response is a message of its own, which is acknowledged. */
static void test_slow_aaa(void **state) {
  (void)state;
  static const struct {
    size_t ack_delay_ms;
    size_t acknowledgements; /* of three responses */
  } cases[] = {{1000, 0}, {21, 0}, {19, 2 * 3}, {0, 2 * 3}};
  for (unsigned way = 0; way < REVERSED_WAYS; way++)
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      struct pipe_config config = reversed_by_way(way);
      config.radius = true; /* 20 ms there and back */
      pipe_set_number(&config, "ack_delay_ms", cases[i].ack_delay_ms);
      const struct pipe *pipe = reversed_run(&pipe_, &config);
      assert_true(pipe_established(pipe, 0));
      assert_int_equal(pipe_count(pipe, "CoAP ACK"), cases[i].acknowledgements);
      const uint8_t type = pipe->flight[pipe_find(pipe, "EAP-PSK 3")].data[0] >> 4;
      assert_int_equal(type, cases[i].acknowledgements == 0 ? 6 : 4);
      reversed_assert_associated(&pipe_, 0);
      pipe_deinit(&pipe_);
    }
}

/* With separate responses, too, each single datagram may be lost. */
static void test_slow_aaa_each_message_lost(void **state) {
  (void)state;
  enum { DATAGRAMS = REVERSED_MESSAGES + 2 * 3 + 2 * 3 + REVERSED_HANDSHAKE };
  static const enum pipe_fault faults[] = {PIPE_LOSE, PIPE_DOUBLE, PIPE_DELAY};
  for (unsigned way = 0; way < REVERSED_WAYS; way++)
    for (size_t i = 0; i < 3; i++)
      for (size_t at = 0; at < DATAGRAMS; at++) {
        struct pipe_config config = reversed_by_way(way);
        config.radius = true;
        pipe_set_number(&config, "ack_delay_ms", 0);
        config.fault = faults[i];
        config.fault_at = at;
        config.argument = 2500;
        assert_true(pipe_established(reversed_run(&pipe_, &config), 0));
        assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
        pipe_deinit(&pipe_);
      }
}

/* It has been silent, and begins at last: the request was held, and repeated in vain. */
static void test_late_aaa(void **state) {
  (void)state;
  struct pipe_config config = reversed_by_way(0);
  config.radius = true;
  config.no_aaa = true;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 8 * NODE_SECOND));
  assert_int_equal(pipe_count(&pipe_, "EAP-Response/Identity"), 1);
  assert_int_equal(pipe_count(&pipe_, "CoAP ACK"), 1);
  pipe_restart_aaa(&pipe_);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  pipe_deinit(&pipe_);
}

/* What either end of each role model has to keep: as server the longest response, EAP-PSK 2 of 70
 * octets, and the Message ID of step 1; as client the longest request, of 74. */
static void test_message_bytes(void **state) {
  (void)state;
  static const size_t bytes[] = {70 + 2, 74};
  for (size_t roles = 0; roles < 2; roles++) {
    struct pipe_config config = PIPE_DEFAULT;
    struct lower_state held;
    pipe_set_number(&config, "coap_roles", roles);
    const struct pipe *pipe = reversed_run(&pipe_, &config);
    pipe_lower(pipe)->peer_state(pipe->hosts[1].node, &held);
    assert_int_equal(held.message_bytes, bytes[roles]);
    assert_int_equal(held.ordering_bytes, 2);
    pipe_deinit(&pipe_);
  }
}

/* It is the peer who begins. */
static void test_authenticator_does_not_begin(void **state) {
  (void)state;
  const struct pipe_config config = reversed_by_way(0);
  pipe_init(&pipe_, &config);
  assert_int_equal(
      pipe_lower(&pipe_)->authenticator_begin(pipe_.hosts[0].node, &pipe_.hosts[1].address),
      NODE_ERR_UNSUPPORTED);
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_messages),
      cmocka_unit_test(test_octets),
      cmocka_unit_test(test_octets_of_policies),
      cmocka_unit_test(test_each_message_lost_doubled_delayed),
      cmocka_unit_test(test_each_message_truncated),
      cmocka_unit_test(test_each_bit_flipped),
      cmocka_unit_test(test_failures_have_reasons),
      cmocka_unit_test(test_first_request_schedule),
      cmocka_unit_test(test_many_peers),
      cmocka_unit_test(test_again),
      cmocka_unit_test(test_slow_aaa),
      cmocka_unit_test(test_slow_aaa_each_message_lost),
      cmocka_unit_test(test_late_aaa),
      cmocka_unit_test(test_message_bytes),
      cmocka_unit_test(test_authenticator_does_not_begin),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
