/* Rows of the ledger as people name them. */
#ifndef BENCH_SHOW_ROW_WORDS_H
#define BENCH_SHOW_ROW_WORDS_H

#include "support/text.h"

/* Adds "RADIUS header" of radius_header. */
void row_words_add(struct text *words, const char *row);

#endif
