/* What names the keys of both profiles, and what those of coap_oscore come of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ace_fixture.h"
#include "oscore/oscore.h"
#include "second.h"

/* The Master Salt, and the keys that come of it, as a second implementation has them. */
static void test_oscore_keys(void **state) {
  (void)state;
  struct seeded chance = {.state = 13};
  for (unsigned round = 0; round < 200; round++) {
    struct ace_confirmation confirmation = draw_claims(&chance).confirmation;
    struct ace_oscore_half client, server;
    uint8_t salt[ACE_MASTER_SALT_MAX], expected[ACE_MASTER_SALT_MAX], key[SECOND_KEY_MAX],
        iv[SECOND_NONCE_MAX];
    draw_half(&chance, &client);
    draw_half(&chance, &server);
    server.id_length = 1;
    client.id_length = 2;
    const uint8_t *const strings[] = {confirmation.salt, client.nonce, server.nonce};
    const size_t lengths[] = {confirmation.salt_length, client.nonce_length, server.nonce_length};
    const size_t length = ace_master_salt(&confirmation, &client, &server, salt);
    assert_int_equal(second_ace_master_salt(strings, lengths, 3, expected), length);
    assert_memory_equal(salt, expected, length);

    struct oscore_context context;
    struct oscore_parameters parameters = {
        .master_secret = confirmation.secret,
        .master_secret_length = sizeof confirmation.secret,
        .master_salt = salt,
        .master_salt_length = length,
        .sender_id = {.length = server.id_length}, /* of the client: ID2 */
        .recipient_id = {.length = client.id_length},
        .id_context = confirmation.has_context_id ? confirmation.context_id : NULL,
        .id_context_length = confirmation.context_id_length};
    memcpy(parameters.sender_id.bytes, server.id, server.id_length);
    memcpy(parameters.recipient_id.bytes, client.id, client.id_length);
    assert_int_equal(oscore_context_derive(&context, &parameters, NULL), 0);
    struct second_context second = {.secret = confirmation.secret,
                                    .secret_length = sizeof confirmation.secret,
                                    .salt = expected,
                                    .salt_length = length,
                                    .peer = {.length = server.id_length},
                                    .authenticator = {.length = client.id_length},
                                    .id_context = parameters.id_context,
                                    .id_context_length = confirmation.context_id_length};
    memcpy(second.peer.octets, server.id, server.id_length);
    memcpy(second.authenticator.octets, client.id, client.id_length);
    second_key(&second, true, key);
    assert_memory_equal(context.sender_key, key, 16);
    second_key(&second, false, key);
    assert_memory_equal(context.recipient_key, key, 16);
    second_common_iv(&second, iv);
    assert_memory_equal(context.common_iv, iv, sizeof iv);
  }
}

static void test_master_salt_octets(void **state) {
  (void)state;
  uint8_t salt[ACE_MASTER_SALT_MAX];
  struct ace_confirmation confirmation = {.salt_length = 0};
  assert_hex_equal(salt, ace_master_salt(&confirmation, &CLIENT, &SERVER, salt),
                   "40 481011121314151617 482021222324252627");
  memset(confirmation.salt, 0x5a, ACE_SALT_MAX);
  confirmation.salt_length = 2;
  assert_hex_equal(salt, ace_master_salt(&confirmation, &CLIENT, &SERVER, salt),
                   "425a5a 481011121314151617 482021222324252627");
  struct ace_oscore_half longest = {.nonce_length = ACE_NONCE_MAX};
  confirmation.salt_length = ACE_SALT_MAX;
  assert_int_equal(ace_master_salt(&confirmation, &longest, &longest, salt), sizeof salt);
}

static void test_psk_identity(void **state) {
  (void)state;
  const uint8_t kid[ACE_KEY_ID_MAX] = {1, 2, 3, 4, 5, 6, 7, 8};
  uint8_t identity[ACE_PSK_IDENTITY_MAX + 1] = {0};
  const uint8_t *read;
  size_t read_length;
  assert_hex_equal(identity, ace_psk_identity_write(kid, 8, identity),
                   "a1 08 a1 01 a2 01 04 02 48 0102030405060708");
  assert_int_equal(ace_psk_identity_write(kid, 8, identity), 17);
  for (size_t kid_length = 1; kid_length <= ACE_KEY_ID_MAX; kid_length++) {
    const size_t length = ace_psk_identity_write(kid, kid_length, identity);
    assert_int_equal(length, 9 + kid_length);
    assert_true(ace_psk_identity_read(identity, length, &read, &read_length));
    assert_ptr_equal(read, identity + 9);
    assert_int_equal(read_length, kid_length);
    for (size_t cut = 0; cut < length; cut++) {
      uint8_t *copy = exact(identity, cut);
      assert_false(ace_psk_identity_read(copy, cut, &read, &read_length));
      free(copy);
    }
    assert_false(ace_psk_identity_read(identity, length + 1, &read, &read_length));
    for (size_t bit = 0; bit < 8 * 9; bit++) {
      identity[bit / 8] ^= (uint8_t)(1u << bit % 8);
      assert_false(ace_psk_identity_read(identity, length, &read, &read_length));
      identity[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
  }
}

/* What is no such identity; a kid of none, and one too long; a token. */
static void test_other_identities(void **state) {
  (void)state;
  static const char *const identities[] = {
      "a108a101a201040240",
      "a108a101a201040249010203040506070809",
      "a108a101a3010402412a2050cccccccccccccccccccccccccccccccc",
      "a108a101a202412a0104",
      "a108a101a2010402612a",
      "a108a101a2010402182a",
      "6c69676874",
  };
  const uint8_t *kid;
  size_t kid_length;
  for (size_t i = 0; i < sizeof identities / sizeof identities[0]; i++) {
    const struct hex identity = hex(identities[i]);
    assert_false(ace_psk_identity_read(identity.octets, identity.length, &kid, &kid_length));
  }
  const struct ace_claims claims = make_claims(ACE_PROFILE_DTLS, 1, 0);
  uint8_t token[ACE_TOKEN_MAX];
  assert_false(ace_psk_identity_read(token, seal(&claims, token), &kid, &kid_length));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_oscore_keys),
      cmocka_unit_test(test_master_salt_octets),
      cmocka_unit_test(test_psk_identity),
      cmocka_unit_test(test_other_identities),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
