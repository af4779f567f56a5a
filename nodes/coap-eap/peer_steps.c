/* CoAP-EAP, the EAP peer's side: steps 2, 4, 6 and 8 of the draft's Figure 2, and of its Figure 5,
 * where DTLS protects steps 7 and 8. */
#include "../lower/application.h"
#include "flow.h"
#include "peer_erp.h"

#include "../coap/refuse.h"
#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

void coap_eap_peer_note_ordering(struct coap_eap_peer *peer, size_t bytes) {
  if (bytes > peer->ordering_bytes_peak)
    peer->ordering_bytes_peak = bytes;
}

/* The request is processed, and the last from now on. */
static void peer_accept(struct coap_eap_peer *peer, struct coap_eap_server *server,
                        const struct coap_message *request) {
  coap_eap_server_accept(server, request);
  coap_eap_peer_note_ordering(peer, coap_eap_server_state_bytes(server));
}

/* The held response once more, for a request that repeats the last under a new Message ID; it is
 * not held for ever. */
static int peer_repeat_response(struct coap_eap_peer *peer, const struct coap_message *request,
                                uint64_t now_ns) {
  const int error = coap_session_repeat_response(&peer->session, request, now_ns);
  return error < 0 ? coap_eap_peer_discard(peer, "repeated request without a response to repeat")
                   : 0;
}

/* Keys */

int coap_eap_peer_open_with(struct coap_eap_peer *peer, const struct coap_eap_key_config *config,
                            uint64_t now_ns) {
  struct coap_eap_key_config ours = *config;
  ours.authenticator = false;
  ours.options = &peer->options;
  ours.local = peer->local;
  ours.remote = peer->config.authenticator;
  return coap_eap_open_association(&peer->associations.pending, &ours, &peer->session, peer->hooks,
                                   now_ns);
}

int coap_eap_peer_open_association(struct coap_eap_peer *peer, const uint8_t *token,
                                   size_t token_length, const struct coap_eap_agreement *agreement,
                                   uint64_t now_ns) {
  struct eap_keys keys = {0};
  const struct coap_eap_key_config config = {
      .msk = keys.msk,
      .identity = peer->config.eap.identity,
      .identity_length = peer->config.eap.identity_length,
      .token = token,
      .token_length = token_length,
      .agreement = agreement,
  };
  int result = eap_peer_keys(peer->run.eap, &keys);
  if (result == 0)
    result = coap_eap_peer_open_with(peer, &config, now_ns);
  crypto_wipe(&keys, sizeof keys);
  return result;
}

/* Steps 1 and 2 */

/* Whether a step 1 must wait: an authentication is alive (a delayed step 1 must not kill it). */
static bool peer_is_occupied(const struct coap_eap_peer *peer, uint64_t now_ns) {
  const uint64_t patience_ns = coap_max_transmit_wait_ms(&peer->options.coap) * NODE_MS;
  return peer->stage == PEER_AUTHENTICATING && now_ns - peer->run.last_valid_ns < patience_ns;
}

/* Step 2: the first response, which names a resource, and says what the peer has chosen. */
static int peer_send_first(struct coap_eap_peer *peer, const struct coap_message *request,
                           struct span_writer *packet, uint64_t now_ns) {
  struct coap_eap_info answer;
  coap_eap_agreement_answer(&peer->run.server.agreement, &peer->options, &answer);
  const struct coap_eap_content content = {
      .packet = packet,
      .info = &answer,
      .label = packet->length == 0 ? "no root for re-authentication"
                                   : eap_label(&peer->run.labels, packet->data, packet->length),
  };
  return coap_eap_server_respond(&peer->run.server, &peer->session, request, COAP_CODE_CREATED,
                                 &content, now_ns);
}

/* Whether a request whose number is the next repeats step 1's EAP packet: an authenticator whose
 * EAP layer has had no response. */
