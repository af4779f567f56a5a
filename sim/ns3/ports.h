/* The UDP ports of one node. */
#ifndef SIM_NS3_PORTS_H
#define SIM_NS3_PORTS_H

#include "radio.h"

#include <ns3/ipv6-address.h>
#include <ns3/node.h>
#include <ns3/socket.h>

#include <map>

namespace sim {

class Ports {
public:
  Ports(const Host &to, size_t node_index);

  void attach(ns3::Ptr<ns3::Node> node, ns3::Ipv6Address address);

  /* The socket of a port, opened if it was not; null if the stack refused. */
  ns3::Ptr<ns3::Socket> open(uint16_t port);

  void close();

private:
  void readable(ns3::Ptr<ns3::Socket> socket);
  void deliver(ns3::Ptr<ns3::Packet> packet, const ns3::Address &from, uint16_t port);

  const Host &host;
  const size_t index;
  ns3::Ptr<ns3::Node> node;
  ns3::Ipv6Address address;
  std::map<uint16_t, ns3::Ptr<ns3::Socket>> sockets;
};

} // namespace sim

#endif
