/* MSK -> RK -> key material -> association. */
#include "keys.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_MAX = 64 };

static int expand_part(const struct node_hooks *hooks, const uint8_t rk[CRYPTO_SHA256_LENGTH],
                       const char *name, size_t length, struct coap_eap_key *key) {
  char label[LABEL_MAX];
  const int written = snprintf(label, sizeof label, "IETF_%s", name);
  assert(written > 0 && written < LABEL_MAX && key->length + length <= sizeof key->octets);
  const int result = crypto_hkdf_expand(hooks, rk, (const uint8_t *)label, (size_t)written,
                                        key->octets + key->length, length);
  key->length += length;
  return result;
}

static void append_token(struct coap_eap_key *key, const uint8_t *token, size_t length) {
  assert(key->length + length <= sizeof key->octets);
  memcpy(key->octets + key->length, token, length);
  key->length += length;
}

int coap_eap_derive_key(const uint8_t msk[EAP_KEY_LENGTH], const struct association_kind *kind,
                        const uint8_t *token, size_t token_length, const struct node_hooks *hooks,
                        struct coap_eap_key *key) {
  uint8_t rk[CRYPTO_SHA256_LENGTH];
  const char *name;
  size_t length;
  key->length = 0;
  /* RK */
  int result = crypto_hkdf_extract(hooks, NULL, 0, msk, EAP_KEY_LENGTH, rk);
  for (size_t part = 0; result == 0 && (length = association_kind_material(kind, part, &name)) > 0;
       part++)
    result = expand_part(hooks, rk, name, length, key);
  if (association_kind_takes_token(kind))
    append_token(key, token, token_length);
  crypto_wipe(rk, sizeof rk);
  return result;
}

int coap_eap_open_association(struct association *association,
                              const struct coap_eap_key_config *config, struct coap_session *coap,
                              const struct node_hooks *hooks, uint64_t now_ns) {
  static const struct association_id authenticator_id = {.length = 0};
  static const struct association_id peer_id = {.bytes = {0x01}, .length = 1};
  struct coap_eap_key key;
  int result = coap_eap_derive_key(config->msk, config->options->association, config->token,
                                   config->token_length, hooks, &key);
  const struct association_config made = {
      .kind = config->options->association,
      .options = config->options->associations,
      .coap = &config->options->coap,
      .client = config->authenticator,
      .remote = config->remote,
      .key = key.octets,
      .key_length = key.length,
      .local_id = config->authenticator ? authenticator_id : peer_id,
      .remote_id = config->authenticator ? peer_id : authenticator_id,
      .identity = config->identity,
      .identity_length = config->identity_length,
  };
  if (result == 0)
    result = association_open(association, &made, coap, hooks, now_ns);
  crypto_wipe(&key, sizeof key);
  return result;
}
