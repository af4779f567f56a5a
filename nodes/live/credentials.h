/* From settings to the EAP configurations of peers and servers. */
#ifndef NODES_LIVE_CREDENTIALS_H
#define NODES_LIVE_CREDENTIALS_H

#include "../aaa/grant.h"
#include "../eap/peer.h"
#include "../eap/server.h"
#include "../edhoc/edhoc.h"
#include "complaint.h"
#include "settings.h"

/* ID_S of EAP-PSK where a server is given none. */
#define CREDENTIALS_SERVER_ID "coap-eap-node"

struct credentials_edhoc;

/* NULL, or static text that says what is missing for the user's methods. */
NODE_MUST_CHECK const char *credentials_check(const struct settings_user *user);

/* What EAP-EDHOC proves a side with, read from the user's files; NULL: the user has no such method.
 * The user has been checked. -1 where a file is not what it should be, or a peer that trusts a CA
 * expects no server, with a complaint. */
NODE_MUST_CHECK int credentials_edhoc_read(const struct settings *settings,
                                           const struct settings_user *user,
                                           struct credentials_edhoc **edhoc,
                                           struct complaint *complaint);

/* Erases it; NULL: nothing. */
void credentials_edhoc_free(struct credentials_edhoc *edhoc);

/* What one peer is; flat, points into itself, `user` and `edhoc`. It remembers from one
 * authentication to the next which cipher suites of EDHOC its server has. */
struct credentials_peer {
  struct edhoc_config edhoc; /* its own copy */
  struct edhoc_memory memory;
  char identity[NODE_IDENTITY_MAX + 1];
  char peer_id[NODE_IDENTITY_MAX + 1];
  struct eap_peer_method methods[SETTINGS_METHODS_MAX];
  struct eap_peer_config config;
};

/* `{n}` in identity and peer_id becomes `number`. False: one of them becomes too long. Not to be
 * moved afterwards. */
NODE_MUST_CHECK bool credentials_peer_init(struct credentials_peer *peer,
                                           const struct settings_user *user,
                                           const struct credentials_edhoc *edhoc, uint64_t number);

/* The users of an EAP server. An identity that ends with `*` stands for all that begin so; the
 * longest match wins. An anonymous one (eap/identify.h) that is none of theirs is that of the first
 * who trusts a CA. */
struct credentials_server {
  struct credentials_user *users;
  size_t count;
  struct eap_server_config config;
};

/* `settings` outlive it; not to be moved afterwards. -1 with a complaint: a user lacks something, a
 * file is not what it should be, or there is no user; nothing is left to be freed. */
NODE_MUST_CHECK int credentials_server_init(struct credentials_server *server,
                                            const struct settings *settings,
                                            struct complaint *complaint);
/* What the user of this name is granted, or NULL; `server` is a struct credentials_server. */
const struct aaa_authorization *credentials_authorize(void *server, const struct eap_name *name);

/* What an authenticator that is no EAP server proves itself with, and whom it knows: all users of
 * method edhoc, who share one credential of the authenticator's and one method. A user who trusts a
 * CA is the only one; then the peer's credential has that user's identity as a name, unless the
 * identity ends with `*` or is anonymous. Points into `server`. -1 with a complaint. */
NODE_MUST_CHECK int credentials_server_edhoc(const struct credentials_server *server,
                                             struct edhoc_config *config,
                                             struct complaint *complaint);

void credentials_server_deinit(struct credentials_server *server);

#endif
