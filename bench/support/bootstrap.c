/* Resamples by GSL's generator, from one seed. */
#include "bootstrap.h"
#include "memory.h"

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

/* How many of its standard errors the mean of a resample is from `mean`; NaN where it has none. */
static double resampled_t(gsl_rng *generator, const double *value, size_t count, double mean) {
  const double n = (double)count;
  double sum = 0, squares = 0;
  for (size_t i = 0; i < count; i++) {
    const double distance = value[gsl_rng_uniform_int(generator, count)] - mean;
    sum += distance;
    squares += distance * distance;
  }
  const double variance = (squares - sum * sum / n) / (n - 1) / n;
  return variance > 1e-20 * mean * mean ? sum / n / sqrt(variance) : NAN;
}

bool bootstrap_mean(const double *value, size_t count, double mean, double error, double *low,
                    double *high) {
  gsl_rng *generator = begin_resampling();
  double t[RESAMPLES_MEAN];
  size_t known = 0;
  for (size_t i = 0; i < RESAMPLES_MEAN; i++) {
    const double one = resampled_t(generator, value, count, mean);
    if (!isnan(one))
      t[known++] = one;
  }
  gsl_rng_free(generator);
  if (2 * known < RESAMPLES_MEAN)
    return false;
  statistics_sort(t, known);
  *low = fmax(0, mean - at_share(t, known, 1 - TAIL) * error);
  *high = mean - at_share(t, known, TAIL) * error;
  return true;
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
