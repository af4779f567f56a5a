/* What the program says of specs: every value of a choice, conditions and refusals as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "describe.h"
#include "shell.h"
#include "spec/refusal.h"
#include "spec/sheet.h"

static json_t *description(void) {
  char *text = NULL;
  size_t length;
  FILE *file = open_memstream(&text, &length);
  describe(file, "0123abc");
  fclose(file);
  json_t *json = shell_json(text);
  assert_string_equal(shell_text(json, "commit"), "0123abc");
  free(text);
  return json;
}

static const json_t *find(const json_t *description, const char *name) {
  const json_t *fields = json_object_get(description, "spec");
  for (size_t i = 0; i < json_array_size(fields); i++)
    if (strcmp(shell_text(json_array_get(fields, i), "name"), name) == 0)
      return json_array_get(fields, i);
  fail_msg("%s is missing", name);
  return NULL;
}

static void test_conditions(void **state) {
  (void)state;
  static const struct {
    const char *name, *applies, *text;
  } cases[] = {
      {"seed", "[]", ""},
      {"loss_model", "[{\"key\":\"frame_loss\",\"not\":[0.0]}]", "frame_loss!=0"},
      {"aaa_delay_ms",
       "[{\"key\":\"lower_layer\",\"not\":[\"edhoc\"]},{\"key\":\"aaa\",\"in\":[\"radius\"]}]",
       "aaa=radius"},
      {"seqnum_bytes",
       "[{\"key\":\"lower_layer\",\"in\":[\"coap-eap\"]},"
       "{\"key\":\"ordering\",\"in\":[\"seqnum\",\"seqnum-requests\"]}]",
       "lower_layer=coap-eap & ordering=seqnum|seqnum-requests"},
      {"certificate_bytes",
       "[{\"key\":\"method\",\"in\":[\"eap-edhoc\"]},{\"key\":\"credential\",\"in\":[\"x5chain\"]}"
       "]",
       "credential=x5chain"},
  };
  json_t *all = description();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const json_t *field = find(all, cases[i].name);
    char *applies = json_dumps(json_object_get(field, "applies"), JSON_COMPACT);
    assert_string_equal(applies, cases[i].applies);
    assert_string_equal(shell_text(field, "applies_text"), cases[i].text);
    free(applies);
  }
  json_decref(all);
}

static void test_descriptions_of_each_field(void **state) {
  (void)state;
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  json_t *all = description();
  assert_int_equal(json_array_size(json_object_get(all, "spec")), count);
  for (size_t i = 0; i < count; i++) {
    const json_t *field = find(all, fields[i].name);
    json_t *applies = condition_to_json(condition_of(&fields[i]));
    assert_true(json_equal(json_object_get(field, "applies"), applies));
    json_decref(applies);
    size_t values = 0;
    while (fields[i].values != NULL && fields[i].values[values] != NULL)
      values++;
    assert_int_equal(json_array_size(json_object_get(field, "values")), values);
  }
  json_decref(all);
}

static void test_descriptions_of_refusals(void **state) {
  (void)state;
  size_t count;
  const struct spec_refusal *refusals = spec_refusals(&count);
  json_t *all = description();
  const json_t *refuses = json_object_get(all, "refuses");
  assert_int_equal(json_array_size(refuses), count);
  for (size_t i = 0; i < count; i++) {
    const json_t *refusal = json_array_get(refuses, i);
    json_t *when = condition_to_json(&refusals[i].when);
    assert_true(json_equal(json_object_get(refusal, "when"), when));
    assert_string_equal(shell_text(refusal, "reason"), refusals[i].reason);
    json_decref(when);
  }
  json_decref(all);
}

/* Every figure of every sheet that is shipped, and where it is from. */
static void test_descriptions_of_sheets(void **state) {
  (void)state;
  static const char *const kinds[] = {[SHEET_PLATFORM] = "platforms", [SHEET_CRYPTO] = "crypto"};
  json_t *all = description();
  for (size_t kind = 0; kind < SHEET_KIND_COUNT; kind++) {
    const json_t *sheets = json_object_get(all, kinds[kind]);
    const struct sheet_file *file;
    size_t i = 0;
    for (; (file = sheet_shipped((enum sheet_kind)kind, i)) != NULL; i++) {
      const json_t *sheet = json_array_get(sheets, i);
      const json_t *figures = json_object_get(sheet, "figures");
      char expected[100], error[SPEC_ERROR_MAX];
      const char *text = sheet_find((enum sheet_kind)kind, file->name, error)->text;
      assert_string_equal(shell_text(sheet, "name"), file->name);
      assert_true(strlen(shell_text(sheet, "description")) > 0);
      assert_true(json_array_size(figures) > 0);
      for (size_t j = 0; j < json_array_size(figures); j++) {
        const json_t *figure = json_array_get(figures, j);
        const bool is_us = strcmp(shell_text(figure, "unit"), SHEET_US) == 0;
        snprintf(expected, sizeof expected, " %s=%.15g%s", shell_text(figure, "name"),
                 shell_figure(figure, "value"), is_us ? SHEET_US : "");
        assert_non_null(strstr(text, expected));
        assert_true(json_is_string(json_object_get(figure, "source")) ||
                    json_is_string(json_object_get(figure, "assumption")));
      }
    }
    assert_int_equal(json_array_size(sheets), i);
  }
  json_decref(all);
}

