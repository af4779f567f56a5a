/* The client of ACE: the node contract, and life. */
#include "../crypto/crypto.h"
#include "client_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops CLIENT_OPS;

struct ace_client *ace_client_of(struct node *node) {
  assert(node->ops == &CLIENT_OPS);
  return (struct ace_client *)node;
}

const struct ace_client *ace_client_of_const(const struct node *node) {
  assert(node->ops == &CLIENT_OPS);
  return (const struct ace_client *)node;
}

/* Events */

void ace_client_tell(const struct ace_client *client, const struct client_server *server,
                     enum node_phase phase, enum node_event_type type, const char *label) {
  node_event(client->hooks, phase, type, &server->known->address, label);
}

int ace_client_discard(const struct ace_client *client, const struct client_server *server,
                       enum node_phase phase, const char *why) {
  ace_client_tell(client, server, phase, NODE_EVENT_DISCARDED, why);
  return 0;
}

void ace_client_confirm(const struct ace_client *client, struct client_server *server,
                        enum node_phase phase, const char *label) {
  const char *audience = server->known->audience;
  server->is_confirmed = true;
  node_event_confirmed(client->hooks, phase, &server->known->address, label,
                       (const uint8_t *)audience, strlen(audience));
}

void ace_client_listen(struct node *node, const struct ace_client_listener *listener) {
  ace_client_of(node)->listener =
      listener == NULL ? (struct ace_client_listener){.answered = NULL} : *listener;
}

bool ace_client_is_of_format(const struct coap_message *response, uint64_t format) {
  const struct coap_option *option = coap_message_find(response, COAP_NUMBER_CONTENT_FORMAT);
  uint64_t said;
  return option == NULL ||
         (coap_uint_decode(option->value, option->length, &said) == 0 && said == format);
}

int ace_client_settle(struct ace_client *client, int result) {
  for (size_t i = 0; i < client->server_count; i++) {
    const int sealed = association_pair_seal(&client->servers[i].association);
    result = result < 0 ? result : sealed;
  }
  ace_client_note_bytes(client);
  return result;
}

/* Datagrams */

/* RFC 7252 section 4.2: a confirmable message has an answer, whoever sent it. */
static int client_read_stranger(struct ace_client *client, const struct node_datagram *datagram) {
  struct coap_message request;
  if (datagram->destination.port == client->config.local.port &&
      coap_stranger_receive(&client->stranger, datagram, &request))
    coap_stranger_refuse(&client->stranger, datagram, &request, COAP_CODE_FORBIDDEN, client->hooks);
  node_event(client->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED, &datagram->source,
             "not from a resource server");
  return 0;
}

static enum node_phase client_phase(const struct client_server *server) {
  return server->stage == CLIENT_BRINGING ? NODE_PHASE_TOKEN_TRANSFER : NODE_PHASE_APPLICATION;
}

static int client_take_response(struct ace_client *client, struct client_server *server,
                                const struct coap_message *response, uint64_t now_ns) {
  switch (server->stage) {
  case CLIENT_BRINGING:
    return ace_client_take_transfer(client, server, response, now_ns);
  case CLIENT_ACCESSING:
    return ace_client_take_access(client, server, response, now_ns);
  default:
    return 0;
  }
}

static int client_read_clear(struct ace_client *client, struct client_server *server,
                             const struct node_datagram *datagram, uint64_t now_ns) {
  struct coap_session *clear = &server->clear;
  struct coap_message message;
  switch (coap_session_receive(clear, datagram->data, datagram->length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    return ace_client_refuse(client, server, clear, &message, client_phase(server));
  case COAP_RECEIVED_RESPONSE:
    return client_take_response(client, server, &message, now_ns);
  case COAP_RECEIVED_RESET: /* anybody can send one */
    return ace_client_discard(client, server, client_phase(server), "reset without protection");
  default:
    return 0;
  }
}

static int client_read_from(struct ace_client *client, const struct node_datagram *datagram,
                            uint64_t now_ns) {
  const bool has_sessions = association_kind_is_session(client->kind);
  for (size_t i = 0; i < client->server_count; i++) {
    struct client_server *server = &client->servers[i];
    if (node_address_equal(&datagram->source, &server->known->address))
      return client_read_clear(client, server, datagram, now_ns);
    if (has_sessions && association_is_from(client->kind, &server->known->address, datagram))
      return ace_client_read_session(client, server, datagram, now_ns);
  }
  return client_read_stranger(client, datagram);
}

static int client_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct ace_client *client = ace_client_of(node);
  ace_client_end_lifetimes(client, now_ns);
  return ace_client_settle(client, client_read_from(client, datagram, now_ns));
}

