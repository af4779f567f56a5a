/* Key derivation of CoAP-EAP: MSK to OSCORE security context (draft section 4.1), or to DTLS_PSK
 * (appendix A.1). */
#ifndef NODES_COAP_EAP_KEYS_H
#define NODES_COAP_EAP_KEYS_H

#include "../eap/method.h"
#include "../oscore/oscore.h"

enum {
  COAP_EAP_MASTER_SECRET_LENGTH = 32,
  COAP_EAP_MASTER_SALT_LENGTH = 8,
  COAP_EAP_DTLS_PSK_LENGTH = 16, /* without the token that follows it */
};

/* Which side's context to derive. The draft names no identifiers: the authenticator, which sends
 * the OSCORE requests of step 7, has the empty Sender ID, the peer 0x01. */
enum coap_eap_side { COAP_EAP_SIDE_PEER, COAP_EAP_SIDE_AUTHENTICATOR };

/* Master Secret, then Master Salt. */
struct coap_eap_master {
  uint8_t secret[COAP_EAP_MASTER_SECRET_LENGTH];
  uint8_t salt[COAP_EAP_MASTER_SALT_LENGTH];
};

/* RK = HKDF-Extract(no salt, MSK); Master Secret and Master Salt = HKDF-Expand(RK, label, length),
 * labels without terminating zero. NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int coap_eap_derive_master(const uint8_t msk[EAP_KEY_LENGTH],
                                           const struct node_hooks *hooks,
                                           struct coap_eap_master *master);

/* The security context of one side. `id_context` NULL: none. */
NODE_MUST_CHECK int coap_eap_derive_context(const struct coap_eap_master *master,
                                            enum coap_eap_side side, const uint8_t *id_context,
                                            size_t id_context_length,
                                            const struct node_hooks *hooks,
                                            struct oscore_context *context);

/* What the token is appended to. NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int coap_eap_derive_dtls_psk(const uint8_t msk[EAP_KEY_LENGTH],
                                             const struct node_hooks *hooks,
                                             uint8_t psk[COAP_EAP_DTLS_PSK_LENGTH]);

#endif
