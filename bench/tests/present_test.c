/* The views of a store: of the present scenario and code alone, whatever else was ever run. */
#include "fixture.h"
#include "support/memory.h"

#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 20000 };

/* What a query on a campaign's store gives: fields with a space between them, rows with a
 * semicolon. To be freed. */
static char *ask(const struct fixture *fixture, const char *sql) {
  char *path = text_format("%s/results/c/campaign.db", fixture->folder);
  sqlite3 *database;
  sqlite3_stmt *statement;
  struct text answer = {0};
  assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
  sqlite3_busy_timeout(database, PATIENCE_MS);
  if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
    fail_msg("%s: %s", sql, sqlite3_errmsg(database));
  int status;
  while ((status = sqlite3_step(statement)) == SQLITE_ROW)
    for (int i = 0, count = sqlite3_column_count(statement); i < count; i++) {
      const char *field = (const char *)sqlite3_column_text(statement, i);
      text_add(&answer, "%s%s", field == NULL ? "-" : field, i + 1 < count ? " " : ";");
    }
  if (status != SQLITE_DONE)
    fail_msg("%s: %s", sql, sqlite3_errmsg(database));
  sqlite3_finalize(statement);
  sqlite3_close(database);
  free(path);
  return answer.data == NULL ? memory_string("") : answer.data;
}

static void assert_answer(const struct fixture *fixture, const char *sql, const char *expected) {
  char *answer = ask(fixture, sql);
  if (strcmp(answer, expected) != 0)
    fail_msg("%s\nexpected: %s\nbut:      %s", sql, expected, answer);
  free(answer);
}

static void run(const struct fixture *fixture, const char *scenario) {
  free(fixture_run(fixture, scenario, true));
}

/* Two cells of the method without a credential share their runs. */
static const char SHARING[] = "cases: {psk: {method: eap-psk}, edhoc: {method: eap-edhoc}}\n"
                              "sweep: {credential: [kid, x5t], frame_loss: [0, 0.1]}\nrepeat: 3\n";

static const char COUNTS[] =
    "select \"case\", credential, frame_loss, count(*), count(distinct key) from current "
    "group by cell order by cell";

static void cells_that_share_a_run(void **state) {
  const struct fixture *fixture = *state;
  run(fixture, SHARING);
  assert_answer(fixture, COUNTS,
                "psk kid 0.0 3 3;psk kid 0.1 3 3;psk x5t 0.0 3 3;psk x5t 0.1 3 3;"
                "edhoc kid 0.0 3 3;edhoc kid 0.1 3 3;edhoc x5t 0.0 3 3;edhoc x5t 0.1 3 3;");
  assert_answer(fixture, "select count(*), count(distinct key) from current", "24 18;");
  assert_answer(fixture, "select count(*) from runs", "18;");
  /* What has no effect has no value, unless it is a column of the cells. */
  assert_answer(fixture,
                "select distinct \"case\", method, edhoc_method, loss_model, hops, peers "
                "from current where cell % 2 = 0 order by cell",
                "psk eap-psk - - 1 1;edhoc eap-edhoc 3 - 1 1;");
}

/* Each line of runs.csv is a row of `current`, with the same figures. */
static void as_runs_csv(void **state) {
  const struct fixture *fixture = *state;
  run(fixture, SHARING);
  char *expected = ask(fixture, "select cell || ',' || \"case\" || ',' || credential || ',' || "
                                "printf('%.15g', frame_loss) || ',' || seed || ',' || outcome || "
                                "',' || reason || ',' || printf('%.15g', time_ms), "
                                "',' || key || ',' || code || ',' || stored from current "
                                "where outcome = 'established' order by cell, seed");
  char *runs = fixture_read(fixture, "runs.csv"), *rest = expected, *row;
  size_t count = 0;
  for (; (row = strsep(&rest, ";")) != NULL && *row != '\0'; count++) {
    char *tail = strchr(row, ' '), *line;
    *tail++ = '\0';
    line = strstr(runs, row);
    assert_non_null(line);
    line[strcspn(line, "\n")] = '\0';
    assert_non_null(strstr(line, tail));
    line[strlen(line)] = '\n';
  }
  assert_true(count > 12);
  free(runs);
  free(expected);
}

