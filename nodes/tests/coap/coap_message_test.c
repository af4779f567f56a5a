/* CoAP messages: bytes computed by hand and hostile bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "coap_compare.h"
#include "hex.h"

static const uint8_t zeros[NODE_DATAGRAM_MAX];
static const struct span_list EAP_SPANS = {
    .item = {{ROW_EAP_HEADER, 5}, {ROW_EAP_METHOD, 2}},
    .count = 2,
};

static const struct {
  struct coap_message message;
  const char *bytes;
  struct span_list spans;
} composed[] = {
    {
        .message = {.type = COAP_ACK, .code = COAP_CODE_EMPTY, .message_id = 0x1234},
        .bytes = "60 00 1234",
        .spans = {.item = {{ROW_COAP_HEADER, 4}}, .count = 1},
    },
    {
        .message = {.type = COAP_RST, .code = COAP_CODE_EMPTY, .message_id = 0xffff},
        .bytes = "70 00 ffff",
        .spans = {.item = {{ROW_COAP_HEADER, 4}}, .count = 1},
    },
    {
        /* The trigger of CoAP-EAP: Uri-Path "b", No-Response 26. */
        .message = {.type = COAP_NON,
                    .code = COAP_CODE_POST,
                    .message_id = 0x0001,
                    .token = {0xaa},
                    .token_length = 1,
                    .options = {{11, ROW_COAP_URI_PATH, (const uint8_t *)"b", 1},
                                {258, ROW_COAP_NO_RESPONSE, (const uint8_t *)"\x1a", 1}},
                    .option_count = 2},
        .bytes = "51 02 0001 aa b162 d1ea1a",
        .spans = {.item = {{ROW_COAP_HEADER, 4},
                           {ROW_COAP_TOKEN, 1},
                           {ROW_COAP_URI_PATH, 2},
                           {ROW_COAP_NO_RESPONSE, 3}},
                  .count = 4},
    },
    {
        /* A request of CoAP-EAP: two segments, SeqNum, an EAP packet of 7 octets. */
        .message = {.type = COAP_CON,
                    .code = COAP_CODE_POST,
                    .message_id = 0xbeef,
                    .token = {0x2f},
                    .token_length = 1,
                    .options = {{11, ROW_COAP_URI_PATH, (const uint8_t *)"b", 1},
                                {11, ROW_COAP_URI_PATH, (const uint8_t *)"5", 1},
                                {61, ROW_COAP_SEQNUM, (const uint8_t *)"\x12\x34", 2}},
                    .option_count = 3,
                    .payload = (const uint8_t *)"\x01\x02\x00\x07\x2f\xca\xfe",
                    .payload_length = 7,
                    .payload_spans = &EAP_SPANS},
        .bytes = "41 02 beef 2f b162 0135 d2251234 ff 010200072f cafe",
        .spans = {.item = {{ROW_COAP_HEADER, 4},
                           {ROW_COAP_TOKEN, 1},
                           {ROW_COAP_URI_PATH, 4},
                           {ROW_COAP_SEQNUM, 4},
                           {ROW_COAP_MARKER, 1},
                           {ROW_EAP_HEADER, 5},
                           {ROW_EAP_METHOD, 2}},
                  .count = 7},
    },
    {
        /* The steps of delta and length: 12, 13, 268, 269. */
        .message = {.type = COAP_ACK,
                    .code = COAP_CODE_CHANGED,
                    .message_id = 0x0102,
                    .token = {1, 2, 3, 4, 5, 6, 7, 8},
                    .token_length = 8,
                    .options = {{12, ROW_COAP_OPTION, zeros, 12},
                                {25, ROW_COAP_OPTION, zeros, 13},
                                {293, ROW_COAP_OPTION, NULL, 0},
                                {562, ROW_COAP_OPTION, NULL, 0},
                                {65535, ROW_COAP_OPTION, NULL, 0}},
                    .option_count = 5,
                    .payload = zeros,
                    .payload_length = 2},
        .bytes = "68 44 0102 0102030405060708 cc 000000000000000000000000 dd0000"
                 "00000000000000000000000000 d0ff e00000 e0fcc0 ff 0000",
        .spans = {.item = {{ROW_COAP_HEADER, 4},
                           {ROW_COAP_TOKEN, 8},
                           {ROW_COAP_OPTION, 37},
                           {ROW_COAP_MARKER, 1},
                           {ROW_COAP_PAYLOAD, 2}},
                  .count = 5},
    },
};

