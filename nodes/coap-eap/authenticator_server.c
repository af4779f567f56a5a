/* CoAP-EAP with the roles reversed, the authenticator as CoAP server: the peer's first request has
 * EAP-Request/Identity as its response, each EAP response the next EAP request, and the last one
 * EAP-Success or EAP-Failure, without protection. The key is confirmed by the exchange that the
 * peer then begins under the association. */
#include "authenticator_session.h"
#include "flow.h"

#include <assert.h>
#include <string.h>

/* Requests that are no part of an authentication */

/* What can be said of a request's options before there is a session. */
static uint8_t server_refuse_options(const struct coap_eap_authenticator *authenticator,
                                     const struct coap_message *request) {
  const struct coap_eap_server none = {.options = &authenticator->options};
  return coap_eap_server_refuse(&none, request);
}

/* An empty confirmable request to the service, with its number. */
static bool server_is_first(const struct coap_eap_authenticator *authenticator,
                            const struct coap_message *message) {
  struct coap_eap_ordering ordering;
  coap_eap_ordering_init(&ordering, &authenticator->options.ordering);
  return message->type == COAP_CON && message->code == COAP_CODE_POST &&
         coap_eap_resource_is(&authenticator->options.flow->service, message) &&
         message->payload_length == 0 &&
         server_refuse_options(authenticator, message) == COAP_CODE_EMPTY &&
         coap_eap_ordering_judge(&ordering, message) == COAP_EAP_NEXT;
}

static uint8_t server_refuse(const struct coap_eap_authenticator *authenticator,
                             const struct coap_message *request) {
  uint8_t code = server_refuse_options(authenticator, request);
  if (code != COAP_CODE_EMPTY)
    return code;
  if (association_is_marked(request))
    return association_refusal(association_check(request));
  code = coap_refuse_method(request,
                            coap_eap_resource_is(&authenticator->options.flow->service, request));
  return code == COAP_CODE_EMPTY ? COAP_CODE_BAD_REQUEST : code;
}

static int server_refuse_with(struct coap_eap_session *session, const struct coap_message *request,
                              uint8_t code) {
  const char *label = coap_refusal_label(code);
  return code != COAP_CODE_EMPTY && coap_refusal_is_sent(request, code)
             ? coap_session_reject(&session->coap, request, code, label)
             : coap_eap_session_discard(session, label);
}

/* Responses */

/* How long the next request of the peer may take: MAX_TRANSMIT_WAIT, and what the flow adds. */
static uint64_t server_patience_ns(const struct coap_eap_session *session) {
  const struct coap_eap_options *options = &session->authenticator->options;
  return options->flow->patience_ms(&options->coap) * NODE_MS;
}

static void server_hold(struct coap_eap_session *session, const struct coap_message *request) {
  struct coap_eap_serving *serving = &session->serving;
  serving->message_id = request->message_id;
  serving->token_length = request->token_length;
  memcpy(serving->token, request->token, sizeof serving->token);
}

/* The request that is to be answered, as far as its response needs it. */
static struct coap_message server_held(const struct coap_eap_session *session) {
  const struct coap_eap_serving *serving = &session->serving;
  struct coap_message request = {.type = COAP_CON,
                                 .code = COAP_CODE_POST,
                                 .message_id = serving->message_id,
                                 .token_length = serving->token_length};
  memcpy(request.token, serving->token, sizeof request.token);
  return request;
}

/* `info`: what goes behind the EAP packet; or NULL. */
static int server_respond(struct coap_eap_session *session, uint8_t code,
                          struct span_writer *packet, const struct coap_eap_info *info,
                          uint64_t now_ns) {
  const struct coap_message request = server_held(session);
  const struct coap_eap_content content = {
      .packet = packet,
      .info = info,
      .label = eap_label(&session->labels, packet->data, packet->length),
  };
  session->due_ns = now_ns + server_patience_ns(session);
  return coap_eap_server_respond(&session->serving.server, &session->coap, &request, code, &content,
                                 now_ns);
}

/* The request stays in our hands; its sender is told so in time. */
static int server_wait(struct coap_eap_session *session, uint64_t now_ns) {
  const uint32_t delay_ms = session->authenticator->options.ack_delay_ms;
  session->stage = SESSION_BACKEND;
  session->due_ns = now_ns + delay_ms * NODE_MS;
  return 0;
}

static void server_acknowledge(struct coap_eap_session *session, uint64_t now_ns) {
  const struct coap_message request = server_held(session);
  session->due_ns = NODE_NEVER;
  coap_session_acknowledge(&session->coap, &request, now_ns);
}

static void server_handle_due(struct coap_eap_session *session, uint64_t now_ns) {
  if (session->stage == SESSION_BACKEND)
    server_acknowledge(session, now_ns);
  else
    (void)coap_eap_session_fail(session,
                                session->refusal == NULL ? "peer-silent" : session->refusal);
}

