/* Runs by what is asked for. */
#include "choice.h"
#include "noted.h"
#include "store_private.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

static sqlite3_stmt *choice_prepare(struct store *store, const char *sql, struct text *error) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(store_database(store), sql, -1, &statement, NULL) != SQLITE_OK)
    store_complain(store, error);
  return statement;
}

static char *column_text(sqlite3_stmt *statement, int column) {
  const char *text = (const char *)sqlite3_column_text(statement, column);
  return memory_string(text == NULL ? "" : text);
}

/* Whether a cell has all of these values, which may be a part of its columns. */
static bool cell_has(json_t *columns, json_t *values) {
  const char *name;
  json_t *value;
  json_object_foreach(values, name, value) {
    const json_t *own = json_object_get(columns, name);
    if (own == NULL || !value_equal(own, value))
      return false;
  }
  return true;
}

/* The only cell that is asked for; -1 with an error that lists those that could be. */
static long long find_cell(struct store *store, const struct choice_query *query,
                           struct text *error) {
  struct noted noted;
  struct text all = {0}, fitting = {0};
  size_t count = 0;
  long long found = -1;
  const int status = noted_init(&noted, store, error);
  for (size_t i = 0; i < noted.count; i++) {
    const struct noted_cell *cell = &noted.cell[i];
    noted_add_cell(&all, cell->number, cell->columns);
    if ((query->cell < 0 || query->cell == cell->number) &&
        cell_has(cell->columns, query->columns)) {
      noted_add_cell(&fitting, cell->number, cell->columns);
      count++;
      found = cell->number;
    }
  }
  if (status == 0 && count != 1)
    text_add(error, "%s: %s; its cells are\n%s", store_path(store),
             count == 0 ? "there is no such cell" : "several cells are like that",
             text_string(count == 0 ? &all : &fitting));
  noted_deinit(&noted);
  text_deinit(&all);
  text_deinit(&fitting);
  return status == 0 && count == 1 ? found : -1;
}

/* Takes the run of a key. */
static int take_run(struct store *store, const char *key, struct choice *choice,
                    struct text *error) {
  *choice = (struct choice){.key = memory_string(key)};
  if (store_run_result(store, key, &choice->result, NULL, error) < 0) {
    choice_deinit(choice);
    return -1;
  }
  sqlite3_stmt *statement = choice_prepare(
      store,
      "SELECT coalesce((SELECT given FROM planned WHERE planned.key = runs.key ORDER BY "
      "length(given), given LIMIT 1), spec), json_extract(result, '$.code') FROM runs WHERE "
      "key = ?1",
      error);
  sqlite3_bind_text(statement, 1, key, -1, SQLITE_TRANSIENT);
  const bool found = statement != NULL && sqlite3_step(statement) == SQLITE_ROW;
  if (found) {
    choice->spec = column_text(statement, 0);
    choice->code = column_text(statement, 1);
  }
  sqlite3_finalize(statement);
  if (!found)
    choice_deinit(choice);
  return found ? 0 : -1;
}

/* The keys of a cell in the order that is asked for. */
static sqlite3_stmt *order_runs(struct store *store, const struct choice_query *query,
                                long long cell, struct text *error) {
  char *sql = query->which == CHOICE_OF_SEED
                  ? sqlite3_mprintf("SELECT key FROM current WHERE cell = ?1 AND seed = ?2")
                  : sqlite3_mprintf("SELECT key FROM current WHERE cell = ?1 AND outcome = "
                                    "'established' AND \"%w\" IS NOT NULL ORDER BY \"%w\", seed",
                                    query->metric, query->metric);
  sqlite3_stmt *statement = choice_prepare(store, sql, error);
  sqlite3_free(sql);
  sqlite3_bind_int64(statement, 1, cell);
  if (query->which == CHOICE_OF_SEED)
    sqlite3_bind_int64(statement, 2, query->seed);
  return statement;
}

/* Takes the last of them, or the one in the middle; NULL if there is none; to be freed. -1 if they
 * cannot be read. */
static int take_key(sqlite3_stmt *ordered, bool middle, char **key) {
  char **keys = NULL;
  size_t count = 0;
  int step;
  *key = NULL;
  while ((step = sqlite3_step(ordered)) == SQLITE_ROW) {
    keys = memory_resize(keys, count + 1, sizeof *keys);
    keys[count++] = column_text(ordered, 0);
  }
  const size_t chosen = count == 0 ? 0 : middle ? (count - 1) / 2 : count - 1;
  for (size_t i = 0; i < count; i++) {
    if (i == chosen)
      *key = keys[i];
    else
      free(keys[i]);
  }
  free(keys);
  return step == SQLITE_DONE ? 0 : -1;
}

int choice_of_cell(struct store *store, const struct choice_query *query, struct choice *choice,
                   struct text *error) {
  const long long cell = find_cell(store, query, error);
  sqlite3_stmt *ordered = cell < 0 ? NULL : order_runs(store, query, cell, error);
  if (ordered == NULL)
    return -1;
  char *key;
  const int read = take_key(ordered, query->which == CHOICE_MEDIAN, &key);
  if (read < 0)
    store_complain(store, error);
  else if (key == NULL && query->which == CHOICE_OF_SEED)
    text_add(error, "%s: cell %lld has no run of seed %lld\n", store_path(store), cell,
             query->seed);
  else if (key == NULL)
    text_add(error, "%s: no run of cell %lld is established and has %s\n", store_path(store), cell,
             query->metric);
  sqlite3_finalize(ordered);
  const int status = read < 0 || key == NULL ? -1 : take_run(store, key, choice, error);
  free(key);
  return status;
}

int choice_of_key(struct store *store, const char *begin, struct choice *choice,
                  struct text *error) {
  sqlite3_stmt *statement = choice_prepare(
      store, "SELECT key FROM runs WHERE key >= ?1 AND key < ?1 || 'g' LIMIT 2", error);
  if (statement == NULL)
    return -1;
  sqlite3_bind_text(statement, 1, begin, -1, SQLITE_TRANSIENT);
  char *key = sqlite3_step(statement) == SQLITE_ROW ? column_text(statement, 0) : NULL;
  const bool several = key != NULL && sqlite3_step(statement) == SQLITE_ROW;
  sqlite3_finalize(statement);
  int status = key != NULL;
  if (several) {
    text_add(error, "%s: several runs have keys that begin with %s\n", store_path(store), begin);
    status = -1;
  } else if (key != NULL && take_run(store, key, choice, error) < 0) {
    status = -1;
  }
  free(key);
  return status;
}

void choice_deinit(struct choice *choice) {
  free(choice->key);
  free(choice->spec);
  free(choice->result);
  free(choice->code);
  *choice = (struct choice){0};
}
