/* SplitMix64 streams. */
#include "stream.h"

#include <mbedtls/sha256.h>
#include <string.h>

void stream_init(struct stream *stream, uint64_t seed, enum stream_purpose purpose, uint64_t a,
                 uint64_t b) {
  const uint64_t input[4] = {seed, (uint64_t)purpose, a, b};
  unsigned char digest[32];
  mbedtls_sha256_ret((const unsigned char *)input, sizeof input, digest, 0);
  memcpy(&stream->state, digest, sizeof stream->state);
}

#define STEP UINT64_C(0x9e3779b97f4a7c15)

static uint64_t stream_mix(uint64_t z) {
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static double stream_fraction(uint64_t bits) {
  return (double)(bits >> 11) * 0x1p-53;
}

uint64_t stream_next(struct stream *stream) {
  return stream_mix(stream->state += STEP);
}

void stream_bytes(struct stream *stream, uint8_t *bytes, size_t length) {
  while (length > 0) {
    const uint64_t next = stream_next(stream);
    const size_t part = length < sizeof next ? length : sizeof next;
    memcpy(bytes, &next, part);
    bytes += part;
    length -= part;
  }
}

double stream_uniform(struct stream *stream) {
  return stream_fraction(stream_next(stream));
}

double stream_uniform_at(const struct stream *stream, const uint64_t *place, size_t count) {
  uint64_t bits = stream->state;
  for (size_t i = 0; i < count; i++)
    bits = stream_mix(bits + (place[i] + 1) * STEP);
  return stream_fraction(bits);
}
