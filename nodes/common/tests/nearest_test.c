/* Words that are near to each other. */
#include "common/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TEN "aaaaaaaaaa"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void test_nearest(void **state) {
  (void)state;
  static const char *const NAMES[] = {"loss_model", "frame_loss", "hops", "peers"};
  static const struct {
    const char *word, *name;
  } WORDS[] = {
      {"frame_los", "frame_loss"},
      {"hosp", "hops"},
      {"hide", NULL},
      {"pe", "peers"},
      {"nothing_like_it", NULL},
      {HUNDRED HUNDRED, NULL},
      {"", NULL},
      {"loss", "frame_loss"},
      {"model", "loss_model"},
      {"hop", "hops"},
      {"ss", NULL},
  };
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
    struct nearest nearest = nearest_to(WORDS[i].word);
    for (size_t j = 0; j < sizeof NAMES / sizeof NAMES[0]; j++)
      nearest_offer(&nearest, NAMES[j]);
    char question[NEAREST_QUESTION_MAX], expected[NEAREST_QUESTION_MAX] = "";
    const char *got = nearest_name(&nearest);
    assert_int_equal(got == NULL, WORDS[i].name == NULL);
    if (got != NULL) {
      assert_string_equal(got, WORDS[i].name);
      snprintf(expected, sizeof expected, " did you mean \"%s\"?", got);
    }
    assert_string_equal(nearest_question(&nearest, question), expected);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_nearest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
