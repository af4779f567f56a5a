/* IPv6, ICMPv6 and UDP on a node: silent, routed along the tree, without extension headers; what is
 * longer than an interface's MTU must not be sent. */
#ifndef SIM_NS3_INTERNET_H
#define SIM_NS3_INTERNET_H

#include "tree_routing.h"

#include <ns3/ipv6-address.h>
#include <ns3/ipv6-l3-protocol.h>
#include <ns3/net-device.h>
#include <ns3/node.h>

namespace sim {

/* Puts the stack on a node of the tree. It draws no random number: it solicits no neighbour and no
 * router. */
void add_internet(ns3::Ptr<ns3::Node> node, const Tree &tree, size_t index);

/* Makes an interface of a device of the node, with this address and no other node on its link.
 * Returns the number of the interface. */
uint32_t add_interface(ns3::Ptr<ns3::Node> node, ns3::Ptr<ns3::NetDevice> device,
                       const ns3::Ipv6Address &address);

ns3::Ptr<TreeRouting> routing_of(ns3::Ptr<ns3::Node> node);

/* ns-3 puts flow label 1 into every IPv6 header; no real stack does. */
void clear_flow_label(ns3::Ptr<ns3::Packet> packet);

} // namespace sim

#endif
