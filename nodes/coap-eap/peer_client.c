/* CoAP-EAP with the roles reversed, the EAP peer as CoAP client: each EAP response goes in a
 * request of its own, whose response brings the next EAP request. The draft leaves this model to be
 * analyzed (section 2); that OSCORE protects no response to an unprotected request is why
 * EAP-Success comes in clear, and an exchange under the association follows. */
#include "flow.h"
#include "peer_state.h"

#include <stdlib.h>
#include <string.h>

/* Requests */

static void client_forget_refusal(struct coap_eap_peer *peer) {
  peer->refusal = NULL;
  peer->was_reset = false;
}

/* `info`: what goes behind the EAP packet; or NULL. */
static int client_send(struct coap_eap_peer *peer, struct span_writer *packet,
                       const struct coap_eap_info *info, const char *label) {
  client_forget_refusal(peer);
  coap_eap_peer_note_ordering(peer, coap_eap_client_state_bytes(&peer->run.client));
  return coap_eap_client_send(&peer->run.client, &peer->session, packet, info, label);
}

/* The first request: to the service, and empty. */
static int client_begin(struct coap_eap_peer *peer, uint64_t now_ns) {
  (void)now_ns;
  struct span_writer nothing;
  span_writer_init(&nothing, NULL, 0, NULL);
  peer->trigger_due_ns = NODE_NEVER;
  coap_eap_peer_count_attempt(peer);
  coap_eap_peer_abandon_request(peer, "an authentication begins");
  coap_eap_peer_end_eap(peer);
  association_close(&peer->associations.pending);
  peer->run = (struct coap_eap_peer_run){.eap = calloc(1, sizeof *peer->run.eap)};
  if (peer->run.eap == NULL)
    return NODE_ERR_EXHAUSTED;
  eap_peer_init(peer->run.eap, &peer->config.eap, peer->hooks);
  peer->stage = PEER_TRIGGERING;
  coap_eap_peer_tell(peer, NODE_EVENT_STARTED, "first request");
  coap_eap_client_begin(&peer->run.client, &peer->options, &peer->options.flow->service,
                        peer->hooks);
  return client_send(peer, &nothing, NULL, "first request");
}

/* A new EAP packet, hence a new number. */
static int client_respond(struct coap_eap_peer *peer, struct span_writer *packet,
                          const struct coap_eap_info *info) {
  if (coap_eap_ordering_advance(&peer->run.client.ordering) < 0) {
    coap_eap_peer_fail(peer, "SeqNum exhausted");
    return 0;
  }
  return client_send(peer, packet, info,
                     eap_label(&peer->run.labels, packet->data, packet->length));
}

/* The exchange that confirms the key to both. Inside a session that keeps order it carries no
 * number. */
static int client_send_confirmation(struct coap_eap_peer *peer) {
  struct association *association = &peer->associations.pending;
  const bool numbered = association_is_numbered(association);
  if (numbered && coap_eap_ordering_advance(&peer->run.client.ordering) < 0) {
    coap_eap_peer_fail(peer, "SeqNum exhausted");
    return 0;
  }
  struct coap_message request = coap_eap_client_request(&peer->run.client, numbered);
  client_forget_refusal(peer);
  return association_request(association, &request, "confirmation request");
}

/* Under OSCORE at once; else when the handshake is over, and nothing has been sent inside. */
static int client_follow_handshake(struct coap_eap_peer *peer) {
  struct association *association = &peer->associations.pending;
  if (peer->stage != PEER_CONFIRMING || !association_is_ready(association) ||
      coap_session_busy(association_coap(association)))
    return 0;
  return client_send_confirmation(peer);
}

/* Responses in clear */

static int client_note_refusal(struct coap_eap_peer *peer, const char *reason) {
  peer->refusal = reason;
  return coap_eap_peer_discard(peer, "error without protection");
}

static const char *client_refusal(uint8_t code) {
  if (code == COAP_CODE_NOT_FOUND)
    return "authenticator-lost-state";
  return code == COAP_CODE_UNAVAILABLE ? "authenticator-busy" : "authenticator-refused";
}

/* EAP-Success, which is believed because the method has succeeded: the keys are there. */
static int client_succeed(struct coap_eap_peer *peer, uint64_t now_ns) {
  const struct coap_eap_client *client = &peer->run.client;
  const int error = coap_eap_peer_open_association(
      peer, client->token, client->options->token_bytes, &client->agreement, now_ns);
  if (error < 0)
    return error;
  peer->stage = PEER_CONFIRMING;
  return client_follow_handshake(peer);
}

/* NULL, or static text: why this is no response to the request of this stage; and where the next
 * request goes. EAP-Failure names nothing. */
