/* Application servers, AS and UEs of a run. Names of application servers are "aps1", "aps2" and so
 * on. */
#include "bootstrapping.h"

#include "aaa/aaa.h"
#include "agenda.h"
#include "association/association.h"
#include "cast/identities.h"
#include "host.h"
#include "recommissioning.h"
#include "roles.h"
#include "spec/realm.h"
#include "support/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "application servers"

enum {
  COAP_CLEAR_PORT = 5683,
  KEYS_PER_MINUTE = 1000000, /* that one application server may ask for: no limit */
};

static void options_choose(struct option_values *values, const char *name, const char *text) {
  const bool known = lower_options_set(values, name, text);
  assert(known);
  (void)known;
}

/* The name of an application server; it outlives every run. */
static struct bootstrap_name bootstrapping_name(size_t number) {
  static char names[BOOTSTRAP_SERVERS_MAX][8];
  snprintf(names[number], sizeof names[number], "aps%u", (unsigned)(number + 1) % 1000);
  return (struct bootstrap_name){(const uint8_t *)names[number], strlen(names[number])};
}

bool bootstrapping_answers(const struct run *run) {
  return run->spec->as_fault != SPEC_AS_FAULT_SILENT;
}

/* Whether they may have keys. */
static bool bootstrapping_authorizes(const struct run *run) {
  return run->spec->as_fault != SPEC_AS_FAULT_REFUSING;
}

/* Who may have keys where application servers may not, which call themselves otherwise. */
static struct bootstrap_name bootstrapping_nobody(void) {
  static const char name[] = "nobody";
  return (struct bootstrap_name){(const uint8_t *)name, sizeof name - 1};
}

/* Numbers: they protect nothing but a simulation. */
static struct bootstrap_configured_key bootstrapping_key(enum bootstrap_channel channel,
                                                         size_t peer, size_t server) {
  struct bootstrap_configured_key key = {.psk = {0}};
  uint8_t name[EMSK_NAME_LENGTH];
  for (size_t i = 0; i < sizeof name; i++) {
    name[i] = (uint8_t)((uint64_t)peer >> (8 * (sizeof name - 1 - i)));
    key.psk[i] = name[i];
    key.psk[sizeof name + i] = (uint8_t)server;
  }
  bootstrap_channel_identity_write(channel, name, key.identity);
  return key;
}

static void bootstrapping_configure(struct bootstrapping *all, enum bootstrap_channel channel,
                                    size_t peers) {
  const size_t count = peers * all->server_count;
  all->configured = memory_get(count, sizeof *all->configured);
  all->configured_by_server = memory_get(count, sizeof *all->configured_by_server);
  for (size_t i = 0; i < peers; i++)
    for (size_t j = 0; j < all->server_count; j++)
      all->configured[i * all->server_count + j] = all->configured_by_server[j * peers + i] =
          bootstrapping_key(channel, i, j);
}

struct bootstrapping *bootstrapping_create(const struct run *run) {
  const struct spec *spec = run->spec;
  if (!spec_bootstraps(spec))
    return NULL;
  struct bootstrapping *all = memory_get(1, sizeof *all);
  lower_options_init(&all->options);
  options_choose(&all->options, "association",
                 bootstrap_channel_name((enum bootstrap_channel)spec->secure));
  all->agent_options = spec->options;
  options_choose(&all->agent_options, "lower_layer", "pana");
  options_choose(&all->agent_options, "association", "none");
  all->lower = lower_of(&all->agent_options);
  all->serving = run->identities;
  if (spec->bootstrapping == SPEC_BOOTSTRAPPING_NON_INTEGRATED)
    all->serving = all->own_identities = identities_create_for_applications(spec);
  all->server_count = spec_providers(spec) * (size_t)spec->application_servers;
  all->pull = (enum bootstrap_pull)spec->pull;
  if (!bootstrap_pull_goes_with(all->pull, (enum bootstrap_channel)spec->secure))
    all->pull = BOOTSTRAP_PULL_ERP;
  if (spec->pull == SPEC_PULL_CONFIGURED)
    bootstrapping_configure(all, (enum bootstrap_channel)spec->secure, run->topology.peer_count);
  all->listeners = memory_get(run->topology.peer_count, sizeof *all->listeners);
  return all;
}

void bootstrapping_destroy(struct bootstrapping *bootstrapping) {
  if (bootstrapping == NULL)
    return;
  if (bootstrapping->has_roots)
    erp_server_deinit(&bootstrapping->roots);
  identities_destroy(bootstrapping->own_identities);
  free(bootstrapping->configured);
  free(bootstrapping->configured_by_server);
  free(bootstrapping->listeners);
  free(bootstrapping);
}

