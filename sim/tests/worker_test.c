/* Workers make many runs, one after another; what one of them does to its worker costs no other. */
#include "pool_lab.h"

#include <fcntl.h>
#include <sys/time.h>

static int notes[2]; /* a pipe: an octet for each run that began, its seed */

static void worker_note(const struct spec *spec) {
  const char seed = (char)spec->seed;
  (void)!write(notes[1], &seed, 1);
}

/* The seeds in the order in which runs began. */
static void expect_notes(const char *seeds) {
  char begun[100];
  const ssize_t count = read(notes[0], begun, sizeof begun);
  assert_int_equal(count, strlen(seeds));
  for (size_t i = 0; i < strlen(seeds); i++)
    assert_int_equal(begun[i], seeds[i] - '0');
}

static int open_notes(void **state) {
  (void)state;
  return pipe2(notes, O_NONBLOCK);
}

static int close_notes(void **state) {
  (void)state;
  return close(notes[0]) | close(notes[1]);
}

/* What runs do, by seed, once their worker has made another run before: 1 to 4; always: from 5 on.
 */
enum { CRASHES = 1, EXITS, HANGS, FILLS, CRASHES_ALWAYS, HANGS_ALWAYS };

/* Answers with the number of the run among its worker's. */
static char *run_and_count(const struct spec *spec, const struct run_options *options,
                           struct run_end *end) {
  static int runs;
  const bool first = ++runs == 1;
  worker_note(spec);
  if (options->log != NULL)
    fprintf(options->log, "log %d\n", (int)spec->seed);
  if (spec->seed == CRASHES_ALWAYS || (spec->seed == CRASHES && !first))
    lab_crash(SIGSEGV);
  if (spec->seed == EXITS && !first)
    _exit(0);
  if (spec->seed == HANGS_ALWAYS || (spec->seed == HANGS && !first))
    lab_sleep_ms(1000000);
  if (spec->seed == FILLS) {
    char *line = calloc(1, 300001); /* more than a socket holds */
    memset(line, 'x', 300000);
    end->outcome = "established";
    return line;
  }
  return lab_answer(end, "%d as %d", (int)spec->seed, runs);
}

#define S(seed) "{\"seed\": " #seed "}\n"
#define CRASHED "outcome\":\"crashed\",\"reason\":\"signal 11"
#define HUNG "outcome\":\"hung\",\"reason\":\"no result within 1 s"

/* One worker at a time. */
static void test_what_a_worker_goes_through(void **state) {
  (void)state;
  static const struct {
    const char *specs;
    enum pool_status status;
    const char *begun, *results[6];
  } cases[] = {
      {S(9) S(8) S(7), 0, "987", {"9 as 1", "8 as 2", "7 as 3"}},
      /* a fault that another run brought about: made again, and what was delivered stands */
      {S(9) S(8) S(1) S(7) S(9), 0, "981179", {"9 as 1", "8 as 2", "1 as 1", "7 as 2", "9 as 3"}},
      {S(9) S(2) S(8), 0, "9228", {"9 as 1", "2 as 1", "8 as 2"}},
      {S(9) S(3) S(8), 0, "9338", {"9 as 1", "3 as 1", "8 as 2"}},
      {S(1) S(1) S(1), 0, "11111", {"1 as 1", "1 as 1", "1 as 1"}},
      /* one of its own: booked, by those that were the first at once */
      {S(9) S(5) S(8), 1, "9558", {"9 as 1", CRASHED, "8 as 1"}},
      {S(5) S(5) S(8), 1, "558", {CRASHED, CRASHED, "8 as 1"}},
      {S(9) S(6) S(8), 1, "9668", {"9 as 1", HUNG, "8 as 1"}},
      {S(9) S(4) S(8), 0, "948", {"9 as 1", "xxxxxxxx", "8 as 3"}},
  };
  const struct pool_options options = {.run = run_and_count, .workers = 1, .wall_limit_s = 1};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *text = lab_process(cases[i].specs, &options, cases[i].status), *rest = text;
    for (size_t j = 0; cases[i].results[j] != NULL; j++) {
      const char *line = strsep(&rest, "\n");
      assert_non_null(line);
      if (strstr(line, cases[i].results[j]) == NULL)
        fail_msg("case %zu: %.100s is not %s", i, line, cases[i].results[j]);
    }
    assert_string_equal(rest, "");
    free(text);
    expect_notes(cases[i].begun);
  }
}

