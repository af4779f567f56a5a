/* The RADIUS server: verification, duplicates, State and the life of conversations. */
#include "server.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
  /* A peer's answer may take CoAP's MAX_TRANSMIT_WAIT of 93 s; the peer gives up after 123 s. */
  RUNNING_SECONDS = 120,
  ENDED_SECONDS = 30,
  /* State: the conversation's place, the number of the Challenge, random octets. */
  STATE_PLACE = 0,
  STATE_NUMBER = 4,
  STATE_RANDOM = 5,
};

enum { SHARED_OUT = 4 }; /* of the places one in four */

static void shares_init(struct radius_server *server) {
  const struct radius_server_config *config = &server->config;
  const size_t places = config->conversations_max, shared_out = places / SHARED_OUT;
  for (size_t i = 0; i < config->client_count; i++)
    server->shares[i].secret = &config->clients[i].secret;
  server->share_max = places;
  if (config->client_count < 2 || places < 2)
    return;
  server->share_max = places - (shared_out > 0 ? shared_out : 1);
  server->guaranteed = shared_out / config->client_count;
  server->unused = server->guaranteed * config->client_count;
}

bool radius_server_init(struct radius_server *server, const struct radius_server_config *config,
                        const struct node_hooks *hooks) {
  *server = (struct radius_server){.config = *config, .hooks = hooks};
  if (config->conversations_max == 0 || config->conversations_max > UINT32_MAX)
    return false;
  server->conversations = calloc(config->conversations_max, sizeof(struct radius_conversation *));
  server->shares = calloc(config->client_count + 1, sizeof *server->shares);
  if (server->conversations == NULL || server->shares == NULL ||
      !radius_known_init(&server->known, config->conversations_max, hooks)) {
    radius_server_deinit(server);
    return false;
  }
  shares_init(server);
  return true;
}

static void conversation_end_eap(struct radius_conversation *conversation) {
  if (conversation->eap == NULL)
    return;
  eap_server_wipe(conversation->eap);
  free(conversation->eap);
  conversation->eap = NULL;
}

void radius_server_deinit(struct radius_server *server) {
  for (size_t i = 0; i < server->conversation_count; i++) {
    conversation_end_eap(server->conversations[i]);
    kept_wipe(&server->conversations[i]->answer);
    crypto_wipe(server->conversations[i], sizeof *server->conversations[i]);
    free(server->conversations[i]);
  }
  free(server->conversations);
  radius_known_deinit(&server->known);
  free(server->shares);
  *server = (struct radius_server){0};
}

/* Conversations */

static void list_remove(struct radius_conversation_list *list, enum radius_list_kind kind,
                        struct radius_conversation *conversation) {
  struct radius_conversation *previous = conversation->previous[kind],
                             *next = conversation->next[kind];
  *(previous == NULL ? &list->first : &previous->next[kind]) = next;
  *(next == NULL ? &list->last : &next->previous[kind]) = previous;
}

static void list_append(struct radius_conversation_list *list, enum radius_list_kind kind,
                        struct radius_conversation *conversation) {
  conversation->previous[kind] = list->last;
  conversation->next[kind] = NULL;
  *(list->last == NULL ? &list->first : &list->last->next[kind]) = conversation;
  list->last = conversation;
}

static void dequeue(struct radius_server *server, struct radius_conversation *conversation) {
  list_remove(&server->to_write, RADIUS_TO_WRITE, conversation);
  conversation->queued = false;
}

static size_t share_unused(const struct radius_server *server,
                           const struct radius_server_share *share) {
  return share->live < server->guaranteed ? server->guaranteed - share->live : 0;
}

static void share_count_live(struct radius_server *server, struct radius_server_share *share,
                             bool more) {
  server->unused -= share_unused(server, share);
  share->live += more ? 1 : (size_t)-1;
  server->live += more ? 1 : (size_t)-1;
  server->unused += share_unused(server, share);
}

static void share_count_begun(struct radius_conversation *conversation, bool more) {
  struct radius_server_share *share = conversation->client;
  share->begun_count += more ? 1 : (size_t)-1;
  (more ? list_append : list_remove)(&share->begun, RADIUS_BY_CLIENT, conversation);
}

static bool is_live(enum radius_conversation_phase phase) {
  return phase == RADIUS_BEGUN || phase == RADIUS_RUNNING || phase == RADIUS_HELD;
}

/* Puts the conversation last among those of its new phase. */
static void conversation_set_phase(struct radius_server *server,
                                   struct radius_conversation *conversation,
                                   enum radius_conversation_phase phase) {
  const enum radius_conversation_phase old = conversation->phase;
  list_remove(&server->phases[old], RADIUS_BY_PHASE, conversation);
  if (old == RADIUS_BEGUN)
    share_count_begun(conversation, false);
  conversation->phase = phase;
  if (phase == RADIUS_BEGUN)
    share_count_begun(conversation, true);
  if (is_live(old) != is_live(phase))
    share_count_live(server, conversation->client, is_live(phase));
  list_append(&server->phases[phase], RADIUS_BY_PHASE, conversation);
}

