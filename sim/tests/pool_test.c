/* The pool: order, crashes, hangs, and that no worker survives its parent. */
#include "pool_lab.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { SPECS = 200 };

/* What the run of a spec does, by its seed modulo 10. */
enum {
  SEED_CRASHES = 3,
  SEED_ABORTS = 4,
  SEED_EXITS = 5,
  SEED_FAILS = 6,
  SEED_HANGS = 7,
  SEED_LOSES = 8
};

static char *pool_answer(const struct spec *spec, const struct run_options *options,
                         struct run_end *end) {
  switch (spec->seed % 10) {
  case SEED_CRASHES:
    lab_crash(SIGSEGV);
    break;
  case SEED_ABORTS:
    lab_crash(SIGABRT);
    break;
  case SEED_EXITS:
    _exit(7);
  case SEED_HANGS:
    lab_sleep_ms(1000000);
    break;
  default:
    lab_sleep_ms(spec->seed % 3); /* so that they end in another order */
  }
  end->outcome = spec->seed % 10 == SEED_FAILS ? "failed" : "established";
  end->captures_lost = spec->seed % 10 == SEED_LOSES;
  if (options->log != NULL)
    fprintf(options->log, "log %lld\n", (long long)spec->seed);
  char *line;
  assert_true(asprintf(&line, "result %lld", (long long)spec->seed) > 0);
  return line;
}

static void test_order_and_log(void **state) {
  (void)state;
  char *specs = NULL, *expected = NULL, *expected_log = NULL;
  size_t size;
  FILE *memory = open_memstream(&specs, &size);
  FILE *results = open_memstream(&expected, &size);
  FILE *logs = open_memstream(&expected_log, &size);
  for (int i = 0; i < SPECS; i++) {
    fprintf(memory, "{\"seed\": %d}\n%s", 10 * i, i % 7 == 0 ? "\n" : "");
    fprintf(results, "result %d\n", 10 * i);
    fprintf(logs, "log %d\n", 10 * i);
  }
  fclose(memory), fclose(results), fclose(logs);
  specs[strlen(specs) - 1] = '\0'; /* the last line needs no end */
  static const unsigned crews[] = {1, 2, 5, 60};
  for (size_t i = 0; i < sizeof crews / sizeof crews[0]; i++) {
    FILE *input = lab_file_of(specs), *output = tmpfile(), *log = tmpfile();
    const struct pool_options options = {
        .run = pool_answer, .workers = crews[i], .wall_limit_s = 60, .log = log};
    assert_int_equal(pool_process(fileno(input), output, &options), POOL_ALL_ESTABLISHED);
    char *text = lab_text_of(output), *log_text = lab_text_of(log);
    assert_string_equal(text, expected);
    assert_string_equal(log_text, expected_log);
    free(text), free(log_text);
    fclose(input);
  }
  free(specs), free(expected), free(expected_log);
}

/* More places for workers than files may be open: the runs are made by those that there can be. */
static void test_more_workers_than_files(void **state) {
  (void)state;
  struct rlimit limit, few;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
  few = (struct rlimit){.rlim_cur = 20, .rlim_max = limit.rlim_max};
  static const unsigned crews[] = {20, 64, 1024};
  for (size_t i = 0; i < sizeof crews / sizeof crews[0]; i++) {
    const struct pool_options options = {
        .run = pool_answer, .workers = crews[i], .wall_limit_s = 60};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    alarm(20); /* or it would not end */
    char *text = lab_process("{\"seed\": 10}\n{\"seed\": 20}\n{\"seed\": 30}\n", &options,
                             POOL_ALL_ESTABLISHED);
    alarm(0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_string_equal(text, "result 10\nresult 20\nresult 30\n");
    free(text);
  }
}

static void test_bad_runs_cost_their_own_row(void **state) {
  (void)state;
  static const struct {
    const char *spec, *outcome, *reason;
  } cases[] = {
      {"{\"seed\": 0}", "result 0", ""},
      {"{\"seed\": 3, \"id\": \"c\"}", "\"outcome\":\"crashed\"", "signal 11"},
      {"{\"seed\": 4}", "\"outcome\":\"crashed\"", "signal 6"},
      {"{\"seed\": 5}", "\"outcome\":\"crashed\"", "exit status 7"},
      {"{\"seed\": 6}", "result 6", ""},
      {"{\"seed\": 7}", "\"outcome\":\"hung\"", "no result within 1 s of wall-clock time"},
      {"{\"sed\": 7}", "\"outcome\":\"invalid\"", "unknown key"},
      {"{\"seed\": 10}", "result 10", ""},
  };
  char specs[1000] = "";
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    strcat(specs, cases[i].spec);
    strcat(specs, "\n");
  }
  FILE *input = lab_file_of(specs), *output = tmpfile();
  const struct pool_options options = {.run = pool_answer, .workers = 2, .wall_limit_s = 1};
  assert_int_equal(pool_process(fileno(input), output, &options), POOL_SOME_INVALID);
  fclose(input);
  char *text = lab_text_of(output), *rest = text;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *line = strsep(&rest, "\n");
    assert_non_null(strstr(line, cases[i].outcome));
    assert_non_null(strstr(line, cases[i].reason));
  }
  assert_string_equal(rest, "");
  free(text);
}

