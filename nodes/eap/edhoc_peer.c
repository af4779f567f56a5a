/* EAP-EDHOC, the peer's side: EDHOC's Initiator. */
#include "edhoc_common.h"

static enum eap_method_result discard(const char **reason, const char *why) {
  *reason = why;
  return EAP_METHOD_DISCARD;
}

static enum eap_method_result fail(struct eap_edhoc *eap, const char **reason) {
  eap->phase = EAP_EDHOC_FAILURE;
  *reason = eap->reason;
  return EAP_METHOD_FAILURE;
}

/* Tells the server, if there is something to tell. */
static enum eap_method_result fail_with_error(struct eap_edhoc *eap, struct span_writer *out,
                                              const char **reason) {
  bool whole;
  if (!eap_edhoc_send_error(eap, &whole, out) || whole)
    return fail(eap, reason);
  eap->phase = EAP_EDHOC_ERROR;
  return EAP_METHOD_CONTINUE;
}

/* Our next message. */
static enum eap_method_result answer(struct eap_edhoc *eap, eap_edhoc_compose *compose,
                                     enum eap_edhoc_phase next, struct span_writer *out,
                                     const char **reason) {
  size_t length;
  if (eap_edhoc_produce(eap, compose, &length) != 0)
    return fail_with_error(eap, out, reason);
  (void)eap_edhoc_send_first(eap, length, out);
  eap->phase = next;
  return EAP_METHOD_CONTINUE;
}

/* An error message is answered with an empty response. */
static enum eap_method_result on_session_end(struct eap_edhoc *eap, struct span_writer *out,
                                             const char **reason) {
  const bool theirs = eap->edhoc.error_code == EDHOC_ERROR_NONE;
  if (!theirs)
    return fail_with_error(eap, out, reason);
  eap_edhoc_send_empty(out);
  return fail(eap, reason);
}

static enum eap_method_result on_message(struct eap_edhoc *eap, struct span_writer *out,
                                         const char **reason) {
  const bool second = eap->phase == EAP_EDHOC_MESSAGE_2;
  if (eap_edhoc_consume(eap, second ? edhoc_message_2_process : edhoc_message_4_process, true) != 0)
    return on_session_end(eap, out, reason);
  if (second)
    return answer(eap, edhoc_message_3_compose, EAP_EDHOC_MESSAGE_4, out, reason);
  if (eap_edhoc_export(eap) != 0)
    return fail(eap, reason);
  eap_edhoc_send_empty(out);
  eap->phase = EAP_EDHOC_SUCCESS;
  return EAP_METHOD_SUCCESS;
}

static enum eap_method_result on_frame(struct eap_edhoc *eap, const struct eap_edhoc_frame *frame,
                                       struct span_writer *out, const char **reason) {
  switch (eap_edhoc_take(eap, frame, reason)) {
  case EAP_EDHOC_TAKEN_NOT:
    return EAP_METHOD_DISCARD;
  case EAP_EDHOC_TAKEN_EMPTY:
    return discard(reason, "acknowledgement that is not due");
  case EAP_EDHOC_TAKEN_ACK:
    return eap_edhoc_send_next(eap, out) && eap->phase == EAP_EDHOC_ERROR ? fail(eap, reason)
                                                                          : EAP_METHOD_CONTINUE;
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
  if (frame.start != (eap->phase == EAP_EDHOC_START))
    return discard(reason, frame.start ? "EAP-EDHOC Start amid the method"
                                       : "EAP-EDHOC does not begin with Start");
  if (!frame.start)
    return on_frame(eap, &frame, out, reason);
  if (frame.more || frame.has_total || frame.length > 0)
    return discard(reason, "EAP-EDHOC Start with more than flags");
  return answer(eap, edhoc_message_1_compose, EAP_EDHOC_MESSAGE_2, out, reason);
}

static int init(void *state, const struct eap_credential *credential,
                const struct node_hooks *hooks) {
  return eap_edhoc_init(state, credential, hooks, EDHOC_INITIATOR);
}

const struct eap_method EAP_EDHOC_PEER = {
    .type = EAP_TYPE_EDHOC,
    .name = "EAP-EDHOC",
    .row = ROW_EAP_METHOD,
    .init = init,
    .process = process,
    .keys = eap_edhoc_keys,
    .wipe = eap_edhoc_wipe,
};
