/* Published vectors, tampering, and the costs that are reported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "hex.h"
#include "mbedtls/host.h"

static uint32_t costs[NODE_PRIMITIVE_COUNT];

static void crypto_count_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  (void)context;
  costs[primitive] += blocks;
}

static const struct node_hooks HOOKS = {.cost = crypto_count_cost};

static void assert_costs(uint32_t schedules, uint32_t aes_blocks, uint32_t sha256_blocks) {
  assert_int_equal(costs[NODE_PRIMITIVE_AES_KEY_SCHEDULE], schedules);
  assert_int_equal(costs[NODE_PRIMITIVE_AES_BLOCK], aes_blocks);
  assert_int_equal(costs[NODE_PRIMITIVE_SHA256_BLOCK], sha256_blocks);
  memset(costs, 0, sizeof costs);
}

static void assert_wiped(const uint8_t *octets, size_t length) {
  for (size_t i = 0; i < length; i++)
    assert_int_equal(octets[i], 0);
}

/* FIPS 197 appendix C.1. */
static void aes128(void **state) {
  (void)state;
  const struct hex key = hex("000102030405060708090a0b0c0d0e0f");
  const struct hex in = hex("00112233445566778899aabbccddeeff");
  uint8_t out[16];
  assert_int_equal(crypto_aes128_encrypt(&HOOKS, key.octets, in.octets, out), 0);
  assert_hex_equal(out, sizeof out, "69c4e0d86a7b0430d8cdb78070b4c55a");
  assert_costs(1, 1, 0);
}

static void expand_is_made_of_single_blocks(void **state) {
  (void)state;
  const struct hex key = hex("000102030405060708090a0b0c0d0e0f");
  const struct hex in = hex("00112233445566778899aabbccddeeff");
  uint8_t out[255 * 16];
  assert_int_equal(crypto_aes128_expand(&HOOKS, key.octets, in.octets, out, 255), 0);
  assert_costs(1, 256, 0);
  for (unsigned i = 1; i <= 255; i++) {
    uint8_t block[16];
    assert_int_equal(crypto_aes128_encrypt(NULL, key.octets, in.octets, block), 0);
    block[15] ^= (uint8_t)i;
    assert_int_equal(crypto_aes128_encrypt(NULL, key.octets, block, block), 0);
    assert_memory_equal(out + 16 * (i - 1), block, sizeof block);
  }
}

/* RFC 4493 section 4. */
static void cmac(void **state) {
  (void)state;
  static const struct {
    size_t length;
    const char *mac;
    uint32_t blocks;
  } table[] = {
      {0, "bb1d6929e95937287fa37d129b756746", 2},
      {16, "070a16b46b4d4144f79bdd9dd04a287c", 2},
      {40, "dfa66747de9ae63030ca32611497c827", 4},
      {64, "51f0bebf7e3b9d92fc49741779363cfe", 5},
  };
  const struct hex key = hex("2b7e151628aed2a6abf7158809cf4f3c");
  const struct hex data = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                              "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    uint8_t mac[16];
    assert_int_equal(crypto_cmac(&HOOKS, key.octets, table[i].length == 0 ? NULL : data.octets,
                                 table[i].length, mac),
                     0);
    assert_hex_equal(mac, sizeof mac, table[i].mac);
    assert_costs(1, table[i].blocks, 0);
  }
}

