/* EDHOC over CoAP, the peer's side: the messages of a session. */
#include "peer_state.h"

#include "../lower/application.h"

#include <stdlib.h>

/* Sessions */

void edhoc_coap_peer_end_edhoc(struct edhoc_coap_peer *peer) {
  if (peer->edhoc == NULL)
    return;
  edhoc_wipe(peer->edhoc);
  free(peer->edhoc);
  peer->edhoc = NULL;
}

/* C_I is another than that of the session before, whose association may be in use. */
static int peer_begin_edhoc(struct edhoc_coap_peer *peer) {
  const struct edhoc_connection_id first = edhoc_coap_connection(0);
  const size_t number = edhoc_coap_connection_equal(&peer->connection, &first) ? 1 : 0;
  peer->connection = edhoc_coap_connection(number);
  edhoc_coap_peer_end_edhoc(peer);
  peer->edhoc = calloc(1, sizeof *peer->edhoc);
  if (peer->edhoc == NULL)
    return NODE_ERR_EXHAUSTED;
  const int error = edhoc_init(peer->edhoc, EDHOC_INITIATOR, peer->config.edhoc, peer->hooks);
  return error < 0 ? error : edhoc_set_connection(peer->edhoc, &peer->connection);
}

/* What only this side's library or configuration is to blame for, too. */
static int peer_fail_by_edhoc(struct edhoc_coap_peer *peer, int error) {
  const char *why = edhoc_reason(peer->edhoc);
  return edhoc_coap_peer_fail(peer, why[0] == '\0' ? node_error_name(error) : why);
}

/* message_1 */

int edhoc_coap_peer_start(struct edhoc_coap_peer *peer) {
  struct edhoc_coap_body body;
  size_t capacity, length;
  edhoc_coap_peer_abandon_request(peer, "an authentication begins");
  coap_session_cancel(&peer->session);
  edhoc_coap_agreed_begin(&peer->agreed);
  edhoc_coap_peer_tell(peer, NODE_EVENT_STARTED, "message_1");
  int error = peer_begin_edhoc(peer);
  if (error < 0)
    return error;
  edhoc_coap_body_prefix(&body, NULL);
  uint8_t *message = edhoc_coap_body_message(&body, &capacity);
  error = edhoc_message_1_compose(peer->edhoc, NULL, 0, message, capacity, &length);
  if (error < 0)
    return peer_fail_by_edhoc(peer, error);
  edhoc_coap_body_add(&body, length);
  peer->stage = PEER_MESSAGE_2;
  peer->refusal = NULL;
  return edhoc_coap_send(&peer->session, &peer->options, &body, edhoc_coap_label(1));
}

/* The error message that is due goes to a Responder whose C_R is known (RFC 9528 appendix A.2.3);
 * nobody waits for its answer. */
static int peer_refuse(struct edhoc_coap_peer *peer, int error) {
  struct edhoc_coap_body body;
  size_t capacity, length;
  const struct edhoc_connection_id c_r = *edhoc_peer_connection(peer->edhoc);
  edhoc_coap_body_prefix(&body, &c_r);
  uint8_t *message = edhoc_coap_body_message(&body, &capacity);
  const bool due =
      c_r.length > 0 && edhoc_error_compose(peer->edhoc, message, capacity, &length) == 0;
  int result = peer_fail_by_edhoc(peer, error);
  coap_session_cancel(&peer->session);
  if (result == 0 && due) {
    edhoc_coap_body_add(&body, length);
    result = edhoc_coap_send(&peer->session, &peer->options, &body, edhoc_coap_label(0));
  }
  return result;
}

/* message_3 */

static int peer_send_combined(struct edhoc_coap_peer *peer, const uint8_t *message, size_t length) {
  const struct association_prefix prefix = {
      .option = {.number = COAP_NUMBER_EDHOC, .row = ROW_COAP_EDHOC},
      .octets = message,
      .length = length,
      .row = ROW_EDHOC_MESSAGE};
  struct coap_message request;
  lower_application_compose(LOWER_POST, NULL, 0, peer->hooks, &request);
  request.phase = NODE_PHASE_AUTHENTICATION;
  return association_request_behind(&peer->agreed.pair.pending, &request, &prefix,
                                    "EDHOC message_3, request");
}

static int peer_send_message_3(struct edhoc_coap_peer *peer, uint64_t now_ns) {
  struct edhoc_coap_body body;
  size_t capacity, length;
  edhoc_coap_body_prefix(&body, edhoc_peer_connection(peer->edhoc));
  uint8_t *message = edhoc_coap_body_message(&body, &capacity);
  int error = edhoc_message_3_compose(peer->edhoc, NULL, 0, message, capacity, &length);
  if (error == 0)
    error =
        edhoc_coap_open(&peer->agreed.pair.pending, peer->edhoc, &peer->connection, &peer->options,
                        &peer->config.authenticator, &peer->session, peer->hooks, now_ns);
  if (error < 0)
    return peer_refuse(peer, error);
  coap_session_cancel(&peer->session);
  peer->stage = PEER_ANSWER;
  peer->refusal = NULL;
  if (peer->options.combined)
    return peer_send_combined(peer, message, length);
  edhoc_coap_body_add(&body, length);
  return edhoc_coap_send(&peer->session, &peer->options, &body, edhoc_coap_label(3));
}

