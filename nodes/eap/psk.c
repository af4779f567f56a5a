/* EAP-PSK: keys, MACs and the protected channel (RFC 4764 sections 3 and 5). */
#include "psk_common.h"

#include <assert.h>
#include <string.h>

enum {
  FLAGS_T_SHIFT = 6, /* Flags: T in the two high bits, the rest is ignored on reception */
  INDICATION_R_SHIFT = 6,
  INDICATION_E = 0x20, /* the five bits below are ignored on reception */
  INDICATION_MAX = 2,  /* octets of an indication that this side sends */
  SESSION_BLOCKS = 1 + 2 * EAP_KEY_LENGTH / CRYPTO_AES_LENGTH,
};

unsigned eap_psk_message_number(const uint8_t *data, size_t length) {
  return length == 0 ? 0 : (data[0] >> FLAGS_T_SHIFT) + 1U;
}

/* 3.1: AK and KDK are computed once, when the PSK is provisioned: no cost of an
 * authentication. */
static int key_setup(struct eap_psk *psk, const uint8_t key[CRYPTO_AES_LENGTH]) {
  static const uint8_t zeros[CRYPTO_AES_LENGTH] = {0};
  uint8_t blocks[2 * CRYPTO_AES_LENGTH];
  const int error = crypto_aes128_expand(NULL, key, zeros, blocks, 2);
  memcpy(psk->ak, blocks, sizeof psk->ak);
  memcpy(psk->kdk, blocks + sizeof psk->ak, sizeof psk->kdk);
  crypto_wipe(blocks, sizeof blocks);
  return error;
}

int eap_psk_init(void *state, const struct eap_credential *credential,
                 const struct node_hooks *hooks) {
  struct eap_psk *psk = state;
  if (credential->psk == NULL || credential->local_id_length > NODE_IDENTITY_MAX ||
      credential->remote_id_length > NODE_IDENTITY_MAX)
    return NODE_ERR_BAD_CONFIG;
  *psk = (struct eap_psk){.credential = credential, .hooks = hooks, .phase = EAP_PSK_PHASE_START};
  return key_setup(psk, credential->psk);
}

int eap_psk_keys(const void *state, struct eap_keys *keys) {
  const struct eap_psk *psk = state;
  if (psk->phase != EAP_PSK_PHASE_SUCCESS)
    return NODE_ERR_BAD_STATE;
  *keys = psk->session.keys;
  return 0;
}

/* RFC 5247 appendix A: Type, RAND_P, RAND_S. */
int eap_psk_session_id(const void *state, struct eap_session_id *session) {
  const struct eap_psk *psk = state;
  if (psk->phase != EAP_PSK_PHASE_SUCCESS)
    return NODE_ERR_BAD_STATE;
  session->octets[0] = EAP_TYPE_PSK;
  memcpy(session->octets + EAP_TYPE_LENGTH, psk->rand_p, EAP_PSK_RAND_LENGTH);
  memcpy(session->octets + EAP_TYPE_LENGTH + EAP_PSK_RAND_LENGTH, psk->rand_s, EAP_PSK_RAND_LENGTH);
  session->length = EAP_TYPE_LENGTH + 2 * EAP_PSK_RAND_LENGTH;
  return 0;
}

void eap_psk_wipe(void *state) {
  crypto_wipe(state, sizeof(struct eap_psk));
}

void eap_psk_head_compose(unsigned number, const uint8_t rand_s[16], struct span_writer *out) {
  assert(number >= 1 && number <= 4);
  span_writer_put_u8(out, ROW_EAP_METHOD, (uint8_t)((number - 1) << FLAGS_T_SHIFT));
  span_writer_put(out, ROW_EAP_METHOD, rand_s, EAP_PSK_RAND_LENGTH);
}

const char *eap_psk_head_check(const struct eap_psk *psk, const struct eap_packet *packet) {
  if (packet->data_length <= EAP_PSK_HEAD_LENGTH)
    return "EAP-PSK message too short";
  if (!crypto_equal(packet->data + 1, psk->rand_s, sizeof psk->rand_s))
    return "wrong RAND_S";
  return NULL;
}

