/* Hosts of a side: their nodes, and how they join. */
#include "hosts.h"

#include "ace/authorization_server.h"
#include "ace/client.h"
#include "ace/resource_server.h"
#include "bootstrap/bundle.h"
#include "cast.h"
#include "eap/methods.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HOSTS_MAX = 2, PLACES = 8, EPOCH_S = 1000, SIDE_AT = 15, NUMBER_AT = 14 };
enum { NAT_FIRST = 5680, NAT_PORTS = 16 }; /* for each client */

#define AUDIENCE "rs"
#define RESOURCE "light"

struct hosts;

struct host {
  struct hosts *all;
  unsigned number;
  struct node_hooks hooks;
  struct lower_listener listener;
  struct node *lower, *ace; /* of the node */
  struct node *node;        /* NULL where there is none yet */
};

struct hosts {
  struct node node;
  struct check_party *party;
  struct option_values lower_options; /* as the model's, but with OSCORE */
  struct ace_authorization_server *authorization;
  bool quiet;
  unsigned count;
  struct host items[HOSTS_MAX];
};

static const struct node_ops HOSTS_OPS;

static struct hosts *hosts_of(struct node *node) {
  assert(node->ops == &HOSTS_OPS);
  return (struct hosts *)node;
}

static const struct hosts *hosts_of_const(const struct node *node) {
  assert(node->ops == &HOSTS_OPS);
  return (const struct hosts *)node;
}

static const struct lower_layer *lower_layer(const struct hosts *all) {
  return lower_of(&all->party->model->options);
}

static enum ace_profile profile_of(const struct model *model) {
  return association_kind_is_session(association_kind_of(&model->options)) ? ACE_PROFILE_DTLS
                                                                           : ACE_PROFILE_OSCORE;
}

/* Addresses */

struct node_address hosts_address(enum check_side side, unsigned number, uint16_t port) {
  return (struct node_address){
      .ip = {0xfd, [NUMBER_AT] = (uint8_t)number, [SIDE_AT] = (uint8_t)(side + 1)}, .port = port};
}

unsigned hosts_number(const struct node_address *address) {
  return address->ip[NUMBER_AT];
}

enum check_side hosts_side(const struct node_address *address) {
  return (enum check_side)(address->ip[SIDE_AT] - 1);
}

struct node_address hosts_outside(const struct model *model, const struct node_address *inside) {
  struct node_address outside = *inside;
  if (!model->nat || hosts_side(inside) != CHECK_PEER)
    return outside;
  outside.ip[NUMBER_AT] = 0;
  outside.port = (uint16_t)(inside->port + NAT_PORTS * hosts_number(inside));
  return outside;
}

struct node_address hosts_inside(const struct model *model, const struct node_address *outside) {
  if (!model->nat || hosts_side(outside) != CHECK_PEER)
    return *outside;
  const unsigned number = (unsigned)(outside->port - NAT_FIRST) / NAT_PORTS;
  return hosts_address(CHECK_PEER, number, (uint16_t)(outside->port - NAT_PORTS * number));
}

static struct node_address address_of(const struct host *host, uint16_t port) {
  return hosts_address(host->all->party->side, host->number, port);
}

static struct host *host_at(struct hosts *all, const struct node_address *address) {
  const unsigned number = hosts_number(address);
  return hosts_side(address) == all->party->side && number < all->count ? &all->items[number]
                                                                        : NULL;
}

/* What they tell */

void hosts_value(unsigned number, unsigned request, uint8_t value[HOSTS_VALUE_LENGTH]) {
  value[0] = (uint8_t)('A' + number);
  value[1] = (uint8_t)('0' + request);
}

static bool is_of_joining(const struct node_event *event) {
  return event->phase == NODE_PHASE_AUTHENTICATION &&
         (event->type == NODE_EVENT_CONFIRMED || event->type == NODE_EVENT_CLOSED);
}

static void host_event(void *context, const struct node_event *event) {
  const struct host *host = context;
  struct hosts *all = host->all;
  struct node_event told = *event;
  told.remote = hosts_inside(all->party->model, &event->remote);
  if (all->quiet && !is_of_joining(event))
    return;
  const bool is_access = event->phase == NODE_PHASE_APPLICATION ||
                         event->phase == NODE_PHASE_TOKEN_TRANSFER ||
                         event->phase == NODE_PHASE_AUTHORIZATION;
  if (all->party->side == CHECK_PEER && is_access)
    told.remote = address_of(host, HOSTS_PORT);
  if (host->ace != NULL && event->type == NODE_EVENT_SERVED &&
      event->phase == NODE_PHASE_APPLICATION)
    told.name = ace_resource_server_value(host->ace, RESOURCE, &told.name_length);
  all->party->hooks.event(all->party, &told);
}

