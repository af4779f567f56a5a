/* CoAP-EAP, the EAP peer's side: steps 2, 4, 6 and 8 of the draft's Figure 2, and of its Figure 5,
 * where DTLS protects steps 7 and 8. */
#include "application.h"
#include "peer_state.h"

#include "../crypto/crypto.h"

#include <string.h>

enum { FIRST_RESOURCE = 5 }; /* "/b/5" */

/* The request is processed, and the last from now on. */
static void accept(struct peer *peer, struct coap_eap_ordering *ordering,
                   const struct coap_message *request) {
  coap_eap_ordering_accept(ordering, request);
  const size_t bytes = coap_eap_ordering_state_bytes(ordering);
  if (bytes > peer->ordering_bytes_peak)
    peer->ordering_bytes_peak = bytes;
}

/* Responses */

/* Steps 2, 4 and 6. */
static int respond(struct peer *peer, const struct coap_message *request,
                   struct coap_message *response, const struct span_writer *payload,
                   const char *label, uint64_t now_ns) {
  coap_eap_ordering_add_to_response(&peer->authentication.ordering, response);
  response->payload = payload->data;
  response->payload_length = payload->length;
  response->payload_spans = payload->spans;
  return coap_session_respond(&peer->session, request, response, label, now_ns);
}

/* The held response once more, for a request that repeats the last under a new Message ID; it is
 * not held for ever. */
static int repeat_response(struct peer *peer, const struct coap_message *request, uint64_t now_ns) {
  const int error = coap_session_repeat_response(&peer->session, request, now_ns);
  return error < 0 ? peer_discard(peer, "repeated request without a response to repeat") : 0;
}

/* Keys */

static int open_association(struct peer *peer, uint64_t now_ns) {
  struct eap_keys keys = {0};
  const struct coap_eap_association_config config = {
      .side = COAP_EAP_SIDE_PEER,
      .options = &peer->config.options,
      .remote = peer->config.authenticator,
      .msk = keys.msk,
      .identity = peer->config.eap.identity,
      .identity_length = peer->config.eap.identity_length,
      .token = peer->authentication.token,
      .token_length = peer->authentication.token_length,
  };
  int result = eap_peer_keys(&peer->authentication.eap, &keys);
  if (result == 0)
    result =
        coap_eap_association_open(&peer->pending, &config, &peer->session, peer->hooks, now_ns);
  crypto_wipe(&keys, sizeof keys);
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
  return peer->state == PEER_AUTHENTICATING &&
         now_ns - peer->authentication.last_valid_ns < patience_ns;
}

static int handle_first(struct peer *peer, const struct coap_message *request, uint64_t now_ns) {
  struct peer_authentication *old = &peer->authentication;
  if (peer->state == PEER_AUTHENTICATING && old->requests == 1 &&
      coap_eap_ordering_judge(&old->ordering, request) == COAP_EAP_REPEAT)
    return repeat_response(peer, request, now_ns);
  if (occupied(peer, now_ns))
    return coap_session_reject(&peer->session, request, COAP_CODE_UNAVAILABLE,
                               "5.03 Service Unavailable");

  struct peer_authentication new = {.requests = 1, .last_valid_ns = now_ns};
  coap_eap_ordering_init(&new.ordering, &peer->config.options.ordering);
  if (coap_eap_ordering_judge(&new.ordering, request) != COAP_EAP_NEXT)
    return peer_discard(peer, "step 1 without its number");
  eap_peer_init(&new.eap, &peer->config.eap, peer->hooks);
  uint8_t packet[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, packet, sizeof packet, &spans);
  if (eap_peer_process(&new.eap, request->payload, request->payload_length, &out) !=
      EAP_PEER_RESPOND)
    return peer_discard(peer, eap_peer_reason(&new.eap));

  accept(peer, &new.ordering, request);
  memcpy(new.token, request->token, sizeof new.token);
  new.token_length = request->token_length;
  new_resource(peer, new.resource);
  peer_abandon_request(peer, "an authentication begins");
  peer->authentication = new;
  coap_eap_association_close(&peer->pending);
  peer->state = PEER_AUTHENTICATING;
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
  struct peer_authentication *run = &peer->authentication;
  struct eap_packet packet;
  if (eap_packet_parse(request->payload, request->payload_length, &packet) < 0)
    return peer_discard(peer, "malformed EAP packet");
  if (packet.code == EAP_SUCCESS)
    return peer_discard(peer, "EAP-Success without protection");

  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, &spans);
  const enum eap_peer_result result =
      eap_peer_process(&run->eap, request->payload, request->payload_length, &out);
  if (result != EAP_PEER_RESPOND && result != EAP_PEER_FAILURE)
    return peer_discard(peer, eap_peer_reason(&run->eap));

  accept(peer, &run->ordering, request);
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
    peer_fail(peer, eap_peer_reason(&run->eap));
  else if (eap_peer_has_keys(&run->eap) && !peer->pending.open)
    return open_association(peer, now_ns);
  return 0;
}

