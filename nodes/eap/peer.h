/* The EAP peer (RFC 3748; state machine after RFC 4137 section 4). */
#ifndef NODES_EAP_PEER_H
#define NODES_EAP_PEER_H

#include "method.h"

/* A method that the peer accepts, and its credential. */
struct eap_peer_method {
  const struct eap_method *method;
  struct eap_credential credential;
};

/* Belongs to the caller and outlives the peer. */
struct eap_peer_config {
  const uint8_t *identity; /* answer to Identity */
  size_t identity_length;
  const struct eap_peer_method *methods; /* in order of preference (for Nak) */
  size_t method_count;
};

enum eap_peer_result {
  EAP_PEER_DISCARD, /* silently dropped; nothing has changed */
  EAP_PEER_RESPOND, /* `out` holds the response packet */
  EAP_PEER_REPEAT,  /* the last request once more: `out` holds its response, nothing has changed */
  EAP_PEER_SUCCESS, /* EAP-Success accepted: keys are available */
  EAP_PEER_FAILURE, /* EAP-Failure accepted, or the method cannot go on */
};

/* The last request that was answered, and its response; lengths 0: none. */
struct eap_peer_exchange {
  uint8_t request[EAP_PACKET_MAX];
  size_t request_length;
  uint8_t response[EAP_PACKET_MAX];
  size_t response_length;
  struct span_list response_spans;
};

/* Flat; private to peer.c but for embedding. */
struct eap_peer {
  const struct eap_peer_config *config;
  const struct node_hooks *hooks;
  const struct eap_peer_method *selected;
  _Alignas(16) uint8_t state[EAP_METHOD_STATE_MAX];
  bool method_done;   /* the method ended with success */
  bool method_failed; /* the method ended with failure */
  bool finished;
  bool any_request;
  uint8_t last_identifier; /* of the last request that was answered */
  struct eap_peer_exchange last;
  const char *failure; /* why the method failed */
  const char *reason;
};

void eap_peer_init(struct eap_peer *peer, const struct eap_peer_config *config,
                   const struct node_hooks *hooks);

/* Takes one EAP packet; `out` has room for EAP_PACKET_MAX octets. A Request that repeats the last
 * one (same Identifier, same octets: section 4.1) has its Response again, also after the method's
 * end, and does not reach the method; another one with the same Identifier is discarded. Failure
 * after the method's success is ignored (section 4.2), and so is Success before it. */
enum eap_peer_result eap_peer_process(struct eap_peer *peer, const uint8_t *packet, size_t length,
                                      struct span_writer *out);

/* Whether this is the last request that was answered once more: EAP_PEER_REPEAT would come of it.
 */
bool eap_peer_is_repeated(const struct eap_peer *peer, const uint8_t *packet, size_t length);

/* True from the moment when the method has ended with success: keys can be exported, before the
 * Success packet is there (CoAP-EAP needs them to verify it). */
bool eap_peer_has_keys(const struct eap_peer *peer);
NODE_MUST_CHECK int eap_peer_keys(const struct eap_peer *peer, struct eap_keys *keys);

/* The name of the conversation, once there are keys. NODE_ERR_BAD_STATE: before;
 * NODE_ERR_UNSUPPORTED: the method names none. */
NODE_MUST_CHECK int eap_peer_session_id(const struct eap_peer *peer,
                                        struct eap_session_id *session);

/* Who the server has proved to be, once there are keys. False: its credential says no name. */
NODE_MUST_CHECK bool eap_peer_server_name(const struct eap_peer *peer, struct eap_name *name);

/* Static text: why the last packet was discarded, or why the authentication failed; empty where
 * neither holds; never NULL. */
const char *eap_peer_reason(const struct eap_peer *peer);

void eap_peer_wipe(struct eap_peer *peer);

/* The method that runs must have a digest of its own. */
void eap_peer_digest(const struct eap_peer *peer, struct digest *digest);

#endif
