#include "tree.h"
#include "station.h"
#include "wired.h"

#include <algorithm>

namespace sim {

Tree::Tree(const std::vector<size_t> &of_radios, const std::vector<size_t> &of_wired)
    : radio_count(of_radios.size()), parents(of_radios) {
  parents.insert(parents.end(), of_wired.begin(), of_wired.end());
  addresses.resize(parents.size());
  first.resize(parents.size(), 0);
  extent.resize(parents.size(), 1);
  begin.resize(parents.size() + 1, 0);
  children.resize(parents.size() - 1);
  count_descendants();
  list_children();
}

/* Parents have lower indices than their children. */
void Tree::count_descendants() {
  for (size_t i = parents.size() - 1; i > 0; i--)
    extent[parents[i]] += extent[i];
  std::vector<uint32_t> next(parents.size(),
                             1); /* the number of a node's next child, past its own */
  for (size_t i = 1; i < parents.size(); i++) {
    const size_t parent = parents[i];
    first[i] = first[parent] + next[parent];
    next[parent] += extent[i];
  }
}

void Tree::list_children() {
  for (size_t i = 1; i < parents.size(); i++)
    begin[parents[i] + 1]++;
  for (size_t i = 0; i < parents.size(); i++)
    begin[i + 1] += begin[i];
  std::vector<uint32_t> next(begin.begin(), begin.end() - 1);
  for (size_t i = 1; i < parents.size(); i++)
    children[next[parents[i]]++] = static_cast<uint32_t>(i);
}

size_t Tree::find(const ns3::Ipv6Address &wanted) const {
  uint8_t ip[16];
  wanted.GetBytes(ip);
  const size_t last = static_cast<size_t>(ip[14] << 8 | ip[15]);
  for (size_t candidate :
       {last - Station::short_address(0), radio_count + last - WiredNode::FIRST_ADDRESS})
    if (candidate < size() && (addresses[candidate] == wanted ||
                               (has_radio(candidate) && link_local(candidate) == wanted)))
      return candidate;
  return WORLD_NODE_NONE;
}

ns3::Ipv6Address Tree::link_local(size_t node) const {
  uint8_t ip[16] = {0xfe, 0x80}, global[16];
  addresses[node].GetBytes(global);
  std::copy(global + 8, global + 16, ip + 8);
  return ns3::Ipv6Address::Deserialize(ip);
}

bool Tree::are_neighbours(size_t a, size_t b) const {
  return has_radio(a) && has_radio(b) && a != b && (parents[a] == b || parents[b] == a);
}

bool Tree::is_above(size_t above, size_t node) const {
  return above != node && first[node] - first[above] < extent[above];
}

size_t Tree::child_towards(size_t above, size_t node) const {
  const auto from = children.begin() + begin[above], end = children.begin() + begin[above + 1];
  const auto beyond =
      std::upper_bound(from, end, first[node],
                       [this](uint32_t number, uint32_t child) { return number < first[child]; });
  return *(beyond - 1);
}

size_t Tree::hops(size_t from, size_t to) const {
  size_t count = 0;
  for (; from != to; count++) {
    size_t &below = from > to ? from : to;
    below = parents[below];
  }
  return count;
}

} // namespace sim
