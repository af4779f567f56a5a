/* The verb compare: what moved from one list of runs to another. */
#ifndef BENCH_COMPARE_COMPARE_H
#define BENCH_COMPARE_COMPARE_H

#include "support/options.h"

/* Compares the two lists that `words` name (run_list.h): pairs their runs by what their specs have
 * in common (pairing.h), and the results of each pair key by key (key_tree.h). Prints which runs
 * and keys only one list has, and what moved. BENCH_GOOD if every run has its pair and nothing
 * moved, BENCH_FAILED if not, BENCH_BAD_USAGE if a list cannot be read. */
enum bench_exit compare(const struct bench_options *options, char *const words[], int count);

#endif
