/* Byte strings that travel as one octet where they can (RFC 9528 section 3.3.2): one that is itself
 * the CBOR encoding of an integer from -24 to 23 stands for itself. */
#ifndef NODES_EDHOC_IDENTIFIER_H
#define NODES_EDHOC_IDENTIFIER_H

#include "../cbor/reader.h"

void edhoc_identifier_put(struct span_writer *out, const uint8_t *bytes, size_t length);

/* NODE_ERR_MALFORMED: another type, or a byte string that should be an integer. */
NODE_MUST_CHECK int edhoc_identifier_get(struct cbor_reader *reader, const uint8_t **bytes,
                                         size_t *length);

#endif
