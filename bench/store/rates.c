/* Rates from the store. */
#include "rates.h"
#include "store_private.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>

static const char MEASURED[] =
    "SELECT c.columns, avg(json_extract(r.result, '$.wall_ms')) AS ms FROM plan_cell c "
    "JOIN plan p USING (cell) JOIN runs r ON r.key = p.key GROUP BY c.cell HAVING ms IS NOT NULL";

/* Milliseconds by the columns of a cell, of the plan that was noted. */
static json_t *measured(struct store *store) {
  json_t *rates = json_object();
  struct text none = {0}; /* where no plan is noted */
  sqlite3_stmt *statement = store_prepare(store, MEASURED, &none);
  while (statement != NULL && sqlite3_step(statement) == SQLITE_ROW)
    json_object_set_new(rates, (const char *)sqlite3_column_text(statement, 0),
                        json_real(sqlite3_column_double(statement, 1)));
  sqlite3_finalize(statement);
  text_deinit(&none);
  return rates;
}

struct rate *rates_of_cells(const struct plan *plan, struct store *store) {
  struct rate *rate = memory_get(plan->measured_count, sizeof *rate);
  json_t *known = store == NULL ? json_object() : measured(store);
  const double each = store == NULL ? NAN : store_wall_ms(store);
  for (size_t i = 0; i < plan->measured_count; i++) {
    char *columns = value_canonical(plan->cell[i].columns);
    const json_t *own = json_object_get(known, columns);
    rate[i].measured = own != NULL;
    rate[i].wall_ms = own != NULL ? json_real_value(own) : each * plan->run[i * plan->repeat].size;
    free(columns);
  }
  json_decref(known);
  return rate;
}
