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

bool radius_server_init(struct radius_server *server, const struct radius_server_config *config,
                        const struct node_hooks *hooks) {
  *server = (struct radius_server){.config = *config, .hooks = hooks, .bucket_count = 16};
  if (config->conversations_max == 0 || config->conversations_max > UINT32_MAX)
    return false;
  while (server->bucket_count < 2 * config->conversations_max)
    server->bucket_count *= 2;
  server->conversations = calloc(config->conversations_max, sizeof(struct radius_conversation *));
  server->buckets = calloc(server->bucket_count, sizeof(struct radius_known_request *));
  if (server->conversations == NULL || server->buckets == NULL) {
    radius_server_deinit(server);
    return false;
  }
  node_random(hooks, (uint8_t *)&server->hash_key, sizeof server->hash_key);
  return true;
}

void radius_server_deinit(struct radius_server *server) {
  for (size_t i = 0; i < server->conversation_count; i++) {
    crypto_wipe(server->conversations[i], sizeof *server->conversations[i]);
    free(server->conversations[i]);
  }
  free(server->conversations);
  free(server->buckets);
  *server = (struct radius_server){0};
}

/* Known requests: a table of chains. The key is authenticated before it is put in, and hashed with
 * a random number. */

static struct radius_known_request **known_bucket(const struct radius_server *server,
                                                  const struct radius_request_key *key) {
  uint64_t hash = server->hash_key;
  for (size_t i = 0; i < sizeof key->authenticator; i++)
    hash = (hash ^ key->authenticator[i]) * UINT64_C(0x100000001b3);
  return &server->buckets[(hash >> 24) & (server->bucket_count - 1)];
}

static bool same_request(const struct radius_request_key *a, const struct radius_request_key *b) {
  return a->identifier == b->identifier && node_address_equal(&a->source, &b->source) &&
         memcmp(a->authenticator, b->authenticator, sizeof a->authenticator) == 0;
}

static struct radius_known_request *find_known(const struct radius_server *server,
                                               const struct radius_request_key *key) {
  struct radius_known_request *known = *known_bucket(server, key);
  while (known != NULL && !same_request(&known->key, key))
    known = known->next;
  return known;
}

static void known_forget(struct radius_server *server, struct radius_known_request *known) {
  if (!known->used)
    return;
  struct radius_known_request **link = known_bucket(server, &known->key);
  while (*link != known)
    link = &(*link)->next;
  *link = known->next;
  known->used = false;
}

static void known_add(struct radius_server *server, struct radius_known_request *known,
                      struct radius_conversation *conversation,
                      const struct radius_request_key *key) {
  known_forget(server, known);
  struct radius_known_request **bucket = known_bucket(server, key);
  *known = (struct radius_known_request){
      .used = true, .key = *key, .conversation = conversation, .next = *bucket};
  *bucket = known;
}

/* Conversations */

static void list_remove(struct radius_server *server, struct radius_conversation *conversation) {
  struct radius_conversation_list *list = &server->lists[conversation->phase];
  struct radius_conversation *previous = conversation->previous, *next = conversation->next;
  *(previous == NULL ? &list->first : &previous->next) = next;
  *(next == NULL ? &list->last : &next->previous) = previous;
}

static void list_append(struct radius_server *server, struct radius_conversation *conversation) {
  struct radius_conversation_list *list = &server->lists[conversation->phase];
  conversation->previous = list->last;
  conversation->next = NULL;
  *(list->last == NULL ? &list->first : &list->last->next) = conversation;
  list->last = conversation;
}

/* Puts the conversation last among those of its new phase. */
static void conversation_move(struct radius_server *server,
                              struct radius_conversation *conversation,
                              enum radius_conversation_phase phase, uint64_t now_ns) {
  list_remove(server, conversation);
  conversation->phase = phase;
  conversation->active_ns = now_ns;
  list_append(server, conversation);
}

static void dequeue(struct radius_server *server, struct radius_conversation *conversation) {
  struct radius_conversation *previous = NULL, *at = server->write_first;
  while (at != conversation) {
    previous = at;
    at = at->next_to_write;
  }
  *(previous == NULL ? &server->write_first : &previous->next_to_write) = at->next_to_write;
  if (server->write_last == at)
    server->write_last = previous;
  at->queued = false;
}

