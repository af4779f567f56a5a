/* Runs of a dataset from their results as text. */
#ifndef BENCH_STORE_RUN_READING_H
#define BENCH_STORE_RUN_READING_H

#include "dataset.h"

/* The forms that results had of late. */
struct run_reading;

/* Reads for `dataset`, whose metrics and texts are named; its `inside` grows. */
struct run_reading *run_reading_create(struct dataset *dataset);
void run_reading_destroy(struct run_reading *reading);

/* Reads what a result says of a run: outcome, numbers but for those that are derived, words. False
 * if it is not JSON, or no object. */
bool run_reading_read(struct run_reading *reading, const char *result, struct dataset_run *run);

#endif
