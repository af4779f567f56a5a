/* Progress: which share is done after a time, as each run says it by percent. A curve is the median
 * of the runs, percent by percent; what never comes is infinite, so that a curve runs level where
 * no more come. */
#include "figure_curves.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>

struct progress_figure {
  const struct figure *figure;
  const struct figure_series_list *list;
  struct figure_curves curves;
};

/* When so many percent were done: the quickest run, the median, the slowest; infinite: never. */
struct progress_moment {
  double quickest, median, slowest;
};

/* False if no run of the cell gets so far, or says so. */
static bool progress_moment(const struct progress_figure *progress, size_t series, unsigned percent,
                            struct progress_moment *moment) {
  const struct dataset *dataset = progress->figure->dataset;
  if (progress->list->item[series].count == 0)
    return false;
  char *metric = dataset_progress_metric(progress->figure->plan->of, percent);
  size_t count;
  double *value = dataset_values(dataset, progress->list->item[series].cell[0],
                                 dataset_metric(dataset, metric), DATASET_FAILED_AS_FAR, &count);
  free(metric);
  statistics_sort(value, count);
  const bool any = count > 0 && isfinite(value[0]);
  if (any)
    *moment = (struct progress_moment){value[0], statistics_quantile(value, count, 0.5).value,
                                       value[count - 1]};
  free(value);
  return any;
}

static void progress_scale(struct progress_figure *progress) {
  double low = INFINITY, high = -INFINITY;
  struct progress_moment moment;
  for (size_t i = 0; i < progress->list->count; i++) {
    for (unsigned percent = 1; percent <= 100; percent++) {
      if (!progress_moment(progress, i, percent, &moment))
        continue;
      low = fmin(low, moment.quickest);
      high = fmax(high, moment.quickest);
      high = isfinite(moment.median) ? fmax(high, moment.median) : high;
      high = isfinite(moment.slowest) ? fmax(high, moment.slowest) : high;
    }
  }
  progress->curves.low = low;
  progress->curves.high = high;
  figure_curves_scale(&progress->curves);
}

/* The share that is done in the end; NaN: unknown. */
static double progress_end(const struct progress_figure *progress, size_t series,
                           enum measure_statistic statistic) {
  static char word[] = "";
  char *metric = text_format("%s_ratio", progress->figure->plan->of);
  const struct measure share = {.statistic = statistic, .p = 0.5, .word = word, .metric = metric};
  const double value =
      dataset_estimate(progress->figure->dataset, progress->list->item[series].cell[0], &share)
          .value;
  free(metric);
  return value;
}

static void progress_add_point(struct text *data, double x, double share) {
  text_add(data, "%.8g\t%.6g\n", x, share);
}

/* What comes behind the last percent that is known comes at an unknown time: it is drawn at that
 * one's.
 */
static void progress_add_curve(const struct progress_figure *progress, size_t series,
                               struct text *data) {
  struct progress_moment moment;
  double last = progress->curves.x.low, share = 0;
  const double end = progress_end(progress, series, MEASURE_QUANTILE_ALL);
  for (unsigned percent = 1; percent <= 100; percent++) {
    if (!progress_moment(progress, series, percent, &moment) || isinf(moment.median))
      continue;
    if (share <= 0)
      progress_add_point(data, moment.median, 0);
    share = percent / 100.;
    last = moment.median;
    progress_add_point(data, last, share);
  }
  if (isfinite(end) && end > share)
    progress_add_point(data, last, share = end);
  progress_add_point(data, progress->curves.x.high, share);
}

/* From the quickest run to the slowest: up along the one, and back along the other. */
static void progress_add_range(const struct progress_figure *progress, size_t series,
                               struct text *data) {
  struct progress_moment moment;
  const double edge = progress->curves.x.high;
  for (unsigned percent = 1; percent <= 100; percent++)
    if (progress_moment(progress, series, percent, &moment))
      progress_add_point(data, moment.quickest, percent / 100.);
  for (unsigned percent = 100; percent >= 1; percent--)
    if (progress_moment(progress, series, percent, &moment))
      progress_add_point(data, isinf(moment.slowest) ? edge : moment.slowest, percent / 100.);
}

/* Two blocks a series: its curve, and its range. */
static void progress_add_data(const struct progress_figure *progress, struct text *data) {
  static const char *const BLOCKS[] = {": median",
                                       ": from the quickest run to the slowest and back"};
  for (size_t i = 0; i < 2 * progress->list->count; i++) {
    figure_add_block(data, progress->list, i / 2, BLOCKS[i % 2]);
    text_add(data, "%s_ms\tshare\n", progress->figure->plan->of);
    if (progress->list->item[i / 2].count == 0)
      text_add(data, "NaN\tNaN\n");
    else if (i % 2 == 0)
      progress_add_curve(progress, i / 2, data);
    else
      progress_add_range(progress, i / 2, data);
  }
}

/* The series' name, and without panels the share that is done in the end, where that is not all. */
static char *progress_legend_words(const struct progress_figure *progress, size_t series) {
  const char *name = progress->list->item[series].name;
  const double end = progress_end(progress, series, MEASURE_MEAN_ALL);
  if (!(end < 1) || progress->list->panel_count > 1)
    return memory_string(name);
  const int digits = end >= 0.999 ? 4 : 3; /* 99.96 % are not all */
  return text_format("%s%s(%.*g %%)", name, name[0] == '\0' ? "" : " ", digits, 100 * end);
}

static int progress_write(const struct figure *figure, struct figure_series_list *list,
                          struct text *error) {
  struct progress_figure progress = {
      .figure = figure,
      .list = list,
      .curves = {.figure = figure,
                 .list = list,
                 .name = memory_get(list->series_count, sizeof *progress.curves.name),
                 .note = "medians",
                 .in_brackets = "the share in the end",
                 .shaded = "quickest to slowest run",
                 .metric = figure->plan->of,
                 .x_title = "time",
                 .x_unit = "ms"},
  };
  struct text data = {0};
  for (size_t i = 0; i < list->series_count; i++)
    progress.curves.name[i] = progress_legend_words(&progress, i);
  progress_scale(&progress);
  progress_add_data(&progress, &data);
  int status = figure_curves_write(&progress.curves, "progress", &data, error);
  figure_curves_deinit(&progress.curves);
  text_deinit(&data);
  return status;
}

const struct figure_kind FIGURE_KIND_PROGRESS = {
    .write = progress_write,
    .explanation = "Medians of all runs; shaded is from the quickest run to the slowest.",
};
