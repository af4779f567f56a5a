/* Lines with bands over a shared axis: ratios in panels above, the measure below. */
#include "figure.h"
#include "figure_legend.h"
#include "store/paired.h"
#include "support/memory.h"
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PANELS_MAX = PRESENTATION_ABOVE_MAX + 1, MARKS_MOST = 24 };

/* Inches. */
static const double EDGE = 0.04, TITLE = 0.2, NOTE = 0.13, ABOVE_HEIGHT = 0.55, MAIN_HEIGHT = 1.5,
                    GAP = 0.12, BOTTOM = 0.5, TICK_GAP = 0.1;

struct panel {
  const struct measure *measure; /* the first of `count` */
  size_t count;
  struct layout_axis axis;
  char *title;
  char *note;
  double top, bottom; /* inches from the top of the figure */
};

struct bands {
  const struct figure *figure;
  const struct figure_series_list *list;
  struct panel panel[PANELS_MAX];
  size_t panel_count;
  struct layout_axis x;
  double zero; /* where a logarithmic x axis has 0; NaN if nowhere */
  char *x_title;
  struct text lines; /* below the note of the main panel, a newline behind each */
  size_t line_count;
  double height;
};

static double x_of(const struct bands *bands, size_t cell) {
  const struct plan_cell *at = &bands->figure->dataset->plan->cell[cell];
  return json_number_value(json_object_get(at->columns, bands->figure->plan->x));
}

/* What is drawn of a cell: the measure, or with a baseline how it compares. */
static struct estimate estimate_of(const struct bands *bands, size_t cell,
                                   const struct measure *measure) {
  const struct dataset *dataset = bands->figure->dataset;
  json_t *against = bands->figure->plan->against;
  if (against == NULL || measure->statistic == MEASURE_RATIO)
    return dataset_estimate(dataset, cell, measure);
  const struct presentation_column column = {bands->figure->plan->kind, *measure};
  return paired_estimate(dataset, cell, paired_baseline(dataset, cell, against), &column);
}

/* Smallest and largest finite value or end of an interval; false if there is none. */
static bool range_of(const struct bands *bands, const struct panel *panel, double *low,
                     double *high) {
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t i = 0; i < bands->list->count; i++) {
    for (size_t j = 0; j < bands->list->item[i].count * panel->count; j++) {
      size_t cell = bands->list->item[i].cell[j / panel->count];
      struct estimate estimate = estimate_of(bands, cell, &panel->measure[j % panel->count]);
      const double ends[] = {estimate.value, estimate.low, estimate.high};
      for (size_t k = 0; k < 3; k++) {
        if (!isfinite(ends[k]))
          continue;
        *low = fmin(*low, ends[k]);
        *high = fmax(*high, ends[k]);
      }
    }
  }
  return *low <= *high;
}

static void scale_x(struct bands *bands) {
  const struct schema *schema = bands->figure->dataset->schema;
  const struct schema_key *key = schema_spec_find(schema, bands->figure->plan->x);
  bool ratio = strcmp(key->unit, "ratio") == 0;
  const struct layout_ticks ticks = {.scale = ratio ? 100 : 1,
                                     .milliseconds = strcmp(key->unit, "ms") == 0,
                                     .integers = key->type == SCHEMA_INTEGER};
  double low = INFINITY, high = -INFINITY, positive = INFINITY;
  for (size_t i = 0; i < bands->list->count; i++) {
    for (size_t j = 0; j < bands->list->item[i].count; j++) {
      double x = x_of(bands, bands->list->item[i].cell[j]);
      low = fmin(low, x);
      high = fmax(high, x);
      positive = x > 0 ? fmin(positive, x) : positive;
    }
  }
  double span = high > low ? high - low : fmax(fabs(high), 1);
  bands->zero = NAN;
  if (bands->figure->plan->log_x && isfinite(positive)) {
    bands->zero = low > 0 ? NAN : positive / 2;
    layout_axis_logarithmic(&bands->x, low > 0 ? low : bands->zero, high, &ticks);
    if (!isnan(bands->zero))
      layout_axis_tick(&bands->x, "0", bands->zero);
  } else {
    low = low > 0 ? low - 0.04 * span : low;
    layout_axis_linear(&bands->x, low, high + (low > 0 ? 0.04 : 0.012) * span, 8, false, &ticks);
  }
  bands->x_title = bands->figure->plan->x_title == NULL
                       ? figure_axis_title(key->name, key->unit)
                       : memory_string(bands->figure->plan->x_title);
}