static void conversation_move(struct radius_server *server,
                              struct radius_conversation *conversation,
                              enum radius_conversation_phase phase, uint64_t now_ns) {
  conversation_set_phase(server, conversation, phase);
  conversation->active_ns = now_ns;
}

static void conversation_release(struct radius_server *server,
                                 struct radius_conversation *conversation) {
  radius_known_forget(&server->known, &conversation->first);
  radius_known_forget(&server->known, &conversation->last);
  if (conversation->queued)
    dequeue(server, conversation);
  crypto_wipe(conversation->state + STATE_RANDOM, RADIUS_STATE_LENGTH - STATE_RANDOM);
  conversation_end_eap(conversation);
  kept_wipe(&conversation->answer);
  conversation->has_state = false;
  conversation_set_phase(server, conversation, RADIUS_FREE);
}

static void write_place(uint8_t *state, size_t place) {
  for (size_t i = 0; i < STATE_NUMBER - STATE_PLACE; i++)
    state[STATE_PLACE + i] = (uint8_t)(place >> 8 * i);
}

static size_t read_place(const uint8_t *state) {
  size_t place = 0;
  for (size_t i = 0; i < STATE_NUMBER - STATE_PLACE; i++)
    place |= (size_t)state[STATE_PLACE + i] << 8 * i;
  return place;
}

/* Places */

/* Whether this client may have one more conversation that lives. */
static bool share_has_room(const struct radius_server *server,
                           const struct radius_server_share *share) {
  return share->live < server->guaranteed ||
         (share->live < server->share_max &&
          server->live + server->unused < server->config.conversations_max);
}

/* The client whose oldest conversation without a second request gives way to one of `share`: the
 * one that has most of them, of this one and, unless this one has all that it may, of those that
 * have more than is guaranteed. NULL: there is none. */
static struct radius_server_share *share_that_gives_way(const struct radius_server *server,
                                                        struct radius_server_share *share) {
  struct radius_server_share *most = share->begun_count == 0 ? NULL : share;
  for (size_t i = 0; share->live < server->share_max && i < server->config.client_count; i++) {
    struct radius_server_share *other = &server->shares[i];
    if (other->live > server->guaranteed &&
        other->begun_count > (most == NULL ? 0 : most->begun_count))
      most = other;
  }
  return most;
}

/* One that was used before, a new one, or the one that ended longest ago. */
static struct radius_conversation *place_without_harm(struct radius_server *server) {
  if (server->phases[RADIUS_FREE].first != NULL)
    return server->phases[RADIUS_FREE].first;
  if (server->conversation_count < server->config.conversations_max) {
    struct radius_conversation *new = calloc(1, sizeof *new);
    if (new != NULL) {
      write_place(new->state, server->conversation_count);
      server->conversations[server->conversation_count++] = new;
      list_append(&server->phases[RADIUS_FREE], RADIUS_BY_PHASE, new);
      return new;
    }
  }
  struct radius_conversation *ended = server->phases[RADIUS_ENDED].first;
  if (ended != NULL)
    conversation_release(server, ended);
  return ended;
}

static struct radius_conversation *find_place(struct radius_server *server,
                                              struct radius_server_share *share) {
  struct radius_conversation *place =
      share_has_room(server, share) ? place_without_harm(server) : NULL;
  if (place != NULL)
    return place;
  const struct radius_server_share *gives_way = share_that_gives_way(server, share);
  if (gives_way == NULL)
    return NULL;
  place = gives_way->begun.first;
  node_event(server->hooks, place->purpose, NODE_EVENT_FAILED, &place->source,
             "conversation gave way to another");
  conversation_release(server, place);
  return place;
}

static struct radius_conversation *conversation_acquire(struct radius_server *server,
                                                        struct radius_server_share *share,
                                                        const struct radius_request_key *key,
                                                        uint64_t now_ns) {
  struct eap_server *eap = calloc(1, sizeof *eap);
  struct radius_conversation *conversation = eap == NULL ? NULL : find_place(server, share);
  if (conversation == NULL) {
    free(eap);
    return NULL;
  }
  conversation->eap = eap;
  conversation->purpose = NODE_PHASE_AUTHENTICATION;
  conversation->client = share;
  conversation_move(server, conversation, RADIUS_BEGUN, now_ns);
  conversation->state[STATE_NUMBER] = 0;
  node_random(server->hooks, conversation->state + STATE_RANDOM,
              RADIUS_STATE_LENGTH - STATE_RANDOM);
  radius_known_add(&server->known, &conversation->first, key, conversation);
  return conversation;
}

