/* What one node sends and receives: UDP by port, other protocols as a whole. */
#ifndef SIM_NS3_ENDPOINT_H
#define SIM_NS3_ENDPOINT_H

#include "radio.h"
#include "raw_protocol.h"

#include <ns3/ipv6-address.h>
#include <ns3/node.h>
#include <ns3/socket.h>

#include <array>
#include <map>

namespace sim {

class Endpoint {
public:
  Endpoint(const Host &to, size_t node_index);

  void attach(ns3::Ptr<ns3::Node> node, ns3::Ipv6Address address);

  /* Nothing if it is open. */
  void open_port(uint16_t port);
  void open_protocol(node_protocol protocol);

  /* Opens what `datagram` comes from; false if the stack refused. */
  bool send(const node_datagram &datagram, const ns3::Ipv6Address &to, uint32_t id);

  void close();

private:
  ns3::Ptr<ns3::Socket> socket_of(uint16_t port);
  bool send_udp(ns3::Ptr<ns3::Packet> packet, const node_datagram &datagram,
                const ns3::Ipv6Address &to);
  bool send_raw(ns3::Ptr<ns3::Packet> packet, node_protocol protocol, const ns3::Ipv6Address &to);
  void readable(ns3::Ptr<ns3::Socket> socket);
  void deliver(ns3::Ptr<ns3::Packet> packet, node_datagram &datagram, const ns3::Ipv6Address &from);

  const Host &host;
  const size_t index;
  ns3::Ptr<ns3::Node> node;
  ns3::Ipv6Address address;
  std::map<uint16_t, ns3::Ptr<ns3::Socket>> sockets;          /* of UDP */
  std::array<ns3::Ptr<RawProtocol>, NODE_PROTOCOL_COUNT> raw; /* but for UDP */
};

} // namespace sim

#endif
