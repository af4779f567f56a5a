/* Scopes: both forms, what they have in common, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ace/scope.h"
#include "hex.h"
#include "seeded.h"

#define RESOURCE "light"

/* "light:5 door:2" */
static struct ace_scope make_scope(const char *text) {
  struct ace_scope scope = {.count = 0};
  int used = 0;
  for (; *text != '\0'; text += used) {
    struct ace_scope_entry *entry = &scope.entry[scope.count++];
    assert_true(scope.count <= ACE_SCOPE_ENTRIES_MAX);
    assert_int_equal(sscanf(text, " %16[^:]:%u%n", entry->path, &entry->methods, &used), 2);
  }
  return scope;
}

static void test_methods_of_codes(void **state) {
  (void)state;
  assert_int_equal(ace_method_of(1), ACE_METHOD_GET);
  assert_int_equal(ace_method_of(2), ACE_METHOD_POST);
  assert_int_equal(ace_method_of(3), ACE_METHOD_PUT);
  uint32_t all = 0;
  for (unsigned code = 0; code <= UINT8_MAX; code++) {
    const uint32_t bit = ace_method_of((uint8_t)code);
    assert_int_equal(bit & all, 0);
    assert_int_equal(bit != 0, code >= 1 && code <= 7);
    all |= bit;
  }
  assert_int_equal(all, ACE_METHODS_ALL);
}

