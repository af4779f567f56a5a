/* EDHOC over CoAP, the authenticator's side: the messages of a session, and what travels under its
 * association. */
#include "authenticator_session.h"

#include "../lower/application.h"

#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 30000 }; /* beyond MAX_TRANSMIT_WAIT: then the peer is gone */

/* Associations, and the identifiers that move with them */

/* The pending one takes the place of the current. */
static void session_move_number(struct edhoc_coap_session *session) {
  edhoc_coap_session_set_number(session, NUMBER_CURRENT, session->numbers[NUMBER_PENDING]);
  session->numbers[NUMBER_PENDING] = EDHOC_COAP_NO_NUMBER;
}

static void session_begin_agreed(struct edhoc_coap_session *session) {
  if (session->agreed.unproved)
    session_move_number(session);
  edhoc_coap_agreed_begin(&session->agreed);
}

static void session_prove(struct edhoc_coap_session *session,
                          const struct association *association) {
  if (session->agreed.unproved && association == &session->agreed.pair.pending)
    session_move_number(session);
  edhoc_coap_agreed_prove(&session->agreed, association);
  edhoc_coap_session_use(session);
}

/* Whether a C_R or kid is that of a number. */
static bool is_of(size_t number, const struct edhoc_connection_id *id) {
  if (number == EDHOC_COAP_NO_NUMBER)
    return false;
  const struct edhoc_connection_id own = edhoc_coap_connection(number);
  return edhoc_coap_connection_equal(&own, id);
}

/* The session of EDHOC that C_R names; NULL: there is none. */
static struct edhoc_coap_run *session_find_run(struct edhoc_coap_session *session,
                                               const struct edhoc_connection_id *c_r) {
  for (size_t i = 0; i < EDHOC_COAP_RUNS; i++)
    if (session->runs[i].edhoc != NULL && is_of(session->runs[i].number, c_r))
      return &session->runs[i];
  return NULL;
}

/* Refusals */

bool edhoc_coap_is_message_1(const struct coap_message *request) {
  struct edhoc_coap_payload payload;
  return edhoc_coap_is_for_edhoc(request) && coap_refuse_options(request, NULL, 0) == 0 &&
         edhoc_coap_format_is(request, EDHOC_COAP_CID_FORMAT) &&
         edhoc_coap_payload_read(request, &payload) == 0 && payload.first;
}

/* What comes to the resource and is of no session, or no message of EDHOC. */
static uint8_t refuse_edhoc(const struct coap_message *request) {
  return edhoc_coap_format_is(request, EDHOC_COAP_CID_FORMAT) ? COAP_CODE_BAD_REQUEST
                                                              : COAP_CODE_UNSUPPORTED_FORMAT;
}

uint8_t edhoc_coap_authenticator_refuse(const struct coap_message *request) {
  uint16_t known[1 + ASSOCIATION_KNOWN_MAX] = {COAP_NUMBER_EDHOC};
  const size_t count = 1 + association_known(known + 1);
  const uint8_t code = coap_refuse_options(request, known, count);
  if (code != COAP_CODE_EMPTY)
    return code;
  if (edhoc_coap_is_combined(request))
    return COAP_CODE_BAD_REQUEST;
  if (association_is_marked(request))
    return association_refusal(association_check(request));
  if (coap_message_find(request, COAP_NUMBER_EDHOC) != NULL) /* RFC 9668 section 3.3.1 */
    return COAP_CODE_BAD_REQUEST;
  const uint8_t method = coap_refuse_method(request, edhoc_coap_is_path(request));
  return method == COAP_CODE_EMPTY ? refuse_edhoc(request) : method;
}

static int session_refuse_with(struct edhoc_coap_session *session,
                               const struct coap_message *request, uint8_t code) {
  const char *label = coap_refusal_label(code);
  return code != COAP_CODE_EMPTY && coap_refusal_is_sent(request, code)
             ? coap_session_reject(&session->coap, request, code, label)
             : edhoc_coap_session_discard(session, label);
}

