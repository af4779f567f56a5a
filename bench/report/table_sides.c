/* Cells side by side: a line for each measure, a column for each cell, and behind each cell that
 * has a baseline the difference and the ratio to it. In CSV a line for each measure and cell. */
#include "export.h"
#include "few.h"
#include "store/paired.h"
#include "support/memory.h"
#include "table.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

/* The baseline of a cell; the number of cells if it has none, or is one itself. */
static size_t baseline_of(const struct dataset *dataset, const struct presentation_table *table,
                          size_t cell) {
  size_t none = dataset->plan->cell_count;
  size_t baseline = table->against == NULL ? none : paired_baseline(dataset, cell, table->against);
  return baseline == cell ? none : baseline;
}

size_t table_sides_columns(const struct dataset *dataset, const struct presentation_table *table,
                           size_t cell) {
  return baseline_of(dataset, table, cell) < dataset->plan->cell_count ? 3 : 1;
}

static void sides_add_headings(const struct dataset *dataset,
                               const struct presentation_table *table, const size_t *cells,
                               size_t count, struct grid *grid) {
  json_t *varying = plan_columns_varying(dataset->plan, cells, count);
  size_t column = 2;
  grid->width = 2;
  for (size_t i = 0; i < count; i++)
    grid->width += table_sides_columns(dataset, table, cells[i]);
  grid_put(grid, 0, 0, "figure");
  grid_put(grid, 0, 1, "unit");
  for (size_t i = 0; i < count; i++) {
    table_put(grid, 0, column++,
              words_cell(table->labels, dataset->schema, dataset->plan, cells[i], varying));
    if (table_sides_columns(dataset, table, cells[i]) == 1)
      continue;
    grid_put(grid, 0, column++, "difference");
    grid_put(grid, 0, column++, "ratio");
  }
  json_decref(varying);
}

static void fill_cell(const struct dataset *dataset, const struct measure *measure, size_t cell,
                      size_t baseline, const char *blank, struct grid *grid, size_t line,
                      size_t *column, struct text *csv, unsigned *intervals) {
  static const enum presentation_kind KINDS[] = {COLUMN_VALUE, COLUMN_DIFFERENCE, COLUMN_RATIO};
  const size_t kinds = baseline < dataset->plan->cell_count ? 3 : 1;
  struct text field = {0};
  for (size_t i = 0; i < 3; i++) {
    const struct presentation_column at = {KINDS[i], *measure};
    struct estimate estimate = paired_estimate(dataset, cell, baseline, &at);
    export_add_estimate(csv, &estimate);
    if (i >= kinds)
      continue;
    table_note_interval(intervals, &estimate);
    table_add_estimate(&field, &estimate, words_column_unit(&at), blank);
    if (few_mark(dataset, cell, &estimate, &field))
      *intervals |= 1U << TABLE_NOTE_FEW;
    grid_put_text(grid, line, (*column)++, &field);
  }
}

void table_sides_fill(const struct dataset *dataset, const struct presentation_table *table,
                      const size_t *cells, size_t count, struct grid *grid, struct text *csv,
                      unsigned *intervals) {
  sides_add_headings(dataset, table, cells, count, grid);
  text_add(csv, "statistic,metric,");
  export_add_columns(csv, dataset->plan);
  text_add(csv, "runs,value,low,high,difference,difference low,difference high,ratio,ratio "
                "low,ratio high\n");
  for (size_t i = 0; i < table->column_count; i++) {
    const struct measure *measure = &table->column[i].measure;
    size_t column = 2;
    table_put(grid, 1 + i, 0, words_measure(table->labels, measure));
    grid_put(grid, 1 + i, 1, strcmp(measure->unit, "ratio") == 0 ? "%" : measure->unit);
    for (size_t j = 0; j < count; j++) {
      text_add(csv, "%s,%s,", measure->word[0] == '\0' ? "ratio" : measure->word, measure->metric);
      export_add_cell(csv, dataset->plan, cells[j]);
      text_add(csv, "%zu", dataset->cell[cells[j]].run_count);
      fill_cell(dataset, measure, cells[j], baseline_of(dataset, table, cells[j]), table->blank,
                grid, 1 + i, &column, csv, intervals);
      text_add(csv, "\n");
    }
  }
}
