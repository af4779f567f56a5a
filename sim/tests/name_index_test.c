/* Indices of names: each is found, nothing else is, and of equal ones the first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/name_index.h"

enum { COUNT = 3000, NAME_MAX_BYTES = 12 };

static void test_find(void **state) {
  (void)state;
  static char names[2 * COUNT][NAME_MAX_BYTES];
  struct name_index *index = name_index_create(COUNT);
  for (size_t i = 0; i < 2 * COUNT; i++)
    snprintf(names[i], sizeof names[i], "peer-%zu", i);
  for (size_t i = 0; i < COUNT; i++)
    name_index_add(index, (const uint8_t *)names[i], strlen(names[i]), i);
  for (size_t i = 0; i < 2 * COUNT; i++) {
    size_t number;
    const bool found = name_index_find(index, (const uint8_t *)names[i], strlen(names[i]), &number);
    assert_true(found == (i < COUNT));
    if (found)
      assert_int_equal(number, i);
  }
  name_index_destroy(index);
}

static void test_equal_names(void **state) {
  (void)state;
  static const uint8_t name[] = {0, 1, 2}, same[] = {0, 1, 2};
  struct name_index *index = name_index_create(2);
  size_t number;
  assert_false(name_index_find(index, name, sizeof name, &number));
  name_index_add(index, name, sizeof name, 7);
  name_index_add(index, same, sizeof same, 8);
  assert_true(name_index_find(index, same, sizeof same, &number));
  assert_int_equal(number, 7);
  assert_false(name_index_find(index, name, 2, &number));
  name_index_add(index, name, 2, 9);
  assert_true(name_index_find(index, name, 2, &number));
  assert_int_equal(number, 9);
  name_index_destroy(index);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_find),
      cmocka_unit_test(test_equal_names),
  };
  name_index_destroy(NULL);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
