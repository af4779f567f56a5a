/* Places the strips and panels of a figure of lines with bands, and writes its script and data. */
#include "figure_bands.h"
#include "figure_legend.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MARKS_MOST = 24 };

/* Inches. */
static const double EDGE = 0.04, TITLE = 0.2, TITLE_Y = 0.1, NOTE = 0.13, AFTER_NOTES = 0.03,
                    HEADING = 0.16, HEADING_Y = 0.085, ABOVE_HEIGHT = 0.55, MAIN_HEIGHT = 1.5,
                    PANEL_HEIGHT = 1.1, GAP = 0.12, BOTTOM = 0.5, X_TITLE_Y = 0.29, TICK_GAP = 0.1,
                    SHIFT = 0.05;

/* Where all is, in inches. */
struct bands_layout {
  struct bands *bands;
  struct figure_grid grid;
  struct figure_words words;
  double *top, *bottom; /* of strips, row by row of panels; from the top of the figure */
  double right, height;
};

/* Puts the words of a strip above it; returns where it begins. */
static double place_words(struct bands_layout *layout, size_t row, size_t index, double top) {
  const struct bands *bands = layout->bands;
  const struct bands_strip *strip = &bands->strip[index];
  const bool main = index + 1 == bands->strip_count;
  const size_t columns = layout->grid.columns;
  if (row == 0 || bands->strip_count > 1) {
    figure_words_add(&layout->words, WORDS_TITLE, EDGE, top + TITLE_Y, strip->title);
    top += TITLE;
  }
  if (row == 0 && main) {
    const double first = top - TITLE + TITLE_Y + NOTE;
    figure_words_add(&layout->words, WORDS_NOTE, EDGE, first, strip->note);
    figure_words_add_lines(&layout->words, WORDS_NOTE, EDGE, first + NOTE, NOTE,
                           text_string(&bands->lines));
    top += NOTE * (double)(1 + bands->line_count) + AFTER_NOTES;
  }
  if (bands->list->panel_count == 1 || index > 0)
    return top;
  for (size_t i = row * columns; i < (row + 1) * columns && i < layout->grid.count; i++)
    figure_words_add(&layout->words, WORDS_HEADING, figure_grid_x(&layout->grid, i),
                     top + HEADING - HEADING_Y, bands->list->panel[i]);
  return top + HEADING;
}

/* Stacks the strips of each row of panels, below the legend. */
static void place_strips(struct bands_layout *layout, double top) {
  const struct bands *bands = layout->bands;
  const double main_height = layout->grid.columns > 1 ? PANEL_HEIGHT : MAIN_HEIGHT;
  const size_t count = layout->grid.rows * bands->strip_count;
  layout->top = memory_get(count, sizeof *layout->top);
  layout->bottom = memory_get(count, sizeof *layout->bottom);
  for (size_t i = 0; i < count; i++) {
    const size_t index = i % bands->strip_count;
    layout->top[i] = place_words(layout, i / bands->strip_count, index, top);
    layout->bottom[i] =
        layout->top[i] + (index + 1 == bands->strip_count ? main_height : ABOVE_HEIGHT);
    top = layout->bottom[i] + GAP;
  }
  figure_words_add(&layout->words, WORDS_CENTRED, (layout->grid.left + layout->right) / 2,
                   top - GAP + X_TITLE_Y, bands->x_title);
  layout->height = top - GAP + BOTTOM;
}

static void place_columns(struct bands_layout *layout) {
  struct bands *bands = layout->bands;
  double widest = 0;
  for (size_t i = 0; i < bands->strip_count; i++)
    widest = fmax(widest, bands->strip[i].axis.tick_width);
  bands_scale_x(bands, 1, &bands->x);
  layout->right = LAYOUT_WIDTH_IN - (EDGE + bands->x.tick_width / 2);
  layout_axis_deinit(&bands->x);
  figure_grid_init(&layout->grid, bands->list->panel_count, EDGE + widest + TICK_GAP, layout->right,
                   bands_scale_x, bands, &bands->x);
}

