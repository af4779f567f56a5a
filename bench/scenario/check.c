/* Tables, figures, comparisons and expectations against the cells that there will be. */
#include "check.h"
#include "check_cells.h"
#include "check_claim.h"
#include "check_labels.h"
#include "presentation_reader.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Measures */

/* Runs that it takes until a share `tail` of them is one, and until the end of a 95 % interval is
 * among them. */
static double runs_for(double tail) {
  return ceil(1 / tail - 1e-9);
}

static double runs_for_interval(double tail) {
  return ceil(log(0.025) / log(1 - tail) - 1e-9);
}

/* Warns of a quantile that is further out than the runs of a cell reach. */
static void check_quantile(const struct check *check, const struct presentation_place *at,
                           const yaml_node_t *node, const struct measure *measure) {
  const size_t runs = check->plan.repeat;
  const double tail = fmin(measure->p, 1 - measure->p);
  if (measure->metric == NULL || !measure_is_quantile(measure) || !(tail < 0.5) ||
      (double)runs >= runs_for(tail))
    return;
  yaml_warn(at->file, node, check->complaints,
            "%s of %zu run%s is no more than the %s of them\nit takes %.0f runs of each cell, and "
            "%.0f for an interval: `repeat`",
            measure->word, runs, text_plural(runs), measure->p > 0.5 ? "largest" : "smallest",
            runs_for(tail), runs_for_interval(tail));
}

static void check_quantiles(const struct check *check, const struct presentation_place *at,
                            const char *key, const struct measure *measure, size_t count) {
  for (size_t i = 0; i < count; i++)
    check_quantile(check, at, check_list_node(at, key, i), &measure[i]);
}

/* Tables */

static void check_table(const struct check *check, const struct presentation_table *table) {
  struct check_cells cells;
  for (size_t i = 0; i < table->column_count; i++)
    check_quantile(check, &table->at, check_list_node(&table->at, "columns", i),
                   &table->column[i].measure);
  check_table_labels(check, table);
  if (check_where(check, &table->at, table->where, &cells))
    check_against(check, &table->at, table->against, &cells, false);
  free(cells.index);
}

/* Figures */

/* What stands for a cell among others: its values of some columns. To be freed. */
static char *place_of(const struct check *check, size_t cell, const json_t *columns) {
  return plan_cell_words(&check->plan, cell, columns);
}

static bool is_name(const char *name, const char *other) {
  return other != NULL && strcmp(name, other) == 0;
}

/* The columns that tell series apart: those that it names, or all that vary but x and what splits
 * panels. To be freed. */
static json_t *series_columns(const struct check *check, const struct presentation_figure *figure,
                              const struct check_cells *cells) {
  if (json_array_size(figure->series) > 0)
    return json_copy(figure->series);
  json_t *columns = plan_columns_varying(&check->plan, cells->index, cells->count);
  for (size_t i = json_array_size(columns); i-- > 0;) {
    const char *name = json_string_value(json_array_get(columns, i));
    if (is_name(name, figure->x) || is_name(name, figure->panels))
      json_array_remove(columns, i);
  }
  return columns;
}

/* The key that would tell cells apart. */
static const char *places_key(const struct presentation_figure *figure) {
  const struct figure_reader *reader = figure_reader_of(figure->type);
  return reader->apart == NULL ? reader->series : reader->apart;
}

/* Where a figure with a baseline has it beside a cell that is compared with it: what leaves it out.
 * To be freed; "" if they differ in anything else. */
static char *baseline_hint(const struct check *check, const struct presentation_figure *figure,
                           size_t a, size_t b) {
  const size_t cells[] = {a, b};
  json_t *columns = plan_columns_varying(&check->plan, cells, 2);
  const char *name = json_string_value(json_array_get(columns, 0));
  const json_t *baseline = json_array_get(json_object_get(figure->against, name), 0);
  const json_t *values[] = {json_object_get(check->plan.cell[a].columns, name),
                            json_object_get(check->plan.cell[b].columns, name)};
  char *hint = NULL;
  for (size_t i = 0; i < 2 && json_array_size(columns) == 1 && baseline != NULL; i++) {
    if (!value_equal(values[i], baseline))
      continue;
    char *other = value_print(values[1 - i]);
    hint = text_format(
        "; `against` needs its baseline in the campaign, not in the figure: `where: {%s: %s}`",
        name, other);
    free(other);
    break;
  }
  json_decref(columns);
  return hint == NULL ? memory_string("") : hint;
}

