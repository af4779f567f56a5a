/* What figures of shares have in common: curves from 0 to 100 % over one axis, and a legend above
 * them. */
#ifndef BENCH_REPORT_FIGURE_CURVES_H
#define BENCH_REPORT_FIGURE_CURVES_H

#include "figure.h"

struct figure_curves {
  const struct figure *figure;
  struct layout_axis x, y;
  char **name; /* of each curve in the legend; owned */
  size_t count;
  const char *note;    /* below the title */
  const char *x_title; /* unless the figure has one */
  const char *x_unit;
};

/* Scales both axes: x from `low` to `high`, where finite values are (otherwise `low` > `high`). */
void figure_curves_scale(struct figure_curves *curves, double low, double high);

/* Writes script and data, for the look of this type. -1 with an error. */
int figure_curves_write(const struct figure_curves *curves, const char *type,
                        const struct text *data, struct text *error);
void figure_curves_deinit(struct figure_curves *curves);

#endif