/* The session of EDHOC fails; the error message that is due answers the request that made it. */
static int session_refuse_by_edhoc(struct edhoc_coap_session *session, struct edhoc_coap_run *run,
                                   const struct coap_message *request, int error, uint64_t now_ns) {
  struct edhoc_coap_body body = {.length = 0};
  size_t capacity, length;
  const char *why = edhoc_reason(run->edhoc);
  const char *reason = why[0] == '\0' ? node_error_name(error) : why;
  const uint8_t code = error == NODE_ERR_CRYPTO || error == NODE_ERR_BAD_CONFIG
                           ? COAP_CODE_INTERNAL_ERROR
                           : COAP_CODE_BAD_REQUEST;
  uint8_t *message = edhoc_coap_body_message(&body, &capacity);
  if (edhoc_error_compose(run->edhoc, message, capacity, &length) == 0)
    edhoc_coap_body_add(&body, length);
  const int result =
      edhoc_coap_respond(&session->coap, request, code, &body, edhoc_coap_label(0), now_ns);
  (void)edhoc_coap_session_fail(session, run, reason);
  return result;
}

/* message_1 and message_2 */

static int session_begin_run(const struct edhoc_coap_session *session, struct edhoc_coap_run *run) {
  *run = (struct edhoc_coap_run){.edhoc = calloc(1, sizeof *run->edhoc),
                                 .number = EDHOC_COAP_NO_NUMBER};
  if (run->edhoc == NULL)
    return NODE_ERR_EXHAUSTED;
  return edhoc_init(run->edhoc, EDHOC_RESPONDER, session->authenticator->config.edhoc,
                    session->authenticator->hooks);
}

/* Once message_1 has verified; the oldest gives way. */
static void session_add_run(struct edhoc_coap_session *session, const struct edhoc_coap_run *run) {
  if (session->runs[0].edhoc != NULL) {
    edhoc_coap_session_end_run(session, &session->runs[1]);
    session->runs[1] = session->runs[0];
  }
  session->runs[0] = *run;
}

static int session_take_message_1(struct edhoc_coap_session *session, struct edhoc_coap_run *run,
                                  const struct edhoc_coap_payload *payload) {
  const int error = edhoc_message_1_process(run->edhoc, payload->message, payload->length);
  if (error < 0)
    return error;
  const struct edhoc_connection_id *c_i = edhoc_peer_connection(run->edhoc);
  run->number = edhoc_coap_take_number(session->authenticator, c_i);
  const struct edhoc_connection_id c_r = edhoc_coap_connection(run->number);
  const char *why = edhoc_coap_refuse_connections(&c_r, c_i);
  return why == NULL ? edhoc_set_connection(run->edhoc, &c_r) : edhoc_reject(run->edhoc, why);
}

static int session_send_message_2(struct edhoc_coap_session *session, struct edhoc_coap_run *run,
                                  const struct coap_message *request, uint64_t now_ns) {
  const struct coap_parameters *parameters = &session->authenticator->options.coap;
  struct edhoc_coap_body body = {.length = 0};
  size_t capacity, length;
  uint8_t *message = edhoc_coap_body_message(&body, &capacity);
  const int error = edhoc_message_2_compose(run->edhoc, NULL, 0, message, capacity, &length);
  if (error < 0)
    return session_refuse_by_edhoc(session, run, request, error, now_ns);
  edhoc_coap_body_add(&body, length);
  run->patience_ns = now_ns + (coap_max_transmit_wait_ms(parameters) + PATIENCE_MS) * NODE_MS;
  return edhoc_coap_respond(&session->coap, request, COAP_CODE_CHANGED, &body, edhoc_coap_label(2),
                            now_ns);
}

static int session_begin(struct edhoc_coap_session *session, const struct coap_message *request,
                         const struct edhoc_coap_payload *payload, uint64_t now_ns) {
  const struct edhoc_coap_authenticator *authenticator = session->authenticator;
  struct edhoc_coap_run run;
  const bool again = edhoc_coap_agreed_is_open(&session->agreed);
  if (again && now_ns < session->next_trigger_ns)
    return session_refuse_with(session, request, COAP_CODE_UNAVAILABLE);
  edhoc_coap_session_tell(session, NODE_EVENT_STARTED, "message_1");
  int error = session_begin_run(session, &run);
  if (error < 0) {
    edhoc_coap_session_end_run(session, &run);
    return error;
  }
  error = session_take_message_1(session, &run, payload);
  if (error < 0)
    return session_refuse_by_edhoc(session, &run, request, error, now_ns);
  session_add_run(session, &run);
  if (again)
    session->next_trigger_ns = now_ns + authenticator->config.trigger_interval_ms * NODE_MS;
  else
    edhoc_coap_session_use(session);
  edhoc_coap_session_tell(session, NODE_EVENT_DELIVERED, edhoc_coap_label(1));
  return session_send_message_2(session, &session->runs[0], request, now_ns);
}