static void compose_and_parse(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof composed / sizeof composed[0]; i++) {
    uint8_t data[NODE_DATAGRAM_MAX];
    struct span_list spans;
    struct span_writer out;
    span_writer_init(&out, data, sizeof data, &spans);
    assert_int_equal(coap_message_compose(&composed[i].message, &out), 0);
    assert_hex_equal(data, out.length, composed[i].bytes);
    assert_int_equal(spans.count, composed[i].spans.count);
    for (size_t j = 0; j < spans.count; j++) {
      assert_int_equal(spans.item[j].row, composed[i].spans.item[j].row);
      assert_int_equal(spans.item[j].length, composed[i].spans.item[j].length);
    }

    struct coap_message parsed;
    assert_int_equal(coap_message_parse(data, out.length, &parsed), 0);
    assert_same(&parsed, &composed[i].message);

    for (size_t capacity = 0; capacity < out.length; capacity++) {
      struct span_writer small;
      span_writer_init(&small, data, capacity, NULL);
      assert_int_equal(coap_message_compose(&composed[i].message, &small), NODE_ERR_TOO_LONG);
    }
  }
}

/* Every prefix is refused, or is a message that composes to the same bytes. */
static void truncation(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof composed / sizeof composed[0]; i++) {
    const struct hex whole = hex(composed[i].bytes);
    for (size_t length = 0; length < whole.length; length++) {
      struct coap_message message;
      uint8_t *copy;
      const int error = parse_exact(whole.octets, length, &message, &copy);
      if (error == 0) {
        uint8_t data[NODE_DATAGRAM_MAX];
        struct span_writer out;
        span_writer_init(&out, data, sizeof data, NULL);
        assert_int_equal(coap_message_compose(&message, &out), 0);
        assert_int_equal(out.length, length);
        assert_memory_equal(data, whole.octets, length);
      } else {
        assert_int_equal(error, NODE_ERR_MALFORMED);
        assert_int_equal(message.type, length < 4 ? COAP_RST : composed[i].message.type);
        assert_int_equal(message.message_id, length < 4 ? 0 : composed[i].message.message_id);
        assert_int_equal(message.option_count, 0);
      }
      free(copy);
    }
  }
}

static const struct {
  const char *bytes;
  int result;
} hostile[] = {
    {"00 02 1234", NODE_ERR_MALFORMED},                 /* version 0 */
    {"80 02 1234", NODE_ERR_MALFORMED},                 /* version 2 */
    {"c0 02 1234", NODE_ERR_MALFORMED},                 /* version 3 */
    {"40 02 1234", 0},                                  /* nothing but a header */
    {"41 02 1234", NODE_ERR_MALFORMED},                 /* token missing */
    {"48 02 1234 01020304050607", NODE_ERR_MALFORMED},  /* token cut */
    {"40 00 1234", 0},                                  /* empty */
    {"40 00 1234 00", NODE_ERR_MALFORMED},              /* empty, with an octet behind */
    {"41 00 1234 00", NODE_ERR_MALFORMED},              /* empty, with a token */
    {"40 00 1234 ff 00", NODE_ERR_MALFORMED},           /* empty, with a payload */
    {"40 02 1234 ff", NODE_ERR_MALFORMED},              /* marker without payload */
    {"40 02 1234 ff ff", 0},                            /* a payload that looks like a marker */
    {"40 02 1234 b162 ff", NODE_ERR_MALFORMED},         /* the same behind an option */
    {"40 02 1234 f0", NODE_ERR_MALFORMED},              /* delta 15 */
    {"40 02 1234 f1 00", NODE_ERR_MALFORMED},           /* delta 15, length 1 */
    {"40 02 1234 fe ffff", NODE_ERR_MALFORMED},         /* delta 15, length 14 */
    {"40 02 1234 0f", NODE_ERR_MALFORMED},              /* length 15 */
    {"40 02 1234 df 00", NODE_ERR_MALFORMED},           /* delta 13, length 15 */
    {"40 02 1234 d0", NODE_ERR_MALFORMED},              /* extended delta missing */
    {"40 02 1234 e0", NODE_ERR_MALFORMED},              /* both octets missing */
    {"40 02 1234 e0 00", NODE_ERR_MALFORMED},           /* the second missing */
    {"40 02 1234 0d", NODE_ERR_MALFORMED},              /* extended length missing */
    {"40 02 1234 0e 00", NODE_ERR_MALFORMED},           /* its second octet missing */
    {"40 02 1234 dd 00", NODE_ERR_MALFORMED},           /* length missing behind a delta */
    {"40 02 1234 ee 0000 00", NODE_ERR_MALFORMED},      /* and its second octet */
    {"40 02 1234 11", NODE_ERR_MALFORMED},              /* value missing */
    {"40 02 1234 1d00 000000", NODE_ERR_MALFORMED},     /* value cut */
    {"40 02 1234 e0fef2", 0},                           /* number 65535 */
    {"40 02 1234 e0fef2 00", 0},                        /* twice */
    {"40 02 1234 e0fef2 10", NODE_ERR_MALFORMED},       /* number 65536 */
    {"40 02 1234 c0 e0fee6", 0},                        /* 12 + 65523 */
    {"40 02 1234 c0 e0fee7", NODE_ERR_MALFORMED},       /* 12 + 65524 */
    {"40 02 1234 10101010101010101010101010101010", 0}, /* COAP_OPTIONS_MAX options */
    {"40 02 1234 1010101010101010101010101010101010", NODE_ERR_TOO_LONG},
    {"40 02 1234 10101010101010101010101010101010 ff", NODE_ERR_MALFORMED},
};

