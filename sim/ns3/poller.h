/* A sleepy end device's side of indirect transmission: it asks its parent for what is held for it,
 * by a data request (IEEE 802.15.4-2006 section 7.3.4: 12 octets with 16-bit addresses), each time
 * that an interval has passed since it last did.
 *
 * Where the acknowledgement says that something is pending, it listens for as long as a frame may
 * take to come (macMaxFrameTotalWaitTime); where the frame that comes says that there is more, it
 * asks again at once; where none comes, too, but no more than QUICK_POLLS times in a row, as
 * OpenThread does. A data request that the MAC gives up is not made up for before the next is due.
 *
 * Not modelled: intervals that become shorter where an answer is expected (Thread's fast polls),
 * and the frame pending bit in acknowledgements of what the device sends of its own. */
#ifndef SIM_NS3_POLLER_H
#define SIM_NS3_POLLER_H

#include "mac_frame.h"
#include "sleeper.h"

#include <ns3/event-id.h>
#include <ns3/lr-wpan-net-device.h>

namespace sim {

class Poller {
public:
  /* The device is complete; `sleeper`, which is its, is told when an answer is to come. */
  void attach(ns3::Ptr<ns3::LrWpanNetDevice> device, Sleeper &sleeper);

  /* Asks this 16-bit address `first_ns` from now and every `interval_ns`, 1 or more. */
  void start(uint16_t parent, uint64_t first_ns, uint64_t interval_ns);
  void stop();

  /* How long to wait for what is pending, in symbols of 16 us. */
  void set_wait_symbols(uint32_t symbols) {
    wait_ns = static_cast<int64_t>(symbols) * 16000;
  }

  /* The MAC accepts a frame. */
  void received(ns3::Ptr<const ns3::Packet> frame);

  /* Lets go of ns-3's objects. */
  void release();

private:
  enum class State { RESTING, ASKING, WAITING };

  void ask();
  void asked(ns3::MlmePollConfirmParams params);
  void timed_out();
  void rest();

  ns3::Ptr<ns3::LrWpanMac> mac;
  Sleeper *sleeper = nullptr;
  uint16_t parent = 0;
  uint16_t pan = 0;
  State state = State::RESTING;
  uint8_t sequence = 0; /* of the last data request */
  bool pending = false; /* as its acknowledgement said */
  unsigned quick_polls = 0;
  int64_t interval_ns = 0; /* 0: it does not poll */
  int64_t wait_ns = 0;
  ns3::EventId next, timeout;
};

} // namespace sim

#endif
