/* What one MAC does, told to the host: the data frames that it holds, and what it does about them.
 */
#ifndef SIM_NS3_ACCESS_H
#define SIM_NS3_ACCESS_H

#include "host.h"

#include <ns3/lr-wpan-mac.h>
#include <ns3/lr-wpan-net-device.h>

namespace sim {

class Access {
public:
  Access(const Host &to, size_t node_index);

  /* Follows a device from now on. */
  void attach(ns3::Ptr<ns3::LrWpanNetDevice> device);

  /* The state of the MAC changes. */
  void changed(ns3::LrWpanMacState from, ns3::LrWpanMacState to);

  /* The MAC was put back: it is idle. */
  void reset();

  /* Lets go of ns-3's objects. */
  void release();

private:
  void queued(ns3::Ptr<const ns3::Packet> frame);
  void unqueued(ns3::Ptr<const ns3::Packet> frame);
  enum world_mac state_of(ns3::LrWpanMacState from, ns3::LrWpanMacState to) const;

  const Host &host;
  const size_t index;
  ns3::Ptr<ns3::LrWpanMac> mac;
  enum world_mac state = WORLD_MAC_IDLE;
};

} // namespace sim

#endif
