/* Paths of resources: as text, as options, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/flow.h"
#include "lower/lower.h"

#define OCTETS_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* A text with its length, which may have a NUL inside. */
#define TEXT(text) (text), sizeof(text) - 1

/* In memory of exactly that length, so that a read too far is seen. */
static bool read_exactly(const char *text, size_t length, struct coap_eap_resource *resource) {
  uint8_t *copy = malloc(length > 0 ? length : 1);
  assert_non_null(copy);
  memcpy(copy, text, length);
  const bool result = coap_eap_resource_read_uri(copy, length, resource);
  free(copy);
  return result;
}

static void test_uris(void **state) {
  (void)state;
  static const char *const uris[] = {"/a",       "/a/x",          "/path/eap/1",
                                     "/1/2/3/4", "/.well-known",  "/a.b/...",
                                     "/!$&'()",  "/*+,;=:@/-_~.", "/" OCTETS_63 "b"};
  for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++) {
    struct coap_eap_resource resource;
    assert_true(read_exactly(uris[i], strlen(uris[i]), &resource));
    assert_string_equal(resource.path, uris[i] + 1);
  }
}

static void test_no_uris(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t length;
  } cases[] = {
      {TEXT("")},
      {TEXT("a")},
      {TEXT("a/x")},
      {TEXT(" /a")},
      {TEXT("coap://[fd00::1]/a")},
      /* segments without octets */
      {TEXT("/")},
      {TEXT("//")},
      {TEXT("//a")},
      {TEXT("/a/")},
      {TEXT("/a//x")},
      /* more than a path */
      {TEXT("/a?x")},
      {TEXT("/?")},
      {TEXT("/a#x")},
      {TEXT("/a%41")},
      {TEXT("/%")},
      /* octets that are none of a URI */
      {TEXT("/a b")},
      {TEXT("/a\0")},
      {TEXT("/\0")},
      {TEXT("/a\0/x")},
      {TEXT("/a\n")},
      {TEXT("/a\x7f")},
      {TEXT("/\xc3\xa9")},
      {TEXT("/\xff")},
      /* segments that RFC 7252 sections 5.10.1 and 5.10.7 exclude */
      {TEXT("/.")},
      {TEXT("/..")},
      {TEXT("/a/./x")},
      {TEXT("/a/..")},
      /* five segments, and 65 octets: one, and two with what is between them */
      {TEXT("/1/2/3/4/5")},
      {TEXT("/" OCTETS_63 "aa")},
      {TEXT("/" OCTETS_63 "/a")},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct coap_eap_resource resource = {.path = "as/it/was"};
    if (read_exactly(cases[i].text, cases[i].length, &resource))
      fail_msg("%s is taken", cases[i].text);
    assert_string_equal(resource.path, "as/it/was");
  }
}

/* Options */

struct segment {
  uint16_t number;
  const char *text;
  size_t length;
};

enum { SEGMENTS_MAX = 6 };

static struct coap_message message_of(const struct segment *segments) {
  struct coap_message message = {.code = COAP_CODE_POST};
  for (size_t i = 0; i < SEGMENTS_MAX && segments[i].text != NULL; i++)
    coap_message_add_option(&message, segments[i].number, 0, segments[i].text, segments[i].length);
  return message;
}

#define LOCATION(text)                                                                             \
  { COAP_NUMBER_LOCATION_PATH, TEXT(text) }
#define URI(text)                                                                                  \
  { COAP_NUMBER_URI_PATH, TEXT(text) }

