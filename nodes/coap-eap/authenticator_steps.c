/* CoAP-EAP, the authenticator's side: the steps of the draft's Figure 2, from 0 (the peer's
 * trigger) to 7. */
#include "authenticator_session.h"

#include "../crypto/crypto.h"
#include "keys.h"

#include <assert.h>
#include <string.h>

/* Requests */

/* CON POST to the service or its resource, with the constant token and, if numbered, what the
 * ordering policy adds. */
static struct coap_message new_request(const struct authenticator *authenticator,
                                       const struct peer_session *session, bool numbered) {
  struct coap_message request = {.type = COAP_CON,
                                 .code = COAP_CODE_POST,
                                 .token_length = authenticator->config.options.token_bytes};
  memcpy(request.token, session->token, request.token_length);
  coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, COAP_EAP_PATH,
                          strlen(COAP_EAP_PATH));
  if (session->resource[0] != '\0')
    coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, session->resource,
                            strlen(session->resource));
  if (numbered)
    coap_eap_ordering_add_to_request(&session->ordering, &request);
  return request;
}

static int send_eap(const struct authenticator *authenticator, struct peer_session *session,
                    const struct span_writer *packet) {
  struct coap_message request = new_request(authenticator, session, true);
  request.payload = packet->data;
  request.payload_length = packet->length;
  request.payload_spans = packet->spans;
  return coap_session_request(&session->coap, &request,
                              eap_label(&session->labels, packet->data, packet->length));
}

/* Step 1: EAP-Request/Identity, with a new token and the first number. */
int authenticator_begin(struct authenticator *authenticator, struct peer_session *session) {
  authenticator_abandon_request(authenticator, session, "an authentication begins");
  coap_eap_association_close(&session->pending);
  node_random(authenticator->hooks, session->token, authenticator->config.options.token_bytes);
  coap_eap_ordering_init(&session->ordering, &authenticator->config.options.ordering);
  coap_eap_ordering_begin(&session->ordering, authenticator->hooks);
  session->resource[0] = '\0';
  session->identity_length = 0;
  const uint8_t identifier = (uint8_t)node_random_below(authenticator->hooks, 256);
  backend_begin(&authenticator->backend, &session->backend, identifier, session);
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  span_writer_init(&packet, data, sizeof data, &spans);
  const int result = eap_server_identity_request(identifier, &packet);
  if (result < 0)
    return result;
  session->state = STATE_IDENTITY;
  return send_eap(authenticator, session, &packet);
}

static int open_association(const struct authenticator *authenticator, struct peer_session *session,
                            uint64_t now_ns) {
  uint8_t msk[EAP_KEY_LENGTH] = {0};
  const struct coap_eap_association_config config = {
      .side = COAP_EAP_SIDE_AUTHENTICATOR,
      .options = &authenticator->config.options,
      .remote = session->remote,
      .msk = msk,
      .identity = session->identity,
      .identity_length = session->identity_length,
      .token = session->token,
      .token_length = authenticator->config.options.token_bytes,
  };
  int result = backend_msk(&authenticator->backend, &session->backend, msk);
  if (result == 0)
    result = coap_eap_association_open(&session->pending, &config, &session->coap,
                                       authenticator->hooks, now_ns);
  crypto_wipe(msk, sizeof msk);
  return result;
}

/* Step 7: EAP-Success under the association. Inside DTLS it carries no number (Figure 5). */
int authenticator_send_success(struct authenticator *authenticator, struct peer_session *session) {
  struct coap_message request =
      new_request(authenticator, session, session->pending.secure == NULL);
  struct span_list spans = {.count = 0};
  span_list_add(&spans, ROW_EAP_HEADER, sizeof session->success);
  request.payload = session->success;
  request.payload_length = sizeof session->success;
  request.payload_spans = &spans;
  session->state = STATE_SUCCESS;
  return coap_eap_association_request(&session->pending, &request, "EAP-Success");
}

/* Under OSCORE step 7 follows at once, with a new number; under DTLS, after the handshake. */
static int succeed(struct authenticator *authenticator, struct peer_session *session,
                   const struct span_writer *packet, uint64_t now_ns) {
  assert(packet->length == sizeof session->success);
  memcpy(session->success, packet->data, sizeof session->success);
  const int error = open_association(authenticator, session, now_ns);
  if (error < 0)
    return error;
  session->state = STATE_HANDSHAKE;
  return coap_eap_association_ready(&session->pending)
             ? authenticator_send_success(authenticator, session)
             : 0;
}

