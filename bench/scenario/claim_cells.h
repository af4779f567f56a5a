/* The cells that the measures of a claim mean, combination by combination of its free columns. */
#ifndef BENCH_SCENARIO_CLAIM_CELLS_H
#define BENCH_SCENARIO_CLAIM_CELLS_H

#include "plan.h"

struct claim_cells {
  json_t *free;   /* names of the columns that some measure does not name */
  size_t *cell;   /* by combination and measure */
  size_t *stands; /* by combination: a cell that has its values of the free columns */
  size_t count;   /* combinations */
  size_t lacking; /* combinations in which some measures have a cell and others none */
  size_t first;   /* of these, a cell with the values of the first one */
  size_t same;    /* combinations left out, since all measures mean one cell */
};

/* Combinations that `where` leaves. Those in which a computed cell has no such measure are left
 * out, as it is in tables. */
void claim_cells_init(struct claim_cells *cells, const struct plan *plan,
                      const struct derived *derived, const struct claim *claim, json_t *where);
void claim_cells_deinit(struct claim_cells *cells);

#endif
