/* The EAP peer. */
#include "agenda.h"
#include "cast/identities.h"
#include "relay.h"
#include "roles.h"
#include "spec/realm.h"

static uint64_t peer_start(const struct spec *spec, size_t number) {
  const double spread_ns = (double)spec->start_spread_ms * (double)NODE_MS;
  struct stream start;
  stream_init(&start, (uint64_t)spec->seed, STREAM_START, number, 0);
  return RUN_BEGIN_NS + (uint64_t)(stream_uniform(&start) * spread_ns);
}

/* With relays, the next hop is who the peer takes for the authenticator (relay.h). */
static void peer_set_addresses(const struct host *host, struct lower_peer_config *config) {
  const struct run *run = host->run;
  const uint16_t port = run->lower->port;
  if (relays_are_on(run)) {
    config->local = host_link_local(host, port);
    config->authenticator = host_link_local(&run->hosts[run->topology.parents[host->index]], port);
  } else {
    config->local = host_address(host, port);
    config->authenticator = host_address(&run->hosts[run_node_of(run, ROLE_AUTHENTICATOR)], port);
  }
}

bool role_build_peer(struct run *run, struct host *host) {
  const size_t number = run->topology.nodes[host->index].number;
  struct lower_peer_config config = {
      .options = &run->spec->options,
      .payload_bytes = (size_t)run->spec->app_payload_bytes,
      .begins = run->spec->trigger == SPEC_TRIGGER_ON,
      .start_ns = peer_start(run->spec, number),
      .eap = *identities_peer(run->identities, number),
      .edhoc = identities_peer_edhoc(run->identities, number),
      .erp = identities_erp(run->identities),
      .erp_begins =
          spec_has_erp(run->spec) && run->spec->reauthentication == SPEC_REAUTHENTICATION_ERP_PEER,
      .resumes = run->spec->reauthentication == SPEC_REAUTHENTICATION_RESUMPTION,
  };
  peer_set_addresses(host, &config);
  host->agenda = &run->agendas[number];
  agenda_init(host->agenda, host, number, &config.local, config.start_ns, config.begins);
  role_open_ports(host);
  host->node = run->lower->peer(&config, &host->hooks);
  if (host->node == NULL)
    return false;
  radio_policy_begin(host);
  return true;
}
