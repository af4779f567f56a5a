/* The hierarchy of keys below an EMSK (RFC 5295): root keys for a usage (USRK), for a domain (DSRK)
 * and for a usage in a domain (DSUSRK), and their names. The one KDF is that of section 3.1.2, PRF+
 * with HMAC-SHA-256.
 *
 *   Session-Id --> EMSKname, USRKName        EMSK --> USRK
 *   EMSKname   --> DSUSRKName                EMSK --> DSRK --> DSUSRK */
#ifndef NODES_EAP_EMSK_H
#define NODES_EAP_EMSK_H

#include "method.h"

enum {
  EMSK_NAME_LENGTH = 8,
  EMSK_LABEL_MAX = 255,       /* octets */
  EMSK_DATA_MAX = 255,        /* octets of optional data */
  EMSK_LENGTH_MAX = 32 * 255, /* octets that the KDF makes */
};

/* What a key is for: a label of printable ASCII, and the optional data (section 3.1). */
struct emsk_usage {
  const char *label;
  const uint8_t *data; /* NULL: none */
  size_t data_length;
};

/* KDF(key, label | 0 | optional data | length): what all others are made of. NODE_ERR_TOO_LONG: a
 * label, data or a key that are longer than above; NODE_ERR_CRYPTO, with `out` wiped. */
NODE_MUST_CHECK int emsk_kdf(const struct node_hooks *hooks, const uint8_t *key, size_t key_length,
                             const struct emsk_usage *usage, uint8_t *out, size_t length);

/* Section 3.1. The errors of this and of those that follow are those of emsk_kdf. */
NODE_MUST_CHECK int emsk_usrk(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
                              const struct emsk_usage *usage, uint8_t *out, size_t length);

/* Section 3.2: the name of the EMSK of this session, and of its USRK for this usage. */
NODE_MUST_CHECK int emsk_name(const struct node_hooks *hooks, const struct eap_session_id *session,
                              uint8_t name[EMSK_NAME_LENGTH]);
NODE_MUST_CHECK int emsk_usrk_name(const struct node_hooks *hooks,
                                   const struct eap_session_id *session,
                                   const struct emsk_usage *usage, uint8_t name[EMSK_NAME_LENGTH]);

/* Section 4: the root key of a domain, and within it that of a usage, with its name. */
NODE_MUST_CHECK int emsk_dsrk(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
                              const uint8_t *domain, size_t domain_length,
                              uint8_t dsrk[EAP_KEY_LENGTH]);
NODE_MUST_CHECK int emsk_dsusrk(const struct node_hooks *hooks, const uint8_t dsrk[EAP_KEY_LENGTH],
                                const struct emsk_usage *usage, uint8_t *out, size_t length);
NODE_MUST_CHECK int emsk_dsusrk_name(const struct node_hooks *hooks,
                                     const uint8_t name_of_emsk[EMSK_NAME_LENGTH],
                                     const struct emsk_usage *usage,
                                     uint8_t name[EMSK_NAME_LENGTH]);

#endif
