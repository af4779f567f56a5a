/* Pairs of cells, measure by measure. */
#include "figures.h"
#include "store/paired.h"
#include "support/memory.h"
#include "support/shares.h"
#include "support/significance.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LEVEL = 0.05;

const char *verdict_words(enum verdict verdict) {
  static const char *const WORDS[VERDICT_KINDS] = {
      [VERDICT_LARGER] = "larger",
      [VERDICT_SMALLER] = "smaller",
      [VERDICT_UNSHOWN] = "no difference shown",
      [VERDICT_EQUAL] = "equal in all pairs",
      [VERDICT_FEW] = "too few runs to tell",
      [VERDICT_UNKNOWN] = "no interval is known",
      [VERDICT_ONLY_A] = "only in A",
      [VERDICT_ONLY_B] = "only in B",
  };
  return WORDS[verdict];
}

bool figure_differs(const struct figure *figure) {
  return figure->verdict == VERDICT_LARGER || figure->verdict == VERDICT_SMALLER;
}

bool figure_stands(const struct figure *figure) {
  return figure_differs(figure) && figure->holm < LEVEL;
}

/* A pair of cells as a dataset of two, of one measure. */
struct comparing {
  struct plan_cell plan_cell[SIDE_COUNT];
  struct dataset_cell cell[SIDE_COUNT];
  struct plan plan;
  struct dataset dataset;
  const struct measure *measure;
  struct paired_values pairs; /* own: of B */
  double *value[SIDE_COUNT];  /* of all runs, or of pairs; ascending */
  struct statistics_sample sample[SIDE_COUNT];
  bool apart;
};

static void comparing_init(struct comparing *comparing, const struct measures *measures,
                           const struct cell_pair *pair, const struct measure *measure) {
  *comparing = (struct comparing){.measure = measure, .apart = pair->apart};
  for (int side = 0; side < SIDE_COUNT; side++)
    comparing->cell[side] =
        (struct dataset_cell){.run = pair->run[side], .run_count = pair->count[side]};
  comparing->plan = (struct plan){
      .cell = comparing->plan_cell, .cell_count = SIDE_COUNT, .independent = pair->apart};
  for (size_t side = 0; side < SIDE_COUNT; side++)
    comparing->plan_cell[side].source = side;
  comparing->dataset = (struct dataset){.plan = &comparing->plan,
                                        .metric = measures->metric,
                                        .metric_count = measures->metric_count,
                                        .cell = comparing->cell};
  comparing->pairs = paired_values_of(&comparing->dataset, SIDE_B, SIDE_A, measure);
  for (size_t side = 0; side < SIDE_COUNT; side++) {
    size_t count;
    comparing->value[side] = paired_sample_of(&comparing->dataset, side, measure, &count);
    comparing->sample[side] = (struct statistics_sample){comparing->value[side], count};
  }
}

static void comparing_deinit(struct comparing *comparing) {
  paired_values_deinit(&comparing->pairs);
  free(comparing->value[SIDE_A]);
  free(comparing->value[SIDE_B]);
}

static struct estimate paired_column(const struct comparing *comparing,
                                     enum presentation_kind kind) {
  const struct presentation_column column = {.kind = kind, .measure = *comparing->measure};
  return paired_estimate(&comparing->dataset, SIDE_B, SIDE_A, &column);
}

static struct estimate less_one(struct estimate ratio) {
  ratio.value -= 1;
  ratio.low -= 1;
  ratio.high -= 1;
  return ratio;
}

static void count_signs(const struct paired_values *pairs, size_t *above, size_t *below,
                        size_t *same) {
  *above = *below = *same = 0;
  for (size_t i = 0; i < pairs->count; i++) {
    *above += pairs->own[i] > pairs->base[i];
    *below += pairs->own[i] < pairs->base[i];
  }
  *same = pairs->count - *above - *below;
}

static size_t count_successes(struct statistics_sample sample) {
  size_t count = 0;
  for (size_t i = 0; i < sample.count; i++)
    count += sample.value[i] > 0.5;
  return count;
}

static void compare_shares(const struct comparing *comparing, struct figure *figure) {
  const struct statistics_sample a = comparing->sample[SIDE_A], b = comparing->sample[SIDE_B];
  const struct shares_sample own = {count_successes(b), b.count},
                             base = {count_successes(a), a.count};
  const struct estimate apart = shares_difference_apart(own, base);
  if (comparing->apart) {
    figure->difference = apart;
    figure->p = significance_shares_apart(own.successes, own.count, base.successes, base.count);
  } else {
    struct shares_pairs pairs = {0};
    for (size_t i = 0; i < comparing->pairs.count; i++) {
      const bool mine = comparing->pairs.own[i] > 0.5, theirs = comparing->pairs.base[i] > 0.5;
      pairs.both += mine && theirs;
      pairs.only_own += mine && !theirs;
      pairs.only_base += !mine && theirs;
      pairs.neither += !mine && !theirs;
    }
    figure->difference = shares_difference(pairs);
    figure->p = significance_shares(pairs.only_own, pairs.only_base);
  }
  figure->relative = less_one(paired_column(comparing, COLUMN_RATIO));
  figure->effect = effect_size_shares(figure->value[SIDE_A].value, figure->value[SIDE_B].value);
}

