/* One end of an association by IKEv2 and ESP: what comes to its place are the parts of an input, of
 * which the first octet says which end and kind it is. Of a part the first octet says whether it is
 * a protocol of its own (ESP) or UDP, and whether another association begins beside. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "association/ikev2_pair.h"

const unsigned FUZZ_ROUNDS = 3000;

enum { DATAGRAMS_MAX = 16 };

enum { SIDE = 1, KIND = 2, COOKIE = 4 }; /* of an end */
enum { ESP = 1, BEGINS = 2 };            /* of a part */

static struct ikev2_pair world;

static void fuzz_init(uint8_t how) {
  ikev2_pair_init(&world, IKEV2_PAIR_KINDS[(how & KIND) != 0]);
  ikev2_pair_set(&world, "ikev2_cookie", (how & COOKIE) != 0 ? "on" : "off");
}

static void fuzz_open(int side, struct association *association) {
  const struct ikev2_end *const end = &world.end[side];
  fuzz_claim(association_open(association, &end->config, NULL, &end->hooks, world.now_ns) == 0,
             "it is opened");
}

static void fuzz_read(int side, const uint8_t *part, size_t length) {
  const struct association_config *config = &world.end[side].config;
  struct node_datagram datagram = {.source = association_address(config->kind, &config->remote),
                                   .destination = association_address(config->kind, &config->local),
                                   .protocol = (part[0] & ESP) != 0 ? NODE_ESP : NODE_UDP};
  if ((part[0] & BEGINS) != 0)
    fuzz_open(side, &world.end[side].pair.pending);
  if (datagram.protocol == NODE_ESP)
    datagram.source.port = datagram.destination.port = 0;
  if (association_is_for(config->kind, &config->local, &datagram))
    ikev2_pair_inject(&world, side, &datagram, part + 1, length - 1);
  world.now_ns += 20 * NODE_MS;
  world.sent_count = 0;
  (void)ikev2_pair_say(&world, side);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data + 1, size - 1};
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  const int side = data[0] & SIDE;
  fuzz_init(data[0]);
  fuzz_open(side, &world.end[side].pair.current);
  (void)ikev2_pair_say(&world, side);
  for (unsigned i = 0; i < DATAGRAMS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    if (length > 0 && length <= NODE_DATAGRAM_MAX)
      fuzz_read(side, part, length);
    free(part);
  }
  fuzz_accepted = world.end[side].requests + world.end[side].responses > 0;
  ikev2_pair_close(&world);
  return 0;
}

/* An exchange, and an application request of the other end. */
void fuzz_seeds(fuzz_take *take) {
  static struct fuzz_input input;
  static const uint8_t ways[] = {0, SIDE, KIND | COOKIE, KIND | COOKIE | SIDE};
  for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
    const uint8_t how = ways[way];
    const int side = how & SIDE;
    fuzz_init(how);
    ikev2_pair_open(&world);
    ikev2_pair_run(&world);
    ikev2_pair_ask(&world, !side);
    fuzz_claim(world.end[side].requests == 1, "a request is answered");
    input = (struct fuzz_input){.data = {how}, .size = 1};
    for (size_t i = 0; i < world.sent_count; i++) {
      const struct ikev2_sent *const sent = &world.sent[i];
      uint8_t part[1 + NODE_DATAGRAM_MAX] = {sent->datagram.protocol == NODE_ESP ? ESP : 0};
      memcpy(part + 1, sent->data, sent->datagram.length);
      if (sent->side != side)
        fuzz_input_put_part(&input, part, 1 + sent->datagram.length);
    }
    ikev2_pair_close(&world);
    take(input.data, input.size);
  }
}
