/* What all figures share: the series that they draw. */
#include "figure.h"
#include "figure_drawing.h"
#include "scenario/presentation_reader.h"
#include "simulator/simulator.h"
#include "support/memory.h"
#include "support/value.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct figure_kind *const KINDS[PRESENTATION_FIGURE_TYPES] = {
#define FIGURE(id, name) &FIGURE_KIND_##id,
#include "scenario/figures.def"
#undef FIGURE
};

const char *figure_explain(enum presentation_figure_type type) {
  return KINDS[type]->explanation;
}

char *figure_look_find(struct text *error) {
  static const char *const BESIDE[] = {"look", "../bench/report/look",
                                       "../share/coap-eap-sim/look"};
  char *folder = simulator_own_folder(), *found = NULL;
  for (size_t i = 0; i <= sizeof BESIDE / sizeof BESIDE[0] && found == NULL; i++) {
    char *path = i == 0 ? text_format("%s/style.gp", LOOK_FOLDER)
                        : text_format("%s/%s/style.gp", folder, BESIDE[i - 1]);
    if (access(path, R_OK) == 0) {
      char *real = realpath(path, NULL);
      found = real == NULL ? NULL : text_directory_of(real);
      free(real);
    }
    free(path);
  }
  free(folder);
  if (found == NULL)
    text_add(error, "the folder %s (style.gp, page.css) is not there\n", LOOK_FOLDER);
  return found;
}

char *figure_axis_title(const char *name, const char *unit) {
  return strcmp(unit, "ms") == 0 ? words_name(name, unit) : words_title(name, unit);
}

char *figure_value_words(const struct figure *figure, const char *column, const json_t *value) {
  const json_t *labels = figure->plan->labels;
  if (!json_is_number(value) && words_label(labels, column, value) == NULL)
    return value_print(value);
  return words_value(labels, figure->dataset->schema, column, value);
}

static const json_t *cell_value(const struct figure *figure, size_t cell, const char *column) {
  return json_object_get(figure->dataset->plan->cell[cell].columns, column);
}

/* The columns that split the cells: those the figure names, or all that vary. */
static json_t *split_columns(const struct figure *figure, const size_t *cell, size_t count,
                             const char *x) {
  if (json_array_size(figure->plan->series) > 0)
    return json_incref(figure->plan->series);
  json_t *columns = plan_columns_varying(figure->dataset->plan, cell, count);
  const char *const taken[] = {x, figure->plan->panels};
  for (size_t j = 0; j < sizeof taken / sizeof taken[0]; j++)
    for (size_t i = json_array_size(columns); taken[j] != NULL && i-- > 0;)
      if (strcmp(json_string_value(json_array_get(columns, i)), taken[j]) == 0)
        json_array_remove(columns, i);
  return columns;
}

static void name_series(const struct figure *figure, struct figure_series *series,
                        const json_t *columns) {
  struct text name = {0}, inner = {0};
  series->outer = memory_string("");
  for (size_t i = 0; i < json_array_size(columns); i++) {
    const char *column = json_string_value(json_array_get(columns, i));
    char *words = figure_value_words(figure, column, cell_value(figure, series->cell[0], column));
    text_add(&name, "%s%s", name.length == 0 ? "" : ", ", words);
    if (i == 0 && json_array_size(columns) > 1) {
      free(series->outer);
      series->outer = memory_string(words);
    } else {
      text_add(&inner, "%s%s", inner.length == 0 ? "" : ", ", words);
    }
    free(words);
  }
  series->name = memory_string(text_string(&name));
  series->inner = memory_string(text_string(&inner));
  text_deinit(&name);
  text_deinit(&inner);
}

static bool same_series(const struct figure *figure, const json_t *columns, size_t a, size_t b) {
  for (size_t i = 0; i < json_array_size(columns); i++) {
    const char *column = json_string_value(json_array_get(columns, i));
    if (!value_equal(cell_value(figure, a, column), cell_value(figure, b, column)))
      return false;
  }
  return true;
}

static struct figure_series *series_of(struct figure_series_list *list, const struct figure *figure,
                                       const json_t *columns, size_t cell) {
  for (size_t i = 0; i < list->count; i++)
    if (same_series(figure, columns, list->item[i].cell[0], cell))
      return &list->item[i];
  list->item = memory_resize(list->item, list->count + 1, sizeof *list->item);
  struct figure_series *series = &list->item[list->count++];
  *series = (struct figure_series){0};
  return series;
}

/* Inside of a series nothing but x may differ. */
static int check_series(const struct figure *figure, const struct figure_series *series,
                        const char *x, struct text *error) {
  for (size_t i = 1; i < series->count; i++) {
    for (size_t j = 0; j < i; j++) {
      if (x != NULL && !value_equal(cell_value(figure, series->cell[i], x),
                                    cell_value(figure, series->cell[j], x)))
        continue;
      char *a = plan_cell_words(figure->dataset->plan, series->cell[j], NULL);
      char *b = plan_cell_words(figure->dataset->plan, series->cell[i], NULL);
      text_add(error,
               "figure %s: the cells (%s) and (%s) fall on one place; tell them apart with "
               "`series`, `bars` or `rows`, or choose with `where`\n",
               figure->plan->name, a, b);
      free(a);
      free(b);
      return -1;
    }
  }
  return 0;
}

