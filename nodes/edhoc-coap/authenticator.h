/* The authenticator of EDHOC over CoAP (RFC 9528 appendix A.2): CoAP server and EDHOC's Responder
 * to many peers at once, whose credentials it knows itself. A node of the contract in node.h;
 * peer.h says what goes to and fro, and when the key is confirmed.
 *
 * It takes the combined request (RFC 9668), whatever the options say of the peer. What stands
 * against RFC 9528 is refused with 4.00 and its error message, or 5.00 where our own library
 * failed; a C_R or kid that is of no session of this peer's with 4.00 alone.
 *
 * Of one peer two sessions of EDHOC may wait for message_3, so that a message_1 that somebody else
 * sends, or that comes late, does not end the other; a third takes the place of the oldest without
 * a word, and they end where one of them makes a key.
 *
 * Failures, as labels of NODE_EVENT_FAILED, of the last session that was waited for: "peer-silent"
 * (no message_3 within 123 s), "made-room" (its place was needed), or what EDHOC says
 * (edhoc_reason).
 *
 * Left out: the reverse message flow (appendix A.2.2); Echo (RFC 9175), by which a source would
 * have to show that it is where it says before anything is computed for it. */
#ifndef NODES_EDHOC_COAP_AUTHENTICATOR_H
#define NODES_EDHOC_COAP_AUTHENTICATOR_H

#include "../lower/lower.h"

/* The functions of struct lower_layer.
 *
 * First contacts are those who have sent message_1 and have no association. With `half_open_max`
 * these have so many places of their own, in which the oldest gives way to the next; else they
 * share those of associations. Where there is no room for an association, of those that are longer
 * unused than ACK_TIMEOUT the least recently used gives way: whoever takes a place of one has a
 * key, so that no stranger ends an association. Else the answer is 5.03.
 *
 * An association ends with its lifetime (NODE_EVENT_CLOSED); its place is free then. With
 * `half_open_max` so is that of who has failed, once CoAP's EXCHANGE_LIFETIME has passed. */
struct node *edhoc_coap_authenticator_create(const struct lower_authenticator_config *config,
                                             const struct node_hooks *hooks);

/* NODE_ERR_UNSUPPORTED: it is the peer who begins. */
NODE_MUST_CHECK int edhoc_coap_authenticator_begin(struct node *node,
                                                   const struct node_address *peer);

NODE_MUST_CHECK int edhoc_coap_authenticator_request(struct node *node,
                                                     const struct node_address *peer,
                                                     enum lower_request kind,
                                                     const uint8_t *payload, size_t length);

/* All 0: it asks no AAA server. */
struct radius_client_load edhoc_coap_authenticator_load(const struct node *node);

#endif
