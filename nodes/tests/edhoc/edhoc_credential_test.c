/* Credentials: as RFC 9529 has them, other forms of COSE_Key, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "edhoc_vectors.h"
#include "edhoc_world.h"

static const struct ec EC = {.backend = &EC_LIBCRYPTO};

#define X "ac75e9ece3e50bfc8ed60399889522405c47bf16df96660a41298cb4307f7eb6"
#define Y "6e5de611388a4b8a8211334ac7d37ecb52a387d257e6db3c2a93df21ff3affc8"
#define CCS(key) "a108a101" key

static void ccs_of_the_rfc(void **state) {
  (void)state;
  const struct hex cred = vector_value(TRACE_STATIC_DH, "message_3", "CRED_I (CBOR Data Item)");
  const struct hex id_cred =
      vector_value(TRACE_STATIC_DH, "message_3", "ID_CRED_I (CBOR Data Item)");
  struct edhoc_credential read, made;
  uint8_t buffer[256];
  static const uint8_t kid[] = {0x2b};
  assert_int_equal(
      edhoc_credential_read(&EC, cred.octets, cred.length, id_cred.octets, id_cred.length, &read),
      0);
  assert_int_equal(read.public.curve, EC_P256);
  assert_hex_equal(read.public.x, EC_LENGTH, X);
  assert_hex_equal(read.public.y, EC_LENGTH, Y);
  assert_null(read.private);
  assert_int_equal(edhoc_credential_ccs("42-50-31-FF-EF-37-32-39", kid, 1, &read.public, buffer,
                                        sizeof buffer, &made),
                   0);
  assert_int_equal(made.cred_length, cred.length);
  assert_memory_equal(made.cred, cred.octets, cred.length);
  assert_int_equal(made.id_cred_length, id_cred.length);
  assert_memory_equal(made.id_cred, id_cred.octets, id_cred.length);
  for (size_t capacity = 0; capacity < cred.length + id_cred.length; capacity++)
    assert_int_equal(edhoc_credential_ccs("42-50-31-FF-EF-37-32-39", kid, 1, &read.public, buffer,
                                          capacity, &made),
                     NODE_ERR_TOO_LONG);
}

/* The credential of RFC 9528 section 3.5.2, Figure 4. */
static void ccs_with_x25519(void **state) {
  (void)state;
  const struct hex cred = hex("a2027734322d35302d33312d46462d45462d33372d33322d333908a101a40101"
                              "024100200421 5820"
                              "b1a3e89460e88d3a8d54211dc95f0b903ff205eb71912d6db8f4af980d2db83a");
  const struct hex id_cred = hex("a1044100");
  struct edhoc_credential read, made;
  uint8_t buffer[256];
  assert_int_equal(
      edhoc_credential_read(&EC, cred.octets, cred.length, id_cred.octets, id_cred.length, &read),
      0);
  assert_int_equal(read.public.curve, EC_X25519);
  assert_int_equal(edhoc_credential_ccs("42-50-31-FF-EF-37-32-39", (const uint8_t *)"", 1,
                                        &read.public, buffer, sizeof buffer, &made),
                   0);
  assert_int_equal(made.cred_length, cred.length);
  assert_memory_equal(made.cred, cred.octets, cred.length);
}

static void forms_of_ccs(void **state) {
  (void)state;
  static const struct {
    const char *cred;
    int error;
    const char *y;
  } table[] = {
      {CCS("a40102 2001 215820" X " 225820" Y), 0, Y},
      {CCS("a4225820" Y " 215820" X " 2001 0102"), 0, Y}, /* in another order */
      {CCS("a30102 2001 215820" X), 0, Y},                /* the even one, which it is */
      {CCS("a40102 2001 215820" X " 22f4"), 0, Y},
      {CCS("a5 0102 61610b 2001 215820" X " 22f4"), 0, Y}, /* a label that is text */
      {CCS("a4 0102 2006 215820" X " 22f4"), NODE_ERR_UNSUPPORTED, NULL},
      {CCS("a4 0103 2001 215820" X " 22f4"), NODE_ERR_UNSUPPORTED, NULL},
      {CCS("a3 0101 2001 215820" X), NODE_ERR_UNSUPPORTED, NULL},
      {CCS("a3 0102 2001 21581f" X), NODE_ERR_MALFORMED, NULL},
      {CCS("a4 0102 2001 215820" X " 22f6"), NODE_ERR_MALFORMED, NULL},
      {CCS("a4 0102 2001 215820" X " 224100"), NODE_ERR_MALFORMED, NULL},
      {CCS("a4 0102 2001 0102 215820" X), NODE_ERR_MALFORMED, NULL}, /* kty twice */
      {CCS("a2 0102 2001"), NODE_ERR_MALFORMED, NULL},
      {CCS("a2 0102 215820" X), NODE_ERR_MALFORMED, NULL},
      {CCS("a2 2001 215820" X), NODE_ERR_MALFORMED, NULL},
      {CCS("a3 0102 2001 215820"
           "a04e73601df544a70ba7ea1e57030f7d4b4eb7f673924e58d54ca77a5e7d4d4a"),
       NODE_ERR_MALFORMED, NULL},
      {CCS("a40102 2001 215820" X " 225820" Y) "00", NODE_ERR_MALFORMED, NULL},
      {"a108a102a0", NODE_ERR_MALFORMED, NULL},
      {"a10880", NODE_ERR_MALFORMED, NULL},
      {"a0", NODE_ERR_MALFORMED, NULL},
      {"80", NODE_ERR_MALFORMED, NULL},
      {"", NODE_ERR_MALFORMED, NULL},
      {"40", NODE_ERR_MALFORMED, NULL},
      {"420000", NODE_ERR_MALFORMED, NULL},
  };
  const struct hex id_cred = hex("a104412b");
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex cred = hex(table[i].cred);
    struct edhoc_credential read;
    assert_int_equal(
        edhoc_credential_read(&EC, cred.octets, cred.length, id_cred.octets, id_cred.length, &read),
        table[i].error);
    if (table[i].error == 0) {
      assert_hex_equal(read.public.x, EC_LENGTH, X);
      assert_hex_equal(read.public.y, EC_LENGTH, table[i].y);
    }
  }
}

