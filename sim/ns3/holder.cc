#include "holder.h"
#include "member.h"
#include "span_tag.h"

#include <ns3/lr-wpan-mac-pl-headers.h>
#include <ns3/mac48-address.h>
#include <ns3/simulator.h>

namespace sim {

SIM_MEMBER(HolderSent, ns3::LrWpanMac::m_txPkt)

namespace {

/* macTransactionPersistenceTime, of its default of 500 unit periods; without beacons one is
 * aBaseSuperframeDuration, 960 symbols of 16 us (IEEE 802.15.4-2006 table 86). 7.68 s. */
constexpr int64_t PERSISTENCE_NS = INT64_C(500) * 960 * 16000;

} // namespace

ns3::TypeId HoldingDevice::GetTypeId() {
  static ns3::TypeId id = ns3::TypeId("sim::HoldingDevice")
                              .SetParent<ns3::LrWpanNetDevice>()
                              .AddConstructor<HoldingDevice>();
  return id;
}

/* The end of the address is that of 16 bits (ns3::LrWpanNetDevice). */
bool HoldingDevice::Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address &to, uint16_t protocol) {
  uint8_t octets[6] = {};
  if (keeps && ns3::Mac48Address::IsMatchingType(to) && to.CopyTo(octets) == sizeof octets &&
      keeps(packet, static_cast<uint16_t>(octets[4] << 8 | octets[5])))
    return true;
  handed = packet;
  const bool accepted = LrWpanNetDevice::Send(packet, to, protocol);
  handed = nullptr;
  return accepted;
}

Holder::Holder(const Host &to) : host(to) {
}

void Holder::attach(ns3::Ptr<HoldingDevice> of, Drop dropped) {
  device = of;
  mac = of->GetMac();
  drop = dropped;
  device->keeps = [this](ns3::Ptr<ns3::Packet> payload, uint16_t to) { return keep(payload, to); };
}

void Holder::add_child(uint16_t address, size_t node_index) {
  children.try_emplace(address, Child{node_index, {}, false});
}

