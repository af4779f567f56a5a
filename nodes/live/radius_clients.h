/* The RADIUS clients of servers and proxies: --client and --secret, and those of the file. */
#ifndef NODES_LIVE_RADIUS_CLIENTS_H
#define NODES_LIVE_RADIUS_CLIENTS_H

#include "../aaa/aaa.h"
#include "settings.h"

/* NULL, or what is missing, or does not go together. */
const char *radius_clients_lack(const struct settings *settings);

/* NULL, or what does not go together. */
const char *radius_clients_conflict(const struct settings *settings);

/* The command line's client before those of the file, then application servers and providers, each
 * address once. To be freed; the secrets are the settings'. NULL: an address has two secrets. */
struct radius_server_client *radius_clients_list(const struct settings *settings, size_t *count);

/* Which of them may have keys, of application servers and providers; never NULL. To be freed; the
 * names are the settings'. */
struct aaa_key_client *radius_clients_with_keys(const struct settings *settings, size_t *count);

/* A secret of the settings'. */
struct radius_secret radius_secret_of(const char *text);

#endif