static bool peer_repeats_first(const struct coap_eap_peer *peer,
                               const struct coap_message *request) {
  const struct coap_eap_server *server = &peer->run.server;
  return peer->stage == PEER_AUTHENTICATING && server->requests == 1 &&
         coap_eap_ordering_judge(&server->ordering, request) == COAP_EAP_NEXT &&
         eap_peer_is_repeated(peer->run.eap, request->payload, request->payload_length);
}

static int peer_answer_first_again(struct coap_eap_peer *peer, const struct coap_message *request,
                                   uint64_t now_ns) {
  uint8_t data[COAP_EAP_PAYLOAD_MAX];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, &spans);
  if (eap_peer_process(peer->run.eap, request->payload, request->payload_length, &out) !=
      EAP_PEER_REPEAT)
    return coap_eap_peer_discard(peer, eap_peer_reason(peer->run.eap));
  peer_accept(peer, &peer->run.server, request);
  peer->run.last_valid_ns = now_ns;
  return peer_send_first(peer, request, &out, now_ns);
}

/* Hands step 1 to the EAP of a new authentication. NULL, or static text: why it is dropped. */
static const char *peer_try_first(struct coap_eap_peer *peer, const struct coap_message *request,
                                  const struct coap_eap_info *offer, struct coap_eap_peer_run *new,
                                  struct span_writer *out) {
  coap_eap_server_init(&new->server, &peer->options);
  if (coap_eap_ordering_judge(&new->server.ordering, request) != COAP_EAP_NEXT)
    return "step 1 without its number";
  const char *fault =
      coap_eap_agreement_accept(&new->server.agreement, &peer->options, peer->hooks, offer);
  if (fault != NULL)
    return fault;
  eap_peer_init(new->eap, &peer->config.eap, peer->hooks);
  if (coap_eap_peer_is_start(peer, request))
    return coap_eap_peer_take_start(peer, request, out, new->last_valid_ns);
  if (eap_peer_process(new->eap, request->payload, request->payload_length, out) !=
      EAP_PEER_RESPOND)
    return eap_peer_reason(new->eap);
  coap_eap_peer_leave_exchange(peer);
  return NULL;
}

/* Step 1 is taken: what is new replaces what was before. */
static void peer_begin_run(struct coap_eap_peer *peer, const struct coap_message *request,
                           struct coap_eap_peer_run *new) {
  coap_eap_server_begin(&new->server, request, peer->resources++);
  peer_accept(peer, &new->server, request);
  new->server.requests = 1;
  coap_eap_peer_abandon_request(peer, "an authentication begins");
  coap_eap_peer_end_eap(peer);
  peer->run = *new;
  association_close(&peer->associations.pending);
  peer->stage = PEER_AUTHENTICATING;
  if (peer->options.flow->names_each_step)
    peer->first = (struct coap_eap_resource){.path = ""};
  coap_eap_peer_stop_triggering(peer);
  coap_eap_peer_tell(peer, NODE_EVENT_STARTED, "step 1");
  coap_eap_peer_tell(peer, NODE_EVENT_DELIVERED,
                     eap_label(&peer->run.labels, request->payload, request->payload_length));
}

/* A step 1 that begins nothing. */
static int peer_refuse_first(struct coap_eap_peer *peer, const struct coap_message *request,
                             const char *fault) {
  if (strcmp(fault, COAP_EAP_NO_CIPHER_SUITE) != 0)
    return coap_eap_peer_discard(peer, fault);
  const uint8_t code = peer->options.flow->no_suite_code;
  peer->refused = fault;
  return coap_session_reject(&peer->session, request, code, coap_refusal_label(code));
}

