/* The properties: order of EAP packets, keys, protection, ends. */
#include "monitor.h"

#include "association/association.h"
#include "oscore/oscore.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const CHECK_SIDE_NAMES[CHECK_SIDES] = {"authenticator", "peer"};

static const struct {
  const char *name, *text;
} VIOLATIONS[MONITOR_VIOLATIONS] = {
    [MONITOR_NONE] = {"none", "nothing is violated"},
    [MONITOR_REPEATED] = {"eap-repeated", "an EAP packet reached EAP twice"},
    [MONITOR_DISORDER] = {"eap-out-of-order", "an EAP packet reached EAP out of order"},
    [MONITOR_MIXED] = {"eap-mixed", "an EAP packet reached an authentication not its own"},
    [MONITOR_RUBBISH] = {"rubbish-delivered", "a damaged packet reached EAP, or confirmed the key"},
    [MONITOR_KEYS] = {"keys-differ", "a key was confirmed that the other side does not have"},
    [MONITOR_CLEAR] = {"accepted-in-clear", "accepted in clear after the key was there"},
    [MONITOR_REUSED] = {"key-reused", "re-authentication led to a key that was there before"},
    [MONITOR_NONCE] = {"nonce-reused", "two texts under one key and Partial IV, or IV"},
    [MONITOR_REPLAYED] = {"esp-replayed", "a packet of ESP was accepted twice"},
    [MONITOR_MESSAGE_ID] = {"message-id-reused",
                            "two requests of one authentication with one Message ID"},
    [MONITOR_ANSWERED] = {"old-request-answered", "an old request was not discarded silently"},
    [MONITOR_STALE] = {"stale-response", "a request had the response to another"},
    [MONITOR_UNASKED] = {"unasked-response",
                         "a response to another authentication's request was taken"},
    [MONITOR_KILLED] = {"live-run-ended", "an old step 1 ended a live authentication"},
    [MONITOR_DEAD_END] = {"dead-end", "nothing can happen, and an authentication has no end"},
    [MONITOR_UNESTABLISHED] = {"not-established", "no key, though all acts can be recovered from"},
    [MONITOR_UNRULED] = {"failure-without-rule", "an authentication failed by no known rule"},
    [MONITOR_ASSOCIATIONS] = {"associations-differ", "both sides hold associations that differ"},
    [MONITOR_UNWANTED] = {"key-unwanted",
                          "an application server had a key that the UE wanted another to have"},
    [MONITOR_UNAUTHORIZED] = {"key-unauthorized",
                              "an application server had a key without the AS's permission"},
    [MONITOR_ALIKE] = {"keys-alike", "two application servers have one key"},
    [MONITOR_FINISH] = {"finish-of-another", "a pull was done by a Finish not for its Initiate"},
    [MONITOR_EXPIRED] = {"key-expired", "a key was used after its lifetime"},
    [MONITOR_SERVED_TWICE] = {"served-twice", "one request of the application was served twice"},
    [MONITOR_BELIEVED] = {"server-believed", "an application server that is not was believed"},
    [MONITOR_NAMED] = {"name-mistaken", "an end of a channel was taken for another"},
    [MONITOR_BROUGHT] = {"token-brought-by-another",
                         "a token was taken from an endpoint that it was not made for"},
    [MONITOR_AGAIN] = {"served-again", "a request that its client has sent anew was served again"},
    [MONITOR_UNJOINED] = {"token-for-nobody",
                          "a token was made for a resource server that is not there"},
    [MONITOR_UNGRANTED] = {"not-granted", "a client had, or used, what it has no token for"},
    [MONITOR_SHARED] = {"key-shared", "two clients have one key"},
    [MONITOR_BROKEN] = {"association-broken",
                        "an association in use was ended before its token's end"},
    [MONITOR_ERROR] = {"node-error", "a node could go on no more"},
};

const char *monitor_violation_name(enum monitor_violation violation) {
  return VIOLATIONS[violation].name;
}