static void host_random(void *context, uint8_t *bytes, size_t length) {
  struct check_party *party = ((struct host *)context)->all->party;
  party->hooks.random(party, bytes, length);
}

void hosts_be_quiet(struct node *node, bool quiet) {
  hosts_of(node)->quiet = quiet;
}

/* Who they are */

static const char *identity_of(enum check_side side, unsigned number) {
  static const char *const clients[] = {"a", "d"};
  return side == CHECK_PEER ? clients[number] : "b";
}

static const struct eap_user *lookup(void *context, const uint8_t *identity, size_t length) {
  static struct eap_server_method method = {.credential = {.psk = (const uint8_t *)CHECK_PSK,
                                                           .local_id = (const uint8_t *)"as",
                                                           .local_id_length = 2}};
  static const struct eap_user users[] = {
      {.identity = (const uint8_t *)"a", .identity_length = 1, &method, 1},
      {.identity = (const uint8_t *)"b", .identity_length = 1, &method, 1},
      {.identity = (const uint8_t *)"d", .identity_length = 1, &method, 1}};
  (void)context;
  method.method = EAP_METHODS[EAP_METHODS_PSK].server;
  for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
    if (length == 1 && identity[0] == users[i].identity[0])
      return &users[i];
  return NULL;
}

static struct eap_peer_config eap_of(const struct host *host) {
  static struct eap_peer_method methods[CHECK_SIDES][HOSTS_MAX];
  const enum check_side side = host->all->party->side;
  const uint8_t *identity = (const uint8_t *)identity_of(side, host->number);
  struct eap_peer_method *method = &methods[side][host->number];
  method->method = EAP_METHODS[EAP_METHODS_PSK].peer;
  method->credential.psk = (const uint8_t *)CHECK_PSK;
  method->credential.local_id = identity;
  method->credential.local_id_length = 1;
  return (struct eap_peer_config){
      .identity = identity, .identity_length = 1, .methods = method, .method_count = 1};
}

/* The authenticator, and its authorization server as a part that says nothing of itself */

struct authorization_part {
  struct node node;
  struct ace_authorization_server *server;
};

static int mute_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  (void)node, (void)datagram, (void)now_ns;
  return 0;
}

static int mute_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  (void)node, (void)datagram, (void)now_ns;
  return 0;
}

static uint64_t mute_expiry(const struct node *node) {
  (void)node;
  return NODE_NEVER;
}

static int mute_handle_expiry(struct node *node, uint64_t now_ns) {
  (void)node, (void)now_ns;
  return 0;
}

static void authorization_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  ace_authorization_server_digest(((const struct authorization_part *)node)->server, digest,
                                  now_ns);
}

static void authorization_destroy(struct node *node) {
  ace_authorization_server_destroy(((struct authorization_part *)node)->server);
  free(node);
}

static const struct node_ops AUTHORIZATION_OPS = {.read = mute_read,
                                                  .write = mute_write,
                                                  .expiry = mute_expiry,
                                                  .handle_expiry = mute_handle_expiry,
                                                  .digest = authorization_digest,
                                                  .destroy = authorization_destroy};

#define SCOPE                                                                                      \
  { .entry = {{.path = RESOURCE, .methods = ACE_METHOD_POST}}, .count = 1 }

static struct node *create_authorization(struct host *host) {
  static const struct ace_audience audience = {.name = AUDIENCE,
                                               .holder = (const uint8_t *)"b",
                                               .holder_length = 1,
                                               .port = HOSTS_PORT,
                                               .resource = RESOURCE};
  static const struct ace_rule first = {
      .audience = AUDIENCE, .client = (const uint8_t *)"a", .client_length = 1, .scope = SCOPE};
  static const struct ace_rule all = {.audience = AUDIENCE, .scope = SCOPE};
  const struct model *model = host->all->party->model;
  const struct ace_authorization_server_config config = {
      .audiences = &audience,
      .audience_count = 1,
      .rules = model->allows == MODEL_ALLOWS_ALL ? &all : &first,
      .rule_count = 1,
      .profile = profile_of(model),
      .lifetime_s = model->token_lifetime_s,
      .says_lifetime = model->tells_lifetime,
      .epoch_s = EPOCH_S};
  struct authorization_part *part = calloc(1, sizeof *part);
  assert(part != NULL);
  part->node.ops = &AUTHORIZATION_OPS;
  part->server = host->all->authorization =
      ace_authorization_server_create(&config, &host->all->party->backend_hooks);
  assert(part->server != NULL);
  return &part->node;
}

