/* Drawings of a figure: its script, run by gnuplot. */
#ifndef BENCH_REPORT_FIGURE_DRAWING_H
#define BENCH_REPORT_FIGURE_DRAWING_H

#include "figure.h"

/* Draws figures/NAME.svg, .png, .pdf and .eps by NAME.gp. Equal stores give equal files: the date
 * in them is that of the newest run. -1 with an error. */
int figure_drawing_make(const struct figure *figure, struct text *error);

#endif
