/* The PaC: PANA's client (RFC 5191, states after RFC 5609), one session at a time. A node of the
 * contract in node.h.
 *
 * The key is confirmed by a last PAR that says success and bears an AUTH that verifies, or, where
 * the association has a handshake, by that.
 *
 * Failures, as labels of NODE_EVENT_FAILED: "authenticator-silent" (nothing valid came for 230 s,
 * or ten transmissions of a PAR had no answer), "rejected without EAP" (a last PAR with a
 * Result-Code and no EAP packet), "authorization-rejected", "its lifetime is over", or what EAP or
 * the association says. PCI is repeated without limit (section 9): nobody who answers is no
 * failure. Where PNR for re-authentication has no answer, the session has ended
 * (NODE_EVENT_CLOSED), and another begins.
 *
 * A message that EAP discards leaves the session as it is, where RFC 5609 would end it: so one that
 * somebody else sends ends no session. For the same reason another PAR start replaces the last
 * until the next PAR has come. */
#ifndef NODES_PANA_PEER_H
#define NODES_PANA_PEER_H

#include "../lower/lower.h"

/* The functions of struct lower_layer. Once there is a session, pana_peer_begin authenticates anew
 * in it. */
struct node *pana_peer_create(const struct lower_peer_config *config,
                              const struct node_hooks *hooks);
NODE_MUST_CHECK int pana_peer_begin(struct node *node, uint64_t now_ns);
NODE_MUST_CHECK int pana_peer_request(struct node *node, enum lower_request kind,
                                      const uint8_t *payload, size_t length);
void pana_peer_state(const struct node *node, struct lower_state *state);

/* Asks whether the authenticator lives (PNR with P); without an answer the session ends. Ends the
 * session (PTR: LOGOUT). NODE_ERR_BAD_STATE without a session, NODE_ERR_BUSY. */
NODE_MUST_CHECK int pana_peer_ping(struct node *node);
NODE_MUST_CHECK int pana_peer_terminate(struct node *node);

#endif
