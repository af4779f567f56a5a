/* The program as a whole, with the fake simulator: a campaign that is interrupted, dies or grows
 * ends as one that ran through; a report twice is the same. */
#include "fixture.h"
#include "support/memory.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char SCENARIO[] =
    "sweep: {hops: [1, 2], frame_loss: [0, 0.1]}\nrepeat: 20\n"
    "tables:\n  - {name: t, columns: [success, p95 time_ms]}\n"
    "  - {name: l, ledger: ledger_peer_link}\n"
    "figures:\n"
    "  - {name: b, type: bands, x: hops, y: [median time_ms, p95 time_ms], above: [success], "
    "log_y: true, title: 'Sa\"y \\ it''s <&> 100 %'}\n"
    "  - {name: c, type: cdf, of: time_ms}\n"
    "  - {name: s, type: stack, of: ledger}\n";

/* Starts coap-eap-bench with `words` (separated by spaces) on scenario `name`; its output goes to
 * a file `output` in the folder. */
static pid_t start_bench(const struct fixture *fixture, const char *words, const char *name) {
  char *results = text_format("%s/results", fixture->folder);
  char *output = text_format("%s/output", fixture->folder);
  char *copy = memory_string(words), *argv[24], *rest = copy;
  size_t count = 0;
  argv[count++] = memory_string(COAP_EAP_BENCH);
  for (char *word; (word = strsep(&rest, " ")) != NULL;)
    argv[count++] = word;
  const char *const common[] = {"--simulator", FAKE_SIMULATOR,  "--results", results,
                                "--scenarios", fixture->folder, name};
  const bool asks_simulator = strncmp(words, "report", strlen("report")) != 0;
  const size_t first_common = count;
  for (size_t i = asks_simulator ? 0 : 2; i < sizeof common / sizeof common[0]; i++)
    argv[count++] = memory_string(common[i]);
  argv[count] = NULL;
  pid_t pid = fork();
  if (pid == 0) {
    int file = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execv(argv[0], argv);
    _exit(127);
  }
  free(results);
  free(output);
  free(copy);
  free(argv[0]);
  for (size_t i = first_common; i < count; i++)
    free(argv[i]);
  return pid;
}

static int finish(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int bench(const struct fixture *fixture, const char *words, const char *name) {
  return finish(start_bench(fixture, words, name));
}

static char *campaign_read_file(const struct fixture *fixture, const char *name) {
  struct text error = {0};
  char *path = text_format("%s/%s", fixture->folder, name);
  char *content = text_file_read(path, NULL, &error);
  text_deinit(&error);
  free(path);
  return content == NULL ? memory_string("") : content;
}

static void assert_said(const struct fixture *fixture, const char *words) {
  char *output = campaign_read_file(fixture, "output");
  if (strstr(output, words) == NULL)
    fail_msg("expected:\n%s\nbut:\n%s", words, output);
  free(output);
}

/* Each line of a list of runs ends in when it was stored, which is not the same in two campaigns.
 */
static void cut_times(char *runs) {
  char *to = runs;
  for (char *from = runs; *from != '\0';) {
    const char *comma = memrchr(from, ',', strcspn(from, "\n"));
    assert_non_null(comma);
    const size_t length = (size_t)(comma - from), line = strcspn(from, "\n") + 1;
    memmove(to, from, length);
    to[length] = '\n';
    to += length + 1;
    from += line;
  }
  *to = '\0';
}

static void assert_same_runs(const struct fixture *fixture, const char *a, const char *b) {
  char *first = campaign_read_file(fixture, a), *second = campaign_read_file(fixture, b);
  assert_true(strlen(first) > 0);
  cut_times(first);
  cut_times(second);
  assert_string_equal(first, second);
  free(first);
  free(second);
}

/* runs.csv of a campaign of this scenario that ran through, for others to compare with. */
static void whole(const struct fixture *fixture) {
  free(fixture_write(fixture, "whole.yaml", SCENARIO));
  assert_int_equal(bench(fixture, "run -j 2", "whole"), 0);
}

/* Waits until some runs of a campaign are stored. */
static void wait_for_runs(const struct fixture *fixture, const char *name) {
  char *path = text_format("%s/results/%s/campaign.db", fixture->folder, name);
  bool found = false;
  for (int tries = 0; tries < 1000 && !found; tries++) {
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    usleep(20000);
    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(database, "SELECT 1 FROM runs", -1, &statement, NULL) == SQLITE_OK)
      found = sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    sqlite3_close(database);
  }
  assert_true(found);
  free(path);
}

