/* Stores into one. */
#include "merge.h"
#include "present.h"
#include "rows_copy.h"
#include "store_private.h"
#include "support/checksum.h"
#include "support/memory.h"
#include "support/process.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What a store has noted last. */
struct source {
  const char *path;
  struct store_provenance made;
  size_t cells, runs;
  uint64_t plan; /* checksum of all rows */
};

static void source_deinit(struct source *source) {
  store_provenance_deinit(&source->made);
}

/* Reads through a table of the plan: its rows are counted, and its checksum is gone on with. */
static int source_add(struct source *source, struct store *store, const char *sql, size_t *rows,
                      struct text *error) {
  sqlite3_stmt *statement = store_prepare(store, sql, error);
  int status = statement == NULL ? SQLITE_ERROR : SQLITE_ROW;
  while (status == SQLITE_ROW && (status = sqlite3_step(statement)) == SQLITE_ROW) {
    ++*rows;
    for (int i = 0; i < sqlite3_column_count(statement); i++) {
      const void *text = sqlite3_column_text(statement, i);
      source->plan = checksum_add(source->plan, text == NULL ? "" : text,
                                  (size_t)sqlite3_column_bytes(statement, i) + 1);
    }
  }
  if (statement != NULL && status != SQLITE_DONE)
    store_complain(store, error);
  sqlite3_finalize(statement);
  return status == SQLITE_DONE ? 0 : -1;
}

/* What a plan stands on: all of it is read before anything is joined. */
static int source_read_plan(struct source *source, struct store *store) {
  struct text ignored = {0};
  size_t rows = 0, columns = 0;
  const bool whole =
      source_add(source, store, "SELECT columns, spec FROM plan_cell ORDER BY cell", &source->cells,
                 &ignored) == 0 &&
      source_add(source, store, "SELECT cell, seed, key FROM plan ORDER BY cell, seed",
                 &source->runs, &ignored) == 0 &&
      source_add(source, store, "SELECT row FROM ledger_rows ORDER BY row", &rows, &ignored) == 0 &&
      source_add(source, store, "SELECT source, \"column\" FROM columns ORDER BY 1, 2", &columns,
                 &ignored) == 0;
  text_deinit(&ignored);
  return whole && source->runs > 0 && columns > 0 ? 0 : -1;
}

/* -1 with an error; deinit in any case. */
static int source_read(struct source *source, const char *path, struct text *error) {
  struct text why = {0};
  struct schema schema;
  *source = (struct source){.path = path, .plan = checksum_begin()};
  struct store *store = store_open_read(path, error);
  if (store == NULL)
    return -1;
  int status = store_provenance_read(store, &source->made, error);
  if (status == 0 && source_read_plan(source, store) < 0) {
    text_add(error, "%s: no plan is noted in it: coap-eap-bench run notes one\n", path);
    status = -1;
  } else if (status == 0 && schema_init(&schema, source->made.describe, &why) < 0) {
    text_add(error, "%s: what it has of the simulator is damaged: %s", path, text_string(&why));
    status = -1;
  } else if (status == 0) {
    schema_deinit(&schema);
  }
  store_close(store, error);
  text_deinit(&why);
  return status;
}

/* A scenario without the lines that say where it was read. */
static char *scenario_words(const char *scenario) {
  struct text words = {0};
  for (const char *line = scenario; *line != '\0';) {
    const size_t length = strcspn(line, "\n");
    const size_t whole = length + (line[length] == '\n');
    if (strncmp(line, "# ", 2) != 0)
      text_add(&words, "%.*s", (int)whole, line);
    line += whole;
  }
  return words.data == NULL ? memory_string("") : words.data;
}

static bool differs_in_words(const struct source *a, const struct source *b) {
  char *first = scenario_words(a->made.scenario), *second = scenario_words(b->made.scenario);
  const bool differs = strcmp(first, second) != 0;
  free(first);
  free(second);
  return differs;
}

/* Adds what keeps `other` from being joined with `first`. */
static void complain(const struct source *first, const struct source *other, struct text *warning,
                     struct text *error) {
  if (strcmp(first->made.code, other->made.code) != 0)
    text_add(error, "%s: other code has made it (%.8s) than %s (%.8s)\n", other->path,
             other->made.code, first->path, first->made.code);
  else if (first->cells != other->cells || first->runs != other->runs)
    text_add(error,
             "%s: its scenario is another: it plans %zu runs in %zu cells, that of %s %zu in %zu\n",
             other->path, other->runs, other->cells, first->path, first->runs, first->cells);
  else if (first->plan != other->plan)
    text_add(error, "%s: its scenario is another: it plans other runs than that of %s, as many\n",
             other->path, first->path);
  else if (differs_in_words(first, other))
    text_add(warning,
             "%s: its scenario has the same runs as that of %s, and other words; that of the last "
             "is noted\n",
             other->path, first->path);
}

int merge_check(char *const paths[], size_t count, struct text *warning, struct text *error) {
  struct source first, other;
  int status = source_read(&first, paths[0], error);
  for (size_t i = 1; i < count; i++) {
    if (source_read(&other, paths[i], error) < 0)
      status = -1;
    else if (status == 0)
      complain(&first, &other, warning, error);
    source_deinit(&other);
  }
  source_deinit(&first);
  return error->length > 0 ? -1 : status;
}

/* Two stores, rows of which go from one to the other. */
struct merging {
  struct store *from, *into;
  struct merge_tally *tally;
  json_t *damaged; /* keys of records that are not what was stored */
  struct text *error;
};

