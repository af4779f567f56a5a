/* CoAP-EAP, the authenticator's side: the steps of the draft's Figure 2, from 0 (the peer's
 * trigger) to 7. */
#include "authenticator_erp.h"
#include "authenticator_resumption.h"
#include "flow.h"

#include "../crypto/crypto.h"
#include "../lower/guard.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Requests */

int coap_eap_session_send_eap(struct coap_eap_session *session, struct span_writer *packet,
                              const struct coap_eap_info *info) {
  coap_eap_session_forget_refusal(session);
  session->unasked = false;
  return coap_eap_client_send(&session->client, &session->coap, packet, info,
                              eap_label(&session->labels, packet->data, packet->length));
}

void coap_eap_session_prepare(struct coap_eap_session *session) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  coap_eap_session_abandon_request(session, "an authentication begins");
  association_close(&session->associations.pending);
  coap_eap_client_begin(&session->client, &authenticator->options, &session->first,
                        authenticator->hooks);
  session->unasked = true;
  session->named = false;
}

/* Step 1: EAP-Request/Identity, with a new token and the first number. */
int coap_eap_session_begin(struct coap_eap_session *session) {
  uint8_t data[COAP_EAP_PAYLOAD_MAX];
  struct span_list spans;
  struct span_writer packet;
  struct coap_eap_info offer;
  coap_eap_session_prepare(session);
  span_writer_init(&packet, data, sizeof data, &spans);
  const int result =
      coap_eap_session_ask_identity(session, &session->client.agreement, &packet, &offer);
  return result < 0 ? result : coap_eap_session_send_eap(session, &packet, &offer);
}

int coap_eap_session_ask_identity(struct coap_eap_session *session,
                                  struct coap_eap_agreement *agreement, struct span_writer *packet,
                                  struct coap_eap_info *offer) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  session->identity_length = 0;
  const uint8_t identifier = (uint8_t)node_random_below(authenticator->hooks, 256);
  if (session->backend == NULL)
    session->backend = calloc(1, sizeof *session->backend);
  if (session->backend == NULL)
    return NODE_ERR_EXHAUSTED;
  const int begun = aaa_backend_begin(&authenticator->backend, session->backend, identifier,
                                      &session->remote, session);
  if (begun < 0)
    return begun;
  const int result = eap_server_identity_request(identifier, packet);
  if (result < 0)
    return result;
  coap_eap_agreement_offer(agreement, &authenticator->options, authenticator->hooks, offer);
  session->stage = SESSION_IDENTITY;
  return 0;
}

int coap_eap_session_open_association(struct coap_eap_session *session, const uint8_t *token,
                                      size_t token_length,
                                      const struct coap_eap_agreement *agreement, uint64_t now_ns) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  uint8_t msk[EAP_KEY_LENGTH] = {0};
  const struct coap_eap_key_config config = {
      .authenticator = true,
      .options = &authenticator->options,
      .local = session->local,
      .remote = session->remote,
      .msk = msk,
      .identity = session->identity,
      .identity_length = session->identity_length,
      .token = token,
      .token_length = token_length,
      .agreement = agreement,
      .suite = aaa_backend_suite(session->backend),
  };
  int result = aaa_backend_msk(&authenticator->backend, session->backend, msk);
  if (result == 0)
    result = coap_eap_open_association(&session->associations.pending, &config, &session->coap,
                                       authenticator->hooks, now_ns);
  if (result == 0)
    result = lower_guard_set(
        &session->associations.pending, aaa_backend_take_grant(session->backend), &session->remote,
        &session->local, association_kind_is_session(authenticator->options.association));
  crypto_wipe(msk, sizeof msk);
  return result;
}

bool coap_eap_session_may_secure(const struct coap_eap_session *session,
                                 const struct coap_eap_agreement *agreement) {
  const struct aaa_cipher_suite named = aaa_backend_suite(session->backend);
  return named.kind != AAA_SUITE_OSCORE || coap_eap_agreement_permits(agreement, named.number);
}

int coap_eap_session_secure(struct coap_eap_session *session, uint64_t now_ns) {
  const struct coap_eap_client *client = &session->client;
  if (!coap_eap_session_may_secure(session, &client->agreement))
    return coap_eap_session_fail(session, COAP_EAP_AAA_CIPHER_SUITE);
  const int error = coap_eap_session_open_association(session, client->token, client->token_length,
                                                      &client->agreement, now_ns);
  if (error < 0)
    return error;
  session->stage = SESSION_HANDSHAKE;
  return association_is_ready(&session->associations.pending)
             ? coap_eap_session_send_success(session)
             : 0;
}