/* What the backend says */

/* The response goes on though nobody waits for the peer any more. */
static int server_reject(struct coap_eap_session *session, struct span_writer *packet,
                         uint64_t now_ns) {
  const char *reason = aaa_backend_reason(&session->authenticator->backend, session->backend);
  const uint8_t code = session->authenticator->options.flow->failure_code;
  const int result = server_respond(session, code, packet, NULL, now_ns);
  coap_eap_session_end(session, SESSION_FAILED);
  coap_eap_session_tell(session, NODE_EVENT_FAILED, reason);
  return result;
}

static int server_proceed(struct coap_eap_session *session, enum aaa_backend_result result,
                          struct span_writer *packet, uint64_t now_ns) {
  struct coap_eap_serving *serving = &session->serving;
  struct coap_eap_server *server = &serving->server;
  const struct coap_eap_flow *flow = server->options->flow;
  assert(result != AAA_BACKEND_DISCARD && result != AAA_BACKEND_WAIT);
  if (result == AAA_BACKEND_FAILURE)
    return server_reject(session, packet, now_ns);
  if (result == AAA_BACKEND_SUCCESS && !coap_eap_session_may_secure(session, &server->agreement))
    return coap_eap_session_fail(session, COAP_EAP_AAA_CIPHER_SUITE);
  if (result == AAA_BACKEND_SUCCESS) {
    const int error = coap_eap_session_open_association(
        session, server->token, server->token_length, &server->agreement, now_ns);
    if (error < 0)
      return error;
  }
  session->stage = result == AAA_BACKEND_SUCCESS ? SESSION_HANDSHAKE : SESSION_METHOD;
  if (flow->names_each_step)
    coap_eap_name_resource(server->options, ++serving->resources, &server->resource);
  return server_respond(session, flow->step_code, packet, NULL, now_ns);
}

/* The first request */

static int server_begin(struct coap_eap_session *session, const struct coap_message *request,
                        uint64_t now_ns) {
  const struct coap_eap_authenticator *authenticator = session->authenticator;
  struct coap_eap_serving *serving = &session->serving;
  uint8_t data[COAP_EAP_PAYLOAD_MAX];
  struct span_list spans;
  struct span_writer packet;
  struct coap_eap_info offer;
  span_writer_init(&packet, data, sizeof data, &spans);
  coap_eap_session_forget_refusal(session);
  coap_eap_session_asked(session, "first request", now_ns);
  coap_eap_session_abandon_request(session, "an authentication begins");
  association_close(&session->associations.pending);
  /* another resource than the last; who does not see our messages has to guess it */
  serving->resources += 1 + node_random_below(authenticator->hooks, COAP_EAP_NAMES - 1);
  coap_eap_server_init(&serving->server, &authenticator->options);
  coap_eap_server_accept(&serving->server, request);
  coap_eap_server_begin(&serving->server, request, serving->resources);
  serving->server.requests = 1;
  server_hold(session, request);
  const int error =
      coap_eap_session_ask_identity(session, &serving->server.agreement, &packet, &offer);
  if (error < 0)
    return error;
  serving->identifier = data[1];
  return server_respond(session, COAP_CODE_CREATED, &packet, &offer, now_ns);
}

/* Whether a first request must wait: an authentication is alive (one that comes late, or that
 * somebody else sends, must not kill it), or too soon after the last. */
static bool server_is_occupied(const struct coap_eap_session *session, uint64_t now_ns) {
  const uint64_t alive_ns =
      coap_max_transmit_wait_ms(&session->authenticator->options.coap) * NODE_MS;
  if (coap_eap_session_in_progress(session))
    return session->stage == SESSION_BACKEND ||
           now_ns + server_patience_ns(session) < session->due_ns + alive_ns;
  return association_is_open(&session->associations.current) && now_ns < session->next_trigger_ns;
}

static int server_repeat_response(struct coap_eap_session *session,
                                  const struct coap_message *request, uint64_t now_ns) {
  const int error = coap_session_repeat_response(&session->coap, request, now_ns);
  return error < 0
             ? coap_eap_session_discard(session, "repeated request without a response to repeat")
             : 0;
}

static int server_handle_first(struct coap_eap_session *session, const struct coap_message *request,
                               uint64_t now_ns) {
  const struct coap_eap_server *server = &session->serving.server;
  if (session->stage == SESSION_IDENTITY &&
      coap_eap_ordering_judge(&server->ordering, request) == COAP_EAP_REPEAT)
    return server_repeat_response(session, request, now_ns);
  if (server_is_occupied(session, now_ns))
    return server_refuse_with(session, request, COAP_CODE_UNAVAILABLE);
  if (coap_eap_session_in_progress(session))
    (void)coap_eap_session_fail(session, "peer-silent");
  return server_begin(session, request, now_ns);
}

