/* What a scenario claims of cells beside each other. */
#ifndef BENCH_REPORT_CLAIM_CHECK_H
#define BENCH_REPORT_CLAIM_CHECK_H

#include "store/dataset.h"

/* Holds a claim against each combination of its free columns, as expectation_check does: tells of
 * each that violates it, with both sides and their intervals, and returns how many do. Combinations
 * with a cell that has no runs are left out; without a combination the claim itself is violated. */
size_t claim_check(const struct dataset *dataset,
                   const struct presentation_expectation *expectation, struct text *shown);

#endif
