/* Signature_or_MAC as the MAC itself, under a key that a static Diffie-Hellman key has gone into
 * (RFC 9528 sections 4.1.1, 5.3.2 and 5.4.2). */
#include "session.h"

#include <string.h>

static enum ec_curve dh_curve(const struct edhoc_suite *suite) {
  return suite->exchange;
}

/* PRK_3e2m with G_RX (4.1.1.2), PRK_4e3m with G_IY (4.1.1.3). */
static int dh_derive(struct edhoc *next, enum edhoc_label salt_label,
                     const struct ec_public *peer_static) {
  const struct ec ec = edhoc_ec(next);
  uint8_t secret[EC_LENGTH];
  /* G_RX or G_IY */
  int error = peer_static == NULL ? ec_agree(&ec, next->own->private, &next->peer_public, secret)
                                  : ec_agree(&ec, next->private, peer_static, secret);
  if (error == 0) /* PRK_3e2m or PRK_4e3m */
    error = edhoc_prk_next(next->hooks, next->prk, salt_label, next->th, secret, next->prk);
  crypto_wipe(secret, sizeof secret);
  return error;
}

static size_t dh_length(const struct edhoc_suite *suite) {
  return suite->mac_length;
}

static int dh_compose(const struct ec *ec, const struct edhoc_suite *suite,
                      const struct edhoc_proof *proof, const uint8_t *mac,
                      const uint8_t private[32], uint8_t signature_or_mac[EDHOC_PROOF_MAX]) {
  (void)ec, (void)proof, (void)private;
  memcpy(signature_or_mac, mac, suite->mac_length);
  return 0;
}

static int dh_verify(const struct ec *ec, const struct edhoc_suite *suite,
                     const struct edhoc_proof *proof, const uint8_t *mac,
                     const struct ec_public *public, const uint8_t *signature_or_mac) {
  (void)ec, (void)proof, (void)public;
  return crypto_equal(mac, signature_or_mac, suite->mac_length) ? 0 : NODE_ERR_VERIFY;
}

const struct edhoc_proof_kind EDHOC_PROOF_STATIC = {
    .name = "static Diffie-Hellman",
    .use = EDHOC_USE_AGREEMENT,
    .curve = dh_curve,
    .derive = dh_derive,
    .mac_length = dh_length,
    .length = dh_length,
    .compose = dh_compose,
    .verify = dh_verify,
};