/* An end of an interval that is infinite is drawn at the top of the axis. */
static void add_value(struct text *data, double value, double infinite) {
  if (isinf(value))
    value = infinite;
  text_add(data, isnan(value) ? "\tNaN" : "\t%.8g", value);
}

static void add_cell(const struct bands *bands, size_t cell, struct text *data) {
  text_add(data, "%.8g", bands_x_of(bands, cell));
  for (size_t i = 0; i < bands->strip_count; i++) {
    const struct bands_strip *strip = &bands->strip[i];
    for (size_t j = 0; j < strip->count; j++) {
      struct estimate estimate = bands_estimate(bands, cell, &strip->measure[j]);
      add_value(data, estimate.value, NAN);
      add_value(data, estimate.low, NAN);
      add_value(data, estimate.high, strip->axis.high);
    }
  }
  text_add(data, "\t%zu\n", bands->figure->dataset->cell[cell].run_count);
}

static void bands_add_data(const struct bands *bands, struct text *data) {
  for (size_t i = 0; i < bands->list->count; i++) {
    const struct figure_series *series = &bands->list->item[i];
    figure_add_block(data, bands->list, i, "");
    text_add(data, "%s", bands->figure->plan->x);
    for (size_t j = 0; j < bands->strip_count; j++)
      for (size_t k = 0; k < bands->strip[j].count; k++)
        text_add(data, "\t%s%s%s\tlow\thigh", bands->strip[j].measure[k].word,
                 bands->strip[j].measure[k].word[0] == '\0' ? "" : " ",
                 bands->strip[j].measure[k].metric);
    text_add(data, "\tn\n");
    for (size_t j = 0; j < series->count; j++)
      add_cell(bands, series->cell[j], data);
    if (series->count == 0)
      text_add(data, "NaN\n");
  }
}

/* The steps by which whiskers of neighbouring series stand side by side: of x, or of its logarithm.
 */
static double whisker_step(const struct bands_layout *layout) {
  const struct bands *bands = layout->bands;
  const struct figure_series_list *list = bands->list;
  const bool log = bands->x.logarithmic;
  const double span = log ? log10(bands->x.high / bands->x.low) : bands->x.high - bands->x.low;
  double nearest = span;
  for (size_t i = 0; i < list->count; i++) {
    for (size_t j = 1; j < list->item[i].count; j++) {
      const double a = bands_x_of(bands, list->item[i].cell[j - 1]);
      const double b = bands_x_of(bands, list->item[i].cell[j]);
      const double gap = fabs(log ? log10(fmax(b, bands->x.low) / fmax(a, bands->x.low)) : b - a);
      nearest = gap > 0 ? fmin(nearest, gap) : nearest;
    }
  }
  return fmin(SHIFT / layout->grid.width * span, 0.3 * nearest / (double)list->series_count);
}

/* Makes room for whiskers that stand beside the first and the last x. */
static double widen_x(struct bands_layout *layout) {
  struct bands *bands = layout->bands;
  const double step = whisker_step(layout), side = step * (double)bands->list->series_count / 2;
  bool any = false;
  for (size_t i = 0; i < bands->strip_count; i++)
    any = any || bands->strip[i].whiskers[0] || bands->strip[i].whiskers[1];
  if (any && bands->x.logarithmic) {
    bands->x.low /= pow(10, side);
    bands->x.high *= pow(10, side);
  } else if (any) {
    bands->x.low -= side;
    bands->x.high += side;
  }
  return step;
}

