/* EAP packets of others, which are passed on. */
#ifndef NODES_EAP_COPY_H
#define NODES_EAP_COPY_H

#include "packet.h"

/* Appends a packet of somebody else's, which begins at `octets`, with the rows that it would have
 * if it were ours. */
void eap_packet_copy(const struct eap_packet *packet, const uint8_t *octets,
                     struct span_writer *out);

#endif
