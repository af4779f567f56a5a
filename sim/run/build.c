/* Builds the world of a run, and the nodes hosted on it, as the spec asks for. */
#include "run.h"

#include "aaa/aaa.h"
#include "cast/identities.h"

#include <stdlib.h>
#include <string.h>

enum {
  MAC_MIN_BE = 3, /* IEEE 802.15.4-2006 table 86 */
  MAC_MAX_BE = 5,
  MAC_MAX_BACKOFFS = 4,
};

/* When the first node may begin: all radios listen by then. */
#define BEGIN_NS (10 * NODE_MS)

#define RADIUS_SECRET "backhaul"
#define NAS_IDENTIFIER "authenticator"

static const struct radius_secret SECRET = {.octets = (const uint8_t *)RADIUS_SECRET,
                                            .length = sizeof RADIUS_SECRET - 1};

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (memory == NULL)
    abort();
  return memory;
}

/* World and ledger */

static bool build_world(struct run *run, const char *pcap_directory,
                        const struct world_callbacks *callbacks) {
  const struct world_wire wire = {(uint64_t)(run->spec->aaa_delay_ms * (double)NODE_MS)};
  const struct world_config config = {.seed = (uint64_t)run->spec->seed,
                                      .node_count = run->topology.node_count,
                                      .parents = run->topology.parents,
                                      .mac_max_retries = (unsigned)run->spec->mac_max_retries,
                                      .mac_min_be = MAC_MIN_BE,
                                      .mac_max_be = MAC_MAX_BE,
                                      .mac_max_backoffs = MAC_MAX_BACKOFFS,
                                      .pcap_directory = pcap_directory,
                                      .wired_count = run->spec->aaa == SPEC_AAA_RADIUS,
                                      .wires = &wire};
  run->world = world_create(&config, callbacks, run);
  return run->world != NULL;
}

/* 16-bit addresses are the end of the interface identifiers (RFC 4944 section 6). */
static void build_ledger(struct run *run) {
  const size_t count = run->topology.node_count;
  uint16_t *addresses = allocate(count, sizeof *addresses);
  for (size_t i = 0; i < count; i++) {
    uint8_t ip[16];
    world_address(run->world, i, ip);
    addresses[i] = (uint16_t)(ip[14] << 8 | ip[15]);
  }
  run->ledger = ledger_create(count, run->topology.parents, addresses);
  if (run->ledger == NULL)
    abort();
  free(addresses);
}

/* Hosts */

static struct node_address address_of(const struct run *run, size_t node, uint16_t port) {
  struct node_address address = {.port = port};
  world_address(run->world, node, address.ip);
  return address;
}

static void init_host(struct run *run, struct host *host, size_t node, enum party party,
                      const struct node_hooks *hooks) {
  host->run = run;
  host->index = node;
  host->party = party;
  host->hooks = *hooks;
  host->hooks.context = host;
  stream_init(&host->stream, (uint64_t)run->spec->seed, STREAM_NODE, node,
              host == &run->backend ? 1 : 0);
}

static void open_ports(struct run *run, size_t node) {
  for (size_t i = 0; i < run->lower->ports(&run->spec->options); i++)
    world_open(run->world, node, (uint16_t)(run->lower->port + i));
}

static bool build_authenticator(struct run *run, const struct node_hooks *hooks) {
  struct host *host = &run->authenticator;
  init_host(run, host, 0, PARTY_AUTHENTICATOR, hooks);
  init_host(run, &run->backend, 0, PARTY_AUTHENTICATOR, hooks);
  const bool remote = run->spec->aaa == SPEC_AAA_RADIUS;
  struct radius_client_config radius = {.local = address_of(run, 0, RADIUS_FIRST_PORT_DEFAULT),
                                        .port_count = RADIUS_PORTS_DEFAULT,
                                        .secret = SECRET,
                                        .nas_identifier = NAS_IDENTIFIER};
  if (remote)
    radius.server = address_of(run, run->topology.node_count, RADIUS_PORT);
  const struct lower_authenticator_config config = {.options = &run->spec->options,
                                                    .payload_bytes =
                                                        (size_t)run->spec->app_payload_bytes,
                                                    .local = address_of(run, 0, run->lower->port),
                                                    .peers_max = run->topology.peer_count,
                                                    .eap = *identities_server(run->identities),
                                                    .radius = remote ? &radius : NULL,
                                                    .backend_hooks = &run->backend.hooks};
  open_ports(run, 0);
  for (uint16_t i = 0; remote && i < radius.port_count; i++)
    world_open(run->world, 0, (uint16_t)(radius.local.port + i));
  if (run->spec->fault == SPEC_FAULT_NO_AUTHENTICATOR)
    return true;
  host->node = run->lower->authenticator(&config, &host->hooks);
  return host->node != NULL;
}