static void test_status(void **state) {
  (void)state;
  static const struct {
    const char *specs;
    enum pool_status status;
  } cases[] = {
      {"", POOL_ALL_ESTABLISHED},
      {"{\"seed\": 1}\n{\"seed\": 2}", POOL_ALL_ESTABLISHED},
      {"{\"seed\": 6}\n{\"seed\": 2}", POOL_SOME_FAILED},
      {"{\"seed\": 3}", POOL_SOME_FAILED},
      {"{\"seed\": 8}\n{\"seed\": 1}", POOL_SOME_INVALID},
      {"{\"seed\": -1}\n{\"seed\": 6}", POOL_SOME_INVALID},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    FILE *input = lab_file_of(cases[i].specs), *output = tmpfile();
    const struct pool_options options = {.run = pool_answer, .workers = 2, .wall_limit_s = 10};
    assert_int_equal(pool_process(fileno(input), output, &options), cases[i].status);
    fclose(input), fclose(output);
  }
}

static void test_lines_that_are_no_specs(void **state) {
  (void)state;
  enum { LONG = 200000 };
  char *text = malloc(LONG + 1);
  memset(text, ' ', LONG);
  text[LONG] = '\n';
  FILE *input = tmpfile(), *output = tmpfile();
  fwrite(text, 1, LONG + 1, input);
  fwrite("\0\n{}\0\n{\"seed\": 1}\n", 1, 18, input);
  rewind(input);
  free(text);
  const struct pool_options options = {.run = pool_answer, .workers = 2, .wall_limit_s = 10};
  assert_int_equal(pool_process(fileno(input), output, &options), POOL_SOME_INVALID);
  fclose(input);
  static const char *const reasons[] = {"longer than 65536", "NUL octet", "NUL octet", "result 1"};
  char *results = lab_text_of(output), *rest = results;
  for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
    assert_non_null(strstr(strsep(&rest, "\n"), reasons[i]));
  assert_string_equal(rest, "");
  free(results);
}

static char *answer_at_length(const struct spec *spec, const struct run_options *options,
                              struct run_end *end) {
  free(pool_answer(spec, options, end));
  char *line = malloc(20000);
  memset(line, 'x', 19999);
  line[19999] = '\0';
  return line;
}

/* Short lines fail when they are flushed, long ones when they are written. */
static void test_output_that_fails_ends_the_batch(void **state) {
  (void)state;
  static const pool_function runs[] = {pool_answer, answer_at_length};
  for (size_t i = 0; i < 4; i++) {
    FILE *full = fopen("/dev/full", "w"), *good = tmpfile();
    FILE *input = lab_file_of("{}\n{}\n{}\n{\"seed\": 7}\n");
    const bool log_fails = i >= 2;
    const struct pool_options options = {
        .run = runs[i % 2], .workers = 2, .wall_limit_s = 600, .log = log_fails ? full : good};
    assert_int_equal(pool_process(fileno(input), log_fails ? good : full, &options),
                     POOL_SOME_INVALID);
    fclose(input), fclose(full), fclose(good);
  }
}

static int pids[2]; /* a pipe through which hanging workers tell who they are */

static char *tell_and_hang(const struct spec *spec, const struct run_options *options,
                           struct run_end *end) {
  const pid_t own = getpid();
  (void)!write(pids[1], &own, sizeof own);
  lab_sleep_ms(1000000);
  return pool_answer(spec, options, end);
}

static bool is_gone(pid_t pid) {
  for (int i = 0; i < 500; i++) {
    if (kill(pid, 0) < 0 && errno == ESRCH)
      return true;
    lab_sleep_ms(10);
  }
  return false;
}

static void test_no_child_survives(void **state) {
  (void)state;
  static const int signals[] = {SIGKILL, SIGTERM, SIGINT};
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
    assert_int_equal(pipe(pids), 0);
    const pid_t parent = fork();
    if (parent == 0) {
      FILE *input = lab_file_of("{}\n{}\n{}\n");
      const struct pool_options options = {.run = tell_and_hang, .workers = 2, .wall_limit_s = 60};
      pool_process(fileno(input), tmpfile(), &options);
      _exit(0);
    }
    pid_t children[2];
    for (size_t j = 0; j < 2; j++)
      assert_int_equal(read(pids[0], &children[j], sizeof children[j]), sizeof children[j]);
    kill(parent, signals[i]);
    int status;
    assert_int_equal(waitpid(parent, &status, 0), parent);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), signals[i]);
    assert_true(is_gone(children[0]) && is_gone(children[1]));
    close(pids[0]), close(pids[1]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_order_and_log),
      cmocka_unit_test(test_more_workers_than_files),
      cmocka_unit_test(test_bad_runs_cost_their_own_row),
      cmocka_unit_test(test_status),
      cmocka_unit_test(test_lines_that_are_no_specs),
      cmocka_unit_test(test_output_that_fails_ends_the_batch),
      cmocka_unit_test(test_no_child_survives),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
