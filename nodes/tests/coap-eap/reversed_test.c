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
#include "pipe.h"

enum {
  MESSAGES = 10,
  CLEAR = 8, /* of them in clear */
  HANDSHAKE = 6,
  DTLS_MESSAGES = MESSAGES + HANDSHAKE,
  LONGEST = 100,
  WAYS = 5,
};

static const char *const LABELS[MESSAGES] = {
    "first request",
    "EAP-Request/Identity",
    "EAP-Response/Identity",
    "EAP-PSK 1",
    "EAP-PSK 2",
    "EAP-PSK 3",
    "EAP-PSK 4",
    "EAP-Success",
    "confirmation request",
    "confirmation",
};

static struct pipe pipe_;

/* Under OSCORE the four ordering policies, and then DTLS. */
static struct pipe_config by_way(unsigned way) {
  struct pipe_config config = pipe_with_ordering(way % 4);
  pipe_set(&config, "coap_roles", "peer-client");
  if (way == 4)
    pipe_set(&config, "association", "dtls");
  return config;
}

static size_t messages_of(unsigned way) {
  return way == 4 ? DTLS_MESSAGES : MESSAGES;
}

static struct pipe *run(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  for (size_t i = 0; i < config->peers; i++) {
    assert_false(pipe_.peer[i].delivered_twice);
    assert_false(pipe_.authenticator[i].delivered_twice);
  }
  return &pipe_;
}

/* Both ends have the same key, or whoever has none says why. */
static void assert_ended(void) {
  const struct pipe_party *a = &pipe_.authenticator[0], *p = &pipe_.peer[0];
  assert_true(p->confirmed > 0 || p->failed > 0);
  assert_true(a->confirmed > 0 || a->failed > 0 || a->delivered == 0);
  if (a->confirmed > 0 && p->confirmed > 0)
    assert_memory_equal(a->secret, p->secret, sizeof a->secret);
  assert_true(a->failed == 0 || a->reason != NULL);
  assert_true(p->failed == 0 || p->reason != NULL);
}

static void assert_associated(size_t peer) {
  const unsigned answered = pipe_.peer[peer].answered, served = pipe_.peer[peer].served;
  for (int from_peer = 0; from_peer < 2; from_peer++) {
    assert_int_equal(
        pipe_request(&pipe_, peer, from_peer != 0, LOWER_POST, (const uint8_t *)"x", 1), 0);
    assert_true(pipe_run(&pipe_));
  }
  assert_int_equal(pipe_.peer[peer].answered, answered + 1);
  assert_int_equal(pipe_.peer[peer].served, served + 1);
}

static void run_to_datagram(size_t number) {
  for (uint64_t until_ns = pipe_.now_ns; pipe_.flight_count <= number; until_ns += NODE_MS)
    assert_true(pipe_run_until(&pipe_, until_ns));
}

