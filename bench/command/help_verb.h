/* The verb help: verbs and topics. */
#ifndef BENCH_COMMAND_HELP_VERB_H
#define BENCH_COMMAND_HELP_VERB_H

#include "support/options.h"

/* Prints what there is help for; with a word the help of that verb or topic; with two, of a topic
 * that the simulator tells, that of a key. BENCH_BAD_USAGE of others. */
enum bench_exit help_verb(const struct bench_options *options, char *const words[], int count);

#endif
