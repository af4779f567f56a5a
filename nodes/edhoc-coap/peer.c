/* EDHOC over CoAP, the peer: the node contract, attempts, and requests of the application. */
#include "peer.h"

#include "../crypto/crypto.h"
#include "../lower/application.h"
#include "peer_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops PEER_OPS;

static struct edhoc_coap_peer *peer_of(struct node *node) {
  assert(node->ops == &PEER_OPS);
  return (struct edhoc_coap_peer *)node;
}

static const struct edhoc_coap_peer *peer_of_const(const struct node *node) {
  assert(node->ops == &PEER_OPS);
  return (const struct edhoc_coap_peer *)node;
}

void edhoc_coap_peer_tell(const struct edhoc_coap_peer *peer, enum node_event_type type,
                          const char *label) {
  node_event(peer->hooks, NODE_PHASE_AUTHENTICATION, type, &peer->config.authenticator, label);
}

int edhoc_coap_peer_discard(const struct edhoc_coap_peer *peer, const char *why) {
  edhoc_coap_peer_tell(peer, NODE_EVENT_DISCARDED, why);
  return 0;
}

int edhoc_coap_peer_note_refusal(struct edhoc_coap_peer *peer, const char *reason) {
  peer->refusal = reason;
  return edhoc_coap_peer_discard(peer, "error without protection");
}

bool edhoc_coap_peer_in_progress(const struct edhoc_coap_peer *peer) {
  return peer->stage == PEER_MESSAGE_2 || peer->stage == PEER_ANSWER;
}

/* Attempts */

static void peer_end_attempt(struct edhoc_coap_peer *peer, enum node_event_type type,
                             const char *reason) {
  peer->stage = PEER_FAILED;
  edhoc_coap_agreed_drop(&peer->agreed);
  edhoc_coap_peer_end_edhoc(peer);
  edhoc_coap_peer_tell(peer, type, reason);
}

int edhoc_coap_peer_fail(struct edhoc_coap_peer *peer, const char *reason) {
  peer->attempts_left = 0;
  peer_end_attempt(peer, NODE_EVENT_FAILED, reason);
  return 0;
}

/* The same, unless there are attempts left: then another begins in its time. */
static void peer_break_off(struct edhoc_coap_peer *peer, const char *reason, uint64_t now_ns) {
  if (peer->attempts_left == 0) {
    (void)edhoc_coap_peer_fail(peer, reason);
    return;
  }
  peer->due_ns = now_ns + lower_join_wait_ns(&peer->options.join, peer->attempts, peer->hooks);
  peer_end_attempt(peer, NODE_EVENT_RETRYING, reason);
}

static void peer_begin_joining(struct edhoc_coap_peer *peer, uint64_t start_ns) {
  peer->attempts = 0;
  peer->attempts_left = peer->options.join.attempts;
  peer->due_ns = start_ns;
}

int edhoc_coap_peer_begin(struct node *node, uint64_t now_ns) {
  struct edhoc_coap_peer *peer = peer_of(node);
  if (edhoc_coap_peer_in_progress(peer) || peer->due_ns != NODE_NEVER || peer->requesting)
    return NODE_ERR_BUSY;
  peer_begin_joining(peer, now_ns);
  return 0;
}

/* Application requests, and those of the authenticator */

static void peer_end_request(struct edhoc_coap_peer *peer, enum node_event_type type,
                             const char *label) {
  peer->requesting = false;
  coap_session_cancel(&peer->session);
  node_event(peer->hooks, NODE_PHASE_APPLICATION, type, &peer->config.authenticator, label);
}

void edhoc_coap_peer_abandon_request(struct edhoc_coap_peer *peer, const char *why) {
  if (peer->requesting)
    peer_end_request(peer, NODE_EVENT_UNANSWERED, why);
}

int edhoc_coap_peer_request(struct node *node, enum lower_request kind, const uint8_t *payload,
                            size_t length) {
  struct edhoc_coap_peer *peer = peer_of(node);
  struct association *association = edhoc_coap_agreed_in_use(&peer->agreed);
  if (!association_is_ready(association))
    return NODE_ERR_BAD_STATE;
  if (peer->requesting || edhoc_coap_peer_in_progress(peer))
    return NODE_ERR_BUSY;
  const int result = lower_application_send(association, kind, payload, length);
  peer->requesting = result == 0;
  peer->refusal = NULL;
  return result;
}

