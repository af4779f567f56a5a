/* The properties of an application that is bootstrapped: whose the keys are, who believes whom, and
 * ends. */
#include "monitor.h"

#include "association/association.h"
#include "eap/erp_packet.h"

#include <assert.h>
#include <string.h>

static enum check_side pull_other(enum check_side side) {
  return side == CHECK_PEER ? CHECK_AUTHENTICATOR : CHECK_PEER;
}

/* Whether the server at the address is what it says, or may have keys at all. */
static bool is_honest(const struct monitor *monitor) {
  return monitor->model->aps == MODEL_APS_HONEST;
}

static bool is_authorized(const struct monitor *monitor) {
  return is_honest(monitor) || monitor->model->aps == MODEL_APS_LIAR;
}

/* Datagrams */

static bool read_sequence(const struct monitor_message *message, uint8_t code, uint16_t *sequence) {
  struct erp_packet readings[ERP_SUITES];
  if (!message->is_coap || message->is_protected || message->coap.payload_length == 0 ||
      erp_packet_readings(message->coap.payload, message->coap.payload_length, readings) == 0 ||
      readings[0].code != code)
    return false;
  *sequence = readings[0].sequence;
  return true;
}

static void pull_sends(struct monitor *monitor, enum check_side side,
                       struct monitor_message *message, const uint8_t *eap, size_t eap_length,
                       unsigned copy) {
  (void)eap, (void)eap_length;
  uint16_t sequence;
  message->packet = (struct monitor_packet){.run = 0};
  if (side != CHECK_PEER || copy > 0 || !read_sequence(message, EAP_INITIATE, &sequence))
    return;
  monitor->pull.initiated = true;
  monitor->pull.sequence = sequence;
}

static void pull_reads(struct monitor *monitor, enum check_side side,
                       const struct monitor_message *message) {
  (void)side;
  monitor->reading = message;
}

static void pull_has_read(struct monitor *monitor, enum check_side side, int result) {
  if (result < 0)
    monitor_errs(monitor, side, result);
  monitor->reading = NULL;
}

/* Keys */

static unsigned server_of(const struct node_event *event) {
  return event->remote.ip[14];
}

static bool is_known(const struct monitor *monitor, enum check_side side, unsigned server,
                     const struct monitor_secret *secret) {
  const struct monitor_side *self = &monitor->sides[side];
  for (size_t i = 0; i < self->secret_count; i++)
    if (monitor->pull.servers_of[side][i] == server &&
        monitor_secret_equal(&self->secrets[i], secret))
      return true;
  return false;
}

static void check_key(struct monitor *monitor, enum check_side side, unsigned server,
                      const struct monitor_secret *secret) {
  if (monitor->model->pull == MODEL_PULL_ERP && is_known(monitor, side, server, secret))
    monitor_violate(monitor, MONITOR_REUSED, "%s", side == CHECK_PEER ? "UE" : "ApS");
  for (unsigned i = 0; i < MONITOR_SERVERS_MAX; i++)
    if (i != server && is_known(monitor, side, i, secret))
      monitor_violate(monitor, MONITOR_ALIKE, "%s", side == CHECK_PEER ? "UE" : "ApS");
  if (side == CHECK_PEER)
    return;
  if (!is_authorized(monitor))
    monitor_violate(monitor, MONITOR_UNAUTHORIZED, "aps%u", server + 1);
  else if (!is_honest(monitor))
    monitor_violate(monitor, MONITOR_UNWANTED, "of aps2 in place of aps%u", server + 1);
}

static void on_key(struct monitor *monitor, enum check_side side, const struct node_event *event) {
  struct monitor_side *self = &monitor->sides[side];
  const unsigned server = server_of(event);
  struct monitor_secret secret = {.length = event->secret_length};
  assert(event->secret_length <= MONITOR_SECRET_MAX);
  memcpy(secret.octets, event->secret, event->secret_length);
  if (self->secret_count == MONITOR_SECRETS_MAX) {
    monitor->full = true;
    return;
  }
  check_key(monitor, side, server, &secret);
  monitor->pull.servers_of[side][self->secret_count] = server;
  if (side == CHECK_PEER)
    monitor->pull.names_of[self->secret_count] = monitor->pull.name;
  self->secrets[self->secret_count++] = secret;
  monitor->pull.servers[server].keys[side] = (struct monitor_channel){
      .key = self->secret_count,
      .key_until_ns = monitor->model->key_lifetime_s == 0
                          ? NODE_NEVER
                          : monitor->now_ns + monitor->model->key_lifetime_s * NODE_SECOND};
}