/* EAP responses */

/* NULL, or static text: why this is no response to EAP-Request/Identity. Its Identifier and the
 * resource are all that only who reads our messages knows. */
static const char *server_find_fault(struct coap_eap_session *session,
                                     const struct coap_message *request,
                                     const struct coap_eap_info *answer) {
  const struct coap_eap_options *options = &session->authenticator->options;
  struct eap_packet packet;
  if (session->stage != SESSION_IDENTITY)
    return NULL;
  if (eap_packet_parse(request->payload, request->payload_length, &packet) < 0 ||
      packet.code != EAP_RESPONSE || packet.identifier != session->serving.identifier)
    return "no response to EAP-Request/Identity";
  if (!coap_eap_has_usable_identity(options, request))
    return "identity of no use";
  return coap_eap_agreement_conclude(&session->serving.server.agreement, options, answer);
}

/* What EAP discards has no response, as if it had not come. */
static int server_deliver(struct coap_eap_session *session, const struct coap_message *request,
                          const struct coap_eap_info *answer, uint64_t now_ns) {
  struct aaa_backend *backend = &session->authenticator->backend;
  const char *fault = server_find_fault(session, request, answer);
  if (fault != NULL)
    return coap_eap_session_discard(session, fault);
  if (!coap_eap_session_answered(session))
    return server_refuse_with(session, request, COAP_CODE_UNAVAILABLE);

  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  span_writer_init(&packet, data, sizeof data, &spans);
  const enum aaa_backend_result result = aaa_backend_respond(
      backend, session->backend, request->payload, request->payload_length, &packet);
  if (result == AAA_BACKEND_DISCARD)
    return coap_eap_session_discard(session, aaa_backend_reason(backend, session->backend));
  coap_eap_server_accept(&session->serving.server, request);
  session->serving.server.requests++;
  server_hold(session, request);
  coap_eap_session_tell(session, NODE_EVENT_DELIVERED,
                        eap_label(&session->labels, request->payload, request->payload_length));
  if (session->stage == SESSION_IDENTITY)
    coap_eap_session_read_identity(session, request);
  return result == AAA_BACKEND_WAIT ? server_wait(session, now_ns)
                                    : server_proceed(session, result, &packet, now_ns);
}

/* The last request again: by a client that waits no longer for what the backend has not said, or
 * under a new Message ID. */
static int server_handle_repeated(struct coap_eap_session *session,
                                  const struct coap_message *request, uint64_t now_ns) {
  if (session->stage != SESSION_BACKEND)
    return server_repeat_response(session, request, now_ns);
  server_hold(session, request);
  server_acknowledge(session, now_ns);
  return 0;
}

static int server_handle_next(struct coap_eap_session *session, const struct coap_message *request,
                              uint64_t now_ns) {
  const struct coap_eap_options *options = &session->authenticator->options;
  struct coap_message eap;
  struct coap_eap_info answer;
  if (coap_eap_payload_is_other(options, request))
    return server_refuse_with(session, request, COAP_CODE_UNSUPPORTED_FORMAT);
  if (coap_eap_payload_take(options, request, &eap, &answer) < 0)
    return coap_eap_session_discard(session, "malformed CoAP-EAP_Info");
  switch (coap_eap_ordering_judge(&session->serving.server.ordering, request)) {
  case COAP_EAP_REPEAT:
    return server_handle_repeated(session, request, now_ns);
  case COAP_EAP_NEXT:
    if (session->stage == SESSION_IDENTITY || session->stage == SESSION_METHOD)
      return server_deliver(session, &eap, &answer, now_ns);
    return coap_eap_session_discard(session, "request that is not expected");
  default:
    return coap_eap_session_discard(session, "old or unexpected request");
  }
}

/* Under an association */

static struct coap_eap_info server_told_lifetime(const struct coap_eap_session *session) {
  const uint32_t lifetime_s = coap_eap_session_told_lifetime_s(session);
  return (struct coap_eap_info){.has_lifetime = lifetime_s > 0, .lifetime_s = lifetime_s};
}

/* The exchange that confirms, and tells the lifetime; and its repetition to a request that was
 * protected anew. */
