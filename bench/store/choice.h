/* A run of a store that somebody points at: by its key, by cell and seed, or as the slowest of a
 * cell or the one in its middle. */
#ifndef BENCH_STORE_CHOICE_H
#define BENCH_STORE_CHOICE_H

#include "store.h"

enum choice_which { CHOICE_OF_SEED, CHOICE_SLOWEST, CHOICE_MEDIAN };

struct choice_query {
  enum choice_which which;
  const char *metric; /* a number of results, by which one is slow */
  long long cell;     /* its number in the plan, as runs.csv has it; -1: any */
  json_t *columns;    /* column: value, which the cell has; NULL: any */
  long long seed;     /* of CHOICE_OF_SEED */
};

struct choice {
  char *key;
  char *spec;   /* as the scenario has given it */
  char *result; /* as it was stored */
  char *code;   /* that has made it */
};

/* Chooses among the runs of the noted plan (present.h); the slowest and the one in the middle (of
 * an even number the lower) among those that are established. -1 with an error. */
int choice_of_cell(struct store *store, const struct choice_query *query, struct choice *choice,
                   struct text *error);

/* Takes the run whose key begins with `begin`, hexadecimal digits. 1: it is there, 0: it is not; -1
 * with an error, as where several begin so. */
int choice_of_key(struct store *store, const char *begin, struct choice *choice,
                  struct text *error);

void choice_deinit(struct choice *choice);

#endif
