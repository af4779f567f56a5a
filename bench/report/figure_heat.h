/* Heat maps: a measure over two columns, a cell of colour for each pair of values, in every panel.
 */
#ifndef BENCH_REPORT_FIGURE_HEAT_H
#define BENCH_REPORT_FIGURE_HEAT_H

#include "figure.h"

/* The values of a column, in the order in which they stand. */
struct heat_axis {
  const char *column;
  const json_t **value; /* of the plan */
  char **words;
  size_t count;
  bool numeric; /* words are numbers in order: some of them may be left out */
  char *title;
};

struct heat_cell {
  size_t runs; /* 0: nobody ran it, and it has nothing else */
  struct estimate estimate;
  struct estimate ratio[PRESENTATION_ABOVE_MAX];
  char *words;                               /* of the estimate */
  char *ratio_words[PRESENTATION_ABOVE_MAX]; /* "" where it says nothing */
};

struct heat {
  const struct figure *figure;
  const struct figure_series_list *list;
  struct presentation_column column; /* what is drawn */
  struct heat_axis x, rows;
  struct heat_cell *cell;                              /* panel by panel, row by row */
  const struct measure *ratio[PRESENTATION_ABOVE_MAX]; /* those that say something */
  size_t ratio_count;
  double scale;              /* of the numbers that are shown: 100 of a ratio */
  struct layout_axis colour; /* of its bar */
  double centre;             /* from which colours diverge; NaN: they do not */
  double low, high;          /* values of the first and the last colour */
  char *colour_title;
  char *left_out; /* what is said once for all cells */
};

/* The cell of a panel at these places of rows and x, from 0. */
struct heat_cell *heat_cell_at(const struct heat *heat, size_t panel, size_t row, size_t x);

/* Places all, and writes script and data. -1 with an error. */
int heat_write_files(const struct heat *heat, struct text *error);

#endif
