/* Distribution functions: the share of runs that are done after a time (or with less of whatever
 * is measured). Runs that fail never are, so that a curve ends at the success ratio. */
#include "figure.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Inches. */
static const double EDGE = 0.04, LEGEND_TOP = 0.095, LEGEND_ROW = 0.15, LEGEND_MARK = 0.27,
                    TITLE = 0.33, PLOT_HEIGHT = 1.75, BOTTOM = 0.5, TICK_GAP = 0.1;

struct cdf {
  const struct figure *figure;
  const struct figure_series_list *list;
  size_t metric;
  struct layout_axis x, y;
};

static double *sorted_values(const struct cdf *cdf, size_t series, size_t *count) {
  double *value = dataset_values(cdf->figure->dataset, cdf->list->item[series].cell[0], cdf->metric,
                                 DATASET_FAILED_INFINITE, count);
  statistics_sort(value, *count);
  return value;
}

static void cdf_scale(struct cdf *cdf) {
  const struct schema_key *key =
      schema_result_find(cdf->figure->dataset->schema, cdf->figure->plan->of);
  const struct layout_ticks ticks = {.scale = 1, .milliseconds = strcmp(key->unit, "ms") == 0};
  const struct layout_ticks percent = {.scale = 100};
  double low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < cdf->list->count; i++) {
    size_t count;
    double *value = sorted_values(cdf, i, &count);
    for (size_t j = 0; j < count && isfinite(value[j]); j++) {
      low = fmin(low, value[j]);
      high = fmax(high, value[j]);
    }
    free(value);
  }
  if (low > high)
    low = high = 1;
  if (cdf->figure->plan->logarithmic && low > 0)
    layout_axis_logarithmic(&cdf->x, low, high, &ticks);
  else
    layout_axis_linear(&cdf->x, 0, high > 0 ? high * 1.03 : 1, 6, false, &ticks);
  layout_axis_linear(&cdf->y, 0, 1, 6, true, &percent);
}

static void cdf_add_corner(struct text *data, double x, size_t done, size_t count) {
  struct estimate share = statistics_ratio(done, count);
  text_add(data, "%.8g\t%.6g\t%.6g\t%.6g\n", x, share.value, share.low, share.high);
}

/* The corners of the steps, with the interval of each share. */
static void cdf_add_data(const struct cdf *cdf, struct text *data) {
  for (size_t i = 0; i < cdf->list->count; i++) {
    size_t count, done = 0;
    double *value = sorted_values(cdf, i, &count);
    text_add(data, "%s# ", i == 0 ? "" : "\n\n");
    layout_add_line(data, cdf->list->item[i].name);
    text_add(data, "\n%s\tshare\tlow\thigh\n", cdf->figure->plan->of);
    cdf_add_corner(data, cdf->x.low, 0, count);
    for (size_t j = 0; j < count && isfinite(value[j]); j++) {
      if (j + 1 < count && !(value[j + 1] > value[j]))
        continue;
      cdf_add_corner(data, value[j], done, count);
      done = j + 1;
      cdf_add_corner(data, value[j], done, count);
    }
    cdf_add_corner(data, cdf->x.high, done, count);
    free(value);
  }
}

/* The series' name, and the share of its runs in which a message was repeated. */
static char *legend_words(const struct cdf *cdf, size_t series) {
  static char word[] = "", metric[] = MEASURE_RETRANSMISSION;
  const struct measure repeated = {.statistic = MEASURE_RATIO, .word = word, .metric = metric};
  struct estimate estimate =
      dataset_estimate(cdf->figure->dataset, cdf->list->item[series].cell[0], &repeated);
  const char *name = cdf->list->item[series].name;
  if (isnan(estimate.value))
    return memory_string(name);
  return text_format("%s%s(%.3g %%)", name, name[0] == '\0' ? "" : " ", 100 * estimate.value);
}

static double cdf_add_legend(const struct cdf *cdf, struct text *script) {
  size_t count = cdf->list->count;
  double *x = memory_get(count, sizeof *x), *y = memory_get(count, sizeof *y);
  size_t *row = memory_get(count, sizeof *row);
  char **name = memory_get(count, sizeof *name);
  for (size_t i = 0; i < count; i++)
    name[i] = legend_words(cdf, i);
  size_t rows = layout_legend((const char *const *)name, count, LEGEND_MARK,
                              LAYOUT_WIDTH_IN - 2 * EDGE, x, row);
  double top = LEGEND_TOP + LEGEND_ROW * (double)rows - 0.03 + TITLE;
  double height = top + PLOT_HEIGHT + BOTTOM;
  for (size_t i = 0; i < count; i++) {
    x[i] = (x[i] + EDGE) / LAYOUT_WIDTH_IN;
    y[i] = 1 - (LEGEND_TOP + LEGEND_ROW * (double)row[i]) / height;
  }
  text_add(script, "SERIES = %zu\nTOP = %.6g; BOTTOM = %.6g; TITLE_Y = %.6g; NOTE_Y = %.6g\n",
           count, 1 - top / height, BOTTOM / height, 1 - (top - TITLE + 0.1) / height,
           1 - (top - 0.1) / height);
  figure_add_strings(script, "NAME", (const char *const *)name, count);
  figure_add_numbers(script, "NAME_X", x, count);
  figure_add_numbers(script, "NAME_Y", y, count);
  for (size_t i = 0; i < count; i++)
    free(name[i]);
  free(name);
  free(x);
  free(y);
  free(row);
  return height;
}

int figure_cdf_write(const struct figure *figure, struct figure_series_list *list,
                     struct text *error) {
  struct cdf cdf = {.figure = figure, .list = list};
  struct text script = {0}, data = {0};
  cdf.metric = dataset_metric(figure->dataset, figure->plan->of);
  cdf_scale(&cdf);
  cdf_add_data(&cdf, &data);
  double height = cdf_add_legend(&cdf, &script);
  text_add(&script,
           "LEFT = %.6g; RIGHT = %.6g; X_LOW = %.8g; X_HIGH = %.8g; X_LOG = %d\nLOW = 0; HIGH = "
           "1\n",
           (EDGE + cdf.y.tick_width + TICK_GAP) / LAYOUT_WIDTH_IN,
           1 - (EDGE + cdf.x.tick_width / 2) / LAYOUT_WIDTH_IN, cdf.x.low, cdf.x.high,
           cdf.x.logarithmic);
  const struct schema_key *key = schema_result_find(figure->dataset->schema, figure->plan->of);
  char *x_title = figure->plan->x_title != NULL ? memory_string(figure->plan->x_title)
                                                : figure_axis_title(key->name, key->unit);
  figure_add_string(&script, "TITLE", figure->plan->title);
  figure_add_string(&script, "NOTE",
                    "in brackets: runs in which a message is repeated; shaded: intervals of 95 %");
  figure_add_string(&script, "X_TITLE", x_title);
  figure_add_string(&script, "X_TICKS", text_string(&cdf.x.ticks));
  figure_add_string(&script, "Y_TICKS", text_string(&cdf.y.ticks));
  int status = figure_write(figure, "cdf", height, &script, &data, error);
  free(x_title);
  layout_axis_deinit(&cdf.x);
  layout_axis_deinit(&cdf.y);
  text_deinit(&script);
  text_deinit(&data);
  return status;
}
