/* The table of cipher suites. */
#include "suite.h"

#include <assert.h>

#include <mbedtls/ssl_ciphersuites.h>

static const struct dtls_suite SUITES[] = {
#define SUITE(id, name, number, nonce, tag, key_blocks, help)                                      \
  [DTLS_SUITE_##id] = {name, number, nonce, tag, key_blocks},
#include "suites.def"
#undef SUITE
};

const struct dtls_suite *dtls_suite(enum dtls_suite_id id) {
  return &SUITES[id];
}

unsigned dtls_suites_of(int number) {
  for (unsigned id = 0; id < DTLS_SUITE_COUNT; id++)
    if (SUITES[id].number == number)
      return 1U << id;
  return 0;
}

/* Static, since the library keeps the pointer. */
const int *dtls_suite_numbers(unsigned set) {
  enum {
#define SUITE(id, name, number, nonce, tag, key_blocks, help) N_##id = (number),
#include "suites.def"
#undef SUITE
  };
  static const int numbers[DTLS_SUITES_ALL + 1][DTLS_SUITE_COUNT + 1] = {
      {0},
      {N_AES_128_CCM_8},
      {N_AES_128_CCM},
      {N_AES_128_CCM_8, N_AES_128_CCM},
      {N_AES_128_GCM},
      {N_AES_128_CCM_8, N_AES_128_GCM},
      {N_AES_128_CCM, N_AES_128_GCM},
      {N_AES_128_CCM_8, N_AES_128_CCM, N_AES_128_GCM},
  };
  static_assert(DTLS_SUITE_COUNT == 3, "all sets are in the table");
  return numbers[set];
}
