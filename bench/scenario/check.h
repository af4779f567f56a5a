/* Whether a scenario's cells have what its tables, figures, comparisons and expectations ask for,
 * as far as that is known before anything is run. */
#ifndef BENCH_SCENARIO_CHECK_H
#define BENCH_SCENARIO_CHECK_H

#include "scenario.h"

/* Complains of all that a report would fail on, or would draw empty or wrong, and warns of what is
 * of no use. Of a scenario that has_runs; what was complained about is passed over. */
void scenario_check(struct scenario *scenario, const struct schema *schema,
                    struct complaints *complaints);

#endif