/* Step 7 follows at once, with a new number; or after the handshake of the association. */
static int session_succeed(struct coap_eap_session *session, const struct span_writer *packet,
                           uint64_t now_ns) {
  assert(packet->length == sizeof session->success);
  memcpy(session->success, packet->data, sizeof session->success);
  return coap_eap_session_secure(session, now_ns);
}

/* A new EAP packet, hence a new number. */
static int session_continue_with_new(struct coap_eap_session *session,
                                     enum aaa_backend_result result, struct span_writer *packet,
                                     uint64_t now_ns) {
  if (coap_eap_ordering_advance(&session->client.ordering) < 0)
    return coap_eap_session_fail(session, "SeqNum exhausted");
  if (result == AAA_BACKEND_SUCCESS)
    return session_succeed(session, packet, now_ns);
  session->stage = result == AAA_BACKEND_REQUEST ? SESSION_METHOD : SESSION_REJECTION;
  return coap_eap_session_send_eap(session, packet, NULL);
}

static int session_continue(struct coap_eap_session *session, enum aaa_backend_result result,
                            struct span_writer *packet, uint64_t now_ns) {
  assert(result != AAA_BACKEND_DISCARD && result != AAA_BACKEND_WAIT);
  if (session->backend->reauthenticates)
    return coap_eap_session_continue_erp(session, result, packet, now_ns);
  if (result != AAA_BACKEND_REPEAT)
    return session_continue_with_new(session, result, packet, now_ns);
  session->stage = SESSION_METHOD; /* the response was none */
  coap_session_ask_again(&session->coap);
  return 0;
}

/* Responses */

/* The octets of the peer's identity, for the association. */
void coap_eap_session_read_identity(struct coap_eap_session *session,
                                    const struct coap_message *response) {
  struct eap_packet packet;
  if (eap_packet_parse(response->payload, response->payload_length, &packet) == 0 &&
      packet.type == EAP_TYPE_IDENTITY)
    coap_eap_session_identify(session, packet.data, packet.data_length);
}

void coap_eap_session_identify(struct coap_eap_session *session, const uint8_t *identity,
                               size_t length) {
  if (length > sizeof session->identity)
    return;
  memcpy(session->identity, identity, length);
  session->identity_length = length;
}

/* No identity is shorter than the association asks for, or longer than RADIUS could carry it. */
bool coap_eap_has_usable_identity(const struct coap_eap_options *options,
                                  const struct coap_message *response) {
  struct eap_packet packet;
  if (eap_packet_parse(response->payload, response->payload_length, &packet) < 0 ||
      packet.type != EAP_TYPE_IDENTITY)
    return true; /* EAP says what it is */
  return packet.data_length >= association_kind_identity_least(options->association) &&
         packet.data_length <= NODE_IDENTITY_MAX;
}

/* NULL, or static text: why this is no response to the request of this stage; and where the next
 * request goes. */
static const char *session_find_fault(struct coap_eap_session *session,
                                      const struct coap_message *response,
                                      const struct coap_eap_info *answer,
                                      struct coap_eap_resource *next) {
  const struct coap_eap_options *options = session->client.options;
  const bool first = !session->named;
  if (!coap_eap_client_read_next(&session->client, response, first, next))
    return first ? "step 2 without a resource" : "unexpected response code";
  if (session->stage == SESSION_IDENTITY && !coap_eap_has_usable_identity(options, response))
    return "identity of no use";
  return first ? coap_eap_agreement_conclude(&session->client.agreement, options, answer) : NULL;
}

/* Hands it to who decides. */
static enum aaa_backend_result session_respond(struct coap_eap_session *session,
                                               const struct coap_message *response, uint64_t now_ns,
                                               struct span_writer *packet, const char **why) {
  struct aaa_backend *backend = &session->authenticator->backend;
  if (session->stage == SESSION_START)
    return coap_eap_session_take_initiate(session, response, now_ns, packet, why);
  const enum aaa_backend_result result = aaa_backend_respond(
      backend, session->backend, response->payload, response->payload_length, packet);
  *why = aaa_backend_reason(backend, session->backend);
  return result;
}