static void forms_of_id_cred(void **state) {
  (void)state;
  static const struct {
    const char *id_cred;
    bool good, kid, x5chain;
  } table[] = {
      {"a104412b", true, true, false},
      {"a10440", true, true, false},
      {"a1182142aabb", true, false, true},
      {"a11822822e4879f2a41b510c1f9b", true, false, false},
      {"a204412b182142aabb", true, false, true},
      {"a1042b", true, false, false},
      {"a0", true, false, false},
      {"a104412b00", false, false, false},
      {"412b", false, false, false},
      {"a1", false, false, false},
      {"", false, false, false},
  };
  const struct hex cred = vector_value(TRACE_STATIC_DH, "message_3", "CRED_I (CBOR Data Item)");
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex id_cred = hex(table[i].id_cred);
    const uint8_t *kid;
    size_t length;
    struct edhoc_credential read;
    assert_int_equal(
        edhoc_credential_read(&EC, cred.octets, cred.length, id_cred.octets, id_cred.length, &read),
        table[i].good ? 0 : NODE_ERR_MALFORMED);
    if (!table[i].good)
      continue;
    assert_int_equal(edhoc_id_cred_kid(id_cred.octets, id_cred.length, &kid, &length),
                     table[i].kid);
    assert_int_equal(edhoc_id_cred_has(id_cred.octets, id_cred.length, EDHOC_HEADER_X5CHAIN),
                     table[i].x5chain);
  }
}

static void credentials_that_are_too_long(void **state) {
  (void)state;
  static uint8_t octets[EDHOC_ID_CRED_MAX + 1];
  struct edhoc_credential read;
  assert_int_equal(edhoc_credential_read(&EC, octets, EDHOC_CRED_MAX + 1, octets, 1, &read),
                   NODE_ERR_TOO_LONG);
  assert_int_equal(edhoc_credential_read(&EC, octets, 1, octets, EDHOC_ID_CRED_MAX + 1, &read),
                   NODE_ERR_TOO_LONG);
}

/* Both forms of a certificate, read back as raw CBOR. */
static void credentials_of_certificates(void **state) {
  (void)state;
  for (enum edhoc_world_kind kind = KIND_X5T; kind <= KIND_X5CHAIN; kind++) {
    struct edhoc_world world;
    struct edhoc_credential read;
    uint8_t hash[32];
    edhoc_world_init(&world, 0, 2, kind);
    const struct edhoc_credential *own = &world.own[INITIATOR];
    const uint8_t *der = own->cred + 3; /* after the head of the byte string */
    const size_t length = own->cred_length - 3;
    assert_int_equal(length, WORLD_CERTIFICATE_LENGTH);
    assert_int_equal(edhoc_credential_read(&EC, own->cred, own->cred_length, own->id_cred,
                                           own->id_cred_length, &read),
                     0);
    assert_memory_equal(&read.public, &own->public, sizeof read.public);
    if (kind == KIND_X5CHAIN) {
      assert_hex_equal(own->id_cred, 3, "a11821");
      assert_memory_equal(own->id_cred + 3, own->cred, own->cred_length);
    } else {
      assert_int_equal(crypto_sha256(NULL, der, length, hash), 0);
      assert_int_equal(own->id_cred_length, 14);
      assert_hex_equal(own->id_cred, 6, "a11822822e48");
      assert_memory_equal(own->id_cred + 6, hash, 8);
    }
  }
}

static void certificates_that_are_none(void **state) {
  (void)state;
  struct edhoc_credential made;
  uint8_t buffer[64];
  static const uint8_t der[] = {0x30, 0x00};
  assert_int_equal(edhoc_credential_x5t(&EC, der, sizeof der, buffer, sizeof buffer, &made),
                   NODE_ERR_MALFORMED);
  assert_int_equal(edhoc_credential_x5chain(der, sizeof der, buffer, sizeof buffer, &made),
                   NODE_ERR_MALFORMED);
  struct edhoc_world world;
  edhoc_world_init(&world, 0, 2, KIND_X5T);
  const uint8_t *certificate = world.own[INITIATOR].cred + 3;
  assert_int_equal(edhoc_credential_x5t(&EC, certificate, WORLD_CERTIFICATE_LENGTH, buffer,
                                        sizeof buffer, &made),
                   NODE_ERR_TOO_LONG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ccs_of_the_rfc),
      cmocka_unit_test(ccs_with_x25519),
      cmocka_unit_test(forms_of_ccs),
      cmocka_unit_test(forms_of_id_cred),
      cmocka_unit_test(credentials_that_are_too_long),
      cmocka_unit_test(credentials_of_certificates),
      cmocka_unit_test(certificates_that_are_none),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(edhoc_vectors());
  return failed;
}
