/* Payloads in ladders. */
#include "ladder_payload.h"

#include "ace/message.h"
#include "cbor/reader.h"

#include <ctype.h>

/* Of messages of ACE (RFC 9200 section 8.10, RFC 9203 section 9). */
enum {
  ACE_PARAMETER_ACCESS_TOKEN = 1,
  ACE_PARAMETER_NONCE1 = 40,
  ACE_PARAMETER_NONCE2 = 42,
  ACE_PARAMETER_CLIENT_ID = 43,
  ACE_PARAMETER_SERVER_ID = 44,
};

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

/* Payloads of ACE in clear (RFC 9200 section 8.10, RFC 9203 section 9): what is in them by name,
 * and a token by its length. */

static const char *parameter_name(int32_t key) {
  switch (key) {
  case ACE_PARAMETER_ACCESS_TOKEN:
    return "access_token";
  case ACE_PARAMETER_NONCE1:
    return "nonce1";
  case ACE_PARAMETER_NONCE2:
    return "nonce2";
  case ACE_PARAMETER_CLIENT_ID:
    return "ace_client_recipientid";
  case ACE_PARAMETER_SERVER_ID:
    return "ace_server_recipientid";
  default:
    return NULL;
  }
}

static bool write_parameter(FILE *out, struct cbor_reader *reader) {
  const uint8_t *token;
  size_t length;
  int32_t key;
  if (cbor_get_int(reader, &key) < 0)
    return false;
  if (parameter_name(key) == NULL)
    fprintf(out, "%d: ", (int)key);
  else
    fprintf(out, "%s: ", parameter_name(key));
  if (key != ACE_PARAMETER_ACCESS_TOKEN)
    return write_item(out, reader);
  if (cbor_get_bytes(reader, &token, &length) < 0)
    return false;
  fprintf(out, "%zu octets", length);
  return true;
}

static bool write_parameters(FILE *out, struct cbor_reader *reader) {
  size_t pairs;
  bool written = cbor_get_map(reader, &pairs) == 0;
  fputs(" {", out);
  for (size_t i = 0; written && i < pairs; i++) {
    fputs(i == 0 ? "" : ", ", out);
    written = write_parameter(out, reader);
  }
  fputs("}", out);
  return written;
}

/* False: it is none of these. */
static bool write_ace(FILE *out, const struct coap_message *message) {
  const struct coap_option *option = coap_message_find(message, COAP_NUMBER_CONTENT_FORMAT);
  struct cbor_reader reader;
  uint64_t format;
  if (option == NULL || coap_uint_decode(option->value, option->length, &format) < 0 ||
      (format != ACE_CONTENT_FORMAT && format != ACE_CONTENT_FORMAT_CWT))
    return false;
  if (format == ACE_CONTENT_FORMAT_CWT) {
    fprintf(out, " a token: %zu octets", message->payload_length);
    return true;
  }
  cbor_reader_init(&reader, message->payload, message->payload_length);
  if (!write_parameters(out, &reader) || cbor_next(&reader) != CBOR_END)
    fputs(" (malformed)", out);
  return true;
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
    if (!write_ace(out, message))
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
