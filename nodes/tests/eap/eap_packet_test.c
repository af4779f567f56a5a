/* Parsing, composing and naming of EAP packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "eap/packet.h"
#include "hex.h"

static const struct {
  const char *octets; /* with padding behind `length` in some */
  size_t length;      /* of the packet itself; 0: malformed */
  uint8_t code, identifier, type;
  size_t data_length;
  const char *label;
} TABLE[] = {
    {"0107000501", 5, EAP_REQUEST, 7, EAP_TYPE_IDENTITY, 0, "EAP-Request/Identity"},
    {"0207000801616263", 8, EAP_RESPONSE, 7, EAP_TYPE_IDENTITY, 3, "EAP-Response/Identity"},
    {"010700060241", 6, EAP_REQUEST, 7, EAP_TYPE_NOTIFICATION, 1, "EAP-Request/Notification"},
    {"0207000502", 5, EAP_RESPONSE, 7, EAP_TYPE_NOTIFICATION, 0, "EAP-Response/Notification"},
    {"02ff0006032f", 6, EAP_RESPONSE, 255, EAP_TYPE_NAK, 1, "EAP-Response/Nak"},
    {"01ff0006032f", 6, EAP_REQUEST, 255, EAP_TYPE_NAK, 1, "EAP-Request/Nak"},
    {"010700062f00", 6, EAP_REQUEST, 7, EAP_TYPE_PSK, 1, "EAP-PSK 1"},
    {"020700062f7f", 6, EAP_RESPONSE, 7, EAP_TYPE_PSK, 1, "EAP-PSK 2"},
    {"010700062f80", 6, EAP_REQUEST, 7, EAP_TYPE_PSK, 1, "EAP-PSK 3"},
    {"020700062fff", 6, EAP_RESPONSE, 7, EAP_TYPE_PSK, 1, "EAP-PSK 4"},
    {"020700052f", 5, EAP_RESPONSE, 7, EAP_TYPE_PSK, 0, "EAP-PSK (empty)"},
    {"010700060d20", 6, EAP_REQUEST, 7, 13, 1, "EAP-Request (other method)"},
    {"020700060d20", 6, EAP_RESPONSE, 7, 13, 1, "EAP-Response (other method)"},
    {"03070004", 4, EAP_SUCCESS, 7, EAP_TYPE_NONE, 0, "EAP-Success"},
    {"04070004", 4, EAP_FAILURE, 7, EAP_TYPE_NONE, 0, "EAP-Failure"},
    {"05070006 0100", 6, EAP_INITIATE, 7, 1, 1, "EAP-Initiate/Re-auth-Start"},
    {"05070008 02000000", 8, EAP_INITIATE, 7, 2, 3, "EAP-Initiate/Re-auth"},
    {"06070008 02000000", 8, EAP_FINISH, 7, 2, 3, "EAP-Finish/Re-auth"},
    {"06070008 02800000", 8, EAP_FINISH, 7, 2, 3, "EAP-Finish/Re-auth (failure)"},
    {"05070007 020000", 7, EAP_INITIATE, 7, 2, 2, "EAP-Initiate (other)"},
    {"06070006 0100", 6, EAP_FINISH, 7, 1, 1, "EAP-Finish (other)"},
    {"03070004 0000ff", 4, EAP_SUCCESS, 7, EAP_TYPE_NONE, 0, "EAP-Success"},
    {"0107000501 ff", 5, EAP_REQUEST, 7, EAP_TYPE_IDENTITY, 0, "EAP-Request/Identity"},
    {"", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"00070004", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"0007000501", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"0707000501", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"05070004", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"06070004", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"01070004", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"02070004", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"0107000301", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"0107000001", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"0107000601", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"0107ffff01", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"0307000500", 0, 0, 0, 0, 0, "EAP (malformed)"},
    {"0407000500", 0, 0, 0, 0, 0, "EAP (malformed)"},
};

