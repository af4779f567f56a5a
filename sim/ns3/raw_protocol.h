/* A protocol right above IPv6, without ports, as ESP is, on one node. */
#ifndef SIM_NS3_RAW_PROTOCOL_H
#define SIM_NS3_RAW_PROTOCOL_H

#include "api.h"

#include <ns3/ip-l4-protocol.h>
#include <ns3/ipv6-header.h>
#include <ns3/node.h>
#include <ns3/packet.h>

#include <functional>

namespace sim {

class RawProtocol : public ns3::IpL4Protocol {
public:
  using Arrival = std::function<void(ns3::Ptr<ns3::Packet>, const ns3::Ipv6Header &)>;

  static ns3::TypeId GetTypeId();
  explicit RawProtocol(uint8_t next_header);

  /* Hands what arrives to `arrival` from now on. What arrives before is refused as a closed port
   * is: Linux, too, answers ESP for which it has no use by "port unreachable". */
  void open(Arrival arrival);
  void close();

  int GetProtocolNumber() const override;
  RxStatus Receive(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv6Header &header,
                   ns3::Ptr<ns3::Ipv6Interface> interface) override;

  /* Not used: there is no IPv4, and what is sent goes to IPv6 itself. */
  RxStatus Receive(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv4Header &header,
                   ns3::Ptr<ns3::Ipv4Interface> interface) override;
  void SetDownTarget(DownTargetCallback target) override;
  void SetDownTarget6(DownTargetCallback6 target) override;
  DownTargetCallback GetDownTarget() const override;
  DownTargetCallback6 GetDownTarget6() const override;

private:
  const uint8_t number;
  Arrival arrived;
};

} // namespace sim

#endif
