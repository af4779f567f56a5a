/* How the client brings a token to its resource server, and makes an association of it: by POST
 * /authz-info, and of coap_dtls by a handshake, which may have the token in it. */
#include "../crypto/crypto.h"
#include "client_state.h"

#include <string.h>

enum { TOKEN_BYTES = 1 }; /* of CoAP: one request at a time is outstanding */

static const struct option_values NO_OPTIONS; /* a token says all that there is to choose */

static void client_transferred(struct ace_client *client, struct client_server *server,
                               uint64_t now_ns) {
  ace_client_tell(client, server, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_ANSWERED,
                  ace_profile_name(client->config.profile));
  ace_client_note_bytes(client);
  ace_client_go_on(client, server, now_ns);
}

static void client_fail_transfer(struct ace_client *client, struct client_server *server,
                                 const char *why) {
  ace_client_tell(client, server, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_UNANSWERED, why);
  ace_client_end_request(client, server, NODE_EVENT_UNANSWERED, why);
}

/* Another token may be taken. */
static void client_fail_token(struct ace_client *client, struct client_server *server,
                              const char *why, uint64_t now_ns) {
  ace_client_tell(client, server, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_UNANSWERED, why);
  ace_client_forget_token(server);
  ace_client_renew(client, server, why, now_ns);
}

/* coap_oscore (RFC 9203 section 4) */

/* ID1 is the server's number, so that no two servers have one; a context of the same server has
 * ended before. */
static void client_oscore_write(struct ace_client *client, struct client_server *server,
                                struct span_writer *payload) {
  struct ace_oscore_half *half = &server->half;
  *half = (struct ace_oscore_half){.nonce_length = ACE_NONCE_LENGTH,
                                   .id = {(uint8_t)(server - client->servers)},
                                   .id_length = 1};
  node_random(client->hooks, half->nonce, half->nonce_length);
  ace_oscore_request_write(server->token.octets, server->token.length, half, payload);
}

static struct association_id client_id(const struct ace_oscore_half *half) {
  struct association_id id = {.length = half->id_length};
  memcpy(id.bytes, half->id, half->id_length);
  return id;
}

/* 4.3 */
static int client_oscore_open(struct ace_client *client, struct client_server *server,
                              const struct ace_oscore_half *other, uint64_t now_ns) {
  const struct ace_confirmation *confirmation = &server->token.confirmation;
  uint8_t salt[ACE_MASTER_SALT_MAX];
  const struct association_config made = {
      .kind = client->kind,
      .options = &NO_OPTIONS,
      .coap = &client->coap,
      .client = true,
      .phase = NODE_PHASE_TOKEN_TRANSFER,
      .local = client->config.local,
      .remote = server->known->address,
      .key = confirmation->secret,
      .key_length = sizeof confirmation->secret,
      .salt = salt,
      .salt_length = ace_master_salt(confirmation, &server->half, other, salt),
      .local_id = client_id(other),
      .remote_id = client_id(&server->half),
      .identity = confirmation->has_context_id ? confirmation->context_id : NULL,
      .identity_length = confirmation->context_id_length};
  return association_open(&server->association.current, &made, &server->clear, client->hooks,
                          now_ns);
}

static bool client_has_own_id(const struct client_server *server,
                              const struct ace_oscore_half *other) {
  return other->id_length == server->half.id_length &&
         memcmp(other->id, server->half.id, other->id_length) == 0;
}

/* 4.2 */
static void client_oscore_taken(struct ace_client *client, struct client_server *server,
                                const struct coap_message *response, uint64_t now_ns) {
  struct ace_oscore_half other;
  if (!ace_client_is_of_format(response, ACE_CONTENT_FORMAT) ||
      ace_oscore_answer_read(response->payload, response->payload_length, &other) < 0 ||
      client_has_own_id(server, &other)) {
    client_fail_transfer(client, server, "token-rejected");
    return;
  }
  const int error = client_oscore_open(client, server, &other, now_ns);
  server->is_confirmed = false;
  if (error < 0)
    client_fail_transfer(client, server, node_error_name(error));
  else
    client_transferred(client, server, now_ns);
}

/* coap_dtls (RFC 9202 section 3.3) */

static void client_dtls_write(struct ace_client *client, struct client_server *server,
                              struct span_writer *payload) {
  (void)client;
  span_writer_put(payload, ROW_ACE_TOKEN, server->token.octets, server->token.length);
}

