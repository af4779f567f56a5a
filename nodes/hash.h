/* The hash of tables whose keys others choose: SipHash-2-4, with a secret key, so that nobody can
 * choose keys that fall into one place (Aumasson and Bernstein, "SipHash: a fast short-input PRF",
 * 2012). */
#ifndef NODES_HASH_H
#define NODES_HASH_H

#include <stddef.h>
#include <stdint.h>

/* 16 random octets, read as two numbers. */
struct hash_key {
  uint64_t half[2];
};

uint64_t hash_octets(const struct hash_key *key, const uint8_t *octets, size_t length);

#endif
