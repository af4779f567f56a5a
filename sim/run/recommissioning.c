/* The manufacturer, the providers, and the credentials of UEs. */
#include "recommissioning.h"

#include "aaa/aaa.h"
#include "agenda.h"
#include "bootstrap/bundle.h"
#include "cast/identities.h"
#include "eap/methods.h"
#include "roles.h"
#include "support/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROVIDER_SECRET "provider"   /* of the proxy and a provider's AS */
#define MAKER_SECRET "manufacturer"  /* of the proxy and the manufacturer's AS */
#define CREDENTIAL_SECRET "as to as" /* of a provider's AS and the manufacturer's */
#define PROVIDER_SERVER_ID "provider"

enum {
  PROVIDERS_MAX = BOOTSTRAP_SERVERS_MAX,
  PROXY_PORTS = 1,
  PROXY_REQUESTS = 256,
  CREDENTIALS_PER_MINUTE = 1000000,
  PART_LOWER = 0, /* of a UE's bundle */
  PART_UE = 1,
};

/* Of a UE, for the provider of this round. */
struct credential {
  uint8_t name[BOOTSTRAP_IDENTITY_LENGTH + 1 + ERP_REALM_MAX];
  uint8_t psk[BOOTSTRAP_EAP_PSK_LENGTH];
  struct eap_peer_method method;
};

struct provider {
  struct radius_server_client proxy[1 + BOOTSTRAP_SERVERS_MAX]; /* and its application servers */
  struct aaa_key_client servers[BOOTSTRAP_SERVERS_MAX];
  struct erp_server_config erp;
  struct radius_client_config radius; /* to the manufacturer's AS */
};

struct recommissioning {
  size_t provider_count;
  struct provider *providers;
  /* Of the manufacturer: the proxy, and providers. */
  struct radius_server_client clients[1 + PROVIDERS_MAX];
  struct aaa_key_client key_clients[PROVIDERS_MAX];
  /* Of the proxy: the manufacturer's AS first. */
  struct aaa_proxy_server servers[1 + PROVIDERS_MAX];
  struct aaa_realm realms[1 + PROVIDERS_MAX];
  struct credential *credentials; /* by UE */
};

static struct radius_secret secret_of(const char *text) {
  return (struct radius_secret){(const uint8_t *)text, strlen(text)};
}

/* Names */

const char *recommissioning_realm(size_t provider) {
  static char realms[PROVIDERS_MAX][24];
  snprintf(realms[provider], sizeof realms[provider], "domain%u.test",
           (unsigned)(provider + 1) % 1000);
  return realms[provider];
}

/* What the provider calls itself: the first label of its domain. */
static struct bootstrap_name provider_name(size_t provider) {
  const char *realm = recommissioning_realm(provider);
  return (struct bootstrap_name){(const uint8_t *)realm, (size_t)(strchr(realm, '.') - realm)};
}

static const char *provider_nas_identifier(size_t provider) {
  static char names[PROVIDERS_MAX][16];
  const struct bootstrap_name name = provider_name(provider);
  snprintf(names[provider], sizeof names[provider], "%.*s", (int)name.length, name.octets);
  return names[provider];
}

size_t recommissioning_provider(const struct run *run, size_t server) {
  return server / (size_t)run->spec->application_servers;
}

struct host *recommissioning_as(const struct run *run, size_t provider) {
  return &run->hosts[run->topology.members[ROLE_PROVIDER][provider]];
}

/* All */

struct recommissioning *recommissioning_create(const struct run *run) {
  if (!spec_recommissions(run->spec))
    return NULL;
  struct recommissioning *all = memory_get(1, sizeof *all);
  all->provider_count = (size_t)run->spec->authentications;
  all->providers = memory_get(all->provider_count, sizeof *all->providers);
  all->credentials = memory_get(run->topology.peer_count, sizeof *all->credentials);
  return all;
}

void recommissioning_destroy(struct recommissioning *recommissioning) {
  if (recommissioning == NULL)
    return;
  free(recommissioning->providers);
  free(recommissioning->credentials);
  free(recommissioning);
}

/* The proxy */

