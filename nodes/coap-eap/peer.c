/* CoAP-EAP, the EAP peer's side: steps 0, 2, 4, 6 and 8 of the draft's Figure 2. */
#include "peer.h"

#include "../crypto/crypto.h"
#include "../eap/label.h"
#include "../oscore/oscore.h"
#include "keys.h"

#include <stdlib.h>
#include <string.h>

enum {
  TRIGGER_REPETITIONS = 4,
  PATIENCE_MS = 30000, /* beyond MAX_TRANSMIT_WAIT: then the authenticator is gone */
  FIRST_RESOURCE = 5,  /* "/b/5" */
};

enum state {
  STATE_IDLE,           /* waiting for step 1 */
  STATE_TRIGGERING,     /* step 0 sent, waiting for step 1 */
  STATE_AUTHENTICATING, /* step 1 answered */
  STATE_ESTABLISHED,
  STATE_FAILED,
};

/* What belongs to one authentication and is replaced by the next. */
struct authentication {
  struct eap_peer eap;
  struct eap_labels labels;
  struct coap_eap_ordering ordering;
  char resource[2];  /* one character and its end */
  unsigned requests; /* processed so far */
  bool keyed;
  struct oscore_context context; /* once keyed */
  uint64_t last_valid_ns;
};

struct peer {
  struct node node;
  struct coap_eap_peer_config config;
  const struct node_hooks *hooks;
  enum state state;
  struct coap_session session;
  unsigned resources; /* handed out so far */
  struct authentication authentication;
  bool associated;
  struct oscore_context association; /* in use until a new one verifies */
  unsigned triggers;                 /* sent so far */
  bool trigger_pending;
  uint64_t trigger_due_ns;
  uint64_t trigger_interval_ns;
};

static int discard(struct peer *peer, const char *why) {
  node_event(peer->hooks, NODE_EVENT_DISCARDED, &peer->config.authenticator, why);
  return 0;
}

static void fail(struct peer *peer, const char *reason) {
  peer->state = STATE_FAILED;
  peer->authentication.keyed = false;
  oscore_context_wipe(&peer->authentication.context);
  eap_peer_wipe(&peer->authentication.eap);
  node_event(peer->hooks, NODE_EVENT_FAILED, &peer->config.authenticator, reason);
}

/* Responses */

/* A response with the current SeqNum: steps 2, 4 and 6. */
static int respond(struct peer *peer, const struct coap_message *request,
                   struct coap_message *response, const struct span_writer *payload,
                   const char *label, uint64_t now_ns) {
  coap_eap_ordering_add(&peer->authentication.ordering, response);
  response->payload = payload->data;
  response->payload_length = payload->length;
  response->payload_spans = payload->spans;
  return coap_session_respond(&peer->session, request, response, label, now_ns);
}

/* Step 8, and its repetition to a request that was protected anew. */
static int respond_protected(struct peer *peer, struct oscore_context *context,
                             const struct oscore_binding *binding,
                             const struct coap_message *request, uint64_t now_ns) {
  struct coap_message inner = {.code = COAP_CODE_CHANGED};
  coap_eap_ordering_add(&peer->authentication.ordering, &inner);
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct coap_message outer;
  const int result = oscore_protect_response(context, peer->hooks, &inner, false, binding, buffer,
                                             sizeof buffer, &spans, &outer);
  if (result < 0)
    return result;
  return coap_session_respond(&peer->session, request, &outer, "confirmation", now_ns);
}

/* The held response once more, for a request that repeats the last under a new Message ID; it is
 * not held for ever. */
static int repeat_response(struct peer *peer, const struct coap_message *request, uint64_t now_ns) {
  const int error = coap_session_repeat_response(&peer->session, request, now_ns);
  return error < 0 ? discard(peer, "repeated request without a response to repeat") : 0;
}

/* Keys */

