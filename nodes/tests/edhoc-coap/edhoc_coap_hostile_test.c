/* EDHOC over CoAP among hostile octets: what neither side asked for, from the other end's address
 * or from elsewhere, at each moment of an exchange. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coap-eap/pipe.h"
#include "edhoc-coap/message.h"
#include "hex.h"

static struct pipe pipe_;

static struct pipe_config plain(void) {
  struct pipe_config config = PIPE_DEFAULT;
  config.edhoc = true;
  config.edhoc_method = EDHOC_STATIC_STATIC;
  pipe_set(&config, "lower_layer", "edhoc");
  return config;
}

static const struct node_address STRANGER = {.ip = {0xfd, [13] = 7}, .port = 5683};

/* Moments: when the datagram of this number, from 0, is about to arrive. Arrivals are at 11 ms, 21,
 * 31 and 41. */
static void run_to(size_t number) {
  assert_true(pipe_run_until(&pipe_, (10 * (number + 1)) * NODE_MS));
}

static void give(const struct node_address *source, const struct node_address *destination,
                 const char *text) {
  const struct hex in = hex(text);
  pipe_inject(&pipe_, source, destination, in.octets, in.length);
}

/* The last datagram to this address. */
static const struct pipe_datagram *last_to(const struct node_address *destination) {
  for (size_t i = pipe_.flight_count; i > 0; i--)
    if (node_address_equal(&pipe_.flight[i - 1].destination, destination))
      return &pipe_.flight[i - 1];
  return NULL;
}

#define PATH "bb2e77656c6c2d6b6e6f776e 056564686f63" /* /.well-known/edhoc */
#define CID "1141"                                   /* Content-Format 65 */
#define MESSAGE_1(head) head " " PATH " " CID " ff"

/* What the authenticator answers to who is nobody to it; NULL: nothing. */
static void strangers(void **state) {
  (void)state;
  static const struct {
    const char *what, *in;
    int code; /* -1: nothing */
  } all[] = {
      {"nothing", "", -1},
      {"a ping", "4000 1234", 0},
      {"GET", "4001 1234 " PATH, COAP_CODE_METHOD_NOT_ALLOWED},
      {"another path", "4002 1234 b162", COAP_CODE_NOT_FOUND},
      {"no payload", "4002 1234 " PATH " " CID, COAP_CODE_BAD_REQUEST},
      {"no Content-Format", "4002 1234 " PATH " ff f5 03 02", COAP_CODE_UNSUPPORTED_FORMAT},
      {"that of responses", "4002 1234 " PATH " 1140 ff f5 03 02", COAP_CODE_UNSUPPORTED_FORMAT},
      {"true alone", MESSAGE_1("4002 1234") " f5", COAP_CODE_BAD_REQUEST},
      {"false", MESSAGE_1("4002 1234") " f4 03", COAP_CODE_BAD_REQUEST},
      {"a C_R", MESSAGE_1("4002 1234") " 00 42 0102", COAP_CODE_BAD_REQUEST},
      {"a C_R cut short", MESSAGE_1("4002 1234") " 44 0102", COAP_CODE_BAD_REQUEST},
      {"an error message", MESSAGE_1("4002 1234") " 00 01 6161", COAP_CODE_BAD_REQUEST},
      {"OSCORE", "4002 1234 92 0900 ff 00112233445566778899", COAP_CODE_UNAUTHORIZED},
      {"OSCORE with EDHOC's option", "4002 1234 93 090000 c0 ff 42010200112233445566778899",
       COAP_CODE_BAD_REQUEST},
      {"EDHOC's option alone", "4002 1234 d008 ff 420102", COAP_CODE_BAD_REQUEST},
      {"a critical option", "4002 1234 10 " PATH, COAP_CODE_BAD_OPTION},
      {"malformed message_1", MESSAGE_1("4002 1234") " f5 03", COAP_CODE_BAD_REQUEST},
      {"a method that there is not", MESSAGE_1("4002 1234") " f5 17 02 4100 00",
       COAP_CODE_BAD_REQUEST},
      {"another method", MESSAGE_1("4002 1234") " f5 00 02 4100 00", COAP_CODE_BAD_REQUEST},
      {"another suite", MESSAGE_1("4002 1234") " f5 03 00 4100 00", COAP_CODE_BAD_REQUEST},
  };
  struct pipe_config config = plain();
  config.limits.half_open_max = 4;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    struct node_address source = STRANGER;
    source.port = (uint16_t)(STRANGER.port + i);
    give(&source, &pipe_.hosts[0].address, all[i].in);
    assert_true(pipe_run(&pipe_));
    const struct pipe_datagram *answer = last_to(&source);
    const int code = answer == NULL ? -1 : answer->data[1];
    if (code != all[i].code)
      fail_msg("%s: %d", all[i].what, code);
  }
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_GET, NULL, 0), 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].answered, 1);
  pipe_deinit(&pipe_);
}

