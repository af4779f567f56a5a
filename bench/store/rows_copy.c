/* Select here, insert there. */
#include "rows_copy.h"

static int row_copy(struct rows_copy *copy, sqlite3_stmt *row, sqlite3_stmt *insert,
                    struct text *error) {
  for (int i = 0; i < sqlite3_bind_parameter_count(insert); i++)
    sqlite3_bind_value(insert, i + 1, sqlite3_column_value(row, i));
  const int step = sqlite3_step(insert);
  copy->added += step == SQLITE_DONE ? (size_t)sqlite3_changes(store_database(copy->into)) : 0;
  sqlite3_reset(insert);
  return step == SQLITE_DONE ? 0 : store_complain(copy->into, error);
}

int rows_copy(struct rows_copy *copy, struct text *error) {
  sqlite3_stmt *row = store_prepare(copy->from, copy->select, error);
  sqlite3_stmt *insert = row == NULL ? NULL : store_prepare(copy->into, copy->insert, error);
  int status = insert == NULL ? -1 : 0, step = SQLITE_DONE;
  while (status == 0 && (step = sqlite3_step(row)) == SQLITE_ROW)
    if (copy->wanted == NULL || copy->wanted(copy->context, row))
      status = row_copy(copy, row, insert, error);
  if (status == 0 && step != SQLITE_DONE)
    status = store_complain(copy->from, error);
  sqlite3_finalize(row);
  sqlite3_finalize(insert);
  return status;
}
