/* POST /authz-info (RFC 9200 section 5.10.1): what it brings, and what is made of it, by profile.
 */
#include "resource_server_state.h"

#include "../crypto/crypto.h"

#include <string.h>

static const char ANSWER[] = "authz-info response";
static const struct option_values NO_OPTIONS; /* a token says all that there is to choose */

/* coap_oscore (RFC 9203 sections 4.1 to 4.3) */

static int oscore_read(const struct coap_message *request, struct rs_delivery *delivery) {
  return ace_oscore_request_read(request->payload, request->payload_length, &delivery->token,
                                 &delivery->token_length, &delivery->half);
}

static struct association_id id_of(const struct ace_oscore_half *half) {
  struct association_id id = {.length = half->id_length};
  memcpy(id.bytes, half->id, half->id_length);
  return id;
}

static int oscore_open(struct rs_client *client, const struct rs_delivery *delivery,
                       const struct ace_oscore_half *own, struct association *association) {
  const struct resource_server *server = client->server;
  const struct ace_confirmation *confirmation = &delivery->confirmation;
  uint8_t salt[ACE_MASTER_SALT_MAX];
  const struct association_config made = {
      .kind = server->kind,
      .options = &NO_OPTIONS,
      .coap = &server->coap,
      .phase = NODE_PHASE_TOKEN_TRANSFER,
      .local = client->local,
      .remote = client->remote,
      .key = confirmation->secret,
      .key_length = sizeof confirmation->secret,
      .salt = salt,
      .salt_length = ace_master_salt(confirmation, &delivery->half, own, salt),
      .local_id = id_of(&delivery->half),
      .remote_id = id_of(own),
      .identity = confirmation->has_context_id ? confirmation->context_id : NULL,
      .identity_length = confirmation->has_context_id ? confirmation->context_id_length : 0};
  return association_open(association, &made, &client->coap, server->hooks, server->now_ns);
}

/* N2 and ID2; the association waits for its first request. */
static int oscore_take(struct rs_client *client, struct rs_delivery *delivery,
                       struct span_writer *answer) {
  struct resource_server *server = client->server;
  struct ace_oscore_half own = {.nonce_length = ACE_NONCE_LENGTH};
  struct rs_recipient recipient = {.id = {.length = 0}};
  struct association association = {.kind = NULL};
  node_random(server->hooks, own.nonce, own.nonce_length);
  rs_recipient_take(server, &recipient, &delivery->half);
  own.id_length = recipient.id.length;
  memcpy(own.id, recipient.id.bytes, own.id_length);
  const int error = oscore_open(client, delivery, &own, &association);
  if (error < 0) {
    rs_recipient_leave(server, &recipient);
    return error;
  }
  rs_client_forget_pending(client);
  client->pair.pending = association;
  rs_recipient_move(server, &client->pending_recipient, &recipient);
  rs_grant_move(&client->pending, &delivery->grant);
  ace_oscore_answer_write(&own, answer);
  return 0;
}

/* coap_dtls (RFC 9202 section 3.3.1) */

static int dtls_read(const struct coap_message *request, struct rs_delivery *delivery) {
  delivery->token = request->payload;
  delivery->token_length = request->payload_length;
  return request->payload_length > 0 ? 0 : NODE_ERR_MALFORMED;
}

/* It waits for a handshake that names it. */
static int dtls_take(struct rs_client *client, struct rs_delivery *delivery,
                     struct span_writer *answer) {
  (void)answer; /* without a payload */
  rs_grant_tell_key(client, &delivery->grant);
  rs_client_bring(client, &delivery->grant);
  return 0;
}

/* By profile */

static const struct {
  uint64_t content_format;
  /* The token, and what comes with it; points into the payload. 0 or NODE_ERR_MALFORMED. */
  int (*read)(const struct coap_message *request, struct rs_delivery *delivery);
  /* Makes of it what the client needs next, and writes the payload that tells it. */
  int (*take)(struct rs_client *client, struct rs_delivery *delivery, struct span_writer *answer);
} PROFILES[] = {
    [ACE_PROFILE_OSCORE] = {ACE_CONTENT_FORMAT, oscore_read, oscore_take},
    [ACE_PROFILE_DTLS] = {ACE_CONTENT_FORMAT_CWT, dtls_read, dtls_take},
};

static bool has_content_format(const struct coap_message *request, uint64_t expected) {
  const struct coap_option *option = coap_message_find(request, COAP_NUMBER_CONTENT_FORMAT);
  uint64_t number;
  return option != NULL && coap_uint_decode(option->value, option->length, &number) == 0 &&
         number == expected;
}

bool rs_is_transfer(const struct coap_message *request) {
  static const char *const path[] = {ACE_AUTHZ_INFO_PATH};
  return coap_message_path_is(request, path, 1);
}

uint8_t rs_transfer_judge(const struct resource_server *server, const struct coap_message *request,
                          struct rs_delivery *delivery) {
  const enum ace_profile profile = server->config.profile;
  *delivery = (struct rs_delivery){.token = NULL};
  if (!has_content_format(request, PROFILES[profile].content_format))
    return COAP_CODE_UNSUPPORTED_FORMAT;
  if (PROFILES[profile].read(request, delivery) < 0)
    return COAP_CODE_BAD_REQUEST;
  return rs_token_judge(server, delivery->token, delivery->token_length, &delivery->grant,
                        &delivery->confirmation);
}

static int transfer_respond(struct rs_client *client, const struct coap_message *request,
                            const struct span_writer *answer) {
  struct coap_message response = {.phase = NODE_PHASE_TOKEN_TRANSFER, .code = COAP_CODE_CREATED};
  uint8_t format[8];
  if (answer->length > 0) {
    const size_t length =
        coap_uint_encode(PROFILES[client->server->config.profile].content_format, format);
    coap_message_add_option(&response, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT, format,
                            length);
    response.payload = answer->data;
    response.payload_length = answer->length;
    response.payload_spans = answer->spans;
  }
  return coap_session_respond(&client->coap, request, &response, ANSWER, client->server->now_ns);
}

int rs_transfer_take(struct rs_client *client, const struct coap_message *request,
                     struct rs_delivery *delivery) {
  uint8_t payload[ACE_MESSAGE_MAX];
  struct span_list spans;
  struct span_writer answer;
  span_writer_init(&answer, payload, sizeof payload, &spans);
  const int error = PROFILES[client->server->config.profile].take(client, delivery, &answer);
  if (error < 0)
    return error;
  rs_client_tell(client, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED, "authz-info");
  return transfer_respond(client, request, &answer);
}
