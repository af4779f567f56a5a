/* PRFs: the vectors of RFC 4231 and RFC 4615; prf+ against prf, written out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "hex.h"
#include "ikev2/prf.h"

static const struct vector {
  enum ikev2_prf prf;
  const char *key, *data, *out;
} PRF_VECTORS[] = {
    /* RFC 4231, cases 1 to 4 */
    {IKEV2_PRF_HMAC_SHA2_256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {IKEV2_PRF_HMAC_SHA2_256, "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {IKEV2_PRF_HMAC_SHA2_256, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "dddddddddddddddddddddddddddddddddddddddddddddddddd"
     "dddddddddddddddddddddddddddddddddddddddddddddddddd",
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {IKEV2_PRF_HMAC_SHA2_256, "0102030405060708090a0b0c0d0e0f10111213141516171819",
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
     "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    /* RFC 4615 section 4 */
    {IKEV2_PRF_AES128_CMAC, "000102030405060708090a0b0c0d0e0fedcb",
     "000102030405060708090a0b0c0d0e0f10111213", "84a348a4a45d235babfffc0d2b4da09a"},
    {IKEV2_PRF_AES128_CMAC, "000102030405060708090a0b0c0d0e0f",
     "000102030405060708090a0b0c0d0e0f10111213", "980ae87b5f4c9c5214f5b6a8455e4c2d"},
    {IKEV2_PRF_AES128_CMAC, "00010203040506070809", "000102030405060708090a0b0c0d0e0f10111213",
     "290d9e112edb09ee141fcf64c0b72f3d"},
};

static const enum ikev2_prf PRFS[] = {IKEV2_PRF_HMAC_SHA2_256, IKEV2_PRF_AES128_CMAC};

static struct crypto_slice slice_of(const struct hex *octets) {
  return (struct crypto_slice){octets->octets, octets->length};
}

/* However the data are cut into two slices. */
static void vectors(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof PRF_VECTORS / sizeof PRF_VECTORS[0]; i++) {
    const struct hex key = hex(PRF_VECTORS[i].key), data = hex(PRF_VECTORS[i].data);
    for (size_t cut = 0; cut <= data.length; cut++) {
      const struct crypto_slice slices[] = {{data.octets, cut},
                                            {data.octets + cut, data.length - cut}};
      uint8_t out[IKEV2_PRF_MAX];
      assert_int_equal(ikev2_prf(NULL, PRF_VECTORS[i].prf, slice_of(&key), slices, 2, out), 0);
      assert_hex_equal(out, ikev2_prf_length(PRF_VECTORS[i].prf), PRF_VECTORS[i].out);
    }
  }
}

static void keys_longer_than_a_block(void **state) {
  (void)state;
  static const char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
  uint8_t key[131], out[IKEV2_PRF_MAX]; /* RFC 4231, case 6 */
  memset(key, 0xaa, sizeof key);
  const struct crypto_slice data = {(const uint8_t *)text, sizeof text - 1};
  assert_int_equal(ikev2_prf(NULL, IKEV2_PRF_HMAC_SHA2_256, (struct crypto_slice){key, sizeof key},
                             &data, 1, out),
                   0);
  assert_hex_equal(out, 32, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* T1 = prf(K, S | 1), T2 = prf(K, T1 | S | 2), ...: all lengths are beginnings of the same. */
static void prf_plus(void **state) {
  (void)state;
  static const uint8_t key_octets[] = "a key", seed_octets[] = "a seed of several octets";
  const struct crypto_slice key = {key_octets, 5}, seed = {seed_octets, 24};
  for (size_t p = 0; p < sizeof PRFS / sizeof PRFS[0]; p++) {
    const size_t length = ikev2_prf_length(PRFS[p]);
    uint8_t expected[5 * IKEV2_PRF_MAX], out[5 * IKEV2_PRF_MAX];
    for (uint8_t n = 1; n <= 5; n++) {
      const size_t before = n == 1 ? 0 : length;
      const struct crypto_slice slices[] = {
          {expected + (size_t)(n - 1) * length - before, before}, seed, {&n, 1}};
      assert_int_equal(
          ikev2_prf(NULL, PRFS[p], key, slices, 3, expected + (size_t)(n - 1) * length), 0);
    }
    for (size_t wanted = 0; wanted <= 5 * length; wanted++) {
      memset(out, 0xee, sizeof out);
      assert_int_equal(ikev2_prf_plus(NULL, PRFS[p], key, &seed, 1, out, wanted), 0);
      assert_memory_equal(out, expected, wanted);
      assert_true(wanted == sizeof out || out[wanted] == 0xee);
    }
  }
}

static void bounds(void **state) {
  (void)state;
  static uint8_t data[IKEV2_PRF_INPUT_MAX + 1], out[256 * IKEV2_PRF_MAX];
  const struct crypto_slice key = {data, 16};
  for (size_t p = 0; p < sizeof PRFS / sizeof PRFS[0]; p++) {
    const size_t length = ikev2_prf_length(PRFS[p]);
    struct crypto_slice slice = {data, IKEV2_PRF_INPUT_MAX};
    assert_int_equal(ikev2_prf(NULL, PRFS[p], key, &slice, 1, out), 0);
    slice.length++;
    memset(out, 0xee, sizeof out);
    assert_int_equal(ikev2_prf(NULL, PRFS[p], key, &slice, 1, out), NODE_ERR_TOO_LONG);
    assert_int_equal(out[0], 0);
    assert_int_equal(out[length - 1], 0);
    slice.length--; /* which leaves none for the count */
    assert_int_equal(ikev2_prf_plus(NULL, PRFS[p], key, &slice, 1, out, 40), NODE_ERR_TOO_LONG);
    slice.length = 1;
    assert_int_equal(ikev2_prf_plus(NULL, PRFS[p], key, &slice, 1, out, 255 * length), 0);
    assert_int_equal(ikev2_prf_plus(NULL, PRFS[p], key, &slice, 1, out, 255 * length + 1),
                     NODE_ERR_TOO_LONG);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(vectors),
      cmocka_unit_test(keys_longer_than_a_block),
      cmocka_unit_test(prf_plus),
      cmocka_unit_test(bounds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
