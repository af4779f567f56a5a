/* A random variable that may owe draws: those of a radio that was not asked to draw, as it had
 * nothing to do. They are made up for before the next, so that each draw is what it would have
 * been.
 */
#ifndef SIM_NS3_OWING_VARIABLE_H
#define SIM_NS3_OWING_VARIABLE_H

#include <ns3/random-variable-stream.h>

#include <cstdint>

namespace sim {

class OwingVariable : public ns3::UniformRandomVariable {
public:
  static ns3::TypeId GetTypeId();

  void owe(uint64_t draws) {
    owed += draws;
  }

  /* After SetStream, which begins the stream anew. */
  void forgive() {
    owed = 0;
  }

  double GetValue() override;

private:
  uint64_t owed = 0;
};

} // namespace sim

#endif
