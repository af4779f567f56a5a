/* OSCORE against RFC 8613 appendix C, byte for byte; the option's codec; what a context refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "oscore_vectors.h"

static void key_derivation(void **state) {
  (void)state;
  static const char *const names[] = {"C.1", "C.2", "C.3"}, *const parts[] = {"Client", "Server"};
  for (size_t i = 0; i < 6; i++) {
    const char *name = names[i / 2], *part = parts[i % 2];
    const struct oscore_context context = vector_context(name, part);
    assert_hex_equal(context.sender_key, context.suite->key_length,
                     vector_or_null(name, part, "Sender Key"));
    assert_hex_equal(context.recipient_key, context.suite->key_length,
                     vector_or_null(name, part, "Recipient Key"));
    assert_hex_equal(context.common_iv, context.suite->nonce_length,
                     vector_or_null(name, part, "Common IV"));
    assert_true(context.window_empty);
    assert_true(context.sender_sequence == 0);
  }
}

static void refused_parameters(void **state) {
  (void)state;
  static const uint8_t bytes[OSCORE_ID_CONTEXT_MAX + 1];
  static const struct {
    struct oscore_id sender, recipient;
    size_t id_context_length;
    int result;
  } table[] = {
      {{{1}, 1}, {{2}, 1}, 0, 0},
      {{{1}, 1}, {{1}, 1}, 0, NODE_ERR_BAD_CONFIG},
      {{{0}, 0}, {{0}, 0}, 0, NODE_ERR_BAD_CONFIG},
      {{{0}, 1}, {{0}, 0}, 0, 0},
      {{{1}, 7}, {{1}, 6}, 0, 0},
      {{{1}, 8}, {{1}, 1}, 0, NODE_ERR_BAD_CONFIG},
      {{{1}, 1}, {{1}, 8}, 0, NODE_ERR_BAD_CONFIG},
      {{{1}, 1}, {{2}, 1}, OSCORE_ID_CONTEXT_MAX, 0},
      {{{1}, 1}, {{2}, 1}, OSCORE_ID_CONTEXT_MAX + 1, NODE_ERR_BAD_CONFIG},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct oscore_parameters parameters = {
        .master_secret = bytes,
        .master_secret_length = 16,
        .sender_id = table[i].sender,
        .recipient_id = table[i].recipient,
        .id_context = bytes,
        .id_context_length = table[i].id_context_length,
    };
    struct oscore_context context;
    assert_int_equal(oscore_context_derive(&context, &parameters, NULL), table[i].result);
  }
}

static void wiped_context(void **state) {
  (void)state;
  struct oscore_context context = vector_context("C.3", "Client");
  oscore_context_wipe(&context);
  static const struct oscore_context zero;
  assert_memory_equal(&context, &zero, sizeof context);
}

static const struct {
  const char *name, *context;
} requests[] = {{"C.4", "C.1"}, {"C.5", "C.2"}, {"C.6", "C.3"}};

static void protected_requests(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
    const char *name = requests[i].name;
    struct oscore_context client = vector_context(requests[i].context, "Client");
    struct oscore_context server = vector_context(requests[i].context, "Server");
    client.sender_sequence = SEQUENCE_OF_C4;
    const struct hex plain = vector(name, "msg", "Unprotected CoAP request");
    const struct coap_message inner = hex_parse(&plain);

    uint8_t buffer[NODE_DATAGRAM_MAX];
    struct span_list payload_spans, spans;
    struct coap_message outer;
    struct oscore_binding binding, received;
    assert_int_equal(oscore_protect_request(&client, NULL, &inner, buffer, sizeof buffer,
                                            &payload_spans, &outer, &binding),
                     0);
    const struct hex bytes = hex_compose(&outer, &spans);
    assert_hex_equal(bytes.octets, bytes.length,
                     vector_or_null(name, "msg", "Protected CoAP request (OSCORE message)"));
    assert_true(client.sender_sequence == SEQUENCE_OF_C4 + 1);

    const struct coap_message arrived = hex_parse(&bytes);
    struct coap_message opened;
    uint8_t text[NODE_DATAGRAM_MAX];
    assert_int_equal(
        oscore_unprotect_request(&server, NULL, &arrived, text, sizeof text, &opened, &received),
        0);
    const struct hex again = hex_compose(&opened, NULL);
    assert_int_equal(again.length, plain.length);
    assert_memory_equal(again.octets, plain.octets, plain.length);
    assert_true(oscore_id_equal(&received.kid, &binding.kid));
    assert_int_equal(received.piv_length, binding.piv_length);
    assert_memory_equal(received.piv, binding.piv, binding.piv_length);
  }
}

static void protected_responses(void **state) {
  (void)state;
  static const char *const names[] = {"C.7", "C.8"};
  for (size_t i = 0; i < 2; i++) {
    struct oscore_context client = vector_context("C.1", "Client");
    struct oscore_context server = vector_context("C.1", "Server");
    const struct hex request = vector("C.4", "msg", "Protected CoAP request (OSCORE message)");
    const struct coap_message arrived = hex_parse(&request);
    uint8_t text[NODE_DATAGRAM_MAX], buffer[NODE_DATAGRAM_MAX];
    struct coap_message opened, outer;
    struct oscore_binding binding;
    assert_int_equal(
        oscore_unprotect_request(&server, NULL, &arrived, text, sizeof text, &opened, &binding), 0);

    const struct hex plain = vector(names[i], "msg", "Unprotected CoAP response");
    const struct coap_message inner = hex_parse(&plain);
    struct span_list spans;
    assert_int_equal(oscore_protect_response(&server, NULL, &inner, i == 1, &binding, buffer,
                                             sizeof buffer, &spans, &outer),
                     0);
    const struct hex bytes = hex_compose(&outer, NULL);
    assert_hex_equal(bytes.octets, bytes.length,
                     vector_or_null(names[i], "msg", "Protected CoAP response (OSCORE message)"));
    assert_true(server.sender_sequence == i);

    const struct coap_message response = hex_parse(&bytes);
    assert_int_equal(
        oscore_unprotect_response(&client, NULL, &response, &binding, text, sizeof text, &opened),
        0);
    const struct hex again = hex_compose(&opened, NULL);
    assert_int_equal(again.length, plain.length);
    assert_memory_equal(again.octets, plain.octets, plain.length);
  }
}

/* Step 7 of CoAP-EAP and its answer: what each octet is for. */
static void ledger_rows(void **state) {
  (void)state;
  struct oscore_context client = vector_context("C.1", "Client");
  struct oscore_context server = vector_context("C.1", "Server");
  static const struct span_list eap = {.item = {{ROW_EAP_HEADER, 4}}, .count = 1};
  struct coap_message inner = {.type = COAP_CON,
                               .code = COAP_CODE_POST,
                               .token_length = 1,
                               .payload = (const uint8_t *)"\3\1\0\4",
                               .payload_length = 4,
                               .payload_spans = &eap};
  coap_message_add_option(&inner, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, "b", 1);
  coap_message_add_option(&inner, 61, ROW_COAP_SEQNUM, "\x12\x34", 2);
  uint8_t buffer[NODE_DATAGRAM_MAX], text[NODE_DATAGRAM_MAX];
  struct span_list payload_spans, spans;
  struct coap_message outer, opened;
  struct oscore_binding binding;
  assert_int_equal(oscore_protect_request(&client, NULL, &inner, buffer, sizeof buffer,
                                          &payload_spans, &outer, &binding),
                   0);
  const struct hex request = hex_compose(&outer, &spans);
  static const struct span request_spans[] = {
      {ROW_COAP_HEADER, 4}, {ROW_COAP_TOKEN, 1},    {ROW_OSCORE_OPTION, 3}, {ROW_COAP_MARKER, 1},
      {ROW_OSCORE_CODE, 1}, {ROW_COAP_URI_PATH, 2}, {ROW_COAP_SEQNUM, 4},   {ROW_COAP_MARKER, 1},
      {ROW_EAP_HEADER, 4},  {ROW_OSCORE_TAG, 8},
  };
  assert_spans(&spans, request_spans, sizeof request_spans / sizeof request_spans[0]);
  assert_int_equal(span_list_length(&spans), request.length);

  const struct coap_message arrived = hex_parse(&request);
  assert_int_equal(
      oscore_unprotect_request(&server, NULL, &arrived, text, sizeof text, &opened, &binding), 0);
  const struct coap_message answer = {.type = COAP_ACK, .code = COAP_CODE_CHANGED};
  assert_int_equal(oscore_protect_response(&server, NULL, &answer, false, &binding, buffer,
                                           sizeof buffer, &payload_spans, &outer),
                   0);
  (void)hex_compose(&outer, &spans);
  static const struct span response_spans[] = {
      {ROW_COAP_HEADER, 4}, {ROW_OSCORE_OPTION, 1}, {ROW_COAP_MARKER, 1},
      {ROW_OSCORE_CODE, 1}, {ROW_OSCORE_TAG, 8},
  };
  assert_spans(&spans, response_spans, sizeof response_spans / sizeof response_spans[0]);
}

