/* The roles; role_authenticator is that of aa and controller, too, and role_aaa that of as. Each
 * runs to its end and returns the program's exit status; EXIT_USAGE where the settings are not
 * enough, which it has told. */
#ifndef NODES_LIVE_ROLE_H
#define NODES_LIVE_ROLE_H

#include "loop.h"
#include "settings.h"

int role_peer(const struct settings *settings, const struct report *report);
int role_authenticator(const struct settings *settings, const struct report *report);
int role_aaa(const struct settings *settings, const struct report *report);
int role_proxy(const struct settings *settings, const struct report *report);
int role_pre(const struct settings *settings, const struct report *report);
int role_ue(const struct settings *settings, const struct report *report);
int role_ike(const struct settings *settings, const struct report *report);
int role_aps(const struct settings *settings, const struct report *report);
int role_resource_server(const struct settings *settings, const struct report *report);
int role_client(const struct settings *settings, const struct report *report);

#endif
