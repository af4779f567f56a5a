/* What is inside of the JSON results, in tidy form: ledger.csv and details.csv. */
#include "export.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The row that a metric of a ledger ("app_ledger.coap_token") is of; NULL for all other metrics. */
static const struct schema_row *row_of(const struct schema *schema, const char *metric) {
  char *ledger = memory_string(metric), *dot = strchr(ledger, '.');
  const struct schema_key *key = NULL;
  if (dot != NULL) {
    *dot = '\0';
    key = schema_result_find(schema, ledger);
  }
  const bool is_ledger = key != NULL && schema_is_ledger(key);
  free(ledger);
  for (size_t i = 0; is_ledger && i < schema->row_count; i++)
    if (strcmp(schema->row[i].name, strchr(metric, '.') + 1) == 0)
      return &schema->row[i];
  return NULL;
}

/* The rows of all metrics, NULL for those that are none; to be freed. */
static const struct schema_row **rows_of(const struct dataset *dataset) {
  const struct schema_row **row = memory_get(dataset->metric_count, sizeof *row);
  for (size_t i = 0; i < dataset->metric_count; i++)
    row[i] = row_of(dataset->schema, dataset->metric[i]);
  return row;
}

/* Whether some run of the cell has octets in this row. */
static bool is_used_in(const struct dataset_cell *cell, size_t metric) {
  for (size_t i = 0; i < cell->run_count; i++)
    if (cell->run[i].number[metric] > 0)
      return true;
  return false;
}

static void add_ledger_line(struct text *csv, const struct dataset *dataset, size_t cell,
                            const struct dataset_run *run, size_t metric,
                            const struct schema_row *row) {
  const char *name = dataset->metric[metric];
  if (isnan(run->number[metric]))
    return;
  export_add_run(csv, dataset->plan, cell, run->seed);
  text_add(csv, "%.*s,%s,", (int)strcspn(name, "."), name, row->name);
  export_add_field(csv, row->group);
  text_add(csv, ",");
  export_add_field(csv, row->family);
  text_add(csv, ",");
  value_add_number(csv, run->number[metric]);
  text_add(csv, "\n");
}

static void add_ledgers_of_cell(struct text *csv, const struct dataset *dataset, size_t cell,
                                const struct schema_row *const *row) {
  const struct dataset_cell *from = &dataset->cell[cell];
  bool *used = memory_get(dataset->metric_count, sizeof *used);
  for (size_t i = 0; i < dataset->metric_count; i++)
    used[i] = row[i] != NULL && is_used_in(from, i);
  for (size_t i = 0; i < from->run_count; i++)
    for (size_t j = 0; j < dataset->metric_count; j++)
      if (used[j])
        add_ledger_line(csv, dataset, cell, &from->run[i], j, row[j]);
  free(used);
}

int export_ledger_write(const struct export *export, const char *path, struct text *error) {
  const struct dataset *dataset = export->dataset;
  const struct schema_row **row = rows_of(dataset);
  struct text csv = {0};
  export_add_run_columns(&csv, dataset->plan);
  text_add(&csv, "ledger,row,row_group,row_family,bytes\n");
  for (size_t i = 0; i < dataset->plan->measured_count; i++)
    add_ledgers_of_cell(&csv, dataset, i, row);
  int status = text_file_write(path, &csv, error);
  text_deinit(&csv);
  free(row);
  return status;
}

/* Units are last in names: what is inside of such a key has its unit. */
bool export_is_in_details(const struct schema_key *key) {
  const size_t length = strlen(key->name), unit = strlen(key->unit);
  return key->type == SCHEMA_JSON && unit > 0 && length > unit + 1 &&
         key->name[length - unit - 1] == '_' &&
         strcasecmp(key->name + length - unit, key->unit) == 0;
}

/* A run whose numbers are being written. */
struct inside {
  struct text *csv;
  const struct plan *plan;
  size_t cell;
  long long seed;
};

/* A line for each number at and below `at`; lists have none. */
static void add_inside(const struct inside *inside, const json_t *at, const char *name) {
  const char *key;
  json_t *inner;
  if (json_is_number(at)) {
    export_add_run(inside->csv, inside->plan, inside->cell, inside->seed);
    export_add_field(inside->csv, name);
    text_add(inside->csv, ",");
    value_add_number(inside->csv, json_number_value(at));
    text_add(inside->csv, "\n");
  }
  if (!json_is_object(at))
    return;
  json_object_foreach((json_t *)at, key, inner) {
    char *path = text_format("%s.%s", name, key);
    add_inside(inside, inner, path);
    free(path);
  }
}

/* The dataset has the numbers that somebody asks for; all of them are in the store alone. */
static int add_details_of_run(const struct export *export, const struct inside *inside,
                              const char *key, struct text *error) {
  const struct schema *schema = export->dataset->schema;
  char *text;
  if (store_run_result(export->store, key, &text, NULL, error) < 0)
    return -1;
  json_t *result = text == NULL ? NULL : json_loads(text, 0, NULL);
  for (size_t i = 0; i < schema->result_count; i++)
    if (export_is_in_details(&schema->result[i]))
      add_inside(inside, json_object_get(result, schema->result[i].name), schema->result[i].name);
  json_decref(result);
  free(text);
  return 0;
}

int export_details_write(const struct export *export, const char *path, struct text *error) {
  const struct dataset *dataset = export->dataset;
  struct text csv = {0};
  int status = 0;
  export_add_run_columns(&csv, dataset->plan);
  text_add(&csv, "name,value\n");
  for (size_t i = 0; i < dataset->plan->measured_count; i++)
    for (size_t j = 0; j < dataset->cell[i].run_count && status == 0; j++) {
      const struct dataset_run *run = &dataset->cell[i].run[j];
      const struct inside inside = {&csv, dataset->plan, i, run->seed};
      status = add_details_of_run(export, &inside, run->key, error);
    }
  if (status == 0)
    status = text_file_write(path, &csv, error);
  text_deinit(&csv);
  return status;
}
