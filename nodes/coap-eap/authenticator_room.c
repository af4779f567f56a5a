/* The authenticator's places: one for each peer, found by its address; and who gives way to whom.
 */
#include "authenticator_session.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

/* Tables */

static struct hash_key draw_key(const struct coap_eap_authenticator *authenticator) {
  struct hash_key key = {0};
  if (authenticator->config.half_open_max > 0)
    node_random(authenticator->hooks, (uint8_t *)&key, sizeof key);
  return key;
}

bool coap_eap_sessions_init(struct coap_eap_authenticator *authenticator) {
  const size_t places = authenticator->config.peers_max + authenticator->config.half_open_max;
  const struct hash_key key = draw_key(authenticator);
  authenticator->sessions = calloc(places, sizeof(struct coap_eap_session *));
  return table_init(&authenticator->by_remote, places, &key) &&
         table_init(&authenticator->by_host, places, &key) &&
         table_init(&authenticator->by_holder, places, &key) &&
         deadline_heap_init(&authenticator->deadlines, places) && authenticator->sessions != NULL;
}

void coap_eap_sessions_deinit(struct coap_eap_authenticator *authenticator) {
  while (authenticator->session_count > 0)
    coap_eap_session_release(authenticator->sessions[authenticator->session_count - 1]);
  free(authenticator->sessions);
  table_deinit(&authenticator->by_remote);
  table_deinit(&authenticator->by_host);
  table_deinit(&authenticator->by_holder);
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

struct coap_eap_session *coap_eap_sessions_find(const struct coap_eap_authenticator *authenticator,
                                                const struct node_address *remote) {
  const struct remote_key key = key_of(remote);
  struct coap_eap_session *session =
      table_first(&authenticator->by_remote, key.octets, sizeof key.octets);
  while (session != NULL && !node_address_equal(&session->remote, remote))
    session = table_next(&session->by_remote);
  return session;
}

/* Standings */

static enum coap_eap_standing standing_of(const struct coap_eap_session *session) {
  if (session->first_contact)
    return STANDING_FIRST_CONTACT;
  if (association_is_open(&session->associations.current))
    return STANDING_ESTABLISHED;
  const bool runs = coap_eap_session_in_progress(session) || session->stage == SESSION_FREE;
  return runs ? STANDING_RUNNING : STANDING_FAILED;
}

static void standing_leave(struct coap_eap_session *session) {
  struct coap_eap_sessions *list = &session->authenticator->standings[session->standing];
  *(session->previous == NULL ? &list->first : &session->previous->next) = session->next;
  *(session->next == NULL ? &list->last : &session->next->previous) = session->previous;
  list->count--;
}

static void standing_enter(struct coap_eap_session *session, enum coap_eap_standing standing) {
  struct coap_eap_sessions *list = &session->authenticator->standings[standing];
  session->standing = standing;
  session->previous = list->last;
  session->next = NULL;
  *(list->last == NULL ? &list->first : &list->last->next) = session;
  list->last = session;
  list->count++;
}

void coap_eap_session_stand(struct coap_eap_session *session) {
  const enum coap_eap_standing standing = standing_of(session);
  if (standing == session->standing)
    return;
  standing_leave(session);
  standing_enter(session, standing);
}

bool coap_eap_session_is_crowded(const struct coap_eap_session *session) {
  const struct coap_eap_authenticator *authenticator = session->authenticator;
  const size_t most = authenticator->config.half_open_max;
  return session->first_contact && most > 0 &&
         authenticator->standings[STANDING_FIRST_CONTACT].count > most;
}

/* Giving way */

void coap_eap_session_release(struct coap_eap_session *session) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  struct coap_eap_session *last = authenticator->sessions[--authenticator->session_count];
  authenticator->sessions[session->place] = last;
  last->place = session->place;
  standing_leave(session);
  table_remove(&authenticator->by_remote, &session->by_remote);
  table_remove(&authenticator->by_host, &session->by_host);
  table_remove(&authenticator->by_holder, &session->by_holder);
  coap_eap_session_dequeue(session);
  deadline_set(&authenticator->deadlines, &session->deadline, NODE_NEVER);
  coap_eap_session_end_backend(session);
  association_pair_close(&session->associations);
  coap_session_wipe(&session->coap);
  crypto_wipe(session, sizeof *session);
  free(session);
}

