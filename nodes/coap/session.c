/* The message layer of RFC 7252 section 4 towards one remote, with the matching of requests and
 * responses of section 5.3.2. Timers: one, of the outstanding confirmable message; what is
 * remembered for deduplication is dropped lazily. */
#include "session.h"

#include <assert.h>
#include <string.h>

enum { MAX_LATENCY_MS = 100000, MAX_RETRANSMIT_LIMIT = 20 };

/* 4.8.2 */

static uint64_t backed_off_ms(const struct coap_parameters *parameters, uint32_t intervals) {
  return (uint64_t)parameters->ack_timeout_ms * ((UINT64_C(1) << intervals) - 1) *
         parameters->ack_random_factor_x100 / 100;
}

static uint64_t max_transmit_span_ms(const struct coap_parameters *parameters) {
  return backed_off_ms(parameters, parameters->max_retransmit);
}

uint64_t coap_max_transmit_wait_ms(const struct coap_parameters *parameters) {
  return backed_off_ms(parameters, parameters->max_retransmit + 1);
}

uint64_t coap_exchange_lifetime_ms(const struct coap_parameters *parameters) {
  return max_transmit_span_ms(parameters) + 2 * MAX_LATENCY_MS + parameters->ack_timeout_ms;
}

uint64_t coap_non_lifetime_ms(const struct coap_parameters *parameters) {
  return max_transmit_span_ms(parameters) + MAX_LATENCY_MS;
}

void coap_session_init(struct coap_session *session, const struct coap_parameters *parameters,
                       const struct node_hooks *hooks) {
  assert(parameters->ack_random_factor_x100 >= 100);
  assert(parameters->max_retransmit <= MAX_RETRANSMIT_LIMIT);
  *session = (struct coap_session){
      .parameters = *parameters,
      .hooks = hooks,
      .next_message_id = (uint16_t)node_random_below(hooks, UINT16_MAX + 1),
      .request_due_ns = NODE_NEVER,
  };
  if (parameters->random_message_ids)
    node_random(hooks, (uint8_t *)session->message_id_keys, sizeof session->message_id_keys);
}

/* A Feistel network over the counter: random values, and none comes twice before all have come. */
static uint16_t permute(const uint32_t keys[4], uint16_t counter) {
  uint8_t left = (uint8_t)(counter >> 8), right = (uint8_t)counter;
  for (size_t round = 0; round < 4; round++) {
    const uint32_t mixed = (right ^ keys[round]) * UINT32_C(0x9e3779b1);
    const uint8_t next = left ^ (uint8_t)(mixed >> 24);
    left = right;
    right = next;
  }
  return (uint16_t)(left << 8 | right);
}

static uint16_t take_message_id(struct coap_session *session) {
  const uint16_t counter = session->next_message_id++;
  return session->parameters.random_message_ids ? permute(session->message_id_keys, counter)
                                                : counter;
}

/* Deduplication, 4.5 */

static uint64_t lifetime_ns(const struct coap_session *session, enum coap_type type) {
  const uint64_t ms = type == COAP_CON ? coap_exchange_lifetime_ms(&session->parameters)
                                       : coap_non_lifetime_ms(&session->parameters);
  return ms * NODE_MS;
}

static struct coap_seen *find_seen(struct coap_session *session, uint16_t message_id,
                                   uint64_t now_ns) {
  for (size_t i = 0; i < COAP_SEEN_MAX; i++)
    if (session->seen[i].message_id == message_id && now_ns < session->seen[i].until_ns)
      return &session->seen[i];
  return NULL;
}

static struct coap_seen *remember(struct coap_session *session, uint16_t message_id,
                                  bool acknowledge, uint64_t until_ns, uint64_t now_ns) {
  struct coap_seen *seen = find_seen(session, message_id, now_ns);
  if (seen == NULL) {
    seen = &session->seen[session->seen_next];
    session->seen_next = (session->seen_next + 1) % COAP_SEEN_MAX;
    seen->phase = NODE_PHASE_AUTHENTICATION;
  }
  *seen = (struct coap_seen){.message_id = message_id,
                             .acknowledge = acknowledge,
                             .phase = seen->phase,
                             .until_ns = until_ns};
  return seen;
}

