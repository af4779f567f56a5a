/* What OSCORE must refuse: changed, cut and foreign messages. A refusal leaves the context as it
 * was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "crypto/crypto.h"
#include "oscore_fixture.h"
#include "seeded.h"

enum { TAG_LENGTH = 8 }; /* of AES-CCM-16-64-128 */

/* Hands altered octets, in an allocation of their exact size, to the end that should refuse them.
 */
static int receive_octets(struct oscore_fixture *fixture, const uint8_t *octets, size_t length,
                          bool is_request) {
  uint8_t *copy = malloc(length == 0 ? 1 : length);
  assert_non_null(copy);
  memcpy(copy, octets, length);
  struct oscore_context *receiver = is_request ? &fixture->server : &fixture->client;
  uint8_t before[sizeof *receiver];
  memcpy(before, receiver, sizeof before);

  struct coap_message outer;
  int error = coap_message_parse(copy, length, &outer);
  if (error == 0)
    error = is_request ? fixture_unprotect(fixture, &outer)
                       : fixture_unprotect_response(fixture, &outer, &fixture->sent);
  if (error < 0)
    assert_memory_equal(receiver, before, sizeof before);
  free(copy);
  return error;
}

static const struct {
  const char *name, *context;
  bool is_request;
  size_t option_at; /* where the protected part begins */
} messages[] = {
    {"C.4", "C.1", true, 18}, {"C.5", "C.2", true, 18}, {"C.6", "C.3", true, 18},
    {"C.7", "C.1", false, 8}, {"C.8", "C.1", false, 8},
};

static struct hex begin_message(struct oscore_fixture *fixture, size_t i) {
  fixture_begin(fixture, messages[i].context);
  fixture->sent = (struct oscore_binding){
      .kid = fixture->client.sender_id, .piv = {SEQUENCE_OF_C4}, .piv_length = 1};
  return vector(messages[i].name, "msg",
                messages[i].is_request ? "Protected CoAP request (OSCORE message)"
                                       : "Protected CoAP response (OSCORE message)");
}

static void every_bit_flipped(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
    struct oscore_fixture fixture;
    struct hex bytes = begin_message(&fixture, i);
    for (size_t bit = 8 * messages[i].option_at; bit < 8 * bytes.length; bit++) {
      bytes.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
      if (receive_octets(&fixture, bytes.octets, bytes.length, messages[i].is_request) >= 0)
        fail_msg("%s: bit %zu", messages[i].name, bit);
      bytes.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(receive_octets(&fixture, bytes.octets, bytes.length, messages[i].is_request),
                     0);
  }
}

static void every_truncation(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
    struct oscore_fixture fixture;
    const struct hex bytes = begin_message(&fixture, i);
    for (size_t length = 0; length < bytes.length; length++)
      if (receive_octets(&fixture, bytes.octets, length, messages[i].is_request) >= 0)
        fail_msg("%s: %zu octets", messages[i].name, length);
    assert_int_equal(receive_octets(&fixture, bytes.octets, bytes.length, messages[i].is_request),
                     0);
  }
}

static void response_to_another_request(void **state) {
  (void)state;
  for (int new_piv = 0; new_piv < 2; new_piv++) {
    struct oscore_fixture fixture;
    fixture_begin(&fixture, "C.1");
    assert_int_equal(fixture_deliver(&fixture, 1), 0);
    const struct oscore_binding first = fixture.sent;
    assert_int_equal(fixture_deliver(&fixture, 2), 0);
    assert_int_equal(fixture_protect_response(&fixture, new_piv), 0);
    assert_int_equal(fixture_unprotect_response(&fixture, &fixture.outer, &first), NODE_ERR_VERIFY);
    assert_int_equal(fixture_unprotect_response(&fixture, &fixture.outer, &fixture.sent), 0);
  }
}

/* Nobody takes his own message, nor a request for a response. */
static void reflection(void **state) {
  (void)state;
  struct oscore_fixture fixture;
  fixture_begin(&fixture, "C.1");
  const struct coap_message message = make_request();
  assert_int_equal(fixture_protect(&fixture, &message), 0);
  assert_int_equal(oscore_unprotect_request(&fixture.client, NULL, &fixture.outer, fixture.opened,
                                            sizeof fixture.opened, &fixture.inner,
                                            &fixture.received),
                   NODE_ERR_UNKNOWN);
  assert_int_equal(fixture_unprotect_response(&fixture, &fixture.outer, &fixture.sent),
                   NODE_ERR_UNKNOWN);
  assert_int_equal(fixture_unprotect(&fixture, &fixture.outer), 0);
  assert_int_equal(fixture_protect_response(&fixture, false), 0);
  assert_int_equal(fixture_unprotect(&fixture, &fixture.outer), NODE_ERR_MALFORMED);
}

