/* Axes, legend and script of curves of shares. */
#include "figure_curves.h"
#include "figure_grid.h"
#include "figure_legend.h"
#include "figure_words.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

/* Inches. */
static const double EDGE = 0.04, TITLE_Y = 0.1, NOTE = 0.13, AFTER_NOTES = 0.1, HEADING = 0.16,
                    HEADING_Y = 0.085, PLOT_HEIGHT = 1.75, PANEL_HEIGHT = 1.1, GAP = 0.12,
                    BOTTOM = 0.5, X_TITLE_Y = 0.29, TICK_GAP = 0.1;

static void curves_scale_x(void *context, size_t columns, struct layout_axis *axis) {
  const struct figure_curves *curves = context;
  const size_t most = columns == 1 ? 6 : 4;
  const struct layout_ticks ticks = {.scale = 1,
                                     .milliseconds = strcmp(curves->x_unit, "ms") == 0,
                                     .most = columns == 1 ? 0 : most};
  const bool any = curves->low <= curves->high;
  const double low = any ? curves->low : 1, high = any ? curves->high : 1;
  if (curves->figure->plan->logarithmic && low > 0)
    layout_axis_logarithmic(axis, low, high, &ticks);
  else
    layout_axis_linear(axis, 0, high > 0 ? high * 1.03 : 1, most, false, &ticks);
}

void figure_curves_scale(struct figure_curves *curves) {
  const struct layout_ticks percent = {.scale = 100};
  curves_scale_x(curves, 1, &curves->x);
  layout_axis_linear(&curves->y, 0, 1, 6, true, &percent);
}

bool figure_curves_are_shaded(const struct figure_curves *curves) {
  return curves->list->series_count <= FIGURE_CURVES_SHADED_MAX;
}

/* Adds to a note what does not go without saying. */
static void note_add(struct text *note, bool holds, const char *before, const char *words) {
  if (holds && words[0] != '\0')
    text_add(note, "%s%s%s", note->length == 0 ? "" : "; ", before, words);
}

/* Title and notes; returns where they end. */
static double curves_add_words(const struct figure_curves *curves, double top,
                               struct figure_words *words) {
  const struct figure *figure = curves->figure;
  char *modelled = figure_modelled_words(figure, curves->list, curves->metric, curves->x_unit);
  struct text lines = {0}, note = {0};
  note_add(&note, true, "", curves->note);
  note_add(&note, curves->list->panel_count == 1, "in brackets: ", curves->in_brackets);
  note_add(&note, figure_curves_are_shaded(curves), "shaded: ", curves->shaded);
  if (note.length > 0)
    layout_text_wrap(&lines, note.data, 6.5, LAYOUT_WIDTH_IN - 2 * EDGE);
  if (modelled[0] != '\0')
    layout_text_wrap(&lines, modelled, 6.5, LAYOUT_WIDTH_IN - 2 * EDGE);
  figure_words_add(words, WORDS_TITLE, EDGE, top + TITLE_Y, figure->plan->title);
  const size_t count = figure_words_add_lines(words, WORDS_NOTE, EDGE, top + TITLE_Y + NOTE, NOTE,
                                              text_string(&lines));
  text_deinit(&lines);
  text_deinit(&note);
  free(modelled);
  return top + TITLE_Y + NOTE * (double)count + AFTER_NOTES;
}

/* Where rows of panels are; returns where the last one ends. */
static double curves_add_rows(const struct figure_curves *curves, const struct figure_grid *grid,
                              double at, struct figure_words *words, double *top, double *bottom) {
  const bool panels = curves->list->panel_count > 1;
  for (size_t row = 0; row < grid->rows; row++) {
    for (size_t i = row * grid->columns; i < (row + 1) * grid->columns && i < grid->count; i++)
      if (panels)
        figure_words_add(words, WORDS_HEADING, figure_grid_x(grid, i), at + HEADING - HEADING_Y,
                         curves->list->panel[i]);
    top[row] = at + (panels ? HEADING : 0);
    bottom[row] = top[row] + (grid->columns > 1 ? PANEL_HEIGHT : PLOT_HEIGHT);
    at = bottom[row] + GAP;
  }
  return at - GAP;
}

/* Places all; returns the height of the figure. */
static double curves_place(struct figure_curves *curves, struct text *script) {
  const size_t count = curves->list->series_count;
  const double left = EDGE + curves->y.tick_width + TICK_GAP,
               right = LAYOUT_WIDTH_IN - EDGE - curves->x.tick_width / 2;
  struct figure_legend legend;
  struct figure_words words = {0};
  struct figure_grid grid;
  layout_axis_deinit(&curves->x);
  figure_grid_init(&grid, curves->list->panel_count, left, right, curves_scale_x, curves,
                   &curves->x);
  double *top = memory_get(grid.rows, sizeof *top), *bottom = memory_get(grid.rows, sizeof *bottom);
  figure_legend_init(&legend, (const char *const *)curves->name, count, true, EDGE);
  const double at = curves_add_words(curves, legend.height, &words);
  const double end = curves_add_rows(curves, &grid, at, &words, top, bottom), height = end + BOTTOM;
  char *x_title = curves->figure->plan->x_title != NULL
                      ? memory_string(curves->figure->plan->x_title)
                      : figure_axis_title(curves->x_title, curves->x_unit);
  figure_words_add(&words, WORDS_CENTRED, (left + right) / 2, end + X_TITLE_Y, x_title);
  for (size_t i = 0; i < grid.rows; i++) {
    top[i] = 1 - top[i] / height;
    bottom[i] = 1 - bottom[i] / height;
  }
  text_add(script, "SERIES = %zu; LEGEND = 1; SHADED = %d\n", count,
           figure_curves_are_shaded(curves));
  figure_legend_write(&legend, height, script);
  figure_grid_write(&grid, script);
  figure_add_numbers(script, "TOP", top, grid.rows);
  figure_add_numbers(script, "BOTTOM", bottom, grid.rows);
  figure_words_write(&words, height, script);
  figure_words_deinit(&words);
  figure_legend_deinit(&legend);
  free(x_title);
  free(top);
  free(bottom);
  return height;
}

int figure_curves_write(struct figure_curves *curves, const char *type, const struct text *data,
                        struct text *error) {
  struct text script = {0};
  double height = curves_place(curves, &script);
  text_add(&script, "X_LOW = %.8g; X_HIGH = %.8g; X_LOG = %d\nLOW = 0; HIGH = 1\n", curves->x.low,
           curves->x.high, curves->x.logarithmic);
  figure_add_string(&script, "X_TICKS", text_string(&curves->x.ticks));
  figure_add_string(&script, "X_MARKS", text_string(&curves->x.marks));
  figure_add_string(&script, "Y_TICKS", text_string(&curves->y.ticks));
  figure_add_string(&script, "Y_MARKS", text_string(&curves->y.marks));
  int status = figure_write(curves->figure, type, height, &script, data, error);
  text_deinit(&script);
  return status;
}

void figure_curves_deinit(struct figure_curves *curves) {
  layout_axis_deinit(&curves->x);
  layout_axis_deinit(&curves->y);
  for (size_t i = 0; i < curves->list->series_count; i++)
    free(curves->name[i]);
  free(curves->name);
}
