/* The seam to the cryptographic library (mbedtls): each primitive reports its cost to the hooks.
 * `hooks` may be NULL. All results are 0 or NODE_ERR_CRYPTO, unless said otherwise; outputs are
 * wiped on error. */
#ifndef NODES_CRYPTO_CRYPTO_H
#define NODES_CRYPTO_CRYPTO_H

#include "../node.h"

enum {
  CRYPTO_AES_LENGTH = 16,
  CRYPTO_CCM_NONCE_LENGTH = 13,
  CRYPTO_SHA256_LENGTH = 32,
  CRYPTO_SHA384_LENGTH = 48,
  CRYPTO_HASH_MAX = CRYPTO_SHA384_LENGTH,
  CRYPTO_SHA1_LENGTH = 20,
  CRYPTO_MD5_LENGTH = 16
};

/* One AES-128 block. */
NODE_MUST_CHECK int crypto_aes128_encrypt(const struct node_hooks *hooks, const uint8_t key[16],
                                          const uint8_t in[16], uint8_t out[16]);

/* Expands one block to `count` blocks (1 to 255) with one key schedule, in the modified counter
 * mode of RFC 4764 section 3.1: block i (from 1) is E(E(in) xor i). */
NODE_MUST_CHECK int crypto_aes128_expand(const struct node_hooks *hooks, const uint8_t key[16],
                                         const uint8_t in[16], uint8_t *out, uint8_t count);

/* AES-CMAC (RFC 4493). */
NODE_MUST_CHECK int crypto_cmac(const struct node_hooks *hooks, const uint8_t key[16],
                                const uint8_t *data, size_t length, uint8_t mac[16]);

/* AES-CMAC-PRF-128 (RFC 4615): a CMAC whose key may have any length. */
NODE_MUST_CHECK int crypto_cmac_prf(const struct node_hooks *hooks, const uint8_t *key,
                                    size_t key_length, const uint8_t *data, size_t length,
                                    uint8_t mac[16]);

/* EAX with AES-128 (Bellare, Rogaway, Wagner), a tag of 16 octets. `out` has the length of the
 * input and may be the same buffer. decrypt: NODE_ERR_VERIFY with `out` wiped if the tag is wrong
 * (compared in constant time). */
NODE_MUST_CHECK int crypto_eax_encrypt(const struct node_hooks *hooks, const uint8_t key[16],
                                       const uint8_t *nonce, size_t nonce_length,
                                       const uint8_t *header, size_t header_length,
                                       const uint8_t *plaintext, size_t length, uint8_t *out,
                                       uint8_t tag[16]);
NODE_MUST_CHECK int crypto_eax_decrypt(const struct node_hooks *hooks, const uint8_t key[16],
                                       const uint8_t *nonce, size_t nonce_length,
                                       const uint8_t *header, size_t header_length,
                                       const uint8_t *ciphertext, size_t length,
                                       const uint8_t tag[16], uint8_t *out);

/* AES-CCM with AES-128, a nonce of 7 to 13 octets and a tag of `tag_length` (8 or 16). `encrypt`
 * writes length + tag_length octets, `decrypt` length octets from length + tag_length
 * (NODE_ERR_VERIFY).
 */
NODE_MUST_CHECK int crypto_ccm_encrypt(const struct node_hooks *hooks, const uint8_t key[16],
                                       const uint8_t *nonce, size_t nonce_length,
                                       const uint8_t *aad, size_t aad_length,
                                       const uint8_t *plaintext, size_t length, size_t tag_length,
                                       uint8_t *out);
NODE_MUST_CHECK int crypto_ccm_decrypt(const struct node_hooks *hooks, const uint8_t key[16],
                                       const uint8_t *nonce, size_t nonce_length,
                                       const uint8_t *aad, size_t aad_length,
                                       const uint8_t *ciphertext, size_t length, size_t tag_length,
                                       uint8_t *out);

/* SHA-256. */
NODE_MUST_CHECK int crypto_sha256(const struct node_hooks *hooks, const uint8_t *data,
                                  size_t length, uint8_t hash[32]);

/* SHA-1, for the detection of NAT by IKEv2 alone (RFC 7296 section 2.23): nothing rests on it. A
 * compression is reported as one of SHA-256, as with HMAC. */
NODE_MUST_CHECK int crypto_sha1(const struct node_hooks *hooks, const uint8_t *data, size_t length,
                                uint8_t hash[20]);

/* HKDF with SHA-256 (RFC 5869). `salt` NULL: 32 zero octets. */
NODE_MUST_CHECK int crypto_hkdf_extract(const struct node_hooks *hooks, const uint8_t *salt,
                                        size_t salt_length, const uint8_t *ikm, size_t ikm_length,
                                        uint8_t prk[32]);
NODE_MUST_CHECK int crypto_hkdf_expand(const struct node_hooks *hooks, const uint8_t prk[32],
                                       const uint8_t *info, size_t info_length, uint8_t *out,
                                       size_t length);

/* Hashes of HKDF; NONE: one that the library has not, for which nothing is computed. */
enum crypto_hash { CRYPTO_HASH_SHA256, CRYPTO_HASH_SHA384, CRYPTO_HASH_NONE };

/* Octets of a hash. */
size_t crypto_hash_length(enum crypto_hash hash);

/* The same with the hash that is named: a PRK of crypto_hash_length octets, and a `salt` of NULL as
 * many zeros. Expand takes any PRK that is at least as long as a hash (an MSK is one); a shorter
 * one is NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int crypto_hkdf_extract_with(const struct node_hooks *hooks, enum crypto_hash hash,
                                             const uint8_t *salt, size_t salt_length,
                                             const uint8_t *ikm, size_t ikm_length, uint8_t *prk);
NODE_MUST_CHECK int crypto_hkdf_expand_with(const struct node_hooks *hooks, enum crypto_hash hash,
                                            const uint8_t *prk, size_t prk_length,
                                            const uint8_t *info, size_t info_length, uint8_t *out,
                                            size_t length);

/* HMAC (RFC 2104) with SHA-256 or SHA-1. A compression of SHA-1 is reported as one of SHA-256,
 * which is rather too much: no platform's figures tell the two apart. */
NODE_MUST_CHECK int crypto_hmac_sha256(const struct node_hooks *hooks, const uint8_t *key,
                                       size_t key_length, const uint8_t *data, size_t length,
                                       uint8_t mac[32]);
NODE_MUST_CHECK int crypto_hmac_sha1(const struct node_hooks *hooks, const uint8_t *key,
                                     size_t key_length, const uint8_t *data, size_t length,
                                     uint8_t mac[20]);

/* A piece of what is hashed. */
struct crypto_slice {
  const uint8_t *data;
  size_t length;
};

/* MD5 (RFC 1321) and HMAC-MD5 (RFC 2104) of `count` slices one after another, for RADIUS alone. Not
 * reported to the hooks: no constrained device computes them. */
NODE_MUST_CHECK int crypto_md5(const struct crypto_slice *slices, size_t count, uint8_t digest[16]);
NODE_MUST_CHECK int crypto_hmac_md5(const uint8_t *key, size_t key_length,
                                    const struct crypto_slice *slices, size_t count,
                                    uint8_t mac[16]);

/* Constant-time comparison. */
bool crypto_equal(const uint8_t *a, const uint8_t *b, size_t length);

/* Erases secrets; not optimised away. */
void crypto_wipe(void *data, size_t length);

/* The version of mbedtls that runs; static text. */
const char *crypto_library_version(void);

#endif
