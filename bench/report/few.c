/* Few of a cell's runs. */
#include "few.h"
#include "store/paired.h"

#include <math.h>
#include <stdlib.h>

const char FEW_NOTE[] = "(n = ..): so many runs, less than half of the cell's, have the figure.";

static size_t measured_runs(const struct dataset *dataset, size_t cell) {
  const struct dataset_cell *of = &dataset->cell[cell];
  size_t count = 0;
  for (size_t i = 0; i < of->run_count; i++)
    count += !of->run[i].left_out;
  return count;
}

bool few_is(const struct dataset *dataset, size_t cell, const struct estimate *estimate) {
  return !isnan(estimate->value) && estimate->count > 0 &&
         2 * estimate->count < measured_runs(dataset, cell);
}

bool few_mark(const struct dataset *dataset, size_t cell, const struct estimate *estimate,
              struct text *text) {
  const bool few = few_is(dataset, cell, estimate);
  if (few)
    text_add(text, " (n = %zu)", estimate->count);
  return few;
}

/* What was found in a figure. */
struct few_tally {
  size_t count, cell; /* how many, and the first one's cell */
  size_t runs;        /* it is of so many */
};

static void tally_cell(const struct dataset *dataset, const struct presentation_figure *figure,
                       size_t cell, struct few_tally *tally) {
  const size_t baseline = paired_baseline(dataset, cell, figure->against);
  for (size_t i = 0; i < figure->y_count; i++) {
    const struct presentation_column column = {figure->kind, figure->y[i]};
    const struct estimate estimate = paired_estimate(dataset, cell, baseline, &column);
    if (!few_is(dataset, cell, &estimate))
      continue;
    if (tally->count++ > 0)
      continue;
    tally->cell = cell;
    tally->runs = estimate.count;
  }
}

void few_remark(const struct dataset *dataset, const struct presentation_figure *figure,
                struct text *text) {
  struct few_tally tally = {0};
  size_t count;
  size_t *cells = dataset_cells_with(dataset, figure->where, figure->y, figure->y_count, &count);
  for (size_t i = 0; i < count; i++)
    tally_cell(dataset, figure, cells[i], &tally);
  free(cells);
  if (tally.count == 0)
    return;
  char *words = plan_cell_title(dataset->plan, tally.cell, NULL, dataset->schema);
  text_add(text, "%zu value%s of less than half of a cell's runs, as of %s (n = %zu of %zu).",
           tally.count, tally.count == 1 ? " is" : "s are", words, tally.runs,
           measured_runs(dataset, tally.cell));
  free(words);
}