/* Requests */

static struct radius_server_share *find_client(const struct radius_server *server,
                                               const struct node_address *source) {
  for (size_t i = 0; i < server->config.client_count; i++)
    if (memcmp(server->config.clients[i].ip, source->ip, sizeof source->ip) == 0)
      return &server->shares[i];
  return NULL;
}

static void queue(struct radius_server *server, struct radius_conversation *conversation) {
  if (conversation->queued)
    return;
  conversation->queued = true;
  list_append(&server->to_write, RADIUS_TO_WRITE, conversation);
}

static enum radius_server_result server_discard(const char **why, const char *text) {
  *why = text;
  return RADIUS_SERVER_DISCARD;
}

/* Whose this State is. `*old`: that of an earlier Challenge. */
static struct radius_conversation *find_by_state(const struct radius_server *server,
                                                 const struct radius_attribute *state, bool *old) {
  if (state->length != RADIUS_STATE_LENGTH)
    return NULL;
  const size_t place = read_place(state->value);
  if (place >= server->conversation_count)
    return NULL;
  struct radius_conversation *conversation = server->conversations[place];
  if (!conversation->has_state ||
      !crypto_equal(conversation->state + STATE_RANDOM, state->value + STATE_RANDOM,
                    RADIUS_STATE_LENGTH - STATE_RANDOM))
    return NULL;
  *old = !is_live(conversation->phase) ||
         conversation->state[STATE_NUMBER] != state->value[STATE_NUMBER];
  return conversation;
}

/* RFC 5080 section 2.2.2. */
static enum radius_server_result
repeat(struct radius_server *server, const struct radius_known_request *known, const char **why) {
  struct radius_conversation *conversation = known->owner;
  if (known == &conversation->first && conversation->last.used)
    return server_discard(why, "old request");
  if (conversation->answered)
    queue(server, conversation);
  return RADIUS_SERVER_REPEAT;
}

static enum radius_server_result
conversation_assign(struct radius_server *server, struct radius_server_share *share,
                    const struct radius_packet *packet, const struct radius_request_key *key,
                    uint64_t now_ns, struct radius_conversation **conversation, const char **why) {
  struct radius_attribute state;
  bool old = false;
  const bool has_state = radius_attribute_find(packet, RADIUS_STATE, &state);
  *conversation = has_state ? find_by_state(server, &state, &old) : NULL;
  if (old)
    return server_discard(why, "old State");
  if (*conversation != NULL) {
    conversation_move(server, *conversation, RADIUS_RUNNING, now_ns);
    radius_known_add(&server->known, &(*conversation)->last, key, *conversation);
    return RADIUS_SERVER_CONTINUE;
  }
  *conversation = conversation_acquire(server, share, key, now_ns);
  if (*conversation == NULL)
    return server_discard(why, "no room for another conversation");
  return has_state ? RADIUS_SERVER_UNKNOWN : RADIUS_SERVER_NEW;
}

enum radius_server_result radius_server_receive(struct radius_server *server,
                                                const struct node_datagram *datagram,
                                                uint64_t now_ns, struct radius_packet *packet,
                                                struct radius_conversation **conversation,
                                                const char **why) {
  struct radius_server_share *share = find_client(server, &datagram->source);
  if (share == NULL)
    return server_discard(why, "unknown RADIUS client");
  if (radius_packet_parse(datagram->data, datagram->length, packet) < 0)
    return server_discard(why, "malformed RADIUS packet");
  if (packet->code != RADIUS_ACCESS_REQUEST)
    return server_discard(why, "RADIUS code that is no Access-Request");
  *why = radius_request_check(packet, share->secret);
  if (*why != NULL)
    return RADIUS_SERVER_DISCARD;

  const struct radius_request_key key = radius_request_key_of(&datagram->source, packet);
  const struct radius_known_request *known = radius_known_find(&server->known, &key);
  if (known != NULL)
    return repeat(server, known, why);

  const enum radius_server_result result =
      conversation_assign(server, share, packet, &key, now_ns, conversation, why);
  if (result != RADIUS_SERVER_DISCARD) {
    (*conversation)->source = datagram->source;
    (*conversation)->secret = share->secret;
    (*conversation)->answered = false;
    memcpy((*conversation)->request_authenticator, key.authenticator, sizeof key.authenticator);
  }
  return result;
}

void radius_server_hold(struct radius_server *server, struct radius_conversation *conversation,
                        uint64_t now_ns) {
  if (conversation->queued) /* the answer to an older request, that nobody waits for */
    dequeue(server, conversation);
  conversation_move(server, conversation, RADIUS_HELD, now_ns);
}