const char *monitor_violation_text(enum monitor_violation violation) {
  return VIOLATIONS[violation].text;
}

enum monitor_violation monitor_violation_find(const char *name) {
  for (int i = MONITOR_NONE + 1; i < MONITOR_VIOLATIONS; i++)
    if (strcmp(VIOLATIONS[i].name, name) == 0)
      return (enum monitor_violation)i;
  return MONITOR_NONE;
}

void monitor_violate(struct monitor *monitor, enum monitor_violation violation, const char *format,
                     ...) {
  const bool mild = violation < MONITOR_ENDING;
  if (monitor->violation != MONITOR_NONE)
    return;
  *(mild ? &monitor->mild : &monitor->violation) = violation;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(monitor->detail, sizeof monitor->detail, format, arguments);
  va_end(arguments);
}

static bool is_without_eap(const struct monitor *monitor) {
  return lower_of(&monitor->model->options)->without_eap;
}

/* Who sends the requests of an authentication. */
static enum check_side monitor_client(const struct monitor *monitor) {
  return monitor->conduct.peer_asks ? CHECK_PEER : CHECK_AUTHENTICATOR;
}

static enum check_side monitor_other(enum check_side side) {
  return side == CHECK_PEER ? CHECK_AUTHENTICATOR : CHECK_PEER;
}

static uint64_t hash(const void *octets, size_t length) {
  struct digest digest;
  digest_init(&digest);
  digest_octets(&digest, octets, length);
  return digest.low;
}

void monitor_init(struct monitor *monitor, const struct model *model) {
  memset(monitor, 0, sizeof *monitor);
  monitor->model = model;
  monitor->conduct = lower_conduct_of(&model->options);
}

void monitor_parse(struct monitor_message *message, const uint8_t *data, size_t length, bool coap,
                   bool is_protected) {
  message->is_coap = coap && coap_message_parse(data, length, &message->coap) == 0;
  message->is_protected = is_protected;
  message->is_readable = false;
  message->is_access = false;
  message->sealed = (struct monitor_sealed_message){.octets = NULL};
}

/* What departs */

/* The place of EAP octets: of this run's, if they are new; a repetition has its first one's. NULL:
 * there is no room. */
static struct monitor_packet *place(struct monitor *monitor, struct monitor_side *side,
                                    uint64_t octets, bool repetition) {
  unsigned ordinal = 0;
  for (size_t i = side->sent_count; i-- > 0;) {
    struct monitor_packet *sent = &side->sent[i];
    if (sent->octets == octets && (repetition || sent->run == side->run))
      return sent;
    if (sent->run == side->run && sent->ordinal > ordinal)
      ordinal = sent->ordinal;
  }
  if (side->sent_count == MONITOR_SENT_MAX) {
    monitor->full = true;
    return NULL;
  }
  struct monitor_packet *new = &side->sent[side->sent_count++];
  *new = (struct monitor_packet){.run = side->run, .ordinal = ordinal + 1, .octets = octets};
  return new;
}

/* A Message ID names one request of an authentication. */
static void check_message_id(struct monitor *monitor, struct monitor_side *side,
                             const struct coap_message *request, uint64_t octets) {
  for (size_t i = 0; i < side->request_count; i++) {
    if (side->requests[i].message_id != request->message_id)
      continue;
    if (side->requests[i].octets != octets)
      monitor_violate(monitor, MONITOR_MESSAGE_ID, "0x%04x", request->message_id);
    return;
  }
  if (side->request_count == MONITOR_MESSAGE_IDS_MAX) {
    monitor->full = true;
    return;
  }
  side->requests[side->request_count].message_id = request->message_id;
  side->requests[side->request_count++].octets = octets;
}

bool monitor_secret_equal(const struct monitor_secret *a, const struct monitor_secret *b) {
  return a->length == b->length && memcmp(a->octets, b->octets, a->length) == 0;
}

/* The number of the secret that a message is under: the latest; but a peer that begins by ERP has
 * one for what is to come, too, and answers a request under that of the request. */
