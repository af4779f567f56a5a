/* The value of the OSCORE option: RFC 8613 section 6.1. */
#include "oscore.h"

#include <assert.h>
#include <string.h>

enum {
  FLAGS_RESERVED = 0xe0,
  FLAG_KID_CONTEXT = 0x10,
  FLAG_KID = 0x08,
  FLAGS_PIV_LENGTH = 0x07,
};

/* What is left of an option's value. */
struct option_reader {
  const uint8_t *next;
  size_t left;
};

/* Returns `length` octets, or NULL where they are not there. */
static const uint8_t *option_take(struct option_reader *reader, size_t length) {
  if (length > reader->left)
    return NULL;
  const uint8_t *bytes = reader->next;
  reader->next += length;
  reader->left -= length;
  return bytes;
}

static int parse_piv(struct option_reader *reader, size_t length, struct oscore_option *option) {
  const uint8_t *piv = length <= OSCORE_PIV_MAX ? option_take(reader, length) : NULL;
  if (piv == NULL || (length > 1 && piv[0] == 0))
    return NODE_ERR_MALFORMED;
  memcpy(option->piv, piv, length);
  option->piv_length = length;
  return 0;
}

static int parse_kid_context(struct option_reader *reader, struct oscore_option *option) {
  const uint8_t *length = option_take(reader, 1);
  if (length == NULL)
    return NODE_ERR_MALFORMED;
  option->kid_context_length = *length;
  option->kid_context = option_take(reader, *length);
  return option->kid_context == NULL ? NODE_ERR_MALFORMED : 0;
}

static int parse_kid(struct option_reader *reader, struct oscore_option *option) {
  option->kid_present = true;
  option->kid.length = reader->left;
  if (option->kid.length > OSCORE_ID_MAX)
    return NODE_ERR_MALFORMED;
  memcpy(option->kid.bytes, option_take(reader, option->kid.length), option->kid.length);
  return 0;
}

int oscore_option_parse(const uint8_t *value, size_t length, struct oscore_option *option) {
  *option = (struct oscore_option){0};
  if (length == 0)
    return 0;
  const uint8_t flags = value[0];
  if (flags == 0 || (flags & FLAGS_RESERVED) != 0)
    return NODE_ERR_MALFORMED;

  struct option_reader reader = {.next = value + 1, .left = length - 1};
  int error = 0;
  if ((flags & FLAGS_PIV_LENGTH) != 0)
    error = parse_piv(&reader, flags & FLAGS_PIV_LENGTH, option);
  if (error == 0 && (flags & FLAG_KID_CONTEXT) != 0)
    error = parse_kid_context(&reader, option);
  if (error == 0 && (flags & FLAG_KID) != 0)
    return parse_kid(&reader, option);
  if (error == 0 && reader.left != 0)
    return NODE_ERR_MALFORMED;
  return error;
}

int oscore_option_compose(const struct oscore_option *option, struct span_writer *out) {
  assert(option->piv_length <= OSCORE_PIV_MAX);
  assert(option->kid_context == NULL || option->kid_context_length <= UINT8_MAX);
  const uint8_t flags =
      (uint8_t)(option->piv_length | (option->kid_context != NULL ? FLAG_KID_CONTEXT : 0) |
                (option->kid_present ? FLAG_KID : 0));
  if (flags == 0)
    return 0;
  span_writer_put_u8(out, ROW_OSCORE_OPTION, flags);
  span_writer_put(out, ROW_OSCORE_OPTION, option->piv, option->piv_length);
  if (option->kid_context != NULL) {
    span_writer_put_u8(out, ROW_OSCORE_OPTION, (uint8_t)option->kid_context_length);
    span_writer_put(out, ROW_OSCORE_OPTION, option->kid_context, option->kid_context_length);
  }
  if (option->kid_present)
    span_writer_put(out, ROW_OSCORE_OPTION, option->kid.bytes, option->kid.length);
  return out->overflow ? NODE_ERR_TOO_LONG : 0;
}
