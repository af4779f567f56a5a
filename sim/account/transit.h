/* Where the datagrams of each peer are, as the world tells it: in MACs, in the air, on wires. Says
 * so to the timeline of the peer. */
#ifndef SIM_ACCOUNT_TRANSIT_H
#define SIM_ACCOUNT_TRANSIT_H

#include "ns3/world.h"
#include "timeline.h"

struct transit;

/* Of `nodes` nodes with radios. The timeline outlives it. Aborts where memory is short, as all that
 * grows here does. */
struct transit *transit_create(struct timeline *timeline, size_t nodes);
void transit_destroy(struct transit *transit);

/* A datagram is sent for this peer, or TIMELINE_NOBODY, for the first time or not; ids are 0, 1, 2
 * and so on. */
void transit_datagram(struct transit *transit, uint32_t id, uint32_t peer, bool repeated);

/* Whom a datagram was sent for; TIMELINE_NOBODY: for none, or there is none with this id. */
uint32_t transit_peer(const struct transit *transit, uint32_t id);

/* As the world's callbacks of these names have it. `flight_ns`: how long a bit of the frame is
 * under way to whom it is for. */
void transit_queued(struct transit *transit, size_t node, uint32_t datagram, uint64_t now_ns);
void transit_unqueued(struct transit *transit, size_t node, uint64_t now_ns);
void transit_held(struct transit *transit, uint32_t datagram, bool waits, uint64_t now_ns);
void transit_mac(struct transit *transit, size_t node, enum world_mac state, uint32_t datagram,
                 uint64_t now_ns);
void transit_frame(struct transit *transit, const struct world_frame *frame, uint64_t flight_ns);
void transit_wire(struct transit *transit, const struct world_wire_packet *packet);

#endif