static void interrupted_and_resumed(void **state) {
  const struct fixture *fixture = *state;
  static const int SIGNALS[] = {SIGINT, SIGTERM};
  whole(fixture);
  for (size_t i = 0; i < 2; i++) {
    char *name = text_format("interrupted%zu", i);
    char *file = text_format("%s.yaml", name);
    free(fixture_write(fixture, file, SCENARIO));
    setenv("FAKE_DELAY_US", "50000", 1);
    pid_t pid = start_bench(fixture, "run", name);
    wait_for_runs(fixture, name);
    kill(pid, SIGNALS[i]);
    assert_int_equal(finish(pid), 130);
    assert_said(fixture, "of 80 runs are stored, running it again goes on from there");
    unsetenv("FAKE_DELAY_US");
    assert_int_equal(bench(fixture, "plan", name), 0);
    char *output = campaign_read_file(fixture, "output");
    char *missing = strstr(output, "runs; ");
    assert_non_null(missing);
    long left = strtol(missing + 6, NULL, 10);
    assert_in_range(left, 1, 79);
    free(output);
    assert_int_equal(bench(fixture, "run", name), 0);
    char *runs = text_format("results/%s/runs.csv", name);
    assert_same_runs(fixture, runs, "results/whole/runs.csv");
    free(runs);
    free(file);
    free(name);
  }
}

static void simulator_dies(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "dies.yaml", SCENARIO));
  setenv("FAKE_DIE_AFTER", "30", 1);
  assert_int_equal(bench(fixture, "run", "dies"), 1);
  assert_said(fixture, "the simulator ended (killed by signal 9 (Killed)) after 30 of 80 runs");
  assert_int_equal(bench(fixture, "run", "dies"), 1);
  assert_said(fixture, "after 30 of 50 runs");
  unsetenv("FAKE_DIE_AFTER");
  assert_int_equal(bench(fixture, "run", "dies"), 0);
  assert_same_runs(fixture, "results/dies/runs.csv", "results/whole/runs.csv");
  assert_int_equal(bench(fixture, "run", "dies"), 0);
  assert_said(fixture, "all 80 runs are in the store");
}

static void report_twice(void **state) {
  const struct fixture *fixture = *state;
  static const char *const FILES[] = {
      "runs.csv",        "cells.csv",     "tables/t.txt",  "tables/t.csv",  "tables/l.txt",
      "figures/b.svg",   "figures/c.svg", "figures/s.svg", "figures/b.png", "figures/c.png",
      "figures/s.png",   "figures/b.gp",  "figures/c.tsv", "figures/s.tsv", "report.html",
      "provenance.json", "ledger.csv",    "details.csv",   "columns.csv"};
  enum { COUNT = sizeof FILES / sizeof FILES[0] };
  char *first[COUNT];
  size_t length[COUNT], again;
  struct text error = {0};
  for (size_t round = 0; round < 2; round++) {
    for (size_t i = 0; i < COUNT; i++) {
      char *path = text_format("%s/results/whole/%s", fixture->folder, FILES[i]);
      char *content = text_file_read(path, round == 0 ? &length[i] : &again, &error);
      assert_non_null(content);
      if (round == 0) {
        first[i] = content;
        unlink(path);
      } else {
        assert_int_equal(again, length[i]);
        assert_memory_equal(content, first[i], again);
        free(first[i]);
        free(content);
      }
      free(path);
    }
    sleep(round == 0); /* a date of drawing would differ */
    assert_int_equal(bench(fixture, "report", "whole"), 0);
  }
}

/* The page needs nothing but itself: no address, script or other file is loaded. */
static void page_is_self_contained(void **state) {
  const struct fixture *fixture = *state;
  static const char *const LOADS[] = {"src=",    "href=\"http", "href='http",      "url(http",
                                      "@import", "<script",     "<link",           "<iframe",
                                      "<img",    "data-src",    "href=\"figures/", "<?xml"};
  static const char *const PARTS[] = {"<h1>whole</h1>",
                                      "<b>Figure 3.</b>",
                                      "Table 2. l",
                                      "Sa&#34;y \\ it&#39;s &lt;&amp;&gt; 100 %",
                                      "id=\"b-gnuplot_canvas\"",
                                      "/whole.yaml  # the messages of one run",
                                      "seeds 1–20",
                                      "sweep: {hops: [1, 2], frame_loss: [0, 0.1]}",
                                      "Radios always listen"};
  char *page = campaign_read_file(fixture, "results/whole/report.html");
  for (size_t i = 0; i < sizeof LOADS / sizeof LOADS[0]; i++)
    if (strstr(page, LOADS[i]) != NULL)
      fail_msg("the page has %s", LOADS[i]);
  for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
    if (strstr(page, PARTS[i]) == NULL)
      fail_msg("the page lacks %s", PARTS[i]);
  free(page);
  char *table = campaign_read_file(fixture, "results/whole/tables/t.txt");
  assert_non_null(strstr(table, " · campaign whole · ns-3 3.37 · seeds 1–20 · 20"));
  free(table);
}

