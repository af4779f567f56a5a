/* An application server: what comes to its ports are the parts of an input. The first octet of a
 * part says to which port, from whom, and after what time; the first of the input, whether the AS's
 * answers come from someone who knows the secret, and the channel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "bootstrap/aps_world.h"
#include "radius_sealed.h"

const unsigned FUZZ_ROUNDS = 2000;

enum { DATAGRAMS_MAX = 24, TO_PULLS = 0, TO_CHANNELS = 1, TO_RADIUS = 2, OF_ESP = 3, PORTS = 4 };
enum { WAYS = 3 };

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};
static const uint16_t INTERVALS_MS[] = {20, 20, 1500, 40000};

static struct aps_world world;

/* The node under test, and what its last request to the AS has. */
struct served {
  struct node *node;
  uint64_t now_ns;
  uint8_t authenticator[RADIUS_AUTHENTICATOR_LENGTH];
  size_t octets_in, octets_out;
};

static void served_flush(struct served *served) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  int written;
  while ((written = node_write(served->node, &datagram, served->now_ns)) == 1) {
    fuzz_claim(span_list_length(&datagram.spans) == datagram.length, "each octet has a row");
    if (datagram.destination.port == RADIUS_PORT)
      memcpy(served->authenticator, data + 4, sizeof served->authenticator);
  }
  fuzz_claim(written == 0, "a datagram is written");
}

static void served_read(struct served *served, uint8_t head, uint8_t *data, size_t length,
                        bool sealed) {
  struct node_address local = world.aps_config[0].local, remote;
  const unsigned port = head % PORTS;
  remote = world.ues[head / 4 % 3].address;
  if (port == TO_CHANNELS) {
    local = association_address(bootstrap_channel_kind(world.channel), &local);
    remote = association_address(bootstrap_channel_kind(world.channel), &remote);
  }
  if (port == TO_RADIUS) {
    local = world.radius[0].local;
    remote = world.radius[0].server;
    if (sealed)
      radius_sealed(data, length, served->authenticator, &SECRET);
  }
  const struct node_datagram datagram = {.source = remote,
                                         .destination = local,
                                         .protocol = port == OF_ESP ? NODE_ESP : NODE_UDP,
                                         .data = data,
                                         .length = length};
  served->now_ns += INTERVALS_MS[head / 16 % 4] * NODE_MS;
  if (node_expiry(served->node) <= served->now_ns)
    fuzz_claim(node_handle_expiry(served->node, served->now_ns) == 0, "a timer ends no node");
  served_flush(served);
  fuzz_claim(node_read(served->node, &datagram, served->now_ns) == 0, "octets end no node");
  served_flush(served);
}

static void configure(uint8_t way) {
  aps_world_configure_over(&world,
                           way / 2 % 2 == 0 ? BOOTSTRAP_CHANNEL_DTLS : BOOTSTRAP_CHANNEL_IKEV2);
  world.aps_config[0].keys_max = 2;
  world.aps_config[0].channels_max = 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data + 1, size - 1};
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  configure(data[0]);
  struct served served = {.now_ns = NODE_MS};
  served.node = bootstrap_aps_create(&world.aps_config[0], &world.aps_party[0].hooks);
  fuzz_claim(served.node != NULL, "a node is made");
  for (unsigned i = 0; i < DATAGRAMS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    if (length > 0)
      served_read(&served, part[0], part + 1, length - 1, data[0] % 2 != 0);
    free(part);
  }
  node_destroy(served.node);
  fuzz_accepted = aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED) > 0;
  return 0;
}

static uint8_t head_of(const struct aps_world_datagram *flown) {
  if (flown->source.port == RADIUS_PORT)
    return TO_RADIUS;
  if (flown->protocol == NODE_ESP)
    return OF_ESP;
  return flown->destination.port == APS_WORLD_PORT ? TO_PULLS : TO_CHANNELS;
}

static void take_story(fuzz_take *take, uint8_t way) {
  static struct fuzz_input input;
  input = (struct fuzz_input){.data = {way}, .size = 1};
  for (size_t i = 0; i < world.count; i++) {
    uint8_t part[1 + NODE_DATAGRAM_MAX] = {head_of(&world.log[i])};
    if (world.log[i].destination.ip[0] != aps_world_address(0).ip[0])
      continue;
    memcpy(part + 1, world.log[i].data, world.log[i].length);
    fuzz_input_put_part(&input, part, 1 + world.log[i].length);
  }
  take(input.data, input.size);
}

/* A key is pulled, by ERP or by the identity, a channel is made, and a request is served. */
void fuzz_seeds(fuzz_take *take) {
  for (uint8_t way = 0; way < WAYS; way++) {
    configure(way);
    aps_world_start(&world);
    if (way % 2 == 0) {
      fuzz_claim(aps_world_serve(&world, 0, 0), "a UE is served");
    } else {
      aps_world_take_root(&world, 0, "aps1");
      aps_world_open(&world, 0, 0);
      aps_world_run_ms(&world, 1000);
      fuzz_claim(aps_world_ask(&world, 0, LOWER_POST), "there is a channel");
      aps_world_run_ms(&world, 1000);
    }
    take_story(take, way);
    aps_world_end(&world);
  }
}
