/* The present campaign in its store: the plan that `run` has noted last, and views over it for
 * people who query it. What the scenario no longer has, and what other code made, is in none of
 * them.
 *
 * - current: a row for each planned run that is in the store, as in runs.csv: cell (its number in
 *   the plan, from 0), the columns of the cell, seed, each spec key as planned (NULL where it has
 * no effect), the scalars of the result, code, stored, key. A run that several cells share is a row
 *   of each.
 *
 * - ledger: its ledgers, a row each: cell, columns, seed, ledger, row, row_group, row_family,
 * bytes. A row of 0 is there where another run of the cell has bytes in it.
 *
 * - details: each number inside of the other JSON objects of the result, by its metric's name
 *   (measure.h): cell, columns, seed, name, value.
 *
 * - columns: what each column is (columns.h).
 *
 * They stand on the tables plan(cell, seed, key), plan_cell(cell, columns, spec), plan_code(code,
 * noted) and ledger_rows, which are replaced together, in one transaction. */
#ifndef BENCH_STORE_PRESENT_H
#define BENCH_STORE_PRESENT_H

#include "scenario/plan.h"
#include "store.h"

/* Notes a resolved plan in place of the one that was noted before; store_commit makes it so. -1
 * with an error, and what was noted before stays. */
int present_note(struct store *store, const struct plan *plan, const struct schema *schema,
                 struct text *error);

/* Notes what another store has noted, in place of what was noted here; store_commit makes it so. -1
 * with an error. */
int present_copy(struct store *from, struct store *into, struct text *error);

#endif
