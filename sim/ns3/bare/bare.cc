/* Bare ns-3: a line of stock 802.15.4, 6LoWPAN, IPv6 and UDP nodes that moves given datagrams at
 * given times, and nothing else. What the simulator adds is measured against it (bench/speed).
 *
 *   bare-ns3 kept|anew HOPS RUNS < lines of "time_ns sender receiver octets"
 *
 * Node 0 is one end, node HOPS the other. Kept: the network is built once, and the datagrams are
 * moved RUNS times, as in the simulator's kept world; anew: it is built and taken down for each
 * run. A datagram that is sent while the one before is still under way, since the back-offs of this
 * run were longer than those of the simulator's, may be lost: exits with 1 if more than one in a
 * hundred is. */
#include <ns3/boolean.h>
#include <ns3/constant-position-mobility-model.h>
#include <ns3/double.h>
#include <ns3/global-value.h>
#include <ns3/icmpv6-l4-protocol.h>
#include <ns3/inet6-socket-address.h>
#include <ns3/ipv6-interface.h>
#include <ns3/ipv6-l3-protocol.h>
#include <ns3/ipv6-static-routing.h>
#include <ns3/lr-wpan-mac.h>
#include <ns3/lr-wpan-net-device.h>
#include <ns3/ndisc-cache.h>
#include <ns3/node.h>
#include <ns3/packet.h>
#include <ns3/propagation-delay-model.h>
#include <ns3/propagation-loss-model.h>
#include <ns3/simulator.h>
#include <ns3/single-model-spectrum-channel.h>
#include <ns3/sixlowpan-net-device.h>
#include <ns3/traffic-control-layer.h>
#include <ns3/udp-l4-protocol.h>
#include <ns3/udp-socket-factory.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

constexpr uint16_t PORT = 5683;
constexpr double SPACING_M = 10, RANGE_M = 15;

struct Message {
  int64_t time_ns;
  size_t sender, receiver;
  uint32_t octets;
};

struct BareNode {
  ns3::Ptr<ns3::Node> node;
  ns3::Ptr<ns3::LrWpanNetDevice> device;
  ns3::Ipv6Address global, link_local;
  uint32_t interface;
  ns3::Ptr<ns3::Socket> socket;
};

size_t delivered;

void receive(ns3::Ptr<ns3::Socket> socket) {
  while (socket->Recv())
    delivered++;
}

ns3::Ptr<ns3::SpectrumChannel> make_channel() {
  auto channel = ns3::CreateObject<ns3::SingleModelSpectrumChannel>();
  auto loss = ns3::CreateObject<ns3::RangePropagationLossModel>();
  loss->SetAttribute("MaxRange", ns3::DoubleValue(RANGE_M));
  channel->AddPropagationLossModel(loss);
  channel->SetPropagationDelayModel(ns3::CreateObject<ns3::ConstantSpeedPropagationDelayModel>());
  return channel;
}

void add_device(BareNode &bare, size_t index, ns3::Ptr<ns3::SpectrumChannel> channel) {
  auto position = ns3::CreateObject<ns3::ConstantPositionMobilityModel>();
  position->SetPosition(ns3::Vector(SPACING_M * static_cast<double>(index), 0, 0));
  bare.node->AggregateObject(position);
  bare.device = ns3::CreateObject<ns3::LrWpanNetDevice>();
  bare.device->SetChannel(channel);
  bare.node->AddDevice(bare.device);
  const uint8_t octets[2] = {0, static_cast<uint8_t>(index + 1)};
  ns3::Mac16Address address;
  address.CopyFrom(octets);
  bare.device->GetMac()->SetPanId(0xabcd);
  bare.device->GetMac()->SetShortAddress(address);
  bare.device->AssignStreams(static_cast<int64_t>(100 * index));
}

void add_internet(BareNode &bare) {
  auto ipv6 = ns3::CreateObject<ns3::Ipv6L3Protocol>();
  ipv6->SetAttribute("IpForward", ns3::BooleanValue(true));
  ipv6->SetAttribute("SendIcmpv6Redirect", ns3::BooleanValue(false));
  auto icmpv6 = ns3::CreateObject<ns3::Icmpv6L4Protocol>();
  icmpv6->SetAttribute("DAD", ns3::BooleanValue(false));
  bare.node->AggregateObject(ipv6);
  bare.node->AggregateObject(icmpv6);
  ipv6->SetRoutingProtocol(ns3::CreateObject<ns3::Ipv6StaticRouting>());
  ipv6->RegisterExtensions();
  ipv6->RegisterOptions();
  bare.node->AggregateObject(ns3::CreateObject<ns3::TrafficControlLayer>());
  bare.node->AggregateObject(ns3::CreateObject<ns3::UdpL4Protocol>());
  auto lowpan = ns3::CreateObject<ns3::SixLowPanNetDevice>();
  lowpan->SetAttribute("OmitUdpChecksum", ns3::BooleanValue(false));
  lowpan->AddContext(0, ns3::Ipv6Prefix("fd00::", 64), true, ns3::Days(1000));
  bare.node->AddDevice(lowpan);
  lowpan->SetNetDevice(bare.device);
  bare.interface = ipv6->AddInterface(lowpan);
  const ns3::Address link = bare.device->GetAddress();
  bare.link_local = ns3::Ipv6Address::MakeAutoconfiguredLinkLocalAddress(link);
  bare.global = ns3::Ipv6Address::MakeAutoconfiguredAddress(link, ns3::Ipv6Address("fd00::"));
  ipv6->AddAddress(bare.interface, ns3::Ipv6InterfaceAddress(bare.global, ns3::Ipv6Prefix(128)));
  ipv6->SetMetric(bare.interface, 1);
  ipv6->SetForwarding(bare.interface, true);
  ipv6->SetUp(bare.interface);
  bare.socket = ns3::Socket::CreateSocket(bare.node, ns3::UdpSocketFactory::GetTypeId());
  bare.socket->Bind(ns3::Inet6SocketAddress(bare.global, PORT));
  bare.socket->SetRecvCallback(ns3::MakeCallback(&receive));
}

