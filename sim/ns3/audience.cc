#include "audience.h"

namespace sim {
namespace {

constexpr double NOTHING_DBM = -1000; /* as ns-3's own model has it beyond its range */

uint64_t link_of(uint32_t from, uint32_t to) {
  return static_cast<uint64_t>(from) << 32 | to;
}

} // namespace

Audience::Audience(const std::vector<world_link> &list) {
  links.reserve(list.size());
  for (const world_link &link : list)
    links.insert(link_of(link.from, link.to));
}

ns3::TypeId Audience::GetTypeId() {
  static ns3::TypeId id = ns3::TypeId("sim::Audience").SetParent<ns3::PropagationLossModel>();
  return id;
}

void Audience::add(ns3::Ptr<ns3::MobilityModel> position, size_t node) {
  nodes[ns3::PeekPointer(position)] = static_cast<uint32_t>(node);
}

double Audience::DoCalcRxPower(double power_dbm, ns3::Ptr<ns3::MobilityModel> sender,
                               ns3::Ptr<ns3::MobilityModel> receiver) const {
  const uint64_t link =
      link_of(nodes.at(ns3::PeekPointer(sender)), nodes.at(ns3::PeekPointer(receiver)));
  return links.count(link) > 0 ? power_dbm : NOTHING_DBM;
}

int64_t Audience::DoAssignStreams(int64_t) {
  return 0;
}

} // namespace sim
