/* Distribution functions: the share of runs that are done after a time (or with less of whatever
 * is measured). Runs that fail never are, so that a curve ends at the success ratio. */
#include "figure_curves.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>

struct cdf {
  const struct figure *figure;
  const struct figure_series_list *list;
  size_t metric;
  struct figure_curves curves;
};

static double *sorted_values(const struct cdf *cdf, size_t series, size_t *count) {
  double *value = dataset_values(cdf->figure->dataset, cdf->list->item[series].cell[0], cdf->metric,
                                 DATASET_FAILED_INFINITE, count);
  statistics_sort(value, *count);
  return value;
}

static void cdf_scale(struct cdf *cdf) {
  double low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < cdf->list->count; i++) {
    size_t count;
    if (cdf->list->item[i].count == 0)
      continue;
    double *value = sorted_values(cdf, i, &count);
    for (size_t j = 0; j < count && isfinite(value[j]); j++) {
      low = fmin(low, value[j]);
      high = fmax(high, value[j]);
    }
    free(value);
  }
  cdf->curves.low = low;
  cdf->curves.high = high;
  figure_curves_scale(&cdf->curves);
}

static void cdf_add_corner(struct text *data, double x, size_t done, size_t count) {
  struct estimate share = statistics_ratio(done, count);
  text_add(data, "%.8g\t%.6g\t%.6g\t%.6g\n", x, share.value, share.low, share.high);
}

/* The corners of the steps, with the interval of each share. */
static void cdf_add_series(const struct cdf *cdf, size_t series, struct text *data) {
  size_t count, done = 0;
  double *value = sorted_values(cdf, series, &count);
  cdf_add_corner(data, cdf->curves.x.low, 0, count);
  for (size_t j = 0; j < count && isfinite(value[j]); j++) {
    if (j + 1 < count && !(value[j + 1] > value[j]))
      continue;
    cdf_add_corner(data, value[j], done, count);
    done = j + 1;
    cdf_add_corner(data, value[j], done, count);
  }
  cdf_add_corner(data, cdf->curves.x.high, done, count);
  free(value);
}

static void cdf_add_data(const struct cdf *cdf, struct text *data) {
  for (size_t i = 0; i < cdf->list->count; i++) {
    figure_add_block(data, cdf->list, i, "");
    text_add(data, "%s\tshare\tlow\thigh\n", cdf->figure->plan->of);
    if (cdf->list->item[i].count > 0)
      cdf_add_series(cdf, i, data);
    else
      text_add(data, "NaN\tNaN\tNaN\tNaN\n");
  }
}

/* The series' name, and without panels the share of its runs in which a message was repeated. */
static char *cdf_legend_words(const struct cdf *cdf, size_t series) {
  static char word[] = "", metric[] = MEASURE_RETRANSMISSION;
  const struct measure repeated = {.statistic = MEASURE_RATIO, .word = word, .metric = metric};
  struct estimate estimate =
      dataset_estimate(cdf->figure->dataset, cdf->list->item[series].cell[0], &repeated);
  const char *name = cdf->list->item[series].name;
  if (isnan(estimate.value) || cdf->list->panel_count > 1)
    return memory_string(name);
  return text_format("%s%s(%.3g %%)", name, name[0] == '\0' ? "" : " ", 100 * estimate.value);
}

static int cdf_write(const struct figure *figure, struct figure_series_list *list,
                     struct text *error) {
  const struct schema_key *key = schema_result_find(figure->dataset->schema, figure->plan->of);
  struct cdf cdf = {
      .figure = figure,
      .list = list,
      .metric = dataset_metric(figure->dataset, figure->plan->of),
      .curves = {.figure = figure,
                 .list = list,
                 .name = memory_get(list->series_count, sizeof *cdf.curves.name),
                 .note = "",
                 .in_brackets = "runs in which a message is repeated",
                 .shaded = "intervals of 95 %",
                 .metric = key->name,
                 .x_title = key->name,
                 .x_unit = key->unit},
  };
  struct text data = {0};
  for (size_t i = 0; i < list->series_count; i++)
    cdf.curves.name[i] = cdf_legend_words(&cdf, i);
  cdf_scale(&cdf);
  cdf_add_data(&cdf, &data);
  int status = figure_curves_write(&cdf.curves, "cdf", &data, error);
  figure_curves_deinit(&cdf.curves);
  text_deinit(&data);
  return status;
}

const struct figure_kind FIGURE_KIND_CDF = {
    .write = cdf_write,
    .explanation = "Shares of all runs, failed ones included, with intervals of 95 %.",
};
