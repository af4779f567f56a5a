/* Builds the world of a run, and the hosts on it, as the spec asks for. */
#include "account/frame_log.h"
#include "agenda.h"
#include "bootstrapping.h"
#include "cast/authorization.h"
#include "cast/identities.h"
#include "loss.h"
#include "recommissioning.h"
#include "relay.h"
#include "roles.h"
#include "run.h"
#include "support/memory.h"
#include "use_case.h"

#include <stdlib.h>

enum {
  MAC_MIN_BE = 3, /* IEEE 802.15.4-2006 table 86 */
  MAC_MAX_BE = 5,
  MAC_MAX_BACKOFFS = 4,
};

/* The world of a run before; NULL: none. */
static struct world *build_take_kept(struct run_home *home) {
  if (home == NULL)
    return NULL;
  struct world *kept = home->world;
  home->world = NULL;
  return kept;
}

/* False if a capture could not be written to its end. */
static bool build_leave_world(struct run *run) {
  if (run->world == NULL || run->home == NULL)
    return world_destroy(run->world);
  run->home->world = run->world;
  return world_close(run->world);
}

static const enum world_channel CHANNELS[] = {
    [SPEC_CHANNEL_NS3] = WORLD_CHANNEL_NS3,
    [SPEC_CHANNEL_ADDRESSED] = WORLD_CHANNEL_ADDRESSED,
};

static const enum world_capture CAPTURES[] = {
    [SPEC_CAPTURE_NS3] = WORLD_CAPTURE_NS3,
    [SPEC_CAPTURE_NONE] = WORLD_CAPTURE_NONE,
    [SPEC_CAPTURE_SINR] = WORLD_CAPTURE_SINR,
};

/* Of a wired node, by its number among them. */
static struct world_wire build_wire(const struct run *run, size_t wired) {
  const struct topology *topology = &run->topology;
  const enum role role = topology->nodes[topology->radio_count + wired].role;
  const double delay_ms = role == ROLE_APS     ? run->spec->aps_delay_ms
                          : role == ROLE_AA    ? run->spec->aa_delay_ms
                          : role == ROLE_PHONE ? run->spec->phone_delay_ms
                                               : run->spec->aaa_delay_ms;
  return (struct world_wire){.delay_ns = (uint64_t)(delay_ms * (double)NODE_MS),
                             .to = topology->wire_ends[wired]};
}

static bool build_world(struct run *run, const struct run_options *options,
                        const struct world_callbacks *callbacks) {
  const struct topology *topology = &run->topology;
  struct world_wire *wires = memory_get(topology->wired_count + 1, sizeof *wires);
  for (size_t i = 0; i < topology->wired_count; i++)
    wires[i] = build_wire(run, i);
  const struct world_config config = {.seed = (uint64_t)run->spec->seed,
                                      .node_count = topology->radio_count,
                                      .parents = topology->parents,
                                      .positions = topology->positions,
                                      .links = topology->links,
                                      .link_count = topology->link_count,
                                      .wired_count = topology->wired_count,
                                      .wires = wires,
                                      .channel = CHANNELS[run->spec->channel],
                                      .capture = CAPTURES[run->spec->capture],
                                      .capture_db = run->spec->capture_db,
                                      .mac_max_retries = (unsigned)run->spec->mac_max_retries,
                                      .mac_min_be = MAC_MIN_BE,
                                      .mac_max_be = MAC_MAX_BE,
                                      .mac_max_backoffs = MAC_MAX_BACKOFFS,
                                      .mac_queue_frames = (unsigned)run->spec->mac_queue_frames,
                                      .pcap_directory = options->pcap_directory,
                                      .air_only = options->air_only};
  run->world = world_renew(build_take_kept(run->home), &config, callbacks, run);
  free(wires);
  return run->world != NULL;
}

/* Peers that have to join before they forward. */
static void build_forwarding(struct run *run) {
  const struct topology *topology = &run->topology;
  if (!topology_peers_forward(topology))
    return;
  for (size_t i = 0; i < topology->radio_count; i++)
    if (role_is_peer(topology->nodes[i].role))
      world_forward(run->world, i, run->spec->forwarding == SPEC_FORWARDING_ALWAYS);
}

