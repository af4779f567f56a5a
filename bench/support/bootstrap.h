/* Intervals of 95 % by resampling, the same whenever they are asked of the same samples. */
#ifndef BENCH_SUPPORT_BOOTSTRAP_H
#define BENCH_SUPPORT_BOOTSTRAP_H

#include "statistics.h"

/* Of the mean `of_all`, bias-corrected and accelerated (BCa; Efron 1987), the acceleration being a
 * sixth of the skewness over the root of the count. Its ends are among the values. */
void bootstrap_mean(const double *value, size_t count, double of_all, double acceleration,
                    double *low, double *high);

/* Of own - base or own / base of two quantiles of sorted samples, by percentiles. NaN where too few
 * resamples have one. */
void bootstrap_quantiles(const struct statistics_sample *own, const struct statistics_sample *base,
                         double p, bool ratio, double *low, double *high);

#endif
