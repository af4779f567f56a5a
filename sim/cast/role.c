/* The tables of parties and roles. */
#include "role.h"

static const struct {
  const char *name;
  enum party party;
  bool many, peer;
} ROLES[] = {
#define ROLE(id, name, party, many, peer, build) [ROLE_##id] = {name, PARTY_##party, many, peer},
#include "roles.def"
#undef ROLE
};

const char *party_name(enum party party) {
  static const char *const names[] = {
#define PARTY(id, name, device, help) [PARTY_##id] = name,
#include "spec/parties.def"
#undef PARTY
  };
  return names[party];
}

const char *role_name(enum role role) {
  return ROLES[role].name;
}

enum party role_party(enum role role) {
  return ROLES[role].party;
}

bool role_is_many(enum role role) {
  return ROLES[role].many;
}

bool role_is_peer(enum role role) {
  return ROLES[role].peer;
}

bool role_is_constrained(enum role role) {
  return role_is_peer(role) && role_party(role) != PARTY_PHONES;
}