static size_t secret_of(const struct monitor *monitor, const struct monitor_side *side,
                        bool response) {
  const struct monitor_side *other = &monitor->sides[side == &monitor->sides[0]];
  const size_t theirs = monitor->reading == NULL ? 0 : monitor->reading->packet.secrets;
  for (size_t i = 0; response && theirs > 0 && i < side->secret_count; i++)
    if (monitor_secret_equal(&side->secrets[i], &other->secrets[theirs - 1]))
      return i + 1;
  return side->secret_count;
}

/* A nonce (the Partial IV of a request serves its response, too) goes into one text. */
static void check_nonce(struct monitor *monitor, struct monitor_side *side,
                        const struct coap_message *message) {
  const struct coap_option *option = coap_message_find(message, COAP_NUMBER_OSCORE);
  struct oscore_option parsed;
  if (option == NULL)
    return;
  const int error = oscore_option_parse(option->value, option->length, &parsed);
  assert(error == 0 && side->secret_count > 0);
  (void)error;
  uint64_t piv = 0;
  for (size_t i = 0; i < parsed.piv_length; i++)
    piv = piv << 8 | parsed.piv[i];
  const bool response = parsed.piv_length == 0;
  if (response)
    piv = side->received_piv;
  const size_t secret = secret_of(monitor, side, response);
  const uint64_t octets = hash(message->payload, message->payload_length);
  for (size_t i = 0; i < side->nonce_count; i++) {
    if (side->nonces[i].secret != secret || side->nonces[i].piv != piv ||
        side->nonces[i].response != response)
      continue;
    if (side->nonces[i].octets != octets)
      monitor_violate(monitor, MONITOR_NONCE, "Partial IV %llu", (unsigned long long)piv);
    return;
  }
  if (side->nonce_count == MONITOR_NONCES_MAX) {
    monitor->full = true;
    return;
  }
  side->nonces[side->nonce_count].secret = secret;
  side->nonces[side->nonce_count].piv = piv;
  side->nonces[side->nonce_count].response = response;
  side->nonces[side->nonce_count++].octets = octets;
}

/* The response to a request carries the answer to that request's EAP packet. */
static void check_answer(struct monitor *monitor, const struct monitor_message *message) {
  const struct monitor_message *request = monitor->reading;
  const unsigned before = monitor->sides[monitor_client(monitor)].begins_empty;
  if (request == NULL || !request->is_coap || !message->is_coap || message->coap.type != COAP_ACK ||
      message->coap.message_id != request->coap.message_id || message->packet.run == 0 ||
      request->packet.run == 0)
    return;
  if (message->packet.ordinal != request->packet.ordinal + before)
    monitor_violate(monitor, MONITOR_STALE, "request %u answered with response %u",
                    request->packet.ordinal, message->packet.ordinal);
}

/* Whose authentication a request belongs to. */
static unsigned asking_run(const struct monitor_packet *request) {
  return request->run != 0 ? request->run : request->asked;
}

/* An error is not what a request was for. */
static bool is_answer(const struct monitor *monitor, const struct monitor_message *message) {
  if (!message->is_coap)
    return true;
  const bool error = message->coap.code >> 5 == 4 || message->coap.code >> 5 == 5;
  return message->coap.code != COAP_CODE_EMPTY && !(error && monitor->conduct.refuses_old);
}

/* A request to who sends the requests: what it carries, an EAP-Initiate, begins something, and is
 * in no order with what follows. */
static bool is_trigger(const struct monitor *monitor, enum check_side sender,
                       const struct monitor_message *message) {
  return sender != monitor_client(monitor) && message->is_coap && !message->is_protected &&
         coap_code_is_request(message->coap.code);
}

