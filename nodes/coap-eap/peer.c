/* CoAP-EAP, the EAP peer: the node contract, and the trigger (step 0 of the draft's Figure 2). */
#include "peer.h"

#include "../crypto/crypto.h"
#include "../lower/application.h"
#include "flow.h"
#include "peer_erp.h"
#include "peer_resumption.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops PEER_OPS;

static struct coap_eap_peer *peer_of(struct node *node) {
  assert(node->ops == &PEER_OPS);
  return (struct coap_eap_peer *)node;
}

static const struct coap_eap_peer *peer_of_const(const struct node *node) {
  assert(node->ops == &PEER_OPS);
  return (const struct coap_eap_peer *)node;
}

void coap_eap_peer_tell(const struct coap_eap_peer *peer, enum node_event_type type,
                        const char *label) {
  node_event(peer->hooks, NODE_PHASE_AUTHENTICATION, type, &peer->config.authenticator, label);
}

int coap_eap_peer_discard(const struct coap_eap_peer *peer, const char *why) {
  coap_eap_peer_tell(peer, NODE_EVENT_DISCARDED, why);
  return 0;
}

bool coap_eap_peer_in_progress(const struct coap_eap_peer *peer) {
  return peer->stage == PEER_TRIGGERING || peer->stage == PEER_AUTHENTICATING ||
         peer->stage == PEER_CONFIRMING || peer->stage == PEER_RESUMING ||
         peer->stage == PEER_REAUTHENTICATING;
}

void coap_eap_peer_end_eap(struct coap_eap_peer *peer) {
  if (peer->run.eap == NULL)
    return;
  eap_peer_wipe(peer->run.eap);
  free(peer->run.eap);
  peer->run.eap = NULL;
}

static void peer_end_attempt(struct coap_eap_peer *peer, enum node_event_type type,
                             const char *reason) {
  coap_eap_peer_leave_exchange(peer);
  peer->stage = PEER_FAILED;
  association_pair_drop(&peer->associations);
  coap_eap_peer_end_eap(peer);
  coap_eap_peer_tell(peer, type, reason);
}

void coap_eap_peer_fail(struct coap_eap_peer *peer, const char *reason) {
  peer->attempts_left = 0;
  peer_end_attempt(peer, NODE_EVENT_FAILED, reason);
}

void coap_eap_peer_count_attempt(struct coap_eap_peer *peer) {
  peer->attempts++;
  peer->attempts_left -= peer->attempts_left > 0;
}

void coap_eap_peer_stop_triggering(struct coap_eap_peer *peer) {
  if (peer->trigger_due_ns != NODE_NEVER && peer->triggers == 0) /* it came first */
    coap_eap_peer_count_attempt(peer);
  peer->trigger_due_ns = NODE_NEVER;
  peer->trigger_pending = false;
}

void coap_eap_peer_break_off(struct coap_eap_peer *peer, const char *reason, uint64_t now_ns) {
  if (peer->attempts_left == 0) {
    coap_eap_peer_fail(peer, reason);
    return;
  }
  peer->triggers = 0;
  peer->authenticator_lives = false;
  peer->trigger_due_ns =
      now_ns + lower_join_wait_ns(&peer->options.join, peer->attempts, peer->hooks);
  peer_end_attempt(peer, NODE_EVENT_RETRYING, reason);
}

/* Application requests */

/* `response`: of a call that is answered; else NULL. */
static void peer_end_request(struct coap_eap_peer *peer, enum node_event_type type,
                             const char *label, const struct coap_message *response) {
  const bool calling = peer->calling;
  peer->requesting = peer->calling = false;
  if (calling)
    lower_listener_answer(peer->config.listener, response, peer->now_ns);
  else
    node_event(peer->hooks, NODE_PHASE_APPLICATION, type, &peer->config.authenticator, label);
}

static int peer_handle_response(struct coap_eap_peer *peer, const struct coap_message *message,
                                uint64_t now_ns) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  struct association *association = &peer->associations.current;
  if (!peer->requesting)
    return peer->role->handle_response(peer, message, now_ns);
  if (association_verify_response(association, message, buffer, &plain) < 0)
    return coap_eap_peer_discard(peer, "response does not verify");
  coap_session_cancel(association_coap(association));
  peer_end_request(peer, NODE_EVENT_ANSWERED, "application", &plain);
  crypto_wipe(buffer, sizeof buffer); /* a call's answer may have keys */
  return 0;
}