/* A ratio: from 0, or up to 100 %, whichever is nearer. */
static void scale_ratio(const struct bands *bands, struct panel *panel) {
  const struct layout_ticks percent = {.scale = 100};
  double low, high;
  if (!range_of(bands, panel, &low, &high))
    low = high = 1;
  if (low >= 0.5)
    layout_axis_linear(&panel->axis, fmin(low, 0.95), 1, 4, true, &percent);
  else
    layout_axis_linear(&panel->axis, 0, fmax(high, 0.05), 4, true, &percent);
}

/* Of what is drawn in the main panel. */
static const char *main_unit(const struct bands *bands) {
  const struct presentation_column column = {bands->figure->plan->kind, *bands->figure->plan->y};
  return table_column_unit(&column);
}

static void scale_main(const struct bands *bands, struct panel *panel) {
  const char *unit = main_unit(bands);
  const struct layout_ticks ticks = {.scale = strcmp(unit, "ratio") == 0 ? 100 : 1,
                                     .milliseconds = strcmp(unit, "ms") == 0};
  double low, high;
  if (!range_of(bands, panel, &low, &high))
    low = high = 1;
  if (bands->figure->plan->logarithmic && low > 0)
    layout_axis_logarithmic(&panel->axis, low, high, &ticks);
  else
    layout_axis_linear(&panel->axis, fmin(low, 0),
                       low < 0    ? fmax(high, 0)
                       : high > 0 ? high
                                  : 1,
                       6, true, &ticks);
}

static char *ratio_title(const struct measure *measure) {
  if (strcmp(measure->metric, MEASURE_SUCCESS) == 0)
    return memory_string("Authentications that succeed (%)");
  return memory_string("Runs in which a message is repeated (%)");
}

/* "median", "median of all runs" */
static char *statistic_words(const struct measure *measure) {
  const char *all = strstr(measure->word, "_all");
  return all == NULL ? memory_string(measure->word)
                     : text_format("%.*s of all runs", (int)(all - measure->word), measure->word);
}

/* "median (with marks) and p95 (thin); shaded: intervals of 95 %" */
static char *main_note(const struct bands *bands, const struct panel *panel) {
  const struct measure *measure = panel->measure;
  double low, high;
  if (!range_of(bands, panel, &low, &high))
    return memory_string("nothing to show: too many runs fail");
  if (measure->statistic == MEASURE_RATIO)
    return memory_string("shaded: intervals of 95 %");
  if (bands->figure->plan->against == NULL && panel->count == 1 &&
      measure->statistic == MEASURE_MEAN)
    return memory_string("mean given success; shaded: interval of 95 %");
  char *first = statistic_words(measure), *second = NULL, *note;
  if (bands->figure->plan->against != NULL) {
    note = text_format("%s, in pairs of equal seeds; shaded: intervals of 95 %%", first);
  } else if (panel->count == 1) {
    note = text_format("%s; shaded: interval of 95 %%", first);
  } else {
    second = statistic_words(&measure[1]);
    note = text_format("%s (with marks) and %s (thin); shaded: intervals of 95 %%", first, second);
  }
  free(first);
  free(second);
  return note;
}

/* The first measure of a series at `x`; NaN if it has none there. */
static double value_at(const struct bands *bands, size_t series, double x) {
  const struct figure_series *item = &bands->list->item[series];
  for (size_t i = 0; i < item->count; i++)
    if (fabs(x_of(bands, item->cell[i]) - x) <= 1e-9 * fabs(x))
      return estimate_of(bands, item->cell[i], bands->figure->plan->y).value;
  return NAN;
}

/* Adds where two series cross, between two neighbouring x that both have: of lines straight there.
 */
static void add_crossings_of(const struct bands *bands, size_t a, size_t b, struct text *words) {
  const struct figure_series *series = bands->list->item;
  double x0 = NAN, before = NAN;
  for (size_t i = 0; i < series[a].count; i++) {
    double x = x_of(bands, series[a].cell[i]);
    double gap = value_at(bands, a, x) - value_at(bands, b, x);
    if (!isfinite(gap))
      continue;
    if (before * gap < 0)
      text_add(words, "%s%s and %s cross at about %.3g", words->length == 0 ? "" : "; ",
               series[a].name, series[b].name, x0 + (x - x0) * before / (before - gap));
    x0 = x;
    before = gap;
  }
}