static void on_pulled(struct monitor *monitor, enum check_side side) {
  uint16_t sequence;
  if (side != CHECK_PEER || monitor->model->pull != MODEL_PULL_ERP)
    return;
  if (monitor->reading == NULL || !read_sequence(monitor->reading, EAP_FINISH, &sequence) ||
      !monitor->pull.initiated || sequence != monitor->pull.sequence)
    monitor_violate(monitor, MONITOR_FINISH, "after %u", monitor->pull.sequence);
  else if (monitor->reading->packet.rubbish)
    monitor_violate(monitor, MONITOR_RUBBISH, "the UE takes a Finish");
}

/* What is believed under a key: both ends have it, it is of this server, and has not ended. */
static void check_use(struct monitor *monitor, enum check_side side, unsigned server,
                      const struct monitor_channel *channel, const char *what) {
  const char *name = side == CHECK_PEER ? "UE" : "ApS";
  if (channel->key == 0 ||
      !is_known(monitor, pull_other(side), server, &monitor->sides[side].secrets[channel->key - 1]))
    monitor_violate(monitor, MONITOR_KEYS, "%s: %s", name, what);
  else if (channel->key_until_ns <= monitor->now_ns)
    monitor_violate(monitor, MONITOR_EXPIRED, "%s: %s", name, what);
  if (monitor->reading == NULL && side == CHECK_AUTHENTICATOR && channel->key != 0)
    return; /* what it has held while the AS was asked */
  if (monitor->reading == NULL || !monitor->reading->is_protected)
    monitor_violate(monitor, MONITOR_CLEAR, "%s: %s", name, what);
  else if (monitor->reading->packet.rubbish)
    monitor_violate(monitor, MONITOR_RUBBISH, "%s: %s", name, what);
  if (side == CHECK_PEER && !is_honest(monitor))
    monitor_violate(monitor, MONITOR_BELIEVED, "%s: %s", name, what);
}

/* An application server takes a UE for the one whose key it has; a UE, a server for the one that it
 * has a key with. */
static void check_name(struct monitor *monitor, enum check_side side, unsigned server,
                       const struct node_event *event) {
  static const char *const servers[MONITOR_SERVERS_MAX] = {"aps1", "aps2"};
  const struct monitor_side *ue = &monitor->sides[CHECK_PEER];
  bool found = side == CHECK_PEER && event->name_length == strlen(servers[server]) &&
               memcmp(event->name, servers[server], event->name_length) == 0;
  for (size_t i = 0; side != CHECK_PEER && i < ue->secret_count; i++) {
    const struct monitor_secret *name = &monitor->pull.names_of[i];
    found = found || (name->length == event->name_length &&
                      memcmp(name->octets, event->name, name->length) == 0 &&
                      is_known(monitor, side, server, &ue->secrets[i]));
  }
  if (!found)
    monitor_violate(monitor, MONITOR_NAMED, "%s: aps%u", side == CHECK_PEER ? "UE" : "ApS",
                    server + 1);
}

static void on_authenticated(struct monitor *monitor, const struct node_event *event) {
  struct monitor_secret *name = &monitor->pull.name;
  assert(event->name_length <= MONITOR_SECRET_MAX);
  memcpy(name->octets, event->name, event->name_length);
  name->length = event->name_length;
}

static void on_secured(struct monitor *monitor, enum check_side side,
                       const struct node_event *event) {
  const unsigned number = server_of(event);
  struct monitor_server *server = &monitor->pull.servers[number];
  check_name(monitor, side, number, event);
  check_use(monitor, side, number, &server->keys[side], "channel");
  server->channels[side] = server->keys[side];
}

/* Requests */

static void set_outcome(struct monitor_side *side, enum monitor_outcome outcome,
                        const char *reason) {
  side->outcome = outcome;
  side->reason = reason;
}