static const char *client_find_fault(const struct coap_eap_peer *peer,
                                     const struct coap_message *response,
                                     struct coap_eap_resource *next) {
  const struct coap_eap_client *client = &peer->run.client;
  const bool first = peer->stage == PEER_TRIGGERING;
  if (coap_eap_client_read_next(client, response, first, next) ||
      (!first && response->code == client->options->flow->failure_code))
    return NULL;
  return first ? "first response without a resource" : "unexpected response code";
}

/* EAP has taken the response: so does CoAP, and the exchange is complete. */
static void client_take(struct coap_eap_peer *peer, const struct coap_message *response,
                        const struct coap_eap_resource *next, bool delivered) {
  coap_session_cancel(&peer->session);
  peer->run.client.resource = *next;
  peer->stage = PEER_AUTHENTICATING;
  if (delivered)
    coap_eap_peer_tell(peer, NODE_EVENT_DELIVERED,
                       eap_label(&peer->run.labels, response->payload, response->payload_length));
}

/* What the first EAP request offers beside it is taken, and `answer` made; or the attempt has
 * failed. */
static bool client_agree(struct coap_eap_peer *peer, const struct coap_eap_info *offer,
                         struct coap_eap_info *answer) {
  struct coap_eap_agreement *agreement = &peer->run.client.agreement;
  const char *fault = coap_eap_agreement_accept(agreement, &peer->options, peer->hooks, offer);
  if (fault != NULL)
    coap_eap_peer_fail(peer, fault);
  else
    coap_eap_agreement_answer(agreement, &peer->options, answer);
  return fault == NULL;
}

/* What EAP discards leaves the request outstanding, as if it had not come. */
static int client_deliver(struct coap_eap_peer *peer, const struct coap_message *response,
                          const struct coap_eap_info *info, uint64_t now_ns) {
  const bool first = peer->stage == PEER_TRIGGERING;
  struct coap_eap_resource next;
  struct coap_eap_info answer = {.lifetime_s = 0};
  uint8_t data[COAP_EAP_PAYLOAD_MAX];
  struct span_list spans;
  struct span_writer out;
  const char *fault = client_find_fault(peer, response, &next);
  if (fault == NULL && first)
    fault = coap_eap_agreement_fault(&peer->options, info);
  if (fault != NULL)
    return coap_eap_peer_discard(peer, fault);
  span_writer_init(&out, data, sizeof data, &spans);
  const enum eap_peer_result result =
      eap_peer_process(peer->run.eap, response->payload, response->payload_length, &out);
  if (result == EAP_PEER_DISCARD)
    return coap_eap_peer_discard(peer, eap_peer_reason(peer->run.eap));
  client_take(peer, response, &next, result != EAP_PEER_REPEAT);
  if (first && !client_agree(peer, info, &answer))
    return 0;
  if (result == EAP_PEER_SUCCESS)
    return client_succeed(peer, now_ns);
  if (result != EAP_PEER_FAILURE)
    return client_respond(peer, &out, &answer);
  coap_eap_peer_fail(peer, eap_peer_reason(peer->run.eap));
  return 0;
}

/* A response that is no error, or the error that carries EAP-Failure. */
static int client_handle_eap(struct coap_eap_peer *peer, const struct coap_message *response,
                             uint64_t now_ns) {
  struct coap_message eap;
  struct coap_eap_info info;
  if (coap_eap_payload_take(&peer->options, response, &eap, &info) < 0)
    return coap_eap_peer_discard(peer, "malformed CoAP-EAP_Info");
  return client_deliver(peer, &eap, &info, now_ns);
}

static bool client_carries_failure(const struct coap_eap_peer *peer,
                                   const struct coap_message *response) {
  return peer->stage == PEER_AUTHENTICATING && response->code == peer->options.flow->failure_code &&
         response->payload_length > 0 && response->payload[0] == EAP_FAILURE;
}

/* Responses under the pending association */

/* An error response to the exchange that confirms: without protection, to a protected one (RFC 8613
 * section 8.2), or out of a record. */
static int client_take_error(struct coap_eap_peer *peer, uint8_t code, uint64_t now_ns) {
  const struct association *association = &peer->associations.pending;
  const bool unknown = code == COAP_CODE_BAD_REQUEST || code == COAP_CODE_UNAUTHORIZED;
  const char *reason = unknown ? association_kind_refusal(association->kind) : client_refusal(code);
  if (association_protects_messages(association))
    return client_note_refusal(peer, reason);
  coap_eap_peer_break_off(peer, reason, now_ns);
  return 0;
}

static int client_confirmed(struct coap_eap_peer *peer, const struct coap_eap_info *info,
                            const char *label, uint64_t now_ns) {
  coap_session_cancel(association_coap(&peer->associations.pending));
  coap_eap_peer_establish(peer, info, label, now_ns);
  return 0;
}

