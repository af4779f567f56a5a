/* The simulator's description of itself. */
#include "schema.h"
#include "support/memory.h"
#include "support/value.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  enum schema_type type;
} TYPES[] = {
    {"string", SCHEMA_STRING}, {"choice", SCHEMA_CHOICE}, {"integer", SCHEMA_INTEGER},
    {"number", SCHEMA_NUMBER}, {"text", SCHEMA_TEXT},     {"count", SCHEMA_COUNT},
    {"figure", SCHEMA_FIGURE}, {"json", SCHEMA_JSON},
};

/* Names become columns of a store, of CSV files, and files. */
static const char NAME_ACCEPTED[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

static int key_read(json_t *item, struct schema_key *key, struct text *error) {
  const char *type = value_string(item, "type");
  *key = (struct schema_key){
      .name = value_string(item, "name"),
      .unit = value_string(item, "unit"),
      .help = value_string(item, "help"),
      .minimum = json_number_value(json_object_get(item, "minimum")),
      .maximum = json_number_value(json_object_get(item, "maximum")),
      .path = json_is_true(json_object_get(item, "path")),
      .path_ends = value_string(item, "path_ends"),
      .resolved = json_is_true(json_object_get(item, "resolved")),
      .values = json_object_get(item, "values"),
      .fallback = json_object_get(item, "default"),
      .applies = json_object_get(item, "applies"),
      .inside = json_object_get(item, "inside"),
  };
  if (key->name[strspn(key->name, NAME_ACCEPTED)] != '\0') {
    text_add(error, "the simulator describes a key `%s`, which is no name\n", key->name);
    return -1;
  }
  if (json_is_string(key->applies))
    key->applies = NULL;
  for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
    if (strcmp(TYPES[i].name, type) == 0 && key->name[0] != '\0') {
      key->type = TYPES[i].type;
      return 0;
    }
  }
  text_add(error, "the simulator describes a key `%s` of unknown type `%s`\n", key->name, type);
  return -1;
}

static int keys_read(json_t *array, struct schema_key **keys, size_t *count, struct text *error) {
  *count = json_array_size(array);
  *keys = memory_get(*count, sizeof **keys);
  for (size_t i = 0; i < *count; i++)
    if (key_read(json_array_get(array, i), &(*keys)[i], error) < 0)
      return -1;
  return 0;
}

/* Whether the member names a key of specs. */
static bool names_key(const struct schema *schema, json_t *term, const char *member) {
  return schema_spec_find(schema, value_string(term, member)) != NULL;
}

static bool term_is_known(const struct schema *schema, json_t *term) {
  return names_key(schema, term, "key") &&
         (json_array_size(json_object_get(term, "in")) > 0 ||
          json_array_size(json_object_get(term, "not")) > 0 || names_key(schema, term, "below"));
}

static int condition_check(const struct schema *schema, json_t *condition, struct text *error) {
  bool good = json_is_array(condition);
  for (size_t i = 0; i < json_array_size(condition); i++)
    good = good && term_is_known(schema, json_array_get(condition, i));
  if (good)
    return 0;
  char *given = json_dumps(condition, JSON_COMPACT | JSON_ENCODE_ANY);
  text_add(error, "the simulator describes a condition that is not understood: %s\n",
           given == NULL ? "none" : given);
  free(given);
  return -1;
}

static int conditions_check(const struct schema *schema, struct text *error) {
  for (size_t i = 0; i < schema->spec_count; i++)
    if (schema->spec[i].applies != NULL &&
        condition_check(schema, schema->spec[i].applies, error) < 0)
      return -1;
  for (size_t i = 0; i < json_array_size(schema->refuses); i++) {
    json_t *refusal = json_array_get(schema->refuses, i);
    if (condition_check(schema, json_object_get(refusal, "when"), error) < 0)
      return -1;
    if (value_string(refusal, "reason")[0] == '\0') {
      text_add(error, "the simulator describes a refusal without a reason\n");
      return -1;
    }
  }
  return 0;
}

/* A simulator that knows no families has one for each group. */
static struct schema_row row_read(json_t *item) {
  const char *group = value_string(item, "group"), *family = value_string(item, "family");
  return (struct schema_row){.name = value_string(item, "name"),
                             .group = group,
                             .family = family[0] == '\0' ? group : family,
                             .help = value_string(item, "help")};
}

static void rows_read(struct schema *schema) {
  json_t *rows = json_object_get(schema->json, "rows");
  schema->row_count = json_array_size(rows);
  schema->row = memory_get(schema->row_count, sizeof *schema->row);
  for (size_t i = 0; i < schema->row_count; i++)
    schema->row[i] = row_read(json_array_get(rows, i));
}