/* 3.3.2: the identity is the token, or names its key. */
static int client_secure(struct ace_client *client, struct client_server *server, uint64_t now_ns) {
  const struct client_token *token = &server->token;
  const struct ace_confirmation *confirmation = &token->confirmation;
  uint8_t name[ACE_PSK_IDENTITY_MAX];
  const size_t name_length =
      ace_psk_identity_write(confirmation->id, confirmation->id_length, name);
  const bool is_token = client->config.token_in_handshake;
  const struct association_config made = {.kind = client->kind,
                                          .options = client->config.options,
                                          .coap = &client->coap,
                                          .client = true,
                                          .phase = NODE_PHASE_TOKEN_TRANSFER,
                                          .key_told = true,
                                          .local = client->config.local,
                                          .remote = server->known->address,
                                          .key = confirmation->secret,
                                          .key_length = sizeof confirmation->secret,
                                          .identity = is_token ? token->octets : name,
                                          .identity_length =
                                              is_token ? token->length : name_length};
  const int error =
      association_open(&server->association.pending, &made, &server->clear, client->hooks, now_ns);
  if (error == 0)
    server->stage = CLIENT_SECURING;
  return error;
}

static void client_dtls_taken(struct ace_client *client, struct client_server *server,
                              const struct coap_message *response, uint64_t now_ns) {
  (void)response;
  const int error = client_secure(client, server, now_ns);
  if (error < 0)
    client_fail_transfer(client, server, node_error_name(error));
}

/* POST /authz-info (RFC 9200 section 5.10.1): a row for each profile */

static const struct client_transfer {
  uint16_t content_format;
  void (*write)(struct ace_client *client, struct client_server *server,
                struct span_writer *payload);
  void (*taken)(struct ace_client *client, struct client_server *server,
                const struct coap_message *response, uint64_t now_ns);
} TRANSFERS[ACE_PROFILE_COUNT] = {
    [ACE_PROFILE_OSCORE] = {ACE_CONTENT_FORMAT, client_oscore_write, client_oscore_taken},
    [ACE_PROFILE_DTLS] = {ACE_CONTENT_FORMAT_CWT, client_dtls_write, client_dtls_taken},
};

static int client_bring(struct ace_client *client, struct client_server *server) {
  const struct client_transfer *transfer = &TRANSFERS[client->config.profile];
  uint8_t octets[ACE_MESSAGE_MAX], format[8];
  struct span_list spans;
  struct span_writer payload;
  struct coap_message request = {.phase = NODE_PHASE_TOKEN_TRANSFER,
                                 .type = COAP_CON,
                                 .code = COAP_CODE_POST,
                                 .token_length = TOKEN_BYTES,
                                 .payload = octets,
                                 .payload_spans = &spans};
  span_writer_init(&payload, octets, sizeof octets, &spans);
  transfer->write(client, server, &payload);
  if (payload.overflow)
    return NODE_ERR_TOO_LONG;
  request.payload_length = payload.length;
  node_random(client->hooks, request.token, request.token_length);
  coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, ACE_AUTHZ_INFO_PATH,
                          strlen(ACE_AUTHZ_INFO_PATH));
  coap_message_add_option(&request, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT, format,
                          coap_uint_encode(transfer->content_format, format));
  const int error = coap_session_request(&server->clear, &request, "authz-info");
  if (error == 0)
    server->stage = CLIENT_BRINGING;
  return error;
}

int ace_client_transfer(struct ace_client *client, struct client_server *server, uint64_t now_ns) {
  const int error = client->config.token_in_handshake ? client_secure(client, server, now_ns)
                                                      : client_bring(client, server);
  if (error == 0)
    ace_client_tell(client, server, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_STARTED,
                    ace_profile_name(client->config.profile));
  return error;
}

/* Without protection, and anybody's who is on the path. A server that has no key yet, or no room,
 * may take the token later; of all else it has said that it does not. */
static void client_refused(struct ace_client *client, struct client_server *server, uint8_t code,
                           uint64_t now_ns) {
  if (code == COAP_CODE_UNAUTHORIZED) {
    client_fail_token(client, server, "token-refused", now_ns);
    return;
  }
  if (code >> 5 == 4)
    ace_client_forget_token(server);
  client_fail_transfer(client, server, "token-refused");
}

