/* The EAP peer's side of CoAP-EAP: a CoAP server that the authenticator bootstraps (draft section
 * 3.1, Figure 2; RFC 9820), or with the roles reversed the client (coap_roles). One authentication
 * at a time; a node of the contract in node.h.
 *
 * Failures, as labels of NODE_EVENT_FAILED: "no-authenticator" (no answer to the triggers,
 * nor in 93 s more where it has asked for what a restarted peer has lost),
 * "authenticator-silent" (nothing valid came for 123 s, by RFC 9820 for EXCHANGE_LIFETIME),
 * "no-cipher-suite" (of what RFC 9820 negotiates), or what the EAP peer says (eap_peer_reason).
 * After a failure, and for re-authentication, the next step 1 starts anew. As client: where a
 * request had no answer, "authenticator-silent", or what errors without protection said last:
 * "authenticator-reset", "authenticator-busy" (5.03), "authenticator-lost-state" (4.04),
 * association_kind_refusal, "authenticator-refused" (any other); for the first "no-authenticator".
 *
 * A peer that has begun by a trigger does so again by itself, as join_attempts lets it
 * (NODE_EVENT_RETRYING), where nobody answered or the authentication broke off; not where EAP has
 * ended it. */
#ifndef NODES_COAP_EAP_PEER_H
#define NODES_COAP_EAP_PEER_H

#include "../lower/lower.h"
#include "options.h"

/* The functions of struct lower_layer. `config->begins`: step 0 at `start_ns`; under DTLS the EAP
 * identity has an octet or more. */
struct node *coap_eap_peer_create(const struct lower_peer_config *config,
                                  const struct node_hooks *hooks);

/* Begins (again) with step 0: for a new key, or after a failure. */
NODE_MUST_CHECK int coap_eap_peer_begin(struct node *node, uint64_t now_ns);

/* NODE_ERR_BUSY also while a separate response is not yet acknowledged. */
NODE_MUST_CHECK int coap_eap_peer_request(struct node *node, enum lower_request kind,
                                          const uint8_t *payload, size_t length);

NODE_MUST_CHECK int coap_eap_peer_call(struct node *node, const struct lower_call *call);

void coap_eap_peer_state(const struct node *node, struct lower_state *state);

#endif