void monitor_sends(struct monitor *monitor, enum check_side side, struct monitor_message *message,
                   const uint8_t *eap, size_t eap_length, unsigned copy) {
  struct monitor_side *self = &monitor->sides[side];
  monitor->answers += is_answer(monitor, message);
  const struct coap_message *coap = &message->coap;
  struct monitor_packet *packet = NULL;
  if (eap != NULL && !is_trigger(monitor, side, message))
    packet =
        place(monitor, self,
              message->is_protected && !message->is_readable ? 0 : hash(eap, eap_length), copy > 0);
  if (packet != NULL && monitor->reading != NULL)
    packet->answered = asking_run(&monitor->reading->packet);
  const unsigned asked = side == monitor_client(monitor) ? self->run : 0;
  message->packet = packet == NULL ? (struct monitor_packet){.asked = asked} : *packet;
  if (monitor->model->erp != MODEL_ERP_OFF && message->is_protected)
    message->packet.secrets = self->secret_count;
  if (!message->is_coap)
    return;
  if (message->is_protected)
    check_nonce(monitor, self, coap);
  if (side == monitor_client(monitor) && coap_code_is_request(coap->code) &&
      self->request_count == 0)
    self->begins_empty = packet == NULL;
  if (side == monitor_client(monitor) && coap_code_is_request(coap->code))
    check_message_id(monitor, self, coap,
                     message->is_protected ? 0 : hash(coap->payload, coap->payload_length));
  if (side != monitor_client(monitor))
    check_answer(monitor, message);
}

/* What arrives */

/* An old request of this authentication: by the Message ID of one before the last, or by what it
 * carries. (A step 1 that did not come before may be another authentication's for all that the peer
 * knows: it has 5.03.) */
static bool is_old(const struct monitor_side *self, const struct monitor_message *message) {
  const struct monitor_packet *packet = &message->packet;
  if (!message->is_coap || packet->run == 0 || packet->run != self->bound_run)
    return false;
  for (unsigned i = 1; i < self->last_numbered; i++)
    if (self->message_ids[i] == message->coap.message_id)
      return message->coap.message_id != self->message_ids[self->last_numbered];
  return packet->ordinal > 1 && packet->ordinal < self->last_numbered;
}

void monitor_reads(struct monitor *monitor, enum check_side side,
                   const struct monitor_message *message) {
  struct monitor_side *self = &monitor->sides[side];
  const struct monitor_packet *packet = &message->packet;
  monitor->reading = message;
  monitor->answers = 0;
  monitor->reading_run = self->run;
  monitor->reading_old = side != monitor_client(monitor) && !packet->rubbish &&
                         is_old(self, message) &&
                         (packet->ordinal > 1 || monitor->model->silent_step_1);
  if (!message->is_coap || !message->is_protected || !coap_code_is_request(message->coap.code))
    return;
  const struct coap_option *option = coap_message_find(&message->coap, COAP_NUMBER_OSCORE);
  struct oscore_option parsed;
  if (option == NULL || oscore_option_parse(option->value, option->length, &parsed) < 0)
    return;
  self->received_piv = 0;
  for (size_t i = 0; i < parsed.piv_length; i++)
    self->received_piv = self->received_piv << 8 | parsed.piv[i];
}

void monitor_errs(struct monitor *monitor, enum check_side side, int error) {
  monitor_violate(monitor, MONITOR_ERROR, "%s: %s", CHECK_SIDE_NAMES[side], node_error_name(error));
}

void monitor_has_read(struct monitor *monitor, enum check_side side, int result) {
  if (result < 0)
    monitor_errs(monitor, side, result);
  if (monitor->reading_old && monitor->answers > 0 &&
      monitor->sides[side].run == monitor->reading_run) /* 6.4.2: silently discarded */
    monitor_violate(monitor, MONITOR_ANSWERED, "request %u after %u",
                    monitor->reading->packet.ordinal, monitor->sides[side].last_ordinal);
  monitor->reading = NULL;
}

/* What they tell */

