/* Campaigns whose runs are large: results of megabytes are stored and read again, a run may take
 * its time on the wall, and how far it is goes by what is left, not by how many. */
#include "fixture.h"
#include "support/clock.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* What the program prints with these words, run by a shell with `before` in front; to be freed. */
static char *large_bench(const struct fixture *fixture, const char *before, const char *words,
                         bool good) {
  char shell[] = "/bin/sh", option[] = "-c";
  char *command =
      text_format("cd %s && %s %s %s 2>&1", fixture->folder, before, COAP_EAP_BENCH, words);
  char *argv[] = {shell, option, command, NULL};
  struct text output = {0}, error = {0};
  assert_int_equal(process_capture(argv, NULL, false, &output, &error), good ? 0 : -1);
  char *printed = memory_string(text_string(&output));
  text_deinit(&output);
  text_deinit(&error);
  free(command);
  return printed;
}

static void test_results_of_megabytes(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "large.yaml",
                     "sweep: {hops: [1, 2]}\nrepeat: 2\n"
                     "tables: [{name: t, columns: [success, mean time_ms]}]\n"));
  char *words = text_format("run --simulator %s ./large.yaml", FAKE_SIMULATOR);
  char *first = large_bench(fixture, "FAKE_PEERS=50000", words, true);
  fixture_assert_has(first, "large: 4 of 4 runs");
  char *path = text_format("%s/results/large/campaign.db", fixture->folder);
  struct stat store;
  assert_int_equal(stat(path, &store), 0);
  assert_true(store.st_size > 4 * 1200000);
  char *again = large_bench(fixture, "", "report ./large.yaml", true);
  fixture_assert_has(first, "hops  runs  success (%)");
  char *table = strstr(first, "hops  runs");
  table[strcspn(table, "l")] = '\0';
  fixture_assert_has(again, table);
  char *moved = large_bench(fixture, "", "compare results/large results/large", true);
  fixture_assert_has(moved, "nothing moved");
  free(moved);
  free(again);
  free(path);
  free(first);
  free(words);
}

/* A simulator that notes what it is called with, but for runs that are drawn. */
static char *noting_simulator(const struct fixture *fixture) {
  char *script = text_format(
      "#!/bin/sh\ncase $1 in --log) ;; *) echo \"$*\" >>calls ;; esac\nexec %s \"$@\"\n",
      FAKE_SIMULATOR);
  char *path = fixture_write(fixture, "noting", script);
  assert_int_equal(chmod(path, 0755), 0);
  free(script);
  return path;
}

static void test_limit_on_the_wall(void **state) {
  const struct fixture *fixture = *state;
  free(noting_simulator(fixture));
  free(fixture_write(fixture, "patient.yaml", "wall_limit_s: 5400\nsweep: {hops: [1]}\n"));
  free(fixture_write(fixture, "usual.yaml", "sweep: {hops: [1]}\n"));
  free(large_bench(fixture, "", "run -j 3 --simulator ./noting ./patient.yaml", true));
  free(large_bench(fixture, "", "run -j 3 --simulator ./noting ./usual.yaml", true));
  char *path = text_format("%s/calls", fixture->folder);
  struct text error = {0};
  char *calls = text_file_read(path, NULL, &error);
  assert_string_equal(calls, "--describe\n--resolve --seeds 1\n-j 3 --wall-limit 5400\n"
                             "--describe\n--resolve --seeds 1\n-j 3\n");
  free(calls);
  free(path);
  free(fixture_write(fixture, "none.yaml", "wall_limit_s: 0\nsweep: {hops: [1]}\n"));
  char *words = text_format("plan --simulator %s ./none.yaml", FAKE_SIMULATOR);
  char *printed = large_bench(fixture, "", words, false);
  fixture_assert_has(printed, "none.yaml:1:15: ");
  fixture_assert_has(printed, "from 1 to 86400");
  free(printed);
  free(words);
}

/* What progress shows when so many runs of these sizes came in so many seconds, and no more since.
 */
static char *shown_progress(size_t done, double done_size, double elapsed_s, double waiting_s) {
  char *shown = NULL;
  size_t length = 0;
  struct progress progress;
  progress_init(&progress, "c", 4, 1000 + 1 + 1 + 1);
  progress.stream = open_memstream(&shown, &length);
  progress.terminal = false;
  for (size_t i = 0; i < done; i++)
    progress_step(&progress, 1, done_size / (double)done, 0);
  progress.begun_ms = clock_now_ms() - (int64_t)(elapsed_s * 1000);
  progress.stepped_ms = clock_now_ms() - (int64_t)(waiting_s * 1000);
  progress.shown_ms = clock_now_ms() - 11000;
  progress_tick(&progress);
  fclose(progress.stream);
  return shown;
}

static void test_progress_goes_by_size(void **state) {
  (void)state;
  static const struct {
    size_t done;
    double size, elapsed_s, waiting_s;
    const char *shown;
  } cases[] = {
      {0, 0, 100, 100, "c: 0 of 4 runs, none for 1 min 40 s\n"},
      {3, 3, 3, 0, "c: 3 of 4 runs, 1.0 a second, 16 min 40 s left\n"},
      {3, 3, 30, 27, "c: 3 of 4 runs, 0.1 a second, 2 h 46 min left, none for 27 s\n"},
      {1, 1000, 500, 2, "c: 1 of 4 runs, one in 8 min 20 s, 2 s left\n"},
      {4, 1003, 4, 4, "c: 4 of 4 runs, 1.0 a second\n"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *shown =
        shown_progress(cases[i].done, cases[i].size, cases[i].elapsed_s, cases[i].waiting_s);
    assert_string_equal(shown, cases[i].shown);
    free(shown);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_results_of_megabytes),
      cmocka_unit_test(test_limit_on_the_wall),
      cmocka_unit_test(test_progress_goes_by_size),
  };
  return cmocka_run_group_tests_name("large", tests, fixture_setup, fixture_teardown);
}
