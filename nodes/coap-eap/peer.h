/* The EAP peer's side of CoAP-EAP: a CoAP server that the authenticator bootstraps (draft section
 * 3.1, Figure 2). One authentication at a time; a node of the contract in node.h.
 *
 * Failures, as labels of NODE_EVENT_FAILED: "no-authenticator" (no answer to the triggers),
 * "authenticator-silent" (nothing valid came for 123 s), or what the EAP peer says
 * (eap_peer_reason). After a failure, and for re-authentication, the next step 1 starts anew. */
#ifndef NODES_COAP_EAP_PEER_H
#define NODES_COAP_EAP_PEER_H

#include "../eap/peer.h"
#include "options.h"

/* Copied by create; what it points to belongs to the caller and outlives the node. */
struct coap_eap_peer_config {
  struct coap_eap_options options;
  struct node_address local;
  struct node_address authenticator;
  /* Step 0 at `start_ns`. Without it the peer waits for the authenticator to begin. */
  bool trigger;
  uint64_t start_ns;
  uint32_t trigger_retry_ms;  /* first repetition after this to 1.5 times this; then doubling */
  struct eap_peer_config eap; /* under DTLS, with an identity of one octet or more */
};

/* NULL if memory is short or the configuration is out of range. `hooks` must outlive the node. */
struct node *coap_eap_peer_create(const struct coap_eap_peer_config *config,
                                  const struct node_hooks *hooks);

/* Begins again with step 0, once `now_ns` has come: for a new key, or after a failure. The
 * association stays in use until the new one verifies. NODE_ERR_BUSY while an authentication runs
 * or is asked for. */
NODE_MUST_CHECK int coap_eap_peer_trigger(struct node *node, uint64_t now_ns);

/* Sends a confirmable request under the association to the authenticator's application resource:
 * COAP_CODE_POST with `payload`, or COAP_CODE_GET. NODE_EVENT_ANSWERED or NODE_EVENT_UNANSWERED
 * follows. NODE_ERR_BAD_STATE without an association, NODE_ERR_BUSY while an authentication or
 * another request is under way, or a separate response not yet acknowledged, NODE_ERR_TOO_LONG,
 * NODE_ERR_EXHAUSTED, NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int coap_eap_peer_request(struct node *node, uint8_t code, const uint8_t *payload,
                                          size_t length);

void coap_eap_peer_state(const struct node *node, struct coap_eap_state *state);

#endif
