#include "lowpan.h"
#include "internet.h"
#include "member.h"
#include "radio.h"

#include <ns3/packet.h>
#include <ns3/random-variable-stream.h>

namespace sim {

SIM_MEMBER(LowpanFragments, ns3::SixLowPanNetDevice::m_fragments)
SIM_MEMBER(LowpanTags, ns3::SixLowPanNetDevice::m_rng)

ns3::TypeId LowpanDevice::GetTypeId() {
  static ns3::TypeId id = ns3::TypeId("sim::LowpanDevice")
                              .SetParent<ns3::SixLowPanNetDevice>()
                              .AddConstructor<LowpanDevice>();
  return id;
}

bool LowpanDevice::Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address &destination,
                        uint16_t protocol) {
  clear_flow_label(packet);
  return SixLowPanNetDevice::Send(packet, destination, protocol);
}

bool LowpanDevice::is_at_rest() const {
  return (this->*member_of(LowpanFragments{})).empty();
}

/* AssignStreams would set a second one, of what is not used. */
void LowpanDevice::set_stream(int64_t stream) {
  (this->*member_of(LowpanTags{}))->SetStream(stream);
}

void DuplicateFilter::install(ns3::Ptr<ns3::LrWpanNetDevice> to) {
  device = to;
  device->GetMac()->SetMcpsDataIndicationCallback(
      ns3::MakeCallback(&DuplicateFilter::indication, this));
}

void DuplicateFilter::uninstall() {
  device = nullptr;
}

void DuplicateFilter::reset() {
  last.clear();
}

void DuplicateFilter::indication(ns3::McpsDataIndicationParams params,
                                 ns3::Ptr<ns3::Packet> packet) {
  uint8_t address[2];
  params.m_srcAddr.CopyTo(address);
  const uint16_t source = static_cast<uint16_t>(address[0] << 8 | address[1]);
  remove_sender(packet);
  if (is_new(source, {params.m_dsn, packet->GetUid()}))
    device->McpsDataIndication(params, packet);
}

bool DuplicateFilter::is_new(uint16_t source, Seen frame) {
  auto [entry, inserted] = last.try_emplace(source, frame);
  if (inserted)
    return true;
  const bool repeated = entry->second.sequence_number == frame.sequence_number &&
                        entry->second.packet == frame.packet;
  entry->second = frame;
  return !repeated;
}

} // namespace sim
