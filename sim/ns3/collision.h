/* What becomes of a frame that meets others at a receiver, where ns-3's error model is not to say:
 * that knows, for the last octets of a frame alone, what else was in the air, and lets a frame of
 * 80 octets survive beside one as strong with probability 0.9. */
#ifndef SIM_NS3_COLLISION_H
#define SIM_NS3_COLLISION_H

#include "api.h"

#include <cstdint>
#include <vector>

namespace sim {

struct CaptureRule {
  world_capture kind;
  double threshold_db; /* of WORLD_CAPTURE_SINR */
};

/* All that one receiver hears. Powers in watt, times in nanoseconds. */
class Collisions {
public:
  explicit Collisions(const CaptureRule &what, double noise_w);

  /* A signal begins; `locks`: the receiver locks on to it. */
  void begin(int64_t now_ns, int64_t duration_ns, double power_w, bool locks);

  /* Of the frame that was locked on to last. Interference is greatest where a signal begins, so
   * that it is known before the frame ends. */
  bool is_destroyed() const {
    return destroyed;
  }

  void reset();

private:
  struct Interferer {
    int64_t end_ns;
    double power_w;
  };

  bool survives(double wanted_w, double others_w, size_t others) const;

  CaptureRule rule;
  double noise_w;
  double threshold;               /* a ratio of powers */
  std::vector<Interferer> others; /* than the frame that is locked on to */
  Interferer wanted = {-1, 0};
  bool destroyed = false;
};

} // namespace sim

#endif
