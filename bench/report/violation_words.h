/* Figures in what is said of violated expectations. */
#ifndef BENCH_REPORT_VIOLATION_WORDS_H
#define BENCH_REPORT_VIOLATION_WORDS_H

#include "support/statistics.h"
#include "support/text.h"

/* Adds an estimate as tables show it, with its unit ("ratio": in per cent): "118.2 [117.3, 118.6]
 * ms"; in more digits where it would else look like `other`, which it is held against (of 1 where
 * it is a ratio; NaN: nothing). "none" if there is none. */
void violation_words_add(struct text *text, const struct estimate *estimate, const char *unit,
                         double other);

#endif
