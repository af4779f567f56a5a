/* CoAP-EAP, the EAP peer: the node contract, and the trigger (step 0 of the draft's Figure 2). */
#include "peer.h"

#include "../crypto/crypto.h"
#include "application.h"
#include "peer_state.h"

#include <stdlib.h>
#include <string.h>

enum {
  TRIGGER_REPETITIONS = 4,
  PATIENCE_MS = 30000, /* beyond MAX_TRANSMIT_WAIT: then the authenticator is gone */
};

int peer_discard(const struct peer *peer, const char *why) {
  node_event(peer->hooks, NODE_EVENT_DISCARDED, &peer->config.authenticator, why);
  return 0;
}

void peer_fail(struct peer *peer, const char *reason) {
  peer->state = PEER_FAILED;
  if (coap_eap_association_failure(&peer->pending) == NULL)
    coap_eap_association_close(&peer->pending);
  eap_peer_wipe(&peer->authentication.eap);
  node_event(peer->hooks, NODE_EVENT_FAILED, &peer->config.authenticator, reason);
}

/* Notes the most that the associations have held. */
static void note_state(struct peer *peer) {
  const size_t pending = coap_eap_association_bytes_peak(&peer->pending);
  const size_t bytes = pending + (pending == 0 ? coap_eap_association_bytes_peak(&peer->association)
                                               : coap_eap_association_bytes(&peer->association));
  if (bytes > peer->association_bytes_peak)
    peer->association_bytes_peak = bytes;
}

/* Application requests */

static void end_request(struct peer *peer, enum node_event_type type, const char *label) {
  peer->requesting = false;
  node_event(peer->hooks, type, &peer->config.authenticator, label);
}

static int handle_response(struct peer *peer, const struct coap_message *message) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (!peer->requesting)
    return peer_discard(peer, "response that nobody waits for");
  if (coap_eap_association_verify_response(&peer->association, message, buffer, &plain) < 0)
    return peer_discard(peer, "response does not verify");
  coap_session_cancel(peer->association.coap);
  end_request(peer, NODE_EVENT_ANSWERED, "application");
  return 0;
}

void peer_abandon_request(struct peer *peer, const char *why) {
  if (!peer->requesting)
    return;
  if (peer->association.open)
    coap_session_cancel(peer->association.coap);
  end_request(peer, NODE_EVENT_UNANSWERED, why);
}

int coap_eap_peer_request(struct node *node, uint8_t code, const uint8_t *payload, size_t length) {
  struct peer *peer = (struct peer *)node;
  if (!coap_eap_association_ready(&peer->association))
    return NODE_ERR_BAD_STATE;
  if (peer->requesting || peer->state == PEER_TRIGGERING || peer->state == PEER_AUTHENTICATING)
    return NODE_ERR_BUSY;
  const int result =
      coap_eap_application_send(&peer->association, &peer->config.options, code, payload, length);
  peer->requesting = result == 0;
  return result;
}

/* Datagrams */

static int handle_message(struct peer *peer, enum coap_received received,
                          const struct coap_message *message, uint64_t now_ns) {
  switch (received) {
  case COAP_RECEIVED_REQUEST:
    return peer_handle_request(peer, message, now_ns);
  case COAP_RECEIVED_RESPONSE:
    return handle_response(peer, message);
  case COAP_RECEIVED_RESET:
    peer_abandon_request(peer, "reset");
    return 0;
  default:
    return 0;
  }
}

/* A message that came out of a DTLS record. */
static int handle_secure_message(struct peer *peer, struct coap_eap_association *association,
                                 const uint8_t *data, size_t length, uint64_t now_ns) {
  struct coap_message message;
  const enum coap_received received =
      coap_session_receive(association->coap, data, length, now_ns, &message);
  if (received != COAP_RECEIVED_REQUEST)
    return handle_message(peer, received, &message, now_ns);
  struct coap_eap_protected_request request;
  const int result = coap_eap_association_verify_request(association, &message, &request);
  return result < 0 ? result : peer_handle_protected(peer, association, &request, now_ns);
}

static int read_record(struct peer *peer, const uint8_t *record, size_t length, uint64_t now_ns) {
  struct coap_eap_association *const candidates[] = {&peer->pending, &peer->association};
  uint8_t plain[NODE_DATAGRAM_MAX];
  size_t plain_length;
  const char *why;
  struct coap_eap_association *association = coap_eap_association_receive(
      candidates, 2, record, length, now_ns, plain, &plain_length, &why);
  if (association != NULL)
    return handle_secure_message(peer, association, plain, plain_length, now_ns);
  return why == NULL ? 0 : peer_discard(peer, why);
}

/* A handshake that has failed ends the authentication; a session that the authenticator closed is
 * of no more use. */
