/* A ladder on sheets that fit pages of paper, A4 with its margins: their text is of 8 points or
 * more where a sheet is as wide as the page. */
#ifndef BENCH_SHOW_LADDER_SHEETS_H
#define BENCH_SHOW_LADDER_SHEETS_H

#include "ladder.h"

enum { LADDER_SHEETS_MAX = 3 };

/* Zero-initialised there are none. */
struct ladder_sheets {
  struct text sheet[LADDER_SHEETS_MAX]; /* an SVG document each */
  size_t count;
  bool wide;       /* for pages that lie across */
  size_t left_out; /* messages and events before those of the last sheet, which says so */
};

/* Draws all of a ladder, or of a long one its begin and its end. False, and no sheets, where more
 * nodes take part than a page is wide for. Deinit in any case. */
bool ladder_sheets_draw(struct ladder_sheets *sheets, const struct ladder *ladder);
void ladder_sheets_deinit(struct ladder_sheets *sheets);

#endif