static void compare_means(const struct comparing *comparing, struct figure *figure) {
  const struct statistics_sample a = comparing->sample[SIDE_A], b = comparing->sample[SIDE_B];
  const struct paired_values *pairs = &comparing->pairs;
  figure->difference = paired_column(comparing, COLUMN_DIFFERENCE);
  figure->relative = less_one(paired_column(comparing, COLUMN_RATIO));
  if (comparing->apart) {
    figure->p = significance_means_apart(b, a);
    figure->effect = effect_size_means(a, b);
    return;
  }
  double *difference = memory_get(pairs->count, sizeof *difference);
  for (size_t i = 0; i < pairs->count; i++)
    difference[i] = pairs->own[i] - pairs->base[i];
  figure->p = significance_mean(difference, pairs->count);
  figure->effect = effect_size_paired_means(pairs->base, pairs->own, pairs->count);
  free(difference);
}

static bool is_median(const struct measure *measure) {
  return measure_is_quantile(measure) && fabs(measure->p - 0.5) < 1e-12;
}

static void compare_quantiles(const struct comparing *comparing, struct figure *figure) {
  const struct statistics_sample a = comparing->sample[SIDE_A], b = comparing->sample[SIDE_B];
  const struct paired_values *pairs = &comparing->pairs;
  const double p = comparing->measure->p;
  size_t above, below, same;
  figure->paired = figure->paired && is_median(comparing->measure);
  if (figure->paired) {
    figure->difference = paired_column(comparing, COLUMN_DIFFERENCE);
    figure->relative = less_one(paired_column(comparing, COLUMN_RATIO));
    count_signs(pairs, &above, &below, &same);
    figure->p = significance_sign(above, below, same);
  } else if (a.count > 0 && b.count > 0) {
    figure->difference = statistics_quantiles_apart(b, a, p, false);
    figure->relative = less_one(statistics_quantiles_apart(b, a, p, true));
  }
  figure->effect = comparing->apart
                       ? effect_size_order(a, b)
                       : effect_size_paired_order(pairs->base, pairs->own, pairs->count);
}

/* Extremes, of which nothing but their difference is known. */
static void compare_extremes(const struct comparing *comparing, struct figure *figure) {
  figure->difference = paired_column(comparing, COLUMN_DIFFERENCE);
  figure->relative = less_one(paired_column(comparing, COLUMN_RATIO));
  figure->paired = false;
}

static void (*const COMPARE[])(const struct comparing *, struct figure *) = {
    [MEASURE_RATIO] = compare_shares,           [MEASURE_QUANTILE] = compare_quantiles,
    [MEASURE_QUANTILE_ALL] = compare_quantiles, [MEASURE_MEAN] = compare_means,
    [MEASURE_MEAN_ALL] = compare_means,         [MEASURE_MIN] = compare_extremes,
    [MEASURE_MAX] = compare_extremes,
};

static bool varies(const double *value, size_t count) {
  for (size_t i = 1; i < count; i++)
    if (value[i] < value[0] || value[i] > value[0])
      return true;
  return false;
}

/* By ranks where failures are infinite. */
static double correlate(const struct comparing *comparing) {
  const struct paired_values *pairs = &comparing->pairs;
  if (pairs->count < 3 || !varies(pairs->own, pairs->count) || !varies(pairs->base, pairs->count))
    return NAN;
  if (!measure_is_quantile(comparing->measure))
    return gsl_stats_correlation(pairs->base, 1, pairs->own, 1, pairs->count);
  double *room = memory_get(2 * pairs->count, sizeof *room);
  const double correlation = gsl_stats_spearman(pairs->base, 1, pairs->own, 1, pairs->count, room);
  free(room);
  return correlation;
}

static double width_of(struct estimate estimate) {
  return estimate.high - estimate.low;
}

/* The difference of the pairs' values as if they were two samples. */
static struct estimate unpaired(const struct comparing *comparing) {
  const struct paired_values *pairs = &comparing->pairs;
  struct statistics_sample own = {pairs->own, pairs->count}, base = {pairs->base, pairs->count};
  if (comparing->measure->statistic == MEASURE_RATIO)
    return shares_difference_apart((struct shares_sample){count_successes(own), own.count},
                                   (struct shares_sample){count_successes(base), base.count});
  if (!measure_is_quantile(comparing->measure))
    return statistics_difference_apart(own, base);
  statistics_sort(pairs->own, pairs->count); /* nobody needs their order any more */
  statistics_sort(pairs->base, pairs->count);
  return statistics_quantiles_apart(own, base, comparing->measure->p, false);
}

/* What pairing won. */
static double width_ratio(const struct comparing *comparing, const struct figure *figure) {
  if (comparing->pairs.count < 2 || figure->difference.interval == INTERVAL_EQUAL)
    return NAN;
  const double ratio = width_of(figure->difference) / width_of(unpaired(comparing));
  return isfinite(ratio) && ratio > 0 ? ratio : NAN;
}

