/* The properties of access by tokens: who is served, by what token and until when, whose the keys
 * are, and ends. */
#include "association/association.h"
#include "hosts.h"
#include "monitor.h"

#include <assert.h>
#include <string.h>

static uint64_t token_hash(const void *octets, size_t length) {
  struct digest digest;
  digest_init(&digest);
  digest_octets(&digest, octets, length);
  return digest.low;
}

static const char *client_name(unsigned number) {
  static const char *const names[MONITOR_CLIENTS_MAX] = {"client A", "client D"};
  return names[number];
}

/* Whom an event is about; NULL: a stranger. */
static struct monitor_client *client_of(struct monitor *monitor, const struct node_event *event,
                                        unsigned *number) {
  *number = hosts_number(&event->remote);
  const bool is_client =
      hosts_side(&event->remote) == CHECK_PEER && *number < monitor->model->clients;
  return is_client ? &monitor->tokens.clients[*number] : NULL;
}

static bool is_allowed(const struct monitor *monitor, unsigned client) {
  return monitor->model->allows == MODEL_ALLOWS_ALL || client == 0;
}

/* One client gives way to another. */
static bool is_crowded(const struct monitor *monitor) {
  return monitor->model->places < monitor->model->clients;
}

static bool is_joined(const struct monitor *monitor) {
  return monitor->tokens.joined && monitor->now_ns < monitor->tokens.ends_ns;
}

/* Datagrams */

static void token_sends(struct monitor *monitor, enum check_side side,
                        struct monitor_message *message, const uint8_t *eap, size_t eap_length,
                        unsigned copy) {
  (void)eap, (void)eap_length;
  message->packet = (struct monitor_packet){.run = 0};
  if (side != CHECK_PEER || !message->is_access || copy > 0)
    return;
  const struct node_address inside = hosts_inside(monitor->model, &message->source);
  struct monitor_client *client = &monitor->tokens.clients[hosts_number(&inside)];
  client->requests[client->asked].sent++;
}

static void token_reads(struct monitor *monitor, enum check_side side,
                        const struct monitor_message *message) {
  (void)side;
  monitor->reading = message;
}

static void token_has_read(struct monitor *monitor, enum check_side side, int result) {
  if (result < 0)
    monitor_errs(monitor, side, result);
  monitor->reading = NULL;
}

/* What is believed is what stands in a message that is protected, and as it was sent. */
static void check_reading(struct monitor *monitor, const char *who, const char *what) {
  if (monitor->reading == NULL || !monitor->reading->is_protected)
    monitor_violate(monitor, MONITOR_CLEAR, "%s: %s", who, what);
  else if (monitor->reading->packet.rubbish)
    monitor_violate(monitor, MONITOR_RUBBISH, "%s: %s", who, what);
}

/* Joining, and tokens that are made */

static uint64_t join_end_ns(const struct monitor *monitor) {
  const uint32_t lifetime_s = monitor->model->join_lifetime_s;
  return lifetime_s == 0 ? NODE_NEVER : monitor->now_ns + lifetime_s * NODE_SECOND;
}

static void on_joined(struct monitor *monitor, const struct node_event *event) {
  unsigned number;
  struct monitor_client *client = client_of(monitor, event, &number);
  if (client != NULL) {
    client->ends_ns = join_end_ns(monitor);
  } else if (hosts_number(&event->remote) == HOSTS_RESOURCE_SERVER) {
    monitor->tokens.joined = true;
    monitor->tokens.ends_ns = join_end_ns(monitor);
    monitor->tokens.made = 0;
  }
}

static void on_left(struct monitor *monitor, const struct node_event *event) {
  if (hosts_side(&event->remote) == CHECK_AUTHENTICATOR &&
      hosts_number(&event->remote) == HOSTS_RESOURCE_SERVER)
    monitor->tokens.joined = false;
}

/* Tokens have whole seconds. */
static uint64_t token_end_ns(const struct monitor *monitor, const struct monitor_client *client) {
  const uint32_t said_s = monitor->model->token_lifetime_s;
  const uint32_t lifetime_s = said_s == 0 ? HOSTS_TOKEN_LIFETIME_S : said_s;
  const uint64_t second = (monitor->now_ns + NODE_SECOND - 1) / NODE_SECOND;
  uint64_t end_ns = (second + lifetime_s) * NODE_SECOND;
  end_ns = monitor->tokens.ends_ns < end_ns ? monitor->tokens.ends_ns : end_ns;
  return client->ends_ns < end_ns ? client->ends_ns : end_ns;
}

