/* Authorization server, resource servers and clients of a run. Resource servers are "rs-01",
 * "rs-02" and so on, each with one resource. */
#include "use_case.h"

#include "bootstrapping.h"
#include "cast/identities.h"
#include "host.h"
#include "roles.h"
#include "spec/realm.h"
#include "support/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESOURCE "light"
#define OTHER_RESOURCE "other"

/* NumericDate of the beginning of runs: the day of the draft, 2021-01-21. */
#define EPOCH_S UINT64_C(1611187200)

enum { AUDIENCE_NAME_MAX = 8 };

/* A peer's part. */
struct use_case_part {
  struct lower_listener listener;
  struct ace_server server; /* a client's */
};

struct use_case {
  struct option_values options; /* all defaults, but that the association is the profile's */
  enum ace_profile profile;
  struct ace_authorization_server *authorization_server;
  struct ace_scope wanted;
  size_t server_count;
  char (*names)[AUDIENCE_NAME_MAX]; /* by resource server, as the next two */
  struct ace_audience *audiences;
  struct ace_rule *rules;
  struct ace_resource resource; /* of every one, with its value */
  uint8_t *value;
  struct use_case_part *parts; /* by peer */
};

static struct ace_scope scope_of(const char *path, uint32_t methods) {
  struct ace_scope scope = {.count = 1, .entry = {{.methods = methods}}};
  snprintf(scope.entry[0].path, sizeof scope.entry[0].path, "%s", path);
  return scope;
}

static struct ace_scope scope_allowed(const struct spec *spec) {
  switch (spec->token_rights) {
  case SPEC_TOKEN_RIGHTS_GET:
    return scope_of(RESOURCE, ACE_METHOD_GET);
  case SPEC_TOKEN_RIGHTS_OTHER:
    return scope_of(OTHER_RESOURCE, ACE_METHOD_GET | ACE_METHOD_POST);
  default:
    return scope_of(RESOURCE, ACE_METHOD_GET | ACE_METHOD_POST);
  }
}

/* A client that may have another resource alone asks for that, too. */
static struct ace_scope scope_wanted(const struct spec *spec) {
  return spec->token_rights == SPEC_TOKEN_RIGHTS_OTHER
             ? scope_allowed(spec)
             : scope_of(RESOURCE, ACE_METHOD_GET | ACE_METHOD_POST);
}

static enum ace_scope_form scope_form(const struct spec *spec) {
  return spec->token_scope == SPEC_TOKEN_SCOPE_AIF ? ACE_SCOPE_AIF : ACE_SCOPE_SHORT;
}

static void use_case_name_servers(struct use_case *all, const struct run *run) {
  const struct topology *topology = &run->topology;
  all->server_count = topology->member_count[ROLE_RESOURCE_SERVER];
  all->names = memory_get(all->server_count, sizeof *all->names);
  all->audiences = memory_get(all->server_count, sizeof *all->audiences);
  all->rules = memory_get(all->server_count, sizeof *all->rules);
  for (size_t i = 0; i < all->server_count; i++) {
    const size_t node = topology->members[ROLE_RESOURCE_SERVER][i];
    const struct identities_name holder =
        identities_proved(run->identities, topology->nodes[node].peer);
    snprintf(all->names[i], sizeof all->names[i], "rs-%02u", (unsigned)(i + 1) % 100);
    all->audiences[i] = (struct ace_audience){.name = all->names[i],
                                              .holder = holder.octets,
                                              .holder_length = holder.length,
                                              .port = ACE_PORT,
                                              .resource = RESOURCE};
    all->rules[i] = (struct ace_rule){.audience = all->names[i], .scope = scope_allowed(run->spec)};
  }
}

static void use_case_set_value(struct use_case *all, const struct spec *spec) {
  const size_t length = (size_t)spec->app_payload_bytes;
  struct stream stream;
  all->value = memory_get(length + 1, 1);
  stream_init(&stream, (uint64_t)spec->seed, STREAM_APPLICATION, (size_t)spec->peers, 0);
  stream_bytes(&stream, all->value, length);
  all->resource =
      (struct ace_resource){.path = RESOURCE, .value = all->value, .value_length = length};
}

struct use_case *use_case_create(const struct run *run) {
  const struct spec *spec = run->spec;
  if (!spec_has_ace(spec))
    return NULL;
  struct use_case *all = memory_get(1, sizeof *all);
  all->profile = (enum ace_profile)(spec->ace_profile - 1); /* `off` stands before them */
  lower_options_init(&all->options);
  const bool known = lower_options_set(&all->options, "association",
                                       all->profile == ACE_PROFILE_DTLS ? "dtls" : "oscore");
  assert(known);
  (void)known;
  all->wanted = scope_wanted(spec);
  use_case_name_servers(all, run);
  use_case_set_value(all, spec);
  all->parts = memory_get(run->topology.peer_count, sizeof *all->parts);
  return all;
}

void use_case_destroy(struct use_case *all) {
  if (all == NULL)
    return;
  ace_authorization_server_destroy(all->authorization_server);
  free(all->names);
  free(all->audiences);
  free(all->rules);
  free(all->value);
  free(all->parts);
  free(all);
}

const struct association_kind *use_case_kind(const struct run *run) {
  return ace_profile_kind(run->use_case->profile);
}

/* Who asks whom: the clients take turns. */

bool use_case_is_client(const struct host *peer) {
  return peer->role != ROLE_RESOURCE_SERVER;
}

static size_t server_number(const struct run *run, size_t peer) {
  return peer % run->use_case->server_count;
}

struct host *use_case_server(const struct host *client) {
  struct run *run = client->run;
  const size_t number = server_number(run, agenda_number(client->agenda));
  return &run->hosts[run->topology.members[ROLE_RESOURCE_SERVER][number]];
}

