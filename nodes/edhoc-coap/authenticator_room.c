/* The authenticator's places: one for each peer, found by its address; who gives way to whom; and
 * the connection identifiers that are given out. */
#include "authenticator_session.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

/* Tables */

static struct hash_key draw_key(const struct edhoc_coap_authenticator *authenticator) {
  struct hash_key key = {0};
  if (authenticator->config.half_open_max > 0)
    node_random(authenticator->hooks, (uint8_t *)&key, sizeof key);
  return key;
}

bool edhoc_coap_sessions_init(struct edhoc_coap_authenticator *authenticator) {
  const size_t places = authenticator->config.peers_max + authenticator->config.half_open_max;
  const struct hash_key key = draw_key(authenticator);
  authenticator->sessions = calloc(places, sizeof(struct edhoc_coap_session *));
  authenticator->taken =
      calloc(EDHOC_COAP_SHORT_NUMBERS + (NUMBER_COUNT + EDHOC_COAP_RUNS) * places,
             sizeof *authenticator->taken);
  return table_init(&authenticator->by_remote, places, &key) &&
         table_init(&authenticator->by_host, places, &key) &&
         table_init(&authenticator->by_holder, places, &key) &&
         deadline_heap_init(&authenticator->deadlines, places) && authenticator->sessions != NULL &&
         authenticator->taken != NULL;
}