static void grows(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "grows.yaml", "sweep: {hops: [1]}\nrepeat: 5\n"));
  assert_int_equal(bench(fixture, "run", "grows"), 0);
  assert_said(fixture, "5 of 5 runs");
  free(fixture_write(fixture, "grows.yaml", "sweep: {hops: [1, 2]}\nrepeat: 6\n"));
  assert_int_equal(bench(fixture, "report", "grows"), 0);
  assert_said(fixture, "7 runs of the scenario are missing; coap-eap-bench run ");
  assert_int_equal(bench(fixture, "run", "grows"), 0);
  assert_said(fixture, "7 of 7 runs");
  /* Other code makes other runs; those of the old code are not mixed in. */
  setenv("FAKE_CODE", "0123456789abcdef", 1);
  assert_int_equal(bench(fixture, "run", "grows"), 0);
  assert_said(fixture, "12 of 12 runs");
  unsetenv("FAKE_CODE");
  assert_int_equal(bench(fixture, "run", "grows"), 0);
  assert_said(fixture, "all 12 runs are in the store");
}

static void crashes_and_expectations(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "crash.yaml", "sweep: {hops: [1, 2]}\nrepeat: 4\n"));
  setenv("FAKE_CRASH_SEED", "3", 1);
  assert_int_equal(bench(fixture, "run", "crash"), 1);
  unsetenv("FAKE_CRASH_SEED");
  assert_said(fixture, "2 runs crashed or could not be run");
  assert_int_equal(bench(fixture, "run", "crash"), 1);
  assert_int_equal(bench(fixture, "run --retry failed", "crash"), 0);
  assert_said(fixture, "2 of 2 runs");
  free(fixture_write(fixture, "crash.yaml",
                     "sweep: {hops: [1, 2]}\nrepeat: 4\nexpect:\n"
                     "  - {metric: success, at_least: 1}\n"
                     "  - {metric: max time_ms, at_most: 150, where: {hops: 2}}\n"));
  assert_int_equal(bench(fixture, "report", "crash"), 1);
  assert_said(fixture, "crash.yaml:5: expected max time_ms of at most 150 ms, but it is ");
  assert_said(fixture, "with hops 2\n");
  assert_said(fixture, "1 expectation is violated");
  free(fixture_write(fixture, "crash.yaml",
                     "sweep: {hops: [1, 2]}\nrepeat: 4\nexpect:\n"
                     "  - {metric: success, at_least: 0, where: {hops: 3}}\n"));
  assert_int_equal(bench(fixture, "report", "crash"), 1);
  assert_said(fixture, "crash.yaml:4: expected success, but no cell is as its `where` says");
}

/* A run that hung is in runs.csv and in no figure, and `run` fails until it is run again. */
static void hangs(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "hang.yaml",
                     "fixed: {hops: 1}\nrepeat: 4\ntables:\n"
                     "  - {name: t, columns: [success, median bytes_udp]}\nexpect:\n"
                     "  - {metric: success, at_least: 1}\n"));
  setenv("FAKE_HANG_SEED", "3", 1);
  assert_int_equal(bench(fixture, "run", "hang"), 1);
  unsetenv("FAKE_HANG_SEED");
  assert_said(fixture,
              "1 run crashed or could not be run (counted as failed), or hung (not counted)");
  char *runs = campaign_read_file(fixture, "results/hang/runs.csv");
  fixture_assert_has(runs, "3,hung,no result");
  free(runs);
  char *cells = campaign_read_file(fixture, "results/hang/cells.csv");
  fixture_assert_has(cells, "success,ratio,1,");
  fixture_assert_has(cells, ",3,B,equal\n");
  assert_null(strstr(cells, ",4,"));
  free(cells);
  assert_int_equal(bench(fixture, "run", "hang"), 1);
  assert_int_equal(bench(fixture, "run --retry failed", "hang"), 0);
  assert_said(fixture, "1 of 1 run");
  cells = campaign_read_file(fixture, "results/hang/cells.csv");
  assert_null(strstr(cells, ",3,B,equal\n"));
  free(cells);
}

