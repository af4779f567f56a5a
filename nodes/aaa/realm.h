/* Where an Access-Request goes by the realm of its User-Name, a Network Access Identifier (RFC 7542
 * section 2.2).
 *
 * The realm is what is behind the '@', of which there may be one; it has at least two labels of
 * letters, digits, hyphens and octets of UTF-8, none of them empty nor with a hyphen at an end. Two
 * are equal in ASCII without regard to case. A decorated name (of old practice: a realm, '!',
 * before the user's name) asks for a way of its own through several realms: we know none. */
#ifndef NODES_AAA_REALM_H
#define NODES_AAA_REALM_H

#include "../node.h"

/* The realms of these names stand for those that have none of their own. */
#define AAA_REALM_ANY "*"  /* any other realm */
#define AAA_REALM_NONE "-" /* a User-Name without a realm, or no User-Name */

/* Names of this realm go to the next server with this index. */
struct aaa_realm {
  const char *name;
  size_t server;
};

/* True for AAA_REALM_ANY, AAA_REALM_NONE, and what can be a realm. */
bool aaa_realm_valid(const char *name);

/* Where this User-Name (NULL: none) goes, in `*server`. NULL, or static text that says why nowhere:
 * "malformed realm", "decorated User-Name", "unknown realm", "User-Name without realm". */
NODE_MUST_CHECK const char *aaa_realm_route(const struct aaa_realm *realms, size_t count,
                                            const uint8_t *name, size_t length, size_t *server);

#endif
