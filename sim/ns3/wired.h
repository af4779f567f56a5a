/* A node without a radio, and the wire between it and node 0 or another one. */
#ifndef SIM_NS3_WIRED_H
#define SIM_NS3_WIRED_H

#include "capture.h"
#include "endpoint.h"
#include "radio.h"
#include "tree.h"

#include <ns3/ipv6-address.h>
#include <ns3/node.h>
#include <ns3/packet.h>
#include <ns3/point-to-point-channel.h>
#include <ns3/point-to-point-net-device.h>

#include <functional>

namespace sim {

/* One end of a wire. */
class WireDevice : public ns3::PointToPointNetDevice {
public:
  static ns3::TypeId GetTypeId();

  /* Is told each IPv6 packet that this end puts on the wire. */
  std::function<void(ns3::Ptr<const ns3::Packet>)> watcher;

  bool Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address &destination,
            uint16_t protocol) override;
};

/* Where a wire leads to. */
struct WireEnd {
  size_t index;
  ns3::Ptr<ns3::Node> node;
  ns3::Ipv6Address address;
};

/* Which of the wired nodes a node is. */
struct WiredPlan {
  size_t index;  /* of all nodes */
  size_t number; /* of the wired ones, from 0 */
  uint64_t delay_ns;
  const Tree *tree;
  WireEnd to;
};

class WiredNode {
public:
  /* The last octets of the address of the wired node with number 0; the next has the next. */
  static constexpr size_t FIRST_ADDRESS = 2;

  /* The packets on the wire are captured in `wires`. */
  WiredNode(const WiredPlan &plan, const Host &host, Capture &wires);

  const ns3::Ipv6Address &address() const {
    return global;
  }
  ns3::Ptr<ns3::Node> ns3_node() const {
    return node;
  }

  /* Puts it, at rest, into its first state. */
  void reset();

  /* Lets go of all that the simulator will destroy. */
  void release();

  Endpoint endpoint;

private:
  ns3::Ptr<WireDevice> add_end(ns3::Ptr<ns3::Node> to, ns3::Ptr<ns3::PointToPointChannel> channel,
                               size_t sender);
  void sent(ns3::Ptr<const ns3::Packet> packet, size_t sender);

  const Host &host;
  Capture &capture;
  const size_t index;
  const uint64_t delay_ns;
  const ns3::Ipv6Address global;
  ns3::Ptr<ns3::Node> node;
};

} // namespace sim

#endif
