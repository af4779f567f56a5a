/* The UE's requests: from the channel that there is, or by way of all that must come before. */
#include "../lower/application.h"
#include "ue_state.h"

#include <assert.h>

/* What is kept until it is sent */

static int keep(struct ue_request *request, enum lower_request kind, const uint8_t *payload,
                size_t length) {
  *request = (struct ue_request){.kind = kind};
  return length == 0 ? 0 : kept_store(&request->payload, payload, length, NULL);
}

void bootstrap_ue_drop_request(struct ue_request *request) {
  kept_wipe(&request->payload);
  *request = (struct ue_request){.has_pulled = false};
}

/* Steps */

static int ask(struct ue_server *server) {
  struct ue_request *request = &server->request;
  const int error = lower_application_send(&server->channel.current, request->kind,
                                           request->payload.data, request->payload.length);
  if (error < 0)
    return error;
  bootstrap_ue_drop_request(request);
  server->stage = UE_ASKING;
  return 0;
}

int bootstrap_ue_proceed(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  if (association_is_ready(&server->channel.current))
    return ask(server);
  return server->key.is_there ? bootstrap_ue_secure(ue, server, now_ns)
                              : bootstrap_ue_pull(ue, server, now_ns);
}

void bootstrap_ue_go_on(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  const int error = bootstrap_ue_proceed(ue, server, now_ns);
  if (error < 0)
    bootstrap_ue_end_request(ue, server, NODE_EVENT_UNANSWERED, node_error_name(error));
}

/* Leaves what the request was waiting for. */
static void leave(struct bootstrap_ue *ue, struct ue_server *server) {
  switch (server->stage) {
  case UE_WAITING:
    list_remove(&server->turn);
    break;
  case UE_PULLING:
    bootstrap_ue_stop_pull(ue, server);
    break;
  case UE_SECURING:
    association_pair_drop(&server->channel);
    break;
  case UE_ASKING:
    if (association_is_open(&server->channel.current))
      coap_session_cancel(association_coap(&server->channel.current));
    break;
  case UE_IDLE:
    break;
  }
  server->stage = UE_IDLE;
  bootstrap_ue_drop_request(&server->request);
}

void bootstrap_ue_end_request(struct bootstrap_ue *ue, struct ue_server *server,
                              enum node_event_type type, const char *label) {
  if (server->stage == UE_IDLE)
    return;
  leave(ue, server);
  bootstrap_ue_tell(ue, server, NODE_PHASE_APPLICATION, type, label);
}

int bootstrap_ue_request(struct node *node, size_t index, enum lower_request kind,
                         const uint8_t *payload, size_t length, uint64_t now_ns) {
  struct bootstrap_ue *ue = bootstrap_ue_of(node);
  assert(index < ue->server_count);
  struct ue_server *server = &ue->servers[index];
  bootstrap_ue_end_lifetimes(ue, now_ns);
  if (server->stage != UE_IDLE)
    return NODE_ERR_BUSY;
  if (length > ASSOCIATION_PAYLOAD_MAX)
    return NODE_ERR_TOO_LONG;
  if (!server->key.is_there && !bootstrap_ue_can_pull(ue, now_ns))
    return NODE_ERR_BAD_STATE;
  int error = keep(&server->request, kind, payload, length);
  if (error == 0)
    error = bootstrap_ue_proceed(ue, server, now_ns);
  if (error < 0)
    leave(ue, server);
  return bootstrap_ue_settle(ue, error, now_ns);
}

/* Requests of an ApS */

int bootstrap_ue_refuse(const struct bootstrap_ue *ue, const struct ue_server *server,
                        struct coap_session *coap, const struct coap_message *request,
                        enum node_phase phase) {
  uint8_t code = coap_refuse_options(request, NULL, 0);
  if (code == COAP_CODE_EMPTY)
    code = coap_refuse_method(request, false);
  if (coap_refusal_is_sent(request, code))
    return coap_session_reject(coap, request, code, coap_refusal_label(code));
  bootstrap_ue_tell(ue, server, phase, NODE_EVENT_DISCARDED, coap_refusal_label(code));
  return 0;
}
