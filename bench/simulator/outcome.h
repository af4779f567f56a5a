/* How runs end, as the simulator says it. */
#ifndef BENCH_SIMULATOR_OUTCOME_H
#define BENCH_SIMULATOR_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

/* True for outcomes that are measurements: established, failed, timeout. */
bool outcome_measures(const char *outcome);

/* False for outcomes that say nothing of what was run, and are left out as if the run were missing:
 * hung, of a run that the host's clock ended. One that crashed counts as failed. */
bool outcome_counts(const char *outcome);

/* The outcomes that may be others when run once more; NULL behind the last. */
const char *outcome_again(size_t index);

#endif
