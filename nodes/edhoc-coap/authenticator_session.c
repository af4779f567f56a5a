/* The authenticator's sessions: woken by their deadlines, written in turn, and how they end. */
#include "authenticator_session.h"

#include <stdlib.h>
#include <string.h>

/* By time, and by turn */

void edhoc_coap_session_dequeue(struct edhoc_coap_session *session) {
  if (!session->queued)
    return;
  struct edhoc_coap_authenticator *authenticator = session->authenticator;
  struct edhoc_coap_session *previous = session->previous_to_write, *next = session->next_to_write;
  *(previous == NULL ? &authenticator->write_first : &previous->next_to_write) = next;
  *(next == NULL ? &authenticator->write_last : &next->previous_to_write) = previous;
  session->queued = false;
}

bool edhoc_coap_session_in_progress(const struct edhoc_coap_session *session) {
  return session->runs[0].edhoc != NULL || session->runs[1].edhoc != NULL;
}

static uint64_t run_expiry(const struct edhoc_coap_run *run) {
  return run->edhoc == NULL ? NODE_NEVER : run->patience_ns;
}

static bool is_idle(const struct edhoc_coap_session *session) {
  return !edhoc_coap_session_in_progress(session) && !edhoc_coap_agreed_is_open(&session->agreed);
}

/* When who has failed gives up its place: late copies of its messages are known until then. */
static uint64_t when_to_forget(const struct edhoc_coap_session *session) {
  const struct edhoc_coap_authenticator *authenticator = session->authenticator;
  if (authenticator->config.half_open_max == 0)
    return NODE_NEVER;
  return authenticator->now_ns + coap_exchange_lifetime_ms(&authenticator->options.coap) * NODE_MS;
}

static uint64_t session_expiry(const struct edhoc_coap_session *session) {
  const uint64_t times_ns[] = {
      coap_session_expiry(&session->coap),
      run_expiry(&session->runs[0]),
      run_expiry(&session->runs[1]),
      edhoc_coap_agreed_is_open(&session->agreed) ? session->ends_ns : NODE_NEVER,
      is_idle(session) ? session->forget_ns : NODE_NEVER,
  };
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < sizeof times_ns / sizeof times_ns[0]; i++)
    next_ns = times_ns[i] < next_ns ? times_ns[i] : next_ns;
  return next_ns;
}

void edhoc_coap_session_schedule(struct edhoc_coap_session *session) {
  edhoc_coap_session_stand(session);
  if (!is_idle(session))
    session->forget_ns = NODE_NEVER;
  else if (session->forget_ns == NODE_NEVER)
    session->forget_ns = when_to_forget(session);
  deadline_set(&session->authenticator->deadlines, &session->deadline, session_expiry(session));
}

void edhoc_coap_session_touch(struct edhoc_coap_session *session) {
  struct edhoc_coap_authenticator *authenticator = session->authenticator;
  edhoc_coap_session_schedule(session);
  if (session->queued)
    return;
  session->queued = true;
  session->previous_to_write = authenticator->write_last;
  session->next_to_write = NULL;
  *(authenticator->write_first == NULL ? &authenticator->write_first
                                       : &authenticator->write_last->next_to_write) = session;
  authenticator->write_last = session;
}

struct edhoc_coap_session *
edhoc_coap_sessions_take_writer(struct edhoc_coap_authenticator *authenticator) {
  struct edhoc_coap_session *session = authenticator->write_first;
  if (session != NULL)
    edhoc_coap_session_dequeue(session);
  return session;
}

/* Events */

void edhoc_coap_session_tell(const struct edhoc_coap_session *session, enum node_event_type type,
                             const char *label) {
  node_event(session->authenticator->hooks, NODE_PHASE_AUTHENTICATION, type, &session->remote,
             label);
}

int edhoc_coap_session_discard(const struct edhoc_coap_session *session, const char *why) {
  edhoc_coap_session_tell(session, NODE_EVENT_DISCARDED, why);
  return 0;
}