/* A new EAP packet, hence a new number. */
static int continue_with_new(struct authenticator *authenticator, struct peer_session *session,
                             enum backend_result result, const struct span_writer *packet,
                             uint64_t now_ns) {
  if (coap_eap_ordering_advance(&session->ordering) < 0)
    return authenticator_fail(authenticator, session, "SeqNum exhausted");
  if (result == BACKEND_SUCCESS)
    return succeed(authenticator, session, packet, now_ns);
  session->state = result == BACKEND_REQUEST ? STATE_METHOD : STATE_REJECTION;
  return send_eap(authenticator, session, packet);
}

int authenticator_continue(struct authenticator *authenticator, struct peer_session *session,
                           enum backend_result result, const struct span_writer *packet,
                           uint64_t now_ns) {
  assert(result != BACKEND_DISCARD && result != BACKEND_WAIT);
  if (result != BACKEND_REPEAT)
    return continue_with_new(authenticator, session, result, packet, now_ns);
  session->state = STATE_METHOD; /* the response was none */
  coap_session_ask_again(&session->coap);
  return 0;
}

/* Responses */

/* Step 2 names the resource: two segments, the service and one of our length at most. */
static bool read_location(const struct authenticator *authenticator,
                          const struct coap_message *response,
                          char resource[AUTHENTICATOR_RESOURCE_MAX + 1]) {
  const struct coap_option *segments[2];
  size_t count = 0;
  for (size_t i = 0; i < response->option_count; i++) {
    if (response->options[i].number != authenticator->config.options.location_number)
      continue;
    if (count == 2)
      return false;
    segments[count++] = &response->options[i];
  }
  if (count != 2 || segments[0]->length != strlen(COAP_EAP_PATH) ||
      memcmp(segments[0]->value, COAP_EAP_PATH, segments[0]->length) != 0)
    return false;
  const struct coap_option *name = segments[1];
  if (name->length == 0 || name->length > AUTHENTICATOR_RESOURCE_MAX ||
      memchr(name->value, '\0', name->length) != NULL)
    return false;
  memcpy(resource, name->value, name->length);
  resource[name->length] = '\0';
  return true;
}

/* The octets of the peer's identity, for the ID Context. */
static void read_identity(struct peer_session *session, const struct coap_message *response) {
  struct eap_packet packet;
  if (eap_packet_parse(response->payload, response->payload_length, &packet) < 0 ||
      packet.type != EAP_TYPE_IDENTITY || packet.data_length > sizeof session->identity)
    return;
  memcpy(session->identity, packet.data, packet.data_length);
  session->identity_length = packet.data_length;
}

/* DTLS has no empty PSK identity, and no identity is longer than RADIUS could carry it. */
static bool has_usable_identity(const struct authenticator *authenticator,
                                const struct coap_message *response) {
  const bool dtls = authenticator->config.options.association == COAP_EAP_ASSOCIATION_DTLS;
  struct eap_packet packet;
  if (eap_packet_parse(response->payload, response->payload_length, &packet) < 0 ||
      packet.type != EAP_TYPE_IDENTITY)
    return true; /* EAP says what it is */
  return packet.data_length >= (dtls ? 1 : 0) && packet.data_length <= NODE_IDENTITY_MAX;
}