bool recommissioning_build_proxy(struct run *run, struct host *host) {
  struct recommissioning *all = run->recommissioning;
  const size_t count = 1 + all->provider_count;
  for (size_t i = 0; i < count; i++) {
    const struct host *as =
        i == 0 ? &run->hosts[run_node_of(run, ROLE_MANUFACTURER)] : recommissioning_as(run, i - 1);
    all->servers[i] =
        (struct aaa_proxy_server){.address = host_address(as, RADIUS_PORT),
                                  .secret = secret_of(i == 0 ? MAKER_SECRET : PROVIDER_SECRET)};
    all->realms[i] = (struct aaa_realm){
        .name = i == 0 ? spec_realm(run->spec) : recommissioning_realm(i - 1), .server = i};
  }
  const struct aaa_proxy_config config = {.local = host_address(host, RADIUS_PORT),
                                          .uplink = host_address(host, RADIUS_FIRST_PORT_DEFAULT),
                                          .port_count = PROXY_PORTS,
                                          .clients = role_hop_client(run, 0),
                                          .client_count = 1,
                                          .servers = all->servers,
                                          .server_count = count,
                                          .realms = all->realms,
                                          .realm_count = count,
                                          .requests_max = PROXY_REQUESTS,
                                          .packet_max = NODE_DATAGRAM_MAX};
  world_open(run->world, host->index, RADIUS_PORT);
  for (size_t i = 0; i < count * PROXY_PORTS; i++)
    world_open(run->world, host->index, (uint16_t)(config.uplink.port + i));
  host->node = aaa_proxy_create(&config, &host->hooks);
  return host->node != NULL;
}

static struct radius_server_client client_at(const struct run *run, size_t node,
                                             const char *secret) {
  struct radius_server_client client = {.secret = secret_of(secret)};
  world_address(run->world, node, client.ip);
  return client;
}

/* The manufacturer */

bool role_build_manufacturer(struct run *run, struct host *host) {
  struct recommissioning *all = run->recommissioning;
  all->clients[0] = client_at(run, run_node_of(run, ROLE_PROXY), MAKER_SECRET);
  for (size_t i = 0; i < all->provider_count; i++) {
    all->clients[1 + i] = client_at(run, recommissioning_as(run, i)->index, CREDENTIAL_SECRET);
    all->key_clients[i] = (struct aaa_key_client){.name = provider_name(i),
                                                  .use = AAA_KEY_CREDENTIAL,
                                                  .requests_per_minute = CREDENTIALS_PER_MINUTE};
    memcpy(all->key_clients[i].ip, all->clients[1 + i].ip, sizeof all->key_clients[i].ip);
  }
  const struct aaa_config config = {
      .local = host_address(host, RADIUS_PORT),
      .radius = {.clients = all->clients,
                 .client_count = 1 + all->provider_count,
                 .conversations_max = 8 * run->topology.peer_count},
      .eap = *identities_server(run->identities),
      .answer_max = NODE_DATAGRAM_MAX,
      .key_clients = all->key_clients,
      .key_client_count = all->provider_count,
  };
  world_open(run->world, host->index, RADIUS_PORT);
  host->node = aaa_create(&config, &host->hooks);
  return host->node != NULL;
}

/* A provider */

static const struct eap_user *provider_lookup(void *context, const uint8_t *identity,
                                              size_t length) {
  (void)context;
  (void)identity;
  (void)length;
  return NULL; /* all its users come from the manufacturer */
}

/* Its application servers, which follow on each other, as the run's table has them. */
static void provider_set_servers(struct run *run, size_t number, struct provider *provider,
                                 struct aaa_config *config) {
  struct bootstrapping *bootstrapping = run->bootstrapping;
  const size_t count = (size_t)run->spec->application_servers, first = number * count;
  provider->proxy[0] = client_at(run, run_node_of(run, ROLE_PROXY), PROVIDER_SECRET);
  config->radius.clients = provider->proxy;
  config->radius.client_count = 1;
  for (size_t i = 0; i < count; i++)
    provider->servers[i] = bootstrapping->key_clients[first + i];
  for (size_t i = 0; i < count && bootstrapping_answers(run); i++) {
    struct radius_server_client *client = &provider->proxy[config->radius.client_count++];
    *client = (struct radius_server_client){.secret = bootstrapping_secret()};
    memcpy(client->ip, provider->servers[i].ip, sizeof client->ip);
  }
  config->key_clients = provider->servers;
  config->key_client_count = count;
}

