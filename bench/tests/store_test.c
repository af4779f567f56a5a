/* The store: runs stay as they are, batches survive, the columns are there. */
#include "fixture.h"
#include "support/checksum.h"
#include "store/store.h"

#include <math.h>
#include <setjmp.h>
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

enum { UNPRIVILEGED = 65534 };

static const char SPEC[] = "{\"hops\":3,\"seed\":1}";
static const char RESULT[] = "{\"outcome\":\"established\",\"time_ms\":12.5,\"wall_ms\":4}";

static int is_row_of_k(void *context, const struct store_row *row) {
  assert_null(context);
  assert_string_equal(row->key, "k");
  assert_string_equal(row->result, RESULT);
  return 7;
}

static void runs_stay(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *path = text_format("%s/a/b/campaign.db", fixture->folder), stored[32];
  struct store *store = store_open(path, &error);
  assert_non_null(store);
  assert_int_equal(store_columns_make(store, &fixture->schema, &error), 0);
  assert_false(store_run_exists(store, "k"));
  assert_int_equal(store_run_add(store, "k", SPEC, RESULT, &error), 0);
  assert_int_equal(store_run_add(store, "k", SPEC, "{\"outcome\":\"failed\"}", &error), 0);
  assert_int_equal(store_planned_add(store, "code", "{}", "k", &error), 0);
  assert_int_equal(store_close(store, &error), 0);

  store = store_open(path, &error);
  assert_non_null(store);
  assert_int_equal(store_columns_make(store, &fixture->schema, &error), 0);
  assert_true(store_run_exists(store, "k"));
  char *result;
  assert_int_equal(store_run_result(store, "k", &result, stored, &error), 0);
  assert_string_equal(result, RESULT);
  assert_int_equal(strlen(stored), strlen("2026-11-21T00:00:00Z"));
  assert_float_equal(store_wall_ms(store), 4, 1e-9);
  assert_int_equal(store_run_add(store, "many", "{\"peers\":7}",
                                 "{\"outcome\":\"failed\",\"wall_ms\":60}", &error),
                   0);
  assert_int_equal(
      store_run_add(store, "none", "{\"peers\":100}", "{\"outcome\":\"hung\"}", &error), 0);
  assert_float_equal(store_wall_ms(store), (4 + 60) / (1 + 7.), 1e-9);
  assert_int_equal(store_planned_row(store, "code", "{}", is_row_of_k, NULL, &error), 7);
  assert_int_equal(store_planned_row(store, "other code", "{}", is_row_of_k, NULL, &error), 0);
  assert_int_equal(store_close(store, &error), 0);
  free(result);

  sqlite3 *database;
  sqlite3_stmt *statement;
  assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
  assert_int_equal(
      sqlite3_prepare_v2(database, "SELECT hops, time_ms, outcome FROM runs", -1, &statement, NULL),
      SQLITE_OK);
  assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
  assert_int_equal(sqlite3_column_int(statement, 0), 3);
  assert_float_equal(sqlite3_column_double(statement, 1), 12.5, 1e-9);
  assert_string_equal((const char *)sqlite3_column_text(statement, 2), "established");
  sqlite3_finalize(statement);
  sqlite3_close(database);
  text_deinit(&error);
  free(path);
}

static void again(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *path = text_format("%s/crashed.db", fixture->folder);
  struct store *store = store_open(path, &error);
  size_t count;
  store_run_add(store, "a", SPEC, "{\"outcome\":\"crashed\"}", &error);
  store_run_add(store, "h", SPEC, "{\"outcome\":\"hung\"}", &error);
  store_run_add(store, "t", SPEC, "{\"outcome\":\"timeout\"}", &error);
  store_run_add(store, "b", SPEC, RESULT, &error);
  assert_int_equal(store_retry_remove(store, STORE_RETRY_FAILED, &count, &error), 0);
  assert_int_equal(count, 2);
  assert_false(store_run_exists(store, "a"));
  assert_false(store_run_exists(store, "h"));
  assert_true(store_run_exists(store, "t"));
  assert_true(store_run_exists(store, "b"));
  assert_int_equal(store_close(store, &error), 0);
  free(path);
}

static void provenance(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *path = text_format("%s/provenance.db", fixture->folder);
  char one[] = "1", two[] = "2", nothing[] = "";
  struct store *store = store_open(path, &error);
  struct store_provenance read;
  assert_int_equal(store_provenance_read(store, &read, &error), -1);
  assert_non_null(strstr(text_string(&error), "nothing was run yet"));
  const struct store_provenance first = {
      .code = one, .describe = two, .commit = nothing, .scenario = one};
  const struct store_provenance second = {
      .code = two, .describe = two, .commit = nothing, .scenario = one};
  assert_int_equal(store_provenance_add(store, &first, &error), 0);
  assert_int_equal(store_provenance_add(store, &second, &error), 0);
  assert_int_equal(store_provenance_read(store, &read, &error), 0);
  assert_string_equal(read.code, "2");
  store_provenance_deinit(&read);
  store_close(store, &error);
  text_deinit(&error);
  free(path);
}