/* Pairs of equal seeds: twice the hops take twice the octets. */
static void expectations_against_a_baseline(void **state) {
  static const char HEAD[] = "sweep: {hops: [1, 2]}\nrepeat: 4\nexpect:\n";
  static const struct {
    const char *expectation; /* in the file's line 4 */
    const char *said;        /* NULL if it holds */
  } CASES[] = {
      {"metric: mean bytes_air, against: {hops: 1}, as: ratio, at_least: 2, at_most: 2", NULL},
      {"metric: mean bytes_air, against: {hops: 1}, at_least: 1014, at_most: 1014", NULL},
      {"metric: mean bytes_air, against: {hops: 1}, as: ratio, at_least: 2.5",
       "pairs.yaml:4: expected ratio of mean bytes_air against hops 1 of at least 2.5, but it is 2 "
       "with hops 2\n"},
      {"metric: mean bytes_air, against: {hops: 1}, at_most: 1000",
       "expected difference of mean bytes_air against hops 1 of at most 1000 B, but it is 1014 B "
       "with hops 2\n"},
      {"metric: mean time_ms, against: {hops: 2}, as: saving_share, at_least: 0.8",
       "expected saving_share of mean time_ms against hops 2 of at least 80 %, but it is 5"},
      {"metric: success, against: {hops: 1}, as: saving, at_least: 1",
       "expected saving of success against hops 1 of at least 100 %, but it is 0 % with hops 2\n"},
      {"metric: success, against: {hops: 1}, at_most: 0, where: {hops: 1}",
       "expected difference of success against hops 1, but no cell is as its `where` says, other "
       "than the baseline\n"},
      {"metric: success, against: {hops: 3}, at_most: 0",
       "expected difference of success against hops 3 of at most 0 %, but there is none with hops "
       "1, "
       "which has no such baseline\n"},
  };
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "pairs.yaml", "sweep: {hops: [1, 2]}\nrepeat: 4\n"));
  assert_int_equal(bench(fixture, "run", "pairs"), 0);
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char *yaml = text_format("%s  - {%s}\n", HEAD, CASES[i].expectation);
    free(fixture_write(fixture, "pairs.yaml", yaml));
    free(yaml);
    assert_int_equal(bench(fixture, "report", "pairs"), CASES[i].said != NULL);
    assert_said(fixture, CASES[i].said == NULL ? "pairs: report in" : CASES[i].said);
  }
}

/* Without gnuplot all is written but the figures, and it is said what is missing. */
static void without_gnuplot(void **state) {
  const struct fixture *fixture = *state;
  char *path = memory_string(getenv("PATH"));
  free(fixture_write(fixture, "bare.yaml",
                     "sweep: {hops: [1, 2]}\ntables:\n  - {name: t, columns: [success]}\n"
                     "figures:\n  - {name: f, type: bands, title: T, x: hops, y: mean time_ms}\n"));
  setenv("PATH", fixture->folder, 1);
  const int status = bench(fixture, "run", "bare");
  setenv("PATH", path, 1);
  free(path);
  assert_int_equal(status, 1);
  assert_said(fixture, "(package gnuplot-nox)");
  char *page = campaign_read_file(fixture, "results/bare/report.html");
  fixture_assert_has(page, "success");
  assert_null(strstr(page, "id=\"figures\""));
  free(page);
  free(campaign_read_file(fixture, "results/bare/tables/t.txt"));
  assert_int_equal(bench(fixture, "report", "bare"), 0);
  page = campaign_read_file(fixture, "results/bare/report.html");
  fixture_assert_has(page, "<svg role=\"img\" aria-label=\"Figure 1: T\"");
  free(page);
}

/* The commit is what the simulator says, wherever that and we are. */
static void commits(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "commit.yaml", "fixed: {hops: 1}\n"));
  assert_int_equal(bench(fixture, "run", "commit"), 0);
  char *made = campaign_read_file(fixture, "results/commit/provenance.json");
  fixture_assert_has(made, "\"commit\": \"\"");
  free(made);
  free(fixture_write(fixture, "commit.yaml", "fixed: {hops: 2}\n"));
  setenv("FAKE_COMMIT", "0123abc-dirty", 1);
  assert_int_equal(bench(fixture, "run", "commit"), 0);
  unsetenv("FAKE_COMMIT");
  made = campaign_read_file(fixture, "results/commit/provenance.json");
  fixture_assert_has(made, "\"commit\": \"0123abc-dirty\"");
  free(made);
  char *page = campaign_read_file(fixture, "results/commit/report.html");
  fixture_assert_has(page, "git checkout 0123abc\n");
  free(page);
}

