#include "station.h"
#include "phy.h"
#include "streams.h"

#include <ns3/boolean.h>
#include <ns3/constant-position-mobility-model.h>
#include <ns3/icmpv6-l4-protocol.h>
#include <ns3/ipv6-extension-demux.h>
#include <ns3/ipv6-extension.h>
#include <ns3/ipv6-interface.h>
#include <ns3/ipv6-l3-protocol.h>
#include <ns3/ipv6-static-routing.h>
#include <ns3/lr-wpan-csmaca.h>
#include <ns3/lr-wpan-mac.h>
#include <ns3/lr-wpan-phy.h>
#include <ns3/ndisc-cache.h>
#include <ns3/random-variable-stream.h>
#include <ns3/traffic-control-layer.h>
#include <ns3/udp-l4-protocol.h>

namespace sim {
namespace {

constexpr uint16_t PAN_ID = 0xabcd;
constexpr uint8_t CONTEXT_ID = 0;
constexpr int CONTEXT_LIFETIME_DAYS = 36500;

void set_addresses(ns3::Ptr<ns3::LrWpanMac> mac, size_t index) {
  const uint16_t address = Station::short_address(index);
  const uint8_t octets[8] = {
      0x02, 0, 0, 0, 0, 0, static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
  ns3::Mac16Address short_form;
  short_form.CopyFrom(octets + 6);
  ns3::Mac64Address extended;
  extended.CopyFrom(octets);
  mac->SetPanId(PAN_ID);
  mac->SetShortAddress(short_form);
  mac->SetExtendedAddress(extended);
}

/* The MAC's own first number comes from a stream that depends on all that was made before. */
void set_sequence_number(ns3::Ptr<ns3::LrWpanMac> mac, size_t index) {
  auto random = ns3::CreateObject<ns3::UniformRandomVariable>();
  random->SetStream(stream_of(index, Purpose::SEQUENCE_NUMBER));
  mac->m_macDsn = ns3::SequenceNumber8(static_cast<uint8_t>(random->GetInteger(0, 255)));
}

void set_back_off(ns3::Ptr<ns3::LrWpanCsmaCa> csma, const MacParameters &mac, size_t index) {
  csma->SetMacMaxBE(mac.max_be);
  csma->SetMacMinBE(mac.min_be);
  csma->SetMacMaxCSMABackoffs(mac.max_backoffs);
  csma->AssignStreams(stream_of(index, Purpose::BACK_OFF));
}

ns3::Ptr<ns3::Ipv6L3Protocol> add_ipv6(ns3::Ptr<ns3::Node> node) {
  auto ipv6 = ns3::CreateObject<ns3::Ipv6L3Protocol>();
  ipv6->SetAttribute("IpForward", ns3::BooleanValue(true));
  ipv6->SetAttribute("SendIcmpv6Redirect", ns3::BooleanValue(false));
  auto icmpv6 = ns3::CreateObject<ns3::Icmpv6L4Protocol>();
  icmpv6->SetAttribute("DAD", ns3::BooleanValue(false));
  node->AggregateObject(ipv6);
  node->AggregateObject(icmpv6);
  ipv6->SetRoutingProtocol(ns3::CreateObject<ns3::Ipv6StaticRouting>());
  ipv6->RegisterExtensions();
  ipv6->RegisterOptions();
  node->AggregateObject(ns3::CreateObject<ns3::TrafficControlLayer>());
  node->AggregateObject(ns3::CreateObject<ns3::UdpL4Protocol>());
  return ipv6;
}

void assign_internet_streams(ns3::Ptr<ns3::Node> node, size_t index) {
  int64_t stream = stream_of(index, Purpose::INTERNET);
  stream += node->GetObject<ns3::Icmpv6L4Protocol>()->AssignStreams(stream);
  node->GetObject<ns3::Ipv6ExtensionDemux>()
      ->GetExtension(ns3::Ipv6ExtensionFragment::EXT_NUMBER)
      ->AssignStreams(stream);
}

ns3::Ptr<ns3::Ipv6StaticRouting> routing_of(ns3::Ptr<ns3::Node> node) {
  return ns3::DynamicCast<ns3::Ipv6StaticRouting>(
      node->GetObject<ns3::Ipv6>()->GetRoutingProtocol());
}

void add_permanent(ns3::Ptr<ns3::NdiscCache> cache, ns3::Ipv6Address address, ns3::Address link) {
  ns3::NdiscCache::Entry *entry = cache->Add(address);
  entry->SetMacAddress(link);
  entry->MarkPermanent();
}

} // namespace

Station::Station(const StationPlan &plan, const Host &host, Capture &air)
    : radio(host, air, plan.index), ports(host, plan.index) {
  node = ns3::CreateObject<ns3::Node>();
  auto position = ns3::CreateObject<ns3::ConstantPositionMobilityModel>();
  position->SetPosition(ns3::Vector(plan.position_m, 0, 0));
  node->AggregateObject(position);
  add_device(plan);
  add_internet(plan.index);
  radio.attach(device);
  ports.attach(node, global);
}

uint16_t Station::short_address(size_t index) {
  return static_cast<uint16_t>(index + 1);
}

void Station::add_device(const StationPlan &plan) {
  device = ns3::CreateObject<ns3::LrWpanNetDevice>();
  device->SetPhy(ns3::CreateObject<Phy>());
  device->SetChannel(plan.channel);
  node->AddDevice(device);
  ns3::Ptr<ns3::LrWpanMac> mac = device->GetMac();
  set_addresses(mac, plan.index);
  set_sequence_number(mac, plan.index);
  mac->SetMacMaxFrameRetries(plan.mac.max_retries);
  set_back_off(device->GetCsmaCa(), plan.mac, plan.index);
  device->GetPhy()->AssignStreams(stream_of(plan.index, Purpose::RECEPTION));
  filter.install(device);
}

ns3::Ptr<LowpanDevice> Station::add_lowpan(size_t index) {
  auto lowpan = ns3::CreateObject<LowpanDevice>();
  lowpan->SetAttribute("Rfc6282", ns3::BooleanValue(true));
  lowpan->SetAttribute("OmitUdpChecksum", ns3::BooleanValue(false));
  lowpan->AssignStreams(stream_of(index, Purpose::LOWPAN));
  lowpan->AddContext(CONTEXT_ID, ns3::Ipv6Prefix(WORLD_PREFIX, 64), true,
                     ns3::Days(CONTEXT_LIFETIME_DAYS));
  node->AddDevice(lowpan);
  lowpan->SetNetDevice(device);
  return lowpan;
}

void Station::add_internet(size_t index) {
  ns3::Ptr<ns3::Ipv6L3Protocol> ipv6 = add_ipv6(node);
  ns3::Ptr<LowpanDevice> lowpan = add_lowpan(index);
  interface = ipv6->AddInterface(lowpan);
  link_local = ns3::Ipv6Address::MakeAutoconfiguredLinkLocalAddress(device->GetAddress());
  global = ns3::Ipv6Address::MakeAutoconfiguredAddress(device->GetAddress(),
                                                       ns3::Ipv6Address(WORLD_PREFIX));
  /* An on-link /64 would make each node look for all others on its own link. */
  ipv6->AddAddress(interface, ns3::Ipv6InterfaceAddress(global, ns3::Ipv6Prefix(128)));
  ipv6->SetMetric(interface, 1);
  ipv6->SetForwarding(interface, true);
  ipv6->SetUp(interface);
  assign_internet_streams(node, index);
}

void Station::add_neighbour(const Station &neighbour) {
  ns3::Ptr<ns3::NdiscCache> cache =
      node->GetObject<ns3::Ipv6L3Protocol>()->GetInterface(interface)->GetNdiscCache();
  add_permanent(cache, neighbour.link_local, neighbour.device->GetAddress());
  add_permanent(cache, neighbour.global, neighbour.device->GetAddress());
}

void Station::set_default_route(const Station &parent) {
  routing_of(node)->SetDefaultRoute(parent.link_local, interface);
}

/* By the global address of the next hop: a link-local gateway makes ns-3 choose a link-local
 * source, and answers die at the second hop. */
void Station::add_route(const Station &destination, const Station &next_hop) {
  routing_of(node)->AddHostRouteTo(destination.global, next_hop.global, interface);
}

void Station::release() {
  ports.close();
  filter.uninstall();
  device = nullptr;
  node = nullptr;
}

} // namespace sim
