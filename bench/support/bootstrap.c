/* Resamples by GSL's generator, from one seed. */
#include "bootstrap.h"
#include "memory.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

enum { RESAMPLES_MEAN = 2000, RESAMPLES_QUANTILE = 1000, SEED = 1 };

static const double TAIL = 0.025;

static gsl_rng *begin_resampling(void) {
  gsl_rng *generator = gsl_rng_alloc(gsl_rng_taus2);
  gsl_rng_set(generator, SEED);
  return generator;
}

/* The value at a share of a sorted list. */
static double at_share(const double *sorted, size_t count, double share) {
  const double place = floor(share * (double)count);
  return sorted[place < 0 ? 0 : place >= (double)count ? count - 1 : (size_t)place];
}

static double resampled_mean(gsl_rng *generator, const double *value, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += value[gsl_rng_uniform_int(generator, count)];
  return sum / (double)count;
}

/* Which share of sorted means is below one, of equal ones half. */
static double share_below(const double *mean, double one) {
  size_t below = 0, equal = 0;
  for (size_t i = 0; i < RESAMPLES_MEAN; i++) {
    below += mean[i] < one;
    equal += !(mean[i] < one) && !(mean[i] > one);
  }
  return ((double)below + (double)equal / 2 + 0.5) / (RESAMPLES_MEAN + 1);
}

/* Where an end that is at z of the normal distribution is among the means. */
static double corrected_share(double bias, double acceleration, double z) {
  return gsl_cdf_ugaussian_P(bias + (bias + z) / (1 - acceleration * (bias + z)));
}

void bootstrap_mean(const double *value, size_t count, double of_all, double acceleration,
                    double *low, double *high) {
  gsl_rng *generator = begin_resampling();
  double mean[RESAMPLES_MEAN];
  for (size_t i = 0; i < RESAMPLES_MEAN; i++)
    mean[i] = resampled_mean(generator, value, count);
  gsl_rng_free(generator);
  statistics_sort(mean, RESAMPLES_MEAN);
  const double bias = gsl_cdf_ugaussian_Pinv(share_below(mean, of_all));
  const double z = gsl_cdf_ugaussian_Pinv(TAIL);
  *low = at_share(mean, RESAMPLES_MEAN, corrected_share(bias, acceleration, z));
  *high = at_share(mean, RESAMPLES_MEAN, corrected_share(bias, acceleration, -z));
}

static double resampled_quantile(gsl_rng *generator, const struct statistics_sample *sample,
                                 double p, double *room) {
  for (size_t i = 0; i < sample->count; i++)
    room[i] = sample->value[gsl_rng_uniform_int(generator, sample->count)];
  statistics_sort(room, sample->count);
  return statistics_quantile_value(room, sample->count, p);
}

void bootstrap_quantiles(const struct statistics_sample *own, const struct statistics_sample *base,
                         double p, bool ratio, double *low, double *high) {
  const size_t most = own->count > base->count ? own->count : base->count;
  gsl_rng *generator = begin_resampling();
  double *room = memory_get(most, sizeof *room), figure[RESAMPLES_QUANTILE];
  size_t count = 0;
  for (size_t i = 0; i < RESAMPLES_QUANTILE; i++) {
    const double mine = resampled_quantile(generator, own, p, room);
    const double theirs = resampled_quantile(generator, base, p, room);
    const double value = ratio ? mine / theirs : mine - theirs;
    if (!isnan(value))
      figure[count++] = value;
  }
  statistics_sort(figure, count);
  *low = 2 * count < RESAMPLES_QUANTILE ? NAN : at_share(figure, count, TAIL);
  *high = 2 * count < RESAMPLES_QUANTILE ? NAN : at_share(figure, count, 1 - TAIL);
  gsl_rng_free(generator);
  free(room);
}
