#include "wired.h"
#include "internet.h"
#include "span_tag.h"

#include <ns3/data-rate.h>
#include <ns3/drop-tail-queue.h>
#include <ns3/mac48-address.h>
#include <ns3/nstime.h>
#include <ns3/queue-size.h>

namespace sim {
namespace {

constexpr char PREFIX[] = "fd01::";
constexpr uint16_t MTU = 1500;
static_assert(NODE_DATAGRAM_MAX + 48 <= MTU, "IPv6 and UDP headers fit");
constexpr uint64_t BITS_PER_SECOND = UINT64_C(1) << 60; /* no packet takes half a nanosecond */
constexpr uint32_t QUEUE_PACKETS = UINT32_MAX;

ns3::Ipv6Address address_of(size_t number) {
  const size_t last = WiredNode::FIRST_ADDRESS + number;
  uint8_t octets[16];
  ns3::Ipv6Address(PREFIX).GetBytes(octets);
  octets[14] = static_cast<uint8_t>(last >> 8);
  octets[15] = static_cast<uint8_t>(last);
  return ns3::Ipv6Address::Deserialize(octets);
}

/* Of the two ends of a wire, which no other hears. */
ns3::Mac48Address end_address(bool own) {
  const uint8_t octets[6] = {2, 0, 0, 0, 0, static_cast<uint8_t>(own ? 2 : 1)};
  ns3::Mac48Address address;
  address.CopyFrom(octets);
  return address;
}

} // namespace

ns3::TypeId WireDevice::GetTypeId() {
  static ns3::TypeId id = ns3::TypeId("sim::WireDevice")
                              .SetParent<ns3::PointToPointNetDevice>()
                              .AddConstructor<WireDevice>();
  return id;
}

bool WireDevice::Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address &destination,
                      uint16_t protocol) {
  clear_flow_label(packet);
  watcher(packet);
  return PointToPointNetDevice::Send(packet, destination, protocol);
}

/* Where the wire leads to, the node's own address again: ns-3 takes the source of a packet from the
 * interface that it leaves by, and accepts nothing for the address of another. */
WiredNode::WiredNode(const WiredPlan &plan, const Host &to, Capture &wires)
    : endpoint(to, plan.index), host(to), capture(wires), index(plan.index),
      delay_ns(plan.delay_ns), global(address_of(plan.number)),
      node(ns3::CreateObject<ns3::Node>()) {
  auto channel = ns3::CreateObject<ns3::PointToPointChannel>();
  channel->SetAttribute("Delay",
                        ns3::TimeValue(ns3::NanoSeconds(static_cast<int64_t>(plan.delay_ns))));
  const uint32_t far =
      add_interface(plan.to.node, add_end(plan.to.node, channel, plan.to.index), plan.to.address);
  routing_of(plan.to.node)->add_wire(index, far);
  add_internet(node, *plan.tree, index);
  routing_of(node)->set_interface(add_interface(node, add_end(node, channel, index), global));
  endpoint.attach(node);
}

ns3::Ptr<WireDevice> WiredNode::add_end(ns3::Ptr<ns3::Node> to,
                                        ns3::Ptr<ns3::PointToPointChannel> channel, size_t sender) {
  auto queue = ns3::CreateObject<ns3::DropTailQueue<ns3::Packet>>();
  queue->SetMaxSize(ns3::QueueSize(ns3::QueueSizeUnit::PACKETS, QUEUE_PACKETS));
  auto device = ns3::CreateObject<WireDevice>();
  device->SetAddress(end_address(sender == index));
  device->SetMtu(MTU);
  device->SetDataRate(ns3::DataRate(BITS_PER_SECOND));
  device->SetQueue(queue);
  device->watcher = [this, sender](ns3::Ptr<const ns3::Packet> packet) { sent(packet, sender); };
  to->AddDevice(device);
  device->Attach(channel);
  return device;
}

void WiredNode::sent(ns3::Ptr<const ns3::Packet> packet, size_t sender) {
  const uint64_t now_ns = host.now_ns();
  capture.write(packet, now_ns);
  world_wire_packet told{};
  told.now_ns = now_ns;
  told.wired = index;
  told.sender = sender;
  told.datagram = find_datagram(packet);
  told.length = packet->GetSize();
  told.arrival_ns = now_ns + delay_ns;
  host.callbacks.wire(host.context, &told);
}

/* What is on a wire, or waits for it, always has an event: there is nothing else to put back. */
void WiredNode::reset() {
  endpoint.reset();
}

void WiredNode::release() {
  endpoint.release();
  node = nullptr;
}

} // namespace sim