static void test_messages(void **state) {
  (void)state;
  for (unsigned way = 0; way < WAYS; way++) {
    const struct pipe_config config = by_way(way);
    const size_t count = messages_of(way);
    const struct pipe *pipe = run(&config);
    assert_true(pipe_established(pipe, 0));
    assert_int_equal(pipe->flight_count, count);
    for (size_t i = 0; i < count; i++) {
      const bool handshake = i >= CLEAR && i < CLEAR + count - MESSAGES;
      assert_int_equal(pipe->flight[i].destination.port == DTLS_PORT, way == 4 && i >= CLEAR);
      if (!handshake)
        assert_string_equal(pipe->labels[i], LABELS[i < CLEAR ? i : i + MESSAGES - count]);
      /* the peer begins, and each side has its turn */
      assert_int_equal(pipe->flight[i].source.ip[15] == 1, i % 2 == 0);
    }
    assert_int_equal(pipe->peer[0].delivered, 4);          /* Identity, PSK 1, PSK 3, Success */
    assert_int_equal(pipe->authenticator[0].delivered, 3); /* Identity, PSK 2, PSK 4 */
    assert_int_equal(pipe->now_ns, (1 + count * 10) * NODE_MS);
    assert_associated(0);
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
  } expected[MESSAGES] = {
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
  const struct pipe_config config = by_way(0);
  const struct pipe *pipe = run(&config);
  for (size_t i = 0; i < MESSAGES; i++) {
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
  static const size_t octets[WAYS] = {361, 361 - 5 * 4, 361 - 10 * 4, 361 - 10 * 4,
                                      361 - 26 - 20 + (9 + DTLS_RECORD_OVERHEAD) +
                                          (5 + DTLS_RECORD_OVERHEAD)};
  for (unsigned way = 0; way < WAYS; way++) {
    const struct pipe_config config = by_way(way);
    const struct pipe *pipe = run(&config);
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
  for (unsigned way = 0; way < WAYS; way++)
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
      for (size_t at = 0; at < messages_of(way); at++) {
        struct pipe_config config = by_way(way);
        config.fault = faults[i].fault;
        config.argument = faults[i].argument;
        config.fault_at = at;
        assert_true(pipe_established(run(&config), 0));
        assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
        assert_int_equal(pipe_.peer[0].confirmed + pipe_.authenticator[0].confirmed, 2);
        pipe_deinit(&pipe_);
      }
}

static void test_each_message_truncated(void **state) {
  (void)state;
  for (unsigned way = 0; way < WAYS; way++)
    for (size_t at = 0; at < messages_of(way); at++)
      for (size_t length = 0; length < LONGEST; length++) {
        struct pipe_config config = by_way(way);
        config.fault = PIPE_TRUNCATE;
        config.fault_at = at;
        config.argument = length;
        run(&config);
        assert_ended();
        pipe_deinit(&pipe_);
      }
}

static void test_each_bit_flipped(void **state) {
  (void)state;
  for (unsigned way = 0; way < 4; way += 2)
    for (size_t at = 0; at < MESSAGES; at++)
      for (size_t bit = 0; bit < 8 * LONGEST; bit++) {
        struct pipe_config config = by_way(way);
        config.fault = PIPE_FLIP;
        config.fault_at = at;
        config.argument = bit;
        run(&config);
        assert_ended();
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
    config.options = by_way(0).options;
    if (config.peer_psk == NULL)
      config.peer_psk = PIPE_DEFAULT.peer_psk;
    if (config.peer_identity == NULL)
      config.peer_identity = PIPE_DEFAULT.peer_identity;
    const struct pipe *pipe = run(&config);
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
  struct pipe_config config = by_way(0);
  pipe_set_number(&config, "join_attempts", 2);
  config.no_authenticator = true;
  const struct pipe *pipe = run(&config);
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
  for (unsigned way = 0; way < WAYS; way += 4) {
    struct pipe_config config = by_way(way);
    config.peers = PIPE_PEERS_MAX;
    config.radius = true;
    const struct pipe *pipe = run(&config);
    for (size_t i = 0; i < config.peers; i++)
      assert_true(pipe_established(pipe, i));
    pipe_deinit(&pipe_);
  }
}

/* A new key takes the place of the last; and the last stays where there is none. */
static void test_again(void **state) {
  (void)state;
  for (unsigned way = 0; way < WAYS; way++)
    for (unsigned lost = 0; lost < 3; lost++) { /* nothing, requests, responses */
      uint8_t first[16];
      const struct pipe_config config = by_way(way);
      run(&config);
      memcpy(first, pipe_.peer[0].secret, sizeof first);
      pipe_trigger(&pipe_, 0);
      assert_int_equal(pipe_lower(&pipe_)->peer_begin(pipe_.hosts[1].node, pipe_.now_ns),
                       NODE_ERR_BUSY);
      pipe_.config.fault = lost == 0   ? PIPE_NO_FAULT
                           : lost == 1 ? PIPE_LOSE_ALL_TO_AUTHENTICATOR
                                       : PIPE_LOSE_ALL_TO_PEERS;
      pipe_.config.fault_at = messages_of(way) + 4;
      assert_true(pipe_run(&pipe_));
      assert_int_equal(pipe_.peer[0].confirmed, lost == 0 ? 2 : 1);
      assert_int_equal(pipe_.authenticator[0].confirmed, lost == 0 ? 2 : 1);
      assert_int_equal(memcmp(first, pipe_.peer[0].secret, sizeof first) != 0, lost == 0);
      pipe_.config.fault = PIPE_NO_FAULT;
      assert_associated(0);
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
  for (unsigned way = 0; way < WAYS; way++)
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      struct pipe_config config = by_way(way);
      config.radius = true; /* 20 ms there and back */
      pipe_set_number(&config, "ack_delay_ms", cases[i].ack_delay_ms);
      const struct pipe *pipe = run(&config);
      assert_true(pipe_established(pipe, 0));
      assert_int_equal(pipe_count(pipe, "CoAP ACK"), cases[i].acknowledgements);
      const uint8_t type = pipe->flight[pipe_find(pipe, "EAP-PSK 3")].data[0] >> 4;
      assert_int_equal(type, cases[i].acknowledgements == 0 ? 6 : 4);
      assert_associated(0);
      pipe_deinit(&pipe_);
    }
}

/* With separate responses, too, each single datagram may be lost. */
static void test_slow_aaa_each_message_lost(void **state) {
  (void)state;
  enum { DATAGRAMS = MESSAGES + 2 * 3 + 2 * 3 + HANDSHAKE };
  static const enum pipe_fault faults[] = {PIPE_LOSE, PIPE_DOUBLE, PIPE_DELAY};
  for (unsigned way = 0; way < WAYS; way++)
    for (size_t i = 0; i < 3; i++)
      for (size_t at = 0; at < DATAGRAMS; at++) {
        struct pipe_config config = by_way(way);
        config.radius = true;
        pipe_set_number(&config, "ack_delay_ms", 0);
        config.fault = faults[i];
        config.fault_at = at;
        config.argument = 2500;
        assert_true(pipe_established(run(&config), 0));
        assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
        pipe_deinit(&pipe_);
      }
}

/* It has been silent, and begins at last: the request was held, and repeated in vain. */
static void test_late_aaa(void **state) {
  (void)state;
  struct pipe_config config = by_way(0);
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
    const struct pipe *pipe = run(&config);
    pipe_lower(pipe)->peer_state(pipe->hosts[1].node, &held);
    assert_int_equal(held.message_bytes, bytes[roles]);
    assert_int_equal(held.ordering_bytes, 2);
    pipe_deinit(&pipe_);
  }
}

/* Forged messages */

static void inject(bool to_peer, const struct coap_message *message) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer writer;
  span_writer_init(&writer, data, sizeof data, &spans);
  assert_int_equal(coap_message_compose(message, &writer), 0);
  const struct node_address *peer = &pipe_.hosts[1].address, *other = &pipe_.hosts[0].address;
  pipe_inject(&pipe_, to_peer ? other : peer, to_peer ? peer : other, data, writer.length);
}

static struct coap_message request_under_way(size_t number) {
  struct coap_message request;
  assert_int_equal(
      coap_message_parse(pipe_.flight[number].data, pipe_.flight[number].length, &request), 0);
  return request;
}

/* The requests of the peer, in clear and the confirming one. */
static const size_t REQUESTS[] = {0, 2, 4, 6, 8};
enum { REQUEST_COUNT = sizeof REQUESTS / sizeof REQUESTS[0] };

/* Who knows the request that is under way sends errors to it. */
static void test_errors_in_clear_end_nothing(void **state) {
  (void)state;
  static const uint8_t codes[] = {COAP_CODE_NOT_FOUND, COAP_CODE_UNAVAILABLE,
                                  COAP_CODE_UNAUTHORIZED, COAP_CODE_BAD_REQUEST};
  for (unsigned way = 0; way < WAYS; way++)
    for (size_t step = 0; step + (way == 4) < REQUEST_COUNT; step++)
      for (unsigned lost = 0; lost < 2; lost++) {
        struct pipe_config config = by_way(way);
        config.fault = lost == 1 ? PIPE_LOSE : PIPE_NO_FAULT;
        config.fault_at = REQUESTS[step];
        pipe_init(&pipe_, &config);
        run_to_datagram(REQUESTS[step]);
        const struct coap_message request = request_under_way(REQUESTS[step]);
        for (size_t i = 0; i < sizeof codes; i++)
          for (unsigned type = COAP_CON; type <= COAP_ACK; type++) {
            struct coap_message error = {.type = (enum coap_type)type,
                                         .code = codes[i],
                                         .message_id = request.message_id,
                                         .token_length = request.token_length};
            memcpy(error.token, request.token, sizeof error.token);
            inject(true, &error);
          }
        inject(true, &(struct coap_message){.type = COAP_RST, .message_id = request.message_id});
        assert_true(pipe_run(&pipe_));
        assert_true(pipe_established(&pipe_, 0));
        assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
        pipe_deinit(&pipe_);
      }
}

/* Nothing better comes: the reason is what the last error said. */
static void test_errors_are_the_reason_in_the_end(void **state) {
  (void)state;
  static const struct {
    uint8_t code;
    enum coap_type type;
    const char *reason;
  } cases[] = {
      {COAP_CODE_NOT_FOUND, COAP_ACK, "authenticator-lost-state"},
      {COAP_CODE_UNAVAILABLE, COAP_NON, "authenticator-busy"},
      {COAP_CODE_METHOD_NOT_ALLOWED, COAP_CON, "authenticator-refused"},
      {0, COAP_RST, "authenticator-reset"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    for (size_t step = 0; step + 1 < REQUEST_COUNT; step++) {
      struct pipe_config config = by_way(0);
      config.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR;
      config.fault_at = REQUESTS[step];
      pipe_init(&pipe_, &config);
      run_to_datagram(REQUESTS[step]);
      struct coap_message error = {.type = cases[i].type,
                                   .code = cases[i].code,
                                   .message_id = request_under_way(REQUESTS[step]).message_id};
      if (error.type != COAP_RST) {
        error.token_length = 1;
        error.token[0] = pipe_.flight[REQUESTS[step]].data[4];
      }
      inject(true, &error);
      assert_true(pipe_run(&pipe_));
      assert_int_equal(pipe_.peer[0].failed, 1);
      assert_string_equal(pipe_.peer[0].reason, cases[i].reason);
      pipe_deinit(&pipe_);
    }
}

/* EAP-Success or EAP-Failure in the response to the request of this number, from who knows it. */
static void forge_end(size_t number, uint8_t code) {
  const struct coap_message request = request_under_way(number);
  const struct coap_option *seqnum = coap_message_find(&request, 61);
  uint8_t packet[] = {
      code, pipe_.flight[number - 1].data[pipe_.flight[number - 1].length > 30 ? 11 : 15], 0, 4};
  struct coap_message response = {.type = COAP_ACK,
                                  .code = COAP_CODE_CHANGED,
                                  .message_id = request.message_id,
                                  .token_length = request.token_length,
                                  .payload = packet,
                                  .payload_length = sizeof packet};
  memcpy(response.token, request.token, sizeof response.token);
  coap_message_add_option(&response, 61, 0, seqnum->value, seqnum->length);
  inject(true, &response);
}

/* EAP-Success is discarded before the method has succeeded, and EAP-Failure afterwards (RFC 3748
 * section 4.2). */
static void test_forged_ends(void **state) {
  (void)state;
  static const struct {
    size_t request;
    uint8_t code;
    const char *discard;
  } cases[] = {{2, 3, "EAP-Success without the method's"},
               {4, 3, "EAP-Success without the method's"},
               {6, 4, "EAP-Failure after the method's success"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct pipe_config config = by_way(0);
    pipe_init(&pipe_, &config);
    run_to_datagram(cases[i].request);
    forge_end(cases[i].request, cases[i].code);
    assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
    assert_int_equal(pipe_.peer[0].discarded, 1);
    assert_string_equal(pipe_.peer[0].last_discard, cases[i].discard);
    assert_true(pipe_run(&pipe_));
    assert_true(pipe_established(&pipe_, 0));
    pipe_deinit(&pipe_);
  }
}

/* A forged EAP-Success behind the method's is believed: that the authenticator has not said it
 * shows in the exchange under the association. Where the true request is lost, so is the attempt;
 * else it is confirmed all the same. */
static void test_forged_success_behind_the_method(void **state) {
  (void)state;
  for (unsigned lost = 0; lost < 2; lost++) {
    struct pipe_config config = by_way(0);
    config.fault = lost == 1 ? PIPE_LOSE : PIPE_NO_FAULT;
    config.fault_at = 6;
    pipe_set_number(&config, "join_attempts", 2);
    pipe_init(&pipe_, &config);
    run_to_datagram(6);
    forge_end(6, 3);
    assert_true(pipe_run(&pipe_));
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(pipe_.peer[0].retrying, lost);
    pipe_deinit(&pipe_);
  }
}

/* Requests that come from the peer's address, or a stranger's, while EAP-PSK 1 is under way. */
static void test_injections(void **state) {
  (void)state;
  static const struct {
    const char *octets;
    size_t length;
    bool from_stranger;
    const char *answer; /* label, or NULL: none */
  } injections[] = {
      {"\x40\x02\x11\x11\xb1"
       "b\xd1\x25\x01",
       9, false, "5.03 Service Unavailable"}, /* an authentication runs */
      {"\x40\x02\x11\x11\xb1"
       "b",
       6, false, "4.00 Bad Request"}, /* no number */
      {"\x40\x02\x11\x11\xb1"
       "b\xd1\x25\x01\xff"
       "x",
       11, false, "4.00 Bad Request"}, /* not empty */
      {"\x50\x02\x11\x11\xb1"
       "b\xd2\xea\x1a",
       9, false, NULL}, /* a trigger, as the draft's peers send it */
      {"\x40\x02\x11\x11\xb1"
       "b\x01"
       "!",
       8, false, "4.04 Not Found"},
      {"\x40\x01\x11\x11\xb1"
       "b",
       6, false, "4.05 Method Not Allowed"},
      {"\x40\x02\x11\x11\xb1"
       "b\xd1\x05\x01",
       9, false, "4.02 Bad Option"},
      {"\x40\x02\x11\x11\x92\x09\x00\xff"
       "123456789012345",
       23, false, "4.01 Unauthorized"}, /* no association has this kid */
      {"\x40\x00\x11\x11", 4, false, "CoAP RST"},
      {"\x40\x02\x11\x11\xb1"
       "b\x01"
       "5",
       8, true, "4.04 Not Found"},
      {"\x60\x44\x11\x11", 4, false, NULL},
      {"\x70\x00\x11\x11", 4, false, NULL},
      {"", 0, false, NULL},
  };
  for (size_t i = 0; i < sizeof injections / sizeof injections[0]; i++) {
    const struct pipe_config config = by_way(0);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, 35 * NODE_MS));
    struct node_address source = pipe_.hosts[1].address;
    source.ip[5] ^= injections[i].from_stranger ? 1 : 0;
    const size_t before = pipe_.flight_count;
    pipe_inject(&pipe_, &source, &pipe_.hosts[0].address, (const uint8_t *)injections[i].octets,
                injections[i].length);
    assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
    assert_int_equal(pipe_.flight_count, before + 1 + (injections[i].answer != NULL));
    if (injections[i].answer != NULL)
      assert_string_equal(pipe_.labels[before + 1], injections[i].answer);
    assert_true(pipe_run(&pipe_));
    assert_true(pipe_established(&pipe_, 0));
    assert_false(pipe_.authenticator[0].delivered_twice);
    pipe_deinit(&pipe_);
  }
}

/* A peer that has restarted waits until the former authentication is as good as over; an
 * authenticator that has, knows nothing of a resource. */
static void test_restarts(void **state) {
  (void)state;
  for (size_t step = 0; step < REQUEST_COUNT; step++)
    for (unsigned authenticator = 0; authenticator < 2; authenticator++) {
      struct pipe_config config = by_way(0);
      pipe_set_number(&config, "join_attempts", 3);
      pipe_init(&pipe_, &config);
      run_to_datagram(REQUESTS[step]);
      if (authenticator == 1)
        pipe_restart_authenticator(&pipe_);
      else
        pipe_restart_peer(&pipe_, 0);
      assert_true(pipe_run(&pipe_));
      assert_true(pipe_established(&pipe_, 0));
      assert_int_equal(pipe_.peer[0].failed, 0);
      pipe_deinit(&pipe_);
    }
}

/* First requests of forged addresses: no more than three times what they have sent goes out where
 * there are too many, and none makes the AAA server work. */
static void test_strangers(void **state) {
  (void)state;
  enum { STRANGERS = 40, HALF_OPEN = 4 };
  struct pipe_config config = by_way(0);
  config.limits.half_open_max = HALF_OPEN;
  config.limits.peers_max = 8;
  config.radius = true;
  run(&config);
  const size_t before = pipe_.flight_count;
  for (uint8_t i = 0; i < STRANGERS; i++) {
    const uint8_t first[] = {0x40, 2, 0, i, 0xb1, 'b', 0xd1, 0x25, 1};
    const struct node_address source = {.ip = {2, i}, .port = COAP_EAP_PORT};
    pipe_inject(&pipe_, &source, &pipe_.hosts[0].address, first, sizeof first);
  }
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns + NODE_SECOND));
  size_t in = 0, out = 0;
  for (size_t i = before; i < pipe_.flight_count; i++) {
    in += pipe_.flight[i].source.ip[0] == 2 ? pipe_.flight[i].length : 0;
    out += pipe_.flight[i].destination.ip[0] == 2 ? pipe_.flight[i].length : 0;
  }
  assert_in_range(out, 1, 3 * in);
  assert_associated(0);
  pipe_deinit(&pipe_);
}

/* It is the peer who begins. */
static void test_authenticator_does_not_begin(void **state) {
  (void)state;
  const struct pipe_config config = by_way(0);
  pipe_init(&pipe_, &config);
  assert_int_equal(
      pipe_lower(&pipe_)->authenticator_begin(pipe_.hosts[0].node, &pipe_.hosts[1].address),
      NODE_ERR_UNSUPPORTED);
  pipe_deinit(&pipe_);
}

/* RFC 9820 */

enum { RFC_WAYS = 4 }; /* OSCORE and DTLS, with short and long names */

static struct pipe_config by_rfc(unsigned way) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "lower_layer", "coap-eap-rfc9820");
  pipe_set(&config, "coap_roles", "peer-client");
  pipe_set(&config, "association", way % 2 == 0 ? "oscore" : "dtls");
  pipe_set(&config, "rfc9820_uris", way / 2 == 0 ? "short" : "long");
  return config;
}