int ace_client_take_transfer(struct ace_client *client, struct client_server *server,
                             const struct coap_message *response, uint64_t now_ns) {
  if (coap_message_unknown_critical(response, NULL, 0) != NULL)
    return ace_client_discard(client, server, NODE_PHASE_TOKEN_TRANSFER,
                              "critical option not understood");
  coap_session_cancel(&server->clear);
  if (response->code == COAP_CODE_CREATED)
    TRANSFERS[client->config.profile].taken(client, server, response, now_ns);
  else if (response->code >> 5 == 2)
    client_fail_transfer(client, server, "token-rejected");
  else
    client_refused(client, server, response->code, now_ns);
  return 0;
}

void ace_client_transfer_timed_out(struct ace_client *client, struct client_server *server) {
  client_fail_transfer(client, server, "token-timeout");
}

/* Sessions: how a handshake ends */

/* A server that is silent may take the token yet. */
static void client_secure_failed(struct ace_client *client, struct client_server *server,
                                 const char *why, bool silent, uint64_t now_ns) {
  if (silent)
    client_fail_transfer(client, server, why);
  else
    client_fail_token(client, server, why, now_ns);
}

static void client_secured(struct ace_client *client, struct client_server *server,
                           uint64_t now_ns) {
  ace_client_note_bytes(client);
  association_pair_replace(&server->association);
  ace_client_confirm(client, server, NODE_PHASE_TOKEN_TRANSFER, "handshake verified");
  client_transferred(client, server, now_ns);
}

/* The token may be as good as before. */
static void client_closed_by_server(struct ace_client *client, struct client_server *server,
                                    const char *why) {
  if (server->stage == CLIENT_ACCESSING)
    ace_client_end_request(client, server, NODE_EVENT_UNANSWERED, why);
  ace_client_tell(client, server, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED, why);
  association_close(&server->association.current);
}

/* `silent`: it is a timer that has come. */
static void client_follow(struct ace_client *client, struct client_server *server, bool silent,
                          uint64_t now_ns) {
  const struct association_pair *pair = &server->association;
  const char *why = association_failure(&pair->current);
  if (why != NULL)
    client_closed_by_server(client, server, why);
  if (server->stage != CLIENT_SECURING)
    return;
  why = association_failure(&pair->pending);
  if (why != NULL)
    client_secure_failed(client, server, why, silent, now_ns);
  else if (association_is_ready(&pair->pending))
    client_secured(client, server, now_ns);
}

/* Datagrams of a session */

/* What a datagram is read for. */
struct client_reading {
  struct ace_client *client;
  struct client_server *server;
};

static void client_on_discarded(void *context, const char *why) {
  const struct client_reading *reading = context;
  const bool securing = reading->server->stage == CLIENT_SECURING;
  ace_client_discard(reading->client, reading->server,
                     securing ? NODE_PHASE_TOKEN_TRANSFER : NODE_PHASE_APPLICATION, why);
}

static int client_on_message(void *context, struct association *association, const uint8_t *data,
                             size_t length, uint64_t now_ns) {
  const struct client_reading *reading = context;
  struct coap_session *coap = association_coap(association);
  struct coap_message message;
  switch (coap_session_receive(coap, data, length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    return ace_client_refuse(reading->client, reading->server, coap, &message,
                             NODE_PHASE_APPLICATION);
  case COAP_RECEIVED_RESPONSE:
    return ace_client_take_access(reading->client, reading->server, &message, now_ns);
  case COAP_RECEIVED_RESET:
    return ace_client_discard(reading->client, reading->server, NODE_PHASE_APPLICATION, "reset");
  default:
    return 0;
  }
}

int ace_client_read_session(struct ace_client *client, struct client_server *server,
                            const struct node_datagram *datagram, uint64_t now_ns) {
  struct client_reading reading = {.client = client, .server = server};
  const struct association_reader reader = {
      .context = &reading, .message = client_on_message, .discarded = client_on_discarded};
  const int result = association_pair_read(&server->association, datagram, now_ns, &reader);
  client_follow(client, server, false, now_ns);
  return result;
}

int ace_client_wake_session(struct ace_client *client, struct client_server *server,
                            uint64_t now_ns) {
  struct association_given_up given_up;
  const int result = association_pair_handle_expiry(&server->association, now_ns, &given_up);
  if (given_up.current)
    ace_client_access_timed_out(client, server);
  client_follow(client, server, true, now_ns);
  return result;
}