static bool is_answered(const struct coap_session *session, uint16_t message_id, uint64_t now_ns) {
  return session->response_held && session->response_message_id == message_id &&
         now_ns < session->response_until_ns;
}

/* Outgoing messages */

/* Queues a message that is neither retransmitted nor held. One that equals the last is its
 * repetition: the count of copies goes on. */
static int send_once(struct coap_session *session, const struct coap_message *message,
                     const char *label) {
  struct coap_outgoing next = {.pending = false};
  const int error = coap_outgoing_compose(&next, message, NODE_PART_OTHER, label);
  if (error < 0)
    return error;
  if (coap_outgoing_equal(&next, &session->control))
    next.copy = session->control.copy;
  coap_outgoing_move(&session->control, &next);
  return 0;
}

/* The phase of what an empty ACK of this Message ID acknowledges; `unknown` where that is not known
 * any more. */
static enum node_phase coap_phase_of(const struct coap_session *session, uint16_t message_id,
                                     enum node_phase unknown) {
  if (session->response_held && session->response_message_id == message_id)
    return session->response.phase;
  if (session->request_answered_apart && session->answer_message_id == message_id)
    return session->request.phase;
  return unknown;
}

static void send_empty(struct coap_session *session, enum coap_type type, uint16_t message_id) {
  const struct coap_message message = {
      .type = type, .code = COAP_CODE_EMPTY, .message_id = message_id};
  const int error = send_once(session, &message, type == COAP_ACK ? "CoAP ACK" : "CoAP RST");
  if (error == 0 && type == COAP_ACK)
    session->control.phase = coap_phase_of(session, message_id, NODE_PHASE_AUTHENTICATION);
  assert(error == 0 || error == NODE_ERR_EXHAUSTED); /* then it is as if it were lost */
}

/* The empty ACK of what has come again is a repetition also where others went between; the count of
 * copies is then lost. */
static void acknowledge_again(struct coap_session *session, uint16_t message_id) {
  send_empty(session, COAP_ACK, message_id);
  if (session->control.copy == 0)
    session->control.copy = 1;
}

/* 4.2: the initial timeout. */
static uint64_t draw_timeout_ns(const struct coap_session *session) {
  const uint64_t least_us = (uint64_t)session->parameters.ack_timeout_ms * 1000;
  const uint64_t range_us = least_us * (session->parameters.ack_random_factor_x100 - 100) / 100;
  assert(range_us < UINT32_MAX);
  return (least_us + node_random_below(session->hooks, (uint32_t)range_us + 1)) * (NODE_MS / 1000);
}

/* What stands in the place of the request goes out (again), until it is acknowledged. */
static void make_outstanding(struct coap_session *session) {
  session->request_outstanding = true;
  session->request_acknowledged = false;
  session->request_answered_apart = false;
  session->request_retransmissions = 0;
  session->request_timeout_ns = draw_timeout_ns(session);
  session->request_due_ns = NODE_NEVER;
  session->request.pending = true;
}

int coap_session_request(struct coap_session *session, struct coap_message *message,
                         const char *label) {
  assert(message->type == COAP_CON || message->type == COAP_NON);
  if (session->request_outstanding)
    return NODE_ERR_BUSY;
  message->message_id = take_message_id(session);
  const int error = coap_outgoing_compose(&session->request, message, NODE_PART_REQUEST, label);
  if (error < 0)
    return error;
  session->request_is_response = false;
  session->request_message_id = message->message_id;
  memcpy(session->request_token, message->token, sizeof session->request_token);
  session->request_token_length = message->token_length;
  if (message->type == COAP_CON)
    make_outstanding(session);
  return 0;
}

