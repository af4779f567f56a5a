/* EAP-PSK, the peer's side (RFC 4764 section 5). Whatever does not verify is discarded. */
#include "psk_common.h"

#include <string.h>

/* Message 1: Flags, RAND_S, ID_S. */
static enum eap_method_result psk_consume_1(struct eap_psk *psk, const struct eap_packet *packet,
                                            struct span_writer *out, const char **reason) {
  const struct eap_credential *credential = psk->credential;
  if (packet->data_length < EAP_PSK_HEAD_LENGTH ||
      packet->data_length > EAP_PSK_HEAD_LENGTH + NODE_IDENTITY_MAX)
    return eap_method_discard(reason, "wrong length of EAP-PSK 1");
  const uint8_t *id_s = packet->data + EAP_PSK_HEAD_LENGTH;
  const size_t id_s_length = packet->data_length - EAP_PSK_HEAD_LENGTH;
  if (credential->remote_id != NULL && (id_s_length != credential->remote_id_length ||
                                        memcmp(id_s, credential->remote_id, id_s_length) != 0))
    return eap_method_discard(reason, "unexpected ID_S");

  /* Message 2: Flags, RAND_S, RAND_P, MAC_P, ID_P. */
  uint8_t mac[EAP_PSK_MAC_LENGTH];
  memcpy(psk->rand_s, packet->data + 1, sizeof psk->rand_s);
  node_random(psk->hooks, psk->rand_p, sizeof psk->rand_p);
  const int error = eap_psk_mac_p(psk, credential->local_id, credential->local_id_length, id_s,
                                  id_s_length, psk->rand_p, mac);
  if (error != 0)
    return eap_method_discard(reason, node_error_name(error));
  eap_psk_head_compose(2, psk->rand_s, out); /* Flags, RAND_S */
  span_writer_put(out, ROW_EAP_METHOD, psk->rand_p, sizeof psk->rand_p);
  span_writer_put(out, ROW_EAP_METHOD, mac, sizeof mac);
  span_writer_put(out, ROW_EAP_METHOD, credential->local_id, credential->local_id_length);
  memcpy(psk->id_s, id_s, id_s_length);
  psk->id_s_length = id_s_length;
  psk->phase = EAP_PSK_PHASE_AUTHENTICATE;
  return EAP_METHOD_CONTINUE;
}

/* Message 4: Flags, RAND_S, channel. It repeats the server's R and refuses its extension. */
static int psk_compose_4(const struct eap_psk *psk, const struct eap_psk_session *session,
                         uint8_t identifier, const struct eap_psk_indication *received,
                         uint32_t nonce, struct span_writer *out) {
  const uint8_t *head = out->data + out->length;
  eap_psk_head_compose(4, psk->rand_s, out); /* Flags, RAND_S */
  const struct eap_psk_header header = eap_psk_header(
      EAP_RESPONSE, identifier, head, EAP_PSK_HEAD_LENGTH + eap_psk_channel_length(received));
  return eap_psk_channel_seal(psk, session->tek, nonce, &header, received, out);
}

/* Reads the channel field at `offset`, answers it, and commits the session (which may be the
 * committed one). */
static enum eap_method_result psk_consume_channel(struct eap_psk *psk,
                                                  const struct eap_psk_session *session,
                                                  const struct eap_packet *packet, size_t offset,
                                                  uint8_t identifier, struct span_writer *out,
                                                  const char **reason) {
  const uint32_t nonce = psk->channel_nonce;
  const struct eap_psk_header header =
      eap_psk_header(packet->code, packet->identifier, packet->data, packet->data_length);
  struct eap_psk_indication indication;
  const char *why = eap_psk_channel_open(psk, session->tek, nonce, &header, packet->data + offset,
                                         packet->data_length - offset, &indication);
  if (why != NULL)
    return eap_method_discard(reason, why);
  const int error = psk_compose_4(psk, session, identifier, &indication, nonce + 1, out);
  if (error != 0)
    return eap_method_discard(reason, node_error_name(error));
  psk->session = *session;
  psk->channel_nonce = nonce + 2;
  switch (indication.result) {
  case EAP_PSK_RESULT_DONE_SUCCESS:
    psk->phase = EAP_PSK_PHASE_SUCCESS;
    return EAP_METHOD_SUCCESS;
  case EAP_PSK_RESULT_CONT:
    psk->phase = EAP_PSK_PHASE_CHANNEL;
    return EAP_METHOD_CONTINUE;
  default:
    psk->phase = EAP_PSK_PHASE_FAILURE;
    *reason = "the server indicates failure in the protected channel";
    return EAP_METHOD_FAILURE;
  }
}

/* Message 3: Flags, RAND_S, MAC_S, channel. */
static enum eap_method_result psk_consume_3(struct eap_psk *psk, const struct eap_packet *packet,
                                            uint8_t identifier, struct span_writer *out,
                                            const char **reason) {
  if (packet->data_length < EAP_PSK_HEAD_LENGTH + EAP_PSK_MAC_LENGTH)
    return eap_method_discard(reason, "wrong length of EAP-PSK 3");
  uint8_t mac[EAP_PSK_MAC_LENGTH];
  int error = eap_psk_mac_s(psk, psk->id_s, psk->id_s_length, psk->rand_p, mac);
  if (error != 0)
    return eap_method_discard(reason, node_error_name(error));
  if (!crypto_equal(mac, packet->data + EAP_PSK_HEAD_LENGTH, sizeof mac))
    return eap_method_discard(reason, "wrong MAC_S");
  struct eap_psk_session session;
  enum eap_method_result result;
  error = eap_psk_derive(psk, psk->rand_p, &session); /* TEK, MSK, EMSK */
  if (error != 0)
    result = eap_method_discard(reason, node_error_name(error));
  else
    result = psk_consume_channel(psk, &session, packet, EAP_PSK_HEAD_LENGTH + EAP_PSK_MAC_LENGTH,
                                 identifier, out, reason);
  crypto_wipe(&session, sizeof session);
  return result;
}

static enum eap_method_result psk_peer_process(void *state, const struct eap_packet *packet,
                                               uint8_t identifier, struct span_writer *out,
                                               const char **reason) {
  struct eap_psk *psk = state;
  const unsigned number = eap_psk_message_number(packet->data, packet->data_length);
  if (psk->phase == EAP_PSK_PHASE_START && number == 1)
    return psk_consume_1(psk, packet, out, reason);
  const bool due = (psk->phase == EAP_PSK_PHASE_AUTHENTICATE && number == 3) ||
                   (psk->phase == EAP_PSK_PHASE_CHANNEL && number == 4);
  if (!due)
    return eap_method_discard(reason, "EAP-PSK message out of order");
  const char *why = eap_psk_head_check(psk, packet);
  if (why != NULL)
    return eap_method_discard(reason, why);
  if (number == 3)
    return psk_consume_3(psk, packet, identifier, out, reason);
  /* A server that continues the conversation sends more of the form of message 4. */
  return psk_consume_channel(psk, &psk->session, packet, EAP_PSK_HEAD_LENGTH, identifier, out,
                             reason);
}

const struct eap_method EAP_PSK_PEER = {
    .type = EAP_TYPE_PSK,
    .name = "EAP-PSK",
    .row = ROW_EAP_METHOD,
    .init = eap_psk_init,
    .process = psk_peer_process,
    .keys = eap_psk_keys,
    .session_id = eap_psk_session_id,
    .wipe = eap_psk_wipe,
    .digest = eap_psk_digest,
};