static void scenario_changes(void **state) {
  const struct fixture *fixture = *state;
  run(fixture, "sweep: {hops: [1, 2, 3]}\nrepeat: 4\n");
  assert_answer(fixture, "select hops, count(*) from current group by hops", "1 4;2 4;3 4;");
  run(fixture, "sweep: {hops: [2]}\nrepeat: 2\n");
  assert_answer(fixture, "select cell, hops, count(*) from current group by hops", "0 2 2;");
  assert_answer(fixture, "select count(distinct seed) from ledger", "2;");
  /* Without columns; then with those of another sweep. */
  run(fixture, "fixed: {hops: 3}\nrepeat: 3\n");
  assert_answer(fixture, "select hops, count(*) from current group by hops", "3 3;");
  run(fixture, "fixed: {hops: 3}\nsweep: {token_bytes: [0, 1]}\nrepeat: 2\n");
  assert_answer(fixture, "select token_bytes, hops, count(*) from current group by 1",
                "0 3 2;1 3 2;");
  assert_answer(fixture, "select count(*) > 4 from runs", "1;");
}

static void code_changes(void **state) {
  const struct fixture *fixture = *state;
  static const char SCENARIO[] = "sweep: {hops: [1, 2]}\nrepeat: 4\n";
  static const char CODES[] = "select code, hops, count(*) from current group by 1, 2";
  run(fixture, SCENARIO);
  setenv("FAKE_CODE", "0ther", 1);
  run(fixture, SCENARIO);
  assert_answer(fixture, CODES, "0ther 1 4;0ther 2 4;");
  assert_answer(fixture,
                "select count(*), count(distinct key) from runs where hops = 1 and code in "
                "('0ther', 'c0dec0dec0dec0de') and seed < 5 and token_bytes = 1 and "
                "method = 'eap-psk' and frame_loss = 0",
                "8 8;");
  char *runs = fixture_read(fixture, "runs.csv");
  fixture_assert_has(runs, ",0ther,20");
  assert_null(strstr(runs, "c0dec0dec0dec0de"));
  free(runs);
  unsetenv("FAKE_CODE");
  /* Back again: nothing is run, and what is present is. */
  run(fixture, SCENARIO);
  assert_answer(fixture, CODES, "c0dec0dec0dec0de 1 4;c0dec0dec0dec0de 2 4;");
}

/* The sum of what is long is what is wide; a mean over the lines is the mean over the runs. */
static void long_forms(void **state) {
  const struct fixture *fixture = *state;
  run(fixture, "sweep: {frame_loss: [0, 0.3]}\nrepeat: 6\n"
               "tables: [{name: t, ledger: ledger}, {name: m, columns: [mean_all bytes_air]}]\n");
  assert_answer(fixture,
                "select count(*) from (select sum(bytes) as b from ledger where ledger = 'ledger' "
                "group by cell, seed having b > 0)",
                "12;");
  assert_answer(fixture,
                "select count(distinct n) from (select count(*) as n from ledger group by cell, "
                "ledger, row)",
                "1;");
  assert_answer(fixture,
                "select count(*) from ledger l join ledger_rows w using (row) where l.row_group is "
                "not w.row_group or l.row_family is null",
                "0;");
  assert_answer(fixture,
                "select count(*) from current c join details d using (cell, seed) where "
                "d.name = 'phases.authentication.first.bytes_air' and d.value = c.bytes_air",
                "12;");
  char *answer = ask(fixture, "select count(*) from ledger");
  char *ledger = fixture_read(fixture, "ledger.csv");
  size_t lines = 0;
  for (const char *at = ledger; *at != '\0'; at++)
    lines += *at == '\n';
  assert_int_equal(lines - 1, strtol(answer, NULL, 10));
  free(answer);
  free(ledger);
  char *details = fixture_read(fixture, "details.csv");
  fixture_assert_has(details, "cell,frame_loss,seed,name,value\n0,0,1,");
  fixture_assert_has(details, ",radio_ms.peer.listen,");
  assert_null(strstr(details, "phases."));
  free(details);
}

