/* Relays, where peers are more than one hop away. */
#include "relay.h"

#include "host.h"
#include "support/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK " (relayed)"

struct relay_label {
  const char *plain; /* the ledger's */
  char *relayed;     /* owned */
};

struct relays {
  struct host *hosts; /* by node with a radio; those that have a node are relays */
  bool *due;          /* likewise: whether a peer is right below, and it is not the authenticator */
  struct relay_label *labels;
  size_t label_count;
};

bool relays_are_on(const struct run *run) {
  return run->lower->relay != NULL && run->spec->relay == SPEC_RELAY_ON;
}

/* Where a relay speaks with the authenticator from. */
static uint16_t relay_uplink_port(const struct run *run) {
  return (uint16_t)(run->lower->port + LOWER_PORTS_MAX);
}

bool relay_begin(struct run *run, size_t node) {
  struct host *host = run->relays == NULL ? NULL : &run->relays->hosts[node];
  if (host == NULL || host->node != NULL || !run->relays->due[node])
    return true;
  const struct host *authenticator = &run->hosts[run_node_of(run, ROLE_AUTHENTICATOR)];
  const struct lower_relay_config config = {.local = host_link_local(host, run->lower->port),
                                            .uplink = host_address(host, relay_uplink_port(run)),
                                            .authenticator =
                                                host_address(authenticator, run->lower->port)};
  world_open(run->world, node, config.local.port);
  world_open(run->world, node, config.uplink.port);
  host->node = run->lower->relay(&config, &host->hooks);
  return host->node != NULL;
}

static bool relay_is_open(const struct run *run, size_t node) {
  return !role_is_peer(run->topology.nodes[node].role) ||
         run->spec->forwarding == SPEC_FORWARDING_ALWAYS;
}

static struct relays *relays_create(struct run *run) {
  const struct topology *topology = &run->topology;
  struct relays *relays = memory_get(1, sizeof *relays);
  relays->hosts = memory_get(topology->radio_count, sizeof *relays->hosts);
  relays->due = memory_get(topology->radio_count, sizeof *relays->due);
  for (size_t i = 0; i < topology->radio_count; i++) {
    host_init(&relays->hosts[i], run, i);
    relays->hosts[i].carries = true;
    if (role_is_peer(topology->nodes[i].role))
      relays->due[topology->parents[i]] = topology->parents[i] > 0;
  }
  return relays;
}

bool relays_build(struct run *run) {
  if (!relays_are_on(run))
    return true;
  run->relays = relays_create(run);
  for (size_t i = 0; i < run->topology.radio_count; i++)
    if (relay_is_open(run, i) && !relay_begin(run, i))
      return false;
  return true;
}

void relays_demolish(struct run *run) {
  if (run->relays == NULL)
    return;
  for (size_t i = 0; i < run->topology.radio_count; i++)
    host_deinit(&run->relays->hosts[i]);
  for (size_t i = 0; i < run->relays->label_count; i++)
    free(run->relays->labels[i].relayed);
  free(run->relays->labels);
  free(run->relays->hosts);
  free(run->relays->due);
  free(run->relays);
}

struct host *relay_for(const struct run *run, size_t node, const struct node_datagram *datagram) {
  const bool has_one = run->relays != NULL && node < run->topology.radio_count &&
                       run->relays->hosts[node].node != NULL;
  if (!has_one)
    return NULL;
  const bool own_port = datagram->destination.port == relay_uplink_port(run);
  const bool from_next_hop =
      world_node(run->world, datagram->source.ip) == run->topology.parents[node];
  return own_port || !from_next_hop ? &run->relays->hosts[node] : NULL;
}

const char *relay_label(struct run *run, const char *label) {
  struct relays *relays = run->relays;
  for (size_t i = 0; i < relays->label_count; i++)
    if (strcmp(relays->labels[i].plain, label) == 0)
      return relays->labels[i].relayed;
  relays->labels = memory_grow(relays->labels, relays->label_count, sizeof *relays->labels);
  struct relay_label *added = &relays->labels[relays->label_count++];
  const size_t size = strlen(label) + sizeof MARK;
  added->plain = label;
  added->relayed = memory_get(size, 1);
  snprintf(added->relayed, size, "%s%s", label, MARK);
  return added->relayed;
}
