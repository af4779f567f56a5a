/* The AA and the AS of an authentication for applications (use case 1), which is by PANA. */
#include "aaa/aaa.h"
#include "bootstrap/bundle.h"
#include "bootstrapping.h"
#include "cast/identities.h"
#include "roles.h"

#include <string.h>

#define NAS_IDENTIFIER "aa"
#define SECRET "aa and as"

enum { AGENT_RADIUS_PORTS = 4 };

static struct radius_secret agent_secret(void) {
  return (struct radius_secret){(const uint8_t *)SECRET, strlen(SECRET)};
}

static struct radius_client_config agent_radius(const struct host *host, const struct host *as) {
  return (struct radius_client_config){.local = host_address(host, RADIUS_FIRST_PORT_DEFAULT),
                                       .port_count = AGENT_RADIUS_PORTS,
                                       .server = host_address(as, RADIUS_PORT),
                                       .secret = agent_secret(),
                                       .nas_identifier = NAS_IDENTIFIER};
}

static struct lower_authenticator_config agent_config(const struct run *run,
                                                      const struct host *host) {
  const struct bootstrapping *all = run->bootstrapping;
  return (struct lower_authenticator_config){
      .options = &all->agent_options,
      .local = host_address(host, all->lower->port),
      .peers_max = run->topology.peer_count,
      .eap = *identities_server(all->serving),
      .lifetime_s = (uint32_t)run->spec->lifetime_s,
  };
}

/* AA and AS, one node. */
static struct node *agent_build_whole(struct run *run, struct host *host,
                                      struct lower_authenticator_config *config) {
  const struct bootstrapping *all = run->bootstrapping;
  struct node *as = bootstrapping_build_as(run, host, config);
  struct node *agent = as == NULL ? NULL : all->lower->authenticator(config, &host->hooks);
  if (agent == NULL) {
    node_destroy(as);
    return NULL;
  }
  const struct bundle_part parts[] = {BOOTSTRAPPING_PART(agent, all->lower->port, 1),
                                      BOOTSTRAPPING_PART(as, RADIUS_PORT, 1)};
  return bundle_create(parts, sizeof parts / sizeof parts[0]);
}

bool role_build_agent(struct run *run, struct host *host) {
  const struct bootstrapping *all = run->bootstrapping;
  struct host *as = bootstrapping_as(run);
  struct lower_authenticator_config config = agent_config(run, host);
  struct radius_client_config radius;
  world_open(run->world, host->index, all->lower->port);
  if (as == host) {
    host->node = agent_build_whole(run, host, &config);
    return host->node != NULL;
  }
  radius = agent_radius(host, as);
  config.radius = &radius;
  for (uint16_t i = 0; i < radius.port_count; i++)
    world_open(run->world, host->index, (uint16_t)(radius.local.port + i));
  host->node = all->lower->authenticator(&config, &host->hooks);
  return host->node != NULL;
}

bool role_build_server(struct run *run, struct host *host) {
  struct aaa_config config = {.local = host_address(host, RADIUS_PORT),
                              .radius = {.conversations_max = 8 * run->topology.peer_count},
                              .eap = *identities_server(run->bootstrapping->serving),
                              .session_timeout_s = (uint32_t)run->spec->lifetime_s,
                              .answer_max = WORLD_DATAGRAM_MAX};
  struct radius_server_client agent = {.secret = agent_secret()};
  world_address(run->world, run_node_of(run, ROLE_AA), agent.ip);
  bootstrapping_serve(run, &agent, &config);
  world_open(run->world, host->index, RADIUS_PORT);
  host->node = aaa_create(&config, &host->hooks);
  return host->node != NULL;
}