/* By hand: header 4 and token 1; the service 12 + 1 + 8 + 1; Location-Path or Uri-Path of "/a/x" 4;
 * Content-Format 269 3; marker 1. Maps: {2: RID-C} and {3: RID-I} of one octet 4 each, {4: 28800}
 * 5. EAP as in the draft's. Under OSCORE an option with a kid of 1 or, in the response, none; code,
 * path, tag. */
static void test_rfc_octets(void **state) {
  (void)state;
  static const size_t lengths[MESSAGES] = {
      4 + 1 + 12 + 9 + 0,
      4 + 1 + 4 + 3 + 1 + 5 + 4,
      4 + 1 + 4 + 3 + 1 + 18 + 4,
      4 + 1 + 4 + 3 + 1 + 29,
      4 + 1 + 4 + 3 + 1 + 60,
      4 + 1 + 4 + 3 + 1 + 59,
      4 + 1 + 4 + 3 + 1 + 43,
      4 + 1 + 4 + 3 + 1 + 4,
      4 + 1 + (1 + 3) + 1 + (1 + 4) + 8,
      4 + 1 + 1 + 1 + (1 + 3 + 1 + 5) + 8,
  };
  const struct pipe_config config = by_rfc(0);
  const struct pipe *pipe = run(&config);
  assert_true(pipe_established(pipe, 0));
  assert_int_equal(pipe->flight_count, MESSAGES);
  for (size_t i = 0; i < MESSAGES; i++) {
    assert_string_equal(pipe->labels[i], LABELS[i]);
    if (pipe->flight[i].length != lengths[i])
      fail_msg("%s: %zu, and not %zu", LABELS[i], pipe->flight[i].length, lengths[i]);
  }
  pipe_deinit(&pipe_);
}