static void not_a_store(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *path =
      fixture_write(fixture, "text.db", "this is not a database, but a text of some length");
  assert_null(store_open(path, &error));
  assert_non_null(strstr(text_string(&error), "text.db: "));
  free(path);
  path = text_format("%s/none.db", fixture->folder);
  assert_null(store_open_read(path, &error));
  text_deinit(&error);
  free(path);
}

/* Executes SQL as somebody else would. */
static void meddle(const char *path, const char *sql) {
  sqlite3 *database;
  assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
  assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(database);
}

static int skip_run(void *context, const char *key, const char *result) {
  (void)context;
  (void)key;
  (void)result;
  return 0;
}

/* Whether the only run, "k", is what was stored, whichever way it is read. */
static bool is_good(const char *path) {
  struct text error = {0};
  char *result;
  size_t others;
  struct store *store = store_open_read(path, &error);
  assert_non_null(store);
  const int one = store_run_result(store, "k", &result, NULL, &error);
  assert_int_equal(store_runs_each(store, "code", skip_run, NULL, &others, &error), one);
  if (one < 0)
    fixture_assert_has(text_string(&error), "the result of run k is not what was stored");
  store_close(store, &error);
  text_deinit(&error);
  free(result);
  return one == 0;
}

/* Any octet of a run that is another is noticed, and --retry failed takes the run out. */
static void changed_octets(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *path = text_format("%s/changed.db", fixture->folder), sql[256];
  struct store *store = store_open(path, &error);
  store_run_add(store, "k", SPEC, RESULT, &error);
  store_planned_add(store, "code", "{}", "k", &error);
  assert_int_equal(store_close(store, &error), 0);
  assert_true(is_good(path));
  for (size_t i = 1; i <= strlen(RESULT); i++) {
    snprintf(sql, sizeof sql,
             "CREATE TABLE kept AS SELECT result AS text FROM records; UPDATE records SET result = "
             "substr(result, 1, %zu) || '~' || substr(result, %zu)",
             i - 1, i + 1);
    meddle(path, sql);
    assert_false(is_good(path));
    meddle(path, "UPDATE records SET result = (SELECT text FROM kept); DROP TABLE kept");
  }
  assert_true(is_good(path));
  meddle(path, "UPDATE records SET checksum = NULL");
  assert_false(is_good(path));
  size_t count;
  store = store_open(path, &error);
  assert_int_equal(store_retry_remove(store, STORE_RETRY_FAILED, &count, &error), 0);
  assert_int_equal(count, 1);
  assert_false(store_run_exists(store, "k"));
  assert_int_equal(store_close(store, &error), 0);
  free(path);
}

/* A store of before there were checksums is read as it is, and gets them. */
static void older_layout(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *path = text_format("%s/older.db", fixture->folder);
  meddle(path, "CREATE TABLE runs(key TEXT PRIMARY KEY, spec TEXT NOT NULL, result TEXT NOT NULL, "
               "stored TEXT NOT NULL) WITHOUT ROWID;"
               "CREATE TABLE planned(code TEXT, given TEXT, key TEXT NOT NULL, PRIMARY KEY(code, "
               "given)) WITHOUT ROWID;"
               "CREATE TABLE provenance(number INTEGER PRIMARY KEY, code TEXT, git_commit TEXT, "
               "date TEXT, scenario TEXT, describe TEXT);"
               "INSERT INTO planned VALUES('code', '{}', 'k');"
               "INSERT INTO runs VALUES('k', '{}', '{\"outcome\":\"failed\"}', 'then')");
  assert_true(is_good(path));
  struct store *store = store_open(path, &error);
  assert_non_null(store);
  assert_int_equal(store_close(store, &error), 0);
  assert_true(is_good(path));
  meddle(path, "UPDATE records SET result = '{\"outcome\":\"failea\"}'");
  assert_false(is_good(path));
  meddle(path, "PRAGMA user_version = 99");
  assert_null(store_open_read(path, &error));
  fixture_assert_has(text_string(&error), "a newer coap-eap-bench has written this store");
  text_deinit(&error);
  meddle(path, "PRAGMA user_version = -1");
  assert_null(store_open_read(path, &error));
  fixture_assert_has(text_string(&error), "it is damaged: its layout is -1");
  text_deinit(&error);
  free(path);
}

/* Puts the checksum of layout 3 into a store, as if the run were `result`. */
static void make_layout_3(const char *path, const char *stored, const char *result) {
  const char *const columns[] = {"k", SPEC, result, stored};
  uint64_t sum = checksum_begin();
  for (size_t i = 0; i < 4; i++)
    sum = checksum_add(sum, columns[i], strlen(columns[i]));
  char text[CHECKSUM_TEXT];
  checksum_print(sum, text);
  char *sql = text_format("UPDATE records SET checksum = '%s'; PRAGMA user_version = 3", text);
  meddle(path, sql);
  free(sql);
}

