/* SipHash-2-4. */
#include "hash.h"

enum { COMPRESSION_ROUNDS = 2, FINALIZATION_ROUNDS = 4, WORD = 8 };

struct hash_state {
  uint64_t v0, v1, v2, v3;
};

static uint64_t hash_rotate(uint64_t word, unsigned bits) {
  return word << bits | word >> (64 - bits);
}

static void hash_rounds(struct hash_state *state, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    state->v0 += state->v1;
    state->v2 += state->v3;
    state->v1 = hash_rotate(state->v1, 13) ^ state->v0;
    state->v3 = hash_rotate(state->v3, 16) ^ state->v2;
    state->v0 = hash_rotate(state->v0, 32);
    state->v2 += state->v1;
    state->v0 += state->v3;
    state->v1 = hash_rotate(state->v1, 17) ^ state->v2;
    state->v3 = hash_rotate(state->v3, 21) ^ state->v0;
    state->v2 = hash_rotate(state->v2, 32);
  }
}

static void hash_compress(struct hash_state *state, uint64_t word) {
  state->v3 ^= word;
  hash_rounds(state, COMPRESSION_ROUNDS);
  state->v0 ^= word;
}

/* `length` octets, 8 at most, little-endian. */
static uint64_t hash_word(const uint8_t *octets, size_t length) {
  uint64_t word = 0;
  for (size_t i = 0; i < length; i++)
    word |= (uint64_t)octets[i] << 8 * i;
  return word;
}

uint64_t hash_keyed(const struct hash_key *key, const uint8_t *octets, size_t length) {
  struct hash_state state = {
      .v0 = key->k0 ^ UINT64_C(0x736f6d6570736575),
      .v1 = key->k1 ^ UINT64_C(0x646f72616e646f6d),
      .v2 = key->k0 ^ UINT64_C(0x6c7967656e657261),
      .v3 = key->k1 ^ UINT64_C(0x7465646279746573),
  };
  const size_t whole = length - length % WORD;
  for (size_t at = 0; at < whole; at += WORD)
    hash_compress(&state, hash_word(octets + at, WORD));
  hash_compress(&state, hash_word(octets + whole, length - whole) | (uint64_t)length << 56);
  state.v2 ^= 0xff;
  hash_rounds(&state, FINALIZATION_ROUNDS);
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}
