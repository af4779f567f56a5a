/* A tree of stations in which all addresses, routes and neighbours are known before the first
 * frame. */
#ifndef SIM_NS3_NETWORK_H
#define SIM_NS3_NETWORK_H

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

  size_t size() const {
    return stations.size();
  }
  Station &at(size_t index) {
    return *stations[index];
  }
  const Station &at(size_t index) const {
    return *stations[index];
  }

  /* Whether this is the address of a node, and of which. */
  bool find(const uint8_t ip[16], size_t *index) const;

private:
  void connect(size_t index, const size_t *parents);

  Capture air;
  std::vector<std::unique_ptr<Station>> stations;
};

} // namespace sim

#endif
