/* Feeds the simulator with the runs that the store lacks, and stores what comes back. */
#ifndef BENCH_STORE_FEED_H
#define BENCH_STORE_FEED_H

#include "scenario/plan.h"
#include "store.h"

struct feed_tally {
  size_t missing; /* runs that the store lacked, each once */
  size_t stored;  /* of these, came back and are stored now */
  size_t not_run; /* of these, outcomes that measure nothing: crashed, hung, invalid,
                   * unsupported */
  bool interrupted;
};

/* The runs of a resolved plan that the store lacks, each key once: indexes into plan->run, to be
 * freed. Of those that are `wanted`, a flag for each run; NULL: of all. */
size_t *feed_missing(const struct plan *plan, struct store *store, const bool *wanted,
                     size_t *count);

/* The sizes of these runs together. */
double feed_size(const struct plan *plan, const size_t *index, size_t count);

struct feed_options {
  const char *program;    /* the simulator */
  int jobs;               /* workers */
  long long wall_limit_s; /* of a run; 0: the simulator's own */
  const bool *wanted;     /* as in feed_missing */
  const char *name;       /* of the campaign, for progress */
};

/* Runs them. When interrupted, or if the simulator dies, what came is stored.
 * -1 with an error if it died or answered nonsense. */
int feed_run(const struct plan *plan, struct store *store, const struct feed_options *options,
             struct feed_tally *tally, struct text *error);

#endif
