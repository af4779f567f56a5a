/* Profiles of ACE, a table: profiles.def. */
#ifndef NODES_ACE_PROFILE_H
#define NODES_ACE_PROFILE_H

#include "../association/association.h"

enum ace_profile {
#define PROFILE(id, name, number, kind, help) ACE_PROFILE_##id,
#include "profiles.def"
#undef PROFILE
  ACE_PROFILE_COUNT
};

const char *ace_profile_name(enum ace_profile profile);
/* In the parameter ace_profile (38). */
int32_t ace_profile_number(enum ace_profile profile);
const struct association_kind *ace_profile_kind(enum ace_profile profile);

#endif