void radius_server_forget_user(struct radius_server *server, const struct eap_user *user) {
  for (size_t i = 0; i < server->conversation_count; i++) {
    struct radius_conversation *conversation = server->conversations[i];
    if (conversation->eap == NULL || eap_server_user(conversation->eap) != user)
      continue;
    node_event(server->hooks, conversation->purpose, NODE_EVENT_FAILED, &conversation->source,
               "credential has ended");
    conversation_release(server, conversation);
  }
}

/* Answers */

void radius_server_compose(struct radius_server *server, struct radius_conversation *conversation,
                           const struct radius_packet *request, enum radius_code code,
                           struct span_writer *out) {
  if (conversation->queued) /* the answer to an older request, that nobody waits for */
    dequeue(server, conversation);
  span_writer_init(out, server->composed, sizeof server->composed, &server->composed_spans);
  radius_begin(out, (uint8_t)code, request->identifier);
  if (code == RADIUS_ACCESS_CHALLENGE) {
    conversation->has_state = true;
    conversation->state[STATE_NUMBER]++;
    radius_add(out, RADIUS_STATE, conversation->state, sizeof conversation->state);
  }
  struct radius_attribute attribute;
  for (size_t at = 0; radius_attribute_next(request, &at, &attribute);)
    if (attribute.type == RADIUS_PROXY_STATE)
      radius_add(out, RADIUS_PROXY_STATE, attribute.value, attribute.length);
}

int radius_server_send(struct radius_server *server, struct radius_conversation *conversation,
                       struct span_writer *out, uint64_t now_ns) {
  assert(out->data == server->composed);
  int error = radius_response_seal(out, conversation->request_authenticator, conversation->secret);
  if (error == 0)
    error = kept_store(&conversation->answer, out->data, out->length, out->spans);
  if (error < 0)
    return error;
  conversation->answered = true;
  conversation->copy = 0;
  queue(server, conversation);
  if (out->data[0] != RADIUS_ACCESS_CHALLENGE) {
    conversation_end_eap(conversation);
    conversation_move(server, conversation, RADIUS_ENDED, now_ns);
  } else if (conversation->phase == RADIUS_HELD) {
    conversation_move(server, conversation, conversation->last.used ? RADIUS_RUNNING : RADIUS_BEGUN,
                      now_ns);
  }
  return 0;
}

size_t radius_server_last_request(const struct radius_conversation *conversation, uint8_t *eap,
                                  size_t capacity) {
  /* The answer to the last request but one stays until the next. */
  struct radius_packet packet;
  if (!conversation->has_state ||
      radius_packet_parse(conversation->answer.data, conversation->answer.length, &packet) < 0)
    return 0;
  const int length = radius_eap_join(&packet, eap, capacity);
  return length < 0 ? 0 : (size_t)length;
}

int radius_server_write(struct radius_server *server, struct node_datagram *datagram) {
  struct radius_conversation *conversation = server->to_write.first;
  if (conversation == NULL)
    return 0;
  const int error = kept_write(&conversation->answer, datagram);
  if (error < 0)
    return error;
  dequeue(server, conversation);
  datagram->label = radius_code_name(conversation->answer.data[0]);
  datagram->copy = conversation->copy++;
  datagram->phase = conversation->purpose;
  datagram->destination = conversation->source;
  return 1;
}

/* Time */

static uint64_t end_of(const struct radius_conversation *conversation, uint64_t seconds) {
  return conversation == NULL ? NODE_NEVER : conversation->active_ns + seconds * NODE_SECOND;
}

/* Of those without a later request, the one that was active longest ago. */
static struct radius_conversation *longest_silent(const struct radius_server *server) {
  struct radius_conversation *begun = server->phases[RADIUS_BEGUN].first,
                             *running = server->phases[RADIUS_RUNNING].first;
  return end_of(running, 0) <= end_of(begun, 0) ? running : begun;
}

uint64_t radius_server_expiry(const struct radius_server *server) {
  const uint64_t live = end_of(longest_silent(server), RUNNING_SECONDS);
  const uint64_t ended = end_of(server->phases[RADIUS_ENDED].first, ENDED_SECONDS);
  return live < ended ? live : ended;
}

bool radius_server_handle_expiry(struct radius_server *server, uint64_t now_ns,
                                 struct node_address *source) {
  while (end_of(server->phases[RADIUS_ENDED].first, ENDED_SECONDS) <= now_ns)
    conversation_release(server, server->phases[RADIUS_ENDED].first);
  struct radius_conversation *silent = longest_silent(server);
  if (end_of(silent, RUNNING_SECONDS) > now_ns)
    return false;
  *source = silent->source;
  conversation_release(server, silent);
  return true;
}
