/* The authenticator's sessions: one for each peer, found by its address, woken by its deadline. */
#include "authenticator_session.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool coap_eap_sessions_init(struct coap_eap_authenticator *authenticator) {
  const size_t peers_max = authenticator->config.peers_max;
  authenticator->bucket_count = 16;
  while (authenticator->bucket_count < peers_max)
    authenticator->bucket_count *= 2;
  authenticator->sessions = calloc(peers_max, sizeof(struct coap_eap_session *));
  authenticator->buckets = calloc(authenticator->bucket_count, sizeof(struct coap_eap_session *));
  return deadline_heap_init(&authenticator->deadlines, peers_max) &&
         authenticator->sessions != NULL && authenticator->buckets != NULL;
}

void coap_eap_sessions_deinit(struct coap_eap_authenticator *authenticator) {
  for (size_t i = 0; i < authenticator->session_count; i++) {
    association_pair_close(&authenticator->sessions[i]->associations);
    crypto_wipe(authenticator->sessions[i], sizeof *authenticator->sessions[i]);
    free(authenticator->sessions[i]);
  }
  free(authenticator->sessions);
  free(authenticator->buckets);
  deadline_heap_deinit(&authenticator->deadlines);
}

/* By address */

static struct coap_eap_session **session_bucket(const struct coap_eap_authenticator *authenticator,
                                                const struct node_address *remote) {
  uint64_t hash = remote->port;
  for (size_t i = 0; i < sizeof remote->ip; i++)
    hash = (hash ^ remote->ip[i]) * UINT64_C(0x100000001b3);
  hash ^= hash >> 32;
  return &authenticator->buckets[hash & (authenticator->bucket_count - 1)];
}

struct coap_eap_session *coap_eap_sessions_find(const struct coap_eap_authenticator *authenticator,
                                                const struct node_address *remote) {
  struct coap_eap_session *session = *session_bucket(authenticator, remote);
  while (session != NULL && !node_address_equal(&session->remote, remote))
    session = session->next_in_bucket;
  return session;
}

static void session_leave_bucket(struct coap_eap_session *session) {
  struct coap_eap_session **link = session_bucket(session->authenticator, &session->remote);
  while (*link != session)
    link = &(*link)->next_in_bucket;
  *link = session->next_in_bucket;
}

static struct coap_eap_session *longest_failed(const struct coap_eap_authenticator *authenticator) {
  struct coap_eap_session *oldest = NULL;
  for (size_t i = 0; i < authenticator->session_count; i++) {
    struct coap_eap_session *session = authenticator->sessions[i];
    if (session->stage == SESSION_FAILED && !association_is_open(&session->associations.current) &&
        (oldest == NULL || session->failed_count < oldest->failed_count))
      oldest = session;
  }
  return oldest;
}

static void session_dequeue(struct coap_eap_session *session) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  struct coap_eap_session *previous = NULL, *at = authenticator->write_first;
  for (; at != session; at = at->next_to_write)
    previous = at;
  *(previous == NULL ? &authenticator->write_first : &previous->next_to_write) = at->next_to_write;
  if (authenticator->write_last == at)
    authenticator->write_last = previous;
  at->queued = false;
}

/* A session that is in no table. */
static struct coap_eap_session *make_room(struct coap_eap_authenticator *authenticator) {
  if (authenticator->session_count < authenticator->config.peers_max) {
    struct coap_eap_session *new = calloc(1, sizeof *new);
    if (new != NULL)
      authenticator->sessions[authenticator->session_count++] = new;
    return new;
  }
  struct coap_eap_session *failed = longest_failed(authenticator);
  if (failed == NULL)
    return NULL;
  session_leave_bucket(failed);
  if (failed->queued)
    session_dequeue(failed);
  assert(failed->deadline.place == 0); /* what failed waits for nothing */
  association_pair_close(&failed->associations);
  crypto_wipe(failed, sizeof *failed);
  return failed;
}

struct coap_eap_session *coap_eap_sessions_acquire(struct coap_eap_authenticator *authenticator,
                                                   const struct node_address *remote) {
  struct coap_eap_session *session = make_room(authenticator);
  if (session == NULL)
    return NULL;
  struct coap_eap_session **bucket = session_bucket(authenticator, remote);
  session->authenticator = authenticator;
  session->remote = *remote;
  session->next_in_bucket = *bucket;
  session->deadline.owner = session;
  *bucket = session;
  coap_session_init(&session->coap, &authenticator->options.coap, authenticator->hooks);
  return session;
}

/* By time, and by turn */

void coap_eap_session_touch(struct coap_eap_session *session) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  const uint64_t coap_ns = coap_session_expiry(&session->coap);
  const uint64_t association_ns = association_pair_expiry(&session->associations);
  deadline_set(&authenticator->deadlines, &session->deadline,
               coap_ns < association_ns ? coap_ns : association_ns);
  if (session->queued)
    return;
  session->queued = true;
  session->next_to_write = NULL;
  *(authenticator->write_first == NULL ? &authenticator->write_first
                                       : &authenticator->write_last->next_to_write) = session;
  authenticator->write_last = session;
}

struct coap_eap_session *
coap_eap_sessions_take_writer(struct coap_eap_authenticator *authenticator) {
  struct coap_eap_session *session = authenticator->write_first;
  if (session != NULL)
    session_dequeue(session);
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

void coap_eap_session_end(struct coap_eap_session *session, enum coap_eap_session_stage stage) {
  session->stage = stage;
  association_pair_drop(&session->associations);
  aaa_backend_end(&session->authenticator->backend, &session->backend);
}

int coap_eap_session_fail(struct coap_eap_session *session, const char *reason) {
  coap_session_cancel(&session->coap);
  session->failed_count = ++session->authenticator->failures;
  coap_eap_session_end(session, SESSION_FAILED);
  coap_eap_session_tell(session, NODE_EVENT_FAILED, reason);
  return 0;
}

/* Digest */

void coap_eap_session_digest(const struct coap_eap_session *session, struct digest *digest,
                             uint64_t now_ns) {
  digest_u64(digest, session->stage);
  coap_session_digest(&session->coap, digest, now_ns);
  if (coap_eap_session_in_progress(session)) {
    coap_eap_client_digest(&session->client, digest);
    aaa_backend_session_digest(&session->authenticator->backend, &session->backend, digest);
    digest_octets(digest, session->identity, session->identity_length);
  }
  association_pair_digest(&session->associations, digest, now_ns);
  digest_u64(digest, session->requesting);
}
