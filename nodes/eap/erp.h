/* Keys of the EAP Re-authentication Protocol (ERP, RFC 6696 section 4): the root that a full
 * authentication leaves on both sides, and what is derived from it without another one. All keys
 * have the length of their parent, 64 octets. */
#ifndef NODES_EAP_ERP_H
#define NODES_EAP_ERP_H

#include "emsk.h"

enum {
  ERP_TAG_MAX = 32,
  ERP_NAI_MAX = 253,                          /* octets of a keyName-NAI */
  ERP_NAI_NAME_LENGTH = 2 * EMSK_NAME_LENGTH, /* EMSKname in hexadecimal digits */
  ERP_REALM_MAX = ERP_NAI_MAX - ERP_NAI_NAME_LENGTH - 1,
  ERP_SEQUENCE_MAX = 0xffff,
  /* Of rMSKs, as of all exported keys (RFC 5247 section 3.5); and of roots, which must outlive the
   * keys that come of them. */
  ERP_LIFETIME_DEFAULT_S = 8 * 3600,
  ERP_ROOT_LIFETIME_DEFAULT_S = 7 * 24 * 3600,
};

/* Section 5.3.2: the MAC of a message; its PRF is HMAC-SHA-256 in all of them. */
enum erp_suite {
  ERP_SUITE_NONE = 0, /* reserved. In a Finish that says no: it has no tag (ours; nothing says what
                         stands there in a message that cannot be protected) */
  ERP_SUITE_HMAC_SHA256_64 = 1,
  ERP_SUITE_HMAC_SHA256_128 = 2, /* must be implemented */
  ERP_SUITE_HMAC_SHA256_256 = 3,
  ERP_SUITES
};

/* A set of suites: bit n is suite n. */
enum { ERP_SUITES_ALL = 1 << 1 | 1 << 2 | 1 << 3 };
bool erp_suites_have(unsigned suites, uint8_t suite);

/* Octets of a suite's tag; 0 for ERP_SUITE_NONE. `suite` is below ERP_SUITES. */
size_t erp_tag_length(uint8_t suite);

/* rRK, and the name of the EMSK that it is of. */
struct erp_root {
  uint8_t name[EMSK_NAME_LENGTH];
  uint8_t key[EAP_KEY_LENGTH];
};

/* Section 4.1: the root of the home domain; or that of another, DS-rRK, from its DSRK. Errors are
 * those of emsk_kdf, and the output is wiped then; so they are of all that follow. */
NODE_MUST_CHECK int erp_root_derive(const struct node_hooks *hooks,
                                    const uint8_t emsk[EAP_KEY_LENGTH],
                                    const struct eap_session_id *session, struct erp_root *root);
NODE_MUST_CHECK int erp_root_derive_in_domain(const struct node_hooks *hooks,
                                              const uint8_t dsrk[EAP_KEY_LENGTH],
                                              const uint8_t name[EMSK_NAME_LENGTH],
                                              struct erp_root *root);

/* Section 4.3: the key of the tags of one suite. */
NODE_MUST_CHECK int erp_rik(const struct node_hooks *hooks, const struct erp_root *root,
                            uint8_t suite, uint8_t rik[EAP_KEY_LENGTH]);

/* Section 4.6: what takes the place of an MSK after the exchange with this sequence number. */
NODE_MUST_CHECK int erp_rmsk(const struct node_hooks *hooks, const struct erp_root *root,
                             uint16_t sequence, uint8_t rmsk[EAP_KEY_LENGTH]);

/* Section 5.3.2: keyName-NAI, the EMSKname in digits, "@" and a realm of at most ERP_REALM_MAX
 * octets. Returns its octets. */
size_t erp_nai_write(const uint8_t name[EMSK_NAME_LENGTH], const uint8_t *realm,
                     size_t realm_length, uint8_t nai[ERP_NAI_MAX]);

/* Reads one; `*realm` is what is behind the "@". False: it is none. */
NODE_MUST_CHECK bool erp_nai_read(const uint8_t *nai, size_t length, uint8_t name[EMSK_NAME_LENGTH],
                                  const uint8_t **realm, size_t *realm_length);

#endif
