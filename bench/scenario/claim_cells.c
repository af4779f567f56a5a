/* Combinations of free columns, and the cells in them. */
#include "claim_cells.h"
#include "claim.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

/* What finds cells by their columns. */
struct finder {
  const struct plan *plan;
  const struct derived *derived;
  const struct claim *claim;
  size_t column_count;
  char **printed; /* by cell and column */
  json_t *index;  /* all columns of a cell: its number */
};

static const char *column_name(const struct plan *plan, size_t column) {
  return json_string_value(json_array_get(plan->columns, column));
}

static const struct claim_cell_value *named(const struct claim_measure *measure,
                                            const char *column) {
  for (size_t i = 0; i < measure->cell_count; i++)
    if (strcmp(measure->cell[i].column, column) == 0)
      return &measure->cell[i];
  return NULL;
}

static bool is_free(const struct claim *claim, const char *column) {
  for (size_t i = 0; i < claim->measure_count; i++)
    if (named(&claim->measure[i], column) == NULL)
      return true;
  return false;
}

/* The columns of `cell`, but those that a measure names as it does. To be freed. */
static char *columns_text(const struct finder *finder, size_t cell,
                          const struct claim_measure *measure) {
  struct text text = {0};
  for (size_t i = 0; i < finder->column_count; i++) {
    const struct claim_cell_value *value =
        measure == NULL ? NULL : named(measure, column_name(finder->plan, i));
    char *printed = value == NULL ? NULL : value_print(value->value);
    text_add(&text, "%s\x1f",
             printed == NULL ? finder->printed[cell * finder->column_count + i] : printed);
    free(printed);
  }
  return text.data == NULL ? memory_string("") : text.data;
}

/* Its values of the free columns. To be freed. */
static char *free_text(const struct finder *finder, size_t cell) {
  struct text text = {0};
  for (size_t i = 0; i < finder->column_count; i++)
    if (is_free(finder->claim, column_name(finder->plan, i)))
      text_add(&text, "%s\x1f", finder->printed[cell * finder->column_count + i]);
  return text.data == NULL ? memory_string("") : text.data;
}

static void finder_init(struct finder *finder, const struct plan *plan,
                        const struct derived *derived, const struct claim *claim) {
  const size_t columns = json_array_size(plan->columns);
  *finder = (struct finder){.plan = plan,
                            .derived = derived,
                            .claim = claim,
                            .column_count = columns,
                            .printed = memory_get(plan->cell_count * columns, sizeof(char *)),
                            .index = json_object()};
  for (size_t i = 0; i < plan->cell_count; i++) {
    for (size_t j = 0; j < columns; j++) {
      const json_t *value = json_object_get(plan->cell[i].columns, column_name(plan, j));
      finder->printed[i * columns + j] = value == NULL ? memory_string("") : value_print(value);
    }
    char *text = columns_text(finder, i, NULL);
    json_object_set_new(finder->index, text, json_integer((json_int_t)i));
    free(text);
  }
}

static void finder_deinit(struct finder *finder) {
  for (size_t i = 0; i < finder->plan->cell_count * finder->column_count; i++)
    free(finder->printed[i]);
  free(finder->printed);
  json_decref(finder->index);
}

/* The cell that a measure means where the free columns are as in `cell`; the number of cells if
 * there is none. */
static size_t find(const struct finder *finder, size_t cell, const struct claim_measure *measure) {
  char *text = columns_text(finder, cell, measure);
  const json_t *found = json_object_get(finder->index, text);
  free(text);
  return found == NULL ? finder->plan->cell_count : (size_t)json_integer_value(found);
}

static bool has_measure(const struct finder *finder, size_t cell, const struct measure *measure) {
  const struct derived_case *computed = finder->plan->cell[cell].computed;
  return computed == NULL || (measure->statistic != MEASURE_RATIO &&
                              derived_case_has(finder->derived, computed, measure->metric));
}

/* Whether there is nothing to compare where all measures mean one cell. */
static bool is_comparison(const struct claim *claim) {
  bool one_measure = claim->measure_count > 1;
  for (size_t i = 1; i < claim->measure_count; i++)
    one_measure = one_measure && claim_measures_equal(claim, 0, i);
  for (size_t i = 1; i < claim->measure_count; i++) {
    const struct claim_measure *first = &claim->measure[0], *other = &claim->measure[i];
    if (first->cell_count != other->cell_count)
      return true;
    for (size_t j = 0; j < first->cell_count; j++) {
      const struct claim_cell_value *value = named(other, first->cell[j].column);
      if (value == NULL || !value_equal(value->value, first->cell[j].value))
        return true;
    }
  }
  return one_measure;
}

/* Takes the combination of the free columns' values that `stands` has. */
static void add_combination(struct claim_cells *cells, const struct finder *finder, size_t stands) {
  const struct claim *claim = finder->claim;
  size_t *cell = &cells->cell[cells->count * claim->measure_count], found = 0;
  bool same = true, has = true;
  for (size_t i = 0; i < claim->measure_count; i++) {
    cell[i] = find(finder, stands, &claim->measure[i]);
    same = same && cell[i] == cell[0];
    if (cell[i] == finder->plan->cell_count)
      continue;
    found++;
    has = has && has_measure(finder, cell[i], &claim->measure[i].measure);
  }
  if (found == 0 || !has)
    return;
  if (found < claim->measure_count) {
    if (cells->lacking++ == 0)
      cells->first = stands;
    return;
  }
  if (same && is_comparison(claim)) {
    cells->same++;
    return;
  }
  cells->stands[cells->count++] = stands;
}

static bool is_left(const struct plan *plan, size_t cell, json_t *where) {
  if (where == NULL)
    return true;
  json_t *all = json_copy(plan->cell[cell].spec);
  json_object_update(all, plan->cell[cell].columns);
  const bool left = value_matches(where, all);
  json_decref(all);
  return left;
}

static json_t *free_columns(const struct plan *plan, const struct claim *claim) {
  json_t *free_ones = json_array();
  for (size_t i = 0; i < json_array_size(plan->columns); i++)
    if (is_free(claim, column_name(plan, i)))
      json_array_append_new(free_ones, json_string(column_name(plan, i)));
  return free_ones;
}

void claim_cells_init(struct claim_cells *cells, const struct plan *plan,
                      const struct derived *derived, const struct claim *claim, json_t *where) {
  struct finder finder;
  json_t *seen = json_object();
  *cells = (struct claim_cells){
      .free = free_columns(plan, claim),
      .cell = memory_get(plan->cell_count * claim->measure_count, sizeof *cells->cell),
      .stands = memory_get(plan->cell_count, sizeof *cells->stands)};
  finder_init(&finder, plan, derived, claim);
  for (size_t i = 0; i < plan->cell_count; i++) {
    if (!is_left(plan, i, where))
      continue;
    char *text = free_text(&finder, i);
    if (json_object_get(seen, text) == NULL)
      add_combination(cells, &finder, i);
    json_object_set_new(seen, text, json_true());
    free(text);
  }
  finder_deinit(&finder);
  json_decref(seen);
}

void claim_cells_deinit(struct claim_cells *cells) {
  json_decref(cells->free);
  free(cells->cell);
  free(cells->stands);
  *cells = (struct claim_cells){0};
}
