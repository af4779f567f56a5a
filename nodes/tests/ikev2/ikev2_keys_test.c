/* SK_*, AUTH and KEYMAT against a second implementation, by libcrypto. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/evp.h>

#include "ikev2/keys.h"
#include "seeded.h"

enum { SEEDS = 300, TEXT_MAX = 4096 };

/* The second implementation: octets are strung together, and nothing is shared with ours. */
struct text {
  uint8_t octets[TEXT_MAX];
  size_t length;
};

static void append(struct text *text, const uint8_t *octets, size_t length) {
  assert_true(length <= sizeof text->octets - text->length);
  if (length > 0)
    memcpy(text->octets + text->length, octets, length);
  text->length += length;
}

static struct text mac(const char *name, const char *sub, const struct text *key,
                       const struct text *data) {
  struct text out = {.length = 0};
  assert_non_null(EVP_Q_mac(NULL, name, NULL, sub, NULL, key->octets, key->length, data->octets,
                            data->length, out.octets, sizeof out.octets, &out.length));
  return out;
}

static struct text second_prf(enum ikev2_prf prf, const struct text *key, const struct text *data) {
  static const struct text zero = {.length = 16};
  if (prf == IKEV2_PRF_HMAC_SHA2_256)
    return mac("HMAC", "SHA256", key, data);
  const struct text made = key->length == 16 ? *key : mac("CMAC", "AES-128-CBC", &zero, key);
  return mac("CMAC", "AES-128-CBC", &made, data);
}

static struct text second_prf_plus(enum ikev2_prf prf, const struct text *key,
                                   const struct text *seed, size_t least) {
  struct text all = {.length = 0}, last = {.length = 0};
  for (uint8_t n = 1; all.length < least; n++) {
    append(&last, seed->octets, seed->length);
    append(&last, &n, 1);
    last = second_prf(prf, key, &last);
    append(&all, last.octets, last.length);
  }
  return all;
}

/* One exchange, by chance. */
struct exchange {
  enum ikev2_prf prf;
  struct text nonce_i, nonce_r, secret, spi_i, spi_r, psk, message, id;
};

static struct text random_text(struct seeded *seeded, size_t least, size_t most) {
  struct text text = {.length = least + seeded_below(seeded, (uint32_t)(most - least + 1))};
  seeded_bytes(seeded, text.octets, text.length);
  return text;
}

static void random_exchange(struct exchange *exchange, unsigned seed) {
  struct seeded seeded = {.state = seed + 1};
  exchange->prf = seed % 2 == 0 ? IKEV2_PRF_HMAC_SHA2_256 : IKEV2_PRF_AES128_CMAC;
  exchange->nonce_i = random_text(&seeded, 16, seed % 3 == 0 ? 16 : 256);
  exchange->nonce_r = random_text(&seeded, 16, seed % 3 == 0 ? 16 : 256);
  exchange->secret = random_text(&seeded, 32, 32);
  exchange->spi_i = random_text(&seeded, 8, 8);
  exchange->spi_r = random_text(&seeded, 8, 8);
  exchange->psk = random_text(&seeded, 1, 64);
  exchange->message = random_text(&seeded, 28, 1280);
  exchange->id = random_text(&seeded, 5, 68);
}

static struct crypto_slice slice_of(const struct text *text) {
  return (struct crypto_slice){text->octets, text->length};
}

static int derive(const struct exchange *exchange, struct ikev2_sa_keys *keys) {
  const struct ikev2_agreed agreed = {.prf = exchange->prf,
                                      .nonce_i = slice_of(&exchange->nonce_i),
                                      .nonce_r = slice_of(&exchange->nonce_r),
                                      .secret = slice_of(&exchange->secret),
                                      .spi_i = exchange->spi_i.octets,
                                      .spi_r = exchange->spi_r.octets};
  return ikev2_keys_derive(NULL, &agreed, keys);
}

/* SK_d | SK_ei | SK_er | SK_pi | SK_pr */
static struct text second_keys(const struct exchange *exchange) {
  const bool cmac = exchange->prf == IKEV2_PRF_AES128_CMAC;
  struct text key = {.length = 0}, seed = {.length = 0};
  append(&key, exchange->nonce_i.octets, cmac ? 8 : exchange->nonce_i.length);
  append(&key, exchange->nonce_r.octets, cmac ? 8 : exchange->nonce_r.length);
  const struct text skeyseed = second_prf(exchange->prf, &key, &exchange->secret);
  append(&seed, exchange->nonce_i.octets, exchange->nonce_i.length);
  append(&seed, exchange->nonce_r.octets, exchange->nonce_r.length);
  append(&seed, exchange->spi_i.octets, 8);
  append(&seed, exchange->spi_r.octets, 8);
  return second_prf_plus(exchange->prf, &skeyseed, &seed, 3 * 32 + 38);
}

static void assert_ccm_key_equal(const struct ikev2_ccm_key *key, const uint8_t *octets) {
  assert_memory_equal(key->key, octets, 16);
  assert_memory_equal(key->salt, octets + 16, 3);
}

static void keys_equal_the_second(void **state) {
  (void)state;
  static struct exchange exchange;
  for (unsigned seed = 0; seed < SEEDS; seed++) {
    struct ikev2_sa_keys keys;
    random_exchange(&exchange, seed);
    const size_t n = ikev2_prf_length(exchange.prf);
    const struct text second = second_keys(&exchange);
    assert_int_equal(n, exchange.prf == IKEV2_PRF_AES128_CMAC ? 16 : 32);
    assert_int_equal(derive(&exchange, &keys), 0);
    assert_memory_equal(keys.d, second.octets, n);
    assert_ccm_key_equal(&keys.ei, second.octets + n);
    assert_ccm_key_equal(&keys.er, second.octets + n + 19);
    assert_memory_equal(keys.pi, second.octets + n + 38, n);
    assert_memory_equal(keys.pr, second.octets + 2 * n + 38, n);
  }
}

