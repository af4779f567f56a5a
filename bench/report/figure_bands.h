/* Figures of lines with bands: what is drawn of which measure, in strips over a shared axis. */
#ifndef BENCH_REPORT_FIGURE_BANDS_H
#define BENCH_REPORT_FIGURE_BANDS_H

#include "figure.h"
#include "figure_grid.h"
#include "figure_words.h"

enum { BANDS_STRIPS_MAX = PRESENTATION_ABOVE_MAX + 1 };

/* One or two measures over one axis, in every panel: a ratio above, or what the figure is about. */
struct bands_strip {
  const struct measure *measure; /* the first of `count` */
  size_t count;
  bool whiskers[PRESENTATION_Y_MAX]; /* intervals as whiskers, side by side: bands would lie over
                                        each other */
  struct layout_axis axis;
  char *title;
  char *note;
};

struct bands {
  const struct figure *figure;
  const struct figure_series_list *list;
  struct bands_strip strip[BANDS_STRIPS_MAX]; /* from the top down; the last is the main one */
  size_t strip_count;
  struct layout_axis x;
  double zero; /* where a logarithmic x axis has 0; NaN if nowhere */
  char *x_title;
  struct text lines; /* below the note of the main strip, a newline behind each */
  size_t line_count;
};

double bands_x_of(const struct bands *bands, size_t cell);

/* What is drawn of a cell: the measure, or with a baseline how it compares. */
struct estimate bands_estimate(const struct bands *bands, size_t cell,
                               const struct measure *measure);

/* Fills the axis of x for so many panels side by side. */
figure_grid_axis bands_scale_x;

/* Places all, and writes script and data. -1 with an error. */
int bands_write_files(struct bands *bands, struct text *error);

#endif