static void test_rfc_each_message_lost_doubled_delayed(void **state) {
  (void)state;
  static const enum pipe_fault faults[] = {PIPE_LOSE, PIPE_DOUBLE, PIPE_DELAY};
  static const size_t delays_ms[] = {15, 2500, 60000};
  for (unsigned way = 0; way < RFC_WAYS; way++)
    for (unsigned radius = 0; radius < 2; radius++)
      for (size_t i = 0; i < 9; i++)
        for (size_t at = 0; at < DTLS_MESSAGES + 12; at++) {
          struct pipe_config config = by_rfc(way);
          config.radius = radius == 1;
          pipe_set_number(&config, "ack_delay_ms", 0);
          config.fault = faults[i % 3];
          config.argument = delays_ms[i / 3];
          config.fault_at = at;
          assert_true(pipe_established(run(&config), 0));
          assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
          pipe_deinit(&pipe_);
        }
}

static void test_rfc_damaged(void **state) {
  (void)state;
  for (unsigned flip = 0; flip < 2; flip++)
    for (size_t at = 0; at < MESSAGES; at++)
      for (size_t argument = 0; argument < (flip ? 8 * LONGEST : LONGEST); argument++) {
        struct pipe_config config = by_rfc(0);
        config.fault = flip ? PIPE_FLIP : PIPE_TRUNCATE;
        config.fault_at = at;
        config.argument = argument;
        run(&config);
        assert_ended();
        pipe_deinit(&pipe_);
      }
}

