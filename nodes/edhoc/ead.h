/* External authorization data (RFC 9528 section 3.8). */
#ifndef NODES_EDHOC_EAD_H
#define NODES_EDHOC_EAD_H

#include "../cbor/reader.h"

enum {
  EDHOC_EAD_MAX = 8,     /* items in one message */
  EDHOC_EAD_PADDING = 0, /* label */
  EDHOC_EAD_LABEL_MAX = 65535,
};

struct edhoc_ead {
  uint16_t label;
  bool critical;        /* the receiver gives up if it does not understand the item; not padding */
  const uint8_t *value; /* NULL: none */
  size_t length;
};

/* Writes the items; NODE_ERR_BAD_CONFIG: too many, or critical padding. */
NODE_MUST_CHECK int edhoc_ead_put(struct span_writer *out, const struct edhoc_ead *items,
                                  size_t count);

/* Reads one item. */
NODE_MUST_CHECK int edhoc_ead_get(struct cbor_reader *reader, struct edhoc_ead *item);

/* Whether items, EDHOC_EAD_MAX at most, are all that follows. */
NODE_MUST_CHECK int edhoc_ead_check(struct cbor_reader reader);

#endif
