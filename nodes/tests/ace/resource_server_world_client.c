/* The clients of the world of a resource server, and their tokens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <string.h>

/* Tokens */

struct rs_world_terms rs_world_terms(uint8_t id) {
  return (struct rs_world_terms){.audience = RS_WORLD_AUDIENCE,
                                 .expires_s = RS_WORLD_LIFETIME_S,
                                 .methods = ACE_METHOD_GET | ACE_METHOD_PUT,
                                 .id = id};
}

static void terms_claim(const struct rs_world *world, const struct rs_world_terms *terms,
                        struct ace_claims *claims) {
  struct ace_scope scope = {.count = 1};
  const char *path = terms->path == NULL ? "light" : terms->path;
  *claims = (struct ace_claims){
      .expires_s = RS_WORLD_EPOCH_S + (uint64_t)terms->expires_s,
      .confirmation = {.profile = world->profile, .id = {terms->id}, .id_length = 1}};
  strcpy(scope.entry[0].path, path);
  scope.entry[0].methods = terms->methods;
  claims->scope_length = ace_scope_write(
      &scope, terms->path == NULL ? ACE_SCOPE_SHORT : ACE_SCOPE_AIF, "light", claims->scope);
  if (terms->audience == NULL)
    return;
  claims->audience_length = strlen(terms->audience);
  memcpy(claims->audience, terms->audience, claims->audience_length);
}

void rs_world_give_token(struct rs_world *world, size_t number,
                         const struct rs_world_terms *terms) {
  struct rs_world_client *client = &world->clients[number];
  const uint8_t nonce[ACE_SEALING_NONCE_LENGTH] = {++world->nonces};
  struct ace_claims claims;
  terms_claim(world, terms, &claims);
  if (world->profile == ACE_PROFILE_OSCORE) {
    seeded_bytes(&client->party.seeded, claims.confirmation.secret, ACE_SECRET_LENGTH);
    claims.confirmation.has_secret = true;
    claims.confirmation.has_context_id = terms->is_salted;
    claims.confirmation.context_id_length = terms->is_salted ? 3 : 0;
    claims.confirmation.salt_length = terms->is_salted ? ACE_SALT_MAX : 0;
    memset(claims.confirmation.context_id, 0x33, claims.confirmation.context_id_length);
    memset(claims.confirmation.salt, 0x44, claims.confirmation.salt_length);
  }
  const int length = ace_token_seal(&claims, &world->key, nonce, NULL, client->token);
  assert_true(length > 0);
  client->token_length = (size_t)length;
  client->confirmation = claims.confirmation;
  if (world->profile == ACE_PROFILE_DTLS)
    assert_int_equal(ace_psk_derive(&world->key, client->token, client->token_length, NULL,
                                    client->confirmation.secret),
                     0);
}

/* What clients are told */

static struct association_id id_of(const struct ace_oscore_half *half) {
  struct association_id id = {.length = half->id_length};
  memcpy(id.bytes, half->id, half->id_length);
  return id;
}

static void open_oscore(struct rs_world_client *client) {
  uint8_t salt[ACE_MASTER_SALT_MAX];
  const struct association_config made = {
      .kind = &ASSOCIATION_OSCORE,
      .options = &client->world->options,
      .coap = &client->world->coap,
      .client = true,
      .phase = NODE_PHASE_TOKEN_TRANSFER,
      .local = client->address,
      .remote = rs_world_address(),
      .key = client->confirmation.secret,
      .key_length = ACE_SECRET_LENGTH,
      .salt = salt,
      .salt_length = ace_master_salt(&client->confirmation, &client->half, &client->servers, salt),
      .local_id = id_of(&client->servers),
      .remote_id = id_of(&client->half),
      .identity = client->confirmation.has_context_id ? client->confirmation.context_id : NULL,
      .identity_length = client->confirmation.context_id_length};
  association_close(&client->pair.current);
  assert_int_equal(association_open(&client->pair.current, &made, &client->coap,
                                    &client->party.hooks, client->world->now_ns),
                   0);
}

