/* Which way is up, towards the root of the tree, as the datagrams to it and to what is behind it
 * show: each node has one neighbour that it hands them to. */
#ifndef SIM_TESTS_PROOF_PROOF_WAYS_H
#define SIM_TESTS_PROOF_PROOF_WAYS_H

#include "proof_datagrams.h"

/* "up", "down" or "across", of a datagram between two radios that have a session of their own: one
 * that is on the other's way up is above it. */
const char *proof_ways_direction(const struct proof_air *air,
                                 const struct proof_datagrams *datagrams, unsigned from,
                                 unsigned to);

/* The end of a link that is further from the root. */
unsigned proof_ways_lower(const struct proof_air *air, const struct proof_datagrams *datagrams,
                          const struct proof_frame *frame);

#endif
