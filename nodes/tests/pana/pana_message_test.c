/* PANA messages: what is written is read, has a row for each octet, and what is wrong is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hex.h"
#include "pana/message.h"

static const char *why_not(const char *text) {
  const struct hex in = hex(text);
  struct pana_message message;
  uint8_t *exact = malloc(in.length + 1); /* a sanitizer sees every read beyond it */
  memcpy(exact, in.octets, in.length);
  const char *why = pana_message_parse(exact, in.length, &message);
  free(exact);
  return why;
}

#define HEADER(length, flags, type) "0000 " length " " flags " " type " 00000007 00000009 "
#define PRF "0006 0000 0004 0000 00000005 "
#define INTEGRITY "0003 0000 0004 0000 0000000c "
#define AUTH_12 "0001 0000 000c 0000 000102030405060708090a0b "
#define CAUSE "0009 0000 0004 0000 00000001 "

static void reads_what_is_written(void **state) {
  (void)state;
  uint8_t data[200], eap[] = {1, 5, 0, 5, 1};
  const uint8_t nonce[10] = {1, 2, 3};
  const struct span_list eap_spans = {.item = {{ROW_EAP_HEADER, 5}}, .count = 1};
  struct span_list spans;
  struct span_writer out;
  struct pana_message message;
  span_writer_init(&out, data, sizeof data, &spans);
  pana_write_header(&out, PANA_PAR, 0x01020304, 0xfffffffe);
  pana_write_avp(&out, PANA_AVP_NONCE, nonce, sizeof nonce);
  pana_write_inner(&out, PANA_AVP_EAP_PAYLOAD, eap, sizeof eap, &eap_spans);
  pana_write_auth(&out, 16);
  assert_int_equal(pana_write_end(&out), 0);
  assert_int_equal(out.length, 16 + 8 + 12 + 8 + 8 + 8 + 16);
  assert_int_equal(span_list_length(&spans), out.length);
  assert_null(pana_message_parse(data, out.length, &message));
  assert_int_equal(message.kind, PANA_PAR);
  assert_int_equal(message.session, 0x01020304);
  assert_int_equal(message.sequence, 0xfffffffe);
  assert_int_equal(message.avp_count, 3);
  assert_int_equal(pana_find(&message, PANA_AVP_NONCE)->length, 10);
  assert_memory_equal(pana_find(&message, PANA_AVP_EAP_PAYLOAD)->value, eap, sizeof eap);
  assert_null(pana_find(&message, PANA_AVP_KEY_ID));
  data[out.length] = 0xaa; /* what is behind the message is not of it */
  assert_null(pana_message_parse(data, out.length + 1, &message));
  assert_int_equal(message.length, out.length);
}

static void rows_are_by_avp(void **state) {
  (void)state;
  uint8_t data[100];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, &spans);
  pana_write_header(&out, PANA_PAR_LAST, 1, 2);
  pana_write_u32(&out, PANA_AVP_RESULT_CODE, PANA_SUCCESS);
  pana_write_u32(&out, PANA_AVP_KEY_ID, 3);
  pana_write_u32(&out, PANA_AVP_SESSION_LIFETIME, 28800);
  assert_int_equal(pana_write_end(&out), 0);
  const uint16_t rows[] = {ROW_PANA_HEADER, ROW_PANA_RESULT_CODE, ROW_PANA_KEY_ID,
                           ROW_PANA_SESSION_LIFETIME};
  assert_int_equal(spans.count, 4);
  for (size_t i = 0; i < spans.count; i++) {
    assert_int_equal(spans.item[i].row, rows[i]);
    assert_int_equal(spans.item[i].length, i == 0 ? 16 : 12);
  }
}

static void takes_valid_messages(void **state) {
  (void)state;
  assert_null(why_not(HEADER("0010", "0000", "0001")));
  assert_null(why_not(HEADER("0034", "c000", "0002") PRF PRF INTEGRITY));
  assert_null(why_not(HEADER("0010", "0000", "0002")));
  assert_null(why_not(HEADER("0010", "0700", "0002"))); /* flags that mean nothing here */
  assert_null(why_not(HEADER("0030", "8000", "0003") CAUSE AUTH_12));
}

static void refuses_others(void **state) {
  (void)state;
  static const struct {
    const char *in, *why;
  } all[] = {
      {"", "shorter than a PANA header"},
      {"0000 0010 0000 0001 00000000 000000", "shorter than a PANA header"},
      {HEADER("000c", "0000", "0001"), "PANA Message Length is wrong"},
      {HEADER("0014", "0000", "0001"), "PANA Message Length is wrong"},
      {HEADER("0010", "8000", "0001"), "PANA type and flags of no message"},
      {HEADER("0010", "1800", "0004"), "PANA type and flags of no message"},
      {HEADER("0010", "0000", "0006"), "PANA type and flags of no message"},
      {HEADER("0010", "c000", "0002"), "PANA message lacks an AVP"},
      {HEADER("001c", "c000", "0002") PRF, "PANA message lacks an AVP"},
      {HEADER("0034", "4000", "0002") PRF PRF INTEGRITY, "PANA AVP comes twice"},
      {HEADER("001c", "0000", "0001") PRF, "PANA AVP that the message may not carry"},
      {HEADER("0024", "0000", "0001") AUTH_12, "PANA AVP that the message may not carry"},
      {HEADER("0030", "8000", "0003") AUTH_12 CAUSE, "PANA AUTH is not the last AVP"},
      {HEADER("0038", "0000", "0003") AUTH_12 AUTH_12, "PANA AVP comes twice"},
      {HEADER("001c", "8000", "0003") CAUSE, "PANA message lacks an AVP"},
      {HEADER("0016", "0000", "0002") "0005 0000 0008", "PANA AVP is cut off"},
      {HEADER("001c", "0000", "0002") "0005 0000 0008 0000 00000000", "PANA AVP is cut off"},
      {HEADER("001c", "0000", "0002") "0005 0000 0004 0000 00000000",
       "PANA AVP has a wrong length"},
      {HEADER("0018", "0000", "0002") "0005 0000 ffff 0000", "PANA AVP has a wrong length"},
      {HEADER("0018", "0000", "0002") "000c 0000 0000 0000", "PANA AVP is not known"},
      {HEADER("0020", "0000", "0002") "0005 8000 0008 0000 0001020304050607",
       "PANA AVP is not known"},
      {HEADER("001d", "0000", "0002") "0002 0000 0005 0000 0101000501", "PANA AVP is cut off"},
  };
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    const char *why = why_not(all[i].in);
    assert_non_null(why);
    assert_string_equal(why, all[i].why);
  }
}

static void says_what_does_not_fit(void **state) {
  (void)state;
  uint8_t data[20];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  pana_write_header(&out, PANA_PTA, 1, 2);
  pana_write_auth(&out, 16);
  assert_int_equal(pana_write_end(&out), NODE_ERR_TOO_LONG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_what_is_written),  cmocka_unit_test(rows_are_by_avp),
      cmocka_unit_test(takes_valid_messages),   cmocka_unit_test(refuses_others),
      cmocka_unit_test(says_what_does_not_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
