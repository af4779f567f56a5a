/* Tidy CSV. */
#include "export.h"
#include "support/memory.h"
#include "support/number.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void export_add_field(struct text *csv, const char *field) {
  if (strpbrk(field, ",\"\r\n") == NULL) {
    text_add_bytes(csv, field, strlen(field));
    return;
  }
  text_add(csv, "\"");
  for (; *field != '\0'; field++)
    text_add(csv, "%s%c", *field == '"' ? "\"" : "", *field);
  text_add(csv, "\"");
}

void export_add_estimate(struct text *csv, const struct estimate *estimate) {
  const double number[] = {estimate->value, estimate->low, estimate->high};
  for (size_t i = 0; i < sizeof number / sizeof number[0]; i++)
    text_add(csv, isnan(number[i]) ? "," : ",%.9g", number[i]);
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

void export_add_run(struct text *csv, const struct plan *plan, size_t cell, long long seed) {
  text_add(csv, "%zu,", cell);
  export_add_cell(csv, plan, cell);
  text_add(csv, "%lld,", seed);
}

void export_add_run_columns(struct text *csv, const struct plan *plan) {
  text_add(csv, "cell,");
  export_add_columns(csv, plan);
  text_add(csv, "seed,");
}

bool export_is_in_runs(const char *metric) {
  return strchr(metric, '.') == NULL && !dataset_metric_varies(metric);
}

/* `in_runs` says of each metric whether it is there. */
static void add_run_line(struct text *csv, const struct dataset *dataset, size_t cell,
                         const struct dataset_run *run, const bool *in_runs) {
  export_add_run(csv, dataset->plan, cell, run->seed);
  for (size_t i = 0; i < dataset->text_count; i++) {
    export_add_field(csv, run->words[i]);
    text_add_bytes(csv, ",", 1);
  }
  for (size_t i = 0; i < dataset->metric_count; i++) {
    if (!in_runs[i])
      continue;
    number_add(csv, run->number[i]);
    text_add_bytes(csv, ",", 1);
  }
  text_add(csv, "%s,%s,%s\n", run->key, dataset->schema->code, run->stored);
}

static int write_runs(const struct export *export, const char *path, struct text *error) {
  const struct dataset *dataset = export->dataset;
  struct text csv = {0};
  bool *in_runs = memory_get(dataset->metric_count, sizeof *in_runs);
  for (size_t i = 0; i < dataset->metric_count; i++)
    in_runs[i] = export_is_in_runs(dataset->metric[i]);
  export_add_run_columns(&csv, dataset->plan);
  for (size_t i = 0; i < dataset->text_count; i++)
    text_add(&csv, "%s,", dataset->text[i]);
  for (size_t i = 0; i < dataset->metric_count; i++)
    if (in_runs[i])
      text_add(&csv, "%s,", dataset->metric[i]);
  text_add(&csv, "key,code,stored\n");
  for (size_t i = 0; i < dataset->plan->measured_count; i++)
    for (size_t j = 0; j < dataset->cell[i].run_count; j++)
      add_run_line(&csv, dataset, i, &dataset->cell[i].run[j], in_runs);
  int status = text_file_write(path, &csv, error);
  free(in_runs);
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

static const char *unit_of(const struct dataset *dataset, const struct measure *measure) {
  const char *unit = measure->statistic == MEASURE_RATIO
                         ? "ratio"
                         : measure_metric_unit(measure->metric, dataset->schema, dataset->derived);
  return unit == NULL ? "" : unit;
}

/* A figure that the cell has not is left out. */
static void add_cell_line(struct text *csv, const struct dataset *dataset, size_t cell,
                          const struct measure *measure) {
  struct estimate estimate = dataset_estimate(dataset, cell, measure);
  if (isnan(estimate.value))
    return;
  export_add_cell(csv, dataset->plan, cell);
  export_add_field(csv, measure->metric);
  text_add(csv, ",%s", measure->word[0] == '\0' ? "ratio" : measure->word);
  export_add_estimate(csv, &estimate);
  text_add(csv, ",%zu,%s,%s\n", estimate.count, unit_of(dataset, measure),
           statistics_interval_word(estimate.interval));
}

/* The measures that a report shows, each once. The words belong to the scenario. */
struct shown {
  struct measure *measure;
  size_t count;
};

static void shown_add(struct shown *shown, const struct measure *measure) {
  if (measure->metric == NULL || measure->statistic == MEASURE_RATIO)
    return;
  for (size_t i = 0; i < shown->count; i++)
    if (strcmp(shown->measure[i].metric, measure->metric) == 0 &&
        strcmp(shown->measure[i].word, measure->word) == 0)
      return;
  shown->measure = memory_resize(shown->measure, shown->count + 1, sizeof *shown->measure);
  shown->measure[shown->count++] = *measure;
}

/* This statistic of all metrics inside of a JSON key that are used. */
static void show_inside(struct shown *shown, const struct dataset *dataset, const char *key,
                        struct measure measure) {
  const size_t length = strlen(key);
  for (size_t i = 0; i < dataset->metric_count; i++) {
    measure.metric = dataset->metric[i];
    if (strncmp(dataset->metric[i], key, length) == 0 && dataset->metric[i][length] == '.' &&
        is_used(dataset, i))
      shown_add(shown, &measure);
  }
}

static void show_ledger(struct shown *shown, const struct dataset *dataset, const char *ledger) {
  static char mean[] = "mean";
  show_inside(shown, dataset, ledger, (struct measure){.statistic = MEASURE_MEAN, .word = mean});
}

/* Means of what is stacked, in the order in which the dataset has it. */
static void show_parts(struct shown *shown, const struct dataset *dataset, const json_t *parts) {
  static char mean[] = "mean";
  struct measure measure = {.statistic = MEASURE_MEAN, .word = mean};
  for (size_t i = 0; i < dataset->metric_count; i++) {
    measure.metric = dataset->metric[i];
    if (json_object_get(parts, measure.metric) != NULL && is_used(dataset, i))
      shown_add(shown, &measure);
  }
}

static void show_progress(struct shown *shown, const struct dataset *dataset, const char *of) {
  static char median[] = "median_all";
  char *key = text_format("%s_ms", of);
  show_inside(shown, dataset, key,
              (struct measure){.statistic = MEASURE_QUANTILE_ALL, .p = 0.5, .word = median});
  free(key);
}

static void show_figure(struct shown *shown, const struct dataset *dataset,
                        const struct presentation_figure *figure) {
  static char median[] = "median", p95[] = "p95";
  for (size_t i = 0; i < figure->y_count; i++)
    shown_add(shown, &figure->y[i]);
  show_parts(shown, dataset, figure->parts);
  if (figure->of_percent)
    show_progress(shown, dataset, figure->of);
  if (!figure->of_quantiles)
    return;
  shown_add(shown,
            &(struct measure){
                .statistic = MEASURE_QUANTILE, .p = 0.5, .word = median, .metric = figure->of});
  shown_add(shown,
            &(struct measure){
                .statistic = MEASURE_QUANTILE, .p = 0.95, .word = p95, .metric = figure->of});
}

static void show_expectation(struct shown *shown,
                             const struct presentation_expectation *expectation) {
  const struct claim *claim = expectation->claim;
  for (size_t i = 0; claim != NULL && i < claim->measure_count; i++)
    shown_add(shown, &claim->measure[i].measure);
  if (claim == NULL)
    shown_add(shown, &expectation->column.measure);
}

static struct shown find_shown(const struct dataset *dataset,
                               const struct presentation *presentation) {
  struct shown shown = {0};
  for (size_t i = 0; i < presentation->table_count; i++) {
    const struct presentation_table *table = &presentation->table[i];
    for (size_t j = 0; j < table->column_count; j++)
      shown_add(&shown, &table->column[j].measure);
    if (table->ledger != NULL)
      show_ledger(&shown, dataset, table->ledger);
  }
  for (size_t i = 0; i < presentation->figure_count; i++)
    show_figure(&shown, dataset, &presentation->figure[i]);
  for (size_t i = 0; i < presentation->comparison_count; i++)
    for (size_t j = 0; j < presentation->comparison[i].row_count; j++)
      for (size_t k = 0; k < presentation->comparison[i].row[j].term_count; k++)
        shown_add(&shown, &presentation->comparison[i].row[j].term[k].measure);
  for (size_t i = 0; i < presentation->expectation_count; i++)
    show_expectation(&shown, &presentation->expectation[i]);
  return shown;
}

static void add_cell_lines(struct text *csv, const struct dataset *dataset, size_t cell,
                           const struct shown *shown) {
  static char empty[] = "", success[] = MEASURE_SUCCESS, repeated[] = MEASURE_RETRANSMISSION;
  const struct measure ratio[] = {
      {.statistic = MEASURE_RATIO, .word = empty, .metric = success},
      {.statistic = MEASURE_RATIO, .word = empty, .metric = repeated},
  };
  for (size_t i = 0; i < 2 && dataset->plan->cell[cell].computed == NULL; i++)
    add_cell_line(csv, dataset, cell, &ratio[i]);
  for (size_t i = 0; i < shown->count; i++)
    add_cell_line(csv, dataset, cell, &shown->measure[i]);
}

static int write_cells(const struct export *export, const char *path, struct text *error) {
  const struct dataset *dataset = export->dataset;
  struct text csv = {0};
  struct shown shown = find_shown(dataset, export->presentation);
  export_add_columns(&csv, dataset->plan);
  text_add(&csv, "metric,statistic,value,low,high,n,unit,interval\n");
  for (size_t i = 0; i < dataset->plan->cell_count; i++)
    add_cell_lines(&csv, dataset, i, &shown);
  int status = text_file_write(path, &csv, error);
  free(shown.measure);
  text_deinit(&csv);
  return status;
}

/* Calls `write` with the path of a file of the folder. */
static int write_in(const struct export *export, const char *folder, const char *name,
                    int (*write)(const struct export *export, const char *path, struct text *error),
                    struct text *error) {
  char *path = text_format("%s/%s", folder, name);
  int status = write(export, path, error);
  free(path);
  return status;
}

int export_write(const struct export *export, const char *folder, struct text *error) {
  static const struct {
    const char *name;
    int (*write)(const struct export *export, const char *path, struct text *error);
  } FILES[] = {
      {"runs.csv", write_runs},
      {"cells.csv", write_cells},
      {"ledger.csv", export_ledger_write},
      {"details.csv", export_details_write},
      {"columns.csv", export_columns_write},
  };
  int status = 0;
  for (size_t i = 0; i < sizeof FILES / sizeof FILES[0] && status == 0; i++)
    status = write_in(export, folder, FILES[i].name, FILES[i].write, error);
  return status;
}
