#include "station.h"
#include "internet.h"
#include "member.h"
#include "streams.h"

#include <ns3/boolean.h>
#include <ns3/constant-position-mobility-model.h>
#include <ns3/ipv6-interface.h>
#include <ns3/ipv6-l3-protocol.h>
#include <ns3/lr-wpan-csmaca.h>
#include <ns3/lr-wpan-mac.h>
#include <ns3/lr-wpan-phy.h>
#include <ns3/ndisc-cache.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/rng-stream.h>

#include <algorithm>

namespace sim {

SIM_MEMBER(MacState, ns3::LrWpanMac::m_lrWpanMacState)
SIM_MEMBER(MacQueue, ns3::LrWpanMac::m_txQueue)
SIM_MEMBER(MacSent, ns3::LrWpanMac::m_txPkt)
SIM_MEMBER(MacReceived, ns3::LrWpanMac::m_rxPkt)
SIM_MEMBER(MacRetries, ns3::LrWpanMac::m_retransmission)
SIM_MEMBER(MacAccesses, ns3::LrWpanMac::m_numCsmacaRetry)
SIM_MEMBER(CsmaAssessing, ns3::LrWpanCsmaCa::m_ccaRequestRunning)
SIM_MEMBER(CsmaBackOffs, ns3::LrWpanCsmaCa::m_NB)

namespace {

constexpr uint16_t PAN_ID = 0xabcd;
constexpr uint8_t CONTEXT_ID = 0;
constexpr int CONTEXT_LIFETIME_DAYS = 36500;

void set_addresses(ns3::Ptr<ns3::LrWpanMac> mac, size_t index) {
  const uint16_t address = Station::short_address(index);
  const uint8_t octets[8] = {
      0x02, 0, 0, 0, 0, 0, static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
  ns3::Mac16Address short_form;
  short_form.CopyFrom(octets + 6);
  ns3::Mac64Address extended;
  extended.CopyFrom(octets);
  mac->SetPanId(PAN_ID);
  mac->SetShortAddress(short_form);
  mac->SetExtendedAddress(extended);
}

/* The MAC's own first number comes from a stream that depends on all that was made before. */
uint8_t first_sequence_number(size_t index) {
  constexpr uint64_t FIRST_NAMED_STREAM = UINT64_C(1) << 63; /* those below are ns-3's to count */
  const uint64_t stream =
      FIRST_NAMED_STREAM + static_cast<uint64_t>(stream_of(index, Purpose::SEQUENCE_NUMBER));
  ns3::RngStream random(ns3::RngSeedManager::GetSeed(), stream, ns3::RngSeedManager::GetRun());
  return static_cast<uint8_t>(random.RandU01() * 256);
}

bool mac_is_at_rest(ns3::LrWpanMac &mac) {
  return mac.*member_of(MacState{}) == ns3::MAC_IDLE && (mac.*member_of(MacQueue{})).empty();
}

void reset_mac(ns3::LrWpanMac &mac, const MacParameters &parameters, size_t index) {
  mac.SetMacMaxFrameRetries(parameters.max_retries);
  mac.SetTxQMaxSize(parameters.queue_frames == 0 ? UINT32_MAX : parameters.queue_frames);
  mac.m_macDsn = ns3::SequenceNumber8(first_sequence_number(index));
  mac.*member_of(MacSent{}) = nullptr;
  mac.*member_of(MacReceived{}) = nullptr;
  mac.*member_of(MacRetries{}) = 0;
  mac.*member_of(MacAccesses{}) = 0;
}

void reset_back_off(ns3::LrWpanCsmaCa &csma, const MacParameters &parameters, size_t index) {
  csma.SetMacMaxBE(parameters.max_be);
  csma.SetMacMinBE(parameters.min_be);
  csma.SetMacMaxCSMABackoffs(parameters.max_backoffs);
  csma.AssignStreams(stream_of(index, Purpose::BACK_OFF));
  csma.*member_of(CsmaAssessing{}) = false;
  csma.*member_of(CsmaBackOffs{}) = 0;
}

/* macMaxFrameTotalWaitTime (IEEE 802.15.4-2006 table 86): the longest back-offs, and the longest
 * frame, with preamble, SFD and length. */
uint32_t frame_wait_symbols(const MacParameters &parameters) {
  constexpr uint32_t BACK_OFF_SYMBOLS = 20,
                     FRAME_SYMBOLS = 2 * (WORLD_PHY_OVERHEAD + WORLD_PSDU_MAX);
  const unsigned rising =
      std::min<unsigned>(parameters.max_be - parameters.min_be, parameters.max_backoffs);
  uint32_t back_offs = ((1u << parameters.max_be) - 1) * (parameters.max_backoffs - rising);
  for (unsigned i = 0; i < rising; i++)
    back_offs += 1u << (parameters.min_be + i);
  return back_offs * BACK_OFF_SYMBOLS + FRAME_SYMBOLS;
}

void add_permanent(ns3::Ptr<ns3::NdiscCache> cache, ns3::Ipv6Address address, ns3::Address link) {
  ns3::NdiscCache::Entry *entry = cache->Add(address);
  entry->SetMacAddress(link);
  entry->MarkPermanent();
}

/* ns-3 takes an address for one of the context if it has all bits of the prefix, as those of the
 * wired nodes have those of WORLD_PREFIX. The bits beyond the length, which the interface
 * identifier of each short address has and theirs have not, count in that comparison alone. */
ns3::Ipv6Prefix context_prefix() {
  ns3::Ipv6Prefix prefix(WORLD_PREFIX "ff:fe00:0");
  prefix.SetPrefixLength(64);
  return prefix;
}

} // namespace

Station::Station(const StationPlan &plan, const Host &host, Capture &air)
    : radio(host, air, plan.index), access(host, plan.index), endpoint(host, plan.index),
      index(plan.index), holder(host) {
  node = ns3::CreateObject<ns3::Node>();
  auto position = ns3::CreateObject<ns3::ConstantPositionMobilityModel>();
  position->SetPosition(ns3::Vector(plan.position.x_m, plan.position.y_m, 0));
  node->AggregateObject(position);
  if (plan.audience)
    plan.audience->add(position, plan.index);
  add_device(plan);
  add_internet(node, *plan.tree, plan.index);
  add_lowpan_interface();
  radio.attach(device);
  access.attach(device);
  sleeper.attach(device, radio);
  poller.attach(device, sleeper);
  holder.attach(
      device, [this](ns3::Ptr<const ns3::Packet> psdu, world_drop why) { radio.drop(psdu, why); });
  follow_mac();
  endpoint.attach(node);
}

uint16_t Station::short_address(size_t index) {
  return static_cast<uint16_t>(index + 1);
}

void Station::add_device(const StationPlan &plan) {
  device = ns3::CreateObject<HoldingDevice>();
  device->SetPhy(ns3::CreateObject<Phy>());
  device->SetChannel(plan.channel);
  node->AddDevice(device);
  set_addresses(device->GetMac(), plan.index);
  filter.install(device);
}

void Station::add_lowpan() {
  lowpan = ns3::CreateObject<LowpanDevice>();
  lowpan->SetAttribute("Rfc6282", ns3::BooleanValue(true));
  lowpan->SetAttribute("OmitUdpChecksum", ns3::BooleanValue(false));
  lowpan->AddContext(CONTEXT_ID, context_prefix(), true, ns3::Days(CONTEXT_LIFETIME_DAYS));
  node->AddDevice(lowpan);
  lowpan->SetNetDevice(device);
}

void Station::add_lowpan_interface() {
  link_local = ns3::Ipv6Address::MakeAutoconfiguredLinkLocalAddress(device->GetAddress());
  global = ns3::Ipv6Address::MakeAutoconfiguredAddress(device->GetAddress(),
                                                       ns3::Ipv6Address(WORLD_PREFIX));
  add_lowpan();
  interface = add_interface(node, lowpan, global);
  routing_of(node)->set_interface(interface);
}

void Station::add_neighbour(const Station &neighbour) {
  ns3::Ptr<ns3::NdiscCache> cache =
      node->GetObject<ns3::Ipv6L3Protocol>()->GetInterface(interface)->GetNdiscCache();
  add_permanent(cache, neighbour.link_local, neighbour.device->GetAddress());
  add_permanent(cache, neighbour.global, neighbour.device->GetAddress());
}

void Station::set_parent(const Station &parent) {
  routing_of(node)->set_parent(parent.link_local);
}

void Station::set_forwarding(bool forwards) {
  routing_of(node)->set_forwarding(forwards);
}

/* For all whom it concerns: a callback of ns-3 takes some 300 octets. */
void Station::follow_mac() {
  ns3::Ptr<ns3::LrWpanMac> mac = device->GetMac();
  mac->SetMcpsDataConfirmCallback(ns3::MakeCallback(&Station::confirmed, this));
  mac->TraceConnectWithoutContext("MacRx", ns3::MakeCallback(&Station::received, this));
  mac->TraceConnectWithoutContext("MacState", ns3::MakeCallback(&Station::mac_changed, this));
}

void Station::received(ns3::Ptr<const ns3::Packet> frame) {
  poller.received(frame);
  holder.received(frame);
}

void Station::mac_changed(ns3::LrWpanMacState from, ns3::LrWpanMacState to) {
  access.changed(from, to);
  sleeper.changed(to);
  holder.changed(to);
}

void Station::confirmed(ns3::McpsDataConfirmParams params) {
  const bool no_room = params.m_status == ns3::IEEE_802_15_4_TRANSACTION_OVERFLOW;
  if (params.m_msduHandle == HELD_FRAME)
    holder.confirmed(params.m_status);
  else
    radio.confirmed(params.m_status, no_room ? device->handed : mac_first(*device->GetMac()));
}

void Station::set_sleeping(bool sleeps) {
  sleeper.set_sleeping(sleeps);
}

void Station::set_polling(Station &parent, uint64_t first_ns, uint64_t interval_ns) {
  const uint16_t address = short_address(index);
  if (interval_ns > 0) {
    parent.holder.add_child(address, index);
    poller.start(short_address(parent.index), first_ns, interval_ns);
  } else {
    poller.stop();
    parent.holder.remove_child(address);
  }
}

void Station::stop_sleeping() {
  poller.stop();
  holder.clear();
  sleeper.set_sleeping(false);
}

ns3::Ptr<Phy> Station::phy() const {
  return ns3::StaticCast<Phy>(device->GetPhy());
}

bool Station::is_at_rest() const {
  return phy()->is_at_rest() && mac_is_at_rest(*device->GetMac()) && lowpan->is_at_rest();
}

void Station::reset(const StationParameters &parameters) {
  phy()->reset(parameters.capture);
  phy()->AssignStreams(stream_of(index, Purpose::RECEPTION));
  reset_back_off(*device->GetCsmaCa(), parameters.mac, index);
  reset_mac(*device->GetMac(), parameters.mac, index);
  access.reset();
  holder.set_parameters(parameters.mac.max_retries, parameters.mac.queue_frames);
  poller.set_wait_symbols(frame_wait_symbols(parameters.mac));
  filter.reset();
  set_forwarding(true);
  lowpan->set_stream(stream_of(index, Purpose::LOWPAN));
  endpoint.reset();
  radio.begin();
}

void Station::release() {
  endpoint.release();
  radio.release();
  access.release();
  filter.uninstall();
  sleeper.release();
  poller.release();
  holder.release();
  lowpan = nullptr;
  device = nullptr;
  node = nullptr;
}

} // namespace sim