/* SUITES_R tells which suites there are (RFC 9528 section 6.3). */
static void wrong_suite(void **state) {
  (void)state;
  const struct pipe_config config = plain();
  pipe_init(&pipe_, &config);
  pipe_.parties->peers[0].config.suites = (struct edhoc_suites){.value = {3, 2}, .count = 2};
  struct edhoc_memory memory = {.has_suite = false};
  pipe_.parties->peers[0].config.memory = &memory;
  assert_true(pipe_run(&pipe_));
  assert_string_equal(pipe_.peer[0].reason, "peer does not support the selected cipher suite");
  assert_true(memory.has_suite);
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
  pipe_deinit(&pipe_);
}

/* From the other end's address and from elsewhere, before each datagram of the exchange arrives:
 * nothing of this disturbs it. The peer's first Message ID and token are not known to who sends it.
 */
static void disturbed(void **state) {
  (void)state;
  static const char *const to_authenticator[] = {
      MESSAGE_1("4002 7777") " 17 42 0102",    /* a foreign C_R */
      MESSAGE_1("4002 7777") " 17 01 6161",    /* an error message of another session */
      MESSAGE_1("4002 7777") " 42 0102 42 01", /* a longer one */
      "4002 7777 93 090017 c0 ff 42010200112233445566778899", /* combined, with another kid */
      "4002 7777 93 090017 ff 00112233445566778899",          /* OSCORE of nobody */
      "4002 7777 " PATH " " CID,
      "4045 7777",
      "6044 7777",
      "7000 7777",
      "4000 7777",
  };
  static const char *const to_peer[] = {
      "6144 7777 aa 4140 ff 58",       /* message_2 with another Message ID */
      "4144 7777 aa c140 ff 420102",   /* ... and token, confirmable */
      "6180 7777 aa c140 ff 01 6161",  /* an error message */
      "6044 7777",                     /* 2.04 to nothing */
      "7000 7777",                     /* a Reset */
      "4002 7777 b161",                /* a request */
      MESSAGE_1("4002 7777") " f5 03", /* message_1 to the peer */
      "4002 7777 93 090017 ff 00112233445566778899",
  };
  for (int combined = 0; combined < 2; combined++)
    for (size_t number = 0; number < 5; number++)
      for (int spoofed = 0; spoofed < 2; spoofed++) {
        struct pipe_config config = plain();
        pipe_set(&config, "edhoc_combined", combined ? "on" : "off");
        pipe_init(&pipe_, &config);
        const struct node_address *authenticator = &pipe_.hosts[0].address,
                                  *peer = &pipe_.hosts[1].address;
        run_to(number);
        for (size_t i = 0; i < sizeof to_authenticator / sizeof to_authenticator[0]; i++)
          give(spoofed ? peer : &STRANGER, authenticator, to_authenticator[i]);
        for (size_t i = 0; i < sizeof to_peer / sizeof to_peer[0]; i++)
          give(spoofed ? authenticator : &STRANGER, peer, to_peer[i]);
        assert_true(pipe_run(&pipe_));
        assert_true(pipe_established(&pipe_, 0));
        assert_int_equal(pipe_.peer[0].failed + pipe_.authenticator[0].failed, 0);
        assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, NULL, 0), 0);
        assert_true(pipe_run(&pipe_));
        assert_int_equal(pipe_.peer[0].answered, 1);
        pipe_deinit(&pipe_);
      }
}

