/* Several nodes on one host, as one node: each has ports of its own, by which it is found; one may
 * have protocols without ports. What one has to say goes out in the order of the parts. */
#ifndef NODES_BOOTSTRAP_BUNDLE_H
#define NODES_BOOTSTRAP_BUNDLE_H

#include "../node.h"

enum { BUNDLE_PARTS_MAX = 4, BUNDLE_PORTS_MAX = 3 };

/* A node, which the bundle destroys, and the runs of consecutive ports of UDP that it speaks on. */
struct bundle_part {
  struct node *node; /* NULL: mute; what comes for it is dropped */
  struct bundle_ports {
    uint16_t first, count; /* count 0: none */
  } ports[BUNDLE_PORTS_MAX];
  unsigned protocols; /* set of 1 << enum node_protocol: others than UDP, all of which it takes */
};

/* NULL if memory is short, or if two parts have one protocol; the parts are destroyed then. A
 * datagram for no part is dropped in silence. It has a digest where all parts have. */
struct node *bundle_create(const struct bundle_part *parts, size_t count);

/* Destroys the node of a part, and puts another (NULL: none) in its place, which has the same
 * ports. */
void bundle_replace(struct node *bundle, size_t part, struct node *replacement);

#endif