/* Who is asked leaves an authentication in which who asks still is, for an older one. */
static void check_live(struct monitor *monitor) {
  const struct monitor_side *client = &monitor->sides[monitor_client(monitor)];
  const struct monitor_side *server = &monitor->sides[monitor_other(monitor_client(monitor))];
  if (is_without_eap(monitor) || /* whose sessions wait side by side */
      monitor->reading == NULL || server->outcome != MONITOR_RUNNING ||
      client->outcome != MONITOR_RUNNING || server->bound_run != client->run)
    return;
  const unsigned run = asking_run(&monitor->reading->packet);
  if (run < client->run)
    monitor_violate(monitor, MONITOR_KILLED, "step 1 of authentication %u in %u", run, client->run);
}

/* A peer that begins of itself, and not by what it reads, has only asked the authenticator to. */
static void on_started(struct monitor *monitor, enum check_side side) {
  struct monitor_side *self = &monitor->sides[side];
  if (side != monitor_client(monitor))
    check_live(monitor);
  if (side == CHECK_PEER && monitor->reading == NULL && side != monitor_client(monitor)) {
    self->outcome = MONITOR_TRIGGERING;
    return;
  }
  self->run++;
  self->outcome = MONITOR_RUNNING;
  self->reason = NULL;
  self->bound_run = 0;
  self->last_ordinal = 0;
  self->last_numbered = 0;
  self->keyed = false;
  self->confirmed = false;
  self->request_count = 0;
}

/* What was taken so far is, octet by octet, what that other authentication began with, too: a side
 * that restarts repeats its Identity. */
static bool continues(const struct monitor_side *self, const struct monitor_side *sender,
                      const struct monitor_packet *packet) {
  unsigned same = 0;
  for (size_t i = 0; i < sender->sent_count; i++)
    same += sender->sent[i].run == packet->run && sender->sent[i].ordinal <= self->last_ordinal &&
            sender->sent[i].octets == self->taken[sender->sent[i].ordinal];
  return packet->ordinal == self->last_ordinal + 1 && same == self->last_ordinal;
}

static void on_delivered(struct monitor *monitor, enum check_side side, const char *label) {
  struct monitor_side *self = &monitor->sides[side];
  assert(monitor->reading != NULL);
  const struct monitor_packet *packet = &monitor->reading->packet;
  if (is_trigger(monitor, monitor_other(side), monitor->reading))
    return;
  if (packet->rubbish)
    monitor_violate(monitor, MONITOR_RUBBISH, "%s takes \"%s\"", CHECK_SIDE_NAMES[side], label);
  if (!monitor->reading->is_protected && (self->confirmed || self->keyed) &&
      !is_without_eap(monitor)) /* EDHOC protects its own messages */
    monitor_violate(monitor, MONITOR_CLEAR, "%s takes \"%s\"", CHECK_SIDE_NAMES[side], label);
  if (self->bound_run == 0)
    self->bound_run = packet->run;
  if (packet->run != self->bound_run &&
      continues(self, &monitor->sides[monitor_other(side)], packet))
    self->bound_run = packet->run;
  if (side == monitor_client(monitor) && packet->answered != self->run)
    monitor_violate(monitor, MONITOR_UNASKED, "\"%s\" to authentication %u in %u", label,
                    packet->answered, self->run);
  if (is_without_eap(monitor)) /* each message of EDHOC is bound to those before it */
    self->bound_run = packet->run;
  if (packet->run != self->bound_run)
    monitor_violate(monitor, MONITOR_MIXED, "%s takes \"%s\" of authentication %u in %u",
                    CHECK_SIDE_NAMES[side], label, packet->run, self->bound_run);
  else if (packet->ordinal == self->last_ordinal)
    monitor_violate(monitor, MONITOR_REPEATED, "%s takes \"%s\"", CHECK_SIDE_NAMES[side], label);
  else if (packet->ordinal != self->last_ordinal + 1)
    monitor_violate(monitor, MONITOR_DISORDER, "%s takes \"%s\", packet %u after %u",
                    CHECK_SIDE_NAMES[side], label, packet->ordinal, self->last_ordinal);
  if (packet->ordinal >= MONITOR_TAKEN_MAX) {
    monitor->full = true;
    return;
  }
  self->last_ordinal = packet->ordinal;
  self->taken[packet->ordinal] = packet->octets;
  if (!monitor->reading->is_coap)
    return;
  self->last_numbered = packet->ordinal;
  self->message_ids[packet->ordinal] = monitor->reading->coap.message_id;
}

