/* A keyed hash for tables in which strangers choose what is looked up: SipHash-2-4 (Aumasson and
 * Bernstein, 2012). Who does not know the key cannot choose octets that meet in one bucket. */
#ifndef NODES_HASH_H
#define NODES_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Of random octets, and secret. */
struct hash_key {
  uint64_t k0, k1;
};

uint64_t hash_keyed(const struct hash_key *key, const uint8_t *octets, size_t length);

#endif