static int derive_keys(struct peer *peer) {
  struct eap_keys keys = {0};
  struct coap_eap_master master = {0};
  const bool with_identity = peer->config.options.id_context_is_identity;
  int result = eap_peer_keys(&peer->authentication.eap, &keys);
  if (result == 0)
    result = coap_eap_derive_master(keys.msk, peer->hooks, &master);
  if (result == 0)
    result = coap_eap_derive_context(&master, COAP_EAP_SIDE_PEER,
                                     with_identity ? peer->config.eap.identity : NULL,
                                     with_identity ? peer->config.eap.identity_length : 0,
                                     peer->hooks, &peer->authentication.context);
  if (result == 0) {
    peer->authentication.keyed = true;
    node_event_key(peer->hooks, &peer->config.authenticator, "OSCORE", (const uint8_t *)&master,
                   sizeof master);
  }
  crypto_wipe(&keys, sizeof keys);
  crypto_wipe(&master, sizeof master);
  return result;
}

/* Steps 1 and 2 */

static void add_location(struct peer *peer, struct coap_message *response) {
  const uint16_t number = peer->config.options.location_number;
  const uint16_t row = number == COAP_NUMBER_URI_PATH ? ROW_COAP_URI_PATH : ROW_COAP_LOCATION_PATH;
  coap_message_add_option(response, number, row, COAP_EAP_PATH, strlen(COAP_EAP_PATH));
  coap_message_add_option(response, number, row, peer->authentication.resource, 1);
}

static void new_resource(struct peer *peer, char resource[2]) {
  static const char names[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  resource[0] = names[(FIRST_RESOURCE + peer->resources++) % (sizeof names - 1)];
  resource[1] = '\0';
}

/* Whether a step 1 must wait: an authentication is alive (a delayed step 1 must not kill it). */
static bool occupied(const struct peer *peer, uint64_t now_ns) {
  const uint64_t patience_ns = coap_max_transmit_wait_ms(&peer->config.options.coap) * NODE_MS;
  return peer->state == STATE_AUTHENTICATING &&
         now_ns - peer->authentication.last_valid_ns < patience_ns;
}

static int handle_first(struct peer *peer, const struct coap_message *request, uint64_t now_ns) {
  struct authentication *old = &peer->authentication;
  if (peer->state == STATE_AUTHENTICATING && old->requests == 1 &&
      coap_eap_ordering_judge(&old->ordering, request) == COAP_EAP_REPEAT)
    return repeat_response(peer, request, now_ns);
  if (occupied(peer, now_ns))
    return coap_session_reject(&peer->session, request, COAP_CODE_UNAVAILABLE,
                               "5.03 Service Unavailable");

  struct authentication new = {.requests = 1, .last_valid_ns = now_ns};
  coap_eap_ordering_init(&new.ordering, &peer->config.options.ordering);
  if (coap_eap_ordering_judge(&new.ordering, request) != COAP_EAP_NEXT)
    return discard(peer, "step 1 without a SeqNum");
  eap_peer_init(&new.eap, &peer->config.eap, peer->hooks);
  uint8_t packet[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, packet, sizeof packet, &spans);
  if (eap_peer_process(&new.eap, request->payload, request->payload_length, &out) !=
      EAP_PEER_RESPOND)
    return discard(peer, eap_peer_reason(&new.eap));

  coap_eap_ordering_accept(&new.ordering, request);
  new_resource(peer, new.resource);
  peer->authentication = new;
  peer->state = STATE_AUTHENTICATING;
  peer->trigger_due_ns = NODE_NEVER;
  peer->trigger_pending = false;
  node_event(peer->hooks, NODE_EVENT_STARTED, &peer->config.authenticator, "step 1");
  node_event(peer->hooks, NODE_EVENT_DELIVERED, &peer->config.authenticator,
             eap_label(&peer->authentication.labels, request->payload, request->payload_length));
  struct coap_message response = {.code = COAP_CODE_CREATED};
  add_location(peer, &response);
  const char *label = eap_label(&peer->authentication.labels, packet, out.length);
  return respond(peer, request, &response, &out, label, now_ns);
}

/* Steps 3 to 6, and EAP-Failure */

static int deliver(struct peer *peer, const struct coap_message *request, uint64_t now_ns) {
  struct authentication *run = &peer->authentication;
  struct eap_packet packet;
  if (eap_packet_parse(request->payload, request->payload_length, &packet) < 0)
    return discard(peer, "malformed EAP packet");
  if (packet.code == EAP_SUCCESS)
    return discard(peer, "EAP-Success without protection");

  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, &spans);
  const enum eap_peer_result result =
      eap_peer_process(&run->eap, request->payload, request->payload_length, &out);
  if (result != EAP_PEER_RESPOND && result != EAP_PEER_FAILURE)
    return discard(peer, eap_peer_reason(&run->eap));

  coap_eap_ordering_accept(&run->ordering, request);
  run->requests++;
  run->last_valid_ns = now_ns;
  node_event(peer->hooks, NODE_EVENT_DELIVERED, &peer->config.authenticator,
             eap_label(&run->labels, request->payload, request->payload_length));
  struct coap_message response = {.code = COAP_CODE_CHANGED};
  const char *label = result == EAP_PEER_FAILURE ? "failure acknowledged"
                                                 : eap_label(&run->labels, data, out.length);
  const int sent = respond(peer, request, &response, &out, label, now_ns);
  if (sent < 0)
    return sent;
  if (result == EAP_PEER_FAILURE)
    fail(peer, eap_peer_reason(&run->eap));
  else if (eap_peer_has_keys(&run->eap) && !run->keyed)
    return derive_keys(peer);
  return 0;
}