/* message_3 */

/* The peer has proved who it is, and that it has the key. */
static void session_confirm(struct edhoc_coap_session *session, struct edhoc_coap_run *run) {
  struct edhoc_coap_authenticator *authenticator = session->authenticator;
  const uint32_t lifetime_s = authenticator->config.lifetime_s;
  struct edhoc_name name;
  edhoc_coap_session_set_number(session, NUMBER_PENDING, run->number);
  run->number = EDHOC_COAP_NO_NUMBER;
  if (!association_is_open(&session->agreed.pair.current))
    session_move_number(session);
  edhoc_coap_agreed_confirm(&session->agreed, false);
  session->ends_ns =
      lifetime_s == 0 ? NODE_NEVER : authenticator->now_ns + lifetime_s * NODE_SECOND;
  edhoc_coap_session_use(session);
  if (edhoc_coap_name(run->edhoc, &name))
    edhoc_coap_session_hold(session, &name);
  edhoc_coap_tell_confirmed(run->edhoc, authenticator->hooks, &session->remote,
                            "message_3 verified");
  edhoc_coap_session_end_runs(session);
}

/* Takes message_3 and opens the association. */
static int session_take_message_3(struct edhoc_coap_session *session, struct edhoc_coap_run *run,
                                  const struct edhoc_coap_payload *payload, uint64_t now_ns) {
  struct edhoc_coap_authenticator *authenticator = session->authenticator;
  const struct edhoc_connection_id own = edhoc_coap_connection(run->number);
  const int error = edhoc_message_3_process(run->edhoc, payload->message, payload->length);
  if (error < 0)
    return error;
  edhoc_coap_session_tell(session, NODE_EVENT_DELIVERED, edhoc_coap_label(3));
  edhoc_coap_session_abandon_request(session, "an authentication begins");
  session_begin_agreed(session);
  return edhoc_coap_open(&session->agreed.pair.pending, run->edhoc, &own, &authenticator->options,
                         &session->remote, &session->coap, authenticator->hooks, now_ns);
}

static int session_answer_message_3(struct edhoc_coap_session *session, struct edhoc_coap_run *run,
                                    const struct coap_message *request, uint64_t now_ns) {
  struct edhoc_coap_body body = {.length = 0};
  size_t capacity, length;
  const bool message_4 = session->authenticator->options.message_4;
  if (message_4) {
    uint8_t *message = edhoc_coap_body_message(&body, &capacity);
    const int error = edhoc_message_4_compose(run->edhoc, NULL, 0, message, capacity, &length);
    if (error < 0)
      return session_refuse_by_edhoc(session, run, request, error, now_ns);
    edhoc_coap_body_add(&body, length);
  }
  const int result =
      edhoc_coap_respond(&session->coap, request, COAP_CODE_CHANGED, &body,
                         message_4 ? edhoc_coap_label(4) : "EDHOC message_3 taken", now_ns);
  session_confirm(session, run);
  return result;
}

static int session_take_error(struct edhoc_coap_session *session, struct edhoc_coap_run *run,
                              const struct coap_message *request,
                              const struct edhoc_coap_payload *payload, uint64_t now_ns) {
  const struct edhoc_coap_body body = {.length = 0};
  const int error = edhoc_error_process(run->edhoc, payload->message, payload->length);
  const uint8_t code = error == 0 ? COAP_CODE_CHANGED : COAP_CODE_BAD_REQUEST;
  const int result =
      edhoc_coap_respond(&session->coap, request, code, &body, "EDHOC error taken", now_ns);
  (void)edhoc_coap_session_fail(session, run, edhoc_reason(run->edhoc));
  return result;
}

