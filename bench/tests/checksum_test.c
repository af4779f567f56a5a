/* Sums stay what they are: stores have them. */
#include "support/checksum.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_sum(uint64_t sum, const char *expected) {
  char text[CHECKSUM_TEXT];
  checksum_print(sum, text);
  assert_string_equal(text, expected);
}

/* FNV-1a over the octets, and then those of their length. */
static void as_stored(void **state) {
  (void)state;
  assert_sum(checksum_begin(), "cbf29ce484222325");
  assert_sum(checksum_add(checksum_begin(), "foobar", 6), "5350172cc9a331ae");
  assert_sum(checksum_add_long(checksum_begin(), "0123456789abcdefghijklmnopqrstuvwxyzABCDE", 41),
             "24ff61d27c739314");
  assert_sum(checksum_add_long(checksum_begin(), "foobar", 6), "82b52c92e8f9b57f");
}

/* Each octet counts, and how many there are, at any length and place. */
static void each_octet(void **state) {
  (void)state;
  enum { LENGTH_MAX = 70 };
  for (size_t length = 0; length < LENGTH_MAX; length++) {
    char *data = calloc(length + 1, 1); /* no longer, for the sanitizer to watch */
    const uint64_t sum = checksum_add_long(1, data, length);
    assert_true(sum != checksum_add_long(1, data, length + 1));
    for (size_t i = 0; i < length; i++)
      for (int bit = 0; bit < 8; bit++) {
        data[i] = (char)(1 << bit);
        assert_true(checksum_add_long(1, data, length) != sum);
        data[i] = 0;
      }
    free(data);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_stored),
      cmocka_unit_test(each_octet),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
