/* The whole authentication in virtual time: the draft's Figure 2 under every single fault, and each
 * way to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/peer.h"
#include "pipe.h"

enum { MESSAGES = 9, LONGEST = 100 };

static const char *const FIGURE_2[MESSAGES] = {
    "trigger",
    "EAP-Request/Identity",
    "EAP-Response/Identity",
    "EAP-PSK 1",
    "EAP-PSK 2",
    "EAP-PSK 3",
    "EAP-PSK 4",
    "EAP-Success",
    "confirmation",
};

static struct pipe pipe_;

/* Runs a configuration to its end and checks what must hold in every one. */
static struct pipe *coap_eap_run(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  for (size_t i = 0; i < config->peers; i++) {
    assert_false(pipe_.peer[i].delivered_twice);
    assert_false(pipe_.authenticator[i].delivered_twice);
  }
  return &pipe_;
}

/* Both ends have the key, or none that both believe in; and whoever failed says why. */
static void coap_eap_assert_ended(const struct pipe *pipe, size_t peer) {
  const struct pipe_party *a = &pipe->authenticator[peer], *p = &pipe->peer[peer];
  assert_true(p->confirmed > 0 || p->failed > 0 || p->delivered == 0);
  assert_true(a->confirmed > 0 || a->failed > 0 || a->delivered == 0);
  if (a->confirmed > 0 && p->confirmed > 0)
    assert_memory_equal(a->secret, p->secret, sizeof a->secret);
  if (a->failed > 0)
    assert_non_null(a->reason);
  if (p->failed > 0)
    assert_non_null(p->reason);
}

static void test_figure_2(void **state) {
  (void)state;
  const struct pipe *pipe = coap_eap_run(&PIPE_DEFAULT);
  assert_true(pipe_established(pipe, 0));
  assert_int_equal(pipe->flight_count, MESSAGES);
  for (size_t i = 0; i < MESSAGES; i++)
    assert_string_equal(pipe->labels[i], FIGURE_2[i]);
  assert_int_equal(pipe->peer[0].delivered, 4);          /* Identity, PSK 1, PSK 3, Success */
  assert_int_equal(pipe->authenticator[0].delivered, 3); /* Identity, PSK 2, PSK 4 */
  assert_int_equal(pipe->now_ns, (1 + 9 * 10) * NODE_MS);
  pipe_deinit(&pipe_);
}

/* The octets of Figure 2's messages, but for what is random. */
static void test_figure_2_octets(void **state) {
  (void)state;
  static const struct {
    size_t length;
    const char *mask; /* hex; xx: random */
  } expected[MESSAGES] = {
      {10, "5102xxxxxxb162d1ea1a"},
      {17, "4102xxxxxxb162d225xxxx"
           "ff01xx000501"},
      {32, "6141xxxxxxb1620135d225xxxx"
           "ff02xx001201"
           "7466672d757365722d74657374"},
      {43, "4102xxxxxxb1620135d225xxxx"
           "ff01xx001d2f00"},
      {70, "6144xxxxxxd230xxxx"
           "ff02xx003c2f40"},
      {73, "4102xxxxxxb1620135d225xxxx"
           "ff01xx003b2f80"},
      {53, "6144xxxxxxd230xxxx"
           "ff02xx002b2fc0"},
      {31, "4102xxxxxx920900ff"},
      {20, "6144xxxxxx90ff"},
  };
  const struct pipe *pipe = coap_eap_run(&PIPE_DEFAULT);
  for (size_t i = 0; i < MESSAGES; i++) {
    const struct pipe_datagram *datagram = &pipe->flight[i];
    assert_int_equal(datagram->length, expected[i].length);
    for (size_t j = 0; 2 * j < strlen(expected[i].mask); j++) {
      const char octet[3] = {expected[i].mask[2 * j], expected[i].mask[2 * j + 1], 0};
      if (octet[0] != 'x')
        assert_int_equal(datagram->data[j], strtoul(octet, NULL, 16));
    }
  }
  pipe_deinit(&pipe_);
}

