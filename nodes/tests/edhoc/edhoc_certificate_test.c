/* Certificates: read, and verified up to an anchor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <jansson.h>

#include "edhoc/certificate.h"
#include "edhoc/credential.h"
#include "edhoc/certify.h"
#include "hex.h"

static const struct ec EC = {.backend = &EC_LIBCRYPTO};

enum { ROOT, MIDDLE, LEAF, OTHER, WHO_COUNT };

/* A CA, one below it, an end entity below that, and a CA that has nothing to do with them. */
struct pki {
  uint8_t private[WHO_COUNT][EC_LENGTH];
  struct ec_public public[WHO_COUNT];
  uint8_t der[WHO_COUNT][CERTIFY_MAX];
  struct edhoc_certificate certificate[WHO_COUNT];
};

static const char *const NAMES[] = {"root", "middle", "leaf", "root"};

static void pki_issue(struct pki *pki, unsigned who, unsigned by, const char *issuer,
                      bool authority) {
  const struct certify request = {
      .issuer = issuer,
      .subject = NAMES[who],
      .issuer_private = pki->private[by],
      .public = &pki->public[who],
      .authority = authority,
  };
  pki->certificate[who].der = pki->der[who];
  pki->certificate[who].length = certify(&request, pki->der[who]);
}

static void pki_init(struct pki *pki) {
  memset(pki, 0, sizeof *pki);
  for (unsigned i = 0; i < WHO_COUNT; i++) {
    memset(pki->private[i], (int)(i + 1), EC_LENGTH);
    assert_int_equal(ec_derive(&EC, EC_P256, pki->private[i], &pki -> public[i]), 0);
  }
  pki_issue(pki, ROOT, ROOT, "root", true);
  pki_issue(pki, MIDDLE, ROOT, "root", true);
  pki_issue(pki, LEAF, MIDDLE, "middle", false);
  pki_issue(pki, OTHER, OTHER, "root", true);
}

/* At no time. */
static int verify_up_to(const struct edhoc_certificate *chain, size_t count,
                        const struct edhoc_certificate *anchors, size_t anchors_count,
                        enum edhoc_key_use use) {
  const struct edhoc_trust trust = {.anchors = anchors, .anchors_count = anchors_count, .use = use};
  const char *why;
  return edhoc_chain_verify(&EC, chain, count, &trust, &why);
}

static int pki_verify(const struct pki *pki, unsigned first, size_t count, unsigned anchor,
                      enum edhoc_key_use use) {
  struct edhoc_certificate chain[WHO_COUNT];
  for (size_t i = 0; i < count; i++)
    chain[i] = pki->certificate[first - i];
  return verify_up_to(chain, count, &pki->certificate[anchor], 1, use);
}

static void chains(void **state) {
  (void)state;
  struct pki pki;
  pki_init(&pki);
  assert_int_equal(pki_verify(&pki, LEAF, 3, ROOT, EDHOC_USE_SIGNATURE), 0); /* with its root */
  assert_int_equal(pki_verify(&pki, LEAF, 2, ROOT, EDHOC_USE_AGREEMENT), 0);
  assert_int_equal(pki_verify(&pki, LEAF, 1, MIDDLE, EDHOC_USE_ANY), 0);
  assert_int_equal(pki_verify(&pki, LEAF, 1, LEAF, EDHOC_USE_ANY), 0); /* pinned */
  assert_int_equal(pki_verify(&pki, LEAF, 1, ROOT, EDHOC_USE_ANY), NODE_ERR_UNKNOWN);
  assert_int_equal(pki_verify(&pki, LEAF, 2, OTHER, EDHOC_USE_ANY), NODE_ERR_VERIFY);
  assert_int_equal(pki_verify(&pki, ROOT, 1, OTHER, EDHOC_USE_ANY), NODE_ERR_VERIFY);
  assert_int_equal(pki_verify(&pki, OTHER, 1, ROOT, EDHOC_USE_ANY), NODE_ERR_VERIFY);
  assert_int_equal(pki_verify(&pki, LEAF, 0, ROOT, EDHOC_USE_ANY), NODE_ERR_MALFORMED);
  assert_int_equal(pki_verify(&pki, MIDDLE, 1, ROOT, EDHOC_USE_SIGNATURE), NODE_ERR_VERIFY);
  assert_int_equal(verify_up_to(&pki.certificate[LEAF], 1, NULL, 0, EDHOC_USE_ANY),
                   NODE_ERR_UNKNOWN);
}