void coap_eap_peer_abandon_request(struct coap_eap_peer *peer, const char *why) {
  if (!peer->requesting)
    return;
  if (association_is_open(&peer->associations.current))
    coap_session_cancel(association_coap(&peer->associations.current));
  peer_end_request(peer, NODE_EVENT_UNANSWERED, why, NULL);
}

void coap_eap_peer_close(struct coap_eap_peer *peer, const char *why) {
  peer->ends_ns = NODE_NEVER;
  peer->deleted = false;
  if (!association_is_open(&peer->associations.current))
    return;
  coap_eap_peer_abandon_request(peer, "the association is closed");
  if (peer->stage == PEER_RESUMING) /* it would take over the lifetime */
    coap_eap_peer_fail(peer, why);
  association_close(&peer->associations.current);
  coap_eap_peer_tell(peer, NODE_EVENT_CLOSED, why);
}

/* NODE_ERR_BAD_STATE, NODE_ERR_BUSY. */
static int peer_may_request(const struct coap_eap_peer *peer) {
  if (!association_is_ready(&peer->associations.current))
    return NODE_ERR_BAD_STATE;
  const bool handshakes = peer->stage == PEER_RESUMING || peer->stage == PEER_REAUTHENTICATING;
  return peer->requesting || (coap_eap_peer_in_progress(peer) && !handshakes) ? NODE_ERR_BUSY : 0;
}

int coap_eap_peer_request(struct node *node, enum lower_request kind, const uint8_t *payload,
                          size_t length) {
  struct coap_eap_peer *peer = peer_of(node);
  int result = peer_may_request(peer);
  if (result < 0)
    return result;
  result = lower_application_send(&peer->associations.current, kind, payload, length);
  peer->requesting = result == 0;
  peer->was_reset = false;
  return result;
}

int coap_eap_peer_call(struct node *node, const struct lower_call *call) {
  struct coap_eap_peer *peer = peer_of(node);
  int result = peer_may_request(peer);
  if (result < 0)
    return result;
  result = lower_application_call(&peer->associations.current, call);
  peer->requesting = peer->calling = result == 0;
  peer->was_reset = false;
  return result;
}

/* Datagrams */

static int peer_handle_message(struct coap_eap_peer *peer, enum coap_received received,
                               const struct coap_message *message, uint64_t now_ns) {
  switch (received) {
  case COAP_RECEIVED_REQUEST:
    return peer->role->handle_request(peer, message, now_ns);
  case COAP_RECEIVED_RESPONSE:
    return peer_handle_response(peer, message, now_ns);
  case COAP_RECEIVED_RESET: /* anybody can send one: what is outstanding goes on */
    peer->was_reset = true;
    return 0;
  default:
    return 0;
  }
}

/* A message that came out of a session's record. */
static int peer_on_session_message(void *context, struct association *association,
                                   const uint8_t *data, size_t length, uint64_t now_ns) {
  struct coap_eap_peer *peer = context;
  struct coap_message message;
  const enum coap_received received =
      coap_session_receive(association_coap(association), data, length, now_ns, &message);
  if (received == COAP_RECEIVED_RESET)
    coap_eap_peer_abandon_request(peer, "reset");
  if (received != COAP_RECEIVED_REQUEST)
    return peer_handle_message(peer, received, &message, now_ns);
  struct association_request request;
  const int result = association_verify_request(association, &message, &request);
  return result < 0 ? result : peer->role->handle_protected(peer, &request, now_ns);
}

static void peer_on_session_discarded(void *context, const char *why) {
  (void)coap_eap_peer_discard(context, why);
}

/* The authenticator has begun to act, and the peer waits for more. */
static bool peer_is_patient(const struct coap_eap_peer *peer) {
  return peer->stage == PEER_AUTHENTICATING || peer->stage == PEER_CONFIRMING ||
         peer->stage == PEER_RESUMING || peer->stage == PEER_REAUTHENTICATING;
}

/* A handshake that has failed ends the authentication; a session that the authenticator closed is
 * of no more use. */
static void peer_look_for_failure(struct coap_eap_peer *peer, uint64_t now_ns) {
  const char *reason = association_failure(&peer->associations.pending);
  if (reason != NULL && peer_is_patient(peer))
    coap_eap_peer_break_off(peer, reason, now_ns);
  if (association_failure(&peer->associations.current) == NULL)
    return;
  coap_eap_peer_abandon_request(peer, "the association is closed");
  association_close(&peer->associations.current);
}

