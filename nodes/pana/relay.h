/* The PANA relay element (PRE, RFC 6345), and PRY, which it speaks with the PAA.
 *
 * A PaC that has no address yet but its link-local one, and no route, reaches its neighbour and
 * nobody else. There the PRE is its PAA: what the PaC sends to port 716 the PRE sends on inside
 * PRY, with the PaC's address and port beside it, from a port of its own to port 716 of the PAA;
 * what comes in PRY from there, it sends to the PaC that is named in it, from 716. It keeps nothing
 * of anybody, repeats nothing, answers nothing, computes nothing, and knows no key: PaC and PAA
 * themselves see to all that. It does not ask what a message is for, but does not pass on what is
 * no valid one, nor PRY of a PaC: there is one relay on the way, no more. That nobody else speaks
 * with the PAA as a relay does is the network's matter (section 3 there); here, that nobody but the
 * PAA speaks with a PaC through it. */
#ifndef NODES_PANA_RELAY_H
#define NODES_PANA_RELAY_H

#include "../lower/lower.h"
#include "message.h"

/* Octets that PRY has more than what is in it, with addresses of IPv6: the header, PaC-Information
 * of 18 octets with header and padding, the header of Relayed-Message. Of a message that is no
 * multiple of 4, there is padding. */
enum {
  PANA_RELAY_OVERHEAD = PANA_HEADER_LENGTH + PANA_AVP_HEADER_LENGTH + 20 + PANA_AVP_HEADER_LENGTH
};

/* The PRE, as lower.h has it. */
struct node *pana_relay_create(const struct lower_relay_config *config,
                               const struct node_hooks *hooks);

/* What is in PRY: NULL, or static text that says why it is none. `inner` points into it. */
NODE_MUST_CHECK const char *pana_relay_open(const struct pana_message *pry,
                                            struct node_address *pac, struct pana_message *inner);

/* Puts a message to a PaC into PRY to its relay: the destination of the datagram is whom it serves.
 * NODE_ERR_TOO_LONG: it does not fit, and the datagram is of no use. */
NODE_MUST_CHECK int pana_relay_wrap(struct node_datagram *datagram, const struct node_address *pac,
                                    const struct node_address *to);

#endif