/* The one that the MAC has is the MAC's. */
void Holder::remove_child(uint16_t address) {
  const auto found = children.find(address);
  if (found == children.end())
    return;
  std::deque<ns3::Ptr<ns3::Packet>> rest;
  Child &child = found->second;
  for (size_t i = child.in_mac ? 1 : 0; i < child.held.size(); i++)
    rest.push_back(child.held[i].payload);
  while (!child.held.empty())
    remove(child, child.held.size() - 1);
  children.erase(found);
  for (auto &payload : rest) {
    const uint8_t octets[6] = {
        0, 0, 0, 0, static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
    ns3::Mac48Address to;
    to.CopyFrom(octets);
    device->Send(payload, to, 0);
  }
}

/* Whether some frame of a datagram waits to be asked for. */
bool Holder::waits(const Child &child, uint32_t datagram) const {
  for (size_t i = child.in_mac ? 1 : 0; i < child.held.size(); i++)
    if (child.held[i].datagram == datagram)
      return true;
  return false;
}

void Holder::tell(const Child &child, uint32_t datagram, bool waited) const {
  const bool does = waits(child, datagram);
  if (does != waited && datagram != WORLD_DATAGRAM_UNKNOWN && host.callbacks.held != nullptr)
    host.callbacks.held(host.context, child.index, datagram, does);
}

bool Holder::keep(ns3::Ptr<ns3::Packet> payload, uint16_t to) {
  const auto found = children.find(to);
  if (found == children.end())
    return false;
  if (room != 0 && mac_queue_length(*mac) + held_count >= room) {
    drop(frame_to(to, {payload, 0, std::nullopt, false, {}}, false), WORLD_DROP_QUEUE);
    return true;
  }
  Child &child = found->second;
  const uint32_t datagram = find_datagram(payload);
  const bool waited = waits(child, datagram);
  const ns3::EventId expiry =
      ns3::Simulator::Schedule(ns3::NanoSeconds(PERSISTENCE_NS), &Holder::expire, this, to);
  child.held.push_back({payload, datagram, std::nullopt, false, expiry});
  held_count++;
  tell(child, datagram, waited);
  return true;
}

void Holder::remove(Child &child, size_t place) {
  const uint32_t datagram = child.held[place].datagram;
  const bool waited = waits(child, datagram);
  ns3::Simulator::Remove(child.held[place].expiry);
  if (place == 0 && child.in_mac)
    child.in_mac = false;
  else
    held_count--;
  child.held.erase(child.held.begin() + static_cast<std::ptrdiff_t>(place));
  tell(child, datagram, waited);
}

/* A frame as it is sent, with the next sequence number if it has none as yet. */
ns3::Ptr<ns3::Packet> Holder::frame_to(uint16_t address, const Held &held, bool pending) const {
  const uint8_t sequence = held.sequence.value_or(mac->m_macDsn.GetValue());
  return mac_frame(*mac, {ns3::LrWpanMacHeader::LRWPAN_MAC_DATA, address, sequence, pending},
                   held.payload->Copy());
}

void Holder::give_up(Child &child, size_t place, uint16_t address) {
  const ns3::Ptr<ns3::Packet> frame = frame_to(address, child.held[place], false);
  remove(child, place);
  drop(frame, WORLD_DROP_EXPIRED);
}

/* All are held for as long, so that it is the first, or if the MAC has that, which waits for its
 * end, it or the second. */
void Holder::expire(uint16_t address) {
  Child &child = children.at(address);
  Held &first = child.held.front();
  if (child.in_mac && !first.expired && !first.expiry.IsRunning()) {
    first.expired = true;
    return;
  }
  give_up(child, child.in_mac ? 1 : 0, address);
}

void Holder::received(ns3::Ptr<const ns3::Packet> frame) {
  if (children.empty())
    return;
  ns3::LrWpanMacHeader header;
  ns3::Ptr<ns3::Packet> rest = frame->Copy();
  rest->RemoveHeader(header);
  if (!header.IsCommand() || header.GetSrcAddrMode() != ns3::SHORT_ADDR)
    return;
  ns3::CommandPayloadHeader command;
  rest->RemoveHeader(command);
  const uint16_t from = address_of(header.GetShortSrcAddr());
  const auto found = children.find(from);
  if (command.GetCommandFrameType() != ns3::CommandPayloadHeader::DATA_REQ ||
      found == children.end() || found->second.held.empty())
    return;
  acknowledging = header.GetSeqNum();
  if (!found->second.in_mac)
    release_first(found->second, from);
}

/* The MAC looks at its queue once it has acknowledged the request. */
void Holder::release_first(Child &child, uint16_t address) {
  Held &first = child.held.front();
  const bool is_new = !first.sequence.has_value();
  if (!mac_enqueue(*mac, frame_to(address, first, child.held.size() > 1), HELD_FRAME))
    return;
  if (is_new)
    first.sequence = mac_next_sequence(*mac);
  const bool waited = waits(child, first.datagram);
  child.in_mac = true;
  held_count--;
  tell(child, first.datagram, waited);
}

/* The state changes once this has returned; the frame to be sent is there. */
void Holder::changed(ns3::LrWpanMacState to) {
  if (to == ns3::MAC_SENDING && acknowledging)
    mark_acknowledgement();
  if (to == ns3::MAC_ACK_PENDING)
    mac->SetMacMaxFrameRetries(mac_first_is_held(*mac) ? 0 : retries);
}

void Holder::mark_acknowledgement() {
  ns3::Ptr<ns3::Packet> &sent = PeekPointer(mac)->*member_of(HolderSent{});
  ns3::LrWpanMacHeader header;
  sent->PeekHeader(header);
  if (header.IsAcknowledgment() && header.GetSeqNum() == *acknowledging)
    sent = mac_acknowledgement(*acknowledging, true);
  acknowledging.reset();
}

void Holder::confirmed(ns3::LrWpanMcpsDataConfirmStatus status) {
  ns3::LrWpanMacHeader header;
  mac_first(*mac)->PeekHeader(header);
  const auto found = children.find(address_of(header.GetShortDstAddr()));
  if (found == children.end() || !found->second.in_mac)
    return;
  Child &child = found->second;
  Held &first = child.held.front();
  if (status == ns3::IEEE_802_15_4_SUCCESS) {
    remove(child, 0);
  } else if (first.expired) {
    give_up(child, 0, found->first);
  } else {
    const bool waited = waits(child, first.datagram);
    child.in_mac = false;
    held_count++;
    tell(child, first.datagram, waited);
  }
}

void Holder::clear() {
  for (auto &entry : children)
    for (Held &held : entry.second.held)
      ns3::Simulator::Remove(held.expiry);
  children.clear();
  held_count = 0;
}

void Holder::set_parameters(uint8_t max_retries, unsigned queue_frames) {
  retries = max_retries;
  room = queue_frames;
  acknowledging.reset();
  mac->SetMacMaxFrameRetries(retries);
}

void Holder::release() {
  if (device)
    device->keeps = nullptr;
  children.clear();
  device = nullptr;
  mac = nullptr;
}

} // namespace sim
