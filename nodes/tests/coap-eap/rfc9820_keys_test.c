/* Key material of CoAP-EAP by RFC 9820 as far as known, computed again by libcrypto's HMAC alone:
 * each part is one block of HKDF-Expand (RFC 5869 section 2.3), HMAC(PRK, CS | label | 01). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "coap-eap/flow.h"
#include "hex.h"
#include "lower/lower.h"

enum { HASH_MAX = 64, SALT_LENGTH = 8 };

static const struct node_hooks HOOKS = {.context = NULL};

/* Octets that differ: 00, 07, 0e... */
static void make_msk(uint8_t msk[EAP_KEY_LENGTH]) {
  for (size_t i = 0; i < EAP_KEY_LENGTH; i++)
    msk[i] = (uint8_t)(7 * i);
}

/* HKDF-Extract without salt: as many zeros as the hash has octets (section 2.2). */
static size_t extract_again(const EVP_MD *hash, const uint8_t *msk, uint8_t prk[HASH_MAX]) {
  static const uint8_t zeros[HASH_MAX] = {0};
  unsigned length = 0;
  assert_non_null(HMAC(hash, zeros, EVP_MD_get_size(hash), msk, EAP_KEY_LENGTH, prk, &length));
  return length;
}

static void expand_again(const EVP_MD *hash, const uint8_t *prk, size_t prk_length, const char *cs,
                         const char *label, size_t length, uint8_t *out) {
  struct hex info = hex(cs);
  uint8_t block[HASH_MAX];
  unsigned block_length = 0;
  memcpy(info.octets + info.length, label, strlen(label));
  info.length += strlen(label);
  info.octets[info.length++] = 1;
  assert_non_null(HMAC(hash, prk, (int)prk_length, info.octets, info.length, block, &block_length));
  assert_true(length <= block_length);
  memcpy(out, block, length);
}

/* What is offered and chosen; NULL: neither was said. */
static struct coap_eap_agreement agree(const int32_t *offered, size_t count, int32_t chosen) {
  struct coap_eap_agreement agreement = {.suite = oscore_suite_find(chosen)};
  coap_eap_suites_set(&agreement.offered, offered, count);
  coap_eap_suites_set(&agreement.chosen, &chosen, count > 0 ? 1 : 0);
  return agreement;
}

static void read_options(struct option_values *values, struct coap_eap_options *options,
                         const char *association, const char *kdf) {
  static const char *const names[] = {"lower_layer", "association", "rfc9820_kdf"};
  const char *const texts[] = {"coap-eap-rfc9820", association, kdf};
  *values = (struct option_values){.count = 0};
  for (size_t i = 0; i < 3; i++) {
    double value;
    assert_true(option_parse(lower_option(names[i]), texts[i], &value));
    option_set(values, lower_option(names[i]), value);
  }
  coap_eap_options_read(values, options);
}

static void derive(const struct coap_eap_options *options,
                   const struct coap_eap_agreement *agreement, const uint8_t *msk,
                   struct coap_eap_key *key) {
  static const uint8_t token[] = {0xaa}; /* of no account */
  const struct coap_eap_key_config config = {.options = options,
                                             .msk = msk,
                                             .token = token,
                                             .token_length = sizeof token,
                                             .agreement = agreement};
  *key = (struct coap_eap_key){.length = 0};
  assert_int_equal(options->flow->derive_key(&config, &HOOKS, key), 0);
}

static void test_oscore(void **state) {
  (void)state;
  static const int32_t all[] = {0, 1, 2, 3}, reverse[] = {3, 2, 1, 0}, five[] = {0, 1, 2, 3, 4};
  static const struct {
    const int32_t *offered;
    size_t count;
    int32_t chosen;
    const char *cs;
    size_t secret_length;
    bool sha384;
  } cases[] = {
      {NULL, 0, 0, "8100 8100", 16, false}, /* as if the default had been said */
      {all, 1, 0, "8100 8100", 16, false},          {all, 4, 0, "8400010203 8100", 16, false},
      {all, 4, 1, "8400010203 8101", 16, false},    {all, 4, 2, "8400010203 8102", 32, true},
      {reverse, 1, 3, "8103 8103", 32, false},      {reverse, 4, 3, "8403020100 8103", 32, false},
      {five, 5, 0, "850001020304 8100", 16, false},
  };
  static const char *const kdfs[] = {"expand", "hkdf"};
  uint8_t msk[EAP_KEY_LENGTH];
  make_msk(msk);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    for (size_t kdf = 0; kdf < 2; kdf++) {
      struct option_values values;
      struct coap_eap_options options;
      struct coap_eap_key key;
      const EVP_MD *hash = cases[i].sha384 ? EVP_sha384() : EVP_sha256();
      uint8_t extracted[HASH_MAX], expected[ASSOCIATION_KEY_MAX];
      const size_t extracted_length = extract_again(hash, msk, extracted);
      const uint8_t *prk = kdf == 0 ? msk : extracted;
      const size_t prk_length = kdf == 0 ? EAP_KEY_LENGTH : extracted_length;
      const struct coap_eap_agreement agreement =
          agree(cases[i].offered, cases[i].count, cases[i].chosen);
      read_options(&values, &options, "oscore", kdfs[kdf]);
      derive(&options, &agreement, msk, &key);
      expand_again(hash, prk, prk_length, cases[i].cs, "COAP-EAP OSCORE MASTER SECRET",
                   cases[i].secret_length, expected);
      expand_again(hash, prk, prk_length, cases[i].cs, "COAP-EAP OSCORE MASTER SALT", SALT_LENGTH,
                   expected + cases[i].secret_length);
      assert_int_equal(key.length, cases[i].secret_length + SALT_LENGTH);
      assert_memory_equal(key.octets, expected, key.length);
    }
}

/* Under DTLS nothing is negotiated: one part, of 16 octets, without the token. */
static void test_dtls(void **state) {
  (void)state;
  enum { PSK_LENGTH = 16 };
  static const char *const kdfs[] = {"expand", "hkdf"};
  uint8_t msk[EAP_KEY_LENGTH], extracted[HASH_MAX], expected[PSK_LENGTH];
  const struct coap_eap_agreement agreement = {.suite = NULL};
  make_msk(msk);
  const size_t extracted_length = extract_again(EVP_sha256(), msk, extracted);
  for (size_t kdf = 0; kdf < 2; kdf++) {
    struct option_values values;
    struct coap_eap_options options;
    struct coap_eap_key key;
    read_options(&values, &options, "dtls", kdfs[kdf]);
    derive(&options, &agreement, msk, &key);
    expand_again(EVP_sha256(), kdf == 0 ? msk : extracted,
                 kdf == 0 ? EAP_KEY_LENGTH : extracted_length, "8100 8100", "COAP-EAP DTLS PSK",
                 PSK_LENGTH, expected);
    assert_int_equal(key.length, PSK_LENGTH);
    assert_memory_equal(key.octets, expected, PSK_LENGTH);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_oscore),
      cmocka_unit_test(test_dtls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
