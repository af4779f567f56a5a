/* Topologies: which nodes a spec asks for, what they are, how they hang together and who hears
 * whom. A topology is a row of topologies.def and a function that draws it (topology_draw.h).
 *
 * Nodes are numbered as in the world: those with a radio first, in a tree under node 0, then those
 * on wires behind node 0. */
#ifndef SIM_CAST_TOPOLOGY_H
#define SIM_CAST_TOPOLOGY_H

#include "ns3/world.h"
#include "role.h"
#include "spec/spec.h"

enum { TOPOLOGY_NAME_MAX = 32, TOPOLOGY_REASON_MAX = 300 };

#define TOPOLOGY_NO_PEER SIZE_MAX

struct topology_node {
  enum role role;
  size_t number; /* among the nodes of its role, from 0 */
  size_t peer;   /* among all EAP peers, whatever their roles; TOPOLOGY_NO_PEER: it is none */
};

/* All arrays are owned. */
struct topology {
  size_t radio_count, wired_count;
  struct topology_node *nodes;      /* radio_count, then wired_count */
  size_t *parents;                  /* by node with a radio, as world_config's */
  size_t *hops;                     /* likewise: how far node 0 is */
  size_t *wire_ends;                /* by wired node: the node that its wire leads to */
  struct world_position *positions; /* likewise; NULL: by the depth in the tree */
  struct world_link *links;         /* who hears whom, in ascending order; NULL: by positions */
  size_t link_count;
  double *ratios;    /* by link: the share of frames that arrive; NULL: all, on every link */
  char **labels;     /* by node with a radio: what the file of links calls it; NULL: no file */
  size_t pair_count; /* of one node that hears another: of links, or of positions that are given */
  size_t *members[ROLE_COUNT]; /* by role: its nodes */
  size_t member_count[ROLE_COUNT];
  size_t *peers; /* all EAP peers, in the order in which they were drawn */
  size_t peer_count;
};

/* False with the reason, and nothing to deinit, where the network cannot be drawn. Aborts where
 * memory is short. */
bool topology_init(struct topology *topology, const struct spec *spec,
                   char reason[TOPOLOGY_REASON_MAX]);
void topology_deinit(struct topology *topology);

size_t topology_size(const struct topology *topology);

bool topology_has_radio(const struct topology *topology, size_t node);

/* How many hops by radio a node is away from node 0: of one on a wire 0. */
size_t topology_hops(const struct topology *topology, size_t node);

/* Whether a node is `above` another, on its way to the root; false of wired nodes. */
bool topology_is_above(const struct topology *topology, size_t above, size_t node);

/* Whether some peer is on the way of another, and forwards its packets. */
bool topology_peers_forward(const struct topology *topology);

/* The share of frames that arrive on a link, if nothing else is lost; 1 where none is said to be.
 */
double topology_ratio(const struct topology *topology, size_t from, size_t to);

/* How many others a node with a radio hears, in the mean. */
double topology_neighbours(const struct topology *topology);

/* "authenticator", "relay-1", "peer-1", "resource-server-1", "phone-1", "aps-1", "aa", "as"; of
 * WORLD_NODE_NONE "unknown". */
void topology_name(const struct topology *topology, size_t node, char name[TOPOLOGY_NAME_MAX]);

#endif
