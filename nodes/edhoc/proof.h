/* Signature_or_MAC_2 and _3 (RFC 9528 sections 5.3.2 and 5.4.2): how each side proves that it has
 * the private key of its credential. Private to this folder and its tests. */
#ifndef NODES_EDHOC_PROOF_H
#define NODES_EDHOC_PROOF_H

#include "schedule.h"

enum { EDHOC_PROOF_MAX = EC_SIGNATURE_LENGTH };

/* What is authenticated, as octets of CBOR, except `c_r` and `th`, which are raw. */
struct edhoc_proof {
  enum edhoc_label label; /* EDHOC_MAC_2 or EDHOC_MAC_3 */
  bool signs;             /* a signature over the MAC, else the MAC itself */
  const uint8_t *c_r;     /* of MAC_2 only */
  size_t c_r_length;
  const uint8_t *id_cred;
  size_t id_cred_length;
  const uint8_t *th; /* TH_2 or TH_3 */
  const uint8_t *cred;
  size_t cred_length;
  const uint8_t *ead;
  size_t ead_length;
};

/* context_2 or context_3. */
void edhoc_context_put(struct span_writer *out, const struct edhoc_proof *proof);

/* MAC_2 from PRK_3e2m, MAC_3 from PRK_4e3m. */
NODE_MUST_CHECK int edhoc_mac(const struct node_hooks *hooks, const struct edhoc_proof *proof,
                              const uint8_t prk[32], uint8_t *mac, size_t mac_length);

/* The Sig_structure of RFC 9052 section 4.4. */
void edhoc_to_be_signed_put(struct span_writer *out, const struct edhoc_proof *proof,
                            const uint8_t *mac, size_t mac_length);

/* Octets of Signature_or_MAC. */
size_t edhoc_proof_length(const struct edhoc_suite *suite, const struct edhoc_proof *proof);

/* Computes Signature_or_MAC; `private` is needed for signatures only. Errors of ec_sign. */
NODE_MUST_CHECK int edhoc_proof_compose(const struct ec *ec, const struct edhoc_suite *suite,
                                        const struct edhoc_proof *proof, const uint8_t prk[32],
                                        const uint8_t private[32],
                                        uint8_t signature_or_mac[EDHOC_PROOF_MAX]);

/* Verifies it: NODE_ERR_VERIFY, NODE_ERR_MALFORMED for a wrong length. */
NODE_MUST_CHECK int edhoc_proof_verify(const struct ec *ec, const struct edhoc_suite *suite,
                                       const struct edhoc_proof *proof, const uint8_t prk[32],
                                       const struct ec_public *public,
                                       const uint8_t *signature_or_mac, size_t length);

#endif
