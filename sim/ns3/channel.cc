#include "channel.h"
#include "station.h"

#include <ns3/lr-wpan-spectrum-signal-parameters.h>
#include <ns3/packet-burst.h>
#include <ns3/simulator.h>

#include <algorithm>

namespace sim {
namespace {

constexpr size_t NOBODY = SIZE_MAX; /* an acknowledgement: whoever waits for it is awake */
constexpr size_t EVERYBODY = SIZE_MAX - 1;

int64_t now_ns() {
  return ns3::Simulator::Now().GetNanoSeconds();
}

/* The radio that a frame is for (IEEE 802.15.4-2006, 7.2.1). What has no 16-bit address of one
 * radio is for everybody. */
size_t addressee_of(const ns3::SpectrumSignalParameters &frame) {
  enum { ACKNOWLEDGEMENT = 2, SHORT_ADDRESS = 2, DESTINATION = 5, OCTETS = DESTINATION + 2 };
  const auto &params = static_cast<const ns3::LrWpanSpectrumSignalParameters &>(frame);
  uint8_t header[OCTETS] = {};
  params.packetBurst->GetPackets().front()->CopyData(header, OCTETS);
  if ((header[0] & 7) == ACKNOWLEDGEMENT)
    return NOBODY;
  const size_t address = header[DESTINATION] | header[DESTINATION + 1] << 8;
  const bool is_one = (header[1] >> 2 & 3) == SHORT_ADDRESS && address < 0x8000;
  return is_one ? address - Station::short_address(0) : EVERYBODY;
}

} // namespace

ns3::TypeId AddressedChannel::GetTypeId() {
  static ns3::TypeId id = ns3::TypeId("sim::AddressedChannel").SetParent<ns3::SpectrumChannel>();
  return id;
}

AddressedChannel::AddressedChannel(Places where)
    : places(std::move(where)), at(places.count()), residents(places.count()) {
}

void AddressedChannel::attach(ns3::Ptr<ns3::LrWpanNetDevice> device) {
  const uint32_t place = places.place_of(ears.size());
  ears.push_back(std::make_unique<Ear>(ears.size(), at[place].listener, device));
  Ear *ear = ears.back().get();
  ear->stirred = [this](Ear &which) { stir(which); };
  at[place].awake.push_back(ear);
  residents[place].push_back(ear);
  devices.push_back(device);
  of_phy.emplace(PeekPointer(device->GetPhy()), ear);
}

/* What begins at one moment begins in the order in which it was sent, and at one sender's hearers
 * in that of the radios, as in ns-3. */
void AddressedChannel::StartTx(ns3::Ptr<ns3::SpectrumSignalParameters> frame) {
  const int64_t now = now_ns(), duration = frame->duration.GetNanoSeconds();
  const Ear &sender = *of_phy.at(PeekPointer(frame->txPhy));
  const size_t addressee = addressee_of(*frame);
  receivers.clear();
  for (const Hearer &hearer : places.hearers_of(places.place_of(sender.index))) {
    Place &place = at[hearer.place];
    place.listener.advance(now);
    if (may_idle)
      idle(place, now);
    wake_addressed(addressee, hearer.place, now);
    const int64_t begin = now + hearer.delay_ns;
    tell(hearer.place, {begin, begin + duration, frame}, hearer.delay_ns, sender);
  }
  std::sort(receivers.begin(), receivers.end(),
            [](const Receiver &a, const Receiver &b) { return a.ear->index < b.ear->index; });
  for (const Receiver &receiver : receivers)
    receiver.ear->hear(frame, now, receiver.delay_ns);
}

void AddressedChannel::tell(uint32_t number, const Signal &signal, int64_t delay_ns,
                            const Ear &sender) {
  Place &place = at[number];
  place.listener.hear(signal);
  for (Ear *ear : place.awake)
    if (ear != &sender)
      receivers.push_back({ear, delay_ns});
}

/* The listener has been advanced. */
void AddressedChannel::idle(Place &place, int64_t now) {
  for (size_t i = place.awake.size(); i-- > 0;)
    if (place.awake[i]->may_idle(now)) {
      place.awake[i]->idle(now);
      place.awake[i] = place.awake.back();
      place.awake.pop_back();
    }
}

void AddressedChannel::wake_addressed(size_t addressee, uint32_t number, int64_t now) {
  if (addressee == EVERYBODY)
    for (Ear *ear : residents[number])
      wake(*ear, at[number], now);
  else if (addressee < ears.size() && places.place_of(addressee) == number)
    wake(*ears[addressee], at[number], now);
}

/* The listener has been advanced. */
void AddressedChannel::wake(Ear &ear, Place &place, int64_t now) {
  if (ear.is_awake())
    return;
  place.awake.push_back(&ear);
  ear.wake(now);
}

void AddressedChannel::stir(Ear &ear) {
  const int64_t now = now_ns();
  Place &place = at[places.place_of(ear.index)];
  place.listener.advance(now);
  wake(ear, place, now);
}

void AddressedChannel::set_alert(size_t radio, bool alert) {
  ears[radio]->set_alert(alert);
  if (alert)
    stir(*ears[radio]);
}

uint64_t AddressedChannel::overheard_ns(size_t radio) {
  const int64_t now = now_ns();
  at[places.place_of(radio)].listener.advance(now);
  return static_cast<uint64_t>(ears[radio]->overheard_ns(now));
}

void AddressedChannel::reset(bool idle) {
  may_idle = idle;
  for (uint32_t i = 0; i < at.size(); i++)
    at[i] = {Listener(), residents[i]};
  for (auto &ear : ears)
    ear->reset();
}

void AddressedChannel::AddRx(ns3::Ptr<ns3::SpectrumPhy>) {
}

void AddressedChannel::RemoveRx(ns3::Ptr<ns3::SpectrumPhy>) {
}

std::size_t AddressedChannel::GetNDevices() const {
  return devices.size();
}

ns3::Ptr<ns3::NetDevice> AddressedChannel::GetDevice(std::size_t radio) const {
  return devices.at(radio);
}

void AddressedChannel::DoDispose() {
  for (Place &place : at)
    place.listener = Listener();
  for (auto &ear : ears)
    ear->release();
  devices.clear();
  of_phy.clear();
  SpectrumChannel::DoDispose();
}

} // namespace sim
