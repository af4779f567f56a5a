#include "tree_routing.h"

#include <ns3/ipv6-header.h>
#include <ns3/ipv6.h>
#include <ns3/net-device.h>
#include <ns3/output-stream-wrapper.h>

namespace sim {

ns3::TypeId TreeRouting::GetTypeId() {
  static ns3::TypeId id = ns3::TypeId("sim::TreeRouting").SetParent<ns3::Ipv6RoutingProtocol>();
  return id;
}

TreeRouting::TreeRouting(const Tree &of_all, size_t of) : tree(of_all), node(of) {
}

void TreeRouting::set_interface(uint32_t to) {
  interface = to;
}

void TreeRouting::set_parent(const ns3::Ipv6Address &link_local) {
  parent = link_local;
}

void TreeRouting::add_wire(size_t wired, uint32_t to) {
  wires.emplace(wired, to);
}

void TreeRouting::SetIpv6(ns3::Ptr<ns3::Ipv6> to) {
  ipv6 = ns3::PeekPointer(to);
}

/* Down by the global address of the next hop: by a link-local gateway ns-3 would choose a
 * link-local source, and answers would die at the second hop. */
bool TreeRouting::find_hop(const ns3::Ipv6Address &destination, Hop &hop) const {
  const size_t to = tree.find(destination);
  hop = {interface, ns3::Ipv6Address::GetZero()};
  if (destination.IsLinkLocal() || destination.IsLinkLocalMulticast())
    return true;
  if (to != WORLD_NODE_NONE && tree.is_above(node, to)) {
    const size_t child = tree.child_towards(node, to);
    if (tree.has_radio(child))
      hop.gateway = tree.address(child);
    else
      hop.interface = wires.at(child);
    return true;
  }
  if (!tree.has_radio(node))
    return true;
  hop.gateway = parent;
  return node != 0;
}

ns3::Ptr<ns3::Ipv6Route> TreeRouting::route_to(const ns3::Ipv6Address &destination) const {
  Hop hop;
  if (!find_hop(destination, hop))
    return nullptr;
  /* Who goes up is known by the address that it can be answered at. */
  const bool down = !hop.gateway.IsAny() && !hop.gateway.IsLinkLocal();
  auto route = ns3::Create<ns3::Ipv6Route>();
  route->SetDestination(destination);
  route->SetSource(ipv6->SourceAddressSelection(hop.interface, down ? hop.gateway : destination));
  route->SetGateway(hop.gateway);
  route->SetOutputDevice(ipv6->GetNetDevice(hop.interface));
  return route;
}

ns3::Ptr<ns3::Ipv6Route> TreeRouting::RouteOutput(ns3::Ptr<ns3::Packet>,
                                                  const ns3::Ipv6Header &header,
                                                  ns3::Ptr<ns3::NetDevice> device,
                                                  ns3::Socket::SocketErrno &error) {
  ns3::Ptr<ns3::Ipv6Route> route = route_to(header.GetDestination());
  if (route != nullptr && device != nullptr && device != route->GetOutputDevice())
    route = nullptr;
  error = route == nullptr ? ns3::Socket::ERROR_NOROUTETOHOST : ns3::Socket::ERROR_NOTERROR;
  return route;
}

/* What is the node's own does not come here. */
bool TreeRouting::RouteInput(ns3::Ptr<const ns3::Packet> packet, const ns3::Ipv6Header &header,
                             ns3::Ptr<const ns3::NetDevice> device, UnicastForwardCallback forward,
                             MulticastForwardCallback, LocalDeliverCallback, ErrorCallback) {
  if (header.GetDestination().IsMulticast())
    return false;
  if (!forwards)
    return true;
  ns3::Ptr<ns3::Ipv6Route> route = route_to(header.GetDestination());
  if (route == nullptr)
    return false;
  forward(device, route, packet, header);
  return true;
}

void TreeRouting::NotifyInterfaceUp(uint32_t) {
}

void TreeRouting::NotifyInterfaceDown(uint32_t) {
}

void TreeRouting::NotifyAddAddress(uint32_t, ns3::Ipv6InterfaceAddress) {
}

void TreeRouting::NotifyRemoveAddress(uint32_t, ns3::Ipv6InterfaceAddress) {
}

void TreeRouting::NotifyAddRoute(ns3::Ipv6Address, ns3::Ipv6Prefix, ns3::Ipv6Address, uint32_t,
                                 ns3::Ipv6Address) {
}

void TreeRouting::NotifyRemoveRoute(ns3::Ipv6Address, ns3::Ipv6Prefix, ns3::Ipv6Address, uint32_t,
                                    ns3::Ipv6Address) {
}

void TreeRouting::PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper>, ns3::Time::Unit) const {
}

} // namespace sim
