/* Signature_or_MAC: what its kinds share. */
#include "proof.h"

#include "../cbor/writer.h"
#include "identifier.h"

/* TH_x, CRED_x, ? EAD_x */
static void put_tail(struct span_writer *out, const struct edhoc_proof *proof) {
  cbor_put_bytes(out, proof->th, EDHOC_HASH_LENGTH);
  cbor_put_encoded(out, proof->cred, proof->cred_length);
  cbor_put_encoded(out, proof->ead, proof->ead_length);
}

void edhoc_context_put(struct span_writer *out, const struct edhoc_proof *proof) {
  if (proof->label == EDHOC_MAC_2)
    edhoc_identifier_put(out, proof->c_r, proof->c_r_length);   /* C_R */
  cbor_put_encoded(out, proof->id_cred, proof->id_cred_length); /* ID_CRED_x */
  put_tail(out, proof);                                         /* TH_x, CRED_x, ? EAD_x */
}

int edhoc_mac(const struct node_hooks *hooks, const struct edhoc_proof *proof,
              const uint8_t prk[32], uint8_t *mac, size_t mac_length) {
  uint8_t context[EDHOC_CONTEXT_MAX];
  struct span_writer out;
  span_writer_init(&out, context, sizeof context, NULL);
  edhoc_context_put(&out, proof);
  if (out.overflow)
    return NODE_ERR_TOO_LONG;
  return edhoc_kdf(hooks, prk, proof->label, context, out.length, mac, mac_length);
}

void edhoc_to_be_signed_put(struct span_writer *out, const struct edhoc_proof *proof,
                            const uint8_t *mac, size_t mac_length) {
  const size_t th_length = 2 + EDHOC_HASH_LENGTH;
  cbor_put_array(out, 4);
  cbor_put_text(out, "Signature1");
  cbor_put_bytes(out, proof->id_cred, proof->id_cred_length); /* protected */
  cbor_put_bytes_head(out, th_length + proof->cred_length + proof->ead_length);
  put_tail(out, proof);                 /* external_aad */
  cbor_put_bytes(out, mac, mac_length); /* payload */
}

int edhoc_proof_compose(const struct ec *ec, const struct edhoc_suite *suite,
                        const struct edhoc_proof *proof, const uint8_t prk[32],
                        const uint8_t private[32], uint8_t signature_or_mac[EDHOC_PROOF_MAX]) {
  uint8_t mac[EDHOC_MAC_MAX];
  const struct edhoc_proof_kind *kind = proof->kind;
  const int error = edhoc_mac(ec->hooks, proof, prk, mac, kind->mac_length(suite)); /* MAC_x */
  if (error != 0)
    return error;
  return kind->compose(ec, suite, proof, mac, private, signature_or_mac); /* Signature_or_MAC_x */
}

int edhoc_proof_verify(const struct ec *ec, const struct edhoc_suite *suite,
                       const struct edhoc_proof *proof, const uint8_t prk[32],
                       const struct ec_public *public, const uint8_t *signature_or_mac,
                       size_t length) {
  uint8_t mac[EDHOC_MAC_MAX];
  const struct edhoc_proof_kind *kind = proof->kind;
  if (length != kind->length(suite))
    return NODE_ERR_MALFORMED;
  const int error = edhoc_mac(ec->hooks, proof, prk, mac, kind->mac_length(suite)); /* MAC_x */
  if (error != 0)
    return error;
  return kind->verify(ec, suite, proof, mac, public, signature_or_mac); /* Signature_or_MAC_x */
}
