/* Byte tags that say which datagram and which ledger row an octet of a packet belongs to. */
#ifndef SIM_NS3_SPAN_TAG_H
#define SIM_NS3_SPAN_TAG_H

#include "api.h"

#include <ns3/packet.h>
#include <ns3/ptr.h>

#include <array>

namespace sim {

using TaggedRanges = std::array<world_tagged, WORLD_PSDU_MAX>;

/* Tags each span of `list` in a packet that holds exactly the octets that the spans describe. */
void tag_spans(ns3::Ptr<ns3::Packet> packet, uint32_t datagram, const span_list &list);

/* The tagged ranges of a PSDU, ascending, neighbours of the same datagram and row merged. Returns
 * how many. */
size_t find_tagged(ns3::Ptr<const ns3::Packet> psdu, TaggedRanges &ranges);

/* The spans that a packet was tagged with; `list` is empty. What has no tag is in none. */
void find_spans(ns3::Ptr<const ns3::Packet> packet, span_list &list);

/* The datagram of the first tagged octet; WORLD_DATAGRAM_UNKNOWN if there is none. */
uint32_t find_datagram(ns3::Ptr<const ns3::Packet> packet);

} // namespace sim

#endif