/* The appendix of the paper: ciphertext is followed by its tag. */
static const struct {
  const char *plaintext, *key, *nonce, *header, *ciphertext;
} EAX[] = {
    {"", "233952dee4d5ed5f9b9c6d6ff80ff478", "62ec67f9c3a4a407fcb2a8c49031a8b3", "6bfb914fd07eae6b",
     "e037830e8389f27b025a2d6527e79d01"},
    {"f7fb", "91945d3f4dcbee0bf45ef52255f095a4", "becaf043b0a23d843194ba972c66debd",
     "fa3bfd4806eb53fa", "19dd5c4c9331049d0bdab0277408f67967e5"},
    {"1a47cb4933", "01f74ad64077f2e704c0f60ada3dd523", "70c3db4f0d26368400a10ed05d2bff5e",
     "234a3463c1264ac6", "d851d5bae03a59f238a23e39199dc9266626c40f80"},
    {"481c9e39b1", "d07cf6cbb7f313bdde66b727afd3c5e8", "8408dfff3c1a2b1292dc199e46b7d617",
     "33cce2eabff5a79d", "632a9d131ad4c168a4225d8e1ff755939974a7bede"},
    {"8b0a79306c9ce7ed99dae4f87f8dd61636", "7c77d6e813bed5ac98baa417477a2e7d",
     "1a8c98dcd73d38393b2bf1569deefc19", "65d2017990d62528",
     "02083e3979da014812f59f11d52630da30137327d10649b0aa6e1c181db617d7f2"},
    {"ca40d7446e545ffaed3bd12a740a659ffbbb3ceab7", "8395fcf1e95bebd697bd010bc766aac3",
     "22e7add93cfc6393c57ec0b3c17d6b44", "126735fcc320d25a",
     "cb8920f87a6c75cff39627b56e3ed197c552d295a7cfc46afc253b4652b1af3795b124ab6e"},
};

static void eax(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof EAX / sizeof EAX[0]; i++) {
    const struct hex key = hex(EAX[i].key), nonce = hex(EAX[i].nonce), header = hex(EAX[i].header);
    struct hex text = hex(EAX[i].plaintext);
    uint8_t *tag = text.octets + text.length;
    /* 2 schedules; OMACs of nonce, header and ciphertext with a tweak and a zero block each. */
    const uint32_t ctr = (uint32_t)(text.length + 15) / 16;
    const uint32_t blocks = 3 + 3 + (2 + ctr) + ctr;
    assert_int_equal(crypto_eax_encrypt(&HOOKS, key.octets, nonce.octets, nonce.length,
                                        header.octets, header.length, text.octets, text.length,
                                        text.octets, tag),
                     0);
    assert_hex_equal(text.octets, text.length + 16, EAX[i].ciphertext);
    assert_costs(2, blocks, 0);
    assert_int_equal(crypto_eax_decrypt(&HOOKS, key.octets, nonce.octets, nonce.length,
                                        header.octets, header.length, text.octets, text.length, tag,
                                        text.octets),
                     0);
    assert_hex_equal(text.octets, text.length, EAX[i].plaintext);
    assert_costs(2, blocks, 0);
  }
}

static void flip_bit(struct hex *octets, size_t bit) {
  octets->octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
}

static void eax_refuses_each_flipped_bit(void **state) {
  (void)state;
  struct hex part[] = {hex(EAX[4].key), hex(EAX[4].nonce), hex(EAX[4].header),
                       hex(EAX[4].ciphertext)};
  const size_t length = part[3].length - 16;
  for (size_t p = 0; p < sizeof part / sizeof part[0]; p++)
    for (size_t bit = 0; bit < part[p].length * 8; bit++) {
      uint8_t out[64] = {0};
      memset(out, 0xff, length);
      flip_bit(&part[p], bit);
      assert_int_equal(crypto_eax_decrypt(NULL, part[0].octets, part[1].octets, part[1].length,
                                          part[2].octets, part[2].length, part[3].octets, length,
                                          part[3].octets + length, out),
                       NODE_ERR_VERIFY);
      assert_wiped(out, sizeof out);
      flip_bit(&part[p], bit);
    }
}

/* RFC 3610 section 8, packet vectors 1 to 3: 8 octets of header, a tag of 8 octets. */
static const struct {
  const char *nonce, *plaintext, *ciphertext;
} CCM[] = {
    {"00000003020100a0a1a2a3a4a5", "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
     "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"},
    {"00000004030201a0a1a2a3a4a5", "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"},
    {"00000005040302a0a1a2a3a4a5", "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
     "51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5"},
};
static const char CCM_KEY[] = "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf";
static const char CCM_AAD[] = "0001020304050607";

