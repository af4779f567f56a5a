/* Issues X.509 certificates (RFC 5280, version 3) for P-256 keys, of an exact size where that is
 * wanted, with the same octets every time: for the synthetic parties of a run. Validity is from
 * 2024 to 2049. */
#ifndef SIM_CAST_ISSUE_H
#define SIM_CAST_ISSUE_H

#include "crypto/ec.h"

enum { ISSUE_MAX = 1200 }; /* octets of DER */

struct issue {
  const char *issuer;  /* common names, 1 to 64 octets */
  const char *subject; /* a subject is padded with dots to reach the size */
  const uint8_t *issuer_private;
  const struct ec_public *public; /* the subject's */
  bool authority;                 /* a CA: basic constraints and keyCertSign */
  size_t length;                  /* octets of DER; 0: as it comes, without padding */
};

/* Writes DER. NODE_ERR_BAD_CONFIG: names out of range, a key that is not P-256, or a size that
 * cannot be reached; NODE_ERR_TOO_LONG: `capacity` or ISSUE_MAX; NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int issue_certificate(const struct ec *ec, const struct issue *issue, uint8_t *der,
                                      size_t capacity, size_t *length);

#endif
