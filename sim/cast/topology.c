/* The table of topologies, and how each is drawn. */
#include "topology.h"

#include "support/memory.h"

#include <stdio.h>
#include <stdlib.h>

/* Drawing. Each function adds a node and returns its number; radios come before wires. */

static size_t topology_add(struct topology *topology, enum role role) {
  const size_t node = topology_size(topology), number = topology->member_count[role]++;
  topology->nodes = memory_resize(topology->nodes, node + 1, sizeof *topology->nodes);
  topology->nodes[node] = (struct topology_node){.role = role, .number = number};
  topology->members[role] =
      memory_resize(topology->members[role], number + 1, sizeof **topology->members);
  topology->members[role][number] = node;
  return node;
}

static size_t topology_add_radio(struct topology *topology, enum role role, size_t parent) {
  const size_t node = topology_add(topology, role);
  topology->parents = memory_resize(topology->parents, node + 1, sizeof *topology->parents);
  topology->parents[node] = parent;
  topology->radio_count++;
  return node;
}

static size_t topology_add_wired(struct topology *topology, enum role role) {
  const size_t node = topology_add(topology, role);
  topology->wired_count++;
  return node;
}

/* All peers at the end of a chain of relays. */
static void draw_chain(struct topology *topology, const struct spec *spec, size_t relays) {
  size_t last = topology_add_radio(topology, ROLE_AUTHENTICATOR, 0);
  for (size_t i = 0; i < relays; i++)
    last = topology_add_radio(topology, ROLE_RELAY, last);
  for (int64_t i = 0; i < spec->peers; i++)
    topology_add_radio(topology, ROLE_PEER, last);
  if (spec->aaa == SPEC_AAA_RADIUS)
    topology_add_wired(topology, ROLE_AAA);
}

static void draw_line(struct topology *topology, const struct spec *spec) {
  draw_chain(topology, spec, (size_t)spec->hops - 1);
}

static void draw_star(struct topology *topology, const struct spec *spec) {
  draw_chain(topology, spec, 0);
}

void topology_init(struct topology *topology, const struct spec *spec) {
  static void (*const draw[])(struct topology *, const struct spec *) = {
#define TOPOLOGY(id, name, draw) [SPEC_TOPOLOGY_##id] = draw,
#include "spec/topologies.def"
#undef TOPOLOGY
  };
  *topology = (struct topology){.nodes = NULL};
  draw[spec->topology](topology, spec);
}

void topology_deinit(struct topology *topology) {
  free(topology->nodes);
  free(topology->parents);
  free(topology->positions);
  for (size_t i = 0; i < ROLE_COUNT; i++)
    free(topology->members[i]);
}

/* Reading */

size_t topology_size(const struct topology *topology) {
  return topology->radio_count + topology->wired_count;
}

bool topology_is_above(const struct topology *topology, size_t above, size_t node) {
  if (above >= topology->radio_count || node >= topology->radio_count)
    return false;
  while (node > above)
    node = topology->parents[node];
  return node == above;
}

void topology_name(const struct topology *topology, size_t node, char name[TOPOLOGY_NAME_MAX]) {
  if (node >= topology_size(topology)) {
    snprintf(name, TOPOLOGY_NAME_MAX, "unknown");
    return;
  }
  const struct topology_node *what = &topology->nodes[node];
  if (role_is_many(what->role))
    snprintf(name, TOPOLOGY_NAME_MAX, "%s-%zu", role_name(what->role), what->number + 1);
  else
    snprintf(name, TOPOLOGY_NAME_MAX, "%s", role_name(what->role));
}
