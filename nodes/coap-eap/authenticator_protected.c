/* CoAP-EAP, the authenticator's side: what travels under an association. Its handshake, steps 7 and
 * 8 of the draft's Figures 2 and 5, and application requests. */
#include "../crypto/crypto.h"
#include "../lower/application.h"
#include "authenticator_erp.h"
#include "authenticator_resumption.h"
#include "flow.h"

#include <string.h>

uint32_t coap_eap_session_told_lifetime_s(const struct coap_eap_session *session) {
  const struct coap_eap_options *options = &session->authenticator->options;
  if (!options->flow->negotiates)
    return 0;
  return session->backend->lifetime_is_set ? session->backend->lifetime_s
                                           : options->session_lifetime_s;
}

/* Step 7. Inside a session that keeps order it carries no number (Figure 5). */
int coap_eap_session_send_success(struct coap_eap_session *session) {
  struct association *association = &session->associations.pending;
  struct coap_message request =
      coap_eap_client_request(&session->client, association_is_numbered(association));
  uint8_t data[COAP_EAP_PAYLOAD_MAX];
  struct span_list spans;
  struct span_writer packet;
  struct coap_eap_info info = {.lifetime_s = coap_eap_session_told_lifetime_s(session)};
  info.has_lifetime = info.lifetime_s > 0;
  span_writer_init(&packet, data, sizeof data, &spans);
  if (session->finish == NULL)
    span_writer_put(&packet, ROW_EAP_HEADER, session->success, sizeof session->success);
  else
    coap_eap_session_put_finish(session, &packet);
  session->stage = SESSION_SUCCESS;
  coap_eap_session_forget_refusal(session);
  const int error = coap_eap_payload_put(session->client.options, &request, &packet, &info);
  return error < 0 ? error
                   : association_request(association, &request,
                                         eap_packet_label(packet.data, packet.length));
}

/* Step 8 */

/* What the AAA server says comes first. */
static void session_begin_lifetime(struct coap_eap_session *session) {
  const struct coap_eap_authenticator *authenticator = session->authenticator;
  const uint32_t told_s = coap_eap_session_told_lifetime_s(session);
  const uint32_t ours_s = told_s > 0 ? told_s : authenticator->config.lifetime_s;
  session->lifetime_s = session->backend->lifetime_s;
  session->ends_ns = NODE_NEVER;
  if (ours_s == 0)
    return;
  if (!session->backend->lifetime_is_set)
    session->lifetime_s = ours_s;
  session->ends_ns = authenticator->now_ns + session->lifetime_s * NODE_SECOND;
}

/* The peer, to a service. */
static struct lower_client session_client(const struct coap_eap_session *session) {
  return (struct lower_client){.remote = session->remote,
                               .identity = session->holder,
                               .identity_length = session->holder_length,
                               .association = &session->associations.current,
                               .ends_ns = session->ends_ns};
}

void coap_eap_session_tell_service(const struct coap_eap_session *session) {
  const struct coap_eap_authenticator *authenticator = session->authenticator;
  const struct lower_service *service = authenticator->config.service;
  const struct lower_client client = session_client(session);
  uint8_t msk[EAP_KEY_LENGTH];
  if (service == NULL)
    return;
  const bool is_full = session->finish == NULL && session->backend != NULL &&
                       aaa_backend_msk(&authenticator->backend, session->backend, msk) == 0;
  service->joined(service->context, &client, is_full ? msk : NULL, authenticator->now_ns);
  crypto_wipe(msk, sizeof msk);
}

void coap_eap_session_leave_service(const struct coap_eap_session *session) {
  const struct lower_service *service = session->authenticator->config.service;
  const struct lower_client client = session_client(session);
  if (service != NULL)
    service->left(service->context, &client);
}

/* Whoever had the association before, by another identity, has none any more. */
static void session_hold_as(struct coap_eap_session *session, const uint8_t *name, size_t length,
                            bool had_association) {
  const bool is_same =
      session->holder_length == length && memcmp(session->holder, name, length) == 0;
  if (had_association && !is_same)
    coap_eap_session_leave_service(session);
  coap_eap_session_hold(session, name, length);
}

