/* A pool of workers: specs in as lines, results out as lines in the same order. A worker is a
 * forked process that makes many runs, one after another. A run that brings its worker down, or
 * takes too long, costs no other: the worker is replaced, the run is made once more in one that has
 * made none, and what comes of that is its result. */
#ifndef SIM_POOL_POOL_H
#define SIM_POOL_POOL_H

#include "run/run.h"

/* Runs a spec in a worker; run_spec's shape. */
typedef char *(*pool_function)(const struct spec *spec, const struct run_options *options,
                               struct run_end *end);

struct pool_options {
  pool_function run;
  struct run_home *(*make_home)(void); /* in each worker, for all its runs; NULL: they have none */
  unsigned workers;                    /* at most, 1 or more */
  unsigned wall_limit_s;      /* a run that takes longer is killed; its outcome is "hung" */
  const char *pcap_directory; /* NULL: none; run n of several writes to <directory>/<n> */
  bool air_only;              /* of these captures, no node-N.pcap */
  FILE *log;                  /* NULL: none; logs come in the order of the specs */
};

/* Also the exit statuses of the program. */
enum pool_status {
  POOL_ALL_ESTABLISHED = 0,
  POOL_SOME_FAILED = 1,  /* some run's outcome is not "established" */
  POOL_SOME_INVALID = 2, /* some spec was not accepted, or input or output failed */
};

/* Reads specs from `input` until its end, writes results to `output` as they are ready. Where
 * output fails it says so on stderr and runs no more. On SIGINT or SIGTERM kills its workers and
 * ends the process by that signal. */
enum pool_status pool_process(int input, FILE *output, const struct pool_options *options);

#endif