static const struct {
  const char *bytes;
  int result;
  size_t piv_length;
  int kid_length;         /* -1: none */
  int kid_context_length; /* -1: none */
} options[] = {
    {"", 0, 0, -1, -1},
    {"0100", 0, 1, -1, -1},
    {"0914", 0, 1, 0, -1},
    {"091400", 0, 1, 1, -1},
    {"08", 0, 0, 0, -1},
    {"10 00", 0, 0, -1, 0},
    {"10 02 aabb", 0, 0, -1, 2},
    {"19 14 08 37cbf3210017a2d3", 0, 1, 0, 8},
    {"1d 0102030405 01 aa 01020304050607", 0, 5, 7, 1},
    {"00", NODE_ERR_MALFORMED, 0, -1, -1}, /* flags of zero */
    {"00 00", NODE_ERR_MALFORMED, 0, -1, -1},
    {"21 00", NODE_ERR_MALFORMED, 0, -1, -1}, /* reserved flags */
    {"41 00", NODE_ERR_MALFORMED, 0, -1, -1},
    {"81 00", NODE_ERR_MALFORMED, 0, -1, -1},
    {"06 010203040506", NODE_ERR_MALFORMED, 0, -1, -1},   /* Partial IV of 6 */
    {"07 01020304050607", NODE_ERR_MALFORMED, 0, -1, -1}, /* and of 7 */
    {"02 0001", NODE_ERR_MALFORMED, 0, -1, -1},           /* leading zero */
    {"01", NODE_ERR_MALFORMED, 0, -1, -1},                /* truncated */
    {"05 01020304", NODE_ERR_MALFORMED, 0, -1, -1},
    {"10", NODE_ERR_MALFORMED, 0, -1, -1},
    {"10 02 aa", NODE_ERR_MALFORMED, 0, -1, -1},
    {"01 00 01", NODE_ERR_MALFORMED, 0, -1, -1}, /* octets left over */
    {"10 01 aa bb", NODE_ERR_MALFORMED, 0, -1, -1},
    {"08 0102030405060708", NODE_ERR_MALFORMED, 0, -1, -1}, /* kid too long */
};

