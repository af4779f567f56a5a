/* EAP-EDHOC, the peer's side: EDHOC's Initiator. */
#include "edhoc_common.h"

/* Tells the server, if there is something to tell. */
static enum eap_method_result edhoc_peer_fail(struct eap_edhoc *eap, struct span_writer *out,
                                              const char **reason) {
  bool whole;
  if (!eap_edhoc_send_error(eap, &whole, out) || whole)
    return eap_edhoc_fail(eap, reason);
  eap->phase = EAP_EDHOC_ERROR;
  return EAP_METHOD_CONTINUE;
}

/* Our next message. */
static enum eap_method_result edhoc_peer_answer(struct eap_edhoc *eap, eap_edhoc_compose *compose,
                                                enum eap_edhoc_phase next, struct span_writer *out,
                                                const char **reason) {
  size_t length;
  if (eap_edhoc_produce(eap, compose, &length) != 0)
    return edhoc_peer_fail(eap, out, reason);
  (void)eap_edhoc_send_first(eap, length, out);
  eap->phase = next;
  return EAP_METHOD_CONTINUE;
}

/* An error message is answered with an empty response. */
static enum eap_method_result edhoc_peer_on_end(struct eap_edhoc *eap, struct span_writer *out,
                                                const char **reason) {
  const bool theirs = eap->edhoc.error_code == EDHOC_ERROR_NONE;
  if (!theirs)
    return edhoc_peer_fail(eap, out, reason);
  eap_edhoc_send_empty(out);
  return eap_edhoc_fail(eap, reason);
}

static enum eap_method_result edhoc_peer_on_message(struct eap_edhoc *eap, struct span_writer *out,
                                                    const char **reason) {
  const bool second = eap->phase == EAP_EDHOC_MESSAGE_2;
  if (eap_edhoc_consume(eap, second ? edhoc_message_2_process : edhoc_message_4_process, true) != 0)
    return edhoc_peer_on_end(eap, out, reason);
  if (second)
    return edhoc_peer_answer(eap, edhoc_message_3_compose, EAP_EDHOC_MESSAGE_4, out, reason);
  if (eap_edhoc_export(eap) != 0)
    return eap_edhoc_fail(eap, reason);
  eap_edhoc_send_empty(out);
  eap->phase = EAP_EDHOC_SUCCESS;
  return EAP_METHOD_SUCCESS;
}

static enum eap_method_result edhoc_peer_on_frame(struct eap_edhoc *eap,
                                                  const struct eap_edhoc_frame *frame,
                                                  struct span_writer *out, const char **reason) {
  switch (eap_edhoc_take(eap, frame, reason)) {
  case EAP_EDHOC_TAKEN_NOT:
    return EAP_METHOD_DISCARD;
  case EAP_EDHOC_TAKEN_EMPTY:
    return eap_method_discard(reason, "acknowledgement that is not due");
  case EAP_EDHOC_TAKEN_ACK:
    return eap_edhoc_send_next(eap, out) && eap->phase == EAP_EDHOC_ERROR
               ? eap_edhoc_fail(eap, reason)
               : EAP_METHOD_CONTINUE;
  case EAP_EDHOC_TAKEN_FRAGMENT:
    eap_edhoc_send_empty(out);
    return EAP_METHOD_CONTINUE;
  default:
    return edhoc_peer_on_message(eap, out, reason);
  }
}

static enum eap_method_result edhoc_peer_process(void *state, const struct eap_packet *packet,
                                                 uint8_t identifier, struct span_writer *out,
                                                 const char **reason) {
  struct eap_edhoc *eap = state;
  struct eap_edhoc_frame frame;
  (void)identifier;
  if (eap_edhoc_frame_parse(packet->data, packet->data_length, &frame) != 0)
    return eap_method_discard(reason, "malformed EAP-EDHOC packet");
  if (frame.start != (eap->phase == EAP_EDHOC_START))
    return eap_method_discard(reason, frame.start ? "EAP-EDHOC Start amid the method"
                                                  : "EAP-EDHOC does not begin with Start");
  if (!frame.start)
    return edhoc_peer_on_frame(eap, &frame, out, reason);
  if (frame.more || frame.has_total || frame.length > 0)
    return eap_method_discard(reason, "EAP-EDHOC Start with more than flags");
  return edhoc_peer_answer(eap, edhoc_message_1_compose, EAP_EDHOC_MESSAGE_2, out, reason);
}

static int edhoc_peer_init(void *state, const struct eap_credential *credential,
                           const struct node_hooks *hooks) {
  return eap_edhoc_init(state, credential, hooks, EDHOC_INITIATOR);
}

static const struct eap_naming EDHOC_PEER_NAMING = {.name = eap_edhoc_name};

const struct eap_method EAP_EDHOC_PEER = {
    .type = EAP_TYPE_EDHOC,
    .name = "EAP-EDHOC",
    .row = ROW_EAP_METHOD,
    .init = edhoc_peer_init,
    .process = edhoc_peer_process,
    .naming = &EDHOC_PEER_NAMING,
    .keys = eap_edhoc_keys,
    .session_id = eap_edhoc_session_id,
    .wipe = eap_edhoc_wipe,
};