/* Complains of two cells that a figure cannot tell apart: with the same values of these columns. */
static bool check_places(const struct check *check, const struct presentation_figure *figure,
                         const struct check_cells *cells, const json_t *columns,
                         const yaml_node_t *node) {
  json_t *seen = json_object();
  bool good = true;
  for (size_t i = 0; i < cells->count && good; i++) {
    char *place = place_of(check, cells->index[i], columns);
    const json_t *before = json_object_get(seen, place);
    if (before != NULL) {
      const size_t other = (size_t)json_integer_value(before);
      char *hint = baseline_hint(check, figure, other, cells->index[i]);
      char *a = plan_cell_words(&check->plan, other, NULL);
      char *b = plan_cell_words(&check->plan, cells->index[i], NULL);
      yaml_complain(figure->at.file, node, check->complaints,
                    "the cells (%s) and (%s) fall on one place\ntell them apart with `%s`, or "
                    "choose with `where`%s",
                    a, b, places_key(figure), hint);
      free(hint);
      free(a);
      free(b);
      good = false;
    }
    json_object_set_new(seen, place, json_integer((json_int_t)cells->index[i]));
    free(place);
  }
  json_decref(seen);
  return good;
}

static size_t count_places(const struct check *check, const struct check_cells *cells,
                           const json_t *columns) {
  json_t *seen = json_object();
  for (size_t i = 0; i < cells->count; i++) {
    char *place = place_of(check, cells->index[i], columns);
    json_object_set_new(seen, place, json_true());
    free(place);
  }
  const size_t count = json_object_size(seen);
  json_decref(seen);
  return count;
}

/* The places that cells have by one column. */
static size_t count_values(const struct check *check, const struct check_cells *cells,
                           const char *column) {
  json_t *columns = json_array();
  json_array_append_new(columns, json_string(column));
  const size_t count = count_places(check, cells, columns);
  json_decref(columns);
  return count;
}

static void check_panels(const struct check *check, const struct presentation_figure *figure,
                         const struct check_cells *cells) {
  const size_t count = figure->panels == NULL ? 0 : count_values(check, cells, figure->panels);
  if (count > PRESENTATION_PANELS_MAX)
    yaml_complain(figure->at.file, check_node(&figure->at, "panels"), check->complaints,
                  "%zu panels, more than %d have room\nchoose with `where`", count,
                  PRESENTATION_PANELS_MAX);
}

/* Complains of more places than there is room for. */
static void check_places_count(const struct check *check, const struct presentation_figure *figure,
                               const char *key, size_t count) {
  const size_t most = figure_reader_of(figure->type)->places;
  if (most > 0 && count > most)
    yaml_complain(figure->at.file, check_node(&figure->at, key), check->complaints,
                  "%zu places, more than %zu have room\nchoose with `where`", count, most);
}

static void check_series(const struct check *check, const struct presentation_figure *figure,
                         const struct check_cells *cells) {
  const struct figure_reader *reader = figure_reader_of(figure->type);
  yaml_node_t *node = check_node(&figure->at, reader->series);
  json_t *columns = series_columns(check, figure, cells);
  const size_t count = count_places(check, cells, columns);
  const char *const others[] = {figure->x, figure->panels};
  node = node == NULL ? figure->at.item : node;
  if (reader->lines && count > (size_t)PRESENTATION_SERIES_MAX)
    yaml_complain(figure->at.file, node, check->complaints,
                  "%zu series, more than %d can be told apart\nchoose with `where`, or split them "
                  "with `panels`",
                  count, PRESENTATION_SERIES_MAX);
  check_places_count(check, figure, reader->series, count);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    if (others[i] != NULL)
      json_array_append_new(columns, json_string(others[i]));
  check_places(check, figure, cells, columns, node);
  json_decref(columns);
}

