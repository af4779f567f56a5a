/* A cell against its baseline. The same seeds run in every cell, so that each run has a partner:
 * differences are of pairs, and their intervals are narrower than those of two samples would be.
 * (Where each cell has seeds of its own, `paired: off`, they are of two samples: difference of
 * means by Welch, ratio of means by Fieller, difference and ratio of medians by bootstrap.)
 *
 *   mean, mean_all   mean of the differences (Student); ratio of the means (Fieller)
 *   median, median_all
 *                    median of the differences, median of the ratios (order statistics). A run that
 *                    failed is infinite (median_all: where it has no figure); a pair of two such
 *                    says nothing
 *   success, retransmission_share
 *                    as means, of runs that are 1 or 0
 *   all others       difference and ratio of the two figures, without an interval */
#ifndef BENCH_STORE_PAIRED_H
#define BENCH_STORE_PAIRED_H

#include "dataset.h"

/* The cell that has the values of `against` (column: [value]), and those of `cell` in all other
 * columns; the number of cells if there is none. */
size_t paired_baseline(const struct dataset *dataset, size_t cell, json_t *against);

/* What the runs of both cells that have the same seed, and a figure, give of a measure, pair by
 * pair. Deinit it. */
struct paired_values {
  double *base;
  double *own;
  size_t count;
};
struct paired_values paired_values_of(const struct dataset *dataset, size_t cell, size_t baseline,
                                      const struct measure *measure);
void paired_values_deinit(struct paired_values *values);

/* All that a cell gives of a measure, ascending; to be freed. */
double *paired_sample_of(const struct dataset *dataset, size_t cell, const struct measure *measure,
                         size_t *count);

/* What a column says of `cell`; of one that compares, against `baseline`. */
struct estimate paired_estimate(const struct dataset *dataset, size_t cell, size_t baseline,
                                const struct presentation_column *column);

#endif
