/* What is compared, as the words of the command line name it. */
#ifndef BENCH_COMPARE_OPERAND_H
#define BENCH_COMPARE_OPERAND_H

#include "store/noted.h"

/* What can be compared. */
#define OPERAND_ACCEPTED                                                                           \
  "two lists of runs (campaigns, stores, files of results), two cells (loss/3 loss/7), or a "      \
  "campaign and two selections of its cells (loss hops=1 hops=3)"

struct operand {
  char *name;      /* as it was given */
  char *path;      /* of the list of runs (run_list.h), or of the store that has the cells */
  bool cells;      /* cells of a store's plan are meant, and not all its runs */
  long long cell;  /* the number of the only one; -1: those of the selection */
  char *selection; /* COLUMN=VALUE[,COLUMN=VALUE...], or NULL */
};

/* Reads a word:
 *
 * - what is there as a file or folder, and "-": a list of runs.
 *
 * - NAME, a campaign in `results`: its store.
 *
 * - NAME/CELL, STORE/CELL: a cell by its number in the plan, of a campaign, or of a store that is
 *   there as a file or folder. NAME may be the scenario's file.
 *
 * -1 with an error; deinit in any case. */
int operand_read(struct operand *operand, const char *word, const char *results,
                 struct text *error);

/* The cells of `word`, a campaign or store, that have the columns of the selection. */
int operand_select(struct operand *operand, const char *word, const char *selection,
                   const char *results, struct text *error);
void operand_deinit(struct operand *operand);

/* What the store says of its simulator (--describe), to be freed; NULL of a list without a store.
 * What cannot be read is left to those who read the runs. */
char *operand_describe(const struct operand *operand);

/* Opens the store that has the cells. NULL with an error. */
struct store *operand_open(const struct operand *operand, struct text *error);

/* The selection as an object: column to its value, as text. A comma is part of a value unless a
 * column follows. NULL with an error that says which columns and values there are. */
json_t *operand_selection(const struct operand *operand, const struct noted *noted,
                          struct text *error);

/* Whether a cell is meant, by its number or by the selection (NULL: none). */
bool operand_has(const struct operand *operand, const struct noted_cell *cell,
                 const json_t *selection);

#endif
