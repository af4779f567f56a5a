/* Which runs of a plan are to be run: those that a filter accepts, those of a shard. */
#ifndef BENCH_SCENARIO_SELECTION_H
#define BENCH_SCENARIO_SELECTION_H

#include "filter.h"
#include "support/options.h"

/* For each run of a resolved plan whether it is meant; to be freed. `filter` may be NULL, a shard
 * of count 0 is all of it. Shards deal the different runs (keys) of the whole plan out in turns, as
 * cards: which run is whose does not depend on what is stored, runs that cells share are one
 * shard's, and each shard has as many of each cell, to one. */
bool *selection_make(const struct plan *plan, const struct filter *filter,
                     struct bench_shard shard);

/* How many of so many different runs are a shard's. */
size_t selection_shard_count(size_t runs, struct bench_shard shard);

/* How many different runs are wanted. */
size_t selection_count(const struct plan *plan, const bool *wanted);

#endif