static int handle_next(struct peer *peer, const struct coap_message *request, uint64_t now_ns) {
  switch (coap_eap_ordering_judge(&peer->authentication.ordering, request)) {
  case COAP_EAP_REPEAT:
    return repeat_response(peer, request, now_ns);
  case COAP_EAP_NEXT:
    if (peer->state == STATE_AUTHENTICATING)
      return deliver(peer, request, now_ns);
    return discard(peer, "the authentication is over");
  default:
    return discard(peer, "old or unexpected SeqNum");
  }
}

/* Steps 7 and 8 */

static int deliver_protected(struct peer *peer, const struct coap_message *inner,
                             struct oscore_context *context, const struct oscore_binding *binding,
                             const struct coap_message *outer, uint64_t now_ns) {
  struct authentication *run = &peer->authentication;
  struct span_writer none;
  span_writer_init(&none, NULL, 0, NULL);
  if (eap_peer_process(&run->eap, inner->payload, inner->payload_length, &none) != EAP_PEER_SUCCESS)
    return discard(peer, eap_peer_reason(&run->eap));
  coap_eap_ordering_accept(&run->ordering, inner);
  run->requests++;
  const int sent = respond_protected(peer, context, binding, outer, now_ns);
  if (sent < 0)
    return sent;
  node_event(peer->hooks, NODE_EVENT_DELIVERED, &peer->config.authenticator, "EAP-Success");
  peer->association = run->context;
  peer->associated = true;
  run->keyed = false;
  oscore_context_wipe(&run->context);
  eap_peer_wipe(&run->eap);
  peer->state = STATE_ESTABLISHED;
  node_event(peer->hooks, NODE_EVENT_CONFIRMED, &peer->config.authenticator, "step 7 verified");
  return 0;
}

static bool is_for_authentication(const struct peer *peer, const struct coap_message *message) {
  const char *const path[] = {COAP_EAP_PATH, peer->authentication.resource};
  return message->code == COAP_CODE_POST && peer->authentication.requests > 0 &&
         coap_message_path_is(message, path, 2);
}

static int reject_protected(struct peer *peer, const struct coap_message *outer, int error) {
  switch (error) { /* RFC 8613 section 8.2 */
  case NODE_ERR_REPLAY:
    return discard(peer, "OSCORE: replayed");
  case NODE_ERR_MALFORMED:
    return coap_session_reject(&peer->session, outer, COAP_CODE_BAD_OPTION, "4.02 Bad Option");
  case NODE_ERR_UNKNOWN:
    return coap_session_reject(&peer->session, outer, COAP_CODE_UNAUTHORIZED, "4.01 Unauthorized");
  default:
    return coap_session_reject(&peer->session, outer, COAP_CODE_BAD_REQUEST, "4.00 Bad Request");
  }
}