/* 16-bit addresses are the end of the interface identifiers (RFC 4944 section 6). */
static void build_ledger(struct run *run) {
  const size_t count = run->topology.radio_count;
  uint16_t *addresses = memory_get(count, sizeof *addresses);
  for (size_t i = 0; i < count; i++) {
    uint8_t ip[16];
    world_address(run->world, i, ip);
    addresses[i] = (uint16_t)(ip[14] << 8 | ip[15]);
  }
  run->peer_links = memory_get(count, sizeof *run->peer_links);
  for (size_t i = 0; i < count; i++)
    run->peer_links[i] = role_is_peer(run->topology.nodes[i].role);
  run->ledger = ledger_create(count, run->topology.parents, addresses, run->peer_links);
  if (run->ledger == NULL)
    abort();
  free(addresses);
}

static void build_frame_log(struct run *run) {
  const size_t count = run->topology.radio_count;
  if (run->log == NULL)
    return;
  char **names = memory_get(count, sizeof *names);
  for (size_t i = 0; i < count; i++) {
    names[i] = memory_get(TOPOLOGY_NAME_MAX, 1);
    topology_name(&run->topology, i, names[i]);
  }
  run->frames = frame_log_create(run->log, run->ledger, count, names);
}

static bool build_acts_for_peers(const struct story *story, enum role role) {
  for (size_t i = 0; !role_is_peer(role) && i < story->stage_count; i++)
    if (story->stages[i].actor == role)
      return true;
  return false;
}

static bool build_hosts(struct run *run) {
  const size_t count = topology_size(&run->topology);
  for (size_t i = 0; i < count; i++) {
    host_init(&run->hosts[i], run, i);
    if (build_acts_for_peers(&run->story, run->hosts[i].role))
      due_init(&run->hosts[i].due, run->topology.peer_count);
  }
  bootstrapping_locate(run);
  use_case_locate(run);
  for (size_t i = 0; i < count; i++) {
    role_build *build = role_builder(run->hosts[i].role);
    if (build != NULL && !build(run, &run->hosts[i]))
      return false;
  }
  return relays_build(run);
}

bool run_build(struct run *run, const struct run_options *options,
               const struct world_callbacks *callbacks) {
  run->lower = lower_of(&run->spec->options);
  story_init(&run->story, run->spec);
  const size_t nodes = topology_size(&run->topology);
  run->meters = memory_get(nodes, sizeof *run->meters);
  run->begin = memory_get(nodes, sizeof *run->begin);
  run->end = memory_get(nodes, sizeof *run->end);
  run->losses = losses_create(run->spec, run->topology.radio_count);
  run->timeline = timeline_create(run->topology.peer_count);
  run->transit = transit_create(run->timeline, run->topology.radio_count);
  run->hosts = memory_get(nodes, sizeof *run->hosts);
  run->backend = memory_get(1, sizeof *run->backend);
  run->agendas = memory_get(run->topology.peer_count, sizeof *run->agendas);
  run->identities = identities_create(run->spec);
  run->authorization = authorization_create(run->spec);
  run->bootstrapping = bootstrapping_create(run);
  run->recommissioning = recommissioning_create(run);
  run->use_case = use_case_create(run);
  run->first_ns = run->end_ns = run->done_ns = NODE_NEVER;
  if (!build_world(run, options, callbacks))
    return false;
  build_forwarding(run);
  build_ledger(run);
  build_frame_log(run);
  return build_hosts(run);
}

bool run_demolish(struct run *run) {
  for (size_t i = 0; i < topology_size(&run->topology); i++)
    host_deinit(&run->hosts[i]);
  relays_demolish(run);
  const bool good = build_leave_world(run);
  frame_log_destroy(run->frames);
  ledger_destroy(run->ledger);
  transit_destroy(run->transit);
  timeline_destroy(run->timeline);
  free(run->peer_links);
  losses_destroy(run->losses);
  free(run->meters);
  free(run->begin);
  free(run->end);
  free(run->hosts);
  free(run->backend);
  for (size_t i = 0; i < run->topology.peer_count; i++)
    agenda_deinit(&run->agendas[i]);
  free(run->agendas);
  identities_destroy(run->identities);
  authorization_destroy(run->authorization);
  bootstrapping_destroy(run->bootstrapping);
  recommissioning_destroy(run->recommissioning);
  use_case_destroy(run->use_case);
  topology_deinit(&run->topology);
  return good;
}
