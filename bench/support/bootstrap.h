/* Intervals of 95 % by resampling, the same whenever they are asked of the same samples. */
#ifndef BENCH_SUPPORT_BOOTSTRAP_H
#define BENCH_SUPPORT_BOOTSTRAP_H

#include "statistics.h"

/* Of the mean of values none of which is negative, studentized: the mean's distance to that of a
 * resample in standard errors, where Student's has t. `error` is the mean's standard error. False
 * where half of the resamples or more have none. */
bool bootstrap_mean(const double *value, size_t count, double mean, double error, double *low,
                    double *high);

/* Of own - base or own / base of two quantiles of sorted samples, by percentiles. NaN where too few
 * resamples have one. */
void bootstrap_quantiles(const struct statistics_sample *own, const struct statistics_sample *base,
                         double p, bool ratio, double *low, double *high);

#endif