static int handle_next(struct peer *peer, const struct coap_message *request, uint64_t now_ns) {
  switch (coap_eap_ordering_judge(&peer->authentication.ordering, request)) {
  case COAP_EAP_REPEAT:
    return repeat_response(peer, request, now_ns);
  case COAP_EAP_NEXT:
    if (peer->state == PEER_AUTHENTICATING)
      return deliver(peer, request, now_ns);
    return peer_discard(peer, "the authentication is over");
  default:
    return peer_discard(peer, "old or unexpected request");
  }
}

/* Steps 7 and 8 */

static bool is_for_authentication(const struct peer *peer, const struct coap_message *message) {
  const char *const path[] = {COAP_EAP_PATH, peer->authentication.resource};
  return message->code == COAP_CODE_POST && peer->authentication.requests > 0 &&
         coap_message_path_is(message, path, 2);
}

/* Step 8, and its repetition to a request that was protected anew. */
static int confirm(struct peer *peer, struct coap_eap_association *association,
                   const struct coap_eap_protected_request *request, uint64_t now_ns) {
  struct coap_message response = {.code = COAP_CODE_CHANGED};
  if (association->secure == NULL)
    coap_eap_ordering_add_to_response(&peer->authentication.ordering, &response);
  return coap_eap_association_respond(association, request, &response, "confirmation", now_ns);
}

static int deliver_success(struct peer *peer, const struct coap_eap_protected_request *request,
                           uint64_t now_ns) {
  struct peer_authentication *run = &peer->authentication;
  const struct coap_message *plain = &request->plain;
  struct span_writer none;
  span_writer_init(&none, NULL, 0, NULL);
  if (eap_peer_process(&run->eap, plain->payload, plain->payload_length, &none) != EAP_PEER_SUCCESS)
    return peer_discard(peer, eap_peer_reason(&run->eap));
  if (peer->pending.secure == NULL)
    accept(peer, &run->ordering, plain);
  run->requests++;
  const int sent = confirm(peer, &peer->pending, request, now_ns);
  if (sent < 0)
    return sent;
  node_event(peer->hooks, NODE_EVENT_DELIVERED, &peer->config.authenticator, "EAP-Success");
  coap_eap_association_close(&peer->association);
  peer->association = peer->pending;
  peer->pending = (struct coap_eap_association){0};
  coap_eap_ordering_finish(&run->ordering);
  eap_peer_wipe(&run->eap);
  peer->state = PEER_ESTABLISHED;
  node_event(peer->hooks, NODE_EVENT_CONFIRMED, &peer->config.authenticator, "step 7 verified");
  return 0;
}

/* Under DTLS the requests carry no number: the session keeps their order, and the message layer
 * inside answers repetitions. */
static enum coap_eap_verdict judge_protected(const struct peer *peer,
                                             const struct coap_eap_association *association,
                                             const struct coap_message *plain) {
  if (association->secure == NULL)
    return coap_eap_ordering_judge(&peer->authentication.ordering, plain);
  return association == &peer->pending ? COAP_EAP_NEXT : COAP_EAP_STALE;
}

