/* SQLite under a campaign. */
#include "store_private.h"
#include "simulator/outcome.h"
#include "support/clock.h"
#include "support/memory.h"
#include "support/process.h"

#include <math.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { BUSY_MS = 60000, RETRY_MS = 2, BATCH_MAX = 5000, PROGRESS_STEPS = 1000000 };

enum statement {
  RUN_EXISTS,
  RUN_RESULT,
  PLANNED_ROW,
  PROVENANCE_READ,
  WALL,
  RUNS_OF,
  RUNS_OTHER,
  CHANGES_FROM, /* what follows changes the store */
  RUN_ADD = CHANGES_FROM,
  PLANNED_ADD,
  PROVENANCE_ADD,
  AGAIN_REMOVE,
  DAMAGED_REMOVE,
  STATEMENT_COUNT,
};

static const char *const SQL[STATEMENT_COUNT] = {
    [RUN_EXISTS] = "SELECT 1 FROM checked WHERE key = ?1",
    [RUN_ADD] = "INSERT OR IGNORE INTO records(key, spec, result, stored, checksum) "
                "VALUES(?1, ?2, ?3, ?4, ?5)",
    [RUN_RESULT] = "SELECT result, stored, good FROM checked WHERE key = ?1",
    [PLANNED_ADD] = "INSERT OR REPLACE INTO planned(code, given, key) VALUES(?1, ?2, ?3)",
    [PLANNED_ROW] = "SELECT c.key, c.result, c.stored, c.good FROM planned p JOIN checked c ON "
                    "c.key = p.key WHERE p.code = ?1 AND p.given = ?2",
    [PROVENANCE_ADD] = "INSERT INTO provenance(code, describe, git_commit, scenario, "
                       "repeat, stopping, date) VALUES(?1, ?2, ?3, ?4, ?5, ?6, "
                       "strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
    [PROVENANCE_READ] = "SELECT code, describe, git_commit, scenario, date, repeat, stopping "
                        "FROM noted ORDER BY number DESC LIMIT 1",
    [WALL] = "SELECT sum(json_extract(result, '$.wall_ms')) / "
             "sum(max(1, coalesce(json_extract(spec, '$.peers'), 1))) "
             "FROM (SELECT spec, result FROM checked LIMIT 1000) "
             "WHERE json_extract(result, '$.wall_ms') IS NOT NULL",
    [AGAIN_REMOVE] = "DELETE FROM records WHERE json_valid(result) AND "
                     "json_extract(result, '$.outcome') = ?1",
    [DAMAGED_REMOVE] = "DELETE FROM records WHERE NOT json_valid(result) OR checksum IS "
                       "NOT " STORE_CHECKSUM,
    [RUNS_OF] =
        "SELECT key, result, good FROM checked WHERE key IN (SELECT key FROM planned WHERE code = "
        "?1) ORDER BY key",
    [RUNS_OTHER] =
        "SELECT count(*) FROM checked WHERE key NOT IN (SELECT key FROM planned WHERE code "
        "= ?1)",
};

struct store {
  sqlite3 *database;
  char *path;
  sqlite3_stmt *statement[STATEMENT_COUNT];
  size_t uncommitted;
  int64_t begun_ms;
};

sqlite3 *store_database(const struct store *store) {
  return store->database;
}

const char *store_path(const struct store *store) {
  return store->path;
}

int store_complain(struct store *store, struct text *error) {
  text_add(error, "%s: %s\n", store->path, sqlite3_errmsg(store->database));
  return -1;
}

int store_execute(struct store *store, const char *sql, struct text *error) {
  if (sqlite3_exec(store->database, sql, NULL, NULL, NULL) == SQLITE_OK)
    return 0;
  return store_complain(store, error);
}

sqlite3_stmt *store_prepare(struct store *store, const char *sql, struct text *error) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL) != SQLITE_OK)
    store_complain(store, error);
  return statement;
}

/* A statement, reset, with texts bound, which have to stay until it is reset; NULL is none. */
static sqlite3_stmt *bound(struct store *store, enum statement which, const char *const *texts,
                           int count) {
  sqlite3_stmt *statement = store->statement[which];
  sqlite3_reset(statement);
  for (int i = 0; i < count; i++)
    sqlite3_bind_text(statement, i + 1, texts[i], -1, SQLITE_STATIC);
  return statement;
}

