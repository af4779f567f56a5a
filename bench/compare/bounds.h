/* What must not have changed by more: --fail-if 'time_ms > +5%'. */
#ifndef BENCH_COMPARE_BOUNDS_H
#define BENCH_COMPARE_BOUNDS_H

#include "figures.h"
#include "support/options.h"

/* MEASURE OP [+-]NUMBER[%]: the change from A to B, in per cent of A, or else in the measure's unit
 * (a share from 0 to 1). OP is <, <=, > or >=. */
struct bound {
  const char *words; /* as it was given */
  size_t measure;    /* its place in the measures */
  size_t relation;
  double number; /* 0.05 of 5% */
  bool relative;
};

/* Zero-initialised there is none. */
struct bounds {
  struct bound *item;
  size_t count;
};

/* Reads one, and adds its measure. -1 with an error that shows the place. */
int bounds_add(struct bounds *bounds, const char *words, struct measures *measures,
               const struct measures_known *known, struct text *error);
void bounds_deinit(struct bounds *bounds);

enum bound_state {
  BOUND_KEPT,
  BOUND_PASSED,
  BOUND_UNKNOWN, /* there are too few runs, or one side has no such figure */
};

/* A change passes a bound if its estimate does, and the interval of the difference does not have 0
 * in it: what is not shown to be a change is none. (Where no change passes as well, as
 * `time_ms > -10%` asks for B to be faster, the estimate alone decides.) From 0 to anything else is
 * an infinite change in per cent. */
enum bound_state bound_judge(const struct bound *bound, const struct figure *figure);

/* Adds a line for each figure that passes a bound, one for each bound that no figure could be held
 * against, and one for the cells that one side alone has. True if there is any: then compare
 * fails. Of a bound that nothing passes it adds what was held against it. */
bool bounds_fail(const struct bounds *bounds, const struct figures *figures, struct text *words);

#endif
