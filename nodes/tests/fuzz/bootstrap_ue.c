/* A UE with a request to each of two application servers under way: what comes to it are the parts
 * of an input. The first octet of a part says from which server, and from which of its ports, and
 * after what time; the first of the input, how keys are come by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "bootstrap/ue_world.h"

const unsigned FUZZ_ROUNDS = 1000;

enum { DATAGRAMS_MAX = 24, SERVERS = 2, IN_CHANNEL = 2, OF_ESP = 16 };

static const uint16_t INTERVALS_MS[] = {0, 20, 1500, 40000};

static struct ue_world world;

/* IKEv2 once: its handshakes compute a lot. */
static const struct {
  enum bootstrap_channel channel;
  enum bootstrap_pull pull;
} WAYS[] = {{BOOTSTRAP_CHANNEL_DTLS, BOOTSTRAP_PULL_ERP},
            {BOOTSTRAP_CHANNEL_DTLS, BOOTSTRAP_PULL_PSK_IDENTITY},
            {BOOTSTRAP_CHANNEL_DTLS, BOOTSTRAP_PULL_CONFIGURED},
            {BOOTSTRAP_CHANNEL_IKEV2, BOOTSTRAP_PULL_IKEV2_IDI}};

enum { WAY_COUNT = sizeof WAYS / sizeof WAYS[0] };

static void begin(uint8_t way) {
  ue_world_begin_over(&world, WAYS[way % WAY_COUNT].channel, WAYS[way % WAY_COUNT].pull);
  for (size_t i = 0; i < SERVERS; i++)
    fuzz_claim(ue_world_ask(&world, i, LOWER_POST) == 0, "a request begins");
}

/* Nobody else is there. */
static void take_part(const uint8_t *part, size_t length) {
  struct node_address source = world.known[part[0] % SERVERS].address;
  struct node_address destination = world.config.local;
  const struct association_kind *kind = bootstrap_channel_kind(world.config.channel);
  const bool of_esp = (part[0] & OF_ESP) != 0;
  if ((part[0] & IN_CHANNEL) != 0) {
    source = association_address(kind, &source);
    destination = association_address(kind, &destination);
  }
  world.post.now_ns += INTERVALS_MS[part[0] / 4 % 4] * NODE_MS;
  if (node_expiry(world.ue) <= world.post.now_ns)
    fuzz_claim(node_handle_expiry(world.ue, world.post.now_ns) == 0, "a timer ends no node");
  post_inject(&world.post, of_esp ? NODE_ESP : NODE_UDP, &source, &destination, part + 1,
              length - 1);
}

/* However it went on, each request has one end. */
static void claim_ends(void) {
  for (unsigned i = 0; i < DATAGRAMS_MAX * DATAGRAMS_MAX && node_expiry(world.ue) != NODE_NEVER;
       i++) {
    const uint64_t due_ns = node_expiry(world.ue);
    world.post.now_ns = due_ns > world.post.now_ns ? due_ns : world.post.now_ns;
    fuzz_claim(node_handle_expiry(world.ue, world.post.now_ns) == 0, "a timer ends no node");
    post_inject(&world.post, NODE_UDP, &world.config.local, &world.config.local, NULL, 0);
  }
  for (size_t i = 0; i < SERVERS; i++)
    fuzz_claim(ue_world_count(&world, i, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) +
                       ue_world_count(&world, i, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED) ==
                   1,
               "a request has one end");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data + 1, size - 1};
  uint8_t *part;
  size_t length;
  if (size == 0)
    return 0;
  begin(data[0]);
  for (unsigned i = 0; i < DATAGRAMS_MAX && (part = fuzz_part_next(&parts, &length)) != NULL; i++) {
    if (length > 0)
      take_part(part, length);
    free(part);
  }
  fuzz_accepted = ue_world_count(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) > 0;
  claim_ends();
  ue_world_end(&world);
  return 0;
}

static void take_story(fuzz_take *take, uint8_t way) {
  static struct fuzz_input input;
  input = (struct fuzz_input){.data = {way}, .size = 1};
  for (size_t i = 0; i < world.post.flight_count; i++) {
    const struct post_datagram *flown = &world.post.flight[i];
    uint8_t part[1 + NODE_DATAGRAM_MAX];
    if (memcmp(flown->destination.ip, world.config.local.ip, sizeof flown->destination.ip) != 0)
      continue;
    const bool second = memcmp(flown->source.ip, world.known[0].address.ip, 16) != 0;
    const bool inside = flown->destination.port != world.config.local.port;
    const bool of_esp = flown->protocol == NODE_ESP;
    part[0] = (uint8_t)((second ? 1 : 0) | (inside ? IN_CHANNEL : 0) | (of_esp ? OF_ESP : 0));
    memcpy(part + 1, flown->data, flown->length);
    fuzz_input_put_part(&input, part, 1 + flown->length);
  }
  take(input.data, input.size);
}

/* Both requests are answered. */
void fuzz_seeds(fuzz_take *take) {
  for (uint8_t way = 0; way < WAY_COUNT; way++) {
    begin(way);
    post_run_ms(&world.post, 1000);
    for (size_t i = 0; i < SERVERS; i++)
      fuzz_claim(world.aps[i].served == 1, "a request is answered");
    take_story(take, way);
    ue_world_end(&world);
  }
}
