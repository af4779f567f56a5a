/* The peer of EDHOC over CoAP (RFC 9528 appendix A.2): CoAP client and EDHOC's Initiator. A node of
 * the contract in node.h.
 *
 *   peer                              authenticator
 *   true, message_1         -->
 *                           <--       message_2
 *   C_R, message_3          -->
 *                           <--       2.04, empty or with message_4
 *
 *   true, message_1         -->                          edhoc_combined (RFC 9668)
 *                           <--       message_2
 *   message_3, OSCORE       -->
 *                           <--       OSCORE
 *
 * When a side has CONFIRMED the key:
 *   authenticator  when message_3 verifies: RFC 9528 section 5.4.3 calls that explicit key
 *                  confirmation.
 *   peer           when message_4 verifies, or the response under OSCORE to the combined request.
 *                  With neither, when the empty 2.04 comes: message_2 has authenticated the
 *                  Responder, nobody else can compute the key, and section 5.4.2 lets the peer send
 *                  under it; but that the Responder has the key is then told without protection,
 *                  by whoever sent the 2.04.
 * Since either side may be wrong about the other, the association that there was is kept beside the
 * new one (which is what requests go under) until a message verifies under the new one, or the next
 * authentication begins.
 *
 * Failures, as labels of NODE_EVENT_FAILED: "no-authenticator" (no answer to message_1),
 * "authenticator-silent" (none to message_3); where there was none but errors of CoAP without
 * EDHOC's, when the time of the exchange is over: "authenticator-reset", "authenticator-busy"
 * (5.03), "authenticator-refused" (any other). Anybody can send such an error who guesses a token:
 * it does not end the exchange. Else what EDHOC says (edhoc_reason): as RFC 9528 section 6 has it,
 * a message that does not verify and an error message of EDHOC end the session, though the latter
 * is not authenticated, either.
 *
 * After a failure that is none of EDHOC's the peer begins again by itself, as join_attempts lets it
 * (NODE_EVENT_RETRYING). After ERR_CODE 2 the next session is of a suite of SUITES_R where
 * edhoc_config has a memory. */
#ifndef NODES_EDHOC_COAP_PEER_H
#define NODES_EDHOC_COAP_PEER_H

#include "../lower/lower.h"

/* The functions of struct lower_layer. `listener` is not looked at: there is no EAP. NULL also
 * where the configuration has no `edhoc`, or does not let the peer begin. */
struct node *edhoc_coap_peer_create(const struct lower_peer_config *config,
                                    const struct node_hooks *hooks);

NODE_MUST_CHECK int edhoc_coap_peer_begin(struct node *node, uint64_t now_ns);

NODE_MUST_CHECK int edhoc_coap_peer_request(struct node *node, enum lower_request kind,
                                            const uint8_t *payload, size_t length);

void edhoc_coap_peer_state(const struct node *node, struct lower_state *state);

#endif
