/* One DTLS endpoint: what it receives are the parts of an input, of which the first octet says
 * whether it is the client or the server, whether it resumes a session, and whether it has keys by
 * identity. */
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dtls/dtls_world.h"

const unsigned FUZZ_ROUNDS = 200;

enum { DATAGRAMS_MAX = 12 };

enum { SIDE = 1, RESUMES = 2, KEYED = 4 };

/* One key for all whose identity begins as that of `one`. */
static size_t find_key(void *context, const uint8_t *identity, size_t length,
                       uint8_t psk[DTLS_PSK_MAX]) {
  const struct dtls_config *const one = context;
  fuzz_claim(length > 0 && length <= NODE_IDENTITY_MAX, "an identity has octets");
  memcpy(psk, one->psk, one->psk_length);
  return identity[0] == one->identity[0] ? one->psk_length : 0;
}

/* A server that has keys, which are those of `one`. */
static void give_keys(struct dtls_config *end, struct dtls_keys *keys, struct dtls_config *one) {
  *one = *end;
  *keys = (struct dtls_keys){find_key, one};
  end->psk_length = end->identity_length = 0;
  end->resumption = NULL;
  end->keys = keys;
}

static const struct dtls_resumption *session(void) {
  static const struct dtls_resumption resumption = {.id = "0123456789abcdef0123456789abcde",
                                                    .id_length = DTLS_SESSION_ID_MAX,
                                                    .master = "master"};
  return &resumption;
}

static void endpoint_write_all(struct dtls_world *world, enum dtls_world_side side) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  int written;
  while ((written = dtls_write(world->end[side].dtls, &datagram, world->now_ns)) == 1)
    fuzz_claim(span_list_length(&datagram.spans) == datagram.length, "each octet has a row");
  fuzz_claim(written == 0, "a datagram is written");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct dtls_world world;
  struct dtls_world_config config = dtls_world_default();
  struct dtls_config one;
  struct dtls_keys keys;
  struct fuzz_parts parts = {data + 1, size - 1};
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  const enum dtls_world_side side = (data[0] & SIDE) == 0 ? DTLS_CLIENT : DTLS_SERVER;
  config.end[side].resumption = (data[0] & RESUMES) == 0 ? NULL : session();
  if (side == DTLS_SERVER && (data[0] & KEYED) != 0)
    give_keys(&config.end[side], &keys, &one);
  dtls_world_init(&world, &config);
  endpoint_write_all(&world, side);
  for (unsigned i = 0; i < DATAGRAMS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    world.now_ns += DTLS_WORLD_LATENCY_MS * NODE_MS;
    fuzz_claim(dtls_world_receive(&world, side, part, length) >= 0, "octets end no endpoint");
    endpoint_write_all(&world, side);
    free(part);
  }
  fuzz_accepted = dtls_state(world.end[side].dtls) == DTLS_ESTABLISHED;
  dtls_world_deinit(&world);
  return 0;
}

/* What both ends have heard of a handshake that comes to its end. */
static void take_seeds(fuzz_take *take, uint8_t how) {
  static struct dtls_world world;
  static struct fuzz_input inputs[2];
  struct dtls_world_config config = dtls_world_default();
  for (size_t i = 0; i < 2; i++)
    config.end[i].resumption = (how & RESUMES) == 0 ? NULL : session();
  dtls_world_init(&world, &config);
  dtls_world_run(&world);
  fuzz_claim(dtls_world_established(&world) && dtls_world_transfer(&world, DTLS_CLIENT, "hello") &&
                 dtls_world_transfer(&world, DTLS_SERVER, "hello"),
             "a session is established");
  for (enum dtls_world_side side = DTLS_CLIENT; side <= DTLS_SERVER; side++) {
    inputs[side] = (struct fuzz_input){.data = {(uint8_t)(side | how)}, .size = 1};
    for (size_t i = 0; i < world.count; i++)
      if (world.log[i].from != side)
        fuzz_input_put_part(&inputs[side], world.log[i].data, world.log[i].length);
  }
  dtls_world_deinit(&world);
  for (size_t i = 0; i < 2; i++)
    take(inputs[i].data, inputs[i].size);
}

void fuzz_seeds(fuzz_take *take) {
  take_seeds(take, 0);
  take_seeds(take, RESUMES);
  take_seeds(take, KEYED);
}
