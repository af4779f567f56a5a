/* The table of lower layers, and of the options of all. */
#include "lower.h"

#include "../association/association.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define LOWER(id, name, help) extern const struct lower_layer LOWER_##id;
#include "lowers.def"
#undef LOWER

static const struct lower_layer *const LAYERS[] = {
#define LOWER(id, name, help) &LOWER_##id,
#include "lowers.def"
#undef LOWER
};

enum { LAYER_COUNT = sizeof LAYERS / sizeof LAYERS[0] };

static const char *const NAMES[] = {
#define LOWER(id, name, help) name,
#include "lowers.def"
#undef LOWER
    NULL};

const struct option_row LOWER_OPTION = {.name = "lower_layer",
                                        .kind = OPTION_CHOICE,
                                        .unit = "",
                                        .values = NAMES,
                                        .applies = "",
                                        .help = "what carries EAP between peer and authenticator"
#define LOWER(id, name, help) "; " name ": " help
#include "lowers.def"
#undef LOWER
};

const struct lower_layer *lower_of(const struct option_values *options) {
  return LAYERS[(size_t)option_get(options, &LOWER_OPTION)];
}

struct lower_conduct lower_conduct_of(const struct option_values *options) {
  const struct lower_layer *lower = lower_of(options);
  return lower->conduct == NULL ? (struct lower_conduct){.peer_asks = false}
                                : lower->conduct(options);
}

void lower_listener_tell(const struct lower_listener *listener, const struct eap_peer *peer,
                         uint64_t now_ns) {
  if (listener != NULL && listener->established != NULL)
    listener->established(listener->context, peer, now_ns);
}

void lower_listener_answer(const struct lower_listener *listener,
                           const struct coap_message *response, uint64_t now_ns) {
  if (listener != NULL && listener->answered != NULL)
    listener->answered(listener->context, response, now_ns);
}

bool lower_has_option(const struct lower_layer *lower, const struct option_row *option) {
  for (size_t i = 0; i < LOWER_TABLES_MAX && lower->options[i] != NULL; i++)
    for (size_t j = 0; j < lower->options[i]->count; j++)
      if (&lower->options[i]->rows[j] == option)
        return true;
  return false;
}

/* All options */

enum { APPLIES_MAX = 256 };

struct option_list {
  const struct option_row *rows[OPTION_VALUES_MAX];
  char applies[OPTION_VALUES_MAX][APPLIES_MAX];
  size_t count;
};

static size_t option_list_find(const struct option_list *list, const struct option_row *option) {
  size_t place = 0;
  while (place < list->count && list->rows[place] != option)
    place++;
  return place;
}

static void option_list_append(char applies[APPLIES_MAX], const char *between, const char *text) {
  const size_t used = strlen(applies);
  const int written = snprintf(applies + used, APPLIES_MAX - used, "%s%s", between, text);
  assert(written >= 0 && (size_t)written < APPLIES_MAX - used);
  (void)written;
}

/* Adds a table that belongs to place `value` of a choice: its options apply where that is chosen.
 */
static void option_list_add_chosen(struct option_list *list, const struct option_table *table,
                                   const struct option_row *choice, size_t value) {
  for (size_t i = 0; table != NULL && i < table->count; i++) {
    const size_t place = option_list_find(list, &table->rows[i]);
    const bool new = place == list->count;
    assert(place < OPTION_VALUES_MAX);
    list->rows[place] = &table->rows[i];
    list->count += new;
    option_list_append(list->applies[place], new ? choice->name : "", new ? "=" : "|");
    option_list_append(list->applies[place], "", choice->values[value]);
  }
}

static void option_list_add(struct option_list *list, const struct option_row *option) {
  assert(list->count < OPTION_VALUES_MAX);
  list->rows[list->count++] = option;
}

static void option_list_add_all(struct option_list *list) {
  const struct option_row *association = &ASSOCIATION_OPTIONS.rows[0];
  option_list_add(list, &LOWER_OPTION);
  for (size_t i = 0; i < ASSOCIATION_OPTIONS.count; i++)
    option_list_add(list, &ASSOCIATION_OPTIONS.rows[i]);
  for (size_t i = 0; i < association_kind_count(); i++)
    option_list_add_chosen(list, association_kind_options(i), association, i);
  for (size_t i = 0; i < LAYER_COUNT; i++)
    for (size_t j = 0; j < LOWER_TABLES_MAX; j++)
      option_list_add_chosen(list, LAYERS[i]->options[j], &LOWER_OPTION, i);
  for (size_t i = 0; i < list->count; i++)
    if (list->rows[i]->applies[0] != '\0')
      option_list_append(list->applies[i], list->applies[i][0] == '\0' ? "" : " & ",
                         list->rows[i]->applies);
}

static const struct option_list *all_options(void) {
  static struct option_list list;
  if (list.count == 0)
    option_list_add_all(&list);
  return &list;
}

const struct option_row *const *lower_options(size_t *count) {
  *count = all_options()->count;
  return all_options()->rows;
}

const char *lower_option_applies(const struct option_row *option) {
  return all_options()->applies[option_list_find(all_options(), option)];
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

bool lower_options_set(struct option_values *values, const char *name, const char *text) {
  const struct option_row *option = lower_option(name);
  double value;
  if (option == NULL || !option_parse(option, text, &value))
    return false;
  option_set(values, option, value);
  return true;
}