/* Each datagram of an exchange again, at the end: under its own Message ID, and under another one.
 */
static void replayed(void **state) {
  (void)state;
  for (int combined = 0; combined < 2; combined++) {
    struct pipe_config config = plain();
    pipe_set(&config, "edhoc_combined", combined ? "on" : "off");
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    for (size_t i = 0; i < 4; i++)
      for (int renamed = 0; renamed < 2; renamed++) {
        struct pipe_datagram datagram = pipe_.flight[i];
        datagram.data[3] ^= renamed ? 0x40 : 0;
        pipe_inject(&pipe_, &datagram.source, &datagram.destination, datagram.data,
                    datagram.length);
        assert_true(pipe_run_until(&pipe_, pipe_.now_ns + NODE_SECOND));
      }
    assert_int_equal(pipe_.peer[0].confirmed, 1);
    assert_int_equal(pipe_.authenticator[0].confirmed, 1);
    assert_int_equal(pipe_.authenticator[0].keys, 1);
    assert_true(pipe_run(&pipe_)); /* what the message_1 under another Message ID began ends */
    assert_string_equal(pipe_.authenticator[0].reason, "peer-silent");
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, NULL, 0), 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].answered, 1);
    pipe_deinit(&pipe_);
  }
}

/* A message_1 in the peer's name amid its exchange, that is none, or that was its own: what it
 * begins ends with it, and the exchange goes on. */
static void other_message_1(void **state) {
  (void)state;
  for (int combined = 0; combined < 2; combined++)
    for (size_t number = 1; number < 4; number++) {
      struct pipe_config config = plain();
      pipe_set(&config, "edhoc_combined", combined ? "on" : "off");
      pipe_init(&pipe_, &config);
      run_to(number);
      struct pipe_datagram own = pipe_.flight[0];
      own.data[3] ^= 0x40;
      give(&own.source, &own.destination, MESSAGE_1("4002 7778") " f5 03 02 4100 00");
      pipe_inject(&pipe_, &own.source, &own.destination, own.data, own.length);
      give(&own.source, &own.destination, MESSAGE_1("4002 7779") " f5 03 02 4100 00");
      assert_true(pipe_run(&pipe_));
      assert_int_equal(pipe_.peer[0].confirmed, 1);
      assert_int_equal(pipe_.authenticator[0].confirmed, 1);
      assert_int_equal(pipe_.peer[0].failed, 0);
      if (number < 3) /* while it waits for message_3 */
        assert_int_equal(pipe_.authenticator[0].failed, 0);
      assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, NULL, 0), 0);
      assert_true(pipe_run(&pipe_));
      assert_int_equal(pipe_.peer[0].answered, 1);
      pipe_deinit(&pipe_);
    }
}

/* Somebody who knows Message ID and token answers message_3 in the clear. An error of CoAP does not
 * end the exchange; the right answer still counts. */
static void errors_in_the_clear(void **state) {
  (void)state;
  static const uint8_t codes[] = {COAP_CODE_BAD_REQUEST, COAP_CODE_UNAVAILABLE,
                                  COAP_CODE_INTERNAL_ERROR};
  for (size_t number = 0; number < 4; number += 2)
    for (size_t i = 0; i < sizeof codes; i++) {
      const struct pipe_config config = plain();
      pipe_init(&pipe_, &config);
      run_to(number);
      const struct pipe_datagram *request = &pipe_.flight[number];
      const uint8_t answer[] = {0x61, codes[i], request->data[2], request->data[3],
                                request->data[4]};
      pipe_inject(&pipe_, &request->destination, &request->source, answer, sizeof answer);
      assert_true(pipe_run(&pipe_));
      assert_true(pipe_established(&pipe_, 0));
      assert_string_equal(pipe_.peer[0].last_discard, "error without protection");
      pipe_deinit(&pipe_);
    }
}

