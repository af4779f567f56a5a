/* Cells of the noted plan, and their runs. */
#include "noted.h"
#include "store_private.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>

static sqlite3_stmt *noted_prepare(struct store *store, const char *sql, struct text *error) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(store_database(store), sql, -1, &statement, NULL) != SQLITE_OK)
    store_complain(store, error);
  return statement;
}

int noted_expect(struct store *store, struct text *error) {
  sqlite3_stmt *statement = noted_prepare(
      store, "SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = 'current'", error);
  if (statement == NULL)
    return -1;
  const bool found = sqlite3_step(statement) == SQLITE_ROW;
  sqlite3_finalize(statement);
  if (!found)
    text_add(error, "%s: it has no plan; coap-eap-bench run notes one\n", store_path(store));
  return found ? 0 : -1;
}

int noted_init(struct noted *noted, struct store *store, struct text *error) {
  *noted = (struct noted){0};
  if (noted_expect(store, error) < 0)
    return -1;
  sqlite3_stmt *statement =
      noted_prepare(store, "SELECT cell, columns FROM plan_cell ORDER BY cell", error);
  if (statement == NULL)
    return -1;
  int status;
  while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
    const char *columns = (const char *)sqlite3_column_text(statement, 1);
    json_t *read = columns == NULL ? NULL : json_loads(columns, 0, NULL);
    noted->cell = memory_resize(noted->cell, noted->count + 1, sizeof *noted->cell);
    noted->cell[noted->count++] =
        (struct noted_cell){sqlite3_column_int64(statement, 0),
                            json_is_object(read) ? json_incref(read) : json_object()};
    json_decref(read);
  }
  sqlite3_finalize(statement);
  return status == SQLITE_DONE ? 0 : store_complain(store, error);
}

int noted_run_count(struct store *store, size_t *count, struct text *error) {
  sqlite3_stmt *statement = noted_prepare(
      store, "SELECT count(*) FROM checked WHERE key IN (SELECT key FROM plan)", error);
  if (statement == NULL)
    return -1;
  const bool good = sqlite3_step(statement) == SQLITE_ROW;
  *count = good ? (size_t)sqlite3_column_int64(statement, 0) : 0;
  sqlite3_finalize(statement);
  return good ? 0 : store_complain(store, error);
}

void noted_deinit(struct noted *noted) {
  for (size_t i = 0; i < noted->count; i++)
    json_decref(noted->cell[i].columns);
  free(noted->cell);
  *noted = (struct noted){0};
}

void noted_add_cell(struct text *text, long long number, json_t *columns) {
  const char *name;
  json_t *value;
  text_add(text, "  %lld:", number);
  json_object_foreach(columns, name, value) {
    char *printed = value_print(value);
    text_add(text, " %s=", name);
    text_add_shell_word(text, printed);
    free(printed);
  }
  text_add(text, "\n");
}

int noted_runs_each(struct store *store, long long number,
                    int (*run)(void *context, long long seed, const char *key, const char *result),
                    void *context, struct text *error) {
  sqlite3_stmt *statement =
      noted_prepare(store,
                    "SELECT plan.seed, plan.key, checked.result, checked.good FROM plan JOIN "
                    "checked ON checked.key = plan.key WHERE plan.cell = ?1 ORDER BY plan.seed",
                    error);
  if (statement == NULL)
    return -1;
  int status = SQLITE_ROW, wanted = 0;
  sqlite3_bind_int64(statement, 1, number);
  while (wanted >= 0 && (status = sqlite3_step(statement)) == SQLITE_ROW) {
    const char *key = (const char *)sqlite3_column_text(statement, 1);
    wanted = sqlite3_column_int(statement, 3) == 0
                 ? store_complain_damage(store, key, error)
                 : run(context, sqlite3_column_int64(statement, 0), key,
                       (const char *)sqlite3_column_text(statement, 2));
  }
  sqlite3_finalize(statement);
  if (status != SQLITE_ROW && status != SQLITE_DONE)
    return store_complain(store, error);
  return wanted < 0 ? -1 : 0;
}