static int peer_handle_first(struct coap_eap_peer *peer, const struct coap_message *request,
                             const struct coap_eap_info *offer, uint64_t now_ns) {
  const struct coap_eap_server *old = &peer->run.server;
  if (peer->stage == PEER_AUTHENTICATING && old->requests == 1 &&
      coap_eap_ordering_judge(&old->ordering, request) == COAP_EAP_REPEAT)
    return peer_repeat_response(peer, request, now_ns);
  if (peer_repeats_first(peer, request))
    return peer_answer_first_again(peer, request, now_ns);
  if (peer_is_occupied(peer, now_ns))
    return coap_session_reject(&peer->session, request, COAP_CODE_UNAVAILABLE,
                               "5.03 Service Unavailable");

  struct coap_eap_peer_run new = {.last_valid_ns = now_ns, .eap = calloc(1, sizeof *new.eap)};
  uint8_t packet[COAP_EAP_PAYLOAD_MAX];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, packet, sizeof packet, &spans);
  if (new.eap == NULL)
    return NODE_ERR_EXHAUSTED;
  const char *fault = peer_try_first(peer, request, offer, &new, &out);
  if (fault != NULL) {
    eap_peer_wipe(new.eap);
    free(new.eap);
    return peer_refuse_first(peer, request, fault);
  }
  peer_begin_run(peer, request, &new);
  const int error = coap_eap_peer_open_started(peer, now_ns);
  return error < 0 ? error : peer_send_first(peer, request, &out, now_ns);
}
/* Steps 3 to 6, and EAP-Failure */

/* The response to a request that EAP has taken, or whose last response EAP repeats. */
static int peer_respond(struct coap_eap_peer *peer, const struct coap_message *request,
                        enum eap_peer_result result, struct span_writer *packet, uint64_t now_ns) {
  const struct coap_eap_flow *flow = peer->options.flow;
  const bool failed = result == EAP_PEER_FAILURE;
  struct coap_eap_peer_run *run = &peer->run;
  if (flow->names_each_step && !failed)
    coap_eap_name_resource(&peer->options, peer->resources++, &run->server.resource);
  peer_accept(peer, &run->server, request);
  run->server.requests++;
  run->last_valid_ns = now_ns;
  if (result != EAP_PEER_REPEAT)
    coap_eap_peer_tell(peer, NODE_EVENT_DELIVERED,
                       eap_label(&run->labels, request->payload, request->payload_length));
  const struct coap_eap_content content = {
      .packet = packet,
      .label =
          failed ? "failure acknowledged" : eap_label(&run->labels, packet->data, packet->length),
  };
  return coap_eap_server_respond(&run->server, &peer->session, request,
                                 failed ? flow->failure_code : flow->step_code, &content, now_ns);
}

static int peer_deliver(struct coap_eap_peer *peer, const struct coap_message *request,
                        uint64_t now_ns) {
  struct coap_eap_peer_run *run = &peer->run;
  struct eap_packet packet;
  if (eap_packet_parse(request->payload, request->payload_length, &packet) < 0)
    return coap_eap_peer_discard(peer, "malformed EAP packet");
  if (packet.code == EAP_SUCCESS)
    return coap_eap_peer_discard(peer, "EAP-Success without protection");

  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, &spans);
  const enum eap_peer_result result =
      eap_peer_process(run->eap, request->payload, request->payload_length, &out);
  if (result == EAP_PEER_DISCARD || result == EAP_PEER_SUCCESS)
    return coap_eap_peer_discard(peer, eap_peer_reason(run->eap));
  coap_eap_peer_leave_exchange(peer);
  const int sent = peer_respond(peer, request, result, &out, now_ns);
  if (sent < 0)
    return sent;
  if (result == EAP_PEER_FAILURE)
    coap_eap_peer_fail(peer, eap_peer_reason(run->eap));
  else if (eap_peer_has_keys(run->eap) && !association_is_open(&peer->associations.pending))
    return coap_eap_peer_open_association(peer, run->server.token, run->server.token_length,
                                          &run->server.agreement, now_ns);
  return 0;
}

