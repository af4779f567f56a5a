/* The measures of which two sides are compared, and what runs say of them. */
#ifndef BENCH_COMPARE_MEASURES_H
#define BENCH_COMPARE_MEASURES_H

#include "key_tree.h"
#include "scenario/measure.h"
#include "store/dataset.h"

/* What is known of a side's results: what its store, or else the simulator, says of them. */
struct measures_known {
  const struct schema *of[SIDE_COUNT]; /* NULL: nothing */
};

/* Zero-initialised there is none. */
struct measures {
  struct measure *item;
  char **words; /* of each, "mean time_ms" */
  size_t count;
  char **metric; /* the numbers that are read of each run */
  size_t metric_count;
};

/* Adds those that are compared where nobody asks for others: of success, time, octets and energy,
 * as far as a side knows them. */
void measures_add_default(struct measures *measures, const struct measures_known *known);

/* Adds one, as scenarios write it (measure.h); a result without a statistic is its mean. `index`
 * gets its place, which it may have had already. -1 with words added to `error` that complete
 * "`text` ...". */
int measures_add(struct measures *measures, const char *text, const struct measures_known *known,
                 size_t *index, struct text *error);

void measures_deinit(struct measures *measures);

/* Reads the outcome and the numbers of a result; `run` is overwritten, its numbers are to be freed.
 * A result without an outcome is in no figure. */
void measures_read(const struct measures *measures, const json_t *result, struct dataset_run *run);

/* Whether they need a key of results: `outcome`, or one that a number is in. */
bool measures_need(const struct measures *measures, const char *key);

#endif
