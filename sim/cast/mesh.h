/* Nodes that hear each other, of which a tree is to be made: who hears whom, the next hop of each
 * node to the root, and the topology that follows. */
#ifndef SIM_CAST_MESH_H
#define SIM_CAST_MESH_H

#include "topology.h"

/* One way. */
struct mesh_link {
  uint32_t from, to;
  double ratio; /* of the frames that arrive, above 0 up to 1 */
};

/* All arrays are owned. */
struct mesh {
  size_t count;
  size_t root;
  struct world_position *positions; /* by node; NULL: the links are all there is */
  struct mesh_link *links;          /* in ascending order */
  size_t link_count;
  size_t *first; /* by node: its first link; of `count`: the end of all */
};

/* Links in any order, none twice; takes the array. */
void mesh_init_links(struct mesh *mesh, size_t count, size_t root, struct mesh_link *links,
                     size_t link_count);

/* A node hears those within WORLD_RANGE_M; takes the array. Node 0 is the root. */
void mesh_init_positions(struct mesh *mesh, size_t count, struct world_position *positions);

void mesh_deinit(struct mesh *mesh);

/* The links of a node are mesh->links[i] with mesh->first[node] <= i < mesh->first[node + 1]. A way
 * takes links of which both directions are there, since a frame is acknowledged. Of such a link the
 * expected transmissions (ETX) are 1 / (ratio there * ratio back); infinite: it has one direction.
 */
double mesh_link_etx(const struct mesh *mesh, const struct mesh_link *link);

/* Hops from the root by node, SIZE_MAX where there is no way; `order`, of mesh->count, gets those
 * that there is a way to, in ascending order of hops. Returns their number. */
size_t mesh_hops(const struct mesh *mesh, size_t *hops, size_t *order);

/* The next hop of each node, of which all have a way. By hops: of the neighbours with fewest hops,
 * that with the least ETX, then that with the fewest children so far, then the first. By ETX: so
 * that the sum over the way is least, then by hops. */
void mesh_parents_by_hops(const struct mesh *mesh, size_t *parents);
void mesh_parents_by_etx(const struct mesh *mesh, size_t *parents);

/* Puts the nodes into an empty topology, with these parents, by hops and else in their order: the
 * root is the authenticator, all others are peers. `with_links`: the world is to have the list of
 * links, with their ratios. Returns the node of the mesh that each of the topology is, to be
 * freed. */
size_t *mesh_lay(const struct mesh *mesh, const size_t *parents, bool with_links,
                 struct topology *topology);

#endif
