/* Where things go in a figure, so that no text overlaps another or is cut: widths of text, rows of
 * a legend, ticks of an axis. Lengths are in inches. */
#ifndef BENCH_SUPPORT_LAYOUT_H
#define BENCH_SUPPORT_LAYOUT_H

#include "text.h"

#define LAYOUT_WIDTH_IN 3.5 /* one column of a paper of two */

/* Width of `utf8` in Liberation Sans (which has Arial's metrics) at `points`; what is not ASCII
 * counts as a digit. */
double layout_text_width(const char *utf8, double points);

/* Shortens `utf8` (in place) with an ellipsis until it is at most `width` wide. */
char *layout_text_fit(const char *utf8, double points, double width);

/* Adds `utf8` to `lines`, broken at spaces so that no line is wider than `width` (but a longer
 * word); a newline ends each. Returns how many there are. */
size_t layout_text_wrap(struct text *lines, const char *utf8, double points, double width);

/* A scale of an axis and its ticks. */
struct layout_axis {
  double low, high;
  struct text ticks; /* gnuplot's "'label' place, ..." */
  struct text marks; /* the same without words */
  double tick_width; /* of the widest label at 7 points */
  size_t tick_count;
  bool logarithmic;
};

/* What the labels of ticks are: a number times `scale`; with `milliseconds`, "10 ms", "1 s". */
struct layout_ticks {
  double scale;
  bool milliseconds;
  bool integers; /* there is nothing between them */
  size_t most;   /* of a logarithmic axis: only decades, where there would be more; 0: any number */
};

/* A linear axis from low to high (widened to the next tick where `whole`), with at most `most`
 * ticks at round numbers. */
void layout_axis_linear(struct layout_axis *axis, double low, double high, size_t most, bool whole,
                        const struct layout_ticks *ticks);

/* A logarithmic axis around what is from low to high (both > 0), ticks at decades, or at 1, 2, 5,
 * where decades are too few. */
void layout_axis_logarithmic(struct layout_axis *axis, double low, double high,
                             const struct layout_ticks *ticks);

/* Adds a tick with these words, a number and its unit. */
void layout_axis_tick(struct layout_axis *axis, const char *words, double place);
void layout_axis_deinit(struct layout_axis *axis);

/* Places the entries of a legend from (0, 0) rightwards and downwards; each takes `mark` and its
 * text. Returns how many rows they take; x gets the left end, row the row of each. */
size_t layout_legend(const char *const *words, size_t count, double mark, double width, double *x,
                     size_t *row);

/* Adds words as one line: a space for each control, U+FFFD for each octet that is no UTF-8. */
void layout_add_line(struct text *text, const char *words);

/* Adds a string of a gnuplot script, as layout_add_line; what gnuplot could interpret is written as
 * octal numbers. */
void layout_add_quoted(struct text *script, const char *text);

/* The same of a path, exactly. */
void layout_add_path(struct text *script, const char *path);

#endif
