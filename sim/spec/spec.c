/* Reads, checks and prints specifications, all from the table in spec.def. */
#include "spec.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct spec_field fields[] = {
#define FIELD(name_, type_, unit_, fallback_, least_, most_, applies_, help_)                      \
  .name = #name_, .type = type_, .unit = unit_, .fallback = fallback_, .least = least_,            \
  .most = (double)(most_), .applies = applies_, .help = help_, .offset = offsetof(struct spec, name_)
#define STRING(name, longest, help)                                                                \
  {FIELD(name, SPEC_TYPE_STRING, "", 0, 0, longest, "", help)},
#define CHOICE(name, fallback, applies, help)                                                      \
  {FIELD(name, SPEC_TYPE_CHOICE, "", fallback, 0, 0, applies, help), .values = (const char *const[]){
#define VALUE(id, text) [id] = text,
#define CHOICE_END NULL}},
#define INTEGER(name, unit, fallback, least, most, applies, help)                                  \
  {FIELD(name, SPEC_TYPE_INTEGER, unit, fallback, least, most, applies, help)},
#define NUMBER(name, unit, fallback, least, most, applies, help)                                   \
  {FIELD(name, SPEC_TYPE_NUMBER, unit, fallback, least, most, applies, help)},
#include "spec.def"
#undef FIELD
#undef STRING
#undef CHOICE
#undef VALUE
#undef CHOICE_END
#undef INTEGER
#undef NUMBER
};
/* clang-format on */

enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

const struct spec_field *spec_fields(size_t *count) {
  *count = FIELD_COUNT;
  return fields;
}

const struct spec_field *spec_field_find(const char *name, size_t length) {
  for (size_t i = 0; i < FIELD_COUNT; i++)
    if (strlen(fields[i].name) == length && strncmp(fields[i].name, name, length) == 0)
      return &fields[i];
  return NULL;
}

/* Where a field's value is kept. */
static void *place(struct spec *spec, const struct spec_field *field) {
  return (char *)spec + field->offset;
}

static const void *place_const(const struct spec *spec, const struct spec_field *field) {
  return (const char *)spec + field->offset;
}

void spec_init(struct spec *spec) {
  memset(spec, 0, sizeof *spec);
  for (size_t i = 0; i < FIELD_COUNT; i++) {
    if (fields[i].type == SPEC_TYPE_CHOICE)
      *(int *)place(spec, &fields[i]) = (int)fields[i].fallback;
    else if (fields[i].type == SPEC_TYPE_INTEGER)
      *(int64_t *)place(spec, &fields[i]) = (int64_t)fields[i].fallback;
    else if (fields[i].type == SPEC_TYPE_NUMBER)
      *(double *)place(spec, &fields[i]) = fields[i].fallback;
  }
}

/* Errors */

/* What a field accepts: "line | star", "1 to 16 (integer)". */
static void describe_accepted(const struct spec_field *field, char *out, size_t capacity) {
  size_t used = 0;
  switch (field->type) {
  case SPEC_TYPE_CHOICE:
    out[0] = '\0';
    for (size_t i = 0; field->values[i] != NULL && used < capacity; i++)
      used += (size_t)snprintf(out + used, capacity - used, "%s%s", i == 0 ? "" : " | ",
                               field->values[i]);
    break;
  case SPEC_TYPE_STRING:
    snprintf(out, capacity, "a string of at most %.0f octets", field->most);
    break;
  default:
    snprintf(out, capacity, "%s from %.0f to %.0f",
             field->type == SPEC_TYPE_INTEGER ? "an integer" : "a number", field->least,
             field->most);
  }
}

static bool refuse(char error[SPEC_ERROR_MAX], const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error, SPEC_ERROR_MAX, format, arguments);
  va_end(arguments);
  return false;
}

static bool refuse_value(const struct spec_field *field, const json_t *value,
                         char error[SPEC_ERROR_MAX]) {
  char accepted[SPEC_ERROR_MAX];
  describe_accepted(field, accepted, sizeof accepted);
  char *given = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
  refuse(error, "%s: %.100s is not accepted; it takes %s", field->name,
         given == NULL ? "the value" : given, accepted);
  free(given);
  return false;
}

static bool refuse_key(const char *key, char error[SPEC_ERROR_MAX]) {
  size_t used =
      (size_t)snprintf(error, SPEC_ERROR_MAX, "unknown key \"%.60s\"; accepted keys:", key);
  for (size_t i = 0; i < FIELD_COUNT && used < SPEC_ERROR_MAX; i++)
    used += (size_t)snprintf(error + used, SPEC_ERROR_MAX - used, "%s %s", i == 0 ? "" : ",",
                             fields[i].name);
  return false;
}

/* Parsing */

