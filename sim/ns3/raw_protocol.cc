#include "raw_protocol.h"

namespace sim {

ns3::TypeId RawProtocol::GetTypeId() {
  static ns3::TypeId id = ns3::TypeId("sim::RawProtocol").SetParent<ns3::IpL4Protocol>();
  return id;
}

RawProtocol::RawProtocol(uint8_t next_header) : number(next_header) {
}

void RawProtocol::open(Arrival arrival) {
  arrived = arrival;
}

void RawProtocol::close() {
  arrived = nullptr;
}

int RawProtocol::GetProtocolNumber() const {
  return number;
}

ns3::IpL4Protocol::RxStatus RawProtocol::Receive(ns3::Ptr<ns3::Packet> packet,
                                                 const ns3::Ipv6Header &header,
                                                 ns3::Ptr<ns3::Ipv6Interface>) {
  if (!arrived)
    return RX_ENDPOINT_UNREACH;
  arrived(packet, header);
  return RX_OK;
}

ns3::IpL4Protocol::RxStatus RawProtocol::Receive(ns3::Ptr<ns3::Packet>, const ns3::Ipv4Header &,
                                                 ns3::Ptr<ns3::Ipv4Interface>) {
  return RX_ENDPOINT_UNREACH;
}

void RawProtocol::SetDownTarget(DownTargetCallback) {
}

void RawProtocol::SetDownTarget6(DownTargetCallback6) {
}

ns3::IpL4Protocol::DownTargetCallback RawProtocol::GetDownTarget() const {
  return {};
}

ns3::IpL4Protocol::DownTargetCallback6 RawProtocol::GetDownTarget6() const {
  return {};
}

} // namespace sim