static void give_way(struct coap_eap_session *session) {
  if (coap_eap_session_in_progress(session))
    (void)coap_eap_session_fail(session, "made-room");
  coap_eap_session_close(session, "made room for another peer");
  coap_eap_session_release(session);
}

/* Of these standings; and of all addresses, or of this one. */
struct room {
  enum coap_eap_standing from, to;
  const uint8_t *host;
};

/* Who answers need not have any key: of the places of associations, those without one get no more
 * than this part. */
enum { PART_WITHOUT_KEY = 8 };

static bool have_enough_without_key(const struct coap_eap_authenticator *authenticator) {
  const size_t count = authenticator->standings[STANDING_FAILED].count +
                       authenticator->standings[STANDING_RUNNING].count;
  return count * PART_WITHOUT_KEY >= authenticator->config.peers_max;
}

/* How long who has answered is safe, in intervals of ACK_TIMEOUT. */
static bool may_give_way(const struct coap_eap_session *session) {
  static const unsigned safe[STANDING_COUNT] = {
      [STANDING_ESTABLISHED] = 1,
      [STANDING_RUNNING] = 5,
  };
  const struct coap_eap_authenticator *authenticator = session->authenticator;
  const uint64_t interval_ns = authenticator->options.coap.ack_timeout_ms * NODE_MS;
  if (session->standing == STANDING_ESTABLISHED && have_enough_without_key(authenticator))
    return false;
  return authenticator->now_ns - session->answered_ns >= safe[session->standing] * interval_ns;
}

static bool precedes(const struct coap_eap_session *a, const struct coap_eap_session *b) {
  return a->standing != b->standing ? a->standing < b->standing : a->answered_ns < b->answered_ns;
}

static struct coap_eap_session *first_at_host(const struct coap_eap_authenticator *authenticator,
                                              const struct room *room, size_t *count) {
  struct coap_eap_session *first = NULL;
  *count = 0;
  for (struct coap_eap_session *at =
           table_first(&authenticator->by_host, room->host, sizeof at->remote.ip);
       at != NULL; at = table_next(&at->by_host)) {
    if (memcmp(at->remote.ip, room->host, sizeof at->remote.ip) != 0 || at->standing < room->from ||
        at->standing > room->to)
      continue;
    ++*count;
    if (may_give_way(at) && (first == NULL || !precedes(first, at)))
      first = at;
  }
  return first;
}

static struct coap_eap_session *first_of_all(const struct coap_eap_authenticator *authenticator,
                                             const struct room *room, size_t *count) {
  struct coap_eap_session *first = NULL;
  *count = 0;
  for (unsigned i = room->from; i <= (unsigned)room->to; i++) {
    struct coap_eap_session *oldest = authenticator->standings[i].first;
    *count += authenticator->standings[i].count;
    if (first == NULL && oldest != NULL && may_give_way(oldest))
      first = oldest;
  }
  return first;
}

/* Sees to it that there are less than `most`. False: none gives way. */
static bool make_room(struct coap_eap_authenticator *authenticator, const struct room *room,
                      size_t most) {
  size_t count;
  struct coap_eap_session *first = room->host == NULL ? first_of_all(authenticator, room, &count)
                                                      : first_at_host(authenticator, room, &count);
  if (count < most)
    return true;
  if (first == NULL)
    return false;
  give_way(first);
  return true;
}

/* Room for one more: a first contact, or one that is none. */
static bool room_for(struct coap_eap_authenticator *authenticator,
                     const struct node_address *remote, bool first_contact) {
  const struct lower_authenticator_config *config = &authenticator->config;
  const bool apart = config->half_open_max > 0;
  struct room room = {
      .from = apart && !first_contact ? STANDING_FAILED : STANDING_FIRST_CONTACT,
      .to = apart && first_contact ? STANDING_FIRST_CONTACT : STANDING_RUNNING,
      .host = remote->ip,
  };
  if (config->address_max > 0 && !make_room(authenticator, &room, config->address_max))
    return false;
  room.host = NULL;
  if (!first_contact || !apart)
    return make_room(authenticator, &room, config->peers_max);
  const size_t others =
      authenticator->session_count - authenticator->standings[STANDING_FIRST_CONTACT].count;
  return make_room(authenticator, &room, config->peers_max + config->half_open_max - others);
}

