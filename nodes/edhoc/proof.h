/* Signature_or_MAC_2 and _3 (RFC 9528 sections 5.3.2 and 5.4.2): how each side proves that it has
 * the private key of its credential. Each kind of proof is a row. Private to this folder and its
 * tests. */
#ifndef NODES_EDHOC_PROOF_H
#define NODES_EDHOC_PROOF_H

#include "certificate.h"
#include "schedule.h"

enum { EDHOC_PROOF_MAX = EC_SIGNATURE_LENGTH, EDHOC_MAC_MAX = EDHOC_HASH_LENGTH };

struct edhoc;
struct edhoc_proof_kind;

/* What is authenticated, as octets of CBOR, except `c_r` and `th`, which are raw. */
struct edhoc_proof {
  enum edhoc_label label; /* EDHOC_MAC_2 or EDHOC_MAC_3 */
  const struct edhoc_proof_kind *kind;
  const uint8_t *c_r; /* of MAC_2 only */
  size_t c_r_length;
  const uint8_t *id_cred;
  size_t id_cred_length;
  const uint8_t *th; /* TH_2 or TH_3 */
  const uint8_t *cred;
  size_t cred_length;
  const uint8_t *ead;
  size_t ead_length;
};

/* What a kind is made of. A function that is NULL has nothing to do. */
struct edhoc_proof_kind {
  const char *name;
  enum edhoc_key_use use; /* what the key of a certificate must be for */
  /* The curve of the authentication key. */
  enum ec_curve (*curve)(const struct edhoc_suite *suite);
  /* Whether the backend can compute it; NULL: always. */
  bool (*runs)(const struct ec *ec, const struct edhoc_suite *suite);
  /* PRK_3e2m or PRK_4e3m in place of the PRK before it, with an ECDH; NULL: it is the PRK before
   * it. `peer_static` is the key of the side that proves itself where that is the peer, NULL where
   * it is ours. */
  int (*derive)(struct edhoc *next, enum edhoc_label salt_label,
                const struct ec_public *peer_static);
  /* Octets of MAC_x, and of Signature_or_MAC_x. */
  size_t (*mac_length)(const struct edhoc_suite *suite);
  size_t (*length)(const struct edhoc_suite *suite);
  /* Signature_or_MAC_x from MAC_x, and its verification. */
  int (*compose)(const struct ec *ec, const struct edhoc_suite *suite,
                 const struct edhoc_proof *proof, const uint8_t *mac, const uint8_t private[32],
                 uint8_t signature_or_mac[EDHOC_PROOF_MAX]);
  int (*verify)(const struct ec *ec, const struct edhoc_suite *suite,
                const struct edhoc_proof *proof, const uint8_t *mac, const struct ec_public *public,
                const uint8_t *signature_or_mac);
};

extern const struct edhoc_proof_kind EDHOC_PROOF_SIGNATURE, EDHOC_PROOF_STATIC;

/* context_2 or context_3. */
void edhoc_context_put(struct span_writer *out, const struct edhoc_proof *proof);

/* MAC_2 from PRK_3e2m, MAC_3 from PRK_4e3m. */
NODE_MUST_CHECK int edhoc_mac(const struct node_hooks *hooks, const struct edhoc_proof *proof,
                              const uint8_t prk[32], uint8_t *mac, size_t mac_length);

/* The Sig_structure of RFC 9052 section 4.4. */
void edhoc_to_be_signed_put(struct span_writer *out, const struct edhoc_proof *proof,
                            const uint8_t *mac, size_t mac_length);

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
