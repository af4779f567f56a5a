/* The client's tokens: how they are asked for, one after the other, and how they end. */
#include "../crypto/crypto.h"
#include "client_state.h"

#include <string.h>

/* What is told of a token's key, by profile. */
static const char *const SECRET_NAMES[ACE_PROFILE_COUNT] = {
    [ACE_PROFILE_OSCORE] = "ace_ms",
    [ACE_PROFILE_DTLS] = "ace_psk",
};

/* Requests (RFC 9200 section 5.8.1) */

static int client_call(const struct ace_client *client, const struct client_server *server) {
  const struct ace_server *known = server->known;
  uint8_t scope[ACE_SCOPE_OCTETS_MAX], octets[ACE_MESSAGE_MAX];
  struct span_list spans;
  struct span_writer payload;
  const struct ace_token_request request = {
      .audience = (const uint8_t *)known->audience,
      .audience_length = strlen(known->audience),
      .scope = scope,
      .scope_length = ace_scope_write(&known->scope, known->scope_form, known->resource, scope)};
  span_writer_init(&payload, octets, sizeof octets, &spans);
  ace_token_request_write(&request, &payload);
  if (payload.overflow)
    return NODE_ERR_TOO_LONG;
  const struct lower_call call = {.phase = NODE_PHASE_AUTHORIZATION,
                                  .path = ACE_TOKEN_PATH,
                                  .content_format = ACE_CONTENT_FORMAT,
                                  .payload = octets,
                                  .length = payload.length,
                                  .spans = &spans,
                                  .label = "token request"};
  return client->config.ask(client->config.ask_context, &call);
}

static int client_begin_asking(struct ace_client *client, struct client_server *server) {
  const enum client_stage stage = server->stage;
  client->is_calling = true;
  client->asking = server;
  server->stage = CLIENT_ASKING;
  const int error = client_call(client, server);
  if (error == 0) {
    ace_client_tell(client, server, NODE_PHASE_AUTHORIZATION, NODE_EVENT_STARTED,
                    ace_profile_name(client->config.profile));
    return 0;
  }
  client->is_calling = false;
  client->asking = NULL;
  server->stage = stage;
  return error;
}

int ace_client_ask(struct ace_client *client, struct client_server *server) {
  if (!client->is_calling && client->waiting.count == 0)
    return client_begin_asking(client, server);
  server->stage = CLIENT_WAITING;
  list_append(&client->waiting, &server->turn, server);
  return 0;
}

const char *ace_client_ask_failure(int error) {
  switch (error) {
  case NODE_ERR_BUSY:
    return "authorization-busy";
  case NODE_ERR_BAD_STATE:
    return "no-association";
  default:
    return node_error_name(error);
  }
}

static void client_fail_asking(struct ace_client *client, struct client_server *server,
                               const char *why) {
  ace_client_tell(client, server, NODE_PHASE_AUTHORIZATION, NODE_EVENT_UNANSWERED, why);
  ace_client_end_request(client, server, NODE_EVENT_UNANSWERED, why);
}

void ace_client_ask_next(struct ace_client *client, uint64_t now_ns) {
  if (now_ns < client->turn_ns)
    return;
  client->turn_ns = NODE_NEVER;
  while (!client->is_calling && client->waiting.count > 0) {
    struct client_server *server = list_first(&client->waiting);
    const int error = client_begin_asking(client, server);
    if (error == 0)
      list_remove(&server->turn);
    else
      client_fail_asking(client, server, ace_client_ask_failure(error));
  }
}

void ace_client_stop_asking(struct ace_client *client, struct client_server *server) {
  if (client->asking == server)
    client->asking = NULL;
}

/* Answers (section 5.8.2) */

/* NULL: there is a token in it. */
static const char *client_refusal(const struct coap_message *response) {
  if (response == NULL)
    return "authorization-timeout";
  if (coap_message_unknown_critical(response, NULL, 0) != NULL)
    return "authorization-rejected";
  if (response->code >> 5 == 2)
    return response->code == COAP_CODE_CREATED &&
                   ace_client_is_of_format(response, ACE_CONTENT_FORMAT)
               ? NULL
               : "authorization-rejected";
  if (response->code == COAP_CODE_FORBIDDEN)
    return "authorization-forbidden";
  if (response->code == COAP_CODE_BAD_REQUEST &&
      ace_error_read(response->payload, response->payload_length) == ACE_INVALID_SCOPE)
    return "authorization-scope";
  return "authorization-refused";
}

/* Of the profile that the client has, with a key, and no longer than it can be brought. */
static bool client_can_use(const struct ace_client *client, const struct ace_token_answer *answer) {
  const enum ace_profile profile = client->config.profile;
  const size_t longest =
      client->config.token_in_handshake ? (size_t)NODE_IDENTITY_MAX : (size_t)ACE_TOKEN_MAX;
  return answer->token_length <= longest &&
         (answer->profile == 0 || answer->profile == ace_profile_number(profile)) &&
         answer->confirmation.profile == profile && answer->confirmation.has_secret;
}

