/* The EAP peer. */
#include "agenda.h"
#include "cast/identities.h"
#include "roles.h"

static uint64_t peer_start(const struct spec *spec, size_t number) {
  const double spread_ns = (double)spec->start_spread_ms * (double)NODE_MS;
  struct stream start;
  stream_init(&start, (uint64_t)spec->seed, STREAM_START, number, 0);
  return RUN_BEGIN_NS + (uint64_t)(stream_uniform(&start) * spread_ns);
}

/* Whom the peer takes for the authenticator: it, or the neighbour on the way there, who is or has a
 * relay (relay.h). */
static struct node_address peer_authenticator(const struct run *run, const struct host *host) {
  const uint16_t port = run->lower->port;
  if (run->spec->relay == SPEC_RELAY_ON)
    return host_link_local(&run->hosts[run->topology.parents[host->index]], port);
  return host_address(&run->hosts[run_node_of(run, ROLE_AUTHENTICATOR)], port);
}

bool role_build_peer(struct run *run, struct host *host) {
  const size_t number = run->topology.nodes[host->index].number;
  const struct lower_peer_config config = {
      .options = &run->spec->options,
      .payload_bytes = (size_t)run->spec->app_payload_bytes,
      .local = run->spec->relay == SPEC_RELAY_ON ? host_link_local(host, run->lower->port)
                                                 : host_address(host, run->lower->port),
      .authenticator = peer_authenticator(run, host),
      .begins = run->spec->trigger == SPEC_TRIGGER_ON,
      .start_ns = peer_start(run->spec, number),
      .eap = *identities_peer(run->identities, number),
      .edhoc = identities_peer_edhoc(run->identities, number),
  };
  host->agenda = &run->agendas[number];
  agenda_init(host->agenda, host, number, &config.local, config.start_ns, config.begins);
  role_open_ports(host);
  host->node = run->lower->peer(&config, &host->hooks);
  if (host->node == NULL)
    return false;
  radio_policy_begin(host);
  return true;
}
