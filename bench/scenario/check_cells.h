/* What the checks of a scenario share: its cells, and which of them are asked for. */
#ifndef BENCH_SCENARIO_CHECK_CELLS_H
#define BENCH_SCENARIO_CHECK_CELLS_H

#include "plan.h"

struct check {
  struct scenario *scenario;
  const struct schema *schema;
  struct complaints *complaints;
  struct plan plan; /* cells alone, computed ones too */
  json_t *all;      /* by cell: what it has of the spec, and its columns */
  json_t *index;    /* the cell of columns, by their canonical text */
};

/* Cells by index; free(index). */
struct check_cells {
  size_t *index;
  size_t count;
};

/* The cells that the `where` of an item leaves (those with a value for each measure, if computed
 * ones have only some). Complains of each value that no cell has, and where none is left. False
 * then. */
bool check_where(const struct check *check, const struct presentation_place *at, json_t *where,
                 struct check_cells *cells);

/* Whether cells have the baseline that `against` of the item names. Complains of a value that no
 * cell has; if `all` have to have one, of the first that has none. */
bool check_against(const struct check *check, const struct presentation_place *at, json_t *against,
                   const struct check_cells *cells, bool all);

/* Complains unless some cell has this value of a column, which is said at `node`. */
bool check_value(const struct check *check, const struct presentation_place *at,
                 const yaml_node_t *node, const char *name, const json_t *value);

/* The baseline of a cell, as paired.h has it: the number of cells if there is none. */
size_t check_baseline(const struct check *check, size_t cell, json_t *against);

/* The value of a key of the item; NULL if it has none. */
yaml_node_t *check_node(const struct presentation_place *at, const char *key);

/* Item `index` of a list (or the node itself) at `key` of the item; the item if there is none. */
yaml_node_t *check_list_node(const struct presentation_place *at, const char *key, size_t index);

#endif
