/* A campaign while a verb is at it: its scenario, schema, plan and store. */
#ifndef BENCH_CAMPAIGN_OPENED_H
#define BENCH_CAMPAIGN_OPENED_H

#include "scenario/plan.h"
#include "store/store.h"
#include "support/options.h"

struct campaign {
  const struct bench_options *options;
  char *path;      /* of the scenario */
  char *name;      /* of the campaign */
  char *folder;    /* of its results */
  char *database;  /* path of its store */
  char *simulator; /* NULL for report */
  struct text describe;
  struct schema schema;
  bool has_schema;
  struct scenario scenario;
  bool has_scenario;
  struct plan plan;
  bool *wanted;        /* of each run, whether --filter and --shard leave it */
  size_t wanted_count; /* different runs of these */
  long long repeat;    /* runs of each cell, if it is not what the scenario says; else 0 */
  struct store *store;
};

/* Finds the scenario of this name, and nothing more. -1 with an error; opened_finish in any case.
 */
int opened_scenario(struct campaign *campaign, const struct bench_options *options,
                    const char *name, struct text *error);

/* Says where the results of a campaign of this name are; takes the name. */
void opened_place(struct campaign *campaign, char *name);

/* Reads what the simulator says of itself from `describe`. -1 with an error. */
int opened_read_schema(struct campaign *campaign, struct text *error);

/* Reads what a report needs: a store that is there is not refused for what its cells lack. -1 with
 * an error. */
int opened_read_scenario(struct campaign *campaign, struct text *error);

/* Asks the simulator for its description and the identity of every run; tells of all mistakes of
 * the scenario, and warns of what is of no use. -1 with an error. */
int opened_ask_simulator(struct campaign *campaign, struct text *error);

/* Plans so many runs of each cell, anew. -1 with an error. */
int opened_repeat(struct campaign *campaign, size_t repeat, struct text *error);

/* Closes, says what is wrong, and turns it into the exit status. */
enum bench_exit opened_finish(struct campaign *campaign, struct text *error,
                              enum bench_exit status);

#endif