/* With nobody else to answer, what the error said is why it fails. */
static void refused_for_good(void **state) {
  (void)state;
  static const struct {
    uint8_t code;
    const char *reason;
  } all[] = {{COAP_CODE_UNAVAILABLE, "authenticator-busy"},
             {COAP_CODE_NOT_FOUND, "authenticator-refused"}};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    struct pipe_config config = plain();
    config.no_authenticator = true;
    pipe_init(&pipe_, &config);
    run_to(0);
    const struct pipe_datagram *request = &pipe_.flight[0];
    const uint8_t answer[] = {0x61, all[i].code, request->data[2], request->data[3],
                              request->data[4]};
    pipe_inject(&pipe_, &request->destination, &request->source, answer, sizeof answer);
    assert_true(pipe_run(&pipe_));
    assert_string_equal(pipe_.peer[0].reason, all[i].reason);
    assert_int_equal(pipe_count(&pipe_, "EDHOC message_1"), 5);
    pipe_deinit(&pipe_);
  }
}

/* An error message of EDHOC ends the session (RFC 9528 section 6), and no former association. */
static void error_messages(void **state) {
  (void)state;
  const struct pipe_config config = plain();
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run_until(&pipe_, pipe_.now_ns + 1));
  const struct pipe_datagram *request = &pipe_.flight[4];
  const uint8_t answer[] = {0x61,
                            COAP_CODE_BAD_REQUEST,
                            request->data[2],
                            request->data[3],
                            request->data[4],
                            0xc1,
                            0x40,
                            0xff,
                            0x01,
                            0x61,
                            'x'};
  pipe_inject(&pipe_, &request->destination, &request->source, answer, sizeof answer);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].failed, 1);
  assert_string_equal(pipe_.peer[0].reason, "peer sent an error message");
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_POST, NULL, 0), 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].answered, 1);
  pipe_deinit(&pipe_);
}

/* A peer that finds fault with message_2 tells the authenticator so. */
static void error_of_the_peer(void **state) {
  (void)state;
  const struct pipe_config config = plain();
  pipe_init(&pipe_, &config);
  pipe_.parties->server.own.private = pipe_.parties->root_private;
  assert_true(pipe_run(&pipe_));
  assert_string_equal(pipe_.peer[0].reason, "Signature_or_MAC_2 is wrong");
  assert_string_equal(pipe_.authenticator[0].reason, "peer sent an error message");
  assert_int_equal(pipe_count(&pipe_, "EDHOC error"), 1);
  pipe_deinit(&pipe_);
}

/* Identifiers of which OSCORE can make no context. */
static void connections(void **state) {
  (void)state;
  const struct edhoc_connection_id a = edhoc_coap_connection(0), b = edhoc_coap_connection(1);
  const struct edhoc_connection_id longest = {.length = ASSOCIATION_ID_MAX},
                                   longer = {.length = ASSOCIATION_ID_MAX + 1};
  assert_null(edhoc_coap_refuse_connections(&a, &b));
  assert_null(edhoc_coap_refuse_connections(&a, &longest));
  assert_non_null(edhoc_coap_refuse_connections(&a, &a));
  assert_non_null(edhoc_coap_refuse_connections(&a, &longer));
  for (size_t i = 0; i < 300; i++)
    for (size_t j = 0; j < i; j++) {
      const struct edhoc_connection_id one = edhoc_coap_connection(i),
                                       other = edhoc_coap_connection(j);
      assert_false(edhoc_coap_connection_equal(&one, &other));
    }
  const struct edhoc_connection_id far = edhoc_coap_connection(47),
                                   next = edhoc_coap_connection(48),
                                   last = edhoc_coap_connection(48 + 65536);
  assert_int_equal(far.length, 1);
  assert_int_equal(next.length, 2);
  assert_int_equal(last.length, 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(strangers),           cmocka_unit_test(wrong_suite),
      cmocka_unit_test(disturbed),           cmocka_unit_test(replayed),
      cmocka_unit_test(errors_in_the_clear), cmocka_unit_test(refused_for_good),
      cmocka_unit_test(error_messages),      cmocka_unit_test(error_of_the_peer),
      cmocka_unit_test(connections),         cmocka_unit_test(other_message_1),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
