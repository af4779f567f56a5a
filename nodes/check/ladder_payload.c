/* Payloads in ladders. */
#include "ladder_payload.h"

#include "cbor/reader.h"

#include <ctype.h>

static bool write_item(FILE *out, struct cbor_reader *reader);

static bool write_number(FILE *out, struct cbor_reader *reader) {
  int32_t value;
  if (cbor_get_int(reader, &value) < 0)
    return false;
  fprintf(out, "%d", (int)value);
  return true;
}

static bool write_bytes(FILE *out, struct cbor_reader *reader) {
  const uint8_t *bytes;
  size_t length;
  if (cbor_get_bytes(reader, &bytes, &length) < 0)
    return false;
  fputs("h'", out);
  for (size_t i = 0; i < length; i++)
    fprintf(out, "%02x", bytes[i]);
  fputs("'", out);
  return true;
}

static bool write_array(FILE *out, struct cbor_reader *reader) {
  size_t items;
  bool written = cbor_get_array(reader, &items) == 0;
  fputs("[", out);
  for (size_t i = 0; written && i < items; i++) {
    fputs(i == 0 ? "" : ", ", out);
    written = write_number(out, reader);
  }
  fputs("]", out);
  return written;
}

static bool write_map(FILE *out, struct cbor_reader *reader) {
  size_t pairs;
  bool written = cbor_get_map(reader, &pairs) == 0;
  fputs("{", out);
  for (size_t i = 0; written && i < pairs; i++) {
    fputs(i == 0 ? "" : ", ", out);
    written = write_number(out, reader);
    fputs(": ", out);
    written = written && write_item(out, reader);
  }
  fputs("}", out);
  return written;
}

static bool write_item(FILE *out, struct cbor_reader *reader) {
  switch (cbor_next(reader)) {
  case CBOR_UINT:
  case CBOR_NEGATIVE:
    return write_number(out, reader);
  case CBOR_BYTES:
    return write_bytes(out, reader);
  case CBOR_ARRAY:
    return write_array(out, reader);
  default:
    return false;
  }
}

/* What a payload without EAP is: the path that a trigger names. */
static void write_text(FILE *out, const struct coap_message *message) {
  for (size_t i = 0; i < message->payload_length; i++)
    if (!isprint(message->payload[i]))
      return;
  fprintf(out, " \"%.*s\"", (int)message->payload_length, (const char *)message->payload);
}

void ladder_write_payload(FILE *out, const struct check_datagram *datagram,
                          const struct coap_message *message) {
  if (datagram->is_protected || message->payload_length == 0)
    return;
  if (datagram->eap_at == CHECK_NO_EAP) {
    write_text(out, message);
    return;
  }
  if (datagram->eap_end >= datagram->length)
    return;
  struct cbor_reader reader;
  cbor_reader_init(&reader, datagram->data + datagram->eap_end,
                   datagram->length - datagram->eap_end);
  fputs(" ", out);
  if (cbor_next(&reader) != CBOR_MAP || !write_map(out, &reader) || cbor_next(&reader) != CBOR_END)
    fputs(" (malformed)", out);
}
