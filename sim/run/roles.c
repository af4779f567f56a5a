/* The table of roles, as far as it says how their nodes are made. */
#include "roles.h"

#include <string.h>

role_build *role_builder(enum role role) {
  static role_build *const builders[] = {
#define ROLE(id, name, party, many, build) [ROLE_##id] = build,
#include "cast/roles.def"
#undef ROLE
  };
  return builders[role];
}

struct radius_secret role_hop_secret(size_t hop) {
  static const char *const secrets[RUN_BACKHAUL_HOPS_MAX] = {"backhaul", "second hop", "third hop"};
  return (struct radius_secret){(const uint8_t *)secrets[hop], strlen(secrets[hop])};
}

struct host *role_hop_server(const struct run *run, size_t hop) {
  return &run->hosts[run->topology.radio_count + hop];
}

const struct radius_server_client *role_hop_client(struct run *run, size_t hop) {
  struct radius_server_client *client = &run->radius_clients[hop];
  const size_t authenticator = run_node_of(run, ROLE_AUTHENTICATOR);
  client->secret = role_hop_secret(hop);
  world_address(run->world, hop == 0 ? authenticator : role_hop_server(run, hop - 1)->index,
                client->ip);
  return client;
}

void role_open_ports(struct host *host) {
  const struct run *run = host->run;
  for (size_t i = 0; i < run->lower->ports(&run->spec->options); i++)
    world_open(run->world, host->index, (uint16_t)(run->lower->port + i));
}
