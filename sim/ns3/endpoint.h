/* What one node sends and receives: UDP by port, other protocols as a whole. */
#ifndef SIM_NS3_ENDPOINT_H
#define SIM_NS3_ENDPOINT_H

#include "host.h"
#include "raw_protocol.h"

#include <ns3/ipv6-address.h>
#include <ns3/ipv6-end-point.h>
#include <ns3/ipv6-header.h>
#include <ns3/ipv6-interface.h>
#include <ns3/node.h>
#include <ns3/udp-l4-protocol.h>

#include <array>
#include <map>

namespace sim {

class Endpoint {
public:
  Endpoint(const Host &to, size_t node_index);

  void attach(ns3::Ptr<ns3::Node> node);

  /* Nothing if it is open. */
  void open_port(uint16_t port);
  void open_protocol(node_protocol protocol);

  /* Opens what `datagram` comes from. `from` is an address of the node. */
  void send(const node_datagram &datagram, const ns3::Ipv6Address &from, const ns3::Ipv6Address &to,
            uint32_t id);

  /* Closes all that was opened. */
  void reset();

  /* Lets go of all that the simulator will destroy. */
  void release();

private:
  void send_udp(ns3::Ptr<ns3::Packet> packet, const node_datagram &datagram,
                const ns3::Ipv6Address &from, const ns3::Ipv6Address &to);
  void send_raw(ns3::Ptr<ns3::Packet> packet, node_protocol protocol, const ns3::Ipv6Address &from,
                const ns3::Ipv6Address &to);
  void arrived(uint16_t port, ns3::Ptr<ns3::Packet> packet, ns3::Ipv6Header header,
               uint16_t source_port, ns3::Ptr<ns3::Ipv6Interface> interface);
  void deliver(ns3::Ptr<ns3::Packet> packet, node_datagram &datagram,
               const ns3::Ipv6Header &header);

  const Host &host;
  const size_t index;
  ns3::Ptr<ns3::Node> node;
  /* UDP itself: a socket of ns-3 is never freed before its node, and only hands on. */
  ns3::Ptr<ns3::UdpL4Protocol> udp;
  std::map<uint16_t, ns3::Ipv6EndPoint *> ports;              /* open; ns-3's */
  std::array<ns3::Ptr<RawProtocol>, NODE_PROTOCOL_COUNT> raw; /* but for UDP */
};

} // namespace sim

#endif
