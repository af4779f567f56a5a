/* Words for people, broken into lines. */
#ifndef BENCH_COMMAND_PARAGRAPH_H
#define BENCH_COMMAND_PARAGRAPH_H

#include "support/text.h"

/* Adds words in lines of at most 100 columns, behind `columns` spaces; the first line has got them.
 * Newlines in `words` stay. */
void paragraph_add(struct text *text, const char *words, size_t columns);

/* Adds a row of a list: `left` behind two spaces, and from `columns` on the words; on the next line
 * if it is that long. */
void paragraph_row_add(struct text *text, const char *left, const char *words, size_t columns);

#endif
