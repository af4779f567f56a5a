/* A cell has a key of the sweep, or of its case, or else of what is fixed. */
#include "origin.h"

static const char *case_of(const struct plan_cell *cell) {
  return json_string_value(json_object_get(cell->columns, SCENARIO_CASE));
}

enum origin_section origin_section_of(const struct scenario *scenario, const struct plan_cell *cell,
                                      const char *key) {
  const char *name = case_of(cell);
  if (json_object_get(scenario->sweep, key) != NULL)
    return ORIGIN_SWEEP;
  if (name != NULL && json_object_get(json_object_get(scenario->cases, name), key) != NULL)
    return ORIGIN_CASE;
  return json_object_get(scenario->fixed, key) != NULL ? ORIGIN_FIXED : ORIGIN_NONE;
}

struct origin origin_find(struct scenario *scenario, const struct plan_cell *cell,
                          const char *key) {
  static const char *const SECTIONS[] = {
      [ORIGIN_FIXED] = "fixed", [ORIGIN_CASE] = "cases", [ORIGIN_SWEEP] = "sweep"};
  const enum origin_section section = origin_section_of(scenario, cell, key);
  for (size_t i = 0; section != ORIGIN_NONE && i < scenario->file_count; i++) {
    struct yaml_file *file = &scenario->file[i];
    const yaml_node_t *node = yaml_get(file, yaml_root(file), SECTIONS[section]);
    if (node != NULL && section == ORIGIN_CASE)
      node = yaml_get(file, node, case_of(cell));
    const yaml_node_t *name = node == NULL ? NULL : yaml_get_key(file, node, key);
    if (name != NULL)
      return (struct origin){file, name, yaml_get(file, node, key)};
  }
  return (struct origin){0};
}