static void conversation_release(struct radius_server *server,
                                 struct radius_conversation *conversation) {
  known_forget(server, &conversation->first);
  known_forget(server, &conversation->last);
  if (conversation->queued)
    dequeue(server, conversation);
  list_remove(server, conversation);
  crypto_wipe(conversation->state + STATE_RANDOM, RADIUS_STATE_LENGTH - STATE_RANDOM);
  eap_server_wipe(&conversation->eap);
  crypto_wipe(conversation->answer, sizeof conversation->answer);
  conversation->phase = RADIUS_FREE;
  conversation->has_state = false;
  conversation->answer_length = 0;
  list_append(server, conversation);
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

/* A free conversation: one that was used before, a new one, or the one that ended longest ago. */
static struct radius_conversation *find_free(struct radius_server *server) {
  if (server->lists[RADIUS_FREE].first != NULL)
    return server->lists[RADIUS_FREE].first;
  if (server->conversation_count < server->config.conversations_max) {
    struct radius_conversation *new = calloc(1, sizeof *new);
    if (new != NULL) {
      write_place(new->state, server->conversation_count);
      server->conversations[server->conversation_count++] = new;
      list_append(server, new);
      return new;
    }
  }
  struct radius_conversation *ended = server->lists[RADIUS_ENDED].first;
  if (ended != NULL)
    conversation_release(server, ended);
  return ended;
}

static struct radius_conversation *conversation_acquire(struct radius_server *server,
                                                        const struct radius_request_key *key,
                                                        uint64_t now_ns) {
  struct radius_conversation *conversation = find_free(server);
  if (conversation == NULL)
    return NULL;
  conversation_move(server, conversation, RADIUS_RUNNING, now_ns);
  conversation->state[STATE_NUMBER] = 0;
  node_random(server->hooks, conversation->state + STATE_RANDOM,
              RADIUS_STATE_LENGTH - STATE_RANDOM);
  known_add(server, &conversation->first, conversation, key);
  return conversation;
}

/* Requests */

static const struct radius_secret *find_secret(const struct radius_server *server,
                                               const struct node_address *source) {
  for (size_t i = 0; i < server->config.client_count; i++)
    if (memcmp(server->config.clients[i].ip, source->ip, sizeof source->ip) == 0)
      return &server->config.clients[i].secret;
  return NULL;
}

static void queue(struct radius_server *server, struct radius_conversation *conversation) {
  if (conversation->queued)
    return;
  conversation->queued = true;
  conversation->next_to_write = NULL;
  *(server->write_first == NULL ? &server->write_first : &server->write_last->next_to_write) =
      conversation;
  server->write_last = conversation;
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
  *old = conversation->phase != RADIUS_RUNNING ||
         conversation->state[STATE_NUMBER] != state->value[STATE_NUMBER];
  return conversation;
}

/* RFC 5080 section 2.2.2. */
static enum radius_server_result
repeat(struct radius_server *server, const struct radius_known_request *known, const char **why) {
  struct radius_conversation *conversation = known->conversation;
  if (known == &conversation->first && conversation->last.used)
    return server_discard(why, "old request");
  assert(conversation->answer_length > 0);
  queue(server, conversation);
  return RADIUS_SERVER_REPEAT;
}

static enum radius_server_result
conversation_assign(struct radius_server *server, const struct radius_packet *packet,
                    const struct radius_request_key *key, uint64_t now_ns,
                    struct radius_conversation **conversation, const char **why) {
  struct radius_attribute state;
  bool old = false;
  const bool has_state = radius_attribute_find(packet, RADIUS_STATE, &state);
  *conversation = has_state ? find_by_state(server, &state, &old) : NULL;
  if (old)
    return server_discard(why, "old State");
  if (*conversation != NULL) {
    conversation_move(server, *conversation, RADIUS_RUNNING, now_ns);
    known_add(server, &(*conversation)->last, *conversation, key);
    return RADIUS_SERVER_CONTINUE;
  }
  *conversation = conversation_acquire(server, key, now_ns);
  if (*conversation == NULL)
    return server_discard(why, "no room for another conversation");
  return has_state ? RADIUS_SERVER_UNKNOWN : RADIUS_SERVER_NEW;
}

enum radius_server_result radius_server_receive(struct radius_server *server,
                                                const struct node_datagram *datagram,
                                                uint64_t now_ns, struct radius_packet *packet,
                                                struct radius_conversation **conversation,
                                                const char **why) {
  const struct radius_secret *secret = find_secret(server, &datagram->source);
  if (secret == NULL)
    return server_discard(why, "unknown RADIUS client");
  if (radius_packet_parse(datagram->data, datagram->length, packet) < 0)
    return server_discard(why, "malformed RADIUS packet");
  if (packet->code != RADIUS_ACCESS_REQUEST)
    return server_discard(why, "RADIUS code that is no Access-Request");
  *why = radius_request_check(packet, secret);
  if (*why != NULL)
    return RADIUS_SERVER_DISCARD;

  struct radius_request_key key = {.source = datagram->source, .identifier = packet->identifier};
  memcpy(key.authenticator, packet->authenticator, sizeof key.authenticator);
  const struct radius_known_request *known = find_known(server, &key);
  if (known != NULL)
    return repeat(server, known, why);

  const enum radius_server_result result =
      conversation_assign(server, packet, &key, now_ns, conversation, why);
  if (result != RADIUS_SERVER_DISCARD) {
    (*conversation)->source = datagram->source;
    (*conversation)->secret = secret;
    (*conversation)->answer_length = 0;
    memcpy((*conversation)->request_authenticator, key.authenticator, sizeof key.authenticator);
  }
  return result;
}

/* Answers */

void radius_server_compose(struct radius_server *server, struct radius_conversation *conversation,
                           enum radius_code code, struct span_writer *out) {
  const struct radius_known_request *request =
      conversation->last.used ? &conversation->last : &conversation->first;
  if (conversation->queued) /* the answer to an older request, that nobody waits for */
    dequeue(server, conversation);
  span_writer_init(out, conversation->answer, sizeof conversation->answer,
                   &conversation->answer_spans);
  radius_begin(out, (uint8_t)code, request->key.identifier);
  if (code != RADIUS_ACCESS_CHALLENGE)
    return;
  conversation->has_state = true;
  conversation->state[STATE_NUMBER]++;
  radius_add(out, RADIUS_STATE, conversation->state, sizeof conversation->state);
}

int radius_server_send(struct radius_server *server, struct radius_conversation *conversation,
                       struct span_writer *out, uint64_t now_ns) {
  const int error =
      radius_response_seal(out, conversation->request_authenticator, conversation->secret);
  if (error < 0)
    return error;
  conversation->answer_length = out->length;
  conversation->copy = 0;
  queue(server, conversation);
  if (out->data[0] != RADIUS_ACCESS_CHALLENGE) {
    eap_server_wipe(&conversation->eap);
    conversation_move(server, conversation, RADIUS_ENDED, now_ns);
  }
  return 0;
}

size_t radius_server_last_request(const struct radius_conversation *conversation, uint8_t *eap,
                                  size_t capacity) {
  /* Receiving a request marks the answer as sent and done with; its octets stay until the next. */
  struct radius_packet packet;
  if (!conversation->has_state ||
      radius_packet_parse(conversation->answer, sizeof conversation->answer, &packet) < 0)
    return 0;
  const int length = radius_eap_join(&packet, eap, capacity);
  return length < 0 ? 0 : (size_t)length;
}

int radius_server_write(struct radius_server *server, struct node_datagram *datagram) {
  struct radius_conversation *conversation = server->write_first;
  if (conversation == NULL)
    return 0;
  if (conversation->answer_length > datagram->capacity)
    return NODE_ERR_TOO_LONG;
  dequeue(server, conversation);
  memcpy(datagram->data, conversation->answer, conversation->answer_length);
  datagram->length = conversation->answer_length;
  datagram->spans = conversation->answer_spans;
  datagram->label = radius_code_name(conversation->answer[0]);
  datagram->copy = conversation->copy++;
  datagram->destination = conversation->source;
  return 1;
}

/* Time */

static uint64_t end_of(const struct radius_conversation *conversation, uint64_t seconds) {
  return conversation == NULL ? NODE_NEVER : conversation->active_ns + seconds * NODE_SECOND;
}

uint64_t radius_server_expiry(const struct radius_server *server) {
  const uint64_t running = end_of(server->lists[RADIUS_RUNNING].first, RUNNING_SECONDS);
  const uint64_t ended = end_of(server->lists[RADIUS_ENDED].first, ENDED_SECONDS);
  return running < ended ? running : ended;
}

bool radius_server_handle_expiry(struct radius_server *server, uint64_t now_ns,
                                 struct node_address *source) {
  while (end_of(server->lists[RADIUS_ENDED].first, ENDED_SECONDS) <= now_ns)
    conversation_release(server, server->lists[RADIUS_ENDED].first);
  struct radius_conversation *running = server->lists[RADIUS_RUNNING].first;
  if (end_of(running, RUNNING_SECONDS) > now_ns)
    return false;
  *source = running->source;
  conversation_release(server, running);
  return true;
}
