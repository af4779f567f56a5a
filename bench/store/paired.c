/* Differences and ratios of pairs. */
#include "paired.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t paired_baseline(const struct dataset *dataset, size_t cell, json_t *against) {
  const struct plan *plan = dataset->plan;
  json_t *wanted = json_copy(plan->cell[cell].columns), *values;
  const char *name;
  json_object_foreach(against, name, values) {
    json_object_set(wanted, name, json_array_get(values, 0));
  }
  size_t found = 0;
  for (; found < plan->cell_count; found++) {
    bool same = true;
    json_t *value;
    json_object_foreach(wanted, name, value) {
      same = same && value_equal(json_object_get(plan->cell[found].columns, name), value);
    }
    if (same)
      break;
  }
  json_decref(wanted);
  return found;
}

/* What a run gives of a measure, which may be a share; computed cells have none. NaN: nothing. */
static double figure_of(const struct dataset *dataset, size_t cell, const struct dataset_run *run,
                        size_t metric, const struct measure *measure) {
  if (measure->statistic != MEASURE_RATIO)
    return dataset_run_value(run, metric, dataset_failed_of(measure));
  bool computed = dataset->plan->cell[cell].computed != NULL;
  return computed ? NAN : dataset_share_of(dataset, run, measure->metric);
}

struct paired_values paired_values_of(const struct dataset *dataset, size_t cell, size_t baseline,
                                      const struct measure *measure) {
  const struct dataset_cell *own = &dataset->cell[cell], *base = &dataset->cell[baseline];
  const size_t metric = dataset_metric(dataset, measure->metric);
  struct paired_values pairs = {memory_get(own->run_count, sizeof *pairs.base),
                                memory_get(own->run_count, sizeof *pairs.own), 0};
  for (size_t i = 0, j = 0; i < own->run_count; i++) {
    while (j < base->run_count && base->run[j].seed < own->run[i].seed)
      j++;
    if (j == base->run_count || base->run[j].seed != own->run[i].seed)
      continue;
    double mine = figure_of(dataset, cell, &own->run[i], metric, measure);
    double theirs = figure_of(dataset, baseline, &base->run[j], metric, measure);
    if (isnan(mine) || isnan(theirs) || (isinf(mine) && isinf(theirs)))
      continue;
    pairs.own[pairs.count] = mine;
    pairs.base[pairs.count++] = theirs;
  }
  return pairs;
}

void paired_values_deinit(struct paired_values *values) {
  free(values->own);
  free(values->base);
  *values = (struct paired_values){0};
}

double *paired_sample_of(const struct dataset *dataset, size_t cell, const struct measure *measure,
                         size_t *count) {
  const struct dataset_cell *from = &dataset->cell[cell];
  const size_t metric = dataset_metric(dataset, measure->metric);
  double *value = memory_get(from->run_count, sizeof *value);
  *count = 0;
  for (size_t i = 0; i < from->run_count; i++) {
    const double figure = figure_of(dataset, cell, &from->run[i], metric, measure);
    if (!isnan(figure))
      value[(*count)++] = figure;
  }
  statistics_sort(value, *count);
  return value;
}

/* The cell whose runs a cell has: its own, or those that it is computed from. */
static size_t runs_of(const struct plan *plan, size_t cell) {
  return plan->cell[cell].computed == NULL ? cell : plan->cell[cell].source;
}

static bool have_equal_seeds(const struct plan *plan, size_t a, size_t b) {
  return !plan->independent || runs_of(plan, a) == runs_of(plan, b);
}

/* Of cells that have seeds of their own. */
static struct estimate compare_apart(const struct dataset *dataset, size_t cell, size_t baseline,
                                     const struct measure *measure, bool is_ratio) {
  size_t count, base_count;
  double *value = paired_sample_of(dataset, cell, measure, &count);
  double *base_value = paired_sample_of(dataset, baseline, measure, &base_count);
  const struct statistics_sample own = {value, count}, base = {base_value, base_count};
  const struct estimate estimate = measure_is_quantile(measure)
                                       ? statistics_quantiles_apart(own, base, measure->p, is_ratio)
                                   : is_ratio ? statistics_ratio_apart(own, base)
                                              : statistics_difference_apart(own, base);
  free(value);
  free(base_value);
  return estimate;
}

/* own - base */
static struct estimate difference_of(struct paired_values *pairs, const struct measure *measure) {
  double *difference = pairs->own;
  for (size_t i = 0; i < pairs->count; i++)
    difference[i] -= pairs->base[i];
  if (!measure_is_quantile(measure))
    return statistics_mean_signed(difference, pairs->count);
  statistics_sort(difference, pairs->count);
  return statistics_quantile(difference, pairs->count, measure->p);
}

/* own / base */
static struct estimate ratio_of(struct paired_values *pairs, const struct measure *measure) {
  if (!measure_is_quantile(measure))
    return statistics_ratio_of_means(pairs->own, pairs->base, pairs->count);
  double *ratio = pairs->own;
  size_t count = 0;
  for (size_t i = 0; i < pairs->count; i++)
    if (fabs(pairs->base[i]) > 0)
      ratio[count++] = pairs->own[i] / pairs->base[i];
  statistics_sort(ratio, count);
  return statistics_quantile(ratio, count, measure->p);
}

/* at - estimate */
static struct estimate turned(struct estimate estimate, double at) {
  return (struct estimate){at - estimate.value, at - estimate.high, at - estimate.low,
                           estimate.count, estimate.interval};
}

/* The same of figures that pairs do not make. */
static struct estimate apart(double own, double base, bool is_ratio) {
  double value = !is_ratio ? own - base : fabs(base) > 0 ? own / base : NAN;
  return (struct estimate){value, NAN, NAN, 0, INTERVAL_NONE};
}

static bool is_paired(const struct measure *measure) {
  bool median = measure_is_quantile(measure) && strncmp(measure->word, "median", 6) == 0;
  return median || measure->statistic == MEASURE_RATIO || measure->statistic == MEASURE_MEAN ||
         measure->statistic == MEASURE_MEAN_ALL;
}

struct estimate paired_estimate(const struct dataset *dataset, size_t cell, size_t baseline,
                                const struct presentation_column *column) {
  const struct measure *measure = &column->measure;
  if (column->kind == COLUMN_VALUE)
    return dataset_estimate(dataset, cell, measure);
  struct estimate estimate = {NAN, NAN, NAN, 0, INTERVAL_NONE};
  if (baseline == dataset->plan->cell_count)
    return estimate;
  const bool is_ratio = column->kind == COLUMN_RATIO || column->kind == COLUMN_SAVING_SHARE;
  if (is_paired(measure) && !have_equal_seeds(dataset->plan, cell, baseline)) {
    estimate = compare_apart(dataset, cell, baseline, measure, is_ratio);
  } else if (is_paired(measure)) {
    struct paired_values pairs = paired_values_of(dataset, cell, baseline, measure);
    estimate = is_ratio ? ratio_of(&pairs, measure) : difference_of(&pairs, measure);
    paired_values_deinit(&pairs);
  } else {
    estimate = apart(dataset_estimate(dataset, cell, measure).value,
                     dataset_estimate(dataset, baseline, measure).value, is_ratio);
  }
  if (column->kind == COLUMN_SAVING || column->kind == COLUMN_SAVING_SHARE)
    estimate = turned(estimate, is_ratio ? 1 : 0);
  return estimate;
}
