/* The verb show: one run, once, with all that can be said of it. */
#ifndef BENCH_SHOW_SHOW_H
#define BENCH_SHOW_SHOW_H

#include "support/options.h"

/* Runs the spec that `words` give: the name or path of a scenario (its first cell, its first
 * seed), and settings key=value over it; case=NAME takes that case of the scenario. Prints the
 * message ladder, the octets of each message, time and energy, and the command that repeats it. */
enum bench_exit show(const struct bench_options *options, char *const words[], int count);

#endif
