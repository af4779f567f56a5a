/* What a heat map draws: its axes, its cells, the scale of its colours, and its words. */
#include "figure_heat.h"
#include "store/paired.h"
#include "support/memory.h"
#include "support/value.h"
#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLOUR_TICKS = 6 };

struct heat_cell *heat_cell_at(const struct heat *heat, size_t panel, size_t row, size_t x) {
  return &heat->cell[(panel * heat->rows.count + row) * heat->x.count + x];
}

/* Axes */

static const json_t *value_of(const struct heat *heat, size_t cell, const char *column) {
  return json_object_get(heat->figure->dataset->plan->cell[cell].columns, column);
}

/* The place of a value; one more, if it is new. */
static size_t axis_place(struct heat_axis *axis, const json_t *value) {
  for (size_t i = 0; i < axis->count; i++)
    if (value_equal(axis->value[i], value))
      return i;
  axis->value = memory_resize(axis->value, axis->count + 1, sizeof *axis->value);
  axis->value[axis->count] = value;
  return axis->count++;
}

static int compare_numbers(const void *a, const void *b) {
  const double x = json_number_value(*(const json_t *const *)a);
  const double y = json_number_value(*(const json_t *const *)b);
  return (x > y) - (x < y);
}

static void axis_init(const struct heat *heat, const char *column, struct heat_axis *axis) {
  const json_t *labels = heat->figure->plan->labels;
  const struct schema *schema = heat->figure->dataset->schema;
  *axis = (struct heat_axis){.column = column, .numeric = true};
  for (size_t i = 0; i < heat->list->count; i++)
    for (size_t j = 0; j < heat->list->item[i].count; j++)
      axis_place(axis, value_of(heat, heat->list->item[i].cell[j], column));
  bool numbers = true;
  for (size_t i = 0; i < axis->count; i++)
    numbers = numbers && json_is_number(axis->value[i]);
  if (numbers)
    qsort(axis->value, axis->count, sizeof *axis->value, compare_numbers);
  axis->numeric = numbers;
  axis->words = memory_get(axis->count, sizeof *axis->words);
  for (size_t i = 0; i < axis->count; i++) {
    axis->words[i] = words_varied_value(labels, schema, column, axis->value[i]);
    axis->numeric = axis->numeric && words_label(labels, column, axis->value[i]) == NULL;
  }
  axis->title = words_varied_heading(labels, schema, column);
}

static void axis_deinit(struct heat_axis *axis) {
  for (size_t i = 0; i < axis->count; i++)
    free(axis->words[i]);
  free(axis->words);
  free(axis->value);
  free(axis->title);
}

/* Cells */

static struct estimate heat_estimate(const struct heat *heat, size_t cell) {
  const struct dataset *dataset = heat->figure->dataset;
  if (heat->column.kind == COLUMN_VALUE)
    return dataset_estimate(dataset, cell, &heat->column.measure);
  return paired_estimate(dataset, cell, paired_baseline(dataset, cell, heat->figure->plan->against),
                         &heat->column);
}

static void fill_cell(const struct heat *heat, size_t from, struct heat_cell *cell) {
  const struct dataset *dataset = heat->figure->dataset;
  cell->runs = dataset->cell[from].run_count;
  cell->estimate = heat_estimate(heat, from);
  for (size_t i = 0; i < heat->ratio_count; i++)
    cell->ratio[i] = dataset_estimate(dataset, from, heat->ratio[i]);
}

static void fill_cells(struct heat *heat) {
  const struct figure_series_list *list = heat->list;
  heat->cell = memory_get(list->panel_count * heat->rows.count * heat->x.count, sizeof *heat->cell);
  for (size_t i = 0; i < list->count; i++) {
    const struct figure_series *series = &list->item[i];
    for (size_t j = 0; j < series->count; j++) {
      const size_t row =
          axis_place(&heat->rows, value_of(heat, series->cell[j], heat->rows.column));
      const size_t x = axis_place(&heat->x, value_of(heat, series->cell[j], heat->x.column));
      fill_cell(heat, series->cell[j], heat_cell_at(heat, series->panel, row, x));
    }
  }
}

static size_t cell_count(const struct heat *heat) {
  return heat->list->panel_count * heat->rows.count * heat->x.count;
}

/* Adds a ratio below, unless it says the same in every cell, which is said once then. */
static void choose_ratio(struct heat *heat, const struct measure *ratio, struct text *left_out) {
  const char *always = figure_always_words(heat->figure, heat->list, ratio);
  if (always == NULL)
    heat->ratio[heat->ratio_count++] = ratio;
  else
    text_add(left_out, "%s%s", left_out->length == 0 ? "" : "; ", always);
}

