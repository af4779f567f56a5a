/* The AAA proxy's role. */
#include "proxy.h"

#include "proxy_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
  IDENTIFIERS = 256, /* of one port */
  ANSWERED_SECONDS = 30,
  TAG_LENGTH = 4, /* of a Proxy-State: whose it is; then the request's number */
};

struct aaa_proxy {
  struct node node;
  struct aaa_proxy_config config;
  const struct node_hooks *hooks;
  struct radius_client *servers; /* towards each */
  size_t server_count;           /* of them that are there */
  struct aaa_proxy_table table;
  uint8_t tag[TAG_LENGTH];
  uint32_t number;                     /* of the last request */
  uint8_t composed[RADIUS_PACKET_MAX]; /* the packet that is composed */
  struct span_list composed_spans;
};

static int proxy_discard(const struct aaa_proxy *proxy, const struct node_address *remote,
                         const char *why) {
  node_event(proxy->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, remote, why);
  return 0;
}

static void proxy_failed(const struct aaa_proxy *proxy, const struct aaa_proxied *request,
                         const char *why) {
  node_event(proxy->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_FAILED, &request->known.key.source,
             why);
}

static void proxy_compose(struct aaa_proxy *proxy, struct span_writer *out) {
  span_writer_init(out, proxy->composed, proxy->config.packet_max, &proxy->composed_spans);
}

/* Answers */

/* Signs what was composed last for the request's client, and queues it. */
static int proxy_answer(struct aaa_proxy *proxy, struct aaa_proxied *request,
                        struct span_writer *out, uint64_t now_ns) {
  const struct radius_secret *secret = &proxy->config.clients[request->client].secret;
  int error = radius_response_seal(out, request->known.key.authenticator, secret);
  if (error == 0)
    error = kept_store(&request->answer, out->data, out->length, out->spans);
  if (error < 0) {
    aaa_proxy_table_release(&proxy->table, request);
    return error;
  }
  aaa_proxy_table_answer(&proxy->table, request, now_ns);
  return 0;
}

/* Rejects for `packet`: the request, or the answer (`is_answer`) that cannot be passed on. */
static int proxy_reject(struct aaa_proxy *proxy, struct aaa_proxied *request,
                        const struct radius_packet *packet, bool is_answer, const char *why,
                        uint64_t now_ns) {
  struct span_writer out;
  proxy_failed(proxy, request, why);
  proxy_compose(proxy, &out);
  radius_forward_reject(packet, request->known.key.identifier,
                        is_answer ? request->proxy_state : NULL, &out);
  assert(!out.overflow);
  return proxy_answer(proxy, request, &out, now_ns);
}

static int proxy_read_answer(struct aaa_proxy *proxy, struct radius_client *server,
                             const struct node_datagram *datagram, uint64_t now_ns) {
  struct radius_packet answer;
  const char *why;
  struct radius_exchange *exchange = radius_client_receive(server, datagram, &answer, &why);
  if (exchange == NULL)
    return proxy_discard(proxy, &datagram->source, why);
  struct aaa_proxied *request = exchange->owner;
  const struct radius_request_key *key = &request->known.key;
  const struct radius_hop server_hop = {&server->config.secret, exchange->authenticator},
                          client_hop = {&proxy->config.clients[request->client].secret,
                                        key->authenticator};
  struct span_writer out;
  proxy_compose(proxy, &out);
  const int error = radius_forward_answer(&answer, key->identifier, request->proxy_state,
                                          &server_hop, &client_hop, &out);
  if (error == NODE_ERR_MALFORMED)
    return proxy_reject(proxy, request, &answer, true, "answer with a malformed key", now_ns);
  if (error < 0 || out.overflow)
    return proxy_reject(proxy, request, &answer, true,
                        node_error_name(error < 0 ? error : NODE_ERR_TOO_LONG), now_ns);
  return proxy_answer(proxy, request, &out, now_ns);
}