static void on_confirmed(struct monitor *monitor, enum check_side side) {
  struct monitor_side *self = &monitor->sides[side];
  const struct monitor_side *remote = &monitor->sides[monitor_other(side)];
  assert(self->secret_count > 0);
  const struct monitor_secret *secret = &self->secrets[self->secret_count - 1];
  bool shared = false;
  for (size_t i = 0; i < remote->secret_count; i++)
    shared = shared || monitor_secret_equal(secret, &remote->secrets[i]);
  if (!shared)
    monitor_violate(monitor, MONITOR_KEYS, "%s", CHECK_SIDE_NAMES[side]);
  if ((monitor->reading == NULL || !monitor->reading->is_protected) && !is_without_eap(monitor))
    monitor_violate(monitor, MONITOR_CLEAR, "%s is content", CHECK_SIDE_NAMES[side]);
  else if (monitor->reading != NULL && monitor->reading->packet.rubbish)
    monitor_violate(monitor, MONITOR_RUBBISH, "%s is content", CHECK_SIDE_NAMES[side]);
  self->association = *secret;
  self->confirmed = true;
  self->outcome = MONITOR_ESTABLISHED;
}

static void on_key(struct monitor *monitor, enum check_side side, const struct node_event *event) {
  struct monitor_side *self = &monitor->sides[side];
  assert(event->secret_length <= MONITOR_SECRET_MAX);
  if (self->secret_count == MONITOR_SECRETS_MAX) {
    monitor->full = true;
    return;
  }
  struct monitor_secret *secret = &self->secrets[self->secret_count++];
  memcpy(secret->octets, event->secret, event->secret_length);
  secret->length = event->secret_length;
  for (size_t i = 0; monitor->model->erp != MODEL_ERP_OFF && i + 1 < self->secret_count; i++)
    if (monitor_secret_equal(secret, &self->secrets[i]))
      monitor_violate(monitor, MONITOR_REUSED, "%s", CHECK_SIDE_NAMES[side]);
  self->keyed = true;
}

void monitor_event(struct monitor *monitor, enum check_side side, const struct node_event *event) {
  struct monitor_side *self = &monitor->sides[side];
  switch (event->type) {
  case NODE_EVENT_STARTED:
    on_started(monitor, side);
    break;
  case NODE_EVENT_DELIVERED:
    on_delivered(monitor, side, event->label);
    break;
  case NODE_EVENT_KEY:
    on_key(monitor, side, event);
    break;
  case NODE_EVENT_CONFIRMED:
    on_confirmed(monitor, side);
    break;
  case NODE_EVENT_FAILED:
    self->outcome = MONITOR_FAILED;
    self->reason = event->label;
    break;
  default:
    break;
  }
}

void monitor_restarted(struct monitor *monitor, enum check_side side) {
  struct monitor_side *self = &monitor->sides[side];
  self->outcome = MONITOR_IDLE;
  self->bound_run = 0;
  self->last_ordinal = 0;
  self->last_numbered = 0;
  self->keyed = false;
  self->confirmed = false;
  self->association.length = 0;
}

/* Ends */

bool monitor_is_over(const struct monitor *monitor, enum check_side side) {
  return monitor->sides[side].outcome == MONITOR_ESTABLISHED ||
         monitor->sides[side].outcome == MONITOR_FAILED;
}

/* The rules by which an authentication may fail that had to do with a restart or an injection. */
static bool is_rule(const struct model *model, enum check_side side, const char *reason) {
  const struct lower_layer *lower = lower_of(&model->options);
  const char *const *rules =
      side == CHECK_PEER ? lower->peer_failures : lower->authenticator_failures;
  for (size_t i = 0; rules[i] != NULL; i++)
    if (strcmp(rules[i], reason) == 0)
      return true;
  return association_kind_fails(association_kind_of(&model->options), reason);
}

