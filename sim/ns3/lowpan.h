/* A 6LoWPAN adaptation layer as real stacks send it: flow label 0, UDP checksum kept, no frame
 * handed up twice. */
#ifndef SIM_NS3_LOWPAN_H
#define SIM_NS3_LOWPAN_H

#include <ns3/lr-wpan-mac.h>
#include <ns3/lr-wpan-net-device.h>
#include <ns3/node.h>
#include <ns3/sixlowpan-net-device.h>

#include <cstdint>
#include <unordered_map>

namespace sim {

class LowpanDevice : public ns3::SixLowPanNetDevice {
public:
  static ns3::TypeId GetTypeId();

  /* A flow label would cost three octets in each datagram. */
  bool Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address &destination,
            uint16_t protocol) override;

  /* Whether it waits for no fragment. */
  bool is_at_rest() const;

  /* Fragment tags are drawn from this stream from now on. */
  void set_stream(int64_t stream);
};

/* The MAC of ns-3 hands a frame up again if its acknowledgement was lost; this stands between it
 * and its device, and drops the second. */
class DuplicateFilter {
public:
  void install(ns3::Ptr<ns3::LrWpanNetDevice> to);
  void uninstall();

  /* Forgets what it has seen. */
  void reset();

private:
  /* A sequence number of 8 bits comes round while a sender talks to others; the identity of the
   * packet tells a repetition from a new frame. */
  struct Seen {
    uint8_t sequence_number;
    uint64_t packet;
  };

  void indication(ns3::McpsDataIndicationParams params, ns3::Ptr<ns3::Packet> packet);
  bool is_new(uint16_t source, Seen frame);

  ns3::Ptr<ns3::LrWpanNetDevice> device;
  std::unordered_map<uint16_t, Seen> last; /* by short address of the sender */
};

} // namespace sim

#endif