/* Every column of the files and views has a line, and no other has. */
static void columns(void **state) {
  const struct fixture *fixture = *state;
  static const char *const FILES[] = {"runs.csv", "cells.csv", "ledger.csv", "details.csv"};
  static const char *const VIEWS[] = {"current", "ledger", "details", "plan"};
  run(fixture, "sweep: {frame_loss: [0, 0.3]}\nrepeat: 2\nderived: {twice_ms: {is: 2 * time_ms}}\n"
               "tables: [{name: t, columns: [mean twice_ms]}]\n");
  char *listed = fixture_read(fixture, "columns.csv");
  for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
    char *file = fixture_read(fixture, FILES[i]), *rest = file, *name;
    file[strcspn(file, "\n")] = '\0';
    while ((name = strsep(&rest, ",")) != NULL) {
      char *line = text_format("\n%s,%s,", FILES[i], name);
      fixture_assert_has(listed, line);
      free(line);
    }
    free(file);
  }
  fixture_assert_has(listed, "runs.csv,frame_loss,ratio,number,");
  fixture_assert_has(listed, "runs.csv,twice_ms,ms,number,the scenario computes it: 2 * time_ms\n");
  fixture_assert_has(listed, "campaign.db: current,time_ms,ms,number,");
  free(listed);
  for (size_t i = 0; i < sizeof VIEWS / sizeof VIEWS[0]; i++) {
    char *sql =
        text_format("select count(*), sum(c.type in ('text', 'choice', 'integer', 'number'))"
                    " from pragma_table_info('%s') v left join columns c on c.source = '%s'"
                    " and c.\"column\" = v.name where c.\"column\" is null",
                    VIEWS[i], VIEWS[i]);
    assert_answer(fixture, sql, "0 -;");
    free(sql);
    sql = text_format("select count(*) from columns where source = '%s' and \"column\" not like "
                      "'%%=%%' and \"column\" not in (select name from pragma_table_info('%s'))",
                      VIEWS[i], VIEWS[i]);
    assert_answer(fixture, sql, "0;");
    free(sql);
  }
}

static void assert_in(const struct fixture *fixture, const char *file, const char *words) {
  char *content = fixture_read(fixture, file);
  fixture_assert_has(content, words);
  free(content);
}

/* A ratio is of 1 in what programs read, and in per cent in what people read. */
static void ratios(void **state) {
  const struct fixture *fixture = *state;
  char *shown =
      fixture_run(fixture,
                  "cases: {a: {token_bytes: 0}, b: {token_bytes: 1}}\n"
                  "sweep: {frame_loss: [0, 0.05]}\nrepeat: 4\ntables:\n"
                  "  - {name: t, against: {frame_loss: 0.05}, columns: [success, "
                  "mean_all joined_ratio, {ratio: success}, {saving_share: mean frames}]}\n"
                  "  - {name: l, ledger: ledger}\n"
                  "figures:\n"
                  "  - {name: s, type: savings, of: [mean frames], rows: frame_loss, "
                  "against: {case: a}, where: {case: b}}\n"
                  "expect:\n  - {metric: success, at_least: 1.5, where: {case: a}}\n",
                  false);
  fixture_assert_has(shown,
                     "expected success of at least 150 %, but it is 100 [51.01, 100] % with "
                     "a, frame_loss 5 %\n");
  fixture_assert_has(shown, "frame loss (%)  runs  success (%)       mean all joined (%)  ratio: "
                            "success  saving: mean frames (%)");
  fixture_assert_has(shown, "Against frame loss 5 %,");
  fixture_assert_has(shown, "a, frame loss 5 %  ");
  free(shown);
  assert_in(fixture, "tables/t.csv", "\na,0.05,4,1,0.510109164,1,1,1,1,1,1,1,0,0,0\n");
  assert_in(fixture, "tables/l.csv", ",\"a, frame_loss 0.05\",");
  assert_in(fixture, "cells.csv", "\na,0.05,success,ratio,1,");
  assert_in(fixture, "cells.csv", "\na,0.05,joined_ratio,mean_all,1,1,1,4,ratio,equal\n");
  assert_in(fixture, "runs.csv", "\n1,a,0.05,1,established,");
  assert_in(fixture, "figures/s.tsv", "\tnumber\n\"frame loss 0 %\"\t");
}

/* Runs the scenario as the campaign "c" by a child, whose end is not awaited. */
static pid_t begin(const struct fixture *fixture, const char *name, const char *code) {
  char *results = text_format("%s/results", fixture->folder);
  char *path = text_format("%s/%s", fixture->folder, name);
  pid_t pid = fork();
  if (pid == 0) {
    setenv("FAKE_CODE", code, 1);
    if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL)
      _exit(126);
    execl(COAP_EAP_BENCH, COAP_EAP_BENCH, "run", "-j", "1", "--simulator", FAKE_SIMULATOR,
          "--results", results, path, (char *)NULL);
    _exit(127);
  }
  free(results);
  free(path);
  return pid;
}

/* What is present is one plan, whole, whenever one looks: each run of it has the noted code. */
static void assert_one_plan(const struct fixture *fixture) {
  assert_answer(fixture,
                "select (select count(*) from plan_code), "
                "(select count(distinct cell) from plan) = (select count(*) from plan_cell), "
                "(select count(*) from plan) in (8, 30), "
                "(select count(*) from plan join planned using (key) join plan_code "
                "using (code)) >= (select count(*) from plan)",
                "1 1 1 1;");
  assert_answer(fixture,
                "select count(distinct code) <= 1 and count(*) <= 30 and count(*) filter "
                "(where key not in (select key from plan)) = 0 from current",
                "1;");
}