static void client_keep_token(struct client_server *server, const struct ace_token_answer *answer,
                              uint64_t now_ns) {
  struct client_token *token = &server->token;
  token->is_there = true;
  memcpy(token->octets, answer->token, answer->token_length);
  token->length = answer->token_length;
  token->confirmation = answer->confirmation;
  token->ends_ns =
      answer->expires_in_s == 0 ? NODE_NEVER : now_ns + answer->expires_in_s * NODE_SECOND;
}

static bool client_take_token(const struct ace_client *client, struct client_server *server,
                              const struct coap_message *response, uint64_t now_ns) {
  struct ace_token_answer answer;
  const bool good =
      ace_token_answer_read(response->payload, response->payload_length, &answer) == 0 &&
      client_can_use(client, &answer);
  if (good)
    client_keep_token(server, &answer, now_ns);
  crypto_wipe(&answer, sizeof answer);
  return good;
}

static void client_take_answer(struct ace_client *client, struct client_server *server,
                               const struct coap_message *response, uint64_t now_ns) {
  const char *why = client_refusal(response);
  if (why == NULL && !client_take_token(client, server, response, now_ns))
    why = "authorization-rejected";
  if (why != NULL) {
    client_fail_asking(client, server, why);
    return;
  }
  node_event_key(client->hooks, NODE_PHASE_AUTHORIZATION, &server->known->address,
                 association_kind_label(client->kind), SECRET_NAMES[client->config.profile],
                 server->token.confirmation.secret, ACE_SECRET_LENGTH);
  ace_client_tell(client, server, NODE_PHASE_AUTHORIZATION, NODE_EVENT_ANSWERED,
                  ace_profile_name(client->config.profile));
  ace_client_note_bytes(client);
  ace_client_go_on(client, server, now_ns);
}

/* Who waits asks at once, but not inside this call: whoever tells of the answer may be about to do
 * something else. */
void ace_client_answered(void *context, const struct coap_message *response, uint64_t now_ns) {
  struct ace_client *client = ace_client_of(context);
  struct client_server *server = client->asking;
  client->is_calling = false;
  client->asking = NULL;
  client->turn_ns = client->waiting.count > 0 ? now_ns : NODE_NEVER;
  if (server == NULL)
    node_event(client->hooks, NODE_PHASE_AUTHORIZATION, NODE_EVENT_DISCARDED, NULL,
               "answer that nobody waits for");
  else
    client_take_answer(client, server, response, now_ns);
  if (ace_client_settle(client, 0) < 0)
    node_event(client->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED, NULL,
               "message that cannot be protected");
}

/* Ends */

void ace_client_forget_token(struct client_server *server) {
  crypto_wipe(&server->token, sizeof server->token);
  server->token.ends_ns = NODE_NEVER;
}

void ace_client_drop(struct ace_client *client, struct client_server *server, const char *why) {
  const bool was_there =
      server->token.is_there || association_is_open(&server->association.current);
  association_pair_close(&server->association);
  ace_client_forget_token(server);
  if (was_there)
    ace_client_tell(client, server, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED, why);
}

/* When it ends that there is a token, or NODE_NEVER. */
static uint64_t client_end_ns(const struct client_server *server) {
  return server->stage == CLIENT_IDLE && server->token.is_there ? server->token.ends_ns
                                                                : NODE_NEVER;
}

void ace_client_end_lifetimes(struct ace_client *client, uint64_t now_ns) {
  for (size_t i = 0; i < client->server_count; i++)
    if (now_ns >= client_end_ns(&client->servers[i]))
      ace_client_drop(client, &client->servers[i], "lifetime");
}

uint64_t ace_client_lifetimes_expiry(const struct ace_client *client) {
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < client->server_count; i++) {
    const uint64_t end_ns = client_end_ns(&client->servers[i]);
    next_ns = end_ns < next_ns ? end_ns : next_ns;
  }
  return next_ns;
}

/* Octets */

static size_t client_token_bytes(const struct client_token *token) {
  const struct ace_confirmation *confirmation = &token->confirmation;
  return token->is_there ? token->length + confirmation->id_length + sizeof confirmation->secret +
                               confirmation->salt_length + confirmation->context_id_length
                         : 0;
}

size_t ace_client_bytes(const struct node *node) {
  const struct ace_client *client = ace_client_of_const(node);
  size_t bytes = 0;
  for (size_t i = 0; i < client->server_count; i++)
    bytes += client_token_bytes(&client->servers[i].token) +
             association_pair_bytes(&client->servers[i].association);
  return bytes;
}

size_t ace_client_bytes_peak(const struct node *node) {
  return ace_client_of_const(node)->bytes_peak;
}

/* Of a handshake under way counts what it has held at most, inside a call, too. */
void ace_client_note_bytes(struct ace_client *client) {
  size_t bytes = ace_client_bytes(&client->node);
  for (size_t i = 0; i < client->server_count; i++) {
    struct association_pair *pair = &client->servers[i].association;
    association_pair_note(pair);
    if (association_is_open(&pair->pending))
      bytes += pair->bytes_peak - association_pair_bytes(pair);
  }
  if (bytes > client->bytes_peak)
    client->bytes_peak = bytes;
}
