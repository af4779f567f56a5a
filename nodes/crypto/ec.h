/* The seam to elliptic curves: P-256 with ECDH and deterministic ECDSA (RFC 6979, SHA-256), X25519
 * (RFC 7748), and Ed25519 (RFC 8032) where the backend has it. Every result is a function of its
 * inputs: private keys come from the random hook, and all backends give the same octets. Each
 * operation reports its cost to the hooks, except those of Ed25519.
 *
 * Results are 0 or NODE_ERR_CRYPTO, unless said otherwise; outputs are wiped on error. */
#ifndef NODES_CRYPTO_EC_H
#define NODES_CRYPTO_EC_H

#include "../node.h"

enum { EC_LENGTH = 32, EC_SIGNATURE_LENGTH = 64 };

enum ec_curve { EC_P256, EC_X25519, EC_ED25519 };

/* A public key. X25519: `x` is the u-coordinate, little-endian. Ed25519: `x` is the encoded point.
 */
struct ec_public {
  enum ec_curve curve;
  uint8_t x[EC_LENGTH];
  uint8_t y[EC_LENGTH]; /* P-256 only */
};

/* What a library does; 0, or any other number if it fails. Scalars are valid and points may be any
 * octets: what is no point on the curve must fail. Used through the functions below. */
struct ec_backend {
  const char *name;
  int (*p256_public)(const uint8_t private[32], uint8_t x[32], uint8_t y[32]);
  int (*p256_ecdh)(const uint8_t private[32], const uint8_t x[32], const uint8_t y[32],
                   uint8_t secret[32]);
  int (*p256_decompress)(const uint8_t x[32], bool odd, uint8_t y[32]);
  int (*p256_sign)(const uint8_t private[32], const uint8_t hash[32], uint8_t signature[64]);
  int (*p256_verify)(const uint8_t x[32], const uint8_t y[32], const uint8_t hash[32],
                     const uint8_t signature[64]);
  int (*x25519)(const uint8_t private[32], const uint8_t u[32], uint8_t product[32]);
  /* NULL where the library has no Ed25519. */
  int (*ed25519_public)(const uint8_t private[32], uint8_t x[32]);
  int (*ed25519_sign)(const uint8_t private[32], const uint8_t *message, size_t length,
                      uint8_t signature[64]);
  int (*ed25519_verify)(const uint8_t x[32], const uint8_t *message, size_t length,
                        const uint8_t signature[64]);
};

extern const struct ec_backend EC_MBEDTLS;   /* the reference; no Ed25519 */
extern const struct ec_backend EC_LIBCRYPTO; /* some 20 times faster; for simulation, where nobody
                                                measures how long it takes */

/* Who computes, and who is told the cost. */
struct ec {
  const struct ec_backend *backend; /* NULL: EC_MBEDTLS */
  const struct node_hooks *hooks;   /* `random` is needed by ec_generate only; may be NULL else */
};

/* Whether the curve has signatures that this backend can compute. */
bool ec_signs(const struct ec *ec, enum ec_curve curve);

/* A fresh key pair. P-256: octets of the random hook are a scalar, drawn again while out of range;
 * other curves: they are the private key. */
NODE_MUST_CHECK int ec_generate(const struct ec *ec, enum ec_curve curve, uint8_t private[32],
                                struct ec_public *public);

/* The public key of a private one. NODE_ERR_MALFORMED: a scalar out of range. */
NODE_MUST_CHECK int ec_derive(const struct ec *ec, enum ec_curve curve, const uint8_t private[32],
                              struct ec_public *public);

/* The public key of this x-coordinate (P-256: with the even or the odd y). NODE_ERR_MALFORMED: no
 * point on the curve, or an X25519 point of low order. */
NODE_MUST_CHECK int ec_decompress(const struct ec *ec, enum ec_curve curve, const uint8_t x[32],
                                  bool odd, struct ec_public *public);

/* Diffie-Hellman: P-256 gives the x-coordinate. NODE_ERR_MALFORMED: no point on the curve, a scalar
 * out of range, or a secret that is zero. */
NODE_MUST_CHECK int ec_agree(const struct ec *ec, const uint8_t private[32],
                             const struct ec_public *public, uint8_t secret[32]);

/* Signs or verifies a message; P-256 signatures are r and s. NODE_ERR_UNSUPPORTED: a curve without
 * signatures; sign: NODE_ERR_MALFORMED for a scalar out of range; verify: NODE_ERR_VERIFY for a
 * wrong signature or public key. */
NODE_MUST_CHECK int ec_sign(const struct ec *ec, enum ec_curve curve, const uint8_t private[32],
                            const uint8_t *message, size_t length, uint8_t signature[64]);
NODE_MUST_CHECK int ec_verify(const struct ec *ec, const struct ec_public *public,
                              const uint8_t *message, size_t length, const uint8_t signature[64]);

#endif
