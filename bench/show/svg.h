/* Text and colours of the SVG documents of `show`. Lengths are in pixels of 1/96 inch; the look is
 * that of report/look/style.gp. */
#ifndef BENCH_SHOW_SVG_H
#define BENCH_SHOW_SVG_H

#include "support/text.h"

#define SVG_PX_PER_IN 96.0
#define SVG_INK "#222222"
#define SVG_SOFT "#666666"
#define SVG_HAIR "#d8d8d8"

/* Adds words, their `anchor` ("start", "middle" or "end") at x, their line at y. */
void svg_add_text(struct text *svg, double x, double y, double points, const char *anchor,
                  const char *fill, const char *words);

/* The same where there is `room`; what does not fit ends with an ellipsis. */
void svg_add_fitted(struct text *svg, double x, double y, double points, const char *anchor,
                    const char *fill, const char *words, double room);

#endif
