/* Application servers and their AS. */
#include "site.h"

#include "aaa/aaa.h"
#include "association/association.h"
#include "bootstrap/aps.h"
#include "cast.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 2, CONVERSATIONS = 8, AS_HOST = 0xa5, ELSEWHERE_HOST = 0xee };

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};
static const char *const NAMES[MODEL_SERVERS_MAX] = {"aps1", "aps2"};

struct site;

struct site_server {
  struct site *site;
  unsigned number;
  struct node_address address;
  struct node_hooks hooks;
  struct radius_client_config radius;
  struct node *node;
};

struct site {
  struct node node;
  struct check_party *party;
  struct erp_server_config roots_config;
  struct erp_server roots;
  struct radius_server_client clients[MODEL_SERVERS_MAX];
  struct aaa_key_client key_clients[MODEL_SERVERS_MAX];
  struct node *as;
  size_t count;
  struct site_server servers[MODEL_SERVERS_MAX];
};

static const struct node_ops SITE_OPS;

static struct site *site_of(struct node *node) {
  assert(node->ops == &SITE_OPS);
  return (struct site *)node;
}

static const struct site *site_of_const(const struct node *node) {
  assert(node->ops == &SITE_OPS);
  return (const struct site *)node;
}

static uint32_t lifetime_s(const struct model *model) {
  return model->key_lifetime_s == 0 ? UINT32_MAX : model->key_lifetime_s;
}

struct node_address site_address(const struct model *model, unsigned number) {
  struct node_address address = party_address(model, CHECK_AUTHENTICATOR);
  address.ip[14] = (uint8_t)number;
  return address;
}

struct erp_server *site_roots(struct node *node) {
  return &site_of(node)->roots;
}

/* An application server's events are about its UE, of which there is one. */
static void server_event(void *context, const struct node_event *event) {
  const struct site_server *server = context;
  struct node_event told = *event;
  told.remote = server->address;
  server->site->party->hooks.event(server->site->party, &told);
}

static void server_random(void *context, uint8_t *bytes, size_t length) {
  struct check_party *party = ((struct site_server *)context)->site->party;
  party->hooks.random(party, bytes, length);
}

/* Between a server and the AS */

static bool is_for_as(const struct node_datagram *datagram) {
  return datagram->destination.ip[15] == AS_HOST;
}

static int ask_as(struct site *site, struct site_server *server,
                  const struct node_datagram *request, uint64_t now_ns) {
  uint8_t data[NODE_RADIUS_MAX];
  int result = node_handle_expiry(site->as, now_ns);
  if (result == 0)
    result = node_read(site->as, request, now_ns);
  for (;;) {
    struct node_datagram answer = {.data = data, .capacity = sizeof data};
    if (result == 0)
      result = node_write(site->as, &answer, now_ns);
    if (result <= 0)
      return result;
    result = site->party->is_mute ? 0 : node_read(server->node, &answer, now_ns);
    site->party->is_mute = false;
  }
}

/* The node contract */

static int site_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct site *site = site_of(node);
  for (size_t i = 0; i < site->count; i++)
    if (memcmp(site->servers[i].address.ip, datagram->destination.ip, 16) == 0)
      return node_read(site->servers[i].node, datagram, now_ns);
  return 0;
}

static int server_write(struct site_server *server, struct node_datagram *datagram,
                        uint64_t now_ns) {
  const struct node_datagram blank = *datagram;
  for (;;) {
    *datagram = blank;
    int result = node_write(server->node, datagram, now_ns);
    if (result != 1 || !is_for_as(datagram))
      return result;
    result = ask_as(server->site, server, datagram, now_ns);
    if (result < 0)
      return result;
  }
}

static int site_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct site *site = site_of(node);
  int result = 0;
  for (size_t i = 0; i < site->count && result == 0; i++)
    result = server_write(&site->servers[i], datagram, now_ns);
  return result;
}

static uint64_t site_expiry(const struct node *node) {
  const struct site *site = site_of_const(node);
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < site->count; i++)
    if (node_expiry(site->servers[i].node) < next_ns)
      next_ns = node_expiry(site->servers[i].node);
  return next_ns;
}

static int site_handle_expiry(struct node *node, uint64_t now_ns) {
  struct site *site = site_of(node);
  int result = 0;
  for (size_t i = 0; i < site->count && result == 0; i++)
    result = node_handle_expiry(site->servers[i].node, now_ns);
  return result;
}

/* What is outstanding at the AS is known by when it will be sent again. */
static void site_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct site *site = site_of_const(node);
  erp_server_digest(&site->roots, digest);
  for (size_t i = 0; i < site->count; i++) {
    const struct site_server *server = &site->servers[i];
    const bool has = node_digest(server->node, digest, now_ns);
    assert(has);
    (void)has;
    digest_u64(digest, bootstrap_aps_load(server->node).retransmissions);
  }
}

/* Life */

