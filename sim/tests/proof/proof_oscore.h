/* Opens what OSCORE (RFC 8613, AES-CCM-16-64-128) protects, given the secrets. */
#ifndef SIM_TESTS_PROOF_PROOF_OSCORE_H
#define SIM_TESTS_PROOF_PROOF_OSCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROOF_SECRET_MSK = 32, PROOF_SECRET_EDHOC = 16, PROOF_SALT = 8, PROOF_TAG = 8 };

struct proof_id {
  uint8_t octets[7];
  size_t length;
};

/* Master secret and salt, the Sender IDs; the ID Context, NULL where there is none. */
struct proof_context {
  uint8_t secret[PROOF_SECRET_MSK + PROOF_SALT];
  size_t secret_length; /* of the master secret; the salt is behind it */
  struct proof_id peer, authenticator;
  const uint8_t *id_context;
  size_t id_context_length;
};

/* What the nonce comes from: the Partial IV, and who sent it. */
struct proof_nonce {
  bool from_peer;
  uint8_t piv[5];
  size_t piv_length;
};

/* The Partial IV of an option's value; length 0 where it has none. */
void proof_oscore_piv(const uint8_t *option, size_t length, struct proof_nonce *nonce);

/* Decrypts what peer or authenticator sent into `plaintext`, which takes length - PROOF_TAG octets.
 * `request` is the Partial IV of the request (which for a request is `nonce` itself). False if the
 * tag is not that of these octets. */
bool proof_oscore_open(const struct proof_context *context, bool from_peer,
                       const struct proof_nonce *nonce, const struct proof_nonce *request,
                       const uint8_t *ciphertext, size_t length, uint8_t *plaintext);

#endif