bool coap_session_repeat_request(struct coap_session *session) {
  if (session->request_is_response)
    return false;
  session->request.pending = session->request.message.length > 0;
  return true;
}

void coap_session_ask_again(struct coap_session *session) {
  assert(!session->request_outstanding && !session->request_is_response &&
         session->request.message.length > 0);
  for (size_t i = 0; i < COAP_SEEN_MAX && session->request_answered_apart; i++)
    if (session->seen[i].message_id == session->answer_message_id)
      session->seen[i] = (struct coap_seen){0};
  make_outstanding(session);
}

void coap_session_cancel(struct coap_session *session) {
  if (session->request_outstanding && session->request_answered_apart)
    remember(session, session->answer_message_id, true, session->answer_until_ns,
             session->answer_at_ns)
        ->phase = session->request.phase;
  session->request_outstanding = false;
  session->request_due_ns = NODE_NEVER;
  coap_outgoing_withdraw(&session->request);
}

static bool awaits_response(const struct coap_session *session) {
  return session->request_outstanding && !session->request_is_response;
}

/* The composed response, with the type and Message ID of `head`, makes the former one that was held
 * for repetitions give way. An error leaves all as it was. */
static int hold_response(struct coap_session *session, const struct coap_message *request,
                         struct coap_outgoing *composed, const struct coap_message *head,
                         uint64_t now_ns) {
  const bool separate = head->type == COAP_CON;
  const uint16_t previous = session->response_message_id;
  const int error = separate ? coap_outgoing_copy(&session->request, composed) : 0;
  if (error < 0)
    return error;
  coap_outgoing_move(&session->response, composed);
  if (is_answered(session, previous, now_ns) && previous != request->message_id)
    remember(session, previous, session->response_separate, session->response_until_ns, now_ns);
  session->response_held = true;
  session->response_separate = separate;
  session->response_message_id = request->message_id;
  session->response_until_ns = now_ns + lifetime_ns(session, request->type);
  session->response.pending = !separate;
  if (!separate)
    return 0;
  session->response.copy++;
  session->request_is_response = true;
  session->request_message_id = head->message_id;
  make_outstanding(session);
  return 0;
}

/* The request that the held response answers has come again. A separate response that has not
 * ended is retransmitted in its own time. */
static void repeat_held(struct coap_session *session) {
  if (!session->response_separate) {
    session->response.pending = true;
    return;
  }
  acknowledge_again(session, session->response_message_id);
  if (session->request_is_response && !session->request_outstanding)
    make_outstanding(session);
}

/* Incoming messages */

static bool is_outstanding(const struct coap_session *session) {
  return session->request_outstanding && session->request.copy > 0;
}

static bool answers_outstanding(const struct coap_session *session,
                                const struct coap_message *message) {
  return is_outstanding(session) && awaits_response(session) &&
         (message->type != COAP_ACK || message->message_id == session->request_message_id) &&
         message->token_length == session->request_token_length &&
         memcmp(message->token, session->request_token, message->token_length) == 0;
}

static enum coap_received receive_empty(struct coap_session *session, uint64_t now_ns,
                                        const struct coap_message *message) {
  if (message->type == COAP_CON) { /* 4.3: ping */
    send_empty(session, COAP_RST, message->message_id);
    return COAP_RECEIVED_NOTHING;
  }
  if (message->type == COAP_NON || !is_outstanding(session) ||
      message->message_id != session->request_message_id)
    return COAP_RECEIVED_NOTHING;

  if (session->request_is_response) {
    coap_session_cancel(session);
    return COAP_RECEIVED_NOTHING;
  }
  if (message->type == COAP_RST)
    return COAP_RECEIVED_RESET;
  if (!session->request_acknowledged) { /* 5.2.2 */
    session->request_acknowledged = true;
    coap_outgoing_withdraw(&session->request);
    session->request_due_ns = now_ns + coap_max_transmit_wait_ms(&session->parameters) * NODE_MS;
  }
  return COAP_RECEIVED_NOTHING;
}

