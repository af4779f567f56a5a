/* Runs from the store, as numbers. */
#include "dataset.h"
#include "run_reading.h"
#include "simulator/outcome.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool dataset_metric_varies(const char *metric) {
  return strncmp(metric, "wall_", 5) == 0;
}

size_t dataset_metric(const struct dataset *dataset, const char *metric) {
  size_t i = 0;
  while (i < dataset->metric_count && strcmp(dataset->metric[i], metric) != 0)
    i++;
  return i;
}

static void add_metric(struct dataset *dataset, char *metric) {
  if (dataset_metric(dataset, metric) < dataset->metric_count) {
    free(metric);
    return;
  }
  const size_t count = dataset->metric_count + 1;
  dataset->metric = memory_resize(dataset->metric, count, sizeof *dataset->metric);
  dataset->sum = memory_resize(dataset->sum, count, sizeof *dataset->sum);
  dataset->sum[dataset->metric_count] = NULL;
  dataset->metric[dataset->metric_count++] = metric;
}

static void add_metrics_of(struct dataset *dataset, const struct derived_sum *sum) {
  for (size_t i = 0; i < sum->count; i++)
    for (size_t j = 0; j < sum->term[i].factor_count; j++)
      add_metric(dataset, memory_string(sum->term[i].factor[j].metric));
}

/* Each metric that is derived stands behind those that it is made of. */
static void add_derived(struct dataset *dataset, const struct derived *derived) {
  for (size_t i = 0; i < derived->metric_count; i++) {
    add_metrics_of(dataset, &derived->metric[i].sum);
    add_metric(dataset, memory_string(derived->metric[i].name));
    dataset->sum[dataset->metric_count - 1] = &derived->metric[i].sum;
  }
  for (size_t i = 0; i < derived->computed_count; i++) {
    const struct derived_case *computed = &derived->computed[i];
    for (size_t j = 0; j < computed->metric_count; j++) {
      add_metrics_of(dataset, &computed->metric[j].sum);
      add_metric(dataset, memory_string(computed->metric[j].name));
    }
  }
}

char *dataset_progress_metric(const char *name, unsigned percent) {
  return text_format("%s_ms.%u", name, percent);
}

static void add_figure(struct dataset *dataset, const struct presentation_figure *figure) {
  const char *metric;
  json_t *words;
  for (unsigned i = 1; i <= 100 && figure->of_percent; i++)
    add_metric(dataset, dataset_progress_metric(figure->of, i));
  json_object_foreach(figure->parts, metric, words) {
    add_metric(dataset, memory_string(metric));
  }
}

static void add_measure(struct dataset *dataset, const struct measure *measure) {
  if (measure->metric != NULL && measure->statistic != MEASURE_RATIO)
    add_metric(dataset, memory_string(measure->metric));
}

static void add_comparison(struct dataset *dataset,
                           const struct presentation_comparison *comparison) {
  for (size_t i = 0; i < comparison->row_count; i++)
    for (size_t j = 0; j < comparison->row[i].term_count; j++)
      add_measure(dataset, &comparison->row[i].term[j].measure);
}

static void add_expectation(struct dataset *dataset,
                            const struct presentation_expectation *expectation) {
  const struct claim *claim = expectation->claim;
  add_measure(dataset, &expectation->column.measure);
  for (size_t i = 0; claim != NULL && i < claim->measure_count; i++)
    add_measure(dataset, &claim->measure[i].measure);
}

static void add_metrics(struct dataset *dataset, const struct scenario *scenario) {
  const struct presentation *presentation = &scenario->presentation;
  const struct schema *schema = dataset->schema;
  dataset->text = memory_get(schema->result_count, sizeof *dataset->text);
  for (size_t i = 0; i < schema->result_count; i++) {
    const struct schema_key *key = &schema->result[i];
    if (key->type == SCHEMA_COUNT || key->type == SCHEMA_FIGURE)
      add_metric(dataset, memory_string(key->name));
    if (key->type == SCHEMA_TEXT && strcmp(key->name, "id") != 0)
      dataset->text[dataset->text_count++] = key->name;
  }
  for (size_t i = 0; i < schema->result_count; i++) {
    const struct schema_key *key = &schema->result[i];
    if (schema_is_ledger(key))
      for (size_t j = 0; j < schema->row_count; j++)
        add_metric(dataset, text_format("%s.%s", key->name, schema->row[j].name));
  }
  add_derived(dataset, &scenario->derived);
  for (size_t i = 0; i < presentation->table_count; i++)
    for (size_t j = 0; j < presentation->table[i].column_count; j++)
      add_measure(dataset, &presentation->table[i].column[j].measure);
  for (size_t i = 0; i < presentation->figure_count; i++) {
    add_figure(dataset, &presentation->figure[i]);
    for (size_t j = 0; j < presentation->figure[i].y_count; j++)
      add_measure(dataset, &presentation->figure[i].y[j]);
  }
  for (size_t i = 0; i < presentation->expectation_count; i++)
    add_expectation(dataset, &presentation->expectation[i]);
  for (size_t i = 0; i < presentation->comparison_count; i++)
    add_comparison(dataset, &presentation->comparison[i]);
}

