/* Tables that `run` replaces, and the views over them. */
#include "present.h"
#include "columns.h"
#include "rows_copy.h"
#include "simulator/condition.h"
#include "store_private.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

static const char FORGET[] =
    "DELETE FROM plan; DELETE FROM plan_cell; DELETE FROM plan_code; DELETE FROM ledger_rows;"
    "DELETE FROM columns; DROP VIEW IF EXISTS current; DROP VIEW IF EXISTS ledger;"
    "DROP VIEW IF EXISTS details;";

static const char CELL_ADD[] = "INSERT INTO plan_cell(cell, columns, spec) VALUES(?1, ?2, ?3)";
static const char RUN_PLAN[] = "INSERT INTO plan(cell, seed, key) VALUES(?1, ?2, ?3)";
static const char CODE_NOTE[] = "INSERT INTO plan_code(code, noted) "
                                "VALUES(?1, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))";
static const char ROW_ADD[] = "INSERT OR IGNORE INTO ledger_rows(row, row_group, row_family) "
                              "VALUES(?1, ?2, ?3)";
static const char COLUMN_ADD[] = "INSERT INTO columns(source, \"column\", unit, type, meaning) "
                                 "VALUES(?1, ?2, ?3, ?4, ?5)";

/* A plan that is being noted. */
struct noting {
  struct store *store;
  const struct plan *plan;
  const struct schema *schema;
  struct text *error;
};

static int noting_step(const struct noting *noting, sqlite3_stmt *statement) {
  const int status = sqlite3_step(statement);
  sqlite3_reset(statement);
  return status == SQLITE_DONE ? 0 : store_complain(noting->store, noting->error);
}

static void bind_texts(sqlite3_stmt *statement, int first, const char *const *texts, int count) {
  for (int i = 0; i < count; i++)
    sqlite3_bind_text(statement, first + i, texts[i], -1, SQLITE_TRANSIENT);
}

/* The keys of a whole spec that have an effect, without the seed; to be freed. */
static char *spec_of_cell(const struct noting *noting, size_t cell) {
  json_t *spec = json_loads(noting->plan->cell[cell].resolved, 0, NULL);
  json_t *kept = json_copy(spec);
  for (size_t i = 0; i < noting->schema->spec_count; i++) {
    const struct schema_key *key = &noting->schema->spec[i];
    if (!condition_is_met(key->applies, noting->schema, spec))
      json_object_del(kept, key->name);
  }
  json_object_del(kept, "seed");
  char *text = value_canonical(kept);
  json_decref(kept);
  json_decref(spec);
  return text;
}

static int note_cells(const struct noting *noting) {
  sqlite3_stmt *statement = store_prepare(noting->store, CELL_ADD, noting->error);
  int status = statement == NULL ? -1 : 0;
  for (size_t i = 0; i < noting->plan->measured_count && status == 0; i++) {
    char *columns = value_canonical(noting->plan->cell[i].columns);
    char *spec = spec_of_cell(noting, i);
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)i);
    bind_texts(statement, 2, (const char *const[]){columns, spec}, 2);
    status = noting_step(noting, statement);
    free(columns);
    free(spec);
  }
  sqlite3_finalize(statement);
  return status;
}

static int note_runs(const struct noting *noting) {
  sqlite3_stmt *statement = store_prepare(noting->store, RUN_PLAN, noting->error);
  int status = statement == NULL ? -1 : 0;
  for (size_t i = 0; i < noting->plan->run_count && status == 0; i++) {
    const struct plan_run *run = &noting->plan->run[i];
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)run->cell);
    sqlite3_bind_int64(statement, 2, run->seed);
    bind_texts(statement, 3, (const char *const *)&run->key, 1);
    status = noting_step(noting, statement);
  }
  sqlite3_finalize(statement);
  return status;
}

static int note_code(const struct noting *noting) {
  sqlite3_stmt *statement = store_prepare(noting->store, CODE_NOTE, noting->error);
  if (statement == NULL)
    return -1;
  bind_texts(statement, 1, &noting->schema->code, 1);
  const int status = noting_step(noting, statement);
  sqlite3_finalize(statement);
  return status;
}

static int note_rows(const struct noting *noting) {
  sqlite3_stmt *statement = store_prepare(noting->store, ROW_ADD, noting->error);
  int status = statement == NULL ? -1 : 0;
  for (size_t i = 0; i < noting->schema->row_count && status == 0; i++) {
    const struct schema_row *row = &noting->schema->row[i];
    bind_texts(statement, 1, (const char *const[]){row->name, row->group, row->family}, 3);
    status = noting_step(noting, statement);
  }
  sqlite3_finalize(statement);
  return status;
}

