/* The store: runs stay as they are, batches survive, the columns are there. */
#include "fixture.h"
#include "store/store.h"

#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char SPEC[] = "{\"hops\":3,\"seed\":1}";
static const char RESULT[] = "{\"outcome\":\"established\",\"time_ms\":12.5,\"wall_ms\":4}";

static void runs_stay(void **state) {
  const struct fixture *fixture = *state;
  struct text error = {0};
  char *path = text_format("%s/a/b/campaign.db", fixture->folder), stored[32];
  struct store *store = store_open(path, true, &error);
  assert_non_null(store);
  assert_int_equal(store_columns_make(store, &fixture->schema, &error), 0);
  assert_false(store_run_exists(store, "k"));
  assert_int_equal(store_run_add(store, "k", SPEC, RESULT, &error), 0);
  assert_int_equal(store_run_add(store, "k", SPEC, "{\"outcome\":\"failed\"}", &error), 0);
  assert_int_equal(store_planned_add(store, "code", "{}", "k", &error), 0);
  assert_int_equal(store_close(store, &error), 0);

  store = store_open(path, false, &error);
  assert_non_null(store);
  assert_int_equal(store_columns_make(store, &fixture->schema, &error), 0);
  assert_true(store_run_exists(store, "k"));
  char *result = store_run_result(store, "k", stored);
  assert_string_equal(result, RESULT);
  assert_int_equal(strlen(stored), strlen("2026-11-21T00:00:00Z"));
  assert_float_equal(store_wall_ms(store), 4, 1e-9);
  char *key = store_planned_key(store, "code", "{}");
  assert_string_equal(key, "k");
  assert_null(store_planned_key(store, "other code", "{}"));
  assert_int_equal(store_close(store, &error), 0);
  free(key);
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
  struct store *store = store_open(path, true, &error);
  size_t count;
  store_run_add(store, "a", SPEC, "{\"outcome\":\"crashed\"}", &error);
  store_run_add(store, "h", SPEC, "{\"outcome\":\"hung\"}", &error);
  store_run_add(store, "t", SPEC, "{\"outcome\":\"timeout\"}", &error);
  store_run_add(store, "b", SPEC, RESULT, &error);
  assert_int_equal(store_again_remove(store, &count, &error), 0);
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
  struct store *store = store_open(path, true, &error);
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
  assert_null(store_open(path, false, &error));
  assert_non_null(strstr(text_string(&error), "text.db: "));
  free(path);
  path = text_format("%s/none.db", fixture->folder);
  assert_null(store_open(path, false, &error));
  text_deinit(&error);
  free(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(runs_stay),
      cmocka_unit_test(again),
      cmocka_unit_test(provenance),
      cmocka_unit_test(not_a_store),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