/* Any of several anchors will do, also after one of the same name that does not. */
static void several_anchors(void **state) {
  (void)state;
  struct pki pki;
  pki_init(&pki);
  const struct edhoc_certificate anchors[] = {pki.certificate[LEAF], pki.certificate[OTHER],
                                              pki.certificate[ROOT]};
  assert_int_equal(verify_up_to(&pki.certificate[MIDDLE], 1, anchors, 3, EDHOC_USE_ANY), 0);
}

static void an_end_entity_issues_nothing(void **state) {
  (void)state;
  struct pki pki;
  pki_init(&pki);
  pki_issue(&pki, MIDDLE, ROOT, "root", false);
  pki_issue(&pki, LEAF, MIDDLE, "middle", false);
  assert_int_equal(pki_verify(&pki, LEAF, 2, ROOT, EDHOC_USE_ANY), NODE_ERR_VERIFY);
  assert_int_equal(pki_verify(&pki, LEAF, 1, MIDDLE, EDHOC_USE_ANY), NODE_ERR_VERIFY);
}

static void issuers_of_another_name(void **state) {
  (void)state;
  struct pki pki;
  pki_init(&pki);
  pki_issue(&pki, LEAF, MIDDLE, "muddle", false);
  assert_int_equal(pki_verify(&pki, LEAF, 2, ROOT, EDHOC_USE_ANY), NODE_ERR_VERIFY);
  assert_int_equal(pki_verify(&pki, LEAF, 1, MIDDLE, EDHOC_USE_ANY), NODE_ERR_UNKNOWN);
}

/* No octet of a chain may change. */
static void each_flipped_octet_is_caught(void **state) {
  (void)state;
  struct pki pki;
  pki_init(&pki);
  for (unsigned who = MIDDLE; who <= LEAF; who++)
    for (size_t i = 0; i < pki.certificate[who].length; i++) {
      pki.der[who][i] ^= (uint8_t)(1u << i % 8);
      assert_int_not_equal(pki_verify(&pki, LEAF, 2, ROOT, EDHOC_USE_ANY), 0);
      pki.der[who][i] ^= (uint8_t)(1u << i % 8);
    }
  assert_int_equal(pki_verify(&pki, LEAF, 2, ROOT, EDHOC_USE_ANY), 0);
}

static void truncated_and_padded(void **state) {
  (void)state;
  struct pki pki;
  struct ec_public public;
  pki_init(&pki);
  const size_t length = pki.certificate[LEAF].length;
  for (size_t i = 0; i <= length + 1; i++) {
    uint8_t copy[CERTIFY_MAX];
    struct edhoc_certificate certificate = {.der = copy, .length = i};
    memcpy(copy, pki.der[LEAF], sizeof copy);
    assert_int_equal(edhoc_certificate_key(&certificate, &public),
                     i == length ? 0 : NODE_ERR_MALFORMED);
  }
}

static json_t *vectors;

/* Certificates that OpenSSL made. */
static struct hex certificate_vector(const char *name) {
  if (vectors == NULL)
    vectors = json_load_file(VECTORS "/edhoc-certificates.json", 0, NULL);
  const char *text = json_string_value(json_object_get(vectors, name));
  assert_non_null(text);
  return hex(text);
}

static void keys_of_other_kinds(void **state) {
  (void)state;
  static const char *const table[] = {"p384", "rsa"};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex der = certificate_vector(table[i]);
    const struct edhoc_certificate certificate = {.der = der.octets, .length = der.length};
    struct ec_public public;
    assert_int_equal(edhoc_certificate_key(&certificate, &public), NODE_ERR_UNSUPPORTED);
  }
}

