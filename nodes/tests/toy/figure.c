/* A toy figure: a measure of each cell as a dot, with its interval. */
#include "figure.h"

static const double HEAD = 0.5, ROW = 0.2;

static int dots_write(const struct figure *figure, struct figure_series_list *list,
                      struct text *error) {
  const struct measure *measure = &figure->plan->y[0];
  struct text script = {0}, data = {0};
  text_add(&script, "ROWS = %zu\n", list->count);
  figure_add_string(&script, "TITLE", figure->plan->title);
  text_add(&data, "cell\tvalue\tlow\thigh\n");
  for (size_t i = 0; i < list->count; i++) {
    const struct estimate estimate =
        dataset_estimate(figure->dataset, list->item[i].cell[0], measure);
    figure_add_field(&data, list->item[i].name);
    text_add(&data, "\t%.8g\t%.8g\t%.8g\n", estimate.value, estimate.low, estimate.high);
  }
  const int status =
      figure_write(figure, "dots", HEAD + ROW * (double)list->count, &script, &data, error);
  text_deinit(&script);
  text_deinit(&data);
  return status;
}

const struct figure_kind FIGURE_KIND_DOTS = {.write = dots_write,
                                             .explanation = "Dots have intervals of 95 %."};