/* The numbers of one run, for sums of them. */
struct numbers {
  const struct dataset *dataset;
  const double *number;
};

static double number_of(const void *context, const char *metric) {
  const struct numbers *numbers = context;
  return numbers->number[dataset_metric(numbers->dataset, metric)];
}

static void derive(const struct dataset *dataset, struct dataset_run *run) {
  const struct numbers numbers = {dataset, run->number};
  for (size_t i = 0; i < dataset->metric_count; i++)
    if (dataset->sum[i] != NULL)
      run->number[i] = derived_sum_value(dataset->sum[i], number_of, &numbers);
}

void dataset_run_read_outcome(struct dataset_run *run, const json_t *result) {
  const char *outcome = json_string_value(json_object_get(result, "outcome"));
  run->established = outcome != NULL && strcmp(outcome, "established") == 0;
  run->measures = outcome != NULL && outcome_measures(outcome);
  run->left_out = outcome != NULL && !outcome_counts(outcome);
}

/* A dataset that is being read. */
struct dataset_filling {
  struct dataset *dataset;
  struct run_reading *reading;
  const struct plan_run *planned;
  struct text *error;
};

static int take_row(void *context, const struct store_row *row) {
  const struct dataset_filling *filling = context;
  struct dataset *dataset = filling->dataset;
  struct dataset_cell *cell = &dataset->cell[filling->planned->cell];
  struct dataset_run run = {.seed = filling->planned->seed};
  if (!run_reading_read(filling->reading, row->result, &run)) {
    text_add(
        filling->error,
        "the result of run %s in the store is not JSON; coap-eap-bench run --retry failed runs it "
        "once more\n",
        row->key);
    return -1;
  }
  derive(dataset, &run);
  run.key = memory_string(row->key);
  snprintf(run.stored, sizeof run.stored, "%s", row->stored);
  cell->run = memory_resize(cell->run, cell->run_count + 1, sizeof *cell->run);
  cell->run[cell->run_count++] = run;
  dataset->run_count++;
  dataset->not_run += !run.measures;
  if (strcmp(run.stored, dataset->newest) > 0)
    memcpy(dataset->newest, run.stored, sizeof run.stored);
  return 0;
}

static int read_runs(struct dataset *dataset, struct store *store, struct text *error) {
  struct dataset_filling filling = {
      .dataset = dataset, .reading = run_reading_create(dataset), .error = error};
  int status = 0;
  store_reading_begin(store);
  for (size_t i = 0; i < dataset->plan->run_count && status == 0; i++) {
    filling.planned = &dataset->plan->run[i];
    dataset->cell[filling.planned->cell].planned++;
    status = store_planned_row(store, dataset->schema->code, filling.planned->given, take_row,
                               &filling, error);
  }
  run_reading_destroy(filling.reading);
  store_reading_end(store);
  return status;
}

/* The run of a computed cell that belongs to a run of its source. */
static void compute_run(const struct dataset *dataset, const struct derived_case *computed,
                        const struct dataset_run *source, struct dataset_run *run) {
  const struct numbers numbers = {dataset, source->number};
  *run = (struct dataset_run){.seed = source->seed,
                              .key = memory_string(""),
                              .established = source->established,
                              .measures = source->measures,
                              .left_out = source->left_out};
  run->number = memory_get(dataset->metric_count, sizeof *run->number);
  run->words = memory_get(dataset->text_count, sizeof *run->words);
  for (size_t i = 0; i < dataset->metric_count; i++)
    run->number[i] = NAN;
  for (size_t i = 0; i < computed->metric_count; i++)
    run->number[dataset_metric(dataset, computed->metric[i].name)] =
        derived_sum_value(&computed->metric[i].sum, number_of, &numbers);
  derive(dataset, run);
  for (size_t i = 0; i < dataset->text_count; i++)
    run->words[i] = memory_string(source->words[i]);
}