static int peer_handle_next(struct coap_eap_peer *peer, const struct coap_message *request,
                            uint64_t now_ns) {
  switch (coap_eap_ordering_judge(&peer->run.server.ordering, request)) {
  case COAP_EAP_REPEAT:
    return peer_repeat_response(peer, request, now_ns);
  case COAP_EAP_NEXT:
    if (peer->stage == PEER_AUTHENTICATING)
      return peer_deliver(peer, request, now_ns);
    return coap_eap_peer_discard(peer, "the authentication is over");
  default:
    return coap_eap_peer_discard(peer, "old or unexpected request");
  }
}

/* Steps 7 and 8 */

/* Step 8, and its repetition to a request that was protected anew. */
static int peer_confirm(const struct coap_eap_server *server,
                        const struct association_request *request, uint64_t now_ns) {
  struct coap_message response = {.code = COAP_CODE_CHANGED};
  if (association_is_numbered(request->association))
    coap_eap_ordering_add_to_response(&server->ordering, &response);
  return association_respond(request, &response, "confirmation", now_ns);
}

/* Of an authentication by EAP; others have no keys of EAP. */
static void peer_hand_on_keys(struct coap_eap_peer *peer, uint64_t now_ns) {
  const struct eap_peer *eap = peer->run.eap;
  if (eap == NULL || !eap_peer_has_keys(eap))
    return;
  coap_eap_peer_keep_root(peer, now_ns);
  lower_listener_tell(peer->config.listener, eap, now_ns);
}

void coap_eap_peer_establish(struct coap_eap_peer *peer, const struct coap_eap_info *info,
                             const char *label, uint64_t now_ns) {
  association_pair_replace(&peer->associations);
  peer->held = peer->run.server.resource;
  peer->ends_ns = info->has_lifetime ? now_ns + info->lifetime_s * NODE_SECOND : NODE_NEVER;
  struct eap_name name;
  const bool named = peer->run.eap != NULL && eap_peer_server_name(peer->run.eap, &name);
  peer_hand_on_keys(peer, now_ns);
  coap_eap_peer_end_eap(peer);
  coap_eap_peer_stop_triggering(peer);
  peer->run.unverified = NULL;
  peer->stage = PEER_ESTABLISHED;
  peer->attempts_left = 0;
  node_event_confirmed(peer->hooks, NODE_PHASE_AUTHENTICATION, &peer->config.authenticator, label,
                       named ? name.octets : NULL, named ? name.length : 0);
}

/* Takes the packet that ends the authentication. NULL, or static text: why it is discarded. */
static const char *peer_take_success(struct coap_eap_peer *peer, const struct coap_message *plain) {
  struct eap_peer *eap = peer->run.eap;
  struct eap_packet packet;
  struct span_writer none;
  if (eap_packet_parse(plain->payload, plain->payload_length, &packet) < 0 ||
      packet.code != EAP_SUCCESS)
    return "no EAP-Success under protection";
  span_writer_init(&none, NULL, 0, NULL);
  return eap_peer_process(eap, plain->payload, plain->payload_length, &none) == EAP_PEER_SUCCESS
             ? NULL
             : eap_peer_reason(eap);
}

static int peer_deliver_success(struct coap_eap_peer *peer, struct coap_eap_server *server,
                                const struct association_request *request, uint64_t now_ns) {
  struct coap_eap_peer_run *run = &peer->run;
  struct coap_eap_info info;
  struct coap_message plain;
  if (coap_eap_payload_take(&peer->options, &request->plain, &plain, &info) < 0)
    return coap_eap_peer_discard(peer, "malformed CoAP-EAP_Info");
  const char *fault = coap_eap_peer_awaits_finish(peer)
                          ? coap_eap_peer_take_finish(peer, &plain, &info, now_ns)
                          : peer_take_success(peer, &plain);
  if (fault != NULL)
    return coap_eap_peer_discard(peer, fault);
  if (association_is_numbered(request->association))
    peer_accept(peer, server, &plain);
  server->requests++;
  const int sent = peer_confirm(server, request, now_ns);
  if (sent < 0)
    return sent;
  coap_eap_peer_abandon_request(peer, "an authentication begins");
  if (server != &run->server)
    coap_eap_peer_tell(peer, NODE_EVENT_STARTED, "re-authentication");
  coap_eap_peer_tell(peer, NODE_EVENT_DELIVERED,
                     eap_packet_label(plain.payload, plain.payload_length));
  memcpy(run->success, plain.payload, sizeof run->success);
  if (server != &run->server)
    run->server = *server;
  coap_eap_ordering_finish(&run->server.ordering);
  coap_eap_peer_establish(peer, &info, "step 7 verified", now_ns);
  return 0;
}

