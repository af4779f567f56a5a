/* From the MSK to the association that CoAP-EAP makes of it. */
#ifndef NODES_COAP_EAP_KEYS_H
#define NODES_COAP_EAP_KEYS_H

#include "../crypto/crypto.h"
#include "../eap/method.h"
#include "../lower/suite.h"
#include "agreement.h"
#include "options.h"

/* What an association is made of. Pointers are used during the call only. */
struct coap_eap_key_config {
  bool authenticator; /* whose side */
  const struct coap_eap_options *options;
  struct node_address local, remote; /* of CoAP without protection */
  const uint8_t *msk;                /* EAP_KEY_LENGTH octets */
  const uint8_t *identity;           /* the octets of the EAP-Response/Identity */
  size_t identity_length;
  const uint8_t *token; /* of the authentication: a part of the draft's DTLS_PSK */
  size_t token_length;
  const struct coap_eap_agreement *agreement;
  struct aaa_cipher_suite suite; /* that the AAA server names to the authenticator */
};

/* Key material of an association. */
struct coap_eap_key {
  uint8_t octets[ASSOCIATION_KEY_MAX];
  size_t length;
};

/* Appends `length` octets of HKDF-Expand(PRK, info, length). It fits (asserted). NODE_ERR_CRYPTO.
 */
NODE_MUST_CHECK int coap_eap_key_expand(struct coap_eap_key *key, enum crypto_hash hash,
                                        const uint8_t *prk, size_t prk_length, const uint8_t *info,
                                        size_t info_length, size_t length,
                                        const struct node_hooks *hooks);

/* The draft's (section 4.1, appendix A.1), of any MSK: RK = HKDF-Extract(no salt, MSK); each part
 * of the key material is HKDF-Expand(RK, label, length), labels "IETF_" and the part's name,
 * without terminating zero: of OSCORE Master Secret and Master Salt; of DTLS the PSK, with the
 * token behind. NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int coap_eap_derive_key(const uint8_t msk[EAP_KEY_LENGTH],
                                        const struct association_kind *kind, const uint8_t *token,
                                        size_t token_length, const struct node_hooks *hooks,
                                        struct coap_eap_key *key);

/* Opens it with the key that the flow derives. Its names are those of the agreement, where there is
 * one. The draft has none for OSCORE: the CoAP client, which sends the request of step 7, has the
 * empty Sender ID, the server 0x01. It is the client that opens a DTLS session. Errors of
 * derive_key and association_open. */
NODE_MUST_CHECK int coap_eap_open_association(struct association *association,
                                              const struct coap_eap_key_config *config,
                                              struct coap_session *coap,
                                              const struct node_hooks *hooks, uint64_t now_ns);

#endif
