/* The resource servers of a client's world. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_world.h"

enum { SECOND_HALF = 0x80 };

static const uint8_t VALUE[] = {0x0a, 0x0b, 0x0c, 0x0d};

/* Tokens */

static bool take_token(struct client_world_server *server, const uint8_t *token, size_t length) {
  if (ace_token_open(token, length, &server->key, &server->hooks, &server->claims) != 0)
    return false;
  if (server->claims.confirmation.profile == ACE_PROFILE_DTLS)
    assert_int_equal(ace_psk_derive(&server->key, token, length, &server->hooks, server->psk), 0);
  server->tokens++;
  return true;
}

/* As association_keys.find: the token itself, or the kid of one that was brought. */
static size_t find_key(void *context, const uint8_t *identity, size_t length,
                       uint8_t psk[ASSOCIATION_PSK_MAX]) {
  struct client_world_server *server = context;
  const struct ace_confirmation *confirmation = &server->claims.confirmation;
  const uint8_t *kid;
  size_t kid_length;
  if (server->world->config.token_in_handshake) {
    if (!take_token(server, identity, length))
      return 0;
  } else if (server->claims.scope_length == 0 ||
             !ace_psk_identity_read(identity, length, &kid, &kid_length) ||
             kid_length != confirmation->id_length ||
             memcmp(kid, confirmation->id, kid_length) != 0)
    return 0;
  memcpy(psk, server->psk, sizeof server->psk);
  return sizeof server->psk;
}

/* Life */

static void server_random(void *context, uint8_t *bytes, size_t length) {
  seeded_bytes(&((struct client_world_server *)context)->seeded, bytes, length);
}

static void renew_key(struct client_world_server *server) {
  seeded_bytes(&server->seeded, server->key.octets, sizeof server->key.octets);
  server->key.kid++;
}

void client_world_server_start(struct client_world *world, size_t index) {
  struct client_world_server *server = &world->servers[index];
  server->world = world;
  server->seeded.state = 100 + index;
  server->hooks = (struct node_hooks){.context = server, .random = server_random};
  server->address = world->known[index].address;
  server->separate_ns = NODE_NEVER;
  coap_session_init(&server->clear, &world->coap, &server->hooks);
  server->keys = (struct association_keys){.find = find_key, .context = server};
  renew_key(server);
  if (world->has_nodes)
    client_world_node_start(server);
}

void client_world_restart(struct client_world *world, size_t index) {
  struct client_world_server *server = &world->servers[index];
  if (world->has_nodes) {
    client_world_node_restart(server, true);
    return;
  }
  association_pair_close(&server->association);
  coap_session_wipe(&server->clear);
  coap_session_init(&server->clear, &world->coap, &server->hooks);
  memset(&server->claims, 0, sizeof server->claims);
  renew_key(server);
}

/* POST /authz-info */

static void open_context(struct client_world_server *server, const struct ace_oscore_half *client,
                         const struct ace_oscore_half *own) {
  const struct client_world *world = server->world;
  const struct ace_confirmation *confirmation = &server->claims.confirmation;
  uint8_t salt[ACE_MASTER_SALT_MAX];
  struct association_config made = {.kind = &ASSOCIATION_OSCORE,
                                    .options = &world->options,
                                    .coap = &world->coap,
                                    .phase = NODE_PHASE_TOKEN_TRANSFER,
                                    .local = server->address,
                                    .remote = world->config.local,
                                    .key = confirmation->secret,
                                    .key_length = sizeof confirmation->secret,
                                    .salt = salt,
                                    .salt_length = ace_master_salt(confirmation, client, own, salt),
                                    .local_id.length = client->id_length,
                                    .remote_id.length = own->id_length};
  memcpy(made.local_id.bytes, client->id, client->id_length);
  memcpy(made.remote_id.bytes, own->id, own->id_length);
  if (confirmation->has_context_id) {
    made.identity = confirmation->context_id;
    made.identity_length = confirmation->context_id_length;
  }
  assert_int_equal(association_open(&server->association.pending, &made, &server->clear,
                                    &server->hooks, world->post.now_ns),
                   0);
  server->contexts++;
}

static bool take_oscore(struct client_world_server *server, const struct coap_message *request) {
  struct ace_oscore_half client, own = {.nonce_length = ACE_NONCE_LENGTH, .id_length = 1};
  const uint8_t *token;
  size_t length;
  assert_int_equal(
      ace_oscore_request_read(request->payload, request->payload_length, &token, &length, &client),
      0);
  assert_int_equal(client.nonce_length, ACE_NONCE_LENGTH);
  assert_int_equal(client.id_length, 1);
  if (!take_token(server, token, length))
    return false;
  seeded_bytes(&server->seeded, own.nonce, own.nonce_length);
  own.id[0] = (uint8_t)(client.id[0] ^ SECOND_HALF);
  if (server->conduct.same_id)
    own = client;
  else
    open_context(server, &client, &own);
  ace_oscore_answer_write(&own, &server->answer_payload);
  return true;
}