/* Requests */

static size_t find_client(const struct aaa_proxy *proxy, const struct node_address *source) {
  size_t i = 0;
  while (i < proxy->config.client_count &&
         memcmp(proxy->config.clients[i].ip, source->ip, sizeof source->ip) != 0)
    i++;
  return i;
}

/* Whether a request has been here before (whoever passed it on must keep Proxy-State). */
static bool is_loop(const struct aaa_proxy *proxy, const struct radius_packet *packet) {
  struct radius_attribute attribute;
  for (size_t at = 0; radius_attribute_next(packet, &at, &attribute);)
    if (attribute.type == RADIUS_PROXY_STATE && attribute.length == RADIUS_PROXY_STATE_LENGTH &&
        memcmp(attribute.value, proxy->tag, sizeof proxy->tag) == 0)
      return true;
  return false;
}

/* NULL, or why the request goes nowhere. */
static const char *proxy_route(const struct aaa_proxy *proxy, const struct radius_packet *packet,
                               size_t *server) {
  struct radius_attribute name = {.length = 0};
  if (radius_attribute_count(packet, RADIUS_EAP_MESSAGE) == 0)
    return "Access-Request without EAP-Message";
  if (is_loop(proxy, packet))
    return "routing loop";
  (void)radius_attribute_find(packet, RADIUS_USER_NAME, &name);
  return aaa_realm_route(proxy->config.realms, proxy->config.realm_count, name.value, name.length,
                         server);
}

