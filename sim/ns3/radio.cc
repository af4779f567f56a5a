#include "radio.h"
#include "span_tag.h"

#include <ns3/lr-wpan-mac.h>
#include <ns3/tag.h>

#include <ostream>

namespace sim {
namespace {

class SenderTag : public ns3::Tag {
public:
  SenderTag() = default;
  explicit SenderTag(size_t sender) : index(static_cast<uint32_t>(sender)) {
  }

  static ns3::TypeId GetTypeId() {
    static ns3::TypeId id =
        ns3::TypeId("sim::SenderTag").SetParent<ns3::Tag>().AddConstructor<SenderTag>();
    return id;
  }
  ns3::TypeId GetInstanceTypeId() const override {
    return GetTypeId();
  }
  uint32_t GetSerializedSize() const override {
    return 4;
  }
  void Serialize(ns3::TagBuffer buffer) const override {
    buffer.WriteU32(index);
  }
  void Deserialize(ns3::TagBuffer buffer) override {
    index = buffer.ReadU32();
  }
  void Print(std::ostream &out) const override {
    out << "sender=" << index;
  }

  uint32_t index = 0;
};

/* WORLD_DROP_COUNT: it was not given up. */
enum world_drop drop_of(ns3::LrWpanMcpsDataConfirmStatus status) {
  switch (status) {
  case ns3::IEEE_802_15_4_TRANSACTION_OVERFLOW:
    return WORLD_DROP_QUEUE;
  case ns3::IEEE_802_15_4_NO_ACK:
    return WORLD_DROP_RETRIES;
  case ns3::IEEE_802_15_4_CHANNEL_ACCESS_FAILURE:
    return WORLD_DROP_ACCESS;
  default:
    return WORLD_DROP_COUNT;
  }
}

/* A frame with its octets, and what they are of. */
struct Octets {
  Octets(uint64_t now_ns, size_t sender, ns3::Ptr<const ns3::Packet> packet) {
    frame.now_ns = now_ns;
    frame.sender = sender;
    frame.psdu = psdu;
    frame.length = packet->CopyData(psdu, sizeof psdu);
    frame.tagged = ranges.data();
    frame.tagged_count = find_tagged(packet, ranges);
  }

  world_frame frame{};
  uint8_t psdu[WORLD_PSDU_MAX];
  TaggedRanges ranges;
};

enum world_radio radio_state(ns3::LrWpanPhyEnumeration state) {
  switch (state) {
  case ns3::IEEE_802_15_4_PHY_RX_ON:
    return WORLD_RADIO_LISTEN;
  case ns3::IEEE_802_15_4_PHY_BUSY_RX:
    return WORLD_RADIO_RECEIVE;
  case ns3::IEEE_802_15_4_PHY_TX_ON:
    return WORLD_RADIO_READY;
  case ns3::IEEE_802_15_4_PHY_BUSY_TX:
    return WORLD_RADIO_TRANSMIT;
  default:
    return WORLD_RADIO_OFF;
  }
}

} // namespace

void remove_sender(ns3::Ptr<ns3::Packet> packet) {
  SenderTag tag;
  packet->RemovePacketTag(tag);
}

LinkLoss::LinkLoss(const Host &to, size_t node_index, Phy &of)
    : host(to), receiver(node_index), phy(of) {
}

ns3::TypeId LinkLoss::GetTypeId() {
  static ns3::TypeId id = ns3::TypeId("sim::LinkLoss").SetParent<ns3::ErrorModel>();
  return id;
}

bool LinkLoss::DoCorrupt(ns3::Ptr<ns3::Packet> frame) {
  SenderTag tag;
  if (!frame->PeekPacketTag(tag))
    return false;
  const bool lost = host.callbacks.lose(host.context, tag.index, receiver, frame->GetSize());
  phy.set_lost(lost);
  return lost || phy.is_destroyed();
}

void LinkLoss::DoReset() {
}

Radio::Radio(const Host &to, Capture &all, size_t node_index)
    : host(to), air(all), index(node_index) {
}

void Radio::attach(ns3::Ptr<ns3::LrWpanNetDevice> device) {
  phy = ns3::DynamicCast<Phy>(device->GetPhy());
  phy->SetPostReceptionErrorModel(ns3::CreateObject<LinkLoss>(host, index, *phy));
  phy->TraceConnectWithoutContext("PhyTxBegin", ns3::MakeCallback(&Radio::transmission, this));
  phy->TraceConnectWithoutContext("TrxState", ns3::MakeCallback(&Radio::changed, this));
  device->GetMac()->TraceConnectWithoutContext("PromiscSniffer",
                                               ns3::MakeCallback(&Radio::sniffed, this));
}

void Radio::begin() {
  phy->ended_as = nullptr;
  if (host.callbacks.fate != nullptr)
    phy->ended_as = [this](ns3::Ptr<const ns3::Packet> psdu, world_fate fate) {
      ended(psdu, fate);
    };
  host.callbacks.radio(host.context, index, state, host.now_ns());
}

void Radio::transmission(ns3::Ptr<const ns3::Packet> psdu) {
  SenderTag sender(index);
  if (!psdu->PeekPacketTag(sender)) /* a repetition has it already */
    psdu->AddPacketTag(sender);
  air.write(psdu, host.now_ns());

  const Octets octets(host.now_ns(), index, psdu);
  host.callbacks.frame(host.context, &octets.frame);
}

void Radio::ended(ns3::Ptr<const ns3::Packet> psdu, enum world_fate fate) {
  SenderTag sender;
  if (host.callbacks.fate != nullptr && psdu->PeekPacketTag(sender))
    host.callbacks.fate(host.context, sender.index, index, fate);
}

void Radio::sniffed(ns3::Ptr<const ns3::Packet> psdu) {
  capture.write(psdu, host.now_ns());
}

/* ns-3 also tells changes to the same state. */
void Radio::changed(ns3::Time, ns3::LrWpanPhyEnumeration, ns3::LrWpanPhyEnumeration to) {
  enter(radio_state(to));
}

void Radio::confirmed(ns3::LrWpanMcpsDataConfirmStatus status, ns3::Ptr<const ns3::Packet> psdu) {
  const enum world_drop why = drop_of(status);
  if (why != WORLD_DROP_COUNT)
    drop(psdu, why);
}

void Radio::drop(ns3::Ptr<const ns3::Packet> psdu, enum world_drop why) {
  if (host.callbacks.dropped == nullptr)
    return;
  const Octets octets(host.now_ns(), index, psdu);
  host.callbacks.dropped(host.context, &octets.frame, why);
}

void Radio::release() {
  phy = nullptr;
}

void Radio::enter(enum world_radio next) {
  if (next == state)
    return;
  state = next;
  host.callbacks.radio(host.context, index, state, host.now_ns());
}

} // namespace sim
