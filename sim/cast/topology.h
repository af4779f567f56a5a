/* Topologies: which nodes a spec asks for, and who is whose parent. Node 0 is the authenticator,
 * then come the relays, then the peers. */
#ifndef SIM_CAST_TOPOLOGY_H
#define SIM_CAST_TOPOLOGY_H

#include "spec/spec.h"

enum { TOPOLOGY_NAME_MAX = 32 };

struct topology {
  size_t node_count;
  size_t relay_count;
  size_t peer_count;
  size_t *parents; /* owned */
};

/* Aborts where memory is short. */
void topology_init(struct topology *topology, const struct spec *spec);
void topology_deinit(struct topology *topology);

/* The node of the peer with this index, from 0. */
size_t topology_peer(const struct topology *topology, size_t peer);

/* "authenticator", "relay-1", "peer-1"; of the node behind the backhaul (node_count): "aaa". */
void topology_name(const struct topology *topology, size_t node, char name[TOPOLOGY_NAME_MAX]);

#endif
