/* How large a difference is beside how much runs differ anyway.
 *
 * - h: 2 asin(sqrt(share B)) - 2 asin(sqrt(share A)), of two shares (J. Cohen, Statistical Power
 *   Analysis for the Behavioral Sciences, 2nd ed. 1988, chapter 6).
 *
 * - d_z: mean of the differences of pairs / their standard deviation (Cohen, chapter 2; D. Lakens,
 *   Frontiers in Psychology 4 (2013) 863); infinite where all differences are the same.
 *
 * - g: difference of two means / the pooled standard deviation, times 1 - 3 / (4 (nA + nB) - 9)
 *   (L. V. Hedges, Journal of Educational Statistics 6 (1981) p. 107).
 *
 * - delta: share of pairs in which B is larger - share in which A is; of two samples, of all pairs
 *   of a run of each (N. Cliff, Psychological Bulletin 114 (1993) p. 494: within, and between).
 *
 * For h, d_z and g, 0.2 is small and 0.8 large in Cohen's words; delta is from -1 to 1. */
#ifndef BENCH_COMPARE_EFFECT_SIZE_H
#define BENCH_COMPARE_EFFECT_SIZE_H

#include "support/statistics.h"

enum effect_kind { EFFECT_NONE, EFFECT_H, EFFECT_D_Z, EFFECT_G, EFFECT_DELTA, EFFECT_KINDS };

struct effect_size {
  enum effect_kind kind;
  double value; /* NaN if there is none */
};

/* "d_z"; "" of EFFECT_NONE. */
const char *effect_size_word(enum effect_kind kind);

struct effect_size effect_size_shares(double a, double b);

/* Of pairs: the values of A, and those of B. */
struct effect_size effect_size_paired_means(const double *a, const double *b, size_t count);
struct effect_size effect_size_paired_order(const double *a, const double *b, size_t count);

/* Of two samples; for the second they are sorted. */
struct effect_size effect_size_means(struct statistics_sample a, struct statistics_sample b);
struct effect_size effect_size_order(struct statistics_sample a, struct statistics_sample b);

#endif
