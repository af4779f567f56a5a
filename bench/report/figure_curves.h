/* What figures of shares have in common: curves from 0 to 100 % over one axis, and a legend above
 * them. */
#ifndef BENCH_REPORT_FIGURE_CURVES_H
#define BENCH_REPORT_FIGURE_CURVES_H

#include "figure.h"

struct figure_curves {
  const struct figure *figure;
  const struct figure_series_list *list;
  struct layout_axis x, y;
  double low, high; /* of what is drawn; low > high: nothing is */
  char **name;      /* of each series in the legend; owned */
  /* Of the note below the title: what curves are ("" if that is plain), what names have in brackets
   * (without panels), and what is shaded (if it is). */
  const char *note, *in_brackets, *shaded;
  const char *metric;  /* of the x axis */
  const char *x_title; /* unless the figure has one */
  const char *x_unit;
};

/* Most curves that may have shades; more would lie over each other. */
enum { FIGURE_CURVES_SHADED_MAX = 4 };

bool figure_curves_are_shaded(const struct figure_curves *curves);

/* Scales both axes by `low` and `high`. */
void figure_curves_scale(struct figure_curves *curves);

/* Writes script and data, for the look of this type. -1 with an error. */
int figure_curves_write(struct figure_curves *curves, const char *type, const struct text *data,
                        struct text *error);
void figure_curves_deinit(struct figure_curves *curves);

#endif