/* True if the Message ID was processed before; answers as it was answered then. */
static bool receive_repeated(struct coap_session *session, uint64_t now_ns,
                             const struct coap_message *message) {
  if (is_answered(session, message->message_id, now_ns)) {
    if (message->type == COAP_CON)
      repeat_held(session);
    return true;
  }
  const struct coap_seen *seen = find_seen(session, message->message_id, now_ns);
  if (seen == NULL)
    return false;
  if (message->type == COAP_CON && seen->acknowledge) {
    acknowledge_again(session, message->message_id);
    session->control.phase = coap_phase_of(session, message->message_id, seen->phase);
  }
  return true;
}

static enum coap_received receive_response(struct coap_session *session, uint64_t now_ns,
                                           const struct coap_message *message) {
  const bool expected = answers_outstanding(session, message);
  if (expected)
    session->request_answered_apart = message->type != COAP_ACK;
  if (expected && message->type != COAP_ACK) {
    session->answer_message_id = message->message_id;
    session->answer_at_ns = now_ns;
    session->answer_until_ns = now_ns + lifetime_ns(session, message->type);
  }
  if (message->type == COAP_CON) /* 5.2.2; 5.3.2 */
    send_empty(session, expected ? COAP_ACK : COAP_RST, message->message_id);
  return expected ? COAP_RECEIVED_RESPONSE : COAP_RECEIVED_NOTHING;
}

enum coap_received coap_session_receive(struct coap_session *session, const uint8_t *data,
                                        size_t length, uint64_t now_ns,
                                        struct coap_message *message) {
  if (coap_message_parse(data, length, message) < 0) {
    if (message->type == COAP_CON) /* 4.2 */
      send_empty(session, COAP_RST, message->message_id);
    return COAP_RECEIVED_NOTHING;
  }
  if (message->code == COAP_CODE_EMPTY)
    return receive_empty(session, now_ns, message);

  const bool is_request = message->code >> 5 == 0;
  if (message->type == COAP_RST || (message->type == COAP_ACK && is_request)) /* 4.2 */
    return COAP_RECEIVED_NOTHING;
  if (message->type != COAP_ACK && receive_repeated(session, now_ns, message))
    return COAP_RECEIVED_NOTHING;
  return is_request ? COAP_RECEIVED_REQUEST : receive_response(session, now_ns, message);
}

void coap_session_acknowledge(struct coap_session *session, const struct coap_message *request,
                              uint64_t now_ns) {
  assert(request->type == COAP_CON);
  struct coap_seen *seen =
      remember(session, request->message_id, true, now_ns + lifetime_ns(session, COAP_CON), now_ns);
  send_empty(session, COAP_ACK, request->message_id);
  seen->phase = session->control.phase;
}

void coap_session_ignore(struct coap_session *session, const struct coap_message *request,
                         uint64_t now_ns) {
  remember(session, request->message_id, false, now_ns + lifetime_ns(session, request->type),
           now_ns);
}

/* 5.2: how a response to `request` travels; echoes what it echoes. */
static void address_response(struct coap_session *session, const struct coap_message *request,
                             bool separate, struct coap_message *response) {
  const bool piggybacked = request->type == COAP_CON && !separate;
  response->type = piggybacked ? COAP_ACK : separate ? COAP_CON : COAP_NON;
  response->message_id = piggybacked ? request->message_id : take_message_id(session);
  memcpy(response->token, request->token, sizeof response->token);
  response->token_length = request->token_length;
}

static bool is_acknowledged(struct coap_session *session, const struct coap_message *request,
                            uint64_t now_ns) {
  const struct coap_seen *seen = find_seen(session, request->message_id, now_ns);
  return request->type == COAP_CON && seen != NULL && seen->acknowledge;
}

