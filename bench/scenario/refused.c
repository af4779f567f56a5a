/* The simulator's reason begins with the key and a colon, where it is of one. */
#include "refused.h"
#include "origin.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *text, const char *end) {
  const size_t length = strlen(text), least = strlen(end);
  return length >= least && strcmp(text + length - least, end) == 0;
}

/* The item of a list that is the cell's value, which may be a path behind a folder; the list if
 * there is none. */
static const yaml_node_t *item_of(const struct origin *origin, const json_t *value) {
  char *printed = value_print(value);
  const yaml_node_t *found = origin->value, *item;
  for (size_t i = 0; origin->value->type == YAML_SEQUENCE_NODE &&
                     (item = yaml_item(origin->file, origin->value, i)) != NULL;
       i++) {
    const char *text = yaml_scalar(item);
    if (text != NULL && ends_with(printed, text)) {
      found = item;
      break;
    }
  }
  free(printed);
  return found;
}

static void complain_of(const struct plan *plan, const struct plan_refusal *refusal,
                        struct scenario *scenario, struct complaints *complaints) {
  const struct plan_cell *cell = &plan->cell[refusal->cell];
  char *key = text_format("%.*s", (int)strcspn(refusal->reason, ":"), refusal->reason);
  char *words = plan_cell_words(plan, refusal->cell, NULL);
  const struct origin origin = origin_find(scenario, cell, key);
  struct yaml_file *file = origin.key == NULL ? &scenario->file[0] : origin.file;
  const yaml_node_t *node =
      origin.key == NULL ? yaml_root(file) : item_of(&origin, json_object_get(cell->spec, key));
  yaml_complain(file, node, complaints,
                "%s\nso the simulator says of %zu of %zu run%s, as of %s, seed %lld",
                refusal->reason, refusal->runs, plan->run_count, text_plural(plan->run_count),
                words, refusal->seed);
  free(words);
  free(key);
}

void refused_complain(const struct plan *plan, struct scenario *scenario,
                      struct complaints *complaints) {
  for (size_t i = 0; i < plan->refusal_count; i++)
    complain_of(plan, &plan->refusal[i], scenario, complaints);
}
