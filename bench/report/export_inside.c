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

/* What stands in a line behind the run: what of it, and the number, which is often that of the run
 * before. */
struct line_end {
  struct text text;
  size_t words_length; /* of the text without a number; 0: there is no such line */
  double number;       /* NaN: none yet */
};

static void line_end_begin(struct line_end *end) {
  end->words_length = end->text.length;
  end->number = NAN;
}

static void free_ends(struct line_end *ends, size_t count) {
  for (size_t i = 0; i < count; i++)
    text_deinit(&ends[i].text);
  free(ends);
}

static void add_line(struct text *csv, const struct text *run, struct line_end *end,
                     double number) {
  if (memcmp(&number, &end->number, sizeof number) != 0) {
    end->text.length = end->words_length;
    number_add(&end->text, number);
    text_add_bytes(&end->text, "\n", 1);
    end->number = number;
  }
  text_add_bytes(csv, run->data, run->length);
  text_add_bytes(csv, end->text.data, end->text.length);
}

/* "ledger,row,row_group,row_family," of each metric that is one of a ledger. To be freed with
 * free_ends. */
static struct line_end *ends_of_rows(const struct dataset *dataset) {
  struct line_end *ends = memory_get(dataset->metric_count, sizeof *ends);
  for (size_t i = 0; i < dataset->metric_count; i++) {
    const char *name = dataset->metric[i];
    const struct schema_row *row = row_of(dataset->schema, name);
    if (row == NULL)
      continue;
    struct text *words = &ends[i].text;
    text_add(words, "%.*s,%s,", (int)strcspn(name, "."), name, row->name);
    export_add_field(words, row->group);
    text_add(words, ",");
    export_add_field(words, row->family);
    text_add(words, ",");
    line_end_begin(&ends[i]);
  }
  return ends;
}

/* In which rows of ledgers some run of the cell has octets; to be freed. */
static bool *find_used(const struct dataset *dataset, const struct dataset_cell *cell,
                       const struct line_end *ends) {
  bool *used = memory_get(dataset->metric_count, sizeof *used);
  for (size_t i = 0; i < cell->run_count; i++)
    for (size_t j = 0; j < dataset->metric_count; j++)
      used[j] = used[j] || (ends[j].words_length > 0 && cell->run[i].number[j] > 0);
  return used;
}

static void add_ledgers_of_cell(struct text *csv, const struct dataset *dataset, size_t cell,
                                struct line_end *ends) {
  const struct dataset_cell *from = &dataset->cell[cell];
  bool *used = find_used(dataset, from, ends);
  for (size_t i = 0; i < from->run_count; i++) {
    struct text run = {0};
    export_add_run(&run, dataset->plan, cell, from->run[i].seed);
    for (size_t j = 0; j < dataset->metric_count; j++)
      if (used[j] && !isnan(from->run[i].number[j]))
        add_line(csv, &run, &ends[j], from->run[i].number[j]);
    text_deinit(&run);
  }
  free(used);
}

int export_ledger_write(const struct export *export, const char *path, struct text *error) {
  const struct dataset *dataset = export->dataset;
  struct line_end *ends = ends_of_rows(dataset);
  struct text csv = {0};
  export_add_run_columns(&csv, dataset->plan);
  text_add(&csv, "ledger,row,row_group,row_family,bytes\n");
  for (size_t i = 0; i < dataset->plan->measured_count; i++)
    add_ledgers_of_cell(&csv, dataset, i, ends);
  int status = text_file_write(path, &csv, error);
  free_ends(ends, dataset->metric_count);
  text_deinit(&csv);
  return status;
}

static void add_details_of_run(struct text *csv, const struct dataset *dataset, size_t cell,
                               const struct dataset_run *from, struct line_end *ends) {
  struct text run = {0};
  export_add_run(&run, dataset->plan, cell, from->seed);
  for (size_t i = 0; i < from->inside.count; i++)
    if (!isnan(from->inside.number[i]))
      add_line(csv, &run, &ends[i], from->inside.number[i]);
  text_deinit(&run);
}

int export_details_write(const struct export *export, const char *path, struct text *error) {
  const struct dataset *dataset = export->dataset;
  struct line_end *ends = memory_get(dataset->inside.count, sizeof *ends);
  struct text csv = {0};
  for (size_t i = 0; i < dataset->inside.count; i++) {
    export_add_field(&ends[i].text, dataset->inside.name[i]);
    text_add(&ends[i].text, ",");
    line_end_begin(&ends[i]);
  }
  export_add_run_columns(&csv, dataset->plan);
  text_add(&csv, "name,value\n");
  for (size_t i = 0; i < dataset->plan->measured_count; i++)
    for (size_t j = 0; j < dataset->cell[i].run_count; j++)
      add_details_of_run(&csv, dataset, i, &dataset->cell[i].run[j], ends);
  int status = text_file_write(path, &csv, error);
  free_ends(ends, dataset->inside.count);
  text_deinit(&csv);
  return status;
}