static int client_write_to(struct ace_client *client, struct client_server *server,
                           struct node_datagram *datagram, uint64_t now_ns) {
  datagram->source = client->config.local;
  datagram->destination = server->known->address;
  const int result = coap_session_write(&server->clear, datagram, now_ns);
  if (result != 0)
    return result;
  return association_pair_write(&server->association, &client->config.local,
                                &server->known->address, datagram, now_ns);
}

static int client_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct ace_client *client = ace_client_of(node);
  int result = coap_stranger_write(&client->stranger, datagram);
  for (size_t i = 0; i < client->server_count && result == 0; i++)
    result = client_write_to(client, &client->servers[i], datagram, now_ns);
  ace_client_note_bytes(client);
  return result;
}

/* Time */

static uint64_t client_sooner(uint64_t a_ns, uint64_t b_ns) {
  return a_ns < b_ns ? a_ns : b_ns;
}

static uint64_t client_expiry(const struct node *node) {
  const struct ace_client *client = ace_client_of_const(node);
  uint64_t next_ns = client_sooner(ace_client_lifetimes_expiry(client), client->turn_ns);
  for (size_t i = 0; i < client->server_count; i++) {
    const struct client_server *server = &client->servers[i];
    next_ns = client_sooner(next_ns, coap_session_expiry(&server->clear));
    next_ns = client_sooner(next_ns, association_pair_expiry(&server->association));
  }
  return next_ns;
}

static int client_wake(struct ace_client *client, struct client_server *server, uint64_t now_ns) {
  if (coap_session_handle_expiry(&server->clear, now_ns)) {
    if (server->stage == CLIENT_BRINGING)
      ace_client_transfer_timed_out(client, server);
    else if (server->stage == CLIENT_ACCESSING)
      ace_client_access_timed_out(client, server);
  }
  return ace_client_wake_session(client, server, now_ns);
}

static int client_handle_expiry(struct node *node, uint64_t now_ns) {
  struct ace_client *client = ace_client_of(node);
  int result = 0;
  ace_client_end_lifetimes(client, now_ns);
  for (size_t i = 0; i < client->server_count; i++) {
    const int woken = client_wake(client, &client->servers[i], now_ns);
    result = result < 0 ? result : woken;
  }
  ace_client_ask_next(client, now_ns);
  return ace_client_settle(client, result);
}

/* State */

void ace_client_forget(struct node *node, size_t index, uint64_t now_ns) {
  struct ace_client *client = ace_client_of(node);
  assert(index < client->server_count);
  struct client_server *server = &client->servers[index];
  ace_client_end_lifetimes(client, now_ns);
  if (server->stage == CLIENT_WAITING || server->stage == CLIENT_ASKING)
    ace_client_tell(client, server, NODE_PHASE_AUTHORIZATION, NODE_EVENT_UNANSWERED, "forgotten");
  if (server->stage == CLIENT_BRINGING || server->stage == CLIENT_SECURING)
    ace_client_tell(client, server, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_UNANSWERED, "forgotten");
  ace_client_end_request(client, server, NODE_EVENT_UNANSWERED, "forgotten");
  ace_client_drop(client, server, "forgotten");
}

enum ace_client_state ace_client_state(const struct node *node, size_t index) {
  const struct ace_client *client = ace_client_of_const(node);
  assert(index < client->server_count);
  const struct client_server *server = &client->servers[index];
  switch (server->stage) {
  case CLIENT_WAITING:
  case CLIENT_ASKING:
    return ACE_CLIENT_ASKING;
  case CLIENT_BRINGING:
  case CLIENT_SECURING:
    return ACE_CLIENT_TRANSFERRING;
  default:
    if (association_is_ready(&server->association.current))
      return ACE_CLIENT_READY;
    return server->token.is_there ? ACE_CLIENT_TOKEN : ACE_CLIENT_NOTHING;
  }
}

static void client_digest_token(const struct client_token *token, struct digest *digest,
                                uint64_t now_ns) {
  const struct ace_confirmation *confirmation = &token->confirmation;
  digest_u64(digest, token->is_there);
  digest_octets(digest, token->octets, token->length);
  digest_octets(digest, confirmation->id, confirmation->id_length);
  digest_octets(digest, confirmation->secret, sizeof confirmation->secret);
  digest_octets(digest, confirmation->salt, confirmation->salt_length);
  digest_u64(digest, confirmation->has_context_id);
  digest_octets(digest, confirmation->context_id, confirmation->context_id_length);
  digest_lifetime(digest, token->ends_ns, now_ns);
}