/* Notes the key that a row begins with. */
static void damage_note(const struct merging *merging, sqlite3_stmt *row) {
  const char *key = (const char *)sqlite3_column_text(row, 0);
  json_object_set_new_nocheck(merging->damaged, key == NULL ? "" : key, json_true());
}

/* Of a row of `checked`: whether it is what was stored. */
static bool run_is_wanted(void *context, sqlite3_stmt *row) {
  const struct merging *merging = context;
  const bool good = sqlite3_column_int(row, 4) != 0;
  merging->tally->runs++;
  if (!good)
    damage_note(merging, row);
  return good;
}

/* A record that is there stays, unless it is damaged. */
static int merge_runs(struct merging *merging) {
  struct rows_copy runs = {
      .from = merging->from,
      .into = merging->into,
      .select = "SELECT key, spec, result, stored, good FROM checked",
      .insert = "INSERT INTO records(key, spec, result, stored, checksum) SELECT key, spec, "
                "result, stored, " STORE_CHECKSUM
                " FROM (SELECT ?1 AS key, ?2 AS spec, ?3 AS result, ?4 AS stored) WHERE true "
                "ON CONFLICT(key) DO UPDATE SET spec = excluded.spec, result = excluded.result, "
                "stored = excluded.stored, checksum = excluded.checksum "
                "WHERE checksum IS NOT " STORE_CHECKSUM,
      .wanted = run_is_wanted,
      .context = merging,
  };
  const int status = rows_copy(&runs, merging->error);
  merging->tally->added += runs.added;
  return status;
}

/* What was planned, and what has made it, but what says the same already. */
static int merge_notes(const struct merging *merging) {
  struct rows_copy planned = {
      .from = merging->from,
      .into = merging->into,
      .select = "SELECT code, given, key FROM planned",
      .insert = "INSERT OR IGNORE INTO planned(code, given, key) VALUES(?1, ?2, ?3)",
  };
  struct store_provenance made = {0};
  int status = rows_copy(&planned, merging->error);
  if (status == 0)
    status = store_provenance_read(merging->from, &made, merging->error);
  if (status == 0)
    status = store_provenance_add(merging->into, &made, merging->error);
  store_provenance_deinit(&made);
  return status;
}

/* All of one store, in one transaction. */
static int merge_one(struct merging *merging) {
  struct store_provenance made = {0};
  struct schema schema;
  if (store_provenance_read(merging->from, &made, merging->error) < 0)
    return -1;
  int status = schema_init(&schema, made.describe, merging->error);
  store_provenance_deinit(&made);
  if (status < 0)
    return -1;
  status = store_columns_make(merging->into, &schema, merging->error);
  schema_deinit(&schema);
  if (status < 0 || store_batch_begin(merging->into, merging->error) < 0 ||
      merge_runs(merging) < 0 || merge_notes(merging) < 0 ||
      present_copy(merging->from, merging->into, merging->error) < 0)
    return -1;
  return store_commit(merging->into, 0, merging->error);
}

/* Counts what is planned, and notes what of it is damaged. */
static int count_missing(struct merging *merging) {
  struct merge_tally *tally = merging->tally;
  sqlite3_stmt *statement = store_prepare(merging->into,
                                          "SELECT DISTINCT plan.key, good FROM plan LEFT JOIN "
                                          "checked ON checked.key = plan.key",
                                          merging->error);
  int status = statement == NULL ? SQLITE_ERROR : SQLITE_ROW;
  while (status == SQLITE_ROW && (status = sqlite3_step(statement)) == SQLITE_ROW) {
    const bool there = sqlite3_column_type(statement, 1) != SQLITE_NULL;
    const bool good = sqlite3_column_int(statement, 1) != 0;
    tally->planned++;
    tally->missing += !good;
    if (there && !good)
      damage_note(merging, statement);
  }
  if (statement != NULL && status != SQLITE_DONE)
    store_complain(merging->into, merging->error);
  sqlite3_finalize(statement);
  return status == SQLITE_DONE ? 0 : -1;
}

/* Tells damaged records of which there is a good one from the others. */
static int count_damaged(struct merging *merging) {
  struct merge_tally *tally = merging->tally;
  sqlite3_stmt *statement =
      store_prepare(merging->into, "SELECT 1 FROM checked WHERE key = ?1 AND good", merging->error);
  if (statement == NULL)
    return -1;
  const char *key;
  json_t *value;
  json_object_foreach(merging->damaged, key, value) {
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    const bool good = sqlite3_step(statement) == SQLITE_ROW;
    tally->replaced += good;
    tally->damaged += !good;
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
  return 0;
}

static bool is_same_file(const char *a, const char *b) {
  struct stat first, second;
  return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

int merge_stores(const char *into, char *const paths[], size_t count, struct merge_tally *tally,
                 struct text *error) {
  *tally = (struct merge_tally){0};
  struct merging merging = {
      .into = store_open(into, error), .tally = tally, .damaged = json_object(), .error = error};
  int status = merging.into == NULL ? -1 : 0;
  for (size_t i = 0; i < count && status == 0 && !process_interrupted(); i++) {
    if (is_same_file(into, paths[i]))
      continue;
    merging.from = store_open_read(paths[i], error);
    status = merging.from == NULL ? -1 : merge_one(&merging);
    store_close(merging.from, error);
  }
  if (status == 0)
    status = count_missing(&merging);
  if (status == 0)
    status = count_damaged(&merging);
  json_decref(merging.damaged);
  return store_close(merging.into, error) < 0 ? -1 : status;
}
