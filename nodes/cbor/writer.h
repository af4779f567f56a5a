/* The items of deterministic CBOR (RFC 8949 section 4.2) that COSE, OSCORE, EDHOC and ACE need.
 * Their ledger row is the writer's `row`, which is of no interest where its `spans` is NULL. */
#ifndef NODES_CBOR_WRITER_H
#define NODES_CBOR_WRITER_H

#include "../span.h"

/* Unsigned integers, lengths and counts are below 2^32, integers above -2^31 - 1. */
void cbor_put_uint(struct span_writer *out, size_t value);
void cbor_put_int(struct span_writer *out, int32_t value);
void cbor_put_bytes(struct span_writer *out, const uint8_t *bytes, size_t length);
void cbor_put_text(struct span_writer *out, const char *text);
void cbor_put_text_of(struct span_writer *out, const uint8_t *text, size_t length);
void cbor_put_array(struct span_writer *out, size_t items);
void cbor_put_map(struct span_writer *out, size_t pairs);
void cbor_put_null(struct span_writer *out);
void cbor_put_true(struct span_writer *out);

/* The head of a byte string of `length` octets, which the caller appends. */
void cbor_put_bytes_head(struct span_writer *out, size_t length);

/* Items that are encoded already. */
void cbor_put_encoded(struct span_writer *out, const uint8_t *items, size_t length);

#endif
