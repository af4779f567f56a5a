/* Cipher suites. */
#include "suite.h"

#include "../cbor/writer.h"

static const struct edhoc_suite SUITES[] = {
    {.value = 0, .tag_length = 8, .mac_length = 8, .exchange = EC_X25519, .signature = EC_ED25519},
    {.value = 1,
     .tag_length = 16,
     .mac_length = 16,
     .exchange = EC_X25519,
     .signature = EC_ED25519},
    {.value = 2, .tag_length = 8, .mac_length = 8, .exchange = EC_P256, .signature = EC_P256},
    {.value = 3, .tag_length = 16, .mac_length = 16, .exchange = EC_P256, .signature = EC_P256},
};

const struct edhoc_suite *edhoc_suite_find(int32_t value) {
  for (size_t i = 0; i < sizeof SUITES / sizeof SUITES[0]; i++)
    if (SUITES[i].value == value)
      return &SUITES[i];
  return NULL;
}

void edhoc_suites_put(struct span_writer *out, const struct edhoc_suites *suites) {
  if (suites->count != 1)
    cbor_put_array(out, suites->count);
  for (size_t i = 0; i < suites->count; i++)
    cbor_put_int(out, suites->value[i]);
}

int edhoc_suites_get(struct cbor_reader *reader, struct edhoc_suites *suites) {
  struct cbor_reader ahead = *reader;
  suites->count = 1;
  if (cbor_next(&ahead) == CBOR_ARRAY &&
      (cbor_get_array(&ahead, &suites->count) != 0 || suites->count < 2))
    return NODE_ERR_MALFORMED;
  if (suites->count > EDHOC_SUITES_MAX)
    return NODE_ERR_TOO_LONG;
  for (size_t i = 0; i < suites->count; i++)
    if (cbor_get_int(&ahead, &suites->value[i]) != 0)
      return NODE_ERR_MALFORMED;
  *reader = ahead;
  return 0;
}

bool edhoc_suites_have(const struct edhoc_suites *suites, int32_t value) {
  for (size_t i = 0; i < suites->count; i++)
    if (suites->value[i] == value)
      return true;
  return false;
}
