/* Says which figures are of the radio only. */
#include "modelled.h"

#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

static const char KEY[] = "crypto", NONE[] = "none",
                  WORDS[] = "radio only (no computing is modelled)";

static bool is_time_or_energy(const char *unit) {
  static const char *const UNITS[] = {"ns", "us", "ms", "s",  "min", "h",  "d", "days", "years",
                                      "uJ", "mJ", "J",  "kJ", "uW",  "mW", "W", "mAh"};
  for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
    if (strcmp(unit, UNITS[i]) == 0)
      return true;
  return false;
}

/* Those of a processor are what is modelled of computing, or absent. */
bool modelled_concerns(const char *metric, const char *unit) {
  return unit != NULL && is_time_or_energy(unit) && strstr(metric, "cpu") == NULL &&
         !dataset_metric_varies(metric);
}

static bool is_radio_only(const struct dataset *dataset, size_t cell) {
  const struct plan_cell *planned = &dataset->plan->cell[cell];
  if (planned->computed != NULL)
    planned = &dataset->plan->cell[planned->source];
  const struct schema_key *key = schema_spec_find(dataset->schema, KEY);
  const json_t *profile = json_object_get(planned->spec, KEY);
  if (profile == NULL && key != NULL)
    profile = key->fallback;
  return profile == NULL || strcmp(json_string_value(profile), NONE) == 0;
}

/* The values of a column in the cells that are radio only; NULL if a cell with computing has one of
 * them, too. */
static json_t *values_of(const struct dataset *dataset, const size_t *cells, size_t count,
                         const char *column) {
  json_t *without = json_object(), *with = json_object();
  bool shared = false;
  for (size_t i = 0; i < count; i++) {
    const json_t *value = json_object_get(dataset->plan->cell[cells[i]].columns, column);
    char *printed = plan_value_title(column, value, dataset->schema);
    const bool radio_only = is_radio_only(dataset, cells[i]);
    json_object_set_new(radio_only ? without : with, printed, json_true());
    shared = shared || json_object_get(radio_only ? with : without, printed) != NULL;
    free(printed);
  }
  json_decref(with);
  if (!shared)
    return without;
  json_decref(without);
  return NULL;
}

/* Of some cells only: what tells those apart. */
static char *words_of_some(const struct dataset *dataset, const size_t *cells, size_t count) {
  struct text words = {0};
  json_t *columns = plan_columns_varying(dataset->plan, cells, count), *values = NULL;
  const char *column = KEY, *value;
  json_t *item;
  bool by_key = false;
  for (size_t i = 0; i < json_array_size(columns); i++)
    by_key = by_key || strcmp(json_string_value(json_array_get(columns, i)), KEY) == 0;
  for (size_t i = 0; i < json_array_size(columns) && values == NULL && !by_key; i++) {
    column = json_string_value(json_array_get(columns, i));
    values = values_of(dataset, cells, count, column);
  }
  text_add(&words, "%s", WORDS);
  if (values == NULL)
    text_add(&words, " where %s is %s", KEY, NONE);
  size_t listed = 0;
  json_object_foreach(values, value, item) {
    text_add(&words, "%s%s%s%s", listed++ == 0 ? " of " : "; ",
             strcmp(column, "case") == 0 ? "" : column, strcmp(column, "case") == 0 ? "" : " ",
             value);
  }
  json_decref(values);
  json_decref(columns);
  return words.data;
}

char *modelled_words(const struct dataset *dataset, const size_t *cells, size_t count) {
  size_t radio_only = 0;
  for (size_t i = 0; i < count; i++)
    radio_only += is_radio_only(dataset, cells[i]);
  if (radio_only == 0)
    return memory_string("");
  if (radio_only == count)
    return memory_string(WORDS);
  return words_of_some(dataset, cells, count);
}

void modelled_add_note(const struct dataset *dataset, const size_t *cells, size_t count,
                       const struct measure *measure, size_t measure_count, struct text *note) {
  bool concerned = false;
  for (size_t i = 0; i < measure_count; i++)
    concerned = concerned || modelled_concerns(measure[i].metric, measure[i].unit);
  char *words = concerned ? modelled_words(dataset, cells, count) : memory_string("");
  if (words[0] != '\0')
    text_add(note, "%sTimes and energies are %s.", note->length == 0 ? "" : " ", words);
  free(words);
}