/* The log of a run that was made twice is there once. */
static void test_log_of_a_repeated_run(void **state) {
  (void)state;
  FILE *log = tmpfile();
  const struct pool_options options = {
      .run = run_and_count, .workers = 1, .wall_limit_s = 60, .log = log};
  free(lab_process(S(9) S(1) S(5) S(8), &options, POOL_SOME_FAILED));
  char *text = lab_text_of(log);
  assert_string_equal(text, "log 9\nlog 1\nlog 8\n");
  free(text);
  expect_notes("911558");
}

/* Dies in a while, whatever it does then. */
static char *answer_and_die_later(const struct spec *spec, const struct run_options *options,
                                  struct run_end *end) {
  (void)options;
  static int runs;
  signal(SIGALRM, SIG_DFL);
  const struct itimerval time = {.it_value = {.tv_usec = 20000}};
  setitimer(ITIMER_REAL, &time, NULL);
  return lab_answer(end, "%d as %d", (int)spec->seed, ++runs);
}

static void test_death_between_runs(void **state) {
  (void)state;
  int specs[2];
  assert_int_equal(pipe(specs), 0);
  const pid_t feeder = fork();
  if (feeder == 0) {
    for (int i = 0; i < 3; i++) {
      (void)!write(specs[1], S(1), strlen(S(1)));
      lab_sleep_ms(100);
    }
    _exit(0);
  }
  close(specs[1]);
  FILE *output = tmpfile();
  const struct pool_options options = {
      .run = answer_and_die_later, .workers = 2, .wall_limit_s = 60};
  assert_int_equal(pool_process(specs[0], output, &options), POOL_ALL_ESTABLISHED);
  close(specs[0]);
  char *text = lab_text_of(output);
  assert_string_equal(text, "1 as 1\n1 as 1\n1 as 1\n");
  free(text);
}

/* Many workers of which each falls again and again; all that is delivered stands, in order. */
static void test_many_workers_fall(void **state) {
  (void)state;
  enum { RUNS = 400 };
  char *specs = NULL;
  size_t size;
  FILE *memory = open_memstream(&specs, &size);
  for (int i = 0; i < RUNS; i++)
    fprintf(memory, S(% d), i % 5 == 0 ? CRASHES : i % 7 == 0 ? CRASHES_ALWAYS : 100 + i);
  fclose(memory);
  const struct pool_options options = {.run = run_and_count, .workers = 20, .wall_limit_s = 60};
  char *text = lab_process(specs, &options, POOL_SOME_FAILED), *rest = text;
  for (int i = 0; i < RUNS; i++) {
    char *line = strsep(&rest, "\n"), expected[32];
    snprintf(expected, sizeof expected, "%d as ", i % 5 == 0 ? CRASHES : 100 + i);
    assert_non_null(line);
    if (i % 5 != 0 && i % 7 == 0)
      assert_non_null(strstr(line, CRASHED));
    else
      assert_memory_equal(line, expected, strlen(expected));
  }
  assert_string_equal(rest, "");
  free(text);
  free(specs);
  char all[4 * RUNS];
  (void)!read(notes[0], all, sizeof all);
}

/* Homes */

struct run_home {
  int runs;
};

static struct run_home *make_home(void) {
  return calloc(1, sizeof(struct run_home));
}

static char *run_at_home(const struct spec *spec, const struct run_options *options,
                         struct run_end *end) {
  if (spec->seed == CRASHES_ALWAYS)
    lab_crash(SIGSEGV);
  return lab_answer(end, "%d at home", ++options->home->runs);
}

static struct run_home *make_no_home(void) {
  lab_crash(SIGABRT);
  return NULL;
}

/* One for all runs of a worker, and none that was there when another fell. */
static void test_homes(void **state) {
  (void)state;
  struct pool_options options = {
      .run = run_at_home, .make_home = make_home, .workers = 1, .wall_limit_s = 60};
  char *text = lab_process(S(1) S(2) S(5) S(3) S(4), &options, POOL_SOME_FAILED), *rest = text;
  assert_string_equal(strsep(&rest, "\n"), "1 at home");
  assert_string_equal(strsep(&rest, "\n"), "2 at home");
  assert_non_null(strstr(strsep(&rest, "\n"), CRASHED));
  assert_string_equal(rest, "1 at home\n2 at home\n");
  free(text);
  options.make_home = make_no_home;
  text = lab_process(S(1) S(2), &options, POOL_SOME_FAILED);
  assert_non_null(strstr(text, "signal 6"));
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_what_a_worker_goes_through, open_notes, close_notes),
      cmocka_unit_test_setup_teardown(test_log_of_a_repeated_run, open_notes, close_notes),
      cmocka_unit_test(test_death_between_runs),
      cmocka_unit_test_setup_teardown(test_many_workers_fall, open_notes, close_notes),
      cmocka_unit_test(test_homes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