int eap_psk_mac_p(const struct eap_psk *psk, const uint8_t *id_p, size_t id_p_length,
                  const uint8_t *id_s, size_t id_s_length, const uint8_t rand_p[16],
                  uint8_t mac[16]) {
  uint8_t input[2 * NODE_IDENTITY_MAX + 2 * EAP_PSK_RAND_LENGTH];
  struct span_writer writer;
  span_writer_init(&writer, input, sizeof input, NULL);
  span_writer_put(&writer, 0, id_p, id_p_length);
  span_writer_put(&writer, 0, id_s, id_s_length);
  span_writer_put(&writer, 0, psk->rand_s, EAP_PSK_RAND_LENGTH);
  span_writer_put(&writer, 0, rand_p, EAP_PSK_RAND_LENGTH);
  assert(!writer.overflow);
  /* MAC_P */
  return crypto_cmac(psk->hooks, psk->ak, input, writer.length, mac);
}

int eap_psk_mac_s(const struct eap_psk *psk, const uint8_t *id_s, size_t id_s_length,
                  const uint8_t rand_p[16], uint8_t mac[16]) {
  uint8_t input[NODE_IDENTITY_MAX + EAP_PSK_RAND_LENGTH];
  struct span_writer writer;
  span_writer_init(&writer, input, sizeof input, NULL);
  span_writer_put(&writer, 0, id_s, id_s_length);
  span_writer_put(&writer, 0, rand_p, EAP_PSK_RAND_LENGTH);
  assert(!writer.overflow);
  /* MAC_S */
  return crypto_cmac(psk->hooks, psk->ak, input, writer.length, mac);
}

/* 3.2 */
int eap_psk_derive(const struct eap_psk *psk, const uint8_t rand_p[16],
                   struct eap_psk_session *session) {
  uint8_t blocks[SESSION_BLOCKS * CRYPTO_AES_LENGTH];
  const int error = crypto_aes128_expand(psk->hooks, psk->kdk, rand_p, blocks, SESSION_BLOCKS);
  const uint8_t *next = blocks;
  memcpy(session->tek, next, sizeof session->tek); /* TEK: block 1 */
  next += sizeof session->tek;
  memcpy(session->keys.msk, next, sizeof session->keys.msk); /* MSK: blocks 2 to 5 */
  next += sizeof session->keys.msk;
  memcpy(session->keys.emsk, next, sizeof session->keys.emsk); /* EMSK: blocks 6 to 9 */
  crypto_wipe(blocks, sizeof blocks);
  return error;
}

struct eap_psk_header eap_psk_header(uint8_t code, uint8_t identifier,
                                     const uint8_t head[EAP_PSK_HEAD_LENGTH], size_t data_length) {
  const size_t length = EAP_HEADER_LENGTH + EAP_TYPE_LENGTH + data_length;
  struct eap_psk_header header = {
      .octets = {code, identifier, (uint8_t)(length >> 8), (uint8_t)length, EAP_TYPE_PSK}};
  memcpy(header.octets + EAP_HEADER_LENGTH + EAP_TYPE_LENGTH, head, EAP_PSK_HEAD_LENGTH);
  return header;
}

size_t eap_psk_channel_length(const struct eap_psk_indication *indication) {
  return EAP_PSK_CHANNEL_HEAD_LENGTH + (indication->extension ? 2U : 1U);
}

/* The nonce of EAX is the channel's nonce behind 96 zero bits. */
static void eax_nonce(uint32_t nonce, uint8_t out[CRYPTO_AES_LENGTH]) {
  memset(out, 0, CRYPTO_AES_LENGTH);
  for (size_t i = 0; i < EAP_PSK_CHANNEL_NONCE_LENGTH; i++)
    out[CRYPTO_AES_LENGTH - 1 - i] = (uint8_t)(nonce >> 8 * i);
}