static void parse_and_compose(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    const struct hex octets = hex(TABLE[i].octets);
    struct eap_packet packet;
    const int result = eap_packet_parse(octets.octets, octets.length, &packet);
    assert_string_equal(eap_packet_label(octets.octets, octets.length), TABLE[i].label);
    if (TABLE[i].length == 0) {
      assert_int_equal(result, NODE_ERR_MALFORMED);
      continue;
    }
    assert_int_equal(result, 0);
    assert_int_equal(packet.code, TABLE[i].code);
    assert_int_equal(packet.identifier, TABLE[i].identifier);
    assert_int_equal(packet.type, TABLE[i].type);
    assert_int_equal(packet.data_length, TABLE[i].data_length);

    struct span_list data_spans = {.count = 0}, spans;
    struct span_writer writer;
    uint8_t copy[64];
    span_list_add(&data_spans, ROW_EAP_IDENTITY, packet.data_length);
    span_writer_init(&writer, copy, sizeof copy, &spans);
    assert_int_equal(eap_packet_compose(&packet, &data_spans, &writer), 0);
    assert_int_equal(writer.length, TABLE[i].length);
    assert_memory_equal(copy, octets.octets, writer.length);
    assert_int_equal(span_list_length(&spans), writer.length);
    assert_int_equal(spans.item[0].row, ROW_EAP_HEADER);
    assert_int_equal(spans.item[0].length, TABLE[i].length - TABLE[i].data_length);
  }
}

static void each_truncation_is_malformed(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    const struct hex octets = hex(TABLE[i].octets);
    for (size_t length = 0; length < TABLE[i].length; length++) {
      struct eap_packet packet;
      assert_int_equal(eap_packet_parse(octets.octets, length, &packet), NODE_ERR_MALFORMED);
    }
  }
}

static void rows_of_type_data_are_kept(void **state) {
  (void)state;
  const uint8_t data[5] = {1, 2, 3, 4, 5};
  const struct eap_packet packet = {EAP_REQUEST, 9, EAP_TYPE_PSK, data, sizeof data};
  struct span_list data_spans = {.item = {{ROW_EAP_METHOD, 2}, {ROW_EAP_IDENTITY, 3}}, .count = 2};
  struct span_list spans;
  struct span_writer writer;
  uint8_t out[16];
  span_writer_init(&writer, out, sizeof out, &spans);
  assert_int_equal(eap_packet_compose(&packet, &data_spans, &writer), 0);
  assert_hex_equal(out, writer.length, "0109000a2f0102030405");
  assert_int_equal(spans.count, 3);
  assert_int_equal(spans.item[1].row, ROW_EAP_METHOD);
  assert_int_equal(spans.item[1].length, 2);
  assert_int_equal(spans.item[2].row, ROW_EAP_IDENTITY);
  assert_int_equal(spans.item[2].length, 3);
}

static void what_does_not_fit_is_not_written(void **state) {
  (void)state;
  static const uint8_t data[EAP_PACKET_MAX] = {0};
  static const struct {
    size_t data_length, capacity;
    int result;
  } table[] = {
      {0, 4, NODE_ERR_TOO_LONG},     {0, 5, 0},
      {10, 14, NODE_ERR_TOO_LONG},   {10, 15, 0},
      {EAP_PACKET_MAX - 5, 2000, 0}, {EAP_PACKET_MAX - 4, 2000, NODE_ERR_TOO_LONG},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct eap_packet packet = {EAP_REQUEST, 9, EAP_TYPE_PSK, data, table[i].data_length};
    struct span_list data_spans = {.count = 0};
    struct span_writer writer;
    uint8_t out[2000];
    span_list_add(&data_spans, ROW_EAP_METHOD, table[i].data_length);
    span_writer_init(&writer, out, table[i].capacity, NULL);
    assert_int_equal(eap_packet_compose(&packet, &data_spans, &writer), table[i].result);
    assert_int_equal(writer.length, table[i].result == 0 ? table[i].data_length + 5 : 0);
    assert_false(writer.overflow);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(parse_and_compose),
      cmocka_unit_test(each_truncation_is_malformed),
      cmocka_unit_test(rows_of_type_data_are_kept),
      cmocka_unit_test(what_does_not_fit_is_not_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
