/* Statistics of a sample, each with its interval of 95 %. A value may be infinite (a run that
 * failed); none may be NaN. */
#ifndef BENCH_SUPPORT_STATISTICS_H
#define BENCH_SUPPORT_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

struct estimate {
  double value; /* NaN if there is none */
  double low;   /* NaN if the sample is too small to have an interval */
  double high;
  size_t count; /* of the sample */
};

/* Sorts ascending. */
void statistics_sort(double *value, size_t count);

/* Quantile `p` of a sorted sample (interpolated as R's type 7). The interval is between two order
 * statistics, by the binomial distribution, at most 2.5 % on either side: the median needs 6
 * values, p95 needs 72 (whose ends may be infinite). */
struct estimate statistics_quantile(const double *sorted, size_t count, double p);

/* Mean of a finite sample; interval by Student's t, from 2 values on. */
struct estimate statistics_mean(const double *value, size_t count);

/* mean(own) / mean(base) of pairs; Fieller's interval, from 2 pairs on. None if the mean of `base`
 * is not told apart from 0. */
struct estimate statistics_ratio_of_means(const double *own, const double *base, size_t count);

/* `successes` of `count`; Wilson's score interval. */
struct estimate statistics_ratio(size_t successes, size_t count);

#endif