/* Success stands last: only where some fail. */
static void choose_ratios(struct heat *heat, struct text *left_out) {
  const struct presentation_figure *plan = heat->figure->plan;
  for (int last = 0; last < 2; last++)
    for (size_t i = 0; i < plan->above_count; i++)
      if ((strcmp(plan->above[i].metric, MEASURE_SUCCESS) == 0) == last)
        choose_ratio(heat, &plan->above[i], left_out);
}

/* Numbers */

/* Digits behind the point with which a number has so many that tell. */
static int decimals_of(double number, int digits) {
  const int decimals = digits - 1 - (number > 0 ? (int)floor(log10(number * (1 + 1e-9))) : 0);
  return decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
}

/* What there is of a measure over all cells. */
struct heat_range {
  double low, high; /* of those that are finite; low is above high if there are none */
  double largest;   /* of what is shown */
  bool whole;       /* all are integers as they are shown */
};

static struct heat_range range_of(const struct heat *heat) {
  struct heat_range range = {.low = INFINITY, .high = -INFINITY, .whole = true};
  for (size_t i = 0; i < cell_count(heat); i++) {
    const double value = heat->cell[i].estimate.value, shown = value * heat->scale;
    if (heat->cell[i].runs == 0 || !isfinite(value))
      continue;
    range.low = fmin(range.low, value);
    range.high = fmax(range.high, value);
    range.largest = fmax(range.largest, fabs(shown));
    range.whole = range.whole && fabs(shown - round(shown)) < 1e-9 * fmax(1, fabs(shown));
  }
  return range;
}

/* As many decimals in all cells as the largest needs, and more where a small one would lose all. */
static char *number_words(const struct heat *heat, double value, const struct heat_range *range) {
  const double shown = value * heat->scale, size = fabs(shown);
  const bool sign = heat->column.kind != COLUMN_VALUE && heat->column.kind != COLUMN_RATIO;
  if (isnan(value))
    return memory_string("\xe2\x80\x93"); /* – */
  if (isinf(value))
    return memory_string(value > 0 ? "\xe2\x88\x9e" : "-\xe2\x88\x9e"); /* infinity */
  if (size < 1e-9)
    return memory_string("0");
  if (size >= 1e6)
    return text_format(sign ? "%+.3g" : "%.3g", shown);
  const int of_all = range->whole ? 0 : decimals_of(range->largest, 3);
  const int of_this = range->whole ? 0 : decimals_of(size, 1);
  return text_format(sign ? "%+.*f" : "%.*f", of_this > of_all ? of_this : of_all, shown);
}

/* Of a share of runs: "12 %", "0.3 %"; of success, "97 % ok" where some fail. */
static char *ratio_words(const struct measure *measure, double share) {
  const double percent = 100 * share;
  const bool success = strcmp(measure->metric, MEASURE_SUCCESS) == 0;
  if (isnan(share) || (success && share >= 1))
    return memory_string("");
  const double near = success ? 100 - percent : percent; /* what would be lost first */
  const bool whole = near >= 9.95 || fabs(percent - round(percent)) < 1e-9;
  char *number = near > 0 && near < 0.05 ? memory_string(success ? "99.9" : "<0.1")
                                         : text_format(whole ? "%.0f" : "%.1f", percent);
  char *words = text_format("%s %%%s", number, success ? " ok" : "");
  free(number);
  return words;
}

static void write_numbers(struct heat *heat) {
  const struct heat_range range = range_of(heat);
  for (size_t i = 0; i < cell_count(heat); i++) {
    struct heat_cell *cell = &heat->cell[i];
    cell->words =
        cell->runs == 0 ? memory_string("") : number_words(heat, cell->estimate.value, &range);
    for (size_t j = 0; j < heat->ratio_count; j++)
      cell->ratio_words[j] =
          cell->runs == 0 ? memory_string("") : ratio_words(heat->ratio[j], cell->ratio[j].value);
  }
}

/* Colours */

/* An axis that ends where the author says. */
static void scale_limits(struct heat *heat, const double limits[2], bool logarithmic) {
  const struct layout_ticks ticks = {.scale = heat->scale};
  if (logarithmic)
    layout_axis_logarithmic(&heat->colour, limits[0], limits[1], &ticks);
  else
    layout_axis_linear(&heat->colour, limits[0], limits[1], COLOUR_TICKS, false, &ticks);
  heat->colour.low = limits[0];
  heat->colour.high = limits[1];
}

static bool has_limits(const struct heat *heat) {
  return !isnan(heat->figure->plan->limits[0]);
}

