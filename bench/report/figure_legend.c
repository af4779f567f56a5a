/* Places the entries of a legend. */
#include "figure_legend.h"

#include "figure.h"
#include "support/memory.h"

#include <stdlib.h>

/* Inches. */
static const double LEGEND_TOP = 0.095, LEGEND_ROW = 0.15, LEGEND_MARK = 0.27,
                    LEGEND_BOTTOM = -0.03;

void figure_legend_init(struct figure_legend *legend, const char *const *name, size_t count,
                        bool shown, double edge) {
  *legend = (struct figure_legend){.name = name,
                                   .count = count,
                                   .x = memory_get(count, sizeof *legend->x),
                                   .row = memory_get(count, sizeof *legend->row)};
  if (shown) {
    const size_t rows = layout_legend(name, count, LEGEND_MARK, LAYOUT_WIDTH_IN - 2 * edge,
                                      legend->x, legend->row);
    legend->height = LEGEND_TOP + LEGEND_ROW * (double)rows + LEGEND_BOTTOM;
  }
  for (size_t i = 0; i < count; i++)
    legend->x[i] += edge;
}

void figure_legend_write(const struct figure_legend *legend, double figure_height,
                         struct text *script) {
  double *x = memory_get(legend->count, sizeof *x), *y = memory_get(legend->count, sizeof *y);
  for (size_t i = 0; i < legend->count; i++) {
    x[i] = legend->x[i] / LAYOUT_WIDTH_IN;
    y[i] = 1 - (LEGEND_TOP + LEGEND_ROW * (double)legend->row[i]) / figure_height;
  }
  figure_add_strings(script, "NAME", legend->name, legend->count);
  figure_add_numbers(script, "NAME_X", x, legend->count);
  figure_add_numbers(script, "NAME_Y", y, legend->count);
  free(x);
  free(y);
}

void figure_legend_deinit(struct figure_legend *legend) {
  free(legend->x);
  free(legend->row);
}
