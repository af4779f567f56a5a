/* The client's requests: by the association that there is, or by way of all that must come before.
 */
#include "../crypto/crypto.h"
#include "client_state.h"

#include <assert.h>
#include <string.h>

enum { TOKEN_BYTES = 1 };

/* What is kept of a request */

static int client_keep_request(struct client_request *request, const struct ace_access *access) {
  *request = (struct client_request){.code = access->code};
  memcpy(request->path, access->path, strlen(access->path) + 1);
  return access->length == 0 ? 0
                             : kept_store(&request->payload, access->payload, access->length, NULL);
}

void ace_client_drop_request(struct client_request *request) {
  kept_wipe(&request->payload);
  *request = (struct client_request){.has_renewed = false};
}

/* Steps */

static int client_send(struct client_server *server) {
  struct association *association = &server->association.current;
  const struct client_request *request = &server->request;
  struct coap_message message = {.phase = NODE_PHASE_APPLICATION,
                                 .type = COAP_CON,
                                 .code = request->code,
                                 .token_length = TOKEN_BYTES,
                                 .payload = request->payload.data,
                                 .payload_length = request->payload.length};
  node_random(association->hooks, message.token, message.token_length);
  coap_message_add_option(&message, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, request->path,
                          strlen(request->path));
  const int error = association_request(association, &message, "access request");
  if (error == 0)
    server->stage = CLIENT_ACCESSING;
  return error;
}

int ace_client_proceed(struct ace_client *client, struct client_server *server, uint64_t now_ns) {
  if (association_is_ready(&server->association.current))
    return client_send(server);
  return server->token.is_there ? ace_client_transfer(client, server, now_ns)
                                : ace_client_ask(client, server);
}

/* Where it is the call that is not taken, that is told, too. */
void ace_client_go_on(struct ace_client *client, struct client_server *server, uint64_t now_ns) {
  const bool asks = !server->token.is_there;
  const int error = ace_client_proceed(client, server, now_ns);
  if (error == 0)
    return;
  const char *why = asks ? ace_client_ask_failure(error) : node_error_name(error);
  if (asks)
    ace_client_tell(client, server, NODE_PHASE_AUTHORIZATION, NODE_EVENT_UNANSWERED, why);
  ace_client_end_request(client, server, NODE_EVENT_UNANSWERED, why);
}

void ace_client_renew(struct ace_client *client, struct client_server *server, const char *why,
                      uint64_t now_ns) {
  if (server->request.has_renewed) {
    ace_client_end_request(client, server, NODE_EVENT_UNANSWERED, why);
    return;
  }
  server->request.has_renewed = true;
  ace_client_go_on(client, server, now_ns);
}

/* Leaves what the request was waiting for. */
static void client_leave(struct ace_client *client, struct client_server *server) {
  switch (server->stage) {
  case CLIENT_WAITING:
    list_remove(&server->turn);
    break;
  case CLIENT_ASKING:
    ace_client_stop_asking(client, server);
    break;
  case CLIENT_BRINGING:
    coap_session_cancel(&server->clear);
    break;
  case CLIENT_SECURING:
    association_pair_drop(&server->association);
    break;
  case CLIENT_ACCESSING:
    if (association_is_open(&server->association.current))
      coap_session_cancel(association_coap(&server->association.current));
    break;
  case CLIENT_IDLE:
    break;
  }
  server->stage = CLIENT_IDLE;
  ace_client_drop_request(&server->request);
}

void ace_client_end_request(struct ace_client *client, struct client_server *server,
                            enum node_event_type type, const char *label) {
  if (server->stage == CLIENT_IDLE)
    return;
  client_leave(client, server);
  ace_client_tell(client, server, NODE_PHASE_APPLICATION, type, label);
}

static int client_find_fault(const struct ace_access *access) {
  if (access->length > ASSOCIATION_PAYLOAD_MAX || strlen(access->path) > ACE_PATH_MAX)
    return NODE_ERR_TOO_LONG;
  return ace_method_of(access->code) == 0 ? NODE_ERR_UNSUPPORTED : 0;
}

