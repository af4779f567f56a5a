/* Comparison of CoAP messages, and a parse that shows each octet read too far. Include after
 * cmocka.h. */
#ifndef NODES_TESTS_COAP_COAP_COMPARE_H
#define NODES_TESTS_COAP_COAP_COMPARE_H

#include <stdlib.h>
#include <string.h>

#include "coap/message.h"

/* Copies to the heap in its exact size, so that the sanitizer sees each octet read beyond it. */
static inline int parse_exact(const uint8_t *data, size_t length, struct coap_message *message,
                              uint8_t **copy) {
  *copy = malloc(length == 0 ? 1 : length);
  assert_non_null(*copy);
  memcpy(*copy, data, length);
  return coap_message_parse(*copy, length, message);
}

static inline void assert_same(const struct coap_message *a, const struct coap_message *b) {
  assert_int_equal(a->type, b->type);
  assert_int_equal(a->code, b->code);
  assert_int_equal(a->message_id, b->message_id);
  assert_int_equal(a->token_length, b->token_length);
  assert_memory_equal(a->token, b->token, a->token_length);
  assert_int_equal(a->option_count, b->option_count);
  for (size_t i = 0; i < a->option_count; i++) {
    assert_int_equal(a->options[i].number, b->options[i].number);
    assert_int_equal(a->options[i].length, b->options[i].length);
    if (a->options[i].length > 0)
      assert_memory_equal(a->options[i].value, b->options[i].value, a->options[i].length);
  }
  assert_int_equal(a->payload_length, b->payload_length);
  if (a->payload_length > 0)
    assert_memory_equal(a->payload, b->payload, a->payload_length);
}

#endif
