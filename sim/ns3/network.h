/* A tree of stations, and the backhaul of their root; all addresses, routes and neighbours are
 * known before the first frame. */
#ifndef SIM_NS3_NETWORK_H
#define SIM_NS3_NETWORK_H

#include "backhaul.h"
#include "capture.h"
#include "radio.h"
#include "station.h"

#include <memory>
#include <string>
#include <vector>

namespace sim {

class Network {
public:
  /* node_count is 1 or more; each parent is below its child. */
  Network(const world_config &config, const Host &host);

  /* Opens the captures in `directory`; false if one cannot be written. */
  bool capture(const std::string &directory);

  /* To be called before the simulator is destroyed; false if a capture could not be written. */
  bool close();

  /* All nodes; the one behind the backhaul is the last. */
  size_t size() const {
    return stations.size() + (backhaul != nullptr);
  }
  Ports &ports(size_t index);
  const ns3::Ipv6Address &address(size_t index) const;

  /* Whether this is the address of a node, and of which. */
  bool find(const uint8_t ip[16], size_t *index) const;

  /* Whether there is a way from one node to another for a datagram of so many octets. */
  bool carries(size_t from, size_t to, size_t length) const;

private:
  bool is_behind(size_t index) const; /* the backhaul */
  void connect(size_t index, const size_t *parents);

  Capture air;
  std::vector<std::unique_ptr<Station>> stations;
  std::unique_ptr<Backhaul> backhaul; /* may be null */
};

} // namespace sim

#endif
