/* The table of cipher suites. */
#include "suite.h"

enum { ID_LESS_THAN_NONCE = 6 }; /* the octet of its length, and a Partial IV of 5 */

static const struct oscore_suite SUITES[] = {
#define SUITE(number_, name_, cose_aead_, cose_hash_, aead_, hash_, key, nonce, tag, secret, why)  \
  {.number = number_,                                                                              \
   .name = name_,                                                                                  \
   .cose_aead = cose_aead_,                                                                        \
   .cose_hash = cose_hash_,                                                                        \
   .aead = CRYPTO_AEAD_##aead_,                                                                    \
   .hash = CRYPTO_HASH_##hash_,                                                                    \
   .key_length = key,                                                                              \
   .nonce_length = nonce,                                                                          \
   .tag_length = tag,                                                                              \
   .secret_length = secret,                                                                        \
   .refused = why},
#include "suites.def"
#undef SUITE
};

const struct oscore_suite *oscore_suite_find(int32_t number) {
  for (size_t i = 0; i < sizeof SUITES / sizeof SUITES[0]; i++)
    if (SUITES[i].number == number)
      return &SUITES[i];
  return NULL;
}

const struct oscore_suite *oscore_suite_default(void) {
  return &SUITES[0];
}

size_t oscore_suite_id_max(const struct oscore_suite *suite) {
  return suite->nonce_length - ID_LESS_THAN_NONCE;
}