int schema_init(struct schema *schema, const char *text, struct text *error) {
  json_error_t problem;
  *schema = (struct schema){.json = json_loads(text, 0, &problem)};
  if (schema->json == NULL) {
    text_add(error, "the simulator's description is not JSON: %s\n", problem.text);
    return -1;
  }
  schema->code = value_string(schema->json, "code");
  schema->commit = value_string(schema->json, "commit");
  schema->libraries = json_object_get(schema->json, "libraries");
  schema->refuses = json_object_get(schema->json, "refuses");
  rows_read(schema);
  json_t *spec = json_object_get(schema->json, "spec");
  json_t *result = json_object_get(schema->json, "result");
  bool good = keys_read(spec, &schema->spec, &schema->spec_count, error) == 0 &&
              keys_read(result, &schema->result, &schema->result_count, error) == 0 &&
              conditions_check(schema, error) == 0;
  if (good && (schema->code[0] == '\0' || schema_spec_find(schema, "seed") == NULL ||
               schema_result_find(schema, "outcome") == NULL)) {
    text_add(error, "the simulator's description lacks `code`, `seed` or `outcome`\n");
    good = false;
  }
  if (!good)
    schema_deinit(schema);
  return good ? 0 : -1;
}

void schema_deinit(struct schema *schema) {
  free(schema->spec);
  free(schema->result);
  free(schema->row);
  json_decref(schema->json);
  *schema = (struct schema){0};
}

static const struct schema_key *schema_key_find(const struct schema_key *keys, size_t count,
                                                const char *name) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(keys[i].name, name) == 0)
      return &keys[i];
  return NULL;
}

const struct schema_key *schema_spec_find(const struct schema *schema, const char *name) {
  return schema_key_find(schema->spec, schema->spec_count, name);
}

const struct schema_key *schema_result_find(const struct schema *schema, const char *name) {
  return schema_key_find(schema->result, schema->result_count, name);
}

bool schema_row_exists(const struct schema *schema, const char *name) {
  for (size_t i = 0; i < schema->row_count; i++)
    if (strcmp(schema->row[i].name, name) == 0)
      return true;
  return false;
}

bool schema_is_relative_path(const struct schema_key *key, const char *value) {
  if (!key->path || value[0] == '\0' || value[0] == '/')
    return false;
  const size_t length = strlen(value), ending = strlen(key->path_ends);
  return length >= ending && strcmp(value + length - ending, key->path_ends) == 0;
}

bool schema_is_ledger(const struct schema_key *key) {
  const char *name = strncmp(key->name, "app_", 4) == 0 ? key->name + 4 : key->name;
  return key->type == SCHEMA_JSON && strncmp(name, "ledger", 6) == 0;
}

bool schema_number_parse(const char *text, double *number) {
  const char *at = text;
  if (*at == '-' || *at == '+')
    at++;
  /* What strtod takes beyond this: spaces, hexadecimal, inf and nan. */
  if (!isdigit((unsigned char)at[0]) || at[strspn(at, "0123456789.eE+-")] != '\0')
    return false;
  char *end;
  errno = 0;
  *number = strtod(text, &end);
  return *end == '\0' && errno == 0 && isfinite(*number);
}

static json_t *integer_parse(const struct schema_key *key, const char *text) {
  size_t digits = strspn(text + (text[0] == '-'), "0123456789");
  if (digits == 0 || digits > 17 || text[(text[0] == '-') + digits] != '\0')
    return NULL;
  long long value = strtoll(text, NULL, 10);
  if ((double)value < key->minimum || (double)value > key->maximum)
    return NULL;
  return json_integer(value);
}

json_t *schema_value_parse(const struct schema_key *key, const char *text) {
  double number;
  switch (key->type) {
  case SCHEMA_STRING:
    return json_string(text);
  case SCHEMA_CHOICE:
    for (size_t i = 0; i < json_array_size(key->values); i++)
      if (strcmp(json_string_value(json_array_get(key->values, i)), text) == 0)
        return json_string(text);
    return NULL;
  case SCHEMA_INTEGER:
    return integer_parse(key, text);
  case SCHEMA_NUMBER:
    if (!schema_number_parse(text, &number) || number < key->minimum || number > key->maximum)
      return NULL;
    return json_real(number + 0.0); /* -0 is 0 */
  default:
    return NULL;
  }
}

void schema_accepted_add(const struct schema_key *key, struct text *text) {
  size_t count = json_array_size(key->values);
  switch (key->type) {
  case SCHEMA_CHOICE:
    for (size_t i = 0; i < count; i++)
      text_add(text, "%s%s", i == 0 ? "" : (i + 1 == count ? " or " : ", "),
               json_string_value(json_array_get(key->values, i)));
    break;
  case SCHEMA_INTEGER:
  case SCHEMA_NUMBER:
    text_add(text, "%s from %.16g to %.16g",
             key->type == SCHEMA_INTEGER ? "an integer" : "a number", key->minimum, key->maximum);
    break;
  default:
    text_add(text, "text");
  }
}
