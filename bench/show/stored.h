/* A run of a campaign, to be shown once more. */
#ifndef BENCH_SHOW_STORED_H
#define BENCH_SHOW_STORED_H

#include "simulator/schema.h"
#include "store/choice.h"
#include "support/options.h"

/* Whether a word names one: by the key of runs.csv, or eight digits or more that it begins with, or
 * as NAME/CELL/SEED, as plan --specs names runs. Here and below NAME may be the scenario's file. */
bool stored_is_named(const char *word);

/* Finds the run that a word names, in the stores of the options' results. -1 with an error. */
int stored_find(const struct bench_options *options, const char *word, struct choice *choice,
                struct text *error);

/* Finds the slowest of a cell, or the one in its middle, as the options ask. The cell is NAME/CELL,
 * its number in runs.csv, or of campaign NAME the one with these columns. -1 with an error. */
int stored_find_of_cell(const struct bench_options *options, const struct schema *schema,
                        json_t *columns, struct choice *choice, struct text *error);

/* Adds a sentence: whether the run came out as it was stored, and if not, the keys that differ,
 * without id, code and those that begin with wall_. */
void stored_compare(const struct choice *choice, const json_t *result, const struct schema *schema,
                    struct text *words);

#endif
