/* A tree of stations, and the nodes on wires at its root; all addresses, routes and neighbours are
 * known before the first frame. */
#ifndef SIM_NS3_NETWORK_H
#define SIM_NS3_NETWORK_H

#include "capture.h"
#include "radio.h"
#include "station.h"
#include "wired.h"

#include <memory>
#include <string>
#include <vector>

namespace sim {

class Network {
public:
  /* The configuration is without fault (fault.h). */
  Network(const world_config &config, const Host &host);

  /* Opens the captures in `directory`; false if one cannot be written. */
  bool capture(const std::string &directory);

  /* To be called before the simulator is destroyed; false if a capture could not be written. */
  bool close();

  /* All nodes: first those with a radio, then the wired ones. */
  size_t size() const {
    return stations.size() + wired.size();
  }
  Endpoint &endpoint(size_t index);
  const ns3::Ipv6Address &address(size_t index) const;

  /* The node with this address, or WORLD_NODE_NONE. */
  size_t find(const uint8_t ip[16]) const;

  /* Whether there is a way from one node to another for a datagram of so many octets. */
  bool carries(size_t from, size_t to, size_t length) const;

private:
  void add_stations(const world_config &config, const Host &host);
  void add_wired(const world_config &config, const Host &host);
  void connect(size_t index);
  bool has_radio(size_t index) const {
    return index < stations.size();
  }
  size_t hops(size_t from, size_t to) const;

  std::vector<size_t> parents; /* of all nodes; of a wired one 0, at the other end of its wire */
  Capture air, wires;
  std::vector<std::unique_ptr<Station>> stations;
  std::vector<std::unique_ptr<WiredNode>> wired;
};

} // namespace sim

#endif
