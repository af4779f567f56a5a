/* What the files of the peer share: its state, and the steps of Figure 2. Private to peer*.c. */
#ifndef NODES_COAP_EAP_PEER_STATE_H
#define NODES_COAP_EAP_PEER_STATE_H

#include "../eap/label.h"
#include "association.h"
#include "peer.h"

enum peer_state {
  PEER_IDLE,           /* waiting for step 1 */
  PEER_TRIGGERING,     /* step 0 sent, waiting for step 1 */
  PEER_AUTHENTICATING, /* step 1 answered */
  PEER_ESTABLISHED,
  PEER_FAILED,
};

/* What belongs to one authentication and is replaced by the next. */
struct peer_authentication {
  struct eap_peer eap;
  struct eap_labels labels;
  struct coap_eap_ordering ordering;
  char resource[2];  /* one character and its end */
  unsigned requests; /* processed so far */
  uint8_t token[COAP_TOKEN_MAX];
  size_t token_length;
  uint64_t last_valid_ns;
};

struct peer {
  struct node node;
  struct coap_eap_peer_config config;
  const struct node_hooks *hooks;
  enum peer_state state;
  struct coap_session session; /* without protection, and under OSCORE */
  unsigned resources;          /* handed out so far */
  struct peer_authentication authentication;
  struct coap_eap_association pending;     /* from the MSK to step 7 */
  struct coap_eap_association association; /* in use until a new one verifies */
  bool requesting;                         /* an application request is outstanding */
  size_t association_bytes_peak, ordering_bytes_peak;
  unsigned triggers; /* sent so far */
  bool trigger_pending;
  uint64_t trigger_due_ns;
  uint64_t trigger_interval_ns;
};

/* All return 0, or a negative node_error where the node can go on no more. */

int peer_discard(const struct peer *peer, const char *why);

/* Ends the authentication without a key. The pending association is closed when it has no alert to
 * send. */
void peer_fail(struct peer *peer, const char *reason);

/* Gives up the application request that is outstanding, if any. */
void peer_abandon_request(struct peer *peer, const char *why);

/* Steps 1 to 6, and EAP-Failure: a request without protection (peer_steps.c). */
NODE_MUST_CHECK int peer_handle_request(struct peer *peer, const struct coap_message *request,
                                        uint64_t now_ns);

/* Steps 7 and 8, and application requests: a request under one of the associations. */
NODE_MUST_CHECK int peer_handle_protected(struct peer *peer,
                                          struct coap_eap_association *association,
                                          const struct coap_eap_protected_request *request,
                                          uint64_t now_ns);

#endif
