/* Cells of two sides, each with that of the other, and in these the runs that have equal seeds. */
#ifndef BENCH_COMPARE_CELL_PAIRS_H
#define BENCH_COMPARE_CELL_PAIRS_H

#include "measures.h"

/* The runs of a side in their order. */
struct cell_runs {
  struct dataset_run *run; /* with seeds of the specs; cell_pairs_init gives them others */
  size_t count;
};

struct cell_pair {
  char *name;                          /* short: "#3"; it is no number of a plan */
  json_t *columns;                     /* what tells it from the others; borrowed */
  struct dataset_run *run[SIDE_COUNT]; /* copies: partners have equal seeds, and nobody else */
  size_t count[SIDE_COUNT];            /* 0 on one side: the other alone has the cell */
  size_t partners;                     /* how many runs have one */
  bool apart; /* fewer than half of the smaller side have: they are compared as two samples */
};

struct cell_pairs {
  struct cell_pair *item;
  size_t count;
};

/* Adds a run with its numbers (measures_read); a seed of 0 if its spec has none. */
void cell_runs_add(struct cell_runs *runs, const struct measures *measures, const json_t *result);
void cell_runs_deinit(struct cell_runs *runs);

/* Puts the runs of both sides into `count` cells: cell_of has the cell of each run. Of runs with
 * equal seeds in a cell the first has the first as its partner, the second the second. The pairs
 * are valid as long as `runs` and `columns` are. */
void cell_pairs_init(struct cell_pairs *pairs, const struct cell_runs runs[SIDE_COUNT],
                     size_t *const cell_of[SIDE_COUNT], json_t *const *columns, size_t count);
void cell_pairs_deinit(struct cell_pairs *pairs);

/* A cell in words: "hops=3 frame_loss=0.1"; "all runs" without columns. To be freed. */
char *cell_words(const json_t *columns);

/* True if one side alone has the cell. */
bool cell_pair_is_only(const struct cell_pair *pair, enum side side);

#endif