bool use_case_may_ask(const struct host *client) {
  const struct agenda *server = use_case_server(client)->agenda;
  return server->done || record_is_established(&server->records[0]);
}

bool use_case_is_needed(const struct host *peer) {
  const struct run *run = peer->run;
  for (size_t i = 0; run->use_case != NULL && i < run->topology.peer_count; i++) {
    const struct agenda *client = &run->agendas[i];
    if (use_case_is_client(client->peer) && !client->done && use_case_server(client->peer) == peer)
      return true;
  }
  return false;
}

void use_case_locate(struct run *run) {
  struct use_case *all = run->use_case;
  for (size_t i = 0; all != NULL && i < run->topology.peer_count; i++) {
    if (run->topology.nodes[run->topology.peers[i]].role == ROLE_RESOURCE_SERVER)
      continue;
    const size_t number = server_number(run, i);
    const size_t node = run->topology.members[ROLE_RESOURCE_SERVER][number];
    all->parts[i].server = (struct ace_server){.audience = all->names[number],
                                               .address = host_address(&run->hosts[node], ACE_PORT),
                                               .resource = RESOURCE,
                                               .scope = all->wanted,
                                               .scope_form = scope_form(run->spec)};
  }
}

/* What the others spend */

struct act_others use_case_read(const struct agenda *agenda) {
  const struct host *peer = agenda->peer;
  const struct run *run = peer->run;
  if (run->use_case == NULL || !use_case_is_client(peer))
    return (struct act_others){0};
  return (struct act_others){.server = host_reading(use_case_server(peer)),
                             .authenticator =
                                 host_reading(&run->hosts[run_node_of(run, ROLE_AUTHENTICATOR)])};
}

void use_case_spend(const struct agenda *agenda, const struct act_others *since,
                    struct act_others *sum) {
  const struct act_others now = use_case_read(agenda);
  const struct meter_reading server = meter_difference(&now.server, &since->server);
  const struct meter_reading authenticator =
      meter_difference(&now.authenticator, &since->authenticator);
  meter_add(&sum->server, &server);
  meter_add(&sum->authenticator, &authenticator);
}

/* Parts */

const struct lower_service *use_case_build_service(struct run *run, struct host *host) {
  const struct spec *spec = run->spec;
  struct use_case *all = run->use_case;
  const struct ace_authorization_server_config config = {
      .audiences = all->audiences,
      .audience_count = all->server_count,
      .rules = all->rules,
      .rule_count = spec->token_rights == SPEC_TOKEN_RIGHTS_NONE ? 0 : all->server_count,
      .profile = all->profile,
      .scope_form = scope_form(spec),
      .lifetime_s = (uint32_t)spec->token_lifetime_s,
      .says_lifetime = spec->token_lifetime_told == SPEC_TOKEN_LIFETIME_TOLD_ON,
      .names_audience = spec->token_audience == SPEC_TOKEN_AUDIENCE_ON,
      .key_id_length = spec->token_kid_bytes == SPEC_TOKEN_KID_BYTES_8 ? 8 : 1,
      .epoch_s = EPOCH_S};
  all->authorization_server = ace_authorization_server_create(&config, &host->hooks);
  return all->authorization_server == NULL
             ? NULL
             : ace_authorization_server_service(all->authorization_server);
}

/* As ace_client_config.ask. */
static int client_ask(void *context, const struct lower_call *call) {
  struct host *host = context;
  return host->run->lower->peer_call(host->lower, call);
}

static struct node *client_build(const struct run *run, struct host *host,
                                 struct use_case_part *part) {
  const struct ace_client_config config = {
      .options = &run->use_case->options,
      .profile = run->use_case->profile,
      .local = host_address(host, ACE_PORT),
      .servers = &part->server,
      .server_count = 1,
      .token_in_handshake = run->use_case->profile == ACE_PROFILE_DTLS &&
                            run->spec->token_transfer == SPEC_TOKEN_TRANSFER_HANDSHAKE,
      .ask = client_ask,
      .ask_context = host};
  host->client = ace_client_create(&config, &host->hooks);
  part->listener =
      (struct lower_listener){.answered = ace_client_answered, .context = host->client};
  return host->client;
}

static struct node *server_build(const struct run *run, struct host *host,
                                 struct use_case_part *part) {
  const struct use_case *all = run->use_case;
  const struct ace_resource_server_config config = {
      .options = &all->options,
      .profile = all->profile,
      .local = host_address(host, ACE_PORT),
      .audience = all->names[run->topology.nodes[host->index].number],
      .resources = &all->resource,
      .resource_count = 1,
      .clients_max = 4 + 2 * run->topology.peer_count,
      .epoch_s = EPOCH_S};
  host->server = ace_resource_server_create(&config, &host->hooks);
  part->listener =
      (struct lower_listener){.established = ace_resource_server_learn, .context = host->server};
  return host->server;
}

struct node *use_case_build_part(struct run *run, struct host *host,
                                 const struct lower_listener **listener) {
  struct use_case_part *part = &run->use_case->parts[run->topology.nodes[host->index].peer];
  world_open(run->world, host->index, ACE_PORT);
  role_open_association(host, use_case_kind(run), ACE_PORT);
  *listener = &part->listener;
  return use_case_is_client(host) ? client_build(run, host, part) : server_build(run, host, part);
}

/* Requests */

int use_case_request(struct host *client, const uint8_t *payload, size_t length) {
  const bool posts = client->run->spec->app_method == SPEC_APP_METHOD_POST;
  const struct ace_access access = {.code = posts ? COAP_CODE_POST : COAP_CODE_GET,
                                    .path = RESOURCE,
                                    .payload = payload,
                                    .length = length};
  return ace_client_request(client->client, 0, &access, host_now(client));
}
