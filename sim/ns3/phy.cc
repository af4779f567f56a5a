#include "phy.h"
#include "member.h"

#include <ns3/antenna-model.h>
#include <ns3/lr-wpan-interference-helper.h>
#include <ns3/lr-wpan-spectrum-signal-parameters.h>
#include <ns3/lr-wpan-spectrum-value-helper.h>
#include <ns3/packet-burst.h>
#include <ns3/simulator.h>
#include <ns3/spectrum-signal-parameters.h>
#include <ns3/spectrum-value.h>

namespace sim {

SIM_MEMBER(PhyPending, ns3::LrWpanPhy::m_trxStatePending)
SIM_MEMBER(PhySignals, ns3::LrWpanPhy::m_signal)
SIM_MEMBER(PhyReceived, ns3::LrWpanPhy::m_currentRxPacket)
SIM_MEMBER(PhyTurning, ns3::LrWpanPhy::m_setTRXState)
SIM_MEMBER(PhyReceptionCancelled, ns3::LrWpanPhy::m_isRxCanceled)

namespace {

/* Null: the signal is noise, or a rest of a frame. */
ns3::Ptr<const ns3::Packet> frame_of(ns3::Ptr<ns3::SpectrumSignalParameters> signal) {
  const auto frame = ns3::DynamicCast<ns3::LrWpanSpectrumSignalParameters>(signal);
  return frame ? frame->packetBurst->GetPackets().front() : nullptr;
}

} // namespace

bool Phy::is_at_rest() const {
  return state == ns3::IEEE_802_15_4_PHY_RX_ON && !locked &&
         this->*member_of(PhyPending{}) == ns3::IEEE_802_15_4_PHY_IDLE;
}

void Phy::reset(const CaptureRule &capture) {
  this->*member_of(PhyReceived{}) = {};
  this->*member_of(PhyReceptionCancelled{}) = false;
  /* Of no signal the sum is exactly 0, and known. */
  (this->*member_of(PhySignals{}))->ClearSignals();
  (this->*member_of(PhySignals{}))->GetSignalPsd();
  set_capture(capture);
}

/* Without an error model ns-3 takes each frame for received, and draws nothing. */
void Phy::set_capture(const CaptureRule &rule) {
  if (!error_model)
    error_model = GetErrorModel();
  const bool is_ns3 = rule.kind == WORLD_CAPTURE_NS3;
  SetErrorModel(is_ns3 ? error_model : nullptr);
  collisions = is_ns3 ? nullptr
                      : std::make_unique<Collisions>(rule, power_w(GetNoisePowerSpectralDensity()));
}

double Phy::power_w(ns3::Ptr<const ns3::SpectrumValue> density) const {
  return ns3::LrWpanSpectrumValueHelper::TotalAvgPower(density, GetCurrentChannelNum());
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
  const ns3::Ptr<const ns3::Packet> frame = ended_as ? frame_of(signal) : nullptr;
  const world_fate missed = frame ? missed_as(gave_up) : WORLD_FATE_COUNT;
  if (gave_up) /* a signal that is no frame */
    signal = ns3::Create<ns3::SpectrumSignalParameters>(*signal);
  const bool was_locked = locked;
  LrWpanPhy::StartRx(signal);
  if (collisions)
    collisions->begin(ns3::Simulator::Now().GetNanoSeconds(), signal->duration.GetNanoSeconds(),
                      power_w(signal->psd), locked && !was_locked);
  if (frame && (was_locked || !locked))
    ended_as(frame, missed);
}

void Phy::changed(ns3::Time, ns3::LrWpanPhyEnumeration, ns3::LrWpanPhyEnumeration to) {
  state = to;
}

/* Of a frame that begins now, if the radio does not lock on to it. */
world_fate Phy::missed_as(bool gave_up_another) const {
  switch (state) {
  case ns3::IEEE_802_15_4_PHY_TRX_OFF:
    return WORLD_FATE_ASLEEP;
  case ns3::IEEE_802_15_4_PHY_BUSY_RX:
    return WORLD_FATE_BUSY;
  case ns3::IEEE_802_15_4_PHY_RX_ON:
    if ((this->*member_of(PhyTurning{})).IsRunning())
      return WORLD_FATE_SENDING;
    return gave_up_another ? WORLD_FATE_BUSY : WORLD_FATE_COLLISION;
  default:
    return WORLD_FATE_SENDING;
  }
}

/* Of the frame whose reception ends. */
world_fate Phy::received_as() const {
  if (!(this->*member_of(PhyReceived{})).second)
    return WORLD_FATE_RECEIVED;
  if (lost)
    return WORLD_FATE_LOSS;
  return state == ns3::IEEE_802_15_4_PHY_BUSY_RX ? WORLD_FATE_COLLISION : WORLD_FATE_ABANDONED;
}

void Phy::began(ns3::Ptr<const ns3::Packet>) {
  locked = true;
  lost = false;
}

void Phy::ended(ns3::Ptr<const ns3::Packet> frame, double) {
  locked = false;
  if (ended_as)
    ended_as(frame, received_as());
}

} // namespace sim
