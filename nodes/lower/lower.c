/* The table of lower layers, and of the options of all. */
#include "lower.h"

#include "../association/association.h"

#include <assert.h>
#include <string.h>

#define LOWER(id, name) extern const struct lower_layer LOWER_##id;
#include "lowers.def"
#undef LOWER

static const struct lower_layer *const LAYERS[] = {
#define LOWER(id, name) &LOWER_##id,
#include "lowers.def"
#undef LOWER
};

enum { LAYER_COUNT = sizeof LAYERS / sizeof LAYERS[0] };

static const char *const NAMES[] = {
#define LOWER(id, name) name,
#include "lowers.def"
#undef LOWER
    NULL};

const struct option_row LOWER_OPTION = {.name = "lower_layer",
                                        .kind = OPTION_CHOICE,
                                        .unit = "",
                                        .values = NAMES,
                                        .applies = "",
                                        .help = "what carries EAP between peer and authenticator"};

const struct lower_layer *lower_of(const struct option_values *options) {
  return LAYERS[(size_t)option_get(options, &LOWER_OPTION)];
}

/* All options */

struct list {
  const struct option_row *rows[OPTION_VALUES_MAX];
  size_t count;
};

static void add_option(struct list *list, const struct option_row *option) {
  for (size_t i = 0; i < list->count; i++)
    if (list->rows[i] == option)
      return;
  assert(list->count < OPTION_VALUES_MAX);
  list->rows[list->count++] = option;
}

static void add_table(struct list *list, const struct option_table *table) {
  for (size_t i = 0; table != NULL && i < table->count; i++)
    add_option(list, &table->rows[i]);
}

static void add_all(struct list *list) {
  add_option(list, &LOWER_OPTION);
  add_table(list, &ASSOCIATION_OPTIONS);
  for (size_t i = 0; i < association_kind_count(); i++)
    add_table(list, association_kind_options(i));
  for (size_t i = 0; i < LAYER_COUNT; i++)
    for (size_t j = 0; j < LOWER_TABLES_MAX; j++)
      add_table(list, LAYERS[i]->options[j]);
}

const struct option_row *const *lower_options(size_t *count) {
  static struct list list;
  if (list.count == 0)
    add_all(&list);
  *count = list.count;
  return list.rows;
}

const struct option_row *lower_option(const char *name) {
  size_t count;
  const struct option_row *const *rows = lower_options(&count);
  for (size_t i = 0; i < count; i++)
    if (strcmp(rows[i]->name, name) == 0)
      return rows[i];
  return NULL;
}

void lower_options_init(struct option_values *values) {
  size_t count;
  const struct option_row *const *rows = lower_options(&count);
  *values = (struct option_values){.count = 0};
  for (size_t i = 0; i < count; i++)
    option_set(values, rows[i], rows[i]->fallback);
}