static void test_options(void **state) {
  (void)state;
  static const struct {
    struct segment segments[SEGMENTS_MAX];
    const char *path; /* NULL: there is none */
  } cases[] = {
      {{LOCATION("a"), LOCATION("x")}, "a/x"},
      {{LOCATION("a"), URI("b"), URI("c")}, "a"},
      {{LOCATION("1"), LOCATION("2"), LOCATION("3"), LOCATION("4")}, "1/2/3/4"},
      {{LOCATION(OCTETS_63 "b")}, OCTETS_63 "b"},
      {{LOCATION("?%#")}, "?%#"}, /* as such, in options */
      {{{0, NULL, 0}}, NULL},
      {{URI("a")}, NULL},
      {{LOCATION("")}, NULL},
      {{LOCATION("a"), LOCATION("")}, NULL},
      {{LOCATION("a/x")}, NULL},
      {{LOCATION("/")}, NULL},
      {{LOCATION(".")}, NULL},
      {{LOCATION("a"), LOCATION("..")}, NULL},
      {{LOCATION("a\0b")}, NULL},
      {{LOCATION("\xc3\xa9")}, NULL},
      {{LOCATION("a b")}, NULL},
      {{LOCATION("1"), LOCATION("2"), LOCATION("3"), LOCATION("4"), LOCATION("5")}, NULL},
      {{LOCATION(OCTETS_63 "bc")}, NULL},
      {{LOCATION(OCTETS_63), LOCATION("b")}, NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct coap_message message = message_of(cases[i].segments);
    struct coap_eap_resource resource = {.path = "as/it/was"};
    assert_int_equal(coap_eap_resource_read(&message, COAP_NUMBER_LOCATION_PATH, &resource),
                     cases[i].path != NULL);
    assert_string_equal(resource.path, cases[i].path == NULL ? "as/it/was" : cases[i].path);
  }
}

/* Added as options, read again, and recognised; by nothing else. */
static void test_added(void **state) {
  (void)state;
  static const char *const paths[] = {
      "a", "a/x", "a/xy", "ax", "a/x/y", "path/eap/1", ".well-known/coap-eap", "1/2/3/4"};
  enum { COUNT = sizeof paths / sizeof paths[0] };
  const struct coap_eap_resource none = {.path = ""};
  const struct coap_message to_nothing = {.code = COAP_CODE_POST};
  for (size_t i = 0; i < COUNT; i++) {
    struct coap_message message = {.code = COAP_CODE_POST};
    struct coap_eap_resource resource, again;
    strcpy(resource.path, paths[i]);
    coap_eap_resource_add(&resource, &message, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH);
    assert_true(coap_eap_resource_read(&message, COAP_NUMBER_URI_PATH, &again));
    assert_string_equal(again.path, paths[i]);
    assert_false(coap_eap_resource_is(&none, &message));
    assert_false(coap_eap_resource_is(&resource, &to_nothing));
    for (size_t j = 0; j < COUNT; j++) {
      strcpy(again.path, paths[j]);
      assert_int_equal(coap_eap_resource_is(&again, &message), i == j);
    }
  }
  assert_false(coap_eap_resource_is(&none, &to_nothing));
}

/* A segment with a slash inside, and empty ones, are no other path. */
static void test_is_not(void **state) {
  (void)state;
  static const struct segment cases[][SEGMENTS_MAX] = {
      {URI("a/x")},
      {URI("a"), URI("x"), URI("")},
      {URI(""), URI("a"), URI("x")},
      {URI("a"), URI(""), URI("x")},
      {URI("a"), URI("x/")},
      {LOCATION("a"), LOCATION("x")},
      {URI("a"), URI("x\0")},
      {URI("a"), URI("X")},
  };
  const struct coap_eap_resource resource = {.path = "a/x"};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct coap_message message = message_of(cases[i]);
    assert_false(coap_eap_resource_is(&resource, &message));
  }
}

/* Names: of one character, which come again after COAP_EAP_NAMES. */
static void test_names(void **state) {
  (void)state;
  const struct coap_eap_options options = {.resources = "path/eap"};
  static const struct {
    unsigned number;
    const char *path;
  } cases[] = {{0, "path/eap/0"},
               {9, "path/eap/9"},
               {10, "path/eap/a"},
               {35, "path/eap/z"},
               {COAP_EAP_NAMES, "path/eap/0"},
               {UINT32_MAX, "path/eap/3"}};
  /* 2^32 - 1 is 36 * 119304647 + 3 */
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct coap_eap_resource resource;
    coap_eap_name_resource(&options, cases[i].number, &resource);
    assert_string_equal(resource.path, cases[i].path);
  }
}

/* What a server may name: by the draft below the service, by RFC 9820 anything. */
static void test_may_be_named(void **state) {
  (void)state;
  static const struct {
    const char *path;
    bool by_draft;
  } cases[] = {{"b/5", true},  {"b/55", true},  {"b", false},    {"b/5/6", false},
               {"a/5", false}, {"bb/5", false}, {"b5/5", false}, {"c/b/5", false}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct coap_eap_resource resource;
    strcpy(resource.path, cases[i].path);
    assert_int_equal(coap_eap_may_be_named(&COAP_EAP_FLOW_DRAFT, &resource), cases[i].by_draft);
    assert_true(coap_eap_may_be_named(&COAP_EAP_FLOW_RFC9820, &resource));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_uris),         cmocka_unit_test(test_no_uris),
      cmocka_unit_test(test_options),      cmocka_unit_test(test_added),
      cmocka_unit_test(test_is_not),       cmocka_unit_test(test_names),
      cmocka_unit_test(test_may_be_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
