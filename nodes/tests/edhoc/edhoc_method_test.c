/* The table of methods against what RFC 9528 says of each: the kinds of proof (section 3.2),
 * whether PRK_3e2m and PRK_4e3m have an ECDH (4.1.1), and what messages 2 and 3 carry
 * (5.3.2, 5.4.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "edhoc/session.h"
#include "edhoc_world.h"

static const struct expectation {
  const char *proof[EDHOC_ROLES];
  enum edhoc_key_use use[EDHOC_ROLES];
  bool agrees[EDHOC_ROLES]; /* the PRK of this side's message has an ECDH */
  size_t mac[EDHOC_ROLES];  /* octets of MAC_x with suite 2 */
  size_t signature_or_mac[EDHOC_ROLES];
} EXPECTED[] = {
    {{"signature", "signature"},
     {EDHOC_USE_SIGNATURE, EDHOC_USE_SIGNATURE},
     {false, false},
     {32, 32},
     {64, 64}},
    {{"signature", "static Diffie-Hellman"},
     {EDHOC_USE_SIGNATURE, EDHOC_USE_AGREEMENT},
     {false, true},
     {32, 8},
     {64, 8}},
    {{"static Diffie-Hellman", "signature"},
     {EDHOC_USE_AGREEMENT, EDHOC_USE_SIGNATURE},
     {true, false},
     {8, 32},
     {8, 64}},
    {{"static Diffie-Hellman", "static Diffie-Hellman"},
     {EDHOC_USE_AGREEMENT, EDHOC_USE_AGREEMENT},
     {true, true},
     {8, 8},
     {8, 8}},
};

_Static_assert(sizeof EXPECTED / sizeof EXPECTED[0] == EDHOC_METHODS, "each method is expected");
_Static_assert(EDHOC_METHODS <= 8, "edhoc_config's methods are bits of an octet");

static void edhoc_method_rows(void **state) {
  (void)state;
  const struct edhoc_suite *suite = edhoc_suite_find(2);
  for (int32_t number = 0; number < EDHOC_METHODS; number++)
    for (size_t role = 0; role < EDHOC_ROLES; role++) {
      const struct expectation *expected = &EXPECTED[number];
      const struct edhoc_proof_kind *kind = edhoc_method_find(number)->proof[role];
      assert_string_equal(kind->name, expected->proof[role]);
      assert_int_equal(kind->use, expected->use[role]);
      assert_int_equal(kind->derive != NULL, expected->agrees[role]);
      assert_int_equal(kind->mac_length(suite), expected->mac[role]);
      assert_int_equal(kind->length(suite), expected->signature_or_mac[role]);
    }
}

static void numbers_without_a_row(void **state) {
  (void)state;
  static const int32_t numbers[] = {INT32_MIN, -1, EDHOC_METHODS, EDHOC_METHODS + 1, INT32_MAX};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    assert_null(edhoc_method_find(numbers[i]));
}

/* Suite 0 agrees on X25519 and signs with Ed25519. */
static void curves(void **state) {
  (void)state;
  const struct edhoc_suite *suite = edhoc_suite_find(0);
  for (unsigned number = 0; number < EDHOC_METHODS; number++)
    for (unsigned role = 0; role < EDHOC_ROLES; role++)
      assert_int_equal(edhoc_method_curve(number, (enum edhoc_role)role, suite),
                       EXPECTED[number].agrees[role] ? EC_X25519 : EC_ED25519);
}

/* The lengths of messages 2 and 3 tell what was carried: beside it, message_2 has a head of two
 * octets, G_Y, C_R and a kid; message_3 a head, a kid and a tag. */
static void messages_carry_it(void **state) {
  (void)state;
  for (unsigned number = 0; number < EDHOC_METHODS; number++) {
    struct edhoc_world world;
    const size_t *carried = EXPECTED[number].signature_or_mac;
    edhoc_world_init(&world, number, 2, KIND_KID);
    edhoc_world_run(&world);
    for (unsigned role = 0; role < EDHOC_ROLES; role++) {
      const size_t string = (carried[role] < 24 ? 1 : 2) + carried[role];
      const size_t content = role == EDHOC_RESPONDER ? EC_LENGTH + 1 + 1 + string : 1 + string + 8;
      const unsigned message = role == EDHOC_RESPONDER ? 2 : 3;
      assert_int_equal(world.message[message].length, (content < 24 ? 1 : 2) + content);
    }
  }
}

/* A side's PRK moves on with its message where it has an ECDH, and else stays. */
static void prk_moves_with_an_ecdh(void **state) {
  (void)state;
  for (unsigned number = 0; number < EDHOC_METHODS; number++) {
    struct edhoc_world world;
    edhoc_world_init(&world, number, 2, KIND_KID);
    edhoc_world_advance(&world, 2);
    struct edhoc *responder = &world.side[RESPONDER];
    struct edhoc before = *responder;
    assert_int_equal(edhoc_derive_2e(&before), 0); /* PRK_2e */
    assert_int_equal(memcmp(before.prk, responder->prk, sizeof before.prk) != 0,
                     EXPECTED[number].agrees[EDHOC_RESPONDER]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(edhoc_method_rows),
      cmocka_unit_test(numbers_without_a_row),
      cmocka_unit_test(curves),
      cmocka_unit_test(messages_carry_it),
      cmocka_unit_test(prk_moves_with_an_ecdh),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
