/* The rows of casts, and the EAP of all of them. */
#include "cast.h"

#include "eap/methods.h"

#include <string.h>

#define WRONG_KEY "tfg-passwordtesT"
#define IDENTITY "tfg-user-test"

const struct check_cast *check_cast_of(const struct model *model) {
  if (model->ace != MODEL_ACE_OFF)
    return &CHECK_CAST_ACE;
  return model->pull == MODEL_PULL_OFF ? &CHECK_CAST_LOWER : &CHECK_CAST_PULL;
}

const struct eap_user *check_eap_lookup(void *context, const uint8_t *identity, size_t length) {
  static struct eap_server_method method = {.credential = {.psk = (const uint8_t *)CHECK_PSK,
                                                           .local_id = (const uint8_t *)"hostapd",
                                                           .local_id_length = 7}};
  static const struct eap_user user = {.identity = (const uint8_t *)IDENTITY,
                                       .identity_length = sizeof IDENTITY - 1,
                                       .methods = &method,
                                       .method_count = 1};
  (void)context;
  method.method = EAP_METHODS[EAP_METHODS_PSK].server;
  const bool known = length == user.identity_length && memcmp(identity, IDENTITY, length) == 0;
  return known ? &user : NULL;
}

const struct eap_peer_config *check_eap_peer(bool wrong_key) {
#define METHOD(key)                                                                                \
  {                                                                                                \
    .credential = {                                                                                \
      .psk = (const uint8_t *)(key),                                                               \
      .local_id = (const uint8_t *)"client",                                                       \
      .local_id_length = 6                                                                         \
    }                                                                                              \
  }
  static struct eap_peer_method methods[] = {METHOD(CHECK_PSK), METHOD(WRONG_KEY)};
#undef METHOD
  static const struct eap_peer_config configs[] = {
      {.identity = (const uint8_t *)IDENTITY,
       .identity_length = sizeof IDENTITY - 1,
       .methods = &methods[0],
       .method_count = 1},
      {.identity = (const uint8_t *)IDENTITY,
       .identity_length = sizeof IDENTITY - 1,
       .methods = &methods[1],
       .method_count = 1},
  };
  methods[wrong_key].method = EAP_METHODS[EAP_METHODS_PSK].peer;
  return &configs[wrong_key];
}