/* message_2 */

static int peer_take_message_2(struct edhoc_coap_peer *peer, const struct coap_message *response,
                               uint64_t now_ns) {
  if (response->code != COAP_CODE_CHANGED || !edhoc_coap_format_is(response, EDHOC_COAP_FORMAT))
    return edhoc_coap_peer_discard(peer, "response that is no message_2");
  int error = edhoc_message_2_process(peer->edhoc, response->payload, response->payload_length);
  if (error == 0) {
    const char *why =
        edhoc_coap_refuse_connections(&peer->connection, edhoc_peer_connection(peer->edhoc));
    error = why == NULL ? 0 : edhoc_reject(peer->edhoc, why);
  }
  if (error < 0)
    return peer_refuse(peer, error);
  edhoc_coap_peer_tell(peer, NODE_EVENT_DELIVERED, edhoc_coap_label(2));
  return peer_send_message_3(peer, now_ns);
}

/* The answer to message_3 */

int edhoc_coap_peer_confirm(struct edhoc_coap_peer *peer, bool proved, const char *label) {
  coap_session_cancel(&peer->session);
  edhoc_coap_agreed_confirm(&peer->agreed, proved);
  peer->stage = PEER_ESTABLISHED;
  peer->attempts_left = 0;
  edhoc_coap_tell_confirmed(peer->edhoc, peer->hooks, &peer->config.authenticator, label);
  edhoc_coap_peer_end_edhoc(peer);
  return 0;
}

static int peer_take_message_4(struct edhoc_coap_peer *peer, const struct coap_message *response) {
  const int error =
      edhoc_message_4_process(peer->edhoc, response->payload, response->payload_length);
  if (error < 0) {
    coap_session_cancel(&peer->session);
    return peer_fail_by_edhoc(peer, error);
  }
  edhoc_coap_peer_tell(peer, NODE_EVENT_DELIVERED, edhoc_coap_label(4));
  return edhoc_coap_peer_confirm(peer, true, "message_4 verified");
}

/* An authenticator that sends message_4 though it is not asked to is believed. */
static int peer_take_answer(struct edhoc_coap_peer *peer, const struct coap_message *response) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (peer->options.combined)
    return association_verify_response(&peer->agreed.pair.pending, response, buffer, &plain) < 0
               ? edhoc_coap_peer_discard(peer, "response does not verify")
               : edhoc_coap_peer_confirm(peer, true, "response verified");
  if (response->code != COAP_CODE_CHANGED)
    return edhoc_coap_peer_discard(peer, "unexpected response code");
  if (edhoc_coap_format_is(response, EDHOC_COAP_FORMAT))
    return peer_take_message_4(peer, response);
  return peer->options.message_4 || response->payload_length > 0
             ? edhoc_coap_peer_discard(peer, "response without message_4")
             : edhoc_coap_peer_confirm(peer, false, "message_3 taken");
}

/* Responses */

static const char *refusal_of(uint8_t code) {
  return code == COAP_CODE_UNAVAILABLE ? "authenticator-busy" : "authenticator-refused";
}

/* An error of CoAP; with EDHOC's inside the session is over. */
static int peer_take_error(struct edhoc_coap_peer *peer, const struct coap_message *response) {
  if (!edhoc_coap_format_is(response, EDHOC_COAP_FORMAT) ||
      !edhoc_is_error(response->payload, response->payload_length))
    return edhoc_coap_peer_note_refusal(peer, refusal_of(response->code));
  const int error = edhoc_error_process(peer->edhoc, response->payload, response->payload_length);
  coap_session_cancel(&peer->session);
  return peer_fail_by_edhoc(peer, error == 0 ? NODE_ERR_UNKNOWN : error);
}

int edhoc_coap_peer_handle_response(struct edhoc_coap_peer *peer,
                                    const struct coap_message *response, uint64_t now_ns) {
  uint16_t known[ASSOCIATION_KNOWN_MAX];
  const size_t count = association_known(known);
  if (coap_message_unknown_critical(response, known, count) != NULL)
    return edhoc_coap_peer_discard(peer, "critical option not understood");
  if (!edhoc_coap_peer_in_progress(peer)) { /* to an error message of ours */
    coap_session_cancel(&peer->session);
    return 0;
  }
  if (response->code >> 5 != 2)
    return peer_take_error(peer, response);
  return peer->stage == PEER_MESSAGE_2 ? peer_take_message_2(peer, response, now_ns)
                                       : peer_take_answer(peer, response);
}
