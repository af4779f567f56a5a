/* Two shares, and the difference between them with its interval of 95 %: by Newcombe's score
 * methods, which hold where shares are near 0 or 1 and samples are small, as those of Student and
 * Wald do not. R. G. Newcombe, Statistics in Medicine 17 (1998): pairs p. 2635 (method 10), two
 * samples p. 873 (method 10). */
#ifndef BENCH_SUPPORT_SHARES_H
#define BENCH_SUPPORT_SHARES_H

#include "statistics.h"

/* Pairs of two that each succeed or fail. */
struct shares_pairs {
  size_t both, only_own, only_base, neither;
};

/* share(own) - share(base) */
struct estimate shares_difference(struct shares_pairs pairs);

struct shares_sample {
  size_t successes, count;
};

/* The same of two samples that are independent of each other. */
struct estimate shares_difference_apart(struct shares_sample own, struct shares_sample base);

#endif
