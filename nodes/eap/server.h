/* The EAP server (RFC 3748; after RFC 4137 section 5 and 6.1): begins with the peer's Identity
 * response, chooses a method, ends with Success or Failure. The Identity request is the
 * authenticator's (eap_server_identity_request composes it). */
#ifndef NODES_EAP_SERVER_H
#define NODES_EAP_SERVER_H

#include "method.h"

struct erp_server_config;

/* A method offered to a user, and the credential for it. */
struct eap_server_method {
  const struct eap_method *method;
  struct eap_credential credential;
};

struct eap_user {
  const uint8_t *identity;
  size_t identity_length;
  const struct eap_server_method *methods; /* in the order in which they are offered */
  size_t method_count;
  bool many;    /* `identity` stands for many: each is called as it has proved, or claims */
  bool refused; /* may not join: is rejected ("not authorized") once it has proved itself, inside
                 * the method where that can say so, and else in place of EAP-Success */
};

/* Belongs to the caller and outlives the server. */
struct eap_server_config {
  /* The user of this identity, or NULL. What it returns outlives the conversation. */
  const struct eap_user *(*lookup)(void *context, const uint8_t *identity, size_t length);
  void *context;
  const struct erp_server_config *erp; /* of who keeps keys for re-authentication; NULL: nobody */
};

enum eap_server_result {
  EAP_SERVER_DISCARD, /* silently dropped; nothing has changed */
  EAP_SERVER_REQUEST, /* `out` holds the next request */
  EAP_SERVER_SUCCESS, /* `out` holds EAP-Success; keys are available */
  EAP_SERVER_FAILURE, /* `out` holds EAP-Failure */
};

/* Flat; private to server.c but for embedding. */
struct eap_server {
  const struct eap_server_config *config;
  const struct node_hooks *hooks;
  const struct eap_user *user;
  size_t method; /* index into the user's methods, of the one that runs */
  const struct eap_method *running;
  _Alignas(16) uint8_t state[EAP_METHOD_STATE_MAX];
  uint8_t identifier;  /* of the outstanding request */
  bool method_started; /* the peer has answered in the method: Nak is no longer allowed */
  bool identified;
  struct eap_name name; /* what the peer claims; once it is identified, who it is */
  bool finished;
  bool succeeded;
  const char *reason;
};

/* Composes EAP-Request/Identity with this identifier. */
NODE_MUST_CHECK int eap_server_identity_request(uint8_t identifier, struct span_writer *out);

/* A new conversation whose Identity request had `identifier`. */
void eap_server_init(struct eap_server *server, const struct eap_server_config *config,
                     const struct node_hooks *hooks, uint8_t identifier);

/* Takes one Response; `out` has room for EAP_PACKET_MAX octets. An unknown identity, a Nak without
 * an acceptable method and a method's failure end with EAP-Failure. */
enum eap_server_result eap_server_process(struct eap_server *server, const uint8_t *packet,
                                          size_t length, struct span_writer *out);

NODE_MUST_CHECK int eap_server_keys(const struct eap_server *server, struct eap_keys *keys);

/* The name of the conversation, with its keys. NODE_ERR_BAD_STATE: there are none;
 * NODE_ERR_UNSUPPORTED: the method names none. */
NODE_MUST_CHECK int eap_server_session_id(const struct eap_server *server,
                                          struct eap_session_id *session);

/* Who the peer is, after EAP_SERVER_SUCCESS: the user's identity; where that stands for many, the
 * name in the credential, or else the identity that it has claimed. False: before. */
NODE_MUST_CHECK bool eap_server_name(const struct eap_server *server, struct eap_name *name);

/* The user that the peer's identity has named; NULL: none has been. */
const struct eap_user *eap_server_user(const struct eap_server *server);

/* Static text: why the last packet was discarded, or why the peer was rejected; empty where neither
 * holds; never NULL. */
const char *eap_server_reason(const struct eap_server *server);

void eap_server_wipe(struct eap_server *server);

/* The method that runs must have a digest of its own. */
void eap_server_digest(const struct eap_server *server, struct digest *digest);

#endif
