/* Signature_or_MAC as a signature over the MAC (RFC 9528 sections 5.3.2 and 5.4.2). */
#include "proof.h"

static enum ec_curve signature_curve(const struct edhoc_suite *suite) {
  return suite->signature;
}

static bool signature_runs(const struct ec *ec, const struct edhoc_suite *suite) {
  return ec_signs(ec, suite->signature);
}

static size_t signature_mac_length(const struct edhoc_suite *suite) {
  (void)suite;
  return EDHOC_HASH_LENGTH;
}

static size_t signature_length(const struct edhoc_suite *suite) {
  (void)suite;
  return EC_SIGNATURE_LENGTH;
}

/* Writes what is signed into a buffer of EDHOC_CONTEXT_MAX octets. */
static int to_be_signed(const struct edhoc_proof *proof, const uint8_t *mac, uint8_t *message,
                        size_t *message_length) {
  struct span_writer out;
  span_writer_init(&out, message, EDHOC_CONTEXT_MAX, NULL);
  edhoc_to_be_signed_put(&out, proof, mac, EDHOC_HASH_LENGTH);
  *message_length = out.length;
  return out.overflow ? NODE_ERR_TOO_LONG : 0;
}

static int signature_compose(const struct ec *ec, const struct edhoc_suite *suite,
                             const struct edhoc_proof *proof, const uint8_t *mac,
                             const uint8_t private[32], uint8_t signature[EC_SIGNATURE_LENGTH]) {
  uint8_t message[EDHOC_CONTEXT_MAX];
  size_t message_length;
  const int error = to_be_signed(proof, mac, message, &message_length);
  return error != 0 ? error
                    : ec_sign(ec, suite->signature, private, message, message_length, signature);
}

static int signature_verify(const struct ec *ec, const struct edhoc_suite *suite,
                            const struct edhoc_proof *proof, const uint8_t *mac,
                            const struct ec_public *public, const uint8_t *signature) {
  uint8_t message[EDHOC_CONTEXT_MAX];
  size_t message_length;
  (void)suite;
  const int error = to_be_signed(proof, mac, message, &message_length);
  return error != 0 ? error : ec_verify(ec, public, message, message_length, signature);
}

/* PRK_3e2m = PRK_2e (4.1.1.2), PRK_4e3m = PRK_3e2m (4.1.1.3): no `derive`. */
const struct edhoc_proof_kind EDHOC_PROOF_SIGNATURE = {
    .name = "signature",
    .use = EDHOC_USE_SIGNATURE,
    .curve = signature_curve,
    .runs = signature_runs,
    .mac_length = signature_mac_length,
    .length = signature_length,
    .compose = signature_compose,
    .verify = signature_verify,
};
