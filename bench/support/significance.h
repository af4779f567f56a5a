/* How probable a difference at least as large is where there is none: values p of two-sided tests.
 * NaN where a sample is too small to have one. */
#ifndef BENCH_SUPPORT_SIGNIFICANCE_H
#define BENCH_SUPPORT_SIGNIFICANCE_H

#include "statistics.h"

/* Student's t over the differences of pairs, which are finite; where all are the same, and not 0,
 * the sign test. */
double significance_mean(const double *difference, size_t count);

/* Welch's t over two samples; NaN where neither varies. */
double significance_means_apart(struct statistics_sample own, struct statistics_sample base);

/* The sign test over differences of pairs, of which `same` are 0. These count against a difference,
 * as in the interval of a median by order statistics (statistics_quantile). */
double significance_sign(size_t above, size_t below, size_t same);

/* McNemar's exact test: of pairs of two that each succeed or fail, those in which one alone does.
 */
double significance_shares(size_t only_own, size_t only_base);

/* Fisher's exact test over two samples. */
double significance_shares_apart(size_t own, size_t own_count, size_t base, size_t base_count);

/* Adjusts the values p of `count` tests for their number, by Holm's method (S. Holm, Scandinavian
 * Journal of Statistics 6 (1979) p. 65): the chance of one or more false differences among those
 * that are then below 5 % is below 5 %. NaN stay, and do not count. */
void significance_holm(double *p, size_t count);

#endif
