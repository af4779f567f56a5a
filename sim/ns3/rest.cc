#include "rest.h"
#include "member.h"

#include <ns3/default-simulator-impl.h>
#include <ns3/scheduler.h>
#include <ns3/simulator.h>

#include <cstdint>

namespace sim {

SIM_MEMBER(SimulatorEvents, ns3::DefaultSimulatorImpl::m_events)
SIM_MEMBER(SimulatorNextNumber, ns3::DefaultSimulatorImpl::m_uid)
SIM_MEMBER(SimulatorStep, ns3::DefaultSimulatorImpl::ProcessOneEvent)

namespace {

constexpr unsigned EVENTS_MAX = 100'000'000; /* until rest: minutes of computing */
constexpr uint32_t NUMBER_MAX = UINT32_C(1) << 31;
constexpr int64_t TIME_MAX_NS = INT64_C(1) << 60; /* 36 years; addresses are compressed for 100 */

ns3::DefaultSimulatorImpl &simulator() {
  return static_cast<ns3::DefaultSimulatorImpl &>(*ns3::Simulator::GetImplementation());
}

} // namespace

bool come_to_rest() {
  ns3::DefaultSimulatorImpl &impl = simulator();
  ns3::Scheduler &events = *(impl.*member_of(SimulatorEvents{}));
  for (unsigned i = 0; !events.IsEmpty(); i++) {
    if (i == EVENTS_MAX)
      return false;
    (impl.*member_of(SimulatorStep{}))();
  }
  return true;
}

bool has_room() {
  return simulator().*member_of(SimulatorNextNumber{}) < NUMBER_MAX &&
         ns3::Simulator::Now().GetNanoSeconds() < TIME_MAX_NS;
}

} // namespace sim
