#include "ports.h"
#include "span_tag.h"

#include <ns3/inet6-socket-address.h>
#include <ns3/packet.h>
#include <ns3/udp-socket-factory.h>

#include <vector>

namespace sim {

Ports::Ports(const Host &to, size_t node_index) : host(to), index(node_index) {
}

void Ports::attach(ns3::Ptr<ns3::Node> to, ns3::Ipv6Address at) {
  node = to;
  address = at;
}

ns3::Ptr<ns3::Socket> Ports::open(uint16_t port) {
  auto found = sockets.find(port);
  if (found != sockets.end())
    return found->second;
  ns3::Ptr<ns3::Socket> socket =
      ns3::Socket::CreateSocket(node, ns3::UdpSocketFactory::GetTypeId());
  if (socket->Bind(ns3::Inet6SocketAddress(address, port)) != 0)
    return nullptr;
  socket->SetRecvCallback(ns3::MakeCallback(&Ports::readable, this));
  sockets.emplace(port, socket);
  return socket;
}

void Ports::close() {
  for (auto &entry : sockets) {
    entry.second->SetRecvCallback(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
    entry.second->Close();
  }
  sockets.clear();
  node = nullptr;
}

void Ports::readable(ns3::Ptr<ns3::Socket> socket) {
  ns3::Address own;
  socket->GetSockName(own);
  const uint16_t port = ns3::Inet6SocketAddress::ConvertFrom(own).GetPort();
  ns3::Address from;
  while (ns3::Ptr<ns3::Packet> packet = socket->RecvFrom(from))
    deliver(packet, from, port);
}

void Ports::deliver(ns3::Ptr<ns3::Packet> packet, const ns3::Address &from, uint16_t port) {
  std::vector<uint8_t> data(packet->GetSize());
  packet->CopyData(data.data(), packet->GetSize());
  const ns3::Inet6SocketAddress source = ns3::Inet6SocketAddress::ConvertFrom(from);

  node_datagram datagram{};
  source.GetIpv6().GetBytes(datagram.source.ip);
  datagram.source.port = source.GetPort();
  address.GetBytes(datagram.destination.ip);
  datagram.destination.port = port;
  datagram.data = data.data();
  datagram.length = data.size();
  datagram.capacity = data.size();
  host.callbacks.datagram(host.context, index, &datagram, find_datagram(packet));
}

} // namespace sim
