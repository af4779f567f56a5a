/* The runs of a scenario: its cells (combinations of cases and sweep that are not skipped), each
 * with the same seeds, or with seeds of its own. */
#ifndef BENCH_SCENARIO_PLAN_H
#define BENCH_SCENARIO_PLAN_H

#include "scenario.h"

struct plan_cell {
  json_t *columns; /* column: value, in order: `case`, then the keys of the sweep */
  json_t *spec;    /* what the scenario says of its runs, without id and seed */
  const struct derived_case *computed; /* NULL of cells that are run */
  size_t source;                       /* the cell that it is computed from */
  char *resolved; /* the spec of its first run with all defaults, canonical; NULL until resolved */
};

struct plan_run {
  size_t cell;
  long long seed;
  char *given; /* its spec as the scenario gives it: canonical JSON without id */
  char *key;   /* its identity in the store; NULL until resolved */
  double size; /* its peers, as a guess of what it costs; 1 until resolved */
};

/* A reason for which the simulator does not accept runs. */
struct plan_refusal {
  char *reason;
  size_t cell, runs; /* the first of the runs' cells, and how many runs they are */
  long long seed;    /* of the first */
};

enum { PLAN_REFUSALS_MAX = 20 }; /* of those behind nothing is known but that there are such */

struct plan {
  json_t *columns; /* array of names */
  struct plan_cell *cell;
  size_t cell_count;
  size_t measured_count; /* of these, the first ones are run, the others computed */
  struct plan_run *run;  /* cell by cell, seeds ascending */
  size_t run_count;
  size_t repeat;
  bool independent;             /* each cell has seeds of its own */
  size_t *skipped;              /* by item of `skip`: cells that it takes out */
  struct plan_refusal *refusal; /* no two for one reason */
  size_t refusal_count;
};

/* The runs of all combinations, those that are skipped too. */
double plan_runs_most(const struct scenario *scenario);

/* The cells alone, without runs. -1 with an error (no cell is left, or too many runs), and nothing
 * to deinit. */
int plan_cells_init(struct plan *plan, const struct scenario *scenario, struct text *error);

/* -1 with an error (no cell is left, or too many runs), and nothing to deinit. */
int plan_init(struct plan *plan, const struct scenario *scenario, struct text *error);
void plan_deinit(struct plan *plan);

/* Adds the cells of the scenario's computed cases, of which nothing is run. */
void plan_computed_add(struct plan *plan, const struct scenario *scenario);

/* Asks the simulator for the key and the whole spec of every run. -1 with refusals (refused.h) if
 * it does not accept some, or with an error if it does not answer. */
int plan_resolve(struct plan *plan, const char *program, struct text *error);

/* The columns whose values are not the same in all of these cells; an array of names. */
json_t *plan_columns_varying(const struct plan *plan, const size_t *cell, size_t count);

/* A cell in words by some columns (all if NULL): "wide, hops 3, frame_loss 0.1", the case by its
 * name alone; "all runs" without columns. To be freed. */
char *plan_cell_words(const struct plan *plan, size_t cell, const json_t *columns);

/* The same for people who read results, to whom a ratio is in per cent: "hops 3, frame_loss 10 %".
 * The value of one column likewise. To be freed. */
char *plan_cell_title(const struct plan *plan, size_t cell, const json_t *columns,
                      const struct schema *schema);
char *plan_value_title(const char *column, const json_t *value, const struct schema *schema);

/* The spec of a run that is resolved, with all defaults, canonical; to be freed. */
char *plan_run_resolved(const struct plan *plan, const struct plan_run *run);

/* The spec of a run as one JSON object with `id`; to be freed. */
char *plan_run_spec(const struct plan *plan, size_t run, const char *id);

#endif
