/* One run, made with its log. */
#ifndef BENCH_SHOW_LOGGED_RUN_H
#define BENCH_SHOW_LOGGED_RUN_H

#include "support/text.h"

#include <jansson.h>
#include <stdbool.h>

/* Zero-initialised it is empty. */
struct logged_run {
  json_t *result;
  char *log; /* JSON lines */
};

/* Lets the simulator run `given`, a spec in JSON; `quiet`: its stderr goes nowhere. -1 with an
 * error where it gives no result, or no whole log of a run that measures something. Deinit in any
 * case. */
int logged_run_make(struct logged_run *run, const char *simulator, const char *given, bool quiet,
                    struct text *error);
void logged_run_deinit(struct logged_run *run);

#endif
