/* The AEADs and hashes of the cipher suites: published vectors, what libcrypto says, tampering, and
 * the costs that are reported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "crypto/aead.h"
#include "hex.h"
#include "mbedtls/host.h"
#include "seeded.h"

static uint32_t costs[NODE_PRIMITIVE_COUNT];

static void aead_count_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  (void)context;
  costs[primitive] += blocks;
}

static const struct node_hooks HOOKS = {.cost = aead_count_cost};

/* Published: AES-GCM by McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 4 and
 * 16; ChaCha20/Poly1305 by RFC 8439 section 2.8.2; AES-CCM by RFC 3610 section 8, packet 1. */
static const struct {
  enum crypto_aead aead;
  const char *key, *nonce, *aad, *text, *sealed;
} PUBLISHED[] = {
    {CRYPTO_AEAD_AES_CCM_16_64_128, "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
     "00000003020100a0a1a2a3a4a5", "0001020304050607",
     "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
     "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"},
    {CRYPTO_AEAD_A128GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
     "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {CRYPTO_AEAD_A256GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
    {CRYPTO_AEAD_CHACHA20_POLY1305,
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "070000004041424344454647",
     "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
     "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
     "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
     "637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
     "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
     "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
     "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"},
};
enum { PUBLISHED_COUNT = sizeof PUBLISHED / sizeof PUBLISHED[0] };

static void vectors(void **state) {
  (void)state;
  for (size_t i = 0; i < PUBLISHED_COUNT; i++) {
    const struct crypto_aead_lengths lengths = crypto_aead_lengths_of(PUBLISHED[i].aead);
    const struct hex key = hex(PUBLISHED[i].key), nonce = hex(PUBLISHED[i].nonce),
                     aad = hex(PUBLISHED[i].aad);
    struct hex text = hex(PUBLISHED[i].text);
    assert_int_equal(key.length, lengths.key);
    assert_int_equal(nonce.length, lengths.nonce);
    assert_int_equal(crypto_aead_encrypt(NULL, PUBLISHED[i].aead, key.octets, nonce.octets,
                                         aad.octets, aad.length, text.octets, text.length,
                                         text.octets),
                     0);
    assert_hex_equal(text.octets, text.length + lengths.tag, PUBLISHED[i].sealed);
    assert_int_equal(crypto_aead_decrypt(NULL, PUBLISHED[i].aead, key.octets, nonce.octets,
                                         aad.octets, aad.length, text.octets, text.length,
                                         text.octets),
                     0);
    assert_hex_equal(text.octets, text.length, PUBLISHED[i].text);
  }
}

static void every_bit_flipped(void **state) {
  (void)state;
  for (size_t i = 0; i < PUBLISHED_COUNT; i++) {
    struct hex part[] = {hex(PUBLISHED[i].key), hex(PUBLISHED[i].nonce), hex(PUBLISHED[i].aad),
                         hex(PUBLISHED[i].sealed)};
    const size_t length = part[3].length - crypto_aead_lengths_of(PUBLISHED[i].aead).tag;
    for (size_t p = 0; p < 4; p++)
      for (size_t bit = 0; bit < part[p].length * 8; bit++) {
        uint8_t out[128];
        static const uint8_t zero[sizeof out];
        memset(out, 0xff, length);
        part[p].octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(crypto_aead_decrypt(NULL, PUBLISHED[i].aead, part[0].octets,
                                             part[1].octets, part[2].octets, part[2].length,
                                             part[3].octets, length, out),
                         NODE_ERR_VERIFY);
        assert_memory_equal(out, zero, length);
        part[p].octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
      }
  }
}

/* Costs by hand: RFC 3610 section 2; NIST SP 800-38D sections 6.4, 6.5 and 7.1; RFC 8439 section
 * 2.8. */
static uint32_t blocks_of(size_t length, size_t block) {
  return (uint32_t)((length + block - 1) / block);
}

static void expect_ccm(size_t aad, size_t text, uint32_t expected[NODE_PRIMITIVE_COUNT]) {
  expected[NODE_PRIMITIVE_AES_KEY_SCHEDULE] = 1;
  expected[NODE_PRIMITIVE_AES_BLOCK] =
      1 + (aad == 0 ? 0 : blocks_of(2 + aad, 16)) + 2 * blocks_of(text, 16) + 1;
}

/* H, the counter block of the tag, and one a block of text; associated data, text and lengths. */
static void expect_gcm_128(size_t aad, size_t text, uint32_t expected[NODE_PRIMITIVE_COUNT]) {
  expected[NODE_PRIMITIVE_AES_KEY_SCHEDULE] = 1;
  expected[NODE_PRIMITIVE_AES_BLOCK] = 1 + 1 + blocks_of(text, 16);
  expected[NODE_PRIMITIVE_GHASH_BLOCK] = blocks_of(aad, 16) + blocks_of(text, 16) + 1;
}

static void expect_gcm_256(size_t aad, size_t text, uint32_t expected[NODE_PRIMITIVE_COUNT]) {
  expected[NODE_PRIMITIVE_AES256_KEY_SCHEDULE] = 1;
  expected[NODE_PRIMITIVE_AES256_BLOCK] = 1 + 1 + blocks_of(text, 16);
  expected[NODE_PRIMITIVE_GHASH_BLOCK] = blocks_of(aad, 16) + blocks_of(text, 16) + 1;
}

/* The block with the key of Poly1305, and those of text; associated data, text and lengths. */
static void expect_chacha(size_t aad, size_t text, uint32_t expected[NODE_PRIMITIVE_COUNT]) {
  expected[NODE_PRIMITIVE_CHACHA20_BLOCK] = 1 + blocks_of(text, 64);
  expected[NODE_PRIMITIVE_POLY1305_BLOCK] = blocks_of(aad, 16) + blocks_of(text, 16) + 1;
}

static const struct {
  void (*expect)(size_t aad, size_t text, uint32_t expected[NODE_PRIMITIVE_COUNT]);
} COSTS[] = {
    [CRYPTO_AEAD_AES_CCM_16_64_128] = {expect_ccm},
    [CRYPTO_AEAD_A128GCM] = {expect_gcm_128},
    [CRYPTO_AEAD_A256GCM] = {expect_gcm_256},
    [CRYPTO_AEAD_CHACHA20_POLY1305] = {expect_chacha},
};

static void costs_by_hand(void **state) {
  (void)state;
  static const uint8_t zero[150];
  uint8_t sealed[sizeof zero + CRYPTO_AEAD_TAG_MAX], opened[sizeof zero];
  for (size_t i = 0; i < PUBLISHED_COUNT; i++)
    for (size_t aad = 0; aad <= 50; aad++)
      for (size_t text = 1; text <= sizeof zero; text++) {
        uint32_t expected[NODE_PRIMITIVE_COUNT] = {0};
        COSTS[PUBLISHED[i].aead].expect(aad, text, expected);
        memset(costs, 0, sizeof costs);
        assert_int_equal(crypto_aead_encrypt(&HOOKS, PUBLISHED[i].aead, zero, zero, zero, aad, zero,
                                             text, sealed),
                         0);
        assert_memory_equal(costs, expected, sizeof costs);
        memset(costs, 0, sizeof costs);
        assert_int_equal(crypto_aead_decrypt(&HOOKS, PUBLISHED[i].aead, zero, zero, zero, aad,
                                             sealed, text, opened),
                         0);
        assert_memory_equal(costs, expected, sizeof costs);
        sealed[text] ^= 1;
        memset(costs, 0, sizeof costs);
        assert_int_equal(crypto_aead_decrypt(&HOOKS, PUBLISHED[i].aead, zero, zero, zero, aad,
                                             sealed, text, opened),
                         NODE_ERR_VERIFY);
        assert_memory_equal(costs, expected, sizeof costs);
      }
}

/* Blocks of AES are what the library is seen to compute. */
static void blocks_of_gcm_are_seen(void **state) {
  (void)state;
  static const uint8_t zero[150];
  uint8_t sealed[sizeof zero + CRYPTO_AEAD_TAG_MAX];
  for (size_t text = 1; text <= sizeof zero; text++) {
    struct mbedtls_host_account account = {0};
    memset(costs, 0, sizeof costs);
    mbedtls_host_open(&account);
    assert_int_equal(
        crypto_aead_encrypt(&HOOKS, CRYPTO_AEAD_A256GCM, zero, zero, zero, 20, zero, text, sealed),
        0);
    mbedtls_host_open(NULL);
    assert_int_equal(account.aes_blocks, costs[NODE_PRIMITIVE_AES256_BLOCK]);
    assert_int_equal(account.aes_key_schedules, costs[NODE_PRIMITIVE_AES256_KEY_SCHEDULE]);
  }
}

/* HKDF by libcrypto, which wants a salt even where it uses none. */
static void libcrypto_hkdf(const char *digest, int mode, const uint8_t *salt, size_t salt_length,
                           const uint8_t *key, size_t key_length, const uint8_t *info,
                           size_t info_length, uint8_t *out, size_t length) {
  EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
  EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)digest, 0),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key, key_length),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt, salt_length),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info, info_length),
      OSSL_PARAM_construct_end()};
  assert_int_equal(EVP_KDF_derive(context, out, length, parameters), 1);
  EVP_KDF_CTX_free(context);
  EVP_KDF_free(kdf);
}

