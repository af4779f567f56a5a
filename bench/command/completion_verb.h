/* The verb completion: what a shell needs to complete command lines. */
#ifndef BENCH_COMMAND_COMPLETION_VERB_H
#define BENCH_COMMAND_COMPLETION_VERB_H

#include "support/options.h"

/* Prints, by the one word, a script for bash, made from the tables of verbs, options and topics; or
 * what the script asks for: keys of specs and their values, or names of results. BENCH_BAD_USAGE of
 * other words, and without a simulator. */
enum bench_exit completion_verb(const struct bench_options *options, char *const words[],
                                int count);

#endif
