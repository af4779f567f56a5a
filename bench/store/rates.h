/* How long a run takes, as those that are stored took. */
#ifndef BENCH_STORE_RATES_H
#define BENCH_STORE_RATES_H

#include "scenario/plan.h"
#include "store.h"

struct rate {
  double wall_ms; /* of a run of the cell; NaN: nothing is stored that could tell */
  bool measured;  /* in this cell; or else guessed from other cells, for each peer */
};

/* One for each cell of a resolved plan, to be freed. A cell is known again by its columns, also
 * where other code has made its runs: those of the plan that was noted last (present.h). `store`
 * may be NULL. */
struct rate *rates_of_cells(const struct plan *plan, struct store *store);

#endif
