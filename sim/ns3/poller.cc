#include "poller.h"
#include "member.h"

#include <ns3/lr-wpan-mac-pl-headers.h>
#include <ns3/simulator.h>

namespace sim {

SIM_MEMBER(PollerAssociationTimeout, ns3::LrWpanMac::m_assocResCmdWaitTimeout)

namespace {

constexpr unsigned QUICK_POLLS = 4; /* OpenThread's kQuickPollsAfterTimeout, less the first */

} // namespace

void Poller::attach(ns3::Ptr<ns3::LrWpanNetDevice> device, Sleeper &of) {
  mac = device->GetMac();
  pan = mac->GetPanId();
  sleeper = &of;
  mac->SetMlmePollConfirmCallback(ns3::MakeCallback(&Poller::asked, this));
}

void Poller::start(uint16_t whom, uint64_t first_ns, uint64_t every_ns) {
  stop();
  parent = whom;
  interval_ns = static_cast<int64_t>(every_ns);
  next = ns3::Simulator::Schedule(ns3::NanoSeconds(static_cast<int64_t>(first_ns)), &Poller::ask,
                                  this);
}

/* A data request that the MAC has is sent all the same. */
void Poller::stop() {
  interval_ns = 0;
  ns3::Simulator::Remove(next);
  rest();
}

void Poller::ask() {
  ns3::Simulator::Remove(next);
  next = ns3::Simulator::Schedule(ns3::NanoSeconds(interval_ns), &Poller::ask, this);
  if (state != State::RESTING)
    return;
  auto payload = ns3::Create<ns3::Packet>();
  payload->AddHeader(ns3::CommandPayloadHeader(ns3::CommandPayloadHeader::DATA_REQ));
  sequence = mac_next_sequence(*mac);
  const MacFrame request{ns3::LrWpanMacHeader::LRWPAN_MAC_COMMAND, parent, sequence, false};
  if (!mac_enqueue(*mac, mac_frame(*mac, request, payload), 0))
    return;
  state = State::ASKING;
  pending = false;
  mac_check(*mac);
}

void Poller::rest() {
  ns3::Simulator::Remove(timeout);
  state = State::RESTING;
  sleeper->set_expecting(false);
}

/* What the MAC accepts: what is for this node, and acknowledgements for whomever. */
void Poller::received(ns3::Ptr<const ns3::Packet> frame) {
  if (state == State::RESTING)
    return;
  ns3::LrWpanMacHeader header;
  frame->PeekHeader(header);
  if (header.IsAcknowledgment() && state == State::ASKING && header.GetSeqNum() == sequence)
    pending = header.IsFrmPend();
  if (!header.IsData() || state != State::WAITING)
    return;
  quick_polls = 0;
  rest();
  if (header.IsFrmPend())
    ask();
}

/* ns-3's MAC knows data requests as a part of an association alone: once one is acknowledged it
 * waits for a response to that, and where none comes, or the request was given up, it leaves its
 * PAN. */
void Poller::asked(ns3::MlmePollConfirmParams params) {
  ns3::Simulator::Remove(PeekPointer(mac)->*member_of(PollerAssociationTimeout{}));
  mac->SetPanId(pan);
  if (state != State::ASKING)
    return;
  state = State::RESTING;
  if (params.m_status != ns3::LrWpanMlmePollConfirmStatus::MLMEPOLL_SUCCESS || !pending) {
    quick_polls = 0;
    return;
  }
  state = State::WAITING;
  sleeper->set_expecting(true);
  timeout = ns3::Simulator::Schedule(ns3::NanoSeconds(wait_ns), &Poller::timed_out, this);
}

void Poller::timed_out() {
  rest();
  if (quick_polls < QUICK_POLLS) {
    quick_polls++;
    ask();
  } else {
    quick_polls = 0;
  }
}

void Poller::release() {
  mac = nullptr;
}

} // namespace sim
