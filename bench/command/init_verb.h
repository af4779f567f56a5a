/* The verb init: a scenario to begin with. */
#ifndef BENCH_COMMAND_INIT_VERB_H
#define BENCH_COMMAND_INIT_VERB_H

#include "support/options.h"

/* Writes the scenario that `words` name, where scenario_find (scenario/scenario.h) would look for
 * it, and says what to do next. Written is all of it or nothing; a file that is there stays. */
enum bench_exit init_verb(const struct bench_options *options, char *const words[], int count);

#endif
