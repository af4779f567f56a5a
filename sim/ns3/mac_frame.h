/* Frames that are made here and not by ns-3's MAC, which sends them. */
#ifndef SIM_NS3_MAC_FRAME_H
#define SIM_NS3_MAC_FRAME_H

#include <ns3/lr-wpan-mac-header.h>
#include <ns3/lr-wpan-mac.h>
#include <ns3/packet.h>

#include <cstdint>

namespace sim {

/* What ns-3 calls the handle of a frame: it comes back when the MAC has done with it. Those that
 * come down from 6LoWPAN have 0. */
constexpr uint8_t HELD_FRAME = 1;

/* Within the PAN, from and to a 16-bit address, to be acknowledged; the payload becomes the frame.
 */
struct MacFrame {
  ns3::LrWpanMacHeader::LrWpanMacType type;
  uint16_t destination;
  uint8_t sequence;
  bool pending; /* the frame pending bit */
};
ns3::Ptr<ns3::Packet> mac_frame(ns3::LrWpanMac &mac, const MacFrame &frame,
                                ns3::Ptr<ns3::Packet> payload);

/* An acknowledgement. */
ns3::Ptr<ns3::Packet> mac_acknowledgement(uint8_t sequence, bool pending);

/* The next sequence number of a MAC. */
uint8_t mac_next_sequence(ns3::LrWpanMac &mac);

/* Hands a MAC a frame behind those that it holds; it is sent when the MAC next looks. False: there
 * is no room for it. */
bool mac_enqueue(ns3::LrWpanMac &mac, ns3::Ptr<ns3::Packet> frame, uint8_t handle);

/* Lets the MAC look. */
void mac_check(ns3::LrWpanMac &mac);

/* Of the frame that a MAC sends now or next; NULL: it holds none. */
ns3::Ptr<const ns3::Packet> mac_first(const ns3::LrWpanMac &mac);
bool mac_first_is_held(const ns3::LrWpanMac &mac);

size_t mac_queue_length(const ns3::LrWpanMac &mac);

uint16_t address_of(ns3::Mac16Address address);

} // namespace sim

#endif