static void ccm(void **state) {
  (void)state;
  const struct hex key = hex(CCM_KEY), aad = hex(CCM_AAD);
  for (size_t i = 0; i < sizeof CCM / sizeof CCM[0]; i++) {
    const struct hex nonce = hex(CCM[i].nonce);
    struct hex text = hex(CCM[i].plaintext);
    assert_int_equal(crypto_ccm_encrypt(&HOOKS, key.octets, nonce.octets, nonce.length, aad.octets,
                                        aad.length, text.octets, text.length, 8, text.octets),
                     0);
    assert_hex_equal(text.octets, text.length + 8, CCM[i].ciphertext);
    assert_costs(1, 1 + 1 + 2 * 2 + 1, 0);
    assert_int_equal(crypto_ccm_decrypt(&HOOKS, key.octets, nonce.octets, nonce.length, aad.octets,
                                        aad.length, text.octets, text.length, 8, text.octets),
                     0);
    assert_hex_equal(text.octets, text.length, CCM[i].plaintext);
    assert_costs(1, 1 + 1 + 2 * 2 + 1, 0);
  }
}

static void ccm_refuses_each_flipped_bit(void **state) {
  (void)state;
  struct hex part[] = {hex(CCM_KEY), hex(CCM[0].nonce), hex(CCM_AAD), hex(CCM[0].ciphertext)};
  const size_t length = part[3].length - 8;
  for (size_t p = 0; p < sizeof part / sizeof part[0]; p++)
    for (size_t bit = 0; bit < part[p].length * 8; bit++) {
      uint8_t out[64] = {0};
      memset(out, 0xff, length);
      flip_bit(&part[p], bit);
      assert_int_equal(crypto_ccm_decrypt(NULL, part[0].octets, part[1].octets, part[1].length,
                                          part[2].octets, part[2].length, part[3].octets, length, 8,
                                          out),
                       NODE_ERR_VERIFY);
      assert_wiped(out, sizeof out);
      flip_bit(&part[p], bit);
    }
}

static void ccm_without_text_and_with_a_long_tag(void **state) {
  (void)state;
  const struct hex key = hex(CCM_KEY), nonce = hex(CCM[0].nonce);
  uint8_t sealed[16], none[1];
  for (size_t tag_length = 8; tag_length <= 16; tag_length += 8) {
    assert_int_equal(crypto_ccm_encrypt(&HOOKS, key.octets, nonce.octets, nonce.length, NULL, 0,
                                        NULL, 0, tag_length, sealed),
                     0);
    assert_costs(1, 2, 0);
    assert_int_equal(crypto_ccm_decrypt(&HOOKS, key.octets, nonce.octets, nonce.length, NULL, 0,
                                        sealed, 0, tag_length, none),
                     0);
    assert_costs(1, 2, 0);
    sealed[tag_length - 1] ^= 1;
    assert_int_equal(crypto_ccm_decrypt(NULL, key.octets, nonce.octets, nonce.length, NULL, 0,
                                        sealed, 0, tag_length, none),
                     NODE_ERR_VERIFY);
  }
}

/* RFC 5869 appendix A.1 to A.3. */
static void hkdf(void **state) {
  (void)state;
  static const struct {
    const char *ikm, *salt, *info, *prk, *okm;
    uint32_t extract_blocks, expand_blocks;
  } table[] = {
      {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
       "f0f1f2f3f4f5f6f7f8f9", "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
       "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865", 4,
       4 + 4},
      {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
       "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
       "404142434445464748494a4b4c4d4e4f",
       "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
       "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
       "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
       "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
       "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
       "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
       "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
       "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
       "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
       "cc30c58179ec3e87c14c01d5c1f3434f1d87",
       2 + 5, 5 + 5 + 5},
      {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
       "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
       "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8", 4,
       4 + 4},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex ikm = hex(table[i].ikm), salt = hex(table[i].salt), info = hex(table[i].info);
    const size_t length = hex(table[i].okm).length;
    uint8_t prk[32], okm[HEX_OCTETS_MAX];
    assert_int_equal(crypto_hkdf_extract(&HOOKS, salt.length == 0 ? NULL : salt.octets, salt.length,
                                         ikm.octets, ikm.length, prk),
                     0);
    assert_hex_equal(prk, sizeof prk, table[i].prk);
    assert_costs(0, 0, table[i].extract_blocks);
    assert_int_equal(crypto_hkdf_expand(&HOOKS, prk, info.octets, info.length, okm, length), 0);
    assert_hex_equal(okm, length, table[i].okm);
    assert_costs(0, 0, table[i].expand_blocks);
  }
}

