/* CoAP-EAP, the authenticator's side: associations that are resumed. */
#include "authenticator_resumption.h"

#include "authenticator_erp.h"

static bool session_can_resume(const struct coap_eap_session *session) {
  return session->authenticator->config.resumes &&
         association_can_resume(&session->associations.current);
}

static int session_resume(struct coap_eap_session *session) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  coap_eap_session_abandon_request(session, "an authentication begins");
  coap_eap_session_forget_refusal(session);
  const int error =
      association_resume(&session->associations.pending, &session->associations.current,
                         &session->remote, authenticator->now_ns);
  if (error == 0)
    session->stage = SESSION_RESUMPTION;
  return error;
}

int coap_eap_session_begin_or_resume(struct coap_eap_session *session) {
  if (session_can_resume(session))
    return session_resume(session);
  return coap_eap_session_may_start(session) ? coap_eap_session_start(session)
                                             : coap_eap_session_begin(session);
}

static int session_resumed(struct coap_eap_session *session) {
  association_take_guard(&session->associations.pending, &session->associations.current);
  association_pair_replace(&session->associations);
  coap_eap_session_use(session);
  coap_eap_session_tell_service(session);
  coap_eap_session_end(session, SESSION_ESTABLISHED);
  node_event_confirmed(session->authenticator->hooks, NODE_PHASE_AUTHENTICATION, &session->remote,
                       "session resumed", session->holder, session->holder_length);
  return 0;
}

int coap_eap_session_follow_resumption(struct coap_eap_session *session) {
  const char *reason = association_failure(&session->associations.pending);
  if (reason != NULL) {
    coap_eap_session_tell(session, NODE_EVENT_RETRYING, reason);
    return coap_eap_session_begin(session);
  }
  return association_is_ready(&session->associations.pending) ? session_resumed(session) : 0;
}