static void test_coap_eap_each_message_lost_doubled_delayed(void **state) {
  (void)state;
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } faults[] = {{PIPE_LOSE, 0},     {PIPE_DOUBLE, 0},    {PIPE_DELAY, 15},
                {PIPE_DELAY, 2500}, {PIPE_DELAY, 10000}, {PIPE_DELAY, 60000}};
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    for (size_t at = 0; at < MESSAGES; at++) {
      struct pipe_config config = PIPE_DEFAULT;
      config.fault = faults[i].fault;
      config.argument = faults[i].argument;
      config.fault_at = at;
      assert_true(pipe_established(coap_eap_run(&config), 0));
      assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
      pipe_deinit(&pipe_);
    }
  }
}

static void test_each_message_truncated(void **state) {
  (void)state;
  for (size_t at = 0; at < MESSAGES; at++) {
    for (size_t length = 0; length < LONGEST; length++) {
      struct pipe_config config = PIPE_DEFAULT;
      config.fault = PIPE_TRUNCATE;
      config.fault_at = at;
      config.argument = length;
      coap_eap_assert_ended(coap_eap_run(&config), 0);
      pipe_deinit(&pipe_);
    }
  }
}

static void test_each_bit_flipped(void **state) {
  (void)state;
  for (size_t at = 0; at < MESSAGES; at++) {
    for (size_t bit = 0; bit < 8 * LONGEST; bit++) {
      struct pipe_config config = PIPE_DEFAULT;
      config.fault = PIPE_FLIP;
      config.fault_at = at;
      config.argument = bit;
      coap_eap_assert_ended(coap_eap_run(&config), 0);
      pipe_deinit(&pipe_);
    }
  }
}

