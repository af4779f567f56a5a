/* Elliptic curves: published vectors, points and scalars that must be refused, costs; each test
 * runs with each backend, and both must give the same octets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "crypto/ec.h"
#include "hex.h"
#include "seeded.h"

static const struct ec_backend *const BACKENDS[] = {&EC_MBEDTLS, &EC_LIBCRYPTO};
enum { BACKENDS_COUNT = sizeof BACKENDS / sizeof BACKENDS[0] };

static uint32_t costs[NODE_PRIMITIVE_COUNT];

static void ec_count_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  (void)context;
  costs[primitive] += blocks;
}

static void assert_cost(enum node_primitive primitive, uint32_t count) {
  for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++)
    if (i == primitive)
      assert_int_equal(costs[i], count);
    else if (i != NODE_PRIMITIVE_SHA256_BLOCK)
      assert_int_equal(costs[i], 0);
  memset(costs, 0, sizeof costs);
}

static const struct node_hooks HOOKS = {.cost = ec_count_cost};

/* The next backend, with costs counted anew; NULL at the end. */
static const struct ec_backend *next_backend(size_t *which) {
  memset(costs, 0, sizeof costs);
  return *which < BACKENDS_COUNT ? BACKENDS[(*which)++] : NULL;
}

#define FOR_EACH_BACKEND(ec)                                                                       \
  size_t which = 0;                                                                                \
  for (struct ec ec = {.hooks = &HOOKS}; (ec.backend = next_backend(&which)) != NULL;)

