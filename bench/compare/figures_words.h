/* Figures and their differences for people. */
#ifndef BENCH_COMPARE_FIGURES_WORDS_H
#define BENCH_COMPARE_FIGURES_WORDS_H

#include "figures.h"

/* Adds which cells and runs have a partner, then tables: what is larger or smaller in B, by the
 * size of the effect, and, where they are few or `all` are wanted, all others; what the cells in
 * them are; what is to be known of their columns, and what chance would do; and, as the last line,
 * how many differ. */
void figures_add(const struct figures *figures, bool all, struct text *text);

/* Adds one in a sentence: "cell 3 (hops=3): mean time_ms from 812.3 to 871, by +58.7 [50.1, 67.2],
 * +7.22 %". */
void figures_add_sentence(const struct figures *figures, const struct figure *figure,
                          struct text *text);

#endif