static void on_token_made(struct monitor *monitor, const struct node_event *event) {
  struct monitor_tokens *tokens = &monitor->tokens;
  unsigned number;
  const struct monitor_client *client = client_of(monitor, event, &number);
  if (client == NULL)
    return;
  if (!is_joined(monitor))
    monitor_violate(monitor, MONITOR_UNJOINED, "%s", client_name(number));
  if (!is_allowed(monitor, number))
    monitor_violate(monitor, MONITOR_UNGRANTED, "%s: token", client_name(number));
  if (tokens->token_count == MONITOR_TOKENS_MAX) {
    monitor->full = true;
    return;
  }
  tokens->tokens[tokens->token_count].client = number;
  tokens->tokens[tokens->token_count].id = (uint8_t)tokens->made++;
  tokens->tokens[tokens->token_count++].until_ns = token_end_ns(monitor, client);
}

/* Keys */

static bool has_key(const struct monitor_keys *keys, uint64_t hash) {
  for (size_t i = 0; i < keys->count; i++)
    if (keys->hashes[i] == hash)
      return true;
  return false;
}

static void on_key(struct monitor *monitor, enum check_side side, const struct node_event *event) {
  unsigned number;
  struct monitor_client *client = client_of(monitor, event, &number);
  const uint64_t hash = token_hash(event->secret, event->secret_length);
  if (client == NULL)
    return;
  struct monitor_keys *keys = &client->keys[side];
  for (unsigned i = 0; i < monitor->model->clients && side == CHECK_PEER; i++)
    if (i != number && has_key(&monitor->tokens.clients[i].keys[side], hash))
      monitor_violate(monitor, MONITOR_SHARED, "%s", client_name(number));
  if (has_key(keys, hash) && keys->hashes[keys->count - 1] == hash)
    return; /* of a token that was brought again */
  if (keys->count == MONITOR_KEYS_MAX) {
    monitor->full = true;
    return;
  }
  keys->hashes[keys->count++] = hash;
}

/* The key of the association is the last that the end has told of; of a session, whose handshake
 * may name one of before, any. */
static bool is_shared(const struct monitor *monitor, const struct monitor_client *client,
                      enum check_side side) {
  const struct monitor_keys *own = &client->keys[side], *theirs = &client->keys[1 - side];
  const bool any = association_kind_is_session(association_kind_of(&monitor->model->options));
  for (size_t i = any || own->count == 0 ? 0 : own->count - 1; i < own->count; i++)
    if (has_key(theirs, own->hashes[i]))
      return true;
  return false;
}

static void check_key(struct monitor *monitor, const struct monitor_client *client,
                      enum check_side side, const char *who) {
  if (!is_shared(monitor, client, side))
    monitor_violate(monitor, MONITOR_KEYS, "%s", who);
  check_reading(monitor, who, "confirmation");
}

/* The resource server */

/* The latest token of this name; one of the client's goes before one of another. 0: none. */
static size_t find_token(const struct monitor_tokens *tokens, unsigned client,
                         const struct node_event *event) {
  for (size_t i = tokens->token_count; i-- > 0;)
    if (tokens->tokens[i].client == client && event->name_length == 1 &&
        tokens->tokens[i].id == event->name[0])
      return i + 1;
  return 0;
}

static void check_token(struct monitor *monitor, unsigned client, size_t token, const char *what) {
  if (token == 0)
    monitor_violate(monitor, MONITOR_UNGRANTED, "%s: %s", client_name(client), what);
  else if (monitor->tokens.tokens[token - 1].until_ns <= monitor->now_ns)
    monitor_violate(monitor, MONITOR_EXPIRED, "%s: %s", client_name(client), what);
}