static int peer_read_session(struct coap_eap_peer *peer, const struct node_datagram *datagram,
                             uint64_t now_ns) {
  const struct association_reader reader = {
      .context = peer, .message = peer_on_session_message, .discarded = peer_on_session_discarded};
  coap_eap_peer_look_for_handshake(peer, datagram, now_ns);
  int result = coap_eap_peer_look_for_hello(peer, datagram, now_ns);
  if (result == 1)
    return 0;
  if (result == 0)
    result = association_pair_read(&peer->associations, datagram, now_ns, &reader);
  coap_eap_peer_follow_resumption(peer);
  peer_look_for_failure(peer, now_ns);
  return result < 0 || peer->role->follow_handshake == NULL ? result
                                                            : peer->role->follow_handshake(peer);
}

/* RFC 7252 section 4.2: a confirmable message has an answer, whoever sent it. Only the
 * authenticator may use the service. */
static int peer_read_stranger(struct coap_eap_peer *peer, const struct node_datagram *datagram) {
  struct coap_message request;
  if (datagram->destination.port == peer->config.local.port &&
      coap_stranger_receive(&peer->stranger, datagram, &request)) {
    uint8_t code = peer->role->refuse(peer, &request);
    if (code == COAP_CODE_EMPTY && association_is_marked(&request))
      code = association_refusal(association_check(&request));
    else if (code == COAP_CODE_EMPTY)
      code = COAP_CODE_FORBIDDEN;
    coap_stranger_refuse(&peer->stranger, datagram, &request, code, peer->hooks);
  }
  return coap_eap_peer_discard(peer, "not from the authenticator");
}

/* What the message layers hold: that without protection, and those inside sessions. */
static void peer_note_messages(struct coap_eap_peer *peer, uint64_t now_ns) {
  const struct association *const associations[] = {&peer->associations.pending,
                                                    &peer->associations.current};
  size_t bytes = coap_session_held_bytes(&peer->session, now_ns);
  for (size_t i = 0; i < 2; i++)
    if (association_is_open(associations[i]) && !association_protects_messages(associations[i]))
      bytes += coap_session_held_bytes(association_coap(associations[i]), now_ns);
  if (bytes > peer->message_bytes_peak)
    peer->message_bytes_peak = bytes;
}

/* At the end of what may have made the peer speak: what it says is protected now. */
static int peer_settle(struct coap_eap_peer *peer, int result, uint64_t now_ns) {
  if (result == 0)
    result = association_pair_seal(&peer->associations);
  association_pair_note(&peer->associations);
  peer_note_messages(peer, now_ns);
  return result;
}

static int peer_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct coap_eap_peer *peer = peer_of(node);
  int result;
  peer->now_ns = now_ns;
  if (now_ns >= peer->ends_ns) /* its timer may be late */
    coap_eap_peer_close(peer, "its lifetime is over");
  if (node_address_equal(&datagram->source, &peer->config.authenticator)) {
    struct coap_message message;
    const enum coap_received received =
        coap_session_receive(&peer->session, datagram->data, datagram->length, now_ns, &message);
    if (received == COAP_RECEIVED_REQUEST)
      memcpy(peer->local.ip, datagram->destination.ip, sizeof peer->local.ip);
    result = peer_handle_message(peer, received, &message, now_ns);
  } else if (association_is_from(peer->options.association, &peer->config.authenticator,
                                 datagram)) {
    result = peer_read_session(peer, datagram, now_ns);
  } else {
    result = peer_read_stranger(peer, datagram);
  }
  return peer_settle(peer, result, now_ns);
}

/* Arms the repetition of step 0 when it departs. */
static void peer_trigger_departed(struct coap_eap_peer *peer, uint64_t now_ns) {
  peer->trigger_pending = false;
  peer->trigger_due_ns = now_ns + peer->trigger_interval_ns;
  peer->trigger_interval_ns *= peer->options.join.fixed ? 1 : 2;
}

