/* Cells that `where` and `against` name. */
#include "check_cells.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

enum { VALUES_SHOWN_MAX = 40 };

yaml_node_t *check_node(const struct presentation_place *at, const char *key) {
  return yaml_get(at->file, at->item, key);
}

yaml_node_t *check_list_node(const struct presentation_place *at, const char *key, size_t index) {
  yaml_node_t *list = check_node(at, key);
  yaml_node_t *item = list == NULL ? NULL : yaml_item(at->file, list, index);
  return item != NULL ? item : list != NULL ? list : at->item;
}

/* The different values that cells have of a column or key, as they are printed: {"0.1": true}. */
static json_t *values_of(const struct check *check, const char *name) {
  json_t *values = json_object();
  for (size_t i = 0; i < check->plan.cell_count; i++) {
    const json_t *value = json_object_get(json_array_get(check->all, i), name);
    if (value == NULL)
      continue;
    char *printed = value_print(value);
    json_object_set_new(values, printed, json_true());
    free(printed);
  }
  return values;
}

static void complain_value(const struct check *check, const struct presentation_place *at,
                           const yaml_node_t *node, const char *name, const json_t *value,
                           json_t *values) {
  const char **names = memory_get(json_object_size(values), sizeof *names), *one;
  size_t count = 0;
  json_t *unused;
  struct text list = {0};
  json_object_foreach(values, one, unused) {
    if (count < VALUES_SHOWN_MAX)
      text_add(&list, "%s%s", count == 0 ? "" : ", ", one);
    names[count++] = one;
  }
  char *printed = value_print(value);
  const char *nearest = json_is_string(value) ? value_nearest(printed, names, count) : NULL;
  yaml_complain(at->file, node, check->complaints, "no cell has %s %s%s%s%s\nthere are: %s%s", name,
                printed, nearest == NULL ? "" : "; did you mean `", nearest == NULL ? "" : nearest,
                nearest == NULL ? "" : "`?", text_string(&list),
                count > VALUES_SHOWN_MAX ? ", ..." : "");
  text_deinit(&list);
  free(printed);
  free(names);
}

/* Complains of the values of one column of the filter that stands at `key`: of each of a list, of
 * one of {from, to, step}. */
static void check_column(const struct check *check, const struct presentation_place *at,
                         const char *key, const char *name, json_t *wanted) {
  yaml_node_t *filter = check_node(at, key), *list = yaml_get(at->file, filter, name);
  const bool is_list = list->type == YAML_SEQUENCE_NODE;
  json_t *values = values_of(check, name);
  size_t complained = 0;
  if (json_object_size(values) == 0)
    yaml_complain(at->file, yaml_get_key(at->file, filter, name), check->complaints,
                  "`%s` is neither varied nor given here: no cell has a value of it", name);
  for (size_t i = 0; json_object_size(values) > 0 && i < json_array_size(wanted); i++) {
    const json_t *value = json_array_get(wanted, i);
    char *printed = value_print(value);
    if (json_object_get(values, printed) == NULL && (is_list || complained++ == 0))
      complain_value(check, at, is_list ? yaml_item(at->file, list, i) : list, name, value, values);
    free(printed);
  }
  json_decref(values);
}

bool check_value(const struct check *check, const struct presentation_place *at,
                 const yaml_node_t *node, const char *name, const json_t *value) {
  json_t *values = values_of(check, name);
  char *printed = value_print(value);
  const bool has = json_object_get(values, printed) != NULL;
  if (!has)
    complain_value(check, at, node, name, value, values);
  free(printed);
  json_decref(values);
  return has;
}

static bool check_filter(const struct check *check, const struct presentation_place *at,
                         const char *key, json_t *filter) {
  const size_t before = check->complaints->error_count;
  const char *name;
  json_t *wanted;
  json_object_foreach(filter, name, wanted) {
    check_column(check, at, key, name, wanted);
  }
  return check->complaints->error_count == before;
}

bool check_where(const struct check *check, const struct presentation_place *at, json_t *where,
                 struct check_cells *cells) {
  *cells = (struct check_cells){.index = memory_get(check->plan.cell_count, sizeof *cells->index)};
  if (where != NULL && !check_filter(check, at, "where", where))
    return false;
  for (size_t i = 0; i < check->plan.cell_count; i++)
    if (value_matches(where, json_array_get(check->all, i)))
      cells->index[cells->count++] = i;
  if (cells->count == 0)
    yaml_complain(at->file, check_node(at, "where"), check->complaints,
                  "no cell is as this `where` says: cells have each of its values, but not "
                  "together");
  return cells->count > 0;
}

size_t check_baseline(const struct check *check, size_t cell, json_t *against) {
  json_t *wanted = json_copy(check->plan.cell[cell].columns), *values;
  const char *name;
  json_object_foreach(against, name, values) {
    json_object_set(wanted, name, json_array_get(values, 0));
  }
  char *text = value_canonical(wanted);
  const json_t *found = json_object_get(check->index, text);
  free(text);
  json_decref(wanted);
  return found == NULL ? check->plan.cell_count : (size_t)json_integer_value(found);
}

bool check_against(const struct check *check, const struct presentation_place *at, json_t *against,
                   const struct check_cells *cells, bool all) {
  const struct plan *plan = &check->plan;
  if (against == NULL)
    return true;
  if (!check_filter(check, at, "against", against))
    return false;
  size_t lacking = 0, first = 0;
  for (size_t i = 0; i < cells->count; i++)
    if (check_baseline(check, cells->index[i], against) == plan->cell_count && lacking++ == 0)
      first = cells->index[i];
  if (lacking < cells->count && !(all && lacking > 0))
    return true;
  char *words = plan_cell_words(plan, first, NULL);
  yaml_complain(at->file, check_node(at, "against"), check->complaints,
                "%zu of %zu cells %s no such baseline, as (%s): no cell has these values and its "
                "own in all other columns",
                lacking, cells->count, lacking == 1 ? "has" : "have", words);
  free(words);
  return false;
}
