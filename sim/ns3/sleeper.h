/* Lets a radio sleep: where that is asked for, it is off whenever its node's MAC has nothing to do
 * and it receives nothing. What the MAC has to send wakes it, until the acknowledgement has come or
 * is given up.
 *
 * Not modelled: an oscillator that takes longer to start than the turnaround time (192 us), which
 * is how long ns-3's radio takes from off to listening; a receiver that gives up a frame once it
 * has read in its header that it is for another. Behind an acknowledgement that it has sent, the
 * radio first turns round to listen, as ns-3's MAC asks of it, and then sleeps. */
#ifndef SIM_NS3_SLEEPER_H
#define SIM_NS3_SLEEPER_H

#include "radio.h"

#include <ns3/event-id.h>
#include <ns3/lr-wpan-mac.h>
#include <ns3/lr-wpan-net-device.h>
#include <ns3/lr-wpan-phy.h>

#include <functional>

namespace sim {

class Sleeper {
public:
  /* `of` outlives it; the device is complete. */
  void attach(ns3::Ptr<ns3::LrWpanNetDevice> device, Radio &of);

  /* Whether the radio sleeps when there is nothing to do; it does not at first. */
  void set_sleeping(bool sleeps);

  /* Whether it listens all the same: something is to come. */
  void set_expecting(bool expects);

  /* The state of the MAC changes. */
  void changed(ns3::LrWpanMacState to);

  /* Lets go of ns-3's objects. */
  void release();

  /* Called before the radio leaves the state of being off; may be empty. */
  std::function<void()> starting;

private:
  /* ns-3's MAC switches a radio off by itself, where its receiver is to be off while the MAC is
   * idle. It does so too early: before an acknowledgement that is due, which then comes at once
   * rather than after the turnaround, and before what waits in its queue, which it then forgets.
   * Hence it is told so only at rest, and for as long as there is rest. */
  bool is_asleep() const {
    return !mac->GetRxOnWhenIdle();
  }
  bool is_idle() const;
  void phy_changed(ns3::Time now, ns3::LrWpanPhyEnumeration from, ns3::LrWpanPhyEnumeration to);
  void consider();
  void settle();
  void wake();

  Radio *radio = nullptr;
  ns3::Ptr<ns3::LrWpanMac> mac;
  ns3::Ptr<ns3::LrWpanPhy> phy;
  ns3::EventId settling;
  bool sleeping = false;
  bool expecting = false;
};

} // namespace sim

#endif
