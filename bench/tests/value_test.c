/* Words that are near to each other. */
#include "support/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TEN "aaaaaaaaaa"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void nearest(void **state) {
  (void)state;
  static const char *const NAMES[] = {"frame_loss", "hops", "peers"};
  static const struct {
    const char *word, *nearest;
  } WORDS[] = {
      {"frame_los", "frame_loss"}, {"hosp", "hops"},        {"pe", "peers"},
      {"nothing_like_it", NULL},   {HUNDRED HUNDRED, NULL}, {"", NULL},
  };
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
    const char *got = value_nearest(WORDS[i].word, NAMES, sizeof NAMES / sizeof NAMES[0]);
    assert_int_equal(got == NULL, WORDS[i].nearest == NULL);
    if (got != NULL)
      assert_string_equal(got, WORDS[i].nearest);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nearest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