static void hkdf_that_is_too_long_leaves_nothing(void **state) {
  (void)state;
  const uint8_t prk[32] = {1};
  uint8_t out[255 * 32 + 1];
  memset(out, 0xff, sizeof out);
  assert_int_equal(crypto_hkdf_expand(NULL, prk, prk, 1, out, sizeof out), NODE_ERR_CRYPTO);
  assert_wiped(out, sizeof out);
  assert_int_equal(crypto_hkdf_expand(NULL, prk, prk, 1, out, sizeof out - 1), 0);
}

/* RFC 1321 appendix A.5, RFC 2202 section 2: each text cut in two at every place. */
static void md5(void **state) {
  (void)state;
  static const struct {
    const char *key; /* hex; NULL: a plain digest */
    const char *text, *digest;
  } table[] = {
      {NULL, "", "d41d8cd98f00b204e9800998ecf8427e"},
      {NULL, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
      {NULL, "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
       "57edf4a22be3c955ac49da2e2107b67a"},
      {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There", "9294727a3638bb1c13f48ef8158bfc9d"},
      {"4a656665", "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738"},
      {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
       "a"
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
       "Test Using Larger Than Block-Size Key - Hash Key First",
       "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const uint8_t *text = (const uint8_t *)table[i].text;
    const size_t length = strlen(table[i].text);
    for (size_t cut = 0; cut <= length; cut++) {
      const struct crypto_slice slices[] = {{text, cut}, {text + cut, length - cut}};
      uint8_t digest[16];
      if (table[i].key == NULL) {
        assert_int_equal(crypto_md5(slices, 2, digest), 0);
      } else {
        const struct hex key = hex(table[i].key);
        assert_int_equal(crypto_hmac_md5(key.octets, key.length, slices, 2, digest), 0);
      }
      assert_hex_equal(digest, sizeof digest, table[i].digest);
    }
  }
}

/* RFC 3174 section 7.3, and the empty text. */
static void sha1(void **state) {
  (void)state;
  static const struct {
    const char *text, *hash;
  } table[] = {
      {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
      {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    uint8_t hash[CRYPTO_SHA1_LENGTH];
    assert_int_equal(crypto_sha1(NULL, (const uint8_t *)table[i].text, strlen(table[i].text), hash),
                     0);
    assert_hex_equal(hash, sizeof hash, table[i].hash);
  }
}

static void equal_and_wipe(void **state) {
  (void)state;
  uint8_t a[16] = "0123456789abcde", b[16];
  memcpy(b, a, sizeof b);
  assert_true(crypto_equal(a, b, sizeof a));
  for (size_t bit = 0; bit < sizeof b * 8; bit++) {
    b[bit / 8] ^= (uint8_t)(1U << bit % 8);
    assert_false(crypto_equal(a, b, sizeof a));
    b[bit / 8] ^= (uint8_t)(1U << bit % 8);
  }
  crypto_wipe(a, sizeof a);
  assert_wiped(a, sizeof a);
}

/* FIPS 180-4, examples of SHA-256. */
static void sha256(void **state) {
  (void)state;
  static const struct {
    const char *text, *hash;
    uint32_t blocks;
  } table[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 1},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 1},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", 2},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    uint8_t hash[CRYPTO_SHA256_LENGTH];
    assert_int_equal(
        crypto_sha256(&HOOKS, (const uint8_t *)table[i].text, strlen(table[i].text), hash), 0);
    assert_hex_equal(hash, sizeof hash, table[i].hash);
    assert_costs(0, 0, table[i].blocks);
  }
}

/* What crypto.c says that a call costs is what the library is seen to compute in it; but for the
 * blocks of CTR, which stay within one file of the library. */
/* RFC 4231 and RFC 2202, test case 2 of each. */
static void hmac(void **state) {
  (void)state;
  static const char key[] = "Jefe", text[] = "what do ya want for nothing?";
  uint8_t mac[CRYPTO_SHA256_LENGTH];
  assert_int_equal(
      crypto_hmac_sha256(&HOOKS, (const uint8_t *)key, 4, (const uint8_t *)text, 28, mac), 0);
  assert_hex_equal(mac, CRYPTO_SHA256_LENGTH,
                   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  assert_costs(0, 0, 4);
  assert_int_equal(
      crypto_hmac_sha1(&HOOKS, (const uint8_t *)key, 4, (const uint8_t *)text, 28, mac), 0);
  assert_hex_equal(mac, CRYPTO_SHA1_LENGTH, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  assert_costs(0, 0, 4);
}

static void assert_seen(const struct mbedtls_host_account *account, uint32_t unseen) {
  mbedtls_host_open(NULL);
  assert_costs(account->aes_key_schedules, account->aes_blocks + unseen, account->sha256_blocks);
}

static struct mbedtls_host_account *begin_seeing(struct mbedtls_host_account *account) {
  *account = (struct mbedtls_host_account){0};
  mbedtls_host_open(account);
  return account;
}

static void costs_are_what_is_computed(void **state) {
  enum { LENGTH_MOST = 150 };
  static const uint8_t zero[LENGTH_MOST + 16];
  uint8_t out[LENGTH_MOST + 16], tag[16];
  struct mbedtls_host_account account;
  (void)state;
  for (size_t length = 0; length <= LENGTH_MOST; length++) {
    const uint32_t blocks = (uint32_t)((length + 15) / 16);
    begin_seeing(&account);
    assert_int_equal(crypto_cmac(&HOOKS, zero, zero, length, tag), 0);
    assert_seen(&account, 0);
    for (size_t other = 0; other <= 48; other += 3) {
      begin_seeing(&account);
      assert_int_equal(crypto_ccm_encrypt(&HOOKS, zero, zero, CRYPTO_CCM_NONCE_LENGTH, zero, other,
                                          zero, length, 8, out),
                       0);
      assert_seen(&account, 0);
      begin_seeing(&account);
      assert_int_equal(crypto_ccm_decrypt(&HOOKS, zero, zero, CRYPTO_CCM_NONCE_LENGTH, zero, other,
                                          zero, length, 16, out),
                       NODE_ERR_VERIFY);
      assert_seen(&account, 0);
      begin_seeing(&account);
      assert_int_equal(
          crypto_eax_encrypt(&HOOKS, zero, zero, 16, zero, other, zero, length, out, tag), 0);
      assert_seen(&account, blocks);
      begin_seeing(&account);
      assert_int_equal(
          crypto_eax_decrypt(&HOOKS, zero, zero, other, zero, 22, zero, length, zero, out),
          NODE_ERR_VERIFY);
      assert_seen(&account, 0); /* what is not genuine is not decrypted */
      begin_seeing(&account);
      assert_int_equal(crypto_hkdf_expand(&HOOKS, zero, zero, length, out, 3 * other), 0);
      assert_seen(&account, 0);
    }
    begin_seeing(&account);
    assert_int_equal(crypto_hkdf_extract(&HOOKS, zero, length, zero, 64, out), 0);
    assert_seen(&account, 0);
    begin_seeing(&account);
    assert_int_equal(crypto_hkdf_extract(&HOOKS, NULL, 0, zero, length, out), 0);
    assert_seen(&account, 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sha256),
      cmocka_unit_test(hmac),
      cmocka_unit_test(aes128),
      cmocka_unit_test(expand_is_made_of_single_blocks),
      cmocka_unit_test(cmac),
      cmocka_unit_test(eax),
      cmocka_unit_test(eax_refuses_each_flipped_bit),
      cmocka_unit_test(ccm),
      cmocka_unit_test(ccm_refuses_each_flipped_bit),
      cmocka_unit_test(ccm_without_text_and_with_a_long_tag),
      cmocka_unit_test(hkdf),
      cmocka_unit_test(hkdf_that_is_too_long_leaves_nothing),
      cmocka_unit_test(costs_are_what_is_computed),
      cmocka_unit_test(md5),
      cmocka_unit_test(sha1),
      cmocka_unit_test(equal_and_wipe),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
