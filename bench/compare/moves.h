/* Two lists of runs, compared, and how that is told. */
#ifndef BENCH_COMPARE_MOVES_H
#define BENCH_COMPARE_MOVES_H

#include "compared.h"
#include "pairing.h"
#include "run_list.h"
#include "simulator/schema.h"

/* What is kept of a list beside its places. */
struct moves_side {
  struct run_list list;
  json_t *codes;  /* hash of the code that made runs: how many it made */
  uint64_t *hash; /* of each run's result */
  json_t *shapes; /* of members that are known (moves_members.h) */
};

/* Hears of each result that is read, before it is brought into the form in which it is compared; of
 * one in a store perhaps only of `spec`, `code` and the keys that it needs. */
struct moves_listener {
  void (*result)(void *context, enum side side, const json_t *result);
  bool (*needs)(void *context, const char *key);
  void *context;
};

struct moves {
  const struct compared_ignore *ignore;
  const struct moves_listener *listener;
  const struct schema *schema; /* to leave defaults out of what repeats a run; NULL: unknown */
  struct moves_side side[SIDE_COUNT];
  struct pairing *pairing;
  struct pairing_result pairs;
  struct key keys;
  size_t count; /* pairs in which some key moved */
};

/* Reads both lists (run_list.h). `listener` has to live until then. -1 with an error; deinit in any
 * case. */
int moves_init(struct moves *moves, const char *const names[SIDE_COUNT],
               const struct compared_ignore *ignore, const struct moves_listener *listener,
               struct text *error);
void moves_deinit(struct moves *moves);

/* Pairs the runs and compares each pair. -1 with an error if a list has changed meanwhile. */
int moves_find(struct moves *moves, struct text *error);

/* True if every run has its pair, and nothing moved. */
bool moves_none(const struct moves *moves);

/* Adds words for people, with the first keys that moved, or `all`. -1 with an error if a list has
 * changed meanwhile. */
int moves_print(struct moves *moves, bool all, struct text *text, struct text *error);

/* Sets in an object:
 *   a, b        {name, runs, older, code: {hash: runs}}
 *   both, only_a, only_b              how many runs
 *   first_only_a, first_only_b        what repeats the first of these
 *   keys_only_a, keys_only_b          keys that the runs with a pair have in one list only
 *   moved       [{key, runs, a, b, change, id, spec}]: of the largest move both values (absent
 *               where there was none), (b - a) / |a|, and what repeats it
 * -1 with an error if a list has changed meanwhile. */
int moves_json_set(struct moves *moves, json_t *object, struct text *error);

/* What repeats a run: its `id`, if it has one, and its `spec` without what is the default. NULL
 * with an error. */
json_t *moves_run(struct moves *moves, enum side side, size_t run, struct text *error);

#endif
