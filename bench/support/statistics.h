/* Statistics of a sample, each with its interval of 95 %. A value may be infinite (a run that
 * failed); none may be NaN. */
#ifndef BENCH_SUPPORT_STATISTICS_H
#define BENCH_SUPPORT_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

/* How an interval was made, or why there is none. */
enum estimate_interval {
  INTERVAL_NONE,      /* none is known for such a figure */
  INTERVAL_FEW,       /* the sample is too small */
  INTERVAL_EQUAL,     /* all values are equal; low and high are that value, or NaN of few */
  INTERVAL_STUDENT,   /* of a mean */
  INTERVAL_BOOTSTRAP, /* of what is too skewed for Student's, and of medians that are not paired */
  INTERVAL_ORDER,     /* of a quantile: order statistics */
  INTERVAL_WILSON,    /* of a share */
  INTERVAL_FIELLER,   /* of a ratio of means */
  INTERVAL_WELCH,     /* of a difference of means that are not paired */
  INTERVAL_NEWCOMBE,  /* of a difference of shares (shares.h) */
  INTERVAL_KINDS,
};

/* "student"; "too few" and "equal" of what has none, "" of INTERVAL_NONE. */
const char *statistics_interval_word(enum estimate_interval interval);

struct estimate {
  double value; /* NaN if there is none */
  double low;   /* NaN if the sample is too small to have an interval */
  double high;
  size_t count; /* of the sample; the smaller one of two */
  enum estimate_interval interval;
};

/* Sorts ascending. */
void statistics_sort(double *value, size_t count);

/* Quantile `p` of a sorted sample (interpolated as R's type 7). The interval is between two order
 * statistics, by the binomial distribution, at most 2.5 % on either side: the median needs 6
 * values, p95 needs 72 (whose ends may be infinite). */
struct estimate statistics_quantile(const double *sorted, size_t count, double p);

/* The same without an interval. */
double statistics_quantile_value(const double *sorted, size_t count, double p);

/* Mean of a finite sample; interval by Student's t, from 2 values on. That of values none of which
 * is negative does not reach below 0: from 20 of them on, where they are too skewed for Student's
 * (n less than 25 times the square of the skewness, Cochran's rule) or its end is below 0, it is
 * the BCa bootstrap's (2000 resamples, the same for the same sample); of fewer, Student's
 * is cut.
 */
struct estimate statistics_mean(const double *value, size_t count);

/* The same of what may be negative, as differences: always Student's. */
struct estimate statistics_mean_signed(const double *value, size_t count);

/* mean(own) / mean(base) of pairs; Fieller's interval, from 2 pairs on. None if the mean of `base`
 * is not told apart from 0. That of values none of which is negative is cut at 0. */
struct estimate statistics_ratio_of_means(const double *own, const double *base, size_t count);

/* The same of two samples that are independent of each other: difference of means by Welch, ratio
 * of means by Fieller, and difference or ratio of quantiles by the percentile bootstrap (1000
 * resamples of each; what is infinite in both says nothing). Samples for a quantile are sorted. */
struct statistics_sample {
  const double *value;
  size_t count;
};
struct estimate statistics_difference_apart(struct statistics_sample own,
                                            struct statistics_sample base);
struct estimate statistics_ratio_apart(struct statistics_sample own, struct statistics_sample base);
struct estimate statistics_quantiles_apart(struct statistics_sample own,
                                           struct statistics_sample base, double p, bool ratio);

/* `successes` of `count`; Wilson's score interval. */
struct estimate statistics_ratio(size_t successes, size_t count);

#endif
