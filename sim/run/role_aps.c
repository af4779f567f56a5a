/* The application server. */
#include "association/association.h"
#include "bootstrap/aps.h"
#include "bootstrapping.h"
#include "cast/identities.h"
#include "roles.h"

#include <string.h>

enum { APS_RADIUS_PORTS = 1 };

static struct radius_client_config aps_radius(const struct run *run, const struct host *host) {
  return (struct radius_client_config){
      .local = host_address(host, RADIUS_FIRST_PORT_DEFAULT),
      .port_count = APS_RADIUS_PORTS,
      .server = host_address(bootstrapping_as_of(run, run->topology.nodes[host->index].number),
                             RADIUS_PORT),
      .secret = bootstrapping_secret(),
      .nas_identifier = "aps",
  };
}

bool role_build_aps(struct run *run, struct host *host) {
  const struct bootstrapping *all = run->bootstrapping;
  const size_t number = run->topology.nodes[host->index].number;
  const size_t peers = run->topology.peer_count;
  const char *realm = bootstrapping_realm_of(run, number);
  const struct radius_client_config radius = aps_radius(run, host);
  struct bootstrap_aps_config config = {
      .options = &all->options,
      .channel = (enum bootstrap_channel)run->spec->secure,
      .local = all->servers[number].address,
      .name = all->servers[number].name,
      .realm = (const uint8_t *)realm,
      .realm_length = strlen(realm),
      .radius = &radius,
      .keys_max = 2 * peers,
      .channels_max = 4 + 2 * peers,
      .key_lifetime_s = (uint32_t)run->spec->key_lifetime_s,
      .payload_bytes = (size_t)run->spec->app_payload_bytes,
      .configured = all->configured == NULL ? NULL : &all->configured_by_server[number * peers],
      .configured_count = all->configured == NULL ? 0 : peers,
  };
  config.pulls[all->pull] = true;
  world_open(run->world, host->index, config.local.port);
  role_open_association(host, bootstrap_channel_kind(config.channel), config.local.port);
  for (uint16_t i = 0; i < APS_RADIUS_PORTS; i++)
    world_open(run->world, host->index, (uint16_t)(radius.local.port + i));
  host->node = bootstrap_aps_create(&config, &host->hooks);
  return host->node != NULL;
}
