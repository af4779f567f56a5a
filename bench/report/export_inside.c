/* What is inside of the JSON results, in tidy form: ledger.csv and details.csv. */
#include "export.h"
#include "support/memory.h"
#include "support/number.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* What a line says of each metric that is one of a ledger, "ledger,row,row_group,row_family,"; the
 * others are empty. To be freed with free_words. */
static struct text *words_of_rows(const struct dataset *dataset) {
  struct text *words = memory_get(dataset->metric_count, sizeof *words);
  for (size_t i = 0; i < dataset->metric_count; i++) {
    const char *name = dataset->metric[i];
    const struct schema_row *row = row_of(dataset->schema, name);
    if (row == NULL)
      continue;
    text_add(&words[i], "%.*s,%s,", (int)strcspn(name, "."), name, row->name);
    export_add_field(&words[i], row->group);
    text_add(&words[i], ",");
    export_add_field(&words[i], row->family);
    text_add(&words[i], ",");
  }
  return words;
}

static void free_words(struct text *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    text_deinit(&words[i]);
  free(words);
}

/* Whether some run of the cell has octets in this row. */
static bool is_used_in(const struct dataset_cell *cell, size_t metric) {
  for (size_t i = 0; i < cell->run_count; i++)
    if (cell->run[i].number[metric] > 0)
      return true;
  return false;
}

/* A line: which run it is, what of it, and the number. */
static void add_line(struct text *csv, const struct text *run, const struct text *words,
                     double number) {
  text_add_bytes(csv, run->data, run->length);
  text_add_bytes(csv, words->data, words->length);
  number_add(csv, number);
  text_add_bytes(csv, "\n", 1);
}

static void add_ledgers_of_cell(struct text *csv, const struct dataset *dataset, size_t cell,
                                const struct text *words) {
  const struct dataset_cell *from = &dataset->cell[cell];
  bool *used = memory_get(dataset->metric_count, sizeof *used);
  for (size_t i = 0; i < dataset->metric_count; i++)
    used[i] = words[i].length > 0 && is_used_in(from, i);
  for (size_t i = 0; i < from->run_count; i++) {
    struct text run = {0};
    export_add_run(&run, dataset->plan, cell, from->run[i].seed);
    for (size_t j = 0; j < dataset->metric_count; j++)
      if (used[j] && !isnan(from->run[i].number[j]))
        add_line(csv, &run, &words[j], from->run[i].number[j]);
    text_deinit(&run);
  }
  free(used);
}

int export_ledger_write(const struct export *export, const char *path, struct text *error) {
  const struct dataset *dataset = export->dataset;
  struct text *words = words_of_rows(dataset);
  struct text csv = {0};
  export_add_run_columns(&csv, dataset->plan);
  text_add(&csv, "ledger,row,row_group,row_family,bytes\n");
  for (size_t i = 0; i < dataset->plan->measured_count; i++)
    add_ledgers_of_cell(&csv, dataset, i, words);
  int status = text_file_write(path, &csv, error);
  free_words(words, dataset->metric_count);
  text_deinit(&csv);
  return status;
}

static void add_details_of_run(struct text *csv, const struct dataset *dataset, size_t cell,
                               const struct dataset_run *from, const struct text *words) {
  struct text run = {0};
  export_add_run(&run, dataset->plan, cell, from->seed);
  for (size_t i = 0; i < from->inside.count; i++)
    if (!isnan(from->inside.number[i]))
      add_line(csv, &run, &words[i], from->inside.number[i]);
  text_deinit(&run);
}

int export_details_write(const struct export *export, const char *path, struct text *error) {
  const struct dataset *dataset = export->dataset;
  struct text *words = memory_get(dataset->inside.count, sizeof *words);
  struct text csv = {0};
  for (size_t i = 0; i < dataset->inside.count; i++) {
    export_add_field(&words[i], dataset->inside.name[i]);
    text_add(&words[i], ",");
  }
  export_add_run_columns(&csv, dataset->plan);
  text_add(&csv, "name,value\n");
  for (size_t i = 0; i < dataset->plan->measured_count; i++)
    for (size_t j = 0; j < dataset->cell[i].run_count; j++)
      add_details_of_run(&csv, dataset, i, &dataset->cell[i].run[j], words);
  int status = text_file_write(path, &csv, error);
  free_words(words, dataset->inside.count);
  text_deinit(&csv);
  return status;
}
