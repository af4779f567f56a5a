#include "network.h"

#include <ns3/double.h>
#include <ns3/propagation-delay-model.h>
#include <ns3/propagation-loss-model.h>
#include <ns3/single-model-spectrum-channel.h>

#include <algorithm>

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

std::vector<world_position> positions_of(const world_config &config) {
  if (config.positions != nullptr)
    return {config.positions, config.positions + config.node_count};
  std::vector<world_position> positions(config.node_count, {0, 0});
  for (size_t i = 1; i < config.node_count; i++)
    positions[i].x_m = positions[config.parents[i]].x_m + WORLD_SPACING_M;
  return positions;
}

} // namespace

NetworkPlan::NetworkPlan(const world_config &config)
    : parents(config.node_count, 0), positions(positions_of(config)) {
  for (size_t i = 1; i < config.node_count; i++)
    parents[i] = config.parents[i];
  for (size_t i = 0; i < config.wired_count; i++)
    delays_ns.push_back(config.wires[i].delay_ns);
}

bool NetworkPlan::operator==(const NetworkPlan &other) const {
  return parents == other.parents && delays_ns == other.delays_ns &&
         std::equal(positions.begin(), positions.end(), other.positions.begin(),
                    other.positions.end(), [](const world_position &a, const world_position &b) {
                      return a.x_m == b.x_m && a.y_m == b.y_m;
                    });
}

Network::Network(const NetworkPlan &what, const Host &host) : plan(what) {
  add_stations(host);
  for (size_t i = 1; i < stations.size(); i++)
    connect(i);
  add_wired(host);
}

void Network::add_stations(const Host &host) {
  StationPlan station{0, {0, 0}, make_channel()};
  for (size_t i = 0; i < plan.parents.size(); i++) {
    station.index = i;
    station.position = plan.positions[i];
    stations.push_back(std::make_unique<Station>(station, host, air));
  }
}

void Network::add_wired(const Host &host) {
  for (size_t i = 0; i < plan.delays_ns.size(); i++) {
    const WiredPlan node{stations.size() + i, i, plan.delays_ns[i]};
    wired.push_back(std::make_unique<WiredNode>(node, *stations[0], host, wires));
  }
}

bool Network::is_at_rest() const {
  return std::all_of(stations.begin(), stations.end(),
                     [](const auto &station) { return station->is_at_rest(); });
}

void Network::reset(const MacParameters &mac) {
  for (auto &station : stations)
    station->reset(mac);
  for (auto &node : wired)
    node->reset();
}

void Network::connect(size_t index) {
  Station &station = *stations[index];
  Station &parent = *stations[plan.parents[index]];
  station.add_neighbour(parent);
  parent.add_neighbour(station);
  station.set_default_route(parent);
  for (size_t hop = index; hop > 0; hop = plan.parents[hop])
    stations[plan.parents[hop]]->add_route(station, *stations[hop]);
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

bool Network::close_captures() {
  bool ok = air.close();
  for (auto &station : stations)
    ok = station->radio.capture.close() && ok;
  return wires.close() && ok;
}

void Network::release() {
  for (auto &station : stations)
    station->release();
  for (auto &node : wired)
    node->release();
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

/* Of a wired node: node 0, at the other end of its wire. */
size_t Network::parent(size_t index) const {
  return has_radio(index) ? plan.parents[index] : 0;
}

/* In the tree, in which a parent's index is below its child's. */
size_t Network::hops(size_t from, size_t to) const {
  size_t count = 0;
  for (; from != to; count++) {
    size_t &below = from > to ? from : to;
    below = parent(below);
  }
  return count;
}

bool Network::carries(size_t from, size_t to, size_t length) const {
  const bool by_radio = (from != 0 && has_radio(from)) || (to != 0 && has_radio(to));
  const size_t length_max = by_radio ? size_t{WORLD_DATAGRAM_MAX} : size_t{NODE_DATAGRAM_MAX};
  return from != to && length <= length_max && hops(from, to) <= WORLD_DEPTH_MAX;
}

} // namespace sim
