/* A minimal deterministic CBOR encoder. */
#include "writer.h"

#include <assert.h>
#include <string.h>

enum major {
  MAJOR_UINT = 0,
  MAJOR_NEGATIVE = 1,
  MAJOR_BYTES = 2,
  MAJOR_TEXT = 3,
  MAJOR_ARRAY = 4,
  MAJOR_MAP = 5,
};

enum { TRUE_ITEM = 0xf5, NULL_ITEM = 0xf6 };

static void cbor_put_head(struct span_writer *out, enum major major, size_t value) {
  assert(value <= UINT32_MAX);
  const unsigned type = (unsigned)major << 5;
  if (value < 24) {
    span_writer_put_u8(out, out->row, (uint8_t)(type | value));
  } else if (value <= UINT8_MAX) {
    span_writer_put_u8(out, out->row, (uint8_t)(type | 24));
    span_writer_put_u8(out, out->row, (uint8_t)value);
  } else if (value <= UINT16_MAX) {
    span_writer_put_u8(out, out->row, (uint8_t)(type | 25));
    span_writer_put_u16(out, out->row, (uint16_t)value);
  } else {
    span_writer_put_u8(out, out->row, (uint8_t)(type | 26));
    span_writer_put_u16(out, out->row, (uint16_t)(value >> 16));
    span_writer_put_u16(out, out->row, (uint16_t)value);
  }
}

void cbor_put_uint(struct span_writer *out, size_t value) {
  cbor_put_head(out, MAJOR_UINT, value);
}

void cbor_put_int(struct span_writer *out, int32_t value) {
  if (value < 0)
    cbor_put_head(out, MAJOR_NEGATIVE, (size_t)(-1 - value));
  else
    cbor_put_head(out, MAJOR_UINT, (size_t)value);
}

void cbor_put_bytes_head(struct span_writer *out, size_t length) {
  cbor_put_head(out, MAJOR_BYTES, length);
}

void cbor_put_bytes(struct span_writer *out, const uint8_t *bytes, size_t length) {
  cbor_put_bytes_head(out, length);
  span_writer_put(out, out->row, bytes, length);
}

void cbor_put_text_of(struct span_writer *out, const uint8_t *text, size_t length) {
  cbor_put_head(out, MAJOR_TEXT, length);
  span_writer_put(out, out->row, text, length);
}

void cbor_put_text(struct span_writer *out, const char *text) {
  cbor_put_text_of(out, (const uint8_t *)text, strlen(text));
}

void cbor_put_array(struct span_writer *out, size_t items) {
  cbor_put_head(out, MAJOR_ARRAY, items);
}

void cbor_put_map(struct span_writer *out, size_t pairs) {
  cbor_put_head(out, MAJOR_MAP, pairs);
}

void cbor_put_null(struct span_writer *out) {
  span_writer_put_u8(out, out->row, NULL_ITEM);
}

void cbor_put_true(struct span_writer *out) {
  span_writer_put_u8(out, out->row, TRUE_ITEM);
}

void cbor_put_encoded(struct span_writer *out, const uint8_t *items, size_t length) {
  span_writer_put(out, out->row, items, length);
}