/* Whether this is the EAP-Success that was accepted, in a request of its own: of an authenticator
 * that has had no step 8. */
static bool peer_repeats_success(const struct coap_eap_peer *peer,
                                 const struct coap_message *plain) {
  return peer->stage == PEER_ESTABLISHED && plain->payload_length >= sizeof peer->run.success &&
         memcmp(plain->payload, peer->run.success, sizeof peer->run.success) == 0;
}

/* Where requests carry no number, a session keeps their order, and the message layer inside answers
 * repetitions. */
static enum coap_eap_verdict peer_judge_protected(const struct coap_eap_peer *peer,
                                                  const struct coap_eap_server *server,
                                                  const struct association_request *request) {
  if (association_is_numbered(request->association))
    return coap_eap_ordering_judge(&server->ordering, &request->plain);
  if (request->association == &peer->associations.pending)
    return COAP_EAP_NEXT;
  return peer_repeats_success(peer, &request->plain) ? COAP_EAP_REPEAT : COAP_EAP_STALE;
}

static int peer_handle_last(struct coap_eap_peer *peer, struct coap_eap_server *server,
                            const struct association_request *request, uint64_t now_ns) {
  const bool pending = request->association == &peer->associations.pending;
  const uint8_t refusal = coap_eap_server_refuse_inside(
      server, &request->plain, association_is_numbered(request->association));
  if (refusal != COAP_CODE_EMPTY) {
    struct coap_message response = {.code = refusal};
    return association_respond(request, &response, coap_refusal_label(refusal), now_ns);
  }
  switch (peer_judge_protected(peer, server, request)) {
  case COAP_EAP_REPEAT:
    if (!pending)
      return peer_confirm(server, request, now_ns);
    return coap_eap_peer_discard(peer, "number of an unprotected request under protection");
  case COAP_EAP_NEXT:
    if (pending)
      return peer_deliver_success(peer, server, request, now_ns);
    if (!peer_repeats_success(peer, &request->plain))
      return coap_eap_peer_discard(peer, "the authentication is over");
    peer_accept(peer, server, &request->plain);
    return peer_confirm(server, request, now_ns);
  default:
    return coap_eap_peer_discard(peer, "old or unexpected request");
  }
}

/* DELETE of the resource that stands for the session. */
static int peer_handle_delete(struct coap_eap_peer *peer, const struct association_request *request,
                              uint64_t now_ns) {
  struct coap_message response = {.phase = NODE_PHASE_TERMINATION, .code = COAP_CODE_DELETED};
  const uint8_t refusal = coap_refuse_options(&request->plain, NULL, 0);
  peer->deleted = refusal == COAP_CODE_EMPTY;
  if (!peer->deleted)
    response.code = refusal;
  return association_respond(request, &response,
                             peer->deleted ? "deleted" : coap_refusal_label(refusal), now_ns);
}

/* Whether a request under the association in use ends it (RFC 9820). */
static bool peer_is_deleted_by(const struct coap_eap_peer *peer,
                               const struct association_request *request) {
  return peer->options.flow->names_each_step &&
         request->association == &peer->associations.current &&
         request->plain.code == COAP_CODE_DELETE &&
         coap_eap_resource_is(&peer->held, &request->plain);
}

