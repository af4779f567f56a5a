#include "access.h"
#include "member.h"
#include "span_tag.h"

namespace sim {

SIM_MEMBER(AccessSpacing, ns3::LrWpanMac::m_ifsEvent)
SIM_MEMBER(AccessReceived, ns3::LrWpanMac::m_rxPkt)

Access::Access(const Host &to, size_t node_index) : host(to), index(node_index) {
}

void Access::attach(ns3::Ptr<ns3::LrWpanNetDevice> device) {
  mac = device->GetMac();
  mac->TraceConnectWithoutContext("MacTxEnqueue", ns3::MakeCallback(&Access::queued, this));
  mac->TraceConnectWithoutContext("MacTxDequeue", ns3::MakeCallback(&Access::unqueued, this));
}

void Access::reset() {
  state = WORLD_MAC_IDLE;
}

void Access::release() {
  mac = nullptr;
}

void Access::queued(ns3::Ptr<const ns3::Packet> frame) {
  if (host.callbacks.queued != nullptr)
    host.callbacks.queued(host.context, index, find_datagram(frame));
}

void Access::unqueued(ns3::Ptr<const ns3::Packet>) {
  if (host.callbacks.unqueued != nullptr)
    host.callbacks.unqueued(host.context, index);
}

/* A frame of its own it sends after back-off, an acknowledgement without. */
enum world_mac Access::state_of(ns3::LrWpanMacState from, ns3::LrWpanMacState to) const {
  switch (to) {
  case ns3::MAC_CSMA:
    return WORLD_MAC_ACCESS;
  case ns3::MAC_SENDING:
    return from == ns3::MAC_CSMA ? WORLD_MAC_SENDING : WORLD_MAC_ACKNOWLEDGING;
  case ns3::MAC_ACK_PENDING:
    return WORLD_MAC_AWAITING;
  default:
    return (PeekPointer(mac)->*member_of(AccessSpacing{})).IsRunning() ? WORLD_MAC_SPACING
                                                                       : WORLD_MAC_IDLE;
  }
}

void Access::changed(ns3::LrWpanMacState from, ns3::LrWpanMacState to) {
  const enum world_mac next = state_of(from, to);
  if (next == state || host.callbacks.mac == nullptr)
    return;
  state = next;
  const uint32_t acknowledged = state == WORLD_MAC_ACKNOWLEDGING
                                    ? find_datagram(PeekPointer(mac)->*member_of(AccessReceived{}))
                                    : WORLD_DATAGRAM_UNKNOWN;
  host.callbacks.mac(host.context, index, state, acknowledged);
}

} // namespace sim
