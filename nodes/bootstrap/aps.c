/* The application server: the node contract, and its life. Datagrams go by their ports to pulls, to
 * channels, and to the RADIUS client. */
#include "aps_state.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops APS_OPS;

static struct aps *aps_of(struct node *node) {
  assert(node->ops == &APS_OPS);
  return (struct aps *)node;
}

static const struct aps *aps_of_const(const struct node *node) {
  assert(node->ops == &APS_OPS);
  return (const struct aps *)node;
}

struct aps_remote aps_remote_of(const struct node_address *address) {
  struct aps_remote key;
  memcpy(key.octets, address->ip, sizeof address->ip);
  key.octets[sizeof address->ip] = (uint8_t)(address->port >> 8);
  key.octets[sizeof address->ip + 1] = (uint8_t)address->port;
  return key;
}

void aps_tell(const struct aps *aps, enum node_phase phase, enum node_event_type type,
              const struct node_address *remote, const char *label) {
  node_event(aps->hooks, phase, type, remote, label);
}

int aps_forgive(const struct aps *aps, enum node_phase phase, const struct node_address *remote,
                int result) {
  if (result != NODE_ERR_EXHAUSTED)
    return result;
  aps_tell(aps, phase, NODE_EVENT_DISCARDED, remote, node_error_name(result));
  return 0;
}

static bool has_as(const struct aps *aps) {
  return aps->config.radius != NULL;
}

struct radius_client_load bootstrap_aps_load(const struct node *node) {
  return aps_of_const(node)->client.load;
}

/* Datagrams */

static int read_radius(struct aps *aps, const struct node_datagram *datagram) {
  struct radius_packet answer;
  const char *why;
  struct radius_exchange *exchange = radius_client_receive(&aps->client, datagram, &answer, &why);
  if (exchange == NULL) {
    aps_tell(aps, NODE_PHASE_PULL, NODE_EVENT_DISCARDED, &datagram->source, why);
    return 0;
  }
  struct aps_question *question = exchange->owner;
  return question->answered(question, &answer);
}

static int aps_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct aps *aps = aps_of(node);
  aps->now_ns = now_ns;
  if (has_as(aps) && radius_client_is_for(&aps->client, &datagram->destination))
    return read_radius(aps, datagram);
  if (association_is_for(aps->kind, &aps->config.local, datagram))
    return aps_channels_read(aps, datagram);
  return aps_pulls_read(aps, datagram);
}

static int aps_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct aps *aps = aps_of(node);
  aps->now_ns = now_ns;
  int result = aps_pulls_write(aps, datagram);
  if (result == 0)
    result = aps_channels_write(aps, datagram);
  return result == 0 && has_as(aps) ? radius_client_write(&aps->client, datagram, now_ns) : result;
}

/* Time */

static uint64_t earlier(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

static uint64_t aps_expiry(const struct node *node) {
  const struct aps *aps = aps_of_const(node);
  const uint64_t own_ns = earlier(
      deadline_next_ns(&aps->keys.deadlines),
      earlier(deadline_next_ns(&aps->pulls.deadlines), deadline_next_ns(&aps->channels.deadlines)));
  return has_as(aps) ? earlier(own_ns, radius_client_expiry(&aps->client)) : own_ns;
}

static int radius_expire(struct aps *aps) {
  struct radius_exchange *exchange;
  int result = 0;
  while (result == 0 && has_as(aps) &&
         (exchange = radius_client_handle_expiry(&aps->client, aps->now_ns)) != NULL) {
    struct aps_question *question = exchange->owner;
    result = question->answered(question, NULL);
  }
  return result;
}

static int aps_handle_expiry(struct node *node, uint64_t now_ns) {
  struct aps *aps = aps_of(node);
  aps->now_ns = now_ns;
  aps_keys_expire(aps);
  aps_pulls_expire(aps);
  const int result = aps_channels_expire(aps);
  return result < 0 ? result : radius_expire(aps);
}

static void aps_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct aps *aps = aps_of_const(node);
  aps_keys_digest(aps, digest, now_ns);
  aps_pulls_digest(aps, digest, now_ns);
  aps_channels_digest(aps, digest, now_ns);
  if (has_as(aps))
    radius_client_digest(&aps->client, digest);
}

/* Life */

static void aps_destroy(struct node *node) {
  struct aps *aps = aps_of(node);
  aps_channels_deinit(aps);
  aps_pulls_deinit(aps);
  aps_keys_deinit(aps);
  if (has_as(aps))
    radius_client_deinit(&aps->client);
  crypto_wipe(aps, sizeof *aps);
  free(aps);
}