static int peer_take_application(struct edhoc_coap_peer *peer,
                                 const struct coap_message *response) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  struct association *association = edhoc_coap_agreed_in_use(&peer->agreed);
  if (association_verify_response(association, response, buffer, &plain) < 0)
    return edhoc_coap_peer_discard(peer, "response does not verify");
  edhoc_coap_agreed_prove(&peer->agreed, association);
  peer_end_request(peer, NODE_EVENT_ANSWERED, "application");
  return 0;
}

/* The code that refuses a request without protection, whoever sent it: the peer serves nobody so.
 * COAP_CODE_EMPTY: it is marked as protected. */
static uint8_t refusal_in_clear(const struct coap_message *request) {
  uint16_t known[ASSOCIATION_KNOWN_MAX];
  const size_t count = association_known(known);
  const uint8_t code = coap_refuse_options(request, known, count);
  return code != COAP_CODE_EMPTY || association_is_marked(request)
             ? code
             : coap_refuse_method(request, false);
}

static int peer_answer(struct edhoc_coap_peer *peer, const struct association_request *request,
                       uint64_t now_ns) {
  const int result =
      lower_application_answer(request, peer->config.payload_bytes, NODE_PHASE_APPLICATION, now_ns);
  if (result == 1)
    node_event(peer->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED, &peer->config.authenticator,
               "application");
  return result < 0 ? result : 0;
}

/* What comes under the association before the answer to message_3 does is worth as much. */
static int peer_serve(struct edhoc_coap_peer *peer, const struct coap_message *message,
                      uint64_t now_ns) {
  struct association_request request;
  const int error = association_pair_verify_request(&peer->agreed.pair, message, &request);
  if (error < 0) {
    const char *why = association_refuse(&peer->session, message, error);
    return why == NULL ? 0 : edhoc_coap_peer_discard(peer, why);
  }
  const int result = peer_answer(peer, &request, now_ns);
  if (peer->stage == PEER_ANSWER && request.association == &peer->agreed.pair.pending)
    return result < 0 ? result : edhoc_coap_peer_confirm(peer, true, "request verified");
  edhoc_coap_agreed_prove(&peer->agreed, request.association);
  return result;
}

static int peer_handle_request(struct edhoc_coap_peer *peer, const struct coap_message *request,
                               uint64_t now_ns) {
  const uint8_t refusal = refusal_in_clear(request);
  if (refusal == COAP_CODE_EMPTY)
    return peer_serve(peer, request, now_ns);
  return coap_refusal_is_sent(request, refusal)
             ? coap_session_reject(&peer->session, request, refusal, coap_refusal_label(refusal))
             : edhoc_coap_peer_discard(peer, coap_refusal_label(refusal));
}

/* Datagrams */

static int peer_read_stranger(struct edhoc_coap_peer *peer, const struct node_datagram *datagram) {
  struct coap_message request;
  if (coap_stranger_receive(&peer->stranger, datagram, &request)) {
    uint8_t code = refusal_in_clear(&request);
    if (code == COAP_CODE_EMPTY)
      code = association_refusal(association_check(&request));
    coap_stranger_refuse(&peer->stranger, datagram, &request, code, peer->hooks);
  }
  return edhoc_coap_peer_discard(peer, "not from the authenticator");
}

static int peer_receive(struct edhoc_coap_peer *peer, const struct node_datagram *datagram,
                        uint64_t now_ns) {
  struct coap_message message;
  switch (
      coap_session_receive(&peer->session, datagram->data, datagram->length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    memcpy(peer->local.ip, datagram->destination.ip, sizeof peer->local.ip);
    return peer_handle_request(peer, &message, now_ns);
  case COAP_RECEIVED_RESPONSE:
    return peer->requesting ? peer_take_application(peer, &message)
                            : edhoc_coap_peer_handle_response(peer, &message, now_ns);
  case COAP_RECEIVED_RESET:
    return edhoc_coap_peer_note_refusal(peer, peer->requesting ? "reset" : "authenticator-reset");
  default:
    return 0;
  }
}

static int peer_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct edhoc_coap_peer *peer = peer_of(node);
  const int result = node_address_equal(&datagram->source, &peer->config.authenticator)
                         ? peer_receive(peer, datagram, now_ns)
                         : peer_read_stranger(peer, datagram);
  association_pair_note(&peer->agreed.pair);
  return result;
}

static int peer_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct edhoc_coap_peer *peer = peer_of(node);
  const int result = coap_stranger_write(&peer->stranger, datagram);
  if (result != 0)
    return result;
  datagram->source = peer->local;
  datagram->destination = peer->config.authenticator;
  return coap_session_write(&peer->session, datagram, now_ns);
}

