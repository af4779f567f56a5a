/* The verbs: what coap-eap-bench does with one scenario, and with all campaigns. */
#ifndef BENCH_CAMPAIGN_H
#define BENCH_CAMPAIGN_H

#include "support/options.h"
#include "support/text.h"

/* Each takes a scenario's name or path, prints words to stderr and results to stdout, and returns
 * an exit status. */
enum bench_exit campaign_plan(const struct bench_options *options, const char *scenario);
enum bench_exit campaign_run(const struct bench_options *options, const char *scenario);
enum bench_exit campaign_report(const struct bench_options *options, const char *scenario);

/* Joins stores of one campaign into one (store/merge.h). */
enum bench_exit campaign_merge(const struct bench_options *options, char *const words[], int count);

/* Joins the reports of all campaigns; takes no words. */
enum bench_exit campaign_index(const struct bench_options *options, char *const words[], int count);

#endif
