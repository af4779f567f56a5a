/* Access tokens: sizes, octets, a second implementation, and what does not open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ace_fixture.h"
#include "crypto/crypto.h"

enum { TAG = 8, ROUNDS = 300 };

#define PROTECTED "a1010a"
#define UNPROTECTED "a204412a054dff0102030405060708090a0b0c"
#define OSC "a104a200418002 50cccccccccccccccccccccccccccccccc"
#define COSE_KEY "a101a20104024180"

static void test_sizes(void **state) {
  (void)state;
  static const struct {
    enum ace_profile profile;
    size_t id_length, audience_length, token, text;
  } rows[] = {
      {ACE_PROFILE_OSCORE, 1, 0, 70, 35},
      {ACE_PROFILE_OSCORE, 1, 5, 77, 42},
      {ACE_PROFILE_DTLS, 8, 0, 61, 26},
      {ACE_PROFILE_DTLS, 1, 0, 54, 19},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct ace_claims claims =
        make_claims(rows[i].profile, rows[i].id_length, rows[i].audience_length);
    uint8_t token[ACE_TOKEN_MAX], text[SECOND_ACE_MAX];
    const size_t length = seal(&claims, token);
    assert_int_equal(length, rows[i].token);
    assert_int_equal(second_ace_open(SEALING_KEY.octets, token, length, text), rows[i].text);
  }
}

/* What is inside, octet by octet, in the order of RFC 8949 section 4.2.1. */
static void test_octets(void **state) {
  (void)state;
  uint8_t token[ACE_TOKEN_MAX], text[SECOND_ACE_MAX];
  struct ace_claims claims = make_claims(ACE_PROFILE_OSCORE, 1, 5);
  size_t length = seal(&claims, token);
  assert_hex_equal(token, 27, "d0 83 43" PROTECTED UNPROTECTED "5832");
  int inside = second_ace_open(SEALING_KEY.octets, token, length, text);
  assert_true(inside > 0);
  assert_hex_equal(text, (size_t)inside, "a4 03 656c69676874 04 1a6553ff10 08" OSC "09 4101");

  claims = make_claims(ACE_PROFILE_DTLS, 1, 0);
  length = seal(&claims, token);
  inside = second_ace_open(SEALING_KEY.octets, token, length, text);
  assert_true(inside > 0);
  assert_hex_equal(text, (size_t)inside, "a3 04 1a6553ff10 08" COSE_KEY "09 4101");
}

/* The longest is within the limit, and comes back. */
static void test_longest(void **state) {
  (void)state;
  uint8_t token[ACE_TOKEN_MAX];
  struct ace_claims claims = make_claims(ACE_PROFILE_OSCORE, ACE_KEY_ID_MAX, ACE_AUDIENCE_MAX),
                    opened;
  claims.expires_s = UINT32_MAX;
  claims.scope_length = ACE_SCOPE_OCTETS_MAX;
  claims.confirmation.salt_length = ACE_SALT_MAX;
  claims.confirmation.has_context_id = true;
  claims.confirmation.context_id_length = ACE_CONTEXT_ID_MAX;
  const size_t length = seal(&claims, token);
  assert_int_equal(ace_token_open(token, length, &SEALING_KEY, NULL, &opened), 0);
  assert_claims_equal(&claims, &opened);
}

/* Both ways, against the second implementation; tagged and not. */
static void test_second(void **state) {
  (void)state;
  struct seeded chance = {.state = 7};
  for (unsigned round = 0; round < ROUNDS; round++) {
    const struct ace_claims claims = draw_claims(&chance);
    struct ace_sealing_key key;
    uint8_t nonce[ACE_SEALING_NONCE_LENGTH], text[SECOND_ACE_MAX], kid;
    uint8_t ours[ACE_TOKEN_MAX], theirs[SECOND_ACE_MAX];
    struct ace_claims opened;
    seeded_bytes(&chance, key.octets, sizeof key.octets);
    seeded_bytes(&chance, &key.kid, 1);
    seeded_bytes(&chance, nonce, sizeof nonce);
    const size_t text_length = encode_again(&claims, text);
    const int length = second_ace_seal(key.octets, key.kid, nonce, text, text_length, theirs);
    assert_int_equal(ace_token_seal(&claims, &key, nonce, NULL, ours), length);
    assert_memory_equal(ours, theirs, (size_t)length);
    assert_int_equal(ace_token_kid(ours, (size_t)length, &kid), 0);
    assert_int_equal(kid, key.kid);
    assert_int_equal(ace_token_open(theirs, (size_t)length, &key, NULL, &opened), 0);
    assert_claims_equal(&opened, &claims);
    assert_int_equal(ace_token_open(theirs + 1, (size_t)length - 1, &key, NULL, &opened), 0);
    assert_claims_equal(&opened, &claims);
  }
}

