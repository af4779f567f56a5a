/* One run: builds the network that a spec asks for, hosts the nodes on it, runs it to its end, and
 * sums up. A pure function of the spec and the code. */
#ifndef SIM_RUN_RUN_H
#define SIM_RUN_RUN_H

#include "spec/spec.h"

#include <stdbool.h>
#include <stdio.h>

/* What a process keeps from run to run, for the next costs less where its network is that of the
 * last; no result depends on it. Used by one run at a time. */
struct run_home;

/* Aborts where memory is short. NULL is accepted for destroying. */
struct run_home *run_home_create(void);
void run_home_destroy(struct run_home *home);

struct run_options {
  const char *pcap_directory; /* NULL: none */
  bool air_only;              /* of its captures, no node-N.pcap */
  FILE *log;                  /* NULL: none */
  struct run_home *home;      /* NULL: nothing is kept */
};

/* How a run ended. */
struct run_end {
  const char *outcome; /* "established", ...: static text */
  bool captures_lost;  /* a capture could not be written to its end, and is gone */
};

/* Runs `spec`; its result as one line of JSON, which the caller frees. */
char *run_spec(const struct spec *spec, const struct run_options *options, struct run_end *end);

#endif
