/* The plan that a store has noted (present.h), as it is read. */
#ifndef BENCH_STORE_NOTED_H
#define BENCH_STORE_NOTED_H

#include "store.h"

struct noted_cell {
  long long number; /* in the plan, as runs.csv has it */
  json_t *columns;  /* column: value */
};

struct noted {
  struct noted_cell *cell;
  size_t count;
};

/* Whether the store has a plan: one that an older version has run has none. -1 with an error if it
 * has not. */
int noted_expect(struct store *store, struct text *error);

/* Reads the cells. -1 with an error; deinit in any case. */
int noted_init(struct noted *noted, struct store *store, struct text *error);
void noted_deinit(struct noted *noted);

/* How many runs of the plan are in the store, each once where cells share it. -1 with an error. */
int noted_run_count(struct store *store, size_t *count, struct text *error);

/* Adds a cell with its columns as a line: "  3: case=EAP-PSK hops=1". */
void noted_add_cell(struct text *text, long long number, json_t *columns);

/* Hands the runs of a cell that are in the store to `run`, by seed, until it returns below 0. -1
 * with an error, which a run that is not what was stored is, too, or if `run` wants no more. */
int noted_runs_each(struct store *store, long long number,
                    int (*run)(void *context, long long seed, const char *key, const char *result),
                    void *context, struct text *error);

#endif