static int note_columns(const struct noting *noting) {
  struct columns columns = {0};
  sqlite3_stmt *statement = store_prepare(noting->store, COLUMN_ADD, noting->error);
  int status = statement == NULL ? -1 : 0;
  columns_add_views(&columns, noting->plan, noting->schema);
  for (size_t i = 0; i < columns.count && status == 0; i++) {
    const struct columns_entry *entry = &columns.entry[i];
    bind_texts(
        statement, 1,
        (const char *const[]){entry->source, entry->name, entry->unit, entry->type, entry->meaning},
        5);
    status = noting_step(noting, statement);
  }
  sqlite3_finalize(statement);
  columns_deinit(&columns);
  return status;
}

/* A value of a JSON column. A number is one always: readers that take the type of a column from
 * its first row would else cut fractions off. */
static void add_value(sqlite3_str *sql, const char *from, const char *name,
                      const struct schema_key *key) {
  const bool real = key != NULL && (key->type == SCHEMA_NUMBER || key->type == SCHEMA_FIGURE);
  sqlite3_str_appendf(sql,
                      real ? "CAST(json_extract(%s, '$.\"%q\"') AS REAL) AS \"%w\", "
                           : "json_extract(%s, '$.\"%q\"') AS \"%w\", ",
                      from, name, name);
}

/* Begins a view: "... p.cell, columns of the cell, p.seed". */
static void add_view(const struct noting *noting, sqlite3_str *sql, const char *name) {
  const json_t *columns = noting->plan->columns;
  sqlite3_str_appendf(sql, "CREATE VIEW \"%w\" AS SELECT p.cell, ", name);
  for (size_t i = 0; i < json_array_size(columns); i++) {
    const char *column = json_string_value(json_array_get(columns, i));
    add_value(sql, "c.columns", column, schema_spec_find(noting->schema, column));
  }
  sqlite3_str_appendall(sql, "p.seed, ");
}

static void add_current(const struct noting *noting, sqlite3_str *sql) {
  const struct schema *schema = noting->schema;
  add_view(noting, sql, "current");
  for (size_t i = 0; i < schema->spec_count; i++)
    if (columns_has_spec(&schema->spec[i], noting->plan))
      add_value(sql, "c.spec", schema->spec[i].name, &schema->spec[i]);
  for (size_t i = 0; i < schema->result_count; i++)
    if (columns_has_result(&schema->result[i], schema))
      sqlite3_str_appendf(sql, "r.\"%w\", ", schema->result[i].name);
  sqlite3_str_appendall(sql, "p.key, m.code, r.stored FROM plan p JOIN plan_cell c USING (cell) "
                             "JOIN runs r ON r.key = p.key CROSS JOIN plan_code m;");
}

/* "(SELECT 'a' AS name UNION ALL SELECT 'b')": the result keys that are wanted. */
static void add_names(const struct noting *noting, sqlite3_str *sql,
                      bool (*wanted)(const struct schema_key *key)) {
  sqlite3_str_appendall(sql, "(SELECT NULL AS name WHERE 0");
  for (size_t i = 0; i < noting->schema->result_count; i++)
    if (wanted(&noting->schema->result[i]))
      sqlite3_str_appendf(sql, " UNION ALL SELECT '%q'", noting->schema->result[i].name);
  sqlite3_str_appendall(sql, ")");
}

/* Run by run, so that each result is parsed once for all of its rows. */
static void add_ledger(const struct noting *noting, sqlite3_str *sql) {
  add_view(noting, sql, "ledger");
  sqlite3_str_appendall(
      sql, "u.name AS ledger, u.row, w.row_group, w.row_family, "
           "coalesce(json_extract(r.result, '$.' || u.name || '.' || u.row), 0) AS bytes "
           "FROM plan p CROSS JOIN plan_cell c USING (cell) CROSS JOIN runs r ON r.key = p.key "
           "CROSS JOIN (SELECT DISTINCT p.cell, n.name, e.key AS row "
           "FROM plan p CROSS JOIN runs r ON r.key = p.key CROSS JOIN ");
  add_names(noting, sql, schema_is_ledger);
  sqlite3_str_appendall(sql,
                        " n CROSS JOIN json_each(r.result, '$.' || n.name) e WHERE e.value > 0) u "
                        "ON u.cell = p.cell LEFT JOIN ledger_rows w ON w.row = u.row "
                        "WHERE json_type(r.result, '$.' || u.name) = 'object';");
}

