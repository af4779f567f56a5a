/* What both sides of EAP-PSK share (RFC 4764): state, keys, MACs and the protected channel. Private
 * to psk*.c. */
#ifndef NODES_EAP_PSK_COMMON_H
#define NODES_EAP_PSK_COMMON_H

#include "../crypto/crypto.h"
#include "psk.h"

enum {
  PSK_RAND_LENGTH = 16,
  PSK_MAC_LENGTH = 16,
  PSK_HEAD_LENGTH = 1 + PSK_RAND_LENGTH, /* Flags and RAND_S, with which each message begins */
  PSK_CHANNEL_NONCE_LENGTH = 4,
  PSK_CHANNEL_TAG_LENGTH = 16,
  PSK_CHANNEL_HEAD_LENGTH = PSK_CHANNEL_NONCE_LENGTH + PSK_CHANNEL_TAG_LENGTH,
};

/* The 2-bit result indication R. */
enum psk_result {
  PSK_RESULT_RESERVED = 0,
  PSK_RESULT_CONT = 1,
  PSK_RESULT_DONE_SUCCESS = 2,
  PSK_RESULT_DONE_FAILURE = 3,
};

/* What the protected channel carries; of an extension, the type only. */
struct psk_indication {
  enum psk_result result;
  bool extension;
  uint8_t extension_type;
};

enum psk_phase {
  PSK_PHASE_START,
  PSK_PHASE_AUTHENTICATE, /* peer: awaits message 3; server: awaits message 2 */
  PSK_PHASE_CHANNEL,      /* keys are there; what follows is the protected channel only */
  PSK_PHASE_SUCCESS,
  PSK_PHASE_FAILURE,
};

/* Keys of one session (section 3.2). */
struct psk_session {
  uint8_t tek[CRYPTO_AES_LENGTH];
  struct eap_keys keys;
};

/* The state of either side. */
struct psk {
  const struct eap_credential *credential;
  const struct node_hooks *hooks;
  enum psk_phase phase;
  uint32_t channel_nonce; /* of the next message of the other side */
  uint8_t ak[CRYPTO_AES_LENGTH];
  uint8_t kdk[CRYPTO_AES_LENGTH];
  uint8_t rand_s[PSK_RAND_LENGTH];
  uint8_t rand_p[PSK_RAND_LENGTH];
  struct psk_session session;
  size_t id_s_length; /* peer: the server's identity, of message 1 */
  uint8_t id_s[NODE_IDENTITY_MAX];
};

_Static_assert(sizeof(struct psk) <= EAP_METHOD_STATE_MAX, "a method's state has fixed room");

/* `init`, `keys`, `wipe` and `digest` of both methods. */
int psk_init(void *state, const struct eap_credential *credential, const struct node_hooks *hooks);
int psk_keys(const void *state, struct eap_keys *keys);
void psk_wipe(void *state);
void psk_digest(const void *state, struct digest *digest);

/* Writes Flags and RAND_S of message `number` (1 to 4; 4 for those that follow, too). */
void psk_head_compose(unsigned number, const uint8_t rand_s[16], struct span_writer *out);

/* Whether a message of more than Flags and RAND_S repeats our RAND_S; NULL, or why not. */
NODE_MUST_CHECK const char *psk_head_check(const struct psk *psk, const struct eap_packet *packet);

/* MAC_P = CMAC(AK, ID_P | ID_S | RAND_S | RAND_P). */
NODE_MUST_CHECK int psk_mac_p(const struct psk *psk, const uint8_t *id_p, size_t id_p_length,
                              const uint8_t *id_s, size_t id_s_length, const uint8_t rand_p[16],
                              uint8_t mac[16]);

/* MAC_S = CMAC(AK, ID_S | RAND_P). */
NODE_MUST_CHECK int psk_mac_s(const struct psk *psk, const uint8_t *id_s, size_t id_s_length,
                              const uint8_t rand_p[16], uint8_t mac[16]);

/* TEK, MSK and EMSK from KDK and RAND_P. */
NODE_MUST_CHECK int psk_derive(const struct psk *psk, const uint8_t rand_p[16],
                               struct psk_session *session);

/* The header that the channel protects: the first 22 octets of the EAP packet. */
struct psk_header {
  uint8_t octets[EAP_HEADER_LENGTH + EAP_TYPE_LENGTH + PSK_HEAD_LENGTH];
};

/* The header of a packet with this Type-Data, of which `head` are Flags and RAND_S. */
struct psk_header psk_header(uint8_t code, uint8_t identifier, const uint8_t head[PSK_HEAD_LENGTH],
                             size_t data_length);

/* Octets of the channel field that carries `indication`. */
size_t psk_channel_length(const struct psk_indication *indication);

/* Writes the channel field: nonce, tag, encrypted indication. */
NODE_MUST_CHECK int psk_channel_seal(const struct psk *psk, const uint8_t tek[16], uint32_t nonce,
                                     const struct psk_header *header,
                                     const struct psk_indication *indication,
                                     struct span_writer *out);

/* Verifies and reads a channel field that must have this nonce. Returns NULL, or static text that
 * says why it is to be discarded. */
NODE_MUST_CHECK const char *psk_channel_open(const struct psk *psk, const uint8_t tek[16],
                                             uint32_t nonce, const struct psk_header *header,
                                             const uint8_t *field, size_t length,
                                             struct psk_indication *indication);

#endif
