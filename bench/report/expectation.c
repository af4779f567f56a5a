/* Expectations. */
#include "expectation.h"
#include "store/paired.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>

/* "x.yaml:5: expected ratio of mean bytes_air against case OSCORE" */
static void add_subject(struct text *shown, const struct presentation_expectation *expectation) {
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
    char *printed = value_print(json_array_get(values, 0));
    text_add(shown, "%s%s %s", comma, name, printed);
    free(printed);
    comma = ", ";
  }
}

static void add_bounds(struct text *shown, const struct presentation_expectation *expectation) {
  if (!isnan(expectation->at_least))
    text_add(shown, " of at least %g", expectation->at_least);
  if (!isnan(expectation->at_most))
    text_add(shown, " of at most %g", expectation->at_most);
}

static void add_figure(struct text *shown, const struct estimate *estimate) {
  if (isnan(estimate->value))
    text_add(shown, "there is none");
  else
    text_add(shown, "it is %g", estimate->value);
  if (estimate->high > estimate->low)
    text_add(shown, " [%g, %g]", estimate->low, estimate->high);
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
  char *words = plan_cell_words(dataset->plan, cell, NULL);
  add_subject(shown, expectation);
  add_bounds(shown, expectation);
  text_add(shown, ", but ");
  add_figure(shown, &estimate);
  text_add(shown, " with %s", words);
  if (baseline == dataset->plan->cell_count)
    text_add(shown, ", which has no such baseline");
  text_add(shown, "\n");
  free(words);
  return true;
}

size_t expectation_check(const struct dataset *dataset,
                         const struct presentation_expectation *expectation, struct text *shown) {
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
  add_subject(shown, expectation);
  text_add(shown, ", but no cell is as its `where` says%s\n",
           count == 0 ? "" : ", other than the baseline");
  return 1;
}
