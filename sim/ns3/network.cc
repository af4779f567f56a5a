#include "network.h"

#include <ns3/double.h>
#include <ns3/propagation-delay-model.h>
#include <ns3/propagation-loss-model.h>
#include <ns3/single-model-spectrum-channel.h>

namespace sim {
namespace {

constexpr double MAX_LOSS_DB = 200; /* what is out of range is not even noise */

ns3::Ptr<ns3::SpectrumChannel> make_channel() {
  auto loss = ns3::CreateObject<ns3::RangePropagationLossModel>();
  loss->SetAttribute("MaxRange", ns3::DoubleValue(WORLD_RANGE_M));
  auto channel = ns3::CreateObject<ns3::SingleModelSpectrumChannel>();
  channel->SetAttribute("MaxLossDb", ns3::DoubleValue(MAX_LOSS_DB));
  channel->AddPropagationLossModel(loss);
  channel->SetPropagationDelayModel(ns3::CreateObject<ns3::ConstantSpeedPropagationDelayModel>());
  return channel;
}

MacParameters mac_parameters(const world_config &config) {
  return {static_cast<uint8_t>(config.mac_max_retries), static_cast<uint8_t>(config.mac_min_be),
          static_cast<uint8_t>(config.mac_max_be), static_cast<uint8_t>(config.mac_max_backoffs)};
}

std::vector<size_t> parents_of(const world_config &config) {
  std::vector<size_t> parents(config.node_count + config.wired_count, 0);
  for (size_t i = 1; i < config.node_count; i++)
    parents[i] = config.parents[i];
  return parents;
}

std::vector<world_position> positions_of(const world_config &config) {
  if (config.positions != nullptr)
    return {config.positions, config.positions + config.node_count};
  std::vector<world_position> positions(config.node_count, {0, 0});
  for (size_t i = 1; i < config.node_count; i++)
    positions[i].x_m = positions[config.parents[i]].x_m + WORLD_SPACING_M;
  return positions;
}

} // namespace

Network::Network(const world_config &config, const Host &host) : parents(parents_of(config)) {
  add_stations(config, host);
  for (size_t i = 1; i < stations.size(); i++)
    connect(i);
  add_wired(config, host);
}

void Network::add_stations(const world_config &config, const Host &host) {
  const std::vector<world_position> positions = positions_of(config);
  StationPlan plan{0, {0, 0}, mac_parameters(config), make_channel()};
  for (size_t i = 0; i < config.node_count; i++) {
    plan.index = i;
    plan.position = positions[i];
    stations.push_back(std::make_unique<Station>(plan, host, air));
  }
}

void Network::add_wired(const world_config &config, const Host &host) {
  for (size_t i = 0; i < config.wired_count; i++) {
    const WiredPlan plan{config.node_count + i, i, config.wires[i].delay_ns};
    wired.push_back(std::make_unique<WiredNode>(plan, *stations[0], host, wires));
  }
}

void Network::connect(size_t index) {
  Station &station = *stations[index];
  Station &parent = *stations[parents[index]];
  station.add_neighbour(parent);
  parent.add_neighbour(station);
  station.set_default_route(parent);
  for (size_t hop = index; hop > 0; hop = parents[hop])
    stations[parents[hop]]->add_route(station, *stations[hop]);
}

Endpoint &Network::endpoint(size_t index) {
  return has_radio(index) ? stations[index]->endpoint : wired[index - stations.size()]->endpoint;
}

const ns3::Ipv6Address &Network::address(size_t index) const {
  return has_radio(index) ? stations[index]->address() : wired[index - stations.size()]->address();
}

bool Network::capture(const std::string &directory) {
  bool ok = air.open(directory + "/air.pcap", Link::IEEE802_15_4_WITHFCS);
  for (size_t i = 0; i < stations.size() && ok; i++)
    ok = stations[i]->radio.capture.open(directory + "/node-" + std::to_string(i) + ".pcap",
                                         Link::IEEE802_15_4_WITHFCS);
  if (!wired.empty() && ok)
    ok = wires.open(directory + "/backhaul.pcap", Link::RAW_IP);
  return ok;
}

bool Network::close() {
  bool ok = air.close();
  for (auto &station : stations) {
    ok = station->radio.capture.close() && ok;
    station->release();
  }
  ok = wires.close() && ok;
  for (auto &node : wired)
    node->release();
  return ok;
}

size_t Network::find(const uint8_t ip[16]) const {
  const ns3::Ipv6Address wanted = ns3::Ipv6Address::Deserialize(ip);
  const size_t last = static_cast<size_t>(ip[14] << 8 | ip[15]);
  for (size_t candidate :
       {last - Station::short_address(0), stations.size() + last - WiredNode::FIRST_ADDRESS})
    if (candidate < size() && address(candidate) == wanted)
      return candidate;
  return WORLD_NODE_NONE;
}

/* In the tree, in which a parent's index is below its child's. */
size_t Network::hops(size_t from, size_t to) const {
  size_t count = 0;
  for (; from != to; count++) {
    size_t &below = from > to ? from : to;
    below = parents[below];
  }
  return count;
}

bool Network::carries(size_t from, size_t to, size_t length) const {
  const bool by_radio = (from != 0 && has_radio(from)) || (to != 0 && has_radio(to));
  const size_t length_max = by_radio ? size_t{WORLD_DATAGRAM_MAX} : size_t{NODE_DATAGRAM_MAX};
  return from != to && length <= length_max && hops(from, to) <= WORLD_DEPTH_MAX;
}

} // namespace sim