static void test_rfc_failures_and_suites(void **state) {
  (void)state;
  struct pipe_config config = by_rfc(0);
  config.peer_psk = "not-the-password";
  run(&config);
  assert_string_equal(pipe_.peer[0].reason, "EAP-Failure while the method ran");
  assert_string_equal(pipe_.authenticator[0].reason, "wrong MAC_P");
  pipe_deinit(&pipe_);
  config = by_rfc(0);
  pipe_set(&config, "cipher_suites_supported", "3");
  pipe_set(&config, "cipher_suites_offered", "0");
  run(&config);
  assert_string_equal(pipe_.peer[0].reason, "no-cipher-suite");
  assert_string_equal(pipe_.authenticator[0].reason, "peer-silent");
  pipe_deinit(&pipe_);
}

/* Offers in forged first responses that cannot be taken are discarded: the true one still counts.
 */
static void test_rfc_forged_offers(void **state) {
  (void)state;
  static const struct {
    const char *octets; /* behind EAP-Request/Identity */
    size_t length;
    const char *discard;
  } offers[] = {
      {"", 0, "step 1 without RID-C"},
      {"\xa1\x04\x01", 3, "step 1 without RID-C"},
      {"\xa1\x02\x40", 3, "RID-C is empty, as RID-I is"},
      {"\xa1\x02\x41", 3, "malformed CoAP-EAP_Info"},
  };
  for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
    uint8_t payload[16] = {1, 9, 0, 5, 1};
    struct pipe_config config = by_rfc(0);
    pipe_set_number(&config, "rid_i_bytes", i == 2 ? 0 : 1);
    pipe_init(&pipe_, &config);
    run_to_datagram(0);
    const struct coap_message request = request_under_way(0);
    struct coap_message response = {.type = COAP_ACK,
                                    .code = COAP_CODE_CREATED,
                                    .message_id = request.message_id,
                                    .token_length = request.token_length,
                                    .payload = payload,
                                    .payload_length = 5 + offers[i].length};
    memcpy(response.token, request.token, sizeof response.token);
    memcpy(payload + 5, offers[i].octets, offers[i].length);
    coap_message_add_option(&response, COAP_NUMBER_LOCATION_PATH, 0, "x", 1);
    inject(true, &response);
    assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
    assert_int_equal(pipe_.peer[0].discarded, 1);
    assert_string_equal(pipe_.peer[0].last_discard, offers[i].discard);
    assert_true(pipe_run_until(&pipe_, 100 * NODE_SECOND));
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(pipe_.peer[0].failed, 0);
    pipe_deinit(&pipe_);
  }
}

