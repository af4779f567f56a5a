/* EAP-PSK, the server's side (RFC 4764 section 5). A wrong ID_P or MAC_P rejects the peer; whatever
 * else does not verify is discarded. */
#include "psk_common.h"

#include <string.h>

enum { MESSAGE_2_LENGTH_MIN = EAP_PSK_HEAD_LENGTH + EAP_PSK_RAND_LENGTH + EAP_PSK_MAC_LENGTH };

static enum eap_method_result psk_reject(struct eap_psk *psk, const char **reason,
                                         const char *why) {
  psk->phase = EAP_PSK_PHASE_FAILURE;
  *reason = why;
  return EAP_METHOD_FAILURE;
}

static void psk_server_refuse(void *state) {
  ((struct eap_psk *)state)->refuses = true;
}

/* Message 1: Flags, RAND_S, ID_S. */
static int psk_server_begin(void *state, struct span_writer *out) {
  struct eap_psk *psk = state;
  if (psk->phase != EAP_PSK_PHASE_START)
    return NODE_ERR_BAD_STATE;
  node_random(psk->hooks, psk->rand_s, sizeof psk->rand_s);
  eap_psk_head_compose(1, psk->rand_s, out); /* Flags, RAND_S */
  span_writer_put(out, ROW_EAP_METHOD, psk->credential->local_id, psk->credential->local_id_length);
  psk->phase = EAP_PSK_PHASE_AUTHENTICATE;
  return 0;
}

/* Message 3: Flags, RAND_S, MAC_S, channel; R is DONE_FAILURE to who may not join. */
static int psk_compose_3(const struct eap_psk *psk, const struct eap_psk_session *session,
                         const uint8_t rand_p[16], uint8_t identifier, struct span_writer *out) {
  const struct eap_psk_indication indication = {
      .result = psk->refuses ? EAP_PSK_RESULT_DONE_FAILURE : EAP_PSK_RESULT_DONE_SUCCESS};
  const uint8_t *head = out->data + out->length;
  uint8_t mac[EAP_PSK_MAC_LENGTH];
  const int error =
      eap_psk_mac_s(psk, psk->credential->local_id, psk->credential->local_id_length, rand_p, mac);
  if (error != 0)
    return error;
  eap_psk_head_compose(3, psk->rand_s, out); /* Flags, RAND_S */
  const struct eap_psk_header header = eap_psk_header(EAP_REQUEST, identifier, head,
                                                      EAP_PSK_HEAD_LENGTH + EAP_PSK_MAC_LENGTH +
                                                          eap_psk_channel_length(&indication));
  span_writer_put(out, ROW_EAP_METHOD, mac, sizeof mac);
  return eap_psk_channel_seal(psk, session->tek, psk->channel_nonce, &header, &indication, out);
}

static bool expected_id_p(const struct eap_credential *credential, const uint8_t *id_p,
                          size_t length) {
  return credential->remote_id == NULL || (length == credential->remote_id_length &&
                                           memcmp(id_p, credential->remote_id, length) == 0);
}