static bool answers_separately(struct coap_session *session, const struct coap_message *request,
                               uint64_t now_ns) {
  return is_acknowledged(session, request, now_ns) ||
         (session->parameters.separate_responses && request->type == COAP_CON &&
          !awaits_response(session));
}

/* Holds what was composed, and acknowledges a request that is answered separately; the composed
 * message is moved, or wiped. */
static int respond_with(struct coap_session *session, const struct coap_message *request,
                        struct coap_outgoing *composed, const struct coap_message *head,
                        uint64_t now_ns) {
  const int error = hold_response(session, request, composed, head, now_ns);
  if (error < 0)
    coap_outgoing_wipe(composed);
  else if (head->type == COAP_CON && !is_acknowledged(session, request, now_ns))
    coap_session_acknowledge(session, request, now_ns);
  return error;
}

int coap_session_respond(struct coap_session *session, const struct coap_message *request,
                         struct coap_message *response, const char *label, uint64_t now_ns) {
  const bool separate = answers_separately(session, request, now_ns);
  if (separate && awaits_response(session))
    return NODE_ERR_BUSY;
  address_response(session, request, separate, response);
  struct coap_outgoing composed = {.pending = false};
  const int error = coap_outgoing_compose(&composed, response, NODE_PART_RESPONSE, label);
  return error < 0 ? error : respond_with(session, request, &composed, response, now_ns);
}

int coap_session_reject(struct coap_session *session, const struct coap_message *request,
                        uint8_t code, const char *label) {
  struct coap_message response = {.code = code};
  address_response(session, request, false, &response);
  return send_once(session, &response, label);
}

int coap_session_repeat_response(struct coap_session *session, const struct coap_message *request,
                                 uint64_t now_ns) {
  if (!is_answered(session, session->response_message_id, now_ns))
    return NODE_ERR_BAD_STATE;
  const bool separate = answers_separately(session, request, now_ns);
  if (separate && awaits_response(session))
    return NODE_ERR_BUSY;
  struct coap_message head = {0};
  address_response(session, request, separate, &head);
  struct coap_outgoing again = {.pending = false};
  int error = coap_outgoing_copy(&again, &session->response);
  if (error == 0)
    error = coap_outgoing_readdress(&again, &head);
  if (error == 0)
    return respond_with(session, request, &again, &head, now_ns);
  coap_outgoing_wipe(&again);
  return error;
}

/* Departures */

enum { QUEUE_COUNT = 3 };

/* In the order in which they go out. */
static struct coap_outgoing *queue_at(struct coap_session *session, size_t place) {
  struct coap_outgoing *const queues[QUEUE_COUNT] = {&session->control, &session->response,
                                                     &session->request};
  return queues[place];
}

static struct coap_outgoing *first_pending(struct coap_session *session) {
  for (size_t i = 0; i < QUEUE_COUNT; i++)
    if (queue_at(session, i)->pending)
      return queue_at(session, i);
  return NULL;
}

int coap_session_write(struct coap_session *session, struct node_datagram *datagram,
                       uint64_t now_ns) {
  struct coap_outgoing *outgoing = first_pending(session);
  if (outgoing == NULL)
    return 0;
  const int error = coap_outgoing_write(outgoing, datagram);
  if (error < 0)
    return error;
  if (outgoing == &session->request && session->request_outstanding &&
      !session->request_acknowledged)
    session->request_due_ns = now_ns + session->request_timeout_ns;
  return 1;
}

int coap_session_seal(struct coap_session *session, coap_seal *seal, void *context) {
  int error = 0;
  for (size_t i = 0; i < QUEUE_COUNT && error == 0; i++)
    error = coap_outgoing_seal(queue_at(session, i), seal, context);
  return error;
}

int coap_session_write_sealed(struct coap_session *session, struct node_datagram *datagram,
                              uint64_t now_ns) {
  const struct coap_outgoing *outgoing = first_pending(session);
  return outgoing == NULL || outgoing->sealed.length == 0
             ? 0
             : coap_session_write(session, datagram, now_ns);
}

