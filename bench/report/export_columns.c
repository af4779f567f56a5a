/* columns.csv. */
#include "export.h"
#include "store/columns.h"

#include <stdlib.h>
#include <string.h>

/* A number of a run: of the result, or computed by the scenario. */
static void add_metric(struct columns *columns, const struct dataset *dataset, const char *metric) {
  const struct schema_key *key = schema_result_find(dataset->schema, metric);
  const struct derived_metric *own = derived_find(dataset->derived, metric);
  if (own != NULL) {
    char *meaning = text_format("the scenario computes it: %s", own->is);
    columns_add(columns, "runs.csv", metric, own->unit, "number", meaning);
    free(meaning);
  } else if (key != NULL) {
    columns_add_key(columns, "runs.csv", key);
  } else {
    columns_add(columns, "runs.csv", metric, "", "number", "of computed cells");
  }
}

static void add_runs(struct columns *columns, const struct dataset *dataset) {
  columns_add_cell(columns, "runs.csv", dataset->plan, dataset->schema);
  for (size_t i = 0; i < dataset->text_count; i++)
    columns_add_key(columns, "runs.csv", schema_result_find(dataset->schema, dataset->text[i]));
  for (size_t i = 0; i < dataset->metric_count; i++)
    if (export_is_in_runs(dataset->metric[i]))
      add_metric(columns, dataset, dataset->metric[i]);
  columns_add_origin(columns, "runs.csv");
}

static void add_cells(struct columns *columns, const struct dataset *dataset) {
  static const struct {
    const char *name, *type, *meaning;
  } OWN[] = {
      {"metric", "text", "what is measured: a number of runs, or a share of runs"},
      {"statistic", "text",
       "what of it: median, pNN (failed runs are infinite), mean, min, max (of runs that "
       "succeeded), ..._all (of all runs that have it), ratio (a share of the runs)"},
      {"value", "number", "in the unit of the line"},
      {"low", "number", "of its interval of 95 %; empty where there is none"},
      {"high", "number", "of its interval of 95 %; empty where there is none"},
      {"n", "integer", "runs that it is of"},
      {"unit", "text", "of value, low and high; a ratio is from 0 to 1"},
      {"interval", "text",
       "how the interval was made: student, bootstrap, order (statistics), wilson, fieller, welch; "
       "or why there is none: too few (runs), equal (all figures); empty where none is known"},
  };
  columns_add_plan(columns, "cells.csv", dataset->plan, dataset->schema);
  for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++)
    columns_add(columns, "cells.csv", OWN[i].name, "", OWN[i].type, OWN[i].meaning);
}

static void print_columns(const struct columns *columns, const char *before, struct text *csv) {
  for (size_t i = 0; i < columns->count; i++) {
    const struct columns_entry *entry = &columns->entry[i];
    const char *const fields[] = {entry->name, entry->unit, entry->type, entry->meaning};
    text_add(csv, "%s%s", before, entry->source);
    for (size_t j = 0; j < sizeof fields / sizeof fields[0]; j++) {
      text_add(csv, ",");
      export_add_field(csv, fields[j]);
    }
    text_add(csv, "\n");
  }
}

int export_columns_write(const struct export *export, const char *path, struct text *error) {
  const struct dataset *dataset = export->dataset;
  struct columns files = {0}, views = {0};
  struct text csv = {0};
  add_runs(&files, dataset);
  add_cells(&files, dataset);
  columns_add_ledger(&files, "ledger.csv", dataset->plan, dataset->schema);
  columns_add_details(&files, "details.csv", dataset->plan, dataset->schema, inside_has);
  columns_add_views(&views, dataset->plan, dataset->schema);
  text_add(&csv, "file,column,unit,type,meaning\n");
  print_columns(&files, "", &csv);
  print_columns(&views, "campaign.db: ", &csv);
  int status = text_file_write(path, &csv, error);
  columns_deinit(&files);
  columns_deinit(&views);
  text_deinit(&csv);
  return status;
}