/* Time */

static uint64_t peer_expiry(const struct node *node) {
  const struct edhoc_coap_peer *peer = peer_of_const(node);
  const uint64_t coap_ns = coap_session_expiry(&peer->session);
  return coap_ns < peer->due_ns ? coap_ns : peer->due_ns;
}

static void peer_given_up(struct edhoc_coap_peer *peer, uint64_t now_ns) {
  const char *silent = peer->stage == PEER_MESSAGE_2 ? "no-authenticator" : "authenticator-silent";
  const char *reason = peer->refusal == NULL ? silent : peer->refusal;
  if (edhoc_coap_peer_in_progress(peer))
    peer_break_off(peer, reason, now_ns);
  else
    edhoc_coap_peer_abandon_request(peer, reason);
}

static int peer_handle_expiry(struct node *node, uint64_t now_ns) {
  struct edhoc_coap_peer *peer = peer_of(node);
  if (coap_session_handle_expiry(&peer->session, now_ns))
    peer_given_up(peer, now_ns);
  if (now_ns < peer->due_ns)
    return 0;
  peer->due_ns = NODE_NEVER;
  peer->attempts++;
  peer->attempts_left -= peer->attempts_left > 0;
  return edhoc_coap_peer_start(peer);
}

/* State */

void edhoc_coap_peer_state(const struct node *node, struct lower_state *state) {
  const struct edhoc_coap_peer *peer = peer_of_const(node);
  *state = (struct lower_state){
      .association_bytes = association_pair_bytes(&peer->agreed.pair),
      .association_bytes_peak = peer->agreed.pair.bytes_peak,
  };
}

static void peer_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct edhoc_coap_peer *peer = peer_of_const(node);
  digest_u64(digest, peer->stage);
  digest_octets(digest, peer->local.ip, sizeof peer->local.ip);
  coap_session_digest(&peer->session, digest, now_ns);
  digest_u64(digest, peer->edhoc != NULL);
  if (peer->edhoc != NULL)
    edhoc_digest(peer->edhoc, digest);
  digest_octets(digest, peer->connection.bytes, peer->connection.length);
  edhoc_coap_agreed_digest(&peer->agreed, digest, now_ns);
  digest_u64(digest, peer->requesting);
  if (peer->refusal != NULL)
    digest_octets(digest, peer->refusal, strlen(peer->refusal));
  digest_u64(digest, peer->attempts_left);
  digest_u64(digest, peer->attempts_left > 0 ? peer->attempts : 0);
  digest_deadline(digest, peer->due_ns, now_ns);
}

/* Life */

static void peer_destroy(struct node *node) {
  struct edhoc_coap_peer *peer = peer_of(node);
  association_pair_close(&peer->agreed.pair);
  edhoc_coap_peer_end_edhoc(peer);
  coap_session_wipe(&peer->session);
  crypto_wipe(peer, sizeof *peer);
  free(peer);
}

static const struct node_ops PEER_OPS = {.read = peer_read,
                                         .write = peer_write,
                                         .expiry = peer_expiry,
                                         .handle_expiry = peer_handle_expiry,
                                         .digest = peer_digest,
                                         .destroy = peer_destroy};

static bool can_begin(const struct lower_peer_config *config, const struct node_hooks *hooks) {
  struct edhoc edhoc;
  const bool can = edhoc_init(&edhoc, EDHOC_INITIATOR, config->edhoc, hooks) == 0;
  edhoc_wipe(&edhoc);
  return can;
}

struct node *edhoc_coap_peer_create(const struct lower_peer_config *config,
                                    const struct node_hooks *hooks) {
  if (edhoc_coap_options_unsupported(config->options) != NULL || config->edhoc == NULL ||
      config->payload_bytes > ASSOCIATION_PAYLOAD_MAX || !can_begin(config, hooks))
    return NULL;
  struct edhoc_coap_peer *peer = calloc(1, sizeof *peer);
  if (peer == NULL)
    return NULL;
  peer->node.ops = &PEER_OPS;
  peer->config = *config;
  peer->local = config->local;
  peer->hooks = hooks;
  peer->due_ns = NODE_NEVER;
  edhoc_coap_options_read(config->options, &peer->options);
  if (config->begins)
    peer_begin_joining(peer, config->start_ns);
  coap_session_init(&peer->session, &peer->options.coap, hooks);
  return &peer->node;
}
