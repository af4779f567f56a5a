/* Text inside of LaTeX. */
#ifndef BENCH_SUPPORT_LATEX_H
#define BENCH_SUPPORT_LATEX_H

#include "text.h"

/* Adds `words` so that pdflatex without packages prints them: what it takes for commands is
 * escaped, signs and letters of Latin-1 and some others become its commands, any other character
 * its number (U+4E2D), controls and line breaks a space, and an octet that is no UTF-8 "?". Nothing
 * in it is taken for an argument of what stands before it. */
void latex_add(struct text *latex, const char *words);

/* The same for numbers: "-" before a digit is a minus, "inf" the sign for it. */
void latex_add_number(struct text *latex, const char *number);

/* Adds `words` behind "% ", a comment of one line. */
void latex_add_comment(struct text *latex, const char *words);

#endif
