/* A channel in which a frame is worked on by those whom it concerns: its addressee, and whoever
 * sends, waits for an acknowledgement or receives already. In ns-3's own, every radio in range does
 * the work of every frame, so that N peers cost N squared.
 *
 * Nothing else differs: frames, collisions, clear channel assessments, radio states and random
 * numbers are those of ns-3's channel, to the nanosecond, crowded or not, and so are results, logs
 * and captures (sim/tests/channel_test.c). Only events are fewer, and the time for which an idle
 * radio would receive what is not for it must be asked for, as its states do not show it
 * (overheard_ns).
 *
 * Scope: all signals of equal power at who hears them, as ns3::RangePropagationLossModel has it;
 * radios that do not move; PHYs of ns3::LrWpanNetDevice alone; 16-bit addresses of stations. */
#ifndef SIM_NS3_CHANNEL_H
#define SIM_NS3_CHANNEL_H

#include "ear.h"
#include "places.h"

#include <ns3/spectrum-channel.h>

#include <memory>
#include <unordered_map>
#include <vector>

namespace sim {

class AddressedChannel : public ns3::SpectrumChannel {
public:
  static ns3::TypeId GetTypeId();

  explicit AddressedChannel(Places where);

  /* The radios of the places, in their order: each once it is complete. */
  void attach(ns3::Ptr<ns3::LrWpanNetDevice> device);

  /* Nothing is in the air, nothing was. The PHYs are put back by the caller. With `idle` false no
   * radio is ever idle, so that each hears what its capture shows. */
  void reset(bool idle);

  /* How long a radio would have received, since reset, while its states said that it listened. */
  uint64_t overheard_ns(size_t radio);

  /* Of a radio that is about to sleep, or to start up: it does the work of each frame, as in ns-3's
   * channel, until it is off. */
  void set_alert(size_t radio, bool alert);

  void StartTx(ns3::Ptr<ns3::SpectrumSignalParameters> frame) override;

  /* Who is there is known from attach. */
  void AddRx(ns3::Ptr<ns3::SpectrumPhy> phy) override;
  void RemoveRx(ns3::Ptr<ns3::SpectrumPhy> phy) override;
  std::size_t GetNDevices() const override;
  ns3::Ptr<ns3::NetDevice> GetDevice(std::size_t radio) const override;

private:
  struct Receiver {
    Ear *ear;
    int64_t delay_ns;
  };
  struct Place {
    Listener listener;
    std::vector<Ear *> awake; /* in any order */
  };

  void DoDispose() override;
  void stir(Ear &ear);
  void wake(Ear &ear, Place &place, int64_t now_ns);
  void idle(Place &place, int64_t now_ns);
  void wake_addressed(size_t addressee, uint32_t place, int64_t now_ns);
  void tell(uint32_t place, const Signal &signal, int64_t delay_ns, const Ear &sender);

  const Places places;
  bool may_idle = true;
  std::vector<Place> at;
  std::vector<std::vector<Ear *>> residents; /* by place */
  std::vector<std::unique_ptr<Ear>> ears;
  std::vector<ns3::Ptr<ns3::LrWpanNetDevice>> devices;
  std::unordered_map<const ns3::SpectrumPhy *, Ear *> of_phy;
  std::vector<Receiver> receivers; /* of the frame that begins; kept for its memory */
};

} // namespace sim

#endif
