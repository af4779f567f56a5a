/* MSK -> key material -> association. */
#include "keys.h"

#include "flow.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_MAX = 64 };

int coap_eap_key_expand(struct coap_eap_key *key, enum crypto_hash hash, const uint8_t *prk,
                        size_t prk_length, const uint8_t *info, size_t info_length, size_t length,
                        const struct node_hooks *hooks) {
  assert(key->length + length <= sizeof key->octets);
  const int result = crypto_hkdf_expand_with(hooks, hash, prk, prk_length, info, info_length,
                                             key->octets + key->length, length);
  key->length += length;
  return result;
}

/* Labels are "IETF_" and the part's name, without terminating zero. */
static int expand_part(const struct node_hooks *hooks, const uint8_t rk[CRYPTO_SHA256_LENGTH],
                       const char *name, size_t length, struct coap_eap_key *key) {
  char label[LABEL_MAX];
  const int written = snprintf(label, sizeof label, "IETF_%s", name);
  assert(written > 0 && written < LABEL_MAX);
  return coap_eap_key_expand(key, CRYPTO_HASH_SHA256, rk, CRYPTO_SHA256_LENGTH,
                             (const uint8_t *)label, (size_t)written, length, hooks);
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

static bool is_client(const struct coap_eap_key_config *config) {
  return config->authenticator == (config->options->roles == COAP_EAP_AUTHENTICATOR_CLIENT);
}

struct names {
  struct association_id sender, recipient;
};

/* Of one end, and what it is called then by the other. */
static struct names names_of(const struct coap_eap_key_config *config) {
  const struct association_id none = {.length = 0}, one = {.bytes = {0x01}, .length = 1};
  const struct association_id *rid_c = &config->agreement->rid_c,
                              *rid_i = &config->agreement->rid_i;
  if (!config->options->negotiates)
    return is_client(config) ? (struct names){none, one} : (struct names){one, none};
  return config->authenticator ? (struct names){*rid_i, *rid_c} : (struct names){*rid_c, *rid_i};
}

int coap_eap_open_association(struct association *association,
                              const struct coap_eap_key_config *config, struct coap_session *coap,
                              const struct node_hooks *hooks, uint64_t now_ns) {
  const struct coap_eap_options *options = config->options;
  const struct names names = names_of(config);
  const bool named =
      options->flow->has_id_context || association_kind_is_session(options->association);
  struct coap_eap_key key = {.length = 0};
  int result = options->flow->derive_key(config, hooks, &key);
  struct association_config made = {
      .kind = options->association,
      .options = options->associations,
      .coap = &options->coap,
      .client = is_client(config),
      .local = config->local,
      .remote = config->remote,
      .key = key.octets,
      .key_length = key.length,
      .local_id = names.sender,
      .remote_id = names.recipient,
      .suite = config->agreement->suite,
      .identity = named ? config->identity : NULL,
      .identity_length = named ? config->identity_length : 0,
  };
  lower_suite_set(&config->suite, &made);
  if (result == 0)
    result = association_open(association, &made, coap, hooks, now_ns);
  crypto_wipe(&key, sizeof key);
  return result;
}