int store_batch_begin(struct store *store, struct text *error) {
  if (store->uncommitted > 0)
    return 0;
  if (store_execute(store, "BEGIN IMMEDIATE", error) < 0)
    return -1;
  store->begun_ms = clock_now_ms();
  store->uncommitted++;
  return 0;
}

/* Runs a statement that changes something, inside of a batch. */
static int change(struct store *store, enum statement which, const char *const *texts, int count,
                  struct text *error) {
  if (store_batch_begin(store, error) < 0)
    return -1;
  store->uncommitted++;
  sqlite3_stmt *statement = bound(store, which, texts, count);
  int status = sqlite3_step(statement);
  sqlite3_reset(statement);
  if (status != SQLITE_DONE)
    return store_complain(store, error);
  return store->uncommitted < BATCH_MAX ? 0 : store_commit(store, 0, error);
}

/* A text until the next step; "" of none. */
static const char *column(sqlite3_stmt *statement, int number) {
  const char *text = (const char *)sqlite3_column_text(statement, number);
  return text == NULL ? "" : text;
}

static char *column_copy(sqlite3_stmt *statement, int number) {
  return memory_string(column(statement, number));
}

/* Opening */

/* Another process is at it: true to try once more. Often, as it commits and begins in turns. */
static int store_wait(void *context, int tries) {
  (void)context;
  poll(NULL, 0, RETRY_MS);
  return tries < BUSY_MS / RETRY_MS;
}

/* Of a store that is being made: a result takes one or two. */
#define PAGES "PRAGMA page_size=16384;"

/* SQLite does not wait by itself where two begin a journal at once. */
static int journal_make(struct store *store, struct text *error) {
  int status;
  for (int tries = 0;; tries++) {
    status =
        sqlite3_exec(store->database, PAGES "PRAGMA journal_mode=WAL", NULL, NULL, NULL) & 0xff;
    bool busy = status == SQLITE_BUSY || status == SQLITE_LOCKED || status == SQLITE_PROTOCOL;
    if (!busy || !store_wait(NULL, tries))
      break;
  }
  return status == SQLITE_OK ? store_execute(store, "PRAGMA synchronous=NORMAL", error)
                             : store_complain(store, error);
}

/* Calls `act` inside of a transaction of its own. */
static int transact(struct store *store,
                    int (*act)(struct store *store, const void *context, struct text *error),
                    const void *context, struct text *error) {
  if (store_execute(store, "BEGIN IMMEDIATE", error) < 0)
    return -1;
  if (act(store, context, error) == 0)
    return store_execute(store, "COMMIT", error);
  sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
  return -1;
}

/* Whether a query that only reads is to end: there are damaged stores in which some never do. */
static int is_unwanted(void *context) {
  (void)context;
  return process_interrupted();
}

static int prepare_all(struct store *store, bool changes, struct text *error) {
  sqlite3_busy_handler(store->database, store_wait, NULL);
  if (!changes)
    sqlite3_progress_handler(store->database, PROGRESS_STEPS, is_unwanted, NULL);
  store_layout_functions(store);
  if (changes &&
      (journal_make(store, error) < 0 || transact(store, store_layout_renew, NULL, error) < 0))
    return -1;
  if (store_execute(store, "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192", error) < 0 ||
      store_layout_read(store, error) < 0)
    return -1;
  const size_t count = changes ? STATEMENT_COUNT : CHANGES_FROM;
  for (size_t i = 0; i < count; i++)
    if (sqlite3_prepare_v2(store->database, SQL[i], -1, &store->statement[i], NULL) != SQLITE_OK)
      return store_complain(store, error);
  return 0;
}

/* `name` is what SQLite opens: the path, or a URI. */
static struct store *open_with(const char *path, const char *name, int flags, bool changes,
                               struct text *error) {
  struct stat file;
  if (stat(path, &file) == 0 && !S_ISREG(file.st_mode)) {
    text_add(error, "%s: it is no regular file\n", path);
    return NULL;
  }
  struct store *store = memory_get(1, sizeof *store);
  store->path = memory_string(path);
  int status = sqlite3_open_v2(name, &store->database, flags, NULL);
  if (status == SQLITE_OK && prepare_all(store, changes, error) == 0)
    return store;
  if (status != SQLITE_OK)
    store_complain(store, error);
  struct text ignored = {0};
  store_close(store, &ignored);
  text_deinit(&ignored);
  return NULL;
}

