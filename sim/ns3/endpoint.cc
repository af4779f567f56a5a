#include "endpoint.h"
#include "span_tag.h"

#include <ns3/inet6-socket-address.h>
#include <ns3/ipv6-l3-protocol.h>
#include <ns3/ipv6-route.h>
#include <ns3/packet.h>
#include <ns3/udp-socket-factory.h>

#include <vector>

namespace sim {

Endpoint::Endpoint(const Host &to, size_t node_index) : host(to), index(node_index) {
}

void Endpoint::attach(ns3::Ptr<ns3::Node> to, ns3::Ipv6Address at) {
  node = to;
  address = at;
  for (size_t i = NODE_UDP + 1; i < raw.size(); i++) {
    const uint8_t number = node_protocol_number(static_cast<node_protocol>(i));
    raw[i] = ns3::CreateObject<RawProtocol>(number);
    node->GetObject<ns3::Ipv6L3Protocol>()->Insert(raw[i]);
  }
}

ns3::Ptr<ns3::Socket> Endpoint::socket_of(uint16_t port) {
  auto found = sockets.find(port);
  if (found != sockets.end())
    return found->second;
  ns3::Ptr<ns3::Socket> socket =
      ns3::Socket::CreateSocket(node, ns3::UdpSocketFactory::GetTypeId());
  if (socket->Bind(ns3::Inet6SocketAddress(address, port)) != 0)
    return nullptr;
  socket->SetRecvCallback(ns3::MakeCallback(&Endpoint::readable, this));
  sockets.emplace(port, socket);
  return socket;
}

void Endpoint::open_port(uint16_t port) {
  socket_of(port);
}

void Endpoint::open_protocol(node_protocol protocol) {
  if (protocol == NODE_UDP)
    return;
  raw[protocol]->open([this, protocol](ns3::Ptr<ns3::Packet> packet, const ns3::Ipv6Address &from) {
    node_datagram datagram{};
    datagram.protocol = protocol;
    deliver(packet, datagram, from);
  });
}

bool Endpoint::send(const node_datagram &datagram, const ns3::Ipv6Address &to, uint32_t id) {
  auto packet = ns3::Create<ns3::Packet>(datagram.data, static_cast<uint32_t>(datagram.length));
  tag_spans(packet, id, datagram.spans);
  return datagram.protocol == NODE_UDP ? send_udp(packet, datagram, to)
                                       : send_raw(packet, datagram.protocol, to);
}

bool Endpoint::send_udp(ns3::Ptr<ns3::Packet> packet, const node_datagram &datagram,
                        const ns3::Ipv6Address &to) {
  ns3::Ptr<ns3::Socket> socket = socket_of(datagram.source.port);
  const ns3::Inet6SocketAddress destination(to, datagram.destination.port);
  return socket && socket->SendTo(packet, 0, destination) == static_cast<int>(datagram.length);
}

bool Endpoint::send_raw(ns3::Ptr<ns3::Packet> packet, node_protocol protocol,
                        const ns3::Ipv6Address &to) {
  open_protocol(protocol);
  node->GetObject<ns3::Ipv6L3Protocol>()->Send(packet, address, to, node_protocol_number(protocol),
                                               nullptr);
  return true;
}

void Endpoint::close() {
  for (auto &entry : sockets) {
    entry.second->SetRecvCallback(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
    entry.second->Close();
  }
  sockets.clear();
  raw.fill(nullptr);
  node = nullptr;
}

void Endpoint::readable(ns3::Ptr<ns3::Socket> socket) {
  ns3::Address own;
  socket->GetSockName(own);
  node_datagram datagram{};
  datagram.destination.port = ns3::Inet6SocketAddress::ConvertFrom(own).GetPort();
  ns3::Address from;
  while (ns3::Ptr<ns3::Packet> packet = socket->RecvFrom(from)) {
    const ns3::Inet6SocketAddress source = ns3::Inet6SocketAddress::ConvertFrom(from);
    datagram.source.port = source.GetPort();
    deliver(packet, datagram, source.GetIpv6());
  }
}

/* `datagram` has protocol and ports. */
void Endpoint::deliver(ns3::Ptr<ns3::Packet> packet, node_datagram &datagram,
                       const ns3::Ipv6Address &from) {
  std::vector<uint8_t> data(packet->GetSize());
  packet->CopyData(data.data(), packet->GetSize());
  from.GetBytes(datagram.source.ip);
  address.GetBytes(datagram.destination.ip);
  datagram.data = data.data();
  datagram.length = data.size();
  datagram.capacity = data.size();
  host.callbacks.datagram(host.context, index, &datagram, find_datagram(packet));
}

} // namespace sim
