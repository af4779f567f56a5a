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

struct bench_options {
  const char *results;   /* folder of campaigns */
  const char *scenarios; /* folder of scenarios that are given by name */
  const char *simulator; /* path, or NULL: beside our executable */
  int jobs;
  bool specs;               /* plan: print the specs */
  bool again;               /* run: what crashed or hung, once more */
  const char *svg;          /* show: file to draw the messages to, or NULL */
  int peer;                 /* show: the peer whose messages are shown, from 1; 0: all;
                             * BENCH_PEER_UNSAID */
  const char *slowest;      /* show: the cell whose slowest run is shown, or NULL */
  const char *median;       /* show: the cell whose run in the middle is shown, or NULL */
  const char *by;           /* show: what these two go by; NULL: time_ms */
  bool frames;              /* show: list them, too */
  bool json;                /* show, compare: for machines */
  struct bench_list ignore; /* compare: keys to leave out */
  bool help, version;
};

#endif