/* Message 2: Flags, RAND_S, RAND_P, MAC_P, ID_P. */
static enum eap_method_result psk_consume_2(struct eap_psk *psk, const struct eap_packet *packet,
                                            uint8_t identifier, struct span_writer *out,
                                            const char **reason) {
  if (packet->data_length < MESSAGE_2_LENGTH_MIN ||
      packet->data_length > MESSAGE_2_LENGTH_MIN + NODE_IDENTITY_MAX)
    return eap_method_discard(reason, "wrong length of EAP-PSK 2");
  const uint8_t *rand_p = packet->data + EAP_PSK_HEAD_LENGTH;
  const uint8_t *mac_p = rand_p + EAP_PSK_RAND_LENGTH;
  const uint8_t *id_p = mac_p + EAP_PSK_MAC_LENGTH;
  const size_t id_p_length = packet->data_length - MESSAGE_2_LENGTH_MIN;
  if (!expected_id_p(psk->credential, id_p, id_p_length))
    return psk_reject(psk, reason, "unexpected ID_P");
  uint8_t mac[EAP_PSK_MAC_LENGTH];
  int error = eap_psk_mac_p(psk, id_p, id_p_length, psk->credential->local_id,
                            psk->credential->local_id_length, rand_p, mac);
  if (error != 0)
    return eap_method_discard(reason, node_error_name(error));
  if (!crypto_equal(mac, mac_p, sizeof mac))
    return psk_reject(psk, reason, "wrong MAC_P");

  struct eap_psk_session session;
  error = eap_psk_derive(psk, rand_p, &session); /* TEK, MSK, EMSK */
  if (error == 0)                                /* Message 3 */
    error = psk_compose_3(psk, &session, rand_p, identifier, out);
  if (error == 0) {
    psk->session = session;
    psk->channel_nonce++; /* message 3 bore the first nonce */
    memcpy(psk->rand_p, rand_p, sizeof psk->rand_p);
    psk->phase = EAP_PSK_PHASE_CHANNEL;
  }
  crypto_wipe(&session, sizeof session);
  return error == 0 ? EAP_METHOD_CONTINUE : eap_method_discard(reason, node_error_name(error));
}

/* Message 4: Flags, RAND_S, channel. An extension that the server did not ask for is ignored. */
static enum eap_method_result psk_consume_4(struct eap_psk *psk, const struct eap_packet *packet,
                                            const char **reason) {
  const struct eap_psk_header header =
      eap_psk_header(packet->code, packet->identifier, packet->data, packet->data_length);
  struct eap_psk_indication indication;
  const char *why = eap_psk_channel_open(psk, psk->session.tek, psk->channel_nonce, &header,
                                         packet->data + EAP_PSK_HEAD_LENGTH,
                                         packet->data_length - EAP_PSK_HEAD_LENGTH, &indication);
  if (why != NULL)
    return eap_method_discard(reason, why);
  if (psk->refuses) /* whatever R it has */
    return psk_reject(psk, reason, EAP_NOT_AUTHORIZED);
  switch (indication.result) {
  case EAP_PSK_RESULT_DONE_SUCCESS:
    psk->phase = EAP_PSK_PHASE_SUCCESS;
    return EAP_METHOD_SUCCESS;
  case EAP_PSK_RESULT_CONT:
    return psk_reject(psk, reason, "the peer wants to continue in the protected channel");
  default:
    return psk_reject(psk, reason, "the peer indicates failure in the protected channel");
  }
}

static enum eap_method_result psk_server_process(void *state, const struct eap_packet *packet,
                                                 uint8_t identifier, struct span_writer *out,
                                                 const char **reason) {
  struct eap_psk *psk = state;
  const unsigned number = eap_psk_message_number(packet->data, packet->data_length);
  const bool due = (psk->phase == EAP_PSK_PHASE_AUTHENTICATE && number == 2) ||
                   (psk->phase == EAP_PSK_PHASE_CHANNEL && number == 4);
  if (!due)
    return eap_method_discard(reason, "EAP-PSK message out of order");
  const char *why = eap_psk_head_check(psk, packet);
  if (why != NULL)
    return eap_method_discard(reason, why);
  return number == 2 ? psk_consume_2(psk, packet, identifier, out, reason)
                     : psk_consume_4(psk, packet, reason);
}

const struct eap_method EAP_PSK_SERVER = {
    .type = EAP_TYPE_PSK,
    .name = "EAP-PSK",
    .row = ROW_EAP_METHOD,
    .init = eap_psk_init,
    .begin = psk_server_begin,
    .refuse = psk_server_refuse,
    .process = psk_server_process,
    .keys = eap_psk_keys,
    .session_id = eap_psk_session_id,
    .wipe = eap_psk_wipe,
    .digest = eap_psk_digest,
};