/* Warns of an axis of one value that lines are drawn over. */
static void check_x(const struct check *check, const struct presentation_figure *figure,
                    const struct check_cells *cells) {
  const size_t count = figure->x == NULL ? 0 : count_values(check, cells, figure->x);
  check_places_count(check, figure, "x", count);
  if (figure_reader_of(figure->type)->lines && count == 1)
    yaml_warn(figure->at.file, check_node(&figure->at, "x"), check->complaints,
              "`%s` has one value here: its lines are points", figure->x);
}

/* Complains of more words in a legend than it has fills. */
static void check_parts(const struct check *check, const struct presentation_figure *figure) {
  yaml_node_t *parts = check_node(&figure->at, "parts");
  const size_t count =
      parts == NULL || parts->type != YAML_MAPPING_NODE
          ? 0
          : (size_t)(parts->data.mapping.pairs.top - parts->data.mapping.pairs.start);
  if (figure->parts != NULL && count > PRESENTATION_STACK_MAX)
    yaml_complain(figure->at.file, parts, check->complaints,
                  "%zu parts, more than %d can be told apart", count, PRESENTATION_STACK_MAX);
}

/* Without the computed cells that have none of its measures. */
static void leave_out_computed(const struct check *check, const struct presentation_figure *figure,
                               struct check_cells *cells) {
  size_t kept = 0;
  for (size_t i = 0; i < cells->count; i++) {
    const struct derived_case *computed = check->plan.cell[cells->index[i]].computed;
    bool has = computed == NULL;
    for (size_t j = 0; j < figure->y_count && !has; j++)
      has = derived_case_has(&check->scenario->derived, computed, figure->y[j].metric);
    if (has)
      cells->index[kept++] = cells->index[i];
  }
  cells->count = kept;
}

/* What the columns of a figure make of its cells. */
static void check_figure_cells(const struct check *check, const struct presentation_figure *figure,
                               struct check_cells *cells) {
  leave_out_computed(check, figure, cells);
  check_series(check, figure, cells);
  check_panels(check, figure, cells);
  check_x(check, figure, cells);
}

static void check_figure(const struct check *check, const struct presentation_figure *figure) {
  struct check_cells cells;
  const bool has_cells = check_where(check, &figure->at, figure->where, &cells);
  check_figure_labels(check, figure);
  if (figure->at.good) {
    const char *key = check_node(&figure->at, "y") == NULL ? "of" : "y";
    check_quantiles(check, &figure->at, key, figure->y, figure->y_count);
    check_parts(check, figure);
  }
  if (figure->at.good && has_cells)
    check_figure_cells(check, figure, &cells);
  if (has_cells)
    check_against(check, &figure->at, figure->against, &cells, figure->type == FIGURE_SAVINGS);
  free(cells.index);
}

/* Comparisons */

static void check_comparison(const struct check *check,
                             const struct presentation_comparison *comparison) {
  struct check_cells cells;
  yaml_node_t *where = check_node(&comparison->at, "where");
  if (check_where(check, &comparison->at, comparison->where, &cells) && cells.count != 1)
    yaml_complain(comparison->at.file, where == NULL ? comparison->at.item : where,
                  check->complaints, "`where` has to leave one cell, it leaves %zu", cells.count);
  free(cells.index);
}

/* Expectations */

/* Warns of bounds of a share above 1, which is all of it. */
static void check_bounds(const struct check *check,
                         const struct presentation_expectation *expectation) {
  static const char *const KEYS[] = {"at_least", "at_most"};
  const double bounds[] = {expectation->at_least, expectation->at_most};
  if (expectation->column.measure.statistic != MEASURE_RATIO ||
      expectation->column.kind == COLUMN_RATIO)
    return;
  for (size_t i = 0; i < 2; i++)
    if (bounds[i] > 1)
      check_warn_share(check, expectation, check_node(&expectation->at, KEYS[i]),
                       expectation->column.measure.metric);
}

/* What a claim says of cells. */
static void check_claim(const struct check *check,
                        const struct presentation_expectation *expectation) {
  struct check_cells cells;
  bool good = expectation->at.good;
  if (good) {
    check_claim_shares(check, expectation);
    good = check_claim_values(check, expectation);
  }
  if (check_where(check, &expectation->at, expectation->where, &cells) && good)
    check_claim_cells(check, expectation);
  free(cells.index);
}