/* Processes with other code and other scenarios at one store, some of which are killed. */
static void several_at_once(void **state) {
  const struct fixture *fixture = *state;
  static const char *const CAMPAIGNS[] = {
      "name: c\nsweep: {hops: [1, 2]}\nrepeat: 4\n",
      "name: c\nsweep: {frame_loss: [0, 0.1, 0.2]}\nrepeat: 10\n"};
  run(fixture, CAMPAIGNS[0]);
  free(fixture_write(fixture, "one.yaml", CAMPAIGNS[0]));
  free(fixture_write(fixture, "other.yaml", CAMPAIGNS[1]));
  setenv("FAKE_DELAY_US", "2000", 1);
  for (int round = 0; round < 4; round++) {
    pid_t child[4];
    for (int i = 0; i < 4; i++)
      child[i] = begin(fixture, i % 2 == 0 ? "one.yaml" : "other.yaml", i < 2 ? "c1" : "c2");
    for (int looks = 0; looks < 10; looks++) {
      usleep((useconds_t)(3000 * (round + 1)));
      assert_one_plan(fixture);
      if (looks >= 6)
        kill(child[looks - 6], SIGKILL);
    }
    for (int i = 0; i < 4; i++)
      waitpid(child[i], NULL, 0);
    assert_one_plan(fixture);
  }
  unsetenv("FAKE_DELAY_US");
  run(fixture, CAMPAIGNS[1] + strlen("name: c\n"));
  assert_answer(fixture, "select frame_loss, count(*), code from current group by 1",
                "0.0 10 c0dec0dec0dec0de;0.1 10 c0dec0dec0dec0de;0.2 10 c0dec0dec0dec0de;");
}

/* A store of before there were views gets them when it is next run. */
static void older_store(void **state) {
  const struct fixture *fixture = *state;
  run(fixture, "sweep: {hops: [1, 2]}\nrepeat: 2\n");
  char *path = text_format("%s/results/c/campaign.db", fixture->folder);
  sqlite3 *database;
  char *problem = NULL;
  assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
  sqlite3_exec(
      database,
      "DROP VIEW current; DROP VIEW ledger; DROP VIEW details; DROP VIEW runs; DROP TABLE plan; "
      "DROP "
      "TABLE plan_cell; DROP TABLE plan_code; DROP TABLE ledger_rows; DROP TABLE columns; CREATE "
      "TABLE runs(key TEXT PRIMARY KEY, spec TEXT NOT NULL, result TEXT NOT NULL, stored TEXT NOT "
      "NULL, checksum TEXT) WITHOUT ROWID; INSERT INTO runs SELECT * FROM records; DROP TABLE "
      "records; ALTER TABLE provenance DROP COLUMN repeat; ALTER TABLE provenance DROP COLUMN "
      "stopping; PRAGMA user_version = 1",
      NULL, NULL, &problem);
  assert_null(problem);
  sqlite3_close(database);
  run(fixture, "sweep: {hops: [1, 2]}\nrepeat: 2\n");
  assert_answer(fixture, "select hops, count(*), count(code) from current group by 1",
                "1 2 2;2 2 2;");
  assert_answer(fixture, "select count(*) from runs where code is null", "0;");
  free(path);
}

/* What is planned and not there yet has no row. */
static void not_run_yet(void **state) {
  const struct fixture *fixture = *state;
  setenv("FAKE_DIE_AFTER", "5", 1);
  setenv("FAKE_CODE", "incomplete", 1);
  free(fixture_run(fixture, "sweep: {hops: [1, 2]}\nrepeat: 4\n", false));
  unsetenv("FAKE_DIE_AFTER");
  unsetenv("FAKE_CODE");
  assert_answer(fixture, "select hops, count(*), count(outcome) from current group by 1",
                "1 4 4;2 1 1;");
  assert_answer(fixture, "select count(*) from plan where key not in (select key from runs)", "3;");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_that_share_a_run),
      cmocka_unit_test(as_runs_csv),
      cmocka_unit_test(scenario_changes),
      cmocka_unit_test(code_changes),
      cmocka_unit_test(long_forms),
      cmocka_unit_test(columns),
      cmocka_unit_test(ratios),
      cmocka_unit_test(several_at_once),
      cmocka_unit_test(older_store),
      cmocka_unit_test(not_run_yet),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
