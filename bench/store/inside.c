/* Numbers of results that go in by name. */
#include "inside.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool inside_has(const struct schema_key *key) {
  const size_t length = strlen(key->name), unit = strlen(key->unit);
  return key->type == SCHEMA_JSON && unit > 0 && length > unit + 1 &&
         key->name[length - unit - 1] == '_' &&
         strcasecmp(key->name + length - unit, key->unit) == 0;
}

/* The place of a name. Runs have their names in one order, so that it is nearly always the next. */
static size_t place_of(struct inside *inside, const char *name, size_t next) {
  if (next < inside->count && strcmp(inside->name[next], name) == 0)
    return next;
  for (size_t i = 0; i < inside->count; i++)
    if (strcmp(inside->name[i], name) == 0)
      return i;
  inside->name = memory_resize(inside->name, inside->count + 1, sizeof *inside->name);
  inside->name[inside->count] = memory_string(name);
  return inside->count++;
}

/* A result in which numbers are found. */
struct inside_finding {
  struct inside *inside;
  struct inside_places *places;
  struct text name;
  size_t next;
};

static void inside_put(struct inside_finding *finding, const json_t *number) {
  struct inside_places *places = finding->places;
  const size_t name = place_of(finding->inside, text_string(&finding->name), finding->next);
  places->item = memory_resize(places->item, places->count + 1, sizeof *places->item);
  places->item[places->count++] = (struct inside_place){.name = name, .number = number};
  places->names = name >= places->names ? name + 1 : places->names;
  finding->next = name + 1;
}

/* What is at and below `at`, whose name is finding->name; lists have no names. */
static void inside_walk(struct inside_finding *finding, const json_t *at) {
  const size_t length = finding->name.length;
  const char *key;
  json_t *inner;
  if (json_is_number(at))
    inside_put(finding, at);
  json_object_foreach((json_t *)at, key, inner) {
    finding->name.length = length;
    text_add(&finding->name, ".%s", key);
    inside_walk(finding, inner);
  }
}

void inside_find(struct inside *inside, struct inside_places *places, const struct schema *schema,
                 const json_t *result) {
  struct inside_finding finding = {.inside = inside, .places = places};
  *places = (struct inside_places){0};
  for (size_t i = 0; i < schema->result_count; i++) {
    if (!inside_has(&schema->result[i]))
      continue;
    finding.name.length = 0;
    text_add(&finding.name, "%s", schema->result[i].name);
    inside_walk(&finding, json_object_get(result, schema->result[i].name));
  }
  text_deinit(&finding.name);
}

void inside_places_deinit(struct inside_places *places) {
  free(places->item);
  *places = (struct inside_places){0};
}

void inside_read(struct inside_run *run, const struct inside_places *places, const double *number) {
  *run = (struct inside_run){memory_get(places->names, sizeof *run->number), places->names};
  for (size_t i = 0; i < run->count; i++)
    run->number[i] = NAN;
  for (size_t i = 0; i < places->count; i++)
    run->number[places->item[i].name] = number[places->item[i].index];
}

void inside_run_deinit(struct inside_run *run) {
  free(run->number);
  *run = (struct inside_run){0};
}

void inside_deinit(struct inside *inside) {
  for (size_t i = 0; i < inside->count; i++)
    free(inside->name[i]);
  free(inside->name);
  *inside = (struct inside){0};
}
