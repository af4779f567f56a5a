/* Indirect transmission (IEEE 802.15.4-2006 section 7.5.5), the parent's side: what is for a child
 * that polls waits until the child asks for it. ns-3's MAC has none; this stands above it.
 *
 * A data request is acknowledged, with the frame pending bit where something is held, and the first
 * frame that is held follows at once, by CSMA-CA; its own frame pending bit says whether there is
 * more. A frame that is not acknowledged is not repeated (7.5.6.4.3): it is held on, and goes with
 * the same sequence number when the child asks again. What is held for longer than
 * macTransactionPersistenceTime is lost, and so is what finds as many frames with the MAC and held,
 * for all children, as the MAC may have.
 *
 * Not modelled: beacons that tell what is pending; a child's direct frames that are taken for a
 * request; broadcasts, of which there are none. */
#ifndef SIM_NS3_HOLDER_H
#define SIM_NS3_HOLDER_H

#include "host.h"
#include "mac_frame.h"

#include <ns3/event-id.h>
#include <ns3/lr-wpan-net-device.h>

#include <deque>
#include <functional>
#include <map>
#include <optional>

namespace sim {

/* A device that asks before it hands a frame to its MAC. */
class HoldingDevice : public ns3::LrWpanNetDevice {
public:
  static ns3::TypeId GetTypeId();
  bool Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address &to, uint16_t protocol) override;

  /* Whether a frame to this 16-bit address is kept back. */
  std::function<bool(ns3::Ptr<ns3::Packet>, uint16_t)> keeps;

  /* What its MAC is handed now, which makes a frame of it. */
  ns3::Ptr<const ns3::Packet> handed;
};

class Holder {
public:
  explicit Holder(const Host &to);

  /* Told of a frame that is given up. */
  using Drop = std::function<void(ns3::Ptr<const ns3::Packet>, world_drop)>;

  /* The device is complete, and outlived. What is given up of what this holds, `dropped` is told.
   */
  void attach(ns3::Ptr<HoldingDevice> device, Drop dropped);

  /* From now on what is for this child is held, or no longer; what is held then is sent. */
  void add_child(uint16_t address, size_t node_index);
  void remove_child(uint16_t address);

  /* The MAC accepts a frame, or its state changes. */
  void received(ns3::Ptr<const ns3::Packet> frame);
  void changed(ns3::LrWpanMacState to);

  /* The MAC has done with a frame of HELD_FRAME. */
  void confirmed(ns3::LrWpanMcpsDataConfirmStatus status);

  /* Holds nothing, for nobody, without a word. */
  void clear();

  /* Of the MAC; queue_frames 0: no limit. */
  void set_parameters(uint8_t max_retries, unsigned queue_frames);

  /* Lets go of ns-3's objects. */
  void release();

private:
  struct Held {
    ns3::Ptr<ns3::Packet> payload;
    uint32_t datagram;
    std::optional<uint8_t> sequence; /* once it was sent */
    bool expired;                    /* while it was with the MAC */
    ns3::EventId expiry;
  };
  struct Child {
    size_t index;
    std::deque<Held> held;
    bool in_mac; /* the first */
  };

  bool keep(ns3::Ptr<ns3::Packet> payload, uint16_t to);
  void mark_acknowledgement();
  void release_first(Child &child, uint16_t address);
  void expire(uint16_t address);
  void remove(Child &child, size_t place);
  void give_up(Child &child, size_t place, uint16_t address);
  ns3::Ptr<ns3::Packet> frame_to(uint16_t address, const Held &held, bool pending) const;
  bool waits(const Child &child, uint32_t datagram) const;
  void tell(const Child &child, uint32_t datagram, bool waited) const;

  const Host &host;
  ns3::Ptr<HoldingDevice> device;
  ns3::Ptr<ns3::LrWpanMac> mac;
  Drop drop;
  std::map<uint16_t, Child> children; /* by 16-bit address */
  size_t held_count = 0;              /* of all children; those with the MAC are not counted */
  uint8_t retries = 0;
  unsigned room = 0;                    /* 0: no limit */
  std::optional<uint8_t> acknowledging; /* with the frame pending bit */
};

} // namespace sim

#endif
