/* A resource server: what comes to its ports are the parts of an input. The first octet of a part
 * says to which port, from whom, and after what time; the first of the input, the profile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "ace/resource_server_world.h"

const unsigned FUZZ_ROUNDS = 2000;

enum { DATAGRAMS_MAX = 24, WAYS = 3 };

static const uint64_t INTERVALS_MS[] = {20, 20, 1500, 4000000};

static struct rs_world world;

static void configure(uint8_t way) {
  rs_world_configure(&world, way == 0 ? ACE_PROFILE_OSCORE : ACE_PROFILE_DTLS);
  world.config.clients_max = 2;
}

static void flush(void) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  int written;
  while ((written = node_write(world.node, &datagram, world.now_ns)) == 1)
    fuzz_claim(span_list_length(&datagram.spans) == datagram.length, "each octet has a row");
  fuzz_claim(written == 0, "a datagram is written");
}

static void take_part(uint8_t head, uint8_t *data, size_t length) {
  struct node_address local = rs_world_address();
  struct node_address remote = world.clients[head / 2 % RS_WORLD_CLIENTS].address;
  if (head % 2 != 0) {
    local = association_address(&ASSOCIATION_DTLS, &local);
    remote = association_address(&ASSOCIATION_DTLS, &remote);
  }
  const struct node_datagram datagram = {
      .source = remote, .destination = local, .data = data, .length = length};
  world.now_ns += INTERVALS_MS[head / 8 % 4] * NODE_MS;
  if (node_expiry(world.node) <= world.now_ns)
    fuzz_claim(node_handle_expiry(world.node, world.now_ns) == 0, "a timer ends no node");
  flush();
  fuzz_claim(node_read(world.node, &datagram, world.now_ns) == 0, "octets end no node");
  flush();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data + 1, size - 1};
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  configure(data[0] % WAYS);
  rs_world_start(&world);
  for (unsigned i = 0; i < DATAGRAMS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    if (length > 0)
      take_part(part[0], part + 1, length - 1);
    free(part);
  }
  fuzz_accepted = rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED) > 0;
  rs_world_end(&world);
  return 0;
}

static void take_story(fuzz_take *take, uint8_t way) {
  static struct fuzz_input input;
  input = (struct fuzz_input){.data = {way}, .size = 1};
  for (size_t i = 0; i < world.count; i++) {
    uint8_t part[1 + NODE_DATAGRAM_MAX] = {world.log[i].destination.port != RS_WORLD_PORT};
    if (world.log[i].destination.ip[0] != rs_world_address().ip[0])
      continue;
    memcpy(part + 1, world.log[i].data, world.log[i].length);
    fuzz_input_put_part(&input, part, 1 + world.log[i].length);
  }
  take(input.data, input.size);
}

/* A token is brought, or named in the handshake itself, and a request is served. */
void fuzz_seeds(fuzz_take *take) {
  const struct rs_world_terms terms = rs_world_terms(7);
  for (uint8_t way = 0; way < WAYS; way++) {
    configure(way);
    rs_world_start(&world);
    if (way < 2) {
      fuzz_claim(rs_world_join(&world, 0, &terms), "a client has an association");
    } else {
      rs_world_give_token(&world, 0, &terms);
      rs_world_open(&world, 0, true);
      rs_world_run_ms(&world, 1000);
    }
    fuzz_claim(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL) == COAP_CODE_CONTENT,
               "a client is served");
    take_story(take, way);
    rs_world_end(&world);
  }
}