/* One that is no first contact may need the place of one. */
static bool total_has_room(struct coap_eap_authenticator *authenticator) {
  const struct room room = {.from = STANDING_FIRST_CONTACT, .to = STANDING_RUNNING};
  return make_room(authenticator, &room,
                   authenticator->config.peers_max + authenticator->config.half_open_max);
}

struct coap_eap_session *coap_eap_sessions_acquire(struct coap_eap_authenticator *authenticator,
                                                   const struct node_address *remote,
                                                   bool first_contact) {
  if (!room_for(authenticator, remote, first_contact) || !total_has_room(authenticator))
    return NULL;
  struct coap_eap_session *session = calloc(1, sizeof *session);
  if (session == NULL)
    return NULL;
  const struct remote_key key = key_of(remote);
  session->authenticator = authenticator;
  session->local = authenticator->config.local;
  session->remote = *remote;
  session->deadline.owner = session;
  session->first_contact = first_contact;
  session->answered_ns = authenticator->now_ns;
  session->ends_ns = NODE_NEVER;
  session->due_ns = NODE_NEVER;
  session->forget_ns = NODE_NEVER;
  session->place = authenticator->session_count;
  authenticator->sessions[authenticator->session_count++] = session;
  table_add(&authenticator->by_remote, &session->by_remote, session, key.octets, sizeof key.octets);
  if (authenticator->config.address_max > 0)
    table_add(&authenticator->by_host, &session->by_host, session, remote->ip, sizeof remote->ip);
  standing_enter(session, standing_of(session));
  coap_session_init(&session->coap, &authenticator->options.coap, authenticator->hooks);
  return session;
}

/* Answers */

void coap_eap_session_triggered(struct coap_eap_session *session) {
  session->asked = true;
  if (association_is_open(&session->associations.current))
    return;
  session->first_contact = true;
  coap_eap_session_stand(session);
}

void coap_eap_session_use(struct coap_eap_session *session) {
  session->answered_ns = session->authenticator->now_ns;
  standing_leave(session);
  standing_enter(session, standing_of(session));
}

bool coap_eap_session_answered(struct coap_eap_session *session) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  const bool moves = session->first_contact && authenticator->config.half_open_max > 0;
  if (moves && !room_for(authenticator, &session->remote, false))
    return false;
  session->first_contact = false;
  coap_eap_session_use(session);
  return true;
}

/* Identities */

/* RFC 7542 section 2.4: "@realm", or by custom "anonymous@realm", is of nobody. */
static bool is_of_somebody(const uint8_t *identity, size_t length) {
  static const char anonymous[] = "anonymous";
  const size_t least = sizeof anonymous - 1;
  if (length == 0 || identity[0] == '@')
    return false;
  return length < least || memcmp(identity, anonymous, least) != 0 ||
         (length > least && identity[least] != '@');
}

static struct coap_eap_session *find_holder(const struct coap_eap_authenticator *authenticator,
                                            const uint8_t *name, size_t length) {
  struct coap_eap_session *at = table_first(&authenticator->by_holder, name, length);
  while (at != NULL &&
         (at->holder_length != length || memcmp(at->holder, name, at->holder_length) != 0))
    at = table_next(&at->by_holder);
  return at;
}

/* Who held the association before gives it up. */
static void session_replace_former(struct coap_eap_session *former) {
  coap_eap_session_close(former, "its identity authenticated anew");
  table_remove(&former->authenticator->by_holder, &former->by_holder);
  if (coap_eap_session_in_progress(former))
    coap_eap_session_touch(former);
  else
    coap_eap_session_release(former);
}

void coap_eap_session_hold(struct coap_eap_session *session, const uint8_t *name, size_t length) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  table_remove(&authenticator->by_holder, &session->by_holder);
  session->holder_length = is_of_somebody(name, length) ? length : 0;
  if (session->holder_length == 0)
    return;
  struct coap_eap_session *former = find_holder(authenticator, name, length);
  if (former != NULL)
    session_replace_former(former);
  memcpy(session->holder, name, length);
  if (authenticator->config.one_per_identity)
    table_add(&authenticator->by_holder, &session->by_holder, session, session->holder,
              session->holder_length);
}
