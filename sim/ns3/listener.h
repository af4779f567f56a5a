/* A radio at a place that does nothing but listen: it stands for all radios there that have nothing
 * to do with what they hear, so that a frame costs one listener and not each radio. */
#ifndef SIM_NS3_LISTENER_H
#define SIM_NS3_LISTENER_H

#include <ns3/spectrum-signal-parameters.h>

#include <cstdint>
#include <vector>

namespace sim {

/* A frame as it comes to a place. */
struct Signal {
  int64_t begin_ns;
  int64_t end_ns;
  ns3::Ptr<const ns3::SpectrumSignalParameters> frame;
};

/* It does as ns3::LrWpanPhy: it locks on to a frame that begins while it is locked on to none,
 * unless others drown it, and is busy with it to its end; what begins meanwhile is interference. At
 * one moment, what ends comes before what begins. All signals are of equal power. */
class Listener {
public:
  /* A signal that begins now or later; after all that were told before with the same beginning. */
  void hear(const Signal &signal);

  /* All that begins before `now`, and ends up to then. Time does not run backwards. */
  void advance(int64_t now_ns);

  /* Whether a radio there senses something; advanced or not. */
  bool is_busy(int64_t now_ns) const;

  /* After advance: the time for which it was locked on to frames since the start. */
  int64_t locked_ns(int64_t now_ns) const {
    return locked ? locked_before_ns + now_ns - lock_begin_ns : locked_before_ns;
  }

  /* After advance: how many random numbers ns3::LrWpanPhy would have drawn for its receptions. */
  uint64_t draws() const {
    return draw_count;
  }

  /* After advance: what is in the air, by its beginning. The first begun() have begun. */
  const std::vector<Signal> &signals() const {
    return in_air;
  }
  size_t begun() const {
    return begun_count;
  }
  bool is_locked() const {
    return locked != nullptr;
  }
  bool is_locked_on(const Signal &signal) const {
    return locked && signal.frame == locked;
  }

private:
  void begin(const Signal &signal);
  void release();

  std::vector<Signal> in_air;
  size_t begun_count = 0;
  ns3::Ptr<const ns3::SpectrumSignalParameters> locked; /* null: on to none */
  int64_t lock_begin_ns = 0;
  int64_t lock_end_ns = 0;
  int64_t locked_before_ns = 0;
  uint64_t draw_count = 0;
};

} // namespace sim

#endif
