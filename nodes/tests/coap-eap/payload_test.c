/* Payloads: EAP packets, CoAP-EAP_Info behind them, and the Content-Format that says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/flow.h"
#include "coap-eap/payload.h"
#include "hex.h"

static const struct coap_eap_options RFC9820 = {
    .flow = &COAP_EAP_FLOW_RFC9820, .negotiates = true, .content_format = true};
static const struct coap_eap_options WITHOUT_FORMAT = {.flow = &COAP_EAP_FLOW_RFC9820,
                                                       .negotiates = true};
static const struct coap_eap_options DRAFT = {.flow = &COAP_EAP_FLOW_DRAFT};

static const uint8_t PACKET[] = {1, 2, 0, 5, 1};
static const struct coap_eap_info INFO = {.has_rid_c = true, .rid_c = {{7}, 1}};

static void test_put(void **state) {
  (void)state;
  static const struct {
    const struct coap_eap_options *options;
    size_t packet_length;
    const struct coap_eap_info *info;
    const char *payload;
    bool has_format;
  } cases[] = {
      {&RFC9820, 5, &INFO, "0102000501 a1024107", true},
      {&RFC9820, 5, NULL, "0102000501", true},
      {&RFC9820, 0, NULL, "", false}, /* there is nothing to say it of */
      {&WITHOUT_FORMAT, 5, &INFO, "0102000501 a1024107", false},
      {&DRAFT, 5, NULL, "0102000501", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    uint8_t data[64];
    struct span_list spans;
    struct span_writer packet;
    struct coap_message message = {.code = COAP_CODE_POST};
    span_writer_init(&packet, data, sizeof data, &spans);
    span_writer_put(&packet, ROW_EAP_HEADER, PACKET, cases[i].packet_length);
    assert_int_equal(coap_eap_payload_put(cases[i].options, &message, &packet, cases[i].info), 0);
    assert_hex_equal(message.payload, message.payload_length, cases[i].payload);
    assert_int_equal(span_list_length(message.payload_spans), message.payload_length);
    const struct coap_option *option = coap_message_find(&message, COAP_NUMBER_CONTENT_FORMAT);
    assert_int_equal(option != NULL, cases[i].has_format);
    if (option != NULL)
      assert_hex_equal(option->value, option->length, "010d"); /* 269 */
  }
}

/* A map that does not fit: 5 octets and 4. */
static void test_put_too_long(void **state) {
  (void)state;
  for (size_t capacity = 5; capacity <= 9; capacity++) {
    uint8_t data[9];
    struct span_writer packet;
    struct coap_message message = {.code = COAP_CODE_POST};
    span_writer_init(&packet, data, capacity, NULL);
    span_writer_put(&packet, ROW_EAP_HEADER, PACKET, sizeof PACKET);
    assert_int_equal(coap_eap_payload_put(&RFC9820, &message, &packet, &INFO),
                     capacity < 9 ? NODE_ERR_TOO_LONG : 0);
  }
}

static void test_take(void **state) {
  (void)state;
  static const struct {
    const struct coap_eap_options *options;
    const char *payload;
    int result;
    size_t eap_length;
    bool has_rid_c;
  } cases[] = {
      {&RFC9820, "0102000501 a1024107", 0, 5, true},
      {&RFC9820, "0102000501", 0, 5, false},
      {&RFC9820, "0102000501 a1", NODE_ERR_MALFORMED, 0, false},
      {&RFC9820, "0102000601", NODE_ERR_MALFORMED, 0, false},
      {&RFC9820, "", NODE_ERR_MALFORMED, 0, false},
      {&WITHOUT_FORMAT, "0102000501 a1024107", 0, 5, true},
      /* the draft has no maps: EAP looks at all of it */
      {&DRAFT, "0102000501 a1024107", 0, 9, false},
      {&DRAFT, "01", 0, 1, false},
      {&DRAFT, "", 0, 0, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct hex payload = hex(cases[i].payload);
    const struct coap_message message = {.code = COAP_CODE_POST,
                                         .message_id = 7,
                                         .payload = payload.octets,
                                         .payload_length = payload.length};
    struct coap_message eap;
    struct coap_eap_info info;
    assert_int_equal(coap_eap_payload_take(cases[i].options, &message, &eap, &info),
                     cases[i].result);
    if (cases[i].result < 0)
      continue;
    assert_ptr_equal(eap.payload, message.payload);
    assert_int_equal(eap.payload_length, cases[i].eap_length);
    assert_int_equal(eap.message_id, 7);
    assert_int_equal(info.has_rid_c, cases[i].has_rid_c);
  }
}

static void test_other_formats(void **state) {
  (void)state;
  static const struct {
    const char *value; /* NULL: there is no option */
    bool is_other;
  } cases[] = {
      {NULL, false},
      {"010d", false},
      {"0000010d", false},
      {"00000000 0000010d", false},
      {"", true} /* text/plain */,
      {"00", true},
      {"28", true},
      {"3c", true},
      {"0d01", true},
      {"010e", true},
      {"01010d", true},
      {"0d", true},
      {"ffffffff", true},
      {"00000000 000000010d", true}, /* 9 octets */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct hex value = hex(cases[i].value == NULL ? "" : cases[i].value);
    struct coap_message message = {.code = COAP_CODE_POST};
    if (cases[i].value != NULL)
      coap_message_add_option(&message, COAP_NUMBER_CONTENT_FORMAT, 0, value.octets, value.length);
    assert_int_equal(coap_eap_payload_is_other(&RFC9820, &message), cases[i].is_other);
    assert_false(coap_eap_payload_is_other(&DRAFT, &message));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_put),
      cmocka_unit_test(test_put_too_long),
      cmocka_unit_test(test_take),
      cmocka_unit_test(test_other_formats),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