static int peer_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct coap_eap_peer *peer = peer_of(node);
  peer->now_ns = now_ns;
  int result = coap_stranger_write(&peer->stranger, datagram);
  if (result != 0)
    return result;
  datagram->source = peer->local;
  datagram->destination = peer->config.authenticator;
  result = coap_session_write(&peer->session, datagram, now_ns);
  if (result == 1 && peer->trigger_pending)
    peer_trigger_departed(peer, now_ns);
  if (result == 0) {
    result = coap_eap_peer_write_refusal(peer, datagram);
    if (result == 0)
      result = association_pair_write(&peer->associations, &peer->local,
                                      &peer->config.authenticator, datagram, now_ns);
  }
  if (result == 0 && peer->deleted)
    coap_eap_peer_close(peer, "deleted");
  association_pair_note(&peer->associations);
  return result;
}

/* Time */

static uint64_t peer_patience_ends_ns(const struct coap_eap_peer *peer) {
  if (!peer_is_patient(peer) || peer->role->is_client)
    return NODE_NEVER; /* a client's own requests end */
  return peer->run.last_valid_ns + peer->options.flow->patience_ms(&peer->options.coap) * NODE_MS;
}

/* A trigger waits for the end of what is outstanding: the former authentication's last response, if
 * that is separate. */
static uint64_t peer_trigger_ready_ns(const struct coap_eap_peer *peer) {
  return coap_session_busy(&peer->session) ? NODE_NEVER : peer->trigger_due_ns;
}

static uint64_t peer_expiry(const struct node *node) {
  const struct coap_eap_peer *peer = peer_of_const(node);
  uint64_t next = coap_session_expiry(&peer->session);
  const uint64_t others_ns[] = {peer_trigger_ready_ns(peer), peer_patience_ends_ns(peer),
                                association_pair_expiry(&peer->associations), peer->ends_ns};
  for (size_t i = 0; i < sizeof others_ns / sizeof others_ns[0]; i++)
    next = others_ns[i] < next ? others_ns[i] : next;
  return next;
}

static void peer_begin_triggering(struct coap_eap_peer *peer) {
  const uint32_t retry_ms = peer->options.trigger_retry_ms;
  peer->stage = PEER_TRIGGERING;
  peer->refused = NULL;
  if (peer->options.flow->names_each_step)
    coap_eap_name_resource(&peer->options, peer->resources++, &peer->first);
  coap_eap_peer_count_attempt(peer);
  peer->trigger_interval_ns =
      (retry_ms + node_random_below(peer->hooks, retry_ms / 2 + 1)) * NODE_MS;
  coap_eap_peer_tell(peer, NODE_EVENT_STARTED, "trigger");
}

/* Step 0: NON POST to the service with No-Response and a token of its own; by RFC 9820 its payload
 * names the resource of step 1; of re-authentication it is an EAP-Initiate. */
static int peer_compose_trigger(struct coap_eap_peer *peer, uint64_t now_ns) {
  static const uint8_t no_response = COAP_EAP_NO_RESPONSE_ALL;
  const struct coap_eap_flow *flow = peer->options.flow;
  uint8_t octets[EAP_PACKET_MAX];
  int error = 0;
  struct span_list spans;
  struct span_writer payload;
  struct coap_message trigger = {
      .type = COAP_NON, .code = COAP_CODE_POST, .token_length = peer->options.token_bytes};
  node_random(peer->hooks, trigger.token, trigger.token_length);
  coap_eap_resource_add(&flow->service, &trigger, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH);
  coap_message_add_option(&trigger, COAP_NUMBER_NO_RESPONSE, ROW_COAP_NO_RESPONSE, &no_response,
                          sizeof no_response);
  span_writer_init(&payload, octets, sizeof octets, &spans);
  if (coap_eap_peer_may_initiate(peer, now_ns)) {
    error = coap_eap_peer_initiate(peer, &trigger, &payload, now_ns);
  } else if (flow->names_each_step) {
    span_writer_put_u8(&payload, ROW_COAP_PAYLOAD, '/');
    span_writer_put(&payload, ROW_COAP_PAYLOAD, peer->first.path, strlen(peer->first.path));
  }
  if (error == 0)
    error = coap_eap_payload_put(&peer->options, &trigger, &payload, NULL);
  return error < 0 ? error : coap_session_request(&peer->session, &trigger, "trigger");
}

/* Sends step 0, or repeats it, with the same Message ID. */
static int peer_send_trigger(struct coap_eap_peer *peer, uint64_t now_ns) {
  peer->trigger_due_ns = NODE_NEVER;
  peer->trigger_pending = true;
  if (peer->triggers++ == 0)
    peer_begin_triggering(peer);
  else if (coap_session_repeat_request(&peer->session))
    return 0;
  return peer_compose_trigger(peer, now_ns);
}