static bool build_aaa(struct run *run, const struct node_hooks *hooks) {
  if (run->spec->aaa != SPEC_AAA_RADIUS)
    return true;
  struct host *host = &run->aaa;
  init_host(run, host, run->topology.node_count, PARTY_AAA, hooks);
  run->radius_client.secret = SECRET;
  world_address(run->world, 0, run->radius_client.ip);
  const struct aaa_config config = {.local = address_of(run, host->index, RADIUS_PORT),
                                    .radius = {.clients = &run->radius_client,
                                               .client_count = 1,
                                               .conversations_max = 2 * run->topology.peer_count},
                                    .eap = *identities_server(run->identities)};
  world_open(run->world, host->index, RADIUS_PORT);
  if (run->spec->fault == SPEC_FAULT_SILENT_AAA)
    return true;
  host->node = aaa_create(&config, &host->hooks);
  return host->node != NULL;
}

static bool build_peer(struct run *run, size_t peer, const struct node_hooks *hooks) {
  struct host *host = &run->peers[peer];
  const size_t node = topology_peer(&run->topology, peer);
  struct stream start;
  stream_init(&start, (uint64_t)run->spec->seed, STREAM_START, peer, 0);
  const double spread_ns = (double)run->spec->start_spread_ms * (double)NODE_MS;
  const uint64_t start_ns = BEGIN_NS + (uint64_t)(stream_uniform(&start) * spread_ns);
  const struct lower_peer_config config = {
      .options = &run->spec->options,
      .payload_bytes = (size_t)run->spec->app_payload_bytes,
      .local = address_of(run, node, run->lower->port),
      .authenticator = address_of(run, 0, run->lower->port),
      .begins = run->spec->trigger == SPEC_TRIGGER_ON,
      .start_ns = start_ns,
      .eap = *identities_peer(run->identities, peer),
  };
  init_host(run, host, node, PARTY_PEERS, hooks);
  agenda_init(&run->agendas[peer], run, peer, node, &config.local, start_ns);
  host->node = run->lower->peer(&config, &host->hooks);
  open_ports(run, node);
  return host->node != NULL;
}

bool run_build(struct run *run, const char *pcap_directory, const struct node_hooks *hooks,
               const struct world_callbacks *callbacks) {
  run->lower = lower_of(&run->spec->options);
  topology_init(&run->topology, run->spec);
  const size_t nodes = run->topology.node_count, peers = run->topology.peer_count;
  run->meters = allocate(nodes, sizeof *run->meters);
  run->losses = allocate(nodes, sizeof *run->losses);
  run->begin = allocate(nodes, sizeof *run->begin);
  run->end = allocate(nodes, sizeof *run->end);
  run->peers = allocate(peers, sizeof *run->peers);
  run->agendas = allocate(peers, sizeof *run->agendas);
  run->identities = identities_create(run->spec);
  run->first_ns = run->end_ns = run->done_ns = NODE_NEVER;
  if (!build_world(run, pcap_directory, callbacks))
    return false;
  build_ledger(run);
  bool built = build_authenticator(run, hooks) && build_aaa(run, hooks);
  for (size_t i = 0; i < peers; i++)
    built = build_peer(run, i, hooks) && built;
  return built;
}

void run_demolish(struct run *run) {
  node_destroy(run->authenticator.node);
  node_destroy(run->aaa.node);
  for (size_t i = 0; i < run->topology.peer_count; i++)
    node_destroy(run->peers[i].node);
  if (run->world != NULL)
    world_destroy(run->world);
  ledger_destroy(run->ledger);
  for (size_t i = 0; i < run->topology.node_count; i++)
    free(run->losses[i]);
  free(run->losses);
  free(run->meters);
  free(run->begin);
  free(run->end);
  free(run->peers);
  for (size_t i = 0; i < run->topology.peer_count; i++)
    agenda_deinit(&run->agendas[i]);
  free(run->agendas);
  identities_destroy(run->identities);
  topology_deinit(&run->topology);
}