/* Of all requests: one that has failed, or is under way, counts most. */
static void summarize(struct monitor *monitor) {
  struct monitor_side *ue = &monitor->sides[CHECK_PEER];
  set_outcome(ue, MONITOR_ESTABLISHED, NULL);
  for (unsigned i = 0; i < monitor->model->servers; i++) {
    const struct monitor_server *server = &monitor->pull.servers[i];
    if (server->request == MONITOR_FAILED && ue->outcome != MONITOR_RUNNING)
      set_outcome(ue, MONITOR_FAILED, server->reason);
    else if (server->request == MONITOR_RUNNING)
      set_outcome(ue, MONITOR_RUNNING, NULL);
  }
}

static void on_request_ended(struct monitor *monitor, unsigned server, enum monitor_outcome outcome,
                             const char *reason) {
  monitor->pull.servers[server].request = outcome;
  monitor->pull.servers[server].reason = reason;
  summarize(monitor);
}

static void on_served(struct monitor *monitor, unsigned number) {
  struct monitor_server *server = &monitor->pull.servers[number];
  check_use(monitor, CHECK_AUTHENTICATOR, number, &server->channels[CHECK_AUTHENTICATOR],
            "request");
  if (++server->served > server->asked)
    monitor_violate(monitor, MONITOR_SERVED_TWICE, "aps%u", number + 1);
  set_outcome(&monitor->sides[CHECK_AUTHENTICATOR], MONITOR_ESTABLISHED, NULL);
}

/* Of the server's side: what was served is more than what failed. */
static void on_server_failed(struct monitor *monitor, const char *reason) {
  if (monitor->sides[CHECK_AUTHENTICATOR].outcome != MONITOR_ESTABLISHED)
    set_outcome(&monitor->sides[CHECK_AUTHENTICATOR], MONITOR_FAILED, reason);
}

static void on_ue_event(struct monitor *monitor, const struct node_event *event) {
  const unsigned server = server_of(event);
  if (event->phase != NODE_PHASE_APPLICATION)
    return;
  if (event->type == NODE_EVENT_ANSWERED) {
    check_use(monitor, CHECK_PEER, server, &monitor->pull.servers[server].channels[CHECK_PEER],
              "response");
    on_request_ended(monitor, server, MONITOR_ESTABLISHED, NULL);
  } else if (event->type == NODE_EVENT_UNANSWERED) {
    on_request_ended(monitor, server, MONITOR_FAILED, event->label);
  }
}

static void on_server_event(struct monitor *monitor, const struct node_event *event) {
  if (event->type == NODE_EVENT_SERVED)
    on_served(monitor, server_of(event));
  else if (event->type == NODE_EVENT_FAILED || event->type == NODE_EVENT_UNANSWERED)
    on_server_failed(monitor, event->label);
}

static void pull_event(struct monitor *monitor, enum check_side side,
                       const struct node_event *event) {
  if (event->type == NODE_EVENT_KEY && event->phase == NODE_PHASE_PULL)
    on_key(monitor, side, event);
  else if (event->type == NODE_EVENT_ANSWERED && event->phase == NODE_PHASE_PULL)
    on_pulled(monitor, side);
  else if (event->type == NODE_EVENT_CONFIRMED)
    on_secured(monitor, side, event);
  else if (event->type == NODE_EVENT_STARTED && event->phase == NODE_PHASE_AUTHENTICATION)
    on_authenticated(monitor, event);
  else if (side == CHECK_PEER)
    on_ue_event(monitor, event);
  else
    on_server_event(monitor, event);
}

/* The UE's hosts tell of nothing: their own events do. What begins is an event of ours. */
static bool pull_is_beginning(const struct node_event *event) {
  (void)event;
  return false;
}

static void note_requests(struct monitor *monitor) {
  monitor->sides[CHECK_AUTHENTICATOR].run++;
  for (unsigned i = 0; i < monitor->model->servers; i++) {
    monitor->pull.servers[i].request = MONITOR_RUNNING;
    monitor->pull.servers[i].asked++;
  }
  summarize(monitor);
}

/* A request may suffer from what was done during the one before; not that behind it. */
static void pull_begins(struct monitor *monitor) {
  monitor->pull.lenient = monitor->excused;
  monitor->excused = false;
  note_requests(monitor);
}

