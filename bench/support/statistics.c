/* Quantiles, means and ratios with their intervals. */
#include "statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static const double TAIL = 0.025;

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void statistics_sort(double *value, size_t count) {
  qsort(value, count, sizeof *value, ascending);
}

static double interpolated(const double *sorted, size_t count, double p) {
  double place = (double)(count - 1) * p;
  size_t below = (size_t)floor(place + 1e-12);
  double part = place - (double)below;
  if (part < 1e-9 || below + 1 >= count || isinf(sorted[below]))
    return sorted[below];
  if (isinf(sorted[below + 1]))
    return sorted[below + 1];
  return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

/* Of n values, B ~ Bin(n, p) lie below the quantile. The i-th (from 1) is a lower end if
 * P(B < i) <= 2.5 %, an upper end if P(B >= i) <= 2.5 %. */
static void order_interval(const double *sorted, unsigned count, double p,
                           struct estimate *estimate) {
  unsigned low = 0, high = count + 1;
  while (low < count && gsl_cdf_binomial_P(low, p, count) <= TAIL)
    low++;
  while (high > 1 && gsl_cdf_binomial_Q(high - 2, p, count) <= TAIL)
    high--;
  if (low < 1 || high > count)
    return;
  estimate->low = sorted[low - 1];
  estimate->high = sorted[high - 1];
}

struct estimate statistics_quantile(const double *sorted, size_t count, double p) {
  struct estimate estimate = {NAN, NAN, NAN, count};
  if (count == 0)
    return estimate;
  estimate.value = interpolated(sorted, count, p);
  order_interval(sorted, (unsigned)count, p, &estimate);
  return estimate;
}

struct estimate statistics_mean(const double *value, size_t count) {
  struct estimate estimate = {NAN, NAN, NAN, count};
  double sum = 0, squares = 0, n = (double)count;
  if (count == 0)
    return estimate;
  for (size_t i = 0; i < count; i++)
    sum += value[i];
  estimate.value = sum / n;
  if (count < 2)
    return estimate;
  for (size_t i = 0; i < count; i++)
    squares += (value[i] - estimate.value) * (value[i] - estimate.value);
  double half = gsl_cdf_tdist_Pinv(1 - TAIL, n - 1) * sqrt(squares / (n - 1) / n);
  estimate.low = estimate.value - half;
  estimate.high = estimate.value + half;
  return estimate;
}

/* The ratios r for which mean(own - r base) is no further from 0 than t of its standard errors: a
 * quadratic in r, a r^2 - 2 b r + c <= 0. */
struct estimate statistics_ratio_of_means(const double *own, const double *base, size_t count) {
  struct estimate estimate = {NAN, NAN, NAN, count};
  double n = (double)count, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
  for (size_t i = 0; i < count; i++) {
    x += base[i] / n;
    y += own[i] / n;
  }
  if (count == 0 || !(fabs(x) > 0))
    return estimate;
  estimate.value = y / x;
  if (count < 2)
    return estimate;
  for (size_t i = 0; i < count; i++) {
    xx += (base[i] - x) * (base[i] - x);
    xy += (base[i] - x) * (own[i] - y);
    yy += (own[i] - y) * (own[i] - y);
  }
  double t = gsl_cdf_tdist_Pinv(1 - TAIL, n - 1), scale = t * t / (n * (n - 1));
  double a = x * x - scale * xx, b = x * y - scale * xy, c = y * y - scale * yy;
  if (!(a > 0))
    return estimate;
  double inside = b * b - a * c; /* which rounding alone makes differ from 0 in equal pairs */
  double root = inside > 1e-13 * b * b ? sqrt(inside) : 0;
  estimate.low = root > 0 ? (b - root) / a : estimate.value;
  estimate.high = root > 0 ? (b + root) / a : estimate.value;
  return estimate;
}

struct estimate statistics_ratio(size_t successes, size_t count) {
  struct estimate estimate = {NAN, NAN, NAN, count};
  if (count == 0)
    return estimate;
  double n = (double)count, ratio = (double)successes / n;
  double z = gsl_cdf_ugaussian_Pinv(1 - TAIL), z2 = z * z;
  double centre = (ratio + z2 / (2 * n)) / (1 + z2 / n);
  double half = z / (1 + z2 / n) * sqrt(ratio * (1 - ratio) / n + z2 / (4 * n * n));
  estimate.value = ratio;
  estimate.low = successes == 0 ? 0 : centre - half;
  estimate.high = successes == count ? 1 : centre + half;
  return estimate;
}
