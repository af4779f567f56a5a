/* The PAA's places: one for each PaC, found by its address; and who gives way to whom. */
#include "authenticator_session.h"

#include <stdlib.h>
#include <string.h>

enum { UNUSED_NS = 2000000000 };

/* Tables */

static struct hash_key draw_key(const struct pana_authenticator *authenticator) {
  struct hash_key key = {0};
  if (authenticator->config.half_open_max > 0)
    node_random(authenticator->hooks, (uint8_t *)&key, sizeof key);
  return key;
}

bool pana_sessions_init(struct pana_authenticator *authenticator) {
  const size_t places = authenticator->config.peers_max + authenticator->config.half_open_max;
  const struct hash_key key = draw_key(authenticator);
  authenticator->sessions = calloc(places, sizeof(struct pana_session *));
  return table_init(&authenticator->by_remote, places, &key) &&
         deadline_heap_init(&authenticator->deadlines, places) && authenticator->sessions != NULL;
}

void pana_sessions_deinit(struct pana_authenticator *authenticator) {
  while (authenticator->session_count > 0)
    pana_session_release(authenticator->sessions[authenticator->session_count - 1]);
  free(authenticator->sessions);
  table_deinit(&authenticator->by_remote);
  deadline_heap_deinit(&authenticator->deadlines);
}

struct remote_key {
  uint8_t octets[sizeof((struct node_address *)NULL)->ip + 2];
};

static struct remote_key key_of(const struct node_address *remote) {
  struct remote_key key;
  memcpy(key.octets, remote->ip, sizeof remote->ip);
  key.octets[sizeof remote->ip] = (uint8_t)(remote->port >> 8);
  key.octets[sizeof remote->ip + 1] = (uint8_t)remote->port;
  return key;
}

struct pana_session *pana_sessions_find(const struct pana_authenticator *authenticator,
                                        const struct node_address *remote) {
  const struct remote_key key = key_of(remote);
  struct pana_session *session =
      table_first(&authenticator->by_remote, key.octets, sizeof key.octets);
  while (session != NULL && !node_address_equal(&session->remote, remote))
    session = table_next(&session->by_remote);
  return session;
}

/* Giving way */

void pana_session_release(struct pana_session *session) {
  struct pana_authenticator *authenticator = session->authenticator;
  struct pana_session *last = authenticator->sessions[--authenticator->session_count];
  authenticator->sessions[session->place] = last;
  last->place = session->place;
  table_remove(&authenticator->by_remote, &session->by_remote);
  pana_session_dequeue(session);
  deadline_set(&authenticator->deadlines, &session->deadline, NODE_NEVER);
  pana_session_end_run(session);
  pana_application_wipe(&session->application);
  pana_link_wipe(&session->open);
  pana_link_wipe(&session->opening);
  crypto_wipe(session, sizeof *session);
  free(session);
}

static void give_way(struct pana_session *session) {
  if (pana_session_in_progress(session))
    (void)pana_session_fail(session, "made-room");
  pana_session_close(session, "made room for another peer");
  pana_session_release(session);
}

/* Whoever has places of its own for first contacts lets the oldest go at once. */
static bool may_give_way(const struct pana_session *session) {
  return (!pana_session_is_open(session) && (session->authenticator->config.half_open_max > 0 ||
                                             !pana_session_in_progress(session))) ||
         session->authenticator->now_ns - session->used_ns >= UNUSED_NS;
}

/* Of those that are open, or not, those that count: of one host, or (NULL) all. */
static size_t count(const struct pana_authenticator *authenticator, bool open,
                    const struct node_address *host) {
  size_t found = 0;
  for (size_t i = 0; i < authenticator->session_count; i++) {
    const struct pana_session *at = authenticator->sessions[i];
    found += pana_session_is_open(at) == open &&
             (host == NULL || memcmp(at->remote.ip, host->ip, sizeof host->ip) == 0);
  }
  return found;
}

/* Makes room in the place of the least recently used of these, but not of `but`. */
static bool make_room(struct pana_authenticator *authenticator, bool open,
                      const struct node_address *host, const struct pana_session *but) {
  struct pana_session *oldest = NULL;
  for (size_t i = 0; i < authenticator->session_count; i++) {
    struct pana_session *at = authenticator->sessions[i];
    if (at != but && pana_session_is_open(at) == open && may_give_way(at) &&
        (host == NULL || memcmp(at->remote.ip, host->ip, sizeof host->ip) == 0) &&
        (oldest == NULL || at->used_ns < oldest->used_ns))
      oldest = at;
  }
  if (oldest == NULL)
    return false;
  give_way(oldest);
  return true;
}

static bool host_has_room(struct pana_authenticator *authenticator,
                          const struct node_address *remote) {
  const size_t most = authenticator->config.address_max;
  return most == 0 ||
         count(authenticator, false, remote) + count(authenticator, true, remote) < most ||
         make_room(authenticator, false, remote, NULL);
}

static bool first_contact_has_room(struct pana_authenticator *authenticator) {
  const struct lower_authenticator_config *config = &authenticator->config;
  if (config->half_open_max > 0)
    return count(authenticator, false, NULL) < config->half_open_max ||
           make_room(authenticator, false, NULL, NULL);
  return authenticator->session_count < config->peers_max ||
         make_room(authenticator, false, NULL, NULL) || make_room(authenticator, true, NULL, NULL);
}

bool pana_session_has_room(struct pana_session *session) {
  struct pana_authenticator *authenticator = session->authenticator;
  return pana_session_is_open(session) || authenticator->config.half_open_max == 0 ||
         count(authenticator, true, NULL) < authenticator->config.peers_max ||
         make_room(authenticator, true, NULL, session);
}

struct pana_session *pana_sessions_acquire(struct pana_authenticator *authenticator,
                                           const struct pana_route *route) {
  if (!host_has_room(authenticator, &route->remote) || !first_contact_has_room(authenticator))
    return NULL;
  struct pana_session *session = calloc(1, sizeof *session);
  if (session == NULL)
    return NULL;
  const struct remote_key key = key_of(&route->remote);
  session->authenticator = authenticator;
  session->local = route->local;
  session->remote = route->remote;
  session->relay = route->relay;
  session->deadline.owner = session;
  session->used_ns = authenticator->now_ns;
  session->patience_ns = session->ends_ns = session->forget_ns = NODE_NEVER;
  session->place = authenticator->session_count;
  authenticator->sessions[authenticator->session_count++] = session;
  table_add(&authenticator->by_remote, &session->by_remote, session, key.octets, sizeof key.octets);
  pana_link_init(&session->open, authenticator->hooks);
  pana_link_init(&session->opening, authenticator->hooks);
  pana_application_init(&session->application, &authenticator->options, true, &session->remote,
                        authenticator->config.payload_bytes, authenticator->hooks);
  return session;
}

/* Names */

void pana_session_hold(struct pana_session *session, const uint8_t *name, size_t length) {
  struct pana_authenticator *authenticator = session->authenticator;
  if (!authenticator->config.one_per_identity)
    return;
  for (size_t i = 0; i < authenticator->session_count; i++) {
    struct pana_session *at = authenticator->sessions[i];
    if (at == session || !pana_session_is_open(at) || at->holder_length != length ||
        memcmp(at->holder, name, length) != 0)
      continue;
    pana_session_close(at, "its identity authenticated anew");
    pana_session_touch(at);
  }
  memcpy(session->holder, name, length);
  session->holder_length = length;
}
