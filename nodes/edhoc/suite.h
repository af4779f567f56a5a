/* Cipher suites (RFC 9528 sections 3.6 and 10.2) and the lists of them that SUITES_I and SUITES_R
 * are. */
#ifndef NODES_EDHOC_SUITE_H
#define NODES_EDHOC_SUITE_H

#include "../cbor/reader.h"
#include "../crypto/ec.h"

enum { EDHOC_SUITES_MAX = 16 };

/* A suite that we can run. All have AES-128 with a nonce of 13 octets, SHA-256, and
 * AES-CCM-16-64-128 as application algorithm. */
struct edhoc_suite {
  int32_t value;
  size_t tag_length; /* of the EDHOC AEAD algorithm */
  size_t mac_length; /* of static Diffie-Hellman */
  enum ec_curve exchange;
  enum ec_curve signature;
};

/* NULL: not one of 0 to 3. */
const struct edhoc_suite *edhoc_suite_find(int32_t value);

struct edhoc_suites {
  int32_t value[EDHOC_SUITES_MAX];
  size_t count;
};

/* One is an integer, several are an array. */
void edhoc_suites_put(struct span_writer *out, const struct edhoc_suites *suites);

/* NODE_ERR_MALFORMED; NODE_ERR_TOO_LONG: more than EDHOC_SUITES_MAX. */
NODE_MUST_CHECK int edhoc_suites_get(struct cbor_reader *reader, struct edhoc_suites *suites);

bool edhoc_suites_have(const struct edhoc_suites *suites, int32_t value);

#endif
