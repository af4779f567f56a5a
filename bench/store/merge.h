/* Joins the stores of one campaign, as its shards are: each of them has noted the same plan under
 * the same code, and some of its runs. */
#ifndef BENCH_STORE_MERGE_H
#define BENCH_STORE_MERGE_H

#include "store.h"

struct merge_tally {
  size_t runs;    /* in the stores, each as often as it is there */
  size_t added;   /* of these, those that were not there yet */
  size_t damaged; /* of these, those that are not what was stored, and are left out */
  size_t planned; /* different runs of the noted plan */
  size_t missing; /* of these, those that no store has */
};

/* Checks that the stores of these paths can be joined: the latest that each of them has noted is
 * the same code and the same plan. -1 with an error that names each store which differs from the
 * first, and in what; `warning` gets the stores whose scenario differs in words only. */
int merge_check(char *const paths[], size_t count, struct text *warning, struct text *error);

/* Adds the runs of these stores, which merge_check has passed, to the store in `into`, which is
 * made if it is not there, and may have runs of other code; the plan that they have noted takes the
 * place of what was noted there. A run that is there stays. -1 with an error; what was added until
 * then stays, and merging again goes on from there. So it does after a crash. */
int merge_stores(const char *into, char *const paths[], size_t count, struct merge_tally *tally,
                 struct text *error);

#endif
