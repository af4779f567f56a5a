/* The nonce of deterministic ECDSA (RFC 6979) for backends whose library does not draw it. */
#ifndef NODES_CRYPTO_EC_NONCE_H
#define NODES_CRYPTO_EC_NONCE_H

#include "../node.h"

/* Whether the octets are a P-256 scalar: 1 to n-1, big-endian. */
bool ec_p256_scalar(const uint8_t octets[32]);

/* The first nonce of RFC 6979 section 3.2 for P-256 and SHA-256. Returns 0, or the error of the
 * library. */
NODE_MUST_CHECK int ec_p256_nonce(const uint8_t private[32], const uint8_t hash[32],
                                  uint8_t nonce[32]);

#endif
