/* Conditions of a description: read, evaluated and put into words; what is not understood. */
#include "fixture.h"
#include "scenario/derived.h"
#include "scenario/measure.h"
#include "simulator/condition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char DESCRIPTION[] =
    "{\"code\": \"c\", \"result\": [{\"name\": \"outcome\", \"type\": \"text\"}],"
    "\"spec\": [{\"name\": \"seed\", \"type\": \"integer\", \"default\": 1},"
    "{\"name\": \"loss\", \"type\": \"number\", \"default\": 0.0},"
    "{\"name\": \"kind\", \"type\": \"choice\", \"values\": [\"a\", \"b\", \"c\"], \"default\": "
    "\"a\"},"
    "{\"name\": \"other\", \"type\": \"integer\", \"default\": 5, \"applies\": %s}],"
    "\"refuses\": %s}";

static int init(struct schema *schema, const char *applies, const char *refuses,
                struct text *error) {
  struct text text = {0};
  text_add(&text, DESCRIPTION, applies, refuses);
  const int status = schema_init(schema, text_string(&text), error);
  text_deinit(&text);
  return status;
}

static void conditions(void **state) {
  (void)state;
  static const struct {
    const char *condition, *spec, *words;
    bool holds;
  } TABLE[] = {
      {"[]", "{}", "", true},
      {"[{\"key\": \"kind\", \"in\": [\"b\"]}]", "{}", "kind: b", false},
      {"[{\"key\": \"kind\", \"in\": [\"b\"]}]", "{\"kind\": \"b\"}", "kind: b", true},
      {"[{\"key\": \"kind\", \"in\": [\"b\", \"a\"]}]", "{}", "kind: b or a", true},
      {"[{\"key\": \"kind\", \"not\": [\"a\", \"b\", \"c\"]}]", "{}", "kind other than a, b or c",
       false},
      {"[{\"key\": \"loss\", \"not\": [0.0]}]", "{}", "loss other than 0", false},
      {"[{\"key\": \"loss\", \"not\": [0.0]}]", "{\"loss\": 0}", "loss other than 0", false},
      {"[{\"key\": \"loss\", \"not\": [0.0]}]", "{\"loss\": 0.1}", "loss other than 0", true},
      {"[{\"key\": \"seed\", \"below\": \"other\"}]", "{}", "seed below other", true},
      {"[{\"key\": \"seed\", \"below\": \"other\"}]", "{\"seed\": 5}", "seed below other", false},
      {"[{\"key\": \"seed\", \"in\": [2]}, {\"key\": \"loss\", \"in\": [0.0]}]", "{}",
       "seed: 2; loss: 0", false},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    struct schema schema;
    struct text error = {0}, words = {0};
    assert_int_equal(init(&schema, TABLE[i].condition, "[]", &error), 0);
    const json_t *condition = schema_spec_find(&schema, "other")->applies;
    json_t *spec = json_loads(TABLE[i].spec, 0, NULL);
    assert_int_equal(condition_is_met(condition, &schema, spec), TABLE[i].holds);
    for (size_t j = 0; j < json_array_size(condition); j++) {
      text_add(&words, "%s", j == 0 ? "" : "; ");
      condition_term_add(json_array_get(condition, j), &words);
    }
    assert_string_equal(text_string(&words), TABLE[i].words);
    text_deinit(&words);
    json_decref(spec);
    schema_deinit(&schema);
  }
}

static void refusals(void **state) {
  (void)state;
  struct schema schema;
  struct text error = {0};
  assert_int_equal(init(&schema, "[]",
                        "[{\"when\": [{\"key\": \"kind\", \"in\": [\"b\", \"c\"]}], \"reason\": "
                        "\"first\"}, {\"when\": [{\"key\": \"kind\", \"in\": [\"c\"]}, {\"key\": "
                        "\"seed\", \"in\": [1]}], \"reason\": \"second\"}]",
                        &error),
                   0);
  json_t *spec = json_pack("{s:s}", "kind", "c");
  assert_string_equal(condition_refusal(&schema, spec), "first");
  json_object_set_new(spec, "kind", json_string("a"));
  assert_null(condition_refusal(&schema, spec));
  json_decref(spec);
  schema_deinit(&schema);
}

static void mistakes(void **state) {
  (void)state;
  static const struct {
    const char *applies, *refuses, *error;
  } TABLE[] = {
      {"{}", "[]", "a condition that is not understood: {}\n"},
      {"[{}]", "[]", "a condition that is not understood: [{}]\n"},
      {"[{\"key\": \"kind\"}]", "[]", "a condition that is not understood"},
      {"[{\"key\": \"kin\", \"in\": [\"a\"]}]", "[]", "a condition that is not understood"},
      {"[{\"key\": \"kind\", \"in\": []}]", "[]", "a condition that is not understood"},
      {"[{\"key\": \"kind\", \"is\": [\"a\"]}]", "[]", "a condition that is not understood"},
      {"[{\"key\": \"seed\", \"below\": \"others\"}]", "[]", "a condition that is not understood"},
      {"[]", "[{\"when\": [{}], \"reason\": \"r\"}]", "a condition that is not understood: [{}]\n"},
      {"[]", "[{\"reason\": \"r\"}]", "a condition that is not understood: none\n"},
      {"[]", "[{\"when\": []}]", "a refusal without a reason\n"},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    struct schema schema;
    struct text error = {0};
    assert_int_equal(init(&schema, TABLE[i].applies, TABLE[i].refuses, &error), -1);
    fixture_assert_has(text_string(&error), TABLE[i].error);
    text_deinit(&error);
  }
}

/* A store may have the description of a simulator that gave its conditions as text. */
static void description_of_before(void **state) {
  (void)state;
  struct schema schema;
  struct text error = {0};
  assert_int_equal(init(&schema, "\"kind=a\"", "null", &error), 0);
  assert_null(schema_spec_find(&schema, "other")->applies);
  assert_true(condition_is_met(NULL, &schema, NULL));
  assert_null(condition_refusal(&schema, NULL));
  schema_deinit(&schema);
}

/* An older description does not say what is inside of results: then any name is taken. */
static void names_inside(void **state) {
  const struct fixture *fixture = *state;
  const struct derived none = {0};
  struct measure measure;
  struct text error = {0};
  struct schema old;
  json_t *description = json_deep_copy(fixture->schema.json), *results;
  results = json_object_get(description, "result");
  for (size_t i = 0; i < json_array_size(results); i++)
    json_object_del(json_array_get(results, i), "inside");
  char *text = json_dumps(description, 0);
  assert_int_equal(schema_init(&old, text, &error), 0);
  assert_int_equal(measure_parse(&measure, "mean radio_ms.bogus", &old, &none, &error), 0);
  measure_deinit(&measure);
  assert_int_equal(measure_parse(&measure, "mean ledger.bogus", &old, &none, &error), -1);
  assert_int_equal(measure_parse(&measure, "mean radio_ms.bogus", &fixture->schema, &none, &error),
                   -1);
  text_deinit(&error);
  schema_deinit(&old);
  free(text);
  json_decref(description);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(conditions),   cmocka_unit_test(refusals),
      cmocka_unit_test(mistakes),     cmocka_unit_test(description_of_before),
      cmocka_unit_test(names_inside),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
