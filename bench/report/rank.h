/* Which place a cell has among others: 1 is the least. */
#ifndef BENCH_REPORT_RANK_H
#define BENCH_REPORT_RANK_H

#include "store/dataset.h"

/* The place of `cell` by a measure among those of `cells` that differ from it in the column `among`
 * only. From `low` to `high` are the places that the intervals of 95 % leave open; equal figures
 * share the first place of theirs. NaN: the cell has no such figure. */
struct estimate rank_estimate(const struct dataset *dataset, const size_t *cells, size_t count,
                              size_t cell, const struct measure *measure, const char *among);

#endif
