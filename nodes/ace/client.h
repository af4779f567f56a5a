/* The client (RFC 9200): asks the authorization server for tokens, brings them to resource servers,
 * and asks for their resources. A node of the contract in node.h, beside the peer of a lower layer,
 * under whose association it makes its calls to the authorization server, by `ask`.
 *
 * Ports: `local` for CoAP in clear and OSCORE, to that of the resource server; sessions of
 * coap_dtls on those behind.
 *
 * Nothing but a request begins anything. A request takes the association that there is; or makes
 * one of the token that there is; or asks for a token first, which one request does at a time:
 * those to other servers wait for their turn. A token that the resource server does not take, or no
 * more (4.01 to it or to the request, in clear or inside, or a handshake that it ends), is
 * forgotten, with its association, and another asked for, once in a request. Anybody on the path
 * can bring that about: it costs a token. Other errors in clear to a protected request are not
 * believed. Other errors to the token end the request: 4.xx forgets the token, too. A server that
 * is silent ends the request, and the association; the token is brought anew by the next. Where the
 * authorization server says when a token ends, it is forgotten then, or at the end of the request
 * that is under way.
 *
 * Events, with the resource server as the remote:
 *   AUTHORIZATION   STARTED; KEY, of the token ("ace_ms", "ace_psk"); ANSWERED: there is a token;
 *                   UNANSWERED: why not: "authorization-timeout", "authorization-refused" (4.00
 *                   invalid_request and others), "authorization-scope" (invalid_scope),
 *                   "authorization-forbidden" (4.03: what the AAA server has granted does not reach
 *                   the authorization server), "authorization-rejected" (an answer that is of no
 *                   use), "authorization-busy", "no-association" (nothing to ask under),
 *                   "forgotten"
 *   TOKEN_TRANSFER  STARTED; KEY, of OSCORE; ANSWERED (of coap_dtls also CONFIRMED: the session is
 *                   there; name: the audience); UNANSWERED: why not: "token-timeout",
 *                   "token-refused", "token-rejected" (an answer that is of no use), "forgotten",
 *                   or association_failure's text
 *   APPLICATION     CONFIRMED, of OSCORE: the first response has verified (name: the audience);
 *                   ANSWERED with the response's code, whatever its class ("2.04 Changed", "4.03
 *                   Forbidden"); UNANSWERED with why: one of the above, "access-timeout",
 *                   "access-refused" (4.01 a second time)
 *   CLOSED (APPLICATION): what there was of a server is forgotten, but for a token that it has not
 *                   taken: "lifetime", "refused", "forgotten"; or the session alone has ended:
 *                   association_failure's text
 *   DISCARDED       what came from a resource server's port, and why it is of no use */
#ifndef NODES_ACE_CLIENT_H
#define NODES_ACE_CLIENT_H

#include "../lower/lower.h"
#include "message.h"

enum { ACE_SERVERS_MAX = 16 };

/* A resource server that the client knows. */
struct ace_server {
  const char *audience;        /* 1 to ACE_AUDIENCE_MAX octets */
  struct node_address address; /* of CoAP in clear */
  const char *resource;        /* that a scope of one octet is of */
  struct ace_scope scope;      /* that is asked for */
  enum ace_scope_form scope_form;
};

/* Copied by create; what it points to belongs to the caller and outlives the node. */
struct ace_client_config {
  const struct option_values *options; /* of CoAP, and of the associations */
  enum ace_profile profile;
  struct node_address local;
  const struct ace_server *servers; /* of different addresses */
  size_t server_count;              /* 1 to ACE_SERVERS_MAX */
  bool token_in_handshake; /* coap_dtls: the token is the psk_identity; else it is brought before */
  /* Makes a call to the authorization server (lower_layer.peer_call), which tells of its end by
   * ace_client_answered, and not before it returns. */
  int (*ask)(void *context, const struct lower_call *call);
  void *ask_context;
};

/* A request. Pointers are used during the call only. */
struct ace_access {
  uint8_t code; /* GET, POST, PUT */
  const char *path;
  const uint8_t *payload;
  size_t length; /* up to ASSOCIATION_PAYLOAD_MAX; 0: none */
};

/* NULL if memory is short or the configuration is out of range. `hooks` must outlive the node. */
struct node *ace_client_create(const struct ace_client_config *config,
                               const struct node_hooks *hooks);

/* As lower_listener.answered; `client` is the node. */
void ace_client_answered(void *client, const struct coap_message *response, uint64_t now_ns);

/* Sends a request to server number `server`; what must come before it comes first. NODE_ERR_BUSY
 * while one is under way to this server, or `ask` says so; NODE_ERR_TOO_LONG (the path, too),
 * NODE_ERR_EXHAUSTED, NODE_ERR_CRYPTO; NODE_ERR_UNSUPPORTED: no method; NODE_ERR_BAD_STATE: there
 * is no token, and no association to ask for one under. */
NODE_MUST_CHECK int ace_client_request(struct node *node, size_t server,
                                       const struct ace_access *access, uint64_t now_ns);

/* Who is told of a response that has verified, whatever its code, when its request has ended;
 * `payload` is used during the call only. Copied; NULL: nobody. */
struct ace_client_listener {
  void (*answered)(void *context, size_t server, uint8_t code, const uint8_t *payload,
                   size_t length);
  void *context;
};
void ace_client_listen(struct node *node, const struct ace_client_listener *listener);

/* Forgets what it has of a server: token and association; a request that is under way ends. */
void ace_client_forget(struct node *node, size_t server, uint64_t now_ns);

/* Of a server: what the client has. */
enum ace_client_state {
  ACE_CLIENT_NOTHING,
  ACE_CLIENT_ASKING, /* the authorization server */
  ACE_CLIENT_TOKEN,
  ACE_CLIENT_TRANSFERRING,
  ACE_CLIENT_READY, /* an association: requests go out at once */
};
enum ace_client_state ace_client_state(const struct node *node, size_t server);

/* Octets held for tokens and associations, now and at most. */
size_t ace_client_bytes(const struct node *node);
size_t ace_client_bytes_peak(const struct node *node);

#endif