/* Every value of the option but the right one, for a request of C.3 with Partial IV 0. */
static void foreign_options(void **state) {
  (void)state;
  static const struct {
    const char *value;
    int result;
  } table[] = {
      {"19 00 08 37cbf3210017a2d3", 0},
      {"09 00", 0}, /* the kid context is optional */
      {"09 01", NODE_ERR_VERIFY},
      {"09 00 00", NODE_ERR_UNKNOWN},                    /* kid */
      {"19 00 08 37cbf3210017a2d4", NODE_ERR_UNKNOWN},   /* kid context */
      {"19 00 07 37cbf3210017a2", NODE_ERR_UNKNOWN},     /* shorter */
      {"19 00 09 37cbf3210017a2d300", NODE_ERR_UNKNOWN}, /* longer */
      {"19 00 00", NODE_ERR_UNKNOWN},                    /* empty */
      {"01 00", NODE_ERR_MALFORMED},                     /* no kid */
      {"08", NODE_ERR_MALFORMED},                        /* no Partial IV */
      {"", NODE_ERR_MALFORMED},
  };
  const struct coap_message message = make_request();
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct oscore_fixture fixture;
    fixture_begin(&fixture, "C.3");
    assert_int_equal(fixture_protect(&fixture, &message), 0);
    const struct hex value = hex(table[i].value);
    assert_int_equal(fixture.outer.options[0].number, COAP_NUMBER_OSCORE);
    fixture.outer.options[0].value = value.octets;
    fixture.outer.options[0].length = value.length;
    if (fixture_unprotect(&fixture, &fixture.outer) != table[i].result)
      fail_msg("%s", table[i].value);
  }
  struct oscore_fixture fixture;
  fixture_begin(&fixture, "C.3");
  assert_int_equal(fixture_protect(&fixture, &message), 0);
  struct coap_message outer = fixture.outer;
  coap_message_add_option(&outer, COAP_NUMBER_OSCORE, ROW_OSCORE_OPTION, "\x09\x00", 2);
  assert_int_equal(fixture_unprotect(&fixture, &outer), NODE_ERR_MALFORMED);
  outer.option_count = 0;
  assert_int_equal(fixture_unprotect(&fixture, &outer), NODE_ERR_MALFORMED);
}

/* A response may name its sender, if it names the right one. */
static void kid_in_a_response(void **state) {
  (void)state;
  static const struct {
    const char *value;
    int result;
  } table[] = {{"", 0},
               {"08 01", 0},
               {"08", NODE_ERR_UNKNOWN},
               {"08 02", NODE_ERR_UNKNOWN},
               {"10 00", NODE_ERR_UNKNOWN}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct oscore_fixture fixture;
    fixture_begin(&fixture, "C.1");
    assert_int_equal(fixture_deliver(&fixture, 0), 0);
    assert_int_equal(fixture_protect_response(&fixture, false), 0);
    const struct hex value = hex(table[i].value);
    fixture.outer.options[0].value = value.octets;
    fixture.outer.options[0].length = value.length;
    assert_int_equal(fixture_unprotect_response(&fixture, &fixture.outer, &fixture.sent),
                     table[i].result);
  }
}

/* Texts that verify and are no message, or not one of the right kind: encrypted with key, nonce and
 * AAD of C.4 and C.7. */
static const struct {
  const char *text;
  int as_request, as_response;
} rubbish[] = {
    {"02", 0, NODE_ERR_MALFORMED},
    {"01b3747631", 0, NODE_ERR_MALFORMED},
    {"45", NODE_ERR_MALFORMED, 0},
    {"a0 ff 21", NODE_ERR_MALFORMED, 0},
    {"", NODE_ERR_MALFORMED, NODE_ERR_MALFORMED},      /* nothing but a tag */
    {"00", NODE_ERR_MALFORMED, NODE_ERR_MALFORMED},    /* empty message */
    {"e1", NODE_ERR_MALFORMED, NODE_ERR_MALFORMED},    /* reserved class */
    {"02 ff", NODE_ERR_MALFORMED, NODE_ERR_MALFORMED}, /* marker without payload */
    {"45 ff", NODE_ERR_MALFORMED, NODE_ERR_MALFORMED},
    {"02 f0", NODE_ERR_MALFORMED, NODE_ERR_MALFORMED}, /* no option */
    {"02 90", NODE_ERR_MALFORMED, NODE_ERR_MALFORMED}, /* OSCORE within OSCORE */
    {"45 90", NODE_ERR_MALFORMED, NODE_ERR_MALFORMED},
    {"02 b0000000000000000000000000000000", 0, NODE_ERR_MALFORMED},
    {"02 b000000000000000000000000000000000", NODE_ERR_TOO_LONG, NODE_ERR_TOO_LONG},
};