/* What stands below the note: where lines cross, and how those are computed that nobody ran. */
static void bands_add_lines(struct bands *bands) {
  static const double WIDTH = LAYOUT_WIDTH_IN - 0.08;
  const struct plan *plan = bands->figure->dataset->plan;
  struct text words = {0};
  for (size_t i = 0; i < bands->list->count; i++)
    for (size_t j = i + 1; j < bands->list->count && bands->figure->plan->crossings; j++)
      add_crossings_of(bands, i, j, &words);
  if (bands->figure->plan->crossings)
    bands->line_count += layout_text_wrap(
        &bands->lines, words.length == 0 ? "no two lines cross" : words.data, 6.5, WIDTH);
  text_deinit(&words);
  const struct derived_case *last = NULL;
  for (size_t i = 0; i < bands->list->count; i++) {
    const struct derived_case *computed = plan->cell[bands->list->item[i].cell[0]].computed;
    if (computed != NULL && computed != last) {
      char *note = text_format("%s: %s", computed->name, computed->note);
      bands->line_count += layout_text_wrap(&bands->lines, note, 6.5, WIDTH);
      free(note);
    }
    last = computed;
  }
}

static void bands_add_panels(struct bands *bands) {
  const struct presentation_figure *plan = bands->figure->plan;
  for (size_t i = 0; i < plan->above_count; i++) {
    struct panel *panel = &bands->panel[bands->panel_count++];
    *panel = (struct panel){.measure = &plan->above[i], .count = 1};
    scale_ratio(bands, panel);
    panel->title = ratio_title(panel->measure);
    panel->note = memory_string("");
  }
  struct panel *panel = &bands->panel[bands->panel_count++];
  *panel = (struct panel){.measure = plan->y, .count = plan->y_count};
  const char *drawn = main_unit(bands);
  bool words = strcmp(drawn, "ms") == 0 || drawn[0] == '\0' || strchr(plan->title, '(') != NULL;
  const char *unit = strcmp(drawn, "ratio") == 0 ? "%" : drawn;
  if (plan->y->statistic == MEASURE_RATIO)
    scale_ratio(bands, panel);
  else
    scale_main(bands, panel);
  panel->title = words ? memory_string(plan->title) : text_format("%s (%s)", plan->title, unit);
  panel->note = main_note(bands, panel);
}

/* Stacks the panels; returns the widest tick label of all. */
static double place_panels(struct bands *bands, double top) {
  double widest = 0;
  for (size_t i = 0; i < bands->panel_count; i++) {
    struct panel *panel = &bands->panel[i];
    bool main = i + 1 == bands->panel_count;
    panel->top = top + TITLE + (main ? NOTE * (double)(1 + bands->line_count) : 0);
    panel->bottom = panel->top + (main ? MAIN_HEIGHT : ABOVE_HEIGHT);
    top = panel->bottom + GAP;
    widest = fmax(widest, panel->axis.tick_width);
  }
  bands->height = top - GAP + BOTTOM;
  return widest;
}

/* An end of an interval that is infinite is drawn at the top of the axis. */
static void add_value(struct text *data, double value, double infinite) {
  if (isinf(value))
    value = infinite;
  text_add(data, isnan(value) ? "\tNaN" : "\t%.8g", value);
}

static void bands_add_data(const struct bands *bands, struct text *data) {
  for (size_t i = 0; i < bands->list->count; i++) {
    const struct figure_series *series = &bands->list->item[i];
    text_add(data, "%s# ", i == 0 ? "" : "\n\n");
    layout_add_line(data, series->name);
    text_add(data, "\n%s", bands->figure->plan->x);
    for (size_t j = 0; j < bands->panel_count; j++)
      for (size_t k = 0; k < bands->panel[j].count; k++)
        text_add(data, "\t%s%s%s\tlow\thigh", bands->panel[j].measure[k].word,
                 bands->panel[j].measure[k].word[0] == '\0' ? "" : " ",
                 bands->panel[j].measure[k].metric);
    text_add(data, "\tn\n");
    for (size_t j = 0; j < series->count; j++) {
      text_add(data, "%.8g", x_of(bands, series->cell[j]));
      for (size_t k = 0; k < bands->panel_count; k++) {
        const struct panel *panel = &bands->panel[k];
        for (size_t m = 0; m < panel->count; m++) {
          struct estimate estimate = estimate_of(bands, series->cell[j], &panel->measure[m]);
          add_value(data, estimate.value, NAN);
          add_value(data, estimate.low, NAN);
          add_value(data, estimate.high, panel->axis.high);
        }
      }
      text_add(data, "\t%zu\n", bands->figure->dataset->cell[series->cell[j]].run_count);
    }
  }
}

/* Places the panels below the legend. Returns the width of the widest ticks. */
static double bands_add_legend(struct bands *bands, struct text *script) {
  const size_t count = bands->list->count;
  const char **name = memory_get(count, sizeof *name);
  const bool named = count > 1 || bands->list->item[0].name[0] != '\0';
  struct figure_legend legend;
  for (size_t i = 0; i < count; i++)
    name[i] = bands->list->item[i].name;
  figure_legend_init(&legend, name, count, named, EDGE);
  const double widest = place_panels(bands, legend.height);
  text_add(script, "SERIES = %zu; LEGEND = %d\n", count, named);
  figure_legend_write(&legend, bands->height, script);
  figure_legend_deinit(&legend);
  free(name);
  return widest;
}