static void look_for_failure(struct peer *peer) {
  const char *reason = coap_eap_association_failure(&peer->pending);
  if (reason != NULL && peer->state == PEER_AUTHENTICATING)
    peer_fail(peer, reason);
  if (coap_eap_association_failure(&peer->association) == NULL)
    return;
  peer_abandon_request(peer, "the association is closed");
  coap_eap_association_close(&peer->association);
}

static int read_secure(struct peer *peer, const struct node_datagram *datagram, uint64_t now_ns) {
  int result = 0;
  for (size_t at = 0; at < datagram->length && result == 0;) {
    const size_t length = coap_eap_record_length(datagram->data + at, datagram->length - at);
    result = read_record(peer, datagram->data + at, length, now_ns);
    at += length;
  }
  look_for_failure(peer);
  return result;
}

static int peer_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct peer *peer = (struct peer *)node;
  const struct node_address secure = coap_eap_secure_address(&peer->config.authenticator);
  int result;
  if (node_address_equal(&datagram->source, &peer->config.authenticator)) {
    struct coap_message message;
    const enum coap_received received =
        coap_session_receive(&peer->session, datagram->data, datagram->length, now_ns, &message);
    result = handle_message(peer, received, &message, now_ns);
  } else if (node_address_equal(&datagram->source, &secure)) {
    result = read_secure(peer, datagram, now_ns);
  } else {
    result = peer_discard(peer, "not from the authenticator");
  }
  note_state(peer);
  return result;
}

/* Arms the repetition of step 0 when it departs. */
static void trigger_departed(struct peer *peer, uint64_t now_ns) {
  peer->trigger_pending = false;
  peer->trigger_due_ns = now_ns + peer->trigger_interval_ns;
  peer->trigger_interval_ns *= 2;
}

static int write_secure(struct peer *peer, struct node_datagram *datagram, uint64_t now_ns) {
  int result = coap_eap_association_write(&peer->pending, datagram, now_ns);
  if (result == 0) {
    if (coap_eap_association_failure(&peer->pending) != NULL)
      coap_eap_association_close(&peer->pending);
    result = coap_eap_association_write(&peer->association, datagram, now_ns);
  }
  return result;
}

static int peer_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct peer *peer = (struct peer *)node;
  datagram->source = peer->config.local;
  datagram->destination = peer->config.authenticator;
  int result = coap_session_write(&peer->session, datagram, now_ns);
  datagram->application =
      result == 1 && coap_eap_application_is(coap_session_subject(&peer->session));
  if (result == 1 && peer->trigger_pending)
    trigger_departed(peer, now_ns);
  if (result == 0) {
    result = write_secure(peer, datagram, now_ns);
    datagram->source = coap_eap_secure_address(&peer->config.local);
    datagram->destination = coap_eap_secure_address(&peer->config.authenticator);
  }
  note_state(peer);
  return result;
}

static uint64_t patience_ends_ns(const struct peer *peer) {
  if (peer->state != PEER_AUTHENTICATING)
    return NODE_NEVER;
  return peer->authentication.last_valid_ns +
         (coap_max_transmit_wait_ms(&peer->config.options.coap) + PATIENCE_MS) * NODE_MS;
}

/* A trigger waits for the end of what is outstanding: the former authentication's last response, if
 * that is separate. */
static uint64_t trigger_ready_ns(const struct peer *peer) {
  return coap_session_busy(&peer->session) ? NODE_NEVER : peer->trigger_due_ns;
}

static uint64_t peer_expiry(const struct node *node) {
  const struct peer *peer = (const struct peer *)node;
  uint64_t next = coap_session_expiry(&peer->session);
  const uint64_t others_ns[] = {trigger_ready_ns(peer), patience_ends_ns(peer),
                                coap_eap_association_expiry(&peer->pending),
                                coap_eap_association_expiry(&peer->association)};
  for (size_t i = 0; i < sizeof others_ns / sizeof others_ns[0]; i++)
    next = others_ns[i] < next ? others_ns[i] : next;
  return next;
}

static void begin_triggering(struct peer *peer) {
  const uint32_t retry_ms = peer->config.trigger_retry_ms;
  peer->state = PEER_TRIGGERING;
  peer->trigger_interval_ns =
      (retry_ms + node_random_below(peer->hooks, retry_ms / 2 + 1)) * NODE_MS;
  node_event(peer->hooks, NODE_EVENT_STARTED, &peer->config.authenticator, "trigger");
}

/* Step 0: NON POST /b with No-Response and a token of its own; repeated with the same Message ID.
 */
static int send_trigger(struct peer *peer) {
  peer->trigger_due_ns = NODE_NEVER;
  peer->trigger_pending = true;
  if (peer->triggers++ == 0)
    begin_triggering(peer);
  else if (coap_session_repeat_request(&peer->session))
    return 0;
  struct coap_message trigger = {
      .type = COAP_NON, .code = COAP_CODE_POST, .token_length = peer->config.options.token_bytes};
  node_random(peer->hooks, trigger.token, trigger.token_length);
  const uint8_t no_response = COAP_EAP_NO_RESPONSE_ALL;
  coap_message_add_option(&trigger, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, COAP_EAP_PATH,
                          strlen(COAP_EAP_PATH));
  coap_message_add_option(&trigger, COAP_NUMBER_NO_RESPONSE, ROW_COAP_NO_RESPONSE, &no_response,
                          sizeof no_response);
  return coap_session_request(&peer->session, &trigger, "trigger");
}

