/* The table of roles, as far as it says how their nodes are made. */
#include "roles.h"

#define RADIUS_SECRET "backhaul"

const struct radius_secret ROLE_RADIUS_SECRET = {.octets = (const uint8_t *)RADIUS_SECRET,
                                                 .length = sizeof RADIUS_SECRET - 1};

role_build *role_builder(enum role role) {
  static role_build *const builders[] = {
#define ROLE(id, name, party, many, build) [ROLE_##id] = build,
#include "cast/roles.def"
#undef ROLE
  };
  return builders[role];
}

void role_open_ports(struct host *host) {
  const struct run *run = host->run;
  for (size_t i = 0; i < run->lower->ports(&run->spec->options); i++)
    world_open(run->world, host->index, (uint16_t)(run->lower->port + i));
}
