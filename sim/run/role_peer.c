/* The EAP peer. */
#include "agenda.h"
#include "bootstrap/bundle.h"
#include "bootstrapping.h"
#include "cast/identities.h"
#include "relay.h"
#include "roles.h"
#include "spec/realm.h"
#include "use_case.h"

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

/* The authentication for applications: begun when it is its turn. */
static struct node *peer_build_application(struct run *run, struct host *host, size_t number) {
  const struct bootstrapping *all = run->bootstrapping;
  const struct host *agent = &run->hosts[run_node_of(run, ROLE_AA)];
  const struct lower_peer_config config = {
      .options = &all->agent_options,
      .local = host_address(host, UE_PANA_PORT),
      .authenticator = host_address(agent, all->lower->port),
      .eap = *identities_peer(all->serving, number),
      .listener = &all->listeners[number],
  };
  world_open(run->world, host->index, UE_PANA_PORT);
  return all->lower->peer(&config, &host->hooks);
}

/* Its peers, and the UE beside them. */
static struct node *peer_build_bundle(struct run *run, struct host *host, size_t number) {
  struct bundle_part parts[BUNDLE_PARTS_MAX] = {
      role_lower_part(run, host->lower),
      role_part(host->ue, UE_PORT, 2,
                bootstrap_channel_kind((enum bootstrap_channel)run->spec->secure)),
  };
  size_t count = 2;
  if (run->bootstrapping->own_identities != NULL) {
    host->application = peer_build_application(run, host, number);
    parts[count++] = (struct bundle_part)BOOTSTRAPPING_PART(host->application, UE_PANA_PORT, 1);
  }
  return bundle_create(parts, count);
}

/* With the client or the resource server beside it. */
static bool peer_build_use_case(struct run *run, struct host *host,
                                struct lower_peer_config *config) {
  struct node *part = use_case_build_part(run, host, &config->listener);
  if (part == NULL)
    return false;
  host->lower = run->lower->peer(config, &host->hooks);
  const struct bundle_part parts[] = {role_lower_part(run, host->lower),
                                      role_part(part, ACE_PORT, 2, use_case_kind(run))};
  host->node = bundle_create(parts, sizeof parts / sizeof parts[0]);
  return host->lower != NULL && host->node != NULL;
}

/* All of its node. False: a part of it could not be made. */
static bool peer_build_node(struct run *run, struct host *host, struct lower_peer_config *config,
                            size_t number) {
  if (run->use_case != NULL)
    return peer_build_use_case(run, host, config);
  if (run->bootstrapping != NULL && bootstrapping_build_ue(run, host, number) == NULL)
    return false;
  host->lower = run->lower->peer(config, &host->hooks);
  host->node = run->bootstrapping == NULL ? host->lower : peer_build_bundle(run, host, number);
  return host->lower != NULL && host->node != NULL &&
         (host->application != NULL) == (run_node_of(run, ROLE_AA) != WORLD_NODE_NONE);
}

/* Of the peer's node for network access. */
static struct lower_peer_config peer_config(const struct run *run, const struct host *host,
                                            size_t number) {
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
  if (run->bootstrapping != NULL && run->bootstrapping->own_identities == NULL)
    config.listener = &run->bootstrapping->listeners[number];
  return config;
}

struct node *role_make_peer(struct host *host, const struct eap_peer_config *eap) {
  const struct run *run = host->run;
  struct lower_peer_config config = peer_config(run, host, agenda_number(host->agenda));
  config.begins = false;
  config.eap = *eap;
  return run->lower->peer(&config, &host->hooks);
}

bool role_build_peer(struct run *run, struct host *host) {
  const size_t number = run->topology.nodes[host->index].peer;
  struct lower_peer_config config = peer_config(run, host, number);
  host->agenda = &run->agendas[number];
  agenda_init(host->agenda, host, number, &config.local, config.start_ns, config.begins);
  role_open_ports(host);
  if (!peer_build_node(run, host, &config, number))
    return false;
  if (topology_has_radio(&run->topology, host->index))
    radio_policy_begin(host);
  return true;
}