static void on_server_confirmed(struct monitor *monitor, const struct node_event *event) {
  unsigned number;
  struct monitor_client *client = client_of(monitor, event, &number);
  if (client == NULL) {
    monitor_violate(monitor, MONITOR_UNGRANTED, "a stranger: association");
    return;
  }
  client->token = find_token(&monitor->tokens, number, event);
  check_token(monitor, number, client->token, "association");
  check_key(monitor, client, CHECK_AUTHENTICATOR, "RS");
}

/* A token is brought in clear, or inside a handshake. */
static void on_token_taken(struct monitor *monitor, const struct node_event *event) {
  unsigned number;
  if (client_of(monitor, event, &number) == NULL)
    monitor_violate(monitor, MONITOR_BROUGHT, "by a stranger");
}

/* Which of its requests has this content; 0: none. */
static unsigned request_of(unsigned number, const struct monitor_client *client,
                           const struct node_event *event) {
  uint8_t value[HOSTS_VALUE_LENGTH];
  for (unsigned request = 1; request <= client->asked; request++) {
    hosts_value(number, request, value);
    if (event->name_length == sizeof value && memcmp(event->name, value, sizeof value) == 0)
      return request;
  }
  return 0;
}

static void on_served(struct monitor *monitor, const struct node_event *event) {
  unsigned number;
  struct monitor_client *client = client_of(monitor, event, &number);
  if (client == NULL) {
    monitor_violate(monitor, MONITOR_UNGRANTED, "a stranger: request");
    return;
  }
  const unsigned request = request_of(number, client, event);
  check_token(monitor, number, client->token, "request");
  check_reading(monitor, "RS", "request");
  if (request == 0)
    monitor_violate(monitor, MONITOR_UNGRANTED, "%s: not its request", client_name(number));
  else if (++client->requests[request].served > client->requests[request].sent)
    monitor_violate(monitor, MONITOR_SERVED_TWICE, "%s: request %u", client_name(number), request);
  else if (client->requests[request].served > 1)
    monitor_violate(monitor, MONITOR_AGAIN, "%s: request %u", client_name(number), request);
  monitor->sides[CHECK_AUTHENTICATOR].outcome = MONITOR_ESTABLISHED;
}

/* Nothing but its end, the client, or want of room ends an association in which both are. */
static void on_server_closed(struct monitor *monitor, const struct node_event *event) {
  unsigned number;
  struct monitor_client *client = client_of(monitor, event, &number);
  if (client == NULL || client->token == 0)
    return;
  if (client->is_content && !is_crowded(monitor) &&
      monitor->now_ns < monitor->tokens.tokens[client->token - 1].until_ns - NODE_SECOND)
    monitor_violate(monitor, MONITOR_BROKEN, "%s: %s", client_name(number), event->label);
  client->token = 0;
}

static void on_authenticator_event(struct monitor *monitor, const struct node_event *event) {
  if (event->phase == NODE_PHASE_AUTHENTICATION && event->type == NODE_EVENT_CONFIRMED)
    on_joined(monitor, event);
  else if (event->type == NODE_EVENT_CLOSED && event->remote.port != HOSTS_PORT)
    on_left(monitor, event);
  else if (event->phase == NODE_PHASE_AUTHORIZATION && event->type == NODE_EVENT_SERVED)
    on_token_made(monitor, event);
}

static void on_server_event(struct monitor *monitor, const struct node_event *event) {
  const bool transfers = event->phase == NODE_PHASE_TOKEN_TRANSFER;
  switch (event->type) {
  case NODE_EVENT_KEY:
    on_key(monitor, CHECK_AUTHENTICATOR, event);
    break;
  case NODE_EVENT_CONFIRMED:
    on_server_confirmed(monitor, event);
    break;
  case NODE_EVENT_SERVED:
    (transfers ? on_token_taken : on_served)(monitor, event);
    break;
  case NODE_EVENT_CLOSED:
    on_server_closed(monitor, event);
    break;
  default:
    break;
  }
}

/* Clients */

/* Of all requests: one that has failed, or is under way, counts most. */
static void summarize(struct monitor *monitor) {
  struct monitor_side *side = &monitor->sides[CHECK_PEER];
  side->outcome = MONITOR_ESTABLISHED;
  for (unsigned i = 0; i < monitor->model->clients; i++) {
    const struct monitor_client *client = &monitor->tokens.clients[i];
    if (client->request == MONITOR_RUNNING) {
      side->outcome = MONITOR_RUNNING;
    } else if (client->request == MONITOR_FAILED && side->outcome != MONITOR_RUNNING) {
      side->outcome = MONITOR_FAILED;
      side->reason = client->reason;
    }
  }
}

