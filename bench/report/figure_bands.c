/* What a figure of lines with bands draws: its strips, their scales and their words. */
#include "figure_bands.h"
#include "store/paired.h"
#include "support/memory.h"
#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double bands_x_of(const struct bands *bands, size_t cell) {
  const struct plan_cell *at = &bands->figure->dataset->plan->cell[cell];
  return json_number_value(json_object_get(at->columns, bands->figure->plan->x));
}

struct estimate bands_estimate(const struct bands *bands, size_t cell,
                               const struct measure *measure) {
  const struct dataset *dataset = bands->figure->dataset;
  json_t *against = bands->figure->plan->against;
  if (against == NULL || measure->statistic == MEASURE_RATIO)
    return dataset_estimate(dataset, cell, measure);
  const struct presentation_column column = {bands->figure->plan->kind, *measure};
  return paired_estimate(dataset, cell, paired_baseline(dataset, cell, against), &column);
}

/* Smallest and largest finite value or end of an interval; false if there is none. */
static bool range_of(const struct bands *bands, const struct bands_strip *strip, double *low,
                     double *high) {
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t i = 0; i < bands->list->count; i++) {
    for (size_t j = 0; j < bands->list->item[i].count * strip->count; j++) {
      size_t cell = bands->list->item[i].cell[j / strip->count];
      struct estimate estimate = bands_estimate(bands, cell, &strip->measure[j % strip->count]);
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

/* Ticks on the axis below one panel, by how many stand side by side. */
static size_t ticks_most(size_t columns) {
  return columns == 1 ? 8 : 5;
}

void bands_scale_x(void *context, size_t columns, struct layout_axis *axis) {
  struct bands *bands = context;
  const struct schema *schema = bands->figure->dataset->schema;
  const struct schema_key *key = schema_spec_find(schema, bands->figure->plan->x);
  const struct layout_ticks ticks = {.scale = strcmp(key->unit, "ratio") == 0 ? 100 : 1,
                                     .milliseconds = strcmp(key->unit, "ms") == 0,
                                     .integers = key->type == SCHEMA_INTEGER,
                                     .most = columns == 1 ? 0 : ticks_most(columns)};
  double low = INFINITY, high = -INFINITY, positive = INFINITY;
  for (size_t i = 0; i < bands->list->count; i++) {
    for (size_t j = 0; j < bands->list->item[i].count; j++) {
      double x = bands_x_of(bands, bands->list->item[i].cell[j]);
      low = fmin(low, x);
      high = fmax(high, x);
      positive = x > 0 ? fmin(positive, x) : positive;
    }
  }
  double span = high > low ? high - low : fmax(fabs(high), 1);
  bands->zero = NAN;
  if (bands->figure->plan->log_x && isfinite(positive)) {
    bands->zero = low > 0 ? NAN : positive / 2;
    layout_axis_logarithmic(axis, low > 0 ? low : bands->zero, high, &ticks);
    if (!isnan(bands->zero))
      layout_axis_tick(axis, "0", bands->zero);
  } else {
    low = low > 0 ? low - 0.04 * span : low;
    layout_axis_linear(axis, low, high + (low > 0 ? 0.04 : 0.012) * span, ticks_most(columns),
                       false, &ticks);
  }
}

/* A ratio: from 0, or up to 100 %, whichever is nearer. */
static void scale_ratio(const struct bands *bands, struct bands_strip *strip) {
  const struct layout_ticks percent = {.scale = 100};
  double low, high;
  if (!range_of(bands, strip, &low, &high))
    low = high = 1;
  if (low >= 0.5)
    layout_axis_linear(&strip->axis, fmin(low, 0.95), 1, 4, true, &percent);
  else
    layout_axis_linear(&strip->axis, 0, fmax(high, 0.05), 4, true, &percent);
}

/* Of what is drawn in the main strip. */
static const char *main_unit(const struct bands *bands) {
  const struct presentation_column column = {bands->figure->plan->kind, *bands->figure->plan->y};
  return words_column_unit(&column);
}

static void scale_main(const struct bands *bands, struct bands_strip *strip) {
  const char *unit = main_unit(bands);
  const struct layout_ticks ticks = {.scale = strcmp(unit, "ratio") == 0 ? 100 : 1,
                                     .milliseconds = strcmp(unit, "ms") == 0};
  double low, high;
  if (!range_of(bands, strip, &low, &high))
    low = high = 1;
  if (bands->figure->plan->logarithmic && low > 0)
    layout_axis_logarithmic(&strip->axis, low, high, &ticks);
  else
    layout_axis_linear(&strip->axis, fmin(low, 0),
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

/* A place of a series where a measure has an interval. */
struct bands_place {
  size_t series, panel;
  double x;
  struct estimate estimate;
};

static struct bands_place *find_places(const struct bands *bands, const struct measure *measure,
                                       size_t *count) {
  struct bands_place *place = NULL;
  *count = 0;
  for (size_t i = 0; i < bands->list->count; i++) {
    const struct figure_series *item = &bands->list->item[i];
    for (size_t j = 0; j < item->count; j++) {
      const struct bands_place at = {i, item->panel, bands_x_of(bands, item->cell[j]),
                                     bands_estimate(bands, item->cell[j], measure)};
      place = memory_resize(place, *count + 1, sizeof *place);
      place[(*count)++] = at;
    }
  }
  return place;
}

static bool places_overlap(const struct bands_place *a, const struct bands_place *b) {
  return a->series != b->series && a->panel == b->panel && fabs(a->x - b->x) <= 1e-9 * fabs(a->x) &&
         a->estimate.high > a->estimate.low && b->estimate.high > b->estimate.low &&
         a->estimate.low < b->estimate.high && b->estimate.low < a->estimate.high;
}

/* Whether bands would lie over each other at one place of four: two of the second measure, or three
 * of the first. */
static bool wants_whiskers(const struct bands *bands, const struct measure *measure, bool second) {
  size_t count, crowded = 0;
  struct bands_place *place = find_places(bands, measure, &count);
  for (size_t i = 0; i < count; i++) {
    size_t others = 0;
    for (size_t j = 0; j < count; j++)
      others += places_overlap(&place[i], &place[j]);
    crowded += others > (second ? 0 : 1);
  }
  free(place);
  return 4 * crowded > count;
}

/* "median (with marks) and p95 (thin); shaded: intervals of 95 %" */
static char *two_measures_note(const struct bands_strip *strip) {
  char *first = statistic_words(strip->measure), *second = statistic_words(&strip->measure[1]);
  char *note;
  if (!strip->whiskers[1])
    note = text_format("%s (with marks) and %s (thin); %s: intervals of 95 %%", first, second,
                       strip->whiskers[0] ? "bars, shaded" : "shaded");
  else if (strip->whiskers[0])
    note = text_format("%s (lines) and %s (points); bars: intervals of 95 %%", first, second);
  else
    note =
        text_format("%s (lines) and %s (points); shaded, bars: intervals of 95 %%", first, second);
  free(first);
  free(second);
  return note;
}

static char *main_note(const struct bands *bands, const struct bands_strip *strip) {
  const struct measure *measure = strip->measure;
  const char *shown = strip->whiskers[0] ? "bars" : "shaded";
  double low, high;
  if (!range_of(bands, strip, &low, &high))
    return memory_string("nothing to show: too many runs fail");
  if (measure->statistic == MEASURE_RATIO)
    return text_format("%s: intervals of 95 %%", shown);
  if (strip->count == 2 && bands->figure->plan->against == NULL)
    return two_measures_note(strip);
  char *first = statistic_words(measure), *note;
  if (bands->figure->plan->against != NULL)
    note = text_format("%s, %s; %s: intervals of 95 %%", first,
                       bands->figure->dataset->plan->independent ? "of seeds of their own"
                                                                 : "in pairs of equal seeds",
                       shown);
  else
    note = text_format("%s%s; %s: interval of 95 %%", first,
                       measure->statistic == MEASURE_MEAN ? " given success" : "", shown);
  free(first);
  return note;
}

/* The first measure of a series at `x`; NaN if it has none there. */
static double value_at(const struct bands *bands, size_t series, double x) {
  const struct figure_series *item = &bands->list->item[series];
  for (size_t i = 0; i < item->count; i++)
    if (fabs(bands_x_of(bands, item->cell[i]) - x) <= 1e-9 * fabs(x))
      return bands_estimate(bands, item->cell[i], bands->figure->plan->y).value;
  return NAN;
}

/* Adds where two series cross, between two neighbouring x that both have: of lines straight there.
 */
static void add_crossings_of(const struct bands *bands, size_t a, size_t b, struct text *words) {
  const struct figure_series *series = bands->list->item;
  double x0 = NAN, before = NAN;
  for (size_t i = 0; i < series[a].count; i++) {
    double x = bands_x_of(bands, series[a].cell[i]);
    double gap = value_at(bands, a, x) - value_at(bands, b, x);
    if (!isfinite(gap))
      continue;
    if (before * gap < 0)
      text_add(words, "%s%s%s%s and %s cross at about %.3g", words->length == 0 ? "" : "; ",
               bands->list->panel_count > 1 ? bands->list->panel[series[a].panel] : "",
               bands->list->panel_count > 1 ? ": " : "", series[a].name, series[b].name,
               x0 + (x - x0) * before / (before - gap));
    x0 = x;
    before = gap;
  }
}

static void bands_add_line(struct bands *bands, const char *words) {
  if (words[0] != '\0')
    bands->line_count += layout_text_wrap(&bands->lines, words, 6.5, LAYOUT_WIDTH_IN - 0.08);
}

/* Adds what is left out because it is so in all panels. */
static void add_left_out(struct text *words, const char *what) {
  if (what[0] != '\0')
    text_add(words, "%s%s", words->length == 0 ? "" : "; ", what);
}

/* What stands below the note besides: where lines cross, and how those are computed that nobody
 * ran.
 */
static void bands_add_lines(struct bands *bands) {
  const struct figure_series_list *list = bands->list;
  const struct plan *plan = bands->figure->dataset->plan;
  struct text words = {0};
  for (size_t i = 0; i < list->count; i++)
    for (size_t j = i + 1; j < list->count && bands->figure->plan->crossings; j++)
      if (list->item[i].panel == list->item[j].panel)
        add_crossings_of(bands, i, j, &words);
  if (bands->figure->plan->crossings)
    bands_add_line(bands, words.length == 0 ? "no two lines cross" : words.data);
  text_deinit(&words);
  const struct derived_case *last = NULL;
  for (size_t i = 0; i < list->count; i++) {
    const struct derived_case *computed =
        list->item[i].count == 0 ? NULL : plan->cell[list->item[i].cell[0]].computed;
    if (computed != NULL && computed != last && list->item[i].panel == list->item[0].panel) {
      char *note = text_format("%s: %s", computed->name, computed->note);
      bands_add_line(bands, note);
      free(note);
    }
    last = computed;
  }
}

/* Those that say something; the others add a word to what is left out. */
static void add_strips_above(struct bands *bands, struct text *left_out) {
  const struct presentation_figure *plan = bands->figure->plan;
  for (size_t i = 0; i < plan->above_count; i++) {
    const char *always = figure_always_words(bands->figure, bands->list, &plan->above[i]);
    if (always != NULL) {
      add_left_out(left_out, always);
      continue;
    }
    struct bands_strip *strip = &bands->strip[bands->strip_count++];
    *strip = (struct bands_strip){.measure = &plan->above[i], .count = 1};
    strip->whiskers[0] = wants_whiskers(bands, strip->measure, false);
    scale_ratio(bands, strip);
    strip->title = ratio_title(strip->measure);
    strip->note = memory_string("");
  }
}

static void add_main_strip(struct bands *bands) {
  const struct presentation_figure *plan = bands->figure->plan;
  struct bands_strip *strip = &bands->strip[bands->strip_count++];
  *strip = (struct bands_strip){.measure = plan->y, .count = plan->y_count};
  for (size_t i = 0; i < strip->count; i++)
    strip->whiskers[i] = wants_whiskers(bands, &strip->measure[i], i > 0);
  const char *drawn = main_unit(bands);
  bool words = strcmp(drawn, "ms") == 0 || drawn[0] == '\0' || strchr(plan->title, '(') != NULL;
  const char *unit = strcmp(drawn, "ratio") == 0 ? "%" : drawn;
  if (plan->y->statistic == MEASURE_RATIO)
    scale_ratio(bands, strip);
  else
    scale_main(bands, strip);
  strip->title = words ? memory_string(plan->title) : text_format("%s (%s)", plan->title, unit);
  strip->note = main_note(bands, strip);
}

static int bands_write(const struct figure *figure, struct figure_series_list *list,
                       struct text *error) {
  const struct schema_key *key = schema_spec_find(figure->dataset->schema, figure->plan->x);
  struct bands bands = {.figure = figure, .list = list};
  struct text left_out = {0};
  bands.x_title = figure->plan->x_title == NULL ? figure_axis_title(key->name, key->unit)
                                                : memory_string(figure->plan->x_title);
  add_strips_above(&bands, &left_out);
  add_main_strip(&bands);
  char *modelled =
      figure_modelled_words(figure, list, figure->plan->y->metric, figure->plan->y->unit);
  add_left_out(&left_out, modelled);
  bands_add_line(&bands, text_string(&left_out));
  bands_add_lines(&bands);
  const int status = bands_write_files(&bands, error);
  for (size_t i = 0; i < bands.strip_count; i++) {
    layout_axis_deinit(&bands.strip[i].axis);
    free(bands.strip[i].title);
    free(bands.strip[i].note);
  }
  layout_axis_deinit(&bands.x);
  free(bands.x_title);
  text_deinit(&bands.lines);
  text_deinit(&left_out);
  free(modelled);
  return status;
}

const struct figure_kind FIGURE_KIND_BANDS = {
    .write = bands_write,
    .explanation = "Bands and bars are intervals of 95 %.",
};
