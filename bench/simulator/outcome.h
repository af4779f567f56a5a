/* How runs end, as the simulator says it. */
#ifndef BENCH_SIMULATOR_OUTCOME_H
#define BENCH_SIMULATOR_OUTCOME_H

#include <stdbool.h>

/* True for outcomes that are measurements: established, failed, timeout. */
bool outcome_measures(const char *outcome);

#endif
