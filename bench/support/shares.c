/* Newcombe's intervals, which are made of Wilson's. */
#include "shares.h"

#include <math.h>

/* The square and its root, which rounding may not bring below 0. */
static double distance(double one, double other, double correlation) {
  return sqrt(fmax(one * one - 2 * correlation * one * other + other * other, 0));
}

static struct estimate between(struct estimate own, struct estimate base, double correlation) {
  struct estimate estimate = {NAN, NAN, NAN, own.count < base.count ? own.count : base.count,
                              INTERVAL_NONE};
  if (estimate.count == 0)
    return estimate;
  estimate.value = own.value - base.value;
  estimate.low =
      estimate.value - distance(own.value - own.low, base.high - base.value, correlation);
  estimate.high =
      estimate.value + distance(own.high - own.value, base.value - base.low, correlation);
  estimate.interval = INTERVAL_NEWCOMBE;
  return estimate;
}

/* Of pairs, corrected for continuity where it is positive, as method 10 has it. */
static double phi_of(struct shares_pairs pairs) {
  const double a = (double)pairs.both, b = (double)pairs.only_own, c = (double)pairs.only_base,
               d = (double)pairs.neither, n = a + b + c + d;
  const double scale = (a + b) * (c + d) * (a + c) * (b + d);
  double excess = a * d - b * c;
  if (excess > 0)
    excess = fmax(excess - n / 2, 0);
  return scale > 0 ? excess / sqrt(scale) : 0;
}

struct estimate shares_difference(struct shares_pairs pairs) {
  const size_t count = pairs.both + pairs.only_own + pairs.only_base + pairs.neither;
  return between(statistics_ratio(pairs.both + pairs.only_own, count),
                 statistics_ratio(pairs.both + pairs.only_base, count), phi_of(pairs));
}

struct estimate shares_difference_apart(struct shares_sample own, struct shares_sample base) {
  return between(statistics_ratio(own.successes, own.count),
                 statistics_ratio(base.successes, base.count), 0);
}
