/* Figures and their differences for machines. */
#ifndef BENCH_COMPARE_FIGURES_JSON_H
#define BENCH_COMPARE_FIGURES_JSON_H

#include "bounds.h"
#include "spec_keys.h"

/* Sets in an object:
 *   cells        [{cell: its name, columns: {column: value}, runs_a, runs_b, partners: runs of
 *                equal seed, apart: whether it is compared as two samples}], of those that one side
 *                alone has, too (runs_a or runs_b is 0)
 *   figures      [{cell, measure, unit, a: value, b: value, difference: value, relative: value,
 *                paired, pairs, correlation, width, effect: {kind, value}, p, holm, verdict}], in
 *                the order in which people read them; a value is {value, low, high, count,
 *                interval}; shares are from 0 to 1; figures.h says what all these are. null is
 *                what there is not, "inf" and "-inf" what is infinite
 *   summary      {figures, intervals, miss: intervals without 0, miss_by_chance: how many would,
 *                stand: how many differ by Holm's adjustment, verdicts: {verdict: figures}}
 *   spec_keys    {filled_a, filled_b: {key: default}, left_out_a, left_out_b: [key]}: keys of specs
 *                that one side alone has; absent where cells of a plan are compared
 *   bounds       [{bound, passed: [index in figures], unknown: how many figures do not tell}] */
void figures_json_set(json_t *object, const struct figures *figures, const struct bounds *bounds,
                      const struct spec_keys *keys);

#endif