static int handle_protected(struct peer *peer, const struct coap_message *outer, uint64_t now_ns) {
  struct oscore_context *const candidates[] = {
      peer->authentication.keyed ? &peer->authentication.context : NULL,
      peer->associated ? &peer->association : NULL,
  };
  uint8_t plain[NODE_DATAGRAM_MAX];
  struct coap_message inner;
  struct oscore_binding binding;
  struct oscore_context *context = NULL;
  int result = NODE_ERR_UNKNOWN;
  for (size_t i = 0; i < 2 && result < 0; i++) {
    if (candidates[i] == NULL)
      continue;
    context = candidates[i];
    const int error = oscore_unprotect_request(context, peer->hooks, outer, plain, sizeof plain,
                                               &inner, &binding);
    if (result == NODE_ERR_UNKNOWN || error == 0)
      result = error;
  }
  if (result < 0)
    return reject_protected(peer, outer, result);
  if (!is_for_authentication(peer, &inner))
    return discard(peer, "OSCORE: no such resource");

  switch (coap_eap_ordering_judge(&peer->authentication.ordering, &inner)) {
  case COAP_EAP_REPEAT:
    if (context == &peer->association)
      return respond_protected(peer, context, &binding, outer, now_ns);
    return discard(peer, "OSCORE: SeqNum of an unprotected request");
  case COAP_EAP_NEXT:
    if (context == &peer->authentication.context)
      return deliver_protected(peer, &inner, context, &binding, outer, now_ns);
    return discard(peer, "the authentication is over");
  default:
    return discard(peer, "old or unexpected SeqNum");
  }
}

/* The node contract */

static int handle_request(struct peer *peer, const struct coap_message *request, uint64_t now_ns) {
  static const char *const service[] = {COAP_EAP_PATH};
  const uint16_t known[] = {COAP_NUMBER_URI_PATH, COAP_NUMBER_OSCORE,
                            peer->config.options.ordering.seqnum_number};
  if (request->type != COAP_CON)
    return discard(peer, "request that is not confirmable");
  if (coap_message_unknown_critical(request, known, sizeof known / sizeof known[0]) != NULL)
    return coap_session_reject(&peer->session, request, COAP_CODE_BAD_OPTION, "4.02 Bad Option");
  if (coap_message_find(request, COAP_NUMBER_OSCORE) != NULL)
    return handle_protected(peer, request, now_ns);
  if (request->code != COAP_CODE_POST)
    return coap_session_reject(&peer->session, request, COAP_CODE_METHOD_NOT_ALLOWED,
                               "4.05 Method Not Allowed");
  if (coap_message_path_is(request, service, 1))
    return handle_first(peer, request, now_ns);
  if (is_for_authentication(peer, request))
    return handle_next(peer, request, now_ns);
  return coap_session_reject(&peer->session, request, COAP_CODE_NOT_FOUND, "4.04 Not Found");
}

static int peer_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct peer *peer = (struct peer *)node;
  if (!node_address_equal(&datagram->source, &peer->config.authenticator))
    return discard(peer, "not from the authenticator");
  struct coap_message message;
  if (coap_session_receive(&peer->session, datagram->data, datagram->length, now_ns, &message) !=
      COAP_RECEIVED_REQUEST)
    return 0;
  return handle_request(peer, &message, now_ns);
}

/* Arms the repetition of step 0 when it departs. */
static void trigger_departed(struct peer *peer, uint64_t now_ns) {
  peer->trigger_pending = false;
  peer->trigger_due_ns = now_ns + peer->trigger_interval_ns;
  peer->trigger_interval_ns *= 2;
}

static int peer_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct peer *peer = (struct peer *)node;
  const int result = coap_session_write(&peer->session, datagram, now_ns);
  if (result == 1) {
    datagram->source = peer->config.local;
    datagram->destination = peer->config.authenticator;
    if (peer->trigger_pending)
      trigger_departed(peer, now_ns);
  }
  return result;
}