static void on_request_ended(struct monitor *monitor, struct monitor_client *client,
                             const char *reason) {
  client->request = reason == NULL ? MONITOR_ESTABLISHED : MONITOR_FAILED;
  client->reason = reason;
  summarize(monitor);
}

/* What is answered by success was served, if not by this message. */
static void on_answered(struct monitor *monitor, unsigned number, struct monitor_client *client,
                        const char *label) {
  const bool succeeded = label[0] == '2';
  check_reading(monitor, client_name(number), "response");
  if (succeeded && client->requests[client->asked].served == 0)
    monitor_violate(monitor, MONITOR_STALE, "%s: request %u", client_name(number), client->asked);
  on_request_ended(monitor, client, succeeded ? NULL : label);
}

static void on_access_event(struct monitor *monitor, unsigned number, struct monitor_client *client,
                            const struct node_event *event) {
  if (event->type == NODE_EVENT_ANSWERED)
    on_answered(monitor, number, client, event->label);
  else if (event->type == NODE_EVENT_UNANSWERED)
    on_request_ended(monitor, client, event->label);
  if (event->type == NODE_EVENT_UNANSWERED || event->type == NODE_EVENT_CLOSED)
    client->is_content = false;
}

static void on_client_event(struct monitor *monitor, const struct node_event *event) {
  unsigned number;
  struct monitor_client *client = client_of(monitor, event, &number);
  if (client == NULL || event->remote.port != HOSTS_PORT)
    return;
  if (event->type == NODE_EVENT_KEY) {
    on_key(monitor, CHECK_PEER, event);
  } else if (event->type == NODE_EVENT_CONFIRMED) {
    check_key(monitor, client, CHECK_PEER, client_name(number));
    client->is_content = true;
  } else if (event->phase == NODE_PHASE_APPLICATION) {
    on_access_event(monitor, number, client, event);
  } else if (event->phase == NODE_PHASE_TOKEN_TRANSFER && event->type == NODE_EVENT_STARTED) {
    client->is_content = false;
  }
}

static void token_event(struct monitor *monitor, enum check_side side,
                        const struct node_event *event) {
  const bool at_server = event->remote.port == HOSTS_PORT || event->remote.port == HOSTS_PORT + 1;
  if (side == CHECK_PEER)
    on_client_event(monitor, event);
  else if (at_server)
    on_server_event(monitor, event);
  else
    on_authenticator_event(monitor, event);
}

/* What begins is an event of ours. */
static bool token_is_beginning(const struct node_event *event) {
  (void)event;
  return false;
}

static void note_requests(struct monitor *monitor) {
  monitor->sides[CHECK_AUTHENTICATOR].run++;
  for (unsigned i = 0; i < monitor->model->clients; i++) {
    monitor->tokens.clients[i].request = MONITOR_RUNNING;
    if (++monitor->tokens.clients[i].asked == MONITOR_REQUESTS_MAX) {
      monitor->full = true;
      monitor->tokens.clients[i].asked--;
    }
  }
  summarize(monitor);
}

/* A request may suffer from what was done during the one before; not that behind it. */
static void token_begins(struct monitor *monitor) {
  monitor->tokens.lenient = monitor->excused;
  monitor->excused = is_crowded(monitor);
  monitor->tokens.joins = 0;
  note_requests(monitor);
}

static void token_restarted(struct monitor *monitor, enum check_side side) {
  monitor->excused = true;
  for (unsigned i = 0; i < monitor->model->clients; i++) {
    struct monitor_client *client = &monitor->tokens.clients[i];
    client->is_content = client->is_content && side != CHECK_PEER;
    client->token = side == CHECK_AUTHENTICATOR ? 0 : client->token;
  }
  if (side == CHECK_PEER)
    note_requests(monitor); /* they ask at once */
  else
    monitor->sides[side].run++;
  monitor->sides[CHECK_AUTHENTICATOR].outcome = MONITOR_IDLE;
}