static void proxied_set_proxy_state(struct aaa_proxy *proxy, struct aaa_proxied *request) {
  const uint32_t number = ++proxy->number;
  const uint8_t octets[RADIUS_PROXY_STATE_LENGTH - TAG_LENGTH] = {
      (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
  memcpy(request->proxy_state, proxy->tag, TAG_LENGTH);
  memcpy(request->proxy_state + TAG_LENGTH, octets, sizeof octets);
}

static int proxy_forward(struct aaa_proxy *proxy, struct aaa_proxied *request,
                         const struct radius_packet *packet, size_t server, uint64_t now_ns) {
  struct span_writer out;
  proxied_set_proxy_state(proxy, request);
  proxy_compose(proxy, &out);
  radius_forward_request(packet, request->proxy_state, &out);
  request->server = &proxy->servers[server];
  request->exchange.owner = request;
  const int error = radius_client_send(request->server, &request->exchange, &out);
  if (error == NODE_ERR_TOO_LONG)
    return proxy_reject(proxy, request, packet, false, "no room for Proxy-State", now_ns);
  if (error < 0)
    aaa_proxy_table_release(&proxy->table, request);
  return error;
}

/* RFC 5080 sections 2.2.1 and 2.2.2. */
static int proxy_repeat(struct aaa_proxy *proxy, struct aaa_proxied *request) {
  if (request->phase == AAA_PROXIED_ANSWERED)
    aaa_proxy_table_queue(&proxy->table, request);
  else
    radius_client_repeat(request->server, &request->exchange);
  return 0;
}

static struct aaa_proxied *proxy_take(struct aaa_proxy *proxy, size_t client,
                                      const struct radius_request_key *key) {
  struct aaa_proxied *old = aaa_proxy_table_in_the_way(&proxy->table);
  if (old != NULL) {
    if (old->phase == AAA_PROXIED_WAITING)
      proxy_failed(proxy, old, "request gave way to another");
    aaa_proxy_table_release(&proxy->table, old);
  }
  return aaa_proxy_table_take(&proxy->table, client, key);
}

/* NULL: `packet` is a verified Access-Request of this client. */
static const char *check_request(const struct aaa_proxy *proxy, size_t client,
                                 const struct node_datagram *datagram,
                                 struct radius_packet *packet) {
  if (client == proxy->config.client_count)
    return "unknown RADIUS client";
  if (radius_packet_parse(datagram->data, datagram->length, packet) < 0)
    return "malformed RADIUS packet";
  if (packet->code != RADIUS_ACCESS_REQUEST)
    return "RADIUS code that is no Access-Request";
  return radius_request_check(packet, &proxy->config.clients[client].secret);
}

static int proxy_read_request(struct aaa_proxy *proxy, const struct node_datagram *datagram,
                              uint64_t now_ns) {
  const size_t client = find_client(proxy, &datagram->source);
  struct radius_packet packet;
  const char *why = check_request(proxy, client, datagram, &packet);
  if (why != NULL)
    return proxy_discard(proxy, &datagram->source, why);
  const struct radius_request_key key = radius_request_key_of(&datagram->source, &packet);
  struct aaa_proxied *request = aaa_proxy_table_find(&proxy->table, &key);
  if (request != NULL)
    return proxy_repeat(proxy, request);
  request = proxy_take(proxy, client, &key);
  size_t server;
  why = proxy_route(proxy, &packet, &server);
  return why == NULL ? proxy_forward(proxy, request, &packet, server, now_ns)
                     : proxy_reject(proxy, request, &packet, false, why, now_ns);
}

/* The node contract */

static const struct node_ops AAA_PROXY_OPS;

static struct aaa_proxy *proxy_of(struct node *node) {
  assert(node->ops == &AAA_PROXY_OPS);
  return (struct aaa_proxy *)node;
}

static int proxy_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct aaa_proxy *proxy = proxy_of(node);
  if (datagram->length > proxy->config.packet_max)
    return proxy_discard(proxy, &datagram->source, "packet longer than what goes on");
  for (size_t i = 0; i < proxy->server_count; i++)
    if (radius_client_is_for(&proxy->servers[i], &datagram->destination))
      return proxy_read_answer(proxy, &proxy->servers[i], datagram, now_ns);
  return proxy_read_request(proxy, datagram, now_ns);
}

static int proxy_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct aaa_proxy *proxy = proxy_of(node);
  struct aaa_proxied *request = proxy->table.to_write.first;
  int written = 0;
  for (size_t i = 0; request == NULL && written == 0 && i < proxy->server_count; i++)
    written = radius_client_write(&proxy->servers[i], datagram, now_ns);
  if (request == NULL)
    return written;
  const int error = kept_write(&request->answer, datagram);
  if (error < 0)
    return error;
  (void)aaa_proxy_table_unqueue(&proxy->table);
  datagram->label = radius_code_name(request->answer.data[0]);
  datagram->copy = request->copy++;
  datagram->source = proxy->config.local;
  datagram->destination = request->known.key.source;
  return 1;
}

static uint64_t answered_end(const struct aaa_proxy *proxy) {
  const struct aaa_proxied *oldest = proxy->table.answered.first;
  return oldest == NULL ? NODE_NEVER : oldest->answered_ns + ANSWERED_SECONDS * NODE_SECOND;
}

static uint64_t proxy_expiry(const struct node *node) {
  assert(node->ops == &AAA_PROXY_OPS);
  const struct aaa_proxy *proxy = (const struct aaa_proxy *)node;
  uint64_t next_ns = answered_end(proxy);
  for (size_t i = 0; i < proxy->server_count; i++) {
    const uint64_t server_ns = radius_client_expiry(&proxy->servers[i]);
    next_ns = server_ns < next_ns ? server_ns : next_ns;
  }
  return next_ns;
}

static int proxy_handle_expiry(struct node *node, uint64_t now_ns) {
  struct aaa_proxy *proxy = proxy_of(node);
  while (answered_end(proxy) <= now_ns)
    aaa_proxy_table_release(&proxy->table, proxy->table.answered.first);
  for (size_t i = 0; i < proxy->server_count; i++)
    for (struct radius_exchange *given_up;
         (given_up = radius_client_handle_expiry(&proxy->servers[i], now_ns)) != NULL;) {
      proxy_failed(proxy, given_up->owner, "no answer from the next server");
      aaa_proxy_table_release(&proxy->table, given_up->owner);
    }
  return 0;
}

