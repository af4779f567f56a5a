/* Tables, and how those of older stores become today's. */
#include "store_private.h"

#include <stdlib.h>
#include <string.h>

enum { LAYOUT_VERSION = 4 };

/* Of layout 0, from which each step of LAYOUT_STEPS leads to the next. */
static const char TABLES[] =
    "CREATE TABLE IF NOT EXISTS runs(key TEXT PRIMARY KEY, spec TEXT NOT NULL, result TEXT NOT "
    "NULL, stored TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS planned(code TEXT, given TEXT, key TEXT NOT NULL, PRIMARY "
    "KEY(code, given)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS provenance(number INTEGER PRIMARY KEY, code TEXT, libraries TEXT "
    "AS (json_extract(describe, '$.libraries')), git_commit TEXT, date TEXT, scenario TEXT, "
    "describe TEXT);";

static const char *const LAYOUT_STEPS[LAYOUT_VERSION] = {
    "ALTER TABLE runs ADD COLUMN checksum TEXT;"
    "UPDATE runs SET checksum = " STORE_CHECKSUM_3,
    "ALTER TABLE runs ADD COLUMN code TEXT AS (" STORE_CODE ") VIRTUAL;"
    "CREATE TABLE plan_code(code TEXT, noted TEXT);"
    "CREATE TABLE plan_cell(cell INTEGER PRIMARY KEY, columns TEXT NOT NULL, spec TEXT NOT NULL);"
    "CREATE TABLE plan(cell INTEGER, seed INTEGER, key TEXT NOT NULL, PRIMARY KEY(cell, seed)) "
    "WITHOUT ROWID;"
    "CREATE TABLE ledger_rows(row TEXT PRIMARY KEY, row_group TEXT, row_family TEXT);"
    "CREATE TABLE columns(source TEXT, \"column\" TEXT, unit TEXT, type TEXT, meaning TEXT)",
    "ALTER TABLE provenance ADD COLUMN repeat INTEGER;"
    "ALTER TABLE provenance ADD COLUMN stopping TEXT;"
    "DROP VIEW IF EXISTS current; DROP VIEW IF EXISTS ledger; DROP VIEW IF EXISTS details;"
    "CREATE TABLE records(key TEXT PRIMARY KEY NOT NULL, spec TEXT NOT NULL, result TEXT NOT NULL, "
    "stored TEXT NOT NULL, checksum TEXT);"
    "INSERT INTO records SELECT key, spec, result, stored, checksum FROM runs;"
    "DROP TABLE runs; CREATE VIEW runs AS SELECT *, " STORE_CODE " AS code FROM records",
    "UPDATE records SET checksum = " STORE_CHECKSUM " WHERE checksum IS " STORE_CHECKSUM_3,
};

/* What is read, of each layout from that number on: runs, of which `good` is whether they are what
 * was stored (what was stored before there were checksums passes), and provenance. */
static const struct reading {
  int layout;
  const char *sql;
} RUNS_READ[] = {{0, "CREATE TEMP VIEW checked AS SELECT key, spec, result, stored, 1 AS good FROM "
                     "runs"},
                 {1, "CREATE TEMP VIEW checked AS SELECT key, spec, result, stored, checksum "
                     "IS " STORE_CHECKSUM_3 " AS good FROM runs"},
                 {3, "CREATE TEMP VIEW checked AS SELECT key, spec, result, stored, checksum "
                     "IS " STORE_CHECKSUM_3 " AS good FROM records"},
                 {4, "CREATE TEMP VIEW checked AS SELECT key, spec, result, stored, checksum "
                     "IS " STORE_CHECKSUM " AS good FROM records"},
                 {LAYOUT_VERSION + 1, NULL}},
  PROVENANCE_READ[] = {
      {0,
       "CREATE TEMP VIEW noted AS SELECT number, code, describe, git_commit, scenario, date, NULL "
       "AS repeat, NULL AS stopping FROM provenance"},
      {3, "CREATE TEMP VIEW noted AS SELECT number, code, describe, git_commit, scenario, date, "
          "repeat, stopping FROM provenance"},
      {LAYOUT_VERSION + 1, NULL}};

typedef uint64_t checksum_adding(uint64_t sum, const void *data, size_t length);

