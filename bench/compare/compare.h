/* The verb compare: what moved from one list of runs to another. */
#ifndef BENCH_COMPARE_COMPARE_H
#define BENCH_COMPARE_COMPARE_H

#include "support/options.h"

/* Compares what `words` name (operand.h):
 *
 * - two lists of runs (run_list.h). Their runs are paired by what their specs have in common
 *   (pairing.h), and the results of each pair key by key (key_tree.h): which runs and keys only one
 *   list has, and what moved. Then their cells, of equal specs but for the seed, by their figures.
 *
 * - two cells, or a cell and a list, which is then taken for one: by their figures.
 *
 * - a campaign and two selections of its cells, COLUMN=VALUE[,COLUMN=VALUE...]: each cell of one
 *   with that of the other that is equal in all other columns, by their figures.
 *
 * Figures are those of the measures that the options name, or of some (measures.h); figures.h says
 * what is computed of them, figures_words.h and, with the option json, figures_json.h and moves.h
 * what is printed.
 *
 * BENCH_BAD_USAGE if something cannot be read. Else, with bounds among the options, BENCH_FAILED if
 * one is passed (bounds.h), and BENCH_GOOD if none is, whatever moved; without bounds, of two
 * lists, BENCH_GOOD if every run has its pair and nothing moved, BENCH_FAILED if not; and of cells
 * BENCH_GOOD. */
enum bench_exit compare(const struct bench_options *options, char *const words[], int count);

#endif
