/* From what the world tells of MACs, frames and wires to causes. */
#include "transit.h"

#include "support/memory.h"

#include <assert.h>
#include <stdlib.h>

enum { OCTET_NS = 32000 }; /* IEEE 802.15.4-2006, 2450 MHz */

struct transit_datagram {
  uint32_t peer;
  bool repeated;
};

/* The data frames that a MAC holds, by peer: a ring, whose size is a power of two. */
struct transit_mac {
  uint32_t *peers;
  uint32_t size, first, count;
  uint32_t acknowledged; /* whose frame it acknowledges; TIMELINE_NOBODY */
  enum world_mac state;
};

struct transit {
  struct timeline *timeline;
  struct transit_datagram *datagrams; /* by id */
  size_t datagram_count;
  size_t mac_count;
  struct transit_mac macs[];
};

struct transit *transit_create(struct timeline *timeline, size_t nodes) {
  struct transit *transit = memory_get(1, sizeof *transit + nodes * sizeof(struct transit_mac));
  transit->timeline = timeline;
  transit->mac_count = nodes;
  for (size_t i = 0; i < nodes; i++)
    transit->macs[i].acknowledged = TIMELINE_NOBODY;
  return transit;
}

void transit_destroy(struct transit *transit) {
  if (transit == NULL)
    return;
  for (size_t i = 0; i < transit->mac_count; i++)
    free(transit->macs[i].peers);
  free(transit->datagrams);
  free(transit);
}

/* Datagrams */

void transit_datagram(struct transit *transit, uint32_t id, uint32_t peer, bool repeated) {
  assert(id == transit->datagram_count);
  transit->datagrams =
      memory_grow(transit->datagrams, transit->datagram_count, sizeof *transit->datagrams);
  transit->datagrams[transit->datagram_count++] = (struct transit_datagram){peer, repeated};
}

uint32_t transit_peer(const struct transit *transit, uint32_t id) {
  return id < transit->datagram_count ? transit->datagrams[id].peer : TIMELINE_NOBODY;
}

/* MACs */

/* What the first frame of a MAC in this state waits for. That it is being sent, transit_frame
 * says. */
static const enum time_cause TRANSIT_FIRST[] = {
    [WORLD_MAC_IDLE] = CAUSE_TURNAROUND,   [WORLD_MAC_SPACING] = CAUSE_SPACING,
    [WORLD_MAC_ACCESS] = CAUSE_BACKOFF,    [WORLD_MAC_SENDING] = CAUSE_TURNAROUND,
    [WORLD_MAC_AWAITING] = CAUSE_ACK_WAIT, [WORLD_MAC_ACKNOWLEDGING] = CAUSE_QUEUE,
};

static uint32_t transit_first(const struct transit_mac *mac) {
  return mac->count == 0 ? TIMELINE_NOBODY : mac->peers[mac->first];
}

static void transit_make_room(struct transit_mac *mac) {
  enum { FIRST_SIZE = 8 };
  if (mac->count < mac->size)
    return;
  const uint32_t before = mac->size;
  mac->size = before == 0 ? FIRST_SIZE : 2 * before;
  mac->peers = memory_resize(mac->peers, mac->size, sizeof *mac->peers);
  for (uint32_t i = 0; i < mac->first; i++)
    mac->peers[before + i] = mac->peers[i];
}

void transit_queued(struct transit *transit, size_t node, uint32_t datagram, uint64_t now_ns) {
  struct transit_mac *mac = &transit->macs[node];
  const uint32_t peer = transit_peer(transit, datagram);
  transit_make_room(mac);
  mac->peers[(mac->first + mac->count) & (mac->size - 1)] = peer;
  timeline_begin(transit->timeline, peer, mac->count == 0 ? TRANSIT_FIRST[mac->state] : CAUSE_QUEUE,
                 now_ns);
  mac->count++;
}

/* The next of the frames is the first from now on. */
void transit_unqueued(struct transit *transit, size_t node, uint64_t now_ns) {
  struct transit_mac *mac = &transit->macs[node];
  assert(mac->count > 0);
  timeline_end(transit->timeline, transit_first(mac), TRANSIT_FIRST[mac->state], now_ns);
  mac->first = (mac->first + 1) & (mac->size - 1);
  mac->count--;
  timeline_end(transit->timeline, transit_first(mac), CAUSE_QUEUE, now_ns);
  timeline_begin(transit->timeline, transit_first(mac), TRANSIT_FIRST[mac->state], now_ns);
}

void transit_mac(struct transit *transit, size_t node, enum world_mac state, uint32_t datagram,
                 uint64_t now_ns) {
  struct transit_mac *mac = &transit->macs[node];
  timeline_end(transit->timeline, mac->acknowledged, CAUSE_TURNAROUND, now_ns);
  timeline_end(transit->timeline, transit_first(mac), TRANSIT_FIRST[mac->state], now_ns);
  mac->state = state;
  mac->acknowledged =
      state == WORLD_MAC_ACKNOWLEDGING ? transit_peer(transit, datagram) : TIMELINE_NOBODY;
  timeline_begin(transit->timeline, mac->acknowledged, CAUSE_TURNAROUND, now_ns);
  timeline_begin(transit->timeline, transit_first(mac), TRANSIT_FIRST[state], now_ns);
}

void transit_held(struct transit *transit, uint32_t datagram, bool waits, uint64_t now_ns) {
  const uint32_t peer = transit_peer(transit, datagram);
  if (waits)
    timeline_begin(transit->timeline, peer, CAUSE_POLL, now_ns);
  else
    timeline_end(transit->timeline, peer, CAUSE_POLL, now_ns);
}

/* Air and wires */

void transit_frame(struct transit *transit, const struct world_frame *frame, uint64_t flight_ns) {
  const uint32_t peer = frame->tagged_count > 0 ? transit_peer(transit, frame->tagged[0].datagram)
                                                : transit->macs[frame->sender].acknowledged;
  const uint64_t sending_ns = (frame->length + WORLD_PHY_OVERHEAD) * (uint64_t)OCTET_NS;
  timeline_until(transit->timeline, peer, CAUSE_AIR, frame->now_ns,
                 frame->now_ns + sending_ns + flight_ns);
}

void transit_wire(struct transit *transit, const struct world_wire_packet *packet) {
  const uint32_t id = packet->datagram;
  if (id >= transit->datagram_count)
    return;
  const struct transit_datagram *datagram = &transit->datagrams[id];
  timeline_until(transit->timeline, datagram->peer,
                 datagram->repeated ? CAUSE_AAA_REPEATED : CAUSE_AAA_DELAY, packet->now_ns,
                 packet->arrival_ns);
}
