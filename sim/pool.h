/* A pool of workers: specs in as lines, results out as lines in the same order, one forked child
 * for each run. A run that crashes or hangs costs its own row and no other. */
#ifndef SIM_POOL_H
#define SIM_POOL_H

#include "run/run.h"

/* Runs a spec in a child; run_spec's shape. */
typedef char *(*pool_function)(const struct spec *spec, const struct run_options *options,
                               struct run_end *end);

struct pool_options {
  pool_function run;
  unsigned workers;           /* 1 or more */
  unsigned wall_limit_s;      /* a run that takes longer is killed; its outcome is "hung" */
  const char *pcap_directory; /* NULL: none; run n of several writes to <directory>/<n> */
  FILE *log;                  /* NULL: none; logs come in the order of the specs */
};

/* Also the exit statuses of the program. */
enum pool_status {
  POOL_ALL_ESTABLISHED = 0,
  POOL_SOME_FAILED = 1,  /* some run's outcome is not "established" */
  POOL_SOME_INVALID = 2, /* some spec was not accepted, or input or output failed */
};

/* Reads specs from `input` until its end, writes results to `output` as they are ready. Where
 * output fails it says so on stderr and runs no more. On SIGINT or SIGTERM kills its children and
 * ends the process by that signal. */
enum pool_status pool_process(int input, FILE *output, const struct pool_options *options);

#endif
