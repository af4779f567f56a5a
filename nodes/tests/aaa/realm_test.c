/* Routing by realm: names of RFC 7542, and what are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "aaa/realm.h"

static const struct aaa_realm REALMS[] = {
    {"example.test", 0}, {"other.example", 1}, {"sub.example.test", 2}, {"*", 3}, {"-", 4}};

enum { NAMED = 3, ALL = sizeof REALMS / sizeof REALMS[0] };

static void names(void **state) {
  (void)state;
  static const struct {
    const char *name; /* NULL: none */
    size_t count;     /* of the realms that there are */
    const char *why;
    size_t server;
  } table[] = {
      {"user@example.test", NAMED, NULL, 0},
      {"user@EXAMPLE.Test", NAMED, NULL, 0},
      {"@example.test", NAMED, NULL, 0},
      {"a.b!c@example.test", NAMED, "decorated User-Name", 0},
      {"a!b@example.test", NAMED, NULL, 0}, /* "a" is no realm */
      {"other.example!user@example.test", NAMED, "decorated User-Name", 0},
      {"user@other.example", NAMED, NULL, 1},
      {"user@sub.example.test", NAMED, NULL, 2},
      {"user@ub.example.test", NAMED, "unknown realm", 0},
      {"user@example.test.", NAMED, "malformed realm", 0},
      {"user@.example.test", NAMED, "malformed realm", 0},
      {"user@example..test", NAMED, "malformed realm", 0},
      {"user@-example.test", NAMED, "malformed realm", 0},
      {"user@example-.test", NAMED, "malformed realm", 0},
      {"user@exam ple.test", NAMED, "malformed realm", 0},
      {"user@exam\x01ple.test", NAMED, "malformed realm", 0},
      {"user@ex\xc3\xa4mple.test", NAMED, "unknown realm", 0},
      {"user@home@example.test", NAMED, "malformed realm", 0},
      {"user@test", NAMED, "malformed realm", 0},
      {"user@", NAMED, "malformed realm", 0},
      {"@", NAMED, "malformed realm", 0},
      {"user", NAMED, "User-Name without realm", 0},
      {"", NAMED, "User-Name without realm", 0},
      {NULL, NAMED, "User-Name without realm", 0},
      {"user@elsewhere.example", NAMED, "unknown realm", 0},
      {"user@elsewhere.example", ALL, NULL, 3},
      {"user@*", ALL, "malformed realm", 0},
      {"user@-", ALL, "malformed realm", 0},
      {"user@home@example.test", ALL, "malformed realm", 0},
      {"user", ALL, NULL, 4},
      {NULL, ALL, NULL, 4},
      {"user@example.test", ALL, NULL, 0},
      {"user@example.test", 0, "unknown realm", 0},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const char *name = table[i].name;
    size_t server = 99;
    const char *why = aaa_realm_route(REALMS, table[i].count, (const uint8_t *)name,
                                      name == NULL ? 0 : strlen(name), &server);
    if (table[i].why == NULL) {
      assert_null(why);
      assert_int_equal(server, table[i].server);
    } else {
      assert_non_null(why);
      assert_string_equal(why, table[i].why);
      assert_int_equal(server, 99);
    }
  }
}

/* An octet 0 ends no name. */
static void octets_of_any_kind(void **state) {
  (void)state;
  static const uint8_t name[] = "user@example.test\0x";
  size_t server;
  assert_string_equal(aaa_realm_route(REALMS, NAMED, name, sizeof name - 1, &server),
                      "malformed realm");
  assert_string_equal(aaa_realm_route(REALMS, NAMED, name, sizeof name - 2, &server),
                      "malformed realm");
  assert_null(aaa_realm_route(REALMS, NAMED, name, sizeof name - 3, &server));
}

static void what_can_be_a_realm(void **state) {
  (void)state;
  static const struct {
    const char *name;
    bool valid;
  } table[] = {{"*", true},     {"-", true},         {"a.b", true},    {"a-b.c3", true},
               {"", false},     {"a", false},        {".", false},     {"a.", false},
               {"a.-b", false}, {"user@a.b", false}, {"a_b.c", false}, {"**", false}};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
    assert_int_equal(aaa_realm_valid(table[i].name), table[i].valid);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names),
      cmocka_unit_test(octets_of_any_kind),
      cmocka_unit_test(what_can_be_a_realm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
