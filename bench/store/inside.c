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

/* A run that is being read. */
struct inside_reading {
  struct inside *inside;
  struct inside_run *run;
  struct text name;
  size_t next;
};

static void inside_put(struct inside_reading *reading, double number) {
  struct inside_run *run = reading->run;
  const size_t place = place_of(reading->inside, text_string(&reading->name), reading->next);
  if (place >= run->count) {
    run->number = memory_resize(run->number, place + 1, sizeof *run->number);
    while (run->count <= place)
      run->number[run->count++] = NAN;
  }
  run->number[place] = number;
  reading->next = place + 1;
}

/* What is at and below `at`, whose name is reading->name; lists have no names. */
static void inside_walk(struct inside_reading *reading, const json_t *at) {
  const size_t length = reading->name.length;
  const char *key;
  json_t *inner;
  if (json_is_number(at))
    inside_put(reading, json_number_value(at));
  json_object_foreach((json_t *)at, key, inner) {
    reading->name.length = length;
    text_add(&reading->name, ".%s", key);
    inside_walk(reading, inner);
  }
}

void inside_read(struct inside *inside, struct inside_run *run, const struct schema *schema,
                 const json_t *result) {
  struct inside_reading reading = {.inside = inside, .run = run};
  *run = (struct inside_run){0};
  for (size_t i = 0; i < schema->result_count; i++) {
    if (!inside_has(&schema->result[i]))
      continue;
    reading.name.length = 0;
    text_add(&reading.name, "%s", schema->result[i].name);
    inside_walk(&reading, json_object_get(result, schema->result[i].name));
  }
  text_deinit(&reading.name);
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
