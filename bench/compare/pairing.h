/* Pairs the runs of two lists by their specs. */
#ifndef BENCH_COMPARE_PAIRING_H
#define BENCH_COMPARE_PAIRING_H

#include "key_tree.h"

struct pairing;

struct pairing *pairing_create(void);
void pairing_destroy(struct pairing *pairing);

/* Adds the next run of a list, with its spec. */
void pairing_add(struct pairing *pairing, enum side side, const json_t *spec);

/* Runs by their place in their lists. */
struct pairing_pair {
  size_t run[SIDE_COUNT];
};

struct pairing_result {
  struct pairing_pair *pair; /* in the order of list A */
  size_t count;
  size_t *only[SIDE_COUNT]; /* runs without a pair, in order */
  size_t only_count[SIDE_COUNT];
};

/* Pairs runs whose specs are equal in every key that both lists know; of equal specs the first
 * with the first, the second with the second, and so on. Deinit the result. */
void pairing_match(struct pairing *pairing, struct pairing_result *result);
void pairing_result_deinit(struct pairing_result *result);

#endif
