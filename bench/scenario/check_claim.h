/* Claims against the cells that there will be. */
#ifndef BENCH_SCENARIO_CHECK_CLAIM_H
#define BENCH_SCENARIO_CHECK_CLAIM_H

#include "check_cells.h"

/* Complains of each value in brackets that no cell has, and then returns false. */
bool check_claim_values(const struct check *check,
                        const struct presentation_expectation *expectation);

/* Warns that a number at `node` is above any share, as `metric` is. */
void check_warn_share(const struct check *check, const struct presentation_expectation *expectation,
                      const yaml_node_t *node, const char *metric);

/* Warns of shares that are set beside a number above 1. */
void check_claim_shares(const struct check *check,
                        const struct presentation_expectation *expectation);

/* Complains of a claim without a combination, or with one in which a measure has no cell. Its
 * values are those of cells. */
void check_claim_cells(const struct check *check,
                       const struct presentation_expectation *expectation);

#endif
