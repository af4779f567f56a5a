/* What a scenario computes from results, run by run: the sections constants, derived and computed.
 * command/topics/derived.txt says how they are written (coap-eap-bench help derived). */
#ifndef BENCH_SCENARIO_DERIVED_H
#define BENCH_SCENARIO_DERIVED_H

#include "simulator/schema.h"

struct derived_factor {
  char *metric;
  bool divides;
};

struct derived_term {
  double number; /* all numbers and constants of it */
  struct derived_factor *factor;
  size_t factor_count;
};

struct derived_sum {
  struct derived_term *term;
  size_t count;
};

struct derived_metric {
  char *name;
  char *unit;
  char *is; /* the sum as it is written */
  struct derived_sum sum;
};

struct derived_constant {
  char *name;
  double value;
  char *unit, *why; /* of a number; NULL of a published figure */
};

struct derived_case {
  char *name;
  char *from;
  char *note;
  struct derived_metric *metric;
  size_t metric_count;
};

struct derived {
  struct derived_constant *constant;
  size_t constant_count;
  struct derived_metric *metric;
  size_t metric_count;
  struct derived_case *computed;
  size_t computed_count;
};

/* NULL if there is none of this name. */
const struct derived_metric *derived_find(const struct derived *derived, const char *name);
const struct derived_case *derived_case_find(const struct derived *derived, const char *name);

/* Whether a computed case has a metric: one that it computes, or derived from such alone. */
bool derived_case_has(const struct derived *derived, const struct derived_case *computed,
                      const char *metric);

/* -1 with words added to `error` that complete "`text` ...", and nothing to deinit. */
int derived_sum_parse(struct derived_sum *sum, const char *text, const struct derived *derived,
                      const struct schema *schema, struct text *error);
void derived_sum_deinit(struct derived_sum *sum);

/* Whether a derived metric is made of this constant, by itself or by others that it is made of. */
bool derived_uses(const struct derived *derived, const struct derived_metric *metric,
                  const struct derived_constant *constant);

/* The value of a sum; `number` gives that of a metric, NaN if it has none. */
double derived_sum_value(const struct derived_sum *sum,
                         double (*number)(const void *context, const char *metric),
                         const void *context);

void derived_deinit(struct derived *derived);

#endif
