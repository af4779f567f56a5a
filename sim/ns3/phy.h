/* The PHY of ns-3 with one fault mended, and with a rule for collisions in place of its error model
 * where one is asked for.
 *
 * A radio that must acknowledge gives up a frame that it has just begun to receive. ns-3 3.37 notes
 * that in a flag which it clears only when that frame ends; if the radio locks on to another frame
 * before, the flag hits the wrong one, the radio stays in BUSY_RX with nothing to receive, and the
 * next frame is a null pointer. Here a radio locks on to nothing until the frame that it gave up
 * has left the air: what comes meanwhile is noise. */
#ifndef SIM_NS3_PHY_H
#define SIM_NS3_PHY_H

#include "collision.h"

#include <ns3/lr-wpan-error-model.h>
#include <ns3/lr-wpan-phy.h>
#include <ns3/packet.h>

#include <functional>
#include <memory>

namespace sim {

class Phy : public ns3::LrWpanPhy {
public:
  static ns3::TypeId GetTypeId();
  void StartRx(ns3::Ptr<ns3::SpectrumSignalParameters> signal) override;

  /* Whether it listens, hears nothing, and is about to do nothing else. */
  bool is_at_rest() const;

  /* Puts it back, at rest, to where it was before its first frame. Its device is complete: that
   * sets ns-3's error model. */
  void reset(const CaptureRule &capture);

  /* Told what becomes of each frame that comes; may be empty. */
  std::function<void(ns3::Ptr<const ns3::Packet>, world_fate)> ended_as;

  /* Whether the frame whose reception ends is lost on its link. */
  void set_lost(bool is_lost) {
    lost = is_lost;
  }

  /* Whether a collision has destroyed the frame whose reception ends, as the rule says. */
  bool is_destroyed() const {
    return collisions && collisions->is_destroyed();
  }

private:
  void NotifyConstructionCompleted() override;
  void changed(ns3::Time now, ns3::LrWpanPhyEnumeration from, ns3::LrWpanPhyEnumeration to);
  void began(ns3::Ptr<const ns3::Packet> frame);
  void ended(ns3::Ptr<const ns3::Packet> frame, double quality);
  void set_capture(const CaptureRule &rule);
  world_fate missed_as(bool gave_up_another) const;
  world_fate received_as() const;
  double power_w(ns3::Ptr<const ns3::SpectrumValue> density) const;

  ns3::LrWpanPhyEnumeration state = ns3::IEEE_802_15_4_PHY_TRX_OFF;
  bool locked = false; /* on a frame that is in the air, given up or not */
  bool lost = false;
  ns3::Ptr<ns3::LrWpanErrorModel> error_model; /* ns-3's own */
  std::unique_ptr<Collisions> collisions;      /* null: the error model says */
};

} // namespace sim

#endif
