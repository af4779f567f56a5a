/* The RADIUS clients of servers and proxies: --client and --secret, and those of the file. */
#ifndef NODES_LIVE_RADIUS_CLIENTS_H
#define NODES_LIVE_RADIUS_CLIENTS_H

#include "../radius/server.h"
#include "settings.h"

/* NULL, or what is missing. */
const char *radius_clients_lack(const struct settings *settings);

/* The command line's client before those of the file; never NULL. To be freed; the secrets are the
 * settings'. */
struct radius_server_client *radius_clients_list(const struct settings *settings, size_t *count);

/* A secret of the settings'. */
struct radius_secret radius_secret_of(const char *text);

#endif