static void check_end(struct monitor *monitor, enum check_side side) {
  const struct monitor_side *self = &monitor->sides[side];
  const bool forgot = self->outcome == MONITOR_IDLE && monitor->excused;
  if (!monitor_is_over(monitor, side) && !forgot)
    monitor_violate(monitor, MONITOR_DEAD_END, "%s", CHECK_SIDE_NAMES[side]);
  if (self->outcome == MONITOR_ESTABLISHED || forgot || monitor->model->wrong_key)
    return;
  if (!monitor->excused)
    monitor_violate(monitor, MONITOR_UNESTABLISHED, "%s: %s", CHECK_SIDE_NAMES[side], self->reason);
  else if (self->outcome == MONITOR_FAILED && !is_rule(monitor->model, side, self->reason))
    monitor_violate(monitor, MONITOR_UNRULED, "%s: %s", CHECK_SIDE_NAMES[side], self->reason);
}

void monitor_ends(struct monitor *monitor) {
  const struct monitor_side *sides = monitor->sides;
  for (int side = 0; side < CHECK_SIDES; side++)
    check_end(monitor, (enum check_side)side);
  if (sides[0].outcome == MONITOR_ESTABLISHED && sides[1].outcome == MONITOR_ESTABLISHED &&
      !monitor_secret_equal(&sides[0].association, &sides[1].association))
    monitor_violate(monitor, MONITOR_ASSOCIATIONS,
                    "no message of either can be verified by the other");
}

static void digest_side(const struct monitor_side *self, struct digest *digest) {
  digest_u64(digest, self->outcome);
  digest_u64(digest, self->reason == NULL ? 0 : hash(self->reason, strlen(self->reason)));
  digest_u64(digest, self->run - self->bound_run);
  digest_u64(digest, self->bound_run != 0);
  digest_u64(digest, self->last_ordinal);
  digest_u64(digest, self->keyed);
  digest_u64(digest, self->confirmed);
  digest_octets(digest, self->association.octets, self->association.length);
  for (size_t i = 0; i < self->secret_count; i++)
    digest_octets(digest, self->secrets[i].octets, self->secrets[i].length);
  for (size_t i = 0; i < self->sent_count; i++) {
    digest_u64(digest, self->sent[i].run);
    digest_u64(digest, self->sent[i].octets);
    digest_u64(digest, self->sent[i].answered);
  }
  for (unsigned i = 1; i <= self->last_ordinal; i++)
    digest_u64(digest, self->taken[i]);
  for (unsigned i = 1; i <= self->last_numbered; i++)
    digest_u64(digest, self->message_ids[i]);
  digest_u64(digest, self->request_count);
  for (size_t i = 0; i < self->request_count; i++) {
    digest_u64(digest, self->requests[i].message_id);
    digest_u64(digest, self->requests[i].octets);
  }
  for (size_t i = 0; i < self->nonce_count; i++) {
    digest_u64(digest, self->nonces[i].secret);
    digest_u64(digest, self->nonces[i].piv);
    digest_u64(digest, self->nonces[i].octets);
  }
}

void monitor_digest(const struct monitor *monitor, struct digest *digest) {
  digest_u64(digest, monitor->excused);
  for (int side = 0; side < CHECK_SIDES; side++)
    digest_side(&monitor->sides[side], digest);
}

static bool is_beginning(const struct node_event *event) {
  return event->type == NODE_EVENT_STARTED;
}

/* What they tell says enough. */
static void monitor_begins(struct monitor *monitor) {
  (void)monitor;
}

const struct monitor_watch MONITOR_EAP = {.sends = monitor_sends,
                                          .reads = monitor_reads,
                                          .has_read = monitor_has_read,
                                          .event = monitor_event,
                                          .is_beginning = is_beginning,
                                          .restarted = monitor_restarted,
                                          .begins = monitor_begins,
                                          .is_over = monitor_is_over,
                                          .ends = monitor_ends,
                                          .digest = monitor_digest};
