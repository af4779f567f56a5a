/* Which runs of a scenario are meant, as people write it on a command line:
 * command/topics/filter.txt has the grammar (coap-eap-bench help filter). A key that has no effect
 * on a run (condition.h), unless it is a column, has no value there. */
#ifndef BENCH_SCENARIO_FILTER_H
#define BENCH_SCENARIO_FILTER_H

#include "plan.h"

struct filter;

/* Checks keys and values against scenario and schema. NULL with an error that shows the place; to
 * be freed by filter_destroy. */
struct filter *filter_parse(const char *text, const struct scenario *scenario,
                            const struct schema *schema, struct text *error);
void filter_destroy(struct filter *filter);

/* Whether a run is meant: `columns` are those of its cell, `spec` its whole spec. */
bool filter_accepts(const struct filter *filter, const json_t *columns, const json_t *spec);

#endif
