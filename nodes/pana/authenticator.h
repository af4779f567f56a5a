/* The PAA: PANA's agent for many PaCs at once (RFC 5191, states after RFC 5609), with the EAP
 * server inside, or passing EAP through to an AAA server over RADIUS. A node of the contract in
 * node.h.
 *
 * The key is confirmed by a last PAN whose AUTH verifies, or, where the association has a
 * handshake, by that. Who authenticates anew in its session and fails has none any more.
 *
 * Failures, as labels of NODE_EVENT_FAILED: "peer-silent" (ten transmissions of a request had no
 * answer, or nothing came for 230 s), "made-room" (its place was needed, or there was none for its
 * session), "terminated by the peer", "aaa-silent" (no answer in 30 s; nothing is sent to the PaC,
 * whose own timer ends it), or what the EAP server says (aaa_backend_reason).
 *
 * PCI of a PaC that has a session is answered as by a PAA that keeps no state: RFC 5191 section 5.5
 * would drop it, and a PaC that has forgotten its session would be shut out for as long as that
 * lasts. The session stays until another is confirmed. Messages through a relay (RFC 6345) are
 * taken from anybody, as directly sent ones are.
 *
 * Left out: a PaC whose address changes within a session (section 5.6). */
#ifndef NODES_PANA_AUTHENTICATOR_H
#define NODES_PANA_AUTHENTICATOR_H

#include "../lower/lower.h"

/* The functions of struct lower_layer.
 *
 * First contacts are those who have no session with a key. With `half_open_max` these have so many
 * places of their own, in which the oldest gives way to the next; else they share those of
 * sessions. Where there is no room, of the sessions that are longer unused than 2 s the least
 * recently used gives way. Places that give way are looked for one by one. */
struct node *pana_authenticator_create(const struct lower_authenticator_config *config,
                                       const struct node_hooks *hooks);
NODE_MUST_CHECK int pana_authenticator_begin(struct node *node, const struct node_address *peer);
NODE_MUST_CHECK int pana_authenticator_request(struct node *node, const struct node_address *peer,
                                               enum lower_request kind, const uint8_t *payload,
                                               size_t length);
struct radius_client_load pana_authenticator_load(const struct node *node);

/* As of the PaC (peer.h); Termination-Cause is ADMINISTRATIVE. */
NODE_MUST_CHECK int pana_authenticator_ping(struct node *node, const struct node_address *peer);
NODE_MUST_CHECK int pana_authenticator_terminate(struct node *node,
                                                 const struct node_address *peer);

#endif