void bootstrapping_locate(struct run *run) {
  struct bootstrapping *all = run->bootstrapping;
  for (size_t i = 0; all != NULL && i < all->server_count; i++) {
    const struct host *host = &run->hosts[run->topology.members[ROLE_APS][i]];
    const struct bootstrap_name name = bootstrapping_name(i);
    all->servers[i] =
        (struct bootstrap_server){.name = name, .address = host_address(host, COAP_CLEAR_PORT)};
    all->key_clients[i] = (struct aaa_key_client){
        .name = bootstrapping_authorizes(run) ? name : bootstrapping_nobody(),
        .use = AAA_KEY_APPLICATION,
        .requests_per_minute = KEYS_PER_MINUTE};
    memcpy(all->key_clients[i].ip, all->servers[i].address.ip, sizeof all->key_clients[i].ip);
  }
}

struct radius_secret bootstrapping_secret(void) {
  return (struct radius_secret){(const uint8_t *)SECRET, strlen(SECRET)};
}

struct host *bootstrapping_as(const struct run *run) {
  static const enum role by_use[][2] = {
      [SPEC_BOOTSTRAPPING_INTEGRATED] = {ROLE_AAA, ROLE_AUTHENTICATOR},
      [SPEC_BOOTSTRAPPING_NON_INTEGRATED] = {ROLE_AS, ROLE_AA},
  };
  const enum role *roles = by_use[run->spec->bootstrapping];
  const size_t apart = run_node_of(run, roles[0]);
  return &run->hosts[apart != WORLD_NODE_NONE ? apart : run_node_of(run, roles[1])];
}

struct host *bootstrapping_as_of(const struct run *run, size_t server) {
  return run->recommissioning == NULL
             ? bootstrapping_as(run)
             : recommissioning_as(run, recommissioning_provider(run, server));
}

const char *bootstrapping_realm_of(const struct run *run, size_t server) {
  return run->recommissioning == NULL
             ? spec_key_realm(run->spec)
             : recommissioning_realm(recommissioning_provider(run, server));
}

void bootstrapping_serve(struct run *run, const struct radius_server_client *authenticator,
                         struct aaa_config *config) {
  struct bootstrapping *all = run->bootstrapping;
  size_t count = 0;
  if (authenticator != NULL)
    all->clients[count++] = *authenticator;
  for (size_t i = 0; bootstrapping_answers(run) && i < all->server_count; i++, count++) {
    all->clients[count] = (struct radius_server_client){.secret = bootstrapping_secret()};
    memcpy(all->clients[count].ip, all->key_clients[i].ip, sizeof all->clients[count].ip);
  }
  config->radius.clients = all->clients;
  config->radius.client_count = count;
  config->radius.conversations_max += 2 * all->server_count * run->topology.peer_count;
  config->key_clients = all->key_clients;
  config->key_client_count = all->server_count;
}

struct node *bootstrapping_build_as(struct run *run, struct host *host,
                                    struct lower_authenticator_config *config) {
  struct bootstrapping *all = run->bootstrapping;
  struct aaa_config as = {.local = host_address(host, RADIUS_PORT),
                          .eap = config->eap,
                          .answer_max = WORLD_DATAGRAM_MAX,
                          .roots = &all->roots};
  if (!erp_server_init(&all->roots, config->eap.erp, &host->hooks))
    return NULL;
  all->has_roots = true;
  config->roots = &all->roots;
  bootstrapping_serve(run, NULL, &as);
  world_open(run->world, host->index, RADIUS_PORT);
  return aaa_create(&as, &host->hooks);
}

/* Of the provider whose UE it is in this round, or will be in the first. */
static size_t ue_first_server(const struct run *run, const struct host *host) {
  const size_t round = host->agenda->round == 0 ? 0 : host->agenda->round - 1;
  return run->recommissioning == NULL ? 0 : round * (size_t)run->spec->application_servers;
}

static struct bootstrap_ue_config ue_config(const struct run *run, const struct host *host,
                                            size_t number) {
  const struct spec *spec = run->spec;
  const struct bootstrapping *all = run->bootstrapping;
  const size_t first = ue_first_server(run, host);
  const char *realm = bootstrapping_realm_of(run, first);
  struct erp_peer_config erp = *identities_bootstrap(all->serving);
  erp.realm = (const uint8_t *)realm;
  erp.realm_length = strlen(realm);
  return (struct bootstrap_ue_config){
      .options = &all->options,
      .channel = (enum bootstrap_channel)spec->secure,
      .pull = all->pull,
      .local = host_address(host, UE_PORT),
      .servers = &all->servers[first],
      .server_count = (size_t)spec->application_servers,
      .erp = erp,
      .names_server = spec->aps_named == SPEC_APS_NAMED_ON,
      .key_lifetime_s = (uint32_t)spec->key_lifetime_s,
      .configured = all->configured == NULL ? NULL : &all->configured[number * all->server_count],
  };
}

struct node *bootstrapping_build_ue(struct run *run, struct host *host, size_t number) {
  const struct bootstrap_ue_config config = ue_config(run, host, number);
  struct lower_listener *listener = &run->bootstrapping->listeners[number];
  world_open(run->world, host->index, UE_PORT);
  role_open_association(host, bootstrap_channel_kind(config.channel), UE_PORT);
  host->ue = bootstrap_ue_create(&config, &host->hooks);
  *listener = (struct lower_listener){.established = bootstrap_ue_learn, .context = host->ue};
  return host->ue;
}
