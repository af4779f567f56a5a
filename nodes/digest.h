/* A digest of a core's state, so that an exhaustive search knows a state that it has met: FNV-1a of
 * 128 bits over what decides the core's further behaviour. Two of n different states share a digest
 * with a probability of about n^2 / 2^129: 10^-25 for ten million.
 *
 * Absolute time has no place in it, nor have pointers, labels, counters of copies. Each module
 * writes its own state, in a fixed order. */
#ifndef NODES_DIGEST_H
#define NODES_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
  uint64_t high, low;
  /* Times for which something is remembered (EXCHANGE_LIFETIME and the like) are written exactly;
   * else only that they are not over. That makes many more states equal, and is right as long as
   * no such time ends between one state and another that is taken for it. */
  bool exact_lifetimes;
};

void digest_init(struct digest *digest);

void digest_u64(struct digest *digest, uint64_t value);

/* The length, then the octets. */
void digest_octets(struct digest *digest, const void *octets, size_t length);

/* When a timer is due: the time that is left, or that it is not armed (NODE_NEVER). */
void digest_deadline(struct digest *digest, uint64_t due_ns, uint64_t now_ns);

/* Until when something is remembered. */
void digest_lifetime(struct digest *digest, uint64_t until_ns, uint64_t now_ns);

#endif
