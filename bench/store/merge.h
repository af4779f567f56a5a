/* Joins the stores of one campaign, as its shards are: each of them has noted the same plan under
 * the same code, and some of its runs. */
#ifndef BENCH_STORE_MERGE_H
#define BENCH_STORE_MERGE_H

#include "store.h"

struct merge_tally {
  size_t runs;     /* in the stores, each as often as it is there */
  size_t added;    /* of these, those that were not there yet */
  size_t damaged;  /* different runs whose records are not what was stored, in any store */
  size_t replaced; /* different runs of which one store has a damaged record, another a good one */
  size_t planned;  /* different runs of the noted plan */
  size_t missing;  /* of these, those of which no store has a record, or a damaged one alone */
};

/* Checks that the stores of these paths can be joined: the latest that each of them has noted is
 * the same code and the same plan. -1 with an error that names each store which differs from the
 * first, and in what; `warning` gets the stores whose scenario differs in words only. */
int merge_check(char *const paths[], size_t count, struct text *warning, struct text *error);

/* Adds the runs of these stores, which merge_check has passed, to the store in `into`, which is
 * made if it is not there, and may have runs of other code; the plan that they have noted takes the
 * place of what was noted there. A run that is there stays, unless its record is damaged: a good
 * one of any store counts, and a damaged one is not joined. -1 with an error; what was added until
 * then stays, and merging again goes on from there. So it does after a crash. */
int merge_stores(const char *into, char *const paths[], size_t count, struct merge_tally *tally,
                 struct text *error);

#endif