static void create_authenticator(struct host *host) {
  struct hosts *all = host->all;
  const uint16_t port = lower_layer(all)->port;
  struct node *authorization = create_authorization(host);
  const struct lower_authenticator_config config = {
      .options = &all->lower_options,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .local = address_of(host, port),
      .peers_max = PLACES,
      .lifetime_s = all->party->model->join_lifetime_s,
      .eap = {.lookup = lookup},
      .backend_hooks = &all->party->backend_hooks,
      .service = ace_authorization_server_service(all->authorization)};
  host->lower = lower_layer(all)->authenticator(&config, &host->hooks);
  const struct bundle_part parts[] = {{.node = host->lower, .ports = {{port, 1}}},
                                      {.node = authorization}};
  host->node = bundle_create(parts, sizeof parts / sizeof parts[0]);
}

/* Peers, with what is beside them */

static struct node *create_resource_server(struct host *host) {
  static const struct ace_resource resource = {.path = RESOURCE};
  const struct model *model = host->all->party->model;
  const struct ace_resource_server_config config = {.options = &model->options,
                                                    .profile = profile_of(model),
                                                    .local = address_of(host, HOSTS_PORT),
                                                    .audience = AUDIENCE,
                                                    .resources = &resource,
                                                    .resource_count = 1,
                                                    .clients_max = model->places,
                                                    .epoch_s = EPOCH_S};
  struct node *server = ace_resource_server_create(&config, &host->hooks);
  host->listener =
      (struct lower_listener){.established = ace_resource_server_learn, .context = server};
  return server;
}

static int client_ask(void *context, const struct lower_call *call) {
  const struct host *host = context;
  return lower_layer(host->all)->peer_call(host->lower, call);
}

static struct node *create_client(struct host *host) {
  static struct ace_server known = {.audience = AUDIENCE, .resource = RESOURCE, .scope = SCOPE};
  const struct model *model = host->all->party->model;
  known.address = hosts_address(CHECK_AUTHENTICATOR, HOSTS_RESOURCE_SERVER, HOSTS_PORT);
  const struct ace_client_config config = {.options = &model->options,
                                           .profile = profile_of(model),
                                           .local = address_of(host, HOSTS_PORT),
                                           .servers = &known,
                                           .server_count = 1,
                                           .token_in_handshake = model->ace == MODEL_ACE_HANDSHAKE,
                                           .ask = client_ask,
                                           .ask_context = host};
  struct node *client = ace_client_create(&config, &host->hooks);
  host->listener = (struct lower_listener){.answered = ace_client_answered, .context = client};
  return client;
}

static void create_peer(struct host *host) {
  struct hosts *all = host->all;
  const uint16_t port = lower_layer(all)->port;
  host->ace = all->party->side == CHECK_PEER ? create_client(host) : create_resource_server(host);
  const struct lower_peer_config config = {
      .options = &all->lower_options,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .local = address_of(host, port),
      .authenticator = hosts_address(CHECK_AUTHENTICATOR, HOSTS_AUTHENTICATOR, port),
      .eap = eap_of(host),
      .listener = &host->listener};
  host->lower = lower_layer(all)->peer(&config, &host->hooks);
  const struct bundle_part parts[] = {{.node = host->lower, .ports = {{port, 1}}},
                                      {.node = host->ace, .ports = {{HOSTS_PORT, 2}}}};
  host->node = bundle_create(parts, sizeof parts / sizeof parts[0]);
}

/* The node contract */

static int hosts_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct hosts *all = hosts_of(node);
  struct node_datagram arrived = *datagram;
  arrived.destination = hosts_inside(all->party->model, &datagram->destination);
  const struct host *host = host_at(all, &arrived.destination);
  return host == NULL ? 0 : node_read(host->node, &arrived, now_ns);
}

static int hosts_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct hosts *all = hosts_of(node);
  const struct node_datagram blank = *datagram;
  int result = 0;
  for (size_t i = 0; i < all->count && result == 0; i++) {
    *datagram = blank;
    result = node_write(all->items[i].node, datagram, now_ns);
  }
  datagram->source = hosts_outside(all->party->model, &datagram->source);
  assert(result != 1 || hosts_side(&datagram->destination) != all->party->side);
  return result;
}