static uint64_t patience_ends_ns(const struct peer *peer) {
  if (peer->state != STATE_AUTHENTICATING)
    return NODE_NEVER;
  return peer->authentication.last_valid_ns +
         (coap_max_transmit_wait_ms(&peer->config.options.coap) + PATIENCE_MS) * NODE_MS;
}

static uint64_t peer_expiry(const struct node *node) {
  const struct peer *peer = (const struct peer *)node;
  uint64_t next = coap_session_expiry(&peer->session);
  if (peer->trigger_due_ns < next)
    next = peer->trigger_due_ns;
  const uint64_t patience_ns = patience_ends_ns(peer);
  return patience_ns < next ? patience_ns : next;
}

/* Step 0: NON POST /b with No-Response and a token of its own; repeated with the same Message ID.
 */
static int send_trigger(struct peer *peer) {
  peer->trigger_due_ns = NODE_NEVER;
  peer->trigger_pending = true;
  if (peer->triggers++ > 0) {
    coap_session_repeat_request(&peer->session);
    return 0;
  }
  peer->state = STATE_TRIGGERING;
  const uint32_t retry_ms = peer->config.trigger_retry_ms;
  peer->trigger_interval_ns =
      (retry_ms + node_random_below(peer->hooks, retry_ms / 2 + 1)) * NODE_MS;
  struct coap_message trigger = {
      .type = COAP_NON, .code = COAP_CODE_POST, .token_length = peer->config.options.token_bytes};
  node_random(peer->hooks, trigger.token, trigger.token_length);
  const uint8_t no_response = COAP_EAP_NO_RESPONSE_ALL;
  coap_message_add_option(&trigger, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, COAP_EAP_PATH,
                          strlen(COAP_EAP_PATH));
  coap_message_add_option(&trigger, COAP_NUMBER_NO_RESPONSE, ROW_COAP_NO_RESPONSE, &no_response,
                          sizeof no_response);
  node_event(peer->hooks, NODE_EVENT_STARTED, &peer->config.authenticator, "trigger");
  return coap_session_request(&peer->session, &trigger, "trigger");
}

int coap_eap_peer_trigger(struct node *node, uint64_t now_ns) {
  struct peer *peer = (struct peer *)node;
  if (peer->state == STATE_TRIGGERING || peer->state == STATE_AUTHENTICATING ||
      peer->trigger_due_ns != NODE_NEVER)
    return NODE_ERR_BUSY;
  peer->triggers = 0;
  peer->trigger_due_ns = now_ns;
  return 0;
}

static int peer_handle_expiry(struct node *node, uint64_t now_ns) {
  struct peer *peer = (struct peer *)node;
  (void)coap_session_handle_expiry(&peer->session, now_ns);
  if (now_ns >= patience_ends_ns(peer))
    fail(peer, "authenticator-silent");
  if (now_ns < peer->trigger_due_ns)
    return 0;
  if (peer->triggers <= TRIGGER_REPETITIONS)
    return send_trigger(peer);
  peer->trigger_due_ns = NODE_NEVER;
  fail(peer, "no-authenticator");
  return 0;
}

static void peer_destroy(struct node *node) {
  struct peer *peer = (struct peer *)node;
  crypto_wipe(peer, sizeof *peer);
  free(peer);
}

struct node *coap_eap_peer_create(const struct coap_eap_peer_config *config,
                                  const struct node_hooks *hooks) {
  static const struct node_ops ops = {.read = peer_read,
                                      .write = peer_write,
                                      .expiry = peer_expiry,
                                      .handle_expiry = peer_handle_expiry,
                                      .destroy = peer_destroy};
  if (!coap_eap_options_valid(&config->options))
    return NULL;
  struct peer *peer = calloc(1, sizeof *peer);
  if (peer == NULL)
    return NULL;
  peer->node.ops = &ops;
  peer->config = *config;
  peer->hooks = hooks;
  peer->trigger_due_ns = config->trigger ? config->start_ns : NODE_NEVER;
  coap_session_init(&peer->session, &config->options.coap, hooks);
  coap_eap_ordering_init(&peer->authentication.ordering, &config->options.ordering);
  return &peer->node;
}
