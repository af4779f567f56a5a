/* The table of keys: defaults, and every refusal of a value. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lower/lower.h"
#include "spec/spec.h"
#include "tests/option_other.h"

static void test_spec_defaults(void **state) {
  (void)state;
  struct spec spec;
  char error[SPEC_ERROR_MAX];
  assert_true(spec_parse("{}", &spec, error));
  assert_int_equal(spec.hops, 1);
  assert_int_equal((int)option_get(&spec.options, lower_option("seqnum_number")), 61);
  assert_int_equal((int)option_get(&spec.options, lower_option("seqnum_bytes")), 2);
  assert_int_equal(spec.time_limit_s, 600);
  assert_int_equal(spec.trigger, SPEC_TRIGGER_ON);
  assert_true(spec.frame_loss <= 0);
}

/* Of each field: its least and most are accepted, what is beyond or of another type is refused by
 * an error that names the key and what it accepts. */
static void test_spec_fields(void **state) {
  (void)state;
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  for (size_t i = 0; i < count; i++) {
    const struct spec_field *field = &fields[i];
    char good[2][1000], bad[4][1000], accepted[100];
    char longest[SPEC_TEXT_MAX + 1];
    bool is_free;
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    switch (field->type) {
    case SPEC_TYPE_CHOICE:
      snprintf(good[0], sizeof good[0], "\"%s\"", field->values[0]);
      snprintf(good[1], sizeof good[1], "\"%s\"", field->values[0]);
      snprintf(bad[0], sizeof bad[0], "\"%sx\"", field->values[0]);
      snprintf(bad[1], sizeof bad[1], "0");
      snprintf(accepted, sizeof accepted, "%s", field->values[0]);
      break;
    case SPEC_TYPE_STRING:
      /* what names a sheet, or is one, takes not just any text (sheet_test.c) */
      is_free = !field->resolved && (!field->path || *field->ending == '\0');
      snprintf(good[0], sizeof good[0], "\"%s\"", field->text);
      snprintf(good[1], sizeof good[1], "\"%.*s\"", (int)field->most,
               is_free ? longest : field->text);
      snprintf(bad[0], sizeof bad[0], "\"%.*s\"", (int)field->most + 1, longest);
      snprintf(bad[1], sizeof bad[1], "1");
      snprintf(accepted, sizeof accepted, "%.0f octets", field->most);
      break;
    default:
      snprintf(good[0], sizeof good[0], "%.0f", field->least);
      snprintf(good[1], sizeof good[1], "%.0f", field->most);
      snprintf(bad[0], sizeof bad[0], "%.0f", field->least - 1);
      snprintf(bad[1], sizeof bad[1], "%.0f", field->most + 1);
      snprintf(accepted, sizeof accepted, "from %.0f to %.0f", field->least, field->most);
    }
    snprintf(bad[2], sizeof bad[2], "null");
    snprintf(bad[3], sizeof bad[3], "[1]");
    struct spec spec;
    char text[6000], error[SPEC_ERROR_MAX];
    for (size_t j = 0; j < 2; j++) {
      snprintf(text, sizeof text, "{\"%s\": %s}", field->name, good[j]);
      assert_true(spec_parse(text, &spec, error));
    }
    for (size_t j = 0; j < 4; j++) {
      snprintf(text, sizeof text, "{\"%s\": %s}", field->name, bad[j]);
      assert_false(spec_parse(text, &spec, error));
      assert_memory_equal(error, field->name, strlen(field->name));
      assert_non_null(strstr(error, accepted));
    }
  }
}

/* Every option of lower layers and associations is a key. */
static void test_each_option(void **state) {
  (void)state;
  size_t count;
  const struct option_row *const *rows = lower_options(&count);
  assert_true(count > 0);
  for (size_t i = 0; i < count; i++) {
    const bool quoted = rows[i]->kind == OPTION_SWITCH || rows[i]->kind == OPTION_CHOICE;
    struct spec spec;
    char value[OPTION_OTHER_TEXT_MAX], text[128], error[SPEC_ERROR_MAX];
    option_other_text(rows[i], value);
    snprintf(text, sizeof text, quoted ? "{\"%s\": \"%s\"}" : "{\"%s\": %s}", rows[i]->name, value);
    if (!spec_parse(text, &spec, error))
      fail_msg("%s", error);
    assert_true(fabs(option_get(&spec.options, rows[i]) - option_other(rows[i])) < 1e-9);
  }
}

static void test_spec_refusals(void **state) {
  (void)state;
  static const struct {
    const char *text, *error;
  } cases[] = {
      {"", "not a JSON object"},
      {"{", "not a JSON object"},
      {"[]", "one JSON object"},
      {"{} {}", "not a JSON object"},
      {"{\"hopps\": 1}", "unknown key \"hopps\"; did you mean \"hops\"? accepted keys: id, "},
      {"{\"hops\": 1, \"hops\": 2}", "not a JSON object"},
      {"{\"seed\": 1.5}", "seed: 1.5"},
      {"{\"frame_loss\": 1e400}", "not a JSON object"},
      {"{\"id\": \"me\", \"hops\": 0}", "hops: 0"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec;
    char error[SPEC_ERROR_MAX];
    assert_false(spec_parse(cases[i].text, &spec, error));
    assert_non_null(strstr(error, cases[i].error));
    assert_int_equal(spec.hops, 1);
  }
  struct spec spec;
  char error[SPEC_ERROR_MAX];
  assert_false(spec_parse("{\"hops\": 0, \"id\": \"me\"}", &spec, error));
  assert_string_equal(spec.id, "me"); /* so that the error finds its run */
}

/* A spec as it is printed is read as the same. */
static void test_round_trip(void **state) {
  (void)state;
  struct spec spec, again;
  char error[SPEC_ERROR_MAX];
  assert_true(
      spec_parse("{\"frame_loss\": 0.1, \"hops\": 4, \"seed\": 9007199254740991}", &spec, error));
  json_t *object = spec_to_json(&spec);
  char *text = json_dumps(object, 0);
  assert_true(spec_parse(text, &again, error));
  json_t *object_again = spec_to_json(&again);
  assert_true(json_equal(object, object_again));
  free(text);
  json_decref(object);
  json_decref(object_again);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_spec_defaults), cmocka_unit_test(test_spec_fields),
      cmocka_unit_test(test_each_option),   cmocka_unit_test(test_spec_refusals),
      cmocka_unit_test(test_round_trip),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
