/* Places panels. */
#include "figure_grid.h"

#include "figure.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>

enum { COLUMNS_MAX = 3 };

/* Inches. */
static const double GAP = 0.12, TICK_GAP = 0.05;

/* As near to a square as is well read in one column of a paper. */
size_t figure_grid_columns(size_t count) {
  const size_t columns = count == 4 ? 2 : count;
  return columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
}

void figure_grid_place(struct figure_grid *grid, size_t count, size_t columns, double left,
                       double right, double gap) {
  *grid =
      (struct figure_grid){.count = count,
                           .columns = columns,
                           .rows = (count + columns - 1) / columns,
                           .left = left,
                           .width = (right - left - gap * (double)(columns - 1)) / (double)columns,
                           .gap = gap};
}

void figure_grid_init(struct figure_grid *grid, size_t count, double left, double right,
                      figure_grid_axis *scale, void *context, struct layout_axis *axis) {
  size_t columns = figure_grid_columns(count);
  for (;; columns--) {
    scale(context, columns, axis);
    figure_grid_place(grid, count, columns, left, right, fmax(GAP, axis->tick_width + TICK_GAP));
    const double taken = (axis->tick_width + TICK_GAP) * (double)(axis->tick_count - 1);
    if (columns == 1 || axis->tick_count == 0 || taken <= grid->width)
      return;
    layout_axis_deinit(axis);
  }
}

double figure_grid_x(const struct figure_grid *grid, size_t panel) {
  return grid->left + (grid->width + grid->gap) * (double)(panel % grid->columns);
}

bool figure_grid_is_lowest(const struct figure_grid *grid, size_t panel) {
  return panel + grid->columns >= grid->count;
}

void figure_grid_write(const struct figure_grid *grid, struct text *script) {
  double *number = memory_get(5 * grid->count, sizeof *number);
  double *from = number, *to = from + grid->count, *row = to + grid->count,
         *column = row + grid->count, *lowest = column + grid->count;
  for (size_t i = 0; i < grid->count; i++) {
    from[i] = figure_grid_x(grid, i) / LAYOUT_WIDTH_IN;
    to[i] = from[i] + grid->width / LAYOUT_WIDTH_IN;
    row[i] = (double)(i / grid->columns + 1);
    column[i] = (double)(i % grid->columns + 1);
    lowest[i] = figure_grid_is_lowest(grid, i);
  }
  text_add(script, "TILES = %zu\n", grid->count);
  figure_add_numbers(script, "FROM", from, grid->count);
  figure_add_numbers(script, "TO", to, grid->count);
  figure_add_numbers(script, "ROW", row, grid->count);
  figure_add_numbers(script, "COLUMN", column, grid->count);
  figure_add_numbers(script, "LOWEST", lowest, grid->count);
  free(number);
}