/* Says how many cells have the last colour and would have another one. */
static void note_beyond(const struct heat *heat, struct text *left_out) {
  const double *limits = heat->figure->plan->limits;
  size_t beyond = 0;
  for (size_t i = 0; i < cell_count(heat); i++) {
    const double value = heat->cell[i].runs == 0 ? NAN : heat->cell[i].estimate.value;
    beyond += isfinite(value) && (value < limits[0] || value > limits[1]);
  }
  if (has_limits(heat) && beyond > 0)
    text_add(left_out, "%s%zu cell%s beyond the colours", left_out->length == 0 ? "" : "; ", beyond,
             beyond == 1 ? " is" : "s are");
}

/* The axis of the bar: logarithmic, if asked for and possible, and of ratios. */
static void scale_bar(struct heat *heat, const struct heat_range *range) {
  const struct layout_ticks ticks = {.scale = heat->scale};
  const bool ratio = heat->column.kind == COLUMN_RATIO && range->low > 0;
  const double *limits = heat->figure->plan->limits;
  if (has_limits(heat)) {
    const bool around_1 = heat->column.kind == COLUMN_RATIO && limits[0] > 0;
    scale_limits(heat, limits, around_1 || heat->figure->plan->logarithmic);
    return;
  }
  if (range->low > range->high)
    layout_axis_linear(&heat->colour, 0, 1, COLOUR_TICKS, true, &ticks);
  else if (heat->figure->plan->logarithmic && range->low > 0)
    layout_axis_logarithmic(&heat->colour, range->low, range->high, &ticks);
  else
    layout_axis_linear(&heat->colour, range->low, range->high, COLOUR_TICKS, true, &ticks);
  if (ratio && heat->colour.low <= 0) {
    layout_axis_deinit(&heat->colour);
    layout_axis_logarithmic(&heat->colour, range->low, range->high, &ticks);
  }
  heat->colour.logarithmic = heat->colour.logarithmic || ratio;
}

/* Equally far from the centre, colours are equally dark: of a ratio, twice is as far as half. */
static void scale_colours(struct heat *heat) {
  const struct heat_range range = range_of(heat);
  scale_bar(heat, &range);
  heat->low = heat->colour.low;
  heat->high = heat->colour.high;
  heat->centre = heat->column.kind == COLUMN_VALUE   ? NAN
                 : heat->column.kind == COLUMN_RATIO ? 1
                                                     : 0;
  if (isnan(heat->centre))
    return;
  if (heat->colour.logarithmic) {
    const double far = fmax(heat->high, 1 / heat->low);
    heat->high = far > 1 ? far : 2;
    heat->low = 1 / heat->high;
    return;
  }
  const double far = fmax(fabs(heat->high - heat->centre), fabs(heat->centre - heat->low));
  heat->low = heat->centre - (far > 0 ? far : 1);
  heat->high = heat->centre + (far > 0 ? far : 1);
}

static void heat_deinit(struct heat *heat) {
  for (size_t i = 0; i < cell_count(heat); i++) {
    free(heat->cell[i].words);
    for (size_t j = 0; j < heat->ratio_count; j++)
      free(heat->cell[i].ratio_words[j]);
  }
  free(heat->cell);
  free(heat->colour_title);
  free(heat->left_out);
  layout_axis_deinit(&heat->colour);
  axis_deinit(&heat->x);
  axis_deinit(&heat->rows);
}

static int heat_write(const struct figure *figure, struct figure_series_list *list,
                      struct text *error) {
  const struct presentation_figure *plan = figure->plan;
  struct heat heat = {.figure = figure, .list = list, .column = {plan->kind, *plan->y}};
  struct text left_out = {0};
  heat.scale = strcmp(words_column_unit(&heat.column), "ratio") == 0 ? 100 : 1;
  axis_init(&heat, plan->x, &heat.x);
  axis_init(&heat, json_string_value(json_array_get(plan->series, 0)), &heat.rows);
  choose_ratios(&heat, &left_out);
  fill_cells(&heat);
  write_numbers(&heat);
  scale_colours(&heat);
  heat.colour_title =
      words_column_heading(plan->labels, &heat.column, !figure->dataset->plan->independent);
  note_beyond(&heat, &left_out);
  heat.left_out = memory_string(text_string(&left_out));
  const int status = heat_write_files(&heat, error);
  heat_deinit(&heat);
  text_deinit(&left_out);
  return status;
}

const struct figure_kind FIGURE_KIND_HEAT = {
    .write = heat_write,
    .explanation = "Colours are of the numbers, whose intervals of 95 % are in the file of data.",
};