static void client_digest_server(const struct client_server *server, struct digest *digest,
                                 uint64_t now_ns) {
  const struct client_request *request = &server->request;
  digest_u64(digest, server->stage);
  digest_u64(digest, request->code);
  digest_octets(digest, request->path, strlen(request->path));
  digest_octets(digest, request->payload.data, request->payload.length);
  digest_u64(digest, request->has_renewed);
  client_digest_token(&server->token, digest, now_ns);
  digest_octets(digest, server->half.nonce, server->half.nonce_length);
  digest_u64(digest, server->is_confirmed);
  coap_session_digest(&server->clear, digest, now_ns);
  association_pair_digest(&server->association, digest, now_ns);
}

static void client_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct ace_client *client = ace_client_of_const(node);
  digest_u64(digest, client->is_calling);
  digest_u64(digest, client->asking == NULL ? ACE_SERVERS_MAX
                                            : (uint64_t)(client->asking - client->servers));
  digest_deadline(digest, client->turn_ns, now_ns);
  for (size_t i = 0; i < client->server_count; i++)
    client_digest_server(&client->servers[i], digest, now_ns);
  for (const struct list_link *link = client->waiting.first; link != NULL; link = link->next)
    digest_u64(digest, (uint64_t)((const struct client_server *)link->owner - client->servers));
  digest_u64(digest, client->stranger.pending);
  if (client->stranger.pending)
    digest_octets(digest, client->stranger.data, client->stranger.length);
}

/* Life */

static void client_destroy(struct node *node) {
  struct ace_client *client = ace_client_of(node);
  for (size_t i = 0; i < client->server_count; i++) {
    struct client_server *server = &client->servers[i];
    association_pair_close(&server->association);
    coap_session_wipe(&server->clear);
    ace_client_drop_request(&server->request);
  }
  crypto_wipe(client, sizeof *client + client->server_count * sizeof client->servers[0]);
  free(client);
}

static const struct node_ops CLIENT_OPS = {.read = client_read,
                                           .write = client_write,
                                           .expiry = client_expiry,
                                           .handle_expiry = client_handle_expiry,
                                           .digest = client_digest,
                                           .destroy = client_destroy};

/* Where a datagram comes from tells the server, and a session from CoAP in clear. */
static bool client_servers_differ(const struct association_kind *kind, const struct ace_server *a,
                                  const struct ace_server *b) {
  const struct node_address place_a = association_address(kind, &a->address),
                            place_b = association_address(kind, &b->address);
  if (node_address_equal(&a->address, &b->address))
    return false;
  return !association_kind_is_session(kind) ||
         (!node_address_equal(&a->address, &place_b) && !node_address_equal(&place_a, &b->address));
}

static bool client_servers_are_good(const struct ace_client_config *config) {
  const struct association_kind *kind = ace_profile_kind(config->profile);
  if (config->server_count == 0 || config->server_count > ACE_SERVERS_MAX)
    return false;
  for (size_t i = 0; i < config->server_count; i++) {
    const struct ace_server *server = &config->servers[i];
    const size_t length = strlen(server->audience);
    if (length == 0 || length > ACE_AUDIENCE_MAX)
      return false;
    for (size_t j = 0; j < i; j++)
      if (!client_servers_differ(kind, server, &config->servers[j]))
        return false;
  }
  return true;
}

static bool client_config_is_good(const struct ace_client_config *config) {
  return (unsigned)config->profile < ACE_PROFILE_COUNT && config->ask != NULL &&
         client_servers_are_good(config);
}

struct node *ace_client_create(const struct ace_client_config *config,
                               const struct node_hooks *hooks) {
  if (!client_config_is_good(config))
    return NULL;
  struct ace_client *client =
      calloc(1, sizeof *client + config->server_count * sizeof client->servers[0]);
  if (client == NULL)
    return NULL;
  client->node.ops = &CLIENT_OPS;
  client->config = *config;
  client->kind = ace_profile_kind(config->profile);
  client->config.token_in_handshake =
      config->token_in_handshake && association_kind_is_session(client->kind);
  client->hooks = hooks;
  client->turn_ns = NODE_NEVER;
  client->server_count = config->server_count;
  coap_parameters_read(config->options, &client->coap);
  for (size_t i = 0; i < client->server_count; i++) {
    struct client_server *server = &client->servers[i];
    server->known = &client->config.servers[i];
    coap_session_init(&server->clear, &client->coap, hooks);
    ace_client_forget_token(server);
  }
  return &client->node;
}
