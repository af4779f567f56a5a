/* The resource server: the node contract, and its life. Datagrams go by their ports to what is in
 * clear, and to sessions. */
#include "resource_server_state.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops RESOURCE_SERVER_OPS;

static struct resource_server *resource_server_of(struct node *node) {
  assert(node->ops == &RESOURCE_SERVER_OPS);
  return (struct resource_server *)node;
}

static const struct resource_server *resource_server_of_const(const struct node *node) {
  assert(node->ops == &RESOURCE_SERVER_OPS);
  return (const struct resource_server *)node;
}

void rs_tell(const struct resource_server *server, enum node_phase phase, enum node_event_type type,
             const struct node_address *remote, const char *label) {
  node_event(server->hooks, phase, type, remote, label);
}

int rs_forgive(const struct resource_server *server, const struct node_address *remote,
               int result) {
  if (result != NODE_ERR_EXHAUSTED)
    return result;
  rs_tell(server, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_DISCARDED, remote, node_error_name(result));
  return 0;
}

/* Datagrams and time */

static int resource_server_read(struct node *node, const struct node_datagram *datagram,
                                uint64_t now_ns) {
  struct resource_server *server = resource_server_of(node);
  server->now_ns = now_ns;
  return association_kind_is_session(server->kind) &&
                 association_is_for(server->kind, &server->config.local, datagram)
             ? rs_sessions_read(server, datagram)
             : rs_clear_read(server, datagram);
}

static int resource_server_write(struct node *node, struct node_datagram *datagram,
                                 uint64_t now_ns) {
  struct resource_server *server = resource_server_of(node);
  server->now_ns = now_ns;
  int result = rs_strangers_write(server, datagram);
  if (result == 0)
    result = association_reception_write(&server->reception, datagram);
  return result == 0 ? rs_clients_write(server, datagram) : result;
}

static uint64_t resource_server_expiry(const struct node *node) {
  return deadline_next_ns(&resource_server_of_const(node)->clients.deadlines);
}

static int resource_server_handle_expiry(struct node *node, uint64_t now_ns) {
  struct resource_server *server = resource_server_of(node);
  server->now_ns = now_ns;
  return rs_clients_expire(server);
}

static void resource_server_digest(const struct node *node, struct digest *digest,
                                   uint64_t now_ns) {
  const struct resource_server *server = resource_server_of_const(node);
  digest_u64(digest, server->has_key);
  digest_octets(digest, server->key.octets, sizeof server->key.octets);
  digest_u64(digest, server->key.kid);
  rs_resources_digest(server, digest);
  rs_clients_digest(server, digest, now_ns);
}

/* What is asked of the node */

void ace_resource_server_learn(void *node, const struct eap_peer *peer, uint64_t now_ns) {
  struct resource_server *server = resource_server_of(node);
  struct ace_sealing_key key;
  struct eap_keys keys;
  int error = eap_peer_keys(peer, &keys);
  server->now_ns = now_ns;
  if (error == 0)
    error = ace_sealing_key_derive(keys.msk, server->hooks, &key);
  if (error == 0) {
    server->key = key;
    server->has_key = true;
  }
  crypto_wipe(&keys, sizeof keys);
  crypto_wipe(&key, sizeof key);
}

const uint8_t *ace_resource_server_value(const struct node *node, const char *path,
                                         size_t *length) {
  const struct rs_resource *resource =
      rs_resource_find(resource_server_of_const(node), (const uint8_t *)path, strlen(path));
  if (resource == NULL)
    return NULL;
  *length = resource->value.length;
  return resource->value.data;
}

size_t ace_resource_server_bytes(const struct node *node) {
  return resource_server_of_const(node)->clients.bytes;
}

size_t ace_resource_server_bytes_peak(const struct node *node) {
  return resource_server_of_const(node)->clients.bytes_peak;
}

/* Life */

static void resource_server_destroy(struct node *node) {
  struct resource_server *server = resource_server_of(node);
  rs_clients_deinit(server);
  rs_resources_deinit(server);
  association_reception_wipe(&server->reception);
  crypto_wipe(server, sizeof *server);
  free(server);
}

static const struct node_ops RESOURCE_SERVER_OPS = {.read = resource_server_read,
                                                    .write = resource_server_write,
                                                    .expiry = resource_server_expiry,
                                                    .handle_expiry = resource_server_handle_expiry,
                                                    .digest = resource_server_digest,
                                                    .destroy = resource_server_destroy};

static bool has_good_resources(const struct ace_resource_server_config *config) {
  if (config->resource_count < 1 || config->resource_count > ACE_SCOPE_ENTRIES_MAX)
    return false;
  for (size_t i = 0; i < config->resource_count; i++) {
    const struct ace_resource *resource = &config->resources[i];
    const size_t length = strlen(resource->path);
    if (length < 1 || length > ACE_PATH_MAX || strchr(resource->path, '/') != NULL ||
        strcmp(resource->path, ACE_AUTHZ_INFO_PATH) == 0 ||
        resource->value_length > ASSOCIATION_PAYLOAD_MAX)
      return false;
    for (size_t j = 0; j < i; j++)
      if (strcmp(config->resources[j].path, resource->path) == 0)
        return false;
  }
  return true;
}

static bool is_accepted(const struct ace_resource_server_config *config) {
  return config->profile < ACE_PROFILE_COUNT && strlen(config->audience) >= 1 &&
         strlen(config->audience) <= ACE_AUDIENCE_MAX && has_good_resources(config) &&
         config->clients_max >= 1 && config->local.port < UINT16_MAX;
}

static void resource_server_init(struct resource_server *server,
                                 const struct ace_resource_server_config *config,
                                 const struct node_hooks *hooks) {
  server->node.ops = &RESOURCE_SERVER_OPS;
  server->config = *config;
  server->kind = ace_profile_kind(config->profile);
  server->hooks = hooks;
  server->give = (struct association_keys){.find = rs_session_key, .context = server};
  coap_parameters_read(config->options, &server->coap);
  node_random(hooks, (uint8_t *)server->hash_key.half, sizeof server->hash_key.half);
  node_random(hooks, server->cookie_secret, sizeof server->cookie_secret);
}

struct node *ace_resource_server_create(const struct ace_resource_server_config *config,
                                        const struct node_hooks *hooks) {
  struct resource_server *server = is_accepted(config) ? calloc(1, sizeof *server) : NULL;
  if (server == NULL)
    return NULL;
  resource_server_init(server, config, hooks);
  if (rs_resources_init(server) && rs_clients_init(server))
    return &server->node;
  resource_server_destroy(&server->node);
  return NULL;
}
