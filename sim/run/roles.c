/* The table of roles, as far as it says how their nodes are made. */
#include "roles.h"

#include <string.h>

role_build *role_builder(enum role role) {
  static role_build *const builders[] = {
#define ROLE(id, name, party, many, peer, build) [ROLE_##id] = build,
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

/* What is not on the ports of the lower layer. */
static void role_open_own(struct host *host, const struct association_kind *kind) {
  const struct run *run = host->run;
  if (association_kind_port(kind) != 0)
    world_open(run->world, host->index, association_kind_port(kind));
  world_open_protocol(run->world, host->index, association_kind_carrier(kind));
}

void role_open_ports(struct host *host) {
  const struct run *run = host->run;
  for (size_t i = 0; i < run->lower->ports(&run->spec->options); i++)
    world_open(run->world, host->index, (uint16_t)(run->lower->port + i));
  role_open_own(host, association_kind_of(&run->spec->options));
}

void role_open_association(struct host *host, const struct association_kind *kind, uint16_t port) {
  const struct node_address address = {.port = port};
  world_open(host->run->world, host->index, association_address(kind, &address).port);
  role_open_own(host, kind);
}

struct bundle_part role_part(struct node *node, uint16_t first, size_t count,
                             const struct association_kind *kind) {
  const uint16_t own = association_kind_port(kind);
  const enum node_protocol carrier = association_kind_carrier(kind);
  return (struct bundle_part){
      .node = node,
      .ports = {{.first = first, .count = (uint16_t)count}, {.first = own, .count = own != 0}},
      .protocols = carrier == NODE_UDP ? 0 : 1U << carrier};
}

struct bundle_part role_lower_part(const struct run *run, struct node *node) {
  return role_part(node, run->lower->port, run->lower->ports(&run->spec->options),
                   association_kind_of(&run->spec->options));
}