static int server_confirm(struct coap_eap_session *session,
                          const struct association_request *request, uint64_t now_ns) {
  struct coap_eap_server *server = &session->serving.server;
  const bool pending = request->association == &session->associations.pending;
  uint8_t data[COAP_EAP_INFO_MAX];
  struct span_list spans;
  struct span_writer payload;
  struct coap_message response = {.code = COAP_CODE_CHANGED};
  span_writer_init(&payload, data, sizeof data, &spans);
  if (association_is_numbered(request->association)) {
    if (coap_eap_ordering_judge(&server->ordering, &request->plain) == COAP_EAP_NEXT)
      coap_eap_server_accept(server, &request->plain);
    coap_eap_ordering_add_to_response(&server->ordering, &response);
  }
  if (pending) {
    const struct coap_eap_info info = server_told_lifetime(session);
    const int error = coap_eap_payload_put(server->options, &response, &payload, &info);
    if (error < 0)
      return error;
  }
  const int result = association_respond(request, &response, "confirmation", now_ns);
  if (result < 0 || !pending)
    return result;
  coap_eap_ordering_finish(&server->ordering);
  coap_eap_session_establish(session, "request verified");
  return 0;
}

/* Where requests carry no number, a session keeps their order, and the message layer inside answers
 * repetitions. */
static bool server_may_confirm(const struct coap_eap_session *session,
                               const struct association_request *request) {
  const bool pending = request->association == &session->associations.pending;
  if (coap_eap_session_in_progress(session) != pending)
    return false;
  if (!association_is_numbered(request->association))
    return true;
  const enum coap_eap_verdict verdict =
      coap_eap_ordering_judge(&session->serving.server.ordering, &request->plain);
  return verdict == COAP_EAP_NEXT || (verdict == COAP_EAP_REPEAT && !pending);
}

static int server_handle_protected(struct coap_eap_session *session,
                                   const struct association_request *request, uint64_t now_ns) {
  const struct coap_eap_server *server = &session->serving.server;
  const bool pending = request->association == &session->associations.pending;
  if (request->plain.code != COAP_CODE_POST || !coap_eap_server_is_for(server, &request->plain))
    return pending ? coap_eap_session_discard(session,
                                              "application request before the key is confirmed")
                   : coap_eap_session_answer(session, request, now_ns);
  const uint8_t refusal = coap_eap_server_refuse_inside(
      server, &request->plain, association_is_numbered(request->association));
  if (refusal != COAP_CODE_EMPTY) {
    struct coap_message response = {.code = refusal};
    return association_respond(request, &response, coap_refusal_label(refusal), now_ns);
  }
  return server_may_confirm(session, request)
             ? server_confirm(session, request, now_ns)
             : coap_eap_session_discard(session, "old or unexpected request");
}

static int server_handle_marked(struct coap_eap_session *session, const struct coap_message *outer,
                                uint64_t now_ns) {
  struct association_request request;
  const int error = association_pair_verify_request(&session->associations, outer, &request);
  if (error == 0)
    return server_handle_protected(session, &request, now_ns);
  if (session->stage == SESSION_HANDSHAKE && association_refusal(error) == COAP_CODE_BAD_REQUEST)
    session->refusal = association_kind_refusal(session->authenticator->options.association);
  const char *why = association_refuse(&session->coap, outer, error);
  return why == NULL ? 0 : coap_eap_session_discard(session, why);
}

static int server_handle_inside(struct coap_eap_session *session, struct association *association,
                                const struct coap_message *message, uint64_t now_ns) {
  struct association_request request;
  const int error = association_verify_request(association, message, &request);
  return error < 0 ? error : server_handle_protected(session, &request, now_ns);
}

/* Requests and responses */

static int server_handle_request(struct coap_eap_session *session,
                                 const struct coap_message *request, uint64_t now_ns) {
  const struct coap_eap_authenticator *authenticator = session->authenticator;
  const uint8_t refusal = server_refuse_options(authenticator, request);
  if (refusal != COAP_CODE_EMPTY)
    return server_refuse_with(session, request, refusal);
  if (association_is_marked(request))
    return server_handle_marked(session, request, now_ns);
  if (server_is_first(authenticator, request))
    return server_handle_first(session, request, now_ns);
  if (request->type == COAP_CON && request->code == COAP_CODE_POST &&
      coap_eap_server_is_for(&session->serving.server, request))
    return server_handle_next(session, request, now_ns);
  return server_refuse_with(session, request, server_refuse(authenticator, request));
}

static int server_handle_response(struct coap_eap_session *session,
                                  const struct coap_message *response, uint64_t now_ns) {
  (void)response;
  (void)now_ns;
  return coap_eap_session_discard(session, "response that nobody waits for");
}

static int server_handle_confirmation(struct coap_eap_session *session,
                                      const struct coap_message *response) {
  (void)response;
  return coap_eap_session_discard(session, "response that nobody waits for");
}

const struct coap_eap_authenticator_role COAP_EAP_AUTHENTICATOR_AS_SERVER = {
    .is_first = server_is_first,
    .refuse = server_refuse,
    .handle_request = server_handle_request,
    .handle_response = server_handle_response,
    .proceed = server_proceed,
    .handle_inside = server_handle_inside,
    .handle_confirmation = server_handle_confirmation,
    .handle_due = server_handle_due,
};
