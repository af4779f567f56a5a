/* Planted fault: a resource server overlooks when tokens end. */
#include "ace/token.h"

int __real_ace_token_open(const uint8_t *token, size_t length, const struct ace_sealing_key *key,
                          const struct node_hooks *hooks, struct ace_claims *claims);
int __wrap_ace_token_open(const uint8_t *token, size_t length, const struct ace_sealing_key *key,
                          const struct node_hooks *hooks, struct ace_claims *claims);

int __wrap_ace_token_open(const uint8_t *token, size_t length, const struct ace_sealing_key *key,
                          const struct node_hooks *hooks, struct ace_claims *claims) {
  const int error = __real_ace_token_open(token, length, key, hooks, claims);
  claims->expires_s = UINT32_MAX;
  return error;
}
