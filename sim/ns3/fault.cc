#include "fault.h"

#include <cmath>
#include <vector>

namespace sim {
namespace {

constexpr uint64_t SEED_MAX = (UINT64_C(1) << 53) - 1;

const char *mac_fault(const world_config &config) {
  if (config.mac_max_retries > 7 || config.mac_max_backoffs > 5 || config.mac_max_be < 3 ||
      config.mac_max_be > 8 || config.mac_min_be > config.mac_max_be)
    return "a parameter of the MAC is out of its range";
  return nullptr;
}

const char *tree_fault(const world_config &config) {
  if (config.node_count < 1 || config.node_count > WORLD_NODES_MAX)
    return "the number of nodes is not 1 to 20000";
  std::vector<unsigned> depths(config.node_count, 0);
  for (size_t i = 1; i < config.node_count; i++) {
    if (config.parents == nullptr || config.parents[i] >= i)
      return "a node's parent is not below it";
    depths[i] = depths[config.parents[i]] + 1;
    if (depths[i] > WORLD_DEPTH_MAX)
      return "the tree is too deep for a hop limit of 64";
  }
  return nullptr;
}

const char *position_fault(const world_config &config) {
  for (size_t i = 0; config.positions != nullptr && i < config.node_count; i++)
    if (!std::isfinite(config.positions[i].x_m) || !std::isfinite(config.positions[i].y_m))
      return "a position is not finite";
  return nullptr;
}

/* Whether each node and its parent hear each other. */
bool hears_parent(const world_config &config) {
  std::vector<unsigned char> heard(config.node_count, 0);
  for (size_t i = 0; i < config.link_count; i++) {
    const size_t from = config.links[i].from, to = config.links[i].to;
    if (from > 0 && config.parents[from] == to)
      heard[from] |= 1;
    if (to > 0 && config.parents[to] == from)
      heard[to] |= 2;
  }
  for (size_t i = 1; i < config.node_count; i++)
    if (heard[i] != 3)
      return false;
  return true;
}

const char *link_fault(const world_config &config) {
  if (config.links == nullptr)
    return nullptr;
  for (size_t i = 0; i < config.link_count; i++)
    if (config.links[i].from >= config.node_count || config.links[i].to >= config.node_count ||
        config.links[i].from == config.links[i].to)
      return "a link is not between two nodes with a radio";
  return hears_parent(config) ? nullptr : "a node and its parent do not hear each other";
}

const char *channel_fault(const world_config &config) {
  if (config.channel >= WORLD_CHANNEL_COUNT || config.capture >= WORLD_CAPTURE_COUNT)
    return "there is no such channel, or no such rule of collisions";
  if (config.capture == WORLD_CAPTURE_SINR && !std::isfinite(config.capture_db))
    return "the threshold of collisions is not finite";
  return nullptr;
}

const char *wire_fault(const world_config &config) {
  if (config.wired_count > WORLD_WIRED_MAX)
    return "there are more than 1000 wired nodes";
  if (config.wired_count > 0 && config.wires == nullptr)
    return "the wires are missing";
  for (size_t i = 0; i < config.wired_count; i++) {
    const world_wire &wire = config.wires[i];
    if (wire.delay_ns > WORLD_WIRE_DELAY_MAX_NS)
      return "the delay of a wire is above an hour";
    if (wire.to != 0 && (wire.to < config.node_count || wire.to >= config.node_count + i))
      return "a wire leads neither to node 0 nor to a wired node before its own";
  }
  return nullptr;
}

} // namespace

const char *fault_of(const world_config &config, const world_callbacks &callbacks) {
  if (!callbacks.datagram || !callbacks.timer || !callbacks.frame || !callbacks.radio ||
      !callbacks.lose || (config.wired_count > 0 && !callbacks.wire))
    return "a callback is missing";
  if (config.seed > SEED_MAX)
    return "the seed is above 2^53 - 1";
  /* The tree first: it bounds the number of nodes. */
  for (auto check :
       {tree_fault, mac_fault, position_fault, link_fault, channel_fault, wire_fault}) {
    const char *fault = check(config);
    if (fault != nullptr)
      return fault;
  }
  return nullptr;
}

} // namespace sim
