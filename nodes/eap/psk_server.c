/* EAP-PSK, the server's side (RFC 4764 section 5). A wrong ID_P or MAC_P rejects the peer; whatever
 * else does not verify is discarded. */
#include "psk_common.h"

#include <string.h>

enum { MESSAGE_2_LENGTH_MIN = PSK_HEAD_LENGTH + PSK_RAND_LENGTH + PSK_MAC_LENGTH };

static enum eap_method_result discard(const char **reason, const char *why) {
  *reason = why;
  return EAP_METHOD_DISCARD;
}

static enum eap_method_result reject(struct psk *psk, const char **reason, const char *why) {
  psk->phase = PSK_PHASE_FAILURE;
  *reason = why;
  return EAP_METHOD_FAILURE;
}

/* Message 1: Flags, RAND_S, ID_S. */
static int begin(void *state, struct span_writer *out) {
  struct psk *psk = state;
  if (psk->phase != PSK_PHASE_START)
    return NODE_ERR_BAD_STATE;
  node_random(psk->hooks, psk->rand_s, sizeof psk->rand_s);
  psk_head_compose(1, psk->rand_s, out); /* Flags, RAND_S */
  span_writer_put(out, ROW_EAP_METHOD, psk->credential->local_id, psk->credential->local_id_length);
  psk->phase = PSK_PHASE_AUTHENTICATE;
  return 0;
}

/* Message 3: Flags, RAND_S, MAC_S, channel. */
static int compose_3(const struct psk *psk, const struct psk_session *session,
                     const uint8_t rand_p[16], uint8_t identifier, struct span_writer *out) {
  const struct psk_indication indication = {.result = PSK_RESULT_DONE_SUCCESS};
  const uint8_t *head = out->data + out->length;
  uint8_t mac[PSK_MAC_LENGTH];
  const int error =
      psk_mac_s(psk, psk->credential->local_id, psk->credential->local_id_length, rand_p, mac);
  if (error != 0)
    return error;
  psk_head_compose(3, psk->rand_s, out); /* Flags, RAND_S */
  const struct psk_header header =
      psk_header(EAP_REQUEST, identifier, head,
                 PSK_HEAD_LENGTH + PSK_MAC_LENGTH + psk_channel_length(&indication));
  span_writer_put(out, ROW_EAP_METHOD, mac, sizeof mac);
  return psk_channel_seal(psk, session->tek, psk->channel_nonce, &header, &indication, out);
}

static bool expected_id_p(const struct eap_credential *credential, const uint8_t *id_p,
                          size_t length) {
  return credential->remote_id == NULL || (length == credential->remote_id_length &&
                                           memcmp(id_p, credential->remote_id, length) == 0);
}

/* Message 2: Flags, RAND_S, RAND_P, MAC_P, ID_P. */
static enum eap_method_result consume_2(struct psk *psk, const struct eap_packet *packet,
                                        uint8_t identifier, struct span_writer *out,
                                        const char **reason) {
  if (packet->data_length < MESSAGE_2_LENGTH_MIN ||
      packet->data_length > MESSAGE_2_LENGTH_MIN + NODE_IDENTITY_MAX)
    return discard(reason, "wrong length of EAP-PSK 2");
  const uint8_t *rand_p = packet->data + PSK_HEAD_LENGTH;
  const uint8_t *mac_p = rand_p + PSK_RAND_LENGTH;
  const uint8_t *id_p = mac_p + PSK_MAC_LENGTH;
  const size_t id_p_length = packet->data_length - MESSAGE_2_LENGTH_MIN;
  if (!expected_id_p(psk->credential, id_p, id_p_length))
    return reject(psk, reason, "unexpected ID_P");
  uint8_t mac[PSK_MAC_LENGTH];
  int error = psk_mac_p(psk, id_p, id_p_length, psk->credential->local_id,
                        psk->credential->local_id_length, rand_p, mac);
  if (error != 0)
    return discard(reason, node_error_name(error));
  if (!crypto_equal(mac, mac_p, sizeof mac))
    return reject(psk, reason, "wrong MAC_P");

  struct psk_session session;
  error = psk_derive(psk, rand_p, &session); /* TEK, MSK, EMSK */
  if (error == 0)                            /* Message 3 */
    error = compose_3(psk, &session, rand_p, identifier, out);
  if (error == 0) {
    psk->session = session;
    psk->channel_nonce++; /* message 3 bore the first nonce */
    memcpy(psk->rand_p, rand_p, sizeof psk->rand_p);
    psk->phase = PSK_PHASE_CHANNEL;
  }
  crypto_wipe(&session, sizeof session);
  return error == 0 ? EAP_METHOD_CONTINUE : discard(reason, node_error_name(error));
}

/* Message 4: Flags, RAND_S, channel. An extension that the server did not ask for is ignored. */
static enum eap_method_result consume_4(struct psk *psk, const struct eap_packet *packet,
                                        const char **reason) {
  const struct psk_header header =
      psk_header(packet->code, packet->identifier, packet->data, packet->data_length);
  struct psk_indication indication;
  const char *why = psk_channel_open(psk, psk->session.tek, psk->channel_nonce, &header,
                                     packet->data + PSK_HEAD_LENGTH,
                                     packet->data_length - PSK_HEAD_LENGTH, &indication);
  if (why != NULL)
    return discard(reason, why);
  switch (indication.result) {
  case PSK_RESULT_DONE_SUCCESS:
    psk->phase = PSK_PHASE_SUCCESS;
    return EAP_METHOD_SUCCESS;
  case PSK_RESULT_CONT:
    return reject(psk, reason, "the peer wants to continue in the protected channel");
  default:
    return reject(psk, reason, "the peer indicates failure in the protected channel");
  }
}

static enum eap_method_result process(void *state, const struct eap_packet *packet,
                                      uint8_t identifier, struct span_writer *out,
                                      const char **reason) {
  struct psk *psk = state;
  const unsigned number = eap_psk_message_number(packet->data, packet->data_length);
  const bool due = (psk->phase == PSK_PHASE_AUTHENTICATE && number == 2) ||
                   (psk->phase == PSK_PHASE_CHANNEL && number == 4);
  if (!due)
    return discard(reason, "EAP-PSK message out of order");
  const char *why = psk_head_check(psk, packet);
  if (why != NULL)
    return discard(reason, why);
  return number == 2 ? consume_2(psk, packet, identifier, out, reason)
                     : consume_4(psk, packet, reason);
}

const struct eap_method EAP_PSK_SERVER = {
    .type = EAP_TYPE_PSK,
    .name = "EAP-PSK",
    .row = ROW_EAP_METHOD,
    .init = psk_init,
    .begin = begin,
    .process = process,
    .keys = psk_keys,
    .wipe = psk_wipe,
    .digest = psk_digest,
};
