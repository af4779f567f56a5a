/* PANA in the virtual-time network of tests. */
#ifndef NODES_TESTS_PANA_WORLD_H
#define NODES_TESTS_PANA_WORLD_H

#include "coap-eap/pipe.h"
#include "pana/message.h"

/* PRF 8, integrity 12 and nonces of 8 octets, as in the published table; no association. */
static inline struct pipe_config pana_published(void) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "lower_layer", "pana");
  pipe_set(&config, "association", "none");
  pipe_set(&config, "pana_prf", "8");
  pipe_set_number(&config, "pana_nonce_bytes", 8);
  return config;
}

/* The message in the datagram of this number; there must be one. */
static inline struct pana_message pana_flown(const struct pipe *pipe, size_t number) {
  struct pana_message message;
  const char *why =
      pana_message_parse(pipe->flight[number].data, pipe->flight[number].length, &message);
  assert_null(why);
  return message;
}

static inline size_t pana_octets(const struct pipe *pipe) {
  size_t sum = 0;
  for (size_t i = 0; i < pipe->flight_count; i++)
    sum += pipe->flight[i].length;
  return sum;
}

#endif
