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

/* Where the numbers of a result are, as long as nothing but numbers change there. Zero-initialised
 * there is none. */
struct inside_places {
  struct inside_place {
    size_t name; /* in struct inside */
    const json_t *number;
    size_t index; /* to be set: which of a list of numbers it is */
  } * item;
  size_t count;
  size_t names; /* how many there have to be */
};

/* Finds the numbers of a result, whose names are added to `inside`; `places` is overwritten. */
void inside_find(struct inside *inside, struct inside_places *places, const struct schema *schema,
                 const json_t *result);
void inside_places_deinit(struct inside_places *places);

/* Takes the numbers from a list; `run` is overwritten. */
void inside_read(struct inside_run *run, const struct inside_places *places, const double *number);

void inside_run_deinit(struct inside_run *run);
void inside_deinit(struct inside *inside);

#endif
