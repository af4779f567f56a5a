/* The raw data of a campaign as tidy CSV; every ratio in it is from 0 to 1.
 *
 * - runs.csv: a line for each run: cell (its number in the plan, from 0) and the columns of the
 *   cell, seed, its texts and numbers (but those that begin with wall_), key, code, stored.
 *
 * - cells.csv: a line for each cell and each measure that a table, figure, comparison or
 *   expectation of the scenario has: value, low and high of its interval, n, unit, interval.
 *
 * - ledger.csv: a line for each row of each ledger of a run: ..., ledger, row, row_group,
 *   row_family, bytes. A row that no run of the cell has is left out, so that a mean over the lines
 *   of a cell and row is that of its runs.
 *
 * - details.csv: a line for each number inside of results that are measured in a unit, as radio_ms,
 *   energy_mj and time_parts_ms are: ..., name, value. All others are in the store.
 *
 * - columns.csv: what each column of these files, and of the store's views, is.
 *
 * Lines of these files are of one run where cell and seed are equal (key may be that of several
 * cells). */
#ifndef BENCH_REPORT_EXPORT_H
#define BENCH_REPORT_EXPORT_H

#include "store/dataset.h"

/* What the files are made of. */
struct export {
  const struct dataset *dataset;
  const struct presentation *presentation;
};

/* Writes them all into `folder`. -1 with an error. */
int export_write(const struct export *export, const char *folder, struct text *error);

/* Each writes one of them. -1 with an error. */
int export_ledger_write(const struct export *export, const char *path, struct text *error);
int export_details_write(const struct export *export, const char *path, struct text *error);
int export_columns_write(const struct export *export, const char *path, struct text *error);

/* Whether runs.csv has this metric. */
bool export_is_in_runs(const char *metric);

/* Adds a field, quoted where it has to be. */
void export_add_field(struct text *csv, const char *field);

/* Adds ",value,low,high", in nine digits. */
void export_add_estimate(struct text *csv, const struct estimate *estimate);

/* Adds the cell's values, or the columns' names, separated by commas, and a comma behind each. */
void export_add_cell(struct text *csv, const struct plan *plan, size_t cell);
void export_add_columns(struct text *csv, const struct plan *plan);

/* The same with `cell` in front and `seed` behind: which run it is. */
void export_add_run(struct text *csv, const struct plan *plan, size_t cell, long long seed);
void export_add_run_columns(struct text *csv, const struct plan *plan);

#endif
