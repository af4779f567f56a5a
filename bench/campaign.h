/* The verbs: what coap-eap-bench does with one scenario. */
#ifndef BENCH_CAMPAIGN_H
#define BENCH_CAMPAIGN_H

#include "text.h"

/* Exit statuses of the program; of several scenarios the greatest counts. */
enum campaign_exit {
  CAMPAIGN_GOOD = 0,
  CAMPAIGN_FAILED = 1,    /* some run could not be carried out, or an expectation is violated */
  CAMPAIGN_BAD_USAGE = 2, /* bad usage or scenario */
  CAMPAIGN_INTERRUPTED = 130,
};

struct campaign_options {
  const char *results;   /* folder of campaigns */
  const char *scenarios; /* folder of scenarios that are given by name */
  const char *simulator; /* path, or NULL: beside our executable */
  int jobs;
  bool specs;      /* plan: print the specs */
  bool again;      /* run: what crashed, once more */
  const char *svg; /* show: file to draw the messages to, or NULL */
  int peer;        /* show: the peer whose messages are shown, from 1 */
  bool json;       /* show: for machines */
};

/* Each takes a scenario's name or path, prints words to stderr and results to stdout, and returns
 * an exit status. */
enum campaign_exit campaign_plan(const struct campaign_options *options, const char *scenario);
enum campaign_exit campaign_run(const struct campaign_options *options, const char *scenario);
enum campaign_exit campaign_report(const struct campaign_options *options, const char *scenario);

#endif
