/* What one radio does, told to the host: its states, its transmissions, its losses, and what its
 * MAC gives up. */
#ifndef SIM_NS3_RADIO_H
#define SIM_NS3_RADIO_H

#include "capture.h"
#include "host.h"
#include "phy.h"

#include <ns3/error-model.h>
#include <ns3/lr-wpan-mac.h>
#include <ns3/lr-wpan-net-device.h>
#include <ns3/lr-wpan-phy.h>

namespace sim {

/* A frame carries its sender's index from the start of its transmission to its reception. It must
 * not survive into the frame that forwards the packet. */
void remove_sender(ns3::Ptr<ns3::Packet> packet);

/* Asks the host whether a frame that this radio locked on to is lost; one that a collision has
 * destroyed is. */
class LinkLoss : public ns3::ErrorModel {
public:
  /* `phy` owns it. */
  LinkLoss(const Host &to, size_t node_index, Phy &phy);
  static ns3::TypeId GetTypeId();

private:
  bool DoCorrupt(ns3::Ptr<ns3::Packet> frame) override;
  void DoReset() override;

  const Host &host;
  const size_t receiver;
  Phy &phy;
};

class Radio {
public:
  Radio(const Host &to, Capture &all, size_t node_index);

  /* Follows a device from now on. */
  void attach(ns3::Ptr<ns3::LrWpanNetDevice> device);

  /* Tells the present state. */
  void begin();

  /* It leaves the state of being off: nothing shows that before it listens. */
  void start_up() {
    enter(WORLD_RADIO_READY);
  }

  /* The MAC has done with a data frame. */
  void confirmed(ns3::LrWpanMcpsDataConfirmStatus status, ns3::Ptr<const ns3::Packet> psdu);

  /* A data frame is given up. */
  void drop(ns3::Ptr<const ns3::Packet> psdu, enum world_drop why);

  /* Lets go of ns-3's objects. */
  void release();

  /* The capture of what this radio sends and hears. */
  Capture capture;

private:
  void transmission(ns3::Ptr<const ns3::Packet> psdu);
  void sniffed(ns3::Ptr<const ns3::Packet> psdu);
  void changed(ns3::Time now, ns3::LrWpanPhyEnumeration from, ns3::LrWpanPhyEnumeration to);
  void enter(enum world_radio state);
  void ended(ns3::Ptr<const ns3::Packet> psdu, enum world_fate fate);

  const Host &host;
  Capture &air;
  ns3::Ptr<Phy> phy;
  const size_t index;
  enum world_radio state = WORLD_RADIO_OFF;
};

} // namespace sim

#endif
