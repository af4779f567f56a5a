/* Axes, legend and script of curves of shares. */
#include "figure_curves.h"
#include "figure_legend.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Inches. */
static const double EDGE = 0.04, TITLE = 0.33, PLOT_HEIGHT = 1.75, BOTTOM = 0.5, TICK_GAP = 0.1;

void figure_curves_scale(struct figure_curves *curves, double low, double high) {
  const struct layout_ticks ticks = {.scale = 1, .milliseconds = strcmp(curves->x_unit, "ms") == 0};
  const struct layout_ticks percent = {.scale = 100};
  if (low > high)
    low = high = 1;
  if (curves->figure->plan->logarithmic && low > 0)
    layout_axis_logarithmic(&curves->x, low, high, &ticks);
  else
    layout_axis_linear(&curves->x, 0, high > 0 ? high * 1.03 : 1, 6, false, &ticks);
  layout_axis_linear(&curves->y, 0, 1, 6, true, &percent);
}

/* Returns the height of the figure. */
static double curves_add_legend(const struct figure_curves *curves, struct text *script) {
  struct figure_legend legend;
  figure_legend_init(&legend, (const char *const *)curves->name, curves->count, true, EDGE);
  const double top = legend.height + TITLE, height = top + PLOT_HEIGHT + BOTTOM;
  text_add(script, "SERIES = %zu\nTOP = %.6g; BOTTOM = %.6g; TITLE_Y = %.6g; NOTE_Y = %.6g\n",
           curves->count, 1 - top / height, BOTTOM / height, 1 - (top - TITLE + 0.1) / height,
           1 - (top - 0.1) / height);
  figure_legend_write(&legend, height, script);
  figure_legend_deinit(&legend);
  return height;
}

int figure_curves_write(const struct figure_curves *curves, const char *type,
                        const struct text *data, struct text *error) {
  const struct figure *figure = curves->figure;
  struct text script = {0};
  double height = curves_add_legend(curves, &script);
  text_add(&script,
           "LEFT = %.6g; RIGHT = %.6g; X_LOW = %.8g; X_HIGH = %.8g; X_LOG = %d\nLOW = 0; HIGH = "
           "1\n",
           (EDGE + curves->y.tick_width + TICK_GAP) / LAYOUT_WIDTH_IN,
           1 - (EDGE + curves->x.tick_width / 2) / LAYOUT_WIDTH_IN, curves->x.low, curves->x.high,
           curves->x.logarithmic);
  char *x_title = figure->plan->x_title != NULL
                      ? memory_string(figure->plan->x_title)
                      : figure_axis_title(curves->x_title, curves->x_unit);
  figure_add_string(&script, "TITLE", figure->plan->title);
  figure_add_string(&script, "NOTE", curves->note);
  figure_add_string(&script, "X_TITLE", x_title);
  figure_add_string(&script, "X_TICKS", text_string(&curves->x.ticks));
  figure_add_string(&script, "Y_TICKS", text_string(&curves->y.ticks));
  int status = figure_write(figure, type, height, &script, data, error);
  free(x_title);
  text_deinit(&script);
  return status;
}

void figure_curves_deinit(struct figure_curves *curves) {
  layout_axis_deinit(&curves->x);
  layout_axis_deinit(&curves->y);
  for (size_t i = 0; i < curves->count; i++)
    free(curves->name[i]);
  free(curves->name);
}