void edhoc_coap_sessions_deinit(struct edhoc_coap_authenticator *authenticator) {
  while (authenticator->session_count > 0)
    edhoc_coap_session_release(authenticator->sessions[authenticator->session_count - 1]);
  free(authenticator->sessions);
  free(authenticator->taken);
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

struct edhoc_coap_session *
edhoc_coap_sessions_find(const struct edhoc_coap_authenticator *authenticator,
                         const struct node_address *remote) {
  const struct remote_key key = key_of(remote);
  struct edhoc_coap_session *session =
      table_first(&authenticator->by_remote, key.octets, sizeof key.octets);
  while (session != NULL && !node_address_equal(&session->remote, remote))
    session = table_next(&session->by_remote);
  return session;
}

/* Standings */

static enum edhoc_coap_standing standing_of(const struct edhoc_coap_session *session) {
  return edhoc_coap_agreed_is_open(&session->agreed) ? STANDING_ESTABLISHED
                                                     : STANDING_FIRST_CONTACT;
}

static void standing_leave(struct edhoc_coap_session *session) {
  struct edhoc_coap_sessions *list = &session->authenticator->standings[session->standing];
  *(session->previous == NULL ? &list->first : &session->previous->next) = session->next;
  *(session->next == NULL ? &list->last : &session->next->previous) = session->previous;
  list->count--;
}

static void standing_enter(struct edhoc_coap_session *session) {
  session->standing = standing_of(session);
  struct edhoc_coap_sessions *list = &session->authenticator->standings[session->standing];
  session->previous = list->last;
  session->next = NULL;
  *(list->last == NULL ? &list->first : &list->last->next) = session;
  list->last = session;
  list->count++;
}

void edhoc_coap_session_stand(struct edhoc_coap_session *session) {
  if (session->standing == standing_of(session))
    return;
  standing_leave(session);
  standing_enter(session);
}

void edhoc_coap_session_use(struct edhoc_coap_session *session) {
  session->used_ns = session->authenticator->now_ns;
  standing_leave(session);
  standing_enter(session);
}

/* Giving way */

void edhoc_coap_session_release(struct edhoc_coap_session *session) {
  struct edhoc_coap_authenticator *authenticator = session->authenticator;
  struct edhoc_coap_session *last = authenticator->sessions[--authenticator->session_count];
  authenticator->sessions[session->place] = last;
  last->place = session->place;
  standing_leave(session);
  table_remove(&authenticator->by_remote, &session->by_remote);
  table_remove(&authenticator->by_host, &session->by_host);
  table_remove(&authenticator->by_holder, &session->by_holder);
  edhoc_coap_session_dequeue(session);
  deadline_set(&authenticator->deadlines, &session->deadline, NODE_NEVER);
  edhoc_coap_session_end_runs(session);
  for (size_t i = 0; i < NUMBER_COUNT; i++)
    edhoc_coap_session_set_number(session, (enum edhoc_coap_number)i, EDHOC_COAP_NO_NUMBER);
  association_pair_close(&session->agreed.pair);
  coap_session_wipe(&session->coap);
  crypto_wipe(session, sizeof *session);
  free(session);
}

static void give_way(struct edhoc_coap_session *session) {
  for (size_t i = 0; i < EDHOC_COAP_RUNS; i++)
    if (session->runs[i].edhoc != NULL)
      (void)edhoc_coap_session_fail(session, &session->runs[i], "made-room");
  edhoc_coap_session_close(session, "made room for another peer");
  edhoc_coap_session_release(session);
}

/* Whoever has places of its own for first contacts lets the oldest go at once. */
static bool may_give_way(const struct edhoc_coap_session *session) {
  enum { SAFE_FIRST_CONTACT = 5 }; /* intervals of ACK_TIMEOUT */
  const struct edhoc_coap_authenticator *authenticator = session->authenticator;
  const uint64_t unused_ns = authenticator->now_ns - session->used_ns;
  const uint64_t interval_ns = authenticator->options.coap.ack_timeout_ms * NODE_MS;
  if (session->standing == STANDING_ESTABLISHED)
    return unused_ns >= interval_ns;
  return authenticator->config.half_open_max > 0 || !edhoc_coap_session_in_progress(session) ||
         unused_ns >= SAFE_FIRST_CONTACT * interval_ns;
}

/* Makes room in the place of the first of this standing that may go, but not of `but`. */
static bool make_room(struct edhoc_coap_authenticator *authenticator,
                      enum edhoc_coap_standing standing, const struct edhoc_coap_session *but) {
  struct edhoc_coap_session *first = authenticator->standings[standing].first;
  if (first == but && first != NULL)
    first = first->next;
  if (first == NULL || !may_give_way(first))
    return false;
  give_way(first);
  return true;
}

static bool host_has_room(struct edhoc_coap_authenticator *authenticator,
                          const struct node_address *remote) {
  struct edhoc_coap_session *oldest = NULL;
  size_t count = 0;
  if (authenticator->config.address_max == 0)
    return true;
  for (struct edhoc_coap_session *at =
           table_first(&authenticator->by_host, remote->ip, sizeof remote->ip);
       at != NULL; at = table_next(&at->by_host)) {
    if (memcmp(at->remote.ip, remote->ip, sizeof remote->ip) != 0)
      continue;
    count++;
    if (at->standing == STANDING_FIRST_CONTACT && may_give_way(at) &&
        (oldest == NULL || at->used_ns < oldest->used_ns))
      oldest = at;
  }
  if (count < authenticator->config.address_max)
    return true;
  if (oldest == NULL)
    return false;
  give_way(oldest);
  return true;
}

static bool first_contact_has_room(struct edhoc_coap_authenticator *authenticator) {
  const struct lower_authenticator_config *config = &authenticator->config;
  const size_t contacts = authenticator->standings[STANDING_FIRST_CONTACT].count;
  if (config->half_open_max > 0)
    return contacts < config->half_open_max ||
           make_room(authenticator, STANDING_FIRST_CONTACT, NULL);
  return authenticator->session_count < config->peers_max ||
         make_room(authenticator, STANDING_FIRST_CONTACT, NULL) ||
         make_room(authenticator, STANDING_ESTABLISHED, NULL);
}

bool edhoc_coap_session_has_room(struct edhoc_coap_session *session) {
  struct edhoc_coap_authenticator *authenticator = session->authenticator;
  return session->standing == STANDING_ESTABLISHED ||
         authenticator->standings[STANDING_ESTABLISHED].count < authenticator->config.peers_max ||
         make_room(authenticator, STANDING_ESTABLISHED, session);
}

struct edhoc_coap_session *
edhoc_coap_sessions_acquire(struct edhoc_coap_authenticator *authenticator,
                            const struct node_address *remote) {
  if (!host_has_room(authenticator, remote) || !first_contact_has_room(authenticator))
    return NULL;
  struct edhoc_coap_session *session = calloc(1, sizeof *session);
  if (session == NULL)
    return NULL;
  const struct remote_key key = key_of(remote);
  session->authenticator = authenticator;
  session->local = authenticator->config.local;
  session->remote = *remote;
  session->deadline.owner = session;
  session->used_ns = authenticator->now_ns;
  session->ends_ns = session->forget_ns = NODE_NEVER;
  for (size_t i = 0; i < NUMBER_COUNT; i++)
    session->numbers[i] = EDHOC_COAP_NO_NUMBER;
  session->place = authenticator->session_count;
  authenticator->sessions[authenticator->session_count++] = session;
  table_add(&authenticator->by_remote, &session->by_remote, session, key.octets, sizeof key.octets);
  if (authenticator->config.address_max > 0)
    table_add(&authenticator->by_host, &session->by_host, session, remote->ip, sizeof remote->ip);
  standing_enter(session);
  coap_session_init(&session->coap, &authenticator->options.coap, authenticator->hooks);
  return session;
}

/* Names */

static struct edhoc_coap_session *find_holder(const struct edhoc_coap_authenticator *authenticator,
                                              const struct edhoc_name *name) {
  struct edhoc_coap_session *at =
      table_first(&authenticator->by_holder, name->octets, name->length);
  while (at != NULL &&
         (at->holder_length != name->length || memcmp(at->holder, name->octets, name->length) != 0))
    at = table_next(&at->by_holder);
  return at;
}

void edhoc_coap_session_hold(struct edhoc_coap_session *session, const struct edhoc_name *name) {
  struct edhoc_coap_authenticator *authenticator = session->authenticator;
  table_remove(&authenticator->by_holder, &session->by_holder);
  if (!authenticator->config.one_per_identity)
    return;
  struct edhoc_coap_session *former = find_holder(authenticator, name);
  if (former != NULL) {
    edhoc_coap_session_close(former, "its identity authenticated anew");
    table_remove(&authenticator->by_holder, &former->by_holder);
    if (edhoc_coap_session_in_progress(former))
      edhoc_coap_session_touch(former);
    else
      edhoc_coap_session_release(former);
  }
  memcpy(session->holder, name->octets, name->length);
  session->holder_length = name->length;
  table_add(&authenticator->by_holder, &session->by_holder, session, session->holder,
            session->holder_length);
}

/* Connection identifiers */

/* Short ones by turns, so that what is left of a session is not taken for the next one's; longer
 * ones only where none of these is free. */
static size_t find_number(const struct edhoc_coap_authenticator *authenticator,
                          const struct edhoc_connection_id *other) {
  const size_t first = authenticator->next_number;
  size_t number = EDHOC_COAP_SHORT_NUMBERS;
  for (size_t i = 0; i < EDHOC_COAP_SHORT_NUMBERS; i++) {
    const size_t turn = (first + i) % EDHOC_COAP_SHORT_NUMBERS;
    const struct edhoc_connection_id id = edhoc_coap_connection(turn);
    if (!authenticator->taken[turn] && !edhoc_coap_connection_equal(&id, other))
      return turn;
  }
  for (struct edhoc_connection_id id = edhoc_coap_connection(number);
       authenticator->taken[number] || edhoc_coap_connection_equal(&id, other);
       id = edhoc_coap_connection(number))
    number++;
  return number;
}

size_t edhoc_coap_take_number(struct edhoc_coap_authenticator *authenticator,
                              const struct edhoc_connection_id *other) {
  const size_t number = find_number(authenticator, other);
  if (number < EDHOC_COAP_SHORT_NUMBERS)
    authenticator->next_number = (number + 1) % EDHOC_COAP_SHORT_NUMBERS;
  authenticator->taken[number] = true;
  return number;
}

void edhoc_coap_give_back_number(struct edhoc_coap_authenticator *authenticator, size_t number) {
  if (number != EDHOC_COAP_NO_NUMBER)
    authenticator->taken[number] = false;
}

void edhoc_coap_session_set_number(struct edhoc_coap_session *session, enum edhoc_coap_number which,
                                   size_t number) {
  edhoc_coap_give_back_number(session->authenticator, session->numbers[which]);
  session->numbers[which] = number;
}
