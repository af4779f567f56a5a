/* The runs and cells of a campaign as tidy CSV.
 *
 * runs.csv   a line for each run: the columns of its cell, seed, its texts and numbers (but those
 *            that begin with wall_), key
 * cells.csv  a line for each cell and each measure that a table, figure, comparison or expectation
 * of the scenario has: value, low and high of its interval, n */
#ifndef BENCH_REPORT_EXPORT_H
#define BENCH_REPORT_EXPORT_H

#include "store/dataset.h"

/* Writes both into `folder`. -1 with an error. */
int export_write(const struct dataset *dataset, const struct presentation *presentation,
                 const char *folder, struct text *error);

/* Adds a field, quoted where it has to be. */
void export_add_field(struct text *csv, const char *field);

/* Adds ",value,low,high", in nine digits. */
void export_add_estimate(struct text *csv, const struct estimate *estimate);

/* Adds the cell's values, or the columns' names, separated by commas, and a comma behind each. */
void export_add_cell(struct text *csv, const struct plan *plan, size_t cell);
void export_add_columns(struct text *csv, const struct plan *plan);

#endif
