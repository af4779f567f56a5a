/* MSK -> RK -> Master Secret and Master Salt -> OSCORE security context; or RK -> DTLS_PSK. */
#include "keys.h"

#include "../crypto/crypto.h"

#include <string.h>

static int expand(const struct node_hooks *hooks, const uint8_t rk[32], const char *label,
                  uint8_t *out, size_t length) {
  return crypto_hkdf_expand(hooks, rk, (const uint8_t *)label, strlen(label), out, length);
}

int coap_eap_derive_master(const uint8_t msk[EAP_KEY_LENGTH], const struct node_hooks *hooks,
                           struct coap_eap_master *master) {
  uint8_t rk[CRYPTO_SHA256_LENGTH];
  int result = crypto_hkdf_extract(hooks, NULL, 0, msk, EAP_KEY_LENGTH, rk);
  if (result == 0)
    result = expand(hooks, rk, "IETF_OSCORE_MASTER_SECRET", master->secret, sizeof master->secret);
  if (result == 0)
    result = expand(hooks, rk, "IETF_OSCORE_MASTER_SALT", master->salt, sizeof master->salt);
  crypto_wipe(rk, sizeof rk);
  return result;
}

int coap_eap_derive_dtls_psk(const uint8_t msk[EAP_KEY_LENGTH], const struct node_hooks *hooks,
                             uint8_t psk[COAP_EAP_DTLS_PSK_LENGTH]) {
  uint8_t rk[CRYPTO_SHA256_LENGTH];
  int result = crypto_hkdf_extract(hooks, NULL, 0, msk, EAP_KEY_LENGTH, rk);
  if (result == 0)
    result = expand(hooks, rk, "IETF_DTLS_PSK", psk, COAP_EAP_DTLS_PSK_LENGTH);
  crypto_wipe(rk, sizeof rk);
  return result;
}

int coap_eap_derive_context(const struct coap_eap_master *master, enum coap_eap_side side,
                            const uint8_t *id_context, size_t id_context_length,
                            const struct node_hooks *hooks, struct oscore_context *context) {
  const struct oscore_id authenticator = {.length = 0};
  const struct oscore_id peer = {.bytes = {0x01}, .length = 1};
  const struct oscore_parameters parameters = {
      .master_secret = master->secret,
      .master_secret_length = sizeof master->secret,
      .master_salt = master->salt,
      .master_salt_length = sizeof master->salt,
      .sender_id = side == COAP_EAP_SIDE_PEER ? peer : authenticator,
      .recipient_id = side == COAP_EAP_SIDE_PEER ? authenticator : peer,
      .id_context = id_context,
      .id_context_length = id_context_length,
  };
  return oscore_context_derive(context, &parameters, hooks);
}