static void test_octets(void **state) {
  (void)state;
  static const struct {
    const char *scope;
    enum ace_scope_form form;
    const char *octets;
  } rows[] = {
      {"light:1", ACE_SCOPE_SHORT, "01"},
      {"light:127", ACE_SCOPE_SHORT, "7f"},
      {"light:1", ACE_SCOPE_AIF, "81 82 66 2f6c69676874 01"},
      {"door:5", ACE_SCOPE_SHORT, "81 82 65 2f646f6f72 05"},
      {"light:32 door:3", ACE_SCOPE_SHORT, "82 82 66 2f6c69676874 1820 82 65 2f646f6f72 03"},
      {"light:1 door:3 a:2 0123456789abcdef:127", ACE_SCOPE_AIF,
       "84 82 66 2f6c69676874 01 82 65 2f646f6f72 03 82 62 2f61 02 82 71 "
       "2f30313233343536373839616263646566 187f"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct ace_scope scope = make_scope(rows[i].scope);
    struct ace_scope read;
    uint8_t octets[ACE_SCOPE_OCTETS_MAX];
    const size_t length = ace_scope_write(&scope, rows[i].form, RESOURCE, octets);
    assert_hex_equal(octets, length, rows[i].octets);
    assert_int_equal(ace_scope_read(octets, length, RESOURCE, &read), 0);
    assert_true(ace_scope_equal(&scope, &read));
  }
}

static void test_longest(void **state) {
  (void)state;
  const struct ace_scope scope =
      make_scope("0123456789abcde0:127 0123456789abcde1:127 0123456789abcde2:127 "
                 "0123456789abcde3:127");
  struct ace_scope read;
  uint8_t octets[ACE_SCOPE_OCTETS_MAX];
  const size_t length = ace_scope_write(&scope, ACE_SCOPE_AIF, RESOURCE, octets);
  assert_true(length <= sizeof octets);
  assert_int_equal(ace_scope_read(octets, length, RESOURCE, &read), 0);
  assert_true(ace_scope_equal(&scope, &read));
}

/* Octets in memory of exactly their length; what is no scope leaves the result as it was. */
static int read_exact(const uint8_t *octets, size_t length, struct ace_scope *scope) {
  const struct ace_scope before = *scope;
  uint8_t *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  memcpy(exact, octets, length);
  const int error = ace_scope_read(exact, length, RESOURCE, scope);
  free(exact);
  if (error != 0)
    assert_memory_equal(scope, &before, sizeof before);
  return error;
}

static void test_reading(void **state) {
  (void)state;
  static const struct {
    const char *octets;
    const char *scope; /* NULL: malformed */
  } rows[] = {
      {"01", "light:1"},
      {"7f", "light:127"},
      {"81 82 622f61 01", "a:1"},
      /* Methods that are not known are left out. */
      {"81 82 622f61 18ff", "a:127"},
      {"81 82 622f61 1b8000000000000002", "a:2"},
      {"81 82 622f61 190100", NULL},
      {"81 82 622f61 1b0000000100000000", NULL},
      {"81 82 622f61 00", NULL},
      {"82 82 622f61 01 82 622f62 00", NULL},
      {"00", NULL},
      {"80", NULL},
      {"", NULL},
      {"81", NULL},
      {"9f 82 622f61 01 ff", NULL},
      {"9801 82 622f61 01", NULL},
      {"81 82 622f61 1801", NULL},
      {"81 82 622f61 20", NULL},
      {"81 82 622f61 41 01", NULL},
      {"81 82 422f61 01", NULL},
      {"81 81 622f61", NULL},
      {"81 83 622f61 01 00", NULL},
      {"81 82 622f61 01 00", NULL},
      {"81 a1 622f61 01", NULL},
      {"a1 622f61 01", NULL},
      {"82 622f61 01", NULL},
      {"82 82 622f61 01", NULL},
      {"0100", NULL},
      {"622f61", NULL},
      /* Paths. */
      {"81 82 60 01", NULL},
      {"81 82 612f 01", NULL},
      {"81 82 6161 01", NULL},
      {"81 82 626162 01", NULL},
      {"81 82 632f2f61 01", NULL},
      {"81 82 632f612f 01", NULL},
      {"81 82 642f612f62 01", NULL},
      {"81 82 632f6100 01", NULL},
      {"81 82 622f00 01", NULL},
      {"81 82 71 2f30313233343536373839616263646566 01", "0123456789abcdef:1"},
      {"81 82 72 2f3031323334353637383961626364656667 01", NULL},
      {"82 82 622f61 01 82 622f61 02", NULL},
      {"82 82 622f61 01 82 632f6161 02", "a:1 aa:2"},
      {"84 82622f6101 82622f6201 82622f6301 82622f6401", "a:1 b:1 c:1 d:1"},
      {"85 82622f6101 82622f6201 82622f6301 82622f6401 82622f6501", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct hex octets = hex(rows[i].octets);
    struct ace_scope scope = make_scope("former:1");
    const int error = read_exact(octets.octets, octets.length, &scope);
    if ((error == 0) != (rows[i].scope != NULL))
      print_error("row %zu: %s\n", i, rows[i].octets);
    assert_int_equal(error, rows[i].scope == NULL ? NODE_ERR_MALFORMED : 0);
    if (error != 0)
      continue;
    const struct ace_scope expected = make_scope(rows[i].scope);
    assert_true(ace_scope_equal(&scope, &expected));
  }
}

static void test_truncated(void **state) {
  (void)state;
  const struct ace_scope scope = make_scope("light:1 door:127 a:3");
  uint8_t octets[ACE_SCOPE_OCTETS_MAX];
  const size_t length = ace_scope_write(&scope, ACE_SCOPE_AIF, RESOURCE, octets);
  for (size_t cut = 0; cut < length; cut++) {
    struct ace_scope read = make_scope("former:1");
    assert_int_equal(read_exact(octets, cut, &read), NODE_ERR_MALFORMED);
  }
}

static void test_one_octet(void **state) {
  (void)state;
  for (unsigned octet = 0; octet <= UINT8_MAX; octet++) {
    const uint8_t octets[1] = {(uint8_t)octet};
    struct ace_scope scope = make_scope("former:1");
    const bool is_set = octet > 0 && octet < 0x80;
    assert_int_equal(read_exact(octets, 1, &scope), is_set ? 0 : NODE_ERR_MALFORMED);
    if (is_set)
      assert_int_equal(ace_scope_methods(&scope, RESOURCE, strlen(RESOURCE)), octet);
  }
}

static void test_lookup(void **state) {
  (void)state;
  const struct ace_scope scope = make_scope("light:1 door:6");
  assert_int_equal(ace_scope_methods(&scope, "light", 5), 1);
  assert_int_equal(ace_scope_methods(&scope, "doors", 4), 6);
  assert_int_equal(ace_scope_methods(&scope, "doors", 5), 0);
  assert_int_equal(ace_scope_methods(&scope, "doo", 3), 0);
  assert_int_equal(ace_scope_methods(&scope, "door\0", 5), 0);
  assert_int_equal(ace_scope_methods(&scope, "", 0), 0);
  assert_int_equal(ace_scope_methods(&(struct ace_scope){.count = 0}, "door", 4), 0);
}

static void test_intersection(void **state) {
  (void)state;
  static const struct {
    const char *wanted, *allowed, *both;
  } rows[] = {
      {"light:1", "light:1", "light:1"},
      {"light:7", "light:5", "light:5"},
      {"light:1", "light:2", ""},
      {"light:1", "door:1", ""},
      {"light:1", "", ""},
      {"", "light:1", ""},
      {"light:3 door:1 a:4", "a:5 door:2 light:1", "light:1 a:4"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct ace_scope allowed = make_scope(rows[i].allowed),
                           expected = make_scope(rows[i].both);
    struct ace_scope wanted = make_scope(rows[i].wanted), both;
    ace_scope_intersect(&wanted, &allowed, &both);
    assert_true(ace_scope_equal(&both, &expected));
    ace_scope_intersect(&allowed, &wanted, &both);
    assert_true(ace_scope_equal(&both, &expected));
    ace_scope_intersect(&wanted, &allowed, &wanted); /* in place */
    assert_true(ace_scope_equal(&wanted, &expected));
  }
}

static void test_equality(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    bool equal;
  } rows[] = {
      {"", "", true},
      {"light:1 door:2", "door:2 light:1", true},
      {"light:1", "light:2", false},
      {"light:1", "light:1 door:1", false},
      {"light:1 door:1", "light:1 a:1", false},
      {"light:1", "lights:1", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct ace_scope a = make_scope(rows[i].a), b = make_scope(rows[i].b);
    assert_int_equal(ace_scope_equal(&a, &b), rows[i].equal);
    assert_int_equal(ace_scope_equal(&b, &a), rows[i].equal);
  }
}

/* Whatever is read, is written as octets that are read as the same. */
static void test_chance(void **state) {
  (void)state;
  struct seeded chance = {.state = 3};
  static const char *const paths[] = {"light", "door", "a", "0123456789abcdef", "b"};
  for (unsigned round = 0; round < 500; round++) {
    struct ace_scope scope = {.count = seeded_below(&chance, ACE_SCOPE_ENTRIES_MAX) + 1}, read;
    const size_t first = seeded_below(&chance, 5);
    uint8_t octets[ACE_SCOPE_OCTETS_MAX];
    for (size_t i = 0; i < scope.count; i++) {
      strcpy(scope.entry[i].path, paths[(first + i) % 5]);
      scope.entry[i].methods = 1 + seeded_below(&chance, ACE_METHODS_ALL);
    }
    const enum ace_scope_form form = seeded_below(&chance, 2) ? ACE_SCOPE_AIF : ACE_SCOPE_SHORT;
    const size_t length = ace_scope_write(&scope, form, RESOURCE, octets);
    assert_int_equal(read_exact(octets, length, &read), 0);
    assert_true(ace_scope_equal(&scope, &read));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_methods_of_codes), cmocka_unit_test(test_octets),
      cmocka_unit_test(test_longest),          cmocka_unit_test(test_reading),
      cmocka_unit_test(test_truncated),        cmocka_unit_test(test_one_octet),
      cmocka_unit_test(test_lookup),           cmocka_unit_test(test_intersection),
      cmocka_unit_test(test_equality),         cmocka_unit_test(test_chance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
