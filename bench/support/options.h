/* What the program was told on its command line, and how it may end. */
#ifndef BENCH_SUPPORT_OPTIONS_H
#define BENCH_SUPPORT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses; of several scenarios the greatest counts. */
enum bench_exit {
  BENCH_GOOD = 0,
  BENCH_FAILED = 1,    /* some run could not be carried out, an expectation is violated, or what
                          was compared is not equal */
  BENCH_BAD_USAGE = 2, /* bad usage, scenario or list of runs */
  BENCH_INTERRUPTED = 130,
};

enum { BENCH_PEER_UNSAID = -2 };

/* What an option was given that may be given several times. */
struct bench_list {
  const char **item;
  size_t count;
};

/* One of `count` parts of a plan, from 1. */
struct bench_shard {
  int number, count;
};

struct bench_options {
  const char *results;   /* folder of campaigns */
  const char *scenarios; /* folder of scenarios that are given by name */
  const char *simulator; /* path, or NULL: beside our executable */
  int jobs;
  bool specs;                /* plan: print the specs */
  const char *filter;        /* plan, run: which runs (filter.h); NULL: all */
  int repeat;                /* plan, run: runs of each cell; 0: as the scenario says */
  struct bench_shard shard;  /* run: the part of the plan that is run; {0, 0}: all of it */
  int shards;                /* plan: list this many parts; 0: none */
  const char *retry;         /* run: what to run once more (store.h); NULL: nothing */
  double until;              /* run: add seeds until intervals are within this ratio; 0: do not */
  int at_most;               /* run: with `until` runs of each cell; 0: UNTIL_AT_MOST */
  struct bench_list of;      /* run: with `until`, the measure; none: UNTIL_MEASURE. compare: those
                              * that are compared; none: some (measures.h) */
  const char *into;          /* merge: the store; NULL: beside the folder of shards */
  const char *svg;           /* show: file to draw the messages to, or NULL */
  int peer;                  /* show: the peer whose messages are shown, from 1; 0: all;
                              * BENCH_PEER_UNSAID */
  const char *slowest;       /* show: the cell whose slowest run is shown, or NULL */
  const char *median;        /* show: the cell whose run in the middle is shown, or NULL */
  const char *by;            /* show: what these two go by; NULL: time_ms */
  bool frames;               /* show: list them, too */
  bool json;                 /* show, compare: for machines */
  struct bench_list ignore;  /* compare: keys to leave out */
  struct bench_list fail_if; /* compare: bounds of changes */
  bool all;                  /* compare: all figures and keys, not the first that differ alone */
  bool help, version;
};

#endif