static void bands_add_line_strings(const struct bands *bands, struct text *script) {
  const char **line = memory_get(bands->line_count + 1, sizeof *line);
  char *copy = memory_string(text_string(&bands->lines)), *rest = copy;
  for (size_t i = 0; i < bands->line_count; i++)
    line[i] = strsep(&rest, "\n");
  line[bands->line_count] = "";
  text_add(script, "LINES = %zu\n", bands->line_count);
  figure_add_strings(script, "LINE", line, bands->line_count + 1);
  free(copy);
  free(line);
}

static void bands_add_script(struct bands *bands, struct text *script) {
  const char *title[PANELS_MAX], *note[PANELS_MAX], *ticks[PANELS_MAX];
  double top[PANELS_MAX], bottom[PANELS_MAX], low[PANELS_MAX], high[PANELS_MAX], log[PANELS_MAX],
      title_y[PANELS_MAX];
  const double widest = bands_add_legend(bands, script);
  for (size_t i = 0; i < bands->panel_count; i++) {
    const struct panel *panel = &bands->panel[i];
    title[i] = panel->title;
    note[i] = panel->note;
    ticks[i] = text_string(&panel->axis.ticks);
    top[i] = 1 - panel->top / bands->height;
    bottom[i] = 1 - panel->bottom / bands->height;
    double notes = panel->note[0] == '\0' ? 0 : NOTE * (double)(1 + bands->line_count);
    double above = TITLE - 0.1 + notes;
    title_y[i] = 1 - (panel->top - above) / bands->height;
    low[i] = panel->axis.low;
    high[i] = panel->axis.high;
    log[i] = panel->axis.logarithmic;
  }
  text_add(script, "PANELS = %zu; MAIN = %zu\n", bands->panel_count,
           bands->panel[bands->panel_count - 1].count);
  figure_add_strings(script, "TITLE", title, bands->panel_count);
  figure_add_strings(script, "NOTE", note, bands->panel_count);
  figure_add_strings(script, "TICKS", ticks, bands->panel_count);
  figure_add_numbers(script, "TITLE_Y", title_y, bands->panel_count);
  figure_add_numbers(script, "TOP", top, bands->panel_count);
  figure_add_numbers(script, "BOTTOM", bottom, bands->panel_count);
  figure_add_numbers(script, "LOW", low, bands->panel_count);
  figure_add_numbers(script, "HIGH", high, bands->panel_count);
  figure_add_numbers(script, "LOG", log, bands->panel_count);
  bands_add_line_strings(bands, script);
  size_t longest = 0;
  for (size_t i = 0; i < bands->list->count; i++)
    longest = bands->list->item[i].count > longest ? bands->list->item[i].count : longest;
  text_add(script, "X_LOG = %d; X_ZERO = %.8g; EVERY = %zu\n", bands->x.logarithmic,
           isnan(bands->zero) ? bands->x.low : bands->zero, longest / MARKS_MOST + 1);
  text_add(script, "LEFT = %.6g; RIGHT = %.6g; X_LOW = %.8g; X_HIGH = %.8g\n",
           (EDGE + widest + TICK_GAP) / LAYOUT_WIDTH_IN,
           1 - (EDGE + bands->x.tick_width / 2) / LAYOUT_WIDTH_IN, bands->x.low, bands->x.high);
  figure_add_string(script, "X_TICKS", text_string(&bands->x.ticks));
  figure_add_string(script, "X_MARKS", text_string(&bands->x.marks));
  figure_add_string(script, "X_TITLE", bands->x_title);
}

static int bands_write(const struct figure *figure, struct figure_series_list *list,
                       struct text *error) {
  struct bands bands = {.figure = figure, .list = list};
  struct text script = {0}, data = {0};
  scale_x(&bands);
  bands_add_panels(&bands);
  bands_add_lines(&bands);
  bands_add_script(&bands, &script);
  bands_add_data(&bands, &data);
  int status = figure_write(figure, "bands", bands.height, &script, &data, error);
  for (size_t i = 0; i < bands.panel_count; i++) {
    layout_axis_deinit(&bands.panel[i].axis);
    free(bands.panel[i].title);
    free(bands.panel[i].note);
  }
  layout_axis_deinit(&bands.x);
  free(bands.x_title);
  text_deinit(&bands.lines);
  text_deinit(&script);
  text_deinit(&data);
  return status;
}

const struct figure_kind FIGURE_KIND_BANDS = {
    .write = bands_write,
    .explanation = "Bands are intervals of 95 %.",
    .lines = true,
};