static void test_keys(void **state) {
  (void)state;
  struct seeded chance = {.state = 8};
  for (unsigned round = 0; round < ROUNDS; round++) {
    uint8_t msk[EAP_KEY_LENGTH], expected[ACE_SEALING_KEY_LENGTH + 1], token[ACE_TOKEN_MAX];
    uint8_t psk[ACE_SECRET_LENGTH], psk_expected[ACE_SECRET_LENGTH];
    struct ace_sealing_key key;
    const size_t length = seeded_below(&chance, ACE_TOKEN_MAX + 1);
    seeded_bytes(&chance, msk, sizeof msk);
    seeded_bytes(&chance, token, length);
    assert_int_equal(ace_sealing_key_derive(msk, NULL, &key), 0);
    assert_true(second_ace_sealing_key(msk, expected));
    assert_memory_equal(key.octets, expected, sizeof key.octets);
    assert_int_equal(key.kid, expected[ACE_SEALING_KEY_LENGTH]);
    assert_int_equal(ace_psk_derive(&key, token, length, NULL, psk), 0);
    assert_true(second_ace_psk(key.octets, token, length, psk_expected));
    assert_memory_equal(psk, psk_expected, sizeof psk);
  }
  const uint8_t longer[ACE_TOKEN_MAX + 1] = {0};
  uint8_t psk[ACE_SECRET_LENGTH];
  assert_int_equal(ace_psk_derive(&SEALING_KEY, longer, sizeof longer, NULL, psk),
                   NODE_ERR_TOO_LONG);
}

/* Nothing opens but the token itself, and what does not open leaves no claims. */
static void expect_closed(const uint8_t *token, size_t length, int expected) {
  static const struct ace_claims untouched = {.audience_length = 99};
  struct ace_claims claims = untouched;
  uint8_t *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  memcpy(exact, token, length);
  const int error = ace_token_open(exact, length, &SEALING_KEY, NULL, &claims);
  free(exact);
  assert_true(error < 0);
  if (expected != 0)
    assert_int_equal(error, expected);
  assert_memory_equal(&claims, &untouched, sizeof claims);
}

