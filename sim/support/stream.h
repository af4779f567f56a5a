/* Random streams of a run, told apart by purpose and by node or directed link, so that a new node
 * or a new purpose changes no other stream. */
#ifndef SIM_SUPPORT_STREAM_H
#define SIM_SUPPORT_STREAM_H

#include <stddef.h>
#include <stdint.h>

enum stream_purpose {
  STREAM_NODE,
  STREAM_LINK,
  STREAM_START,
  STREAM_APPLICATION,
  STREAM_TOPOLOGY,
  STREAM_POLL,
};

/* SplitMix64, whose start is hashed from seed, purpose and indices. */
struct stream {
  uint64_t state;
};

void stream_init(struct stream *stream, uint64_t seed, enum stream_purpose purpose, uint64_t a,
                 uint64_t b);
uint64_t stream_next(struct stream *stream);
void stream_bytes(struct stream *stream, uint8_t *bytes, size_t length);

/* Uniform in [0, 1). */
double stream_uniform(struct stream *stream);

/* Uniform in [0, 1), and always the same at one place of `count` coordinates. */
double stream_uniform_at(const struct stream *stream, const uint64_t *place, size_t count);

#endif
