/* How topologies are drawn: a function each, in a file topology_draw*.c, named in topologies.def.
 * It draws the nodes with a radio; the AAA server is added behind them. */
#ifndef SIM_CAST_TOPOLOGY_DRAW_H
#define SIM_CAST_TOPOLOGY_DRAW_H

#include "topology.h"

/* False with the reason where the spec's network cannot be drawn; what was drawn until then is
 * deinited by the caller. Takes no more than O(n log n) for n nodes and links. */
typedef bool topology_draw(struct topology *topology, const struct spec *spec,
                           char reason[TOPOLOGY_REASON_MAX]);

#define TOPOLOGY(id, name, draw) topology_draw draw;
#include "spec/topologies.def"
#undef TOPOLOGY

/* Each adds a node and returns its number: node 0, whose parent is nobody's to ask, then others
 * behind their parents, then those on wires. */
size_t topology_add_radio(struct topology *topology, enum role role, size_t parent);
size_t topology_add_wired(struct topology *topology, enum role role, size_t to);

/* Adds EAP peer number `number` of the spec's, with a radio; its role is as the spec has it. */
size_t topology_add_peer(struct topology *topology, const struct spec *spec, size_t number,
                         size_t parent);

/* Behind the links that are there already, in ascending order. */
void topology_add_link(struct topology *topology, size_t from, size_t to);

#endif
