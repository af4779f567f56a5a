/* AEADs by one pair of functions, named as the algorithms of COSE (RFC 9053 section 4). */
#ifndef NODES_CRYPTO_AEAD_H
#define NODES_CRYPTO_AEAD_H

#include "crypto.h"

enum crypto_aead {
  CRYPTO_AEAD_AES_CCM_16_64_128,
  CRYPTO_AEAD_A128GCM,
  CRYPTO_AEAD_A256GCM,
  CRYPTO_AEAD_CHACHA20_POLY1305,
};

enum { CRYPTO_AEAD_KEY_MAX = 32, CRYPTO_AEAD_NONCE_MAX = 13, CRYPTO_AEAD_TAG_MAX = 16 };

/* Octets of what an AEAD takes and adds. */
struct crypto_aead_lengths {
  size_t key, nonce, tag;
};

struct crypto_aead_lengths crypto_aead_lengths_of(enum crypto_aead aead);

/* `encrypt` writes `length` octets and the tag, `decrypt` `length` octets from `length` and the
 * tag. `text` and `out` may be the same. decrypt: NODE_ERR_VERIFY with `out` wiped if the tag is
 * wrong (compared in constant time).
 *
 * Costs, for `a` blocks of 16 octets of associated data and `t` of text:
 * AES-CCM: as crypto_ccm_encrypt.
 * AES-GCM (NIST SP 800-38D): one key schedule; 2 + t of AES (the hash key, the first counter block
 * that masks the tag, the text) and a + t + 1 of GHASH (the last are the lengths). What tables a
 * multiplication is sped up with is not counted.
 * ChaCha20/Poly1305 (RFC 8439 section 2.8): 1 of ChaCha20 for the one-time key, and those of 64
 * octets of text; a + t + 1 of Poly1305. */
NODE_MUST_CHECK int crypto_aead_encrypt(const struct node_hooks *hooks, enum crypto_aead aead,
                                        const uint8_t *key, const uint8_t *nonce,
                                        const uint8_t *aad, size_t aad_length, const uint8_t *text,
                                        size_t length, uint8_t *out);
NODE_MUST_CHECK int crypto_aead_decrypt(const struct node_hooks *hooks, enum crypto_aead aead,
                                        const uint8_t *key, const uint8_t *nonce,
                                        const uint8_t *aad, size_t aad_length, const uint8_t *text,
                                        size_t length, uint8_t *out);

#endif
