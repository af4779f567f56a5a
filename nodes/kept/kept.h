/* Octets on the heap, as long as they are, that are wiped at their end: of a datagram, kept for
 * (re)transmission with the row of each, or of whatever is to wait. */
#ifndef NODES_KEPT_KEPT_H
#define NODES_KEPT_KEPT_H

#include "../node.h"

/* Zeroed memory keeps nothing. Who has it owns the block; it may be moved in memory. */
struct kept {
  struct span *spans; /* the block: the rows, then the octets; NULL: none */
  uint8_t *data;
  uint16_t length, span_count;
};

/* Keeps these (UINT16_MAX octets at most) in the place of what is kept; `spans` NULL: their rows
 * are of no interest. NODE_ERR_EXHAUSTED: memory is short, and `kept` is as it was. */
NODE_MUST_CHECK int kept_store(struct kept *kept, const uint8_t *data, size_t length,
                               const struct span_list *spans);

/* The same for what `from` keeps. */
NODE_MUST_CHECK int kept_copy(struct kept *kept, const struct kept *from);

/* Writes data and spans of a datagram. NODE_ERR_TOO_LONG: it has no room for them. */
NODE_MUST_CHECK int kept_write(const struct kept *kept, struct node_datagram *datagram);

/* Wipes and frees. */
void kept_wipe(struct kept *kept);

#endif
