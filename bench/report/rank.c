/* Places. */
#include "rank.h"
#include "support/value.h"

#include <math.h>
#include <string.h>

static bool is_rival(const struct dataset *dataset, size_t a, size_t b, const char *among) {
  const char *name;
  json_t *value;
  json_object_foreach(dataset->plan->cell[a].columns, name, value) {
    const json_t *other = json_object_get(dataset->plan->cell[b].columns, name);
    if (value_equal(value, other) == (strcmp(name, among) == 0))
      return false;
  }
  return true;
}

/* What has no interval is as it is. */
static double low_of(const struct estimate *estimate) {
  return isnan(estimate->low) ? estimate->value : estimate->low;
}

static double high_of(const struct estimate *estimate) {
  return isnan(estimate->high) ? estimate->value : estimate->high;
}

struct estimate rank_estimate(const struct dataset *dataset, const size_t *cells, size_t count,
                              size_t cell, const struct measure *measure, const char *among) {
  const struct estimate own = dataset_estimate(dataset, cell, measure);
  struct estimate rank = {1, 1, 1, own.count, own.interval};
  if (isnan(own.value))
    return (struct estimate){NAN, NAN, NAN, 0, INTERVAL_NONE};
  for (size_t i = 0; i < count; i++) {
    if (!is_rival(dataset, cell, cells[i], among))
      continue;
    const struct estimate other = dataset_estimate(dataset, cells[i], measure);
    rank.value += other.value < own.value;
    rank.low += high_of(&other) < low_of(&own);
    rank.high += low_of(&other) < high_of(&own);
  }
  return rank;
}