static const struct {
  enum crypto_hash hash;
  const char *name;
  size_t length, block, padding; /* FIPS 180-4: padding is one octet and the length */
  enum node_primitive primitive;
} HASHES[] = {
    {CRYPTO_HASH_SHA256, "SHA256", 32, 64, 9, NODE_PRIMITIVE_SHA256_BLOCK},
    {CRYPTO_HASH_SHA384, "SHA384", 48, 128, 17, NODE_PRIMITIVE_SHA512_BLOCK},
};

/* RFC 2104: key and inner pad, data, key and outer pad, inner hash; a key above a block is hashed.
 */
static uint32_t hmac_blocks(size_t i, size_t key, size_t data) {
  return (key > HASHES[i].block ? blocks_of(key + HASHES[i].padding, HASHES[i].block) : 0) +
         blocks_of(HASHES[i].block + data + HASHES[i].padding, HASHES[i].block) +
         blocks_of(HASHES[i].block + HASHES[i].length + HASHES[i].padding, HASHES[i].block);
}

static void assert_hash_cost(size_t i, uint32_t blocks) {
  uint32_t expected[NODE_PRIMITIVE_COUNT] = {0};
  expected[HASHES[i].primitive] = blocks;
  assert_memory_equal(costs, expected, sizeof costs);
  memset(costs, 0, sizeof costs);
}

