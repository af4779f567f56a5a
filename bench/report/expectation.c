/* Expectations. */
#include "expectation.h"
#include "claim_check.h"
#include "store/paired.h"
#include "violation_words.h"
#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "x.yaml:5: expected ratio of mean bytes_air against case OSCORE" */
static void add_subject(struct text *shown, const struct dataset *dataset,
                        const struct presentation_expectation *expectation) {
  static const char *const KINDS[] = {
      [COLUMN_VALUE] = "",
      [COLUMN_SAVING] = "saving of ",
      [COLUMN_SAVING_SHARE] = "saving_share of ",
      [COLUMN_DIFFERENCE] = "difference of ",
      [COLUMN_RATIO] = "ratio of ",
  };
  const struct measure *measure = &expectation->column.measure;
  text_add(shown, "%s: expected %s%s%s%s", expectation->place, KINDS[expectation->column.kind],
           measure->word, measure->word[0] == '\0' ? "" : " ", measure->metric);
  const char *name, *comma = " against ";
  json_t *values;
  json_object_foreach(expectation->against, name, values) {
    char *printed = plan_value_title(name, json_array_get(values, 0), dataset->schema);
    text_add(shown, "%s%s %s", comma, name, printed);
    free(printed);
    comma = ", ";
  }
}

/* Ratios are of 1 in scenarios, and shown in per cent. */
static bool is_percent(const struct presentation_expectation *expectation) {
  return strcmp(words_column_unit(&expectation->column), "ratio") == 0;
}

static void add_bounds(struct text *shown, const struct presentation_expectation *expectation) {
  const bool percent = is_percent(expectation);
  const double scale = percent ? 100 : 1;
  const char *unit = percent ? "%" : words_column_unit(&expectation->column);
  const char *space = unit[0] == '\0' ? "" : " ";
  if (!isnan(expectation->at_least))
    text_add(shown, " of at least %g%s%s", scale * expectation->at_least, space, unit);
  if (!isnan(expectation->at_most))
    text_add(shown, " of at most %g%s%s", scale * expectation->at_most, space, unit);
}

/* The bound that a figure is held against: the one that it violates. */
static double bound_of(const struct presentation_expectation *expectation, double value) {
  return value > expectation->at_most ? expectation->at_most : expectation->at_least;
}

static void add_figure(struct text *shown, const struct presentation_expectation *expectation,
                       const struct estimate *estimate) {
  text_add(shown, isnan(estimate->value) ? "there is " : "it is ");
  violation_words_add(shown, estimate, words_column_unit(&expectation->column),
                      bound_of(expectation, estimate->value));
}

static bool is_good(const struct presentation_expectation *expectation, double value) {
  return (isnan(expectation->at_least) || value >= expectation->at_least) &&
         (isnan(expectation->at_most) || value <= expectation->at_most);
}

/* True if the cell violates it. */
static bool check_cell(const struct dataset *dataset,
                       const struct presentation_expectation *expectation, size_t cell,
                       size_t baseline, struct text *shown) {
  struct estimate estimate = paired_estimate(dataset, cell, baseline, &expectation->column);
  if (is_good(expectation, estimate.value))
    return false;
  char *words = plan_cell_title(dataset->plan, cell, NULL, dataset->schema);
  add_subject(shown, dataset, expectation);
  add_bounds(shown, expectation);
  text_add(shown, ", but ");
  add_figure(shown, expectation, &estimate);
  text_add(shown, " with %s", words);
  if (baseline == dataset->plan->cell_count)
    text_add(shown, ", which has no such baseline");
  text_add(shown, "\n");
  free(words);
  return true;
}

size_t expectation_check(const struct dataset *dataset,
                         const struct presentation_expectation *expectation, struct text *shown) {
  if (expectation->claim != NULL)
    return claim_check(dataset, expectation, shown);
  size_t count, compared = 0, violated = 0;
  size_t *cells =
      dataset_cells_with(dataset, expectation->where, &expectation->column.measure, 1, &count);
  for (size_t i = 0; i < count; i++) {
    size_t baseline = paired_baseline(dataset, cells[i], expectation->against);
    if (expectation->against != NULL && baseline == cells[i])
      continue;
    compared++;
    if (dataset->cell[cells[i]].run_count > 0)
      violated += check_cell(dataset, expectation, cells[i], baseline, shown);
  }
  free(cells);
  if (compared > 0)
    return violated;
  add_subject(shown, dataset, expectation);
  text_add(shown, ", but no cell is as its `where` says%s\n",
           count == 0 ? "" : ", other than the baseline");
  return 1;
}
