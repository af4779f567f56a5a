/* Who a credential is of, what for, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <mbedtls/oid.h>

#include "edhoc/certify.h"
#include "edhoc/name.h"
#include "hex.h"

static const struct ec EC = {.backend = &EC_LIBCRYPTO};

/* A root, and what it has issued. */
static struct identity_world {
  uint8_t private[EC_LENGTH];
  struct ec_public public;
  uint8_t der[3][CERTIFY_MAX];
  struct edhoc_certificate root, middle, leaf;
} world;

static struct edhoc_certificate identity_issue(unsigned place, struct certify request) {
  request.issuer_private = world.private;
  request.public = &world.public;
  return (struct edhoc_certificate){world.der[place], certify(&request, world.der[place])};
}

static int identity_setup(void **state) {
  (void)state;
  memset(world.private, 0x21, sizeof world.private);
  assert_int_equal(ec_derive(&EC, EC_P256, world.private, &world.public), 0);
  world.root =
      identity_issue(0, (struct certify){.issuer = "root", .subject = "root", .authority = true});
  return 0;
}

/* Names */

static void expect_names(const char *const *names) {
  struct edhoc_name name;
  size_t count = 0;
  for (; names[count] != NULL; count++) {
    assert_true(edhoc_certificate_name(&world.leaf, count, &name));
    assert_int_equal(name.length, strlen(names[count]));
    assert_memory_equal(name.octets, names[count], name.length);
  }
  assert_false(edhoc_certificate_name(&world.leaf, count, &name));
}

static void names_in_their_order(void **state) {
  (void)state;
  static const struct {
    struct certify request;
    const char *names[4];
  } table[] = {
      {{.subject = "alice"}, {"alice"}},
      {{.subject = "alice", .dns = "a.example.org"}, {"a.example.org", "alice"}},
      {{.subject = "alice", .email = "alice@example.org"}, {"alice@example.org", "alice"}},
      {{.subject = "alice", .dns = "a.example.org", .email = "alice@example.org"},
       {"a.example.org", "alice@example.org", "alice"}},
      {{.subject = "alice",
        .dns = "a\x01"
               "b"},
       {"alice"}}, /* not printable */
      {{.subject = "alice", .dns = ""}, {"alice"}},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct certify request = table[i].request;
    request.issuer = "root";
    world.leaf = identity_issue(2, request);
    expect_names(table[i].names);
  }
}

static void a_certificate_of_many_names(void **state) {
  (void)state;
  struct edhoc_name name;
  for (size_t emails = EDHOC_NAMES_MAX - 1; emails <= EDHOC_NAMES_MAX + 1; emails++) {
    world.leaf = identity_issue(
        2,
        (struct certify){.issuer = "root", .subject = "alice", .email = "e@x", .emails = emails});
    assert_true(edhoc_certificate_name(&world.leaf, EDHOC_NAMES_MAX - 1, &name));
    assert_int_equal(name.kind,
                     emails == EDHOC_NAMES_MAX - 1 ? EDHOC_NAME_SUBJECT : EDHOC_NAME_EMAIL);
    assert_false(edhoc_certificate_name(&world.leaf, EDHOC_NAMES_MAX, &name));
  }
}

/* A certificate with these names, as a server's. */
static bool leaf_is_of(const struct certify *wish, const char *text) {
  struct certify request = *wish;
  uint8_t buffer[EDHOC_CRED_MAX + EDHOC_ID_CRED_MAX];
  struct edhoc_credential credential;
  request.issuer = "root";
  world.leaf = identity_issue(2, request);
  assert_int_equal(edhoc_credential_x5chain(world.leaf.der, world.leaf.length, buffer,
                                            sizeof buffer, &credential),
                   0);
  return edhoc_credential_is_of(&credential, text);
}

