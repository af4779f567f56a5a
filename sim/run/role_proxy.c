/* An AAA proxy on the way from the authenticator to the AAA server of the realm. */
#include "aaa/proxy.h"
#include "recommissioning.h"
#include "roles.h"
#include "spec/realm.h"

enum { IDENTIFIERS = 256 }; /* of one port */

/* What of its configuration the run keeps: where requests of the realm go. */
static void proxy_keep(struct run *run, size_t hop) {
  run->proxied[hop] =
      (struct aaa_proxy_server){.address = host_address(role_hop_server(run, hop), RADIUS_PORT),
                                .secret = role_hop_secret(hop)};
  run->proxied_realm = (struct aaa_realm){.name = spec_realm(run->spec), .server = 0};
}

bool role_build_proxy(struct run *run, struct host *host) {
  if (run->recommissioning != NULL)
    return recommissioning_build_proxy(run, host);
  const size_t hop = 1 + run->topology.nodes[host->index].number; /* to the next */
  const size_t ports = (size_t)run->spec->radius_ports;
  proxy_keep(run, hop);
  const struct aaa_proxy_config config = {.local = host_address(host, RADIUS_PORT),
                                          .uplink = host_address(host, RADIUS_FIRST_PORT_DEFAULT),
                                          .port_count = ports,
                                          .clients = role_hop_client(run, hop - 1),
                                          .client_count = 1,
                                          .servers = &run->proxied[hop],
                                          .server_count = 1,
                                          .realms = &run->proxied_realm,
                                          .realm_count = 1,
                                          .requests_max = IDENTIFIERS * ports,
                                          .packet_max = NODE_DATAGRAM_MAX};
  world_open(run->world, host->index, RADIUS_PORT);
  for (size_t i = 0; i < ports; i++)
    world_open(run->world, host->index, (uint16_t)(config.uplink.port + i));
  host->node = aaa_proxy_create(&config, &host->hooks);
  return host->node != NULL;
}
