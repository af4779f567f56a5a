/* The ledger: every octet on the air, attributed once to a row, for each message, link and
 * direction, and told apart by whether it went for the first time or again. */
#ifndef SIM_ACCOUNT_LEDGER_H
#define SIM_ACCOUNT_LEDGER_H

#include "cause.h"
#include "ns3/world.h"
#include "row.h"

/* Where a datagram goes: over the radios towards the root, from it, or up and down again; or over
 * wires alone. */
enum ledger_path { LEDGER_UP, LEDGER_DOWN, LEDGER_ACROSS, LEDGER_WIRE };

/* Octets by row: sent for the first time, and again (by CoAP or by the MAC). */
struct ledger_bytes {
  uint64_t first[ROW_ALL_COUNT];
  uint64_t again[ROW_ALL_COUNT];
};

/* All datagrams with one label on one path in one phase. */
struct ledger_message {
  const char *label;
  enum ledger_path path;
  enum node_phase phase;
  enum node_part part;
  uint64_t datagrams;
  uint64_t datagrams_repeated;
  uint64_t bytes_udp;
  uint64_t bytes_udp_repeated;
  uint64_t frames; /* data frames */
  uint64_t frames_ack;
  uint64_t mac_retries;
  struct ledger_bytes bytes; /* on the air */
};

/* All that was sent for one cause. What goes over wires alone is in the wire's figures only. */
struct ledger_total {
  uint64_t datagrams;
  uint64_t datagrams_repeated;
  uint64_t bytes_udp;
  uint64_t frames; /* all but acknowledgements */
  uint64_t frames_ack;
  uint64_t mac_retries;
  uint64_t data_requests; /* of the frames */
  struct ledger_bytes air;
  uint64_t wire_datagrams; /* once on each wire */
  struct ledger_bytes wire;
};

/* All that was sent between two kinds of node in one phase, whichever of them sends. */
struct ledger_pair {
  unsigned ends[2]; /* in ascending order */
  enum node_phase phase;
  uint64_t datagrams;
  uint64_t bytes_udp;
  uint64_t bytes_air;  /* on all hops, acknowledgements included */
  uint64_t bytes_wire; /* of IPv6 packets, on each wire */
};

/* What data requests of a node are for that is in no phase: it only looks whether there is
 * something. Neither datagrams nor messages have it. */
#define LEDGER_IDLE ((struct cause){(enum node_phase)NODE_PHASE_COUNT, TURN_FIRST})

struct ledger;

/* For a network of `node_count` nodes with radios whose `parents` are as in world_config and whose
 * 16-bit addresses are `addresses`; the links between the nodes that are `marked` and their parents
 * are summed up. `parents` and `marked` outlive the ledger. NULL if memory is short. */
struct ledger *ledger_create(size_t node_count, const size_t *parents, const uint16_t *addresses,
                             const bool *marked);
void ledger_destroy(struct ledger *ledger);

/* A datagram leaves a core, for its phase in this turn; the id to send it with. `wired`: it goes
 * over a wire, all its way or a part. */
uint32_t ledger_datagram(struct ledger *ledger, const struct node_datagram *datagram,
                         enum ledger_path path, enum turn turn, bool wired);

/* Between which two kinds of node it goes: numbers of the caller's, for ledger_pair. */
void ledger_link(struct ledger *ledger, uint32_t id, unsigned from, unsigned to);

/* What a datagram was sent for, whether again, and what it is; of one that is not known, NULL. */
struct cause ledger_cause(const struct ledger *ledger, uint32_t id);
bool ledger_is_repeated(const struct ledger *ledger, uint32_t id);
const char *ledger_label(const struct ledger *ledger, uint32_t id);

/* A radio transmits; if it is a data request, for this cause. Returns the node that it transmits
 * to, or how many there are: not known. */
size_t ledger_frame(struct ledger *ledger, const struct world_frame *frame, struct cause request);

/* How often the MAC of a node has sent the frame of this sequence number, with octets of this
 * datagram, to another, as far as is known; 0: not as yet. */
unsigned ledger_tries(const struct ledger *ledger, size_t from, size_t to, uint8_t sequence,
                      uint32_t datagram);

/* The node with this 16-bit address, or how many there are: none has it. */
size_t ledger_find_node(const struct ledger *ledger, uint16_t address);

/* A packet is put on a wire. */
void ledger_wire(struct ledger *ledger, const struct world_wire_packet *packet);

/* Messages in the order of their first appearance. */
size_t ledger_message_count(const struct ledger *ledger);
const struct ledger_message *ledger_message(const struct ledger *ledger, size_t index);

/* Pairs and phases, in the order of their first appearance. */
size_t ledger_pair_count(const struct ledger *ledger);
const struct ledger_pair *ledger_pair(const struct ledger *ledger, size_t index);

const struct ledger_total *ledger_total(const struct ledger *ledger, struct cause cause);

/* What went over the links that are marked, both directions, for one cause. */
const struct ledger_bytes *ledger_links(const struct ledger *ledger, struct cause cause);

/* Adds `from` to `to`. */
void ledger_bytes_add(struct ledger_bytes *to, const struct ledger_bytes *from);

uint64_t ledger_bytes_total(const struct ledger_bytes *bytes);

/* Of it, what was sent again. */
uint64_t ledger_bytes_again(const struct ledger_bytes *bytes);

#endif