static const char P256_ORDER[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/* RFC 6979 appendix A.2.5. */
static const char KEY[] = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
static const char KEY_X[] = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
static const char KEY_Y[] = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

static void deterministic_ecdsa(void **state) {
  (void)state;
  static const struct {
    const char *message, *signature;
  } table[] = {
      {"sample", "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                 "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
      {"test", "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
               "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"},
  };
  const struct hex key = hex(KEY);
  FOR_EACH_BACKEND(ec) {
    struct ec_public public;
    assert_int_equal(ec_derive(&ec, EC_P256, key.octets, &public), 0);
    assert_hex_equal(public.x, EC_LENGTH, KEY_X);
    assert_hex_equal(public.y, EC_LENGTH, KEY_Y);
    assert_cost(NODE_PRIMITIVE_P256_KEYGEN, 1);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
      const uint8_t *message = (const uint8_t *)table[i].message;
      const size_t length = strlen(table[i].message);
      uint8_t signature[EC_SIGNATURE_LENGTH];
      assert_int_equal(ec_sign(&ec, EC_P256, key.octets, message, length, signature), 0);
      assert_hex_equal(signature, sizeof signature, table[i].signature);
      assert_int_equal(costs[NODE_PRIMITIVE_SHA256_BLOCK], 1);
      assert_cost(NODE_PRIMITIVE_P256_SIGN, 1);
      assert_int_equal(ec_verify(&ec, &public, message, length, signature), 0);
      assert_cost(NODE_PRIMITIVE_P256_VERIFY, 1);
      assert_int_equal(ec_verify(&ec, &public, message, length - 1, signature), NODE_ERR_VERIFY);
      memset(costs, 0, sizeof costs);
    }
  }
}

static void signatures_that_are_wrong(void **state) {
  (void)state;
  const struct hex key = hex(KEY), order = hex(P256_ORDER);
  static const uint8_t message[] = "sample";
  FOR_EACH_BACKEND(ec) {
    struct ec_public public, other;
    uint8_t good[EC_SIGNATURE_LENGTH], bad[EC_SIGNATURE_LENGTH];
    assert_int_equal(ec_derive(&ec, EC_P256, key.octets, &public), 0);
    assert_int_equal(ec_sign(&ec, EC_P256, key.octets, message, sizeof message, good), 0);
    for (size_t bit = 0; bit < 8 * sizeof good; bit += 7) {
      memcpy(bad, good, sizeof bad);
      bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
      assert_int_equal(ec_verify(&ec, &public, message, sizeof message, bad), NODE_ERR_VERIFY);
    }
    for (size_t half = 0; half < 2; half++)
      for (size_t zero = 0; zero < 2; zero++) {
        memcpy(bad, good, sizeof bad);
        if (zero)
          memset(bad + half * EC_LENGTH, 0, EC_LENGTH);
        else
          memcpy(bad + half * EC_LENGTH, order.octets, EC_LENGTH);
        assert_int_equal(ec_verify(&ec, &public, message, sizeof message, bad), NODE_ERR_VERIFY);
      }
    other = public;
    other.y[31] ^= 1; /* no point */
    assert_int_equal(ec_verify(&ec, &other, message, sizeof message, good), NODE_ERR_VERIFY);
  }
}

/* RFC 5903 section 8.1. */
static void p256_diffie_hellman(void **state) {
  (void)state;
  const struct hex i = hex("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433");
  const struct hex r = hex("c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53");
  FOR_EACH_BACKEND(ec) {
    struct ec_public gi, gr;
    uint8_t secret[EC_LENGTH];
    assert_int_equal(ec_derive(&ec, EC_P256, i.octets, &gi), 0);
    assert_hex_equal(gi.x, EC_LENGTH,
                     "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180");
    assert_int_equal(ec_derive(&ec, EC_P256, r.octets, &gr), 0);
    memset(costs, 0, sizeof costs);
    assert_int_equal(ec_agree(&ec, i.octets, &gr, secret), 0);
    assert_cost(NODE_PRIMITIVE_P256_ECDH, 1);
    assert_hex_equal(secret, sizeof secret,
                     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
    assert_int_equal(ec_agree(&ec, r.octets, &gi, secret), 0);
    assert_hex_equal(secret, sizeof secret,
                     "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
  }
}

static void p256_decompression(void **state) {
  (void)state;
  const struct hex x = hex(KEY_X);
  FOR_EACH_BACKEND(ec) {
    struct ec_public even, odd;
    assert_int_equal(ec_decompress(&ec, EC_P256, x.octets, false, &even), 0);
    assert_cost(NODE_PRIMITIVE_P256_DECOMPRESS, 1);
    assert_int_equal(ec_decompress(&ec, EC_P256, x.octets, true, &odd), 0);
    memset(costs, 0, sizeof costs);
    assert_int_equal(even.y[31] & 1, 0);
    assert_hex_equal(odd.y, EC_LENGTH, KEY_Y);
    assert_hex_equal(even.x, EC_LENGTH, KEY_X);
    assert_int_equal(even.curve, EC_P256);
  }
}

/* The prime itself and no point, both of RFC 9529 section 4; all ones. */
static void p256_points_that_are_none(void **state) {
  (void)state;
  static const char *const table[] = {
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
      "a04e73601df544a70ba7ea1e57030f7d4b4eb7f673924e58d54ca77a5e7d4d4a",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  };
  const struct hex key = hex(KEY);
  FOR_EACH_BACKEND(ec) {
    struct ec_public public;
    uint8_t secret[EC_LENGTH];
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
      for (int odd = 0; odd < 2; odd++)
        assert_int_equal(ec_decompress(&ec, EC_P256, hex(table[i]).octets, odd, &public),
                         NODE_ERR_MALFORMED);
    assert_int_equal(ec_derive(&ec, EC_P256, key.octets, &public), 0);
    public.y[0] ^= 1;
    assert_int_equal(ec_agree(&ec, key.octets, &public, secret), NODE_ERR_MALFORMED);
    for (size_t i = 0; i < EC_LENGTH; i++)
      assert_int_equal(secret[i], 0);
    memset(&public, 0, sizeof public);
    assert_int_equal(ec_agree(&ec, key.octets, &public, secret), NODE_ERR_MALFORMED);
  }
}

static void scalars_out_of_range(void **state) {
  (void)state;
  const struct hex zero = hex("0000000000000000000000000000000000000000000000000000000000000000");
  const struct hex order = hex(P256_ORDER), key = hex(KEY);
  const struct hex *const table[] = {&zero, &order};
  FOR_EACH_BACKEND(ec)
  for (size_t i = 0; i < 2; i++) {
    struct ec_public public, good;
    uint8_t out[EC_SIGNATURE_LENGTH];
    assert_int_equal(ec_derive(&ec, EC_P256, table[i]->octets, &public), NODE_ERR_MALFORMED);
    assert_int_equal(ec_derive(&ec, EC_P256, key.octets, &good), 0);
    assert_int_equal(ec_agree(&ec, table[i]->octets, &good, out), NODE_ERR_MALFORMED);
    assert_int_equal(ec_sign(&ec, EC_P256, table[i]->octets, out, 0, out), NODE_ERR_MALFORMED);
  }
}

/* RFC 7748 section 5.2. */
static void x25519(void **state) {
  (void)state;
  static const struct {
    const char *scalar, *u, *product;
  } table[] = {
      {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
       "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
       "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
      {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d", /* topmost bit set */
       "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
       "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
  };
  FOR_EACH_BACKEND(ec)
  for (size_t i = 0; i < 2; i++) {
    struct ec_public public = {.curve = EC_X25519};
    uint8_t product[EC_LENGTH];
    const struct hex u = hex(table[i].u);
    memcpy(public.x, u.octets, EC_LENGTH);
    assert_int_equal(ec_agree(&ec, hex(table[i].scalar).octets, &public, product), 0);
    assert_hex_equal(product, sizeof product, table[i].product);
    assert_cost(NODE_PRIMITIVE_X25519, 1);
  }
}

/* RFC 9529 section 2: X, G_X, G_Y and G_XY. */
static void x25519_key_pairs(void **state) {
  (void)state;
  FOR_EACH_BACKEND(ec) {
    struct ec_public public;
    uint8_t product[EC_LENGTH];
    const struct hex x = hex("892ec28e5cb6669108470539500b705e60d008d347c5817ee9f3327c8a87bb03");
    assert_int_equal(ec_derive(&ec, EC_X25519, x.octets, &public), 0);
    assert_hex_equal(public.x, EC_LENGTH,
                     "31f82c7b5b9cbbf0f194d913cc12ef1532d328ef32632a4881a1c0701e237f04");
    assert_int_equal(
        ec_decompress(
            &ec, EC_X25519,
            hex("dc88d2d51da5ed67fc4616356bc8ca74ef9ebe8b387e623a360ba480b9b29d1c").octets, false,
            &public),
        0);
    assert_int_equal(ec_agree(&ec, x.octets, &public, product), 0);
    assert_hex_equal(product, sizeof product,
                     "e5cdf3a986cdac5b7bf04691e2b07c08e71f53998d8f842b7c3fb4d839cf7b28");
  }
}

/* Points of small order, in every encoding: p, p+1 and set topmost bits besides. */
static void x25519_points_of_low_order(void **state) {
  (void)state;
  static const char *const table[] = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  };
  const struct hex key = hex(KEY);
  FOR_EACH_BACKEND(ec)
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
    for (int top = 0; top < 2; top++) {
      struct ec_public public = {.curve = EC_X25519}, found;
      uint8_t product[EC_LENGTH];
      memcpy(public.x, hex(table[i]).octets, EC_LENGTH);
      public.x[31] |= (uint8_t)(top << 7);
      assert_int_equal(ec_decompress(&ec, EC_X25519, public.x, false, &found), NODE_ERR_MALFORMED);
      assert_int_equal(ec_agree(&ec, key.octets, &public, product), NODE_ERR_MALFORMED);
    }
}

/* 2^255-19+2 is 2: not canonical, and allowed. */
static void x25519_takes_what_is_not_canonical(void **state) {
  (void)state;
  const struct hex key = hex(KEY);
  struct ec_public two = {.curve = EC_X25519, .x = {2}}, also_two = {.curve = EC_X25519};
  memcpy(also_two.x, hex("efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f").octets,
         EC_LENGTH);
  FOR_EACH_BACKEND(ec) {
    uint8_t a[EC_LENGTH], b[EC_LENGTH];
    assert_int_equal(ec_agree(&ec, key.octets, &two, a), 0);
    assert_int_equal(ec_agree(&ec, key.octets, &also_two, b), 0);
    assert_memory_equal(a, b, sizeof a);
  }
}

/* RFC 8032 section 7.1, test 2. */
static void ed25519(void **state) {
  (void)state;
  const struct hex key = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  FOR_EACH_BACKEND(ec) {
    struct ec_public public;
    uint8_t signature[EC_SIGNATURE_LENGTH];
    static const uint8_t message[] = {0x72};
    if (!ec_signs(&ec, EC_ED25519)) {
      assert_ptr_equal(ec.backend, &EC_MBEDTLS);
      assert_int_equal(ec_derive(&ec, EC_ED25519, key.octets, &public), NODE_ERR_UNSUPPORTED);
      assert_int_equal(ec_sign(&ec, EC_ED25519, key.octets, message, 1, signature),
                       NODE_ERR_UNSUPPORTED);
      public.curve = EC_ED25519;
      assert_int_equal(ec_verify(&ec, &public, message, 1, signature), NODE_ERR_UNSUPPORTED);
      continue;
    }
    assert_int_equal(ec_derive(&ec, EC_ED25519, key.octets, &public), 0);
    assert_hex_equal(public.x, EC_LENGTH,
                     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    assert_int_equal(ec_sign(&ec, EC_ED25519, key.octets, message, 1, signature), 0);
    assert_hex_equal(signature, sizeof signature,
                     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    assert_int_equal(ec_verify(&ec, &public, message, 1, signature), 0);
    assert_int_equal(ec_verify(&ec, &public, message, 0, signature), NODE_ERR_VERIFY);
    assert_int_equal(ec_agree(&ec, key.octets, &public, signature), NODE_ERR_UNSUPPORTED);
  }
}

/* Draws: out of range twice, then a scalar. */
static void ec_draw(void *context, uint8_t *bytes, size_t length) {
  unsigned *count = context;
  assert_int_equal(length, EC_LENGTH);
  memset(bytes, 0, length);
  if (*count == 0)
    memset(bytes, 0xff, length);
  else if (*count == 2)
    bytes[31] = 1;
  (*count)++;
}

static void generation_draws_again(void **state) {
  (void)state;
  for (size_t b = 0; b < BACKENDS_COUNT; b++) {
    unsigned count = 0;
    const struct node_hooks hooks = {.context = &count, .random = ec_draw};
    const struct ec ec = {.backend = BACKENDS[b], .hooks = &hooks};
    uint8_t private[EC_LENGTH];
    struct ec_public public;
    assert_int_equal(ec_generate(&ec, EC_P256, private, &public), 0);
    assert_int_equal(count, 3);
    assert_int_equal(private[31], 1);
    assert_hex_equal(public.x, EC_LENGTH,
                     "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
    count = 0;
    assert_int_equal(ec_generate(&ec, EC_X25519, private, &public), 0);
    assert_int_equal(count, 1);
  }
}

/* The same octets from both backends, for random keys, messages and x-coordinates. */
static void ec_backends_agree(void **state) {
  (void)state;
  struct seeded seeded = {.state = 20240301};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  const struct ec one = {.backend = &EC_MBEDTLS, .hooks = &hooks};
  const struct ec two = {.backend = &EC_LIBCRYPTO, .hooks = &hooks};
  for (unsigned i = 0; i < 24; i++)
    for (enum ec_curve curve = EC_P256; curve <= EC_X25519; curve++) {
      uint8_t private[EC_LENGTH], other[EC_LENGTH], a[EC_SIGNATURE_LENGTH], b[EC_SIGNATURE_LENGTH];
      struct ec_public public, again, peer;
      assert_int_equal(ec_generate(&one, curve, private, &public), 0);
      assert_int_equal(ec_derive(&two, curve, private, &again), 0);
      assert_memory_equal(&public, &again, sizeof public);
      assert_int_equal(ec_generate(&two, curve, other, &peer), 0);
      assert_int_equal(ec_agree(&one, private, &peer, a), 0);
      assert_int_equal(ec_agree(&two, other, &public, b), 0);
      assert_memory_equal(a, b, EC_LENGTH);
      if (curve == EC_P256) {
        assert_int_equal(ec_sign(&one, curve, private, other, sizeof other, a), 0);
        assert_int_equal(ec_sign(&two, curve, private, other, sizeof other, b), 0);
        assert_memory_equal(a, b, sizeof a);
        assert_int_equal(ec_verify(&one, &public, other, sizeof other, b), 0);
        assert_int_equal(ec_verify(&two, &public, other, sizeof other, b), 0);
      }
      seeded_bytes(&seeded, other, sizeof other);
      assert_int_equal(ec_decompress(&one, curve, other, i % 2, &public),
                       ec_decompress(&two, curve, other, i % 2, &again));
      assert_memory_equal(&public, &again, sizeof public);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(deterministic_ecdsa),
      cmocka_unit_test(signatures_that_are_wrong),
      cmocka_unit_test(p256_diffie_hellman),
      cmocka_unit_test(p256_decompression),
      cmocka_unit_test(p256_points_that_are_none),
      cmocka_unit_test(scalars_out_of_range),
      cmocka_unit_test(x25519),
      cmocka_unit_test(x25519_key_pairs),
      cmocka_unit_test(x25519_points_of_low_order),
      cmocka_unit_test(x25519_takes_what_is_not_canonical),
      cmocka_unit_test(ed25519),
      cmocka_unit_test(generation_draws_again),
      cmocka_unit_test(ec_backends_agree),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
