/* The ledger: every octet on the air, attributed once to a row, for each message, link and
 * direction, and told apart by whether it went for the first time or again. */
#ifndef SIM_ACCOUNT_LEDGER_H
#define SIM_ACCOUNT_LEDGER_H

#include "ns3/world.h"
#include "row.h"

/* Where a datagram goes: over the radios towards the root or from it, or over the backhaul. */
enum ledger_path { LEDGER_UP, LEDGER_DOWN, LEDGER_BACKHAUL };

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
  uint64_t frames; /* data frames; of the backhaul: packets */
  uint64_t frames_ack;
  uint64_t mac_retries;
  struct ledger_bytes bytes;
};

struct ledger;

/* For a network of `node_count` nodes whose `parents` are as in world_config and whose 16-bit
 * addresses are `addresses`. NULL if memory is short. */
struct ledger *ledger_create(size_t node_count, const size_t *parents, const uint16_t *addresses);
void ledger_destroy(struct ledger *ledger);

/* A datagram leaves a core; the id to send it with. */
uint32_t ledger_datagram(struct ledger *ledger, const struct node_datagram *datagram,
                         enum ledger_path path);

/* A radio transmits. */
void ledger_frame(struct ledger *ledger, const struct world_frame *frame);

/* A packet is put on the backhaul. */
void ledger_backhaul(struct ledger *ledger, const struct world_wire_packet *packet);

/* Messages in the order of their first appearance. */
size_t ledger_message_count(const struct ledger *ledger);
const struct ledger_message *ledger_message(const struct ledger *ledger, size_t index);

/* What went over the link between `node` and its parent, both directions, in one phase. */
const struct ledger_bytes *ledger_link(const struct ledger *ledger, size_t node,
                                       enum node_phase phase);

/* Adds `from` to `to`. */
void ledger_bytes_add(struct ledger_bytes *to, const struct ledger_bytes *from);

uint64_t ledger_bytes_total(const struct ledger_bytes *bytes);

#endif