static void write_strips(const struct bands_layout *layout, struct text *script) {
  const struct bands *bands = layout->bands;
  const char *ticks[BANDS_STRIPS_MAX], *marks[BANDS_STRIPS_MAX];
  double low[BANDS_STRIPS_MAX], high[BANDS_STRIPS_MAX], log[BANDS_STRIPS_MAX],
      whiskers[BANDS_STRIPS_MAX], second = 0;
  for (size_t i = 0; i < bands->strip_count; i++) {
    const struct bands_strip *strip = &bands->strip[i];
    ticks[i] = text_string(&strip->axis.ticks);
    marks[i] = text_string(&strip->axis.marks);
    low[i] = strip->axis.low;
    high[i] = strip->axis.high;
    log[i] = strip->axis.logarithmic;
    whiskers[i] = strip->whiskers[0];
    second = strip->whiskers[1];
  }
  text_add(script, "STRIPS = %zu; MAIN = %zu; SECOND_WHISKERS = %g\n", bands->strip_count,
           bands->strip[bands->strip_count - 1].count, second);
  figure_add_strings(script, "TICKS", ticks, bands->strip_count);
  figure_add_strings(script, "MARKS", marks, bands->strip_count);
  figure_add_numbers(script, "LOW", low, bands->strip_count);
  figure_add_numbers(script, "HIGH", high, bands->strip_count);
  figure_add_numbers(script, "LOG", log, bands->strip_count);
  figure_add_numbers(script, "WHISKERS", whiskers, bands->strip_count);
}

static void write_places(const struct bands_layout *layout, struct text *script) {
  const size_t count = layout->grid.rows * layout->bands->strip_count;
  double *top = memory_get(count, sizeof *top), *bottom = memory_get(count, sizeof *bottom);
  for (size_t i = 0; i < count; i++) {
    top[i] = 1 - layout->top[i] / layout->height;
    bottom[i] = 1 - layout->bottom[i] / layout->height;
  }
  figure_grid_write(&layout->grid, script);
  figure_add_numbers(script, "TOP", top, count);
  figure_add_numbers(script, "BOTTOM", bottom, count);
  figure_words_write(&layout->words, layout->height, script);
  free(top);
  free(bottom);
}

static void write_x(struct bands_layout *layout, struct text *script) {
  const struct bands *bands = layout->bands;
  const double step = widen_x(layout);
  size_t longest = 0;
  for (size_t i = 0; i < bands->list->count; i++)
    longest = bands->list->item[i].count > longest ? bands->list->item[i].count : longest;
  text_add(script,
           "X_LOG = %d; X_ZERO = %.8g; X_LOW = %.8g; X_HIGH = %.8g; STEP = %.8g; EVERY = %zu\n",
           bands->x.logarithmic, isnan(bands->zero) ? bands->x.low : bands->zero, bands->x.low,
           bands->x.high, step, layout->grid.columns * longest / MARKS_MOST + 1);
  figure_add_string(script, "X_TICKS", text_string(&bands->x.ticks));
  figure_add_string(script, "X_MARKS", text_string(&bands->x.marks));
}

int bands_write_files(struct bands *bands, struct text *error) {
  const struct figure_series_list *list = bands->list;
  struct bands_layout layout = {.bands = bands};
  struct text script = {0}, data = {0};
  struct figure_legend legend;
  const char **name = memory_get(list->series_count, sizeof *name);
  const bool named = list->series_count > 1 || list->item[0].name[0] != '\0';
  for (size_t i = 0; i < list->series_count; i++)
    name[i] = list->item[i].name;
  figure_legend_init(&legend, name, list->series_count, named, EDGE);
  place_columns(&layout);
  place_strips(&layout, legend.height);
  text_add(&script, "SERIES = %zu; LEGEND = %d\n", list->series_count, named);
  figure_legend_write(&legend, layout.height, &script);
  write_strips(&layout, &script);
  write_places(&layout, &script);
  write_x(&layout, &script);
  bands_add_data(bands, &data);
  int status = figure_write(bands->figure, "bands", layout.height, &script, &data, error);
  figure_legend_deinit(&legend);
  figure_words_deinit(&layout.words);
  free(layout.top);
  free(layout.bottom);
  free(name);
  text_deinit(&script);
  text_deinit(&data);
  return status;
}
