/* The few items of deterministic CBOR (RFC 8949 section 4.2) that OSCORE's structures need. They
 * are no bytes on the air: `row` is of no interest, the writer's `spans` is NULL. */
#ifndef NODES_OSCORE_CBOR_H
#define NODES_OSCORE_CBOR_H

#include "../span.h"

/* Unsigned integers and lengths are below 65536. */
void cbor_put_uint(struct span_writer *out, size_t value);
void cbor_put_bytes(struct span_writer *out, const uint8_t *bytes, size_t length);
void cbor_put_text(struct span_writer *out, const char *text);
void cbor_put_array(struct span_writer *out, size_t items);
void cbor_put_null(struct span_writer *out);

#endif
