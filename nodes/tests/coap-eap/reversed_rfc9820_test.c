/* RFC 9820 as far as known, with the roles reversed: octets, every single fault, forged offers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reversed.h"

static struct pipe pipe_;

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
  static const size_t lengths[REVERSED_MESSAGES] = {
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
  const struct pipe *pipe = reversed_run(&pipe_, &config);
  assert_true(pipe_established(pipe, 0));
  assert_int_equal(pipe->flight_count, REVERSED_MESSAGES);
  for (size_t i = 0; i < REVERSED_MESSAGES; i++) {
    assert_string_equal(pipe->labels[i], REVERSED_LABELS[i]);
    if (pipe->flight[i].length != lengths[i])
      fail_msg("%s: %zu, and not %zu", REVERSED_LABELS[i], pipe->flight[i].length, lengths[i]);
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
        for (size_t at = 0; at < REVERSED_DTLS_MESSAGES + 12; at++) {
          struct pipe_config config = by_rfc(way);
          config.radius = radius == 1;
          pipe_set_number(&config, "ack_delay_ms", 0);
          config.fault = faults[i % 3];
          config.argument = delays_ms[i / 3];
          config.fault_at = at;
          assert_true(pipe_established(reversed_run(&pipe_, &config), 0));
          assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
          pipe_deinit(&pipe_);
        }
}

static void test_rfc_damaged(void **state) {
  (void)state;
  for (unsigned flip = 0; flip < 2; flip++)
    for (size_t at = 0; at < REVERSED_MESSAGES; at++)
      for (size_t argument = 0; argument < (flip ? 8 * REVERSED_LONGEST : REVERSED_LONGEST);
           argument++) {
        struct pipe_config config = by_rfc(0);
        config.fault = flip ? PIPE_FLIP : PIPE_TRUNCATE;
        config.fault_at = at;
        config.argument = argument;
        reversed_run(&pipe_, &config);
        reversed_assert_ended(&pipe_);
        pipe_deinit(&pipe_);
      }
}

static void test_rfc_failures_and_suites(void **state) {
  (void)state;
  struct pipe_config config = by_rfc(0);
  config.peer_psk = "not-the-password";
  reversed_run(&pipe_, &config);
  assert_string_equal(pipe_.peer[0].reason, "EAP-Failure while the method ran");
  assert_string_equal(pipe_.authenticator[0].reason, "wrong MAC_P");
  pipe_deinit(&pipe_);
  config = by_rfc(0);
  pipe_set(&config, "cipher_suites_supported", "3");
  pipe_set(&config, "cipher_suites_offered", "0");
  reversed_run(&pipe_, &config);
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
    reversed_run_to_datagram(&pipe_, 0);
    const struct coap_message request = reversed_request_under_way(&pipe_, 0);
    struct coap_message response = {.type = COAP_ACK,
                                    .code = COAP_CODE_CREATED,
                                    .message_id = request.message_id,
                                    .token_length = request.token_length,
                                    .payload = payload,
                                    .payload_length = 5 + offers[i].length};
    memcpy(response.token, request.token, sizeof response.token);
    memcpy(payload + 5, offers[i].octets, offers[i].length);
    coap_message_add_option(&response, COAP_NUMBER_LOCATION_PATH, 0, "x", 1);
    reversed_inject(&pipe_, true, &response);
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
      cmocka_unit_test(test_rfc_octets),
      cmocka_unit_test(test_rfc_each_message_lost_doubled_delayed),
      cmocka_unit_test(test_rfc_damaged),
      cmocka_unit_test(test_rfc_failures_and_suites),
      cmocka_unit_test(test_rfc_forged_offers),
      cmocka_unit_test(test_rfc_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
