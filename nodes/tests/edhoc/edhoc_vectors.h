/* The traces of RFC 9529. Include after cmocka.h. */
#ifndef NODES_TESTS_EDHOC_EDHOC_VECTORS_H
#define NODES_TESTS_EDHOC_EDHOC_VECTORS_H

#include <jansson.h>

#include "hex.h"

#define TRACE_SIGNATURES "Authentication with Signatures, X.509 Certificates Identified by 'x5t'"
#define TRACE_STATIC_DH "Authentication with Static DH, CCS Identified by 'kid'"
#define TRACE_INVALID "Invalid Traces"

static inline json_t *edhoc_vectors(void) {
  static json_t *vectors;
  if (vectors == NULL)
    vectors = json_load_file(VECTORS "/edhoc-rfc9529.json", 0, NULL);
  assert_non_null(vectors);
  return vectors;
}

static inline const char *vector_text(const json_t *entry, const char *name) {
  const char *text = json_string_value(json_object_get(entry, name));
  assert_non_null(text);
  return text;
}

/* The `occurrence`-th entry of this section and name, or NULL. */
static inline json_t *vector_entry(const char *trace, const char *section, const char *name,
                                   unsigned occurrence) {
  const json_t *entries = json_object_get(edhoc_vectors(), trace);
  size_t i;
  json_t *entry;
  assert_non_null(entries);
  json_array_foreach(entries, i, entry) {
    if (strcmp(vector_text(entry, "section"), section) == 0 &&
        strcmp(vector_text(entry, "name"), name) == 0 && occurrence-- == 0)
      return entry;
  }
  return NULL;
}

static inline struct hex vector_value(const char *trace, const char *section, const char *name) {
  const json_t *entry = vector_entry(trace, section, name, 0);
  assert_non_null(entry);
  return hex(vector_text(entry, "hex"));
}

#endif