static void usage_that_is_bad(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "bad.yaml", "sweep: {hopps: [1]}\n"));
  assert_int_equal(bench(fixture, "run", "bad"), 2);
  assert_said(fixture, "did you mean `hops`?");
  assert_int_equal(bench(fixture, "run", "no-such"), 2);
  assert_int_equal(bench(fixture, "report", "bad"), 2);
  assert_int_equal(bench(fixture, "run -j 0", "bad"), 2);
  assert_int_equal(bench(fixture, "fly", "bad"), 2);
}

/* Runs a shell command, in which $BENCH, $REPORT and $FOLDER are set; its exit status. */
static int shell(const struct fixture *fixture, const char *command, const char *said) {
  char *script = text_format(
      "REPORT='%s report'; BENCH='%s --simulator %s'; FOLDER='%s'; { %s; } >%s/output 2>&1",
      COAP_EAP_BENCH, COAP_EAP_BENCH, FAKE_SIMULATOR, fixture->folder, command, fixture->folder);
  pid_t pid = fork();
  if (pid == 0)
    execlp("bash", "bash", "-c", script, (char *)NULL);
  free(script);
  int status = finish(pid);
  if (said != NULL)
    assert_said(fixture, said);
  return status;
}

/* Output that cannot be written is an error that is told; a reader that went away is none. */
static void lost_output(void **state) {
  const struct fixture *fixture = *state;
  static const char NOWHERE[] = "coap-eap-bench: cannot write to standard output";
  whole(fixture);
  free(fixture_write(fixture, "gnuplot",
                     "#!/bin/sh\n\"$REAL\" \"$@\" || exit 1\n"
                     "for f in \"$FIGURES\"/*.$KIND.*.part; do [ ! -f \"$f\" ] || truncate -s 500 "
                     "\"$f\"; done\n"));
  static const struct {
    const char *command;
    int status;
    const char *said;
  } CASES[] = {
      {"$BENCH --help >/dev/full", 1, NOWHERE},
      {"$BENCH --help >&-", 1, NOWHERE},
      {"$BENCH show >/dev/full", 1, NOWHERE},
      {"$BENCH show >&-", 1, NOWHERE},
      {"$BENCH plan --specs $FOLDER/whole.yaml >/dev/full", 1, NOWHERE},
      {"$REPORT --results $FOLDER/results $FOLDER/whole.yaml >/dev/full", 1, NOWHERE},
      {"$BENCH compare $FOLDER/results/whole $FOLDER/results/whole >/dev/full", 1, NOWHERE},
      {"$BENCH show --svg $FOLDER/no/such >/dev/null", 1, "no/such: cannot be written: "},
      {"$BENCH show --svg /dev/full >/dev/null", 1, "/dev/full: cannot be written: No space"},
      {"ln -s target $FOLDER/link; touch $FOLDER/target; $BENCH show --svg $FOLDER/link >/dev/null "
       "&& test -L $FOLDER/link && test -s $FOLDER/target",
       0, ""},
      {"trap '' XFSZ; ulimit -f 1; $BENCH show --svg $FOLDER/svg >/dev/null; s=$?; ls $FOLDER | "
       "grep "
       "svg; exit $s",
       1, "svg: cannot be written: File too large"},
      {"mkfifo $FOLDER/pipe; exec 3<>$FOLDER/pipe 4>$FOLDER/pipe 3>&-; $BENCH show 2>$FOLDER/said "
       ">&4; s=$?; test ! -s $FOLDER/said && exit $s",
       141, ""},
      {"chmod +x $FOLDER/gnuplot; export REAL=$(command -v gnuplot) KIND=svg; export "
       "FIGURES=$FOLDER/results/whole/figures; PATH=$FOLDER:$PATH $REPORT --results "
       "$FOLDER/results $FOLDER/whole.yaml >/dev/null",
       1, "gnuplot could not write it to its end"},
      {"export REAL=$(command -v gnuplot) KIND=png; export FIGURES=$FOLDER/results/whole/figures; "
       "PATH=$FOLDER:$PATH $REPORT --results $FOLDER/results $FOLDER/whole.yaml >/dev/null",
       1, "gnuplot could not write it to its end"},
      {"test -z \"$(ls $FOLDER/results/whole/figures | grep part)\"", 0, ""},
      {"of=; for i in 1 2 3; do $BENCH run --results $FOLDER/together $FOLDER/whole.yaml "
       ">/dev/null & "
       "of=\"$of $!\"; done; for i in $of; do wait $i || exit; done",
       0, "whole: report in "},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    int status = shell(fixture, CASES[i].command, CASES[i].said);
    if (status != CASES[i].status)
      fail_msg("%s: status %d", CASES[i].command, status);
  }
  char *output = campaign_read_file(fixture, "output");
  assert_null(strstr(output, ".part"));
  free(output);
}