static const struct node_ops APS_OPS = {.read = aps_read,
                                        .write = aps_write,
                                        .expiry = aps_expiry,
                                        .handle_expiry = aps_handle_expiry,
                                        .digest = aps_digest,
                                        .destroy = aps_destroy};

/* The name travels as text, as NAS-Identifier. */
static bool is_text(const struct bootstrap_name *name) {
  return name->length >= 1 && name->length <= BOOTSTRAP_NAME_MAX &&
         memchr(name->octets, 0, name->length) == NULL;
}

/* An AS to ask, and a realm for names that have none. */
static bool has_what_it_needs(const struct bootstrap_aps_config *config) {
  const bool realm = config->realm_length >= 1 && config->realm_length <= ERP_REALM_MAX;
  for (unsigned pull = 0; pull < BOOTSTRAP_PULL_COUNT; pull++) {
    const enum bootstrap_trigger trigger = bootstrap_pull_trigger(pull);
    if (!config->pulls[pull])
      continue;
    if (!bootstrap_pull_goes_with(pull, config->channel) ||
        (trigger != BOOTSTRAP_TRIGGER_NONE && config->radius == NULL) ||
        (trigger == BOOTSTRAP_TRIGGER_HANDSHAKE && !realm))
      return false;
  }
  return true;
}

/* CoAP in clear has one of its own. */
static bool ports_differ(const struct bootstrap_aps_config *config) {
  const struct association_kind *kind = bootstrap_channel_kind(config->channel);
  return association_address(kind, &config->local).port != config->local.port;
}

static bool is_accepted(const struct bootstrap_aps_config *config) {
  return config->channel < BOOTSTRAP_CHANNEL_COUNT && ports_differ(config) &&
         is_text(&config->name) && has_what_it_needs(config) && config->keys_max >= 1 &&
         config->channels_max >= 1 && config->local.port < UINT16_MAX &&
         config->payload_bytes <= ASSOCIATION_PAYLOAD_MAX;
}

/* NULL: it asks for nobody who names himself in a handshake. */
static const char *asks_in_handshake(const struct bootstrap_aps_config *config) {
  for (unsigned pull = 0; pull < BOOTSTRAP_PULL_COUNT; pull++)
    if (config->pulls[pull] && bootstrap_pull_trigger(pull) == BOOTSTRAP_TRIGGER_HANDSHAKE)
      return bootstrap_pull_name(pull);
  return NULL;
}

/* As a RADIUS client the node goes by its own name. */
static bool client_init(struct aps *aps) {
  if (!has_as(aps))
    return true;
  struct radius_client_config config = *aps->config.radius;
  config.nas_identifier = aps->nas_identifier;
  if (radius_client_config_valid(&config) && radius_client_init(&aps->client, &config, aps->hooks))
    return true;
  aps->config.radius = NULL;
  return false;
}

static void aps_init(struct aps *aps, const struct bootstrap_aps_config *config,
                     const struct node_hooks *hooks) {
  aps->node.ops = &APS_OPS;
  aps->config = *config;
  aps->kind = bootstrap_channel_kind(config->channel);
  aps->use = bootstrap_channel_use(config->channel);
  aps->psk_length = bootstrap_channel_psk_length(config->channel);
  aps->asks = asks_in_handshake(config);
  aps->hooks = hooks;
  memcpy(aps->name_octets, config->name.octets, config->name.length);
  memcpy(aps->nas_identifier, config->name.octets, config->name.length);
  aps->config.name.octets = aps->name_octets;
  aps->give = (struct association_keys){.find = aps_keys_give, .context = aps};
  coap_parameters_read(config->options, &aps->coap);
  node_random(hooks, (uint8_t *)aps->hash_key.half, sizeof aps->hash_key.half);
  node_random(hooks, aps->cookie_secret, sizeof aps->cookie_secret);
}

struct node *bootstrap_aps_create(const struct bootstrap_aps_config *config,
                                  const struct node_hooks *hooks) {
  struct aps *aps = is_accepted(config) ? calloc(1, sizeof *aps) : NULL;
  if (aps == NULL)
    return NULL;
  aps_init(aps, config, hooks);
  if (client_init(aps) && aps_keys_init(aps) && aps_pulls_init(aps) && aps_channels_init(aps))
    return &aps->node;
  aps_destroy(&aps->node);
  return NULL;
}
