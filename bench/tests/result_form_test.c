/* A form reads the numbers that a parser reads, and knows what is not of it. */
#include "store/result_form.h"
#include "fixture.h"
#include "support/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char FIRST[] =
    "{\"id\":\"k1\",\"a\":1,\"words\":\"12 \\\"3\",\"b\":{\"c\":-2.5,\"d\":[3,{\"e\":4e2}]}}";
static const char SECOND[] =
    "{\"id\":\"another\",\"a\":17.25,\"words\":\"12 \\\"3\",\"b\":{\"c\":0,\"d\":[-1,{\"e\":5}]}}";

static void reads(void **state) {
  (void)state;
  struct result_form form;
  assert_true(result_form_init(&form, FIRST));
  assert_int_equal(form.number_count, 5); /* the last one is the end */
  fixture_assert_near(form.value[1], -2.5, 0);
  assert_true(result_form_read(&form, SECOND));
  fixture_assert_near(form.value[0], 17.25, 0);
  fixture_assert_near(form.value[3], 5, 0);
  json_t *b = json_object_get(form.result, "b");
  fixture_assert_near(json_real_value(json_object_get(b, "c")), -2.5, 0);
  assert_int_equal(result_form_index(&form, json_object_get(b, "c"), 0), 1);
  assert_int_equal(result_form_index(&form, json_object_get(b, "c"), 3), 1);
  form.has_tree = true;
  assert_true(result_form_read(&form, SECOND));
  fixture_assert_near(json_real_value(json_object_get(b, "c")), 0, 0);
  result_form_deinit(&form);
}

/* Cut anywhere, longer, or with any octet another outside of numbers and the id, it is of another
 * form. */
static void knows_others(void **state) {
  (void)state;
  struct result_form form;
  assert_true(result_form_init(&form, FIRST));
  const size_t length = strlen(SECOND), id = strlen("{\"id\":\"");
  for (size_t i = 0; i < length; i++) {
    char *part = text_format("%.*s", (int)i, SECOND);
    assert_false(result_form_read(&form, part));
    free(part);
    char *other = text_format("%s", SECOND);
    const bool is_free =
        strchr("0123456789.-", other[i]) != NULL || (i >= id && i < id + strlen("another"));
    other[i] = '!';
    if (!is_free)
      assert_false(result_form_read(&form, other));
    free(other);
  }
  char *longer = text_format("%s ", SECOND);
  assert_false(result_form_read(&form, longer));
  free(longer);
  static const char *const OTHERS[] = {
      "{\"id\":\"k\",\"a\":1-2,\"words\":\"12 \\\"3\",\"b\":{\"c\":0,\"d\":[1,{\"e\":5}]}}",
      "{\"id\":\"k\",\"a\":null,\"words\":\"12 \\\"3\",\"b\":{\"c\":0,\"d\":[1,{\"e\":5}]}}",
      "{\"id\":\"k\",\"a\":1,\"words\":\"13 \\\"3\",\"b\":{\"c\":0,\"d\":[1,{\"e\":5}]}}",
      "{\"id\":\"\\u006b\",\"a\":1,\"words\":\"12 \\\"3\",\"b\":{\"c\":0,\"d\":[1,{\"e\":5}]}}",
  };
  for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
    if (result_form_read(&form, OTHERS[i]))
      fail_msg("%s", OTHERS[i]);
  assert_true(result_form_read(&form, SECOND));
  result_form_deinit(&form);
}

static void no_form(void **state) {
  (void)state;
  static const char *const TEXTS[] = {"",           "1",          "[1]", "{\"a\":1,\"a\":2}",
                                      "{\"a\":01}", "{\"a\":1}}", "{",   "{\"a\":-}",
                                      "{\"a\":\"",  "{\"a\":1e}"};
  struct result_form form;
  for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
    if (result_form_init(&form, TEXTS[i]))
      fail_msg("%s", TEXTS[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads),
      cmocka_unit_test(knows_others),
      cmocka_unit_test(no_form),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