static bool all_equal(const struct comparing *comparing) {
  size_t above, below, same;
  if (comparing->apart || comparing->pairs.count == 0)
    return false;
  count_signs(&comparing->pairs, &above, &below, &same);
  return above == 0 && below == 0;
}

static enum verdict judge(const struct comparing *comparing, const struct figure *figure) {
  const struct estimate *difference = &figure->difference;
  if (figure->value[SIDE_B].count == 0)
    return VERDICT_ONLY_A;
  if (figure->value[SIDE_A].count == 0)
    return VERDICT_ONLY_B;
  if (all_equal(comparing))
    return VERDICT_EQUAL;
  if (difference->low > 0)
    return VERDICT_LARGER;
  if (difference->high < 0)
    return VERDICT_SMALLER;
  if (difference->low <= 0 && difference->high >= 0)
    return VERDICT_UNSHOWN;
  return difference->interval == INTERVAL_NONE && comparing->pairs.count > 0 ? VERDICT_UNKNOWN
                                                                             : VERDICT_FEW;
}

/* Compares; false if neither side has such a figure. */
static bool figure_find(const struct measures *measures, const struct cell_pair *pair,
                        struct figure *figure) {
  static const struct estimate NONE = {NAN, NAN, NAN, 0, INTERVAL_NONE};
  const struct measure *measure = &measures->item[figure->measure];
  struct comparing comparing;
  comparing_init(&comparing, measures, pair, measure);
  for (size_t side = 0; side < SIDE_COUNT; side++)
    figure->value[side] = dataset_estimate(&comparing.dataset, side, measure);
  figure->difference = figure->relative = NONE;
  figure->effect.value = figure->correlation = figure->width = figure->p = NAN;
  figure->paired = !comparing.apart;
  figure->pairs = comparing.pairs.count;
  const bool some = figure->value[SIDE_A].count + figure->value[SIDE_B].count > 0;
  if (figure->value[SIDE_A].count > 0 && figure->value[SIDE_B].count > 0)
    COMPARE[measure->statistic](&comparing, figure);
  figure->verdict = judge(&comparing, figure);
  if (figure->paired && figure->verdict <= VERDICT_UNSHOWN) {
    figure->correlation = correlate(&comparing);
    figure->width = width_ratio(&comparing, figure);
  }
  comparing_deinit(&comparing);
  return some;
}

/* Counts the verdicts, and adjusts for how many there are. */
static void figures_count(struct figures *figures) {
  double *p = memory_get(figures->count, sizeof *p);
  for (size_t i = 0; i < figures->count; i++) {
    const struct figure *figure = &figures->item[i];
    const bool by_chance =
        figure->verdict <= VERDICT_UNSHOWN && figure->difference.interval != INTERVAL_EQUAL;
    p[i] = figure->verdict <= VERDICT_UNSHOWN ? figure->p : NAN;
    figures->of[figure->verdict]++;
    figures->intervals += by_chance;
    figures->miss += by_chance && figure_differs(figure);
  }
  significance_holm(p, figures->count);
  for (size_t i = 0; i < figures->count; i++) {
    figures->item[i].holm = p[i];
    figures->stand += figure_stands(&figures->item[i]);
  }
  free(p);
}

/* NaN is the smallest. */
static int larger_first(double a, double b) {
  const double x = isnan(a) ? -1 : fabs(a), y = isnan(b) ? -1 : fabs(b);
  return (x < y) - (x > y);
}

static int figures_compare(const void *a, const void *b) {
  const struct figure *x = a, *y = b;
  int order = figure_differs(y) - figure_differs(x);
  if (order == 0 && !figure_differs(x))
    order = (x->verdict > y->verdict) - (x->verdict < y->verdict);
  if (order == 0)
    order = larger_first(x->effect.value, y->effect.value);
  if (order == 0)
    order = larger_first(x->relative.value, y->relative.value);
  if (order == 0)
    order = (x->cell > y->cell) - (x->cell < y->cell);
  return order != 0 ? order : (x->measure > y->measure) - (x->measure < y->measure);
}

void figures_find(struct figures *figures, const struct measures *measures,
                  const struct cell_pairs *cells) {
  *figures = (struct figures){.measures = measures, .cells = cells};
  figures->item = memory_get(cells->count * measures->count, sizeof *figures->item);
  for (size_t i = 0; i < cells->count; i++) {
    const struct cell_pair *pair = &cells->item[i];
    for (size_t j = 0; j < measures->count; j++) {
      struct figure *figure = &figures->item[figures->count];
      *figure = (struct figure){.cell = i, .measure = j};
      if (pair->count[SIDE_A] > 0 && pair->count[SIDE_B] > 0)
        figures->count += figure_find(measures, pair, figure);
    }
  }
  figures_count(figures);
  qsort(figures->item, figures->count, sizeof *figures->item, figures_compare);
}

void figures_deinit(struct figures *figures) {
  free(figures->item);
  *figures = (struct figures){0};
}