/* Checksums of layout 3 are read as they are, and renewed; what was damaged stays so. */
static void layout_3(void **state) {
  const struct fixture *fixture = *state;
  for (int damaged = 0; damaged < 2; damaged++) {
    struct text error = {0};
    char *path = text_format("%s/three-%d.db", fixture->folder, damaged), stored[32], *result;
    struct store *store = store_open(path, &error);
    store_run_add(store, "k", SPEC, RESULT, &error);
    store_planned_add(store, "code", "{}", "k", &error);
    assert_int_equal(store_run_result(store, "k", &result, stored, &error), 0);
    assert_int_equal(store_close(store, &error), 0);
    make_layout_3(path, stored, damaged ? "{}" : RESULT);
    assert_int_equal(is_good(path), !damaged);
    store = store_open(path, &error);
    assert_int_equal(store_close(store, &error), 0);
    assert_int_equal(is_good(path), !damaged);
    free(result);
    free(path);
  }
}

enum { PROCESSES = 6, ROUNDS = 4, RUNS_SHARED = 30, RUNS_OWN = 10 };

/* One of several processes that begin a store: runs of its own, and some that all have. */
static int begin_store(const char *path, const struct schema *schema, int process) {
  struct text error = {0};
  char key[32];
  struct store *store = store_open(path, &error);
  int status = store == NULL ? -1 : store_columns_make(store, schema, &error);
  for (int i = 0; i < RUNS_SHARED + RUNS_OWN && status == 0; i++) {
    snprintf(key, sizeof key, "%d/%d", i < RUNS_SHARED ? 0 : process + 1, i);
    status = store_run_add(store, key, SPEC, RESULT, &error);
    if (status == 0 && i % 5 == 0)
      status = store_commit(store, 0, &error);
  }
  if (status == 0)
    status = store_close(store, &error);
  fputs(text_string(&error), stderr);
  return status;
}

static void several_processes(void **state) {
  const struct fixture *fixture = *state;
  for (int round = 0; round < ROUNDS; round++) {
    char *path = text_format("%s/several%d/campaign.db", fixture->folder, round);
    int gate[2];
    char opened;
    pid_t child[PROCESSES];
    assert_int_equal(pipe(gate), 0);
    for (int i = 0; i < PROCESSES; i++) {
      child[i] = fork();
      if (child[i] == 0) {
        close(gate[1]);
        _exit(read(gate[0], &opened, 1) != 0 || begin_store(path, &fixture->schema, i) < 0);
      }
    }
    close(gate[1]);
    close(gate[0]);
    for (int i = 0, status; i < PROCESSES; i++) {
      waitpid(child[i], &status, 0);
      assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    struct text error = {0};
    size_t count = 0;
    struct store *store = store_open_read(path, &error);
    assert_int_equal(store_runs_each(store, "none", skip_run, NULL, &count, &error), 0);
    assert_int_equal(count, RUNS_SHARED + PROCESSES * RUNS_OWN);
    store_close(store, &error);
    free(path);
  }
}

/* In a process that may write neither the store nor its folder, which root always may. */
static int read_unwritable(const char *folder, const char *path, bool good) {
  struct text error = {0};
  char *result = NULL;
  if (chmod(path, 0444) < 0 || chmod(folder, 0555) < 0 ||
      (geteuid() == 0 && setuid(UNPRIVILEGED) < 0))
    return 1;
  struct store *store = store_open_read(path, &error);
  if (store == NULL && !good)
    return strstr(text_string(&error), "-wal still") == NULL;
  return store == NULL || !good || store_run_result(store, "k", &result, NULL, &error) < 0 ||
         result == NULL || strcmp(result, RESULT) != 0 || store_close(store, &error) < 0;
}

static void assert_unwritable(const char *folder, const char *path, bool good) {
  int status;
  pid_t child = fork();
  if (child == 0)
    _exit(read_unwritable(folder, path, good));
  waitpid(child, &status, 0);
  chmod(folder, 0755);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

/* A store that nobody may write is read, unless runs are only in a journal that cannot be. */
static void unwritable(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *folder = text_format("%s/unwritable", fixture->folder);
  char *path = text_format("%s/campaign.db", folder), *index = text_format("%s-shm", path);
  struct store *store = store_open(path, &error);
  store_run_add(store, "k", SPEC, RESULT, &error);
  assert_int_equal(store_close(store, &error), 0);
  chmod(fixture->folder, 0755);
  assert_unwritable(folder, path, true);
  chmod(path, 0644);
  pid_t child = fork(); /* dies with a journal */
  if (child == 0) {
    store = store_open(path, &error);
    store_run_add(store, "later", SPEC, RESULT, &error);
    store_commit(store, 0, &error);
    _exit(0);
  }
  waitpid(child, NULL, 0);
  unlink(index);
  assert_unwritable(folder, path, false);
  free(folder);
  free(path);
  free(index);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(runs_stay),         cmocka_unit_test(again),
      cmocka_unit_test(provenance),        cmocka_unit_test(not_a_store),
      cmocka_unit_test(changed_octets),    cmocka_unit_test(older_layout),
      cmocka_unit_test(several_processes), cmocka_unit_test(unwritable),
      cmocka_unit_test(layout_3),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
