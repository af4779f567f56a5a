/* Panels of a figure: side by side and below each other, all of one size and over the same axes, of
 * which the labels stand at the left and at the bottom only. */
#ifndef BENCH_REPORT_FIGURE_GRID_H
#define BENCH_REPORT_FIGURE_GRID_H

#include "support/layout.h"

struct figure_grid {
  size_t count, columns, rows;
  double left, width, gap; /* inches: of the first column, of each, and between two */
};

/* Fills the axis below panels of which so many stand side by side. */
typedef void figure_grid_axis(void *context, size_t columns, struct layout_axis *axis);

/* As many columns as `count` panels take between `left` and `right` so that the ticks of the axis
 * do not touch. */
void figure_grid_init(struct figure_grid *grid, size_t count, double left, double right,
                      figure_grid_axis *scale, void *context, struct layout_axis *axis);

/* As many as are well read side by side, at most. */
size_t figure_grid_columns(size_t count);

/* The same of so many columns, `gap` inches apart. */
void figure_grid_place(struct figure_grid *grid, size_t count, size_t columns, double left,
                       double right, double gap);

/* Where a panel begins, in inches from the left. */
double figure_grid_x(const struct figure_grid *grid, size_t panel);

/* True if there is none below it. */
bool figure_grid_is_lowest(const struct figure_grid *grid, size_t panel);

/* Writes TILES, and of each panel FROM and TO (of the width), ROW, COLUMN and LOWEST. */
void figure_grid_write(const struct figure_grid *grid, struct text *script);

#endif