static void provider_set_keys(const struct run *run, size_t number, const struct host *host,
                              struct provider *provider) {
  const char *realm = recommissioning_realm(number);
  const struct host *maker = &run->hosts[run_node_of(run, ROLE_MANUFACTURER)];
  provider->erp = (struct erp_server_config){.realm = (const uint8_t *)realm,
                                             .realm_length = strlen(realm),
                                             .keys_max = run->topology.peer_count,
                                             .rmsk_lifetime_s = (uint32_t)run->spec->key_lifetime_s,
                                             .keeps_emsk = true};
  provider->radius =
      (struct radius_client_config){.local = host_address(host, RADIUS_FIRST_PORT_DEFAULT),
                                    .port_count = PROXY_PORTS,
                                    .server = host_address(maker, RADIUS_PORT),
                                    .secret = secret_of(CREDENTIAL_SECRET),
                                    .nas_identifier = provider_nas_identifier(number)};
}

bool role_build_provider(struct run *run, struct host *host) {
  const size_t number = run->topology.nodes[host->index].number;
  const size_t peers = run->topology.peer_count;
  const char *maker_realm = spec_realm(run->spec);
  struct provider *provider = &run->recommissioning->providers[number];
  provider_set_keys(run, number, host, provider);
  const struct aaa_manufacturer manufacturer = {
      .radius = &provider->radius,
      .realm = (const uint8_t *)maker_realm,
      .realm_length = strlen(maker_realm),
      .server_id = (const uint8_t *)PROVIDER_SERVER_ID,
      .server_id_length = strlen(PROVIDER_SERVER_ID),
      .users_max = peers,
  };
  struct aaa_config config = {
      .local = host_address(host, RADIUS_PORT),
      .radius = {.conversations_max = 8 * peers * (1 + (size_t)run->spec->application_servers)},
      .eap = {.lookup = provider_lookup, .erp = &provider->erp},
      .session_timeout_s = (uint32_t)run->spec->lifetime_s,
      .answer_max = WORLD_DATAGRAM_MAX,
      .manufacturer = &manufacturer,
  };
  provider_set_servers(run, number, provider, &config);
  world_open(run->world, host->index, RADIUS_PORT);
  for (uint16_t i = 0; i < PROXY_PORTS; i++)
    world_open(run->world, host->index, (uint16_t)(provider->radius.local.port + i));
  host->node = aaa_create(&config, &host->hooks);
  return host->node != NULL;
}

/* The UE */

/* Puts another peer into the bundle, which proves itself by this. */
static int replace_peer(struct host *host, const struct eap_peer_config *eap) {
  struct node *peer = role_make_peer(host, eap);
  if (peer == NULL)
    return NODE_ERR_EXHAUSTED;
  bundle_replace(host->node, PART_LOWER, peer);
  host->lower = peer;
  return 0;
}

int recommissioning_begin_round(struct host *host, size_t number, size_t round) {
  (void)round; /* bootstrapping_build_ue knows it by the agenda */
  bootstrap_ue_forget(host->ue);
  if (bootstrapping_build_ue(host->run, host, number) == NULL)
    return NODE_ERR_EXHAUSTED;
  bundle_replace(host->node, PART_UE, host->ue);
  return replace_peer(host, identities_peer(host->run->identities, number));
}

/* The name under which the provider's AS knows the UE: "<EMSKname in digits>@<realm>". */
static size_t credential_name(struct credential *credential, size_t provider) {
  const char *realm = recommissioning_realm(provider);
  const size_t length = strlen(realm);
  credential->name[BOOTSTRAP_IDENTITY_LENGTH] = '@';
  memcpy(credential->name + BOOTSTRAP_IDENTITY_LENGTH + 1, realm, length);
  return BOOTSTRAP_IDENTITY_LENGTH + 1 + length;
}

int recommissioning_take_credential(struct host *host, size_t number, size_t round) {
  struct credential *credential = &host->run->recommissioning->credentials[number];
  const struct bootstrap_name provider = provider_name(round);
  const int error = bootstrap_ue_credential(host->ue, &provider, credential->name, credential->psk);
  if (error < 0)
    return error;
  credential->method =
      (struct eap_peer_method){.method = EAP_METHODS[EAP_METHODS_PSK].peer,
                               .credential = {.psk = credential->psk,
                                              .local_id = credential->name,
                                              .local_id_length = BOOTSTRAP_IDENTITY_LENGTH,
                                              .remote_id = (const uint8_t *)PROVIDER_SERVER_ID,
                                              .remote_id_length = strlen(PROVIDER_SERVER_ID)}};
  const struct eap_peer_config eap = {.identity = credential->name,
                                      .identity_length = credential_name(credential, round),
                                      .methods = &credential->method,
                                      .method_count = 1};
  return replace_peer(host, &eap);
}
