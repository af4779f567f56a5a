/* The UE: the node contract, and life. */
#include "../crypto/crypto.h"
#include "ue_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops UE_OPS;

struct bootstrap_ue *bootstrap_ue_of(struct node *node) {
  assert(node->ops == &UE_OPS);
  return (struct bootstrap_ue *)node;
}

const struct bootstrap_ue *bootstrap_ue_of_const(const struct node *node) {
  assert(node->ops == &UE_OPS);
  return (const struct bootstrap_ue *)node;
}

void bootstrap_ue_tell(const struct bootstrap_ue *ue, const struct ue_server *server,
                       enum node_phase phase, enum node_event_type type, const char *label) {
  node_event(ue->hooks, phase, type, &server->known->address, label);
}

int bootstrap_ue_settle(struct bootstrap_ue *ue, int result, uint64_t now_ns) {
  bootstrap_ue_pull_next(ue, now_ns);
  for (size_t i = 0; i < ue->server_count; i++) {
    const int sealed = association_pair_seal(&ue->servers[i].channel);
    result = result < 0 ? result : sealed;
  }
  bootstrap_ue_note_bytes(ue);
  return result;
}

/* Datagrams */

/* RFC 7252 section 4.2: a confirmable message has an answer, whoever sent it. */
static int read_stranger(struct bootstrap_ue *ue, const struct node_datagram *datagram) {
  struct coap_message request;
  if (datagram->destination.port == ue->config.local.port &&
      coap_stranger_receive(&ue->stranger, datagram, &request))
    coap_stranger_refuse(&ue->stranger, datagram, &request, COAP_CODE_FORBIDDEN, ue->hooks);
  node_event(ue->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED, &datagram->source,
             "not from an application server");
  return 0;
}

static int read_from(struct bootstrap_ue *ue, const struct node_datagram *datagram,
                     uint64_t now_ns) {
  for (size_t i = 0; i < ue->server_count; i++) {
    struct ue_server *server = &ue->servers[i];
    if (node_address_equal(&datagram->source, &server->known->address))
      return bootstrap_ue_read_clear(ue, server, datagram, now_ns);
    if (association_is_from(ue->kind, &server->known->address, datagram))
      return bootstrap_ue_read_channel(ue, server, datagram, now_ns);
  }
  return read_stranger(ue, datagram);
}

static int ue_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct bootstrap_ue *ue = bootstrap_ue_of(node);
  bootstrap_ue_end_lifetimes(ue, now_ns);
  return bootstrap_ue_settle(ue, read_from(ue, datagram, now_ns), now_ns);
}

static int write_to(struct bootstrap_ue *ue, struct ue_server *server,
                    struct node_datagram *datagram, uint64_t now_ns) {
  datagram->source = ue->config.local;
  datagram->destination = server->known->address;
  const int result = coap_session_write(&server->clear, datagram, now_ns);
  if (result != 0)
    return result;
  return association_pair_write(&server->channel, &ue->config.local, &server->known->address,
                                datagram, now_ns);
}

static int ue_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct bootstrap_ue *ue = bootstrap_ue_of(node);
  int result = coap_stranger_write(&ue->stranger, datagram);
  for (size_t i = 0; i < ue->server_count && result == 0; i++)
    result = write_to(ue, &ue->servers[i], datagram, now_ns);
  bootstrap_ue_note_bytes(ue);
  return result;
}

/* Time */

static uint64_t ue_expiry(const struct node *node) {
  const struct bootstrap_ue *ue = bootstrap_ue_of_const(node);
  uint64_t next_ns = bootstrap_ue_lifetimes_expiry(ue);
  for (size_t i = 0; i < ue->server_count; i++) {
    const uint64_t clear_ns = coap_session_expiry(&ue->servers[i].clear);
    const uint64_t channel_ns = association_pair_expiry(&ue->servers[i].channel);
    next_ns = clear_ns < next_ns ? clear_ns : next_ns;
    next_ns = channel_ns < next_ns ? channel_ns : next_ns;
  }
  return next_ns;
}

static int ue_handle_expiry(struct node *node, uint64_t now_ns) {
  struct bootstrap_ue *ue = bootstrap_ue_of(node);
  int result = 0;
  bootstrap_ue_end_lifetimes(ue, now_ns);
  for (size_t i = 0; i < ue->server_count; i++) {
    bootstrap_ue_wake_pull(ue, &ue->servers[i], now_ns);
    const int woken = bootstrap_ue_wake_channel(ue, &ue->servers[i], now_ns);
    result = result < 0 ? result : woken;
  }
  return bootstrap_ue_settle(ue, result, now_ns);
}

/* State */

enum bootstrap_ue_state bootstrap_ue_state(const struct node *node, size_t index) {
  const struct bootstrap_ue *ue = bootstrap_ue_of_const(node);
  assert(index < ue->server_count);
  const struct ue_server *server = &ue->servers[index];
  if (association_is_ready(&server->channel.current))
    return BOOTSTRAP_UE_SECURED;
  if (server->stage == UE_SECURING)
    return BOOTSTRAP_UE_SECURING;
  if (server->stage == UE_WAITING || server->stage == UE_PULLING)
    return BOOTSTRAP_UE_PULLING;
  return server->key.is_there ? BOOTSTRAP_UE_KEY : BOOTSTRAP_UE_NOTHING;
}