uint64_t coap_session_expiry(const struct coap_session *session) {
  return session->request_due_ns;
}

bool coap_session_handle_expiry(struct coap_session *session, uint64_t now_ns) {
  if (!session->request_outstanding || now_ns < session->request_due_ns)
    return false;
  if (session->request_acknowledged ||
      session->request_retransmissions == session->parameters.max_retransmit) {
    coap_session_cancel(session);
    return !session->request_is_response;
  }
  session->request_retransmissions++;
  session->request_timeout_ns *= 2;
  session->request_due_ns = NODE_NEVER;
  session->request.pending = true;
  return false;
}

bool coap_session_busy(const struct coap_session *session) {
  return session->request_outstanding;
}

size_t coap_session_held_bytes(const struct coap_session *session, uint64_t now_ns) {
  size_t bytes = 0;
  if (awaits_response(session))
    bytes += session->request.message.length;
  if (is_answered(session, session->response_message_id, now_ns))
    bytes += session->response.message.length;
  for (size_t i = 0; i < COAP_SEEN_MAX; i++)
    if (now_ns < session->seen[i].until_ns)
      bytes += sizeof session->seen[i].message_id;
  return bytes;
}

void coap_session_wipe(struct coap_session *session) {
  coap_outgoing_wipe(&session->request);
  coap_outgoing_wipe(&session->response);
  coap_outgoing_wipe(&session->control);
  memset(session, 0, sizeof *session);
  session->request_due_ns = NODE_NEVER;
}

/* Digest */

static void digest_outgoing(const struct coap_outgoing *outgoing, struct digest *digest) {
  digest_octets(digest, outgoing->message.data, outgoing->message.length);
  digest_u64(digest, outgoing->pending);
}

static void digest_request(const struct coap_session *session, struct digest *digest,
                           uint64_t now_ns) {
  digest_outgoing(&session->request, digest); /* also one that may be repeated later */
  digest_u64(digest, session->request_is_response);
  digest_u64(digest, session->request_outstanding);
  digest_u64(digest, session->request_answered_apart);
  if (session->request_answered_apart) {
    digest_u64(digest, session->answer_message_id);
    digest_lifetime(digest, session->answer_until_ns, now_ns);
  }
  if (!session->request_outstanding)
    return;
  digest_u64(digest, session->request.copy > 0);
  digest_u64(digest, session->request_acknowledged);
  digest_u64(digest, session->request_timeout_ns);
  digest_u64(digest, session->request_retransmissions);
  digest_deadline(digest, session->request_due_ns, now_ns);
}

void coap_session_digest(const struct coap_session *session, struct digest *digest,
                         uint64_t now_ns) {
  digest_u64(digest, session->next_message_id);
  digest_octets(digest, session->message_id_keys, sizeof session->message_id_keys);
  digest_request(session, digest, now_ns);

  const bool held = is_answered(session, session->response_message_id, now_ns);
  digest_u64(digest, held);
  if (held || session->response.pending) {
    digest_outgoing(&session->response, digest);
    digest_u64(digest, session->response_message_id);
    digest_u64(digest, session->response_separate);
    digest_lifetime(digest, session->response_until_ns, now_ns);
  }
  digest_u64(digest, session->control.pending);
  if (session->control.pending)
    digest_outgoing(&session->control, digest);

  digest_u64(digest, session->seen_next);
  for (size_t i = 0; i < COAP_SEEN_MAX; i++) {
    const struct coap_seen *seen = &session->seen[i];
    if (seen->until_ns <= now_ns)
      continue;
    digest_u64(digest, i);
    digest_u64(digest, seen->message_id);
    digest_u64(digest, seen->acknowledge);
    digest_lifetime(digest, seen->until_ns, now_ns);
  }
}