static void hostile_bytes(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
    const struct hex bytes = hex(hostile[i].bytes);
    struct coap_message message;
    uint8_t *copy;
    if (parse_exact(bytes.octets, bytes.length, &message, &copy) != hostile[i].result)
      fail_msg("%s", hostile[i].bytes);
    free(copy);
    const bool answerable = bytes.octets[0] >> 6 == 1;
    assert_int_equal(message.type, answerable ? COAP_CON : COAP_RST);
    assert_int_equal(message.message_id, answerable ? 0x1234 : 0);
    if (hostile[i].result < 0)
      assert_int_equal(message.option_count, 0);
  }
}

static void token_lengths_and_codes(void **state) {
  (void)state;
  uint8_t data[4 + 15] = {0x40, COAP_CODE_POST, 0x12, 0x34};
  struct coap_message message;
  for (uint8_t length = 0; length < 16; length++) {
    data[0] = (uint8_t)(0x40 | length);
    assert_int_equal(coap_message_parse(data, 4u + length, &message),
                     length <= 8 ? 0 : NODE_ERR_MALFORMED);
  }
  data[0] = 0x40;
  for (unsigned code = 0; code < 256; code++) {
    const unsigned class = code >> 5;
    const bool reserved = class == 1 || class == 6 || class == 7;
    data[1] = (uint8_t)code;
    assert_int_equal(coap_message_parse(data, 4, &message), reserved ? NODE_ERR_MALFORMED : 0);
    assert_int_equal(message.code, code);
  }
}

/* All two-octet deltas and lengths: exact, or refused. */
static void extended_headers(void **state) {
  (void)state;
  static uint8_t data[4 + 3 + 65535 + 269];
  const size_t room = sizeof data - 7;
  struct coap_message message;
  for (unsigned value = 0; value <= UINT16_MAX; value++) {
    memcpy(data, "\x40\x02\x12\x34\xe0", 5);
    data[5] = (uint8_t)(value >> 8);
    data[6] = (uint8_t)value;
    const int error = coap_message_parse(data, 7, &message);
    assert_int_equal(error, value + 269 <= UINT16_MAX ? 0 : NODE_ERR_MALFORMED);
    if (error == 0)
      assert_int_equal(message.options[0].number, value + 269);

    data[4] = 0x0e;
    assert_int_equal(coap_message_parse(data, 7 + value + 268, &message), NODE_ERR_MALFORMED);
    assert_true(value + 269 <= room);
    assert_int_equal(coap_message_parse(data, 7 + value + 269, &message), 0);
    assert_int_equal(message.options[0].length, value + 269);
  }
}

static void body(void **state) {
  (void)state;
  const struct hex bytes = hex("b162 0135 ff 00");
  struct coap_message message = {.type = COAP_NON, .code = COAP_CODE_POST, .token_length = 3};
  assert_int_equal(coap_body_parse(bytes.octets, bytes.length, &message), 0);
  assert_int_equal(message.option_count, 2);
  assert_int_equal(message.payload_length, 1);
  assert_int_equal(message.type, COAP_NON);
  assert_int_equal(message.token_length, 3);

  uint8_t data[16];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  assert_int_equal(coap_body_compose(&message, &out), 0);
  assert_hex_equal(data, out.length, "b162 0135 ff 00");

  assert_int_equal(coap_body_parse(bytes.octets, 0, &message), 0);
  assert_int_equal(message.option_count, 0);
  assert_null(message.payload);
  assert_int_equal(coap_body_parse(bytes.octets, bytes.length - 1, &message), NODE_ERR_MALFORMED);
}

