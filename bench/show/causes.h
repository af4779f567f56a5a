/* What the time of an authentication went to, cause by cause, as a waterfall. */
#ifndef BENCH_SHOW_CAUSES_H
#define BENCH_SHOW_CAUSES_H

#include "support/text.h"

#include <jansson.h>

/* The causes and their time in ms: of this peer, from 1, or the mean of all (0). NULL where the
 * result has none, as of what is not established. It lives as the result. */
json_t *causes_of(const json_t *result, size_t peer);

/* Adds a line for each cause that took time: ms, share, and its bar behind those of the others. */
void causes_print(const json_t *causes, struct text *text);

/* Draws the same into an SVG document of `width` pixels, from `y` on. Returns where it ends. */
double causes_draw(const json_t *causes, double width, double y, struct text *svg);

#endif
