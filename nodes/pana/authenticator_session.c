/* The PAA's sessions: woken by their deadlines, written in turn, and how they end. */
#include "authenticator_session.h"

#include "../eap/identify.h"

#include <stdlib.h>
#include <string.h>

/* By time, and by turn */

void pana_session_dequeue(struct pana_session *session) {
  if (!session->queued)
    return;
  struct pana_authenticator *authenticator = session->authenticator;
  struct pana_session *previous = session->previous_to_write, *next = session->next_to_write;
  *(previous == NULL ? &authenticator->write_first : &previous->next_to_write) = next;
  *(next == NULL ? &authenticator->write_last : &next->previous_to_write) = previous;
  session->queued = false;
}

struct pana_session *pana_sessions_take_writer(struct pana_authenticator *authenticator) {
  struct pana_session *session = authenticator->write_first;
  if (session != NULL)
    pana_session_dequeue(session);
  return session;
}

bool pana_session_is_open(const struct pana_session *session) {
  return pana_link_is_secured(&session->open) && !session->ended;
}

bool pana_session_in_progress(const struct pana_session *session) {
  return session->stage != SESSION_IDLE;
}

static bool is_idle(const struct pana_session *session) {
  return !pana_session_is_open(session) && !pana_session_in_progress(session);
}

/* When who has failed, or ended, gives up its place: until then its repetitions are known. */
static uint64_t when_to_forget(const struct pana_session *session) {
  return session->authenticator->config.half_open_max == 0
             ? NODE_NEVER
             : session->authenticator->now_ns + pana_patience_ns();
}

static uint64_t session_expiry(const struct pana_session *session) {
  const uint64_t times_ns[] = {
      pana_link_expiry(&session->open),
      pana_link_expiry(&session->opening),
      pana_application_expiry(&session->application),
      session->patience_ns,
      pana_session_is_open(session) ? session->ends_ns : NODE_NEVER,
      is_idle(session) ? session->forget_ns : NODE_NEVER,
  };
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < sizeof times_ns / sizeof times_ns[0]; i++)
    next_ns = times_ns[i] < next_ns ? times_ns[i] : next_ns;
  return next_ns;
}

void pana_session_schedule(struct pana_session *session) {
  if (!is_idle(session))
    session->forget_ns = NODE_NEVER;
  else if (session->forget_ns == NODE_NEVER)
    session->forget_ns = when_to_forget(session);
  deadline_set(&session->authenticator->deadlines, &session->deadline, session_expiry(session));
}

void pana_session_touch(struct pana_session *session) {
  struct pana_authenticator *authenticator = session->authenticator;
  pana_session_schedule(session);
  if (session->queued)
    return;
  session->queued = true;
  session->previous_to_write = authenticator->write_last;
  session->next_to_write = NULL;
  *(authenticator->write_first == NULL ? &authenticator->write_first
                                       : &authenticator->write_last->next_to_write) = session;
  authenticator->write_last = session;
}

/* Events */

void pana_session_tell(const struct pana_session *session, enum node_event_type type,
                       const char *label) {
  node_event(session->authenticator->hooks, NODE_PHASE_AUTHENTICATION, type, &session->remote,
             label);
}

int pana_session_discard(const struct pana_session *session, const char *why) {
  pana_session_tell(session, NODE_EVENT_DISCARDED, why);
  return 0;
}

/* Ends */

void pana_session_end_run(struct pana_session *session) {
  session->stage = SESSION_IDLE;
  session->run = NULL;
  session->patience_ns = NODE_NEVER;
  crypto_wipe(&session->fresh, sizeof session->fresh);
  if (session->backend == NULL)
    return;
  aaa_backend_end(&session->authenticator->backend, session->backend);
  free(session->backend);
  session->backend = NULL;
}

void pana_session_close(struct pana_session *session, const char *why) {
  if (!pana_session_is_open(session))
    return;
  if (session->run == &session->open)
    pana_session_end_run(session);
  session->ended = true;
  session->ends_ns = NODE_NEVER;
  pana_link_take_answer(&session->open);
  pana_application_abandon(&session->application, "the association is closed");
  association_close(&session->application.pair.current);
  pana_session_tell(session, NODE_EVENT_CLOSED, why);
}