/* Warnings leave the exit status as it is; plan names the cells that are refused. */
static void warns(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(fixture, "idle.yaml",
                     "sweep:\n  frame_loss: [0, 0.1]\n  loss_model: [frame, bit]\nrepeat: 2\n"));
  static const char *const VERBS[] = {"plan", "plan --specs", "run"};
  for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++) {
    assert_int_equal(bench(fixture, VERBS[i], "idle"), 0);
    assert_said(fixture, "idle.yaml:3: loss_model has no effect in 2 of 4 cells: it needs "
                         "frame_loss other than 0\n");
  }
  free(fixture_write(fixture, "refused.yaml", "sweep: {identity_bytes: [250, 253]}\nrepeat: 2\n"));
  assert_int_equal(bench(fixture, "plan", "refused"), 0);
  assert_said(fixture, "refused.yaml: the simulator refuses 1 of 2 cells: identity_bytes: the fake "
                       "simulator takes up to 251\n");
  assert_said(fixture, "2 runs, 0 in the store; refused: identity_bytes: the fake simulator takes "
                       "up to 251\n");
  assert_int_equal(bench(fixture, "run", "refused"), 1);
  assert_said(fixture, "2 runs crashed or could not be run");
}

/* The scenarios of the project, in part: all are read and planned. Of all cells only those of loss
 * where nothing is lost have twins: both models of loss begin there. */
static void own_scenarios(void **state) {
  const struct fixture *fixture = *state;
  static const char *const NAMES[] = {"smoke",
                                      "hops",
                                      "loss",
                                      "size",
                                      "overhead",
                                      "retransmissions",
                                      "oscore-vs-dtls",
                                      "oscore-vs-dtls-messages",
                                      "oscore-vs-dtls-payload",
                                      "optimizations",
                                      "optimizations-size"};
  for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
    char *path = text_format("%s/%s.yaml", SCENARIOS, NAMES[i]);
    assert_int_equal(bench(fixture, "plan", path), 0);
    char *output = campaign_read_file(fixture, "output");
    assert_int_equal(strstr(output, "warning: ") != NULL, strcmp(NAMES[i], "loss") == 0);
    free(output);
    free(path);
  }
}

/* The commands of a page work where it was made, also outside of the project's folder. */
static void commands_of_the_page(void **state) {
  const struct fixture *fixture = *state;
  struct text said = {0};
  free(fixture_write(fixture, "c.yaml", "sweep: {hops: [1, 2]}\nrepeat: 2\n"));
  const int status =
      fixture_shell(fixture,
                    COAP_EAP_BENCH
                    " run --simulator " FAKE_SIMULATOR " c.yaml && grep 'typed in the folder where "
                    "the report was made, which has this page as results/c/report.html' "
                    "results/c/report.html && sh -c \"$(sed -n 's/show --median c.1$/--version/p' "
                    "results/c/report.html)\"",
                    &said);
  if (status != 0)
    fail_msg("%s", text_string(&said));
  fixture_assert_has(text_string(&said), "coap-eap-bench ");
  text_deinit(&said);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(interrupted_and_resumed),
      cmocka_unit_test(simulator_dies),
      cmocka_unit_test(report_twice),
      cmocka_unit_test(page_is_self_contained),
      cmocka_unit_test(grows),
      cmocka_unit_test(crashes_and_expectations),
      cmocka_unit_test(hangs),
      cmocka_unit_test(expectations_against_a_baseline),
      cmocka_unit_test(without_gnuplot),
      cmocka_unit_test(commits),
      cmocka_unit_test(usage_that_is_bad),
      cmocka_unit_test(lost_output),
      cmocka_unit_test(warns),
      cmocka_unit_test(own_scenarios),
      cmocka_unit_test(commands_of_the_page),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