/* A chain from the end entity up; what it is for; the anchor. */
static void chains_of_openssl(void **state) {
  (void)state;
  static const struct {
    const char *chain[2], *anchor;
    enum edhoc_key_use use;
    int error;
  } table[] = {
      {{"direct_agreement"}, "root_pathlen_0", EDHOC_USE_AGREEMENT, 0},
      {{"direct_agreement"}, "root_pathlen_0", EDHOC_USE_ANY, 0},
      {{"direct_agreement"}, "root_pathlen_0", EDHOC_USE_SIGNATURE, NODE_ERR_VERIFY},
      {{"direct_agreement"}, "root_no_keycertsign", EDHOC_USE_ANY, NODE_ERR_VERIFY},
      {{"leaf_signature"}, "middle", EDHOC_USE_SIGNATURE, 0},
      {{"leaf_signature"}, "middle", EDHOC_USE_AGREEMENT, NODE_ERR_VERIFY},
      {{"leaf_signature", "middle"}, "root_pathlen_0", EDHOC_USE_ANY, NODE_ERR_VERIFY},
      {{"middle"}, "root_pathlen_0", EDHOC_USE_ANY, 0},
      {{"direct_sha384"}, "root_pathlen_0", EDHOC_USE_ANY, NODE_ERR_UNSUPPORTED},
      {{"direct_critical_name_constraints"}, "root_pathlen_0", EDHOC_USE_ANY, NODE_ERR_MALFORMED},
      {{"p384"}, "p384", EDHOC_USE_ANY, 0}, /* pinned, whatever it is */
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct hex der[2];
    struct edhoc_certificate chain[2];
    size_t count = 0;
    for (; count < 2 && table[i].chain[count] != NULL; count++) {
      der[count] = certificate_vector(table[i].chain[count]);
      chain[count].der = der[count].octets;
      chain[count].length = der[count].length;
    }
    const struct hex anchor_der = certificate_vector(table[i].anchor);
    const struct edhoc_certificate anchor = {.der = anchor_der.octets, .length = anchor_der.length};
    assert_int_equal(verify_up_to(chain, count, &anchor, 1, table[i].use), table[i].error);
  }
}

static void x5chain_is_read(void **state) {
  (void)state;
  static const struct {
    const char *id_cred;
    size_t count;
    int error;
  } table[] = {
      {"a1182142aabb", 1, 0},
      {"a118218241aa41bb", 2, 0},
      {"a118218441aa41bb41cc41dd", 4, 0},
      {"a118218541aa41bb41cc41dd41ee", 0, NODE_ERR_TOO_LONG},
      {"a118218141aa", 0, NODE_ERR_MALFORMED},
      {"a1182180", 0, NODE_ERR_MALFORMED},
      {"a118218241aa", 0, NODE_ERR_MALFORMED},
      {"a1182182414100", 0, NODE_ERR_MALFORMED},
      {"a1182262aabb", 0, NODE_ERR_MALFORMED},
      {"a2182142aabb0441aa", 0, NODE_ERR_MALFORMED},
      {"a1182142aabb00", 0, NODE_ERR_MALFORMED},
      {"a118216161", 0, NODE_ERR_MALFORMED},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex id_cred = hex(table[i].id_cred);
    struct edhoc_certificate chain[EDHOC_CHAIN_MAX];
    size_t count;
    assert_int_equal(edhoc_chain_read(id_cred.octets, id_cred.length, chain, &count),
                     table[i].error);
    if (table[i].error == 0)
      assert_int_equal(count, table[i].count);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(chains),
      cmocka_unit_test(several_anchors),
      cmocka_unit_test(an_end_entity_issues_nothing),
      cmocka_unit_test(issuers_of_another_name),
      cmocka_unit_test(each_flipped_octet_is_caught),
      cmocka_unit_test(truncated_and_padded),
      cmocka_unit_test(keys_of_other_kinds),
      cmocka_unit_test(chains_of_openssl),
      cmocka_unit_test(x5chain_is_read),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(vectors);
  return failed;
}
