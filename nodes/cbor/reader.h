/* Reads deterministic CBOR (RFC 8949 section 4.2): whatever is longer than need be, indefinite or
 * cut short is refused. All results are 0 or NODE_ERR_MALFORMED, unless said otherwise; after an
 * error the reader stays where it was. */
#ifndef NODES_CBOR_READER_H
#define NODES_CBOR_READER_H

#include "../node.h"

enum { CBOR_DEPTH_MAX = 8 };

enum cbor_type {
  CBOR_UINT = 0,
  CBOR_NEGATIVE = 1,
  CBOR_BYTES = 2,
  CBOR_TEXT = 3,
  CBOR_ARRAY = 4,
  CBOR_MAP = 5,
  CBOR_TAG = 6,
  CBOR_SIMPLE = 7, /* false, true, null, floating point */
  CBOR_END,        /* nothing follows */
};

/* A view of the caller's octets. */
struct cbor_reader {
  const uint8_t *data;
  size_t length;
  size_t offset; /* of the next item */
};

void cbor_reader_init(struct cbor_reader *reader, const uint8_t *data, size_t length);

/* The type of the next item; its head may still be malformed. */
enum cbor_type cbor_next(const struct cbor_reader *reader);

/* An integer from INT32_MIN to INT32_MAX. */
NODE_MUST_CHECK int cbor_get_int(struct cbor_reader *reader, int32_t *value);

/* An unsigned integer. */
NODE_MUST_CHECK int cbor_get_uint(struct cbor_reader *reader, uint64_t *value);

/* Strings; `bytes` points into the octets that are read. */
NODE_MUST_CHECK int cbor_get_bytes(struct cbor_reader *reader, const uint8_t **bytes,
                                   size_t *length);
NODE_MUST_CHECK int cbor_get_text(struct cbor_reader *reader, const uint8_t **text, size_t *length);

/* The head of an array or a map; the items follow. */
NODE_MUST_CHECK int cbor_get_array(struct cbor_reader *reader, size_t *items);
NODE_MUST_CHECK int cbor_get_map(struct cbor_reader *reader, size_t *pairs);

/* The simple values false and true. */
NODE_MUST_CHECK int cbor_get_bool(struct cbor_reader *reader, bool *value);

/* Passes over one whole item, nested no deeper than CBOR_DEPTH_MAX. */
NODE_MUST_CHECK int cbor_skip(struct cbor_reader *reader);

#endif
