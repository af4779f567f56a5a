/* A strict reader of deterministic CBOR. */
#include "reader.h"

enum { INFO_ONE = 24, INFO_TWO = 25, INFO_FOUR = 26, INFO_EIGHT = 27 };
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_BYTE_MIN = 32 };

struct head {
  enum cbor_type type;
  unsigned info;
  uint64_t value;
};

void cbor_reader_init(struct cbor_reader *reader, const uint8_t *data, size_t length) {
  *reader = (struct cbor_reader){.data = data, .length = length};
}

enum cbor_type cbor_next(const struct cbor_reader *reader) {
  if (reader->offset >= reader->length)
    return CBOR_END;
  return (enum cbor_type)(reader->data[reader->offset] >> 5);
}

/* Whether a value of this many octets could not have been written with fewer. */
static bool minimal(const struct head *head) {
  if (head->type == CBOR_SIMPLE) /* RFC 8949 section 3.3; floats are not looked into */
    return head->info != INFO_ONE || head->value >= SIMPLE_BYTE_MIN;
  switch (head->info) {
  case INFO_ONE:
    return head->value >= INFO_ONE;
  case INFO_TWO:
    return head->value > UINT8_MAX;
  case INFO_FOUR:
    return head->value > UINT16_MAX;
  case INFO_EIGHT:
    return head->value > UINT32_MAX;
  default:
    return true;
  }
}

static int get_head(struct cbor_reader *reader, struct head *head) {
  const enum cbor_type type = cbor_next(reader);
  if (type == CBOR_END)
    return NODE_ERR_MALFORMED;
  const uint8_t *octets = reader->data + reader->offset;
  const unsigned info = octets[0] & 0x1f;
  if (info > INFO_EIGHT)
    return NODE_ERR_MALFORMED; /* reserved, or of indefinite length */
  const size_t extra = info < INFO_ONE ? 0 : (size_t)1 << (info - INFO_ONE);
  if (reader->length - reader->offset < 1 + extra)
    return NODE_ERR_MALFORMED;
  *head = (struct head){.type = type, .info = info, .value = info};
  if (extra > 0)
    head->value = 0;
  for (size_t i = 0; i < extra; i++)
    head->value = head->value << 8 | octets[1 + i];
  if (!minimal(head))
    return NODE_ERR_MALFORMED;
  reader->offset += 1 + extra;
  return 0;
}

/* Reads a head of this type, or leaves the reader where it was. */
static int get_head_of(struct cbor_reader *reader, enum cbor_type type, struct head *head) {
  if (cbor_next(reader) != type)
    return NODE_ERR_MALFORMED;
  return get_head(reader, head);
}

int cbor_get_int(struct cbor_reader *reader, int32_t *value) {
  struct cbor_reader ahead = *reader;
  struct head head;
  const int error = get_head(&ahead, &head);
  if (error != 0)
    return error;
  if ((head.type != CBOR_UINT && head.type != CBOR_NEGATIVE) || head.value > INT32_MAX)
    return NODE_ERR_MALFORMED;
  *value = head.type == CBOR_UINT ? (int32_t)head.value : -1 - (int32_t)head.value;
  *reader = ahead;
  return 0;
}

int cbor_get_uint(struct cbor_reader *reader, uint64_t *value) {
  struct head head;
  const int error = get_head_of(reader, CBOR_UINT, &head);
  if (error == 0)
    *value = head.value;
  return error;
}

static int get_string(struct cbor_reader *reader, enum cbor_type type, const uint8_t **bytes,
                      size_t *length) {
  struct cbor_reader ahead = *reader;
  struct head head;
  const int error = get_head_of(&ahead, type, &head);
  if (error != 0)
    return error;
  if (head.value > ahead.length - ahead.offset)
    return NODE_ERR_MALFORMED;
  *bytes = ahead.data + ahead.offset;
  *length = (size_t)head.value;
  ahead.offset += *length;
  *reader = ahead;
  return 0;
}

int cbor_get_bytes(struct cbor_reader *reader, const uint8_t **bytes, size_t *length) {
  return get_string(reader, CBOR_BYTES, bytes, length);
}

int cbor_get_text(struct cbor_reader *reader, const uint8_t **text, size_t *length) {
  return get_string(reader, CBOR_TEXT, text, length);
}

/* Each item takes an octet at least, so that a count beyond the octets left cannot be true. */
static int get_count(struct cbor_reader *reader, enum cbor_type type, size_t octets_each,
                     size_t *count) {
  struct cbor_reader ahead = *reader;
  struct head head;
  const int error = get_head_of(&ahead, type, &head);
  if (error != 0)
    return error;
  if (head.value > (ahead.length - ahead.offset) / octets_each)
    return NODE_ERR_MALFORMED;
  *count = (size_t)head.value;
  *reader = ahead;
  return 0;
}

int cbor_get_array(struct cbor_reader *reader, size_t *items) {
  return get_count(reader, CBOR_ARRAY, 1, items);
}

int cbor_get_map(struct cbor_reader *reader, size_t *pairs) {
  return get_count(reader, CBOR_MAP, 2, pairs);
}

int cbor_get_bool(struct cbor_reader *reader, bool *value) {
  struct cbor_reader ahead = *reader;
  struct head head;
  const int error = get_head_of(&ahead, CBOR_SIMPLE, &head);
  if (error != 0)
    return error;
  if (head.info != SIMPLE_FALSE && head.info != SIMPLE_TRUE)
    return NODE_ERR_MALFORMED;
  *value = head.info == SIMPLE_TRUE;
  *reader = ahead;
  return 0;
}

/* Passes over one item; `depth` is how deep it may nest. */
static int skip(struct cbor_reader *reader, unsigned depth) {
  const uint8_t *bytes;
  struct head head;
  size_t items = 0;
  int error;
  if (depth == 0)
    return NODE_ERR_MALFORMED;
  switch (cbor_next(reader)) {
  case CBOR_BYTES:
    return cbor_get_bytes(reader, &bytes, &items);
  case CBOR_TEXT:
    return cbor_get_text(reader, &bytes, &items);
  case CBOR_ARRAY:
    error = cbor_get_array(reader, &items);
    break;
  case CBOR_MAP:
    error = cbor_get_map(reader, &items);
    items *= 2;
    break;
  case CBOR_TAG:
    error = get_head(reader, &head);
    items = 1;
    break;
  default:
    return get_head(reader, &head);
  }
  for (size_t i = 0; error == 0 && i < items; i++)
    error = skip(reader, depth - 1);
  return error;
}

int cbor_skip(struct cbor_reader *reader) {
  struct cbor_reader ahead = *reader;
  const int error = skip(&ahead, CBOR_DEPTH_MAX);
  if (error == 0)
    *reader = ahead;
  return error;
}