static void proxy_destroy(struct node *node) {
  struct aaa_proxy *proxy = proxy_of(node);
  aaa_proxy_table_deinit(&proxy->table, proxy->config.requests_max);
  for (size_t i = 0; i < proxy->server_count; i++)
    radius_client_deinit(&proxy->servers[i]);
  free(proxy->servers);
  free(proxy);
}

static const struct node_ops AAA_PROXY_OPS = {.read = proxy_read,
                                              .write = proxy_write,
                                              .expiry = proxy_expiry,
                                              .handle_expiry = proxy_handle_expiry,
                                              .destroy = proxy_destroy};

/* Creation */

static struct radius_client_config client_config_of(const struct aaa_proxy_config *config,
                                                    size_t server) {
  struct radius_client_config client = {.local = config->uplink,
                                        .port_count = config->port_count,
                                        .server = config->servers[server].address,
                                        .secret = config->servers[server].secret,
                                        .forwards = true};
  client.local.port = (uint16_t)(config->uplink.port + server * config->port_count);
  return client;
}

static bool ports_valid(const struct aaa_proxy_config *config) {
  const size_t ports = config->port_count * config->server_count;
  return config->port_count >= 1 && config->port_count <= RADIUS_PORTS_MAX &&
         config->server_count >= 1 && config->server_count <= UINT16_MAX &&
         config->local.port != 0 && config->uplink.port != 0 &&
         config->uplink.port + ports - 1 <= UINT16_MAX &&
         (config->local.port < config->uplink.port ||
          config->local.port - config->uplink.port >= (int)ports) &&
         config->requests_max >= 1 && config->requests_max <= IDENTIFIERS * config->port_count;
}

static bool config_valid(const struct aaa_proxy_config *config) {
  bool valid =
      ports_valid(config) && config->client_count >= 1 && config->packet_max <= RADIUS_PACKET_MAX;
  for (size_t i = 0; valid && i < config->server_count; i++) {
    const struct radius_client_config client = client_config_of(config, i);
    valid = radius_client_config_valid(&client);
  }
  for (size_t i = 0; valid && i < config->client_count; i++)
    valid = config->clients[i].secret.length > 0;
  for (size_t i = 0; valid && i < config->realm_count; i++)
    valid =
        aaa_realm_valid(config->realms[i].name) && config->realms[i].server < config->server_count;
  return valid;
}

static bool servers_init(struct aaa_proxy *proxy) {
  for (; proxy->server_count < proxy->config.server_count; proxy->server_count++) {
    const struct radius_client_config client =
        client_config_of(&proxy->config, proxy->server_count);
    if (!radius_client_init(&proxy->servers[proxy->server_count], &client, proxy->hooks))
      return false;
  }
  return true;
}

struct node *aaa_proxy_create(const struct aaa_proxy_config *config,
                              const struct node_hooks *hooks) {
  struct aaa_proxy *proxy = config_valid(config) ? calloc(1, sizeof *proxy) : NULL;
  if (proxy == NULL)
    return NULL;
  proxy->node.ops = &AAA_PROXY_OPS;
  proxy->config = *config;
  if (config->packet_max == 0)
    proxy->config.packet_max = sizeof proxy->composed;
  proxy->hooks = hooks;
  proxy->servers = calloc(config->server_count, sizeof *proxy->servers);
  if (!aaa_proxy_table_init(&proxy->table, config->requests_max, config->client_count, hooks)) {
    free(proxy->servers);
    free(proxy);
    return NULL;
  }
  if (proxy->servers == NULL || !servers_init(proxy)) {
    proxy_destroy(&proxy->node);
    return NULL;
  }
  node_random(hooks, proxy->tag, sizeof proxy->tag);
  return &proxy->node;
}
