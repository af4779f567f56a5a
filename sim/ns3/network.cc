#include "network.h"

#include <ns3/double.h>
#include <ns3/propagation-delay-model.h>
#include <ns3/propagation-loss-model.h>
#include <ns3/single-model-spectrum-channel.h>

namespace sim {
namespace {

constexpr double SPACING_M = 10;
constexpr double RANGE_M = 15;
constexpr double MAX_LOSS_DB = 200; /* what is out of range is not even noise */

ns3::Ptr<ns3::SpectrumChannel> make_channel() {
  auto loss = ns3::CreateObject<ns3::RangePropagationLossModel>();
  loss->SetAttribute("MaxRange", ns3::DoubleValue(RANGE_M));
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

std::vector<unsigned> depths_of(const world_config &config) {
  std::vector<unsigned> depths(config.node_count, 0);
  for (size_t i = 1; i < config.node_count; i++)
    depths[i] = depths[config.parents[i]] + 1;
  return depths;
}

} // namespace

Network::Network(const world_config &config, const Host &host) {
  const std::vector<unsigned> depths = depths_of(config);
  StationPlan plan{0, 0, mac_parameters(config), make_channel()};
  for (size_t i = 0; i < config.node_count; i++) {
    plan.index = i;
    plan.position_m = SPACING_M * depths[i];
    stations.push_back(std::make_unique<Station>(plan, host, air));
  }
  for (size_t i = 1; i < config.node_count; i++)
    connect(i, config.parents);
  if (config.backhaul)
    backhaul =
        std::make_unique<Backhaul>(config.node_count, config.backhaul_delay_ns, *stations[0], host);
}

void Network::connect(size_t index, const size_t *parents) {
  Station &station = *stations[index];
  Station &parent = *stations[parents[index]];
  station.add_neighbour(parent);
  parent.add_neighbour(station);
  station.set_default_route(parent);
  for (size_t hop = index; hop > 0; hop = parents[hop])
    stations[parents[hop]]->add_route(station, *stations[hop]);
}

bool Network::is_behind(size_t index) const {
  return index == stations.size();
}

Ports &Network::ports(size_t index) {
  return is_behind(index) ? backhaul->ports : stations[index]->ports;
}

const ns3::Ipv6Address &Network::address(size_t index) const {
  return is_behind(index) ? backhaul->address() : stations[index]->address();
}

bool Network::capture(const std::string &directory) {
  bool ok = air.open(directory + "/air.pcap", Link::IEEE802_15_4_WITHFCS);
  for (size_t i = 0; i < stations.size() && ok; i++)
    ok = stations[i]->radio.capture.open(directory + "/node-" + std::to_string(i) + ".pcap",
                                         Link::IEEE802_15_4_WITHFCS);
  if (backhaul && ok)
    ok = backhaul->capture.open(directory + "/backhaul.pcap", Link::RAW_IP);
  return ok;
}

bool Network::close() {
  bool ok = air.close();
  for (auto &station : stations) {
    ok = station->radio.capture.close() && ok;
    station->release();
  }
  if (backhaul) {
    ok = backhaul->capture.close() && ok;
    backhaul->release();
  }
  return ok;
}

bool Network::find(const uint8_t ip[16], size_t *index) const {
  const ns3::Ipv6Address wanted = ns3::Ipv6Address::Deserialize(ip);
  size_t candidate = static_cast<size_t>(ip[14] << 8 | ip[15]) - 1;
  if (backhaul && wanted == backhaul->address())
    candidate = stations.size();
  if (candidate >= size() || address(candidate) != wanted)
    return false;
  *index = candidate;
  return true;
}

bool Network::carries(size_t from, size_t to, size_t length) const {
  if (is_behind(from) || is_behind(to))
    return from + to == stations.size() && length <= NODE_DATAGRAM_MAX;
  return from != to && length <= WORLD_DATAGRAM_MAX;
}

} // namespace sim
