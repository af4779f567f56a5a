/* The stopping rule. */
#include "until.h"
#include "store/dataset.h"

#include <math.h>
#include <stdlib.h>

/* More than is needed by the intervals so far, which scatter themselves; but no leaps. */
static const double MARGIN = 1.1, LEAP_LEAST = 1.1, LEAP_MOST = 2;
enum { ROUND = 10 };

/* Reads the measure, which has to have intervals. -1 with an error. */
static int read_measure(struct until *until, const char *measure, struct text *error) {
  const struct campaign *campaign = until->campaign;
  struct text what = {0};
  const int status = measure_parse(&until->measure, measure, &campaign->schema,
                                   &campaign->scenario.derived, &what);
  const enum measure_statistic statistic = until->measure.statistic;
  const bool bare = status == 0 && (statistic == MEASURE_MIN || statistic == MEASURE_MAX);
  if (status < 0)
    text_add(error, "--of: `%s` %s\n", measure, text_string(&what));
  else if (bare)
    text_add(error, "--of: `%s` has no interval\n", measure);
  text_deinit(&what);
  return bare ? -1 : status;
}

int until_init(struct until *until, struct campaign *campaign, struct text *error) {
  const struct bench_options *options = campaign->options;
  *until =
      (struct until){.campaign = campaign,
                     .within = options->until,
                     .at_most = (size_t)(options->at_most > 0 ? options->at_most : UNTIL_AT_MOST)};
  if (read_measure(until, options->of.count == 0 ? UNTIL_MEASURE : options->of.item[0], error) < 0)
    return -1;
  size_t begin =
      campaign->scenario.repeat < UNTIL_AT_LEAST ? UNTIL_AT_LEAST : campaign->scenario.repeat;
  begin = begin < until->at_most ? begin : until->at_most;
  return opened_repeat(campaign, begin, error);
}

void until_deinit(struct until *until) {
  measure_deinit(&until->measure);
}

char *until_words(const struct until *until) {
  const struct measure *measure = &until->measure;
  struct text words = {0};
  text_add(&words, "until the interval of 95 %% of %s%s%s is within %g %% of it in each cell",
           measure->word, measure->word[0] == '\0' ? "" : " ", measure->metric,
           100 * until->within);
  if (until->campaign->options->filter != NULL)
    text_add(&words, " of %s", until->campaign->options->filter);
  text_add(&words, "; the same seeds for all, %d at least, %zu at most: ", UNTIL_AT_LEAST,
           until->at_most);
  if (!until->ended)
    text_add(&words, "not ended yet");
  else
    text_add(&words, "%s with %zu, in %zu of %zu cell%s",
             until->met == until->cells && until->cells > 0 ? "met" : "ended without it",
             until->campaign->scenario.repeat, until->met, until->cells, text_plural(until->cells));
  if (until->ended && until->without > 0)
    text_add(&words, "; %zu %s no such figure", until->without,
             until->without == 1 ? "has" : "have");
  return words.data;
}

/* How often as many runs a cell needs; 1 or less: it is precise. NaN without a figure. */
static double runs_needed(const struct until *until, const struct dataset *dataset, size_t cell) {
  const struct estimate estimate = dataset_estimate(dataset, cell, &until->measure);
  if (!isfinite(estimate.value))
    return NAN;
  if (estimate.interval == INTERVAL_EQUAL || estimate.high <= estimate.low)
    return 1;
  const double half = (estimate.high - estimate.low) / 2 / fabs(estimate.value);
  return isfinite(half) ? pow(half / until->within, 2) : LEAP_MOST;
}

static bool cell_is_wanted(const struct campaign *campaign, size_t cell) {
  bool wanted = false;
  for (size_t i = 0; i < campaign->plan.repeat; i++)
    wanted = wanted || campaign->wanted[cell * campaign->plan.repeat + i];
  return wanted;
}

/* Counts the cells by what they need; the most that one needs. */
static double need(struct until *until, const struct dataset *dataset) {
  double most = 1;
  until->cells = until->met = until->without = 0;
  for (size_t i = 0; i < until->campaign->plan.measured_count; i++) {
    if (!cell_is_wanted(until->campaign, i))
      continue;
    const double times = runs_needed(until, dataset, i);
    until->cells += isnan(times) ? 0 : 1;
    until->without += isnan(times) ? 1 : 0;
    until->met += times <= 1;
    most = fmax(most, times);
  }
  return most;
}

/* How many runs of a cell come next. */
static size_t next_repeat(const struct until *until, double times) {
  const double now = (double)until->campaign->scenario.repeat;
  const double next = now * fmin(fmax(times * MARGIN, LEAP_LEAST), LEAP_MOST);
  const size_t rounded = (size_t)ceil(next / ROUND) * ROUND;
  return rounded < until->at_most ? rounded : until->at_most;
}

int until_step(struct until *until, struct text *error) {
  struct campaign *campaign = until->campaign;
  struct dataset dataset;
  if (dataset_init(&dataset, &campaign->plan, &campaign->schema, &campaign->scenario,
                   campaign->store, error) < 0)
    return -1;
  const double times = need(until, &dataset);
  dataset_deinit(&dataset);
  until->ended = until->met == until->cells || campaign->scenario.repeat >= until->at_most;
  text_printf(stderr,
              "%s: %zu run%s of each cell: the interval is narrow enough in %zu of %zu cell%s\n",
              campaign->name, campaign->scenario.repeat, text_plural(campaign->scenario.repeat),
              until->met, until->cells, text_plural(until->cells));
  return until->ended ? 0 : opened_repeat(campaign, next_repeat(until, times), error) < 0 ? -1 : 1;
}
