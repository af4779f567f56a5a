/* What both sides of EAP-PSK share (RFC 4764): state, keys, MACs and the protected channel. Private
 * to psk*.c. */
#ifndef NODES_EAP_PSK_COMMON_H
#define NODES_EAP_PSK_COMMON_H

#include "../crypto/crypto.h"
#include "psk.h"

enum {
  EAP_PSK_RAND_LENGTH = 16,
  EAP_PSK_MAC_LENGTH = 16,
  EAP_PSK_HEAD_LENGTH =
      1 + EAP_PSK_RAND_LENGTH, /* Flags and RAND_S, with which each message begins */
  EAP_PSK_CHANNEL_NONCE_LENGTH = 4,
  EAP_PSK_CHANNEL_TAG_LENGTH = 16,
  EAP_PSK_CHANNEL_HEAD_LENGTH = EAP_PSK_CHANNEL_NONCE_LENGTH + EAP_PSK_CHANNEL_TAG_LENGTH,
};

/* The 2-bit result indication R. */
enum eap_psk_result {
  EAP_PSK_RESULT_RESERVED = 0,
  EAP_PSK_RESULT_CONT = 1,
  EAP_PSK_RESULT_DONE_SUCCESS = 2,
  EAP_PSK_RESULT_DONE_FAILURE = 3,
};

/* What the protected channel carries; of an extension, the type only. */
struct eap_psk_indication {
  enum eap_psk_result result;
  bool extension;
  uint8_t extension_type;
};

enum eap_psk_phase {
  EAP_PSK_PHASE_START,
  EAP_PSK_PHASE_AUTHENTICATE, /* peer: awaits message 3; server: awaits message 2 */
  EAP_PSK_PHASE_CHANNEL,      /* keys are there; what follows is the protected channel only */
  EAP_PSK_PHASE_SUCCESS,
  EAP_PSK_PHASE_FAILURE,
};

/* Keys of one session (section 3.2). */
struct eap_psk_session {
  uint8_t tek[CRYPTO_AES_LENGTH];
  struct eap_keys keys;
};

/* The state of either side. */
struct eap_psk {
  const struct eap_credential *credential;
  const struct node_hooks *hooks;
  enum eap_psk_phase phase;
  bool refuses;           /* server: the peer may not join */
  uint32_t channel_nonce; /* of the next message of the other side */
  uint8_t ak[CRYPTO_AES_LENGTH];
  uint8_t kdk[CRYPTO_AES_LENGTH];
  uint8_t rand_s[EAP_PSK_RAND_LENGTH];
  uint8_t rand_p[EAP_PSK_RAND_LENGTH];
  struct eap_psk_session session;
  size_t id_s_length; /* peer: the server's identity, of message 1 */
  uint8_t id_s[NODE_IDENTITY_MAX];
};

_Static_assert(sizeof(struct eap_psk) <= EAP_METHOD_STATE_MAX, "a method's state has fixed room");

/* `init`, `keys`, `session_id`, `wipe` and `digest` of both methods. */
int eap_psk_init(void *state, const struct eap_credential *credential,
                 const struct node_hooks *hooks);
int eap_psk_keys(const void *state, struct eap_keys *keys);
int eap_psk_session_id(const void *state, struct eap_session_id *session);
void eap_psk_wipe(void *state);
void eap_psk_digest(const void *state, struct digest *digest);

/* Writes Flags and RAND_S of message `number` (1 to 4; 4 for those that follow, too). */
void eap_psk_head_compose(unsigned number, const uint8_t rand_s[16], struct span_writer *out);

/* Whether a message of more than Flags and RAND_S repeats our RAND_S; NULL, or why not. */
NODE_MUST_CHECK const char *eap_psk_head_check(const struct eap_psk *psk,
                                               const struct eap_packet *packet);

/* MAC_P = CMAC(AK, ID_P | ID_S | RAND_S | RAND_P). */
NODE_MUST_CHECK int eap_psk_mac_p(const struct eap_psk *psk, const uint8_t *id_p,
                                  size_t id_p_length, const uint8_t *id_s, size_t id_s_length,
                                  const uint8_t rand_p[16], uint8_t mac[16]);

/* MAC_S = CMAC(AK, ID_S | RAND_P). */
NODE_MUST_CHECK int eap_psk_mac_s(const struct eap_psk *psk, const uint8_t *id_s,
                                  size_t id_s_length, const uint8_t rand_p[16], uint8_t mac[16]);

/* TEK, MSK and EMSK from KDK and RAND_P. */
NODE_MUST_CHECK int eap_psk_derive(const struct eap_psk *psk, const uint8_t rand_p[16],
                                   struct eap_psk_session *session);

/* The header that the channel protects: the first 22 octets of the EAP packet. */
struct eap_psk_header {
  uint8_t octets[EAP_HEADER_LENGTH + EAP_TYPE_LENGTH + EAP_PSK_HEAD_LENGTH];
};

/* The header of a packet with this Type-Data, of which `head` are Flags and RAND_S. */
struct eap_psk_header eap_psk_header(uint8_t code, uint8_t identifier,
                                     const uint8_t head[EAP_PSK_HEAD_LENGTH], size_t data_length);

/* Octets of the channel field that carries `indication`. */
size_t eap_psk_channel_length(const struct eap_psk_indication *indication);

/* Writes the channel field: nonce, tag, encrypted indication. */
NODE_MUST_CHECK int eap_psk_channel_seal(const struct eap_psk *psk, const uint8_t tek[16],
                                         uint32_t nonce, const struct eap_psk_header *header,
                                         const struct eap_psk_indication *indication,
                                         struct span_writer *out);

/* Verifies and reads a channel field that must have this nonce. Returns NULL, or static text that
 * says why it is to be discarded. */
NODE_MUST_CHECK const char *eap_psk_channel_open(const struct eap_psk *psk, const uint8_t tek[16],
                                                 uint32_t nonce,
                                                 const struct eap_psk_header *header,
                                                 const uint8_t *field, size_t length,
                                                 struct eap_psk_indication *indication);

#endif