static struct text second_auth(const struct exchange *exchange, const struct ikev2_sa_keys *keys,
                               bool initiator) {
  static const char pad[] = "Key Pad for IKEv2";
  const struct text *nonce = initiator ? &exchange->nonce_r : &exchange->nonce_i;
  struct text octets = exchange->message, sk_p = {.length = 0}, label = {.length = 0};
  append(&sk_p, initiator ? keys->pi : keys->pr, ikev2_prf_length(exchange->prf));
  append(&label, (const uint8_t *)pad, 17);
  const struct text id_mac = second_prf(exchange->prf, &sk_p, &exchange->id);
  append(&octets, nonce->octets, nonce->length);
  append(&octets, id_mac.octets, id_mac.length);
  const struct text key = second_prf(exchange->prf, &exchange->psk, &label);
  return second_prf(exchange->prf, &key, &octets);
}

static struct ikev2_signed signed_of(const struct exchange *exchange, bool initiator) {
  return (struct ikev2_signed){.initiator = initiator,
                               .message = slice_of(&exchange->message),
                               .nonce =
                                   slice_of(initiator ? &exchange->nonce_r : &exchange->nonce_i),
                               .id_body = slice_of(&exchange->id)};
}

static void auth_equals_the_second(void **state) {
  (void)state;
  static struct exchange exchange;
  for (unsigned seed = 0; seed < SEEDS; seed++)
    for (unsigned initiator = 0; initiator < 2; initiator++) {
      struct ikev2_sa_keys keys;
      uint8_t auth[IKEV2_PRF_MAX];
      random_exchange(&exchange, seed);
      const struct ikev2_signed over = signed_of(&exchange, initiator == 1);
      assert_int_equal(derive(&exchange, &keys), 0);
      const struct text second = second_auth(&exchange, &keys, initiator == 1);
      assert_int_equal(ikev2_auth_compute(NULL, &keys, slice_of(&exchange.psk), &over, auth), 0);
      assert_int_equal(second.length, ikev2_prf_length(exchange.prf));
      assert_memory_equal(auth, second.octets, second.length);
    }
}

/* Any other octet, length, method or end. */
static void auth_of_others_does_not_verify(void **state) {
  (void)state;
  static struct exchange exchange;
  for (unsigned seed = 0; seed < 2; seed++) {
    struct ikev2_sa_keys keys;
    uint8_t octets[IKEV2_PRF_MAX];
    random_exchange(&exchange, seed);
    assert_int_equal(derive(&exchange, &keys), 0);
    struct ikev2_signed over = signed_of(&exchange, true);
    const struct crypto_slice psk = slice_of(&exchange.psk);
    struct ikev2_auth auth = {IKEV2_AUTH_SHARED_KEY, octets, ikev2_prf_length(exchange.prf)};
    assert_int_equal(ikev2_auth_compute(NULL, &keys, psk, &over, octets), 0);
    assert_int_equal(ikev2_auth_verify(NULL, &keys, psk, &over, &auth), 0);
    for (size_t bit = 0; bit < 8 * auth.length; bit++) {
      octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
      assert_int_equal(ikev2_auth_verify(NULL, &keys, psk, &over, &auth), NODE_ERR_VERIFY);
      octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    auth.length--;
    assert_int_equal(ikev2_auth_verify(NULL, &keys, psk, &over, &auth), NODE_ERR_VERIFY);
    auth.length++;
    auth.method = 1;
    assert_int_equal(ikev2_auth_verify(NULL, &keys, psk, &over, &auth), NODE_ERR_VERIFY);
    auth.method = IKEV2_AUTH_SHARED_KEY;
    over.initiator = false;
    assert_int_equal(ikev2_auth_verify(NULL, &keys, psk, &over, &auth), NODE_ERR_VERIFY);
    over.initiator = true;
    assert_int_equal(ikev2_auth_verify(NULL, &keys, psk, &over, &auth), 0);
  }
}

static void child_keys_equal_the_second(void **state) {
  (void)state;
  static struct exchange exchange;
  for (unsigned seed = 0; seed < SEEDS; seed++) {
    struct ikev2_sa_keys keys;
    struct ikev2_ccm_key child[2];
    struct text sk_d = {.length = 0}, nonces = {.length = 0};
    random_exchange(&exchange, seed);
    assert_int_equal(derive(&exchange, &keys), 0);
    assert_int_equal(ikev2_child_derive(NULL, &keys, slice_of(&exchange.nonce_i),
                                        slice_of(&exchange.nonce_r), child),
                     0);
    append(&sk_d, keys.d, ikev2_prf_length(exchange.prf));
    append(&nonces, exchange.nonce_i.octets, exchange.nonce_i.length);
    append(&nonces, exchange.nonce_r.octets, exchange.nonce_r.length);
    const struct text second = second_prf_plus(exchange.prf, &sk_d, &nonces, 38);
    assert_ccm_key_equal(&child[0], second.octets);
    assert_ccm_key_equal(&child[1], second.octets + 19);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_equal_the_second),
      cmocka_unit_test(auth_equals_the_second),
      cmocka_unit_test(auth_of_others_does_not_verify),
      cmocka_unit_test(child_keys_equal_the_second),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
