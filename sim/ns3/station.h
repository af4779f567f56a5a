/* One node of the network: radio, MAC, 6LoWPAN, IPv6 and UDP. */
#ifndef SIM_NS3_STATION_H
#define SIM_NS3_STATION_H

#include "access.h"
#include "audience.h"
#include "endpoint.h"
#include "holder.h"
#include "lowpan.h"
#include "phy.h"
#include "poller.h"
#include "radio.h"
#include "sleeper.h"
#include "tree.h"

#include <ns3/ipv6-address.h>
#include <ns3/lr-wpan-net-device.h>
#include <ns3/net-device.h>
#include <ns3/node.h>
#include <ns3/spectrum-channel.h>

#include <functional>

namespace sim {

struct MacParameters {
  uint8_t max_retries;
  uint8_t min_be;
  uint8_t max_be;
  uint8_t max_backoffs;
  unsigned queue_frames; /* 0: no limit */
};

/* What a run may set of a node. */
struct StationParameters {
  MacParameters mac;
  CaptureRule capture;
};

/* What a node is made of. */
struct StationPlan {
  size_t index;
  world_position position;
  ns3::Ptr<ns3::SpectrumChannel> channel;
  ns3::Ptr<Audience> audience; /* null: by positions */
  const Tree *tree;
};

class Station {
public:
  Station(const StationPlan &plan, const Host &host, Capture &air);

  /* The last octets of an address: 1 for node 0, since 0 means that there is no short address. */
  static uint16_t short_address(size_t index);

  void add_neighbour(const Station &neighbour);
  void set_parent(const Station &parent);

  /* Whether what the radio receives for others is forwarded. */
  void set_forwarding(bool forwards);

  /* Whom its radio tells that it is about to leave the state of being off. */
  void on_start_up(std::function<void()> tell) {
    sleeper.starting = tell;
  }

  /* Its radio sleeps when there is nothing to do, or no longer. */
  void set_sleeping(bool sleeps);

  /* What its parent has for it, it asks for, first `first_ns` from now and then each time that
   * `interval_ns` have passed; 0: it no longer does, and is sent what there is. */
  void set_polling(Station &parent, uint64_t first_ns, uint64_t interval_ns);

  /* Neither sleeps nor polls nor holds anything from now on. */
  void stop_sleeping();

  /* Whether nothing is under way in it, in the air or waiting. */
  bool is_at_rest() const;

  /* Puts it, at rest, into its first state, with the seed that ns-3 has now, and tells that of its
   * radio. A station that was just made needs it, too. */
  void reset(const StationParameters &parameters);

  /* Lets go of all that the simulator will destroy. */
  void release();

  const ns3::Ipv6Address &address() const {
    return global;
  }
  ns3::Ptr<ns3::Node> ns3_node() const {
    return node;
  }
  ns3::Ptr<ns3::LrWpanNetDevice> ns3_device() const {
    return device;
  }

  Radio radio;
  Access access;
  Endpoint endpoint;

private:
  void add_device(const StationPlan &plan);
  void add_lowpan_interface();
  void add_lowpan();
  void follow_mac();
  void confirmed(ns3::McpsDataConfirmParams params);
  void received(ns3::Ptr<const ns3::Packet> frame);
  void mac_changed(ns3::LrWpanMacState from, ns3::LrWpanMacState to);
  ns3::Ptr<Phy> phy() const;

  const size_t index;
  ns3::Ptr<ns3::Node> node;
  ns3::Ptr<HoldingDevice> device;
  ns3::Ptr<LowpanDevice> lowpan;
  uint32_t interface = 0;
  ns3::Ipv6Address global;
  ns3::Ipv6Address link_local;
  DuplicateFilter filter;
  Sleeper sleeper;
  Poller poller;
  Holder holder;
};

} // namespace sim

#endif
