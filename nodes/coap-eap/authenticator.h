/* The EAP authenticator's side of CoAP-EAP: a CoAP client that bootstraps many peers at once (draft
 * section 3.1, Figure 2; RFC 9820), or with the roles reversed the server (coap_roles); with the
 * EAP server inside, or passing EAP through to an AAA server over RADIUS. A node of the contract in
 * node.h.
 *
 * Failures, as labels of NODE_EVENT_FAILED: "peer-silent" (a confirmable message had no answer);
 * where it had none but errors without protection, when its time is over, what the last of these
 * said: "peer-reset", "peer-busy" (5.03), "peer-lost-state" (4.04), association_kind_refusal
 * (4.00 to step 7: "oscore-rejected"), "no-cipher-suite" (4.00 to step 1 of RFC 9820),
 * "peer-refused" (any other error); as server "peer-silent" too, where nothing comes for what an
 * end waits. Anybody can send such an error who guesses a token of an octet: it does not end the
 * exchange (RFC 7252 section 4.2 lets a Reset stop the retransmissions). A trigger that comes
 * behind one begins anew when the exchange is over. Besides: "made-room" (its place was needed),
 * "aaa-silent" (no answer in 30 s; nothing is sent to the peer, whose own timer ends it), or what
 * the EAP server says (eap_server_reason), which an AAA server keeps to itself: "Access-Reject" (or
 * aaa_backend_reason, where its answer could not be used). */
#ifndef NODES_COAP_EAP_AUTHENTICATOR_H
#define NODES_COAP_EAP_AUTHENTICATOR_H

#include "../lower/lower.h"
#include "options.h"

/* The functions of struct lower_layer.
 *
 * Who gives way to whom, where there is no room: first contacts, by a trigger, whose source has
 * never answered, the oldest first; who has failed, the longest first; associations, the least
 * recently used first; authentications that run, likewise; but of the last two none that has just
 * answered. With `half_open_max` first contacts give way to first contacts only, and the others to
 * one that has answered, so that triggers of forged addresses end no association. Since one can
 * answer without any key, associations give way only while those without one, running or failed,
 * have less than an eighth of `peers_max`.
 *
 * While more first contacts wait than `half_open_max`, step 1 goes out once for each trigger, a
 * repeated one too, and not by a timer; and no more than three times the octets that came from
 * where nobody has answered yet (RFC 7252 section 11.3; the figure is that of RFC 9000 section
 * 8.1). Authentications begun by coap_eap_authenticator_begin are no first contacts.
 *
 * An association ends with its lifetime (NODE_EVENT_CLOSED); its place is free then. With
 * `half_open_max` so is that of who has failed, once CoAP's EXCHANGE_LIFETIME has passed, and at
 * once where nobody ever answered. */
struct node *coap_eap_authenticator_create(const struct lower_authenticator_config *config,
                                           const struct node_hooks *hooks);

/* Begins without waiting for a trigger (draft section 3.1). NODE_ERR_UNSUPPORTED by RFC 9820, where
 * only step 0 names the resource that step 1 goes to. */
NODE_MUST_CHECK int coap_eap_authenticator_begin(struct node *node,
                                                 const struct node_address *peer);

NODE_MUST_CHECK int coap_eap_authenticator_request(struct node *node,
                                                   const struct node_address *peer,
                                                   enum lower_request kind, const uint8_t *payload,
                                                   size_t length);

/* By RFC 9820: DELETE of the resource that stands for the session. */
NODE_MUST_CHECK int coap_eap_authenticator_end(struct node *node, const struct node_address *peer);

struct radius_client_load coap_eap_authenticator_load(const struct node *node);

/* How long the keys of the association with this peer may be used, in seconds, from the moment when
 * it was confirmed: 8 hours, or the Session-Timeout of the Access-Accept. 0: there is none. */
uint32_t coap_eap_authenticator_lifetime_s(const struct node *node,
                                           const struct node_address *peer);

#endif
