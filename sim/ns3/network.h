/* A tree of stations, and the nodes on wires behind its root; all addresses, routes and neighbours
 * are known before the first frame. */
#ifndef SIM_NS3_NETWORK_H
#define SIM_NS3_NETWORK_H

#include "capture.h"
#include "channel.h"
#include "radio.h"
#include "station.h"
#include "tree.h"
#include "wired.h"

#include <memory>
#include <string>
#include <vector>

namespace sim {

/* What a network is built of: where two are equal, one serves for both. */
struct NetworkPlan {
  /* The configuration is without fault (fault.h). */
  explicit NetworkPlan(const world_config &config);

  bool operator==(const NetworkPlan &other) const;

  std::vector<size_t> parents;           /* of the nodes with a radio */
  std::vector<world_position> positions; /* likewise */
  std::vector<uint64_t> delays_ns;       /* of the wires */
  std::vector<size_t> wire_ends;         /* of each: the node that it leads to */
  bool by_links;                         /* else by positions */
  std::vector<world_link> links;
  world_channel channel;
};

class Network {
public:
  Network(const NetworkPlan &plan, const Host &host);

  const NetworkPlan plan;

  /* Whether nothing is under way in it, in the air or waiting; nothing is left to happen. */
  bool is_at_rest() const;

  /* Puts it, at rest, into its first state, with the seed that ns-3 has now; `captured`: what its
   * radios hear will be. */
  void reset(const StationParameters &parameters, bool captured);

  /* Opens the captures in `directory`; false if one cannot be written. */
  bool capture(const std::string &directory, bool air_only);

  /* False if a capture could not be written. */
  bool close_captures();

  /* Lets go of all that the simulator will destroy. */
  void release();

  /* All nodes: first those with a radio, then the wired ones. */
  size_t size() const {
    return tree.size();
  }
  Endpoint &endpoint(size_t index);
  const ns3::Ipv6Address &address(size_t index) const {
    return tree.address(index);
  }

  /* Of a node with a radio. */
  ns3::Ipv6Address link_local(size_t index) const {
    return tree.link_local(index);
  }

  /* The node with this address, or WORLD_NODE_NONE. */
  size_t find(const uint8_t ip[16]) const {
    return tree.find(ns3::Ipv6Address::Deserialize(ip));
  }

  /* Of a node with a radio: whether it forwards what its radio receives. */
  void set_forwarding(size_t index, bool forwards) {
    stations[index]->set_forwarding(forwards);
  }

  /* Of a node with a radio (station.h). */
  void set_sleeping(size_t index, bool sleeps);
  void set_polling(size_t index, uint64_t first_ns, uint64_t interval_ns);

  /* Nobody sleeps or polls from now on. */
  void stop_sleeping();

  /* Whether there is a way from one node to another for a datagram of so many octets; on the link:
   * a link of the tree. */
  bool carries(size_t from, size_t to, bool on_link, size_t length) const;

  /* How long a node with a radio would have received while its radio said that it listened. */
  uint64_t overheard_ns(size_t index) {
    return addressed && tree.has_radio(index) ? addressed->overheard_ns(index) : 0;
  }

  /* How long a signal is on its way from one node with a radio to another. */
  uint64_t flight_ns(size_t from, size_t to) const;

private:
  void add_stations(const Host &host);
  void add_wired(const Host &host);
  WireEnd wire_end(size_t index) const;
  void connect(size_t index);

  Tree tree;
  Capture air, wires;
  ns3::Ptr<AddressedChannel> addressed; /* null: the channel is ns-3's */
  std::vector<std::unique_ptr<Station>> stations;
  std::vector<std::unique_ptr<WiredNode>> wired;
};

} // namespace sim

#endif
