/* One radio as the addressed channel sees it: whether it has anything to do with what it hears. */
#ifndef SIM_NS3_EAR_H
#define SIM_NS3_EAR_H

#include "listener.h"
#include "owing_variable.h"

#include <ns3/lr-wpan-csmaca.h>
#include <ns3/lr-wpan-mac.h>
#include <ns3/lr-wpan-net-device.h>
#include <ns3/lr-wpan-phy.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace sim {

/* An ear is awake or idle. Of an awake one the PHY is handed each frame that the radio hears. An
 * idle one is handed none: its radio listens, and its MAC neither sends nor waits, so that all that
 * a frame would do is to keep the receiver and the channel busy. The listener of its place knows
 * for how long; how many random numbers the PHY would have drawn, they are owed; and whether a
 * clear channel assessment meets a frame.
 *
 * Of a radio that is off, an idle ear's PHY would do nothing at all but add up interference, which
 * it is handed when it starts up. One that may fall asleep at any moment is awake until it has:
 * what its PHY does then is what it does in ns-3's channel. */
class Ear {
public:
  /* The listener of its place outlives it. The device is complete; random streams are assigned to
   * its PHY afterwards, before reset. */
  Ear(size_t radio, Listener &listener, ns3::Ptr<ns3::LrWpanNetDevice> device);

  bool is_awake() const {
    return awake;
  }

  /* An awake one whose radio has nothing to do, and has heard the last of what was handed to it. */
  bool may_idle(int64_t now_ns) const {
    return quiet && heard_until_ns < now_ns && (is_off() || (!alert && is_listening()));
  }

  /* Whether it stays awake, unless its radio is off. */
  void set_alert(bool stays) {
    alert = stays;
  }

  /* The listener has been advanced to now. */
  void idle(int64_t now_ns);

  /* The same; hands the PHY what is in the air. */
  void wake(int64_t now_ns);

  /* What an awake one hears from `delay_ns` from now on. */
  void hear(ns3::Ptr<const ns3::SpectrumSignalParameters> frame, int64_t now_ns, int64_t delay_ns);

  /* How long it would have received while it was idle. The listener has been advanced to now. */
  int64_t overheard_ns(int64_t now_ns) const {
    return awake || off ? overheard_before_ns
                        : overheard_before_ns + listener.locked_ns(now_ns) - locked_then_ns;
  }

  /* Awake, as at first; what was handed to it is over. */
  void reset();

  /* Lets go of ns-3's objects. */
  void release();

  /* Called when the radio is no longer quiet; who listens wakes it if it is idle. */
  std::function<void(Ear &)> stirred;

  const size_t index; /* of the radio */

private:
  bool is_listening() const;
  bool is_off() const;
  void mac_changed(ns3::LrWpanMacState from, ns3::LrWpanMacState to);
  void assessed(ns3::LrWpanPhyEnumeration status);
  uint64_t draws_missed() const;
  void hand(const Signal &signal, int64_t now_ns);
  void end_handed(int64_t now_ns);
  void begin(ns3::Ptr<ns3::SpectrumSignalParameters> signal);

  Listener &listener;
  ns3::Ptr<ns3::LrWpanPhy> phy;
  ns3::Ptr<ns3::LrWpanCsmaCa> csma;
  ns3::Ptr<OwingVariable> draws;
  uint32_t node_id;
  bool awake = true;
  bool off = false;  /* while it is idle: its radio is off, and not starting up */
  bool quiet = true; /* the MAC neither sends nor waits for an acknowledgement */
  bool alert = false;
  int64_t heard_until_ns = -1;
  int64_t overheard_before_ns = 0;
  int64_t locked_then_ns = 0; /* of the listener, when it last became idle */
  uint64_t draws_then = 0;

  /* What was in the air when it last awoke. */
  struct Handed {
    int64_t end_ns;
    ns3::Ptr<ns3::SpectrumSignalParameters> signal;
  };
  std::vector<Handed> handed;
};

} // namespace sim

#endif