void coap_eap_session_establish(struct coap_eap_session *session, const char *label) {
  const bool had_association = association_is_open(&session->associations.current);
  association_pair_replace(&session->associations);
  session->held = session->client.resource;
  coap_eap_session_use(session);
  session_begin_lifetime(session);
  struct eap_name name;
  const bool named = aaa_backend_name(&session->authenticator->backend, session->backend, &name);
  if (named)
    session_hold_as(session, name.octets, name.length, had_association);
  else
    session_hold_as(session, session->identity, session->identity_length, had_association);
  coap_eap_session_keep_root(session);
  coap_eap_session_tell_service(session);
  coap_eap_session_end(session, SESSION_ESTABLISHED);
  node_event_confirmed(session->authenticator->hooks, NODE_PHASE_AUTHENTICATION, &session->remote,
                       label, named ? name.octets : NULL, named ? name.length : 0);
}

/* An error response to step 7: without protection, to a protected one (RFC 8613 section 8.2). */
static const char *confirmation_refusal(const struct association *association, uint8_t code) {
  if (code == COAP_CODE_BAD_REQUEST)
    return association_kind_refusal(association->kind);
  return code == COAP_CODE_NOT_FOUND ? "peer-lost-state" : "peer-refused";
}

int coap_eap_session_handle_confirmation(struct coap_eap_session *session,
                                         const struct coap_message *response) {
  struct association *association = &session->associations.pending;
  /* an association need not hide the number */
  uint16_t known[2 + ASSOCIATION_KNOWN_MAX] = {
      COAP_NUMBER_URI_PATH, coap_eap_ordering_response_option(&session->client.options->ordering)};
  const size_t known_count = 2 + association_known(known + 2);
  const bool numbered = association_is_numbered(association);
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (coap_message_unknown_critical(response, known, known_count) != NULL)
    return coap_eap_session_discard(session, "critical option not understood");
  if (response->code >> 5 != 2) {
    const char *reason = confirmation_refusal(association, response->code);
    return association_protects_messages(association)
               ? coap_eap_session_note_refusal(session, reason)
               : coap_eap_session_fail(session, reason); /* it came out of a record */
  }
  if (association_verify_response(association, response, buffer, &plain) < 0)
    return coap_eap_session_discard(session, "response does not verify");
  if (plain.code != COAP_CODE_CHANGED ||
      (numbered && !coap_eap_ordering_matches(&session->client.ordering, &plain)))
    return coap_eap_session_discard(session, "unexpected confirmation");
  coap_session_cancel(association_coap(association));
  coap_eap_session_establish(session, "step 8 verified");
  return 0;
}

/* Application requests, and DELETE */

/* After DELETE the association is closed, answered or not. */
static void session_end_request(struct coap_eap_session *session, enum node_event_type type,
                                const char *label) {
  const bool ending = session->ending;
  session->requesting = session->ending = false;
  coap_session_cancel(association_coap(&session->associations.current));
  node_event(session->authenticator->hooks,
             ending ? NODE_PHASE_TERMINATION : NODE_PHASE_APPLICATION, type, &session->remote,
             label);
  if (ending)
    coap_eap_session_close(session, "deleted");
}

void coap_eap_session_abandon_request(struct coap_eap_session *session, const char *why) {
  if (session->requesting)
    session_end_request(session, NODE_EVENT_UNANSWERED, why);
}

int coap_eap_session_handle_answer(struct coap_eap_session *session,
                                   const struct coap_message *response) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (association_verify_response(&session->associations.current, response, buffer, &plain) < 0)
    return coap_eap_session_discard(session, "response does not verify");
  coap_eap_session_use(session);
  session_end_request(session, NODE_EVENT_ANSWERED, session->ending ? "DELETE" : "application");
  return 0;
}

int coap_eap_session_delete(struct coap_eap_session *session) {
  struct association *association = &session->associations.current;
  struct coap_eap_client client = session->client; /* of an authentication that may have failed */
  client.resource = session->held;
  struct coap_message request = coap_eap_client_request(&client, false);
  request.phase = NODE_PHASE_TERMINATION;
  request.code = COAP_CODE_DELETE;
  const int error = association_request(association, &request, "DELETE");
  session->requesting = session->ending = error == 0;
  return error;
}

