#include "internet.h"

#include <ns3/boolean.h>
#include <ns3/icmpv6-l4-protocol.h>
#include <ns3/ipv6-extension-demux.h>
#include <ns3/ipv6-header.h>
#include <ns3/packet.h>
#include <ns3/traffic-control-layer.h>
#include <ns3/udp-l4-protocol.h>

namespace sim {
namespace {

/* No extension header, no option: none is sent, since each packet fits its way's MTU, and making
 * the objects that read them would be a tenth of a short run. */
void add_no_extensions(ns3::Ptr<ns3::Node> node) {
  auto none = ns3::CreateObject<ns3::Ipv6ExtensionDemux>();
  none->SetNode(node);
  node->AggregateObject(none);
}

} // namespace

void add_internet(ns3::Ptr<ns3::Node> node, const Tree &tree, size_t index) {
  auto ipv6 = ns3::CreateObject<ns3::Ipv6L3Protocol>();
  ipv6->SetAttribute("IpForward", ns3::BooleanValue(true));
  ipv6->SetAttribute("SendIcmpv6Redirect", ns3::BooleanValue(false));
  auto icmpv6 = ns3::CreateObject<ns3::Icmpv6L4Protocol>();
  icmpv6->SetAttribute("DAD", ns3::BooleanValue(false));
  node->AggregateObject(ipv6);
  node->AggregateObject(icmpv6);
  ipv6->SetRoutingProtocol(ns3::CreateObject<TreeRouting>(tree, index));
  add_no_extensions(node);
  node->AggregateObject(ns3::CreateObject<ns3::TrafficControlLayer>());
  node->AggregateObject(ns3::CreateObject<ns3::UdpL4Protocol>());
}

uint32_t add_interface(ns3::Ptr<ns3::Node> node, ns3::Ptr<ns3::NetDevice> device,
                       const ns3::Ipv6Address &address) {
  auto ipv6 = node->GetObject<ns3::Ipv6L3Protocol>();
  const uint32_t interface = ipv6->AddInterface(device);
  /* An on-link /64 would make each node look for all others on its own link. */
  ipv6->AddAddress(interface, ns3::Ipv6InterfaceAddress(address, ns3::Ipv6Prefix(128)));
  ipv6->SetMetric(interface, 1);
  ipv6->SetForwarding(interface, true);
  ipv6->SetUp(interface);
  return interface;
}

ns3::Ptr<TreeRouting> routing_of(ns3::Ptr<ns3::Node> node) {
  return ns3::DynamicCast<TreeRouting>(node->GetObject<ns3::Ipv6>()->GetRoutingProtocol());
}

void clear_flow_label(ns3::Ptr<ns3::Packet> packet) {
  ns3::Ipv6Header header;
  packet->RemoveHeader(header);
  header.SetFlowLabel(0);
  packet->AddHeader(header);
}

} // namespace sim