int coap_eap_peer_answer(struct coap_eap_peer *peer, const struct association_request *request,
                         uint64_t now_ns) {
  const int result =
      lower_application_answer(request, peer->config.payload_bytes, NODE_PHASE_APPLICATION, now_ns);
  if (result == 1)
    node_event(peer->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED, &peer->config.authenticator,
               "application");
  return result < 0 ? result : 0;
}

int coap_eap_peer_handle_protected(struct coap_eap_peer *peer,
                                   const struct association_request *request, uint64_t now_ns) {
  struct coap_eap_server *server = coap_eap_peer_server_of(peer, request);
  if (peer_is_deleted_by(peer, request))
    return peer_handle_delete(peer, request, now_ns);
  if (request->plain.code == COAP_CODE_POST && coap_eap_server_is_for(server, &request->plain))
    return peer_handle_last(peer, server, request, now_ns);
  if (request->association != &peer->associations.current)
    return coap_eap_peer_discard(peer, "application request before step 7");
  return coap_eap_peer_answer(peer, request, now_ns);
}

/* Requests without protection, or marked as protected */

int coap_eap_peer_handle_marked(struct coap_eap_peer *peer, const struct coap_message *outer,
                                uint64_t now_ns) {
  struct association_request request;
  const int error = association_pair_verify_request(&peer->associations, outer, &request);
  if (error == 0)
    return peer->role->handle_protected(peer, &request, now_ns);
  const struct association *pending = &peer->associations.pending;
  if (association_protects_messages(pending) && association_refusal(error) == COAP_CODE_BAD_REQUEST)
    peer->run.unverified = association_kind_refusal(pending->kind);
  const char *why = association_refuse(&peer->session, outer, error);
  return why == NULL ? 0 : coap_eap_peer_discard(peer, why);
}

uint8_t coap_eap_peer_refuse(const struct coap_eap_peer *peer, const struct coap_message *request) {
  const struct coap_eap_server *server = &peer->run.server;
  const uint8_t code = coap_eap_server_refuse(server, request);
  if (code != COAP_CODE_EMPTY || association_is_marked(request))
    return code;
  const uint8_t refusal = coap_refuse_method(request, coap_eap_resource_is(&peer->first, request) ||
                                                          coap_eap_server_is_for(server, request));
  if (refusal == COAP_CODE_EMPTY && coap_eap_payload_is_other(&peer->options, request))
    return COAP_CODE_UNSUPPORTED_FORMAT;
  return refusal;
}

/* Steps 1 to 6, and EAP-Failure. */
static int peer_handle_clear(struct coap_eap_peer *peer, const struct coap_message *request,
                             uint64_t now_ns) {
  struct coap_message eap;
  struct coap_eap_info info;
  if (coap_eap_payload_take(&peer->options, request, &eap, &info) < 0)
    return coap_eap_peer_discard(peer, "malformed CoAP-EAP_Info");
  return coap_eap_resource_is(&peer->first, request) ? peer_handle_first(peer, &eap, &info, now_ns)
                                                     : peer_handle_next(peer, &eap, now_ns);
}

int coap_eap_peer_handle_request(struct coap_eap_peer *peer, const struct coap_message *request,
                                 uint64_t now_ns) {
  const uint8_t refusal = coap_eap_peer_refuse(peer, request);
  if (refusal == COAP_CODE_NOT_FOUND && peer->stage == PEER_TRIGGERING)
    peer->authenticator_lives = true;
  if (refusal != COAP_CODE_EMPTY)
    return coap_refusal_is_sent(request, refusal)
               ? coap_session_reject(&peer->session, request, refusal, coap_refusal_label(refusal))
               : coap_eap_peer_discard(peer, coap_refusal_label(refusal));
  if (request->type != COAP_CON)
    return coap_eap_peer_discard(peer, "request that is not confirmable");
  if (association_is_marked(request))
    return coap_eap_peer_handle_marked(peer, request, now_ns);
  return peer_handle_clear(peer, request, now_ns);
}
