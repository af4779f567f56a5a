/* What a server refuses, by options, path and method, and of which a NON is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "coap/refuse.h"

enum { SEQNUM = 61 };

static struct coap_message request_with(uint16_t number, size_t length) {
  static const uint8_t value[NODE_DATAGRAM_MAX];
  struct coap_message request = {.type = COAP_CON, .code = COAP_CODE_POST};
  coap_message_add_option(&request, number, ROW_COAP_OPTION, value, length);
  return request;
}

/* The lengths of RFC 7252 section 5.10; of what is `known` any. */
static void lengths_of_options(void **state) {
  (void)state;
  static const uint16_t known[] = {SEQNUM};
  static const struct {
    uint16_t number;
    size_t least, most;
    uint8_t code;
  } options[] = {
      {COAP_NUMBER_URI_HOST, 1, 255, COAP_CODE_EMPTY},
      {COAP_NUMBER_URI_PORT, 0, 2, COAP_CODE_EMPTY},
      {COAP_NUMBER_URI_PATH, 0, 255, COAP_CODE_EMPTY},
      {COAP_NUMBER_PROXY_URI, 1, 1034, COAP_CODE_PROXYING_NOT_SUPPORTED},
      {COAP_NUMBER_PROXY_SCHEME, 1, 255, COAP_CODE_PROXYING_NOT_SUPPORTED},
      {SEQNUM, 0, NODE_DATAGRAM_MAX, COAP_CODE_EMPTY},
      {SEQNUM + 1, 0, NODE_DATAGRAM_MAX, COAP_CODE_EMPTY}, /* elective */
  };
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
    for (size_t length = 0; length <= NODE_DATAGRAM_MAX; length++) {
      const struct coap_message request = request_with(options[i].number, length);
      const bool good = length >= options[i].least && length <= options[i].most;
      assert_int_equal(coap_refuse_options(&request, known, 1),
                       good ? options[i].code : COAP_CODE_BAD_OPTION);
    }
}

/* Every other critical option is one that is not understood. */
static void critical_options(void **state) {
  (void)state;
  static const uint16_t good[] = {COAP_NUMBER_URI_HOST, COAP_NUMBER_URI_PORT, COAP_NUMBER_URI_PATH,
                                  COAP_NUMBER_PROXY_URI, COAP_NUMBER_PROXY_SCHEME};
  for (unsigned number = 0; number <= UINT16_MAX; number++) {
    const struct coap_message request = request_with((uint16_t)number, 1);
    bool understood = number % 2 == 0;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
      understood = understood || number == good[i];
    assert_int_equal(coap_refuse_options(&request, NULL, 0) != COAP_CODE_BAD_OPTION, understood);
  }
}

static void methods(void **state) {
  (void)state;
  for (uint8_t code = 1; code < 32; code++) {
    const struct coap_message request = {.type = COAP_CON, .code = code};
    assert_int_equal(coap_refuse_method(&request, true),
                     code == COAP_CODE_POST ? COAP_CODE_EMPTY : COAP_CODE_METHOD_NOT_ALLOWED);
    assert_int_equal(coap_refuse_method(&request, false),
                     code <= COAP_CODE_DELETE ? COAP_CODE_NOT_FOUND : COAP_CODE_METHOD_NOT_ALLOWED);
  }
}

/* RFC 7967 section 2.1: 2, 8 and 16 are the classes 2, 4 and 5. */
static void who_is_told(void **state) {
  (void)state;
  for (unsigned value = 0; value < 256; value++) {
    const uint8_t octet = (uint8_t)value;
    struct coap_message request = {.type = COAP_NON, .code = COAP_CODE_POST};
    coap_message_add_option(&request, COAP_NUMBER_NO_RESPONSE, ROW_COAP_OPTION, &octet, 1);
    assert_int_equal(coap_refusal_is_sent(&request, COAP_CODE_NOT_FOUND), (value & 8) == 0);
    assert_int_equal(coap_refusal_is_sent(&request, COAP_CODE_UNAVAILABLE), (value & 16) == 0);
    assert_false(coap_refusal_is_sent(&request, COAP_CODE_BAD_OPTION));
    request.type = COAP_CON;
    assert_true(coap_refusal_is_sent(&request, COAP_CODE_NOT_FOUND));
    assert_true(coap_refusal_is_sent(&request, COAP_CODE_BAD_OPTION));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lengths_of_options),
      cmocka_unit_test(critical_options),
      cmocka_unit_test(methods),
      cmocka_unit_test(who_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