static void authentic_rubbish(void **state) {
  (void)state;
  for (size_t i = 0; i < 2 * sizeof rubbish / sizeof rubbish[0]; i++) {
    const bool is_request = i % 2 == 0;
    const char *name = is_request ? "C.4" : "C.7";
    const struct hex key = vector(name, "msg", "encryption key");
    const struct hex nonce = vector(name, "msg", "nonce");
    const struct hex aad = vector(name, "msg", "AAD");
    const struct hex text = hex(rubbish[i / 2].text);
    uint8_t sealed[64];
    assert_int_equal(crypto_ccm_encrypt(NULL, key.octets, nonce.octets, nonce.length, aad.octets,
                                        aad.length, text.octets, text.length, TAG_LENGTH, sealed),
                     0);
    struct coap_message outer = {.code = is_request ? COAP_CODE_POST : COAP_CODE_CHANGED,
                                 .payload = sealed,
                                 .payload_length = text.length + TAG_LENGTH};
    coap_message_add_option(&outer, COAP_NUMBER_OSCORE, ROW_OSCORE_OPTION, "\x09\x14",
                            is_request ? 2 : 0);
    struct oscore_fixture fixture;
    begin_message(&fixture, 0);
    const int result = is_request ? fixture_unprotect(&fixture, &outer)
                                  : fixture_unprotect_response(&fixture, &outer, &fixture.sent);
    if (result != (is_request ? rubbish[i / 2].as_request : rubbish[i / 2].as_response))
      fail_msg("%s: %s", name, rubbish[i / 2].text);
    assert_int_equal(fixture.server.window_empty, !is_request || result < 0);
  }
}

static void unsupported_options(void **state) {
  (void)state;
  static const uint16_t numbers[] = {6, 9, 35};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    struct oscore_fixture fixture;
    fixture_begin(&fixture, "C.1");
    struct coap_message message = make_request();
    coap_message_add_option(&message, numbers[i], ROW_COAP_OPTION, "x", 1);
    assert_int_equal(fixture_protect(&fixture, &message), NODE_ERR_UNSUPPORTED);
  }
}

/* Class U outside, all others inside; outer options of class E are discarded on arrival. */
static void option_classes(void **state) {
  (void)state;
  static const uint16_t outside[] = {3, 7, 39};
  static const uint16_t inside[] = {8, 11, 12, 14, 15, 17, 23, 27, 60, 61, 258, 65000};
  struct oscore_fixture fixture;
  fixture_begin(&fixture, "C.1");
  struct coap_message message = {.type = COAP_NON, .code = COAP_CODE_POST};
  for (size_t i = 0; i < 12; i++)
    coap_message_add_option(&message, inside[i], ROW_COAP_OPTION, "in", 2);
  for (size_t i = 0; i < 3; i++)
    coap_message_add_option(&message, outside[i], ROW_COAP_OPTION, "out", 3);
  assert_int_equal(fixture_protect(&fixture, &message), 0);
  static const uint16_t outer[] = {3, 7, 9, 39};
  assert_int_equal(fixture.outer.option_count, 4);
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(fixture.outer.options[i].number, outer[i]);

  coap_message_add_option(&fixture.outer, 11, ROW_COAP_OPTION, "forged", 6);
  coap_message_add_option(&fixture.outer, 258, ROW_COAP_OPTION, "forged", 6);
  assert_int_equal(fixture_unprotect(&fixture, &fixture.outer), 0);
  assert_int_equal(fixture.inner.option_count, message.option_count);
  for (size_t i = 0; i < message.option_count; i++) {
    assert_int_equal(fixture.inner.options[i].number, message.options[i].number);
    assert_int_equal(fixture.inner.options[i].length, message.options[i].length);
    assert_memory_equal(fixture.inner.options[i].value, message.options[i].value,
                        message.options[i].length);
  }
}

