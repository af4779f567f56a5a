/* What drawing needs of the system. */
#ifndef BENCH_REPORT_DRAWING_TOOLS_H
#define BENCH_REPORT_DRAWING_TOOLS_H

/* Static text: why nothing can be drawn, and which package mends it; NULL: it can. */
const char *drawing_tools_missing(void);

/* Static text: why what is drawn has no text, likewise; NULL: it has. */
const char *drawing_fonts_missing(void);

#endif
