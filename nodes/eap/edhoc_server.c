/* EAP-EDHOC, the server's side: EDHOC's Responder. */
#include "edhoc_common.h"

enum { START_FLAGS = 0x10 };

static enum eap_method_result discard(const char **reason, const char *why) {
  *reason = why;
  return EAP_METHOD_DISCARD;
}

static enum eap_method_result fail(struct eap_edhoc *eap, const char **reason) {
  eap->phase = EAP_EDHOC_FAILURE;
  *reason = eap->reason;
  return EAP_METHOD_FAILURE;
}

/* Tells the peer, if there is something to tell; EAP-Failure follows its response. */
static enum eap_method_result fail_with_error(struct eap_edhoc *eap, struct span_writer *out,
                                              const char **reason) {
  bool whole;
  if (!eap_edhoc_send_error(eap, &whole, out))
    return fail(eap, reason);
  eap->phase = EAP_EDHOC_ERROR;
  return EAP_METHOD_CONTINUE;
}

static int begin(void *state, struct span_writer *out) {
  struct eap_edhoc *eap = state;
  if (eap->phase != EAP_EDHOC_START)
    return NODE_ERR_BAD_STATE;
  span_writer_put_u8(out, ROW_EAP_METHOD, START_FLAGS);
  eap->phase = EAP_EDHOC_MESSAGE_1;
  return 0;
}

/* The response to message_4 is empty; else it is an error message, of which any is believed. */
static enum eap_method_result on_last(struct eap_edhoc *eap, const char **reason) {
  eap->reason = "peer sent an error message";
  return fail(eap, reason);
}

static enum eap_method_result on_message(struct eap_edhoc *eap, struct span_writer *out,
                                         const char **reason) {
  if (eap->phase == EAP_EDHOC_END)
    return on_last(eap, reason);
  const bool first = eap->phase == EAP_EDHOC_MESSAGE_1;
  size_t length;
  int error =
      eap_edhoc_consume(eap, first ? edhoc_message_1_process : edhoc_message_3_process, !first);
  if (error == 0)
    error =
        eap_edhoc_produce(eap, first ? edhoc_message_2_compose : edhoc_message_4_compose, &length);
  if (error != 0)
    return fail_with_error(eap, out, reason);
  (void)eap_edhoc_send_first(eap, length, out);
  eap->phase = first ? EAP_EDHOC_MESSAGE_3 : EAP_EDHOC_END;
  return EAP_METHOD_CONTINUE;
}

static enum eap_method_result on_empty(struct eap_edhoc *eap, const char **reason) {
  if (eap->phase == EAP_EDHOC_ERROR)
    return fail(eap, reason);
  if (eap->phase != EAP_EDHOC_END)
    return discard(reason, "acknowledgement that is not due");
  if (eap_edhoc_export(eap) != 0)
    return fail(eap, reason);
  eap->phase = EAP_EDHOC_SUCCESS;
  return EAP_METHOD_SUCCESS;
}

static enum eap_method_result on_frame(struct eap_edhoc *eap, const struct eap_edhoc_frame *frame,
                                       struct span_writer *out, const char **reason) {
  switch (eap_edhoc_take(eap, frame, reason)) {
  case EAP_EDHOC_TAKEN_NOT:
    return EAP_METHOD_DISCARD;
  case EAP_EDHOC_TAKEN_EMPTY:
    return on_empty(eap, reason);
  case EAP_EDHOC_TAKEN_ACK:
    (void)eap_edhoc_send_next(eap, out);
    return EAP_METHOD_CONTINUE;
  case EAP_EDHOC_TAKEN_FRAGMENT:
    eap_edhoc_send_empty(out);
    return EAP_METHOD_CONTINUE;
  default:
    return on_message(eap, out, reason);
  }
}

static enum eap_method_result process(void *state, const struct eap_packet *packet,
                                      uint8_t identifier, struct span_writer *out,
                                      const char **reason) {
  struct eap_edhoc *eap = state;
  struct eap_edhoc_frame frame;
  (void)identifier;
  if (eap_edhoc_frame_parse(packet->data, packet->data_length, &frame) != 0)
    return discard(reason, "malformed EAP-EDHOC packet");
  if (frame.start)
    return discard(reason, "EAP-EDHOC Start from a peer");
  const bool ending = eap->phase == EAP_EDHOC_END || eap->phase == EAP_EDHOC_ERROR;
  if (ending && eap->transfer != EAP_EDHOC_RECEIVING && frame.length > 0 &&
      (eap->phase == EAP_EDHOC_ERROR || !edhoc_is_error(frame.data, frame.length)))
    return discard(reason, "message after the last");
  return on_frame(eap, &frame, out, reason);
}

static int init(void *state, const struct eap_credential *credential,
                const struct node_hooks *hooks) {
  return eap_edhoc_init(state, credential, hooks, EDHOC_RESPONDER);
}

const struct eap_method EAP_EDHOC_SERVER = {
    .type = EAP_TYPE_EDHOC,
    .name = "EAP-EDHOC",
    .row = ROW_EAP_METHOD,
    .init = init,
    .begin = begin,
    .process = process,
    .keys = eap_edhoc_keys,
    .wipe = eap_edhoc_wipe,
};
