/* Topics of help that the simulator's description of itself has. */
#ifndef BENCH_COMMAND_TOPIC_ASKED_H
#define BENCH_COMMAND_TOPIC_ASKED_H

#include "support/text.h"

/* Adds the keys of specs, or of results, of the simulator at this path (NULL: beside this program);
 * or one of them, with what it needs to have an effect. -1 with an error. */
int topic_specs_add(struct text *text, const char *simulator, const char *key, struct text *error);
int topic_results_add(struct text *text, const char *simulator, const char *key,
                      struct text *error);

/* Adds what key=value may be, a line each: KEY=VALUE of each value of a choice, else KEY=. -1 with
 * an error. */
int topic_settings_add(struct text *text, const char *simulator, struct text *error);

/* Adds the names of results, a line each. -1 with an error. */
int topic_result_names_add(struct text *text, const char *simulator, struct text *error);

#endif
