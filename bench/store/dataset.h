/* The runs of a plan as they are in the store: numbers by metric, cell by cell. */
#ifndef BENCH_STORE_DATASET_H
#define BENCH_STORE_DATASET_H

#include "inside.h"
#include "scenario/plan.h"
#include "store.h"
#include "support/statistics.h"

struct dataset_run {
  long long seed;
  char *key;
  char stored[32]; /* when; "" of a computed cell */
  bool established;
  bool measures;  /* outcome established, failed or timeout */
  bool left_out;  /* one that hung: it is in no figure */
  double *number; /* of each metric; NaN where there is none */
  char **words;   /* of each text of the result */
  struct inside_run inside;
};

struct dataset_cell {
  size_t planned;
  struct dataset_run *run; /* those that are in the store */
  size_t run_count;
};

struct dataset {
  const struct plan *plan;
  const struct schema *schema;
  const struct derived *derived;
  char **metric;                  /* "time_ms", "ledger.coap_token" */
  const struct derived_sum **sum; /* of each metric; NULL of those that results have */
  size_t metric_count;
  const char **text; /* names of the results that are text, without id */
  size_t text_count;
  struct inside inside; /* names of numbers that are no metrics, or both */
  struct dataset_cell *cell;
  size_t run_count; /* in the store */
  size_t not_run;   /* of these, outcomes that measure nothing */
  char newest[32];  /* when the newest was stored */
};

/* Reads the runs of `plan`, as planned under the code of `schema`, and computes those of computed
 * cells. Metrics are all numbers of the result, the rows of its ledgers, what the scenario derives,
 * and what its presentation asks for besides. -1 with an error. */
int dataset_init(struct dataset *dataset, const struct plan *plan, const struct schema *schema,
                 const struct scenario *scenario, struct store *store, struct text *error);
void dataset_deinit(struct dataset *dataset);

/* Reads what the outcome of a result says: `established`, `measures`, `left_out`. */
void dataset_run_read_outcome(struct dataset_run *run, const json_t *result);

/* 1 if a run counts in a share (success, retransmission_share), 0 if it does not; NaN if it says
 * nothing of it. */
double dataset_share_of(const struct dataset *dataset, const struct dataset_run *run,
                        const char *share);

/* Index of a metric, or metric_count. */
size_t dataset_metric(const struct dataset *dataset, const char *metric);

/* "joined_ms.50": the metric of what results have by percent under NAME_ms; to be freed. */
char *dataset_progress_metric(const char *name, unsigned percent);

/* What a run that is not established counts for. */
enum dataset_failed {
  DATASET_FAILED_LEFT_OUT,    /* nothing: a figure given success */
  DATASET_FAILED_INFINITE,    /* infinity: a quantile */
  DATASET_FAILED_AS_MEASURED, /* what it cost */
  DATASET_FAILED_AS_FAR,      /* what it has, or infinity: a quantile of all runs */
};

/* Of a measure that is no ratio. */
enum dataset_failed dataset_failed_of(const struct measure *measure);

/* What a run gives of a metric; NaN: nothing. */
double dataset_run_value(const struct dataset_run *run, size_t metric, enum dataset_failed failed);

/* The values of a metric over a cell's runs, to be freed. */
double *dataset_values(const struct dataset *dataset, size_t cell, size_t metric,
                       enum dataset_failed failed, size_t *count);

/* What a measure says of a cell. */
struct estimate dataset_estimate(const struct dataset *dataset, size_t cell,
                                 const struct measure *measure);

/* Mean of a metric given success; NaN where no run that succeeded has it. */
double dataset_mean(const struct dataset *dataset, size_t cell, const char *metric);

/* The same of a row of a ledger. */
double dataset_row_mean(const struct dataset *dataset, size_t cell, const char *ledger,
                        const char *row);

/* The cells that `where` accepts, in order; to be freed. */
size_t *dataset_cells(const struct dataset *dataset, json_t *where, size_t *count);

/* The same without the computed cells that have none of these measures. */
size_t *dataset_cells_with(const struct dataset *dataset, json_t *where,
                           const struct measure *measure, size_t measure_count, size_t *count);

/* True if the metric is of a clock on the wall, which differs between equal runs. */
bool dataset_metric_varies(const char *metric);

#endif
