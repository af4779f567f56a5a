/* The EAP authenticator's side of CoAP-EAP: a CoAP client that bootstraps many peers at once (draft
 * section 3.1, Figure 2), with the EAP server inside. A node of the contract in node.h.
 *
 * Failures, as labels of NODE_EVENT_FAILED: "peer-silent" (a confirmable message had no answer),
 * "peer-reset", "peer-busy" (5.03), "peer-lost-state" (4.04), "oscore-rejected" (4.00 to step 7),
 * "peer-refused" (any other error), or what the EAP server says (eap_server_reason). */
#ifndef NODES_COAP_EAP_AUTHENTICATOR_H
#define NODES_COAP_EAP_AUTHENTICATOR_H

#include "../eap/server.h"
#include "options.h"

/* Copied by create; what it points to belongs to the caller and outlives the node. */
struct coap_eap_authenticator_config {
  struct coap_eap_options options;
  struct node_address local;
  size_t peers_max; /* authentications and associations held; the longest failed makes room */
  struct eap_server_config eap;
};

/* NULL if memory is short or the configuration is out of range. `hooks` must outlive the node. */
struct node *coap_eap_authenticator_create(const struct coap_eap_authenticator_config *config,
                                           const struct node_hooks *hooks);

/* Begins an authentication without waiting for a trigger (section 3.1). NODE_ERR_BUSY while one
 * runs with this peer; NODE_ERR_EXHAUSTED if there is no room. */
NODE_MUST_CHECK int coap_eap_authenticator_begin(struct node *node,
                                                 const struct node_address *peer);

#endif