/* COAP_OPTIONS_MAX holds for each message: outside with OSCORE, inside with what joins. */
static void too_many_options(void **state) {
  (void)state;
  static const struct {
    uint16_t number;
    size_t count;
    int protected;
    int with_uri_host; /* added outside on the way */
  } table[] = {
      {7, COAP_OPTIONS_MAX - 1, 0, 0},
      {7, COAP_OPTIONS_MAX, NODE_ERR_TOO_LONG, 0},
      {11, COAP_OPTIONS_MAX - 1, 0, 0},
      {11, COAP_OPTIONS_MAX, 0, NODE_ERR_TOO_LONG},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct oscore_fixture fixture;
    fixture_begin(&fixture, "C.1");
    struct coap_message message = {.type = COAP_CON, .code = COAP_CODE_POST};
    for (size_t j = 0; j < table[i].count; j++)
      coap_message_add_option(&message, table[i].number, ROW_COAP_OPTION, "x", 1);
    assert_int_equal(fixture_protect(&fixture, &message), table[i].protected);
    if (table[i].protected < 0 || fixture.outer.option_count == COAP_OPTIONS_MAX)
      continue;
    coap_message_add_option(&fixture.outer, 3, ROW_COAP_OPTION, "h", 1);
    assert_int_equal(fixture_unprotect(&fixture, &fixture.outer), table[i].with_uri_host);
    assert_int_equal(fixture.server.window_empty, table[i].with_uri_host < 0);
  }
}

/* One octet less than needed is refused at every place where octets are written. */
static void capacities(void **state) {
  (void)state;
  const struct coap_message message = make_request();
  enum { TEXT = 3, NEEDED = 2 + TEXT + TAG_LENGTH };
  for (size_t capacity = 0; capacity <= NEEDED; capacity++) {
    struct oscore_fixture fixture;
    fixture_begin(&fixture, "C.1");
    uint8_t *exact = malloc(capacity == 0 ? 1 : capacity);
    assert_non_null(exact);
    assert_int_equal(oscore_protect_request(&fixture.client, NULL, &message, exact, capacity,
                                            &fixture.spans, &fixture.outer, &fixture.sent),
                     capacity < NEEDED ? NODE_ERR_TOO_LONG : 0);
    assert_true(fixture.client.sender_sequence == 1);
    free(exact);
  }
  for (size_t capacity = 0; capacity <= TEXT; capacity++) {
    struct oscore_fixture fixture;
    fixture_begin(&fixture, "C.1");
    assert_int_equal(fixture_protect(&fixture, &message), 0);
    uint8_t exact[TEXT];
    assert_int_equal(oscore_unprotect_request(&fixture.server, NULL, &fixture.outer, exact,
                                              capacity, &fixture.inner, &fixture.received),
                     capacity < TEXT ? NODE_ERR_TOO_LONG : 0);
    assert_int_equal(fixture.server.window_empty, capacity < TEXT);
  }
}

static void round_trips(void **state) {
  (void)state;
  enum { ROUNDS = 1000, LENGTH_MAX = 1200 };
  static const char *const contexts[] = {"C.1", "C.2", "C.3"};
  struct seeded seeded = {.state = 8613};
  static uint8_t payload[LENGTH_MAX];
  seeded_bytes(&seeded, payload, sizeof payload);
  for (size_t i = 0; i < 3; i++) {
    struct oscore_fixture fixture;
    fixture_begin(&fixture, contexts[i]);
    for (size_t round = 0; round < ROUNDS; round++) {
      struct coap_message message = make_request();
      message.message_id = (uint16_t)round;
      message.payload = payload;
      message.payload_length = round * LENGTH_MAX / ROUNDS;
      fixture.client.sender_sequence += 1 + seeded_below(&seeded, 100000);
      assert_int_equal(fixture_protect(&fixture, &message), 0);
      struct span_list spans;
      const struct hex bytes = hex_compose(&fixture.outer, &spans);
      assert_int_equal(span_list_length(&spans), bytes.length);
      const struct coap_message arrived = hex_parse(&bytes);
      assert_int_equal(fixture_unprotect(&fixture, &arrived), 0);
      const struct hex sent = hex_compose(&message, NULL),
                       received = hex_compose(&fixture.inner, NULL);
      assert_int_equal(received.length, sent.length);
      assert_memory_equal(received.octets, sent.octets, sent.length);

      assert_int_equal(fixture_protect_response(&fixture, round % 3 == 0), 0);
      assert_int_equal(fixture_unprotect_response(&fixture, &fixture.outer, &fixture.sent), 0);
      assert_int_equal(fixture.inner.code, COAP_CODE_CHANGED);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_bit_flipped),
      cmocka_unit_test(every_truncation),
      cmocka_unit_test(response_to_another_request),
      cmocka_unit_test(reflection),
      cmocka_unit_test(foreign_options),
      cmocka_unit_test(kid_in_a_response),
      cmocka_unit_test(authentic_rubbish),
      cmocka_unit_test(unsupported_options),
      cmocka_unit_test(option_classes),
      cmocka_unit_test(too_many_options),
      cmocka_unit_test(capacities),
      cmocka_unit_test(round_trips),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(vectors_load());
  return failed;
}