struct store *store_open(const char *path, struct text *error) {
  char *folder = text_directory_of(path);
  int status = text_directory_make(folder, error);
  free(folder);
  if (status < 0)
    return NULL;
  return open_with(path, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, true, error);
}

/* True if runs are in the journal only: read as it is, the store would lack them. */
static bool has_journal(const char *path) {
  char *journal = text_format("%s-wal", path);
  struct stat status;
  bool has = stat(journal, &status) == 0 && status.st_size > 0;
  free(journal);
  return has;
}

/* Even to read, SQLite keeps files beside a store, and removes them; where it cannot, nobody else
 * changes the store either, and it is read as it is. */
struct store *store_open_read(const char *path, struct text *error) {
  struct text first = {0}, uri = {0};
  struct store *store = open_with(path, path, SQLITE_OPEN_READWRITE, false, &first);
  if (store == NULL && has_journal(path)) {
    text_add(error,
             "%s  its newest runs are in %s-wal still, which can be read only where the "
             "folder can be written\n",
             text_string(&first), path);
  } else if (store == NULL) {
    text_add(&uri, "file:");
    for (const char *at = path; *at != '\0'; at++)
      text_add(&uri, strchr("?#%", *at) == NULL ? "%c" : "%%%02X", (unsigned char)*at);
    text_add(&uri, "?immutable=1");
    store = open_with(path, uri.data, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, false, error);
  }
  text_deinit(&first);
  text_deinit(&uri);
  return store;
}

void store_reading_begin(struct store *store) {
  if (store->uncommitted == 0)
    sqlite3_exec(store->database, "BEGIN", NULL, NULL, NULL);
}

void store_reading_end(struct store *store) {
  if (store->uncommitted == 0)
    sqlite3_exec(store->database, "COMMIT", NULL, NULL, NULL);
}

int store_close(struct store *store, struct text *error) {
  if (store == NULL)
    return 0;
  int status = store_commit(store, 0, error);
  for (size_t i = 0; i < STATEMENT_COUNT; i++)
    sqlite3_finalize(store->statement[i]);
  sqlite3_close(store->database);
  free(store->path);
  free(store);
  return status;
}

int store_commit(struct store *store, int age_ms, struct text *error) {
  if (store->uncommitted == 0 || clock_now_ms() - store->begun_ms < age_ms)
    return 0;
  store->uncommitted = 0;
  return store_execute(store, "COMMIT", error);
}

bool store_is_committed(const struct store *store) {
  return store->uncommitted == 0;
}

/* Adds ", CAST(json_extract(FROM, '$.NAME') AS TYPE) AS NAME". */
static void add_column(sqlite3_str *sql, const char *from, const struct schema_key *key) {
  const char *type = "TEXT";
  if (key->type == SCHEMA_INTEGER || key->type == SCHEMA_COUNT)
    type = "INTEGER";
  if (key->type == SCHEMA_NUMBER || key->type == SCHEMA_FIGURE)
    type = "REAL";
  sqlite3_str_appendf(sql, ", CAST(json_extract(%s, '$.%q') AS %s) AS \"%w\"", from, key->name,
                      type, key->name);
}

static int columns_make(struct store *store, const void *context, struct text *error) {
  const struct schema *schema = context;
  sqlite3_str *sql = sqlite3_str_new(store->database);
  sqlite3_str_appendall(sql, "DROP VIEW IF EXISTS runs; CREATE VIEW runs AS SELECT *, " STORE_CODE
                             " AS code");
  for (size_t i = 0; i < schema->spec_count; i++)
    if (schema->spec[i].type != SCHEMA_STRING || schema->spec[i].path_ends[0] != '\0')
      add_column(sql, "spec", &schema->spec[i]);
  for (size_t i = 0; i < schema->result_count; i++)
    if (schema->result[i].type != SCHEMA_JSON &&
        schema_spec_find(schema, schema->result[i].name) == NULL)
      add_column(sql, "result", &schema->result[i]);
  sqlite3_str_appendall(sql, " FROM records");
  char *text = sqlite3_str_finish(sql);
  const int status = store_execute(store, text, error);
  sqlite3_free(text);
  return status;
}

