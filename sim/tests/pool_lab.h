/* Batches for tests of the pool: specs from a string, results as a string. */
#ifndef SIM_TESTS_POOL_LAB_H
#define SIM_TESTS_POOL_LAB_H

#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pool/pool.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

static inline void lab_sleep_ms(long ms) {
  const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  nanosleep(&time, NULL);
}

static inline FILE *lab_file_of(const char *text) {
  FILE *file = tmpfile();
  fputs(text, file);
  rewind(file);
  return file;
}

/* All that is in the file, to be freed; closes it. */
static inline char *lab_text_of(FILE *file) {
  enum { MOST = 1 << 20 };
  char *text = calloc(1, MOST);
  rewind(file);
  (void)!fread(text, 1, MOST - 1, file);
  fclose(file);
  return text;
}

/* The end of a run function: a result and how it ended. */
static inline char *lab_answer(struct run_end *end, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline char *lab_answer(struct run_end *end, const char *format, ...) {
  char *line;
  va_list arguments;
  va_start(arguments, format);
  assert_true(vasprintf(&line, format, arguments) > 0);
  va_end(arguments);
  end->outcome = "established";
  return line;
}

/* Ends the process as a fault would: the test runner catches signals. */
static inline void lab_crash(int number) {
  signal(number, SIG_DFL);
  raise(number);
}

/* What comes of specs; to be freed. */
static inline char *lab_process(const char *specs, const struct pool_options *options,
                                enum pool_status status) {
  FILE *input = lab_file_of(specs), *output = tmpfile();
  assert_int_equal(pool_process(fileno(input), output, options), status);
  fclose(input);
  return lab_text_of(output);
}

#endif