/* Twice, with the association before in use until the new one is confirmed; then it ends. */
static void test_rfc_again(void **state) {
  (void)state;
  for (unsigned way = 0; way < RFC_WAYS; way++) {
    const struct pipe_config config = by_rfc(way);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run_until(&pipe_, 100 * NODE_SECOND));
    pipe_trigger(&pipe_, 0);
    assert_true(pipe_run_until(&pipe_, 200 * NODE_SECOND));
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    assert_int_equal(pipe_.authenticator[0].confirmed, 2);
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, (const uint8_t *)"x", 1), 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].answered, 1);
    assert_int_equal(pipe_.peer[0].closed, 1); /* by its lifetime */
    pipe_deinit(&pipe_);
  }
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
      cmocka_unit_test(test_errors_in_clear_end_nothing),
      cmocka_unit_test(test_errors_are_the_reason_in_the_end),
      cmocka_unit_test(test_forged_ends),
      cmocka_unit_test(test_forged_success_behind_the_method),
      cmocka_unit_test(test_injections),
      cmocka_unit_test(test_restarts),
      cmocka_unit_test(test_strangers),
      cmocka_unit_test(test_authenticator_does_not_begin),
      cmocka_unit_test(test_rfc_octets),
      cmocka_unit_test(test_rfc_each_message_lost_doubled_delayed),
      cmocka_unit_test(test_rfc_damaged),
      cmocka_unit_test(test_rfc_failures_and_suites),
      cmocka_unit_test(test_rfc_forged_offers),
      cmocka_unit_test(test_rfc_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
