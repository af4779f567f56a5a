#include "network.h"

#include <ns3/double.h>
#include <ns3/propagation-delay-model.h>
#include <ns3/propagation-loss-model.h>
#include <ns3/single-model-spectrum-channel.h>

#include <cstring>

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
}

void Network::connect(size_t index, const size_t *parents) {
  Station &station = at(index);
  Station &parent = at(parents[index]);
  station.add_neighbour(parent);
  parent.add_neighbour(station);
  station.set_default_route(parent);
  for (size_t hop = index; hop > 0; hop = parents[hop])
    at(parents[hop]).add_route(station, at(hop));
}

bool Network::capture(const std::string &directory) {
  bool ok = air.open(directory + "/air.pcap");
  for (size_t i = 0; i < size() && ok; i++)
    ok = at(i).radio.capture.open(directory + "/node-" + std::to_string(i) + ".pcap");
  return ok;
}

bool Network::close() {
  bool ok = air.close();
  for (auto &station : stations) {
    ok = station->radio.capture.close() && ok;
    station->release();
  }
  return ok;
}

bool Network::find(const uint8_t ip[16], size_t *index) const {
  const size_t candidate = static_cast<size_t>(ip[14] << 8 | ip[15]) - 1;
  if (candidate >= size())
    return false;
  uint8_t own[16];
  at(candidate).address().GetBytes(own);
  if (std::memcmp(own, ip, sizeof own) != 0)
    return false;
  *index = candidate;
  return true;
}

} // namespace sim
