#include "network.h"

#include <ns3/double.h>
#include <ns3/propagation-delay-model.h>
#include <ns3/propagation-loss-model.h>
#include <ns3/single-model-spectrum-channel.h>

#include <algorithm>

namespace sim {
namespace {

constexpr double MAX_LOSS_DB = 200; /* what is out of range is not even noise */

ns3::Ptr<ns3::PropagationLossModel> make_range() {
  auto range = ns3::CreateObject<ns3::RangePropagationLossModel>();
  range->SetAttribute("MaxRange", ns3::DoubleValue(WORLD_RANGE_M));
  return range;
}

Places places_of(const NetworkPlan &plan) {
  return plan.by_links ? Places(plan.positions, plan.links) : Places(plan.positions);
}

ns3::Ptr<ns3::SpectrumChannel> make_channel(ns3::Ptr<ns3::PropagationLossModel> loss) {
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
    : parents(config.node_count, 0), positions(positions_of(config)),
      by_links(config.links != nullptr), channel(config.channel) {
  for (size_t i = 1; i < config.node_count; i++)
    parents[i] = config.parents[i];
  for (size_t i = 0; i < config.wired_count; i++) {
    delays_ns.push_back(config.wires[i].delay_ns);
    wire_ends.push_back(config.wires[i].to);
  }
  if (by_links)
    links.assign(config.links, config.links + config.link_count);
}

bool NetworkPlan::operator==(const NetworkPlan &other) const {
  return parents == other.parents && delays_ns == other.delays_ns && wire_ends == other.wire_ends &&
         channel == other.channel && by_links == other.by_links &&
         std::equal(links.begin(), links.end(), other.links.begin(), other.links.end(),
                    [](const world_link &a, const world_link &b) {
                      return a.from == b.from && a.to == b.to;
                    }) &&
         std::equal(positions.begin(), positions.end(), other.positions.begin(),
                    other.positions.end(), [](const world_position &a, const world_position &b) {
                      return a.x_m == b.x_m && a.y_m == b.y_m;
                    });
}

Network::Network(const NetworkPlan &what, const Host &host)
    : plan(what), tree(plan.parents, plan.wire_ends) {
  add_stations(host);
  for (size_t i = 1; i < stations.size(); i++)
    connect(i);
  add_wired(host);
}

void Network::add_stations(const Host &host) {
  StationPlan station{0, {0, 0}, nullptr, nullptr, &tree};
  if (plan.channel == WORLD_CHANNEL_ADDRESSED) {
    addressed = ns3::CreateObject<AddressedChannel>(places_of(plan));
    station.channel = addressed;
  } else if (plan.by_links) {
    station.audience = ns3::CreateObject<Audience>(plan.links);
    station.channel = make_channel(station.audience);
  } else {
    station.channel = make_channel(make_range());
  }
  for (size_t i = 0; i < plan.parents.size(); i++) {
    station.index = i;
    station.position = plan.positions[i];
    stations.push_back(std::make_unique<Station>(station, host, air));
    tree.set_address(i, stations[i]->address());
    if (addressed) {
      addressed->attach(stations[i]->ns3_device());
      stations[i]->on_start_up([this, i] { addressed->set_alert(i, true); });
    }
  }
}

WireEnd Network::wire_end(size_t index) const {
  const ns3::Ptr<ns3::Node> node = tree.has_radio(index)
                                       ? stations[index]->ns3_node()
                                       : wired[index - stations.size()]->ns3_node();
  return {index, node, tree.address(index)};
}

void Network::add_wired(const Host &host) {
  for (size_t i = 0; i < plan.delays_ns.size(); i++) {
    const WiredPlan node{stations.size() + i, i, plan.delays_ns[i], &tree,
                         wire_end(plan.wire_ends[i])};
    wired.push_back(std::make_unique<WiredNode>(node, host, wires));
    tree.set_address(node.index, wired[i]->address());
  }
}

/* The ear is awake when the radio falls asleep, and when it starts up. */
void Network::set_sleeping(size_t index, bool sleeps) {
  if (addressed && sleeps)
    addressed->set_alert(index, true);
  stations[index]->set_sleeping(sleeps);
  if (addressed && !sleeps)
    addressed->set_alert(index, false);
}

void Network::set_polling(size_t index, uint64_t first_ns, uint64_t interval_ns) {
  stations[index]->set_polling(*stations[tree.parent(index)], first_ns, interval_ns);
}

void Network::stop_sleeping() {
  for (auto &station : stations)
    station->stop_sleeping();
}

bool Network::is_at_rest() const {
  return std::all_of(stations.begin(), stations.end(),
                     [](const auto &station) { return station->is_at_rest(); });
}

void Network::reset(const StationParameters &parameters, bool captured) {
  if (addressed)
    addressed->reset(!captured);
  for (auto &station : stations)
    station->reset(parameters);
  for (auto &node : wired)
    node->reset();
}

void Network::connect(size_t index) {
  Station &station = *stations[index];
  Station &parent = *stations[tree.parent(index)];
  station.add_neighbour(parent);
  parent.add_neighbour(station);
  station.set_parent(parent);
}

Endpoint &Network::endpoint(size_t index) {
  return tree.has_radio(index) ? stations[index]->endpoint
                               : wired[index - stations.size()]->endpoint;
}

bool Network::capture(const std::string &directory, bool air_only) {
  bool ok = air.open(directory + "/air.pcap", Link::IEEE802_15_4_WITHFCS);
  for (size_t i = 0; i < stations.size() && ok && !air_only; i++)
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

uint64_t Network::flight_ns(size_t from, size_t to) const {
  return static_cast<uint64_t>(sim::flight_ns(plan.positions[from], plan.positions[to]));
}

void Network::release() {
  addressed = nullptr;
  for (auto &station : stations)
    station->release();
  for (auto &node : wired)
    node->release();
}

bool Network::carries(size_t from, size_t to, bool on_link, size_t length) const {
  const bool by_radio = (from != 0 && tree.has_radio(from)) || (to != 0 && tree.has_radio(to));
  const size_t length_max = by_radio ? size_t{WORLD_DATAGRAM_MAX} : size_t{NODE_DATAGRAM_MAX};
  return from != to && length <= length_max &&
         (on_link ? tree.are_neighbours(from, to) : tree.hops(from, to) <= WORLD_DEPTH_MAX);
}

} // namespace sim