static void check_bounded(const struct check *check,
                          const struct presentation_expectation *expectation) {
  struct check_cells cells;
  if (expectation->at.good) {
    check_bounds(check, expectation);
    check_quantiles(check, &expectation->at, "metric", &expectation->column.measure, 1);
  }
  if (check_where(check, &expectation->at, expectation->where, &cells) &&
      check_against(check, &expectation->at, expectation->against, &cells, true) &&
      expectation->against != NULL) {
    size_t compared = 0;
    for (size_t i = 0; i < cells.count; i++)
      compared += check_baseline(check, cells.index[i], expectation->against) != cells.index[i];
    if (compared == 0)
      yaml_complain(expectation->at.file, check_node(&expectation->at, "against"),
                    check->complaints, "all cells here are the baseline: nothing is compared");
  }
  free(cells.index);
}

static void check_expectation(const struct check *check,
                              const struct presentation_expectation *expectation) {
  if (expectation->claim != NULL)
    check_claim(check, expectation);
  else
    check_bounded(check, expectation);
}

/* All */

/* The nearest file that has the section, and its node; the scenario as a whole if none has. */
static yaml_node_t *section_of(struct scenario *scenario, const char *name,
                               struct yaml_file **file) {
  for (size_t i = 0; i < scenario->file_count; i++) {
    *file = &scenario->file[i];
    yaml_node_t *node = yaml_get(*file, yaml_root(*file), name);
    if (node != NULL)
      return node;
  }
  *file = &scenario->file[0];
  return yaml_root(*file);
}

/* Warns of items of `skip` that take no cell out. */
static void check_skip(const struct check *check) {
  struct yaml_file *file;
  yaml_node_t *list = section_of(check->scenario, "skip", &file), *item;
  for (size_t i = 0; i < json_array_size(check->scenario->skip); i++)
    if (check->plan.skipped[i] == 0 && (item = yaml_item(file, list, i)) != NULL)
      yaml_warn(file, item, check->complaints, "no cell is as this says: nothing is left out");
}

/* Complains that there is no plan. */
static void complain_no_cells(struct scenario *scenario, struct complaints *complaints) {
  struct yaml_file *file;
  const double runs = plan_runs_most(scenario);
  const bool many = runs > SCENARIO_RUNS_MAX;
  const yaml_node_t *node = section_of(scenario, many ? "sweep" : "skip", &file);
  if (many)
    yaml_complain(file, node, complaints, "these are %.0f runs, more than %d", runs,
                  SCENARIO_RUNS_MAX);
  else
    yaml_complain(file, node, complaints, "this leaves nothing to run");
}

static void check_all(const struct check *check) {
  const struct presentation *presentation = &check->scenario->presentation;
  check_skip(check);
  for (size_t i = 0; i < presentation->table_count; i++)
    check_table(check, &presentation->table[i]);
  for (size_t i = 0; i < presentation->figure_count; i++)
    check_figure(check, &presentation->figure[i]);
  for (size_t i = 0; i < presentation->comparison_count; i++)
    check_comparison(check, &presentation->comparison[i]);
  for (size_t i = 0; i < presentation->expectation_count; i++)
    check_expectation(check, &presentation->expectation[i]);
}

void scenario_check(struct scenario *scenario, const struct schema *schema,
                    struct complaints *complaints) {
  struct check check = {.scenario = scenario, .schema = schema, .complaints = complaints};
  struct text error = {0};
  if (plan_cells_init(&check.plan, scenario, &error) < 0) {
    text_deinit(&error);
    complain_no_cells(scenario, complaints);
    return;
  }
  plan_computed_add(&check.plan, scenario);
  check.all = json_array();
  check.index = json_object();
  for (size_t i = 0; i < check.plan.cell_count; i++) {
    json_t *all = json_copy(check.plan.cell[i].spec);
    json_object_update(all, check.plan.cell[i].columns);
    json_array_append_new(check.all, all);
    char *text = value_canonical(check.plan.cell[i].columns);
    json_object_set_new(check.index, text, json_integer((json_int_t)i));
    free(text);
  }
  check_all(&check);
  json_decref(check.all);
  json_decref(check.index);
  plan_deinit(&check.plan);
}
