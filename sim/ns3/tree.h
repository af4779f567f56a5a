/* The tree of all nodes, the wired ones as children of what their wires lead to: who has which
 * address, and which way leads to whom. One of it serves all routing (tree_routing.h): it takes
 * memory for each node, not for each pair of nodes. */
#ifndef SIM_NS3_TREE_H
#define SIM_NS3_TREE_H

#include "api.h"

#include <ns3/ipv6-address.h>

#include <vector>

namespace sim {

class Tree {
public:
  /* The parents of the nodes with a radio and of the wired ones, each below its child's index. */
  Tree(const std::vector<size_t> &of_radios, const std::vector<size_t> &of_wired);

  size_t size() const {
    return parents.size();
  }
  size_t radios() const {
    return radio_count;
  }
  bool has_radio(size_t node) const {
    return node < radio_count;
  }
  size_t parent(size_t node) const {
    return parents[node];
  }

  /* To be told of each node before the first datagram. */
  void set_address(size_t node, const ns3::Ipv6Address &address) {
    addresses[node] = address;
  }
  const ns3::Ipv6Address &address(size_t node) const {
    return addresses[node];
  }

  /* The node with this address, which may be the link-local one of a node with a radio, or
   * WORLD_NODE_NONE. */
  size_t find(const ns3::Ipv6Address &address) const;

  /* The link-local address with the interface identifier of the global one, of a node with a radio.
   */
  ns3::Ipv6Address link_local(size_t node) const;

  /* Whether one of two nodes with radios is the other's parent. */
  bool are_neighbours(size_t a, size_t b) const;

  /* Whether a node is `above` another, on its way to the root. */
  bool is_above(size_t above, size_t node) const;

  /* The child of `above` that leads to `node`, which it is above. */
  size_t child_towards(size_t above, size_t node) const;

  /* From one node to another, along the tree. */
  size_t hops(size_t from, size_t to) const;

private:
  void count_descendants();
  void list_children();

  const size_t radio_count;
  std::vector<size_t> parents;
  std::vector<ns3::Ipv6Address> addresses;
  /* Nodes are numbered anew, each before its descendants, and these without a gap: a node and all
   * below it are the numbers first[node] to first[node] + extent[node] - 1. */
  std::vector<uint32_t> first, extent;
  /* The children of a node, ascending by `first`: children[begin[node]] to
   * children[begin[node + 1] - 1]. */
  std::vector<uint32_t> begin, children;
};

} // namespace sim

#endif