int store_columns_make(struct store *store, const struct schema *schema, struct text *error) {
  return transact(store, columns_make, schema, error);
}

bool store_run_exists(struct store *store, const char *key) {
  sqlite3_stmt *statement = bound(store, RUN_EXISTS, &key, 1);
  bool exists = sqlite3_step(statement) == SQLITE_ROW;
  sqlite3_reset(statement);
  return exists;
}

int store_run_add(struct store *store, const char *key, const char *spec, const char *result,
                  struct text *error) {
  char stored[32], checksum[CHECKSUM_TEXT];
  const time_t now = time(NULL);
  struct tm utc;
  strftime(stored, sizeof stored, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  store_checksum((const char *const[]){key, spec, result, stored}, checksum);
  return change(store, RUN_ADD, (const char *const[]){key, spec, result, stored, checksum}, 5,
                error);
}

int store_retry_check(const char *what, struct text *error) {
  struct text words = {0};
  const char *outcome;
  bool known = strcmp(what, STORE_RETRY_FAILED) == 0 || strcmp(what, STORE_RETRY_DAMAGED) == 0;
  for (size_t i = 0; (outcome = outcome_again(i)) != NULL; i++) {
    text_add(&words, "%s, ", outcome);
    known = known || strcmp(what, outcome) == 0;
  }
  if (!known)
    text_add(error, "--retry takes %s%s or %s (all of these), not `%s`\n", text_string(&words),
             STORE_RETRY_DAMAGED, STORE_RETRY_FAILED, what);
  text_deinit(&words);
  return known ? 0 : -1;
}

/* Executes a statement that takes runs out. */
static int remove_by(struct store *store, enum statement which, const char *outcome, size_t *count,
                     struct text *error) {
  if (change(store, which, &outcome, outcome == NULL ? 0 : 1, error) < 0)
    return -1;
  *count += (size_t)sqlite3_changes(store->database);
  return 0;
}

int store_retry_remove(struct store *store, const char *what, size_t *count, struct text *error) {
  const bool all = strcmp(what, STORE_RETRY_FAILED) == 0;
  const char *outcome;
  int status = 0;
  *count = 0;
  for (size_t i = 0; (outcome = outcome_again(i)) != NULL && status == 0; i++)
    if (all || strcmp(what, outcome) == 0)
      status = remove_by(store, AGAIN_REMOVE, outcome, count, error);
  if (status == 0 && (all || strcmp(what, STORE_RETRY_DAMAGED) == 0))
    status = remove_by(store, DAMAGED_REMOVE, NULL, count, error);
  return status;
}

int store_complain_damage(struct store *store, const char *key, struct text *error) {
  text_add(error,
           "%s: the result of run %s is not what was stored (its checksum is another); "
           "coap-eap-bench run --retry failed runs it once more\n",
           store->path, key);
  return -1;
}

int store_run_result(struct store *store, const char *key, char **result, char *stored,
                     struct text *error) {
  sqlite3_stmt *statement = bound(store, RUN_RESULT, &key, 1);
  int found = sqlite3_step(statement), status = 0;
  *result = NULL;
  if (found == SQLITE_ROW && sqlite3_column_int(statement, 2) == 0) {
    status = store_complain_damage(store, key, error);
  } else if (found == SQLITE_ROW) {
    *result = column_copy(statement, 0);
    char *date = column_copy(statement, 1);
    if (stored != NULL) {
      strncpy(stored, date, 31);
      stored[31] = '\0';
    }
    free(date);
  } else if (found != SQLITE_DONE) {
    status = store_complain(store, error);
  }
  sqlite3_reset(statement);
  return status;
}

/* How many runs there are that were not planned under `code`. */
static size_t count_others(struct store *store, const char *code) {
  sqlite3_stmt *statement = bound(store, RUNS_OTHER, &code, 1);
  bool counted = sqlite3_step(statement) == SQLITE_ROW;
  size_t count = counted ? (size_t)sqlite3_column_int64(statement, 0) : 0;
  sqlite3_reset(statement);
  return count;
}

int store_runs_each(struct store *store, const char *code,
                    int (*run)(void *context, const char *key, const char *result), void *context,
                    size_t *others, struct text *error) {
  sqlite3_stmt *statement = bound(store, RUNS_OF, &code, 1);
  int status = SQLITE_ROW, wanted = 0;
  while (wanted >= 0 && (status = sqlite3_step(statement)) == SQLITE_ROW) {
    const char *key = (const char *)sqlite3_column_text(statement, 0);
    wanted = sqlite3_column_int(statement, 2) == 0
                 ? store_complain_damage(store, key, error)
                 : run(context, key, (const char *)sqlite3_column_text(statement, 1));
  }
  sqlite3_reset(statement);
  if (status != SQLITE_ROW && status != SQLITE_DONE)
    return store_complain(store, error);
  *others = count_others(store, code);
  return wanted < 0 ? -1 : 0;
}

int store_planned_add(struct store *store, const char *code, const char *given, const char *key,
                      struct text *error) {
  return change(store, PLANNED_ADD, (const char *const[]){code, given, key}, 3, error);
}

int store_planned_row(struct store *store, const char *code, const char *given,
                      int (*take)(void *context, const struct store_row *row), void *context,
                      struct text *error) {
  sqlite3_stmt *statement = bound(store, PLANNED_ROW, (const char *const[]){code, given}, 2);
  const int found = sqlite3_step(statement);
  int status = 0;
  if (found == SQLITE_ROW) {
    const struct store_row row = {column(statement, 0), column(statement, 1), column(statement, 2)};
    status = sqlite3_column_int(statement, 3) == 0 ? store_complain_damage(store, row.key, error)
                                                   : take(context, &row);
  } else if (found != SQLITE_DONE) {
    status = store_complain(store, error);
  }
  sqlite3_reset(statement);
  return status;
}

static const char *text_or_none(const char *text) {
  return text == NULL ? "" : text;
}

int store_provenance_add(struct store *store, const struct store_provenance *provenance,
                         struct text *error) {
  struct store_provenance latest = {0};
  struct text none = {0};
  if (store_batch_begin(store, error) < 0)
    return -1;
  bool same = store_provenance_read(store, &latest, &none) == 0 &&
              strcmp(latest.code, provenance->code) == 0 &&
              strcmp(latest.describe, provenance->describe) == 0 &&
              strcmp(latest.commit, provenance->commit) == 0 &&
              strcmp(latest.scenario, provenance->scenario) == 0 &&
              latest.repeat == provenance->repeat &&
              strcmp(latest.stopping, text_or_none(provenance->stopping)) == 0;
  text_deinit(&none);
  store_provenance_deinit(&latest);
  if (same)
    return 0;
  char *repeat = provenance->repeat == 0 ? NULL : text_format("%lld", provenance->repeat);
  const char *texts[] = {
      provenance->code, provenance->describe, provenance->commit, provenance->scenario,
      repeat,           provenance->stopping};
  const int status = change(store, PROVENANCE_ADD, texts, 6, error);
  free(repeat);
  return status;
}

int store_provenance_read(struct store *store, struct store_provenance *provenance,
                          struct text *error) {
  sqlite3_stmt *statement = bound(store, PROVENANCE_READ, NULL, 0);
  bool found = sqlite3_step(statement) == SQLITE_ROW;
  *provenance = (struct store_provenance){0};
  if (found)
    *provenance = (struct store_provenance){
        .code = column_copy(statement, 0),
        .describe = column_copy(statement, 1),
        .commit = column_copy(statement, 2),
        .scenario = column_copy(statement, 3),
        .date = column_copy(statement, 4),
        .repeat = sqlite3_column_int64(statement, 5),
        .stopping = column_copy(statement, 6),
    };
  else
    text_add(error, "%s: nothing was run yet\n", store->path);
  sqlite3_reset(statement);
  return found ? 0 : -1;
}

void store_provenance_deinit(struct store_provenance *provenance) {
  free(provenance->code);
  free(provenance->describe);
  free(provenance->commit);
  free(provenance->scenario);
  free(provenance->date);
  free(provenance->stopping);
  *provenance = (struct store_provenance){0};
}

double store_wall_ms(struct store *store) {
  sqlite3_stmt *statement = bound(store, WALL, NULL, 0);
  double mean = NAN;
  if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
    mean = sqlite3_column_double(statement, 0);
  sqlite3_reset(statement);
  return mean;
}