int pana_session_fail(struct pana_session *session, const char *reason) {
  const bool inside = session->run == &session->open;
  pana_session_end_run(session);
  pana_link_wipe(&session->opening);
  pana_application_drop(&session->application);
  if (inside)
    pana_session_close(session, "the session has ended");
  pana_session_tell(session, NODE_EVENT_FAILED, reason);
  return 0;
}

/* The key is confirmed */

/* Where it is another session that has the key, it takes the place of the former. */
static void install(struct pana_session *session) {
  if (session->run == &session->opening) {
    pana_link_wipe(&session->open);
    session->open = session->opening;
    pana_link_init(&session->opening, session->authenticator->hooks);
    session->run = &session->open;
    session->ended = false;
    session->opened++;
  }
  session->ends_ns = session->lifetime_s == UINT32_MAX
                         ? NODE_NEVER
                         : session->authenticator->now_ns + session->lifetime_s * NODE_SECOND;
}

int pana_session_confirm(struct pana_session *session, const char *label) {
  struct aaa_backend *backend = &session->authenticator->backend;
  struct eap_name name;
  install(session);
  pana_application_replace(&session->application);
  session->used_ns = session->authenticator->now_ns;
  const bool named = aaa_backend_name(backend, session->backend, &name);
  if (named && !eap_identity_is_anonymous(name.octets, name.length))
    pana_session_hold(session, name.octets, name.length);
  else if (!named)
    pana_session_hold(session, session->identity, session->identity_length);
  pana_session_end_run(session);
  node_event_confirmed(session->authenticator->hooks, NODE_PHASE_AUTHENTICATION, &session->remote,
                       label, named ? name.octets : NULL, named ? name.length : 0);
  return 0;
}

int pana_session_follow_handshake(struct pana_session *session) {
  if (session->stage != SESSION_HANDSHAKE)
    return 0;
  const char *reason = pana_application_failure(&session->application);
  if (reason != NULL)
    return pana_session_fail(session, reason);
  return pana_application_is_ready(&session->application)
             ? pana_session_confirm(session, "handshake verified")
             : 0;
}

/* Time */

static int given_up(struct pana_session *session, const struct pana_link *link) {
  if (session->run != link) { /* a ping, or the end itself */
    pana_session_close(session, "peer-silent");
    return 0;
  }
  return pana_session_fail(
      session, session->stage == SESSION_REJECTION
                   ? aaa_backend_reason(&session->authenticator->backend, session->backend)
                   : "peer-silent");
}

bool pana_session_expire(struct pana_session *session, int *result) {
  const uint64_t now_ns = session->authenticator->now_ns;
  *result = pana_application_handle_expiry(&session->application, now_ns);
  if (*result == 0 && pana_link_handle_expiry(&session->open, now_ns))
    *result = given_up(session, &session->open);
  if (*result == 0 && pana_link_handle_expiry(&session->opening, now_ns))
    *result = given_up(session, &session->opening);
  if (*result == 0 && session->patience_ns <= now_ns)
    *result = pana_session_fail(session, "peer-silent");
  const bool ends = pana_session_is_open(session) && session->ends_ns <= now_ns;
  if (ends && session->run == &session->open)
    (void)pana_session_fail(session, "its lifetime is over");
  else if (ends)
    pana_session_close(session, "its lifetime is over");
  if (!is_idle(session) || session->forget_ns > now_ns)
    return false;
  pana_session_release(session);
  return true;
}

/* Digest */

void pana_session_digest(const struct pana_session *session, struct digest *digest,
                         uint64_t now_ns) {
  digest_u64(digest, session->stage);
  digest_octets(digest, session->local.ip, sizeof session->local.ip);
  pana_link_digest(&session->open, digest, now_ns);
  pana_link_digest(&session->opening, digest, now_ns);
  digest_u64(digest, session->ended);
  digest_u64(digest, session->run == &session->open);
  digest_u64(digest, session->backend != NULL);
  if (session->backend != NULL)
    aaa_backend_session_digest(&session->authenticator->backend, session->backend, digest);
  digest_octets(digest, session->identity, session->identity_length);
  digest_octets(digest, session->fresh.octets, sizeof session->fresh.octets);
  digest_deadline(digest, session->patience_ns, now_ns);
  pana_application_digest(&session->application, digest, now_ns);
}