static void option_too_long(void **state) {
  (void)state;
  uint8_t data[2 * NODE_DATAGRAM_MAX];
  for (size_t length = NODE_DATAGRAM_MAX; length <= NODE_DATAGRAM_MAX + 1; length++) {
    struct coap_message message = {.code = COAP_CODE_POST};
    coap_message_add_option(&message, 12, ROW_COAP_OPTION, zeros, length);
    struct span_writer out;
    span_writer_init(&out, data, sizeof data, NULL);
    assert_int_equal(coap_body_compose(&message, &out),
                     length <= NODE_DATAGRAM_MAX ? 0 : NODE_ERR_TOO_LONG);
  }
}

static void options(void **state) {
  (void)state;
  struct coap_message message = {.code = COAP_CODE_POST};
  coap_message_add_option(&message, 61, ROW_COAP_SEQNUM, "1", 1);
  coap_message_add_option(&message, 11, ROW_COAP_URI_PATH, "b", 1);
  coap_message_add_option(&message, 258, ROW_COAP_NO_RESPONSE, "2", 1);
  coap_message_add_option(&message, 11, ROW_COAP_URI_PATH, "5", 1);
  static const uint16_t order[] = {11, 11, 61, 258};
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(message.options[i].number, order[i]);
  assert_int_equal(coap_message_find(&message, 11)->value[0], 'b');
  assert_null(coap_message_find(&message, 12));

  static const char *const path[] = {"b", "5", "6"};
  assert_true(coap_message_path_is(&message, path, 2));
  for (size_t count = 0; count <= 3; count++)
    assert_int_equal(coap_message_path_is(&message, path, count), count == 2);
  assert_false(coap_message_path_is(&message, path + 1, 2));
  static const char *const longer[] = {"b", "55"};
  assert_false(coap_message_path_is(&message, longer, 2));
}

static void critical_options(void **state) {
  (void)state;
  static const uint16_t known[] = {COAP_NUMBER_OSCORE, COAP_NUMBER_URI_PATH, 61};
  static const struct {
    const char *bytes;
    uint16_t unknown; /* 0: none */
  } table[] = {
      {"", 0},
      {"b162 0135 d0 25", 0},    /* 11, 11, 61 */
      {"b162 d0 25 00", 61},     /* 61 twice */
      {"90 00", 9},              /* OSCORE twice */
      {"80 00 00 60 d1eb1a", 0}, /* elective: 8, 8, 8, 14, 262 */
      {"80 10 60", 15},          /* Uri-Query */
      {"30", 3},                 /* Uri-Host */
      {"e0fef2", 65535},
      {"e0fef1", 0},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex bytes = hex(table[i].bytes);
    struct coap_message message = {.code = COAP_CODE_POST};
    assert_int_equal(coap_body_parse(bytes.octets, bytes.length, &message), 0);
    const struct coap_option *unknown = coap_message_unknown_critical(&message, known, 3);
    if (unknown == NULL ? table[i].unknown != 0 : unknown->number != table[i].unknown)
      fail_msg("%s", table[i].bytes);
  }
}

static void uints(void **state) {
  (void)state;
  static const struct {
    uint64_t value;
    const char *bytes;
  } table[] = {
      {0, ""},
      {1, "01"},
      {255, "ff"},
      {256, "0100"},
      {0x010203, "010203"},
      {UINT64_MAX, "ffffffffffffffff"},
  };
  uint8_t out[8];
  uint64_t value;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    assert_hex_equal(out, coap_uint_encode(table[i].value, out), table[i].bytes);
    const struct hex bytes = hex(table[i].bytes);
    assert_int_equal(coap_uint_decode(bytes.octets, bytes.length, &value), 0);
    assert_true(value == table[i].value);
  }
  assert_int_equal(coap_uint_decode(zeros, 8, &value), 0);
  assert_true(value == 0);
  assert_int_equal(coap_uint_decode(zeros, 9, &value), NODE_ERR_MALFORMED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(compose_and_parse), cmocka_unit_test(truncation),
      cmocka_unit_test(hostile_bytes),     cmocka_unit_test(token_lengths_and_codes),
      cmocka_unit_test(extended_headers),  cmocka_unit_test(body),
      cmocka_unit_test(option_too_long),   cmocka_unit_test(options),
      cmocka_unit_test(critical_options),  cmocka_unit_test(uints),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
