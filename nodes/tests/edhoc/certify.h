/* Certificates for tests, made by mbedtls's own writer: P-256, deterministic ECDSA with SHA-256. A
 * request that cannot be met aborts the test. */
#ifndef NODES_TESTS_EDHOC_CERTIFY_H
#define NODES_TESTS_EDHOC_CERTIFY_H

#include "crypto/ec.h"

enum { CERTIFY_MAX = 1200 }; /* octets of DER */

struct certify {
  const char *issuer, *subject; /* common names; the subject's is padded to reach the length */
  const uint8_t *issuer_private;
  const struct ec_public *public; /* the subject's */
  bool authority;
  size_t length;           /* octets of DER; 0: as it comes */
  const char *from, *to;   /* "20240101000000"; NULL: 2024 to 2049 */
  const char *dns, *email; /* of subjectAltName; NULL: none */
  size_t emails;           /* how often it has the e-mail address; 0: once */
  const char *purpose;     /* octets of an OID of extKeyUsage (mbedtls/oid.h); NULL: none */
};

/* Returns the length of the certificate. */
size_t certify(const struct certify *request, uint8_t der[CERTIFY_MAX]);

#endif
