/* Published and ours. */
#include "comparison.h"
#include "export.h"
#include "support/memory.h"
#include "support/number.h"
#include "support/value.h"
#include "table.h"
#include "words.h"

#include <math.h>
#include <stdlib.h>

/* The cell that all figures are of. */
static int find_cell(const struct dataset *dataset,
                     const struct presentation_comparison *comparison, size_t *cell,
                     struct text *error) {
  size_t count;
  size_t *cells = dataset_cells(dataset, comparison->where, &count);
  if (count > 0)
    *cell = cells[0];
  free(cells);
  if (count == 1)
    return 0;
  text_add(error, "comparison %s: `where` has to leave one cell, it leaves %zu\n", comparison->name,
           count);
  return -1;
}

/* Sum of the row's terms; NaN if we have no such figure, or not yet. */
static double sum_of(const struct dataset *dataset, size_t cell,
                     const struct presentation_comparison_row *row) {
  double sum = row->term_count == 0 ? NAN : 0;
  for (size_t i = 0; i < row->term_count; i++) {
    const struct presentation_term *term = &row->term[i];
    double value =
        term->measure.metric == NULL ? 1 : dataset_estimate(dataset, cell, &term->measure).value;
    sum += term->factor * value;
  }
  return sum;
}

/* What a row shows. */
struct pair {
  double theirs, ours;
};

static struct pair pair_of(const struct dataset *dataset, size_t cell,
                           const struct presentation_comparison_row *row) {
  const double sum = sum_of(dataset, cell, row);
  return row->is_rest ? (struct pair){row->theirs - sum, NAN} : (struct pair){row->theirs, sum};
}

static void comparison_put_figure(struct grid *grid, size_t line, size_t column, double figure,
                                  bool is_difference) {
  struct text words = {0};
  if (isnan(figure))
    text_add(&words, "-");
  else if (is_difference && figure > 0)
    text_add(&words, "+");
  if (!isnan(figure))
    table_add_number(&words, figure);
  grid_put_text(grid, line, column, &words);
}

static void add_csv(struct text *csv, const struct presentation_comparison_row *row,
                    const struct pair *pair) {
  const double figures[] = {pair->theirs, pair->ours, pair->ours - pair->theirs, row->explained};
  export_add_field(csv, row->name);
  for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
    text_add(csv, ",");
    number_add(csv, figures[i]);
  }
  text_add(csv, ",");
  export_add_field(csv, row->why);
  text_add(csv, "\n");
}

static bool is_explained(const struct presentation_comparison_row *row, double ours) {
  return isnan(row->explained) || isnan(ours) ||
         fabs(ours - row->theirs - row->explained) < 1e-6 * (1 + fabs(ours));
}

static void comparison_fill(const struct dataset *dataset, size_t cell,
                            const struct presentation_comparison *comparison, struct grid *grid,
                            struct text *csv, struct page *page, size_t *violated) {
  static const char *const HEADS[] = {"figure", "published", "ours", "difference", "why"};
  text_add(csv, "row,published,ours,difference,explained,why\n");
  for (size_t i = 0; i < grid->width; i++)
    grid_put(grid, 0, i, HEADS[i]);
  for (size_t i = 0; i < comparison->row_count; i++) {
    const struct presentation_comparison_row *row = &comparison->row[i];
    const struct pair pair = pair_of(dataset, cell, row);
    table_put(grid, 1 + i, 0, words_part(NULL, row->name));
    comparison_put_figure(grid, 1 + i, 1, pair.theirs, false);
    comparison_put_figure(grid, 1 + i, 2, pair.ours, false);
    comparison_put_figure(grid, 1 + i, 3, pair.ours - pair.theirs, true);
    grid_put(grid, 1 + i, 4, row->why);
    page_link_cell(page, dataset->plan, grid, 1 + i, 2, cell);
    add_csv(csv, row, &pair);
    if (is_explained(row, pair.ours))
      continue;
    ++*violated;
    text_add(&page->expectations, "%s: %s: the difference is %g, but its reasons sum up to %g\n",
             row->place, row->name, pair.ours - pair.theirs, row->explained);
  }
}

int comparison_write(const struct dataset *dataset,
                     const struct presentation_comparison *comparison, struct page *page,
                     size_t *violated, struct text *shown, struct text *error) {
  struct grid grid = {.width = 5, .right_from = 1, .wrap = TABLE_WORDS_WIDTH};
  struct text csv = {0};
  size_t cell = 0;
  if (find_cell(dataset, comparison, &cell, error) < 0)
    return -1;
  comparison_fill(dataset, cell, comparison, &grid, &csv, page, violated);
  char *words = plan_cell_title(dataset->plan, cell, NULL, dataset->schema);
  char *title = text_format("%s (%s)", comparison->title, comparison->unit);
  char *note =
      text_format("Ours: %s, %zu run%s. Published: %s", words, dataset->cell[cell].run_count,
                  text_plural(dataset->cell[cell].run_count), comparison->source);
  int status = table_publish(page, comparison->name, title, note, &grid, &csv, shown, error);
  free(words);
  free(title);
  free(note);
  grid_deinit(&grid);
  text_deinit(&csv);
  return status;
}