int coap_eap_peer_trigger(struct node *node, uint64_t now_ns) {
  struct peer *peer = (struct peer *)node;
  if (peer->state == PEER_TRIGGERING || peer->state == PEER_AUTHENTICATING ||
      peer->trigger_due_ns != NODE_NEVER || peer->requesting)
    return NODE_ERR_BUSY;
  peer->triggers = 0;
  peer->trigger_due_ns = now_ns;
  return 0;
}

static int handle_association_expiry(struct peer *peer, uint64_t now_ns) {
  bool given_up[3] = {coap_session_handle_expiry(&peer->session, now_ns)};
  int result = coap_eap_association_handle_expiry(&peer->pending, now_ns, &given_up[1]);
  if (result == 0)
    result = coap_eap_association_handle_expiry(&peer->association, now_ns, &given_up[2]);
  if (given_up[0] || given_up[2])
    peer_abandon_request(peer, "authenticator-silent");
  look_for_failure(peer);
  return result;
}

static int peer_handle_expiry(struct node *node, uint64_t now_ns) {
  struct peer *peer = (struct peer *)node;
  int result = handle_association_expiry(peer, now_ns);
  if (result < 0)
    return result;
  if (now_ns >= patience_ends_ns(peer))
    peer_fail(peer, "authenticator-silent");
  if (now_ns < trigger_ready_ns(peer))
    return 0;
  if (peer->triggers <= TRIGGER_REPETITIONS)
    return send_trigger(peer);
  peer->trigger_due_ns = NODE_NEVER;
  peer_fail(peer, "no-authenticator");
  return 0;
}

void coap_eap_peer_state(const struct node *node, struct coap_eap_state *state) {
  const struct peer *peer = (const struct peer *)node;
  *state = (struct coap_eap_state){
      .association_bytes = coap_eap_association_bytes(&peer->pending) +
                           coap_eap_association_bytes(&peer->association),
      .association_bytes_peak = peer->association_bytes_peak,
      .ordering_bytes = peer->ordering_bytes_peak,
  };
}

static void peer_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct peer *peer = (const struct peer *)node;
  const struct peer_authentication *run = &peer->authentication;
  digest_u64(digest, peer->state);
  coap_session_digest(&peer->session, digest, now_ns);
  digest_u64(digest, peer->resources);
  eap_peer_digest(&run->eap, digest);
  coap_eap_ordering_digest(&run->ordering, digest);
  digest_octets(digest, run->resource, sizeof run->resource);
  digest_u64(digest, run->requests);
  digest_deadline(digest, patience_ends_ns(peer), now_ns);
  coap_eap_association_digest(&peer->pending, digest, now_ns);
  coap_eap_association_digest(&peer->association, digest, now_ns);
  digest_u64(digest, peer->requesting);
  digest_u64(digest, peer->triggers);
  digest_u64(digest, peer->trigger_pending);
  digest_deadline(digest, peer->trigger_due_ns, now_ns);
  digest_u64(digest, peer->trigger_interval_ns);
}

static void peer_destroy(struct node *node) {
  struct peer *peer = (struct peer *)node;
  coap_eap_association_close(&peer->pending);
  coap_eap_association_close(&peer->association);
  crypto_wipe(peer, sizeof *peer);
  free(peer);
}

struct node *coap_eap_peer_create(const struct coap_eap_peer_config *config,
                                  const struct node_hooks *hooks) {
  static const struct node_ops ops = {.read = peer_read,
                                      .write = peer_write,
                                      .expiry = peer_expiry,
                                      .handle_expiry = peer_handle_expiry,
                                      .digest = peer_digest,
                                      .destroy = peer_destroy};
  const size_t identity_least = config->options.association == COAP_EAP_ASSOCIATION_DTLS ? 1 : 0;
  if (!coap_eap_options_valid(&config->options) || config->eap.identity_length < identity_least ||
      config->eap.identity_length > NODE_IDENTITY_MAX)
    return NULL;
  struct peer *peer = calloc(1, sizeof *peer);
  if (peer == NULL)
    return NULL;
  peer->node.ops = &ops;
  peer->config = *config;
  peer->hooks = hooks;
  peer->trigger_due_ns = config->trigger ? config->start_ns : NODE_NEVER;
  peer->config.options.coap.separate_responses = config->options.separate_response;
  coap_session_init(&peer->session, &peer->config.options.coap, hooks);
  coap_eap_ordering_init(&peer->authentication.ordering, &config->options.ordering);
  return &peer->node;
}
