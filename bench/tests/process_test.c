/* Another program: no deadlock, and its end is told. */
#include "support/memory.h"
#include "support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

enum { LINES = 200000 };

/* Far more than pipes hold, both ways at once. */
static void both_ways(void **state) {
  (void)state;
  struct text input = {0}, output = {0}, error = {0};
  for (int i = 0; i < LINES; i++)
    text_add(&input, "line %d\n", i);
  char cat[] = "cat";
  char *argv[] = {cat, NULL};
  assert_int_equal(process_capture(argv, &input, false, &output, &error), 0);
  assert_int_equal(output.length, input.length);
  assert_memory_equal(output.data, input.data, input.length);
  text_deinit(&input);
  text_deinit(&output);
}

struct heard {
  size_t lines;
  size_t wanted;
};

static int hear_lines(void *context, char *line, size_t length) {
  struct heard *heard = context;
  assert_int_equal(strlen(line), length);
  return ++heard->lines < heard->wanted ? 0 : -1;
}

static int run_script(const char *script, size_t wanted, struct heard *heard,
                      struct process_end *end) {
  struct text error = {0};
  *heard = (struct heard){.wanted = wanted};
  const struct process_listener listener = {.line = hear_lines, .context = heard};
  char shell[] = "sh", option[] = "-c", *copy = memory_string(script);
  char *argv[] = {shell, option, copy, NULL};
  int status = process_run(argv, NULL, &listener, end, &error);
  free(copy);
  text_deinit(&error);
  return status;
}

static void ends(void **state) {
  struct heard heard;
  struct process_end end;
  (void)state;
  assert_int_equal(run_script("echo a; printf b; exit 3", 9, &heard, &end), 0);
  assert_int_equal(heard.lines, 2);
  char *words = process_status_words(end.status);
  assert_string_equal(words, "exit status 3");
  free(words);
  assert_int_equal(run_script("echo a; kill -9 $$", 9, &heard, &end), 0);
  assert_true(WIFSIGNALED(end.status));
  /* One that goes on for ever ends when no more is wanted. */
  assert_int_equal(run_script("while :; do echo a; done", 5, &heard, &end), 0);
  assert_true(heard.lines >= 5);
  assert_true(WIFSIGNALED(end.status));
}

static void not_there(void **state) {
  struct text output = {0}, error = {0};
  char program[] = "/no/such/program";
  char *argv[] = {program, NULL};
  (void)state;
  assert_int_equal(process_capture(argv, NULL, false, &output, &error), -1);
  assert_string_equal(text_string(&error), "/no/such/program cannot be run\n");
  text_deinit(&error);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_ways),
      cmocka_unit_test(ends),
      cmocka_unit_test(not_there),
  };
  process_signals_catch();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
