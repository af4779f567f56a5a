/* The protocol cores alone: the peer and the authenticator of a run, whose datagrams are carried
 * from one to the other at once, by nothing. What a run costs beside its network is measured by it
 * (bench/speed).
 *
 *   bare-cores RUNS < spec
 *
 * Each run makes the nodes anew, as a run of the simulator does, and takes them from their start to
 * the confirmation of both ends; the EAP server is in the authenticator. Prints how many datagrams
 * and octets a run sent. Exits with 1 if a run is not established. */
#include "cast/identities.h"
#include "lower/lower.h"
#include "support/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPEC_OCTETS_MAX = 65536, STEPS_MAX = 1000, EXIT_USAGE = 2 };

enum side { PEER, AUTHENTICATOR, SIDE_COUNT };

struct core {
  struct node *node;
  struct node_address address;
  struct stream stream;
  struct node_hooks hooks;
  bool confirmed;
};

struct exchange {
  struct core cores[SIDE_COUNT];
  uint64_t now_ns;
  size_t datagrams, octets;
};

static void core_random(void *context, uint8_t *bytes, size_t length) {
  stream_bytes(&((struct core *)context)->stream, bytes, length);
}

static void core_event(void *context, const struct node_event *event) {
  if (event->type == NODE_EVENT_CONFIRMED)
    ((struct core *)context)->confirmed = true;
}

static void core_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  (void)context, (void)primitive, (void)blocks;
}

static void core_init(struct core *core, const struct spec *spec, size_t side, uint16_t port) {
  *core = (struct core){.address = {.ip = {0xfd, [15] = (uint8_t)(side + 1)}, .port = port}};
  core->hooks = (struct node_hooks){
      .context = core, .random = core_random, .event = core_event, .cost = core_cost};
  stream_init(&core->stream, (uint64_t)spec->seed, STREAM_NODE, side, 0);
}

static bool exchange_init(struct exchange *exchange, const struct spec *spec,
                          const struct identities *identities) {
  const struct lower_layer *lower = lower_of(&spec->options);
  struct core *peer = &exchange->cores[PEER], *other = &exchange->cores[AUTHENTICATOR];
  *exchange = (struct exchange){.now_ns = 0};
  for (size_t side = 0; side < SIDE_COUNT; side++)
    core_init(&exchange->cores[side], spec, side, lower->port);
  const struct lower_peer_config peer_config = {.options = &spec->options,
                                                .local = peer->address,
                                                .authenticator = other->address,
                                                .begins = true,
                                                .eap = *identities_peer(identities, 0)};
  const struct lower_authenticator_config authenticator_config = {
      .options = &spec->options,
      .local = other->address,
      .peers_max = 1,
      .eap = *identities_server(identities),
      .backend_hooks = &other->hooks};
  peer->node = lower->peer(&peer_config, &peer->hooks);
  other->node = lower->authenticator(&authenticator_config, &other->hooks);
  return peer->node != NULL && other->node != NULL;
}

/* All that it has to send, to the other. False if a node cannot go on. */
static bool core_send(struct exchange *exchange, struct core *from, struct core *to) {
  uint8_t data[NODE_DATAGRAM_MAX];
  for (;;) {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    const int written = node_write(from->node, &datagram, exchange->now_ns);
    if (written <= 0)
      return written == 0;
    exchange->datagrams++;
    exchange->octets += datagram.length;
    if (node_read(to->node, &datagram, exchange->now_ns) < 0)
      return false;
  }
}

static bool exchange_step(struct exchange *exchange) {
  struct core *peer = &exchange->cores[PEER], *other = &exchange->cores[AUTHENTICATOR];
  return node_handle_expiry(peer->node, exchange->now_ns) == 0 &&
         node_handle_expiry(other->node, exchange->now_ns) == 0 &&
         core_send(exchange, peer, other) && core_send(exchange, other, peer);
}

static bool exchange_is_established(const struct exchange *exchange) {
  return exchange->cores[PEER].confirmed && exchange->cores[AUTHENTICATOR].confirmed;
}

static bool cores_run(const struct spec *spec, struct exchange *exchange) {
  struct identities *identities = identities_create(spec);
  bool good = exchange_init(exchange, spec, identities);
  for (int i = 0; good && i < STEPS_MAX && !exchange_is_established(exchange); i++) {
    good = exchange_step(exchange);
    exchange->now_ns += NODE_MS;
  }
  good = good && exchange_step(exchange); /* the last acknowledgement */
  good = good && exchange_is_established(exchange);
  for (size_t side = 0; side < SIDE_COUNT; side++)
    node_destroy(exchange->cores[side].node);
  identities_destroy(identities);
  return good;
}

int main(int argc, char **argv) {
  char text[SPEC_OCTETS_MAX] = "", error[SPEC_ERROR_MAX] = "no spec";
  struct spec spec;
  struct exchange exchange = {.now_ns = 0};
  const bool given = argc == 2 && fgets(text, sizeof text, stdin) != NULL;
  if (!given || !spec_parse(text, &spec, error)) {
    fprintf(stderr, "usage: bare-cores RUNS < spec\nbare-cores: %s\n", error);
    return EXIT_USAGE;
  }
  const long long first_seed = spec.seed;
  for (unsigned long i = 0; i < strtoul(argv[1], NULL, 10); i++) {
    spec.seed = first_seed + (long long)i;
    if (!cores_run(&spec, &exchange))
      return EXIT_FAILURE;
  }
  printf("%zu %zu\n", exchange.datagrams, exchange.octets);
  return EXIT_SUCCESS;
}
