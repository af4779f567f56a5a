/* What a campaign says. */
#include "report.h"
#include "export.h"
#include "figure.h"
#include "memory.h"
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* "coap-eap-sim 3f2c1aa · code 9ab31f0 · campaign loss · ns-3 3.37 · seeds 1–100 · 2026-11-21" */
static char *provenance_line(const struct scenario *scenario, const struct dataset *dataset,
                             const struct store_provenance *provenance) {
  struct text line = {0};
  const char *name;
  json_t *version;
  text_add(&line, "coap-eap-sim%s%s · code %.8s · campaign %s",
           provenance->commit[0] == '\0' ? "" : " ", provenance->commit, dataset->schema->code,
           scenario->name);
  json_object_foreach(dataset->schema->libraries, name, version) {
    if (strcmp(name, "ns-3") == 0 && json_is_string(version))
      text_add(&line, " · %s %s", name, json_string_value(version));
  }
  long long last = scenario->first_seed + (long long)scenario->repeat - 1;
  if (last > scenario->first_seed)
    text_add(&line, " · seeds %lld–%lld", scenario->first_seed, last);
  else
    text_add(&line, " · seed %lld", last);
  text_add(&line, " · %.10s", dataset->newest);
  char *fitted = layout_text_fit(text_string(&line), 4.5, LAYOUT_WIDTH_IN - 0.06);
  text_deinit(&line);
  return fitted;
}

/* One expectation over all of its cells. Returns how many cells violate it. */
static size_t check(const struct dataset *dataset,
                    const struct presentation_expectation *expectation, struct text *shown) {
  size_t count, violated = 0;
  size_t *cells = dataset_cells(dataset, expectation->where, &count);
  const struct measure *measure = &expectation->measure;
  for (size_t i = 0; i < count; i++) {
    struct estimate estimate = dataset_estimate(dataset, cells[i], measure);
    bool good = (isnan(expectation->at_least) || estimate.value >= expectation->at_least) &&
                (isnan(expectation->at_most) || estimate.value <= expectation->at_most);
    if (good || dataset->cell[cells[i]].run_count == 0)
      continue;
    char *words = plan_cell_words(dataset->plan, cells[i], NULL);
    text_add(shown, "%s: expected %s%s%s", expectation->place, measure->word,
             measure->word[0] == '\0' ? "" : " ", measure->metric);
    if (!isnan(expectation->at_least))
      text_add(shown, " of at least %g", expectation->at_least);
    if (!isnan(expectation->at_most))
      text_add(shown, " of at most %g", expectation->at_most);
    text_add(shown, ", but it is %g with %s\n", estimate.value, words);
    free(words);
    violated++;
  }
  free(cells);
  return violated;
}

static int make_folders(const char *folder, struct text *error) {
  static const char *const PARTS[] = {"tables", "figures"};
  int status = 0;
  for (size_t i = 0; i < 2 && status == 0; i++) {
    char *path = text_format("%s/%s", folder, PARTS[i]);
    status = text_directory_make(path, error);
    free(path);
  }
  return status;
}

static int write_all(const struct scenario *scenario, const struct dataset *dataset,
                     const char *provenance, const char *folder, struct report_tally *tally,
                     struct text *shown, struct text *error) {
  const struct presentation *presentation = &scenario->presentation;
  char *look = figure_look_find(error);
  int status = look == NULL ? -1 : make_folders(folder, error);
  if (status == 0)
    status = export_write(dataset, folder, error);
  for (size_t i = 0; i < presentation->table_count && status == 0; i++)
    status = table_write(dataset, &presentation->table[i], folder, shown, error);
  for (size_t i = 0; i < presentation->figure_count && status == 0; i++) {
    const struct figure figure = {dataset, &presentation->figure[i], folder, look, provenance};
    status = figure_draw(&figure, shown, error);
  }
  for (size_t i = 0; i < presentation->expectation_count && status == 0; i++)
    tally->violated += check(dataset, &presentation->expectation[i], shown) > 0;
  free(look);
  return status;
}

int report_write(const struct scenario *scenario, const struct schema *schema, struct store *store,
                 const char *folder, struct report_tally *tally, struct text *shown,
                 struct text *error) {
  struct plan plan;
  struct dataset dataset;
  struct store_provenance provenance;
  *tally = (struct report_tally){0};
  if (store_provenance_read(store, &provenance, error) < 0)
    return -1;
  int status = plan_init(&plan, scenario, error);
  if (status == 0) {
    status = dataset_init(&dataset, &plan, schema, &scenario->presentation, store, error);
    if (status == 0) {
      char *line = provenance_line(scenario, &dataset, &provenance);
      tally->missing = plan.run_count - dataset.run_count;
      tally->not_run = dataset.not_run;
      status = write_all(scenario, &dataset, line, folder, tally, shown, error);
      free(line);
      dataset_deinit(&dataset);
    }
    plan_deinit(&plan);
  }
  store_provenance_deinit(&provenance);
  return status;
}