static int handle_last(struct peer *peer, struct coap_eap_association *association,
                       const struct coap_eap_protected_request *request, uint64_t now_ns) {
  const uint16_t known[] = {COAP_NUMBER_URI_PATH,
                            coap_eap_ordering_request_option(&peer->config.options.ordering)};
  const size_t known_count = association->secure == NULL ? 2 : 1;
  if (coap_message_unknown_critical(&request->plain, known, known_count) != NULL) {
    struct coap_message response = {.code = COAP_CODE_BAD_OPTION};
    return coap_eap_association_respond(association, request, &response, "4.02 Bad Option", now_ns);
  }
  switch (judge_protected(peer, association, &request->plain)) {
  case COAP_EAP_REPEAT:
    if (association == &peer->association)
      return confirm(peer, association, request, now_ns);
    return peer_discard(peer, "number of an unprotected request under protection");
  case COAP_EAP_NEXT:
    if (association == &peer->pending)
      return deliver_success(peer, request, now_ns);
    return peer_discard(peer, "the authentication is over");
  default:
    return peer_discard(peer, "old or unexpected request");
  }
}

int peer_handle_protected(struct peer *peer, struct coap_eap_association *association,
                          const struct coap_eap_protected_request *request, uint64_t now_ns) {
  if (is_for_authentication(peer, &request->plain))
    return handle_last(peer, association, request, now_ns);
  if (association != &peer->association)
    return peer_discard(peer, "application request before step 7");
  const int result =
      coap_eap_application_answer(association, &peer->config.options, request, now_ns);
  if (result == 1)
    node_event(peer->hooks, NODE_EVENT_SERVED, &peer->config.authenticator, "application");
  return result < 0 ? result : 0;
}

/* Requests without protection, or with OSCORE */

static int handle_oscore(struct peer *peer, const struct coap_message *outer, uint64_t now_ns) {
  struct coap_eap_association *const candidates[] = {&peer->pending, &peer->association};
  struct coap_eap_protected_request request;
  int result = NODE_ERR_UNKNOWN;
  for (size_t i = 0; i < 2; i++) {
    if (!candidates[i]->open || candidates[i]->secure != NULL)
      continue;
    const int error = coap_eap_association_verify_request(candidates[i], outer, &request);
    if (error == 0)
      return peer_handle_protected(peer, candidates[i], &request, now_ns);
    if (result == NODE_ERR_UNKNOWN)
      result = error;
  }
  const char *why = coap_eap_association_refuse(&peer->session, outer, result);
  return why == NULL ? 0 : peer_discard(peer, why);
}

int peer_handle_request(struct peer *peer, const struct coap_message *request, uint64_t now_ns) {
  static const char *const service[] = {COAP_EAP_PATH};
  const uint16_t known[] = {COAP_NUMBER_URI_PATH, COAP_NUMBER_OSCORE,
                            coap_eap_ordering_request_option(&peer->config.options.ordering)};
  if (request->type != COAP_CON)
    return peer_discard(peer, "request that is not confirmable");
  if (coap_message_unknown_critical(request, known, sizeof known / sizeof known[0]) != NULL)
    return coap_session_reject(&peer->session, request, COAP_CODE_BAD_OPTION, "4.02 Bad Option");
  if (coap_message_find(request, COAP_NUMBER_OSCORE) != NULL)
    return handle_oscore(peer, request, now_ns);
  if (request->code != COAP_CODE_POST)
    return coap_session_reject(&peer->session, request, COAP_CODE_METHOD_NOT_ALLOWED,
                               "4.05 Method Not Allowed");
  if (coap_message_path_is(request, service, 1))
    return handle_first(peer, request, now_ns);
  if (is_for_authentication(peer, request))
    return handle_next(peer, request, now_ns);
  return coap_session_reject(&peer->session, request, COAP_CODE_NOT_FOUND, "4.04 Not Found");
}