int eap_psk_channel_seal(const struct eap_psk *psk, const uint8_t tek[16], uint32_t nonce,
                         const struct eap_psk_header *header,
                         const struct eap_psk_indication *indication, struct span_writer *out) {
  uint8_t text[INDICATION_MAX] = {(uint8_t)(indication->result << INDICATION_R_SHIFT |
                                            (indication->extension ? INDICATION_E : 0)),
                                  indication->extension_type};
  const size_t length = eap_psk_channel_length(indication) - EAP_PSK_CHANNEL_HEAD_LENGTH;
  uint8_t n[CRYPTO_AES_LENGTH];
  uint8_t tag[EAP_PSK_CHANNEL_TAG_LENGTH];
  eax_nonce(nonce, n);
  const int error = crypto_eax_encrypt(psk->hooks, tek, n, sizeof n, header->octets,
                                       sizeof header->octets, text, length, text, tag);
  if (error != 0)
    return error;
  span_writer_put(out, ROW_EAP_METHOD, n + sizeof n - EAP_PSK_CHANNEL_NONCE_LENGTH,
                  EAP_PSK_CHANNEL_NONCE_LENGTH);         /* Nonce */
  span_writer_put(out, ROW_EAP_METHOD, tag, sizeof tag); /* Tag */
  span_writer_put(out, ROW_EAP_METHOD, text, length);    /* R, E, EXT */
  return 0;
}

/* R, E, and EXT where E says so. */
static const char *indication_parse(const uint8_t *text, size_t length,
                                    struct eap_psk_indication *indication) {
  const struct eap_psk_indication parsed = {
      .result = (enum eap_psk_result)(text[0] >> INDICATION_R_SHIFT),
      .extension = (text[0] & INDICATION_E) != 0,
      .extension_type = length > 1 ? text[1] : 0,
  };
  if (parsed.result == EAP_PSK_RESULT_RESERVED)
    return "reserved result indication in the protected channel";
  if (parsed.extension != (length > 1))
    return "E flag and EXT field of the protected channel disagree";
  *indication = parsed;
  return NULL;
}

const char *eap_psk_channel_open(const struct eap_psk *psk, const uint8_t tek[16], uint32_t nonce,
                                 const struct eap_psk_header *header, const uint8_t *field,
                                 size_t length, struct eap_psk_indication *indication) {
  uint8_t text[EAP_PACKET_MAX];
  uint8_t n[CRYPTO_AES_LENGTH];
  if (length <= EAP_PSK_CHANNEL_HEAD_LENGTH || length > sizeof text)
    return "wrong length of the protected channel";
  const size_t text_length = length - EAP_PSK_CHANNEL_HEAD_LENGTH;
  eax_nonce(nonce, n);
  /* Nonce */
  if (memcmp(field, n + sizeof n - EAP_PSK_CHANNEL_NONCE_LENGTH, EAP_PSK_CHANNEL_NONCE_LENGTH) != 0)
    return "wrong nonce in the protected channel";
  /* Tag */
  const int error = crypto_eax_decrypt(psk->hooks, tek, n, sizeof n, header->octets,
                                       sizeof header->octets, field + EAP_PSK_CHANNEL_HEAD_LENGTH,
                                       text_length, field + EAP_PSK_CHANNEL_NONCE_LENGTH, text);
  if (error == NODE_ERR_VERIFY)
    return "wrong tag in the protected channel";
  if (error != 0)
    return node_error_name(error);
  const char *reason = indication_parse(text, text_length, indication);
  crypto_wipe(text, text_length);
  return reason;
}

void eap_psk_digest(const void *state, struct digest *digest) {
  const struct eap_psk *psk = state;
  digest_u64(digest, psk->phase);
  digest_u64(digest, psk->channel_nonce);
  digest_octets(digest, psk->rand_s, sizeof psk->rand_s);
  digest_octets(digest, psk->rand_p, sizeof psk->rand_p);
  digest_octets(digest, psk->session.tek, sizeof psk->session.tek);
  digest_octets(digest, psk->id_s, psk->id_s_length);
}
