/* What a proxy makes of the packets that it passes on (RFC 2865 section 2.3): all attributes in
 * their order but Message-Authenticator, which is each hop's own and comes first. */
#ifndef NODES_RADIUS_FORWARD_H
#define NODES_RADIUS_FORWARD_H

#include "mppe.h"

enum { RADIUS_PROXY_STATE_LENGTH = 8 }; /* of ours; of others, any */

/* Composes the request for the next server in `out`, at its beginning: the client's, and behind all
 * its attributes our Proxy-State (section 5.33). */
void radius_forward_request(const struct radius_packet *request,
                            const uint8_t proxy_state[RADIUS_PROXY_STATE_LENGTH],
                            struct span_writer *out);

/* Composes the answer to the client's request with this Identifier: the server's without our
 * Proxy-State, where that is the last one, and with keys for the client's hop in the place of those
 * for the server's. NODE_ERR_MALFORMED: a key is (radius_mppe_forward); NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int radius_forward_answer(const struct radius_packet *answer, uint8_t identifier,
                                          const uint8_t proxy_state[RADIUS_PROXY_STATE_LENGTH],
                                          const struct radius_hop *server,
                                          const struct radius_hop *client, struct span_writer *out);

/* Composes an Access-Reject of our own, to a request of the client's with this Identifier, for
 * `packet`: that request, or an answer to it that cannot be passed on (`proxy_state`: ours in it;
 * else NULL). It has the others' Proxy-State, and an EAP-Failure where `packet` has EAP that one
 * can answer. It fits where `packet` did. */
void radius_forward_reject(const struct radius_packet *packet, uint8_t identifier,
                           const uint8_t *proxy_state, struct span_writer *out);

#endif
