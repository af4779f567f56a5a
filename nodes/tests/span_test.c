/* Spans and the writer: what joins, what has no room, and that octets and rows go together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "coap/message.h"

/* As many spans as a list can have. */
static void fill(struct span_list *list) {
  list->count = 0;
  for (size_t i = 0; i < SPAN_LIST_MAX; i++)
    assert_true(span_list_add(list, i % 2 == 0 ? ROW_EAP_HEADER : ROW_EAP_METHOD, 2));
  assert_int_equal(list->count, SPAN_LIST_MAX);
}

static void test_list(void **state) {
  (void)state;
  struct span_list list, other = {.count = 0};
  fill(&list);
  assert_true(span_list_add(&list, ROW_EAP_METHOD, 3)); /* joins the last */
  assert_true(span_list_add(&list, ROW_EAP_HEADER, 0));
  assert_false(span_list_add(&list, ROW_EAP_HEADER, 1));
  assert_int_equal(list.count, SPAN_LIST_MAX);
  assert_int_equal(span_list_length(&list), 2 * SPAN_LIST_MAX + 3);

  assert_true(span_list_add(&other, ROW_EAP_METHOD, 1));
  assert_true(span_list_append(&list, &other));
  assert_true(span_list_add(&other, ROW_EAP_HEADER, 1));
  assert_false(span_list_append(&list, &other));
}

static void test_long_spans(void **state) {
  (void)state;
  struct span_list list = {.count = 0};
  assert_false(span_list_add(&list, ROW_EAP_METHOD, (size_t)UINT16_MAX + 1));
  assert_int_equal(list.count, 0);
  assert_true(span_list_add(&list, ROW_EAP_METHOD, UINT16_MAX));
  assert_true(span_list_add(&list, ROW_EAP_METHOD, 1));
  assert_int_equal(list.count, 2);
  assert_int_equal(span_list_length(&list), UINT16_MAX + 1);
}

static void test_writer(void **state) {
  (void)state;
  uint8_t data[3 * SPAN_LIST_MAX];
  struct span_list spans;
  struct span_writer writer;
  span_writer_init(&writer, data, sizeof data, &spans);
  for (size_t i = 0; i < SPAN_LIST_MAX; i++)
    span_writer_put_u16(&writer, i % 2 == 0 ? ROW_EAP_HEADER : ROW_EAP_METHOD, (uint16_t)i);
  span_writer_put_u8(&writer, ROW_EAP_METHOD, 0);
  assert_false(writer.overflow);
  assert_int_equal(span_list_length(&spans), writer.length);
  span_writer_put_u8(&writer, ROW_EAP_HEADER, 0); /* there is room, but not for its row */
  assert_true(writer.overflow);
  assert_int_equal(writer.length, 2 * SPAN_LIST_MAX + 1);
  assert_int_equal(span_list_length(&spans), writer.length);

  span_writer_init(&writer, data, 2, &spans);
  span_writer_put(&writer, ROW_EAP_METHOD, "12", 2);
  span_writer_put(&writer, ROW_EAP_METHOD, "3", 1); /* there is a row, but no room */
  assert_true(writer.overflow);
  assert_int_equal(span_list_length(&spans), 2);
}

/* A message whose octets are of more rows than a list has is refused by who composes it. */
static void test_message(void **state) {
  (void)state;
  static const uint8_t payload[2 * SPAN_LIST_MAX];
  struct span_list rows, spans;
  fill(&rows);
  const struct coap_message message = {.type = COAP_CON,
                                       .code = COAP_CODE_POST,
                                       .payload = payload,
                                       .payload_length = sizeof payload,
                                       .payload_spans = &rows};
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_writer writer;
  span_writer_init(&writer, data, sizeof data, &spans);
  assert_int_equal(coap_message_compose(&message, &writer), NODE_ERR_TOO_LONG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_list),
      cmocka_unit_test(test_long_spans),
      cmocka_unit_test(test_writer),
      cmocka_unit_test(test_message),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
