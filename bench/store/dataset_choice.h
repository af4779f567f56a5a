/* Runs of a dataset that are worth a look. */
#ifndef BENCH_STORE_DATASET_CHOICE_H
#define BENCH_STORE_DATASET_CHOICE_H

#include "dataset.h"

struct dataset_choice {
  size_t cell;
  const struct dataset_run *run; /* NULL: there is none */
};

/* The run in the middle, by a metric, of those of the first cell that has established ones; of an
 * even number the lower. */
struct dataset_choice dataset_choose_median(const struct dataset *dataset, size_t metric);

/* The established run of all cells that has most of a metric. */
struct dataset_choice dataset_choose_slowest(const struct dataset *dataset, size_t metric);

/* The first run that failed, or took too long; `metric` says nothing here. */
struct dataset_choice dataset_choose_failed(const struct dataset *dataset, size_t metric);

#endif