/* Steps 2, 4 and 6. What EAP discards leaves the request outstanding, as if it had not come. */
static int session_handle_eap(struct coap_eap_session *session, const struct coap_message *response,
                              const struct coap_eap_info *answer, uint64_t now_ns) {
  struct coap_eap_resource next;
  const char *fault = session_find_fault(session, response, answer, &next);
  if (fault != NULL)
    return coap_eap_session_discard(session, fault);
  if (!coap_eap_session_answered(session))
    return coap_eap_session_discard(session, "no room for another peer");

  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  span_writer_init(&packet, data, sizeof data, &spans);
  const char *why;
  const enum aaa_backend_result result = session_respond(session, response, now_ns, &packet, &why);
  if (result == AAA_BACKEND_DISCARD)
    return coap_eap_session_discard(session, why);
  if (response->payload_length > 0)
    coap_eap_session_tell(session, NODE_EVENT_DELIVERED,
                          eap_label(&session->labels, response->payload, response->payload_length));
  session->client.resource = next;
  session->named = true;
  if (session->stage == SESSION_IDENTITY)
    coap_eap_session_read_identity(session, response);
  coap_session_cancel(&session->coap); /* the exchange is complete */
  coap_eap_session_forget_refusal(session);
  if (result != AAA_BACKEND_WAIT)
    return session_continue(session, result, &packet, now_ns);
  session->stage = SESSION_BACKEND;
  return 0;
}

static const char *session_refusal(const struct coap_eap_session *session, uint8_t code) {
  if (session->stage == SESSION_IDENTITY && code == session->client.options->flow->no_suite_code)
    return COAP_EAP_NO_CIPHER_SUITE;
  if (code == COAP_CODE_NOT_FOUND)
    return "peer-lost-state";
  if (code == COAP_CODE_UNAVAILABLE)
    return "peer-busy";
  return "peer-refused";
}

static int session_handle_response(struct coap_eap_session *session,
                                   const struct coap_message *response, uint64_t now_ns) {
  if (session->stage == SESSION_SUCCESS)
    return coap_eap_session_handle_confirmation(session, response);
  const bool rejects = session->stage == SESSION_REJECTION;
  switch (coap_eap_client_judge(&session->client, response)) {
  case COAP_EAP_ANSWER_UNKNOWN:
    return coap_eap_session_discard(session, "critical option not understood");
  case COAP_EAP_ANSWER_REFUSAL:
    if (rejects && response->code == session->client.options->flow->failure_code)
      break;
    return coap_eap_session_note_refusal(session, session_refusal(session, response->code));
  case COAP_EAP_ANSWER_STALE:
    return coap_eap_session_discard(session, "old or unexpected response");
  default:
    break;
  }
  if (rejects)
    return coap_eap_session_fail(
        session, aaa_backend_reason(&session->authenticator->backend, session->backend));
  struct coap_message eap;
  struct coap_eap_info answer;
  if (coap_eap_payload_take(session->client.options, response, &eap, &answer) < 0)
    return coap_eap_session_discard(session, "malformed CoAP-EAP_Info");
  return session_handle_eap(session, &eap, &answer, now_ns);
}

/* Step 0 */

/* Whether a message is step 0, and where step 1 goes then. */
NODE_MUST_CHECK static bool read_trigger(const struct coap_eap_options *options,
                                         const struct coap_message *message,
                                         struct coap_eap_resource *first) {
  const struct coap_eap_flow *flow = options->flow;
  *first = flow->service;
  if ((message->type != COAP_CON && message->type != COAP_NON) || message->code != COAP_CODE_POST ||
      !coap_eap_resource_is(&flow->service, message) ||
      coap_refuse_options(message, NULL, 0) != COAP_CODE_EMPTY)
    return false;
  return !flow->names_each_step ||
         (!coap_eap_payload_is_other(options, message) &&
          coap_eap_resource_read_uri(message->payload, message->payload_length, first));
}

static bool session_is_trigger(const struct coap_eap_authenticator *authenticator,
                               const struct coap_message *message) {
  struct coap_eap_resource first;
  return read_trigger(&authenticator->options, message, &first);
}