static int client_take_confirmation(struct coap_eap_peer *peer, const struct coap_message *response,
                                    uint64_t now_ns) {
  struct association *association = &peer->associations.pending;
  uint16_t known[2 + ASSOCIATION_KNOWN_MAX] = {
      COAP_NUMBER_URI_PATH, coap_eap_ordering_response_option(&peer->options.ordering)};
  const size_t known_count = 2 + association_known(known + 2);
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (coap_message_unknown_critical(response, known, known_count) != NULL)
    return coap_eap_peer_discard(peer, "critical option not understood");
  if (response->code >> 5 != 2)
    return client_take_error(peer, response->code, now_ns);
  if (association_verify_response(association, response, buffer, &plain) < 0)
    return coap_eap_peer_discard(peer, "response does not verify");
  if (plain.code != COAP_CODE_CHANGED ||
      (association_is_numbered(association) &&
       !coap_eap_ordering_matches(&peer->run.client.ordering, &plain)))
    return coap_eap_peer_discard(peer, "unexpected confirmation");
  struct coap_eap_info info = {.lifetime_s = 0};
  if (peer->options.flow->negotiates &&
      coap_eap_info_parse(plain.payload, plain.payload_length, &info) < 0)
    return coap_eap_peer_discard(peer, "malformed CoAP-EAP_Info");
  return client_confirmed(peer, &info, "response verified", now_ns);
}

static int client_handle_response(struct coap_eap_peer *peer, const struct coap_message *response,
                                  uint64_t now_ns) {
  if (peer->stage == PEER_CONFIRMING)
    return client_take_confirmation(peer, response, now_ns);
  if (!coap_eap_peer_in_progress(peer))
    return coap_eap_peer_discard(peer, "response that nobody waits for");
  switch (coap_eap_client_judge(&peer->run.client, response)) {
  case COAP_EAP_ANSWER_UNKNOWN:
    return coap_eap_peer_discard(peer, "critical option not understood");
  case COAP_EAP_ANSWER_REFUSAL:
    if (client_carries_failure(peer, response))
      return client_handle_eap(peer, response, now_ns);
    return client_note_refusal(peer, client_refusal(response->code));
  case COAP_EAP_ANSWER_STALE:
    return coap_eap_peer_discard(peer, "old or unexpected response");
  default:
    return client_handle_eap(peer, response, now_ns);
  }
}

/* The authenticator has not answered, or by errors without protection only. */
static void client_given_up(struct coap_eap_peer *peer, uint64_t now_ns) {
  const char *silent = peer->stage == PEER_TRIGGERING ? "no-authenticator" : "authenticator-silent";
  if (peer->was_reset)
    silent = "authenticator-reset";
  if (coap_eap_peer_in_progress(peer))
    coap_eap_peer_break_off(peer, peer->refusal == NULL ? silent : peer->refusal, now_ns);
}

/* Requests of the authenticator: the peer serves nobody without protection. */

static uint8_t client_refuse(const struct coap_eap_peer *peer, const struct coap_message *request) {
  (void)peer;
  uint16_t known[ASSOCIATION_KNOWN_MAX];
  const size_t count = association_known(known);
  const uint8_t code = coap_refuse_options(request, known, count);
  return code != COAP_CODE_EMPTY || association_is_marked(request)
             ? code
             : coap_refuse_method(request, false);
}

static int client_handle_request(struct coap_eap_peer *peer, const struct coap_message *request,
                                 uint64_t now_ns) {
  const uint8_t refusal = client_refuse(peer, request);
  if (refusal == COAP_CODE_EMPTY)
    return coap_eap_peer_handle_marked(peer, request, now_ns);
  return coap_refusal_is_sent(request, refusal)
             ? coap_session_reject(&peer->session, request, refusal, coap_refusal_label(refusal))
             : coap_eap_peer_discard(peer, coap_refusal_label(refusal));
}

/* What comes under the pending association before the confirmation does is worth as much, but for
 * the lifetime: the authenticator uses it once that is sent. */
static int client_handle_protected(struct coap_eap_peer *peer,
                                   const struct association_request *request, uint64_t now_ns) {
  const bool confirms =
      request->association == &peer->associations.pending && peer->stage == PEER_CONFIRMING;
  const int result = coap_eap_peer_answer(peer, request, now_ns);
  const struct coap_eap_info nothing = {.lifetime_s = 0};
  return result < 0 || !confirms ? result
                                 : client_confirmed(peer, &nothing, "request verified", now_ns);
}

const struct coap_eap_peer_role COAP_EAP_PEER_AS_CLIENT = {
    .is_client = true,
    .begin = client_begin,
    .refuse = client_refuse,
    .handle_request = client_handle_request,
    .handle_protected = client_handle_protected,
    .handle_response = client_handle_response,
    .follow_handshake = client_follow_handshake,
    .given_up = client_given_up,
};