static void client_transferred(struct rs_world_client *client, const struct coap_message *message) {
  client->transferred++;
  client->transfer_code = message->code;
  if (message->code != COAP_CODE_CREATED || client->world->profile != ACE_PROFILE_OSCORE)
    return;
  assert_int_equal(
      ace_oscore_answer_read(message->payload, message->payload_length, &client->servers), 0);
  open_oscore(client);
}

static void client_answered(struct rs_world_client *client, const struct coap_message *plain,
                            bool is_protected) {
  client->answers++;
  client->is_protected = is_protected;
  client->code = plain->code;
  client->length = plain->payload_length;
  if (plain->payload_length > 0)
    memcpy(client->value, plain->payload, plain->payload_length);
}

static void client_response(struct rs_world_client *client, const struct coap_message *message) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  const bool marked = association_is_marked(message);
  if (client->transfers) {
    client_transferred(client, message);
  } else if (!marked) {
    client_answered(client, message, false);
  } else {
    if (association_verify_response(&client->pair.current, message, buffer, &plain) < 0)
      return;
    client_answered(client, &plain, true);
  }
  coap_session_cancel(&client->coap);
}

static int client_message(void *context, struct association *association, const uint8_t *data,
                          size_t length, uint64_t now_ns) {
  struct coap_message message;
  if (coap_session_receive(association_coap(association), data, length, now_ns, &message) !=
      COAP_RECEIVED_RESPONSE)
    return 0;
  client_answered(context, &message, true);
  coap_session_cancel(association_coap(association));
  return 0;
}

static void client_discarded(void *context, const char *why) {
  (void)context;
  (void)why;
}

void rs_world_client_read(struct rs_world_client *client, const struct node_datagram *datagram) {
  const struct association_reader reader = {
      .context = client, .message = client_message, .discarded = client_discarded};
  struct coap_message message;
  if (datagram->destination.port != client->address.port) {
    assert_int_equal(association_pair_read(&client->pair, datagram, client->world->now_ns, &reader),
                     0);
    return;
  }
  const enum coap_received received = coap_session_receive(
      &client->coap, datagram->data, datagram->length, client->world->now_ns, &message);
  if (received == COAP_RECEIVED_RESPONSE)
    client_response(client, &message);
  client->resets += received == COAP_RECEIVED_RESET;
}

int rs_world_client_write(struct rs_world_client *client, struct node_datagram *datagram) {
  const struct node_address server = rs_world_address();
  const char *failure = association_failure(&client->pair.pending);
  if (failure != NULL)
    client->failure = failure;
  if (association_is_ready(&client->pair.pending))
    association_pair_replace(&client->pair);
  assert_int_equal(association_pair_seal(&client->pair), 0);
  datagram->source = client->address;
  datagram->destination = server;
  const int result = coap_session_write(&client->coap, datagram, client->world->now_ns);
  return result != 0 ? result
                     : association_pair_write(&client->pair, &client->address, &server, datagram,
                                              client->world->now_ns);
}

uint64_t rs_world_client_expiry(const struct rs_world_client *client) {
  const uint64_t coap_ns = coap_session_expiry(&client->coap);
  const uint64_t pair_ns = association_pair_expiry(&client->pair);
  return coap_ns < pair_ns ? coap_ns : pair_ns;
}

void rs_world_client_handle_expiry(struct rs_world_client *client) {
  struct association_given_up given_up;
  if (coap_session_handle_expiry(&client->coap, client->world->now_ns))
    coap_session_cancel(&client->coap);
  assert_int_equal(association_pair_handle_expiry(&client->pair, client->world->now_ns, &given_up),
                   0);
}

/* What clients do */

static void compose_request(struct rs_world_client *client, uint8_t code, const char *path,
                            struct coap_message *request) {
  *request =
      (struct coap_message){.phase = NODE_PHASE_APPLICATION, .code = code, .token_length = 1};
  seeded_bytes(&client->party.seeded, request->token, 1);
  coap_message_add_option(request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, path, strlen(path));
}

