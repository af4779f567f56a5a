/* Tidy CSV. */
#include "export.h"
#include "memory.h"
#include "value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void export_add_field(struct text *csv, const char *field) {
  if (strpbrk(field, ",\"\r\n") == NULL) {
    text_add(csv, "%s", field);
    return;
  }
  text_add(csv, "\"");
  for (; *field != '\0'; field++)
    text_add(csv, "%s%c", *field == '"' ? "\"" : "", *field);
  text_add(csv, "\"");
}

void export_add_estimate(struct text *csv, const struct estimate *estimate) {
  text_add(csv, ",");
  value_add_number(csv, estimate->value);
  text_add(csv, ",");
  value_add_number(csv, estimate->low);
  text_add(csv, ",");
  value_add_number(csv, estimate->high);
}

void export_add_cell(struct text *csv, const struct plan *plan, size_t cell) {
  const char *name;
  json_t *value;
  json_object_foreach(plan->cell[cell].columns, name, value) {
    char *printed = value_print(value);
    export_add_field(csv, printed);
    text_add(csv, ",");
    free(printed);
  }
}

void export_add_columns(struct text *csv, const struct plan *plan) {
  for (size_t i = 0; i < json_array_size(plan->columns); i++) {
    export_add_field(csv, json_string_value(json_array_get(plan->columns, i)));
    text_add(csv, ",");
  }
}

static bool is_in_runs(const char *metric) {
  return strchr(metric, '.') == NULL && !dataset_metric_varies(metric);
}

static void add_run(struct text *csv, const struct dataset *dataset, size_t cell,
                    const struct dataset_run *run) {
  export_add_cell(csv, dataset->plan, cell);
  text_add(csv, "%lld", run->seed);
  for (size_t i = 0; i < dataset->text_count; i++) {
    text_add(csv, ",");
    export_add_field(csv, run->words[i]);
  }
  for (size_t i = 0; i < dataset->metric_count; i++) {
    if (!is_in_runs(dataset->metric[i]))
      continue;
    text_add(csv, ",");
    value_add_number(csv, run->number[i]);
  }
  text_add(csv, ",%s\n", run->key);
}

static int write_runs(const struct dataset *dataset, const char *path, struct text *error) {
  struct text csv = {0};
  export_add_columns(&csv, dataset->plan);
  text_add(&csv, "seed");
  for (size_t i = 0; i < dataset->text_count; i++)
    text_add(&csv, ",%s", dataset->text[i]);
  for (size_t i = 0; i < dataset->metric_count; i++)
    if (is_in_runs(dataset->metric[i]))
      text_add(&csv, ",%s", dataset->metric[i]);
  text_add(&csv, ",key\n");
  for (size_t i = 0; i < dataset->plan->cell_count; i++)
    for (size_t j = 0; j < dataset->cell[i].run_count; j++)
      add_run(&csv, dataset, i, &dataset->cell[i].run[j]);
  int status = text_file_write(path, &csv, error);
  text_deinit(&csv);
  return status;
}

/* True if the metric is a number other than 0 in some run: rows of a ledger that nobody uses are
 * left out. */
static bool is_used(const struct dataset *dataset, size_t metric) {
  for (size_t i = 0; i < dataset->plan->cell_count; i++)
    for (size_t j = 0; j < dataset->cell[i].run_count; j++)
      if (fabs(dataset->cell[i].run[j].number[metric]) > 0)
        return true;
  return false;
}

static void add_line(struct text *csv, const struct dataset *dataset, size_t cell,
                     const struct measure *measure) {
  struct estimate estimate = dataset_estimate(dataset, cell, measure);
  export_add_cell(csv, dataset->plan, cell);
  text_add(csv, "%s,%s", measure->metric, measure->word[0] == '\0' ? "ratio" : measure->word);
  export_add_estimate(csv, &estimate);
  text_add(csv, ",%zu\n", estimate.count);
}

static void add_lines(struct text *csv, const struct dataset *dataset, size_t cell,
                      const bool *used) {
  static char empty[] = "", success[] = MEASURE_SUCCESS, repeated[] = MEASURE_RETRANSMISSION;
  static char median[] = "median", p95[] = "p95", mean[] = "mean";
  const struct measure ratio[] = {
      {.statistic = MEASURE_RATIO, .word = empty, .metric = success},
      {.statistic = MEASURE_RATIO, .word = empty, .metric = repeated},
  };
  add_line(csv, dataset, cell, &ratio[0]);
  add_line(csv, dataset, cell, &ratio[1]);
  for (size_t i = 0; i < dataset->metric_count; i++) {
    const struct measure all[] = {
        {.statistic = MEASURE_MEAN, .word = mean, .metric = dataset->metric[i]},
        {.statistic = MEASURE_QUANTILE, .p = 0.5, .word = median, .metric = dataset->metric[i]},
        {.statistic = MEASURE_QUANTILE, .p = 0.95, .word = p95, .metric = dataset->metric[i]},
    };
    size_t count = is_in_runs(dataset->metric[i]) ? 3 : 1;
    for (size_t j = 0; used[i] && j < count; j++)
      add_line(csv, dataset, cell, &all[j]);
  }
}

static int write_cells(const struct dataset *dataset, const char *path, struct text *error) {
  struct text csv = {0};
  bool *used = memory_get(dataset->metric_count, sizeof *used);
  for (size_t i = 0; i < dataset->metric_count; i++)
    used[i] = is_in_runs(dataset->metric[i]) ||
              (!dataset_metric_varies(dataset->metric[i]) && is_used(dataset, i));
  export_add_columns(&csv, dataset->plan);
  text_add(&csv, "metric,statistic,value,low,high,n\n");
  for (size_t i = 0; i < dataset->plan->cell_count; i++)
    add_lines(&csv, dataset, i, used);
  int status = text_file_write(path, &csv, error);
  free(used);
  text_deinit(&csv);
  return status;
}

int export_write(const struct dataset *dataset, const char *folder, struct text *error) {
  char *runs = text_format("%s/runs.csv", folder), *cells = text_format("%s/cells.csv", folder);
  int status = write_runs(dataset, runs, error);
  if (status == 0)
    status = write_cells(dataset, cells, error);
  free(runs);
  free(cells);
  return status;
}
