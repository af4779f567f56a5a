/* Messages of PANA, and EAP packets in them, while they are made; of both ends. */
#ifndef NODES_PANA_DRAFT_H
#define NODES_PANA_DRAFT_H

#include "../eap/packet.h"
#include "message.h"

/* A message. */
struct pana_draft {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer out; /* into the two */
};

/* An EAP packet. */
struct pana_packet {
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer out; /* into the two */
};

/* Empty; the writer is the draft's, or the packet's. */
struct span_writer *pana_draft_begin(struct pana_draft *draft);
struct span_writer *pana_packet_begin(struct pana_packet *packet);

/* Writes EAP-Payload (RFC 5191 section 8.2) with what `packet` has written. */
void pana_write_eap(struct span_writer *out, const struct span_writer *packet);

#endif
