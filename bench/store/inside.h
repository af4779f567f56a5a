/* The numbers inside of the JSON objects of results that are measured in a unit, as radio_ms,
 * energy_mj and time_parts_ms are, run by run. */
#ifndef BENCH_STORE_INSIDE_H
#define BENCH_STORE_INSIDE_H

#include "simulator/schema.h"

/* Their names in all runs, "radio_ms.peer.transmit", in the order in which they were met.
 * Zero-initialised there is none. */
struct inside {
  char **name;
  size_t count;
};

/* The numbers of a run by name, NaN where it has none; names that it never met are beyond. */
struct inside_run {
  double *number;
  size_t count;
};

/* Whether the numbers inside of a key are in its unit: names end in their unit. */
bool inside_has(const struct schema_key *key);

/* Reads the numbers of a result; `run` is overwritten. */
void inside_read(struct inside *inside, struct inside_run *run, const struct schema *schema,
                 const json_t *result);

void inside_run_deinit(struct inside_run *run);
void inside_deinit(struct inside *inside);

#endif
