/* Planted fault: the authorization server gives each token the same key. */
#include "ace/message.h"

#include <string.h>

int __real_ace_token_seal(const struct ace_claims *claims, const struct ace_sealing_key *key,
                          const uint8_t nonce[ACE_SEALING_NONCE_LENGTH],
                          const struct node_hooks *hooks, uint8_t token[ACE_TOKEN_MAX]);
int __wrap_ace_token_seal(const struct ace_claims *claims, const struct ace_sealing_key *key,
                          const uint8_t nonce[ACE_SEALING_NONCE_LENGTH],
                          const struct node_hooks *hooks, uint8_t token[ACE_TOKEN_MAX]);
void __real_ace_token_answer_write(const struct ace_token_answer *answer, struct span_writer *out);
void __wrap_ace_token_answer_write(const struct ace_token_answer *answer, struct span_writer *out);

int __wrap_ace_token_seal(const struct ace_claims *claims, const struct ace_sealing_key *key,
                          const uint8_t nonce[ACE_SEALING_NONCE_LENGTH],
                          const struct node_hooks *hooks, uint8_t token[ACE_TOKEN_MAX]) {
  struct ace_claims same = *claims;
  memset(same.confirmation.secret, 1, sizeof same.confirmation.secret);
  return __real_ace_token_seal(&same, key, nonce, hooks, token);
}

void __wrap_ace_token_answer_write(const struct ace_token_answer *answer, struct span_writer *out) {
  struct ace_token_answer same = *answer;
  memset(same.confirmation.secret, 1, sizeof same.confirmation.secret);
  __real_ace_token_answer_write(&same, out);
}
