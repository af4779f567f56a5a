#include "ear.h"
#include "member.h"

#include <ns3/node.h>
#include <ns3/simulator.h>

#include <algorithm>

namespace sim {

SIM_MEMBER(PhyState, ns3::LrWpanPhy::m_trxState)
SIM_MEMBER(PhyNextState, ns3::LrWpanPhy::m_setTRXState)
SIM_MEMBER(PhyRandom, ns3::LrWpanPhy::m_random)
SIM_MEMBER(PhyEndRx, ns3::LrWpanPhy::EndRx)

Ear::Ear(size_t radio, Listener &of_place, ns3::Ptr<ns3::LrWpanNetDevice> device)
    : index(radio), listener(of_place), phy(device->GetPhy()), csma(device->GetCsmaCa()),
      draws(ns3::CreateObject<OwingVariable>()), node_id(device->GetNode()->GetId()) {
  PeekPointer(phy)->*member_of(PhyRandom{}) = draws;
  phy->SetPlmeCcaConfirmCallback(ns3::MakeCallback(&Ear::assessed, this));
  device->GetMac()->TraceConnectWithoutContext("MacState",
                                               ns3::MakeCallback(&Ear::mac_changed, this));
}

bool Ear::is_listening() const {
  return PeekPointer(phy)->*member_of(PhyState{}) == ns3::IEEE_802_15_4_PHY_RX_ON;
}

bool Ear::is_off() const {
  return PeekPointer(phy)->*member_of(PhyState{}) == ns3::IEEE_802_15_4_PHY_TRX_OFF &&
         !(PeekPointer(phy)->*member_of(PhyNextState{})).IsRunning();
}

void Ear::idle(int64_t now_ns) {
  awake = false;
  off = is_off();
  locked_then_ns = listener.locked_ns(now_ns);
  draws_then = listener.draws();
}

/* What began behind the frame that the listener is locked on to makes the PHY draw when it is
 * handed over, too, for a span of no bits; the listener has counted that already. */
uint64_t Ear::draws_missed() const {
  uint64_t drawn = 0;
  for (size_t i = listener.begun(); i > 0 && !listener.is_locked_on(listener.signals()[i - 1]); i--)
    drawn++;
  return listener.draws() - draws_then - (listener.is_locked() ? drawn : 0);
}

void Ear::wake(int64_t now_ns) {
  overheard_before_ns = overheard_ns(now_ns);
  awake = true;
  if (!off)
    draws->owe(draws_missed());
  handed.clear();
  for (size_t i = 0; i < listener.signals().size(); i++) {
    const Signal &signal = listener.signals()[i];
    if (i < listener.begun())
      hand(signal, now_ns);
    else
      hear(signal.frame, now_ns, signal.begin_ns - now_ns);
  }
  off = false;
}

/* As a frame only if the radio is to be locked on to it, else as noise; to one that is off, all is.
 */
void Ear::hand(const Signal &signal, int64_t now_ns) {
  ns3::Ptr<ns3::SpectrumSignalParameters> rest =
      listener.is_locked_on(signal) && !off
          ? signal.frame->Copy()
          : ns3::Create<ns3::SpectrumSignalParameters>(*signal.frame);
  rest->duration = ns3::NanoSeconds(signal.end_ns - now_ns);
  heard_until_ns = std::max(heard_until_ns, signal.end_ns);
  handed.push_back({signal.end_ns, rest});
  begin(rest);
}

void Ear::hear(ns3::Ptr<const ns3::SpectrumSignalParameters> frame, int64_t now_ns,
               int64_t delay_ns) {
  const int64_t end_ns = now_ns + delay_ns + frame->duration.GetNanoSeconds();
  heard_until_ns = std::max(heard_until_ns, end_ns);
  ns3::Simulator::ScheduleWithContext(node_id, ns3::NanoSeconds(delay_ns), &Ear::begin, this,
                                      frame->Copy());
}

void Ear::begin(ns3::Ptr<ns3::SpectrumSignalParameters> signal) {
  phy->StartRx(signal);
}

/* While it waits for its turn to send, too, a radio has nothing to do with what it hears: whether
 * the channel is clear is asked of the listener. */
void Ear::mac_changed(ns3::LrWpanMacState, ns3::LrWpanMacState to) {
  quiet = to == ns3::MAC_IDLE || to == ns3::MAC_CSMA;
  if (!quiet && !awake)
    stirred(*this);
}

/* The listener knows, of one that woke within the assessment, too: to the PHY, what was handed to
 * it seems to have begun then. */
void Ear::assessed(ns3::LrWpanPhyEnumeration status) {
  const int64_t now_ns = ns3::Simulator::Now().GetNanoSeconds();
  end_handed(now_ns);
  if (status == ns3::IEEE_802_15_4_PHY_IDLE || status == ns3::IEEE_802_15_4_PHY_BUSY)
    status = listener.is_busy(now_ns) ? ns3::IEEE_802_15_4_PHY_BUSY : ns3::IEEE_802_15_4_PHY_IDLE;
  csma->PlmeCcaConfirm(status);
}

/* What ends at the moment at which an assessment does ends before it, as it began before it; but
 * the PHY was handed it later. That the PHY will end it once more does nothing. */
void Ear::end_handed(int64_t now_ns) {
  for (const Handed &each : handed)
    if (each.end_ns == now_ns)
      (PeekPointer(phy)->*member_of(PhyEndRx{}))(each.signal);
}

void Ear::reset() {
  awake = true;
  off = false;
  quiet = true;
  alert = false;
  heard_until_ns = -1;
  overheard_before_ns = 0;
  draws->forgive();
  handed.clear();
}

void Ear::release() {
  handed.clear();
  phy = nullptr;
  csma = nullptr;
  draws = nullptr;
}

} // namespace sim