static void digest_server(const struct bootstrap_ue *ue, const struct ue_server *server,
                          struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, server->stage);
  digest_u64(digest, server->request.kind);
  digest_octets(digest, server->request.payload.data, server->request.payload.length);
  digest_u64(digest, server->request.has_pulled);
  digest_u64(digest, server->request.has_renewed);
  digest_u64(digest, server->was_answered);
  digest_u64(digest, server->key.is_there);
  digest_octets(digest, server->key.psk, ue->psk_length);
  digest_lifetime(digest, server->key.ends_ns, now_ns);
  coap_session_digest(&server->clear, digest, now_ns);
  association_pair_digest(&server->channel, digest, now_ns);
}

static void ue_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct bootstrap_ue *ue = bootstrap_ue_of_const(node);
  erp_peer_digest(&ue->erp, digest);
  digest_lifetime(digest, erp_peer_emsk_until_ns(&ue->erp), now_ns);
  for (size_t i = 0; i < ue->server_count; i++)
    digest_server(ue, &ue->servers[i], digest, now_ns);
  for (const struct list_link *link = ue->waiting.first; link != NULL; link = link->next)
    digest_u64(digest, (uint64_t)((const struct ue_server *)link->owner - ue->servers));
  digest_u64(digest, ue->stranger.pending);
  if (ue->stranger.pending)
    digest_octets(digest, ue->stranger.data, ue->stranger.length);
}

/* Life */

static void ue_destroy(struct node *node) {
  struct bootstrap_ue *ue = bootstrap_ue_of(node);
  for (size_t i = 0; i < ue->server_count; i++) {
    struct ue_server *server = &ue->servers[i];
    association_pair_close(&server->channel);
    coap_session_wipe(&server->clear);
    bootstrap_ue_drop_request(&server->request);
  }
  crypto_wipe(ue, sizeof *ue + ue->server_count * sizeof ue->servers[0]);
  free(ue);
}

static const struct node_ops UE_OPS = {.read = ue_read,
                                       .write = ue_write,
                                       .expiry = ue_expiry,
                                       .handle_expiry = ue_handle_expiry,
                                       .digest = ue_digest,
                                       .destroy = ue_destroy};

/* Where a datagram comes from tells the server, and the channel from CoAP in clear. */
static bool addresses_differ(const struct association_kind *kind, const struct bootstrap_server *a,
                             const struct bootstrap_server *b) {
  const struct node_address place_a = association_address(kind, &a->address),
                            place_b = association_address(kind, &b->address);
  return !node_address_equal(&a->address, &b->address) && !node_address_equal(&place_a, &place_b) &&
         !node_address_equal(&a->address, &place_b) && !node_address_equal(&place_a, &b->address);
}

static bool servers_are_good(const struct bootstrap_ue_config *config) {
  const struct association_kind *kind = bootstrap_channel_kind(config->channel);
  if (config->server_count == 0 || config->server_count > BOOTSTRAP_SERVERS_MAX)
    return false;
  for (size_t i = 0; i < config->server_count; i++) {
    const struct bootstrap_server *server = &config->servers[i];
    if (server->name.length == 0 || server->name.length > BOOTSTRAP_NAME_MAX)
      return false;
    const struct node_address place = association_address(kind, &server->address);
    if (node_address_equal(&place, &server->address))
      return false;
    for (size_t j = 0; j < i; j++)
      if (!addresses_differ(kind, server, &config->servers[j]))
        return false;
  }
  return true;
}

static bool config_is_good(const struct bootstrap_ue_config *config) {
  return config->channel < BOOTSTRAP_CHANNEL_COUNT && servers_are_good(config) &&
         config->pull < BOOTSTRAP_PULL_COUNT &&
         bootstrap_pull_goes_with(config->pull, config->channel) && config->erp.realm_length > 0 &&
         config->erp.realm_length <= ERP_REALM_MAX &&
         (config->pull != BOOTSTRAP_PULL_CONFIGURED || config->configured != NULL);
}

static void init_server(struct bootstrap_ue *ue, size_t index) {
  struct ue_server *server = &ue->servers[index];
  server->known = &ue->config.servers[index];
  coap_session_init(&server->clear, &ue->coap, ue->hooks);
  bootstrap_ue_forget_key(server);
  if (ue->config.pull != BOOTSTRAP_PULL_CONFIGURED)
    return;
  const struct bootstrap_configured_key *configured = &ue->config.configured[index];
  memcpy(server->key.identity, configured->identity, ue->identity_length);
  memcpy(server->key.psk, configured->psk, ue->psk_length);
  server->key.is_there = true;
}

struct node *bootstrap_ue_create(const struct bootstrap_ue_config *config,
                                 const struct node_hooks *hooks) {
  if (!config_is_good(config))
    return NULL;
  struct bootstrap_ue *ue = calloc(1, sizeof *ue + config->server_count * sizeof(struct ue_server));
  if (ue == NULL)
    return NULL;
  ue->node.ops = &UE_OPS;
  ue->config = *config;
  ue->kind = bootstrap_channel_kind(config->channel);
  ue->use = bootstrap_channel_use(config->channel);
  ue->psk_length = bootstrap_channel_psk_length(config->channel);
  ue->identity_length = bootstrap_channel_identity_length(config->channel);
  ue->hooks = hooks;
  ue->server_count = config->server_count;
  ue->erp_config = config->erp;
  ue->erp_config.bootstraps = true;
  erp_peer_init(&ue->erp, &ue->erp_config, hooks);
  coap_parameters_read(config->options, &ue->coap);
  for (size_t i = 0; i < ue->server_count; i++)
    init_server(ue, i);
  bootstrap_ue_note_bytes(ue);
  return &ue->node;
}