static bool take_authz_info(struct client_world_server *server,
                            const struct coap_message *request) {
  return server->world->config.profile == ACE_PROFILE_OSCORE
             ? take_oscore(server, request)
             : take_token(server, request->payload, request->payload_length);
}

static void respond(struct client_world_server *server, const struct coap_message *request) {
  assert_int_equal(coap_session_respond(&server->clear, request, &server->answer,
                                        "authz-info response", server->world->post.now_ns),
                   0);
}

static void make_answer(struct client_world_server *server, const struct coap_message *request) {
  const struct client_world_conduct *conduct = &server->conduct;
  static const uint8_t right_format = ACE_CONTENT_FORMAT;
  const uint8_t *format = conduct->format == 0 ? &right_format : &conduct->format;
  span_writer_init(&server->answer_payload, server->answer_octets, sizeof server->answer_octets,
                   &server->answer_spans);
  const bool taken = conduct->code == 0 && take_authz_info(server, request);
  server->answer = (struct coap_message){.phase = NODE_PHASE_TOKEN_TRANSFER,
                                         .code = conduct->code != 0 ? conduct->code
                                                 : taken            ? COAP_CODE_CREATED
                                                                    : COAP_CODE_UNAUTHORIZED,
                                         .payload = server->answer_octets,
                                         .payload_length = server->answer_payload.length,
                                         .payload_spans = &server->answer_spans};
  if (taken && conduct->payload != NULL) {
    server->answer.payload = conduct->payload;
    server->answer.payload_length = conduct->payload_length;
    server->answer.payload_spans = NULL;
  }
  if (server->answer.payload_length == 0)
    server->answer.payload = NULL;
  if (conduct->option != 0)
    coap_message_add_option(&server->answer, conduct->option, ROW_COAP_OPTION, "", 0);
  else if (server->answer.payload != NULL)
    coap_message_add_option(&server->answer, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT,
                            format, 1);
}

static void read_authz_info(struct client_world_server *server,
                            const struct coap_message *request) {
  static const char *const path[] = {"authz-info"};
  const struct coap_option *format = coap_message_find(request, COAP_NUMBER_CONTENT_FORMAT);
  const bool oscore = server->world->config.profile == ACE_PROFILE_OSCORE;
  assert_true(request->type == COAP_CON && request->code == COAP_CODE_POST &&
              request->option_count == 2 && coap_message_path_is(request, path, 1));
  assert_int_equal(format->length, 1);
  assert_int_equal(format->value[0], oscore ? 19 : 61);
  make_answer(server, request);
  if (server->conduct.takes_ms == 0) {
    respond(server, request);
    return;
  }
  coap_session_acknowledge(&server->clear, request, server->world->post.now_ns);
  server->separate = *request;
  server->separate.option_count = 0;
  server->separate.payload = NULL;
  server->separate_ns = server->world->post.now_ns + server->conduct.takes_ms * NODE_MS;
}

/* Access */

static void note_request(struct client_world_server *server, const struct coap_message *plain) {
  const struct coap_option *path = coap_message_find(plain, COAP_NUMBER_URI_PATH);
  server->code = plain->code;
  assert_true(path != NULL && path->length < sizeof server->path);
  memcpy(server->path, path->value, path->length);
  server->path[path->length] = 0;
  server->payload_length = plain->payload_length;
  if (plain->payload_length > 0)
    memcpy(server->payload, plain->payload, plain->payload_length);
}

static void answer_access(struct client_world_server *server,
                          const struct association_request *request) {
  const bool is_get = request->plain.code == COAP_CODE_GET;
  const uint8_t code = server->conduct.access_code;
  struct coap_message response = {.phase = NODE_PHASE_APPLICATION,
                                  .code = code != 0 ? code
                                          : is_get  ? COAP_CODE_CONTENT
                                                    : COAP_CODE_CHANGED,
                                  .payload = code == 0 && is_get ? VALUE : NULL,
                                  .payload_length = code == 0 && is_get ? sizeof VALUE : 0};
  if (server->conduct.access_option != 0)
    coap_message_add_option(&response, server->conduct.access_option, ROW_COAP_OPTION, "", 0);
  note_request(server, &request->plain);
  assert_int_equal(
      association_respond(request, &response, "access response", server->world->post.now_ns), 0);
  server->served++;
}

static void refuse_in_clear(struct client_world_server *server, const struct coap_message *request,
                            uint8_t code) {
  assert_int_equal(coap_session_reject(&server->clear, request, code, "refusal"), 0);
}