/* A request to the service that is refused by nothing else names no resource. */
static uint8_t refuse_service(const struct coap_eap_options *options,
                              const struct coap_message *request) {
  const uint8_t code =
      coap_refuse_method(request, coap_eap_resource_is(&options->flow->service, request));
  if (code != COAP_CODE_EMPTY)
    return code;
  return coap_eap_payload_is_other(options, request) ? COAP_CODE_UNSUPPORTED_FORMAT
                                                     : COAP_CODE_BAD_REQUEST;
}

static uint8_t session_refusal_of(const struct coap_eap_authenticator *authenticator,
                                  const struct coap_message *request) {
  uint16_t known[ASSOCIATION_KNOWN_MAX];
  const size_t count = association_known(known);
  const uint8_t code = coap_refuse_options(request, known, count);
  if (code != COAP_CODE_EMPTY)
    return code;
  return association_is_marked(request) ? association_refusal(association_check(request))
                                        : refuse_service(&authenticator->options, request);
}

static int session_refuse(struct coap_eap_session *session, const struct coap_message *request) {
  const uint8_t code = session_refusal_of(session->authenticator, request);
  const char *label = coap_refusal_label(code);
  return coap_refusal_is_sent(request, code)
             ? coap_session_reject(&session->coap, request, code, label)
             : coap_eap_session_discard(session, label);
}

/* NULL, or static text: why a trigger begins nothing now. */
static const char *why_not_begin(const struct coap_eap_session *session, uint64_t now_ns) {
  if (coap_eap_session_in_progress(session))
    return "trigger while an authentication runs";
  if (association_is_open(&session->associations.current) && now_ns < session->next_trigger_ns)
    return "trigger too soon after the last";
  return NULL;
}

void coap_eap_session_asked(struct coap_eap_session *session, const char *label, uint64_t now_ns) {
  const uint32_t interval_ms = session->authenticator->config.trigger_interval_ms;
  if (association_is_open(&session->associations.current))
    session->next_trigger_ns = now_ns + interval_ms * NODE_MS;
  coap_eap_session_triggered(session);
  coap_eap_session_tell(session, NODE_EVENT_STARTED, label);
}

int coap_eap_session_begin_by_trigger(struct coap_eap_session *session, uint64_t now_ns) {
  coap_eap_session_asked(session, "trigger", now_ns);
  return coap_eap_session_begin_or_resume(session);
}

static int session_handle_request(struct coap_eap_session *session,
                                  const struct coap_message *request, uint64_t now_ns) {
  if (association_protects_messages(&session->associations.current) &&
      association_is_marked(request))
    return coap_eap_session_serve(session, request, now_ns);
  struct coap_eap_resource first;
  if (!read_trigger(&session->authenticator->options, request, &first))
    return session_refuse(session, request);
  const char *why_not = why_not_begin(session, now_ns);
  if (request->type == COAP_CON) { /* the draft's trigger is NON; one that asks is answered */
    struct coap_message response = {.code = COAP_CODE_CHANGED};
    const int result =
        coap_session_respond(&session->coap, request, &response, "trigger acknowledged", now_ns);
    if (result < 0)
      return result;
  } else if (why_not == NULL) {
    /* but not otherwise: the repetition of one that came too early may still begin something */
    coap_session_ignore(&session->coap, request, now_ns);
  }
  const bool waits = coap_eap_session_in_progress(session) && session->refusal != NULL;
  if (why_not == NULL || waits)
    session->first = first;
  if (why_not == NULL && coap_eap_session_is_initiate(session, request))
    return coap_eap_session_begin_by_initiate(session, request, now_ns);
  if (why_not == NULL)
    return coap_eap_session_begin_by_trigger(session, now_ns);
  session->trigger_waits = waits;
  return coap_eap_session_discard(session, why_not);
}

const struct coap_eap_authenticator_role COAP_EAP_AUTHENTICATOR_AS_CLIENT = {
    .is_client = true,
    .begin = coap_eap_session_begin_or_resume,
    .is_first = session_is_trigger,
    .refuse = session_refusal_of,
    .handle_request = session_handle_request,
    .handle_response = session_handle_response,
    .proceed = session_continue,
    .handle_inside = coap_eap_session_serve_inside,
    .handle_confirmation = coap_eap_session_handle_confirmation,
    .handshake_over = coap_eap_session_send_success,
};