static void option_codec(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    const struct hex bytes = hex(options[i].bytes);
    struct oscore_option option;
    if (oscore_option_parse(bytes.octets, bytes.length, &option) != options[i].result)
      fail_msg("%s", options[i].bytes);
    if (options[i].result < 0)
      continue;
    assert_int_equal(option.piv_length, options[i].piv_length);
    assert_int_equal(option.kid_present ? (int)option.kid.length : -1, options[i].kid_length);
    assert_int_equal(option.kid_context == NULL ? -1 : (int)option.kid_context_length,
                     options[i].kid_context_length);

    uint8_t data[64];
    struct span_writer out;
    span_writer_init(&out, data, sizeof data, NULL);
    assert_int_equal(oscore_option_compose(&option, &out), 0);
    assert_hex_equal(data, out.length, options[i].bytes);
    for (size_t capacity = 0; capacity < bytes.length; capacity++) {
      span_writer_init(&out, data, capacity, NULL);
      assert_int_equal(oscore_option_compose(&option, &out), NODE_ERR_TOO_LONG);
    }
  }
}

static void oscore_count_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  uint32_t *costs = context;
  costs[primitive] += blocks;
}

/* By hand: an HMAC over n octets takes 3 compressions of SHA-256 and those that hash n; here n is
 * always less than 56, and the hash one. HKDF-Extract of a secret of 16 octets: 4; HKDF-Expand of
 * each of both keys and the IV, over an info (RFC 8613 section 3.2.1) of 9 octets, or 10, and those
 * of ID and ID Context, and one: 4 each. */
