/* A measure is what a table, a figure or an expectation asks of a cell: a statistic of a metric,
 * written as in "p95 time_ms". command/topics/measures.txt says which there are (coap-eap-bench help
 * measures). */
#ifndef BENCH_SCENARIO_MEASURE_H
#define BENCH_SCENARIO_MEASURE_H

#include "simulator/schema.h"

enum measure_statistic {
  MEASURE_RATIO,
  MEASURE_QUANTILE,
  MEASURE_QUANTILE_ALL,
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
  const char *unit; /* "ms"; lives in the schema, or in what the scenario derives */
};

/* The unit of a derived metric that was complained about: it agrees with any. */
#define MEASURE_UNIT_UNKNOWN "?"

/* Whether measures of these units may stand together. */
bool measure_units_agree(const char *a, const char *b);

struct derived;

/* -1 with words added to `error` that complete "`text` ...": what is wrong with it and what is
 * accepted. */
int measure_parse(struct measure *measure, const char *text, const struct schema *schema,
                  const struct derived *derived, struct text *error);
void measure_deinit(struct measure *measure);

bool measure_is_quantile(const struct measure *measure);

/* The unit of a metric; NULL if it is none. */
const char *measure_metric_unit(const char *metric, const struct schema *schema,
                                const struct derived *derived);

/* Adds that `metric` is unknown, what is accepted, and the nearest. Returns -1. */
int measure_complain_metric(const char *metric, const struct schema *schema,
                            const struct derived *derived, struct text *error);

#endif