static void pull_restarted(struct monitor *monitor, enum check_side side) {
  monitor->excused = true;
  for (unsigned i = 0; i < MONITOR_SERVERS_MAX; i++)
    monitor->pull.servers[i].channels[side] = monitor->pull.servers[i].keys[side] =
        (struct monitor_channel){.key = 0};
  if (side == CHECK_PEER)
    note_requests(monitor); /* it asks at once */
  else
    monitor->sides[side].run++;
  set_outcome(&monitor->sides[CHECK_AUTHENTICATOR], MONITOR_IDLE, NULL);
}

/* Ends */

static bool pull_is_over(const struct monitor *monitor, enum check_side side) {
  return side == CHECK_AUTHENTICATOR || monitor_is_over(monitor, side);
}

static bool is_rule(const struct model *model, const char *reason) {
  static const char *const rules[] = {"pull-timeout",      "pull-refused",  "pull-unavailable",
                                      "pull-wrong-server", "pull-rejected", "no-authentication",
                                      "app-timeout",       "app-reset",     "lifetime"};
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
    if (strcmp(rules[i], reason) == 0)
      return true;
  return association_kind_fails(association_kind_of(&model->options), reason);
}

static void check_end(struct monitor *monitor, unsigned number) {
  const struct monitor_server *server = &monitor->pull.servers[number];
  const bool may_succeed = is_honest(monitor) && !monitor->model->wrong_key;
  if (server->request == MONITOR_RUNNING)
    monitor_violate(monitor, MONITOR_DEAD_END, "request to aps%u", number + 1);
  else if (server->request == MONITOR_ESTABLISHED && !may_succeed)
    monitor_violate(monitor, MONITOR_BELIEVED, "aps%u", number + 1);
  else if (server->request == MONITOR_FAILED && !is_rule(monitor->model, server->reason))
    monitor_violate(monitor, MONITOR_UNRULED, "%s", server->reason);
  else if (server->request == MONITOR_FAILED && may_succeed && !monitor->excused &&
           !monitor->pull.lenient)
    monitor_violate(monitor, MONITOR_UNESTABLISHED, "%s", server->reason);
}

static void pull_ends(struct monitor *monitor) {
  for (unsigned i = 0; i < monitor->model->servers; i++)
    check_end(monitor, i);
}

static void digest_channel(const struct monitor_channel *channel, uint64_t now_ns,
                           struct digest *digest) {
  digest_u64(digest, channel->key);
  digest_lifetime(digest, channel->key_until_ns, now_ns);
}

static void pull_digest(const struct monitor *monitor, struct digest *digest) {
  digest_u64(digest, monitor->excused);
  digest_u64(digest, monitor->pull.lenient);
  digest_u64(digest, monitor->pull.initiated);
  digest_u64(digest, monitor->pull.sequence);
  digest_u64(digest, monitor->sides[CHECK_AUTHENTICATOR].outcome);
  for (unsigned i = 0; i < MONITOR_SERVERS_MAX; i++) {
    const struct monitor_server *server = &monitor->pull.servers[i];
    digest_u64(digest, server->request);
    digest_octets(digest, server->reason, server->reason == NULL ? 0 : strlen(server->reason));
    digest_u64(digest, server->asked - server->served);
    for (int side = 0; side < CHECK_SIDES; side++) {
      digest_channel(&server->channels[side], monitor->now_ns, digest);
      digest_channel(&server->keys[side], monitor->now_ns, digest);
    }
  }
  for (int side = 0; side < CHECK_SIDES; side++)
    for (size_t i = 0; i < monitor->sides[side].secret_count; i++) {
      const struct monitor_secret *secret = &monitor->sides[side].secrets[i];
      digest_u64(digest, monitor->pull.servers_of[side][i]);
      digest_octets(digest, secret->octets, secret->length);
    }
}

const struct monitor_watch MONITOR_PULL = {.sends = pull_sends,
                                           .reads = pull_reads,
                                           .has_read = pull_has_read,
                                           .event = pull_event,
                                           .is_beginning = pull_is_beginning,
                                           .restarted = pull_restarted,
                                           .begins = pull_begins,
                                           .is_over = pull_is_over,
                                           .ends = pull_ends,
                                           .digest = pull_digest};
