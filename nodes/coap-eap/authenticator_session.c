/* The authenticator's sessions: one for each peer, found by its address, woken by its deadline. */
#include "authenticator_session.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool authenticator_sessions_init(struct authenticator *authenticator) {
  const size_t peers_max = authenticator->config.peers_max;
  authenticator->bucket_count = 16;
  while (authenticator->bucket_count < peers_max)
    authenticator->bucket_count *= 2;
  authenticator->sessions = calloc(peers_max, sizeof(struct peer_session *));
  authenticator->buckets = calloc(authenticator->bucket_count, sizeof(struct peer_session *));
  return deadline_heap_init(&authenticator->deadlines, peers_max) &&
         authenticator->sessions != NULL && authenticator->buckets != NULL;
}

void authenticator_sessions_deinit(struct authenticator *authenticator) {
  for (size_t i = 0; i < authenticator->session_count; i++) {
    coap_eap_association_close(&authenticator->sessions[i]->pending);
    coap_eap_association_close(&authenticator->sessions[i]->association);
    crypto_wipe(authenticator->sessions[i], sizeof *authenticator->sessions[i]);
    free(authenticator->sessions[i]);
  }
  free(authenticator->sessions);
  free(authenticator->buckets);
  deadline_heap_deinit(&authenticator->deadlines);
}

/* By address */

static struct peer_session **bucket_of(const struct authenticator *authenticator,
                                       const struct node_address *remote) {
  uint64_t hash = remote->port;
  for (size_t i = 0; i < sizeof remote->ip; i++)
    hash = (hash ^ remote->ip[i]) * UINT64_C(0x100000001b3);
  hash ^= hash >> 32;
  return &authenticator->buckets[hash & (authenticator->bucket_count - 1)];
}

struct peer_session *authenticator_find(const struct authenticator *authenticator,
                                        const struct node_address *remote) {
  struct peer_session *session = *bucket_of(authenticator, remote);
  while (session != NULL && !node_address_equal(&session->remote, remote))
    session = session->next_in_bucket;
  return session;
}

static void forget(struct authenticator *authenticator, struct peer_session *session) {
  struct peer_session **link = bucket_of(authenticator, &session->remote);
  while (*link != session)
    link = &(*link)->next_in_bucket;
  *link = session->next_in_bucket;
}

static struct peer_session *longest_failed(const struct authenticator *authenticator) {
  struct peer_session *oldest = NULL;
  for (size_t i = 0; i < authenticator->session_count; i++) {
    struct peer_session *session = authenticator->sessions[i];
    if (session->state == STATE_FAILED && !session->association.open &&
        (oldest == NULL || session->failed_count < oldest->failed_count))
      oldest = session;
  }
  return oldest;
}

static void dequeue(struct authenticator *authenticator, struct peer_session *session) {
  struct peer_session *previous = NULL, *at = authenticator->write_first;
  for (; at != session; at = at->next_to_write)
    previous = at;
  *(previous == NULL ? &authenticator->write_first : &previous->next_to_write) = at->next_to_write;
  if (authenticator->write_last == at)
    authenticator->write_last = previous;
  at->queued = false;
}

/* A session that is in no table. */
static struct peer_session *make_room(struct authenticator *authenticator) {
  if (authenticator->session_count < authenticator->config.peers_max) {
    struct peer_session *new = calloc(1, sizeof *new);
    if (new != NULL)
      authenticator->sessions[authenticator->session_count++] = new;
    return new;
  }
  struct peer_session *failed = longest_failed(authenticator);
  if (failed == NULL)
    return NULL;
  forget(authenticator, failed);
  if (failed->queued)
    dequeue(authenticator, failed);
  assert(failed->deadline.place == 0); /* what failed waits for nothing */
  coap_eap_association_close(&failed->pending);
  crypto_wipe(failed, sizeof *failed);
  return failed;
}

struct peer_session *authenticator_acquire(struct authenticator *authenticator,
                                           const struct node_address *remote) {
  struct peer_session *session = make_room(authenticator);
  if (session == NULL)
    return NULL;
  struct peer_session **bucket = bucket_of(authenticator, remote);
  session->remote = *remote;
  session->next_in_bucket = *bucket;
  session->deadline.owner = session;
  *bucket = session;
  coap_session_init(&session->coap, &authenticator->config.options.coap, authenticator->hooks);
  return session;
}

/* By time, and by turn */

void authenticator_touch(struct authenticator *authenticator, struct peer_session *session) {
  const uint64_t expiries_ns[] = {coap_session_expiry(&session->coap),
                                  coap_eap_association_expiry(&session->pending),
                                  coap_eap_association_expiry(&session->association)};
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < sizeof expiries_ns / sizeof expiries_ns[0]; i++)
    next_ns = expiries_ns[i] < next_ns ? expiries_ns[i] : next_ns;
  deadline_set(&authenticator->deadlines, &session->deadline, next_ns);
  if (session->queued)
    return;
  session->queued = true;
  session->next_to_write = NULL;
  *(authenticator->write_first == NULL ? &authenticator->write_first
                                       : &authenticator->write_last->next_to_write) = session;
  authenticator->write_last = session;
}

struct peer_session *authenticator_take_writer(struct authenticator *authenticator) {
  struct peer_session *session = authenticator->write_first;
  if (session != NULL)
    dequeue(authenticator, session);
  return session;
}

/* Ends */

bool authenticator_in_progress(const struct peer_session *session) {
  return session->state != STATE_FREE && session->state != STATE_ESTABLISHED &&
         session->state != STATE_FAILED;
}

int authenticator_discard(const struct authenticator *authenticator,
                          const struct node_address *remote, const char *why) {
  node_event(authenticator->hooks, NODE_EVENT_DISCARDED, remote, why);
  return 0;
}

void authenticator_end(struct authenticator *authenticator, struct peer_session *session,
                       enum authenticator_state state) {
  session->state = state;
  if (coap_eap_association_failure(&session->pending) ==
      NULL) /* else it may have an alert to send */
    coap_eap_association_close(&session->pending);
  backend_end(&authenticator->backend, &session->backend);
}

int authenticator_fail(struct authenticator *authenticator, struct peer_session *session,
                       const char *reason) {
  coap_session_cancel(&session->coap);
  session->failed_count = ++authenticator->failures;
  authenticator_end(authenticator, session, STATE_FAILED);
  node_event(authenticator->hooks, NODE_EVENT_FAILED, &session->remote, reason);
  return 0;
}

/* Digest */

void authenticator_session_digest(const struct authenticator *authenticator,
                                  const struct peer_session *session, struct digest *digest,
                                  uint64_t now_ns) {
  digest_u64(digest, session->state);
  coap_session_digest(&session->coap, digest, now_ns);
  if (authenticator_in_progress(session)) {
    coap_eap_ordering_digest(&session->ordering, digest);
    backend_session_digest(&authenticator->backend, &session->backend, digest);
    digest_octets(digest, session->token, sizeof session->token);
    digest_octets(digest, session->resource, strlen(session->resource));
    digest_octets(digest, session->identity, session->identity_length);
  }
  coap_eap_association_digest(&session->pending, digest, now_ns);
  coap_eap_association_digest(&session->association, digest, now_ns);
  digest_u64(digest, session->requesting);
}