static void start(struct site_server *server) {
  const struct model *model = server->site->party->model;
  const unsigned called = model->aps == MODEL_APS_LIAR ? 1 : server->number;
  const struct bootstrap_aps_config config = {
      .options = &model->options,
      .channel = model_channel(model),
      .pulls = {[BOOTSTRAP_PULL_ERP] = model->pull == MODEL_PULL_ERP,
                [BOOTSTRAP_PULL_PSK_IDENTITY] = model->pull == MODEL_PULL_PSK_IDENTITY,
                [BOOTSTRAP_PULL_IKEV2_IDI] = model->pull == MODEL_PULL_IKEV2_IDI},
      .local = server->address,
      .name = {(const uint8_t *)NAMES[called], strlen(NAMES[called])},
      .realm = (const uint8_t *)CHECK_REALM,
      .realm_length = sizeof CHECK_REALM - 1,
      .radius = &server->radius,
      .keys_max = PLACES,
      .channels_max = PLACES,
      .key_lifetime_s = lifetime_s(model),
      .payload_bytes = LOWER_PAYLOAD_DEFAULT};
  server->node = bootstrap_aps_create(&config, &server->hooks);
  assert(server->node != NULL);
}

static void init_server(struct site *site, unsigned number) {
  const struct model *model = site->party->model;
  struct site_server *server = &site->servers[number];
  struct aaa_key_client *key_client = &site->key_clients[number];
  struct radius_server_client *client = &site->clients[number];
  const unsigned called = model->aps == MODEL_APS_LIAR ? 1 : number;
  *server = (struct site_server){
      .site = site,
      .number = number,
      .address = site_address(model, number),
      .hooks = {.context = server, .random = server_random, .event = server_event},
      .radius = {.local = {.port = RADIUS_FIRST_PORT_DEFAULT},
                 .port_count = 1,
                 .server = {.ip = {0xfd, [15] = AS_HOST}, .port = RADIUS_PORT},
                 .secret = SECRET}};
  memcpy(server->radius.local.ip, server->address.ip, sizeof server->address.ip);
  *client = (struct radius_server_client){.secret = SECRET};
  memcpy(client->ip, server->address.ip, sizeof client->ip);
  client->ip[13] = model->aps == MODEL_APS_STRANGER ? ELSEWHERE_HOST : 0;
  *key_client = (struct aaa_key_client){
      .name = {(const uint8_t *)NAMES[called], strlen(NAMES[called])}, .use = AAA_KEY_APPLICATION};
  memcpy(key_client->ip, server->address.ip, sizeof key_client->ip);
  key_client->ip[13] =
      model->aps == MODEL_APS_IMPOSTOR || model->aps == MODEL_APS_STRANGER ? ELSEWHERE_HOST : 0;
  start(server);
}

static void create_as(struct site *site) {
  const struct model *model = site->party->model;
  const struct aaa_config config = {.local = {.ip = {0xfd, [15] = AS_HOST}, .port = RADIUS_PORT},
                                    .radius = {.clients = site->clients,
                                               .client_count = site->count,
                                               .conversations_max = CONVERSATIONS},
                                    .session_timeout_s = lifetime_s(model),
                                    .eap = {.lookup = check_eap_lookup, .erp = &site->roots_config},
                                    .key_clients = site->key_clients,
                                    .key_client_count = site->count,
                                    .roots = &site->roots};
  site->as = aaa_create(&config, &site->party->backend_hooks);
  assert(site->as != NULL);
}

struct node *site_create(struct check_party *party) {
  struct site *site = calloc(1, sizeof *site);
  if (site == NULL)
    return NULL;
  site->node.ops = &SITE_OPS;
  site->party = party;
  site->count = party->model->servers;
  site->roots_config = (struct erp_server_config){.realm = (const uint8_t *)CHECK_REALM,
                                                  .realm_length = sizeof CHECK_REALM - 1,
                                                  .keys_max = 1,
                                                  .rrk_lifetime_s = UINT32_MAX,
                                                  .rmsk_lifetime_s = lifetime_s(party->model),
                                                  .keeps_emsk = true};
  const bool inited = erp_server_init(&site->roots, &site->roots_config, &party->backend_hooks);
  assert(inited);
  (void)inited;
  for (unsigned i = 0; i < site->count; i++)
    init_server(site, i);
  create_as(site);
  return &site->node;
}

void site_restart(struct node *node) {
  struct site *site = site_of(node);
  for (size_t i = 0; i < site->count; i++) {
    node_destroy(site->servers[i].node);
    start(&site->servers[i]);
  }
}

static void site_destroy(struct node *node) {
  struct site *site = site_of(node);
  for (size_t i = 0; i < site->count; i++)
    node_destroy(site->servers[i].node);
  node_destroy(site->as);
  erp_server_deinit(&site->roots);
  free(site);
}

static const struct node_ops SITE_OPS = {.read = site_read,
                                         .write = site_write,
                                         .expiry = site_expiry,
                                         .handle_expiry = site_handle_expiry,
                                         .digest = site_digest,
                                         .destroy = site_destroy};