static void extract_as_libcrypto(void **state) {
  (void)state;
  uint8_t octets[300], prk[CRYPTO_HASH_MAX], expected[CRYPTO_HASH_MAX];
  struct seeded seeded = {.state = 5869};
  seeded_bytes(&seeded, octets, sizeof octets);
  memset(costs, 0, sizeof costs);
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(crypto_hash_length(HASHES[i].hash), HASHES[i].length);
    for (size_t salt = 1; salt <= 150; salt++)
      for (size_t ikm = 1; ikm <= 130; ikm += 43) {
        libcrypto_hkdf(HASHES[i].name, EVP_KDF_HKDF_MODE_EXTRACT_ONLY, octets, salt, octets + salt,
                       ikm, NULL, 0, expected, HASHES[i].length);
        assert_int_equal(
            crypto_hkdf_extract_with(&HOOKS, HASHES[i].hash, octets, salt, octets + salt, ikm, prk),
            0);
        assert_memory_equal(prk, expected, HASHES[i].length);
        assert_hash_cost(i, hmac_blocks(i, salt, ikm));
      }
    static const uint8_t zeros[CRYPTO_HASH_MAX];
    libcrypto_hkdf(HASHES[i].name, EVP_KDF_HKDF_MODE_EXTRACT_ONLY, zeros, HASHES[i].length, octets,
                   64, NULL, 0, expected, HASHES[i].length);
    assert_int_equal(crypto_hkdf_extract_with(&HOOKS, HASHES[i].hash, NULL, 0, octets, 64, prk), 0);
    assert_memory_equal(prk, expected, HASHES[i].length);
    assert_hash_cost(i, hmac_blocks(i, HASHES[i].length, 64));
  }
}

static void expand_as_libcrypto(void **state) {
  (void)state;
  uint8_t octets[400], out[160], expected[160];
  struct seeded seeded = {.state = 5870};
  seeded_bytes(&seeded, octets, sizeof octets);
  memset(costs, 0, sizeof costs);
  for (size_t i = 0; i < 2; i++)
    for (size_t prk = HASHES[i].length; prk <= 150; prk += 17)
      for (size_t info = 0; info <= 130; info += 13)
        for (size_t length = 1; length <= sizeof out; length += 7) {
          libcrypto_hkdf(HASHES[i].name, EVP_KDF_HKDF_MODE_EXPAND_ONLY, octets, 1, octets, prk,
                         octets + prk, info, expected, length);
          assert_int_equal(crypto_hkdf_expand_with(&HOOKS, HASHES[i].hash, octets, prk,
                                                   octets + prk, info, out, length),
                           0);
          assert_memory_equal(out, expected, length);
          uint32_t blocks = 0;
          for (size_t t = 0; t * HASHES[i].length < length; t++)
            blocks += hmac_blocks(i, prk, (t == 0 ? 0 : HASHES[i].length) + info + 1);
          assert_hash_cost(i, blocks);
        }
}

static void what_expand_refuses(void **state) {
  (void)state;
  static const uint8_t octets[64], zero[255 * 48 + 1];
  static uint8_t out[sizeof zero];
  for (size_t i = 0; i < 2; i++) {
    const size_t most = 255 * HASHES[i].length;
    memset(out, 0xff, sizeof out);
    assert_int_equal(
        crypto_hkdf_expand_with(NULL, HASHES[i].hash, octets, 64, octets, 1, out, most + 1),
        NODE_ERR_CRYPTO);
    assert_memory_equal(out, zero, most + 1);
    assert_int_equal(
        crypto_hkdf_expand_with(NULL, HASHES[i].hash, octets, 64, octets, 1, out, most), 0);
    assert_int_equal(crypto_hkdf_expand_with(NULL, HASHES[i].hash, octets, HASHES[i].length - 1,
                                             octets, 1, out, 16),
                     NODE_ERR_CRYPTO);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(vectors),
      cmocka_unit_test(every_bit_flipped),
      cmocka_unit_test(costs_by_hand),
      cmocka_unit_test(blocks_of_gcm_are_seen),
      cmocka_unit_test(extract_as_libcrypto),
      cmocka_unit_test(expand_as_libcrypto),
      cmocka_unit_test(what_expand_refuses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
