/* The key schedule of EDHOC (RFC 9528 section 4), its transcript hashes, and the encryption of
 * messages 2 to 4. All results are 0, NODE_ERR_CRYPTO or NODE_ERR_TOO_LONG, unless said otherwise.
 * Private to this folder and its tests. */
#ifndef NODES_EDHOC_SCHEDULE_H
#define NODES_EDHOC_SCHEDULE_H

#include "../crypto/crypto.h"
#include "suite.h"

enum {
  EDHOC_HASH_LENGTH = CRYPTO_SHA256_LENGTH,
  EDHOC_KEY_LENGTH = CRYPTO_AES_LENGTH,
  EDHOC_IV_LENGTH = CRYPTO_CCM_NONCE_LENGTH,
  EDHOC_CONTEXT_MAX = 5120, /* octets of EDHOC_KDF's context, and of any other CBOR sequence that is
                               hashed or signed */
};

/* info_label (section 4.1.2, Figure 6; appendix H). */
enum edhoc_label {
  EDHOC_KEYSTREAM_2 = 0,
  EDHOC_SALT_3E2M = 1,
  EDHOC_MAC_2 = 2,
  EDHOC_K_3 = 3,
  EDHOC_IV_3 = 4,
  EDHOC_SALT_4E3M = 5,
  EDHOC_MAC_3 = 6,
  EDHOC_PRK_OUT = 7,
  EDHOC_K_4 = 8,
  EDHOC_IV_4 = 9,
  EDHOC_PRK_EXPORTER = 10,
  EDHOC_KEY_UPDATE = 11,
};

/* info = ( info_label, context, length ). */
void edhoc_info_put(struct span_writer *out, uint32_t label, const uint8_t *context,
                    size_t context_length, size_t length);

/* EDHOC_KDF, for `length` up to 255 hashes. */
NODE_MUST_CHECK int edhoc_kdf(const struct node_hooks *hooks, const uint8_t prk[32], uint32_t label,
                              const uint8_t *context, size_t context_length, uint8_t *out,
                              size_t length);

/* TH_2 = H( G_Y, H(message_1) ). */
NODE_MUST_CHECK int edhoc_th_2(const struct node_hooks *hooks, const uint8_t g_y[32],
                               const uint8_t hash_message_1[32], uint8_t th[32]);

/* TH_3 and TH_4 = H( previous TH, plaintext, CRED_x ); `next` may be `th`. */
NODE_MUST_CHECK int edhoc_th_next(const struct node_hooks *hooks, const uint8_t th[32],
                                  const uint8_t *plaintext, size_t plaintext_length,
                                  const uint8_t *cred, size_t cred_length, uint8_t next[32]);

/* PRK_3e2m or PRK_4e3m with a static Diffie-Hellman secret: Extract( KDF( prk, salt_label, th ),
 * secret ); `next` may be `prk`. */
NODE_MUST_CHECK int edhoc_prk_next(const struct node_hooks *hooks, const uint8_t prk[32],
                                   enum edhoc_label salt_label, const uint8_t th[32],
                                   const uint8_t secret[32], uint8_t next[32]);

/* Applies KEYSTREAM_2, in either direction and in place. */
NODE_MUST_CHECK int edhoc_keystream_2(const struct node_hooks *hooks, const uint8_t prk_2e[32],
                                      const uint8_t th_2[32], uint8_t *text, size_t length);

/* A_3 or A_4: the Enc_structure of RFC 9052 section 5.3. */
void edhoc_aad_put(struct span_writer *out, const uint8_t th[32]);

/* What protects message 3 or 4. */
struct edhoc_aead {
  size_t tag_length;
  uint8_t key[EDHOC_KEY_LENGTH];
  uint8_t iv[EDHOC_IV_LENGTH];
  uint8_t th[EDHOC_HASH_LENGTH];
};

/* K_3 and IV_3 from PRK_3e2m and TH_3 (`key_label` EDHOC_K_3), K_4 and IV_4 from PRK_4e3m and TH_4
 * (EDHOC_K_4). */
NODE_MUST_CHECK int edhoc_aead_derive(const struct node_hooks *hooks,
                                      const struct edhoc_suite *suite, const uint8_t prk[32],
                                      enum edhoc_label key_label, const uint8_t th[32],
                                      struct edhoc_aead *aead);

/* `ciphertext` is tag_length longer than the plaintext. open: NODE_ERR_VERIFY. */
NODE_MUST_CHECK int edhoc_aead_seal(const struct node_hooks *hooks, const struct edhoc_aead *aead,
                                    const uint8_t *plaintext, size_t length, uint8_t *ciphertext);
NODE_MUST_CHECK int edhoc_aead_open(const struct node_hooks *hooks, const struct edhoc_aead *aead,
                                    const uint8_t *ciphertext, size_t length, uint8_t *plaintext);

#endif
