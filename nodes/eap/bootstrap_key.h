/* Keys of application bootstrapping (draft-ohba-core-eap-based-bootstrapping): what UE and ApS
 * share, below the EMSK of an authentication by EAP (requirement 3). The draft says that they come
 * from the EMSK's hierarchy (RFC 5295) and leaves the formats open: labels and data are ours.
 *
 *   EMSK --> rRK --> rMSK --> PSK                 pull: erp; each sequence number has its rMSK
 *   EMSK --> root of an ApS --> PSK               pull: psk-identity; a USRK with the ApS's name
 *   EMSK --> root of a provider --> EAP-PSK       recommissioning; with the provider's name
 *
 * The KDF is that of RFC 5295 section 3.1.2. Errors are those of emsk_kdf;
 * NODE_ERR_TOO_LONG also for a name out of its range. */
#ifndef NODES_EAP_BOOTSTRAP_KEY_H
#define NODES_EAP_BOOTSTRAP_KEY_H

#include "emsk.h"

enum {
  BOOTSTRAP_NAME_MAX = 64, /* octets of the name of an ApS or a provider */
  BOOTSTRAP_DTLS_PSK_LENGTH = 16,
  BOOTSTRAP_IKE_PSK_LENGTH = 32,
  BOOTSTRAP_EAP_PSK_LENGTH = 16,
  BOOTSTRAP_IDENTITY_LENGTH = 2 * EMSK_NAME_LENGTH, /* a UE's PSK identity: EMSKname in hexadecimal
                                                     * digits, lower case (RFC 4279 section 5.1) */
};

/* The name of an ApS (ApS-Id) or a provider; octets of somebody else's. */
struct bootstrap_name {
  const uint8_t *octets;
  size_t length; /* 1 to BOOTSTRAP_NAME_MAX */
};

/* What key is made for a use: of DTLS-PSK or of IKEv2. */
enum bootstrap_use { BOOTSTRAP_DTLS, BOOTSTRAP_IKEV2 };

size_t bootstrap_psk_length(enum bootstrap_use use);

/* From an rMSK: KDF(rMSK, "CoAP DTLS-PSK" | 0 | ApS-Id | 0010), "CoAP IKEv2-PSK" and 0020. */
NODE_MUST_CHECK int bootstrap_psk_from_rmsk(const struct node_hooks *hooks,
                                            const uint8_t rmsk[EAP_KEY_LENGTH],
                                            const struct bootstrap_name *aps,
                                            enum bootstrap_use use, uint8_t *psk);

/* The root of an ApS: KDF(EMSK, "experimental1" | 0 | ApS-Id | 0040); of a provider:
 * "experimental2" (RFC 5295 section 8.1: labels for such use). */
NODE_MUST_CHECK int bootstrap_aps_root(const struct node_hooks *hooks,
                                       const uint8_t emsk[EAP_KEY_LENGTH],
                                       const struct bootstrap_name *aps,
                                       uint8_t root[EAP_KEY_LENGTH]);
NODE_MUST_CHECK int bootstrap_provider_root(const struct node_hooks *hooks,
                                            const uint8_t emsk[EAP_KEY_LENGTH],
                                            const struct bootstrap_name *provider,
                                            uint8_t root[EAP_KEY_LENGTH]);

/* From the root of an ApS: KDF(root, "CoAP DTLS-PSK" | 0 | 0010), likewise. */
NODE_MUST_CHECK int bootstrap_psk_from_root(const struct node_hooks *hooks,
                                            const uint8_t root[EAP_KEY_LENGTH],
                                            enum bootstrap_use use, uint8_t *psk);

/* From the root of a provider: KDF(root, "EAP-PSK" | 0 | 0010), the credential for EAP-PSK. */
NODE_MUST_CHECK int bootstrap_eap_psk(const struct node_hooks *hooks,
                                      const uint8_t root[EAP_KEY_LENGTH],
                                      uint8_t psk[BOOTSTRAP_EAP_PSK_LENGTH]);

/* A UE's PSK identity, and back. False: it is none. */
void bootstrap_identity_write(const uint8_t name[EMSK_NAME_LENGTH],
                              uint8_t identity[BOOTSTRAP_IDENTITY_LENGTH]);
NODE_MUST_CHECK bool bootstrap_identity_read(const uint8_t *identity, size_t length,
                                             uint8_t name[EMSK_NAME_LENGTH]);

#endif