void rs_world_bring(struct rs_world *world, size_t number) {
  static const uint8_t formats[ACE_PROFILE_COUNT] = {
      [ACE_PROFILE_OSCORE] = ACE_CONTENT_FORMAT, [ACE_PROFILE_DTLS] = ACE_CONTENT_FORMAT_CWT};
  struct rs_world_client *client = &world->clients[number];
  uint8_t payload[ACE_MESSAGE_MAX];
  struct coap_message request;
  struct span_writer out;
  compose_request(client, COAP_CODE_POST, ACE_AUTHZ_INFO_PATH, &request);
  coap_message_add_option(&request, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT,
                          &formats[world->profile], 1);
  span_writer_init(&out, payload, sizeof payload, NULL);
  if (world->profile == ACE_PROFILE_OSCORE) {
    client->half.nonce_length = ACE_NONCE_LENGTH;
    client->half.id_length = 1;
    seeded_bytes(&client->party.seeded, client->half.nonce, ACE_NONCE_LENGTH);
    seeded_bytes(&client->party.seeded, client->half.id, 1);
    ace_oscore_request_write(client->token, client->token_length, &client->half, &out);
  } else {
    span_writer_put(&out, ROW_ACE_TOKEN, client->token, client->token_length);
  }
  request.payload = payload;
  request.payload_length = out.length;
  client->transfers = true;
  client->transferred = 0;
  client->transfer_code = COAP_CODE_EMPTY;
  coap_session_cancel(&client->coap);
  assert_int_equal(coap_session_request(&client->coap, &request, "authz-info"), 0);
  rs_world_flush(world, number);
}

void rs_world_open(struct rs_world *world, size_t number, bool by_token) {
  struct rs_world_client *client = &world->clients[number];
  uint8_t identity[ACE_PSK_IDENTITY_MAX];
  const size_t length =
      ace_psk_identity_write(client->confirmation.id, client->confirmation.id_length, identity);
  const struct association_config made = {.kind = &ASSOCIATION_DTLS,
                                          .options = &world->options,
                                          .coap = &world->coap,
                                          .client = true,
                                          .phase = NODE_PHASE_TOKEN_TRANSFER,
                                          .local = client->address,
                                          .remote = rs_world_address(),
                                          .key = client->confirmation.secret,
                                          .key_length = ACE_SECRET_LENGTH,
                                          .identity = by_token ? client->token : identity,
                                          .identity_length =
                                              by_token ? client->token_length : length};
  association_pair_close(&client->pair);
  client->failure = NULL;
  assert_int_equal(
      association_open(&client->pair.pending, &made, NULL, &client->party.hooks, world->now_ns), 0);
  rs_world_flush(world, number);
}

bool rs_world_ask(struct rs_world *world, size_t number, uint8_t code, const char *path,
                  const uint8_t *payload, size_t length) {
  struct rs_world_client *client = &world->clients[number];
  struct coap_message request;
  client->answers = 0;
  client->code = COAP_CODE_EMPTY;
  client->length = 0;
  if (!association_is_ready(&client->pair.current))
    return false;
  compose_request(client, code, path, &request);
  request.payload = payload;
  request.payload_length = length;
  client->transfers = false;
  coap_session_cancel(association_coap(&client->pair.current));
  assert_int_equal(association_request(&client->pair.current, &request, "access"), 0);
  rs_world_flush(world, number);
  return true;
}

uint8_t rs_world_transfer(struct rs_world *world, size_t client) {
  rs_world_bring(world, client);
  rs_world_run_ms(world, 60000);
  return world->clients[client].transfer_code;
}

uint8_t rs_world_access(struct rs_world *world, size_t client, uint8_t code, const char *path,
                        const char *text) {
  const size_t length = text == NULL ? 0 : strlen(text);
  assert_true(rs_world_ask(world, client, code, path, (const uint8_t *)text, length));
  rs_world_run_ms(world, 60000);
  return world->clients[client].code;
}

bool rs_world_join(struct rs_world *world, size_t number, const struct rs_world_terms *terms) {
  const struct rs_world_client *client = &world->clients[number];
  rs_world_give_token(world, number, terms);
  if (rs_world_transfer(world, number) != COAP_CODE_CREATED)
    return false;
  if (world->profile == ACE_PROFILE_DTLS) {
    rs_world_open(world, number, false);
    rs_world_run_ms(world, 60000);
  }
  return association_is_ready(&client->pair.current);
}
