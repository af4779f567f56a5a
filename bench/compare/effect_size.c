/* Effect sizes. */
#include "effect_size.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

const char *effect_size_word(enum effect_kind kind) {
  static const char *const WORDS[EFFECT_KINDS] = {"", "h", "d_z", "g", "delta"};
  return WORDS[kind];
}

struct effect_size effect_size_shares(double a, double b) {
  return (struct effect_size){EFFECT_H, 2 * asin(sqrt(b)) - 2 * asin(sqrt(a))};
}

/* `deviation` may be what rounding leaves of 0. */
static double standardized(double difference, double deviation) {
  if (deviation > 1e-12 * fabs(difference))
    return difference / deviation;
  return fabs(difference) > 0 ? copysign(INFINITY, difference) : 0;
}

struct effect_size effect_size_paired_means(const double *a, const double *b, size_t count) {
  struct effect_size effect = {EFFECT_D_Z, NAN};
  if (count < 2)
    return effect;
  double mean = 0, squares = 0;
  for (size_t i = 0; i < count; i++)
    mean += (b[i] - a[i]) / (double)count;
  for (size_t i = 0; i < count; i++)
    squares += (b[i] - a[i] - mean) * (b[i] - a[i] - mean);
  effect.value = standardized(mean, sqrt(squares / (double)(count - 1)));
  return effect;
}

struct effect_size effect_size_paired_order(const double *a, const double *b, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += (b[i] > a[i]) - (b[i] < a[i]);
  return (struct effect_size){EFFECT_DELTA, count == 0 ? NAN : sum / (double)count};
}

struct effect_size effect_size_means(struct statistics_sample a, struct statistics_sample b) {
  struct effect_size effect = {EFFECT_G, NAN};
  if (a.count < 2 || b.count < 2)
    return effect;
  const double freedom = (double)(a.count + b.count - 2);
  const double squares = gsl_stats_variance(a.value, 1, a.count) * (double)(a.count - 1) +
                         gsl_stats_variance(b.value, 1, b.count) * (double)(b.count - 1);
  const double difference =
      gsl_stats_mean(b.value, 1, b.count) - gsl_stats_mean(a.value, 1, a.count);
  effect.value = standardized(difference, sqrt(squares / freedom)) * (1 - 3 / (4 * freedom - 1));
  return effect;
}

/* For each value of B, how many of A are below it, and how many above. */
struct effect_size effect_size_order(struct statistics_sample a, struct statistics_sample b) {
  struct effect_size effect = {EFFECT_DELTA, NAN};
  if (a.count == 0 || b.count == 0)
    return effect;
  double sum = 0;
  for (size_t i = 0, below = 0, up_to = 0; i < b.count; i++) {
    while (below < a.count && a.value[below] < b.value[i])
      below++;
    while (up_to < a.count && a.value[up_to] <= b.value[i])
      up_to++;
    sum += (double)below - (double)(a.count - up_to);
  }
  effect.value = sum / ((double)a.count * (double)b.count);
  return effect;
}