static void compute_cells(struct dataset *dataset) {
  const struct plan *plan = dataset->plan;
  for (size_t i = plan->measured_count; i < plan->cell_count; i++) {
    const struct dataset_cell *source = &dataset->cell[plan->cell[i].source];
    struct dataset_cell *cell = &dataset->cell[i];
    *cell = (struct dataset_cell){.planned = source->planned, .run_count = source->run_count};
    cell->run = memory_get(source->run_count, sizeof *cell->run);
    for (size_t j = 0; j < source->run_count; j++)
      compute_run(dataset, plan->cell[i].computed, &source->run[j], &cell->run[j]);
  }
}

int dataset_init(struct dataset *dataset, const struct plan *plan, const struct schema *schema,
                 const struct scenario *scenario, struct store *store, struct text *error) {
  *dataset = (struct dataset){.plan = plan, .schema = schema, .derived = &scenario->derived};
  dataset->cell = memory_get(plan->cell_count, sizeof *dataset->cell);
  add_metrics(dataset, scenario);
  const int status = read_runs(dataset, store, error);
  if (status == 0)
    compute_cells(dataset);
  else
    dataset_deinit(dataset);
  return status;
}

static void run_deinit(struct dataset *dataset, struct dataset_run *run) {
  for (size_t i = 0; run->words != NULL && i < dataset->text_count; i++)
    free(run->words[i]);
  free(run->words);
  inside_run_deinit(&run->inside);
  free(run->number);
  free(run->key);
}

void dataset_deinit(struct dataset *dataset) {
  for (size_t i = 0; i < dataset->plan->cell_count; i++) {
    for (size_t j = 0; j < dataset->cell[i].run_count; j++)
      run_deinit(dataset, &dataset->cell[i].run[j]);
    free(dataset->cell[i].run);
  }
  for (size_t i = 0; i < dataset->metric_count; i++)
    free(dataset->metric[i]);
  free(dataset->metric);
  free(dataset->sum);
  free(dataset->text);
  inside_deinit(&dataset->inside);
  free(dataset->cell);
  *dataset = (struct dataset){0};
}

double dataset_run_value(const struct dataset_run *run, size_t metric, enum dataset_failed failed) {
  if (run->left_out)
    return NAN;
  if (run->established)
    return run->number[metric];
  switch (failed) {
  case DATASET_FAILED_INFINITE:
    return INFINITY;
  case DATASET_FAILED_AS_MEASURED:
    return run->number[metric];
  case DATASET_FAILED_AS_FAR:
    return isnan(run->number[metric]) ? INFINITY : run->number[metric];
  default:
    return NAN;
  }
}

enum dataset_failed dataset_failed_of(const struct measure *measure) {
  static const enum dataset_failed FAILED[] = {
      [MEASURE_QUANTILE] = DATASET_FAILED_INFINITE, [MEASURE_QUANTILE_ALL] = DATASET_FAILED_AS_FAR,
      [MEASURE_MEAN] = DATASET_FAILED_LEFT_OUT,     [MEASURE_MEAN_ALL] = DATASET_FAILED_AS_MEASURED,
      [MEASURE_MIN] = DATASET_FAILED_LEFT_OUT,      [MEASURE_MAX] = DATASET_FAILED_LEFT_OUT,
  };
  return FAILED[measure->statistic];
}

double *dataset_values(const struct dataset *dataset, size_t cell, size_t metric,
                       enum dataset_failed failed, size_t *count) {
  const struct dataset_cell *from = &dataset->cell[cell];
  double *value = memory_get(from->run_count, sizeof *value);
  *count = 0;
  for (size_t i = 0; metric < dataset->metric_count && i < from->run_count; i++) {
    const struct dataset_run *run = &from->run[i];
    const double number = dataset_run_value(run, metric, failed);
    if (!isnan(number))
      value[(*count)++] = number;
  }
  return value;
}

