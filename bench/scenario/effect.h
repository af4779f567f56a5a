/* What a plan gives for nothing: keys without effect on runs, and cells that the simulator refuses.
 */
#ifndef BENCH_SCENARIO_EFFECT_H
#define BENCH_SCENARIO_EFFECT_H

#include "plan.h"

/* Adds a line for each key of a resolved plan that has no effect in some cells, though these differ
 * in it or are there for it:
 *
 *   warning: scenarios/x.yaml:12: aaa_delay_ms has no effect in 4 of 8 cells: it needs aaa: radius
 *
 * Of a swept key these are the cells that are the same runs as others with another value of it; or
 * all cells of the plan. Of a key that a case sets likewise, or all cells of the case. Of a fixed
 * key only all cells of the plan. Then a line for each reason for which the simulator refuses
 * cells, with their number. */
void effect_warn(const struct plan *plan, struct scenario *scenario, const struct schema *schema,
                 struct text *warnings);

#endif
