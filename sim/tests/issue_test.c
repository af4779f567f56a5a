/* Certificates are issued in exact sizes, with the same octets every time, and are verified. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cast/issue.h"
#include "crypto/crypto.h"
#include "edhoc/certificate.h"

static const struct ec EC = {.backend = &EC_LIBCRYPTO};

enum { ROOT, LEAF, WHO_COUNT };

/* A CA and an end entity. */
struct issue_pki {
  uint8_t private[WHO_COUNT][EC_LENGTH];
  struct ec_public public[WHO_COUNT];
  uint8_t der[WHO_COUNT][ISSUE_MAX];
  struct edhoc_certificate certificate[WHO_COUNT];
};

static void issue_pki(struct issue_pki *pki) {
  static const char *const names[WHO_COUNT] = {"root", "leaf"};
  memset(pki, 0, sizeof *pki);
  for (unsigned i = 0; i < WHO_COUNT; i++) {
    memset(pki->private[i], (int)(i + 1), EC_LENGTH);
    assert_int_equal(ec_derive(&EC, EC_P256, pki->private[i], &pki -> public[i]), 0);
    const struct issue request = {
        .issuer = "root",
        .subject = names[i],
        .issuer_private = pki->private[ROOT],
        .public = &pki->public[i],
        .authority = i == ROOT,
    };
    pki->certificate[i].der = pki->der[i];
    assert_int_equal(issue_certificate(&EC, &request, pki->der[i], sizeof pki->der[i],
                                       &pki->certificate[i].length),
                     0);
  }
}

/* A change of them would move every figure with certificates. */
static void known_octets(void **state) {
  (void)state;
  static const char *const expected[WHO_COUNT] = {
      "4795837ac7ee0ed7d53148134c19a7ad570721af8f47498f2b856828384b3ae2",
      "6ed59499518f9af3ab9adb685f2084e55b56b6b246c5e1513aa3aee70e0bc37d"};
  struct issue_pki pki;
  issue_pki(&pki);
  for (unsigned i = 0; i < WHO_COUNT; i++) {
    uint8_t hash[CRYPTO_SHA256_LENGTH];
    char digits[2 * sizeof hash + 1];
    assert_int_equal(crypto_sha256(NULL, pki.certificate[i].der, pki.certificate[i].length, hash),
                     0);
    for (size_t at = 0; at < sizeof hash; at++)
      snprintf(digits + 2 * at, 3, "%02x", hash[at]);
    assert_string_equal(digits, expected[i]);
  }
}

static void exact_sizes(void **state) {
  (void)state;
  struct issue_pki pki;
  issue_pki(&pki);
  size_t smallest = 0;
  for (size_t size = 200; size <= ISSUE_MAX; size += size < 420 ? 1 : 97) {
    uint8_t der[ISSUE_MAX];
    struct edhoc_certificate certificate = {.der = der};
    struct ec_public public;
    const struct issue request = {
        .issuer = "root",
        .subject = "leaf",
        .issuer_private = pki.private[ROOT],
        .public = &pki.public[LEAF],
        .length = size,
    };
    const char *why;
    const int error = issue_certificate(&EC, &request, der, sizeof der, &certificate.length);
    if (smallest == 0 && error == NODE_ERR_BAD_CONFIG)
      continue;
    assert_int_equal(error, 0);
    smallest = smallest == 0 ? size : smallest;
    assert_int_equal(certificate.length, size);
    assert_int_equal(edhoc_certificate_key(&certificate, &public), 0);
    assert_memory_equal(&public, &pki.public[LEAF], sizeof public);
    const struct edhoc_trust trust = {
        .anchors = &pki.certificate[ROOT], .anchors_count = 1, .use = EDHOC_USE_SIGNATURE};
    assert_int_equal(edhoc_chain_verify(&EC, &certificate, 1, &trust, &why), 0);
  }
  assert_in_range(smallest, 250, 280);
}

static void the_same_octets_every_time(void **state) {
  (void)state;
  static const struct ec other = {.backend = &EC_MBEDTLS};
  struct issue_pki pki;
  uint8_t der[ISSUE_MAX];
  size_t length;
  issue_pki(&pki);
  const struct issue request = {
      .issuer = "root",
      .subject = "leaf",
      .issuer_private = pki.private[ROOT],
      .public = &pki.public[LEAF],
  };
  assert_int_equal(issue_certificate(&other, &request, der, sizeof der, &length), 0);
  assert_int_equal(length, pki.certificate[LEAF].length);
  assert_memory_equal(der, pki.der[LEAF], length);
}

static void requests_that_cannot_be(void **state) {
  (void)state;
  struct issue_pki pki;
  uint8_t der[ISSUE_MAX];
  size_t length;
  issue_pki(&pki);
  struct ec_public x25519 = {.curve = EC_X25519};
  const struct issue good = {
      .issuer = "root",
      .subject = "leaf",
      .issuer_private = pki.private[ROOT],
      .public = &pki.public[LEAF],
  };
  struct issue bad = good;
  bad.subject = "";
  assert_int_equal(issue_certificate(&EC, &bad, der, sizeof der, &length), NODE_ERR_BAD_CONFIG);
  bad = good;
  bad.issuer = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  assert_int_equal(issue_certificate(&EC, &bad, der, sizeof der, &length), NODE_ERR_BAD_CONFIG);
  bad = good;
  bad.public = &x25519;
  assert_int_equal(issue_certificate(&EC, &bad, der, sizeof der, &length), NODE_ERR_BAD_CONFIG);
  bad = good;
  bad.length = ISSUE_MAX + 1;
  assert_int_equal(issue_certificate(&EC, &bad, der, sizeof der, &length), NODE_ERR_BAD_CONFIG);
  assert_int_equal(issue_certificate(&EC, &good, der, 100, &length), NODE_ERR_TOO_LONG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_octets),
      cmocka_unit_test(exact_sizes),
      cmocka_unit_test(the_same_octets_every_time),
      cmocka_unit_test(requests_that_cannot_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
