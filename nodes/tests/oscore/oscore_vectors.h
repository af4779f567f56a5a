/* The contexts and messages of RFC 8613 appendix C. Include after cmocka.h. */
#ifndef NODES_TESTS_OSCORE_OSCORE_VECTORS_H
#define NODES_TESTS_OSCORE_OSCORE_VECTORS_H

#include <jansson.h>

#include "hex.h"
#include "oscore/oscore.h"

enum { SEQUENCE_OF_C4 = 20 };

static inline json_t *vectors_load(void) {
  static json_t *vectors;
  if (vectors == NULL)
    vectors = json_load_file(VECTORS "/oscore-rfc8613-appendix-c.json", 0, NULL);
  assert_non_null(vectors);
  return vectors;
}

/* NULL if the vector has no such value. */
static inline const char *vector_or_null(const char *vector_octets, const char *part,
                                         const char *name) {
  const json_t *object = json_object_get(json_object_get(vectors_load(), vector_octets), part);
  assert_non_null(object);
  return json_string_value(json_object_get(object, name));
}

static inline struct hex vector(const char *name, const char *part, const char *value) {
  const char *text = vector_or_null(name, part, value);
  assert_non_null(text);
  return hex(text);
}

static inline struct oscore_id vector_id(const char *name, const char *part, const char *value) {
  const struct hex bytes = vector(name, part, value);
  struct oscore_id id = {.length = bytes.length};
  assert_true(bytes.length <= OSCORE_ID_MAX);
  memcpy(id.bytes, bytes.octets, bytes.length);
  return id;
}

/* Derives the context of C.1, C.2 or C.3 for "Client" or "Server". */
static inline struct oscore_context vector_context(const char *name, const char *part) {
  const struct hex secret = vector(name, part, "Master Secret");
  const char *salt_text = vector_or_null(name, part, "Master Salt");
  const char *id_context_text = vector_or_null(name, part, "ID Context");
  const struct hex salt = hex(salt_text == NULL ? "" : salt_text);
  const struct hex id_context = hex(id_context_text == NULL ? "" : id_context_text);
  const struct oscore_parameters parameters = {
      .master_secret = secret.octets,
      .master_secret_length = secret.length,
      .master_salt = salt_text == NULL ? NULL : salt.octets,
      .master_salt_length = salt.length,
      .sender_id = vector_id(name, part, "Sender ID"),
      .recipient_id = vector_id(name, part, "Recipient ID"),
      .id_context = id_context_text == NULL ? NULL : id_context.octets,
      .id_context_length = id_context.length,
      .id_context_sent = true,
  };
  struct oscore_context context;
  assert_int_equal(oscore_context_derive(&context, &parameters, NULL), 0);
  return context;
}

static inline struct coap_message hex_parse(const struct hex *bytes) {
  struct coap_message message;
  assert_int_equal(coap_message_parse(bytes->octets, bytes->length, &message), 0);
  return message;
}

static inline struct hex hex_compose(const struct coap_message *message, struct span_list *spans) {
  struct hex bytes;
  struct span_writer out;
  span_writer_init(&out, bytes.octets, sizeof bytes.octets, spans);
  assert_int_equal(coap_message_compose(message, &out), 0);
  bytes.length = out.length;
  return bytes;
}

static inline void assert_spans(const struct span_list *spans, const struct span *expected,
                                size_t count) {
  assert_int_equal(spans->count, count);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(spans->item[i].row, expected[i].row);
    assert_int_equal(spans->item[i].length, expected[i].length);
  }
}

#endif
