/* Who a peer is that has proved itself by a credential with names of its own: the user that it
 * claims to be, or, where its identity is anonymous, the one whom its credential names. */
#ifndef NODES_EAP_IDENTIFY_H
#define NODES_EAP_IDENTIFY_H

#include "server.h"

/* An anonymous NAI (RFC 7542 section 2.4): "@realm", or "anonymous@realm". */
bool eap_identity_is_anonymous(const uint8_t *identity, size_t length);

/* After EAP_METHOD_PROVED; decides who `server->user` and `server->name` are. NULL, or static text
 * that says why it is none of the users.
 *
 *   - A credential that the configuration holds is its user's, whatever that user calls itself. If
 *     the user's entry is for many and the identity anonymous, a name of the credential counts, if
 * it is none of another entry.
 *   - Of one that an authority vouches for, a name must be the identity that the peer claims;
 *   - or, where that is anonymous, be a user's whose entry trusts the same authorities: an
 * authority that is trusted for some users is not trusted for others. */
NODE_MUST_CHECK const char *eap_server_identify(struct eap_server *server);

#endif
