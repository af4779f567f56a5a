/* SipHash-2-4. */
#include "hash.h"

struct sip {
  uint64_t v[4];
};

static uint64_t rotate(uint64_t x, unsigned bits) {
  return x << bits | x >> (64 - bits);
}

static void sip_round(struct sip *sip) {
  uint64_t *v = sip->v;
  v[0] += v[1];
  v[1] = rotate(v[1], 13) ^ v[0];
  v[0] = rotate(v[0], 32);
  v[2] += v[3];
  v[3] = rotate(v[3], 16) ^ v[2];
  v[0] += v[3];
  v[3] = rotate(v[3], 21) ^ v[0];
  v[2] += v[1];
  v[1] = rotate(v[1], 17) ^ v[2];
  v[2] = rotate(v[2], 32);
}

static void sip_take(struct sip *sip, uint64_t word) {
  sip->v[3] ^= word;
  sip_round(sip);
  sip_round(sip);
  sip->v[0] ^= word;
}

/* Little-endian, `length` up to 8. */
static uint64_t read_word(const uint8_t *at, size_t length) {
  uint64_t word = 0;
  for (size_t i = 0; i < length; i++)
    word |= (uint64_t)at[i] << 8 * i;
  return word;
}

uint64_t hash_octets(const struct hash_key *key, const uint8_t *octets, size_t length) {
  struct sip sip = {
      {key->half[0] ^ UINT64_C(0x736f6d6570736575), key->half[1] ^ UINT64_C(0x646f72616e646f6d),
       key->half[0] ^ UINT64_C(0x6c7967656e657261), key->half[1] ^ UINT64_C(0x7465646279746573)}};
  size_t at = 0;
  for (; length - at >= 8; at += 8)
    sip_take(&sip, read_word(octets + at, 8));
  const uint64_t rest = length == at ? 0 : read_word(octets + at, length - at);
  sip_take(&sip, (uint64_t)length << 56 | rest);
  sip.v[2] ^= 0xff;
  for (unsigned i = 0; i < 4; i++)
    sip_round(&sip);
  return sip.v[0] ^ sip.v[1] ^ sip.v[2] ^ sip.v[3];
}