/* Steps 2, 4 and 6. What EAP discards leaves the request outstanding, as if it had not come. */
static int handle_eap(struct authenticator *authenticator, struct peer_session *session,
                      const struct coap_message *response, uint64_t now_ns) {
  char resource[AUTHENTICATOR_RESOURCE_MAX + 1];
  if (session->state == STATE_IDENTITY &&
      (response->code != COAP_CODE_CREATED || !read_location(authenticator, response, resource)))
    return authenticator_discard(authenticator, &session->remote, "step 2 without a resource");
  if (session->state == STATE_IDENTITY && !has_usable_identity(authenticator, response))
    return authenticator_discard(authenticator, &session->remote, "identity of no use");
  if (session->state == STATE_METHOD && response->code != COAP_CODE_CHANGED)
    return authenticator_discard(authenticator, &session->remote, "unexpected response code");

  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  span_writer_init(&packet, data, sizeof data, &spans);
  const enum backend_result result =
      backend_respond(&authenticator->backend, &session->backend, response->payload,
                      response->payload_length, &packet);
  if (result == BACKEND_DISCARD)
    return authenticator_discard(authenticator, &session->remote,
                                 backend_reason(&authenticator->backend, &session->backend));
  node_event(authenticator->hooks, NODE_EVENT_DELIVERED, &session->remote,
             eap_label(&session->labels, response->payload, response->payload_length));
  if (session->state == STATE_IDENTITY) {
    memcpy(session->resource, resource, sizeof session->resource);
    read_identity(session, response);
  }
  coap_session_cancel(&session->coap); /* the exchange is complete */
  if (result != BACKEND_WAIT)
    return authenticator_continue(authenticator, session, result, &packet, now_ns);
  session->state = STATE_BACKEND;
  return 0;
}

static const char *refusal(uint8_t code) {
  if (code == COAP_CODE_NOT_FOUND)
    return "peer-lost-state";
  if (code == COAP_CODE_UNAVAILABLE)
    return "peer-busy";
  return "peer-refused";
}

int authenticator_handle_response(struct authenticator *authenticator, struct peer_session *session,
                                  const struct coap_message *response, uint64_t now_ns) {
  if (session->requesting)
    return authenticator_handle_answer(authenticator, session, response);
  if (session->state == STATE_SUCCESS)
    return authenticator_handle_confirmation(authenticator, session, response);
  const struct coap_eap_options *options = &authenticator->config.options;
  const uint16_t known[] = {COAP_NUMBER_URI_PATH, COAP_NUMBER_OSCORE,
                            coap_eap_ordering_response_option(&options->ordering)};
  if (coap_message_unknown_critical(response, known, sizeof known / sizeof known[0]) != NULL)
    return authenticator_discard(authenticator, &session->remote, "critical option not understood");
  if (response->code >> 5 != 2)
    return authenticator_fail(authenticator, session, refusal(response->code));
  if (!coap_eap_ordering_matches(&session->ordering, response))
    return authenticator_discard(authenticator, &session->remote, "old or unexpected response");
  if (session->state == STATE_REJECTION)
    return authenticator_fail(authenticator, session,
                              backend_reason(&authenticator->backend, &session->backend));
  return handle_eap(authenticator, session, response, now_ns);
}

/* Step 0 */

bool authenticator_is_trigger(const struct coap_message *message) {
  static const char *const service[] = {COAP_EAP_PATH};
  static const uint16_t known[] = {COAP_NUMBER_URI_PATH};
  return (message->type == COAP_CON || message->type == COAP_NON) &&
         message->code == COAP_CODE_POST && coap_message_path_is(message, service, 1) &&
         coap_message_unknown_critical(message, known, 1) == NULL;
}

int authenticator_handle_request(struct authenticator *authenticator, struct peer_session *session,
                                 const struct coap_message *request, uint64_t now_ns) {
  const bool oscore = session->association.open && session->association.secure == NULL;
  if (oscore && coap_message_find(request, COAP_NUMBER_OSCORE) != NULL)
    return authenticator_serve(authenticator, session, &session->association, request, now_ns);
  if (!authenticator_is_trigger(request))
    return coap_session_reject(&session->coap, request, COAP_CODE_NOT_FOUND, "4.04 Not Found");
  const bool begins = !authenticator_in_progress(session);
  if (request->type == COAP_CON) { /* the draft's trigger is NON; one that asks is answered */
    struct coap_message response = {.code = COAP_CODE_CHANGED};
    const int result =
        coap_session_respond(&session->coap, request, &response, "trigger acknowledged", now_ns);
    if (result < 0)
      return result;
  } else if (begins) { /* the repetition of one that came too early may still begin something */
    coap_session_ignore(&session->coap, request, now_ns);
  }
  if (!begins)
    return authenticator_discard(authenticator, &session->remote,
                                 "trigger while an authentication runs");
  node_event(authenticator->hooks, NODE_EVENT_STARTED, &session->remote, "trigger");
  return authenticator_begin(authenticator, session);
}