ns3::Ptr<ns3::Ipv6StaticRouting> routing_of(const BareNode &bare) {
  return ns3::DynamicCast<ns3::Ipv6StaticRouting>(
      bare.node->GetObject<ns3::Ipv6>()->GetRoutingProtocol());
}

void add_neighbour(const BareNode &bare, const BareNode &neighbour) {
  auto cache =
      bare.node->GetObject<ns3::Ipv6L3Protocol>()->GetInterface(bare.interface)->GetNdiscCache();
  for (const ns3::Ipv6Address &address : {neighbour.link_local, neighbour.global}) {
    ns3::NdiscCache::Entry *entry = cache->Add(address);
    entry->SetMacAddress(neighbour.device->GetAddress());
    entry->MarkPermanent();
  }
}

std::vector<BareNode> build(size_t hops) {
  std::vector<BareNode> nodes(hops + 1);
  ns3::Ptr<ns3::SpectrumChannel> channel = make_channel();
  for (size_t i = 0; i <= hops; i++) {
    nodes[i].node = ns3::CreateObject<ns3::Node>();
    add_device(nodes[i], i, channel);
    add_internet(nodes[i]);
  }
  for (size_t i = 1; i <= hops; i++) {
    add_neighbour(nodes[i], nodes[i - 1]);
    add_neighbour(nodes[i - 1], nodes[i]);
    routing_of(nodes[i])->SetDefaultRoute(nodes[i - 1].link_local, nodes[i].interface);
    for (size_t above = 0; above < i; above++)
      routing_of(nodes[above])
          ->AddHostRouteTo(nodes[i].global, nodes[above + 1].global, nodes[above].interface);
  }
  return nodes;
}

void send(const BareNode *from, const BareNode *to, uint32_t octets) {
  from->socket->SendTo(ns3::Create<ns3::Packet>(octets), 0,
                       ns3::Inet6SocketAddress(to->global, PORT));
}

/* Moves the datagrams once, from now on. */
void move(const std::vector<BareNode> &nodes, const std::vector<Message> &messages) {
  for (const Message &message : messages)
    ns3::Simulator::Schedule(ns3::NanoSeconds(message.time_ns), &send, &nodes[message.sender],
                             &nodes[message.receiver], message.octets);
  ns3::Simulator::Stop(ns3::NanoSeconds(messages.back().time_ns) + ns3::Seconds(1));
  ns3::Simulator::Run();
}

void run(size_t hops, unsigned long times, const std::vector<Message> &messages) {
  const std::vector<BareNode> nodes = build(hops);
  for (unsigned long i = 0; i < times; i++)
    move(nodes, messages);
  ns3::Simulator::Destroy();
}

std::vector<Message> read_messages(size_t hops) {
  std::vector<Message> messages;
  long long time_ns;
  size_t sender, receiver;
  unsigned octets;
  while (std::scanf("%lld %zu %zu %u", &time_ns, &sender, &receiver, &octets) == 4)
    if (sender <= hops && receiver <= hops)
      messages.push_back({time_ns, sender, receiver, octets});
  return messages;
}

} // namespace

int main(int argc, char **argv) {
  const bool kept = argc == 4 && std::strcmp(argv[1], "kept") == 0;
  if (!kept && !(argc == 4 && std::strcmp(argv[1], "anew") == 0)) {
    std::fprintf(stderr, "usage: bare-ns3 kept|anew HOPS RUNS"
                         " < \"time_ns sender receiver octets\" lines\n");
    return 2;
  }
  const size_t hops = std::strtoul(argv[2], nullptr, 10);
  const unsigned long runs = std::strtoul(argv[3], nullptr, 10);
  const std::vector<Message> messages = read_messages(hops);
  ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true));
  if (messages.empty())
    return 1;
  for (unsigned long i = 0; i < (kept ? 1 : runs); i++)
    run(hops, kept ? runs : 1, messages);
  return delivered >= runs * messages.size() * 99 / 100 ? 0 : 1;
}