int ace_client_request(struct node *node, size_t index, const struct ace_access *access,
                       uint64_t now_ns) {
  struct ace_client *client = ace_client_of(node);
  assert(index < client->server_count);
  struct client_server *server = &client->servers[index];
  ace_client_end_lifetimes(client, now_ns);
  if (server->stage != CLIENT_IDLE)
    return NODE_ERR_BUSY;
  int error = client_find_fault(access);
  if (error < 0)
    return error;
  error = client_keep_request(&server->request, access);
  if (error == 0)
    error = ace_client_proceed(client, server, now_ns);
  if (error < 0)
    client_leave(client, server);
  return ace_client_settle(client, error);
}

/* Responses (RFC 9200 section 5.10.2) */

static const char *client_code_label(uint8_t code) {
  switch (code) {
  case COAP_CODE_CREATED:
    return "2.01 Created";
  case COAP_CODE_DELETED:
    return "2.02 Deleted";
  case COAP_CODE_CHANGED:
    return "2.04 Changed";
  case COAP_CODE_CONTENT:
    return "2.05 Content";
  default:
    return code >> 5 == 2 ? "other success" : coap_refusal_label(code);
  }
}

/* The token is good no more; in clear, anybody on the path may have said so. */
static void client_unauthorized(struct ace_client *client, struct client_server *server,
                                uint64_t now_ns) {
  coap_session_cancel(association_coap(&server->association.current));
  ace_client_drop(client, server, "refused");
  ace_client_renew(client, server, "access-refused", now_ns);
}

/* `response` has verified. */
static void client_answered(struct ace_client *client, struct client_server *server,
                            const struct coap_message *response, uint64_t now_ns) {
  const struct ace_client_listener *listener = &client->listener;
  if (!server->is_confirmed)
    ace_client_confirm(client, server, NODE_PHASE_APPLICATION, "response verified");
  if (response->code == COAP_CODE_UNAUTHORIZED) {
    client_unauthorized(client, server, now_ns);
    return;
  }
  ace_client_end_request(client, server, NODE_EVENT_ANSWERED, client_code_label(response->code));
  if (listener->answered != NULL)
    listener->answered(listener->context, (size_t)(server - client->servers), response->code,
                       response->payload, response->payload_length);
}

/* In clear, in the place of a protected one (RFC 8613 section 8.2): all that is believed is what
 * ends the association. */
static int client_take_clear(struct ace_client *client, struct client_server *server,
                             const struct coap_message *response, uint64_t now_ns) {
  if (response->code != COAP_CODE_UNAUTHORIZED)
    return ace_client_discard(client, server, NODE_PHASE_APPLICATION,
                              "response without protection");
  client_unauthorized(client, server, now_ns);
  return 0;
}

int ace_client_take_access(struct ace_client *client, struct client_server *server,
                           const struct coap_message *response, uint64_t now_ns) {
  struct association *association = &server->association.current;
  uint16_t known[ASSOCIATION_KNOWN_MAX];
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (coap_message_unknown_critical(response, known, association_known(known)) != NULL)
    return ace_client_discard(client, server, NODE_PHASE_APPLICATION,
                              "critical option not understood");
  if (association_protects_messages(association) && !association_is_marked(response))
    return client_take_clear(client, server, response, now_ns);
  if (association_verify_response(association, response, buffer, &plain) < 0)
    return ace_client_discard(client, server, NODE_PHASE_APPLICATION, "response does not verify");
  if (coap_message_unknown_critical(&plain, NULL, 0) != NULL)
    return ace_client_discard(client, server, NODE_PHASE_APPLICATION,
                              "critical option not understood");
  client_answered(client, server, &plain, now_ns);
  crypto_wipe(buffer, sizeof buffer);
  return 0;
}

/* A server that is silent may have lost the association: the next request makes another. */
void ace_client_access_timed_out(struct ace_client *client, struct client_server *server) {
  ace_client_end_request(client, server, NODE_EVENT_UNANSWERED, "access-timeout");
  association_close(&server->association.current);
}

/* Requests of a resource server */

int ace_client_refuse(const struct ace_client *client, const struct client_server *server,
                      struct coap_session *coap, const struct coap_message *request,
                      enum node_phase phase) {
  uint8_t code = coap_refuse_options(request, NULL, 0);
  if (code == COAP_CODE_EMPTY)
    code = coap_refuse_method(request, false);
  if (coap_refusal_is_sent(request, code))
    return coap_session_reject(coap, request, code, coap_refusal_label(code));
  return ace_client_discard(client, server, phase, coap_refusal_label(code));
}
