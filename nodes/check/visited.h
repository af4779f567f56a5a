/* The states that a search has met, by their digests, each with the budget that was left there. */
#ifndef NODES_CHECK_VISITED_H
#define NODES_CHECK_VISITED_H

#include "digest.h"

struct visited {
  struct visited_entry *entries;
  size_t capacity; /* a power of two, or 0 */
  size_t count;
};

/* True if the state is new, or was met only with a smaller budget: then what lies behind it is to
 * be explored. Aborts where memory is short. */
bool visited_enter(struct visited *visited, const struct digest *digest, unsigned budget);

void visited_clear(struct visited *visited);

#endif