static void oscore_cost_of_a_context(void **state) {
  (void)state;
  static const uint8_t bytes[OSCORE_ID_CONTEXT_MAX];
  for (size_t id_context = 0; id_context <= 32; id_context++) {
    uint32_t costs[NODE_PRIMITIVE_COUNT] = {0}, expected[NODE_PRIMITIVE_COUNT] = {0};
    const struct node_hooks hooks = {.context = costs, .cost = oscore_count_cost};
    const struct oscore_parameters parameters = {.master_secret = bytes,
                                                 .master_secret_length = 16,
                                                 .master_salt = bytes,
                                                 .master_salt_length = 8,
                                                 .recipient_id = {{1}, 1},
                                                 .id_context = id_context == 0 ? NULL : bytes,
                                                 .id_context_length = id_context};
    struct oscore_context context;
    expected[NODE_PRIMITIVE_SHA256_BLOCK] = 4 * 4;
    assert_int_equal(oscore_context_derive(&context, &parameters, &hooks), 0);
    assert_memory_equal(costs, expected, sizeof costs);
  }
}

/* The Enc_structure has 20 octets, and those of the kid (RFC 8613 appendix C.4 to C.8: 20 and 21):
 * with their length they fill 2 blocks. B_0, these, each block of the plaintext (code 1, Uri-Path
 * 2, marker 1 and the payload) twice, and one for the tag (RFC 3610 section 2); and the key, which
 * is expanded for each message. */
static void oscore_cost_of_a_message(void **state) {
  (void)state;
  static const uint8_t payload[64];
  for (size_t length = 1; length <= sizeof payload; length++) {
    uint32_t costs[NODE_PRIMITIVE_COUNT] = {0}, expected[NODE_PRIMITIVE_COUNT] = {0};
    const struct node_hooks hooks = {.context = costs, .cost = oscore_count_cost};
    struct oscore_context client = vector_context("C.1", "Client"),
                          server = vector_context("C.1", "Server");
    struct coap_message request = {.type = COAP_CON, .code = COAP_CODE_POST}, outer, inner;
    uint8_t sealed[128], opened[128];
    struct span_list spans;
    struct oscore_binding sent, received;
    coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, "b", 1);
    request.payload = payload;
    request.payload_length = length;
    expected[NODE_PRIMITIVE_AES_KEY_SCHEDULE] = 1;
    expected[NODE_PRIMITIVE_AES_BLOCK] = 1 + 2 + 2 * (uint32_t)((4 + length + 15) / 16) + 1;
    assert_int_equal(oscore_protect_request(&client, &hooks, &request, sealed, sizeof sealed,
                                            &spans, &outer, &sent),
                     0);
    assert_memory_equal(costs, expected, sizeof costs);
    memset(costs, 0, sizeof costs);
    assert_int_equal(
        oscore_unprotect_request(&server, &hooks, &outer, opened, sizeof opened, &inner, &received),
        0);
    assert_memory_equal(costs, expected, sizeof costs);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(key_derivation),
      cmocka_unit_test(refused_parameters),
      cmocka_unit_test(wiped_context),
      cmocka_unit_test(protected_requests),
      cmocka_unit_test(protected_responses),
      cmocka_unit_test(ledger_rows),
      cmocka_unit_test(option_codec),
      cmocka_unit_test(oscore_cost_of_a_context),
      cmocka_unit_test(oscore_cost_of_a_message),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(vectors_load());
  return failed;
}
