/* Cipher suites of OSCORE: an AEAD and the hash of HKDF, by the numbers of the registry "CoAP-EAP
 * Cipher Suites" (RFC 9820), with what RFC 8613 sections 3.1, 5.2 and 5.4 takes from them. */
#ifndef NODES_OSCORE_SUITE_H
#define NODES_OSCORE_SUITE_H

#include "../crypto/aead.h"

/* A row of suites.def. */
struct oscore_suite {
  int32_t number;
  const char *name;
  int32_t cose_aead; /* alg_aead: among the algorithms of COSE */
  int32_t cose_hash;
  enum crypto_aead aead;
  enum crypto_hash hash; /* CRYPTO_HASH_NONE where it is refused */
  size_t key_length;     /* octets, as all lengths */
  size_t nonce_length;
  size_t tag_length;
  size_t secret_length; /* of a Master Secret that CoAP-EAP derives */
  const char *refused;  /* static text: why it cannot be used; NULL: it can */
};

/* NULL: unknown. One that is refused is known. */
const struct oscore_suite *oscore_suite_find(int32_t number);

/* Number 0: AES-CCM-16-64-128 with SHA-256. */
const struct oscore_suite *oscore_suite_default(void);

/* Octets that an ID may have (RFC 8613 section 3.3). */
size_t oscore_suite_id_max(const struct oscore_suite *suite);

#endif
