/* CoAP-EAP, the authenticator's side: what travels under an association. The DTLS handshake and
 * step 8 of the draft's Figures 2 and 5, and application requests. */
#include "application.h"
#include "authenticator_session.h"

/* Step 8 */

static int confirmed(struct authenticator *authenticator, struct peer_session *session) {
  coap_session_cancel(session->pending.coap);
  coap_eap_association_close(&session->association);
  session->association = session->pending;
  session->pending = (struct coap_eap_association){0};
  session->lifetime_s = session->backend.lifetime_s;
  authenticator_end(authenticator, session, STATE_ESTABLISHED);
  node_event(authenticator->hooks, NODE_EVENT_CONFIRMED, &session->remote, "step 8 verified");
  return 0;
}

/* An error response without protection, to step 7 under OSCORE (RFC 8613 section 8.2). */
static const char *refusal(uint8_t code) {
  if (code == COAP_CODE_BAD_REQUEST)
    return "oscore-rejected";
  return code == COAP_CODE_NOT_FOUND ? "peer-lost-state" : "peer-refused";
}

int authenticator_handle_confirmation(struct authenticator *authenticator,
                                      struct peer_session *session,
                                      const struct coap_message *response) {
  static const uint16_t known[] = {COAP_NUMBER_URI_PATH, COAP_NUMBER_OSCORE};
  const bool numbered = session->pending.secure == NULL;
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (coap_message_unknown_critical(response, known, 2) != NULL)
    return authenticator_discard(authenticator, &session->remote, "critical option not understood");
  if (response->code >> 5 != 2)
    return authenticator_fail(authenticator, session, refusal(response->code));
  if (coap_eap_association_verify_response(&session->pending, response, buffer, &plain) < 0)
    return authenticator_discard(authenticator, &session->remote,
                                 "OSCORE: response does not verify");
  if (plain.code != COAP_CODE_CHANGED ||
      (numbered && !coap_eap_ordering_matches(&session->ordering, &plain)))
    return authenticator_discard(authenticator, &session->remote, "unexpected confirmation");
  return confirmed(authenticator, session);
}

/* Application requests */

void authenticator_abandon_request(struct authenticator *authenticator,
                                   struct peer_session *session, const char *why) {
  if (!session->requesting)
    return;
  session->requesting = false;
  coap_session_cancel(session->association.coap);
  node_event(authenticator->hooks, NODE_EVENT_UNANSWERED, &session->remote, why);
}

int authenticator_handle_answer(struct authenticator *authenticator, struct peer_session *session,
                                const struct coap_message *response) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (coap_eap_association_verify_response(&session->association, response, buffer, &plain) < 0)
    return authenticator_discard(authenticator, &session->remote, "response does not verify");
  session->requesting = false;
  coap_session_cancel(session->association.coap);
  node_event(authenticator->hooks, NODE_EVENT_ANSWERED, &session->remote, "application");
  return 0;
}

int authenticator_serve(struct authenticator *authenticator, struct peer_session *session,
                        struct coap_eap_association *association,
                        const struct coap_message *message, uint64_t now_ns) {
  struct coap_eap_protected_request request;
  const int error = coap_eap_association_verify_request(association, message, &request);
  if (error < 0) {
    const char *why = coap_eap_association_refuse(association->coap, message, error);
    return why == NULL ? 0 : authenticator_discard(authenticator, &session->remote, why);
  }
  const int result =
      coap_eap_application_answer(association, &authenticator->config.options, &request, now_ns);
  if (result == 1)
    node_event(authenticator->hooks, NODE_EVENT_SERVED, &session->remote, "application");
  return result < 0 ? result : 0;
}

/* DTLS */

int authenticator_follow_handshake(struct authenticator *authenticator,
                                   struct peer_session *session) {
  const char *reason = coap_eap_association_failure(&session->pending);
  if (reason != NULL && authenticator_in_progress(session))
    return authenticator_fail(authenticator, session, reason);
  if (coap_eap_association_failure(&session->association) != NULL) {
    authenticator_abandon_request(authenticator, session, "the association is closed");
    coap_eap_association_close(&session->association);
  }
  if (session->state == STATE_HANDSHAKE && coap_eap_association_ready(&session->pending))
    return authenticator_send_success(authenticator, session);
  return 0;
}

/* A message that came out of a DTLS record. */
static int handle_message(struct authenticator *authenticator, struct peer_session *session,
                          struct coap_eap_association *association, const uint8_t *data,
                          size_t length, uint64_t now_ns) {
  const bool current = association == &session->association;
  struct coap_message message;
  switch (coap_session_receive(association->coap, data, length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    if (current)
      return authenticator_serve(authenticator, session, association, &message, now_ns);
    return authenticator_discard(authenticator, &session->remote,
                                 "application request before step 8");
  case COAP_RECEIVED_RESPONSE:
    if (current)
      return authenticator_handle_answer(authenticator, session, &message);
    return authenticator_handle_confirmation(authenticator, session, &message);
  case COAP_RECEIVED_RESET:
    if (current)
      authenticator_abandon_request(authenticator, session, "reset");
    return current ? 0 : authenticator_fail(authenticator, session, "peer-reset");
  default:
    return 0;
  }
}

static int read_record(struct authenticator *authenticator, struct peer_session *session,
                       const uint8_t *record, size_t length, uint64_t now_ns) {
  struct coap_eap_association *const candidates[] = {&session->pending, &session->association};
  uint8_t plain[NODE_DATAGRAM_MAX];
  size_t plain_length;
  const char *why;
  struct coap_eap_association *association = coap_eap_association_receive(
      candidates, 2, record, length, now_ns, plain, &plain_length, &why);
  if (association != NULL)
    return handle_message(authenticator, session, association, plain, plain_length, now_ns);
  return why == NULL ? 0 : authenticator_discard(authenticator, &session->remote, why);
}

int authenticator_read_secure(struct authenticator *authenticator, struct peer_session *session,
                              const struct node_datagram *datagram, uint64_t now_ns) {
  int result = 0;
  for (size_t at = 0; at < datagram->length && result == 0;) {
    const size_t length = coap_eap_record_length(datagram->data + at, datagram->length - at);
    result = read_record(authenticator, session, datagram->data + at, length, now_ns);
    at += length;
  }
  return result < 0 ? result : authenticator_follow_handshake(authenticator, session);
}
