/* Where a scenario gives the keys of its cells. */
#ifndef BENCH_SCENARIO_ORIGIN_H
#define BENCH_SCENARIO_ORIGIN_H

#include "plan.h"

enum origin_section { ORIGIN_NONE, ORIGIN_FIXED, ORIGIN_CASE, ORIGIN_SWEEP };

/* The section whose value a cell has. */
enum origin_section origin_section_of(const struct scenario *scenario, const struct plan_cell *cell,
                                      const char *key);

struct origin {
  struct yaml_file *file;
  const yaml_node_t *key; /* NULL if no file has it there */
  yaml_node_t *value;
};

/* The key of that section in the nearest file that has it there. */
struct origin origin_find(struct scenario *scenario, const struct plan_cell *cell, const char *key);

#endif