static void checksum_of_values(sqlite3_context *context, int count, sqlite3_value **values,
                               checksum_adding *add) {
  uint64_t sum = checksum_begin();
  for (int i = 0; i < count; i++) {
    const void *text = sqlite3_value_text(values[i]);
    sum = add(sum, text, text == NULL ? 0 : (size_t)sqlite3_value_bytes(values[i]));
  }
  char text[CHECKSUM_TEXT];
  checksum_print(sum, text);
  sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

/* SQL: record_checksum(key, spec, result, stored) */
static void record_checksum(sqlite3_context *context, int count, sqlite3_value **values) {
  checksum_of_values(context, count, values, checksum_add_long);
}

/* SQL: run_checksum(key, spec, result, stored) */
static void run_checksum(sqlite3_context *context, int count, sqlite3_value **values) {
  checksum_of_values(context, count, values, checksum_add);
}

/* The first number that a query gives. -1 with an error if it gives none. */
static int query_number(struct store *store, const char *sql, int *number, struct text *error) {
  sqlite3_stmt *statement = NULL;
  int status = 0;
  if (sqlite3_prepare_v2(store_database(store), sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    *number = sqlite3_column_int(statement, 0);
  else
    status = store_complain(store, error);
  sqlite3_finalize(statement);
  return status;
}

static int layout_version(struct store *store, struct text *error) {
  int version = -1;
  if (query_number(store, "PRAGMA user_version", &version, error) < 0)
    return -1;
  if (version >= 0 && version <= LAYOUT_VERSION)
    return version;
  if (version < 0)
    text_add(error, "%s: it is damaged: its layout is %d\n", store_path(store), version);
  else
    text_add(error,
             "%s: a newer coap-eap-bench has written this store (its layout is %d, and the newest "
             "that is known here %d)\n",
             store_path(store), version, LAYOUT_VERSION);
  return -1;
}

/* A file of SQLite that is somebody else's is not made a store. */
static int check_foreign(struct store *store, struct text *error) {
  int others = 0;
  if (query_number(store,
                   "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT IN "
                   "('runs', 'planned', 'provenance')",
                   &others, error) < 0)
    return -1;
  if (others > 0)
    text_add(error, "%s: it is no store, but an SQLite file of something else\n",
             store_path(store));
  return others > 0 ? -1 : 0;
}

/* All processes but the first find that nothing is lacking. */
int store_layout_renew(struct store *store, const void *context, struct text *error) {
  (void)context;
  int version = layout_version(store, error);
  if (version == LAYOUT_VERSION)
    return 0;
  if (version < 0 || (version == 0 && check_foreign(store, error) < 0) ||
      store_execute(store, TABLES, error) < 0)
    return -1;
  for (; version < LAYOUT_VERSION; version++)
    if (store_execute(store, LAYOUT_STEPS[version], error) < 0)
      return -1;
  char *note = text_format("PRAGMA user_version = %d", version);
  const int status = store_execute(store, note, error);
  free(note);
  return status;
}

/* That of the newest layout that is not newer than the store's. */
static int view_make(struct store *store, const struct reading *reading, int version,
                     struct text *error) {
  while (reading[1].layout <= version)
    reading++;
  return store_execute(store, reading->sql, error);
}

int store_layout_read(struct store *store, struct text *error) {
  const int version = layout_version(store, error);
  int tables = 0;
  if (version >= 0 &&
      query_number(store, "SELECT count(*) FROM sqlite_master WHERE name IN ('runs', 'records')",
                   &tables, error) == 0 &&
      tables == 0)
    text_add(error, "%s: it is no store, or one that nothing was run into yet\n",
             store_path(store));
  return version < 0 || tables == 0 || view_make(store, RUNS_READ, version, error) < 0
             ? -1
             : view_make(store, PROVENANCE_READ, version, error);
}

void store_checksum(const char *const columns[4], char text[CHECKSUM_TEXT]) {
  uint64_t sum = checksum_begin();
  for (size_t i = 0; i < 4; i++)
    sum = checksum_add_long(sum, columns[i], strlen(columns[i]));
  checksum_print(sum, text);
}

void store_layout_functions(struct store *store) {
  const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  sqlite3 *database = store_database(store);
  sqlite3_create_function(database, "run_checksum", 4, flags, NULL, run_checksum, NULL, NULL);
  sqlite3_create_function(database, "record_checksum", 4, flags, NULL, record_checksum, NULL, NULL);
}
