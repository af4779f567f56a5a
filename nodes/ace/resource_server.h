/* The resource server (RFC 9200 sections 5.10 and 6): clients bring it tokens of the authorization
 * server, and ask for its resources with the keys that these name. A node of the contract in
 * node.h, beside the peer of a lower layer by whose authentication it shares a key with the
 * authorization server (ace_resource_server_learn).
 *
 * Ports: `local` for CoAP in clear and OSCORE; of coap_dtls the sessions are where
 * association_address has them, on the port behind.
 *
 * POST /authz-info, in clear, is answered by
 *   2.01  the token is good; of coap_oscore with N2 and ID2 (RFC 9203 section 4.2), where the
 *         association waits for its first request, and one that the same endpoint has stays in use
 *         until that has verified
 *   4.00  the payload or the claims cannot be read, or the scope is not known
 *   4.01  the token is of another key, does not verify, or has ended
 *   4.03  it is for another audience
 *   4.15  of another Content-Format
 *   5.03  where there is no key yet, or no room
 * Of coap_dtls the payload is a CWT, which waits for handshakes that name its kid: of the endpoint
 * that has brought it, or of another with its IP address; a token may come in the psk_identity of
 * the handshake instead, as in RFC 9202 section 3.3.2. An identity that leads to no token ends the
 * handshake (illegal_parameter has no place in the library that is used: it says
 * unknown_psk_identity).
 *
 * Access: GET, and POST or PUT, which replace a resource's value, by the holder of a token:
 *   2.05, 2.04; 4.01 without a token that is still good; 4.03 for a resource outside its
 * scope; 4.05 for a method outside; 4.04 for a resource that is in the scope, and not there; 4.00
 * for a value that no response could carry. In clear a resource has 4.01, whoever asks. A context
 * of OSCORE ends with its token (RFC 9203 section 6), so that its 4.01 is in clear; a session of
 * DTLS stays, to say it inside.
 *
 * Strangers cost nothing but what the answer to a token needs that verifies; of a ClientHello
 * without a cookie nothing is kept, unless the options say that none is asked for. A token that was
 * heard on the way, and is brought by another endpoint, makes an association there that nobody can
 * use. Where there is no room, first the oldest of those gives way that have shown no key, or whose
 * token has ended; then the client whose last request was longest ago. What is brought in a
 * client's name takes the place of what that has brought and not used yet: at worst it brings its
 * token again.
 *
 * Events, with the client as the remote (its port of CoAP in clear):
 *   TOKEN_TRANSFER  KEY; SERVED: a token was taken; FAILED why not (its code's text, and DTLS's
 *                   association_failure, "another handshake has begun"; also of what was never
 *                   used: "lifetime", "made room for another"); CONFIRMED: the client has the key
 *                   (name: the octets of the osc id, or the kid)
 *   APPLICATION     SERVED; CLOSED ("lifetime", "made room for another", "replaced",
 *                   association_failure's text); DISCARDED with why, also of what was refused
 *                   ("4.03 Forbidden") */
#ifndef NODES_ACE_RESOURCE_SERVER_H
#define NODES_ACE_RESOURCE_SERVER_H

#include "../lower/lower.h"
#include "message.h"

struct ace_resource {
  const char *path;     /* of one segment, up to ACE_PATH_MAX octets */
  const uint8_t *value; /* at first; up to ASSOCIATION_PAYLOAD_MAX octets */
  size_t value_length;
};

/* Copied by create; what it points to belongs to the caller and outlives the node. */
struct ace_resource_server_config {
  const struct option_values *options; /* of CoAP, and of the associations */
  enum ace_profile profile;
  struct node_address local;            /* IP address zero: any */
  const char *audience;                 /* that tokens are for, where they say so */
  const struct ace_resource *resources; /* that a scope of one octet is of: the first */
  size_t resource_count;                /* 1 to ACE_SCOPE_ENTRIES_MAX */
  size_t clients_max;
  uint64_t epoch_s; /* NumericDate of the moment 0 of time */
};

/* NULL if memory is short or the configuration is out of range. `hooks` must outlive the node. */
struct node *ace_resource_server_create(const struct ace_resource_server_config *config,
                                        const struct node_hooks *hooks);

/* Its own authentication by EAP has succeeded, of which comes the key that tokens are sealed with
 * from now on; those that it has are as good as before. As lower_listener.established; `server` is
 * the node. */
void ace_resource_server_learn(void *server, const struct eap_peer *peer, uint64_t now_ns);

/* The value of a resource; NULL: there is none of this path. */
const uint8_t *ace_resource_server_value(const struct node *server, const char *path,
                                         size_t *length);

/* Octets held for associations and tokens, now and at most. */
size_t ace_resource_server_bytes(const struct node *server);
size_t ace_resource_server_bytes_peak(const struct node *server);

#endif
