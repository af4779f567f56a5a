/* Who hears whom as a list, for a channel that asks a model of propagation: what goes over a link
 * arrives with all its power, all else with none. */
#ifndef SIM_NS3_AUDIENCE_H
#define SIM_NS3_AUDIENCE_H

#include "api.h"

#include <ns3/mobility-model.h>
#include <ns3/propagation-loss-model.h>

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace sim {

class Audience : public ns3::PropagationLossModel {
public:
  explicit Audience(const std::vector<world_link> &links);
  static ns3::TypeId GetTypeId();

  /* A node of the list is the one with this position. */
  void add(ns3::Ptr<ns3::MobilityModel> position, size_t node);

private:
  double DoCalcRxPower(double power_dbm, ns3::Ptr<ns3::MobilityModel> sender,
                       ns3::Ptr<ns3::MobilityModel> receiver) const override;
  int64_t DoAssignStreams(int64_t stream) override;

  std::unordered_set<uint64_t> links;
  std::unordered_map<const ns3::MobilityModel *, uint32_t> nodes;
};

} // namespace sim

#endif
