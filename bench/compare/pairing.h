/* Pairs the runs of two lists by their specs. */
#ifndef BENCH_COMPARE_PAIRING_H
#define BENCH_COMPARE_PAIRING_H

#include "key_tree.h"

struct pairing;

struct pairing *pairing_create(void);
void pairing_destroy(struct pairing *pairing);

/* Adds the next run of a list, with its spec. */
void pairing_add(struct pairing *pairing, enum side side, const json_t *spec);

/* Asks for each key that the specs of one list alone have, and of which nobody has asked before,
 * what the runs of the other would have for it: a value (borrowed), which then counts for all runs
 * without the key, so that the key counts in what follows; or NULL. */
void pairing_fill(struct pairing *pairing,
                  const json_t *(*ask)(void *context, const char *key, enum side has),
                  void *context);

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

/* Pairs runs whose specs are equal in every key that both lists know, or that was filled; of equal
 * specs the first with the first, the second with the second, and so on. Deinit the result. */
void pairing_match(struct pairing *pairing, struct pairing_result *result);
void pairing_result_deinit(struct pairing_result *result);

/* Cells: the runs whose specs are equal in these keys, but for `seed`. */
struct pairing_cells {
  size_t count;
  size_t *of[SIDE_COUNT]; /* of each run of a list its cell */
  json_t **columns;       /* of each cell: the keys that tell cells apart, with their values; cells
                           * are in the order of these */
};

void pairing_cells_find(struct pairing *pairing, struct pairing_cells *cells);
void pairing_cells_deinit(struct pairing_cells *cells);

#endif