static void test_coap_eap_failures_have_reasons(void **state) {
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
      {{.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR, .fault_at = 8}, NULL, "peer-silent"},
      {{.wrong_msk = true}, "oscore-rejected", "oscore-rejected"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct pipe_config config = cases[i].config;
    config.peers = 1;
    config.options = PIPE_DEFAULT.options;
    if (config.peer_psk == NULL)
      config.peer_psk = PIPE_DEFAULT.peer_psk;
    if (config.peer_identity == NULL)
      config.peer_identity = PIPE_DEFAULT.peer_identity;
    const struct pipe *pipe = coap_eap_run(&config);
    assert_false(pipe_established(pipe, 0));
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

/* No answer to the triggers: five of them, then the end, as the timers say. */
static void test_trigger_schedule(void **state) {
  (void)state;
  struct pipe_config config = PIPE_DEFAULT;
  config.no_authenticator = true;
  const struct pipe *pipe = coap_eap_run(&config);
  assert_int_equal(pipe->flight_count, 5);
  const uint64_t first = pipe->flight[1].arrival_ns - pipe->flight[0].arrival_ns;
  assert_in_range(first, 2 * NODE_SECOND, 3 * NODE_SECOND);
  for (size_t i = 1; i + 1 < 5; i++)
    assert_int_equal(pipe->flight[i + 1].arrival_ns - pipe->flight[i].arrival_ns, first << i);
  for (size_t i = 1; i < 5; i++) {
    assert_int_equal(pipe->flight[i].length, pipe->flight[0].length);
    assert_memory_equal(pipe->flight[i].data, pipe->flight[0].data, pipe->flight[0].length);
  }
  pipe_deinit(&pipe_);
}

static void test_coap_eap_options(void **state) {
  (void)state;
  for (size_t seqnum_bytes = 1; seqnum_bytes <= 16; seqnum_bytes++) {
    for (size_t token_bytes = 0; token_bytes <= 8; token_bytes++) {
      for (unsigned bits = 0; bits < 8; bits++) {
        struct pipe_config config = PIPE_DEFAULT;
        pipe_set_number(&config, "seqnum_bytes", seqnum_bytes);
        pipe_set_number(&config, "token_bytes", token_bytes);
        pipe_set_number(&config, "location_option", bits & 1);
        pipe_set(&config, "oscore_id_context", bits & 2 ? "identity" : "none");
        config.trigger_off = bits & 4;
        const struct pipe *pipe = coap_eap_run(&config);
        assert_true(pipe_established(pipe, 0));
        /* Step 2 has the SeqNum, one octet more from 13 on, and the token. */
        const size_t step_2 = bits & 4 ? 1 : 2;
        assert_int_equal(pipe->flight[step_2].length,
                         4 + token_bytes + 4 + 2 + seqnum_bytes + (seqnum_bytes >= 13) + 1 + 18);
        pipe_deinit(&pipe_);
      }
    }
  }
}

static void test_coap_eap_many_peers(void **state) {
  (void)state;
  struct pipe_config config = PIPE_DEFAULT;
  config.peers = PIPE_PEERS_MAX;
  const struct pipe *pipe = coap_eap_run(&config);
  for (size_t i = 0; i < config.peers; i++) {
    assert_true(pipe_established(pipe, i));
    for (size_t j = 0; j < i; j++)
      assert_memory_not_equal(pipe->peer[i].secret, pipe->peer[j].secret, 40);
  }
  pipe_deinit(&pipe_);
}

/* Establishes twice with the same peer: a new resource, new keys. */
static void test_coap_eap_again(void **state) {
  (void)state;
  uint8_t first[40];
  const struct pipe *pipe = coap_eap_run(&PIPE_DEFAULT);
  memcpy(first, pipe->peer[0].secret, sizeof first);
  pipe_begin(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe->peer[0].confirmed, 2);
  assert_int_equal(pipe->authenticator[0].confirmed, 2);
  assert_memory_not_equal(first, pipe->peer[0].secret, sizeof first);
  const uint8_t location[] = {0xb1, 'b', 0x01, '6'};
  assert_memory_equal(pipe->flight[MESSAGES + 1].data + 5, location, sizeof location);
  pipe_deinit(&pipe_);
}

/* The same, begun by the peer: another trigger, with a Message ID of its own. */
static void test_triggered_again(void **state) {
  (void)state;
  const struct pipe *pipe = coap_eap_run(&PIPE_DEFAULT);
  struct node *peer = pipe->hosts[1].node;
  assert_int_equal(coap_eap_peer_begin(peer, pipe->now_ns), 0);
  assert_int_equal(coap_eap_peer_begin(peer, pipe->now_ns), NODE_ERR_BUSY);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe->peer[0].confirmed, 2);
  assert_int_equal(pipe->authenticator[0].confirmed, 2);
  assert_int_equal(pipe->flight_count, 2 * MESSAGES);
  assert_string_equal(pipe->labels[MESSAGES], "trigger");
  assert_memory_not_equal(pipe->flight[MESSAGES].data + 2, pipe->flight[0].data + 2, 2);
  pipe_deinit(&pipe_);
}

/* Hostile datagrams in mid-authentication: each is answered as the table says, and the
 * authentication goes on as if it had not come. */
static void test_injections(void **state) {
  (void)state;
  static const struct {
    const char *octets;
    size_t length;
    bool from_stranger;
    const char *answer; /* label, or NULL: none */
  } injections[] = {
      {"\x40\x02\x11\x11\xb1"
       "b\xd1\x25\x01\xff\x01\x09\x00\x05\x01",
       16, false, "5.03 Service Unavailable"},
      {"\x40\x02\x11\x11\xb1"
       "b\x01"
       "9\xd1\x25\x01\xff\x01\x09\x00\x05\x01",
       18, false, "4.04 Not Found"},
      {"\x40\x01\x11\x11\xb1"
       "b",
       6, false, "4.05 Method Not Allowed"},
      {"\x40\x02\x11\x11\xb1"
       "b\xd1\x04\x01",
       9, false, NULL}, /* option 28 is elective */
      {"\x40\x02\x11\x11\xb1"
       "b\xd1\x05\x01",
       9, false, "4.02 Bad Option"}, /* 29 is critical */
      {"\x40\x02\x11\x11\xb1"
       "b\x01"
       "5\xd1\x25\x01\xff\x03\x00\x00\x04",
       17, false, NULL},
      {"\x40\x02\x11\x11\x92\x09\x00\xff"
       "123456789012345",
       23, false, NULL},
      {"\x40\x00\x11\x11", 4, false, "CoAP RST"},
      {"\x40\x02\x11\x11\xb1"
       "b",
       6, true, NULL},
      {"\x60\x44\x11\x11", 4, false, NULL},
      {"\x70\x00\x11\x11", 4, false, NULL},
      {"", 0, false, NULL},
  };
  for (size_t i = 0; i < sizeof injections / sizeof injections[0]; i++) {
    pipe_init(&pipe_, &PIPE_DEFAULT);
    assert_true(pipe_run_until(&pipe_, 40 * NODE_MS)); /* step 3 is under way */
    struct node_address source = pipe_.hosts[0].address;
    source.ip[5] ^= injections[i].from_stranger ? 1 : 0;
    const size_t before = pipe_.flight_count;
    pipe_inject(&pipe_, &source, &pipe_.hosts[1].address, (const uint8_t *)injections[i].octets,
                injections[i].length);
    assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
    if (injections[i].answer != NULL) {
      assert_int_equal(pipe_.flight_count, before + 2);
      assert_string_equal(pipe_.labels[before + 1], injections[i].answer);
    }
    assert_true(pipe_run(&pipe_));
    assert_true(pipe_established(&pipe_, 0));
    assert_false(pipe_.peer[0].delivered_twice);
    pipe_deinit(&pipe_);
  }
}

/* The last request again under a new Message ID: it has the held response as its answer, and none
 * once that is held no more. */
static void test_last_request_again(void **state) {
  (void)state;
  enum { LAST = 5, EXCHANGE_LIFETIME_S = 247 };
  static const unsigned ages_s[] = {1, EXCHANGE_LIFETIME_S + 1};
  struct pipe_config config = PIPE_DEFAULT;
  config.peer_psk = "not-the-password";
  for (size_t i = 0; i < 2; i++) {
    coap_eap_run(&config);
    assert_string_equal(pipe_.labels[LAST], "EAP-Failure");
    const size_t before = pipe_.flight_count;
    struct pipe_datagram again = pipe_.flight[LAST];
    again.data[2] ^= 1;
    pipe_.now_ns += ages_s[i] * NODE_SECOND;
    pipe_inject(&pipe_, &again.source, &again.destination, again.data, again.length);
    assert_true(pipe_run_until(&pipe_, pipe_.now_ns));
    assert_int_equal(pipe_.flight_count, before + (i == 0 ? 2 : 1));
    if (i == 0)
      assert_string_equal(pipe_.labels[before + 1], "failure acknowledged");
    else
      assert_string_equal(pipe_.peer[0].last_discard,
                          "repeated request without a response to repeat");
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_figure_2),
      cmocka_unit_test(test_figure_2_octets),
      cmocka_unit_test(test_coap_eap_each_message_lost_doubled_delayed),
      cmocka_unit_test(test_each_message_truncated),
      cmocka_unit_test(test_each_bit_flipped),
      cmocka_unit_test(test_coap_eap_failures_have_reasons),
      cmocka_unit_test(test_trigger_schedule),
      cmocka_unit_test(test_coap_eap_options),
      cmocka_unit_test(test_coap_eap_many_peers),
      cmocka_unit_test(test_coap_eap_again),
      cmocka_unit_test(test_triggered_again),
      cmocka_unit_test(test_injections),
      cmocka_unit_test(test_last_request_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
