/* X.509 certificates with P-256 keys and ECDSA with SHA-256 (RFC 5280): mbedtls reads them, the
 * elliptic-curve seam verifies their signatures.
 *
 * Time is the caller's (struct edhoc_trust). Names are read by name.h. Revocation is left out, and
 * so are name constraints and policies; critical extensions other than basic constraints, key
 * usages and subjectAltName are refused. */
#ifndef NODES_EDHOC_CERTIFICATE_H
#define NODES_EDHOC_CERTIFICATE_H

#include "../crypto/ec.h"

enum { EDHOC_CHAIN_MAX = 4 };

/* One DER certificate of the caller's. */
struct edhoc_certificate {
  const uint8_t *der;
  size_t length;
};

/* What the end entity's key is for (RFC 5280 section 4.2.1.3). */
enum edhoc_key_use { EDHOC_USE_ANY, EDHOC_USE_SIGNATURE, EDHOC_USE_AGREEMENT };

/* What the end entity says it is for, if it says so (extKeyUsage, RFC 5280 section 4.2.1.12). */
enum edhoc_purpose { EDHOC_FOR_ANY, EDHOC_FOR_CLIENT, EDHOC_FOR_SERVER };

/* What a chain is verified against. */
struct edhoc_trust {
  const struct edhoc_certificate *anchors; /* CA certificates; or the end entity itself */
  size_t anchors_count;
  enum edhoc_key_use use;
  enum edhoc_purpose purpose;
  bool timed;      /* look at validity times: of the chain, and of the anchor */
  uint64_t time_s; /* since the beginning of 1970, UTC */
};

/* The public key. NODE_ERR_MALFORMED, NODE_ERR_UNSUPPORTED: not P-256. */
NODE_MUST_CHECK int edhoc_certificate_key(const struct edhoc_certificate *certificate,
                                          struct ec_public *public);

/* The certificates of x5chain, the end entity first, each signed by the next (RFC 9360 section 2);
 * `chain` has room for EDHOC_CHAIN_MAX. NODE_ERR_MALFORMED, NODE_ERR_TOO_LONG. */
NODE_MUST_CHECK int edhoc_chain_read(const uint8_t *id_cred, size_t length,
                                     struct edhoc_certificate *chain, size_t *count);

/* Whether its validity has begun and has not ended at this time. NODE_ERR_MALFORMED,
 * NODE_ERR_UNSUPPORTED, NODE_ERR_VERIFY; `*why` is static text. */
NODE_MUST_CHECK int edhoc_certificate_check_time(const struct edhoc_certificate *certificate,
                                                 uint64_t time_s, const char **why);

/* Verifies a chain up to one of the anchors. Returns 0, NODE_ERR_MALFORMED, NODE_ERR_UNSUPPORTED
 * (algorithms), NODE_ERR_VERIFY (a wrong signature, or something that is not for this use, purpose
 * or time) or NODE_ERR_UNKNOWN (no anchor); `*why` is then static text. */
NODE_MUST_CHECK int edhoc_chain_verify(const struct ec *ec, const struct edhoc_certificate *chain,
                                       size_t count, const struct edhoc_trust *trust,
                                       const char **why);

/* Whether it is one of the anchors itself. */
bool edhoc_certificate_is_anchor(const struct edhoc_certificate *certificate,
                                 const struct edhoc_certificate *anchors, size_t anchors_count);

#endif
