/* Tests, by the distributions of GSL. */
#include "significance.h"
#include "memory.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

static double two_sided_t(double t, double freedom) {
  return isfinite(freedom) && !isnan(t) ? 2 * gsl_cdf_tdist_Q(fabs(t), freedom) : NAN;
}

double significance_sign(size_t above, size_t below, size_t same) {
  const size_t count = above + below + same, less = above < below ? above : below;
  if (count == 0)
    return NAN;
  return fmin(1, 2 * gsl_cdf_binomial_P((unsigned)(less + same), 0.5, (unsigned)count));
}

double significance_shares(size_t only_own, size_t only_base) {
  return only_own + only_base == 0 ? 1 : significance_sign(only_own, only_base, 0);
}

double significance_mean(const double *difference, size_t count) {
  if (count < 2)
    return NAN;
  const double mean = gsl_stats_mean(difference, 1, count);
  const double error = gsl_stats_sd_m(difference, 1, count, mean) / sqrt((double)count);
  if (!isfinite(error))
    return NAN;
  if (error > 1e-12 * fabs(mean))
    return two_sided_t(mean / error, (double)count - 1);
  return fabs(mean) > 0 ? significance_sign(count, 0, 0) : 1;
}

double significance_means_apart(struct statistics_sample own, struct statistics_sample base) {
  if (own.count < 2 || base.count < 2)
    return NAN;
  const double a = gsl_stats_variance(own.value, 1, own.count) / (double)own.count;
  const double b = gsl_stats_variance(base.value, 1, base.count) / (double)base.count;
  const double difference =
      gsl_stats_mean(own.value, 1, own.count) - gsl_stats_mean(base.value, 1, base.count);
  if (!(a + b > 0))
    return NAN;
  const double freedom =
      (a + b) * (a + b) / (a * a / ((double)own.count - 1) + b * b / ((double)base.count - 1));
  return two_sided_t(difference / sqrt(a + b), freedom);
}

/* The tables that are no more probable than the one that is there. */
double significance_shares_apart(size_t own, size_t own_count, size_t base, size_t base_count) {
  if (own_count == 0 || base_count == 0)
    return NAN;
  const unsigned successes = (unsigned)(own + base), most = (unsigned)own_count;
  const unsigned all = (unsigned)(own_count + base_count);
  const double there = gsl_ran_hypergeometric_pdf((unsigned)own, successes, all - successes, most);
  double sum = 0;
  for (unsigned i = 0; i <= most && i <= successes; i++) {
    const double one = gsl_ran_hypergeometric_pdf(i, successes, all - successes, most);
    sum += one <= there * (1 + 1e-7) ? one : 0;
  }
  return fmin(sum, 1);
}

static int by_size(const void *a, const void *b) {
  const double x = **(const double *const *)a, y = **(const double *const *)b;
  return (x > y) - (x < y);
}

void significance_holm(double *p, size_t count) {
  double **order = memory_get(count, sizeof(double *));
  size_t tests = 0;
  for (size_t i = 0; i < count; i++)
    if (!isnan(p[i]))
      order[tests++] = &p[i];
  qsort(order, tests, sizeof *order, by_size);
  double most = 0;
  for (size_t i = 0; i < tests; i++) {
    most = fmax(most, fmin(1, *order[i] * (double)(tests - i)));
    *order[i] = most;
  }
  free(order);
}
