/* Claims against the cells that there will be. */
#ifndef BENCH_SCENARIO_CHECK_CLAIM_H
#define BENCH_SCENARIO_CHECK_CLAIM_H

#include "check_cells.h"

/* Complains of each value in brackets that no cell has, and then returns false. */
bool check_claim_values(const struct check *check,
                        const struct presentation_expectation *expectation);

/* Complains of a claim without a combination, or with one in which a measure has no cell. Its
 * values are those of cells. */
void check_claim_cells(const struct check *check,
                       const struct presentation_expectation *expectation);

#endif