/* Ends */

void edhoc_coap_session_end_run(struct edhoc_coap_session *session, struct edhoc_coap_run *run) {
  if (run->edhoc == NULL)
    return;
  edhoc_coap_give_back_number(session->authenticator, run->number);
  edhoc_wipe(run->edhoc);
  free(run->edhoc);
  run->edhoc = NULL;
}

void edhoc_coap_session_end_runs(struct edhoc_coap_session *session) {
  for (size_t i = 0; i < EDHOC_COAP_RUNS; i++)
    edhoc_coap_session_end_run(session, &session->runs[i]);
}

int edhoc_coap_session_fail(struct edhoc_coap_session *session, struct edhoc_coap_run *run,
                            const char *reason) {
  edhoc_coap_agreed_drop(&session->agreed);
  edhoc_coap_session_end_run(session, run);
  edhoc_coap_session_tell(
      session, edhoc_coap_session_in_progress(session) ? NODE_EVENT_DISCARDED : NODE_EVENT_FAILED,
      reason);
  return 0;
}

void edhoc_coap_session_abandon_request(struct edhoc_coap_session *session, const char *why) {
  if (!session->requesting)
    return;
  session->requesting = false;
  coap_session_cancel(&session->coap);
  node_event(session->authenticator->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED,
             &session->remote, why);
}

void edhoc_coap_session_close(struct edhoc_coap_session *session, const char *why) {
  if (!edhoc_coap_agreed_is_open(&session->agreed))
    return;
  edhoc_coap_session_abandon_request(session, "the association is closed");
  association_pair_close(&session->agreed.pair);
  session->agreed.unproved = false;
  session->ends_ns = NODE_NEVER;
  edhoc_coap_session_set_number(session, NUMBER_PENDING, EDHOC_COAP_NO_NUMBER);
  edhoc_coap_session_set_number(session, NUMBER_CURRENT, EDHOC_COAP_NO_NUMBER);
  edhoc_coap_session_tell(session, NODE_EVENT_CLOSED, why);
}

bool edhoc_coap_session_is_over(struct edhoc_coap_session *session) {
  const uint64_t now_ns = session->authenticator->now_ns;
  const bool ends = edhoc_coap_agreed_is_open(&session->agreed) && session->ends_ns <= now_ns;
  for (size_t i = 0; i < EDHOC_COAP_RUNS; i++)
    if (run_expiry(&session->runs[i]) <= now_ns)
      (void)edhoc_coap_session_fail(session, &session->runs[i], "peer-silent");
  if (ends)
    edhoc_coap_session_close(session, "its lifetime is over");
  if (!is_idle(session) || (!ends && session->forget_ns > now_ns))
    return false;
  edhoc_coap_session_release(session);
  return true;
}

/* Digest */

static void digest_run(const struct edhoc_coap_run *run, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, run->edhoc != NULL);
  if (run->edhoc == NULL)
    return;
  edhoc_digest(run->edhoc, digest);
  digest_u64(digest, run->number);
  digest_deadline(digest, run->patience_ns, now_ns);
}

void edhoc_coap_session_digest(const struct edhoc_coap_session *session, struct digest *digest,
                               uint64_t now_ns) {
  digest_octets(digest, session->local.ip, sizeof session->local.ip);
  coap_session_digest(&session->coap, digest, now_ns);
  for (size_t i = 0; i < EDHOC_COAP_RUNS; i++)
    digest_run(&session->runs[i], digest, now_ns);
  for (size_t i = 0; i < NUMBER_COUNT; i++)
    digest_u64(digest, session->numbers[i]);
  edhoc_coap_agreed_digest(&session->agreed, digest, now_ns);
  digest_u64(digest, session->requesting);
  if (session->refusal != NULL)
    digest_octets(digest, session->refusal, strlen(session->refusal));
}
