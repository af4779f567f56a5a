/* What a scenario expects of its cells. */
#ifndef BENCH_REPORT_EXPECTATION_H
#define BENCH_REPORT_EXPECTATION_H

#include "store/dataset.h"

/* Holds one expectation against all of its cells, and tells of each that violates it, with its
 * figure and interval. Cells without runs, and computed ones without the measure, are left out;
 * with a baseline those that are the baseline, too. Returns how many violate it: one that has no
 * cell is violated itself, for it would hold whatever happens. */
size_t expectation_check(const struct dataset *dataset,
                         const struct presentation_expectation *expectation, struct text *shown);

#endif
