/* CoAP-EAP with the roles reversed against who forges: errors, ends of EAP, requests and addresses;
 * and against peers that restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/options.h"
#include "reversed.h"

static struct pipe pipe_;

/* The requests of the peer, in clear and the confirming one. */
static const size_t REQUESTS[] = {0, 2, 4, 6, 8};
enum { REQUEST_COUNT = sizeof REQUESTS / sizeof REQUESTS[0] };

/* Who knows the request that is under way sends errors to it. */
static void test_errors_in_clear_end_nothing(void **state) {
  (void)state;
  static const uint8_t codes[] = {COAP_CODE_NOT_FOUND, COAP_CODE_UNAVAILABLE,
                                  COAP_CODE_UNAUTHORIZED, COAP_CODE_BAD_REQUEST};
  for (unsigned way = 0; way < REVERSED_WAYS; way++)
    for (size_t step = 0; step + (way == 4) < REQUEST_COUNT; step++)
      for (unsigned lost = 0; lost < 2; lost++) {
        struct pipe_config config = reversed_by_way(way);
        config.fault = lost == 1 ? PIPE_LOSE : PIPE_NO_FAULT;
        config.fault_at = REQUESTS[step];
        pipe_init(&pipe_, &config);
        reversed_run_to_datagram(&pipe_, REQUESTS[step]);
        const struct coap_message request = reversed_request_under_way(&pipe_, REQUESTS[step]);
        for (size_t i = 0; i < sizeof codes; i++)
          for (unsigned type = COAP_CON; type <= COAP_ACK; type++) {
            struct coap_message error = {.type = (enum coap_type)type,
                                         .code = codes[i],
                                         .message_id = request.message_id,
                                         .token_length = request.token_length};
            memcpy(error.token, request.token, sizeof error.token);
            reversed_inject(&pipe_, true, &error);
          }
        reversed_inject(&pipe_, true,
                        &(struct coap_message){.type = COAP_RST, .message_id = request.message_id});
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
      struct pipe_config config = reversed_by_way(0);
      config.fault = PIPE_LOSE_ALL_TO_AUTHENTICATOR;
      config.fault_at = REQUESTS[step];
      pipe_init(&pipe_, &config);
      reversed_run_to_datagram(&pipe_, REQUESTS[step]);
      struct coap_message error = {
          .type = cases[i].type,
          .code = cases[i].code,
          .message_id = reversed_request_under_way(&pipe_, REQUESTS[step]).message_id};
      if (error.type != COAP_RST) {
        error.token_length = 1;
        error.token[0] = pipe_.flight[REQUESTS[step]].data[4];
      }
      reversed_inject(&pipe_, true, &error);
      assert_true(pipe_run(&pipe_));
      assert_int_equal(pipe_.peer[0].failed, 1);
      assert_string_equal(pipe_.peer[0].reason, cases[i].reason);
      pipe_deinit(&pipe_);
    }
}

/* EAP-Success or EAP-Failure in the response to the request of this number, from who knows it. */
static void forge_end(size_t number, uint8_t code) {
  const struct coap_message request = reversed_request_under_way(&pipe_, number);
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
  reversed_inject(&pipe_, true, &response);
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
    const struct pipe_config config = reversed_by_way(0);
    pipe_init(&pipe_, &config);
    reversed_run_to_datagram(&pipe_, cases[i].request);
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
    struct pipe_config config = reversed_by_way(0);
    config.fault = lost == 1 ? PIPE_LOSE : PIPE_NO_FAULT;
    config.fault_at = 6;
    pipe_set_number(&config, "join_attempts", 2);
    pipe_init(&pipe_, &config);
    reversed_run_to_datagram(&pipe_, 6);
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
    const struct pipe_config config = reversed_by_way(0);
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
      struct pipe_config config = reversed_by_way(0);
      pipe_set_number(&config, "join_attempts", 3);
      pipe_init(&pipe_, &config);
      reversed_run_to_datagram(&pipe_, REQUESTS[step]);
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
  struct pipe_config config = reversed_by_way(0);
  config.limits.half_open_max = HALF_OPEN;
  config.limits.peers_max = 8;
  config.radius = true;
  reversed_run(&pipe_, &config);
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
  reversed_assert_associated(&pipe_, 0);
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_errors_in_clear_end_nothing),
      cmocka_unit_test(test_errors_are_the_reason_in_the_end),
      cmocka_unit_test(test_forged_ends),
      cmocka_unit_test(test_forged_success_behind_the_method),
      cmocka_unit_test(test_injections),
      cmocka_unit_test(test_restarts),
      cmocka_unit_test(test_strangers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
