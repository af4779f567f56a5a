/* Members of objects: where they end, what is the same in two, and what is left to a parser. */
#include "support/json_members.h"
#include "support/text.h"
#include "fixture.h"
#include "support/memory.h"
#include "support/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char OBJECT[] =
    " { \"a\" : 1 , \"b\":\"x,}\\\"]\",\"c\":{\"d\":[1,{\"e\":\"}\"}]}, \"f\":[],\"g\":-1.5e3}\n";

static void finds(void **state) {
  (void)state;
  struct json_members members = {0};
  assert_true(json_members_find(&members, OBJECT, strlen(OBJECT)));
  assert_int_equal(members.count, 5);
  json_t *whole = json_loads(OBJECT, 0, NULL);
  for (size_t i = 0; i < members.count; i++) {
    json_t *value = json_member_read(&members.item[i]);
    assert_true(json_equal(value, json_object_get(whole, members.item[i].name)));
    json_decref(value);
  }
  assert_null(json_members_get(&members, "d"));
  json_decref(whole);
  json_members_deinit(&members);
}

/* Cut anywhere, it is no object any more. */
static void cut(void **state) {
  (void)state;
  struct json_members members = {0};
  for (size_t length = 0; length + 2 < sizeof OBJECT; length++) {
    char *part = memory_get(length + 1, 1); /* of its own, for the sanitizer to watch */
    memcpy(part, OBJECT, length);
    assert_false(json_members_find(&members, part, length));
    free(part);
  }
  json_members_deinit(&members);
}

/* Of the first members alone it is seen that the object is cut, but for braces in strings. */
static void first_ones(void **state) {
  (void)state;
  static const char RESULT[] =
      "{\"id\":\"k\",\"outcome\":\"failed\",\"spec\":{\"hops\":1},\"peer\":[{"
      "\"time_ms\":1},{\"time_ms\":2}],\"reason\":\"\"}";
  struct json_members members = {.most = 2};
  const size_t whole = strlen(RESULT), end = (size_t)(strstr(RESULT, ",\"reason") - RESULT);
  for (size_t length = 0; length < whole; length++)
    assert_false(json_members_find(&members, RESULT, length));
  char *plain = text_format("%.*s}", (int)end, RESULT);
  assert_true(json_members_find(&members, plain, strlen(plain)));
  assert_int_equal(members.count, 2);
  assert_non_null(json_members_get(&members, "outcome"));
  static const char BRACE[] =
      "{\"id\":\"k\",\"outcome\":\"failed\",\"reason\":\"a } in a string\"}";
  assert_true(json_members_find(&members, BRACE, strlen(BRACE)));
  assert_non_null(json_members_get(&members, "reason"));
  free(plain);
  json_members_deinit(&members);
}

/* What is left to a parser, or is no JSON inside. */
static void left_to_a_parser(void **state) {
  (void)state;
  static const char *const TEXTS[] = {
      "",         "[1]",       "1",     "{\"a\":1}x",        "{\"a\":1,}",      "{\"a\"}",
      "{\"a\":}", "{\"a\" 1}", "{a:1}", "{\"a\":1,\"a\":1}", "{\"\\u0061\":1}", "{\"a\":[1}",
      "{\"a\":1", "{}",
  };
  struct json_members members = {0};
  for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
    if (json_members_find(&members, TEXTS[i], strlen(TEXTS[i])))
      fail_msg("%s", TEXTS[i]);
  struct text many = {0}, deep = {0};
  text_add(&many, "{\"m\":0");
  for (int i = 0; i < 2000; i++)
    text_add(&many, ",\"m%d\":0", i);
  text_add(&many, "}");
  assert_false(json_members_find(&members, many.data, many.length));
  text_add(&deep, "{\"a\":");
  for (int i = 0; i < 100000; i++)
    text_add(&deep, "[");
  assert_false(json_members_find(&members, deep.data, deep.length));
  static const char BAD[] = "{\"a\":nonsense,\"b\":[1,,2]}";
  assert_true(json_members_find(&members, BAD, strlen(BAD)));
  assert_null(json_member_read(&members.item[0]));
  assert_null(json_member_read(&members.item[1]));
  text_deinit(&many);
  text_deinit(&deep);
  json_members_deinit(&members);
}

/* Short members are read without a parser, and as it reads them; what it refuses, they refuse. */
static void as_a_parser_reads(void **state) {
  (void)state;
  static const char *const VALUES[] = {
      "0",
      "-0",
      "7",
      "-12",
      "00",
      "01",
      "-",
      "+1",
      "1.5",
      "-0.25",
      "1.",
      ".5",
      "1.5.5",
      "1e3",
      "1E-2",
      "0x10",
      "1 2",
      "1 ",
      "999999999999999999",
      "9999999999999999999",
      "123456789.000000001",
      "0.1",
      "true",
      "null",
      "nan",
      "inf",
      "\"\"",
      "\"a\"",
      "\"a b\"",
      "\"\\n\"",
      "\"\\u00e9\"",
      "\"\xc3\xa9\"",
      "\"\xff\"",
      "\"a\tb\"",
      "\"a\" \"b\"",
      "[1]",
  };
  for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
    char *text = text_format("{\"a\":%s}", VALUES[i]);
    struct json_members members = {0};
    json_t *whole = json_loads(text, 0, NULL), *own = NULL;
    if (json_members_find(&members, text, strlen(text)))
      own = json_member_read(&members.item[0]);
    const json_t *expected = json_object_get(whole, "a");
    if (expected == NULL ? own != NULL : !json_equal(own, expected))
      fail_msg("%s", VALUES[i]);
    json_decref(whole);
    json_decref(own);
    json_members_deinit(&members);
    free(text);
  }
}

/* A hash is of all of a value, a shape of its names and strings. */
static void hashes_and_shapes(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    bool equal, alike;
  } CASES[] = {
      {"{\"k\":{\"x\":1}}", "{\"k\":{\"x\":1}}", true, true},
      {"{\"k\":{\"x\":1}}", "{\"k\":{\"x\":-2.5}}", false, true},
      {"{\"k\":{\"x\":1}}", "{\"k\":{\"y\":1}}", false, false},
      {"{\"k\":[1,2]}", "{\"k\":[1,2,3]}", false, false},
      {"{\"k\":\"1\"}", "{\"k\":\"2\"}", false, false},
      {"{\"k\":1}", "{\"k\":\"1\"}", false, false},
      {"{\"k\":null}", "{\"k\":1}", false, false},
      {"{\"k\":[1,[2]]}", "{\"k\":[[1],2]}", false, false},
  };
  struct json_members a = {0}, b = {0};
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    assert_true(json_members_find(&a, CASES[i].a, strlen(CASES[i].a)));
    assert_true(json_members_find(&b, CASES[i].b, strlen(CASES[i].b)));
    assert_int_equal(a.item[0].hash == b.item[0].hash, CASES[i].equal);
    assert_int_equal(a.item[0].shape == b.item[0].shape, CASES[i].alike);
  }
  json_members_deinit(&a);
  json_members_deinit(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(finds),
      cmocka_unit_test(cut),
      cmocka_unit_test(first_ones),
      cmocka_unit_test(left_to_a_parser),
      cmocka_unit_test(as_a_parser_reads),
      cmocka_unit_test(hashes_and_shapes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
