/* Topologies: which nodes a spec asks for, what they are, and how they hang together. A topology is
 * a row of topologies.def and a function that draws it, node by node.
 *
 * Nodes are numbered as in the world: those with a radio first, in a tree under node 0, then those
 * on a wire behind node 0. */
#ifndef SIM_CAST_TOPOLOGY_H
#define SIM_CAST_TOPOLOGY_H

#include "ns3/world.h"
#include "role.h"
#include "spec/spec.h"

enum { TOPOLOGY_NAME_MAX = 32 };

struct topology_node {
  enum role role;
  size_t number; /* among the nodes of its role, from 0 */
};

/* All arrays are owned. */
struct topology {
  size_t radio_count, wired_count;
  struct topology_node *nodes;      /* radio_count, then wired_count */
  size_t *parents;                  /* by node with a radio, as world_config's */
  struct world_position *positions; /* likewise; NULL: by the depth in the tree */
  size_t *members[ROLE_COUNT];      /* by role: its nodes */
  size_t member_count[ROLE_COUNT];
};

/* Aborts where memory is short. */
void topology_init(struct topology *topology, const struct spec *spec);
void topology_deinit(struct topology *topology);

size_t topology_size(const struct topology *topology);

/* Whether a node is `above` another, on its way to the root; false of wired nodes. */
bool topology_is_above(const struct topology *topology, size_t above, size_t node);

/* "authenticator", "relay-1", "peer-1", "aaa"; of WORLD_NODE_NONE "unknown". */
void topology_name(const struct topology *topology, size_t node, char name[TOPOLOGY_NAME_MAX]);

#endif
