/* FNV-1a of 128 bits. */
#include "digest.h"

#include "node.h"

#define OFFSET_BASIS_HIGH UINT64_C(0x6c62272e07bb0142)
#define OFFSET_BASIS_LOW UINT64_C(0x62b821756295c58d)

void digest_init(struct digest *digest) {
  *digest = (struct digest){.high = OFFSET_BASIS_HIGH, .low = OFFSET_BASIS_LOW};
}

static void digest_put(struct digest *digest, const uint8_t *octets, size_t length) {
  static const unsigned __int128 prime = (unsigned __int128)1 << 88 | 0x13b;
  unsigned __int128 hash = (unsigned __int128)digest->high << 64 | digest->low;
  for (size_t i = 0; i < length; i++)
    hash = (hash ^ octets[i]) * prime;
  digest->high = (uint64_t)(hash >> 64);
  digest->low = (uint64_t)hash;
}

void digest_u64(struct digest *digest, uint64_t value) {
  uint8_t octets[8];
  for (size_t i = 0; i < sizeof octets; i++)
    octets[i] = (uint8_t)(value >> 8 * i);
  digest_put(digest, octets, sizeof octets);
}

void digest_octets(struct digest *digest, const void *octets, size_t length) {
  digest_u64(digest, length);
  digest_put(digest, octets, length);
}

void digest_deadline(struct digest *digest, uint64_t due_ns, uint64_t now_ns) {
  if (due_ns == NODE_NEVER)
    digest_u64(digest, NODE_NEVER);
  else
    digest_u64(digest, due_ns > now_ns ? due_ns - now_ns : 0);
}

void digest_lifetime(struct digest *digest, uint64_t until_ns, uint64_t now_ns) {
  if (digest->exact_lifetimes)
    digest_deadline(digest, until_ns, now_ns);
  else
    digest_u64(digest, until_ns > now_ns);
}
