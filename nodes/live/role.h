/* The three roles. Each runs to its end and returns the program's exit status. */
#ifndef NODES_LIVE_ROLE_H
#define NODES_LIVE_ROLE_H

#include "loop.h"
#include "settings.h"

/* Exits with EXIT_USAGE where the settings are not enough. */
int role_peer(const struct settings *settings, const struct report *report);
int role_authenticator(const struct settings *settings, const struct report *report);
int role_aaa(const struct settings *settings, const struct report *report);

#endif
