/* Adding nodes, and the topologies that follow from numbers alone: chains and trees. */
#include "topology_draw.h"

#include "spec/realm.h"
#include "support/memory.h"

/* The number of a node among the peers, if it is one. */
static size_t topology_count_peer(struct topology *topology, enum role role, size_t node) {
  if (!role_is_peer(role))
    return TOPOLOGY_NO_PEER;
  const size_t number = topology->peer_count++;
  topology->peers = memory_grow(topology->peers, number, sizeof *topology->peers);
  topology->peers[number] = node;
  return number;
}

static size_t topology_add(struct topology *topology, enum role role) {
  const size_t node = topology_size(topology), number = topology->member_count[role]++;
  const size_t peer = topology_count_peer(topology, role, node);
  topology->nodes = memory_grow(topology->nodes, node, sizeof *topology->nodes);
  topology->nodes[node] = (struct topology_node){.role = role, .number = number, .peer = peer};
  topology->members[role] =
      memory_grow(topology->members[role], number, sizeof **topology->members);
  topology->members[role][number] = node;
  return node;
}

size_t topology_add_radio(struct topology *topology, enum role role, size_t parent) {
  const size_t node = topology_add(topology, role);
  topology->parents = memory_grow(topology->parents, node, sizeof *topology->parents);
  topology->hops = memory_grow(topology->hops, node, sizeof *topology->hops);
  topology->parents[node] = parent;
  topology->hops[node] = node == 0 ? 0 : topology->hops[parent] + 1;
  topology->radio_count++;
  return node;
}

size_t topology_add_wired(struct topology *topology, enum role role, size_t to) {
  const size_t node = topology_add(topology, role), number = topology->wired_count++;
  topology->wire_ends = memory_grow(topology->wire_ends, number, sizeof *topology->wire_ends);
  topology->wire_ends[number] = to;
  return node;
}

size_t topology_add_peer(struct topology *topology, const struct spec *spec, size_t number,
                         size_t parent) {
  const bool serves = spec_is_resource_server(spec, number);
  return topology_add_radio(topology, serves ? ROLE_RESOURCE_SERVER : ROLE_PEER, parent);
}

void topology_add_link(struct topology *topology, size_t from, size_t to) {
  const size_t count = topology->link_count++;
  topology->links = memory_grow(topology->links, count, sizeof *topology->links);
  topology->links[count] = (struct world_link){(uint32_t)from, (uint32_t)to};
  topology->pair_count = topology->link_count;
}

/* All peers at the end of a chain of relays. */
static void draw_chain(struct topology *topology, const struct spec *spec, size_t relays) {
  size_t last = topology_add_radio(topology, ROLE_AUTHENTICATOR, 0);
  for (size_t i = 0; i < relays; i++)
    last = topology_add_radio(topology, ROLE_RELAY, last);
  for (size_t i = 0; i < (size_t)spec->peers; i++)
    topology_add_peer(topology, spec, i, last);
}

bool draw_line(struct topology *topology, const struct spec *spec,
               char reason[TOPOLOGY_REASON_MAX]) {
  (void)reason;
  draw_chain(topology, spec, (size_t)spec->hops - 1);
  return true;
}

bool draw_star(struct topology *topology, const struct spec *spec,
               char reason[TOPOLOGY_REASON_MAX]) {
  (void)reason;
  draw_chain(topology, spec, 0);
  return true;
}

/* A node of a tree hears its parent, the parent's other children and its own: in this order they
 * are numbered. */
static void tree_link(struct topology *topology, size_t node, size_t fan_out) {
  const size_t count = topology->radio_count, parent = topology->parents[node];
  if (node > 0)
    topology_add_link(topology, node, parent);
  for (size_t i = parent * fan_out + 1; node > 0 && i <= (parent + 1) * fan_out && i < count; i++)
    if (i != node)
      topology_add_link(topology, node, i);
  for (size_t i = node * fan_out + 1; i <= (node + 1) * fan_out && i < count; i++)
    topology_add_link(topology, node, i);
}

/* Level by level. */
bool draw_tree(struct topology *topology, const struct spec *spec,
               char reason[TOPOLOGY_REASON_MAX]) {
  (void)reason;
  const size_t fan_out = (size_t)spec->fan_out;
  topology_add_radio(topology, ROLE_AUTHENTICATOR, 0);
  for (size_t i = 1; i <= (size_t)spec->peers; i++)
    topology_add_peer(topology, spec, i - 1, (i - 1) / fan_out);
  for (size_t i = 0; i < topology->radio_count; i++)
    tree_link(topology, i, fan_out);
  return true;
}
