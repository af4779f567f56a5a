/* What a program costs: run it, and measure. Whatever cannot be done ends the process with a word.
 */
#ifndef BENCH_SPEED_COST_H
#define BENCH_SPEED_COST_H

#include <stdbool.h>

enum { EXIT_USAGE = 2 };

/* Of a program and all its children, or of one run of it. */
struct cost {
  double cpu_ms; /* user and system */
  double wall_ms;
  double faults;       /* pages that were made or copied */
  double instructions; /* in user space; NaN: not known here */
};

_Noreturn void cost_fail(const char *what);

/* How instructions are counted: by the processor; if that cannot be, and `with_valgrind`, by
 * valgrind, which takes some fifty times as long (in runs of their own: times stay what they are);
 * or not at all. Returns which, in words. */
const char *cost_count_instructions(bool with_valgrind);

/* The whole of it, the least of several times: what other programs took away is in the others. `in`
 * (NULL: ours) and `out` are files. Where valgrind counts, it does so in the function `within` only
 * (NULL: everywhere): a process that is forked has all that its parent has counted. */
struct cost cost_of(const char *const argv[], const char *in, const char *out, const char *within);

/* The same, once, whatever its exit status; for what takes long. */
struct cost cost_once(const char *const argv[], const char *in, const char *out);

/* Of one of `runs` runs that are in `many` and not in `few`. */
struct cost cost_each(struct cost many, struct cost few, int runs);

/* The mean of two. */
struct cost cost_mean(struct cost a, struct cost b);

#endif
