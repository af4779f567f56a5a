/* The authorization server (RFC 9200 section 5.8), as a service of an authenticator: peers that it
 * has authenticated are the clients, each known by its association, and the resource servers whose
 * tokens it makes, each under a key of its own authentication (ace_sealing_key_derive). POST /token
 * is answered by
 *   2.01  a token, and its key; the scope is that which was asked for, or the part of it that is
 *         allowed
 *   4.00  invalid_request    no map, or no audience, or none that is there: the resource server
 *                            never joined, or its association has ended
 *         invalid_scope      of what was asked for nothing is allowed, by the rules of who may what
 *                            or by what the AAA server has granted the client (lower_guard_allows,
 *                            of the resource server's address)
 *         unsupported_grant_type
 *   5.00  where the cryptographic library fails
 * A client whose association has ended, or that never joined, has none to ask under.
 *
 * Tokens are for one resource server, and one profile. No two of a resource server have one nonce.
 * They end with their lifetime, and no later than the associations of the two were to end; one that
 * is ended before that does not take back what tokens there are. */
#ifndef NODES_ACE_AUTHORIZATION_SERVER_H
#define NODES_ACE_AUTHORIZATION_SERVER_H

#include "../lower/lower.h"
#include "message.h"

enum { ACE_LIFETIME_DEFAULT_S = 3600 };

/* A resource server. What it points to belongs to the caller. No two have a name, or a holder, in
 * common: they would have one key, and their tokens one nonce. */
struct ace_audience {
  const char *name;      /* 1 to ACE_AUDIENCE_MAX octets */
  const uint8_t *holder; /* the identity that it authenticates by, with its authenticator */
  size_t holder_length;
  uint16_t port;        /* of CoAP in clear, at the address that it authenticates from */
  const char *resource; /* that a scope of one octet is of */
};

/* Who may what. */
struct ace_rule {
  const char *audience;
  const uint8_t *client; /* its identity; length 0: every one */
  size_t client_length;
  struct ace_scope scope;
};

/* Copied; what it points to belongs to the caller and outlives the server. */
struct ace_authorization_server_config {
  const struct ace_audience *audiences;
  size_t audience_count;
  const struct ace_rule
      *rules; /* of those that are for a client, the first counts; none: nothing */
  size_t rule_count;
  enum ace_profile profile;
  enum ace_scope_form scope_form; /* of scopes that are not what was asked for */
  uint32_t lifetime_s;            /* of tokens; 0: ACE_LIFETIME_DEFAULT_S */
  bool says_lifetime;             /* expires_in */
  bool names_audience;            /* aud, in tokens */
  size_t key_id_length;           /* of kid in coap_dtls: 1 or 8; 0: 1 */
  uint64_t epoch_s;               /* NumericDate of the moment 0 of time, below 2^32 */
};

struct ace_authorization_server;

/* NULL if memory is short or the configuration is out of range. `hooks` must outlive it. */
struct ace_authorization_server *
ace_authorization_server_create(const struct ace_authorization_server_config *config,
                                const struct node_hooks *hooks);
void ace_authorization_server_destroy(struct ace_authorization_server *server);

/* What an authenticator is to be configured with; the server's. */
const struct lower_service *
ace_authorization_server_service(const struct ace_authorization_server *server);

/* What decides its further behaviour. */
void ace_authorization_server_digest(const struct ace_authorization_server *server,
                                     struct digest *digest, uint64_t now_ns);

#endif