static void test_damaged(void **state) {
  (void)state;
  const enum ace_profile profiles[] = {ACE_PROFILE_OSCORE, ACE_PROFILE_DTLS};
  for (size_t i = 0; i < 2; i++) {
    const struct ace_claims claims = make_claims(profiles[i], 1, 5);
    uint8_t token[ACE_TOKEN_MAX + 1], kid;
    const size_t length = seal(&claims, token);
    for (size_t cut = 0; cut < length; cut++) {
      expect_closed(token, cut, NODE_ERR_MALFORMED);
      assert_int_equal(ace_token_kid(token, cut, &kid), NODE_ERR_MALFORMED);
      if (cut > 0)
        expect_closed(token + 1, cut - 1, NODE_ERR_MALFORMED);
    }
    for (size_t bit = 0; bit < 8 * length; bit++) {
      token[bit / 8] ^= (uint8_t)(1u << bit % 8);
      expect_closed(token, length, bit / 8 >= 27 ? NODE_ERR_VERIFY : 0);
      token[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    token[length] = 0;
    expect_closed(token, length + 1, NODE_ERR_MALFORMED);
    assert_int_equal(ace_token_kid(token, length + 1, &kid), NODE_ERR_MALFORMED);
  }
  const uint8_t longer[ACE_TOKEN_MAX + 1] = {0xd0, 0x83};
  expect_closed(longer, sizeof longer, NODE_ERR_TOO_LONG);
}

static void test_other_keys(void **state) {
  (void)state;
  const struct ace_claims claims = make_claims(ACE_PROFILE_OSCORE, 1, 0);
  struct ace_claims opened;
  uint8_t token[ACE_TOKEN_MAX];
  const size_t length = seal(&claims, token);
  struct ace_sealing_key other = SEALING_KEY;
  other.octets[15] ^= 1;
  assert_int_equal(ace_token_open(token, length, &other, NULL, &opened), NODE_ERR_VERIFY);
  other = SEALING_KEY;
  other.kid ^= 1;
  assert_int_equal(ace_token_open(token, length, &other, NULL, &opened), NODE_ERR_UNKNOWN);
}

/* Tokens whose headers are any, and which are sealed by the second implementation. */
static size_t seal_raw(const char *before, const char *protected, const char *unprotected,
                       const char *claims, const char *behind, uint8_t *token) {
  const struct hex start = hex(before), inner = hex(protected), outer = hex(unprotected),
                   text = hex(claims), end = hex(behind);
  size_t at = 0;
  uint8_t sealed[SECOND_ACE_MAX];
  assert_true(second_ace_encrypt(SEALING_KEY.octets, SEALING_NONCE, inner.octets, inner.length,
                                 text.octets, text.length, sealed));
  memcpy(token, start.octets, at = start.length);
  assert_true(inner.length < 24);
  token[at++] = (uint8_t)(0x40 | inner.length);
  memcpy(token + at, inner.octets, inner.length);
  at += inner.length;
  memcpy(token + at, outer.octets, outer.length);
  at += outer.length;
  const size_t length = text.length + TAG;
  if (length >= 24)
    token[at++] = 0x58;
  token[at++] = (uint8_t)(length < 24 ? 0x40 | length : length);
  memcpy(token + at, sealed, length);
  at += length;
  memcpy(token + at, end.octets, end.length);
  return at + end.length;
}

#define CLAIMS "a3 04 1a6553ff10 08" COSE_KEY "09 4101"

static void test_headers(void **state) {
  (void)state;
#define IV "4dff0102030405060708090a0b0c"
  static const struct {
    const char *before, *protected, *unprotected, *behind;
    int expected;
  } rows[] = {
      {"d083", PROTECTED, UNPROTECTED, "", 0},
      {"83", PROTECTED, UNPROTECTED, "", 0},
      {"d083", PROTECTED, "a205" IV "04412a", "", 0}, /* any order */
      {"d083", PROTECTED, "a303183d 04412a 05" IV, "", 0},
      {"d083", PROTECTED, "a304412a 05" IV "2c8100", "", 0},
      {"d083", PROTECTED, "a304412a 05" IV "6161 6162", "", 0},
      {"d083", "a2010a03183d", UNPROTECTED, "", 0},
      /* Another algorithm: A128GCM, one by name. */
      {"d083", "a10101", UNPROTECTED, "", NODE_ERR_UNSUPPORTED},
      {"d083", "a101181f", UNPROTECTED, "", NODE_ERR_UNSUPPORTED},
      {"d083", "a1012a", UNPROTECTED, "", NODE_ERR_UNSUPPORTED},
      {"d083", "a1016131", UNPROTECTED, "", NODE_ERR_UNSUPPORTED},
      {"d083", PROTECTED, "a204412b05" IV, "", NODE_ERR_UNKNOWN},
      /* Another tag, or two; another count. */
      {"d183", PROTECTED, UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d0d083", PROTECTED, UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d83dd083", PROTECTED, UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d082", PROTECTED, UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d084", PROTECTED, UNPROTECTED, "00", NODE_ERR_MALFORMED},
      {"d09803", PROTECTED, UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, UNPROTECTED, "00", NODE_ERR_MALFORMED},
      /* The protected header. */
      {"d083", "", UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d083", "a0", UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d083", "0a", UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d083", "a2010a010a", UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d083", "a1010a00", UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d083", "a10140", UNPROTECTED, "", NODE_ERR_MALFORMED},
      {"d083", "a2010a028101", UNPROTECTED, "", NODE_ERR_MALFORMED}, /* crit */
      {"d083", "a2010a04412a", "a105" IV, "", NODE_ERR_MALFORMED},
      {"d083", "a2010a05" IV, "a104412a", "", NODE_ERR_MALFORMED},
      {"d083", "a2010a064101", UNPROTECTED, "", NODE_ERR_MALFORMED},
      /* The unprotected header. */
      {"d083", PROTECTED, "a0", "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a104412a", "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a105" IV, "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a304412a04412a05" IV, "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a304412a05" IV "05" IV, "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a3010a04412a05" IV, "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a304412a05" IV "064101", "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a304412a05" IV "028101", "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a2044005" IV, "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a204422a2a05" IV, "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a204182a05" IV, "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a204412a054c000102030405060708090a0b", "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a204412a054e000102030405060708090a0b0c0d", "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "a304412a05" IV "0b8181818181818181818100", "", NODE_ERR_MALFORMED},
      {"d083", PROTECTED, "8204412a", "", NODE_ERR_MALFORMED},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    uint8_t token[SECOND_ACE_MAX], kid;
    struct ace_claims claims;
    const size_t length = seal_raw(rows[i].before, rows[i].protected, rows[i].unprotected, CLAIMS,
                                   rows[i].behind, token);
    const int error = ace_token_open(token, length, &SEALING_KEY, NULL, &claims);
    if (error != rows[i].expected)
      print_error("row %zu\n", i);
    assert_int_equal(error, rows[i].expected);
    if (error != 0)
      expect_closed(token, length, error);
    assert_int_equal(ace_token_kid(token, length, &kid),
                     error == NODE_ERR_MALFORMED ? NODE_ERR_MALFORMED : 0);
  }
#undef IV
}

/* A ciphertext that has nothing but a tag, or less, is no token. */
static void test_short_ciphertext(void **state) {
  (void)state;
  uint8_t token[SECOND_ACE_MAX];
  const size_t length = seal_raw("d083", PROTECTED, UNPROTECTED, "", "", token);
  assert_int_equal(token[length - TAG - 1], 0x48);
  expect_closed(token, length, NODE_ERR_MALFORMED);
  token[length - TAG - 1] = 0x47;
  expect_closed(token, length - 1, NODE_ERR_MALFORMED);
}

static void test_claims(void **state) {
  (void)state;
#define EXP "041a6553ff10"
#define CNF "08" COSE_KEY
#define SCOPE "094101"
  static const struct {
    const char *claims;
    int expected;
  } rows[] = {
      {"a3" EXP CNF SCOPE, 0},
      {"a3" SCOPE CNF EXP, 0},
      {"a4" CNF "036161" SCOPE EXP, 0},
      /* Passed over: iss, sub, nbf, iat, cti, what is private, and other kinds of keys. */
      {"a8 016161 026162" EXP "0500 0600 074101" CNF SCOPE, 0},
      {"a4" EXP CNF SCOPE "18648201a10203", 0},
      {"a4" EXP CNF SCOPE "3a0001116f f6", 0},
      {"a4" EXP CNF SCOPE "3819f94000", 0},
      {"a4" EXP CNF SCOPE "1b0000000100000000 00", 0},
      {"a4" EXP CNF SCOPE "6161 00", 0},
      {"a4" EXP CNF SCOPE "4161 00", 0},
      {"a4" EXP CNF SCOPE "820102 00", 0},
      {"a4" EXP CNF SCOPE "0c8181818181818100", 0},
      /* NumericDates of all lengths. */
      {"a30400" CNF SCOPE, 0},
      {"a3041903e8" CNF SCOPE, 0},
      {"a3041b0000000100000000" CNF SCOPE, 0},
      {"a3041bffffffffffffffff" CNF SCOPE, 0},
      /* Twice. */
      {"a4" EXP EXP CNF SCOPE, NODE_ERR_MALFORMED},
      {"a4" EXP CNF CNF SCOPE, NODE_ERR_MALFORMED},
      {"a4" EXP CNF SCOPE SCOPE, NODE_ERR_MALFORMED},
      {"a5036161036161" EXP CNF SCOPE, NODE_ERR_MALFORMED},
      {"a5" EXP "0600" CNF SCOPE "0600", NODE_ERR_MALFORMED},
      /* Missing, or fewer and more than are said. */
      {"a2" CNF SCOPE, NODE_ERR_MALFORMED},
      {"a2" EXP SCOPE, NODE_ERR_MALFORMED},
      {"a2" EXP CNF, NODE_ERR_MALFORMED},
      {"a0", NODE_ERR_MALFORMED},
      {"a2" EXP CNF SCOPE, NODE_ERR_MALFORMED},
      {"a4" EXP CNF SCOPE, NODE_ERR_MALFORMED},
      {"a3" EXP CNF SCOPE "00", NODE_ERR_MALFORMED},
      {"bf" EXP CNF SCOPE "ff", NODE_ERR_MALFORMED},
      {"83" EXP CNF SCOPE, NODE_ERR_MALFORMED},
      {"b803" EXP CNF SCOPE, NODE_ERR_MALFORMED},
      /* Of other types, empty, and too long. */
      {"a30420" CNF SCOPE, NODE_ERR_MALFORMED},
      {"a304fb41d9953fc4000000" CNF SCOPE, NODE_ERR_MALFORMED},
      {"a304f93c00" CNF SCOPE, NODE_ERR_MALFORMED},
      {"a304c11a6553ff10" CNF SCOPE, NODE_ERR_MALFORMED},
      {"a304446553ff10" CNF SCOPE, NODE_ERR_MALFORMED},
      {"a3041a00000001" CNF SCOPE, NODE_ERR_MALFORMED},
      {"a3" EXP CNF "0940", NODE_ERR_MALFORMED},
      {"a3" EXP CNF "096161", NODE_ERR_MALFORMED},
      {"a3" EXP CNF "0901", NODE_ERR_MALFORMED},
      {"a4" EXP CNF SCOPE "0360", NODE_ERR_MALFORMED},
      {"a4" EXP CNF SCOPE "034161", NODE_ERR_MALFORMED},
      {"a4" EXP CNF SCOPE "03816161", NODE_ERR_MALFORMED},
      {"a4" EXP CNF SCOPE
       "037821616161616161616161616161616161616161616161616161616161616161616161",
       NODE_ERR_TOO_LONG},
      {"a3" EXP CNF "095861"
       "0101010101010101010101010101010101010101010101010101010101010101"
       "0101010101010101010101010101010101010101010101010101010101010101"
       "010101010101010101010101010101010101010101010101010101010101010101",
       NODE_ERR_TOO_LONG},
      {"a3" EXP "0801" SCOPE, NODE_ERR_MALFORMED},
      {"a3" EXP "08a0" SCOPE, NODE_ERR_MALFORMED},
      {"a3" EXP "08a10341aa" SCOPE, NODE_ERR_UNSUPPORTED},
      {"a4" EXP CNF SCOPE "0c818181818181818100", NODE_ERR_MALFORMED},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    uint8_t token[SECOND_ACE_MAX];
    struct ace_claims claims;
    const size_t length = seal_raw("d083", PROTECTED, UNPROTECTED, rows[i].claims, "", token);
    assert_true(length <= ACE_TOKEN_MAX);
    const int error = ace_token_open(token, length, &SEALING_KEY, NULL, &claims);
    if (error != rows[i].expected)
      print_error("row %zu: %s\n", i, rows[i].claims);
    assert_int_equal(error, rows[i].expected);
    if (error != 0)
      expect_closed(token, length, error);
    else
      assert_int_equal(claims.confirmation.id[0], 0x80);
  }
#undef EXP
#undef CNF
#undef SCOPE
}

/* What is later than a NumericDate of 32 bits is so late that it makes no difference. */
static void test_expiry(void **state) {
  (void)state;
  static const struct {
    const char *claims;
    uint64_t expires_s;
  } rows[] = {
      {"a30400 08" COSE_KEY "094101", 0},
      {"a3041a6553ff10 08" COSE_KEY "094101", 1700003600},
      {"a3041afffffffe 08" COSE_KEY "094101", UINT32_MAX - 1},
      {"a3041affffffff 08" COSE_KEY "094101", UINT32_MAX},
      {"a3041b0000000100000000 08" COSE_KEY "094101", UINT32_MAX},
      {"a3041bffffffffffffffff 08" COSE_KEY "094101", UINT32_MAX},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    uint8_t token[SECOND_ACE_MAX];
    struct ace_claims claims;
    const size_t length = seal_raw("d083", PROTECTED, UNPROTECTED, rows[i].claims, "", token);
    assert_int_equal(ace_token_open(token, length, &SEALING_KEY, NULL, &claims), 0);
    assert_int_equal(claims.expires_s, rows[i].expires_s);
  }
}

/* Claims that are cut anywhere, though their seal is right. */
static void test_cut_claims(void **state) {
  (void)state;
  const struct ace_claims claims = make_claims(ACE_PROFILE_OSCORE, 8, 5);
  uint8_t text[SECOND_ACE_MAX], token[SECOND_ACE_MAX];
  const size_t whole = encode_again(&claims, text);
  for (size_t cut = 1; cut < whole; cut++) {
    const int length =
        second_ace_seal(SEALING_KEY.octets, SEALING_KEY.kid, SEALING_NONCE, text, cut, token);
    assert_true(length > 0);
    expect_closed(token, (size_t)length, NODE_ERR_MALFORMED);
  }
}

static void count(void *context, enum node_primitive primitive, uint32_t blocks) {
  uint32_t *counted = context;
  counted[primitive] += blocks;
}

/* Costs: as of CCM over these octets (Enc_structure has 16), and as HKDF has them. */
static void test_costs(void **state) {
  (void)state;
  uint32_t counted[NODE_PRIMITIVE_COUNT] = {0}, expected[NODE_PRIMITIVE_COUNT] = {0};
  const struct node_hooks hooks = {.context = counted, .cost = count},
                          others = {.context = expected, .cost = count};
  struct ace_claims claims = make_claims(ACE_PROFILE_OSCORE, 1, 0);
  struct ace_sealing_key key;
  uint8_t token[ACE_TOKEN_MAX], out[64], structure[15] = {0};
  const int length = ace_token_seal(&claims, &SEALING_KEY, SEALING_NONCE, &hooks, token);
  assert_int_equal(length, 70);
  assert_int_equal(crypto_ccm_encrypt(&others, SEALING_KEY.octets, SEALING_NONCE,
                                      sizeof SEALING_NONCE, structure, sizeof structure, out, 35,
                                      TAG, out),
                   0);
  assert_true(expected[NODE_PRIMITIVE_AES_BLOCK] > 0);
  assert_memory_equal(counted, expected, sizeof counted);
  assert_int_equal(ace_token_open(token, 70, &SEALING_KEY, &hooks, &claims), 0);
  for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++)
    assert_int_equal(counted[i], 2 * expected[i]);

  memset(counted, 0, sizeof counted);
  const uint8_t msk[EAP_KEY_LENGTH] = {1};
  assert_int_equal(ace_sealing_key_derive(msk, &hooks, &key), 0);
  assert_int_equal(counted[NODE_PRIMITIVE_SHA256_BLOCK], 5 + 4);
  memset(counted, 0, sizeof counted);
  assert_int_equal(ace_psk_derive(&key, token, 54, &hooks, out), 0);
  /* info: 1 + 30 + 1 + 56 octets; with pad, counter and length 3 blocks, and 2 outside. */
  assert_int_equal(counted[NODE_PRIMITIVE_SHA256_BLOCK], 4 + 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sizes),
      cmocka_unit_test(test_octets),
      cmocka_unit_test(test_longest),
      cmocka_unit_test(test_second),
      cmocka_unit_test(test_keys),
      cmocka_unit_test(test_damaged),
      cmocka_unit_test(test_other_keys),
      cmocka_unit_test(test_headers),
      cmocka_unit_test(test_short_ciphertext),
      cmocka_unit_test(test_claims),
      cmocka_unit_test(test_expiry),
      cmocka_unit_test(test_cut_claims),
      cmocka_unit_test(test_costs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