/* What is described inside of a result; NULL if it is no JSON. */
static const json_t *inside_of(const json_t *description, const char *name) {
  const json_t *results = json_object_get(description, "result");
  for (size_t i = 0; i < json_array_size(results); i++)
    if (strcmp(shell_text(json_array_get(results, i), "name"), name) == 0)
      return json_object_get(json_array_get(results, i), "inside");
  return NULL;
}

static bool level_has(const json_t *names, const char *name) {
  for (size_t i = 0; i < json_array_size(names); i++) {
    const char *one = json_string_value(json_array_get(names, i));
    if (strcmp(one, "*") == 0 || strcmp(one, name) == 0)
      return true;
  }
  return false;
}

/* Fails at a number whose way is not described from `level` of `inside` on; `way` is for people. */
static void assert_described(const json_t *description, const json_t *inside, size_t level,
                             const json_t *value, const char *way) {
  const char *name;
  json_t *inner;
  for (size_t i = 0; i < json_array_size(value); i++) {
    const json_t *item = json_array_get(value, i);
    if (json_is_string(json_object_get(item, "label")))
      assert_described(description, inside, level + 1, item, shell_text(item, "label"));
  }
  if (json_is_number(value) && level < json_array_size(inside))
    fail_msg("%s is a number, but more is described behind it", way);
  json_object_foreach((json_t *)(uintptr_t)value, name, inner) {
    if (json_is_string(inner) || json_is_null(inner) || json_is_array(inner))
      continue;
    if (!level_has(json_array_get(inside, level), name))
      fail_msg("%s is not described in %s", name, way);
    const json_t *next = level + 1 == json_array_size(inside) ? inside_of(description, name) : NULL;
    if (json_is_object(inner) && next != NULL)
      assert_described(description, next, 0, inner, name);
    else
      assert_described(description, inside, level + 1, inner, name);
  }
}

/* Every number in the JSON results of runs of all kinds is where the description says. */
static void test_descriptions_of_results_inside(void **state) {
  (void)state;
  static const char *const specs[] = {
      "{}",
      "{\"association\": \"dtls\", \"app_messages\": 1, \"hops\": 2}",
      "{\"lower_layer\": \"pana\", \"association\": \"none\"}",
      "{\"peers\": 3, \"authentications\": 2}",
      "{\"bootstrapping\": \"non-integrated\", \"app_messages\": 1}",
      "{\"ace_profile\": \"coap_oscore\", \"app_messages\": 1}",
  };
  static const char *const not_asked_for[] = {"peer", "code"};
  char *folder = shell_make_folder();
  json_t *all = description(), *value;
  for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
    json_t *result = shell_simulate(folder, specs[i], "");
    const char *name;
    assert_string_equal(shell_text(result, "outcome"), "established");
    json_object_foreach(result, name, value) {
      const json_t *inside = inside_of(all, name);
      if (inside != NULL && strcmp(name, not_asked_for[0]) != 0 &&
          strcmp(name, not_asked_for[1]) != 0)
        assert_described(all, inside, 0, value, name);
    }
    json_decref(result);
  }
  json_decref(all);
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_descriptions_of_sheets),
      cmocka_unit_test(test_conditions),
      cmocka_unit_test(test_descriptions_of_each_field),
      cmocka_unit_test(test_descriptions_of_refusals),
      cmocka_unit_test(test_descriptions_of_results_inside),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
