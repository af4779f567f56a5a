/* How often a peer tries to join, and how long it waits between attempts. */
#ifndef NODES_LOWER_JOIN_H
#define NODES_LOWER_JOIN_H

#include "../node.h"
#include "../option.h"

/* An attempt that has ended without an answer, or has broken off, is followed by the next after
 * wait_ms to 1.5 times that, until so many are made. `fixed`: the waits stay as they are; else each
 * is twice the one before, up to wait_max_ms. */
struct lower_join {
  unsigned attempts;
  uint32_t wait_ms, wait_max_ms;
  bool fixed;
};

/* trigger_backoff, join_attempts, join_backoff_ms, join_backoff_max_ms. */
extern const struct option_table LOWER_JOIN_OPTIONS;

void lower_join_read(const struct option_values *values, struct lower_join *join);

/* From the end of an attempt to the next, once so many have been made. */
uint64_t lower_join_wait_ns(const struct lower_join *join, unsigned attempts,
                            const struct node_hooks *hooks);

#endif
