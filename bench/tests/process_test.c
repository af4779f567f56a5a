/* Another program: no deadlock, and its end is told. */
#include "support/memory.h"
#include "support/process.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* A line without an end is cut, and the program that prints it is ended. */
static void endless_line(void **state) {
  (void)state;
  struct text output = {0}, error = {0};
  char shell[] = "sh", option[] = "-c",
       script[] = "trap '' TERM PIPE; tr '\\0' x </dev/zero; sleep 1000";
  char *argv[] = {shell, option, script, NULL};
  assert_int_equal(process_capture(argv, NULL, true, &output, &error), -1);
  assert_string_equal(text_string(&error), "sh printed a line of more than 67108864 octets\n");
  assert_int_equal(output.length, 0);
  text_deinit(&output);
  text_deinit(&error);
}

/* The scripts print their number, and that of a child, which ignores what it can. */
static const char FAMILY[] =
    "trap '' TERM INT HUP PIPE; sh -c 'echo $$; sleep 1000; sleep 1000' & echo $$; ";

static int hear_number(void *context, char *line, size_t length) {
  (void)length;
  const pid_t number = (pid_t)strtol(line, NULL, 10);
  assert_int_equal(write(*(const int *)context, &number, sizeof number), sizeof number);
  return 0;
}

/* Runs a family, and tells its numbers through `told`. */
static void run_family(const char *then, int told) {
  struct text error = {0};
  struct process_end end;
  char shell[] = "sh", option[] = "-c", *script = text_format("%s%s", FAMILY, then);
  char *argv[] = {shell, option, script, NULL};
  const struct process_listener listener = {.line = hear_number, .context = &told};
  process_run(argv, NULL, &listener, &end, &error);
  free(script);
}

/* Waits for the end of a process that is not our child. */
static bool is_gone(pid_t pid) {
  char *path = text_format("/proc/%ld/stat", (long)pid), state = 'R';
  for (int tries = 0; tries < 500 && state != 'Z' && state != 'X'; tries++) {
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
      state = 'X';
    if (file != NULL)
      fclose(file);
    usleep(state == 'R' || state == 'S' ? 10000 : 0);
  }
  free(path);
  return state == 'Z' || state == 'X';
}

/* Neither the program nor what it has started outlives us, or its own end. */
static void nothing_survives(void **state) {
  (void)state;
  static const int SIGNALS[] = {SIGKILL, SIGSEGV, 0};
  for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++) {
    int told[2];
    pid_t family[2];
    assert_int_equal(pipe(told), 0);
    pid_t us = fork();
    if (us == 0) {
      signal(SIGSEGV, SIG_DFL);
      run_family(SIGNALS[i] == 0 ? "exec >&-; sleep 0.1" : "wait; wait", told[1]);
      _exit(0);
    }
    for (size_t j = 0; j < 2; j++)
      assert_int_equal(read(told[0], &family[j], sizeof family[j]), sizeof family[j]);
    kill(us, SIGNALS[i]);
    assert_int_equal(waitpid(us, NULL, 0), us);
    assert_true(is_gone(family[0]) && is_gone(family[1]));
    close(told[0]);
    close(told[1]);
  }
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
      cmocka_unit_test(both_ways),    cmocka_unit_test(ends),
      cmocka_unit_test(endless_line), cmocka_unit_test(nothing_survives),
      cmocka_unit_test(not_there),
  };
  process_signals_catch();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
