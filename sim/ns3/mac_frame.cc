#include "mac_frame.h"
#include "member.h"

#include <ns3/lr-wpan-mac-trailer.h>

#include <deque>

namespace sim {

SIM_MEMBER(FrameQueue, ns3::LrWpanMac::m_txQueue)
SIM_MEMBER(FrameQueueRoom, ns3::LrWpanMac::m_maxTxQueueSize)
SIM_MEMBER(FrameEnqueued, ns3::LrWpanMac::m_macTxEnqueueTrace)
SIM_MEMBER(FrameCheckQueue, ns3::LrWpanMac::CheckQueue)

namespace {

ns3::Mac16Address address_from(uint16_t value) {
  const uint8_t octets[2] = {static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
  ns3::Mac16Address address;
  address.CopyFrom(octets);
  return address;
}

void add_fcs(ns3::Ptr<ns3::Packet> frame) {
  ns3::LrWpanMacTrailer trailer;
  trailer.EnableFcs(true);
  trailer.SetFcs(frame);
  frame->AddTrailer(trailer);
}

/* The type of an element is private to the MAC. */
template <typename Element>
void append(std::deque<ns3::Ptr<Element>> &queue, ns3::Ptr<ns3::Packet> frame, uint8_t handle) {
  ns3::Ptr<Element> element = ns3::Create<Element>();
  element->txQMsduHandle = handle;
  element->txQPkt = frame;
  queue.push_back(element);
}

} // namespace

ns3::Ptr<ns3::Packet> mac_frame(ns3::LrWpanMac &mac, const MacFrame &frame,
                                ns3::Ptr<ns3::Packet> payload) {
  ns3::LrWpanMacHeader header(frame.type, frame.sequence);
  header.SetSrcAddrMode(ns3::SHORT_ADDR);
  header.SetSrcAddrFields(mac.GetPanId(), mac.GetShortAddress());
  header.SetDstAddrMode(ns3::SHORT_ADDR);
  header.SetDstAddrFields(mac.GetPanId(), address_from(frame.destination));
  header.SetPanIdComp();
  header.SetSecDisable();
  header.SetAckReq();
  if (frame.pending)
    header.SetFrmPend();
  payload->AddHeader(header);
  add_fcs(payload);
  return payload;
}

ns3::Ptr<ns3::Packet> mac_acknowledgement(uint8_t sequence, bool pending) {
  ns3::LrWpanMacHeader header(ns3::LrWpanMacHeader::LRWPAN_MAC_ACKNOWLEDGMENT, sequence);
  if (pending)
    header.SetFrmPend();
  auto frame = ns3::Create<ns3::Packet>();
  frame->AddHeader(header);
  add_fcs(frame);
  return frame;
}

uint8_t mac_next_sequence(ns3::LrWpanMac &mac) {
  const uint8_t sequence = mac.m_macDsn.GetValue();
  mac.m_macDsn++;
  return sequence;
}

bool mac_enqueue(ns3::LrWpanMac &mac, ns3::Ptr<ns3::Packet> frame, uint8_t handle) {
  if (mac_queue_length(mac) >= mac.*member_of(FrameQueueRoom{}))
    return false;
  append(mac.*member_of(FrameQueue{}), frame, handle);
  (mac.*member_of(FrameEnqueued{}))(frame);
  return true;
}

void mac_check(ns3::LrWpanMac &mac) {
  (mac.*member_of(FrameCheckQueue{}))();
}

ns3::Ptr<const ns3::Packet> mac_first(const ns3::LrWpanMac &mac) {
  const auto &queue = mac.*member_of(FrameQueue{});
  return queue.empty() ? nullptr : queue.front()->txQPkt;
}

bool mac_first_is_held(const ns3::LrWpanMac &mac) {
  const auto &queue = mac.*member_of(FrameQueue{});
  return !queue.empty() && queue.front()->txQMsduHandle == HELD_FRAME;
}

size_t mac_queue_length(const ns3::LrWpanMac &mac) {
  return (mac.*member_of(FrameQueue{})).size();
}

uint16_t address_of(ns3::Mac16Address address) {
  uint8_t octets[2];
  address.CopyTo(octets);
  return static_cast<uint16_t>(octets[0] << 8 | octets[1]);
}

} // namespace sim