/* Moves those with equal words in the first column together, each group to where its first is. */
static void group_series(struct figure_series_list *list) {
  for (size_t i = 1; i < list->count; i++) {
    size_t to = i;
    for (size_t j = 0; j < i; j++)
      if (strcmp(list->item[j].outer, list->item[i].outer) == 0)
        to = j + 1;
    const struct figure_series moved = list->item[i];
    memmove(&list->item[to + 1], &list->item[to], (i - to) * sizeof *list->item);
    list->item[to] = moved;
  }
}

/* The panel of a cell: one more, if it has a value of its own. */
static size_t panel_of(struct figure_series_list *list, const struct figure *figure, size_t cell) {
  const char *column = figure->plan->panels;
  char *words = column == NULL
                    ? memory_string("")
                    : figure_value_words(figure, column, cell_value(figure, cell, column));
  for (size_t i = 0; i < list->panel_count; i++) {
    if (strcmp(list->panel[i], words) != 0)
      continue;
    free(words);
    return i;
  }
  list->panel = memory_resize(list->panel, list->panel_count + 1, sizeof *list->panel);
  list->panel[list->panel_count] = words;
  return list->panel_count++;
}

static void series_add_cell(struct figure_series *series, size_t cell) {
  series->cell = memory_resize(series->cell, series->count + 1, sizeof *series->cell);
  series->cell[series->count++] = cell;
}

static void series_deinit(struct figure_series *series) {
  free(series->name);
  free(series->outer);
  free(series->inner);
  free(series->cell);
}

/* Gives each panel its part of every series. */
static void split_into_panels(struct figure_series_list *list, const struct figure *figure) {
  struct figure_series *whole = list->item;
  list->series_count = list->count;
  for (size_t i = 0; i < list->series_count; i++)
    for (size_t j = 0; j < whole[i].count; j++)
      panel_of(list, figure, whole[i].cell[j]);
  list->count = list->panel_count * list->series_count;
  list->item = memory_get(list->count, sizeof *list->item);
  for (size_t i = 0; i < list->count; i++) {
    const struct figure_series *from = &whole[i % list->series_count];
    struct figure_series *part = &list->item[i];
    *part = (struct figure_series){.name = memory_string(from->name),
                                   .outer = memory_string(from->outer),
                                   .inner = memory_string(from->inner),
                                   .panel = i / list->series_count};
    for (size_t j = 0; j < from->count; j++)
      if (panel_of(list, figure, from->cell[j]) == part->panel)
        series_add_cell(part, from->cell[j]);
  }
  for (size_t i = 0; i < list->series_count; i++)
    series_deinit(&whole[i]);
  free(whole);
}

int figure_series_init(struct figure_series_list *list, const struct figure *figure, const char *x,
                       struct text *error) {
  size_t count, kept = 0;
  size_t *cell = dataset_cells_with(figure->dataset, figure->plan->where, figure->plan->y,
                                    figure->plan->y_count, &count);
  for (size_t i = 0; i < count; i++)
    if (figure->dataset->cell[cell[i]].run_count > 0)
      cell[kept++] = cell[i];
  json_t *columns = split_columns(figure, cell, kept, x);
  *list = (struct figure_series_list){0};
  int status = 0;
  for (size_t i = 0; i < kept; i++)
    series_add_cell(series_of(list, figure, columns, cell[i]), cell[i]);
  for (size_t i = 0; i < list->count; i++)
    name_series(figure, &list->item[i], columns);
  if (KINDS[figure->plan->type]->groups)
    group_series(list);
  split_into_panels(list, figure);
  for (size_t i = 0; i < list->count && status == 0; i++)
    status = check_series(figure, &list->item[i], x, error);
  json_decref(columns);
  free(cell);
  return status;
}

void figure_series_drop(struct figure_series_list *list, size_t index) {
  series_deinit(&list->item[index]);
  list->count--;
  memmove(&list->item[index], &list->item[index + 1], (list->count - index) * sizeof *list->item);
}

void figure_series_deinit(struct figure_series_list *list) {
  for (size_t i = 0; i < list->count; i++)
    series_deinit(&list->item[i]);
  for (size_t i = 0; i < list->panel_count; i++)
    free(list->panel[i]);
  free(list->panel);
  free(list->item);
  *list = (struct figure_series_list){0};
}

/* What can be told apart, and what there is room for. */
static int check_counts(const struct figure *figure, const struct figure_series_list *list,
                        struct text *error) {
  const bool series = figure_reader_of(figure->plan->type)->lines &&
                      list->series_count > (size_t)PRESENTATION_SERIES_MAX;
  const bool panels = list->panel_count > (size_t)PRESENTATION_PANELS_MAX;
  if (series)
    text_add(error,
             "figure %s: %zu series, more than %d can be told apart; choose with `where`, or split "
             "them with `panels`\n",
             figure->plan->name, list->series_count, PRESENTATION_SERIES_MAX);
  if (panels)
    text_add(error, "figure %s: %zu panels, more than %d have room; choose with `where`\n",
             figure->plan->name, list->panel_count, PRESENTATION_PANELS_MAX);
  return series || panels ? -1 : 0;
}

int figure_draw(const struct figure *figure, bool *drawn, struct text *notes, struct text *error) {
  const struct figure_kind *kind = KINDS[figure->plan->type];
  struct figure_series_list list;
  int status = figure_series_init(&list, figure, figure->plan->x, error);
  if (status == 0)
    status = check_counts(figure, &list, error);
  *drawn = list.count > 0;
  if (status == 0 && list.count == 0) {
    text_add(notes, "figure %s: no runs yet\n", figure->plan->name);
  } else if (status == 0) {
    status = kind->write(figure, &list, error);
    if (status == 0)
      status = figure_drawing_make(figure, error);
  }
  figure_series_deinit(&list);
  return status;
}