/* Ends */

static bool token_is_over(const struct monitor *monitor, enum check_side side) {
  return side == CHECK_AUTHENTICATOR || monitor_is_over(monitor, side);
}

static bool is_rule(const struct model *model, const char *reason) {
  static const char *const rules[] = {
      "authorization-timeout", "authorization-refused", "authorization-scope", "authorization-busy",
      "no-association",        "token-timeout",         "token-refused",       "token-rejected",
      "access-timeout",        "access-refused"};
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
    if (strcmp(rules[i], reason) == 0)
      return true;
  return association_kind_fails(association_kind_of(&model->options), reason);
}

/* A request that began before the resource server was there may have been refused for that. */
static bool may_succeed(const struct monitor *monitor, unsigned number) {
  const bool was_there =
      monitor->model->joins != MODEL_JOINS_LATE || monitor->tokens.clients[number].asked > 1;
  return is_allowed(monitor, number) && is_joined(monitor) && was_there;
}

static void check_end(struct monitor *monitor, unsigned number) {
  const struct monitor_client *client = &monitor->tokens.clients[number];
  const bool may = may_succeed(monitor, number);
  if (client->request == MONITOR_RUNNING)
    monitor_violate(monitor, MONITOR_DEAD_END, "%s", client_name(number));
  else if (client->request == MONITOR_FAILED && !is_rule(monitor->model, client->reason))
    monitor_violate(monitor, MONITOR_UNRULED, "%s: %s", client_name(number), client->reason);
  else if (client->request == MONITOR_FAILED && may && !monitor->excused &&
           !monitor->tokens.lenient)
    monitor_violate(monitor, MONITOR_UNESTABLISHED, "%s: %s", client_name(number), client->reason);
}

static void token_ends(struct monitor *monitor) {
  for (unsigned i = 0; i < monitor->model->clients; i++)
    check_end(monitor, i);
}

static void digest_keys(const struct monitor_keys *keys, struct digest *digest) {
  digest_u64(digest, keys->count);
  for (size_t i = 0; i < keys->count; i++)
    digest_u64(digest, keys->hashes[i]);
}

static void digest_client(const struct monitor_client *client, uint64_t now_ns,
                          struct digest *digest) {
  digest_u64(digest, client->request);
  digest_octets(digest, client->reason, client->reason == NULL ? 0 : strlen(client->reason));
  for (unsigned i = 1; i <= client->asked; i++) {
    digest_u64(digest, client->requests[i].sent);
    digest_u64(digest, client->requests[i].served);
  }
  digest_u64(digest, client->is_content);
  digest_u64(digest, client->token);
  digest_lifetime(digest, client->ends_ns, now_ns);
  for (int side = 0; side < CHECK_SIDES; side++)
    digest_keys(&client->keys[side], digest);
}

static void token_digest(const struct monitor *monitor, struct digest *digest) {
  const struct monitor_tokens *tokens = &monitor->tokens;
  digest_u64(digest, monitor->excused);
  digest_u64(digest, tokens->lenient);
  digest_u64(digest, monitor->sides[CHECK_AUTHENTICATOR].outcome);
  digest_u64(digest, tokens->joined);
  digest_lifetime(digest, tokens->ends_ns, monitor->now_ns);
  digest_u64(digest, tokens->made);
  digest_u64(digest, tokens->joins);
  for (unsigned i = 0; i < monitor->model->clients; i++)
    digest_client(&tokens->clients[i], monitor->now_ns, digest);
  for (size_t i = 0; i < tokens->token_count; i++) {
    digest_u64(digest, tokens->tokens[i].client);
    digest_u64(digest, tokens->tokens[i].id);
    digest_lifetime(digest, tokens->tokens[i].until_ns, monitor->now_ns);
  }
}

const struct monitor_watch MONITOR_TOKEN = {.sends = token_sends,
                                            .reads = token_reads,
                                            .has_read = token_has_read,
                                            .event = token_event,
                                            .is_beginning = token_is_beginning,
                                            .restarted = token_restarted,
                                            .begins = token_begins,
                                            .is_over = token_is_over,
                                            .ends = token_ends,
                                            .digest = token_digest};
