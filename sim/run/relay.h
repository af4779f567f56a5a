/* Relays: beside the hosts of nodes next to peers, with relay: on.
 *
 * Which addresses are used:
 *   - relay: off, and of all other lower layers, CoAP-EAP among them: global addresses, which every
 *     node has from the start, and routes to them. A peer that joins has neither in reality until
 *     something outside of this model has given them to it: its first hop is a neighbour that
 *     forwards for whom it does not know yet.
 *   - relay: on: peers speak with the next hop alone, by link-local addresses (world_link_local),
 * of both ends. That is the authenticator itself one hop away; else the relay there, which speaks
 *     with the authenticator by global addresses. The address and port of a peer in
 *     PaC-Information, by which the authenticator knows it, are its link-local ones.
 *   - 6LoWPAN leaves out both addresses of a packet between neighbours, be they link-local or
 * global (stateless, or by context 0): on one hop the same octets. Over more, the end that is not
 * the frame's costs 2 octets on each hop, and the hop limit, once it has been counted down, 1. */
#ifndef SIM_RUN_RELAY_H
#define SIM_RUN_RELAY_H

#include "inside.h"

/* Whether peers speak with the next hop alone. */
bool relays_are_on(const struct run *run);

/* Makes them where they are open from the beginning. False if one cannot be made. */
NODE_MUST_CHECK bool relays_build(struct run *run);
void relays_demolish(struct run *run);

/* The node has joined: its relay opens, if it is to have one and has none. False if it cannot be
 * made. */
NODE_MUST_CHECK bool relay_begin(struct run *run, size_t node);

/* The node's relay, where a datagram to the node is for that: to its own port, or to the lower
 * layer's from elsewhere than the node's next hop. NULL: it is for the node's host. */
struct host *relay_for(const struct run *run, size_t node, const struct node_datagram *datagram);

/* What a message is called that is on its way from a relay. It lives as long as the run. */
const char *relay_label(struct run *run, const char *label);

#endif
