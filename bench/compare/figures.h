/* What a measure says of one side of a pair of cells, of the other, and of the difference. */
#ifndef BENCH_COMPARE_FIGURES_H
#define BENCH_COMPARE_FIGURES_H

#include "cell_pairs.h"
#include "effect_size.h"

/* What can be said of B beside A. */
enum verdict {
  VERDICT_LARGER,  /* the interval of the difference is above 0 */
  VERDICT_SMALLER, /* below 0 */
  VERDICT_UNSHOWN, /* it has 0 in it */
  VERDICT_EQUAL,   /* the figures of each pair of runs are the same */
  VERDICT_FEW,     /* too few runs for an interval */
  VERDICT_UNKNOWN, /* none is known for such a measure */
  VERDICT_ONLY_A,  /* no run of the other side has such a figure */
  VERDICT_ONLY_B,
  VERDICT_KINDS,
};

/* "larger", "smaller", "no difference shown", "equal in all pairs", ... */
const char *verdict_words(enum verdict verdict);

struct figure {
  size_t cell, measure;              /* which */
  struct estimate value[SIDE_COUNT]; /* as in the tables of a report: of all runs of the cell */
  struct estimate difference; /* B - A: of pairs; where cells are apart, and of quantiles but the
                               * median, of two samples (paired.h, shares.h, statistics.h) */
  struct estimate relative;   /* that, / A: of means the ratio of means, of a median the median of
                               * the ratios of pairs, less 1 */
  bool paired;                /* whether `difference` is of pairs */
  size_t pairs;               /* of runs that both have the figure */
  double correlation; /* of pairs: Pearson's; of quantiles Spearman's, by ranks. NaN: none */
  double width;       /* of the interval, to that of the same runs as two samples; NaN: none */
  struct effect_size effect;
  double p;    /* of a two-sided test that the interval goes with (significance.h); NaN: none */
  double holm; /* the same, adjusted for all figures that are compared */
  enum verdict verdict;
};

struct figures {
  const struct measures *measures;
  const struct cell_pairs *cells;
  struct figure *item; /* of each cell that both sides have, of each measure that a side has */
  size_t count;
  size_t of[VERDICT_KINDS]; /* how many have this verdict */
  size_t intervals;         /* that chance could make miss 0: of what differs from pair to pair */
  size_t miss;              /* of these, how many do */
  size_t stand;             /* of the figures that differ, how many by Holm's adjustment still do */
};

/* Compares all cells that both sides have, by each measure. Items are in the order of what is
 * worth looking at: what differs, by the size of its effect; then all others. Deinit it. */
void figures_find(struct figures *figures, const struct measures *measures,
                  const struct cell_pairs *cells);
void figures_deinit(struct figures *figures);

/* Whether B differs from A. */
bool figure_differs(const struct figure *figure);

/* Whether it does by Holm's adjustment, too. */
bool figure_stands(const struct figure *figure);

#endif
