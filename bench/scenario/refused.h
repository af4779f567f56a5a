/* Runs that the simulator does not accept. */
#ifndef BENCH_SCENARIO_REFUSED_H
#define BENCH_SCENARIO_REFUSED_H

#include "plan.h"

/* Complains of what the simulator has refused (plan_resolve): of each reason once, where the
 * scenario gives the value, if it is of a key. */
void refused_complain(const struct plan *plan, struct scenario *scenario,
                      struct complaints *complaints);

#endif
