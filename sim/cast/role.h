/* Roles that nodes play, and the parties that they are of. */
#ifndef SIM_CAST_ROLE_H
#define SIM_CAST_ROLE_H

#include "spec/party.h"

#include <stdbool.h>

enum role {
#define ROLE(id, name, party, many, peer, build) ROLE_##id,
#include "roles.def"
#undef ROLE
  ROLE_COUNT
};

const char *party_name(enum party party);

const char *role_name(enum role role);
enum party role_party(enum role role);

/* Whether the names of its nodes bear numbers. */
bool role_is_many(enum role role);

/* Whether it is an EAP peer. */
bool role_is_peer(enum role role);

/* Whether it is one that is constrained: all are but phones. */
bool role_is_constrained(enum role role);

#endif
