/* Legends of lines, above a figure. */
#ifndef BENCH_REPORT_FIGURE_LEGEND_H
#define BENCH_REPORT_FIGURE_LEGEND_H

#include "support/text.h"

#include <stdbool.h>
#include <stddef.h>

struct figure_legend {
  const char *const *name;
  size_t count;
  double *x; /* inches from the left, by name */
  size_t *row;
  double height; /* inches; 0: it is not shown */
};

/* With `edge` inches free on both sides. The names outlive it. */
void figure_legend_init(struct figure_legend *legend, const char *const *name, size_t count,
                        bool shown, double edge);

/* Writes NAME, NAME_X and NAME_Y for a figure of this height, in inches. */
void figure_legend_write(const struct figure_legend *legend, double figure_height,
                         struct text *script);
void figure_legend_deinit(struct figure_legend *legend);

#endif