int coap_eap_session_answer(struct coap_eap_session *session,
                            const struct association_request *request, uint64_t now_ns) {
  const struct coap_eap_authenticator *authenticator = session->authenticator;
  const struct lower_service *service = authenticator->config.service;
  const size_t payload_bytes = authenticator->config.payload_bytes;
  const bool for_service = lower_service_is_for(service, request);
  const struct lower_client client = session_client(session);
  coap_eap_session_use(session);
  const int result = for_service ? lower_service_answer(service, &client, request, now_ns)
                                 : lower_application_answer(request, payload_bytes,
                                                            NODE_PHASE_APPLICATION, now_ns);
  if (result == 1)
    node_event(authenticator->hooks, for_service ? service->phase : NODE_PHASE_APPLICATION,
               NODE_EVENT_SERVED, &session->remote, for_service ? service->path : "application");
  return result < 0 ? result : 0;
}

int coap_eap_session_serve(struct coap_eap_session *session, const struct coap_message *message,
                           uint64_t now_ns) {
  struct association *association = &session->associations.current;
  struct association_request request;
  const int error = association_verify_request(association, message, &request);
  if (error < 0) {
    const char *why = association_refuse(association_coap(association), message, error);
    return why == NULL ? 0 : coap_eap_session_discard(session, why);
  }
  return coap_eap_session_answer(session, &request, now_ns);
}

int coap_eap_session_serve_inside(struct coap_eap_session *session, struct association *association,
                                  const struct coap_message *request, uint64_t now_ns) {
  return association == &session->associations.current
             ? coap_eap_session_serve(session, request, now_ns)
             : coap_eap_session_discard(session, "application request before step 8");
}

/* An association with a port of its own */

int coap_eap_session_follow_handshake(struct coap_eap_session *session) {
  const struct coap_eap_authenticator_role *role = session->authenticator->role;
  if (session->stage == SESSION_RESUMPTION)
    return coap_eap_session_follow_resumption(session);
  const char *reason = association_failure(&session->associations.pending);
  if (reason != NULL && coap_eap_session_in_progress(session))
    return coap_eap_session_fail(session, reason);
  if (association_failure(&session->associations.current) != NULL) {
    coap_eap_session_abandon_request(session, "the association is closed");
    coap_eap_session_leave_service(session);
    association_close(&session->associations.current);
  }
  if (session->stage != SESSION_HANDSHAKE ||
      !association_is_ready(&session->associations.pending) || role->handshake_over == NULL)
    return 0;
  return role->handshake_over(session);
}

/* A message that came out of a record. */
static int session_on_message(void *context, struct association *association, const uint8_t *data,
                              size_t length, uint64_t now_ns) {
  struct coap_eap_session *session = context;
  const struct coap_eap_authenticator_role *role = session->authenticator->role;
  const bool current = association == &session->associations.current;
  struct coap_message message;
  switch (coap_session_receive(association_coap(association), data, length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    return role->handle_inside(session, association, &message, now_ns);
  case COAP_RECEIVED_RESPONSE:
    if (current)
      return coap_eap_session_handle_answer(session, &message);
    return role->handle_confirmation(session, &message);
  case COAP_RECEIVED_RESET:
    if (current)
      coap_eap_session_abandon_request(session, "reset");
    return current ? 0 : coap_eap_session_fail(session, "peer-reset");
  default:
    return 0;
  }
}

static void session_on_discarded(void *context, const char *why) {
  (void)coap_eap_session_discard(context, why);
}

int coap_eap_session_read_behind(struct coap_eap_session *session,
                                 const struct node_datagram *datagram, uint64_t now_ns) {
  const struct association_reader reader = {
      .context = session, .message = session_on_message, .discarded = session_on_discarded};
  const int result = association_pair_read(&session->associations, datagram, now_ns, &reader);
  return result < 0 ? result : coap_eap_session_follow_handshake(session);
}