static void names_of_servers(void **state) {
  (void)state;
  static const struct {
    struct certify request;
    const char *text;
    bool is;
  } table[] = {
      {{.subject = "radius"}, "radius", true},
      {{.subject = "radius"}, "radiu", false},
      {{.subject = "radius"}, "radius2", false},
      {{.subject = "radius"}, "Radius", false},
      {{.subject = "x", .dns = "Radius.example.org"}, "radius.EXAMPLE.org", true},
      {{.subject = "radius", .dns = "other.example.org"}, "radius", false}, /* RFC 6125, 6.4.4 */
      {{.subject = "radius", .email = "r@example.org"}, "radius", true},
      {{.subject = "x", .email = "r@Example.org"}, "r@example.org", true},
      {{.subject = "x", .email = "R@example.org"}, "r@example.org", false},
      {{.subject = "x", .dns = "*.example.org"}, "radius.example.org", false},
      {{.subject = "x", .dns = "radius.example.org"}, "*.example.org", false},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
    if (leaf_is_of(&table[i].request, table[i].text) != table[i].is)
      fail_msg("case %zu: %s", i, table[i].text);
}

static void name_of_a_claims_set(void **state) {
  (void)state;
  uint8_t buffer[EDHOC_CRED_MAX];
  struct edhoc_credential credential;
  struct edhoc_name name;
  assert_int_equal(edhoc_credential_ccs("example.edu", (const uint8_t *)"k", 1, &world.public,
                                        buffer, sizeof buffer, &credential),
                   0);
  assert_true(edhoc_credential_name(&credential, 0, &name));
  assert_int_equal(name.length, 11);
  assert_memory_equal(name.octets, "example.edu", 11);
  assert_false(edhoc_credential_name(&credential, 1, &name));
  assert_true(edhoc_credential_is_of(&credential, "example.edu"));
  assert_false(edhoc_credential_is_of(&credential, "example.ed"));
  credential.cred = (const uint8_t *)"\xa0";
  credential.cred_length = 1;
  assert_false(edhoc_credential_name(&credential, 0, &name));
  assert_false(edhoc_credential_is_of(&credential, ""));
}

/* Validity */

static void expect_verdict(const struct edhoc_certificate *chain, size_t count,
                           const struct edhoc_trust *trust, const char *reason) {
  const char *why = NULL;
  const int error = edhoc_chain_verify(&EC, chain, count, trust, &why);
  assert_int_equal(error, reason == NULL ? 0 : NODE_ERR_VERIFY);
  if (reason != NULL)
    assert_string_equal(why, reason);
}

static const uint64_t YEAR_2026 = 1767225600, DAY = 86400;

/* Both ends are inside; of years after 2049, too (RFC 5280 section 4.1.2.5), and of leap years. */
static void both_ends_of_a_validity(void **state) {
  (void)state;
  static const struct {
    const char *from, *to;
    uint64_t from_s, to_s; /* as `date -u` has them */
  } table[] = {{"20260101000000", "20260301000000", 1767225600, 1772323200},
               {"20280228235959", "20280229000000", 1835395199, 1835395200},
               {"20240101000000", "20991231235959", 1704067200, 4102444799},
               {"19700101000000", "19700101000001", 0, 1}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const char *why;
    world.leaf = identity_issue(
        2, (struct certify){
               .issuer = "root", .subject = "leaf", .from = table[i].from, .to = table[i].to});
    assert_int_equal(edhoc_certificate_check_time(&world.leaf, table[i].from_s, &why), 0);
    assert_int_equal(edhoc_certificate_check_time(&world.leaf, table[i].to_s, &why), 0);
    assert_int_equal(edhoc_certificate_check_time(&world.leaf, table[i].to_s + 1, &why),
                     NODE_ERR_VERIFY);
    assert_string_equal(why, "certificate has expired");
    if (table[i].from_s == 0)
      continue;
    assert_int_equal(edhoc_certificate_check_time(&world.leaf, table[i].from_s - 1, &why),
                     NODE_ERR_VERIFY);
    assert_string_equal(why, "certificate is not valid yet");
  }
}

/* Of every certificate on the way, and of the anchor. */
static void validity_of_a_chain(void **state) {
  (void)state;
  static const char old[] = "20250101000000", now[] = "20490101000000";
  for (unsigned expired = 0; expired <= 3; expired++) {
    const struct certify root = {
        .issuer = "root", .subject = "root", .authority = true, .to = expired == 0 ? old : now};
    const struct certify middle = {
        .issuer = "root", .subject = "middle", .authority = true, .to = expired == 1 ? old : now};
    const struct certify leaf = {
        .issuer = "middle", .subject = "leaf", .to = expired == 2 ? old : now};
    const struct edhoc_certificate anchor = identity_issue(0, root);
    const struct edhoc_certificate chain[] = {identity_issue(2, leaf), identity_issue(1, middle)};
    struct edhoc_trust trust = {
        .anchors = &anchor, .anchors_count = 1, .timed = true, .time_s = YEAR_2026};
    expect_verdict(chain, 2, &trust, expired < 3 ? "certificate has expired" : NULL);
    trust.time_s = YEAR_2026 - 400 * DAY; /* all are valid */
    expect_verdict(chain, 2, &trust, NULL);
    trust.time_s = UINT64_MAX;
    expect_verdict(chain, 2, &trust, "certificate has expired");
    trust.timed = false;
    expect_verdict(chain, 2, &trust, NULL);
  }
  (void)identity_setup(state);
}

/* Purposes */

static void purposes(void **state) {
  (void)state;
  static const struct {
    const char *has;
    enum edhoc_purpose wanted;
    const char *reason;
  } table[] = {
      {NULL, EDHOC_FOR_SERVER, NULL},
      {NULL, EDHOC_FOR_CLIENT, NULL},
      {MBEDTLS_OID_SERVER_AUTH, EDHOC_FOR_SERVER, NULL},
      {MBEDTLS_OID_SERVER_AUTH, EDHOC_FOR_CLIENT, "certificate is not for a client"},
      {MBEDTLS_OID_CLIENT_AUTH, EDHOC_FOR_SERVER, "certificate is not for a server"},
      {MBEDTLS_OID_CLIENT_AUTH, EDHOC_FOR_CLIENT, NULL},
      {MBEDTLS_OID_CLIENT_AUTH, EDHOC_FOR_ANY, NULL},
      {MBEDTLS_OID_CODE_SIGNING, EDHOC_FOR_CLIENT, "certificate is not for a client"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct edhoc_trust trust = {
        .anchors = &world.root, .anchors_count = 1, .purpose = table[i].wanted};
    world.leaf = identity_issue(
        2, (struct certify){.issuer = "root", .subject = "leaf", .purpose = table[i].has});
    expect_verdict(&world.leaf, 1, &trust, table[i].reason);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_in_their_order),        cmocka_unit_test(names_of_servers),
      cmocka_unit_test(a_certificate_of_many_names),

      cmocka_unit_test(name_of_a_claims_set),        cmocka_unit_test(both_ends_of_a_validity),
      cmocka_unit_test(validity_of_a_chain),         cmocka_unit_test(purposes),
  };
  return cmocka_run_group_tests(tests, identity_setup, NULL);
}
