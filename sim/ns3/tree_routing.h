/* Routing along the tree, instead of ns-3's static routes, which are a host route for each
 * descendant, searched one after another: the next hop is found in the tree that all nodes share,
 * whatever their number.
 *
 * What is not of a node below goes up. A node that does not forward drops what is not its own, and
 * says nothing, as hosts do. No multicast is forwarded. */
#ifndef SIM_NS3_TREE_ROUTING_H
#define SIM_NS3_TREE_ROUTING_H

#include "tree.h"

#include <ns3/ipv6-route.h>
#include <ns3/ipv6-routing-protocol.h>

#include <unordered_map>

namespace sim {

class TreeRouting : public ns3::Ipv6RoutingProtocol {
public:
  static ns3::TypeId GetTypeId();

  /* Of one node. The tree outlives the simulation. */
  TreeRouting(const Tree &tree, size_t node);

  /* The interface of the radio, or, of a wired node, of its own wire. */
  void set_interface(uint32_t interface);

  /* The link-local address of the parent. */
  void set_parent(const ns3::Ipv6Address &link_local);

  /* Whether what is for others goes on; it does at first. Not by ns-3's own flag: without that, a
   * node solicits routers as it starts, and answers what is for others with ICMPv6 errors. */
  void set_forwarding(bool on) {
    forwards = on;
  }

  /* The interface of the wire of a wired node that leads here. */
  void add_wire(size_t wired, uint32_t interface);

  ns3::Ptr<ns3::Ipv6Route> RouteOutput(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv6Header &header,
                                       ns3::Ptr<ns3::NetDevice> device,
                                       ns3::Socket::SocketErrno &error) override;
  bool RouteInput(ns3::Ptr<const ns3::Packet> packet, const ns3::Ipv6Header &header,
                  ns3::Ptr<const ns3::NetDevice> device, UnicastForwardCallback forward,
                  MulticastForwardCallback forward_multicast, LocalDeliverCallback deliver,
                  ErrorCallback refuse) override;
  void SetIpv6(ns3::Ptr<ns3::Ipv6> to) override;

  /* Not used: nothing changes. */
  void NotifyInterfaceUp(uint32_t interface) override;
  void NotifyInterfaceDown(uint32_t interface) override;
  void NotifyAddAddress(uint32_t interface, ns3::Ipv6InterfaceAddress address) override;
  void NotifyRemoveAddress(uint32_t interface, ns3::Ipv6InterfaceAddress address) override;
  void NotifyAddRoute(ns3::Ipv6Address destination, ns3::Ipv6Prefix mask, ns3::Ipv6Address next_hop,
                      uint32_t interface, ns3::Ipv6Address prefix) override;
  void NotifyRemoveRoute(ns3::Ipv6Address destination, ns3::Ipv6Prefix mask,
                         ns3::Ipv6Address next_hop, uint32_t interface,
                         ns3::Ipv6Address prefix) override;
  void PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper> stream,
                         ns3::Time::Unit unit) const override;

private:
  /* Where a packet goes out, and to whom; no gateway: to its destination itself. */
  struct Hop {
    uint32_t interface;
    ns3::Ipv6Address gateway;
  };

  bool find_hop(const ns3::Ipv6Address &destination, Hop &hop) const;
  ns3::Ptr<ns3::Ipv6Route> route_to(const ns3::Ipv6Address &destination) const;

  const Tree &tree;
  const size_t node;
  ns3::Ipv6 *ipv6 = nullptr; /* which owns this */
  uint32_t interface = 0;
  ns3::Ipv6Address parent;
  std::unordered_map<size_t, uint32_t> wires; /* by node below */
  bool forwards = true;
};

} // namespace sim

#endif