static int session_handle_edhoc(struct edhoc_coap_session *session,
                                const struct coap_message *request, uint64_t now_ns) {
  struct edhoc_coap_payload payload;
  if (!edhoc_coap_format_is(request, EDHOC_COAP_CID_FORMAT) ||
      edhoc_coap_payload_read(request, &payload) < 0)
    return session_refuse_with(session, request, refuse_edhoc(request));
  if (payload.first)
    return session_begin(session, request, &payload, now_ns);
  struct edhoc_coap_run *run = session_find_run(session, &payload.c_r);
  if (run == NULL)
    return session_refuse_with(session, request, COAP_CODE_BAD_REQUEST);
  if (edhoc_is_error(payload.message, payload.length))
    return session_take_error(session, run, request, &payload, now_ns);
  if (!edhoc_coap_session_has_room(session))
    return session_refuse_with(session, request, COAP_CODE_UNAVAILABLE);
  const int error = session_take_message_3(session, run, &payload, now_ns);
  return error < 0 ? session_refuse_by_edhoc(session, run, request, error, now_ns)
                   : session_answer_message_3(session, run, request, now_ns);
}

/* Under the association */

/* `phase`: of what the request is for. */
static int session_serve(struct edhoc_coap_session *session, const struct coap_message *message,
                         enum node_phase phase, uint64_t now_ns) {
  struct association_request request;
  const int error = association_pair_verify_request(&session->agreed.pair, message, &request);
  if (error < 0) {
    const char *why = association_refuse(&session->coap, message, error);
    return why == NULL ? 0 : edhoc_coap_session_discard(session, why);
  }
  const int result = lower_application_answer(
      &request, session->authenticator->config.payload_bytes, phase, now_ns);
  session_prove(session, request.association);
  if (result == 1 && phase == NODE_PHASE_APPLICATION)
    node_event(session->authenticator->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED,
               &session->remote, "application");
  return result < 0 ? result : 0;
}

/* RFC 9668 section 3.3.1: message_3, then the request as if it had come alone. One whose message_3
 * was taken before is that request and nothing more. */
static int session_handle_combined(struct edhoc_coap_session *session,
                                   const struct coap_message *request, uint64_t now_ns) {
  struct edhoc_coap_payload payload;
  struct coap_message rest;
  if (edhoc_coap_split(request, &payload, &rest) < 0)
    return session_refuse_with(session, request, COAP_CODE_BAD_REQUEST);
  const enum edhoc_coap_number last = session->agreed.unproved ? NUMBER_PENDING : NUMBER_CURRENT;
  struct edhoc_coap_run *run = session_find_run(session, &payload.c_r);
  if (run == NULL && !is_of(session->numbers[last], &payload.c_r))
    return session_refuse_with(session, request, COAP_CODE_BAD_REQUEST);
  if (run != NULL && !edhoc_coap_session_has_room(session))
    return session_refuse_with(session, request, COAP_CODE_UNAVAILABLE);
  if (run != NULL) {
    const int error = session_take_message_3(session, run, &payload, now_ns);
    if (error < 0)
      return session_refuse_by_edhoc(session, run, request, error, now_ns);
    session_confirm(session, run);
  }
  return session_serve(session, &rest, NODE_PHASE_AUTHENTICATION, now_ns);
}

int edhoc_coap_session_handle_request(struct edhoc_coap_session *session,
                                      const struct coap_message *request, uint64_t now_ns) {
  uint16_t known[1 + ASSOCIATION_KNOWN_MAX] = {COAP_NUMBER_EDHOC};
  const size_t count = 1 + association_known(known + 1);
  const uint8_t refusal = coap_refuse_options(request, known, count);
  if (refusal != COAP_CODE_EMPTY)
    return session_refuse_with(session, request, refusal);
  if (edhoc_coap_is_combined(request))
    return session_handle_combined(session, request, now_ns);
  if (association_is_marked(request) && edhoc_coap_agreed_is_open(&session->agreed))
    return session_serve(session, request, NODE_PHASE_APPLICATION, now_ns);
  if (edhoc_coap_is_for_edhoc(request) && coap_refuse_options(request, NULL, 0) == 0)
    return session_handle_edhoc(session, request, now_ns);
  return session_refuse_with(session, request, edhoc_coap_authenticator_refuse(request));
}

int edhoc_coap_session_handle_response(struct edhoc_coap_session *session,
                                       const struct coap_message *response) {
  struct association *association = edhoc_coap_agreed_in_use(&session->agreed);
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (!session->requesting || !association_is_ready(association))
    return edhoc_coap_session_discard(session, "response that nobody waits for");
  if (association_verify_response(association, response, buffer, &plain) < 0)
    return edhoc_coap_session_discard(session, "response does not verify");
  session->requesting = false;
  coap_session_cancel(&session->coap);
  session_prove(session, association);
  node_event(session->authenticator->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED,
             &session->remote, "application");
  return 0;
}