double dataset_share_of(const struct dataset *dataset, const struct dataset_run *run,
                        const char *share) {
  if (run->left_out)
    return NAN;
  if (strcmp(share, MEASURE_SUCCESS) == 0)
    return run->established;
  size_t repeated = dataset_metric(dataset, "datagrams_repeated");
  double number = repeated < dataset->metric_count ? run->number[repeated] : NAN;
  return isnan(number) ? NAN : number > 0;
}

static struct estimate ratio_estimate(const struct dataset *dataset, size_t cell,
                                      const char *ratio) {
  const struct dataset_cell *from = &dataset->cell[cell];
  size_t some = 0, count = 0;
  for (size_t i = 0; i < from->run_count; i++) {
    double share = dataset_share_of(dataset, &from->run[i], ratio);
    if (isnan(share))
      continue;
    count++;
    some += share > 0;
  }
  return statistics_ratio(some, count);
}

/* False if runs succeeded and none of them has this number: then failures say nothing either. */
static bool metric_applies(const struct dataset *dataset, size_t cell, size_t metric) {
  const struct dataset_cell *from = &dataset->cell[cell];
  bool any = false;
  for (size_t i = 0; metric < dataset->metric_count && i < from->run_count; i++) {
    any = any || from->run[i].established;
    if (from->run[i].established && !isnan(from->run[i].number[metric]))
      return true;
  }
  return !any;
}

struct estimate dataset_estimate(const struct dataset *dataset, size_t cell,
                                 const struct measure *measure) {
  if (measure->statistic == MEASURE_RATIO && dataset->plan->cell[cell].computed != NULL)
    return (struct estimate){NAN, NAN, NAN, 0, INTERVAL_NONE};
  if (measure->statistic == MEASURE_RATIO)
    return ratio_estimate(dataset, cell, measure->metric);
  size_t count, metric = dataset_metric(dataset, measure->metric);
  bool quantile = measure_is_quantile(measure);
  double *value = dataset_values(dataset, cell, metric, dataset_failed_of(measure), &count);
  struct estimate estimate = {NAN, NAN, NAN, count, INTERVAL_NONE};
  statistics_sort(value, count);
  if (quantile && !metric_applies(dataset, cell, metric))
    estimate.count = 0;
  else if (quantile)
    estimate = statistics_quantile(value, count, measure->p);
  else if (measure->statistic == MEASURE_MEAN || measure->statistic == MEASURE_MEAN_ALL)
    estimate = statistics_mean(value, count);
  else if (count > 0)
    estimate.value = measure->statistic == MEASURE_MIN ? value[0] : value[count - 1];
  free(value);
  return estimate;
}

double dataset_mean(const struct dataset *dataset, size_t cell, const char *metric) {
  char *name = memory_string(metric);
  const struct measure measure = {.statistic = MEASURE_MEAN, .metric = name};
  double mean = dataset_estimate(dataset, cell, &measure).value;
  free(name);
  return mean;
}

double dataset_row_mean(const struct dataset *dataset, size_t cell, const char *ledger,
                        const char *row) {
  char *name = text_format("%s.%s", ledger, row);
  double mean = dataset_mean(dataset, cell, name);
  free(name);
  return mean;
}

size_t *dataset_cells(const struct dataset *dataset, json_t *where, size_t *count) {
  size_t *cells = memory_get(dataset->plan->cell_count, sizeof *cells);
  *count = 0;
  for (size_t i = 0; i < dataset->plan->cell_count; i++) {
    json_t *all = json_copy(dataset->plan->cell[i].spec);
    json_object_update(all, dataset->plan->cell[i].columns);
    if (value_matches(where, all))
      cells[(*count)++] = i;
    json_decref(all);
  }
  return cells;
}

size_t *dataset_cells_with(const struct dataset *dataset, json_t *where,
                           const struct measure *measure, size_t measure_count, size_t *count) {
  size_t all, *cells = dataset_cells(dataset, where, &all);
  *count = 0;
  for (size_t i = 0; i < all; i++) {
    bool has = dataset->plan->cell[cells[i]].computed == NULL;
    for (size_t j = 0; j < measure_count && !has; j++)
      has = !isnan(dataset_estimate(dataset, cells[i], &measure[j]).value);
    if (has)
      cells[(*count)++] = cells[i];
  }
  return cells;
}
