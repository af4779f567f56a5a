/* The authenticator's sessions: woken by their deadlines, written in turn, and how they end. */
#include "authenticator_erp.h"
#include "flow.h"

#include <stdlib.h>
#include <string.h>

/* By time, and by turn */

void coap_eap_session_dequeue(struct coap_eap_session *session) {
  if (!session->queued)
    return;
  struct coap_eap_authenticator *authenticator = session->authenticator;
  struct coap_eap_session *previous = session->previous_to_write, *next = session->next_to_write;
  *(previous == NULL ? &authenticator->write_first : &previous->next_to_write) = next;
  *(next == NULL ? &authenticator->write_last : &next->previous_to_write) = previous;
  session->queued = false;
}

static bool is_idle(const struct coap_eap_session *session) {
  return !coap_eap_session_in_progress(session) &&
         !association_is_open(&session->associations.current);
}

/* When who has failed gives up its place: late copies of its messages are known until then. */
static uint64_t when_to_forget(const struct coap_eap_session *session) {
  const struct coap_eap_authenticator *authenticator = session->authenticator;
  if (authenticator->config.half_open_max == 0)
    return NODE_NEVER;
  const uint64_t wait_ms =
      session->first_contact ? 0 : coap_exchange_lifetime_ms(&authenticator->options.coap);
  return authenticator->now_ns + wait_ms * NODE_MS;
}

static uint64_t session_place_expiry(const struct coap_eap_session *session) {
  if (association_is_open(&session->associations.current))
    return session->ends_ns;
  return is_idle(session) ? session->forget_ns : NODE_NEVER;
}

static uint64_t earlier(uint64_t a_ns, uint64_t b_ns) {
  return a_ns < b_ns ? a_ns : b_ns;
}

void coap_eap_session_schedule(struct coap_eap_session *session) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  coap_eap_session_stand(session);
  if (!is_idle(session))
    session->forget_ns = NODE_NEVER;
  else if (session->forget_ns == NODE_NEVER)
    session->forget_ns = when_to_forget(session);
  deadline_set(&authenticator->deadlines, &session->deadline,
               earlier(earlier(coap_session_expiry(&session->coap),
                               association_pair_expiry(&session->associations)),
                       earlier(session->due_ns, session_place_expiry(session))));
}

void coap_eap_session_touch(struct coap_eap_session *session) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  coap_eap_session_schedule(session);
  if (session->queued)
    return;
  session->queued = true;
  session->previous_to_write = authenticator->write_last;
  session->next_to_write = NULL;
  *(authenticator->write_first == NULL ? &authenticator->write_first
                                       : &authenticator->write_last->next_to_write) = session;
  authenticator->write_last = session;
}

struct coap_eap_session *
coap_eap_sessions_take_writer(struct coap_eap_authenticator *authenticator) {
  struct coap_eap_session *session = authenticator->write_first;
  if (session != NULL)
    coap_eap_session_dequeue(session);
  return session;
}

/* Ends */

bool coap_eap_session_in_progress(const struct coap_eap_session *session) {
  return session->stage != SESSION_FREE && session->stage != SESSION_ESTABLISHED &&
         session->stage != SESSION_FAILED;
}

void coap_eap_session_tell(const struct coap_eap_session *session, enum node_event_type type,
                           const char *label) {
  node_event(session->authenticator->hooks, NODE_PHASE_AUTHENTICATION, type, &session->remote,
             label);
}

int coap_eap_session_discard(const struct coap_eap_session *session, const char *why) {
  coap_eap_session_tell(session, NODE_EVENT_DISCARDED, why);
  return 0;
}

void coap_eap_session_end_backend(struct coap_eap_session *session) {
  free(session->finish);
  session->finish = NULL;
  if (session->backend == NULL)
    return;
  aaa_backend_end(&session->authenticator->backend, session->backend);
  free(session->backend);
  session->backend = NULL;
}

int coap_eap_session_note_refusal(struct coap_eap_session *session, const char *reason) {
  session->refusal = reason;
  return coap_eap_session_discard(session, "error without protection");
}

void coap_eap_session_forget_refusal(struct coap_eap_session *session) {
  session->refusal = NULL;
  session->trigger_waits = false;
}

void coap_eap_session_end(struct coap_eap_session *session, enum coap_eap_session_stage stage) {
  session->stage = stage;
  session->due_ns = NODE_NEVER;
  association_pair_drop(&session->associations);
  coap_eap_session_end_backend(session);
}

int coap_eap_session_fail(struct coap_eap_session *session, const char *reason) {
  coap_session_cancel(&session->coap);
  coap_eap_session_end(session, SESSION_FAILED);
  coap_eap_session_tell(session, NODE_EVENT_FAILED, reason);
  return 0;
}

void coap_eap_session_close(struct coap_eap_session *session, const char *why) {
  coap_eap_session_abandon_request(session, "the association is closed"); /* DELETE: closes it */
  if (!association_is_open(&session->associations.current))
    return;
  if (session->stage == SESSION_RESUMPTION) /* it would take over lifetime and guard */
    (void)coap_eap_session_fail(session, why);
  coap_eap_session_leave_service(session);
  association_close(&session->associations.current);
  session->ends_ns = NODE_NEVER;
  coap_eap_session_tell(session, NODE_EVENT_CLOSED, why);
}

bool coap_eap_session_is_over(struct coap_eap_session *session) {
  const uint64_t now_ns = session->authenticator->now_ns;
  const bool ends =
      association_is_open(&session->associations.current) && session->ends_ns <= now_ns;
  if (ends)
    coap_eap_session_close(session, "its lifetime is over");
  if (!is_idle(session) || (!ends && session->forget_ns > now_ns))
    return false;
  coap_eap_session_release(session);
  return true;
}

/* Digest */

void coap_eap_session_digest(const struct coap_eap_session *session, struct digest *digest,
                             uint64_t now_ns) {
  digest_u64(digest, session->stage);
  digest_octets(digest, session->local.ip, sizeof session->local.ip);
  coap_session_digest(&session->coap, digest, now_ns);
  digest_octets(digest, session->first.path, strlen(session->first.path));
  if (coap_eap_session_in_progress(session) && session->stage != SESSION_RESUMPTION) {
    coap_eap_client_digest(&session->client, digest);
    coap_eap_server_digest(&session->serving.server, digest);
    digest_u64(digest, session->serving.message_id);
    digest_octets(digest, session->serving.token, session->serving.token_length);
    if (session->backend != NULL)
      aaa_backend_session_digest(&session->authenticator->backend, session->backend, digest);
    digest_u64(digest, session->unasked);
    digest_u64(digest, session->named);
    digest_octets(digest, session->identity, session->identity_length);
  }
  association_pair_digest(&session->associations, digest, now_ns);
  digest_u64(digest, session->requesting);
  if (session->refusal != NULL)
    digest_octets(digest, session->refusal, strlen(session->refusal));
  digest_u64(digest, session->trigger_waits);
  digest_u64(digest, session->serving.resources);
  if (session->authenticator->options.flow->names_each_step &&
      association_is_open(&session->associations.current))
    digest_octets(digest, session->held.path, strlen(session->held.path));
  digest_deadline(digest, session->due_ns, now_ns);
  digest_u64(digest, session->keeps_root);
}
