/* What the packets of an EAP conversation are, for logs and the ledger: for a party that sees them
 * in their order, as every one does, the authenticator that only passes them through, too. The
 * octets alone do not tell: fragments of EAP-EDHOC, say, are not numbered. */
#ifndef NODES_EAP_LABEL_H
#define NODES_EAP_LABEL_H

#include "packet.h"

/* Where an EAP-EDHOC conversation is. */
struct eap_label_position {
  uint8_t message;  /* the latest: 0 Start, 1 to 4, or beyond an error message */
  uint8_t fragment; /* of it, from 1; 0: it is whole */
  uint8_t sender;   /* of it: the packet's code */
  bool more;        /* fragments of it are to come */
};

/* The last request or response, which may come again. */
struct eap_label_last {
  struct eap_label_position before;
  bool seen; /* there was one */
  uint8_t identifier;
};

/* A conversation. Zeroed memory is one that has not begun; Start begins it anew. */
struct eap_labels {
  struct eap_label_position now;
  struct eap_label_last request, response;
};

/* The label of the next packet in either direction, or of the last request or response again:
 * "EAP-PSK 2", "EAP-EDHOC 2 (fragment 1)", "EAP-EDHOC 2 (ack 1)", "EAP-EDHOC error", "EAP-EDHOC
 * (empty)"; static text. Packets that were discarded are not shown to it. */
const char *eap_label(struct eap_labels *labels, const uint8_t *packet, size_t length);

#endif