static bool read_choice(const struct spec_field *field, const json_t *value, int *out) {
  if (!json_is_string(value))
    return false;
  for (int i = 0; field->values[i] != NULL; i++) {
    if (strcmp(field->values[i], json_string_value(value)) == 0) {
      *out = i;
      return true;
    }
  }
  return false;
}

static bool read_integer(const struct spec_field *field, const json_t *value, int64_t *out) {
  const double number = json_number_value(value);
  if (!json_is_number(value) || floor(number) != number || number < field->least ||
      number > field->most)
    return false;
  *out = json_is_integer(value) ? json_integer_value(value) : (int64_t)number;
  return (double)*out <= field->most; /* an integer that a double rounds down to the limit */
}

static bool read_number(const struct spec_field *field, const json_t *value, double *out) {
  *out = json_number_value(value);
  return json_is_number(value) && *out >= field->least && *out <= field->most;
}

static bool read_string(const struct spec_field *field, const json_t *value, char *out) {
  if (!json_is_string(value) || json_string_length(value) > (size_t)field->most)
    return false;
  memcpy(out, json_string_value(value), json_string_length(value) + 1);
  return true;
}

static bool read_value(const struct spec_field *field, const json_t *value, struct spec *spec) {
  switch (field->type) {
  case SPEC_TYPE_CHOICE:
    return read_choice(field, value, place(spec, field));
  case SPEC_TYPE_INTEGER:
    return read_integer(field, value, place(spec, field));
  case SPEC_TYPE_NUMBER:
    return read_number(field, value, place(spec, field));
  default:
    return read_string(field, value, place(spec, field));
  }
}

static bool read_object(json_t *object, struct spec *spec, char error[SPEC_ERROR_MAX]) {
  const char *key;
  json_t *value;
  if (!json_is_object(object))
    return refuse(error, "a specification is one JSON object on one line");
  const struct spec_field *id = spec_field_find("id", strlen("id"));
  value = json_object_get(object, "id"); /* first, so that every error can name its run */
  if (value != NULL && !read_value(id, value, spec))
    return refuse_value(id, value, error);
  json_object_foreach(object, key, value) {
    const struct spec_field *field = spec_field_find(key, strlen(key));
    if (field == NULL)
      return refuse_key(key, error);
    if (!read_value(field, value, spec))
      return refuse_value(field, value, error);
  }
  return true;
}

bool spec_parse(const char *text, struct spec *spec, char error[SPEC_ERROR_MAX]) {
  json_error_t json_error;
  spec_init(spec);
  json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &json_error);
  if (object == NULL)
    return refuse(error, "not a JSON object: column %d: %s", json_error.column, json_error.text);
  const bool good = read_object(object, spec, error);
  if (!good) {
    struct spec defaults;
    spec_init(&defaults);
    memcpy(defaults.id, spec->id, sizeof defaults.id);
    *spec = defaults;
  }
  json_decref(object);
  return good;
}

/* Printing */

static json_t *value_to_json(const struct spec *spec, const struct spec_field *field) {
  switch (field->type) {
  case SPEC_TYPE_CHOICE:
    return json_string(field->values[*(const int *)place_const(spec, field)]);
  case SPEC_TYPE_INTEGER:
    return json_integer(*(const int64_t *)place_const(spec, field));
  case SPEC_TYPE_NUMBER:
    return json_real(*(const double *)place_const(spec, field));
  default:
    return json_string(place_const(spec, field));
  }
}

json_t *spec_to_json(const struct spec *spec) {
  json_t *object = json_object();
  for (size_t i = 0; i < FIELD_COUNT; i++)
    if (strcmp(fields[i].name, "id") != 0)
      json_object_set_new(object, fields[i].name, value_to_json(spec, &fields[i]));
  return object;
}

double spec_number(const struct spec *spec, const struct spec_field *field) {
  switch (field->type) {
  case SPEC_TYPE_CHOICE:
    return *(const int *)place_const(spec, field);
  case SPEC_TYPE_INTEGER:
    return (double)*(const int64_t *)place_const(spec, field);
  default:
    assert(field->type == SPEC_TYPE_NUMBER);
    return *(const double *)place_const(spec, field);
  }
}

void spec_text(const struct spec *spec, const struct spec_field *field, char text[SPEC_TEXT_MAX]) {
  switch (field->type) {
  case SPEC_TYPE_CHOICE:
    snprintf(text, SPEC_TEXT_MAX, "%s", field->values[*(const int *)place_const(spec, field)]);
    break;
  case SPEC_TYPE_INTEGER:
    snprintf(text, SPEC_TEXT_MAX, "%lld", (long long)*(const int64_t *)place_const(spec, field));
    break;
  case SPEC_TYPE_NUMBER:
    snprintf(text, SPEC_TEXT_MAX, "%.17g", *(const double *)place_const(spec, field));
    break;
  default:
    snprintf(text, SPEC_TEXT_MAX, "%s", (const char *)place_const(spec, field));
  }
}
