#include "endpoint.h"
#include "span_tag.h"

#include <ns3/ipv6-l3-protocol.h>
#include <ns3/ipv6-route.h>
#include <ns3/packet.h>

#include <vector>

namespace sim {

Endpoint::Endpoint(const Host &to, size_t node_index) : host(to), index(node_index) {
}

void Endpoint::attach(ns3::Ptr<ns3::Node> to) {
  node = to;
  udp = node->GetObject<ns3::UdpL4Protocol>();
  for (size_t i = NODE_UDP + 1; i < raw.size(); i++) {
    const uint8_t number = node_protocol_number(static_cast<node_protocol>(i));
    raw[i] = ns3::CreateObject<RawProtocol>(number);
    node->GetObject<ns3::Ipv6L3Protocol>()->Insert(raw[i]);
  }
}

/* At each of the node's addresses. */
void Endpoint::open_port(uint16_t port) {
  if (ports.count(port) != 0)
    return;
  ns3::Ipv6EndPoint *opened = udp->Allocate6(nullptr, port);
  opened->SetRxCallback(ns3::MakeCallback(&Endpoint::arrived, this, port));
  ports.emplace(port, opened);
}

void Endpoint::open_protocol(node_protocol protocol) {
  if (protocol == NODE_UDP)
    return;
  raw[protocol]->open(
      [this, protocol](ns3::Ptr<ns3::Packet> packet, const ns3::Ipv6Header &header) {
        node_datagram datagram{};
        datagram.protocol = protocol;
        deliver(packet, datagram, header);
      });
}

void Endpoint::send(const node_datagram &datagram, const ns3::Ipv6Address &from,
                    const ns3::Ipv6Address &to, uint32_t id) {
  auto packet = ns3::Create<ns3::Packet>(datagram.data, static_cast<uint32_t>(datagram.length));
  tag_spans(packet, id, datagram.spans);
  if (datagram.protocol == NODE_UDP)
    send_udp(packet, datagram, from, to);
  else
    send_raw(packet, datagram.protocol, from, to);
}

void Endpoint::send_udp(ns3::Ptr<ns3::Packet> packet, const node_datagram &datagram,
                        const ns3::Ipv6Address &from, const ns3::Ipv6Address &to) {
  open_port(datagram.source.port);
  udp->Send(packet, from, to, datagram.source.port, datagram.destination.port, nullptr);
}

void Endpoint::send_raw(ns3::Ptr<ns3::Packet> packet, node_protocol protocol,
                        const ns3::Ipv6Address &from, const ns3::Ipv6Address &to) {
  open_protocol(protocol);
  node->GetObject<ns3::Ipv6L3Protocol>()->Send(packet, from, to, node_protocol_number(protocol),
                                               nullptr);
}

void Endpoint::reset() {
  for (auto &entry : ports)
    udp->DeAllocate(entry.second);
  ports.clear();
  for (auto &protocol : raw)
    if (protocol)
      protocol->close();
}

void Endpoint::release() {
  ports.clear();
  raw.fill(nullptr);
  udp = nullptr;
  node = nullptr;
}

void Endpoint::arrived(uint16_t port, ns3::Ptr<ns3::Packet> packet, ns3::Ipv6Header header,
                       uint16_t source_port, ns3::Ptr<ns3::Ipv6Interface>) {
  node_datagram datagram{};
  datagram.source.port = source_port;
  datagram.destination.port = port;
  deliver(packet, datagram, header);
}

/* `datagram` has protocol and ports. */
void Endpoint::deliver(ns3::Ptr<ns3::Packet> packet, node_datagram &datagram,
                       const ns3::Ipv6Header &header) {
  std::vector<uint8_t> data(packet->GetSize());
  packet->CopyData(data.data(), packet->GetSize());
  header.GetSource().GetBytes(datagram.source.ip);
  header.GetDestination().GetBytes(datagram.destination.ip);
  find_spans(packet, datagram.spans);
  datagram.data = data.data();
  datagram.length = data.size();
  datagram.capacity = data.size();
  host.callbacks.datagram(host.context, index, &datagram, find_datagram(packet));
}

} // namespace sim
