/* A measure is what a table, a figure or an expectation asks of a cell: a statistic of a metric,
 * written as in "p95 time_ms".
 *
 * Metrics: every result key that is a number; a number inside of a JSON result key, by dots
 * ("ledger.eap_method"); and two ratios, which take no statistic:
 *   messages.LABEL.KEY    of a message; messages.up.KEY and messages.down.KEY: of all of a
 * direction, as in "mean messages.EAP-Success.ledger.oscore_tag" success               share of the
 * runs that end established retransmission_share  share of the runs in which CoAP repeated a
 * message Statistics: median, pNN (quantiles; failed runs count as infinite), mean, min, max (given
 * success), mean_all (of all runs that have the figure, failed or not). */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "schema.h"

enum measure_statistic {
  MEASURE_RATIO,
  MEASURE_QUANTILE,
  MEASURE_MEAN,
  MEASURE_MEAN_ALL,
  MEASURE_MIN,
  MEASURE_MAX
};

#define MEASURE_SUCCESS "success"
#define MEASURE_RETRANSMISSION "retransmission_share"

struct measure {
  enum measure_statistic statistic;
  double p;         /* of a quantile, in (0, 1) */
  char *word;       /* of the statistic: "p95" */
  char *metric;     /* "time_ms" */
  const char *unit; /* "ms"; lives in the schema */
};

/* -1 with words added to `error` that complete "`text` ...": what is wrong with it and what is
 * accepted. */
int measure_parse(struct measure *measure, const char *text, const struct schema *schema,
                  struct text *error);
void measure_deinit(struct measure *measure);

#endif
