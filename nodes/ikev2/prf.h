/* The pseudorandom functions of IKEv2 (RFC 7296 section 2.13): HMAC-SHA-256 (RFC 4868), AES-CMAC
 * with keys of any length (RFC 4615). Results are 0, NODE_ERR_CRYPTO, or NODE_ERR_TOO_LONG where
 * the slices are longer than IKEV2_PRF_INPUT_MAX; outputs are wiped on error. */
#ifndef NODES_IKEV2_PRF_H
#define NODES_IKEV2_PRF_H

#include "payload.h"

enum {
  IKEV2_PRF_MAX = 32, /* octets of an output, and of a key */
  IKEV2_PRF_INPUT_MAX = NODE_DATAGRAM_MAX + 2 * IKEV2_NONCE_MAX + 64,
};

/* Octets of its output, and of the keys that are made for it: 32, or 16. */
size_t ikev2_prf_length(enum ikev2_prf prf);

/* prf(key, slices one after another), of ikev2_prf_length octets. */
NODE_MUST_CHECK int ikev2_prf(const struct node_hooks *hooks, enum ikev2_prf prf,
                              struct crypto_slice key, const struct crypto_slice *slices,
                              size_t count, uint8_t *out);

/* prf+(key, slices one after another), `length` octets, up to 255 outputs. */
NODE_MUST_CHECK int ikev2_prf_plus(const struct node_hooks *hooks, enum ikev2_prf prf,
                                   struct crypto_slice key, const struct crypto_slice *slices,
                                   size_t count, uint8_t *out, size_t length);

#endif