/* The first attempt is due then. */
static void peer_begin_joining(struct coap_eap_peer *peer, uint64_t start_ns) {
  peer->attempts = 0;
  peer->attempts_left = peer->options.join.attempts;
  peer->triggers = 0;
  peer->authenticator_lives = false;
  peer->trigger_due_ns = start_ns;
}

int coap_eap_peer_begin(struct node *node, uint64_t now_ns) {
  struct coap_eap_peer *peer = peer_of(node);
  if (coap_eap_peer_in_progress(peer) || peer->trigger_due_ns != NODE_NEVER || peer->requesting)
    return NODE_ERR_BUSY;
  peer_begin_joining(peer, now_ns);
  return 0;
}

static int peer_handle_exchange_expiry(struct coap_eap_peer *peer, uint64_t now_ns) {
  struct association_given_up given_up;
  const bool silent = coap_session_handle_expiry(&peer->session, now_ns);
  const int result = association_pair_handle_expiry(&peer->associations, now_ns, &given_up);
  if (silent || given_up.current)
    coap_eap_peer_abandon_request(peer, peer->was_reset ? "reset" : "authenticator-silent");
  if ((silent || given_up.pending) && peer->role->given_up != NULL)
    peer->role->given_up(peer, now_ns);
  peer_look_for_failure(peer, now_ns);
  return result;
}

static int peer_wake(struct coap_eap_peer *peer, uint64_t now_ns) {
  const int result = peer_handle_exchange_expiry(peer, now_ns);
  if (result < 0)
    return result;
  if (now_ns >= peer->ends_ns)
    coap_eap_peer_close(peer, "its lifetime is over");
  if (now_ns >= peer_patience_ends_ns(peer))
    coap_eap_peer_break_off(
        peer, peer->run.unverified == NULL ? "authenticator-silent" : peer->run.unverified, now_ns);
  return now_ns < peer_trigger_ready_ns(peer) ? 0 : peer->role->begin(peer, now_ns);
}

/* The next trigger is due, or the attempt is over. */
static int peer_go_on_triggering(struct coap_eap_peer *peer, uint64_t now_ns) {
  if (peer->triggers <= peer->options.trigger_repetitions)
    return peer_send_trigger(peer, now_ns);
  if (peer->authenticator_lives) {
    peer->authenticator_lives = false;
    peer->trigger_due_ns = now_ns + coap_max_transmit_wait_ms(&peer->options.coap) * NODE_MS;
    return 0;
  }
  peer->trigger_due_ns = NODE_NEVER;
  coap_eap_peer_break_off(peer, peer->refused == NULL ? "no-authenticator" : peer->refused, now_ns);
  return 0;
}

static int peer_expect_no_response(struct coap_eap_peer *peer, const struct coap_message *response,
                                   uint64_t now_ns) {
  (void)response;
  (void)now_ns;
  return coap_eap_peer_discard(peer, "response that nobody waits for");
}

const struct coap_eap_peer_role COAP_EAP_PEER_AS_SERVER = {
    .begin = peer_go_on_triggering,
    .refuse = coap_eap_peer_refuse,
    .handle_request = coap_eap_peer_handle_request,
    .handle_protected = coap_eap_peer_handle_protected,
    .handle_response = peer_expect_no_response,
};

static int peer_handle_expiry(struct node *node, uint64_t now_ns) {
  struct coap_eap_peer *peer = peer_of(node);
  peer->now_ns = now_ns;
  return peer_settle(peer, peer_wake(peer, now_ns), now_ns);
}

/* State */

void coap_eap_peer_state(const struct node *node, struct lower_state *state) {
  const struct coap_eap_peer *peer = peer_of_const(node);
  *state = (struct lower_state){
      .association_bytes = association_pair_bytes(&peer->associations),
      .association_bytes_peak = peer->associations.bytes_peak,
      .ordering_bytes = peer->ordering_bytes_peak,
      .message_bytes = peer->message_bytes_peak,
  };
}

