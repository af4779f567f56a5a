/* The table of topologies. */
#include "topology.h"

#include <stdio.h>
#include <stdlib.h>

static size_t relays_of_line(const struct spec *spec) {
  return (size_t)spec->hops - 1;
}

static size_t relays_of_star(const struct spec *spec) {
  (void)spec;
  return 0;
}

/* All are a chain of relays with the peers at its end; they differ in its length. */
static size_t (*const relays_of[])(const struct spec *spec) = {
    [SPEC_TOPOLOGY_LINE] = relays_of_line,
    [SPEC_TOPOLOGY_STAR] = relays_of_star,
};

void topology_init(struct topology *topology, const struct spec *spec) {
  topology->relay_count = relays_of[spec->topology](spec);
  topology->peer_count = (size_t)spec->peers;
  topology->node_count = 1 + topology->relay_count + topology->peer_count;
  topology->parents = calloc(topology->node_count, sizeof *topology->parents);
  if (topology->parents == NULL)
    abort();
  for (size_t node = 1; node < topology->node_count; node++)
    topology->parents[node] = node <= topology->relay_count ? node - 1 : topology->relay_count;
}

void topology_deinit(struct topology *topology) {
  free(topology->parents);
}

size_t topology_peer(const struct topology *topology, size_t peer) {
  return 1 + topology->relay_count + peer;
}

void topology_name(const struct topology *topology, size_t node, char name[TOPOLOGY_NAME_MAX]) {
  if (node == 0)
    snprintf(name, TOPOLOGY_NAME_MAX, "authenticator");
  else if (node <= topology->relay_count)
    snprintf(name, TOPOLOGY_NAME_MAX, "relay-%zu", node);
  else if (node == topology->node_count)
    snprintf(name, TOPOLOGY_NAME_MAX, "aaa");
  else
    snprintf(name, TOPOLOGY_NAME_MAX, "peer-%zu", node - topology->relay_count);
}
