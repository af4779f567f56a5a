/* A scenario: what to sweep, and what to make of it, read from YAML. command/topics/scenario.txt says
 * how one is written (coap-eap-bench help scenario). */
#ifndef BENCH_SCENARIO_SCENARIO_H
#define BENCH_SCENARIO_SCENARIO_H

#include "derived.h"
#include "presentation.h"
#include "support/yaml_file.h"

enum { SCENARIO_EXTENDS_MAX = 8, SCENARIO_RUNS_MAX = 1000000 };

/* The column of the names of cases. */
#define SCENARIO_CASE "case"

struct scenario {
  char *name; /* the file's name without folder and suffix, or `name:` */
  char *title;
  char *description;
  json_t *fixed; /* key: value */
  json_t *sweep; /* key: [values], in order */
  json_t *cases; /* name: {key: value}, in order; NULL without cases */
  json_t *skip;  /* filters (value.h) */
  long long first_seed;
  size_t repeat;
  bool independent;       /* `paired: off` */
  bool repeats;           /* `repeat` is given */
  long long wall_limit_s; /* 0: the simulator's own */
  struct derived derived;
  struct presentation presentation;
  struct yaml_file file[SCENARIO_EXTENDS_MAX]; /* the scenario itself, then what it extends */
  size_t file_count;
  bool has_runs;    /* what says what to run is without a mistake */
  bool has_columns; /* what is varied could be read; if not, nothing is known to be no column */
};

/* Reads `path` and what it extends, and checks all of it against the schema: complains of every
 * mistake, and of none twice, as one that follows from another. Deinit in any case; after an error
 * it is good for plan.h if it `has_runs`, and for check.h then. */
void scenario_read(struct scenario *scenario, const char *path, const struct schema *schema,
                   struct complaints *complaints);

/* The same for those who need all of it: -1 with an error, and nothing to deinit. */
int scenario_init(struct scenario *scenario, const char *path, const struct schema *schema,
                  struct text *error);
void scenario_deinit(struct scenario *scenario);

/* The sections of derived.h. -1 with a complaint. */
int scenario_read_constants(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                            const struct schema *schema, struct complaints *error);
int scenario_read_derived(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                          const struct schema *schema, struct complaints *error);
int scenario_read_computed(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                           const struct schema *schema, struct complaints *error);

/* True for `case` (if there are cases) and for keys of the sweep: the columns of a cell. */
bool scenario_has_column(const struct scenario *scenario, const char *name);

/* The name of the campaign of a file, which needs no schema; to be freed. NULL with an error. */
char *scenario_name_read(const char *path, struct text *error);

/* The path of a scenario named on the command line: a path if it has a slash or ends in .yaml, else
 * NAME.yaml in `folder`. NULL with an error that lists those there are. To be freed. */
char *scenario_find(const char *name, const char *folder, struct text *error);

/* The value of a column, by the text of `node`; NULL with a complaint. */
json_t *scenario_column_value(const struct scenario *scenario, struct yaml_file *file,
                              const char *column, const yaml_node_t *node,
                              const struct schema *schema, struct complaints *error);

/* A filter {column: value or [values]}, checked; NULL with a complaint. */
json_t *scenario_filter_parse(const struct scenario *scenario, struct yaml_file *file,
                              yaml_node_t *node, const struct schema *schema,
                              struct complaints *error);

#endif
