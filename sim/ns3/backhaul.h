/* The wire between node 0 and the node behind it, which has no radio. */
#ifndef SIM_NS3_BACKHAUL_H
#define SIM_NS3_BACKHAUL_H

#include "capture.h"
#include "ports.h"
#include "radio.h"
#include "station.h"

#include <ns3/ipv6-address.h>
#include <ns3/node.h>
#include <ns3/packet.h>
#include <ns3/point-to-point-channel.h>
#include <ns3/point-to-point-net-device.h>

#include <functional>

namespace sim {

/* One end of the wire. */
class BackhaulDevice : public ns3::PointToPointNetDevice {
public:
  static ns3::TypeId GetTypeId();

  /* Is told each IPv6 packet that this end puts on the wire. */
  std::function<void(ns3::Ptr<const ns3::Packet>)> watcher;

  bool Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address &destination,
            uint16_t protocol) override;
};

class Backhaul {
public:
  /* The wire ends at `root`, which is node 0; `index` is the node behind it. */
  Backhaul(size_t index, uint64_t delay_ns, Station &root, const Host &host);

  const ns3::Ipv6Address &address() const {
    return global;
  }

  /* Lets go of all that the simulator will destroy. */
  void release();

  Ports ports;
  Capture capture;

private:
  ns3::Ptr<BackhaulDevice> add_end(ns3::Ptr<ns3::Node> to,
                                   ns3::Ptr<ns3::PointToPointChannel> channel, size_t sender);
  void sent(ns3::Ptr<const ns3::Packet> packet, size_t sender);

  const Host &host;
  const ns3::Ipv6Address global;
  ns3::Ptr<ns3::Node> node;
};

} // namespace sim

#endif
