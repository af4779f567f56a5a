/* Who hears whom: radios stand at places, and those at one place hear the same frames at the same
 * moments. A star of ten thousand has two places, so that it costs no more than its radios. */
#ifndef SIM_NS3_PLACES_H
#define SIM_NS3_PLACES_H

#include "api.h"

#include <cstdint>
#include <vector>

namespace sim {

/* How long a signal is on its way from one position to another. */
int64_t flight_ns(const world_position &from, const world_position &to);

/* A place that hears another, and how long a signal is on its way there. */
struct Hearer {
  uint32_t place;
  int64_t delay_ns;
};

class Places {
public:
  /* Whoever is within WORLD_RANGE_M hears; linear in the radios and the pairs of places that hear
   * each other. */
  explicit Places(const std::vector<world_position> &positions);

  /* Whoever a link goes to hears, one way; none twice, none to itself. Each radio is a place of its
   * own; positions give the delay. */
  Places(const std::vector<world_position> &positions, const std::vector<world_link> &links);

  size_t count() const {
    return hearers.size();
  }
  uint32_t place_of(size_t radio) const {
    return of_radio[radio];
  }

  /* The places that hear what is sent at a place; itself among them if it has several radios. */
  const std::vector<Hearer> &hearers_of(uint32_t place) const {
    return hearers[place];
  }

private:
  std::vector<uint32_t> of_radio;
  std::vector<std::vector<Hearer>> hearers;
};

} // namespace sim

#endif
