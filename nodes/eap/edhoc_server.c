/* EAP-EDHOC, the server's side: EDHOC's Responder. */
#include "edhoc_common.h"

enum { START_FLAGS = 0x10 };

/* Tells the peer, if there is something to tell; EAP-Failure follows its response. */
static enum eap_method_result edhoc_server_fail(struct eap_edhoc *eap, struct span_writer *out,
                                                const char **reason) {
  bool whole;
  if (!eap_edhoc_send_error(eap, &whole, out))
    return eap_edhoc_fail(eap, reason);
  eap->phase = EAP_EDHOC_ERROR;
  return EAP_METHOD_CONTINUE;
}

static int edhoc_server_begin(void *state, struct span_writer *out) {
  struct eap_edhoc *eap = state;
  if (eap->phase != EAP_EDHOC_START)
    return NODE_ERR_BAD_STATE;
  span_writer_put_u8(out, ROW_EAP_METHOD, START_FLAGS);
  eap->phase = EAP_EDHOC_MESSAGE_1;
  return 0;
}

/* The response to message_4 is empty; else it is an error message, of which any is believed. */
static enum eap_method_result edhoc_server_on_last(struct eap_edhoc *eap, const char **reason) {
  eap->reason = "peer sent an error message";
  return eap_edhoc_fail(eap, reason);
}

static enum eap_method_result edhoc_server_answer(struct eap_edhoc *eap, eap_edhoc_compose *compose,
                                                  enum eap_edhoc_phase next,
                                                  struct span_writer *out, const char **reason) {
  size_t length;
  if (eap_edhoc_produce(eap, compose, &length) != 0)
    return edhoc_server_fail(eap, out, reason);
  (void)eap_edhoc_send_first(eap, length, out);
  eap->phase = next;
  return EAP_METHOD_CONTINUE;
}

static enum eap_method_result
edhoc_server_on_message(struct eap_edhoc *eap, struct span_writer *out, const char **reason) {
  if (eap->phase == EAP_EDHOC_END)
    return edhoc_server_on_last(eap, reason);
  const bool first = eap->phase == EAP_EDHOC_MESSAGE_1;
  if (eap_edhoc_consume(eap, first ? edhoc_message_1_process : edhoc_message_3_process, !first) !=
      0)
    return edhoc_server_fail(eap, out, reason);
  return first ? edhoc_server_answer(eap, edhoc_message_2_compose, EAP_EDHOC_MESSAGE_3, out, reason)
               : EAP_METHOD_PROVED;
}

/* message_4, or the error message instead. */
static enum eap_method_result edhoc_server_decide(void *state, const char *refusal,
                                                  struct span_writer *out, const char **reason) {
  struct eap_edhoc *eap = state;
  if (refusal == NULL)
    return edhoc_server_answer(eap, edhoc_message_4_compose, EAP_EDHOC_END, out, reason);
  eap_edhoc_reject(eap, refusal);
  return edhoc_server_fail(eap, out, reason);
}

static bool edhoc_server_is_named(const void *state, const uint8_t *text, size_t length) {
  const struct eap_edhoc *eap = state;
  struct edhoc_name name;
  for (size_t i = 0; edhoc_peer_name(&eap->edhoc, i, &name); i++)
    if (edhoc_name_is(&name, text, length))
      return true;
  return false;
}

static bool edhoc_server_is_known(const void *state) {
  return edhoc_peer_is_known(&((const struct eap_edhoc *)state)->edhoc);
}

/* The same authorities, if any. */
static bool edhoc_server_shares(const struct eap_credential *a, const struct eap_credential *b) {
  const struct edhoc_config *one = a->edhoc, *other = b->edhoc;
  if (one == NULL || other == NULL || one->anchors_count == 0 ||
      one->anchors_count != other->anchors_count)
    return false;
  for (size_t i = 0; i < one->anchors_count; i++)
    if (!edhoc_certificate_is_anchor(&one->anchors[i], &other->anchors[i], 1))
      return false;
  return true;
}

static enum eap_method_result edhoc_server_on_empty(struct eap_edhoc *eap, const char **reason) {
  if (eap->phase == EAP_EDHOC_ERROR)
    return eap_edhoc_fail(eap, reason);
  if (eap->phase != EAP_EDHOC_END)
    return eap_method_discard(reason, "acknowledgement that is not due");
  if (eap_edhoc_export(eap) != 0)
    return eap_edhoc_fail(eap, reason);
  eap->phase = EAP_EDHOC_SUCCESS;
  return EAP_METHOD_SUCCESS;
}

static enum eap_method_result edhoc_server_on_frame(struct eap_edhoc *eap,
                                                    const struct eap_edhoc_frame *frame,
                                                    struct span_writer *out, const char **reason) {
  switch (eap_edhoc_take(eap, frame, reason)) {
  case EAP_EDHOC_TAKEN_NOT:
    return EAP_METHOD_DISCARD;
  case EAP_EDHOC_TAKEN_EMPTY:
    return edhoc_server_on_empty(eap, reason);
  case EAP_EDHOC_TAKEN_ACK:
    (void)eap_edhoc_send_next(eap, out);
    return EAP_METHOD_CONTINUE;
  case EAP_EDHOC_TAKEN_FRAGMENT:
    eap_edhoc_send_empty(out);
    return EAP_METHOD_CONTINUE;
  default:
    return edhoc_server_on_message(eap, out, reason);
  }
}

static enum eap_method_result edhoc_server_process(void *state, const struct eap_packet *packet,
                                                   uint8_t identifier, struct span_writer *out,
                                                   const char **reason) {
  struct eap_edhoc *eap = state;
  struct eap_edhoc_frame frame;
  (void)identifier;
  if (eap_edhoc_frame_parse(packet->data, packet->data_length, &frame) != 0)
    return eap_method_discard(reason, "malformed EAP-EDHOC packet");
  if (frame.start)
    return eap_method_discard(reason, "EAP-EDHOC Start from a peer");
  const bool ending = eap->phase == EAP_EDHOC_END || eap->phase == EAP_EDHOC_ERROR;
  if (ending && eap->transfer != EAP_EDHOC_RECEIVING && frame.length > 0 &&
      (eap->phase == EAP_EDHOC_ERROR || !edhoc_is_error(frame.data, frame.length)))
    return eap_method_discard(reason, "message after the last");
  return edhoc_server_on_frame(eap, &frame, out, reason);
}

static int edhoc_server_init(void *state, const struct eap_credential *credential,
                             const struct node_hooks *hooks) {
  return eap_edhoc_init(state, credential, hooks, EDHOC_RESPONDER);
}

static const struct eap_naming EDHOC_SERVER_NAMING = {
    .name = eap_edhoc_name,
    .is_named = edhoc_server_is_named,
    .is_known = edhoc_server_is_known,
    .decide = edhoc_server_decide,
    .shares = edhoc_server_shares,
};

const struct eap_method EAP_EDHOC_SERVER = {
    .type = EAP_TYPE_EDHOC,
    .name = "EAP-EDHOC",
    .row = ROW_EAP_METHOD,
    .init = edhoc_server_init,
    .begin = edhoc_server_begin,
    .process = edhoc_server_process,
    .naming = &EDHOC_SERVER_NAMING,
    .keys = eap_edhoc_keys,
    .session_id = eap_edhoc_session_id,
    .wipe = eap_edhoc_wipe,
};