static void read_protected(struct client_world_server *server, const struct coap_message *message) {
  struct association_request request;
  if (server->conduct.clear_code != 0) {
    refuse_in_clear(server, message, server->conduct.clear_code);
    return;
  }
  if (association_pair_verify_request(&server->association, message, &request) < 0) {
    refuse_in_clear(server, message, COAP_CODE_UNAUTHORIZED);
    return;
  }
  const bool first = request.association == &server->association.pending;
  answer_access(server, &request);
  if (first)
    association_pair_replace(&server->association);
}

/* Sessions */

static int server_message(void *context, struct association *association, const uint8_t *data,
                          size_t length, uint64_t now_ns) {
  struct client_world_server *server = context;
  struct coap_message message;
  struct association_request request;
  if (coap_session_receive(association_coap(association), data, length, now_ns, &message) !=
          COAP_RECEIVED_REQUEST ||
      server->conduct.mute_to_access)
    return 0;
  assert_int_equal(association_verify_request(association, &message, &request), 0);
  answer_access(server, &request);
  return 0;
}

static void server_discarded(void *context, const char *why) {
  (void)context;
  (void)why;
}

static void open_session(struct client_world_server *server) {
  const struct client_world *world = server->world;
  const struct association_config made = {.kind = &ASSOCIATION_DTLS,
                                          .options = &world->options,
                                          .coap = &world->coap,
                                          .phase = NODE_PHASE_TOKEN_TRANSFER,
                                          .local = server->address,
                                          .remote = world->config.local,
                                          .keys = &server->keys};
  assert_int_equal(association_open(&server->association.pending, &made, &server->clear,
                                    &server->hooks, world->post.now_ns),
                   0);
}

static void read_session(struct client_world_server *server, const struct node_datagram *datagram) {
  struct association_pair *pair = &server->association;
  const struct association_reader reader = {
      .context = server, .message = server_message, .discarded = server_discarded};
  if (association_kind_opens(&ASSOCIATION_DTLS, datagram) &&
      !association_has_opened(&pair->pending, datagram) &&
      !association_has_opened(&pair->current, datagram))
    open_session(server);
  assert_int_equal(association_pair_read(pair, datagram, server->world->post.now_ns, &reader), 0);
  if (association_is_ready(&pair->pending)) {
    association_pair_replace(pair);
    server->contexts++;
  }
}

/* As nodes are asked */

static void flip(struct client_world_server *server, struct node_datagram *datagram) {
  if (server->conduct.flips == 0 || !datagram->is_protected ||
      strcmp(datagram->label, "access response") != 0)
    return;
  server->conduct.flips--;
  datagram->data[datagram->length - 1] ^= 1;
}

int client_world_server_write(struct client_world_server *server, struct node_datagram *datagram) {
  const uint64_t now_ns = server->world->post.now_ns;
  if (server->node != NULL)
    return node_write(server->node, datagram, now_ns);
  datagram->source = server->address;
  datagram->destination = server->world->config.local;
  int result = coap_session_write(&server->clear, datagram, now_ns);
  if (result == 0)
    result = association_pair_write(&server->association, &server->address,
                                    &server->world->config.local, datagram, now_ns);
  if (result == 1)
    flip(server, datagram);
  return result;
}

void client_world_server_read(struct client_world_server *server,
                              const struct node_datagram *datagram) {
  struct coap_message message;
  if (server->conduct.mute)
    return;
  if (server->node != NULL) {
    assert_int_equal(node_read(server->node, datagram, server->world->post.now_ns), 0);
    return;
  }
  if (datagram->destination.port != server->address.port) {
    read_session(server, datagram);
    return;
  }
  if (coap_session_receive(&server->clear, datagram->data, datagram->length,
                           server->world->post.now_ns, &message) != COAP_RECEIVED_REQUEST)
    return;
  if (!association_is_marked(&message))
    read_authz_info(server, &message);
  else if (!server->conduct.mute_to_access)
    read_protected(server, &message);
}

uint64_t client_world_server_expiry(const struct client_world_server *server) {
  if (server->node != NULL)
    return node_expiry(server->node);
  const uint64_t times_ns[] = {coap_session_expiry(&server->clear),
                               association_pair_expiry(&server->association), server->separate_ns};
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < sizeof times_ns / sizeof times_ns[0]; i++)
    next_ns = times_ns[i] < next_ns ? times_ns[i] : next_ns;
  return next_ns;
}

void client_world_server_wake(struct client_world_server *server) {
  struct association_given_up given_up;
  const uint64_t now_ns = server->world->post.now_ns;
  if (server->node != NULL) {
    assert_int_equal(node_handle_expiry(server->node, now_ns), 0);
    return;
  }
  (void)coap_session_handle_expiry(&server->clear, now_ns);
  assert_int_equal(association_pair_handle_expiry(&server->association, now_ns, &given_up), 0);
  if (now_ns < server->separate_ns)
    return;
  server->separate_ns = NODE_NEVER;
  respond(server, &server->separate);
}
