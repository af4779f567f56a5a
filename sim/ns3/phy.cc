#include "phy.h"
#include "member.h"

#include <ns3/antenna-model.h>
#include <ns3/lr-wpan-interference-helper.h>
#include <ns3/lr-wpan-spectrum-signal-parameters.h>
#include <ns3/spectrum-signal-parameters.h>
#include <ns3/spectrum-value.h>

namespace sim {

SIM_MEMBER(PhyPending, ns3::LrWpanPhy::m_trxStatePending)
SIM_MEMBER(PhySignals, ns3::LrWpanPhy::m_signal)
SIM_MEMBER(PhyReceived, ns3::LrWpanPhy::m_currentRxPacket)
SIM_MEMBER(PhyReceptionCancelled, ns3::LrWpanPhy::m_isRxCanceled)

bool Phy::is_at_rest() const {
  return state == ns3::IEEE_802_15_4_PHY_RX_ON && !locked &&
         this->*member_of(PhyPending{}) == ns3::IEEE_802_15_4_PHY_IDLE;
}

void Phy::reset() {
  this->*member_of(PhyReceived{}) = {};
  this->*member_of(PhyReceptionCancelled{}) = false;
  /* Of no signal the sum is exactly 0, and known. */
  (this->*member_of(PhySignals{}))->ClearSignals();
  (this->*member_of(PhySignals{}))->GetSignalPsd();
}

/* Not in the constructor, where an object of ns-3 does not know its type yet. */
void Phy::NotifyConstructionCompleted() {
  LrWpanPhy::NotifyConstructionCompleted();
  TraceConnectWithoutContext("TrxState", ns3::MakeCallback(&Phy::changed, this));
  TraceConnectWithoutContext("PhyRxBegin", ns3::MakeCallback(&Phy::began, this));
  TraceConnectWithoutContext("PhyRxEnd", ns3::MakeCallback(&Phy::ended, this));
}

ns3::TypeId Phy::GetTypeId() {
  static ns3::TypeId id = ns3::TypeId("sim::Phy").SetParent<ns3::LrWpanPhy>().AddConstructor<Phy>();
  return id;
}

void Phy::StartRx(ns3::Ptr<ns3::SpectrumSignalParameters> signal) {
  const bool gave_up = locked && state != ns3::IEEE_802_15_4_PHY_BUSY_RX;
  if (gave_up) /* a signal that is no frame */
    signal = ns3::Create<ns3::SpectrumSignalParameters>(*signal);
  LrWpanPhy::StartRx(signal);
}

void Phy::changed(ns3::Time, ns3::LrWpanPhyEnumeration, ns3::LrWpanPhyEnumeration to) {
  state = to;
}

void Phy::began(ns3::Ptr<const ns3::Packet>) {
  locked = true;
}

void Phy::ended(ns3::Ptr<const ns3::Packet>, double) {
  locked = false;
}

} // namespace sim
