/* What ladders say of payloads of ACE. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ladder.h"
#include "suite.h"

static void write_ladder(const char *words, const char *const *texts, size_t count,
                         char *text_of[static 1]) {
  struct model model = *model_default();
  struct choice choices[EXPLORE_DEPTH_MAX];
  char error[256], outcome[160];
  size_t length;
  bool possible;
  assert_true(suite_set(&model, words, error, sizeof error));
  for (size_t i = 0; i < count; i++)
    assert_true(choice_parse(texts[i], &choices[i]));
  FILE *out = open_memstream(text_of, &length);
  assert_non_null(out);
  (void)ladder_write(out, &model, choices, count, false, &possible, outcome, sizeof outcome);
  fclose(out);
  assert_true(possible);
}

/* What is brought in clear, and the answer: by their names, and a token by its length. */
static void test_transfers(void **state) {
  (void)state;
  static const char *const choices[] = {"deliver 1", "deliver 2", "deliver 3", "deliver 4"};
  static const struct {
    const char *words, *text;
  } ladders[] = {
      {"ace=authz-info",
       "POST /authz-info Content-Format 19 token 87 {access_token: 68 octets, nonce1: h'"},
      {"ace=authz-info", ", ace_client_recipientid: h'00'}  (authz-info)"},
      {"ace=authz-info", "2.01  Content-Format 19 token 87 {nonce2: h'"},
      {"ace=authz-info", "', ace_server_recipientid: h'"},
      {"ace=authz-info association=dtls", " a token: 52 octets  (authz-info)"},
  };
  for (size_t i = 0; i < sizeof ladders / sizeof ladders[0]; i++) {
    char *text;
    write_ladder(ladders[i].words, choices, sizeof choices / sizeof choices[0], &text);
    if (strstr(text, ladders[i].text) == NULL)
      fail_msg("%s is not in:\n%s", ladders[i].text, text);
    free(text);
  }
}

/* What was done to a copy is said before it. */
static void test_acts(void **state) {
  (void)state;
  static const struct {
    const char *choices[3], *text;
  } ladders[] = {
      {{"deliver 1", "deliver 2", "move 3"}, "COPY FROM ANOTHER ENDPOINT: CON 0x"},
      {{"deliver 1", "deliver 2", "alter 3"}, "ALTERED COPY: CON 0x"},
  };
  for (size_t i = 0; i < sizeof ladders / sizeof ladders[0]; i++) {
    char *text;
    write_ladder("ace=authz-info move=on alter=on acts=1", ladders[i].choices, 3, &text);
    assert_non_null(strstr(text, ladders[i].text));
    free(text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_transfers),
      cmocka_unit_test(test_acts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
