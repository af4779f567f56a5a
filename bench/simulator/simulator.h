/* The simulator, which we know only as a program: what it is asked, and how it answers. */
#ifndef BENCH_SIMULATOR_SIMULATOR_H
#define BENCH_SIMULATOR_SIMULATOR_H

#include "support/text.h"

#include <jansson.h>

/* The program: `given`, or coap-eap-sim beside our own executable. NULL with an error. To be
 * freed. */
char *simulator_find(const char *given, struct text *error);

/* What --describe prints. -1 with an error. */
int simulator_describe(const char *program, struct text *description, struct text *error);

/* Hands `specs` (one JSON object a line), each of which stands for `seeds` runs, to --resolve.
 * `answer(context, line, length)` is called for each line that it prints, and says of how many runs
 * that is; 0: it is not as agreed. -1 with an error then, or if these are not `count` runs. */
int simulator_resolve(const char *program, const struct text *specs, size_t seeds, size_t count,
                      size_t (*answer)(void *context, const char *line, size_t length),
                      void *context, struct text *error);

/* The folder of our own executable; to be freed. */
char *simulator_own_folder(void);

#endif
