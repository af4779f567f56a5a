/* A small generator of reproducible random numbers (xorshift64*), also as a node's random hook. */
#ifndef NODES_TESTS_SEEDED_H
#define NODES_TESTS_SEEDED_H

#include <stddef.h>
#include <stdint.h>

struct seeded {
  uint64_t state; /* not 0 */
};

static inline uint32_t seeded_below(struct seeded *seeded, uint32_t bound) {
  seeded->state ^= seeded->state >> 12;
  seeded->state ^= seeded->state << 25;
  seeded->state ^= seeded->state >> 27;
  return (uint32_t)(seeded->state * UINT64_C(0x2545f4914f6cdd1d) >> 32) % bound;
}

static inline void seeded_bytes(void *context, uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++)
    bytes[i] = (uint8_t)seeded_below(context, 256);
}

#endif
