#include "sleeper.h"
#include "member.h"

#include <ns3/simulator.h>

namespace sim {

SIM_MEMBER(SleeperMacState, ns3::LrWpanMac::m_lrWpanMacState)
SIM_MEMBER(SleeperMacNext, ns3::LrWpanMac::m_setMacState)
SIM_MEMBER(SleeperMacQueue, ns3::LrWpanMac::m_txQueue)
SIM_MEMBER(SleeperPhyState, ns3::LrWpanPhy::m_trxState)
SIM_MEMBER(SleeperPhyNext, ns3::LrWpanPhy::m_setTRXState)

void Sleeper::attach(ns3::Ptr<ns3::LrWpanNetDevice> device, Radio &of) {
  radio = &of;
  mac = device->GetMac();
  phy = device->GetPhy();
  phy->TraceConnectWithoutContext("TrxState", ns3::MakeCallback(&Sleeper::phy_changed, this));
}

void Sleeper::set_sleeping(bool sleeps) {
  sleeping = sleeps;
  consider();
}

void Sleeper::set_expecting(bool expects) {
  expecting = expects;
  consider();
}

bool Sleeper::is_idle() const {
  return PeekPointer(mac)->*member_of(SleeperMacState{}) == ns3::MAC_IDLE &&
         (PeekPointer(mac)->*member_of(SleeperMacQueue{})).empty() &&
         !(PeekPointer(mac)->*member_of(SleeperMacNext{})).IsRunning() &&
         PeekPointer(phy)->*member_of(SleeperPhyState{}) == ns3::IEEE_802_15_4_PHY_RX_ON &&
         !(PeekPointer(phy)->*member_of(SleeperPhyNext{})).IsRunning();
}

/* The MAC is still in the former state. */
void Sleeper::changed(ns3::LrWpanMacState to) {
  if (to == ns3::MAC_IDLE)
    consider();
  else if (is_asleep())
    wake();
}

void Sleeper::phy_changed(ns3::Time, ns3::LrWpanPhyEnumeration, ns3::LrWpanPhyEnumeration to) {
  if (to == ns3::IEEE_802_15_4_PHY_RX_ON)
    consider();
}

/* To sleep behind all that happens at this moment, so that a frame that begins now is received. */
void Sleeper::consider() {
  if (!mac)
    return;
  if (sleeping && !expecting) {
    if (!is_asleep() && !settling.IsRunning())
      settling = ns3::Simulator::ScheduleNow(&Sleeper::settle, this);
  } else if (is_asleep()) {
    wake();
  }
}

void Sleeper::settle() {
  if (sleeping && !expecting && !is_asleep() && is_idle())
    mac->SetRxOnWhenIdle(false);
}

void Sleeper::wake() {
  if (starting)
    starting();
  radio->start_up();
  mac->SetRxOnWhenIdle(true);
}

void Sleeper::release() {
  starting = nullptr;
  mac = nullptr;
  phy = nullptr;
}

} // namespace sim
