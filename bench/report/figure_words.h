/* Words of a figure outside of its axes: titles, notes below them, the headings of panels. */
#ifndef BENCH_REPORT_FIGURE_WORDS_H
#define BENCH_REPORT_FIGURE_WORDS_H

#include "support/text.h"

enum figure_words_kind {
  WORDS_TITLE = 1,
  WORDS_NOTE,    /* small and pale */
  WORDS_HEADING, /* small */
  WORDS_CENTRED, /* as a title, around its place */
};

/* Zero-initialised there are none. */
struct figure_words {
  char **text;
  double *x, *y; /* inches from the left and from the top */
  double *kind;
  size_t count;
};

void figure_words_add(struct figure_words *words, enum figure_words_kind kind, double x, double y,
                      const char *text);

/* The same of lines, a newline behind each: one below the other, `step` inches apart. Returns how
 * many. */
size_t figure_words_add_lines(struct figure_words *words, enum figure_words_kind kind, double x,
                              double y, double step, const char *lines);

/* Writes WORDS, TEXT, TEXT_X, TEXT_Y and TEXT_KIND for a figure of this height, in inches. */
void figure_words_write(const struct figure_words *words, double height, struct text *script);
void figure_words_deinit(struct figure_words *words);

#endif