static void peer_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct coap_eap_peer *peer = peer_of_const(node);
  digest_u64(digest, peer->stage);
  digest_octets(digest, peer->local.ip, sizeof peer->local.ip);
  coap_session_digest(&peer->session, digest, now_ns);
  digest_u64(digest, peer->resources);
  digest_u64(digest, peer->run.eap != NULL);
  if (peer->run.eap != NULL)
    eap_peer_digest(peer->run.eap, digest);
  coap_eap_server_digest(&peer->run.server, digest);
  coap_eap_peer_digest_erp(peer, digest);
  if (peer->role->is_client)
    coap_eap_client_digest(&peer->run.client, digest);
  if (peer->refusal != NULL)
    digest_octets(digest, peer->refusal, strlen(peer->refusal));
  digest_u64(digest, peer->run.unverified != NULL);
  digest_octets(digest, peer->first.path, strlen(peer->first.path));
  digest_deadline(digest, peer->ends_ns, now_ns);
  digest_u64(digest, peer->deleted);
  if (peer->options.flow->names_each_step && association_is_open(&peer->associations.current))
    digest_octets(digest, peer->held.path, strlen(peer->held.path));
  digest_deadline(digest, peer_patience_ends_ns(peer), now_ns);
  association_pair_digest(&peer->associations, digest, now_ns);
  digest_u64(digest, peer->requesting);
  digest_u64(digest, peer->calling);
  digest_u64(digest, peer->was_reset);
  digest_u64(digest, peer->refuses_hello);
  digest_u64(digest, peer->attempts_left);
  digest_u64(digest, peer->attempts_left > 0 ? peer->attempts : 0);
  digest_u64(digest, peer->triggers);
  digest_u64(digest, peer->authenticator_lives);
  digest_u64(digest, peer->trigger_pending);
  digest_deadline(digest, peer->trigger_due_ns, now_ns);
  digest_u64(digest, peer->trigger_interval_ns);
}

/* Life */

static const struct coap_eap_peer_role *const PEER_ROLES[] = {
    [COAP_EAP_AUTHENTICATOR_CLIENT] = &COAP_EAP_PEER_AS_SERVER,
    [COAP_EAP_PEER_CLIENT] = &COAP_EAP_PEER_AS_CLIENT,
};

static void peer_destroy(struct node *node) {
  struct coap_eap_peer *peer = peer_of(node);
  association_pair_close(&peer->associations);
  coap_eap_peer_end_eap(peer);
  coap_eap_peer_deinit_erp(peer);
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

enum { FIRST_RESOURCE = 5 }; /* "/b/5" (Figure 2) */

/* Where resources keep order, their names begin at random: what is late from before a restart is
 * then for none that there is, as a rule. */
static void peer_begin_naming(struct coap_eap_peer *peer) {
  const struct coap_eap_flow *flow = peer->options.flow;
  peer->resources = FIRST_RESOURCE;
  if (flow->names_each_step)
    peer->resources = (unsigned)node_random_below(peer->hooks, COAP_EAP_NAMES);
  else
    peer->first = flow->service;
}

struct node *coap_eap_peer_create(const struct lower_peer_config *config,
                                  const struct node_hooks *hooks) {
  struct coap_eap_options options;
  const struct lower_layer *lower = lower_of(config->options);
  coap_eap_options_read(config->options, &options);
  options.coap.separate_responses = options.separate_response;
  options.coap.random_message_ids = PEER_ROLES[options.roles]->is_client &&
                                    coap_eap_ordering_random_message_ids(&options.ordering);
  if (coap_eap_options_unsupported(config->options) != NULL ||
      config->eap.identity_length < association_kind_identity_least(options.association) ||
      config->eap.identity_length > NODE_IDENTITY_MAX ||
      config->payload_bytes > ASSOCIATION_PAYLOAD_MAX ||
      (config->erp_begins && lower->reauthenticates(config->options, true) != NULL))
    return NULL;
  struct coap_eap_peer *peer = calloc(1, sizeof *peer);
  if (peer == NULL)
    return NULL;
  peer->node.ops = &PEER_OPS;
  peer->role = PEER_ROLES[options.roles];
  peer->config = *config;
  peer->local = config->local;
  peer->options = options;
  peer->hooks = hooks;
  peer->trigger_due_ns = NODE_NEVER;
  peer->ends_ns = NODE_NEVER;
  peer_begin_naming(peer);
  if (config->begins)
    peer_begin_joining(peer, config->start_ns);
  coap_session_init(&peer->session, &peer->options.coap, hooks);
  coap_eap_server_init(&peer->run.server, &peer->options);
  if (coap_eap_peer_init_erp(peer))
    return &peer->node;
  peer_destroy(&peer->node);
  return NULL;
}
