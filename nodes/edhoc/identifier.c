/* Byte string identifiers. */
#include "identifier.h"

#include "../cbor/writer.h"

static bool is_one_octet_integer(uint8_t octet) {
  return octet <= 0x17 || (octet >= 0x20 && octet <= 0x37);
}

void edhoc_identifier_put(struct span_writer *out, const uint8_t *bytes, size_t length) {
  if (length == 1 && is_one_octet_integer(bytes[0]))
    cbor_put_encoded(out, bytes, length);
  else
    cbor_put_bytes(out, bytes, length);
}

int edhoc_identifier_get(struct cbor_reader *reader, const uint8_t **bytes, size_t *length) {
  struct cbor_reader ahead = *reader;
  if (cbor_next(&ahead) == CBOR_END)
    return NODE_ERR_MALFORMED;
  const uint8_t *first = ahead.data + ahead.offset;
  if (is_one_octet_integer(*first)) {
    *bytes = first;
    *length = 1;
    ahead.offset++;
  } else {
    const int error = cbor_get_bytes(&ahead, bytes, length);
    if (error != 0)
      return error;
    if (*length == 1 && is_one_octet_integer((*bytes)[0]))
      return NODE_ERR_MALFORMED;
  }
  *reader = ahead;
  return 0;
}
