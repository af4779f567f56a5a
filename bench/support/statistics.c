/* Quantiles, means and ratios with their intervals. */
#include "statistics.h"
#include "bootstrap.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

enum { BOOTSTRAP_COUNT_MIN = 20 };

static const double TAIL = 0.025;

const char *statistics_interval_word(enum estimate_interval interval) {
  static const char *const WORDS[INTERVAL_KINDS] = {
      [INTERVAL_NONE] = "",
      [INTERVAL_FEW] = "too few",
      [INTERVAL_EQUAL] = "equal",
      [INTERVAL_STUDENT] = "student",
      [INTERVAL_BOOTSTRAP] = "bootstrap",
      [INTERVAL_ORDER] = "order",
      [INTERVAL_WILSON] = "wilson",
      [INTERVAL_FIELLER] = "fieller",
      [INTERVAL_WELCH] = "welch",
      [INTERVAL_NEWCOMBE] = "newcombe",
  };
  return WORDS[interval];
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void statistics_sort(double *value, size_t count) {
  qsort(value, count, sizeof *value, ascending);
}

double statistics_quantile_value(const double *sorted, size_t count, double p) {
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
  estimate->interval = INTERVAL_ORDER;
}

/* Marks a sorted sample of more than one value that are all the same. */
static bool is_equal(const double *sorted, size_t count) {
  return count > 1 && !(sorted[count - 1] > sorted[0]);
}

struct estimate statistics_quantile(const double *sorted, size_t count, double p) {
  struct estimate estimate = {NAN, NAN, NAN, count, INTERVAL_NONE};
  if (count == 0)
    return estimate;
  estimate.value = statistics_quantile_value(sorted, count, p);
  estimate.interval = INTERVAL_FEW;
  order_interval(sorted, (unsigned)count, p, &estimate);
  if (is_equal(sorted, count))
    estimate.interval = INTERVAL_EQUAL;
  return estimate;
}

/* Of a sample. */
struct moments {
  double n, mean, square, cube, least; /* sums of squares and cubes of the distances to the mean */
};

static struct moments moments_of(const double *value, size_t count) {
  struct moments moments = {(double)count, 0, 0, 0, INFINITY};
  for (size_t i = 0; i < count; i++) {
    moments.mean += value[i] / moments.n;
    moments.least = fmin(moments.least, value[i]);
  }
  for (size_t i = 0; i < count; i++) {
    const double distance = value[i] - moments.mean;
    moments.square += distance * distance;
    moments.cube += distance * distance * distance;
  }
  return moments;
}

/* Of the mean. */
static double variance_of(const struct moments *moments) {
  return moments->square / (moments->n - 1) / moments->n;
}

/* NaN where sums overflowed: GSL ends the program at a freedom that is no number. */
static double t_of(double freedom) {
  return isfinite(freedom) ? gsl_cdf_tdist_Pinv(1 - TAIL, freedom) : NAN;
}

static bool is_too_skewed(const struct moments *moments) {
  const double skewness = sqrt(moments->n) * moments->cube / pow(moments->square, 1.5);
  return moments->n < 25 * skewness * skewness;
}

/* Of what cannot be below 0. */
static void keep_positive(const double *value, size_t count, const struct moments *moments,
                          struct estimate *estimate) {
  if (count >= BOOTSTRAP_COUNT_MIN && (estimate->low < 0 || is_too_skewed(moments))) {
    bootstrap_mean(value, count, estimate->value, moments->cube / (6 * pow(moments->square, 1.5)),
                   &estimate->low, &estimate->high);
    estimate->interval = INTERVAL_BOOTSTRAP;
  } else {
    estimate->low = fmax(estimate->low, 0);
  }
}

struct estimate statistics_mean_signed(const double *value, size_t count) {
  struct estimate estimate = {NAN, NAN, NAN, count, INTERVAL_NONE};
  double sum = 0;
  if (count == 0)
    return estimate;
  for (size_t i = 0; i < count; i++)
    sum += value[i];
  estimate.value = sum / (double)count;
  estimate.interval = INTERVAL_FEW;
  if (count < 2)
    return estimate;
  const struct moments moments = moments_of(value, count);
  const double half = t_of(moments.n - 1) * sqrt(variance_of(&moments));
  estimate.low = estimate.value - half;
  estimate.high = estimate.value + half;
  estimate.interval = half > 1e-12 * fabs(estimate.value) ? INTERVAL_STUDENT : INTERVAL_EQUAL;
  return estimate;
}

struct estimate statistics_mean(const double *value, size_t count) {
  struct estimate estimate = statistics_mean_signed(value, count);
  if (estimate.interval != INTERVAL_STUDENT)
    return estimate;
  const struct moments moments = moments_of(value, count);
  if (moments.least >= 0)
    keep_positive(value, count, &moments, &estimate);
  return estimate;
}

/* The ratios r between the roots of a r^2 - 2 b r + c; `positive`: none is below 0. */
static void fieller(double a, double b, double c, bool positive, struct estimate *estimate) {
  if (!(a > 0)) {
    estimate->interval = INTERVAL_NONE;
    return;
  }
  const double inside = b * b - a * c; /* which rounding alone makes differ from 0 in equal pairs */
  const double root = inside > 1e-13 * b * b ? sqrt(inside) : 0;
  estimate->low = root > 0 ? (b - root) / a : estimate->value;
  estimate->high = root > 0 ? (b + root) / a : estimate->value;
  if (positive)
    estimate->low = fmax(estimate->low, 0);
  estimate->interval = root > 0 ? INTERVAL_FIELLER : INTERVAL_EQUAL;
}

/* The ratios r for which mean(own - r base) is no further from 0 than t of its standard errors: a
 * quadratic in r, a r^2 - 2 b r + c <= 0. */
struct estimate statistics_ratio_of_means(const double *own, const double *base, size_t count) {
  struct estimate estimate = {NAN, NAN, NAN, count, INTERVAL_NONE};
  double n = (double)count, x = 0, y = 0, xx = 0, xy = 0, yy = 0, least = 0;
  for (size_t i = 0; i < count; i++) {
    x += base[i] / n;
    y += own[i] / n;
    least = fmin(least, fmin(base[i], own[i]));
  }
  if (count == 0 || !(fabs(x) > 0))
    return estimate;
  estimate.value = y / x;
  estimate.interval = INTERVAL_FEW;
  if (count < 2)
    return estimate;
  for (size_t i = 0; i < count; i++) {
    xx += (base[i] - x) * (base[i] - x);
    xy += (base[i] - x) * (own[i] - y);
    yy += (own[i] - y) * (own[i] - y);
  }
  const double t = t_of(n - 1), scale = t * t / (n * (n - 1));
  fieller(x * x - scale * xx, x * y - scale * xy, y * y - scale * yy, least >= 0, &estimate);
  return estimate;
}

/* Freedom by Welch and Satterthwaite, of what has the variance a + b. */
static double welch_freedom(const struct moments *own, double a, const struct moments *base,
                            double b) {
  return (a + b) * (a + b) / (a * a / (own->n - 1) + b * b / (base->n - 1));
}

static size_t smaller_of(struct statistics_sample own, struct statistics_sample base) {
  return own.count < base.count ? own.count : base.count;
}

/* Two samples whose means are compared. */
struct means_apart {
  struct moments own, base;
  double own_variance, base_variance; /* of the means */
};

/* False where there are too few values for an interval, or none. */
static bool compare_means(struct means_apart *means, struct statistics_sample own,
                          struct statistics_sample base) {
  *means = (struct means_apart){.own = moments_of(own.value, own.count),
                                .base = moments_of(base.value, base.count)};
  if (smaller_of(own, base) < 2)
    return false;
  means->own_variance = variance_of(&means->own);
  means->base_variance = variance_of(&means->base);
  return true;
}

struct estimate statistics_difference_apart(struct statistics_sample own,
                                            struct statistics_sample base) {
  struct estimate estimate = {NAN, NAN, NAN, smaller_of(own, base), INTERVAL_NONE};
  struct means_apart means;
  const bool enough = compare_means(&means, own, base);
  if (estimate.count == 0)
    return estimate;
  estimate.value = means.own.mean - means.base.mean;
  estimate.interval = INTERVAL_FEW;
  if (!enough)
    return estimate;
  const double a = means.own_variance, b = means.base_variance;
  const double half =
      a + b > 0 ? t_of(welch_freedom(&means.own, a, &means.base, b)) * sqrt(a + b) : 0;
  estimate.low = estimate.value - half;
  estimate.high = estimate.value + half;
  estimate.interval = half > 0 ? INTERVAL_WELCH : INTERVAL_EQUAL;
  return estimate;
}

struct estimate statistics_ratio_apart(struct statistics_sample own,
                                       struct statistics_sample base) {
  struct estimate estimate = {NAN, NAN, NAN, smaller_of(own, base), INTERVAL_NONE};
  struct means_apart means;
  const bool enough = compare_means(&means, own, base);
  const double x = means.base.mean, y = means.own.mean;
  if (estimate.count == 0 || !(fabs(x) > 0))
    return estimate;
  estimate.value = y / x;
  estimate.interval = INTERVAL_FEW;
  if (!enough)
    return estimate;
  const double a = means.own_variance, b = means.base_variance, r = estimate.value;
  const double t = a + b > 0 ? t_of(welch_freedom(&means.own, a, &means.base, r * r * b)) : 0;
  fieller(x * x - t * t * b, x * y, y * y - t * t * a, fmin(means.own.least, means.base.least) >= 0,
          &estimate);
  return estimate;
}

struct estimate statistics_quantiles_apart(struct statistics_sample own,
                                           struct statistics_sample base, double p, bool ratio) {
  const struct estimate mine = statistics_quantile(own.value, own.count, p),
                        theirs = statistics_quantile(base.value, base.count, p);
  struct estimate estimate = {NAN, NAN, NAN, smaller_of(own, base), INTERVAL_NONE};
  if (ratio && !(fabs(theirs.value) > 0))
    return estimate;
  estimate.value = ratio ? mine.value / theirs.value : mine.value - theirs.value;
  if (isnan(estimate.value))
    return estimate;
  estimate.interval = INTERVAL_FEW;
  if (isnan(mine.low) || isnan(theirs.low))
    return estimate;
  estimate.interval = INTERVAL_BOOTSTRAP;
  if (is_equal(own.value, own.count) && is_equal(base.value, base.count))
    estimate.interval = INTERVAL_EQUAL;
  bootstrap_quantiles(&own, &base, p, ratio, &estimate.low, &estimate.high);
  return estimate;
}

struct estimate statistics_ratio(size_t successes, size_t count) {
  struct estimate estimate = {NAN, NAN, NAN, count, INTERVAL_NONE};
  if (count == 0)
    return estimate;
  double n = (double)count, ratio = (double)successes / n;
  double z = gsl_cdf_ugaussian_Pinv(1 - TAIL), z2 = z * z;
  double centre = (ratio + z2 / (2 * n)) / (1 + z2 / n);
  double half = z / (1 + z2 / n) * sqrt(ratio * (1 - ratio) / n + z2 / (4 * n * n));
  estimate.value = ratio;
  estimate.interval = INTERVAL_WILSON;
  estimate.low = successes == 0 ? 0 : centre - half;
  estimate.high = successes == count ? 1 : centre + half;
  return estimate;
}