/* What lies in a list has no name. */
static void add_details(const struct noting *noting, sqlite3_str *sql) {
  add_view(noting, sql, "details");
  sqlite3_str_appendall(
      sql, "replace(substr(t.fullkey, 3), '\"', '') AS name, CAST(t.value AS REAL) AS value "
           "FROM plan p CROSS JOIN plan_cell c USING (cell) CROSS JOIN runs r ON r.key = p.key "
           "CROSS JOIN ");
  add_names(noting, sql, columns_has_details);
  sqlite3_str_appendall(sql, " n CROSS JOIN json_tree(r.result, '$.' || n.name) t "
                             "WHERE json_type(r.result, '$.' || n.name) = 'object' AND "
                             "t.type IN ('integer', 'real') AND instr(t.fullkey, '[') = 0;");
}

static int note_views(const struct noting *noting) {
  sqlite3_str *sql = sqlite3_str_new(store_database(noting->store));
  add_current(noting, sql);
  add_ledger(noting, sql);
  add_details(noting, sql);
  char *text = sqlite3_str_finish(sql);
  const int status = store_execute(noting->store, text, noting->error);
  sqlite3_free(text);
  return status;
}

static int note_all(const void *context) {
  const struct noting *noting = context;
  static int (*const PARTS[])(const struct noting *noting) = {note_cells, note_runs,    note_code,
                                                              note_rows,  note_columns, note_views};
  int status = 0;
  for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0] && status == 0; i++)
    status = PARTS[i](noting);
  return status;
}

/* Replaces what is noted, by `act`, or leaves it all as it was. */
static int replace(struct store *store, int (*act)(const void *context), const void *context,
                   struct text *error) {
  if (store_batch_begin(store, error) < 0 || store_execute(store, "SAVEPOINT present", error) < 0)
    return -1;
  int status = store_execute(store, FORGET, error);
  if (status == 0)
    status = act(context);
  if (status < 0)
    sqlite3_exec(store_database(store), "ROLLBACK TO present", NULL, NULL, NULL);
  return store_execute(store, "RELEASE present", error) < 0 ? -1 : status;
}

int present_note(struct store *store, const struct plan *plan, const struct schema *schema,
                 struct text *error) {
  const struct noting noting = {store, plan, schema, error};
  return replace(store, note_all, &noting, error);
}

/* What is copied: tables, and the views as they were made. */
static const struct copied {
  const char *select, *insert;
} COPIED[] = {
    {"SELECT cell, columns, spec FROM plan_cell", CELL_ADD},
    {"SELECT cell, seed, key FROM plan", RUN_PLAN},
    {"SELECT code FROM plan_code", CODE_NOTE},
    {"SELECT row, row_group, row_family FROM ledger_rows", ROW_ADD},
    {"SELECT source, \"column\", unit, type, meaning FROM columns", COLUMN_ADD},
};
static const char VIEWS[] = "SELECT sql FROM sqlite_master WHERE type = 'view' AND name IN "
                            "('current', 'ledger', 'details')";

struct copying {
  struct store *from, *into;
  struct text *error;
};

static int copy_views(const struct copying *copying) {
  sqlite3_stmt *view = store_prepare(copying->from, VIEWS, copying->error);
  int status = view == NULL ? -1 : 0, step = SQLITE_DONE;
  while (status == 0 && (step = sqlite3_step(view)) == SQLITE_ROW)
    status =
        store_execute(copying->into, (const char *)sqlite3_column_text(view, 0), copying->error);
  if (status == 0 && step != SQLITE_DONE)
    status = store_complain(copying->from, copying->error);
  sqlite3_finalize(view);
  return status;
}

static int copy_all(const void *context) {
  const struct copying *copying = context;
  int status = 0;
  for (size_t i = 0; i < sizeof COPIED / sizeof COPIED[0] && status == 0; i++) {
    struct rows_copy copy = {.from = copying->from,
                             .into = copying->into,
                             .select = COPIED[i].select,
                             .insert = COPIED[i].insert};
    status = rows_copy(&copy, copying->error);
  }
  return status < 0 ? -1 : copy_views(copying);
}

int present_copy(struct store *from, struct store *into, struct text *error) {
  const struct copying copying = {from, into, error};
  return replace(into, copy_all, &copying, error);
}
