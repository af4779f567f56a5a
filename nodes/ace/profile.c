/* The table of profiles. */
#include "profile.h"

static const struct profile_row {
  const char *name;
  int32_t number;
  const struct association_kind *kind;
} PROFILES[] = {
#define PROFILE(id, name_, number_, kind_, help)                                                   \
  [ACE_PROFILE_##id] = {.name = name_, .number = number_, .kind = &ASSOCIATION_##kind_},
#include "profiles.def"
#undef PROFILE
};

const char *ace_profile_name(enum ace_profile profile) {
  return PROFILES[profile].name;
}

int32_t ace_profile_number(enum ace_profile profile) {
  return PROFILES[profile].number;
}

const struct association_kind *ace_profile_kind(enum ace_profile profile) {
  return PROFILES[profile].kind;
}