static uint64_t hosts_expiry(const struct node *node) {
  const struct hosts *all = hosts_of_const(node);
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < all->count; i++)
    if (node_expiry(all->items[i].node) < next_ns)
      next_ns = node_expiry(all->items[i].node);
  return next_ns;
}

static int hosts_handle_expiry(struct node *node, uint64_t now_ns) {
  struct hosts *all = hosts_of(node);
  int result = 0;
  for (size_t i = 0; i < all->count && result == 0; i++)
    result = node_handle_expiry(all->items[i].node, now_ns);
  return result;
}

static void hosts_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct hosts *all = hosts_of_const(node);
  for (size_t i = 0; i < all->count; i++) {
    const bool has = node_digest(all->items[i].node, digest, now_ns);
    assert(has);
    (void)has;
  }
}

/* What is theirs to do */

/* All that one says. */
static void hand_over(const struct model *model, struct node *from, struct node *to,
                      uint64_t now_ns, bool *said) {
  uint8_t data[NODE_DATAGRAM_MAX];
  for (;;) {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    int result = node_write(from, &datagram, now_ns);
    if (result == 0)
      return;
    datagram.source = hosts_outside(model, &datagram.source);
    datagram.destination = hosts_inside(model, &datagram.destination);
    if (result == 1)
      result = node_read(to, &datagram, now_ns);
    assert(result == 0);
    *said = true;
  }
}

void hosts_join(struct node *node, unsigned number, struct node *authenticator, uint64_t now_ns) {
  const struct hosts *with = hosts_of(authenticator);
  struct hosts *all = hosts_of(node);
  struct node *peer = all->items[number].lower, *other = with->items[HOSTS_AUTHENTICATOR].lower;
  int error = lower_layer(all)->peer_begin(peer, now_ns);
  if (error == 0)
    error = node_handle_expiry(peer, now_ns);
  assert(error == 0);
  (void)error;
  for (bool said = true; said;) {
    said = false;
    hand_over(all->party->model, peer, other, now_ns, &said);
    hand_over(all->party->model, other, peer, now_ns, &said);
  }
}

int hosts_request(struct node *node, unsigned number, unsigned request, uint64_t now_ns) {
  uint8_t value[HOSTS_VALUE_LENGTH];
  const struct ace_access access = {
      .code = COAP_CODE_POST, .path = RESOURCE, .payload = value, .length = sizeof value};
  hosts_value(number, request, value);
  return ace_client_request(hosts_of(node)->items[number].ace, 0, &access, now_ns);
}

/* Life */

static void host_start(struct host *host) {
  const bool is_authenticator =
      host->all->party->side == CHECK_AUTHENTICATOR && host->number == HOSTS_AUTHENTICATOR;
  if (is_authenticator)
    create_authenticator(host);
  else
    create_peer(host);
  assert(host->node != NULL);
}

struct node *hosts_create(struct check_party *party) {
  struct hosts *all = calloc(1, sizeof *all);
  if (all == NULL)
    return NULL;
  all->node.ops = &HOSTS_OPS;
  all->party = party;
  all->lower_options = party->model->options;
  const bool set = lower_options_set(&all->lower_options, "association", "oscore");
  assert(set);
  (void)set;
  all->count = party->side == CHECK_PEER ? party->model->clients : HOSTS_MAX;
  for (unsigned i = 0; i < all->count; i++) {
    struct host *host = &all->items[i];
    *host = (struct host){.all = all,
                          .number = i,
                          .hooks = {.context = host, .random = host_random, .event = host_event}};
    host_start(host);
  }
  return &all->node;
}

void hosts_restart(struct node *node, unsigned number) {
  struct host *host = &hosts_of(node)->items[number];
  node_destroy(host->node);
  host_start(host);
}

static void hosts_destroy(struct node *node) {
  struct hosts *all = hosts_of(node);
  for (size_t i = 0; i < all->count; i++)
    node_destroy(all->items[i].node);
  free(all);
}

static const struct node_ops HOSTS_OPS = {.read = hosts_read,
                                          .write = hosts_write,
                                          .expiry = hosts_expiry,
                                          .handle_expiry = hosts_handle_expiry,
                                          .digest = hosts_digest,
                                          .destroy = hosts_destroy};
